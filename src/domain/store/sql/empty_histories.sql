-- Customers who have no rows any more.
UPDATE {data.history} AS stored SET {set}
WHERE stored.{count} > 0 AND NOT EXISTS (SELECT FROM {fresh} AS fresh WHERE fresh.customer = stored.customer) AND {condition}
