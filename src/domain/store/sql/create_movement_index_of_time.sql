-- The newest moves of all.
CREATE INDEX ON {data.movement} (at, id)
