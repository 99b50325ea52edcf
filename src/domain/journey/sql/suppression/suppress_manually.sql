INSERT INTO {data.suppression} (customer, channel, topic, reason, since, note)
SELECT $1::{key}, $2, $3, 'manual', clock_timestamp(), $4
WHERE NOT EXISTS (SELECT FROM {data.suppression} AS suppression
    WHERE suppression.customer = $1::{key} AND suppression.channel IS NOT DISTINCT FROM $2 AND suppression.topic IS NOT DISTINCT FROM $3
        AND suppression.reason = 'manual' AND suppression.lifted_at IS NULL)
