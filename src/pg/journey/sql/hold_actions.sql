-- Takes the actions of a journey away from where claims look for them, which shall not step over many that are not handed out.
UPDATE {data.action} AS action SET claimable_at = NULL WHERE action.journey = {journey} AND action.status = 'pending'
