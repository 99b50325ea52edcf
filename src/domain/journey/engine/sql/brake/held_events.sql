SELECT event.customer, event.at AS triggered_at, event.kind AS reason
FROM {table.event} AS event
WHERE event.kind = {kind} AND event.processed
    AND event.id >= (SELECT journey.held_event FROM {table.journey} AS journey WHERE journey.journey = {journey})
