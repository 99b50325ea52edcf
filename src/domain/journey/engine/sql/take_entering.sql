INSERT INTO {scratch.entering} (customer, triggered_at, reason)
SELECT eligible.customer, eligible.triggered_at, eligible.reason
FROM (
{eligible}) AS eligible
LIMIT {limit}
