-- What came of messages is counted where it lies: a step has one action for each entry at most, unless its version leads back to
-- earlier steps. What is counted twice there is taken off.
FROM (WITH answers AS MATERIALIZED (
{answers}),
    standing AS MATERIALIZED (
        SELECT journey.name AS journey, measured.version, {treatment} AS treatment, sum(measured.entries)::int8 AS entries,
            sum(measured.reached)::int8 AS reached
        FROM (SELECT enrollment.journey, enrollment.version, enrollment.control, count(*) AS entries, count(enrollment.reached_at) AS reached
            FROM {entries_to_order} AS enrollment GROUP BY 1, 2, 3
            UNION ALL
            SELECT enrollment.journey, enrollment.version, enrollment.control, count(*) AS entries, count(enrollment.reached_at) AS reached
            FROM {entries_to_event} AS enrollment GROUP BY 1, 2, 3) AS measured
        JOIN {data.journey} AS journey ON journey.journey = measured.journey GROUP BY 1, 2, 3),
    measured AS (
        SELECT action.journey, action.version, action.step, action.control, count(*) AS entries,
            count(*) FILTER (WHERE action.status = 'done') AS sent,
            count(*) FILTER (WHERE action.status = 'done' AND {was.delivered}) AS delivered,
            count(*) FILTER (WHERE action.status = 'done' AND {was.opened}) AS opened,
            count(*) FILTER (WHERE action.status = 'done' AND {was.clicked}) AS clicked
        FROM {data.action} AS action {answered} GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT again.journey, again.version, again.step, again.control, 1 - again.entries, least(1 - again.sent, 0),
            least(1 - again.delivered, 0), least(1 - again.opened, 0), least(1 - again.clicked, 0)
        FROM (SELECT action.journey, action.version, action.step, action.control, count(*) AS entries,
                count(*) FILTER (WHERE action.status = 'done') AS sent,
                count(*) FILTER (WHERE action.status = 'done' AND {was.delivered}) AS delivered,
                count(*) FILTER (WHERE action.status = 'done' AND {was.opened}) AS opened,
                count(*) FILTER (WHERE action.status = 'done' AND {was.clicked}) AS clicked
            FROM {leads_back} AS back JOIN {data.action} AS action ON action.journey = back.journey AND action.version = back.version
            {answered}
            GROUP BY action.journey, action.version, action.step, action.control, action.customer, action.entry
            HAVING count(*) > 1) AS again)
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
                sum(measured.entries)::int8 AS entries, sum(measured.sent)::int8 AS sent, sum(measured.delivered)::int8 AS delivered,
                sum(measured.opened)::int8 AS opened, sum(measured.clicked)::int8 AS clicked
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
