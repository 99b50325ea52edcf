INSERT INTO {data.movement} (customer, at, kind, stage_refitted, segment_refitted, stage_before, segment_before, score_before, orders_before,
    spend_before, recency_days_before, overdue_ratio_before)
SELECT profile.customer, $2::timestamptz, 'vanished', false, false, profile.stage, profile.segment,
    profile.recency_score || '-' || profile.frequency_score || '-' || profile.monetary_score, profile.orders, profile.spend,
    profile.recency_days, profile.overdue_ratio
FROM {data.profile} AS profile
WHERE profile.customer = $1::{key}
