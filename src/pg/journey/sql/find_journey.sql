SELECT journey.journey, journey.status, journey.version, newest.version, newest.started_at IS NULL
FROM {data.journey} AS journey
    LEFT JOIN LATERAL (
        SELECT version.version, version.started_at
        FROM {data.journey_version} AS version
        WHERE version.journey = journey.journey
        ORDER BY version.version DESC LIMIT 1) AS newest ON true
WHERE journey.name = $1
