-- What others inherit from comes before them.
SELECT r.oid FROM unnest(ARRAY[{relations}]::oid[]) AS r (oid)
ORDER BY (
    WITH RECURSIVE above AS (
        SELECT i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = r.oid
        UNION SELECT i.inhparent FROM above JOIN pg_inherits AS i ON i.inhrelid = above.inhparent
    )
    SELECT count(*) FROM above), r.oid
