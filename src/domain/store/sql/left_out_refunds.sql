-- The refunds that no history can hold, or whose order does not count.
CREATE VIEW {view} AS
SELECT refund.reason, refund.amount
FROM (SELECT {reason} AS reason, {amount} AS amount FROM {relation}{orders}) AS refund
WHERE refund.reason IS NOT NULL
