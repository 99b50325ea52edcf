SELECT event.customer, event.at AS triggered_at, event.kind AS reason, event.id AS event, {key} AS key, NULL::text AS order_key
FROM {table.event} AS event{profile}
WHERE event.kind = {kind} AND event.processed AND NOT event.is_machine AND {is_occasion}
    AND event.id >= (SELECT journey.held_event FROM {table.journey} AS journey WHERE journey.journey = {journey})
