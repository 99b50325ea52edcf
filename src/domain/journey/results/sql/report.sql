-- What is counted is counted where it lies, and joined to the entries only where few rows are, or where arms or groups are asked for.
-- Only to know when goals were reached all histories are read, for which several workers read all entries.
WITH steps AS NOT MATERIALIZED (
    SELECT step.version, step.step, step.name, step.definition ? 'act' AS acts,
        step.definition ?| ARRAY['goal', 'exit'] AS is_end,
        step.definition #> '{wait,for}' IS NOT NULL OR step.definition #> '{wait,until}' IS NOT NULL AS is_wait_for_time
    FROM {data.journey_step} AS step
    WHERE step.journey = {number}),
answers AS MATERIALIZED (
{answers}),
-- all customers who have entered by then, as they stood then
entries AS NOT MATERIALIZED (
    SELECT {columns_of_entry},
        enrollment.postponed_since <= {as_of} AS is_postponed,
        enrollment.ended_at <= {as_of} AND enrollment.outcome IN ('unsubscribed', 'complaint') AS has_unsubscribed
    FROM {data.enrollment} AS enrollment {profile_of_entry}
    WHERE enrollment.journey = {number} AND enrollment.entered_at <= {as_of}),
-- those of them that had reached the goal by then
reaching AS MATERIALIZED (
    SELECT {columns_of_entry}, enrollment.reached_at
    FROM {entries_to_order} AS enrollment {profile_of_entry}
    WHERE enrollment.journey = {number} AND enrollment.entered_at <= {as_of} AND enrollment.reached_at <= {as_of}
    UNION ALL
    SELECT {columns_of_entry}, enrollment.reached_at
    FROM {entries_to_event} AS enrollment {profile_of_entry}
    WHERE enrollment.journey = {number} AND enrollment.entered_at <= {as_of} AND enrollment.reached_at <= {as_of}),
-- how the entries stand, and at which step
standing AS (
    SELECT entries.version, entries.step, entries.arm, entries.group_value, entries.is_treated, counted.measure, counted.n
    FROM (SELECT entries.version, entries.step, entries.arm, entries.group_value, entries.is_treated, count(*) AS entries,
            count(*) FILTER (WHERE entries.is_under_way) AS waiting,
            count(*) FILTER (WHERE entries.is_under_way AND entries.is_postponed) AS postponed,
            count(*) FILTER (WHERE NOT entries.is_under_way) AS ended,
            count(*) FILTER (WHERE entries.has_unsubscribed) AS unsubscribed
        FROM entries
        GROUP BY entries.version, entries.step, entries.arm, entries.group_value, entries.is_treated) AS entries
        LEFT JOIN steps ON steps.version = entries.version AND steps.step = entries.step
        CROSS JOIN LATERAL (VALUES ('entries', entries.entries), ('came', CASE WHEN steps.is_end THEN entries.entries END),
            ('waiting', entries.waiting), ('postponed', entries.postponed), ('left', entries.ended),
            ('entries that unsubscribed', entries.unsubscribed)) AS counted (measure, n)
    UNION ALL
    SELECT reaching.version, reaching.step, reaching.arm, reaching.group_value, reaching.is_treated, counted.measure, counted.n
    FROM (SELECT reaching.version, reaching.step, reaching.arm, reaching.group_value, reaching.is_treated, count(*) AS reached,
            count(*) FILTER (WHERE NOT reaching.is_under_way) AS ended
        FROM reaching
        GROUP BY reaching.version, reaching.step, reaching.arm, reaching.group_value, reaching.is_treated) AS reaching
        CROSS JOIN LATERAL (VALUES ('entries that reached', reaching.reached), ('left', -reaching.ended)) AS counted (measure, n)),
-- the actions, and what came of them by then. Arrays of one WITH query have their elements in one order. An action that is transactional
-- is treated though its entry may be of a control group; only treated entries reach goals
said AS (
    SELECT decided.version, decided.step, decided.arm, decided.group_value, decided.is_treated OR counted.measure = 'reached' AS is_treated,
        counted.measure, counted.n
    FROM (SELECT action.version, action.step, {of_action.arm} AS arm, {of_action.group_value} AS group_value,
            action.control IS NULL AS is_treated, count(*) AS actions,
            count(*) FILTER (WHERE action.status = 'dropped') AS dropped,
            count(*) FILTER (WHERE action.status = 'done'
                AND (COALESCE(action.completed_at, action.decided_at) <= {as_of} OR {was.answered})) AS sent,
            count(*) FILTER (WHERE action.status = 'done' AND {was.delivered}) AS delivered,
            count(*) FILTER (WHERE action.status = 'done' AND {was.opened}) AS opened,
            count(*) FILTER (WHERE action.status = 'done' AND {was.clicked}) AS clicked,
            count(*) FILTER (WHERE action.status = 'done' AND {was.bounced}) AS bounced,
            count(*) FILTER (WHERE action.decided_at < reaching.reached_at AND reaching.is_treated) AS reached
        FROM {data.action} AS action {of_action}
        {answered}
        LEFT JOIN unnest((SELECT array_agg(reaching.customer) FROM reaching),
                (SELECT array_agg(reaching.entry) FROM reaching),
                (SELECT array_agg(reaching.reached_at) FROM reaching), (SELECT array_agg(reaching.is_treated) FROM reaching))
            AS reaching (customer, entry, reached_at, is_treated)
            ON reaching.customer = action.customer AND reaching.entry = action.entry
        WHERE action.journey = {number} AND action.decided_at <= {as_of}
        GROUP BY action.version, action.step, {of_action.arm}, {of_action.group_value}, action.control IS NULL) AS decided
        CROSS JOIN LATERAL (VALUES ('decided', decided.actions), ('dropped', decided.dropped), ('sent', decided.sent),
            ('delivered', decided.delivered), ('opened', decided.opened), ('clicked', decided.clicked),
            ('bounced', decided.bounced), ('reached', decided.reached)) AS counted (measure, n)),
-- Where a version leads back, an entry can come to a step again. Elsewhere a step has one action for each entry at most.
came_again AS (
    SELECT again.version, again.step, again.arm, again.group_value, again.is_treated OR counted.measure = 'reached' AS is_treated,
        counted.measure, counted.n
    FROM (SELECT action.version, action.step, entries.arm, entries.group_value, action.control IS NULL AS is_treated, count(*) AS actions,
            count(*) FILTER (WHERE action.decided_at < reaching.reached_at AND reaching.is_treated) AS reached
        FROM {leads_back} AS back JOIN {data.action} AS action ON action.journey = back.journey AND action.version = back.version
            JOIN entries ON entries.customer = action.customer AND entries.entry = action.entry
            LEFT JOIN reaching ON reaching.customer = action.customer AND reaching.entry = action.entry
        WHERE action.journey = {number} AND action.decided_at <= {as_of}
        GROUP BY action.version, action.step, action.customer, action.entry, entries.arm, entries.group_value, action.control IS NULL
        HAVING count(*) > 1) AS again
        CROSS JOIN LATERAL (VALUES ('came', 1 - again.actions), ('reached', LEAST(1 - again.reached, 0))) AS counted (measure, n)),
-- the other traces of entries at steps, each once: decisions, and that they are there now. A wait for a time leaves none, and all who
-- came to an end are there
traces AS MATERIALIZED (
    SELECT trace.customer, trace.entry, trace.step, trace.acts, sum(trace.dropped) AS dropped
    FROM (SELECT decision.customer, decision.entry, decision.step, steps.acts, (decision.kind = 'dropped')::int4 AS dropped
        FROM {data.decision} AS decision JOIN steps ON steps.version = decision.version AND steps.step = decision.step
        WHERE decision.journey = {number} AND decision.decided_at <= {as_of} AND decision.kind <> 'entered'
            AND NOT steps.is_wait_for_time AND NOT steps.is_end
        UNION ALL
        SELECT entries.customer, entries.entry, steps.step, steps.acts, 0
        FROM entries JOIN steps ON steps.version = entries.version AND steps.step = entries.step
        WHERE NOT steps.is_wait_for_time AND NOT steps.is_end) AS trace
    GROUP BY trace.customer, trace.entry, trace.step, trace.acts),
traced AS (
    SELECT entries.version, traces.step, entries.arm, entries.group_value, entries.is_treated,
        count(*) FILTER (WHERE NOT traces.acts OR (SELECT true FROM {data.action} AS action
            WHERE action.customer = traces.customer AND action.journey = {number} AND action.version = entries.version
                AND action.entry = traces.entry AND action.step = traces.step AND action.decided_at <= {as_of}
            LIMIT 1) IS NULL) AS came,
        sum(traces.dropped) AS dropped
    FROM traces JOIN entries ON entries.customer = traces.customer AND entries.entry = traces.entry
    GROUP BY entries.version, traces.step, entries.arm, entries.group_value, entries.is_treated),
-- messages that were answered by an unsubscription: few have bits for that
unsubscribed AS MATERIALIZED (
    SELECT DISTINCT action.step, action.customer, action.entry
    FROM answers CROSS JOIN LATERAL generate_series(answers.actions << 6, (answers.actions << 6) + 63) AS said (id)
        JOIN {data.action} AS action ON action.id = said.id
    WHERE answers.opted_out IS NOT NULL AND (answers.opted_out >> (said.id & 63)::int4) & 1 = 1
        AND action.journey = {number} AND action.status = 'done' AND action.decided_at <= {as_of}),
measured AS (
    SELECT standing.version, standing.step, standing.arm, standing.group_value, standing.is_treated, standing.measure, standing.n,
        0::numeric AS revenue
    FROM standing
    UNION ALL
    SELECT said.version, said.step, said.arm, said.group_value, said.is_treated, said.measure, said.n, 0 FROM said
    UNION ALL
    SELECT again.version, again.step, again.arm, again.group_value, again.is_treated, again.measure, again.n, 0 FROM came_again AS again
    UNION ALL
    SELECT traced.version, traced.step, traced.arm, traced.group_value, traced.is_treated, counted.measure, counted.n, 0
    FROM traced CROSS JOIN LATERAL (VALUES ('came', traced.came), ('dropped', traced.dropped)) AS counted (measure, n)
    UNION ALL
    SELECT entries.version, answer.step, entries.arm, entries.group_value, entries.is_treated, 'unsubscribed', count(*), 0
    FROM unsubscribed AS answer JOIN entries ON entries.customer = answer.customer AND entries.entry = answer.entry
    GROUP BY entries.version, answer.step, entries.arm, entries.group_value, entries.is_treated
    UNION ALL
    SELECT entries.version, NULL, entries.arm, entries.group_value, entries.is_treated, 'entries that unsubscribed', count(*), 0
    FROM (SELECT DISTINCT answer.customer, answer.entry FROM unsubscribed AS answer) AS answer
        JOIN entries ON entries.customer = answer.customer AND entries.entry = answer.entry
    WHERE entries.has_unsubscribed IS NOT TRUE
    GROUP BY entries.version, entries.arm, entries.group_value, entries.is_treated
    UNION ALL
    SELECT entries.version, steps.step, entries.arm, entries.group_value, entries.is_treated, 'orders', count(*), sum(credit.credit)
    FROM {own.journey_credits} AS credit
        JOIN entries ON entries.customer = credit.customer AND entries.entry = credit.entry
        LEFT JOIN steps ON steps.version = credit.version AND steps.name = credit.step
    WHERE credit.journey = {journey} AND credit.purchased_at <= {as_of}
    GROUP BY entries.version, steps.step, entries.arm, entries.group_value, entries.is_treated
    UNION ALL
    SELECT kept.version, kept.step, kept.arm, '(none)', kept.is_treated, 'orders', kept.orders, kept.revenue
    FROM {data.forgotten_credit} AS kept
    WHERE kept.journey = {number} AND timezone({zone}, kept.month::timestamp) <= {as_of}),
counted AS (
    SELECT grouped.version, grouped.step, {arm} AS arm, {group_value} AS group_value,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'entries') AS entries,
        sum(grouped.n) FILTER (WHERE NOT grouped.is_treated AND grouped.measure = 'entries') AS control_entries,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure IN ('decided', 'came')) AS came,
        sum(grouped.n) FILTER (WHERE NOT grouped.is_treated AND grouped.measure IN ('decided', 'came')) AS control_came,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'decided') AS decided,
        sum(grouped.n) FILTER (WHERE NOT grouped.is_treated AND grouped.measure = 'decided') AS withheld,
        sum(grouped.n) FILTER (WHERE grouped.measure = 'sent') AS sent,
        sum(grouped.n) FILTER (WHERE grouped.measure = 'delivered') AS delivered,
        sum(grouped.n) FILTER (WHERE grouped.measure = 'opened') AS opened,
        sum(grouped.n) FILTER (WHERE grouped.measure = 'clicked') AS clicked,
        sum(grouped.n) FILTER (WHERE grouped.measure = 'bounced') AS bounced,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'unsubscribed') AS unsubscribed,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'entries that unsubscribed') AS entries_unsubscribed,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'dropped') AS dropped,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'reached') AS reached,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'entries that reached') AS entries_reached,
        sum(grouped.n) FILTER (WHERE grouped.measure = 'orders') AS orders, sum(grouped.revenue) AS revenue,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'waiting') AS waiting,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'postponed') AS postponed,
        sum(grouped.n) FILTER (WHERE grouped.is_treated AND grouped.measure = 'left') AS lost,
        grouping(grouped.step) = 1 AS is_whole
    FROM measured AS grouped
    GROUP BY {sets}
    HAVING grouping(grouped.step) = 1 OR grouped.step IS NOT NULL)
-- A wait for a time leaves no trace of entries that have passed it.
SELECT counted.version, steps.name AS step, counted.arm, counted.group_value,
    CASE WHEN NOT COALESCE(steps.is_wait_for_time, false) THEN COALESCE(CASE WHEN counted.is_whole THEN counted.entries ELSE counted.came END, 0) END AS entered,
    CASE WHEN NOT COALESCE(steps.is_wait_for_time, false)
        THEN COALESCE(CASE WHEN counted.is_whole THEN counted.control_entries ELSE counted.control_came END, 0) END AS control,
    COALESCE(counted.decided, 0) AS decided, COALESCE(counted.withheld, 0) AS withheld, COALESCE(counted.sent, 0) AS sent,
    COALESCE(counted.delivered, 0) AS delivered, COALESCE(counted.opened, 0) AS opened, COALESCE(counted.clicked, 0) AS clicked,
    COALESCE(counted.bounced, 0) AS bounced,
    COALESCE(CASE WHEN counted.is_whole THEN counted.entries_unsubscribed ELSE counted.unsubscribed END, 0) AS unsubscribed,
    COALESCE(counted.dropped, 0) AS dropped,
    COALESCE(CASE WHEN counted.is_whole THEN counted.entries_reached ELSE counted.reached END, 0) AS goal_reached,
    COALESCE(counted.orders, 0) AS orders, COALESCE(round(counted.revenue, 2), 0) AS revenue,
    COALESCE(counted.waiting, 0) AS waiting, COALESCE(counted.postponed, 0) AS postponed,
    COALESCE(counted.lost, 0) AS left_without_goal
FROM counted LEFT JOIN steps ON steps.version = counted.version AND steps.step = counted.step
ORDER BY counted.version, counted.group_value NULLS FIRST, counted.arm NULLS FIRST, counted.step NULLS FIRST
