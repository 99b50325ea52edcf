-- The customers whose history is not the one that was built anew of all rows.
INSERT INTO {changed} (customer, differs)
SELECT COALESCE(stored.customer, fresh.customer), true
FROM (SELECT * FROM {data.history} WHERE {count} > 0) AS stored FULL JOIN {fresh} AS fresh ON fresh.customer = stored.customer
WHERE stored.customer IS NULL OR fresh.customer IS NULL OR {differs}
