-- What of a message counts, by the attribution rule of the policy.
(SELECT coalesce(rule.policy #>> '{attribution,touch}', {attribution_touch}) FROM {data.journey_state} AS rule)
