-- Whether the table that a crash empties is one that a crash empties.
SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = {data_schema} AND c.relname = {marker} AND c.relkind = 'r' AND c.relpersistence = 'u')
