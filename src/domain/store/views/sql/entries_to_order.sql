-- The entries whose goal is an order, until when it counts, and when it was reached. Nothing here keeps several workers from it.
-- A run may have seen an order that the last refresh did not know. A goal that an order reached is taken back with the order; one that is
-- a step stays, and so does that of a customer who is forgotten.
(SELECT enrollment.*, 'ordered' AS goal_event, counting.until,
        least(counting.bought_at, CASE WHEN NOT counting.depends_on_order THEN counting.goal_at END) AS reached_at,
        enrollment.outcome = 'goal' AND counting.depends_on_order AND counting.bought_at IS NULL AS is_taken_back
    FROM {data.enrollment} AS enrollment
    JOIN {goals} AS goal ON goal.journey = enrollment.journey AND goal.version = enrollment.version AND coalesce(goal.event, 'ordered') = 'ordered'
    LEFT JOIN {data.journey_step} AS standing
        ON standing.journey = enrollment.journey AND standing.version = enrollment.version AND standing.step = enrollment.step
    LEFT JOIN {data.history} AS history ON history.customer = enrollment.customer
    LEFT JOIN {data.anonymous} AS anonymous ON anonymous.customer = enrollment.customer
    CROSS JOIN LATERAL (SELECT {counting_until} AS until) AS counted
    CROSS JOIN LATERAL (SELECT counted.until,
            lifecycle.goal_reached_at(history.purchases, enrollment.entered_at, counted.until, goal.at_least, goal.spend_at_least) AS bought_at,
            CASE WHEN enrollment.goal_at <= counted.until THEN enrollment.goal_at END AS goal_at,
            enrollment.goal_at <= {as_of} AND anonymous.customer IS NULL AND NOT coalesce(standing.definition ? 'goal', false) AS depends_on_order) AS counting)
