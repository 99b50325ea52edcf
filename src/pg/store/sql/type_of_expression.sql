-- A type (its object id: $1, its modifier: $2) as the column of a relation is described. That of a domain is the type below it.
WITH RECURSIVE below AS (
    SELECT t.oid, t.typtype, t.typbasetype, t.typnamespace, t.typcategory, t.typname, $2::int4 AS modifier FROM pg_type AS t WHERE t.oid = $1::oid
    UNION ALL
    SELECT t.oid, t.typtype, t.typbasetype, t.typnamespace, t.typcategory, t.typname, below_of.typtypmod
    FROM below JOIN pg_type AS below_of ON below_of.oid = below.oid JOIN pg_type AS t ON t.oid = below.typbasetype
    WHERE below.typtype = 'd'
)
SELECT json_build_object('name', '', 'is_text', below.typcategory IN ('S', 'E'), 'sql_type', format_type($1::oid, $2::int4),
    'carried_type', CASE WHEN below.typnamespace = 'pg_catalog'::regnamespace THEN format_type(below.oid, NULL) ELSE 'text' END,
    'base_type', CASE WHEN below.typname = 'citext' AND below.typnamespace <> 'pg_catalog'::regnamespace THEN 'citext'
        ELSE format_type(below.oid, NULL) END,
    'is_whole', below.oid = 'numeric'::regtype AND below.modifier >= 4 AND (below.modifier - 4) & 65535 = 0
        AND (below.modifier - 4) >> 16 <= 18)
FROM below
WHERE below.typtype <> 'd'
