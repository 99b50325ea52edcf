-- Whether a relation ($1) is a hypertable of TimescaleDB.
SELECT EXISTS (
    SELECT FROM _timescaledb_catalog.hypertable AS h JOIN pg_class AS c ON c.relname = h.table_name
        JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = h.schema_name
    WHERE c.oid = $1::oid)
