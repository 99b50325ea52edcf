FROM (SELECT stop.journey, stop.version, stop.treatment, stop.step, stop.entries, stop.sent, stop.delivered, stop.opened, stop.clicked,
        (row_number() OVER in_order - 1)::int4 AS place, count(*) OVER in_group - 1 AS last_place,
        first_value(stop.entries) OVER in_order AS entered
    FROM (SELECT enrolled.journey, enrolled.version, enrolled.treatment, 0 AS place, '(entered)' AS step, count(*) AS entries,
            NULL::int8 AS sent, NULL::int8 AS delivered, NULL::int8 AS opened, NULL::int8 AS clicked
        FROM {own.journey_customers} AS enrolled GROUP BY 1, 2, 3
        UNION ALL
        SELECT journey.name, step.version, present.treatment, step.step, step.name AS step, coalesce(acted.entries, 0) AS entries,
            coalesce(acted.sent, 0) AS sent, coalesce(acted.delivered, 0) AS delivered, coalesce(acted.opened, 0) AS opened,
            coalesce(acted.clicked, 0) AS clicked
        FROM {data.journey_step} AS step JOIN {data.journey} AS journey ON journey.journey = step.journey
        JOIN (SELECT DISTINCT enrolled.journey, enrolled.version, enrolled.treatment FROM {own.journey_customers} AS enrolled) AS present
            ON present.journey = journey.name AND present.version = step.version
        LEFT JOIN (SELECT entry.journey, entry.version, entry.step, entry.treatment, count(*) AS entries,
                count(*) FILTER (WHERE entry.sent) AS sent, count(*) FILTER (WHERE entry.delivered) AS delivered,
                count(*) FILTER (WHERE entry.opened) AS opened, count(*) FILTER (WHERE entry.clicked) AS clicked
            FROM (SELECT action.journey, action.version, action.step, action.treatment, bool_or(action.sent_at IS NOT NULL) AS sent,
                    bool_or(action.delivered_at IS NOT NULL) AS delivered, bool_or(action.opened_at IS NOT NULL) AS opened,
                    bool_or(action.clicked_at IS NOT NULL) AS clicked
                FROM {own.journey_actions} AS action
                GROUP BY action.journey, action.version, action.step, action.treatment, action.customer, action.entry) AS entry
            GROUP BY entry.journey, entry.version, entry.step, entry.treatment) AS acted
            ON acted.journey = journey.name AND acted.version = step.version AND acted.step = step.name
                AND acted.treatment = present.treatment
        WHERE step.definition ? 'act'
        UNION ALL
        SELECT enrolled.journey, enrolled.version, enrolled.treatment, 1000 AS place, '(goal)' AS step,
            count(enrolled.goal_at) AS entries, NULL::int8 AS sent, NULL::int8 AS delivered, NULL::int8 AS opened, NULL::int8 AS clicked
        FROM {own.journey_customers} AS enrolled GROUP BY 1, 2, 3) AS stop
    WINDOW in_group AS (PARTITION BY stop.journey, stop.version, stop.treatment),
        in_order AS (PARTITION BY stop.journey, stop.version, stop.treatment ORDER BY stop.place)) AS funnel
ORDER BY funnel.journey, funnel.version, funnel.treatment DESC, funnel.place
