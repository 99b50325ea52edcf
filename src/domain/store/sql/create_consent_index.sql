CREATE INDEX ON {data.consent} (customer)
