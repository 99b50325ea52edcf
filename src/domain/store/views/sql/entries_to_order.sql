-- The entries whose goal is an order, until when it counts, and when it was reached. Nothing here keeps several workers from it.
(SELECT enrollment.*, 'ordered' AS goal_event, counting.until,
        least(lifecycle.goal_reached_at(history.purchases, enrollment.entered_at, counting.until, goal.at_least, goal.spend_at_least),
            CASE WHEN enrollment.goal_at IS NOT NULL AND enrollment.goal_at <= counting.until THEN enrollment.goal_at END) AS reached_at
    FROM {data.enrollment} AS enrollment
    JOIN {goals} AS goal ON goal.journey = enrollment.journey AND goal.version = enrollment.version AND coalesce(goal.event, 'ordered') = 'ordered'
    LEFT JOIN {data.history} AS history ON history.customer = enrollment.customer
    CROSS JOIN LATERAL (SELECT {counting_until} AS until) AS counting)
