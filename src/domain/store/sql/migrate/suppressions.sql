INSERT INTO {data.suppression} (customer, channel, reason, since, until, event)
SELECT event.customer, event.channel, CASE event.kind WHEN 'bounce' THEN 'hard_bounce' ELSE event.kind END, event.at,
    CASE WHEN event.kind <> 'bounce' THEN (SELECT min(back.at) FROM {data.event} AS back
        WHERE back.customer = event.customer AND back.kind = 'subscribe' AND back.at > event.at
            AND (back.channel IS NULL OR back.channel = event.channel)) END,
    event.id
FROM {data.event} AS event
WHERE (event.kind IN ('unsubscribe', 'complaint') OR (event.kind = 'bounce' AND event.class = 'hard'))
    AND NOT EXISTS (SELECT FROM {data.suppression} AS known WHERE known.event = event.id)
ORDER BY event.id
