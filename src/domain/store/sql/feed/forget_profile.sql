-- The customers of the array $1 are gone for good: those who keep a copy are told the key, and nothing else.
WITH next AS (UPDATE {data.feed} SET version = version + 1 RETURNING version, is_followed)
INSERT INTO {data.profile_change} (customer, version, kind, at)
SELECT DISTINCT forgotten.customer::{key}, next.version, 'forgotten', clock_timestamp()
FROM next, unnest($1::text[]) AS forgotten (customer)
WHERE next.is_followed
ON CONFLICT (customer) DO UPDATE SET version = excluded.version, kind = excluded.kind, at = excluded.at
