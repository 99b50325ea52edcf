SELECT enrollment.customer, enrollment.entry, enrollment.step, enrollment.round, enrollment.entered_at, enrollment.step_since,
    enrollment.triggered_at, enrollment.event, enrollment.occasion_key, enrollment.order_key
FROM {enrollments}
WHERE {is_of} AND enrollment.journey = {journey} AND enrollment.version = {version} AND enrollment.due_at IS NOT NULL
