-- a version's definition, put together from its rows: the name of a step is the one in its column
SELECT version.head || jsonb_build_object('steps', COALESCE((
    SELECT jsonb_agg(step.definition || jsonb_build_object('name', step.name) ORDER BY step.step)
    FROM {data.journey_step} AS step
    WHERE step.journey = version.journey AND step.version = version.version), '[]'))
FROM {data.journey_version} AS version
WHERE version.journey = $1::int4 AND version.version = $2::int4
