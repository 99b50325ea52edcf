SELECT state.swept_at IS NOT DISTINCT FROM store.refreshed_at
FROM {table.journey_state} AS state, lifecycle.store AS store
WHERE store.store = $1
