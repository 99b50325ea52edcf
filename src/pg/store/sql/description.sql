-- A relation as JSON. Its parts are its partitions, or what inherits from it, and itself.
WITH RECURSIVE part AS (
    SELECT $1::oid AS oid
    UNION SELECT i.inhrelid FROM part JOIN pg_inherits AS i ON i.inhparent = part.oid
)
SELECT json_build_object(
    'oid', c.oid::text, 'is_temporary', c.relpersistence = 't', 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
    'columns', COALESCE((
        SELECT json_agg(json_build_object(
            'name', a.attname, 'is_text', (SELECT t.typcategory IN ('S', 'E') FROM pg_type AS t WHERE t.oid = a.atttypid),
            'sql_type', format_type(a.atttypid, a.atttypmod), 'carried_type', (
                WITH RECURSIVE below AS (
                    SELECT t.oid, t.typtype, t.typbasetype, t.typnamespace FROM pg_type AS t WHERE t.oid = a.atttypid
                    UNION ALL
                    SELECT t.oid, t.typtype, t.typbasetype, t.typnamespace
                    FROM below JOIN pg_type AS t ON t.oid = below.typbasetype WHERE below.typtype = 'd'
                )
                SELECT CASE WHEN typnamespace = 'pg_catalog'::regnamespace
                    THEN format_type(oid, CASE WHEN oid = a.atttypid THEN a.atttypmod END) ELSE 'text' END
                FROM below WHERE typtype <> 'd'),
            'base_type', (
                WITH RECURSIVE below AS (
                    SELECT t.oid, t.typtype, t.typbasetype, t.typname, t.typnamespace FROM pg_type AS t WHERE t.oid = a.atttypid
                    UNION ALL
                    SELECT t.oid, t.typtype, t.typbasetype, t.typname, t.typnamespace
                    FROM below JOIN pg_type AS t ON t.oid = below.typbasetype WHERE below.typtype = 'd'
                )
                SELECT CASE WHEN typname = 'citext' AND typnamespace <> 'pg_catalog'::regnamespace THEN 'citext' ELSE format_type(oid, NULL) END
                FROM below WHERE typtype <> 'd'),
            'is_whole', (
                WITH RECURSIVE below AS (
                    SELECT t.oid, t.typtype, t.typbasetype, a.atttypmod AS modifier FROM pg_type AS t WHERE t.oid = a.atttypid
                    UNION ALL
                    SELECT t.oid, t.typtype, t.typbasetype, of_domain.typtypmod
                    FROM below JOIN pg_type AS of_domain ON of_domain.oid = below.oid JOIN pg_type AS t ON t.oid = below.typbasetype
                    WHERE below.typtype = 'd'
                )
                SELECT oid = 'numeric'::regtype AND modifier >= 4 AND (modifier - 4) & 65535 = 0 AND (modifier - 4) >> 16 <= 18
                FROM below WHERE typtype <> 'd')) ORDER BY a.attnum)
        FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
    'is_own', (SELECT bool_and(pg_has_role(p.relowner, 'USAGE')) FROM part JOIN pg_class AS p ON p.oid = part.oid),
    'has_foreign_part', EXISTS (SELECT FROM part JOIN pg_class AS p ON p.oid = part.oid WHERE p.relkind = 'f'),
    'is_subscribed', EXISTS (SELECT FROM part JOIN pg_subscription_rel AS s ON s.srrelid = part.oid),
    -- Before 2.24 a hypertable of TimescaleDB has this trigger; its parts lie in this schema.
    'is_hypertable', EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'ts_insert_blocker')
        OR EXISTS (
            SELECT FROM part JOIN pg_class AS p ON p.oid = part.oid JOIN pg_namespace AS of_part ON of_part.oid = p.relnamespace
            WHERE of_part.nspname = '_timescaledb_internal'),
    'indexed', COALESCE((
        SELECT json_agg(DISTINCT a.attname)
        FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL), '[]'),
    'has_index_on_expression', EXISTS (
        SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indkey[0] = 0 AND i.indisvalid AND i.indpred IS NULL),
    'unique', COALESCE((
        SELECT json_agg(DISTINCT a.attname)
        FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indisunique AND i.indimmediate AND i.indnkeyatts = 1
            AND i.indpred IS NULL), '[]'))
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = $1::oid
