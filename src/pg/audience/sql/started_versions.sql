-- The versions of journeys that customers can be in, or come to be in.
SELECT journey.journey, version.version, journey.name
FROM {data.journey} AS journey JOIN {data.journey_version} AS version ON version.journey = journey.journey
WHERE journey.status IN ('live', 'paused', 'held') AND version.started_at IS NOT NULL
ORDER BY journey.journey, version.version
