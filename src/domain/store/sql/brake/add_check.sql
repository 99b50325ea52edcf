ALTER TABLE {data.journey} ADD CONSTRAINT journey_status_check CHECK (status IN ('draft', 'live', 'paused', 'held', 'ended'))
