COALESCE({suppressed}, (SELECT {heard}
    FROM (SELECT COALESCE(bool_or(event.kind = 'bounce'), false) AS has_bounced,
            max(event.happened_at) FILTER (WHERE event.kind = 'complaint') AS complained_at,
            max(event.happened_at) FILTER (WHERE event.kind = 'unsubscribe') AS unsubscribed_at,
            max(event.happened_at) FILTER (WHERE event.kind = 'subscribe') AS back_at
        FROM {ext.events}(history.engagement, {until}) AS event
        WHERE event.channel IS NULL OR event.channel = {channel}) AS heard))
