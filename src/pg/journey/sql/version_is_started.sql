SELECT version.started_at IS NOT NULL
FROM {schema}.journey_version AS version
WHERE version.journey = {journey} AND version.version = {version}
FOR SHARE
