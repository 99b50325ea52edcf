INSERT INTO {data.journey} (name) VALUES ($1) RETURNING journey
