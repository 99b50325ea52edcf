-- OFFSET 0 has the entries of each customer looked for by themselves.
UPDATE {data.enrollment} AS enrollment
SET goal_at = found.goal_at,
    goal_until = GREATEST(LEAST(found.goal_until, $2::timestamptz), found.entered_at, found.goal_at)
FROM (SELECT DISTINCT entered.customer FROM {data.enrollment} AS entered WHERE entered.customer = ANY ($1::{key}[]) OFFSET 0) AS asked
    CROSS JOIN LATERAL (
        SELECT entries.customer, entries.journey, entries.entry, entries.entered_at, entries.goal_at, entries.goal_until
        FROM {own.journey_customers} AS entries WHERE entries.customer = asked.customer OFFSET 0) AS found
    JOIN {data.journey} AS journey ON journey.name = found.journey
WHERE enrollment.customer = found.customer AND enrollment.journey = journey.journey AND enrollment.entry = found.entry
