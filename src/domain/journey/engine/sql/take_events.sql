WITH locked AS MATERIALIZED (
    SELECT event.id, event.customer, event.kind, event.at
    FROM {table.event} AS event
    WHERE NOT event.processed AND event.at <= {now}
    ORDER BY event.id
    LIMIT {limit}
    FOR UPDATE SKIP LOCKED)
INSERT INTO {scratch.events} (id, customer, kind, at) SELECT locked.id, locked.customer, locked.kind, locked.at FROM locked
