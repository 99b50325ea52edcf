-- The parts of a relation, `part`, and the triggers on them that are as they were made, `made`. Of each trigger its mark: what was done to
-- it, to its table and to the table of changes since it was made shows there, and whether a subscription came, and may have gone again:
-- what it writes fires no triggers of statements.
part AS (
    SELECT {relation}::oid AS oid
    UNION SELECT i.inhrelid FROM part JOIN pg_inherits AS i ON i.inhparent = part.oid
), own AS (
    SELECT c.oid, c.relname, c.relpersistence FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = {data_schema}
), wanted (name, kind, old, new) AS (VALUES {wanted}),
notes AS MATERIALIZED (
    SELECT o.oid, s.seqrelid AS missed, concat_ws(' ', o.relpersistence, (
            SELECT string_agg(t.oid::text || ':' || t.xmin::text || t.ctid::text, ',' ORDER BY t.oid) FROM pg_trigger AS t WHERE t.tgrelid = o.oid),
        s.seqrelid, s.xmin, s.at, s.relpersistence, pg_stat_get_tuples_inserted('pg_subscription_rel'::regclass)) AS mark
    FROM own AS o LEFT JOIN (
        SELECT s.seqrelid, s.xmin, s.ctid AS at, q.relpersistence FROM own AS q JOIN pg_sequence AS s ON s.seqrelid = q.oid
        WHERE q.relname = {missed}) AS s ON true
    WHERE o.relname = {change_table}
), seen AS MATERIALIZED (
    SELECT c.oid AS relation, c.relfilenode AS file, COALESCE((
            SELECT a.attnum FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attname = {customer} AND a.attnum > 0 AND NOT a.attisdropped), 0) AS customer,
        concat_ws(' ', c.relpersistence, (
            SELECT string_agg(i.inhparent::text || ':' || i.xmin::text || i.ctid::text, ',' ORDER BY i.inhparent)
            FROM pg_inherits AS i WHERE i.inhrelid = c.oid), (
            SELECT string_agg(d.oid::text || ':' || d.xmin::text || d.ctid::text, ',' ORDER BY d.oid)
            FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid = c.oid AND a.attgenerated <> ''),
            CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN concat('rows ', (
                SELECT string_agg(p.oid::text || ':' || p.xmin::text || p.ctid::text, ',' ORDER BY p.oid)
                FROM pg_policy AS p WHERE p.polrelid = c.oid)) END) AS mark
    FROM part JOIN pg_class AS c ON c.oid = part.oid
), made AS MATERIALIZED (
    SELECT t.oid AS trigger, seen.relation, notes.oid AS changes, notes.missed, seen.customer, seen.file,
        concat_ws(' ', t.xmin, t.ctid, seen.mark, notes.mark) AS mark
    FROM seen CROSS JOIN notes JOIN pg_trigger AS t ON t.tgrelid = seen.relation
        JOIN wanted AS w ON w.name = t.tgname AND w.kind = t.tgtype AND w.old IS NOT DISTINCT FROM t.tgoldtable
            AND w.new IS NOT DISTINCT FROM t.tgnewtable
    WHERE t.tgfoid = 'lifecycle.note_changes()'::regprocedure AND t.tgenabled = 'A' AND NOT t.tgisinternal
        AND t.tgparentid = 0 AND t.tgconstraint = 0 AND NOT t.tgdeferrable
        AND t.tgqual IS NULL AND t.tgattr::text = '' AND t.tgargs = {arguments}
)
