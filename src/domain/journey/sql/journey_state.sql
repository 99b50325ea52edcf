INSERT INTO {data.journey_state} DEFAULT VALUES
