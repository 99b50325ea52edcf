INSERT INTO {scratch.entering} (customer, triggered_at, reason, event, key, order_key)
SELECT eligible.customer, eligible.triggered_at, eligible.reason, eligible.event, eligible.key, eligible.order_key
FROM (
{eligible}) AS eligible
LIMIT {limit}
