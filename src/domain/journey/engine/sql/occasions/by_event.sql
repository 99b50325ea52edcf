SELECT event.customer, event.at AS triggered_at, event.kind AS reason, event.id AS event, {key} AS key, NULL::text AS order_key
FROM {events} AS event{profile}
WHERE event.kind = {kind} AND NOT event.is_machine AND {is_occasion}
