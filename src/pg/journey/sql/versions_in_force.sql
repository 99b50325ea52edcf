SELECT journey.journey, journey.version, journey.name
FROM {data.journey} AS journey
WHERE journey.status IN ('live', 'paused') AND journey.version IS NOT NULL
ORDER BY journey.journey
