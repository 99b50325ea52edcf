WITH RECURSIVE {triggers_made}
INSERT INTO lifecycle.noting AS k (trigger, relation, changes, missed, customer, file, store, source, mark)
SELECT m.trigger, m.relation, m.changes, m.missed, m.customer, m.file, {store}, {source}, m.mark FROM made AS m
WHERE m.missed IS NOT NULL AND m.customer IS NOT NULL
ON CONFLICT (trigger) DO UPDATE SET relation = excluded.relation, changes = excluded.changes, missed = excluded.missed,
    customer = excluded.customer, file = excluded.file, store = excluded.store, source = excluded.source, mark = excluded.mark
WHERE (k.relation, k.changes, k.missed, k.customer, k.file, k.store, k.source, k.mark)
    IS DISTINCT FROM (excluded.relation, excluded.changes, excluded.missed, excluded.customer, excluded.file,
        excluded.store, excluded.source, excluded.mark)
