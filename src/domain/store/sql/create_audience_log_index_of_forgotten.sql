CREATE INDEX ON {data.audience_log} (at) WHERE kind = 'forgotten'
