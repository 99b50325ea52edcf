-- `first_at` is the earliest date of a row of the customer's, `last_purchase` and `orders` the latest purchase and the most purchases ever
-- seen, `stage` and `segment` those that the customer vanished from. Of a customer that journeys alone have met, `known_since` is NULL.
-- `past_changed_at` says that rows of the past came, went or changed, and that no purchase of the customer's has come since.
CREATE TABLE {data.known_customer} (customer {key} PRIMARY KEY, first_at timestamptz, last_purchase timestamptz,
    orders bigint NOT NULL DEFAULT 0, known_since timestamptz, vanished_at timestamptz, stage text, segment text,
    past_changed_at timestamptz)
