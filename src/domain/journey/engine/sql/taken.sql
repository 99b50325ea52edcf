DELETE FROM {scratch.due} AS due
WHERE {at_step}
RETURNING due.place, due.customer, due.entry, due.entered_at, due.postponed_since, due.postponed_reason, due.arm, due.control, due.action,
    CASE WHEN due.step = {step} THEN due.step_since ELSE {now} END AS step_since,
    CASE WHEN due.step = {step} THEN due.round ELSE due.round + 1 END AS round
