CREATE INDEX ON {data.audience_log} (audience, id)
