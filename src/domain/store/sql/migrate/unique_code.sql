CREATE UNIQUE INDEX IF NOT EXISTS code_lower_idx ON {data.code} (lower(code))
