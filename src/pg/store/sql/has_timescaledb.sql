-- Whether TimescaleDB lists its hypertables in this database. A table of that name that is not the extension's is anybody's.
SELECT EXISTS (
    SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = '_timescaledb_catalog'
        JOIN pg_depend AS d ON d.objid = c.oid JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE c.relname = 'hypertable' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass
        AND d.deptype = 'e' AND e.extname = 'timescaledb')
