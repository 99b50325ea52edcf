-- The clock of a store that is played in the past goes on from its last run.
WITH clock AS MATERIALIZED (
    SELECT ran.at AS ran_at, CASE WHEN ran.as_of < ran.at - '1 day'::interval THEN ran.as_of + (clock_timestamp() - ran.at)
        ELSE clock_timestamp() END AS now
    FROM (SELECT 1) AS one
        LEFT JOIN (SELECT (to_jsonb(state) ->> 'ran_at')::timestamptz AS at, (to_jsonb(state) ->> 'ran_as_of')::timestamptz AS as_of
            FROM {data.journey_state} AS state) AS ran ON true),
held AS (
{holds}),
refreshes AS (
    SELECT log.id, log.finished_at, log.step FROM lifecycle.refresh_log AS log WHERE log.store = {store}),
-- the actions of each journey: what waits, what was given up, and what was sent in the last 7 days
actions AS (
    SELECT action.journey, count(*) FILTER (WHERE action.status IN ('pending', 'claimed')) AS pending,
        min(action.decided_at) FILTER (WHERE action.status IN ('pending', 'claimed')) AS oldest_at,
        count(*) FILTER (WHERE action.status = 'dead') AS dead,
        count(*) FILTER (WHERE action.status = 'done' AND action.completed_at > clock.now - '7 days'::interval) AS messages
    FROM {data.action} AS action CROSS JOIN clock
    GROUP BY action.journey),
-- what came of them
reactions AS (
    SELECT action.journey, count(DISTINCT action.id) FILTER (WHERE event.kind = 'bounce') AS bounces,
        count(DISTINCT action.id) FILTER (WHERE event.kind = 'complaint') AS complaints
    FROM {data.event} AS event
        JOIN {data.action} AS action ON action.id = event.action AND action.customer = event.customer
        CROSS JOIN clock
    WHERE event.kind IN ('bounce', 'complaint') AND event.class IS DISTINCT FROM 'soft'
        AND action.status = 'done' AND action.completed_at > clock.now - '7 days'::interval
    GROUP BY action.journey),
-- Of an action that was not sent in the end no row says when that was found: what came too late has its deadline, the rest the decision.
dropped AS (
    SELECT said.journey, jsonb_object_agg(said.reason, said.n) AS reasons
    FROM (SELECT given_up.journey, given_up.reason, count(*) AS n
        FROM (SELECT decision.journey, COALESCE(decision.reason, decision.kind) AS reason
            FROM {data.decision} AS decision CROSS JOIN clock
            WHERE decision.kind IN ('dropped', 'passed over') AND decision.decided_at > clock.now - '1 day'::interval
            UNION ALL
            SELECT action.journey, action.reason
            FROM (SELECT action.journey, action.status, action.decided_at, to_jsonb(action) ->> 'reason' AS reason,
                    (to_jsonb(action) ->> 'expires_at')::timestamptz AS expires_at
                FROM {data.action} AS action CROSS JOIN clock
                WHERE action.status NOT IN ('pending', 'claimed', 'done') AND action.decided_at > clock.now - '31 days'::interval) AS action
                CROSS JOIN clock
            WHERE action.reason IS NOT NULL
                AND CASE action.status WHEN 'dropped' THEN COALESCE(action.expires_at, action.decided_at) ELSE action.decided_at END
                    > clock.now - '1 day'::interval) AS given_up
        GROUP BY given_up.journey, given_up.reason) AS said
    GROUP BY said.journey)
SELECT {store}, NULL, CASE WHEN held.since IS NULL THEN 'ready' ELSE 'held' END, NULL, store.refreshed_at,
    clock_timestamp() - store.refreshed_at,
    (SELECT count(*) FROM refreshes AS failed
        WHERE failed.finished_at IS NULL AND failed.step <> 'held'
            AND failed.id > COALESCE((SELECT max(done.id) FROM refreshes AS done WHERE done.step = 'done'), 0)
            AND failed.id NOT IN (SELECT running.refresh FROM lifecycle.refresh_progress AS running WHERE running.store = {store})),
    clock.ran_at, clock_timestamp() - clock.ran_at, held.since, held.reason, lifecycle.refresh_schedule({store}),
    sums.pending, clock.now - sums.oldest_at, sums.dead,
    (SELECT jsonb_object_agg(every.reason, every.n)
        FROM (SELECT pair.key AS reason, sum(pair.value::int8) AS n
            FROM dropped CROSS JOIN LATERAL jsonb_each_text(dropped.reasons) AS pair GROUP BY pair.key) AS every),
    sums.messages, sums.bounces / NULLIF(sums.messages, 0)::float8, sums.complaints / NULLIF(sums.messages, 0)::float8
FROM lifecycle.store AS store
    CROSS JOIN clock
    LEFT JOIN held ON true
    CROSS JOIN (SELECT COALESCE(sum(actions.pending), 0) AS pending, min(actions.oldest_at) AS oldest_at,
            COALESCE(sum(actions.dead), 0) AS dead, COALESCE(sum(actions.messages), 0) AS messages,
            COALESCE(sum(reactions.bounces), 0) AS bounces, COALESCE(sum(reactions.complaints), 0) AS complaints
        FROM actions LEFT JOIN reactions ON reactions.journey = actions.journey) AS sums
WHERE store.store = {store}
UNION ALL
SELECT * FROM (
    SELECT {store}, kept.name, kept.status, NULL, NULL::timestamptz, NULL::interval, NULL::int8, clock.ran_at,
        clock_timestamp() - clock.ran_at, (to_jsonb(kept) ->> 'held_since')::timestamptz, to_jsonb(kept) ->> 'held_reason',
        lifecycle.journeys_schedule({store}), COALESCE(actions.pending, 0), clock.now - actions.oldest_at, COALESCE(actions.dead, 0),
        dropped.reasons, COALESCE(actions.messages, 0), COALESCE(reactions.bounces, 0) / NULLIF(actions.messages, 0)::float8,
        COALESCE(reactions.complaints, 0) / NULLIF(actions.messages, 0)::float8
    FROM {data.journey} AS kept
        CROSS JOIN clock
        LEFT JOIN actions ON actions.journey = kept.journey
        LEFT JOIN reactions ON reactions.journey = kept.journey
        LEFT JOIN dropped ON dropped.journey = kept.journey
    ORDER BY kept.name) AS journeys
