-- Customers who have rows in no source any more.
DELETE FROM {data.history} AS stored WHERE stored.orders = 0 AND stored.events = 0 AND {condition}
