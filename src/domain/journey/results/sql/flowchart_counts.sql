-- what was counted at each step of a version. All entries begin at the first step. An act whose action is not handed over yet keeps the
-- entry at its step: it has decided, and nobody went on
SELECT 1, 'entered', NULL, count(*) FROM {data.enrollment} AS enrollment
WHERE enrollment.journey = {journey} AND enrollment.version = {version}
UNION ALL
SELECT enrollment.step, CASE WHEN enrollment.ended_at IS NULL THEN 'standing' ELSE 'ended' END, NULL, count(*)
FROM {data.enrollment} AS enrollment
WHERE enrollment.journey = {journey} AND enrollment.version = {version}
GROUP BY enrollment.step, enrollment.ended_at IS NULL
UNION ALL
SELECT decision.step, CASE WHEN decision.kind IN ('dropped', 'passed over') THEN 'acted' ELSE decision.kind END,
    CASE WHEN decision.kind NOT IN ('dropped', 'passed over') THEN decision.reason END, count(*)
FROM {data.decision} AS decision
WHERE decision.journey = {journey} AND decision.version = {version}
    AND decision.kind IN ('branched', 'waited', 'split', 'called', 'dropped', 'passed over')
GROUP BY 1, 2, 3
UNION ALL
SELECT action.step, 'acted', NULL, count(*) - (SELECT count(*) FROM {data.enrollment} AS enrollment
    WHERE enrollment.journey = {journey} AND enrollment.version = {version} AND enrollment.step = action.step
        AND enrollment.ended_at IS NULL
        AND EXISTS (SELECT FROM {data.action} AS own
            WHERE own.customer = enrollment.customer AND own.journey = enrollment.journey AND own.version = enrollment.version
                AND own.entry = enrollment.entry AND own.step = enrollment.step AND own.round >= enrollment.round - 1))
FROM {data.action} AS action
WHERE action.journey = {journey} AND action.version = {version}
GROUP BY action.step
