-- Whether a table of changes is one that the triggers can write to: without what they do not keep up.
SELECT relkind = 'r' AND relpersistence = 'p' AND NOT relispartition AND NOT (relrowsecurity AND relforcerowsecurity)
    AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid)
    AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid)
    AND NOT EXISTS (SELECT FROM pg_trigger
        WHERE tgrelid = c.oid AND tgfoid <> 'lifecycle.guard_changes()'::regprocedure)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid)
    AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND (attnotnull OR atthasdef))
FROM pg_class AS c WHERE oid = to_regclass($1)
