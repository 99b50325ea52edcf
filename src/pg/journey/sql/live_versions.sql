SELECT journey.journey, journey.name, version.version, (version.version = journey.version)::text, journey.started_at
FROM {data.journey} AS journey JOIN {data.journey_version} AS version ON version.journey = journey.journey
WHERE journey.status = 'live' AND version.started_at IS NOT NULL
ORDER BY journey.journey, version.version
