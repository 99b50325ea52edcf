SELECT movement.customer, movement.at AS triggered_at,
    {what} || COALESCE({before}, '(none)') || ' to ' || COALESCE({after}, '(none)') AS reason, NULL::int8 AS event, NULL::text AS key, NULL::text AS order_key
FROM {table.movement} AS movement
WHERE {is_asked} AND {before} IS DISTINCT FROM {after} AND {after} IS NOT NULL
