-- In seconds since the entry, of those under observation: each instant at which a customer reached the goal lowers what is left. A day on
-- which nothing happened has what was left before, and is followed by as many as the next.
FROM (WITH observed AS (
        SELECT enrolled.journey, enrolled.version, enrolled.treatment,
            coalesce(enrolled.goal_at <= enrolled.goal_known_until, false) AS has_reached,
            greatest(date_part('epoch', least(enrolled.goal_at, enrolled.goal_known_until) - enrolled.entered_at), 0) AS after
        FROM {own.journey_customers} AS enrolled),
    instants AS (
        SELECT observed.journey, observed.version, observed.treatment, observed.after,
            count(*) FILTER (WHERE observed.has_reached) AS reached,
            sum(count(*)) OVER (PARTITION BY observed.journey, observed.version, observed.treatment ORDER BY observed.after DESC)
                AS still_followed
        FROM observed GROUP BY observed.journey, observed.version, observed.treatment, observed.after),
    left_over AS (
        SELECT instant.journey, instant.version, instant.treatment, floor(instant.after / 86400)::int4 AS day, instant.reached,
            instant.still_followed,
            CASE WHEN bool_or(instant.reached = instant.still_followed) OVER so_far THEN 0
                ELSE exp(sum(CASE WHEN instant.reached < instant.still_followed
                    THEN ln(1 - instant.reached / instant.still_followed::float8) ELSE 0 END) OVER so_far)
                END AS share_left
        FROM instants AS instant
        WINDOW so_far AS (PARTITION BY instant.journey, instant.version, instant.treatment ORDER BY instant.after)),
    days AS (
        SELECT left_over.journey, left_over.version, left_over.treatment, left_over.day, sum(left_over.reached) AS reached,
            max(left_over.still_followed) AS still_followed, min(left_over.share_left) AS share_left,
            lag(left_over.day, 1, -1) OVER so_far AS day_before, lag(min(left_over.share_left), 1, 1) OVER so_far AS left_before
        FROM left_over GROUP BY left_over.journey, left_over.version, left_over.treatment, left_over.day
        WINDOW so_far AS (PARTITION BY left_over.journey, left_over.version, left_over.treatment ORDER BY left_over.day))
    SELECT day.journey, day.version, day.treatment, shown.day, day.still_followed,
        CASE WHEN shown.day = day.day THEN day.reached ELSE 0 END AS reached,
        CASE WHEN shown.day = day.day THEN day.share_left ELSE day.left_before END AS share_left
    FROM days AS day CROSS JOIN LATERAL generate_series(day.day_before + 1, day.day) AS shown (day)) AS reaching
ORDER BY reaching.journey, reaching.version, reaching.treatment DESC, reaching.day
