UPDATE {data.journey} AS journey
SET recipients = NULLIF(ARRAY(SELECT customer::{key}::text FROM json_array_elements_text($1::json) AS customer), '{}')
WHERE journey.journey = {journey}
