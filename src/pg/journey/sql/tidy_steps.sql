UPDATE {data.journey_step} AS step
SET step = numbered.number, definition = step.definition || jsonb_build_object('name', step.name)
FROM (SELECT draft.step, row_number() OVER (ORDER BY draft.step) AS number
    FROM {data.journey_step} AS draft
    WHERE draft.journey = {journey} AND draft.version = {version}) AS numbered
WHERE step.journey = {journey} AND step.version = {version} AND numbered.step = step.step
    AND (numbered.number <> step.step OR step.definition ->> 'name' IS DISTINCT FROM step.name)
