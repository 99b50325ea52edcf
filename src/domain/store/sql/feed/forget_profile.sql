-- The customers of the array $1 are gone for good: whoever keeps a copy is told the key, and nothing else.
WITH next AS (UPDATE {data.feed} SET version = version + 1 RETURNING version)
INSERT INTO {data.profile_change} (customer, version, kind, at)
SELECT DISTINCT forgotten.customer::{key}, next.version, 'forgotten', clock_timestamp()
FROM next, unnest($1::text[]) AS forgotten (customer)
ON CONFLICT (customer) DO UPDATE SET version = excluded.version, kind = excluded.kind, at = excluded.at
