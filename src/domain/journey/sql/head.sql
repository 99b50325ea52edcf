-- What a claim depends on. The definitions of versions that were started do not change, and neither do the columns of the profile
-- without another row of it in the catalog.
SELECT concat(store.settings, store.has_merged), state.policy::text, relation.xmin::text || '/' || relation.oid, {clock}::text,
    LEAST(store.as_of, {clock})::text, state.home,
    (SELECT hold.kind FROM {data.hold} AS hold ORDER BY hold.since LIMIT 1),
    (SELECT hold.reason FROM {data.hold} AS hold ORDER BY hold.since LIMIT 1),
    (SELECT hold.since::text FROM {data.hold} AS hold ORDER BY hold.since LIMIT 1)
FROM lifecycle.store AS store LEFT JOIN {data.journey_state} AS state ON true, pg_class AS relation
WHERE store.store = {store} AND relation.oid = {profile}::regclass
