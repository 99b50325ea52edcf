UPDATE {table.action} AS action SET status = 'cancelled', claimable_at = NULL, reason = leaving.outcome
FROM leaving
WHERE action.customer = leaving.customer AND action.journey = {journey} AND action.entry = leaving.entry
    AND leaving.outcome IN ({objections}) AND action.status IN ('pending', 'claimed')
