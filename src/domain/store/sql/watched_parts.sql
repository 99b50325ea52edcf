WITH RECURSIVE {triggers_made}
SELECT c.oid, format('%I.%I', n.nspname, c.relname), COALESCE(m.known, 0) = {all},
    COALESCE(m.is_same, true), c.relpersistence = 'u', COALESCE(m.is_other_file, false)
FROM part JOIN pg_class AS c ON c.oid = part.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN (
        SELECT m.relation, count(*) AS known, bool_and(k.mark = m.mark) AS is_same, bool_or(k.file <> m.file) AS is_other_file
        FROM made AS m JOIN lifecycle.noting AS k ON k.trigger = m.trigger AND k.relation = m.relation AND k.changes = m.changes
            AND k.missed = m.missed AND k.customer = m.customer AND k.store = {store} AND k.source = {source}
        GROUP BY m.relation
    ) AS m ON m.relation = c.oid
ORDER BY c.oid
