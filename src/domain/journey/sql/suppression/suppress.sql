-- A word of the customer ends at the first word back that is about all of it; a second bounce says nothing new.
INSERT INTO {data.suppression} (customer, channel, topic, reason, since, until, event)
SELECT $1::{key}, $2, $3, $4, $5::timestamptz,
    CASE WHEN $4 IN ({words_of_customer}) THEN (SELECT min(back.at) FROM {data.event} AS back
        WHERE back.customer = $1::{key} AND back.kind = 'subscribe' AND back.at > $5::timestamptz
            AND (back.channel IS NULL OR back.channel = $2) AND (back.topic IS NULL OR back.topic = $3)) END,
    $6::int8
WHERE $4 IN ({words_of_customer})
    OR NOT EXISTS (SELECT FROM {data.suppression} AS suppression
        WHERE suppression.customer = $1::{key} AND suppression.channel IS NOT DISTINCT FROM $2 AND suppression.reason = $4
            AND suppression.since <= $5::timestamptz AND suppression.until IS NULL AND suppression.lifted_at IS NULL)
