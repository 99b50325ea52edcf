SELECT state.policy FROM {data.journey_state} AS state
