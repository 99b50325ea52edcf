SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = {table} AND c.relkind = 'r'
    AND {number} = (SELECT count(*) FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND (a.attname, a.atttypid::regtype) IN ({columns}))
