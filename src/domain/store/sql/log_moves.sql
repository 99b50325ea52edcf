-- The moves from the stored profiles to the new ones, each with what made it; gives how many there are of which sort. A customer who was
-- gone and has bought since first returns to where the store saw the customer last, and moves from there.
WITH found AS MATERIALIZED (
    SELECT COALESCE(scored.customer, stored.customer) AS customer, stored.stage AS stage_before, scored.stage AS stage_after,
        stored.segment AS segment_before, scored.segment AS segment_after, known.stage AS stage_left, known.segment AS segment_left,
        stored.recency_score || '-' || stored.frequency_score || '-' || stored.monetary_score AS score_before,
        scored.recency_score || '-' || scored.frequency_score || '-' || scored.monetary_score AS score_after,
        stored.orders AS orders_before, scored.orders AS orders_after, stored.spend AS spend_before, scored.spend AS spend_after,
        stored.recency_days AS recency_days_before, scored.recency_days AS recency_days_after,
        stored.overdue_ratio AS overdue_ratio_before, scored.overdue_ratio AS overdue_ratio_after,
        CASE WHEN {is_recent} THEN LEAST(scored.lifecycle_first_at, {now}) END AS registered_at,
        CASE
            WHEN scored.customer IS NULL THEN 'vanished'
            WHEN stored.customer IS NULL AND known.known_since IS NULL THEN 'appeared'
            WHEN {has_bought} THEN CASE WHEN known.stage IS NULL OR stored.customer IS NOT NULL THEN 'moved' ELSE 'returned and moved' END
            WHEN stored.customer IS NULL THEN 'returned'
            WHEN scored.lifecycle_past_changed OR scored.orders <> stored.orders THEN 'corrected'
            ELSE 'moved' END AS kind
    FROM {profile} AS stored FULL JOIN ({scored_rows}) AS scored ON scored.customer = stored.customer
        LEFT JOIN {data.known_customer} AS known ON known.customer = COALESCE(scored.customer, stored.customer)
    WHERE stored.stage IS DISTINCT FROM scored.stage OR stored.segment IS DISTINCT FROM scored.segment),
logged AS (
    INSERT INTO {movement} (customer, at, kind, registered_at, stage_refitted, segment_refitted, stage_before, stage_after,
        segment_before, segment_after, score_before, score_after, orders_before, orders_after, spend_before, spend_after,
        recency_days_before, recency_days_after, overdue_ratio_before, overdue_ratio_after)
    SELECT found.customer, {now}, move.kind, CASE WHEN move.kind = 'appeared' THEN found.registered_at END,
        move.kind = 'moved' AND move.stage_before IS DISTINCT FROM move.stage_after AND {stage_refitted},
        move.kind = 'moved' AND move.segment_before IS DISTINCT FROM move.segment_after AND {segment_refitted},
        move.stage_before, move.stage_after, move.segment_before, move.segment_after, found.score_before, found.score_after,
        found.orders_before, found.orders_after, found.spend_before, found.spend_after, found.recency_days_before,
        found.recency_days_after, found.overdue_ratio_before, found.overdue_ratio_after
    FROM found LEFT JOIN {data.history} AS base ON base.customer = found.customer,
        LATERAL (
            SELECT 1 AS place, 'returned' AS kind, NULL::text AS stage_before, found.stage_left AS stage_after,
                NULL::text AS segment_before, found.segment_left AS segment_after
            WHERE found.kind = 'returned and moved'
            UNION ALL
            SELECT 2, 'moved', found.stage_left, found.stage_after, found.segment_left, found.segment_after
            WHERE found.kind = 'returned and moved'
                AND (found.stage_left <> found.stage_after OR found.segment_left IS DISTINCT FROM found.segment_after)
            UNION ALL
            SELECT 2, found.kind, found.stage_before, found.stage_after, found.segment_before, found.segment_after
            WHERE found.kind <> 'returned and moved') AS move
    ORDER BY move.place
    RETURNING kind)
SELECT count(*) FILTER (WHERE kind IN ('moved', 'appeared')), count(*) FILTER (WHERE kind = 'vanished'),
    count(*) FILTER (WHERE kind = 'returned'), count(*) FILTER (WHERE kind = 'corrected')
FROM logged
