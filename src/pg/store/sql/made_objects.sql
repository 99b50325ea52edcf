-- The views and functions of these names ($1, each with its schema), each as JSON. Without an entry of rights those hold that are the
-- default.
WITH named AS (
    SELECT DISTINCT n.oid AS schema, n.nspname, r.name
    FROM json_to_recordset($1::json) AS r (schema text, name text) JOIN pg_namespace AS n ON n.nspname = r.schema),
object AS (
    SELECT 'VIEW' AS kind, c.oid, c.relname::text AS name, format('%I.%I', n.nspname, c.relname) AS sql, c.relowner AS owner,
        c.reloptions AS options, COALESCE(c.relacl, acldefault('r', c.relowner)) AS acl
    FROM named AS n JOIN pg_class AS c ON c.relnamespace = n.schema AND c.relname::text = n.name AND c.relkind = 'v'
    UNION ALL
    SELECT 'FUNCTION', p.oid, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.oid::regprocedure::text, p.proowner,
        NULL, COALESCE(p.proacl, acldefault('f', p.proowner))
    FROM named AS n JOIN pg_proc AS p ON p.pronamespace = n.schema AND p.prokind = 'f'
        AND p.proname || '(' || oidvectortypes(p.proargtypes) || ')' = n.name
),
granted AS (
    SELECT o.kind, o.oid, NULL::name AS column, 0 AS place, e.* FROM object AS o, aclexplode(o.acl) WITH ORDINALITY AS e
    UNION ALL
    SELECT o.kind, o.oid, a.attname, a.attnum, e.* FROM object AS o
        JOIN pg_attribute AS a ON o.kind = 'VIEW' AND a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped,
        aclexplode(a.attacl) WITH ORDINALITY AS e
)
SELECT json_build_object('kind', o.kind, 'oid', o.oid::int8, 'name', o.name, 'sql', o.sql, 'owner', o.owner::int8,
    'owner_sql', quote_ident(pg_get_userbyid(o.owner)), 'options', COALESCE(to_json(o.options), '[]'),
    'columns', COALESCE((SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute AS a
        WHERE o.kind = 'VIEW' AND a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
    'rights', COALESCE((SELECT json_agg(json_build_object('column', g.column, 'grantor', g.grantor::int8,
            'grantee', CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
            'privilege', g.privilege_type, 'is_grantable', g.is_grantable) ORDER BY g.place, g.ordinality)
        FROM granted AS g WHERE g.kind = o.kind AND g.oid = o.oid), '[]'))
FROM object AS o
