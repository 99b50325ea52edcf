-- By the catalog alone: readers have no right on the schema.
SELECT a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'profile'
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attname <> 'lifecycle_version'
WHERE n.nspname = {data_schema} ORDER BY a.attnum
