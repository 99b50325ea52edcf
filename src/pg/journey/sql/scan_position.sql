-- how far the log of movements and the profiles were looked through for a journey
SELECT journey.movement_seen,
    (SELECT COALESCE(max(movement.id), 0) FROM {table.movement} AS movement WHERE movement.at <= {now}),
    (store.refreshed_at IS DISTINCT FROM journey.scanned_at)::text, (journey.scanned_at IS NULL)::text, store.refreshed_at,
    (SELECT COALESCE(max(log.id), 0) FROM {data.audience_log} AS log WHERE log.at <= {now})
FROM {table.journey} AS journey, lifecycle.store AS store
WHERE journey.journey = $1::int4 AND store.store = $2
FOR UPDATE OF journey SKIP LOCKED
