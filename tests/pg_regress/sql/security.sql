-- who may do what, and how every function is marked
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- installed where it was put, to stay there
SELECT trusted, relocatable, schema IS NULL AS any_schema, requires FROM pg_available_extension_versions WHERE name = 'pg_lifecycle' AND installed;
SELECT extversion = (SELECT default_version FROM pg_available_extensions WHERE name = 'pg_lifecycle') AS newest, nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_lifecycle';
ALTER EXTENSION pg_lifecycle SET SCHEMA pg_catalog;

-- a plain role uses all of it and may look into nothing else
CREATE ROLE regress_lifecycle_analyst;
CREATE TABLE security_histories AS SELECT 1 AS customer, '{2024-01-01 5, 2024-01-11 5}'::purchase_history AS h;
SET ROLE regress_lifecycle_analyst;
SELECT num_purchases('{2024-01-01 5}', '2024-02-01'), '{2024-01-01 5}'::purchase_history + '{}' AS union_of, lifecycle_stage(purchase_history('2024-01-01'::timestamptz), '2024-02-01');
SELECT rfm_score(h, rfm_breaks(h, '2024-02-01') OVER (), '2024-02-01'), expected_gap(h, purchase_rhythm(h, '2024-02-01') OVER (), '2024-02-01'), rollup(h) OVER () = h AS rolled_up, ltv(h, 1, '2025-01-01') FROM (SELECT '{2024-01-01 5, 2024-01-11 5}'::purchase_history AS h) AS t;
SELECT h FROM security_histories;
RESET ROLE;
DROP TABLE security_histories;
DROP ROLE regress_lifecycle_analyst;
-- nothing runs with another's rights, nothing sets parameters, and everybody may call everything but the trigger of stores
SELECT count(*) FILTER (WHERE prosecdef) AS security_definer, count(*) FILTER (WHERE proconfig IS NOT NULL) AS with_settings, count(*) FILTER (WHERE proacl IS NOT NULL) AS with_acl, array_agg(DISTINCT lanname::text) AS languages
FROM pg_proc JOIN pg_language ON pg_language.oid = prolang JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e' JOIN pg_extension ON pg_extension.oid = refobjid WHERE extname = 'pg_lifecycle';
-- functions of SQL are inlined or bound when they are created, so that no search_path can lead them astray
SELECT count(*) AS open_to_search_path FROM pg_proc JOIN pg_language ON pg_language.oid = prolang JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e' JOIN pg_extension ON pg_extension.oid = refobjid WHERE extname = 'pg_lifecycle' AND lanname = 'sql' AND prosqlbody IS NULL;

-- every object has a comment
SELECT pg_describe_object(classid, objid, 0) AS without_comment FROM pg_depend JOIN pg_extension ON pg_extension.oid = refobjid
WHERE extname = 'pg_lifecycle' AND deptype = 'e' AND obj_description(objid, classid::regclass::name) IS NULL AND classid <> 'pg_opfamily'::regclass AND pg_describe_object(classid, objid, 0) !~ '\[\]$'
    AND NOT (classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type JOIN pg_class AS c ON c.oid = typrelid WHERE pg_type.oid = objid AND relkind IN ('r', 'v'))) ORDER BY 1;

-- every function that users call: volatility (i immutable, s stable), parallel (s safe), strict
CREATE TEMP VIEW functions AS
    SELECT p.* FROM pg_proc AS p JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e' JOIN pg_extension ON pg_extension.oid = refobjid WHERE extname = 'pg_lifecycle';
CREATE TEMP VIEW inner_functions AS SELECT oid FROM functions AS f WHERE obj_description(oid, 'pg_proc') ~ '^(I/O|aggregate .* function|implementation of .*|less-equal-greater|hash.*)$';
\a
SELECT proname AS name, pg_get_function_arguments(oid) AS arguments, pg_get_function_result(oid) AS result, prokind AS kind, provolatile AS volatile, proparallel AS parallel, proisstrict AS strict
FROM functions WHERE oid NOT IN (SELECT oid FROM inner_functions) ORDER BY proname COLLATE "C", pg_get_function_arguments(oid) COLLATE "C";
\a
-- of the inner ones, those that read the clock or the time zone are stable, and all that do not write may run in parallel workers
SELECT proname AS name, pg_get_function_arguments(oid) AS arguments FROM functions WHERE oid IN (SELECT oid FROM inner_functions) AND provolatile <> 'i' ORDER BY proname COLLATE "C", pg_get_function_arguments(oid) COLLATE "C";
SELECT count(*) AS not_parallel_safe FROM functions WHERE proparallel <> 's' AND prorettype <> 'trigger'::regtype AND provolatile <> 'v';
-- every aggregate can run in parallel, and those whose state is the value itself can be split by distributed planners
SELECT aggfnoid::regprocedure AS aggregate, aggtranstype::regtype AS state, aggcombinefn <> 0 AS combines, aggserialfn <> 0 AS serializes, agginitval, aggmtransfn = 0 AND aggfinalmodify = 'r' AS window_safe
FROM pg_aggregate JOIN functions ON oid = aggfnoid ORDER BY aggfnoid::regprocedure::text COLLATE "C";

-- a table that uses it stops its removal; it is removed without a rest, and then installed by a plain role into a schema of
-- that role's own, which the trusted extension allows to whoever may create in the database
CREATE TEMP TABLE kept (h purchase_history);
DROP EXTENSION pg_lifecycle;
DROP TABLE kept;
BEGIN;
SET LOCAL client_min_messages = warning;
DROP EXTENSION pg_lifecycle;
SELECT count(*) FROM pg_type WHERE typname IN ('purchase_history', 'rfm_breaks', 'rfm_triple', 'purchase_rhythm', 'lifecycle_stage', 'btyd_summary', 'ltv_inputs');
SELECT count(*) FROM pg_proc WHERE probin LIKE '%pg_lifecycle%';
CREATE ROLE regress_lifecycle_owner;
GRANT CREATE ON DATABASE :"DBNAME" TO regress_lifecycle_owner;
SET ROLE regress_lifecycle_owner;
CREATE SCHEMA regress_lifecycle;
CREATE EXTENSION pg_lifecycle SCHEMA regress_lifecycle;
SELECT regress_lifecycle.rfm_segment(ROW(5, 4, 3)::regress_lifecycle.rfm_triple), ROW(5, 4, 3)::regress_lifecycle.rfm_triple::text, ROW(5, 4, 3)::regress_lifecycle.rfm_triple::int,
       regress_lifecycle.lifecycle_stage(regress_lifecycle.purchase_history('2024-01-01'::date), '2024-02-01');
RESET ROLE;
ROLLBACK;
