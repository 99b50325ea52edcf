
    TABLESAMPLE pg_catalog.system ((SELECT GREATEST(0.01, LEAST(100, 100.0 * {sample} / GREATEST(c.reltuples, 1)))::pg_catalog.float4
        FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) {relation}::pg_catalog.oid)) REPEATABLE (1)
