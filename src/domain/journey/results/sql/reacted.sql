-- the actions that were answered by an event of some kinds by then
    UNION ALL
    SELECT action.version, action.step, {of_action.arm}, {of_action.group_value}, action.control IS NULL, {measure}, count(*)
    FROM {data.action} AS action {of_action}
    WHERE action.journey = {number} AND action.decided_at <= {as_of} AND action.status = 'done'
        AND EXISTS (SELECT FROM {data.event} AS event
            WHERE event.action = action.id AND event.customer = action.customer AND event.at <= {as_of} AND {is_such})
    GROUP BY action.version, action.step, {of_action.arm}, {of_action.group_value}, action.control
