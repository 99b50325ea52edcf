-- A customer's moves in order, and with them the time in a stage without a look at the table.
CREATE INDEX ON {data.movement} (customer, at, id) INCLUDE (stage_before, stage_after)
