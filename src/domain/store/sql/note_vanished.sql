-- Customers who have a profile and get none any more.
UPDATE {data.known_customer} AS known SET vanished_at = {now}, stage = stored.stage, segment = stored.segment
FROM {profile} AS stored
WHERE stored.customer = known.customer
    AND NOT EXISTS (SELECT FROM {scored} AS scored WHERE scored.customer = stored.customer)
