-- What the catalog says of the extension, a line a fact: of an extension that was updated it must be what it is of one that was
-- installed. Object ids are left out.
SET search_path = pg_catalog, pg_temp;
CREATE TEMPORARY TABLE member AS SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND e.extname = 'pg_lifecycle' AND d.deptype = 'e';
CREATE TEMPORARY TABLE relation AS SELECT c.* FROM pg_class AS c JOIN member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;

SELECT 'member ' || pg_describe_object(classid, objid, 0) || ': ' || COALESCE(obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)), '')
    FROM member
UNION ALL SELECT 'rights ' || pg_describe_object(m.classid, m.objid, i.objsubid) || ': ' || i.initprivs::text
    FROM member AS m JOIN pg_init_privs AS i ON i.classoid = m.classid AND i.objoid = m.objid
UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid) || ' ' || p.proparallel::text || ' ' || COALESCE(p.proacl::text, '')
    FROM pg_proc AS p JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid WHERE p.prokind IN ('f', 'p')
UNION ALL SELECT 'aggregate ' || p.oid::regprocedure || ' ' || concat(p.provolatile, p.proparallel, p.proisstrict, p.procost) || ' '
        || pg_get_function_arguments(p.oid) || ' ' || pg_get_function_result(p.oid) || ' '
        || concat_ws(' ', a.aggkind, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggfinalextra,
            a.aggfinalmodify, a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.agginitval)
    FROM pg_proc AS p JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
UNION ALL SELECT 'type ' || t.oid::regtype || ' ' || concat_ws(' ', t.typlen, t.typbyval, t.typtype, t.typcategory, t.typispreferred, t.typdelim, t.typinput,
            t.typoutput, t.typreceive, t.typsend, t.typanalyze, t.typalign, t.typstorage, t.typnotnull, t.typdefault)
        || (SELECT COALESCE(string_agg(' ' || e.enumlabel, '' ORDER BY e.enumsortorder), '') FROM pg_enum AS e WHERE e.enumtypid = t.oid)
    FROM pg_type AS t JOIN member AS m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
UNION ALL SELECT 'cast ' || castsource::regtype || ' ' || casttarget::regtype || ' ' || concat_ws(' ', castfunc::regprocedure, castcontext, castmethod)
    FROM pg_cast AS c JOIN member AS m ON m.classid = 'pg_cast'::regclass AND m.objid = c.oid
UNION ALL SELECT 'operator ' || o.oid::regoperator || ' ' || concat_ws(' ', oprcanmerge, oprcanhash, oprcom::regoperator, oprnegate::regoperator, oprcode, oprrest, oprjoin)
    FROM pg_operator AS o JOIN member AS m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
UNION ALL SELECT 'class ' || pg_describe_object('pg_opclass'::regclass, o.oid, 0) || ' ' || o.opcintype::regtype || ' ' || o.opcdefault::text
    FROM pg_opclass AS o JOIN member AS m ON m.classid = 'pg_opclass'::regclass AND m.objid = o.oid
UNION ALL SELECT 'in a family ' || pg_describe_object('pg_amop'::regclass, a.oid, 0)
    FROM pg_amop AS a JOIN member AS m ON m.classid = 'pg_opfamily'::regclass AND m.objid = a.amopfamily
UNION ALL SELECT 'in a family ' || pg_describe_object('pg_amproc'::regclass, a.oid, 0)
    FROM pg_amproc AS a JOIN member AS m ON m.classid = 'pg_opfamily'::regclass AND m.objid = a.amprocfamily
UNION ALL SELECT format('relation %s %s %s %s %s %s', r.relkind, r.oid::regclass, r.relrowsecurity, r.relforcerowsecurity, r.reloptions, r.relacl) FROM relation AS r
UNION ALL SELECT format('column %s %s %s: %s %s %s %s %s %s', r.oid::regclass, CASE WHEN r.relkind <> 'r' THEN a.attnum END, a.attname,
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attacl, pg_get_expr(d.adbin, d.adrelid), col_description(r.oid, a.attnum))
    FROM (SELECT oid, relkind FROM relation UNION SELECT c.oid, c.relkind FROM pg_class AS c JOIN pg_type AS t ON t.typrelid = c.oid AND c.relkind = 'c'
            JOIN member AS m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid) AS r
        JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
UNION ALL SELECT 'view ' || r.oid::regclass || pg_get_viewdef(r.oid) FROM relation AS r WHERE r.relkind = 'v'
UNION ALL SELECT 'constraint ' || r.oid::regclass || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid
UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM relation AS r JOIN pg_index AS i ON i.indrelid = r.oid
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM relation AS r JOIN pg_trigger AS t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
UNION ALL SELECT format('policy %s on %s %s: %s, %s; %s', p.polname, r.oid::regclass, p.polcmd, pg_get_expr(p.polqual, r.oid),
        pg_get_expr(p.polwithcheck, r.oid), obj_description(p.oid, 'pg_policy')) FROM relation AS r JOIN pg_policy AS p ON p.polrelid = r.oid
UNION ALL SELECT format('dumped %s %s', c::regclass, w) FROM pg_extension AS e, unnest(e.extconfig, e.extcondition) AS x (c, w) WHERE e.extname = 'pg_lifecycle'
UNION ALL SELECT format('extension %s %s', e.extversion, e.extrelocatable) FROM pg_extension AS e WHERE e.extname = 'pg_lifecycle'
UNION ALL SELECT 'grid ' || to_jsonb(g)::text FROM lifecycle.segment_grid AS g
UNION ALL SELECT 'rule ' || to_jsonb(r)::text FROM lifecycle.segment_rule AS r
ORDER BY 1;
