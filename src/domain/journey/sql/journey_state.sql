INSERT INTO {data.journey_state} (incarnation, home) VALUES ({incarnation}, {home})
