CREATE INDEX ON {data.profile_change} (at) WHERE kind = 'forgotten'
