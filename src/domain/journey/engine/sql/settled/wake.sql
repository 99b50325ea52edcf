-- In the order that completing has, too: first the action, then the customer who waits for it.
WITH settled AS (
    UPDATE {table.action} AS action
    SET processed = true
    FROM {scratch.settled} AS taken
    WHERE action.id = taken.id AND NOT action.processed
    RETURNING action.id, action.customer, action.journey, action.entry, action.completed_at)
UPDATE {table.enrollment} AS enrollment
SET due_at = {now}, step_since = COALESCE(settled.completed_at, {now})
FROM settled
WHERE enrollment.customer = settled.customer AND enrollment.journey = settled.journey AND enrollment.entry = settled.entry
    AND enrollment.action = settled.id AND enrollment.due_at = 'infinity'
