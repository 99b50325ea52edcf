UPDATE {data.journey} AS journey
SET recipients = ARRAY(SELECT DISTINCT one.customer
    FROM unnest(array_replace(journey.recipients, $1::{key}::text, $2::{key}::text)) AS one (customer) ORDER BY one.customer)
WHERE $1::{key}::text = ANY (journey.recipients)
