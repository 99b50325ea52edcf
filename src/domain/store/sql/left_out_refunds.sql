-- The refunds that no history can hold, or whose order does not count.
CREATE VIEW {view} AS
SELECT {found} AS reason, {amount_of_store} AS amount
FROM (SELECT {reason} AS reason, {refund_of} AS refund_of, {amount} AS amount FROM {relation} WHERE {condition} IS NOT FALSE) AS refund{orders}
WHERE {found} IS NOT NULL
