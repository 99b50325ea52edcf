-- The answers that no run has looked at yet are few, and an index has them.
WITH asked AS MATERIALIZED (
    SELECT DISTINCT action.journey
    FROM {data.event} AS event JOIN {data.action} AS action ON action.id = event.action AND action.customer = event.customer
    WHERE NOT event.processed AND event.kind IN ('bounce', 'complaint'))
SELECT journey.journey,
    (SELECT count(*) FROM {data.action} AS action
        WHERE action.journey = journey.journey AND action.status = 'done' AND action.completed_at > since.at),
    counted.bounces, counted.complaints
FROM asked
    JOIN {data.journey} AS journey ON journey.journey = asked.journey AND journey.status = 'live'
    CROSS JOIN LATERAL (SELECT GREATEST({now} - '7 days'::interval, journey.released_from,
            CASE WHEN journey.released_from IS NULL AND journey.released_up_to IS NOT NULL THEN {now} END) AS at) AS since
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT action.id) FILTER (WHERE event.kind = 'bounce') AS bounces,
            count(DISTINCT action.id) FILTER (WHERE event.kind = 'complaint') AS complaints
        FROM {data.event} AS event JOIN {data.action} AS action ON action.id = event.action AND action.customer = event.customer
        WHERE event.kind IN ('bounce', 'complaint') AND to_jsonb(event) ->> 'class' IS DISTINCT FROM 'soft'
            AND action.journey = journey.journey AND action.status = 'done' AND action.completed_at > since.at) AS counted
