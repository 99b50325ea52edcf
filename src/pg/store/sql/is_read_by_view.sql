-- The relation of a name ($1) that exists, and whether a view ($2) that exists reads it.
SELECT c.oid::text, EXISTS (
    SELECT FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE r.ev_class = v.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid)
FROM pg_class AS c, pg_class AS v
WHERE c.oid = to_regclass($1) AND v.oid = to_regclass($2)
