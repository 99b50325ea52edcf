INSERT INTO {table.journey_condition} (journey, customer)
SELECT {journey}, entering.customer FROM {scratch.entering} AS entering
ON CONFLICT DO NOTHING
