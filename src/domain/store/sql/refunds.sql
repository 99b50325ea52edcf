SELECT {columns}
FROM {relation}
WHERE {is_refund}
