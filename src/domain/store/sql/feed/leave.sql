-- The customers of the array $1 are in the store no more.
WITH next AS (UPDATE {data.feed} SET version = version + 1 RETURNING version)
INSERT INTO {data.profile_change} (customer, version, kind, at)
SELECT DISTINCT gone.customer::{key}, next.version, 'left', clock_timestamp()
FROM next, unnest($1::text[]) AS gone (customer)
ON CONFLICT (customer) DO UPDATE SET version = excluded.version, kind = excluded.kind, at = excluded.at
