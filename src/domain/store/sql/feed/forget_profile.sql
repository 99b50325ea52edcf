-- The customers of the array $1 are gone for good: those who keep a copy are told the key, and nothing else. Where nobody is known to keep one,
-- no key is kept: a reader that leaves no trace, as on a standby, has to begin anew.
WITH next AS (
    UPDATE {data.feed} AS feed SET version = feed.version + 1, purged = CASE WHEN feed.is_followed THEN feed.purged ELSE feed.version + 1 END
    RETURNING feed.version, feed.is_followed)
INSERT INTO {data.profile_change} (customer, version, kind, at)
SELECT DISTINCT forgotten.customer::{key}, next.version, 'forgotten', clock_timestamp()
FROM next, unnest($1::text[]) AS forgotten (customer)
WHERE next.is_followed
ON CONFLICT (customer) DO UPDATE SET version = excluded.version, kind = excluded.kind, at = excluded.at
