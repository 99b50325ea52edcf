UPDATE {table.enrollment} AS enrollment
SET step = advanced.target, round = advanced.round + 1, step_since = {now}, due_at = advanced.next_due, postponed_since = NULL,
    postponed_reason = NULL, arm = advanced.next_arm, ended_at = CASE WHEN advanced.outcome IS NOT NULL THEN {now} END, outcome = advanced.outcome,
    goal_at = CASE WHEN advanced.outcome = 'goal' THEN COALESCE(enrollment.goal_at, {now}) ELSE enrollment.goal_at END
FROM advanced
WHERE enrollment.ctid = advanced.place
