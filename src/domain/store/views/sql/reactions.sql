-- What came back for each action.
(SELECT event.customer, event.action,
        min(event.at) FILTER (WHERE {is_answer}) AS answered_at,
        min(event.at) FILTER (WHERE {is_delivery}) AS delivered_at,
        min(event.at) FILTER (WHERE {is_opening}) AS opened_at,
        min(event.at) FILTER (WHERE {is_click}) AS clicked_at,
        min(event.at) FILTER (WHERE {is_bounce}) AS bounced_at,
        min(event.at) FILTER (WHERE {is_opt_out}) AS unsubscribed_at
    FROM {data.event} AS event WHERE event.action IS NOT NULL GROUP BY event.customer, event.action)
