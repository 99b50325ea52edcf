CREATE INDEX ON {data.alias} (kept)
