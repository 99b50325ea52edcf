INSERT INTO {table.event} (customer, kind, at, action, channel)
SELECT action.customer, {kind}, action.decided_at + '1 hour'::interval, action.id, action.channel
FROM {table.action} AS action
WHERE action.decided_at = {now} AND action.control IS NULL AND {drawn} < {share}
