-- The instant passes through text as microseconds since 2000.
WITH chosen AS MATERIALIZED (
{claimable}),
claimed AS (
    UPDATE {data.action} AS action
    SET status = 'claimed', claimable_at = $3::timestamptz, attempts = action.attempts + 1, claimed_by = $5
    FROM chosen
    WHERE action.id = chosen.id
    RETURNING action.*)
SELECT claimed.id, claimed.customer, claimed.channel, claimed.template, claimed.payload, journey.name, claimed.version,
    COALESCE(step.name, claimed.step::text), (extract(epoch FROM claimed.decided_at) * 1000000)::int8 - 946684800000000, claimed.attempts
FROM claimed
    JOIN {data.journey} AS journey ON journey.journey = claimed.journey
    LEFT JOIN {data.journey_step} AS step
        ON step.journey = claimed.journey AND step.version = claimed.version AND step.step = claimed.step
ORDER BY claimed.priority DESC, claimed.decided_at, claimed.id
