
    -- What the next step waits for may have come between the sending and this run.
    CROSS JOIN LATERAL (SELECT judged.customer, judged.entry, judged.entered_at, judged.since AS step_since) AS enrolled
    LEFT JOIN {table.profile} AS profile ON profile.customer = enrolled.customer
    {history_of.enrolled}
    CROSS JOIN LATERAL (SELECT judged.verdict = 'settled' AND {has_come} AS has_come OFFSET 0) AS answer
