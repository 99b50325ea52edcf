-- Whether TimescaleDB lists its hypertables in this database. A table of that name that is not the extension's is anybody's.
SELECT EXISTS (
    SELECT FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = to_regclass('_timescaledb_catalog.hypertable') AND d.refclassid = 'pg_extension'::regclass
        AND d.deptype = 'e' AND e.extname = 'timescaledb')
