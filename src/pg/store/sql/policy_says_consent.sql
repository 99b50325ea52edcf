-- Whether the policy says what holds without a consent, or nothing is sent that it would hold for.
SELECT COALESCE((SELECT state.policy ? 'consent' FROM {data.journey_state} AS state), false)
    OR NOT EXISTS (SELECT FROM {data.journey} AS journey WHERE journey.status <> 'ended')
