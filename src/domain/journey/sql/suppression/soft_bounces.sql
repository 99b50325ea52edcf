INSERT INTO {data.suppression} (customer, channel, reason, since, event)
SELECT $1::{key}, $2, 'soft_bounces', $3::timestamptz, $4::int8
WHERE 3 = (SELECT count(*) FILTER (WHERE last.kind = 'bounce' AND last.class = 'soft')
        FROM (SELECT event.kind, event.class FROM {data.event} AS event
            WHERE event.customer = $1::{key} AND event.channel IS NOT DISTINCT FROM $2
                AND event.kind IN ('bounce', 'delivered', 'open', 'click')
                AND event.at > COALESCE((SELECT max(lifted.lifted_at) FROM {data.suppression} AS lifted
                    WHERE lifted.customer = $1::{key} AND lifted.channel IS NOT DISTINCT FROM $2 AND lifted.reason = 'soft_bounces'
                        AND lifted.lifted_at <= $3::timestamptz), '-infinity')
            ORDER BY event.at DESC, event.id DESC LIMIT 3) AS last)
    AND NOT EXISTS (SELECT FROM {data.suppression} AS suppression
        WHERE suppression.customer = $1::{key} AND suppression.channel IS NOT DISTINCT FROM $2 AND suppression.reason = 'soft_bounces'
            AND suppression.until IS NULL AND suppression.lifted_at IS NULL)
