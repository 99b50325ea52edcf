SELECT pg_catalog.json_build_object(
    'installed', EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname OPERATOR(pg_catalog.=) 'pg_cron'),
    'allowed', COALESCE((
        SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE n.nspname OPERATOR(pg_catalog.=) 'cron' AND c.relname OPERATOR(pg_catalog.=) 'job'), false),
    'cron_database', (SELECT g.setting FROM pg_catalog.pg_settings AS g
        WHERE g.name OPERATOR(pg_catalog.=) 'cron.database_name'),
    'database', pg_catalog.current_database(),
    'user', CURRENT_USER)
