-- The relation of a name ($1) that exists, and whether a view ($2) reads it. One that was dropped along with its table reads nothing.
SELECT c.oid::text, EXISTS (
    SELECT FROM pg_rewrite AS r JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE r.ev_class = to_regclass($2) AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid)
FROM pg_class AS c
WHERE c.oid = to_regclass($1)
