INSERT INTO {data.journey_state} (policy) VALUES ($1::jsonb)
ON CONFLICT (singleton) DO UPDATE SET policy = excluded.policy
