SELECT s.missed::text, cardinality(s.missed_by)::text, array_to_string(ARRAY(
    SELECT x.xid FROM unnest(s.missed_by) AS x (xid) WHERE EXISTS (SELECT FROM pg_locks AS l
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted AND l.transactionid = x.xid)), ',')
FROM lifecycle.store AS s WHERE s.store = $1
