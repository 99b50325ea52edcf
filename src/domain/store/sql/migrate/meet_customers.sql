INSERT INTO {data.known_customer} (customer) SELECT DISTINCT enrollment.customer FROM {data.enrollment} AS enrollment ON CONFLICT DO NOTHING
