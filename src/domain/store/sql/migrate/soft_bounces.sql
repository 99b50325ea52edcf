-- The last three events of an address are soft bounces.
INSERT INTO {data.suppression} (customer, channel, reason, since, event)
SELECT last.customer, last.channel, 'soft_bounces', max(last.at), max(last.id)
FROM (SELECT event.id, event.customer, event.channel, event.at, event.kind, event.class,
        row_number() OVER (PARTITION BY event.customer, event.channel ORDER BY event.at DESC, event.id DESC) AS place
    FROM {data.event} AS event
    WHERE event.kind IN ('bounce', 'delivered', 'open', 'click')) AS last
WHERE last.place <= 3
    AND NOT EXISTS (SELECT FROM {data.suppression} AS known
        WHERE known.customer = last.customer AND known.channel IS NOT DISTINCT FROM last.channel AND known.reason = 'soft_bounces')
GROUP BY last.customer, last.channel
HAVING count(*) FILTER (WHERE last.kind = 'bounce' AND last.class = 'soft') = 3
