SELECT count(*) FILTER (WHERE fresh.customer IS NULL), COALESCE(sum(GREATEST(stored.{count} - COALESCE(fresh.{count}, 0), 0)), 0)
FROM {data.history} AS stored LEFT JOIN {fresh} AS fresh ON fresh.customer = stored.customer
WHERE stored.{count} > 0 AND {condition}
