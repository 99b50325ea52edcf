CREATE INDEX IF NOT EXISTS code_pool_number_idx ON {data.code} (pool, number) WHERE action IS NULL
