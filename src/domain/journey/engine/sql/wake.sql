WITH waiting AS MATERIALIZED (
    SELECT enrollment.customer, enrollment.entry, enrollment.entered_at, enrollment.step_since,
        enrollment.triggered_at, enrollment.event, enrollment.due_at
    FROM {enrollments}
    WHERE {is_of} AND enrollment.journey = {journey} AND enrollment.version = {version} AND enrollment.step = {step}
        AND enrollment.due_at > {now}),
woken AS (
    SELECT enrolled.customer, enrolled.entry
    FROM waiting AS enrolled
        LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
        {history_of.enrolled}
    WHERE {has_come})
UPDATE {table.enrollment} AS enrollment SET due_at = {now}
FROM woken
WHERE enrollment.customer = woken.customer AND enrollment.journey = {journey} AND enrollment.entry = woken.entry
