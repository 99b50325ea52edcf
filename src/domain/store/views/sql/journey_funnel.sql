FROM (SELECT u.journey, u.version, u.treatment, u.step, u.entries, u.sent, u.delivered, u.opened, u.clicked,
        (row_number() OVER in_order - 1)::int4 AS place, count(*) OVER in_group - 1 AS last_place,
        first_value(u.entries) OVER in_order AS entered
    FROM (SELECT c.journey, c.version, c.treatment, 0 AS place, '(entered)' AS step, count(*) AS entries, NULL::int8 AS sent,
            NULL::int8 AS delivered, NULL::int8 AS opened, NULL::int8 AS clicked
        FROM {own.journey_customers} AS c GROUP BY 1, 2, 3
        UNION ALL
        SELECT j.name, s.version, t.treatment, s.step, s.name AS step, coalesce(a.entries, 0) AS entries, coalesce(a.sent, 0) AS sent,
            coalesce(a.delivered, 0) AS delivered, coalesce(a.opened, 0) AS opened, coalesce(a.clicked, 0) AS clicked
        FROM {data.journey_step} AS s JOIN {data.journey} AS j ON j.journey = s.journey
        JOIN (SELECT DISTINCT c.journey, c.version, c.treatment FROM {own.journey_customers} AS c) AS t
            ON t.journey = j.name AND t.version = s.version
        LEFT JOIN (SELECT b.journey, b.version, b.step, b.treatment, count(*) AS entries, count(*) FILTER (WHERE b.sent) AS sent,
                count(*) FILTER (WHERE b.delivered) AS delivered, count(*) FILTER (WHERE b.opened) AS opened,
                count(*) FILTER (WHERE b.clicked) AS clicked
            FROM (SELECT a.journey, a.version, a.step, a.treatment, bool_or(a.sent_at IS NOT NULL) AS sent,
                    bool_or(a.delivered_at IS NOT NULL) AS delivered, bool_or(a.opened_at IS NOT NULL) AS opened,
                    bool_or(a.clicked_at IS NOT NULL) AS clicked
                FROM {own.journey_actions} AS a GROUP BY a.journey, a.version, a.step, a.treatment, a.customer, a.entry) AS b
            GROUP BY b.journey, b.version, b.step, b.treatment) AS a
            ON a.journey = j.name AND a.version = s.version AND a.step = s.name AND a.treatment = t.treatment
        WHERE s.definition ? 'act'
        UNION ALL
        SELECT c.journey, c.version, c.treatment, 1000 AS place, '(goal)' AS step, count(c.goal_at) AS entries, NULL::int8 AS sent,
            NULL::int8 AS delivered, NULL::int8 AS opened, NULL::int8 AS clicked
        FROM {own.journey_customers} AS c GROUP BY 1, 2, 3) AS u
    WINDOW in_group AS (PARTITION BY u.journey, u.version, u.treatment),
        in_order AS (PARTITION BY u.journey, u.version, u.treatment ORDER BY u.place)) AS funnel
ORDER BY funnel.journey, funnel.version, funnel.treatment DESC, funnel.place
