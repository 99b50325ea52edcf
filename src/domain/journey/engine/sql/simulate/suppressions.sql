INSERT INTO {table.suppression} (customer, channel, topic, reason, since, until, lifted_at, event, note)
SELECT suppression.customer, suppression.channel, suppression.topic, suppression.reason, suppression.since, suppression.until,
    suppression.lifted_at, suppression.event, suppression.note
FROM {data.suppression} AS suppression
