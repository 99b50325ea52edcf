WITH entries AS MATERIALIZED (
{entries}),
-- everything that was decided to be sent by then, and what came of it
actions AS MATERIALIZED (
    SELECT decided.step, decided.customer, decided.entry, decided.decided_at, (decided.status = 'dropped')::int4 AS dropped,
        COALESCE(decided.sent_at <= {as_of}, false)::int4 AS sent, COALESCE(decided.delivered_at <= {as_of}, false)::int4 AS delivered,
        COALESCE(decided.opened_at <= {as_of}, false)::int4 AS opened, COALESCE(decided.clicked_at <= {as_of}, false)::int4 AS clicked,
        COALESCE(decided.bounced_at <= {as_of}, false)::int4 AS bounced,
        COALESCE(decided.unsubscribed_at <= {as_of}, false)::int4 AS unsubscribed,
        COALESCE(credited.orders, 0) AS orders, COALESCE(credited.revenue, 0) AS revenue
    FROM {own.journey_actions} AS decided
        LEFT JOIN (SELECT credit.action, count(*) AS orders, sum(credit.credit) AS revenue
            FROM {own.journey_credits} AS credit
            WHERE credit.journey = {journey} AND credit.purchased_at <= {as_of}
            GROUP BY credit.action) AS credited ON credited.action = decided.action
    WHERE decided.journey = {journey} AND decided.decided_at <= {as_of}),
-- the customers at each step, as far as they have left a trace: a row for each entry and step
traces AS MATERIALIZED (
    SELECT trace.step, trace.customer, trace.entry, sum(trace.decided) AS decided, sum(trace.sent) AS sent,
        sum(trace.delivered) AS delivered, sum(trace.opened) AS opened, sum(trace.clicked) AS clicked, sum(trace.bounced) AS bounced,
        sum(trace.unsubscribed) AS unsubscribed, sum(trace.dropped) AS dropped, sum(trace.orders) AS orders,
        sum(trace.revenue) AS revenue, min(trace.decided_at) AS first_decided_at
    FROM (
        SELECT actions.step, actions.customer, actions.entry, 1 AS decided, actions.sent, actions.delivered, actions.opened,
            actions.clicked, actions.bounced, actions.unsubscribed, actions.dropped, actions.orders, actions.revenue, actions.decided_at
        FROM actions
        UNION ALL
        SELECT step.name, decision.customer, decision.entry, 0, 0, 0, 0, 0, 0, 0, (decision.kind = 'dropped')::int4, 0, 0, NULL
        FROM {data.decision} AS decision
            JOIN {data.journey} AS journey ON journey.journey = decision.journey
            JOIN {data.journey_step} AS step
                ON step.journey = decision.journey AND step.version = decision.version AND step.step = decision.step
        WHERE journey.name = {journey} AND decision.decided_at <= {as_of} AND decision.kind <> 'entered'
        UNION ALL
        SELECT entries.step, entries.customer, entries.entry, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL
        FROM entries
        WHERE entries.step IS NOT NULL) AS trace
    GROUP BY trace.step, trace.customer, trace.entry),
-- a row for each entry, and for each entry and step
levels AS (
    SELECT entries.version, NULL::text AS step, entries.arm, entries.group_value, entries.is_treated, whole.decided, whole.sent,
        whole.delivered, whole.opened, whole.clicked, whole.bounced,
        (whole.unsubscribed > 0 OR entries.outcome = 'unsubscribed') AS unsubscribed, whole.dropped, whole.orders, whole.revenue,
        entries.goal_at IS NOT NULL AS has_reached, entries.is_under_way AS is_waiting,
        entries.is_under_way AND entries.postponed_since IS NOT NULL AS is_postponed,
        NOT entries.is_under_way AND entries.goal_at IS NULL AS has_left
    FROM entries
        LEFT JOIN (SELECT traces.customer, traces.entry, sum(traces.decided) AS decided, sum(traces.sent) AS sent,
                sum(traces.delivered) AS delivered, sum(traces.opened) AS opened, sum(traces.clicked) AS clicked,
                sum(traces.bounced) AS bounced, sum(traces.unsubscribed) AS unsubscribed, sum(traces.dropped) AS dropped,
                sum(traces.orders) AS orders, sum(traces.revenue) AS revenue
            FROM traces GROUP BY traces.customer, traces.entry) AS whole
            ON whole.customer = entries.customer AND whole.entry = entries.entry
    UNION ALL
    SELECT entries.version, traces.step, entries.arm, entries.group_value, entries.is_treated, traces.decided, traces.sent,
        traces.delivered, traces.opened, traces.clicked, traces.bounced, traces.unsubscribed > 0, traces.dropped, traces.orders,
        traces.revenue, entries.goal_at > traces.first_decided_at, entries.is_under_way AND entries.step = traces.step,
        entries.is_under_way AND entries.step = traces.step AND entries.postponed_since IS NOT NULL,
        NOT entries.is_under_way AND entries.goal_at IS NULL AND entries.step = traces.step
    FROM traces JOIN entries ON entries.customer = traces.customer AND entries.entry = traces.entry),
counted AS (
    SELECT grouped.version, grouped.step, {arm} AS arm, {group_value} AS group_value,
        count(*) FILTER (WHERE grouped.is_treated) AS entered, count(*) FILTER (WHERE NOT grouped.is_treated) AS control,
        sum(grouped.decided) FILTER (WHERE grouped.is_treated) AS decided,
        sum(grouped.decided) FILTER (WHERE NOT grouped.is_treated) AS withheld,
        sum(grouped.sent) AS sent, sum(grouped.delivered) AS delivered, sum(grouped.opened) AS opened, sum(grouped.clicked) AS clicked,
        sum(grouped.bounced) AS bounced, count(*) FILTER (WHERE grouped.unsubscribed AND grouped.is_treated) AS unsubscribed,
        sum(grouped.dropped) FILTER (WHERE grouped.is_treated) AS dropped,
        count(*) FILTER (WHERE grouped.has_reached AND grouped.is_treated) AS goal_reached,
        sum(grouped.orders) AS orders, sum(grouped.revenue) AS revenue,
        count(*) FILTER (WHERE grouped.is_waiting AND grouped.is_treated) AS waiting,
        count(*) FILTER (WHERE grouped.is_postponed AND grouped.is_treated) AS postponed,
        count(*) FILTER (WHERE grouped.has_left AND grouped.is_treated) AS left_without_goal
    FROM levels AS grouped
    GROUP BY {sets})
-- A wait for a time leaves no trace of those who have passed it.
SELECT counted.version, counted.step, counted.arm, counted.group_value,
    CASE WHEN step.is_wait_for_time THEN NULL ELSE counted.entered END AS entered,
    CASE WHEN step.is_wait_for_time THEN NULL ELSE counted.control END AS control,
    COALESCE(counted.decided, 0) AS decided, COALESCE(counted.withheld, 0) AS withheld, COALESCE(counted.sent, 0) AS sent,
    COALESCE(counted.delivered, 0) AS delivered, COALESCE(counted.opened, 0) AS opened, COALESCE(counted.clicked, 0) AS clicked,
    COALESCE(counted.bounced, 0) AS bounced, counted.unsubscribed, COALESCE(counted.dropped, 0) AS dropped, counted.goal_reached,
    COALESCE(counted.orders, 0) AS orders, COALESCE(round(counted.revenue, 2), 0) AS revenue,
    counted.waiting, counted.postponed, counted.left_without_goal
FROM counted
    LEFT JOIN (SELECT step.version, step.step AS place, step.name,
            step.definition #> '{wait,for}' IS NOT NULL OR step.definition #> '{wait,until}' IS NOT NULL AS is_wait_for_time
        FROM {data.journey_step} AS step JOIN {data.journey} AS journey ON journey.journey = step.journey
        WHERE journey.name = {journey}) AS step ON step.version = counted.version AND step.name = counted.step
ORDER BY counted.version, counted.group_value NULLS FIRST, counted.arm NULLS FIRST, step.place NULLS FIRST
