-- What a sender has had counts for caps.
UPDATE {data.action} AS action SET handed_over_at = COALESCE(action.completed_at, action.decided_at) WHERE action.attempts > 0
