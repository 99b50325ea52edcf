WITH failed AS (
    UPDATE {data.action} AS action
    SET error = $2, (status, claimable_at{settled_column}) = (
        SELECT next.status, CASE WHEN next.status = 'pending' THEN {clock}
            + LEAST('6 hours'::interval, '1 minute'::interval * power(2, GREATEST(action.attempts - 1, 0) % {attempts})) END{settled_value}
        FROM (SELECT CASE
            WHEN $3::bool OR (action.attempts > 0 AND action.attempts % {attempts} = 0) THEN 'dead'
            WHEN EXISTS (SELECT FROM {data.journey} AS journey WHERE journey.journey = action.journey AND journey.status = 'ended')
                THEN 'cancelled'
            ELSE 'pending' END AS status) AS next)
    WHERE action.id = $1::int8 AND action.status IN ('pending', 'claimed')
    RETURNING action.status)
SELECT failed.status FROM failed
UNION ALL
SELECT action.status FROM {data.action} AS action WHERE action.id = $1::int8 AND NOT EXISTS (SELECT FROM failed)
