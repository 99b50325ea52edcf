{stops} AND NOT (suppression.reason IN ('complaint', 'unsubscribe')
    AND EXISTS (SELECT FROM {ext.events}(history.engagement, {until}) AS heard
        WHERE heard.kind = 'subscribe' AND heard.happened_at > suppression.since
            AND (heard.channel IS NULL OR heard.channel = {channel})))
