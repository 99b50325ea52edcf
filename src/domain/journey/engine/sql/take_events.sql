WITH locked AS MATERIALIZED (
    SELECT event.id, event.customer, event.kind, event.at, event.is_machine
    FROM {table.event} AS event
    WHERE NOT event.processed AND event.at <= {now}
    ORDER BY event.id
    LIMIT {limit}
    FOR UPDATE SKIP LOCKED)
INSERT INTO {scratch.events} (id, customer, kind, at, is_machine)
SELECT locked.id, locked.customer, locked.kind, locked.at, locked.is_machine FROM locked
