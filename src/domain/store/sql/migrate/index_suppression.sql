CREATE INDEX IF NOT EXISTS suppression_customer_since_idx ON {data.suppression} (customer, since)
