UPDATE {data.action} AS action SET channel = lower(action.channel) WHERE action.channel <> lower(action.channel)
