INSERT INTO {data.consent} (customer, channel, withdrawn_at)
SELECT $2::{key}, said.channel, given.at
FROM (SELECT DISTINCT consent.channel
        FROM {data.consent} AS consent
        WHERE consent.customer IN ($1::{key}, $2::{key})
        GROUP BY consent.customer, consent.channel
        HAVING max(consent.withdrawn_at) >= COALESCE(max(consent.given_at), '-infinity')) AS said,
    LATERAL (SELECT max(consent.given_at) AS at FROM {data.consent} AS consent
        WHERE consent.customer IN ($1::{key}, $2::{key}) AND (said.channel IS NULL OR consent.channel IS NULL OR consent.channel = said.channel)) AS given
WHERE given.at IS NOT NULL
