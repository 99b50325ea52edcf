SELECT COALESCE((SELECT state.policy ? 'consent' FROM {data.journey_state} AS state), false)
