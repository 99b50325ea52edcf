INSERT INTO {data.journey_state} (incarnation, home) VALUES ({incarnation}, {home})
ON CONFLICT (singleton) DO UPDATE SET incarnation = excluded.incarnation, home = excluded.home
