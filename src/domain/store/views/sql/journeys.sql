FROM {data.journey} AS journey
LEFT JOIN (SELECT enrollment.journey, count(*) AS entries, count(DISTINCT enrollment.customer) AS customers,
        count(*) FILTER (WHERE enrollment.due_at IS NOT NULL) AS under_way,
        count(DISTINCT enrollment.customer) FILTER (WHERE enrollment.control IS NOT NULL) AS control_customers,
        max(enrollment.entered_at) AS last_entered_at
    FROM {data.enrollment} AS enrollment GROUP BY enrollment.journey) AS entered ON entered.journey = journey.journey
LEFT JOIN (SELECT action.journey, count(*) FILTER (WHERE action.status <> 'withheld') AS actions,
        count(*) FILTER (WHERE action.status IN ('pending', 'claimed')) AS pending,
        count(*) FILTER (WHERE action.status = 'done') AS done, count(*) FILTER (WHERE action.status = 'dead') AS dead,
        max(action.decided_at) AS last_action_at
    FROM {data.action} AS action GROUP BY action.journey) AS decided ON decided.journey = journey.journey
ORDER BY journey.name
