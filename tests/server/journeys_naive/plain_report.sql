-- The report of a journey, $1, as of $2, row by row and entry by entry: what differs from what lifecycle.journey_report says.
WITH versions AS (
    SELECT v.journey, v.version, COALESCE(v.head #>> '{goal,event}', 'ordered') AS goal,
        COALESCE((v.head #>> '{goal,bought,at_least}')::numeric, 1) AS at_least, (v.head #>> '{goal,bought,spend_at_least}')::numeric AS spend
    FROM naive_data.journey_version AS v JOIN naive_data.journey AS j USING (journey) WHERE j.name = $1),
entries AS (
    SELECT e.journey, e.version, e.customer, e.entry, e.control IS NULL AS treated, CASE WHEN e.step_since <= $2 THEN e.step END AS step,
        COALESCE(e.ended_at <= $2, false) AS ended, e.postponed_since <= $2 AS postponed, COALESCE(e.arm, '(none)') AS arm,
        e.ended_at <= $2 AND e.outcome IN ('unsubscribed', 'complaint') AS left_unsubscribed,
        (SELECT min(g.at) FROM (
            -- One that an order has reached counts no more than the order; one that is a step stays.
            SELECT CASE WHEN e.goal_at <= e.goal_until AND (v.goal <> 'ordered' OR e.goal_at > (SELECT s.as_of FROM lifecycle.store AS s WHERE s.store = 'naive')
                OR EXISTS (SELECT FROM naive_data.journey_step AS standing WHERE (standing.journey, standing.version, standing.step) = (e.journey, e.version, e.step)
                    AND standing.definition ? 'goal')) THEN e.goal_at END AS at
            UNION ALL
            SELECT so_far.at FROM (
                SELECT p.purchased_at AS at, count(*) FILTER (WHERE p.amount >= 0) OVER w AS bought, sum(p.amount) OVER w AS spent
                FROM naive_data.history AS h CROSS JOIN LATERAL public.purchases(h.purchases, e.goal_until) AS p
                WHERE h.customer = e.customer AND p.purchased_at > e.entered_at
                WINDOW w AS (ORDER BY p.purchased_at)) AS so_far
            WHERE v.goal = 'ordered' AND so_far.bought >= v.at_least AND (v.spend IS NULL OR so_far.spent >= v.spend)
            UNION ALL
            SELECT happened.at FROM (
                SELECT event.at, event.kind FROM naive_data.event WHERE event.customer = e.customer AND NOT event.is_machine
                UNION ALL
                SELECT o.happened_at, o.kind FROM naive_data.history AS h CROSS JOIN LATERAL public.events(h.engagement, e.goal_until) AS o
                WHERE h.customer = e.customer) AS happened
            WHERE happened.kind = CASE v.goal WHEN 'opened' THEN 'open' WHEN 'bounced' THEN 'bounce' ELSE v.goal END
                AND happened.at > e.entered_at AND happened.at <= e.goal_until) AS g WHERE g.at <= $2) AS goal_at
    FROM naive_data.enrollment AS e JOIN versions AS v USING (journey, version) WHERE e.entered_at <= $2),
actions AS (
    SELECT a.*, a.control IS NULL AS treated, e.arm AS of_arm, e.goal_at,
        a.status = 'done' AND (COALESCE(a.completed_at, a.decided_at) <= $2 OR EXISTS (SELECT FROM naive_data.event AS v WHERE v.action = a.id AND v.at <= $2
            AND v.kind IN ('delivered', 'open', 'click', 'reply', 'bounce', 'unsubscribe', 'complaint'))) AS sent,
        a.status = 'done' AND EXISTS (SELECT FROM naive_data.event AS v WHERE v.action = a.id AND v.at <= $2 AND v.kind IN ('delivered', 'open', 'click')) AS delivered,
        a.status = 'done' AND EXISTS (SELECT FROM naive_data.event AS v WHERE v.action = a.id AND v.at <= $2 AND v.kind IN ('open', 'click') AND NOT v.is_machine) AS opened,
        a.status = 'done' AND EXISTS (SELECT FROM naive_data.event AS v WHERE v.action = a.id AND v.at <= $2 AND v.kind = 'click' AND NOT v.is_machine) AS clicked,
        a.status = 'done' AND EXISTS (SELECT FROM naive_data.event AS v WHERE v.action = a.id AND v.at <= $2 AND v.kind = 'bounce') AS bounced,
        a.status = 'done' AND EXISTS (SELECT FROM naive_data.event AS v WHERE v.action = a.id AND v.at <= $2 AND v.kind IN ('unsubscribe', 'complaint')) AS opted_out
    FROM naive_data.action AS a JOIN entries AS e USING (journey, version, customer, entry)
        WHERE a.decided_at <= $2),
places AS (
    SELECT v.version, s.step, s.name, COALESCE(s.definition ?| ARRAY['goal', 'exit'], false) AS is_end,
        COALESCE(s.definition #> '{wait,for}' IS NOT NULL OR s.definition #> '{wait,until}' IS NOT NULL, false) AS is_wait, arms.arm
    FROM versions AS v
        CROSS JOIN LATERAL (SELECT NULL AS step, NULL AS name, NULL AS definition
            UNION ALL SELECT step, name, definition FROM naive_data.journey_step AS s WHERE (s.journey, s.version) = (v.journey, v.version)) AS s
        CROSS JOIN LATERAL (SELECT NULL AS arm UNION SELECT e.arm FROM entries AS e
            WHERE EXISTS (SELECT FROM naive_data.journey_step AS split WHERE split.journey = v.journey AND split.definition ? 'split')) AS arms),
plain AS (
    SELECT p.version, p.name AS step, p.arm, CASE WHEN NOT p.is_wait THEN came.treated END AS entered, CASE WHEN NOT p.is_wait THEN came.control END AS control,
        act.decided, act.withheld, act.sent, act.delivered, act.opened, act.clicked, act.bounced, came.unsubscribed, act.dropped + came.dropped AS dropped,
        came.goal_reached, came.waiting, came.postponed, came.left_without_goal
    FROM places AS p
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE a.treated) AS decided, count(*) FILTER (WHERE NOT a.treated) AS withheld, count(*) FILTER (WHERE a.sent) AS sent,
                count(*) FILTER (WHERE a.delivered) AS delivered, count(*) FILTER (WHERE a.opened) AS opened, count(*) FILTER (WHERE a.clicked) AS clicked,
                count(*) FILTER (WHERE a.bounced) AS bounced, count(*) FILTER (WHERE a.treated AND a.status = 'dropped') AS dropped
            FROM actions AS a WHERE a.version = p.version AND (p.step IS NULL OR a.step = p.step) AND (p.arm IS NULL OR a.of_arm = p.arm)) AS act
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE e.came_as AND e.came) AS treated, count(*) FILTER (WHERE NOT e.came_as AND e.came) AS control,
                count(*) FILTER (WHERE e.treated AND e.unsubscribed) AS unsubscribed, COALESCE(sum(e.dropped) FILTER (WHERE e.treated), 0) AS dropped,
                count(*) FILTER (WHERE e.treated AND e.reached) AS goal_reached,
                count(*) FILTER (WHERE e.treated AND e.is_here AND NOT e.ended) AS waiting,
                count(*) FILTER (WHERE e.treated AND e.is_here AND NOT e.ended AND e.postponed) AS postponed,
                count(*) FILTER (WHERE e.treated AND e.is_here AND e.ended AND e.goal_at IS NULL) AS left_without_goal
            FROM (SELECT e.*, p.step IS NULL OR e.step = p.step AS is_here,
                    -- what is transactional is decided for control groups, too
                    COALESCE((SELECT bool_or(a.treated) FROM actions AS a WHERE (a.customer, a.entry, a.step) = (e.customer, e.entry, p.step)), e.treated) AS came_as,
                    p.step IS NULL OR e.step IS NOT DISTINCT FROM p.step OR NOT p.is_end AND (
                        EXISTS (SELECT FROM actions AS a WHERE (a.customer, a.entry, a.step) = (e.customer, e.entry, p.step))
                        OR EXISTS (SELECT FROM naive_data.decision AS d WHERE (d.customer, d.journey, d.entry, d.step) = (e.customer, e.journey, e.entry, p.step)
                            AND d.kind <> 'entered' AND d.decided_at <= $2)) AS came,
                    EXISTS (SELECT FROM actions AS a WHERE (a.customer, a.entry) = (e.customer, e.entry) AND (p.step IS NULL OR a.step = p.step) AND a.opted_out)
                        OR p.step IS NULL AND e.left_unsubscribed AS unsubscribed,
                    CASE WHEN p.step IS NULL THEN e.goal_at IS NOT NULL
                        ELSE EXISTS (SELECT FROM actions AS a WHERE (a.customer, a.entry, a.step) = (e.customer, e.entry, p.step) AND a.decided_at < e.goal_at) END AS reached,
                    (SELECT count(*) FROM naive_data.decision AS d WHERE (d.customer, d.journey, d.entry) = (e.customer, e.journey, e.entry)
                        AND (p.step IS NULL OR d.step = p.step) AND d.kind = 'dropped' AND d.decided_at <= $2) AS dropped
                FROM entries AS e WHERE e.version = p.version AND (p.arm IS NULL OR e.arm = p.arm)) AS e) AS came),
told AS (SELECT * FROM lifecycle.journey_report('naive', $1, as_of => $2)),
compared AS (
    SELECT version, step, arm, to_jsonb(plain) AS plain, (SELECT to_jsonb(t) - '{group_value,orders,revenue}'::text[] FROM told AS t
        WHERE (t.version, t.step, t.arm) IS NOT DISTINCT FROM (plain.version, plain.step, plain.arm)) AS told
    FROM plain)
SELECT format(E'%s as of %s, %s:\nplain %s\ntold  %s', $1, $2, COALESCE(step, 'all'), plain, told) FROM compared
WHERE plain IS DISTINCT FROM told AND (told IS NOT NULL OR EXISTS (SELECT FROM jsonb_each(plain - '{version,step,arm}'::text[]) AS f
    WHERE f.value NOT IN ('0', 'null')))
UNION ALL
SELECT format('told alone: %s', to_jsonb(t)) FROM told AS t
WHERE NOT EXISTS (SELECT FROM plain WHERE (t.version, t.step, t.arm) IS NOT DISTINCT FROM (plain.version, plain.step, plain.arm))
