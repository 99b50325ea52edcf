-- The same of those whose goal is another event: one that was recorded, or one of the relation of events.
(SELECT enrollment.*, goal.event AS goal_event, counting.until,
        least((SELECT min(event.at) FROM {data.event} AS event
                WHERE event.customer = enrollment.customer AND event.kind = goal.event AND NOT event.is_machine AND event.at > enrollment.entered_at
                    AND event.at <= counting.until),
            (SELECT min(event.happened_at) FROM {ext.events}(history.engagement, counting.until) AS event
                WHERE event.kind = goal.event AND event.happened_at > enrollment.entered_at),
            CASE WHEN enrollment.goal_at IS NOT NULL AND enrollment.goal_at <= counting.until THEN enrollment.goal_at END) AS reached_at, false AS is_taken_back
    FROM {data.enrollment} AS enrollment
    JOIN {goals} AS goal ON goal.journey = enrollment.journey AND goal.version = enrollment.version AND goal.event <> 'ordered'
    LEFT JOIN {data.history} AS history ON history.customer = enrollment.customer
    CROSS JOIN LATERAL (SELECT {counting_until} AS until) AS counting)
