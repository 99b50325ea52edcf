WITH kept AS MATERIALIZED (
    SELECT DISTINCT COALESCE(merged.kept, asked.customer) AS customer
    FROM unnest($1::{key}[]) AS asked (customer) LEFT JOIN {data.alias} AS merged ON merged.duplicate = asked.customer)
SELECT kept.customer::text FROM kept
UNION
SELECT merged.duplicate::text FROM kept JOIN {data.alias} AS merged ON merged.kept = kept.customer
ORDER BY 1
