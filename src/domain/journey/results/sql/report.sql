-- What is counted is counted where it lies, and joined to the entries only where few rows are, or where arms or groups are asked for.
WITH entries AS MATERIALIZED (
{entries}),
steps AS MATERIALIZED (
    SELECT step.version, step.step, step.name, step.definition ? 'act' AS acts,
        step.definition ?| ARRAY['goal', 'exit'] AS is_end,
        step.definition #> '{wait,for}' IS NOT NULL OR step.definition #> '{wait,until}' IS NOT NULL AS is_wait_for_time
    FROM {data.journey_step} AS step
    WHERE step.journey = {number}),
-- how the entries stand, and at which step
standing AS (
    SELECT entries.version, steps.step, entries.arm, entries.group_value, entries.is_treated, counted.measure, counted.n
    FROM (SELECT entries.version, entries.step, entries.arm, entries.group_value, entries.is_treated, count(*) AS entries,
            count(*) FILTER (WHERE entries.goal_at IS NOT NULL) AS reached, count(*) FILTER (WHERE entries.is_under_way) AS waiting,
            count(*) FILTER (WHERE entries.is_under_way AND entries.postponed_since IS NOT NULL) AS postponed,
            count(*) FILTER (WHERE NOT entries.is_under_way AND entries.goal_at IS NULL) AS lost
        FROM entries
        GROUP BY entries.version, entries.step, entries.arm, entries.group_value, entries.is_treated) AS entries
        LEFT JOIN steps ON steps.version = entries.version AND steps.name = entries.step
        CROSS JOIN LATERAL (VALUES ('entries', entries.entries), ('came', CASE WHEN steps.is_end THEN entries.entries END),
            ('entries that reached', entries.reached),
            ('waiting', entries.waiting), ('postponed', entries.postponed), ('left', entries.lost)) AS counted (measure, n)),
-- the actions, and what came of them by then
said AS (
    SELECT decided.version, decided.step, decided.arm, decided.group_value, decided.is_treated, counted.measure, counted.n
    FROM (SELECT action.version, action.step, {of_action.arm} AS arm, {of_action.group_value} AS group_value,
            action.control IS NULL AS is_treated, count(*) AS actions,
            count(*) FILTER (WHERE action.status = 'dropped') AS dropped,
            count(*) FILTER (WHERE action.status = 'done' AND (COALESCE(action.completed_at, action.decided_at) <= {as_of}
                OR (SELECT true FROM {data.event} AS event
                    WHERE event.customer = action.customer AND event.action = action.id AND event.at <= {as_of} AND {is_answer}
                    LIMIT 1))) AS sent
        FROM {data.action} AS action {of_action}
        WHERE action.journey = {number} AND action.decided_at <= {as_of}
        GROUP BY action.version, action.step, {of_action.arm}, {of_action.group_value}, action.control) AS decided
        CROSS JOIN LATERAL (VALUES ('decided', decided.actions), ('dropped', decided.dropped), ('sent', decided.sent)) AS counted (measure, n)
    {reacted}),
-- Where a version leads back, an entry can come to a step again. Elsewhere a step has one action for each entry at most.
came_again AS (
    SELECT again.version, again.step, entries.arm, entries.group_value, entries.is_treated, 1 - again.actions AS n
    FROM (SELECT action.version, action.step, action.customer, action.entry, count(*) AS actions
        FROM {data.action} AS action
        WHERE action.journey = {number} AND action.decided_at <= {as_of}
            AND action.version = ANY (ARRAY(SELECT back.version FROM {leads_back} AS back WHERE back.journey = {number}))
        GROUP BY action.version, action.step, action.customer, action.entry
        HAVING count(*) > 1) AS again
        JOIN entries ON entries.customer = again.customer AND entries.entry = again.entry),
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
        FROM entries JOIN steps ON steps.version = entries.version AND steps.name = entries.step
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
-- few entries have these: goals reached after an action was decided, and messages that were answered by an unsubscription
reached AS (
    SELECT DISTINCT entries.version, action.step, entries.customer, entries.entry, entries.arm, entries.group_value, entries.is_treated
    FROM entries JOIN {data.action} AS action ON action.customer = entries.customer AND action.entry = entries.entry
    WHERE entries.goal_at IS NOT NULL AND action.journey = {number} AND action.decided_at < entries.goal_at AND action.decided_at <= {as_of}),
unsubscribed AS MATERIALIZED (
    SELECT DISTINCT action.step, action.customer, action.entry
    FROM {data.event} AS event JOIN {data.action} AS action ON action.id = event.action AND action.customer = event.customer
    WHERE {is_opt_out} AND event.at <= {as_of} AND action.journey = {number} AND action.status = 'done' AND action.decided_at <= {as_of}),
measured AS (
    SELECT standing.version, standing.step, standing.arm, standing.group_value, standing.is_treated, standing.measure, standing.n,
        0::numeric AS revenue
    FROM standing
    UNION ALL
    SELECT said.version, said.step, said.arm, said.group_value, said.is_treated, said.measure, said.n, 0 FROM said
    UNION ALL
    SELECT again.version, again.step, again.arm, again.group_value, again.is_treated, 'came', again.n, 0 FROM came_again AS again
    UNION ALL
    SELECT traced.version, traced.step, traced.arm, traced.group_value, traced.is_treated, counted.measure, counted.n, 0
    FROM traced CROSS JOIN LATERAL (VALUES ('came', traced.came), ('dropped', traced.dropped)) AS counted (measure, n)
    UNION ALL
    SELECT reached.version, reached.step, reached.arm, reached.group_value, reached.is_treated, 'reached', count(*), 0
    FROM reached
    GROUP BY reached.version, reached.step, reached.arm, reached.group_value, reached.is_treated
    UNION ALL
    SELECT entries.version, answer.step, entries.arm, entries.group_value, entries.is_treated, 'unsubscribed', count(*), 0
    FROM unsubscribed AS answer JOIN entries ON entries.customer = answer.customer AND entries.entry = answer.entry
    GROUP BY entries.version, answer.step, entries.arm, entries.group_value, entries.is_treated
    UNION ALL
    SELECT entries.version, NULL, entries.arm, entries.group_value, entries.is_treated, 'entries that unsubscribed', count(*), 0
    FROM entries
        LEFT JOIN (SELECT DISTINCT answer.customer, answer.entry FROM unsubscribed AS answer) AS answer
            ON answer.customer = entries.customer AND answer.entry = entries.entry
    WHERE entries.outcome IN ('unsubscribed', 'complaint') OR answer.customer IS NOT NULL
    GROUP BY entries.version, entries.arm, entries.group_value, entries.is_treated
    UNION ALL
    SELECT entries.version, steps.step, entries.arm, entries.group_value, entries.is_treated, 'orders', count(*), sum(credit.credit)
    FROM {own.journey_credits} AS credit
        JOIN entries ON entries.customer = credit.customer AND entries.entry = credit.entry
        LEFT JOIN steps ON steps.version = credit.version AND steps.name = credit.step
    WHERE credit.journey = {journey} AND credit.purchased_at <= {as_of}
    GROUP BY entries.version, steps.step, entries.arm, entries.group_value, entries.is_treated),
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
