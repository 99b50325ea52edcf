UPDATE {table.enrollment} AS enrollment
SET step = CASE WHEN judged.verdict = 'postponed' THEN {step} ELSE {next} END,
    round = CASE WHEN judged.verdict = 'postponed' THEN judged.round ELSE judged.round + 1 END,
    step_since = CASE WHEN judged.verdict = 'postponed' THEN judged.step_since ELSE {now} END,
    due_at = CASE WHEN judged.verdict = 'postponed' THEN LEAST(judged.permitted_at, judged.deadline) ELSE {next_due} END,
    postponed_since = CASE WHEN judged.verdict = 'postponed' THEN COALESCE(judged.postponed_since, {now}) END,
    postponed_reason = CASE WHEN judged.verdict = 'postponed' THEN judged.hindrance END,
    ended_at = CASE WHEN judged.verdict <> 'postponed' AND {outcome} IS NOT NULL THEN {now} END,
    outcome = CASE WHEN judged.verdict <> 'postponed' THEN {outcome} END,
    goal_at = CASE WHEN judged.verdict <> 'postponed' AND {outcome} = 'goal' THEN COALESCE(enrollment.goal_at, {now})
        ELSE enrollment.goal_at END
FROM judged
WHERE enrollment.ctid = judged.place
