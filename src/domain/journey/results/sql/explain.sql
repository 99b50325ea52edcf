WITH entries AS MATERIALIZED (
    SELECT entered.entry, entered.version, entered.entered_at, entered.ended_at, entered.goal_at, entered.goal_until,
        entered.treatment, entered.step, entered.due_at, entered.postponed_since, entered.postponed_reason,
        COALESCE(lead(entered.entered_at) OVER (ORDER BY entered.entry), 'infinity') AS next_entered_at
    FROM {own.journey_customers} AS entered
    WHERE entered.journey = {journey} AND entered.customer = {customer}),
actions AS MATERIALIZED (
    SELECT decided.* FROM {own.journey_actions} AS decided WHERE decided.journey = {journey} AND decided.customer = {customer}),
told AS (
    -- Of two things at one instant, place says which came first.
    SELECT decision.entry, decision.version, decision.decided_at AS at, step.name AS step, decision.kind,
        CASE decision.kind
            WHEN 'entered' THEN concat_ws('; ', decision.reason, CASE entries.treatment
                WHEN {journey_control} THEN 'in the control group of the journey, which gets nothing from it'
                WHEN {store_control} THEN 'in the control group of the store, which gets nothing from any journey' END)
            ELSE decision.reason END AS reason,
        CASE decision.kind WHEN 'entered' THEN 0 WHEN 'left' THEN 9 ELSE 3 END AS place, decision.id
    FROM {data.decision} AS decision
        JOIN {data.journey} AS journey ON journey.journey = decision.journey
        JOIN entries ON entries.entry = decision.entry
        LEFT JOIN {data.journey_step} AS step
            ON step.journey = decision.journey AND step.version = decision.version AND step.step = decision.step
    WHERE journey.name = {journey} AND decision.customer = {customer}
    UNION ALL
    SELECT actions.entry, actions.version, actions.decided_at, actions.step,
        CASE actions.status WHEN 'withheld' THEN 'withheld' ELSE 'decided' END,
        concat_ws('; ', actions.channel || ': ' || actions.template,
            CASE WHEN actions.status NOT IN ('done', 'withheld') THEN actions.status END, actions.reason,
            'last failure: ' || actions.error),
        4, actions.action
    FROM actions
    UNION ALL
    SELECT actions.entry, actions.version, actions.sent_at, actions.step, 'sent', 'attempt ' || actions.attempts, 5, actions.action
    FROM actions
    WHERE actions.sent_at IS NOT NULL
    UNION ALL
    SELECT actions.entry, actions.version, event.at, actions.step, event.kind, event.channel, 6, event.id
    FROM actions JOIN {data.event} AS event ON event.action = actions.action AND event.customer = {customer}
    UNION ALL
    SELECT entries.entry, entries.version, event.at, NULL, event.kind, event.channel, 6, event.id
    FROM entries
        JOIN {data.event} AS event ON event.customer = {customer} AND event.action IS NULL AND event.at > entries.entered_at
            AND event.at <= LEAST(entries.next_entered_at, GREATEST(COALESCE(entries.ended_at, 'infinity'), entries.goal_until))
    UNION ALL
    SELECT entries.entry, entries.version, purchase.purchased_at, credit.step, 'purchased',
        concat_ws('; ', round(purchase.amount, 2)::text, 'given back: ' || NULLIF(round(purchase.refunded, 2), 0),
            'credited to action ' || credit.action),
        7, purchase.place
    FROM entries
        JOIN {data.history} AS history ON history.customer = {customer}
        CROSS JOIN LATERAL {ext.net_purchases}(history.purchases, '9999-12-31 00:00:00+00'::timestamptz) WITH ORDINALITY
            AS purchase (purchased_at, amount, refunded, place)
        LEFT JOIN LATERAL (
            SELECT credits.step, credits.action
            FROM {own.journey_credits} AS credits
            WHERE credits.customer = {customer} AND credits.journey = {journey} AND credits.purchased_at = purchase.purchased_at
                AND credits.amount = round(purchase.amount, 2)
            LIMIT 1) AS credit ON true
    WHERE purchase.purchased_at > entries.entered_at
        AND purchase.purchased_at
            <= LEAST(entries.next_entered_at, GREATEST(COALESCE(entries.ended_at, 'infinity'), entries.goal_until))
    UNION ALL
    SELECT entries.entry, entries.version, entries.goal_at, NULL, 'goal reached', NULL, 8, 0
    FROM entries
    WHERE entries.goal_at IS NOT NULL
    UNION ALL
    SELECT entries.entry, entries.version, NULLIF(entries.due_at, 'infinity'), entries.step, 'due',
        CASE WHEN entries.due_at = 'infinity' THEN 'when its message was sent'
            WHEN entries.postponed_since IS NOT NULL
            THEN format('postponed since %s: %s', entries.postponed_since, entries.postponed_reason) END,
        10, 0
    FROM entries
    WHERE entries.due_at IS NOT NULL)
SELECT told.entry, told.version, told.at, told.step, told.kind, NULLIF(told.reason, '') AS reason
FROM told
ORDER BY told.entry, (told.place = 10), told.at, told.place, told.id
