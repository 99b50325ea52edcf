-- What comes with the delivery is a machine's. Where no delivery is known, the completion stands for it, unless an answer has proven that.
INSERT INTO {data.event} (customer, kind, at, action, channel, provider_id, detail, class, is_machine, topic)
SELECT $1::{key}, $2, $3::timestamptz, $4::int8, $5, $6, $7::jsonb, $8,
    $9::bool OR ($2 IN ('open', 'click') AND COALESCE((
        SELECT {within} > '0'::interval AND $3::timestamptz BETWEEN arrived.at - {within} AND arrived.at + {within}
        FROM (SELECT COALESCE(
                (SELECT min(event.at) FROM {data.event} AS event
                    WHERE event.customer = $1::{key} AND event.kind = 'delivered' AND event.action = $4::int8),
                (SELECT action.completed_at FROM {data.action} AS action
                    WHERE action.id = $4::int8 AND NOT EXISTS (SELECT FROM {data.event} AS event
                        WHERE event.customer = $1::{key} AND event.kind IN ({answers}) AND event.at = action.completed_at
                            AND event.action = action.id))) AS at) AS arrived), false)),
    $10
ON CONFLICT (provider_id) DO NOTHING
RETURNING id
