known AS (
    INSERT INTO {data.known_customer} (customer) SELECT entering.customer FROM entering ON CONFLICT DO NOTHING),
