-- The last movement of a customer without a profile says where the customer stood, and how long before it the last purchase lay.
INSERT INTO {data.known_customer} (customer, last_purchase, orders, known_since, vanished_at, stage, segment)
SELECT DISTINCT ON (movement.customer) movement.customer, movement.at - movement.recency_days_before * '1 day'::interval,
    COALESCE(movement.orders_before, 0), movement.at, movement.at, movement.stage_before, movement.segment_before
FROM {data.movement} AS movement
WHERE movement.stage_after IS NULL
    AND NOT EXISTS (SELECT FROM {data.profile} AS profile WHERE profile.customer = movement.customer)
ORDER BY movement.customer, movement.at DESC, movement.id DESC
