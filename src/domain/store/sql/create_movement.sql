-- `kind` is who or what made it, `registered_at` the earliest date of a customer who appeared after it, and `stage_refitted` and
-- `segment_refitted` say that borders have moved there, and not the customer.
CREATE TABLE {data.movement} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key} NOT NULL,
    at timestamptz NOT NULL, stage_before text, stage_after text, segment_before text, segment_after text,
    score_before text, score_after text, orders_before bigint, orders_after bigint, spend_before numeric,
    spend_after numeric, recency_days_before integer, recency_days_after integer, overdue_ratio_before numeric, overdue_ratio_after numeric,
    kind text NOT NULL CONSTRAINT movement_kind_check CHECK (kind IN ('moved', 'appeared', 'vanished', 'returned', 'corrected')),
    registered_at timestamptz, stage_refitted boolean NOT NULL, segment_refitted boolean NOT NULL)
