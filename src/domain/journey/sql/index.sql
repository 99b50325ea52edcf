CREATE INDEX ON {table} {rest}
