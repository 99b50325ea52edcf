-- The rows that are engagement events of a known kind, as the store reads them. The caller's search_path holds here, for the condition.
CREATE VIEW {view} AS
SELECT {customer} AS customer, {happened_at} AS happened_at, {kind} AS kind, {channel} AS channel
FROM {relation}
WHERE {customer} IS NOT NULL AND {is_instant} AND {is_known} AND {condition}
