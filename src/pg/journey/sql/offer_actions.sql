-- Puts the actions of a journey back where claims look for them.
UPDATE {data.action} AS action
SET claimable_at = action.decided_at
WHERE action.journey = {journey} AND action.status = 'pending' AND action.claimable_at IS NULL
