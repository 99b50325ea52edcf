-- Tables and sequences of these names, each kind in one list: they may refer to each other.
SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, string_agg(format('%I.%I', $1, c.relname), ', ')
FROM pg_class AS c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('r', 'S')
    AND c.relname::text IN (SELECT json_array_elements_text($2::json)) GROUP BY 1 ORDER BY 1 DESC
