-- OFFSET 0 keeps the order, which all sessions have in common.
SELECT pg_advisory_xact_lock({lock})
FROM (SELECT DISTINCT {bucket} AS bucket FROM unnest($1::{key}[]) AS asked (customer) ORDER BY 1 OFFSET 0) AS buckets
