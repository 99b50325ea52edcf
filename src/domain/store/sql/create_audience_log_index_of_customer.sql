CREATE INDEX ON {data.audience_log} (customer, audience)
