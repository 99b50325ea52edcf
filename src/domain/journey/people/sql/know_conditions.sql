INSERT INTO {data.journey_condition} (journey, customer)
SELECT known.journey, $2::{key}
FROM {data.journey} AS journey JOIN {data.journey_condition} AS known ON known.journey = journey.journey
WHERE known.customer = $1::{key}
ON CONFLICT DO NOTHING
