INSERT INTO {table.journey_state} DEFAULT VALUES
