-- Last of all: an aggregate is as volatile as the functions it is made of.
--
-- CREATE AGGREGATE marks every aggregate IMMUTABLE and has no word for another mark. postgres_fdw believes it and computes
-- on the remote server, in the zone GMT, what depends on the session's TimeZone or on now().
UPDATE pg_catalog.pg_proc AS aggregate
SET provolatile = 's'
FROM pg_catalog.pg_aggregate AS made, pg_catalog.pg_depend AS member, pg_catalog.pg_extension AS extension
WHERE made.aggfnoid OPERATOR(pg_catalog.=) aggregate.oid
    AND member.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
    AND member.objid OPERATOR(pg_catalog.=) aggregate.oid
    AND member.deptype OPERATOR(pg_catalog.=) 'e'
    AND member.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
    AND member.refobjid OPERATOR(pg_catalog.=) extension.oid
    AND extension.extname OPERATOR(pg_catalog.=) 'pg_lifecycle'
    AND EXISTS (
        SELECT FROM pg_catalog.pg_proc AS part
        WHERE (part.oid OPERATOR(pg_catalog.=) made.aggtransfn OR part.oid OPERATOR(pg_catalog.=) made.aggfinalfn)
            AND part.provolatile OPERATOR(pg_catalog.=) 's'
    );
