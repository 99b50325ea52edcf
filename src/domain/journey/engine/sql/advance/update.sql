UPDATE {table.enrollment} AS enrollment
SET step = advanced.target, round = CASE WHEN advanced.changes THEN advanced.round + 1 ELSE advanced.round END,
    step_since = CASE WHEN advanced.changes THEN {now} ELSE advanced.step_since END, due_at = advanced.next_due, postponed_since = NULL,
    postponed_reason = NULL, arm = advanced.next_arm, ended_at = CASE WHEN advanced.outcome IS NOT NULL THEN {now} END, outcome = advanced.outcome,
    goal_at = CASE WHEN advanced.outcome = 'goal' THEN COALESCE(enrollment.goal_at, {now}) ELSE enrollment.goal_at END
FROM advanced
WHERE enrollment.ctid = advanced.place
