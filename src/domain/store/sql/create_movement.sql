CREATE TABLE {data.movement} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key} NOT NULL,
    at timestamptz NOT NULL, refitted boolean NOT NULL, stage_before text, stage_after text, segment_before text, segment_after text,
    score_before text, score_after text, orders_before bigint, orders_after bigint, spend_before numeric,
    spend_after numeric, recency_days_before integer, recency_days_after integer, overdue_ratio_before numeric, overdue_ratio_after numeric)
