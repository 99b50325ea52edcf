WITH due AS MATERIALIZED (
    SELECT enrollment.customer, enrollment.entry, enrollment.entered_at, enrollment.triggered_at, enrollment.occasion_key, enrollment.order_key
    FROM {enrollments}
    WHERE {is_of} AND enrollment.journey = {journey} AND enrollment.version = {version} AND enrollment.due_at <= {now}),
missing AS (
    SELECT enrolled.customer, enrolled.entry
    FROM due AS enrolled
        {history_of.enrolled}
    WHERE {misses_order})
UPDATE {table.enrollment} AS enrollment SET due_at = {now} + '10 minutes'::interval
FROM missing
WHERE enrollment.customer = missing.customer AND enrollment.journey = {journey} AND enrollment.entry = missing.entry
