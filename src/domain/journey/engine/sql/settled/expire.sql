-- A sender that is just about to get one of them judges it itself.
UPDATE {table.action} AS action
SET status = 'dropped', reason = 'too late', claimable_at = NULL, processed = false
FROM (SELECT late.id FROM {table.action} AS late
        WHERE late.claimable_at IS NOT NULL AND late.status = 'pending' AND late.expires_at <= {now} AND late.journey IN ({journeys})
        FOR NO KEY UPDATE SKIP LOCKED) AS late
WHERE action.id = late.id
