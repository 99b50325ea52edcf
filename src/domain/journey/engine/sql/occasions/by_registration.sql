SELECT movement.customer, movement.registered_at AS triggered_at, 'registered'::text AS reason, NULL::int8 AS event, NULL::text AS key, NULL::text AS order_key
FROM {table.movement} AS movement
WHERE {is_new} AND movement.kind = 'appeared' AND movement.registered_at > movement.at - {within}::interval
    AND NOT EXISTS (SELECT FROM {table.event} AS event WHERE event.customer = movement.customer AND event.kind = 'registered')
