UPDATE {table.enrollment} AS enrollment
SET step = going.target, round = going.round + 1, step_since = {now}, due_at = going.next_due, postponed_since = NULL,
    postponed_reason = NULL, arm = going.next_arm, ended_at = CASE WHEN going.outcome IS NOT NULL THEN {now} END, outcome = going.outcome,
    goal_at = CASE WHEN going.outcome = 'goal' THEN COALESCE(enrollment.goal_at, {now}) ELSE enrollment.goal_at END
FROM going
WHERE enrollment.ctid = going.place
