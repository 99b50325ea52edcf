DELETE FROM {scratch.due} AS due
WHERE {at_step} AND {is_first}
RETURNING due.place, due.customer, due.entry, due.entered_at, due.postponed_since, due.postponed_reason, due.arm, due.control, due.action,
    due.triggered_at, due.event, due.occasion_key, due.order_key,
    CASE WHEN due.step = {step} THEN due.step_since ELSE {now} END AS step_since,
    CASE WHEN due.step = {step} THEN due.round ELSE due.round + 1 END AS round
