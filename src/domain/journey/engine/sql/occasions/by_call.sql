SELECT due.customer, {now} AS triggered_at, {reason} AS reason, NULL::int8 AS event, NULL::text AS key, NULL::text AS order_key
FROM {scratch.due} AS due WHERE {at_step}
