-- after which refresh all customers in journeys are looked at, and the bucket that is next
SELECT store.refreshed_at::text, CASE WHEN state.sweep_of = store.refreshed_at THEN state.sweep_next ELSE 0 END::text
FROM {table.journey_state} AS state, lifecycle.store AS store
WHERE store.store = $1 AND store.refreshed_at IS DISTINCT FROM state.swept_at
FOR UPDATE OF state SKIP LOCKED
