WITH known AS MATERIALIZED (
    SELECT action.id, action.status{is_anonymous}
    FROM {data.action} AS action
    WHERE action.id = ANY ($1::int8[])
    ORDER BY action.id
    FOR NO KEY UPDATE),
completed AS (
    UPDATE {data.action} AS action
    SET status = 'done', claimable_at = NULL, completed_at = {clock}, message_id = {message_id}{settled}
    FROM known
    WHERE action.id = known.id AND known.status NOT IN ('done', 'withheld')
    RETURNING action.id)
SELECT (SELECT count(*) FROM known), (SELECT count(*) FROM known WHERE known.status = 'withheld'), (SELECT count(*) FROM completed)
