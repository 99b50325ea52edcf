ALTER TABLE {data.journey} DROP CONSTRAINT IF EXISTS journey_status_check
