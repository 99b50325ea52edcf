-- Everybody where a note says so, or where the next refresh reads all rows because changes could not be noted.
SELECT among.customer FROM {among} AS among WHERE EXISTS (SELECT FROM {notes} AS note WHERE note.customer = among.customer)
UNION
SELECT among.customer FROM {among} AS among
WHERE (SELECT store.rebuild_due OR store.missed IS DISTINCT FROM missed.last_value OR cardinality(store.missed_by) > 0
        OR EXISTS (SELECT FROM {notes} AS note WHERE note.customer IS NULL)
    FROM lifecycle.store AS store, {missed} AS missed WHERE store.store = {store})
