UPDATE {data.action} AS action
SET status = 'cancelled', claimable_at = NULL, reason = 'ended'
WHERE action.journey = {journey} AND action.status IN ('pending', 'claimed')
