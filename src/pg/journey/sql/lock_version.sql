SELECT FROM {data.journey_version} AS version
WHERE version.journey = {journey} AND version.version = {version}
FOR NO KEY UPDATE
