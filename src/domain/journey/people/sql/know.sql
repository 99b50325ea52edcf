INSERT INTO {data.known_customer} AS known (customer, first_at, last_purchase, orders, known_since, past_changed_at)
SELECT $2::{key}, gone.first_at, gone.last_purchase, gone.orders, gone.known_since, clock_timestamp()
FROM {data.known_customer} AS gone
WHERE gone.customer = $1::{key}
ON CONFLICT (customer) DO UPDATE
SET first_at = LEAST(known.first_at, excluded.first_at), last_purchase = GREATEST(known.last_purchase, excluded.last_purchase),
    orders = known.orders + excluded.orders, known_since = COALESCE(known.known_since, excluded.known_since), past_changed_at = clock_timestamp()
