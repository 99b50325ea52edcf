UPDATE {data.action} AS action
SET status = 'done', claimable_at = NULL, completed_at = $2::timestamptz{settled}
WHERE action.id = $1::int8 AND action.attempts > 0 AND action.status NOT IN ('done', 'withheld')
