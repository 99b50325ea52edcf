-- The condition is on the column customer, which is that of the customer who was kept.
SELECT of_kept.duplicate FROM (SELECT merged.duplicate, merged.kept AS customer FROM {data.alias} AS merged) AS of_kept WHERE {condition}
