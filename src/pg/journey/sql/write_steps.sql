INSERT INTO {data.journey_step} (journey, version, step, name, definition)
SELECT {journey}, {version}, steps.number, steps.step ->> 'name', steps.step
FROM jsonb_array_elements($1::jsonb -> 'steps') WITH ORDINALITY AS steps (step, number)
