-- What came of messages is counted where it lies: a step has one action for each entry at most, unless its version leads back to
-- earlier steps. What is counted twice there is taken off.
FROM (WITH standing AS MATERIALIZED (
        SELECT enrolled.journey, enrolled.version, enrolled.treatment, count(*) AS entries, count(enrolled.goal_at) AS reached
        FROM {own.journey_customers} AS enrolled GROUP BY 1, 2, 3),
    measured AS (
        SELECT decided.journey, decided.version, decided.step, decided.control, counted.measure, counted.n
        FROM (SELECT action.journey, action.version, action.step, action.control, count(*) AS entries,
                count(*) FILTER (WHERE action.status = 'done') AS sent
            FROM {data.action} AS action GROUP BY 1, 2, 3, 4) AS decided
        CROSS JOIN LATERAL (VALUES ('entries', decided.entries), ('sent', decided.sent)) AS counted (measure, n)
        UNION ALL
        SELECT action.journey, action.version, action.step, action.control, 'delivered' AS measure, count(*) AS n
        FROM {data.action} AS action WHERE action.status = 'done' AND EXISTS (SELECT FROM {data.event} AS event
            WHERE event.action = action.id AND event.customer = action.customer AND {is_delivery}) GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT action.journey, action.version, action.step, action.control, 'opened' AS measure, count(*) AS n
        FROM {data.action} AS action WHERE action.status = 'done' AND EXISTS (SELECT FROM {data.event} AS event
            WHERE event.action = action.id AND event.customer = action.customer AND {is_opening}) GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT action.journey, action.version, action.step, action.control, 'clicked' AS measure, count(*) AS n
        FROM {data.action} AS action WHERE action.status = 'done' AND EXISTS (SELECT FROM {data.event} AS event
            WHERE event.action = action.id AND event.customer = action.customer AND {is_click}) GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT again.journey, again.version, again.step, again.control, too_many.measure, -sum(too_many.n) AS n
        FROM (SELECT action.journey, action.version, action.step, action.control, count(*) AS entries,
                count(*) FILTER (WHERE action.status = 'done') AS sent, count(*) FILTER (WHERE reaction.is_delivered) AS delivered,
                count(*) FILTER (WHERE reaction.is_opened) AS opened, count(*) FILTER (WHERE reaction.is_clicked) AS clicked
            FROM {leads_back} AS back JOIN {data.action} AS action ON action.journey = back.journey AND action.version = back.version
            CROSS JOIN LATERAL (SELECT bool_or({is_delivery}) AS is_delivered, bool_or({is_opening}) AS is_opened,
                    bool_or({is_click}) AS is_clicked
                FROM {data.event} AS event
                WHERE event.customer = action.customer AND event.action = action.id AND action.status = 'done') AS reaction
            GROUP BY action.journey, action.version, action.step, action.control, action.customer, action.entry
            HAVING count(*) > 1) AS again
        CROSS JOIN LATERAL (VALUES ('entries', again.entries - 1), ('sent', greatest(again.sent - 1, 0)),
            ('delivered', greatest(again.delivered - 1, 0)), ('opened', greatest(again.opened - 1, 0)),
            ('clicked', greatest(again.clicked - 1, 0))) AS too_many (measure, n)
        GROUP BY 1, 2, 3, 4, 5)
    SELECT stop.journey, stop.version, stop.treatment, stop.step, stop.entries, stop.sent, stop.delivered, stop.opened, stop.clicked,
        (row_number() OVER in_order - 1)::int4 AS place, count(*) OVER in_group - 1 AS last_place,
        first_value(stop.entries) OVER in_order AS entered
    FROM (SELECT standing.journey, standing.version, standing.treatment, 0 AS place, '(entered)' AS step, standing.entries,
            NULL::int8 AS sent, NULL::int8 AS delivered, NULL::int8 AS opened, NULL::int8 AS clicked
        FROM standing
        UNION ALL
        SELECT journey.name, step.version, present.treatment, step.step, step.name AS step, coalesce(acted.entries, 0) AS entries,
            coalesce(acted.sent, 0) AS sent, coalesce(acted.delivered, 0) AS delivered, coalesce(acted.opened, 0) AS opened,
            coalesce(acted.clicked, 0) AS clicked
        FROM {data.journey_step} AS step JOIN {data.journey} AS journey ON journey.journey = step.journey
        JOIN standing AS present ON present.journey = journey.name AND present.version = step.version
        LEFT JOIN (SELECT measured.journey, measured.version, measured.step, {treatment} AS treatment,
                (sum(measured.n) FILTER (WHERE measured.measure = 'entries'))::int8 AS entries,
                (sum(measured.n) FILTER (WHERE measured.measure = 'sent'))::int8 AS sent,
                (sum(measured.n) FILTER (WHERE measured.measure = 'delivered'))::int8 AS delivered,
                (sum(measured.n) FILTER (WHERE measured.measure = 'opened'))::int8 AS opened,
                (sum(measured.n) FILTER (WHERE measured.measure = 'clicked'))::int8 AS clicked
            FROM measured GROUP BY 1, 2, 3, 4) AS acted
            ON acted.journey = step.journey AND acted.version = step.version AND acted.step = step.step
                AND acted.treatment = present.treatment
        WHERE step.definition ? 'act'
        UNION ALL
        SELECT standing.journey, standing.version, standing.treatment, 1000 AS place, '(goal)' AS step, standing.reached AS entries,
            NULL::int8 AS sent, NULL::int8 AS delivered, NULL::int8 AS opened, NULL::int8 AS clicked
        FROM standing) AS stop
    WINDOW in_group AS (PARTITION BY stop.journey, stop.version, stop.treatment),
        in_order AS (PARTITION BY stop.journey, stop.version, stop.treatment ORDER BY stop.place)) AS funnel
ORDER BY funnel.journey, funnel.version, funnel.treatment DESC, funnel.place
