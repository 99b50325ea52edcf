-- a part of the attribution rule of the policy
(SELECT coalesce(state.policy #>> ARRAY['attribution', '{part}'], {otherwise}) FROM {data.journey_state} AS state)
