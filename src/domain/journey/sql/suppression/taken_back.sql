EXISTS (SELECT FROM {events} AS back
    WHERE back.customer = {customer} AND back.kind = 'subscribe' AND back.at > {said_at} AND back.at <= {at}
        AND (back.channel IS NULL OR back.channel = {channel}) AND (back.topic IS NULL OR back.topic = {topic}))
