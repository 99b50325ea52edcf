-- The rows that are orders, as the store reads them. The caller's search_path holds here, for the condition.
CREATE VIEW {view} AS
SELECT {columns}
FROM {relation}
WHERE {is_order} AND {condition}
