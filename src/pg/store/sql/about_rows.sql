-- About how many rows a relation ($1) has, by the statistics of it and its parts.
WITH RECURSIVE part AS (
    SELECT $1::oid AS oid
    UNION SELECT i.inhrelid FROM part JOIN pg_inherits AS i ON i.inhparent = part.oid)
SELECT COALESCE(sum(GREATEST(c.reltuples, 0)), 0)::int8 FROM part JOIN pg_class AS c ON c.oid = part.oid WHERE c.relkind <> 'p'
