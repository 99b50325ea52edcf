INSERT INTO {table.journey_condition} (journey, customer)
SELECT {journey}, profile.customer
FROM {table.profile} AS profile LEFT JOIN {data.history} AS history ON history.customer = profile.customer
WHERE {holds}
ON CONFLICT DO NOTHING
