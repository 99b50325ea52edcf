SELECT entering.customer, entering.triggered_at, entering.reason, entering.event, entering.key, entering.order_key
FROM {scratch.entering} AS entering
