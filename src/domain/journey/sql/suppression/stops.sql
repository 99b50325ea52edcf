suppression.lifted_at IS NULL AND (suppression.since <= {at} OR suppression.reason = 'manual')
    AND (suppression.until IS NULL OR suppression.until > {at})
    AND (suppression.channel IS NULL OR suppression.channel = {channel}) AND (suppression.topic IS NULL OR suppression.topic = {topic})
    AND NOT (suppression.reason IN ({words_of_customer}) AND {taken_back})
