-- The transactions that have locked parts for writing, but for this one.
WITH held AS MATERIALIZED (SELECT * FROM pg_locks WHERE granted AND pid IS DISTINCT FROM pg_backend_pid())
SELECT DISTINCT x.transactionid::text FROM held AS l
    JOIN held AS x ON x.virtualtransaction = l.virtualtransaction AND x.locktype = 'transactionid' AND x.mode = 'ExclusiveLock'
WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.relation = ANY ($1::oid[]) AND l.mode <> 'AccessShareLock'
