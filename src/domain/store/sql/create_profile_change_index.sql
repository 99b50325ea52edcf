CREATE INDEX ON {data.profile_change} (version, customer)
