-- The moves from the stored profiles to the new ones, and whether the base was fitted anew: then borders moved, too.
INSERT INTO {movement} (customer, at, refitted, stage_before, stage_after, segment_before, segment_after, score_before, score_after,
    orders_before, orders_after, spend_before, spend_after, recency_days_before, recency_days_after, overdue_ratio_before, overdue_ratio_after)
SELECT COALESCE(scored.customer, stored.customer), {now}, {refitted}, stored.stage, scored.stage, stored.segment, scored.segment,
    stored.recency_score || '-' || stored.frequency_score || '-' || stored.monetary_score,
    scored.recency_score || '-' || scored.frequency_score || '-' || scored.monetary_score,
    stored.orders, scored.orders, stored.spend, scored.spend, stored.recency_days, scored.recency_days, stored.overdue_ratio, scored.overdue_ratio
FROM {profile} AS stored FULL JOIN ({scored_rows}) AS scored ON scored.customer = stored.customer
WHERE stored.stage IS DISTINCT FROM scored.stage OR stored.segment IS DISTINCT FROM scored.segment
