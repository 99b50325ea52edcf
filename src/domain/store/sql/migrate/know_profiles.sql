INSERT INTO {data.known_customer} (customer, first_at, last_purchase, orders, known_since)
SELECT profile.customer, LEAST(profile.first_purchase, profile.consented_at), profile.last_purchase, profile.orders, profile.stage_since
FROM {data.profile} AS profile
