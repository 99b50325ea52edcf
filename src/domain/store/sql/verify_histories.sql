-- The customers whose history is not that of a rebuild, in anything that it holds: the history where it tells, else what stands beside it.
SELECT COALESCE(stored.customer, fresh.customer)::text, {source}, {shown_stored}, {shown_fresh}
FROM (SELECT * FROM {data.history} WHERE {count} > 0) AS stored FULL JOIN ({rebuilt}) AS fresh ON fresh.customer = stored.customer
WHERE stored.customer IS NULL OR fresh.customer IS NULL OR (stored.{value} IS NULL) <> (fresh.{value} IS NULL) OR {differs}
ORDER BY 1
