WITH dead AS MATERIALIZED (
    SELECT action.id,
        NOT EXISTS (SELECT FROM {data.journey} AS journey WHERE journey.journey = action.journey AND journey.status = 'ended')
            AND NOT action.is_anonymous AND NOT {is_stopped} AS may_be_sent
    FROM {data.action} AS action
    WHERE action.id = $1::int8 AND action.status = 'dead'
    FOR NO KEY UPDATE),
put_back AS (
    UPDATE {data.action} AS action
    SET status = CASE WHEN dead.may_be_sent THEN 'pending' ELSE 'cancelled' END,
        claimable_at = CASE WHEN dead.may_be_sent THEN {clock} END, processed = dead.may_be_sent, reason = NULL
    FROM dead
    WHERE action.id = dead.id
    RETURNING action.channel, action.status)
SELECT put_back.channel FROM put_back WHERE put_back.status = 'pending'
