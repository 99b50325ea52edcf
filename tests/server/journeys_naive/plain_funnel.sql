-- The funnel, entry by entry: what differs from what the view says.
WITH plain AS (
    SELECT f.journey, f.version, f.treatment, f.step, f.place, count(DISTINCT (a.customer, a.entry)) FILTER (WHERE a.action IS NOT NULL) AS entries,
        count(DISTINCT (a.customer, a.entry)) FILTER (WHERE a.sent_at IS NOT NULL) AS sent,
        count(DISTINCT (a.customer, a.entry)) FILTER (WHERE a.delivered_at IS NOT NULL) AS delivered,
        count(DISTINCT (a.customer, a.entry)) FILTER (WHERE a.opened_at IS NOT NULL) AS opened,
        count(DISTINCT (a.customer, a.entry)) FILTER (WHERE a.clicked_at IS NOT NULL) AS clicked
    FROM naive.journey_funnel AS f
        LEFT JOIN naive.journey_actions AS a ON (a.journey, a.version, a.treatment, a.step) = (f.journey, f.version, f.treatment, f.step)
    GROUP BY 1, 2, 3, 4, 5)
SELECT format('%s: %s', to_jsonb(f), to_jsonb(p)) FROM naive.journey_funnel AS f LEFT JOIN plain AS p USING (journey, version, treatment, place)
WHERE CASE
    WHEN f.step = '(entered)' THEN f.entries <> (SELECT count(*) FROM naive.journey_customers AS e
        WHERE (e.journey, e.version, e.treatment) = (f.journey, f.version, f.treatment))
    WHEN f.step = '(goal)' THEN f.entries <> (SELECT count(e.goal_at) FROM naive.journey_customers AS e
        WHERE (e.journey, e.version, e.treatment) = (f.journey, f.version, f.treatment))
    ELSE (f.entries, f.sent, f.delivered, f.opened, f.clicked) IS DISTINCT FROM (p.entries, p.sent, p.delivered, p.opened, p.clicked) END
