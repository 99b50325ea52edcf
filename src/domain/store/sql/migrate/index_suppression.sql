CREATE INDEX ON {data.suppression} (customer, since)
