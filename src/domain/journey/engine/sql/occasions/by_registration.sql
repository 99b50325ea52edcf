SELECT movement.customer, movement.at AS triggered_at, 'registered'::text AS reason
FROM {table.movement} AS movement
WHERE {is_new} AND movement.stage_before IS NULL
    AND NOT EXISTS (SELECT FROM {table.event} AS event WHERE event.customer = movement.customer AND event.kind = 'registered')
