-- The rows that would be engagement events if their word were known. The caller's search_path holds here, for the condition.
CREATE VIEW {view} AS
SELECT {customer} AS customer, {word} AS word
FROM {relation}
WHERE {customer} IS NOT NULL AND {is_instant} AND ({kind}) IS NULL AND {condition}
