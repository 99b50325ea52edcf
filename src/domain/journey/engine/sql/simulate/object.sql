INSERT INTO {table.suppression} (customer, channel, reason, since, event)
SELECT event.customer, event.channel, {reason}, event.at, event.id
FROM {table.event} AS event
WHERE event.kind = {kind} AND event.action IS NOT NULL
    AND NOT EXISTS (SELECT FROM {table.suppression} AS suppression
        WHERE suppression.customer = event.customer AND suppression.event = event.id AND suppression.since = event.at)
