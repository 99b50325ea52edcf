FROM {data.enrollment} AS enrollment
JOIN {data.journey} AS journey ON journey.journey = enrollment.journey
JOIN {goals} AS goal ON goal.journey = enrollment.journey AND goal.version = enrollment.version
LEFT JOIN {data.journey_step} AS step
    ON step.journey = enrollment.journey AND step.version = enrollment.version AND step.step = enrollment.step
LEFT JOIN {data.history} AS history ON history.customer = enrollment.customer
CROSS JOIN LATERAL (
    SELECT coalesce(enrollment.goal_until, ((enrollment.entered_at AT TIME ZONE {zone}) + goal.within) AT TIME ZONE {zone}) AS until
    OFFSET 0) AS counting
-- Most customers have bought nothing since they entered, which the last purchase tells without a look at the others.
CROSS JOIN LATERAL (SELECT CASE
        WHEN goal.event IS NULL OR goal.event = 'ordered' THEN CASE
            WHEN {ext.last_purchase}(history.purchases, counting.until) > enrollment.entered_at THEN (
                SELECT min(so_far.purchased_at) FROM (
                    SELECT purchase.purchased_at, count(*) FILTER (WHERE purchase.amount >= 0) OVER in_order AS bought,
                        sum(purchase.amount) OVER in_order AS spent
                    FROM {ext.purchases}(history.purchases, counting.until) AS purchase
                    WHERE purchase.purchased_at > enrollment.entered_at
                    WINDOW in_order AS (ORDER BY purchase.purchased_at)) AS so_far
                WHERE so_far.bought >= goal.at_least AND (goal.spend_at_least IS NULL OR so_far.spent >= goal.spend_at_least)) END
        ELSE least(
            (SELECT min(event.at) FROM {data.event} AS event
                WHERE event.customer = enrollment.customer AND event.kind = goal.event AND NOT event.is_machine AND event.at > enrollment.entered_at
                    AND event.at <= counting.until),
            (SELECT min(event.happened_at) FROM {ext.events}(history.engagement, counting.until) AS event
                WHERE event.kind = goal.event AND event.happened_at > enrollment.entered_at))
        END AS at OFFSET 0) AS reached
