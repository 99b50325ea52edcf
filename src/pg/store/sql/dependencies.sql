-- What depends on views and functions (their object ids: $1 and $2): for each pair the one of ours that it is itself or a part of
-- (its kind and object id, NULL if it is none of them), the one of ours that it depends on, and both in words. A view is also its
-- query and the types of its rows.
WITH part AS (
    SELECT 'pg_class'::regclass::oid AS class, v.oid, 'VIEW' AS kind, v.oid AS of FROM unnest($1::oid[]) AS v (oid)
    UNION ALL SELECT 'pg_proc'::regclass, f.oid, 'FUNCTION', f.oid FROM unnest($2::oid[]) AS f (oid)
    UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, 'VIEW', r.ev_class FROM pg_rewrite AS r
        WHERE r.ev_class = ANY ($1::oid[]) AND r.rulename = '_RETURN'
    UNION ALL SELECT 'pg_type'::regclass, t.oid, 'VIEW', t.typrelid FROM pg_type AS t WHERE t.typrelid = ANY ($1::oid[])
    UNION ALL SELECT 'pg_type'::regclass, t.typarray, 'VIEW', t.typrelid FROM pg_type AS t WHERE t.typrelid = ANY ($1::oid[])
)
SELECT DISTINCT d.kind, d.of, p.kind, p.of, CASE WHEN r.oid IS NULL THEN pg_describe_object(k.classid, k.objid, k.objsubid)
        ELSE pg_describe_object('pg_class'::regclass, r.ev_class, 0) END AS dependent,
    pg_describe_object(CASE p.kind WHEN 'VIEW' THEN 'pg_class' ELSE 'pg_proc' END::regclass, p.of, 0) AS ours
FROM part AS p JOIN pg_depend AS k ON k.refclassid = p.class AND k.refobjid = p.oid
    LEFT JOIN part AS d ON d.class = k.classid AND d.oid = k.objid
    LEFT JOIN pg_rewrite AS r ON k.classid = 'pg_rewrite'::regclass AND r.oid = k.objid AND r.rulename = '_RETURN'
WHERE (d.kind, d.of) IS DISTINCT FROM (p.kind, p.of)
ORDER BY dependent, ours
