-- The highest figures of the good refreshes of the day before an instant, since the last one that was accepted, and the last number of
-- customers in their relation.
SELECT COALESCE(max(l.buyers), 0), COALESCE(max(l.order_rows), 0), COALESCE(max(l.people), 0),
    COALESCE((SELECT p.people FROM lifecycle.refresh_log AS p WHERE p.store = $1 AND p.step = 'done' AND p.people IS NOT NULL
        ORDER BY p.id DESC LIMIT 1), 0)
FROM lifecycle.refresh_log AS l
WHERE l.store = $1 AND l.step = 'done' AND l.as_of >= COALESCE($2::timestamptz, clock_timestamp()) - interval '1 day'
    AND l.id >= COALESCE((
        SELECT max(a.id) FROM lifecycle.refresh_log AS a WHERE a.store = $1 AND a.step = 'done' AND a.accepted), 0)
