-- In seconds since the entry, of those under observation: each instant at which a customer reached the goal lowers what is left. A day on
-- which nothing happened has what was left before, and is followed by as many as the next.
FROM (WITH observed AS (
        SELECT c.journey, c.version, c.treatment, coalesce(c.goal_at <= c.goal_known_until, false) AS has_reached,
            greatest(date_part('epoch', least(c.goal_at, c.goal_known_until) - c.entered_at), 0) AS after
        FROM {own.journey_customers} AS c),
    instants AS (
        SELECT o.journey, o.version, o.treatment, o.after, count(*) FILTER (WHERE o.has_reached) AS reached,
            sum(count(*)) OVER (PARTITION BY o.journey, o.version, o.treatment ORDER BY o.after DESC) AS still_followed
        FROM observed AS o GROUP BY o.journey, o.version, o.treatment, o.after),
    left_over AS (
        SELECT i.journey, i.version, i.treatment, floor(i.after / 86400)::int4 AS day, i.reached, i.still_followed,
            CASE WHEN bool_or(i.reached = i.still_followed) OVER so_far THEN 0
                ELSE exp(sum(CASE WHEN i.reached < i.still_followed THEN ln(1 - i.reached / i.still_followed::float8) ELSE 0 END) OVER so_far)
                END AS share_left
        FROM instants AS i WINDOW so_far AS (PARTITION BY i.journey, i.version, i.treatment ORDER BY i.after)),
    days AS (
        SELECT f.journey, f.version, f.treatment, f.day, sum(f.reached) AS reached, max(f.still_followed) AS still_followed,
            min(f.share_left) AS share_left, lag(f.day, 1, -1) OVER so_far AS day_before, lag(min(f.share_left), 1, 1) OVER so_far AS left_before
        FROM left_over AS f GROUP BY f.journey, f.version, f.treatment, f.day
        WINDOW so_far AS (PARTITION BY f.journey, f.version, f.treatment ORDER BY f.day))
    SELECT d.journey, d.version, d.treatment, n.day, d.still_followed, CASE WHEN n.day = d.day THEN d.reached ELSE 0 END AS reached,
        CASE WHEN n.day = d.day THEN d.share_left ELSE d.left_before END AS share_left
    FROM days AS d CROSS JOIN LATERAL generate_series(d.day_before + 1, d.day) AS n (day)) AS reaching
ORDER BY reaching.journey, reaching.version, reaching.treatment DESC, reaching.day
