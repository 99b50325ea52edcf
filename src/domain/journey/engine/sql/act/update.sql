UPDATE {table.enrollment} AS enrollment
SET step = CASE WHEN moving.stays THEN {step} ELSE {next} END,
    round = CASE WHEN moving.stays THEN moving.round ELSE moving.round + 1 END,
    step_since = CASE WHEN moving.stays THEN moving.step_since ELSE moving.since END,
    due_at = CASE WHEN moving.awaited IS NOT NULL THEN 'infinity' WHEN moving.stays THEN LEAST(moving.permitted_at, moving.deadline)
        ELSE {next_due} END,
    action = moving.awaited,
    postponed_since = CASE WHEN moving.verdict = 'postponed' THEN COALESCE(moving.postponed_since, {now}) END,
    postponed_reason = CASE WHEN moving.verdict = 'postponed' THEN moving.hindrance END,
    ended_at = CASE WHEN NOT moving.stays AND {outcome} IS NOT NULL THEN {now} END,
    outcome = CASE WHEN NOT moving.stays THEN {outcome} END,
    goal_at = CASE WHEN NOT moving.stays AND {outcome} = 'goal' THEN COALESCE(enrollment.goal_at, {now})
        ELSE enrollment.goal_at END
FROM moving
WHERE enrollment.ctid = moving.place
