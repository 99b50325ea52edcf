UPDATE {data.journey} AS journey
SET recipients = ARRAY(SELECT one.customer FROM unnest(journey.recipients) WITH ORDINALITY AS one (customer, place)
    WHERE one.customer <> ALL ($1::{key}[]::text[]) ORDER BY one.place)
WHERE journey.recipients && $1::{key}[]::text[]
