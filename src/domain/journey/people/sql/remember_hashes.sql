INSERT INTO {data.forgotten} (hash)
SELECT DISTINCT {hash} FROM unnest($1::{key}[]) AS asked (customer) CROSS JOIN {secret}
ON CONFLICT DO NOTHING
