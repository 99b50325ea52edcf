-- The refunds, as the store reads them. The caller's search_path holds here, for the expressions.
CREATE VIEW {view} AS
SELECT {refund_of} AS refund_of, {refunded_at} AS refunded_at, {amount} AS amount, {key} AS order_key
FROM {relation}
WHERE {is_refund} AND {condition}
