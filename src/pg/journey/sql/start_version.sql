UPDATE {data.journey_version} AS version
SET started_at = now()
WHERE version.journey = {journey} AND version.version = {version} AND version.started_at IS NULL
