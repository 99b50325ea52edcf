FROM {data.action} AS action
JOIN {data.journey} AS journey ON journey.journey = action.journey
LEFT JOIN {data.journey_step} AS step ON step.journey = action.journey AND step.version = action.version AND step.step = action.step
LEFT JOIN {reactions} AS reaction
    ON reaction.customer = action.customer AND reaction.action = action.id AND action.status = 'done'
