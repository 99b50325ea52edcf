-- The rows that would be orders if a history could hold them. The caller's search_path holds here, for the condition.
CREATE VIEW {view} AS
SELECT found.*
FROM (SELECT {columns}, {reason} AS reason, {amount} AS amount FROM {relation} WHERE {condition} IS NOT FALSE) AS found
WHERE found.reason IS NOT NULL
