-- A row for each segment: who is in it, what they have spent, and what is at risk.
select
    segment,
    count(*) as customers,
    count(*) filter (where stage = 'at_risk') as customers_at_risk,
    count(*) filter (where vip) as vips,
    sum(spend) as spend,
    coalesce(sum(spend) filter (where stage = 'at_risk'), 0) as spend_of_those_at_risk,
    coalesce(sum(predicted_ltv), 0) as predicted_ltv,
    coalesce(sum(predicted_ltv) filter (where stage = 'at_risk'), 0) as predicted_ltv_at_risk,
    round(count(*) filter (where stage = 'at_risk')::numeric / count(*), 4) as share_at_risk
from {{ source('store', 'customers') }}
group by segment
