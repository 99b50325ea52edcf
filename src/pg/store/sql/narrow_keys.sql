-- The statements that change the type of the customers in all tables of a store, where it is an integer.
SELECT format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE {key}', n.nspname, c.relname, a.attname)
FROM pg_namespace AS n JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ('customer', 'duplicate', 'kept') AND a.atttypid = 'int4'::regtype
WHERE n.nspname = {data_schema}
ORDER BY c.relname
