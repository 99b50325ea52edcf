-- Takes from messages that are over what they said, their numbers at the provider, and the errors of senders.
WITH old AS (
    SELECT action.id FROM {data.action} AS action
    WHERE action.status NOT IN ('pending', 'claimed') AND GREATEST(action.decided_at, action.handed_over_at, action.completed_at) < {before}
        AND (action.payload IS NOT NULL OR action.message_id IS NOT NULL OR action.error IS NOT NULL)
    ORDER BY action.id
    FOR NO KEY UPDATE SKIP LOCKED)
UPDATE {data.action} AS action SET payload = NULL, message_id = NULL, error = NULL FROM old WHERE action.id = old.id
