-- What came back for each action.
(SELECT event.customer, event.action,
        min(event.at) FILTER (WHERE event.kind IN ({delivery_evidence})) AS answered_at,
        min(event.at) FILTER (WHERE event.kind = 'delivered') AS delivered_at,
        min(event.at) FILTER (WHERE event.kind = 'open' AND NOT event.is_machine) AS opened_at,
        min(event.at) FILTER (WHERE event.kind = 'click' AND NOT event.is_machine) AS clicked_at,
        min(event.at) FILTER (WHERE event.kind = 'bounce') AS bounced_at,
        min(event.at) FILTER (WHERE event.kind IN ({opt_out})) AS unsubscribed_at
    FROM {data.event} AS event WHERE event.action IS NOT NULL GROUP BY event.customer, event.action)
