UPDATE {table.enrollment} AS enrollment
SET due_at = NULL, ended_at = {now}, outcome = leaving.outcome, postponed_since = NULL, postponed_reason = NULL,
    goal_at = CASE WHEN leaving.outcome = 'goal' THEN COALESCE(enrollment.goal_at, {now}) ELSE enrollment.goal_at END
FROM leaving
WHERE enrollment.customer = leaving.customer AND enrollment.journey = {journey} AND enrollment.entry = leaving.entry
