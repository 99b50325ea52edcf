-- Version 0.2.1 knew {"profile": COLUMN} alone. What is within an object that stands for a value, or that is as it is, stays.
WITH RECURSIVE part (journey, version, step, way, value) AS (
    SELECT step.journey, step.version, step.step, ARRAY['act', 'payload'], step.definition #> '{act,payload}'
    FROM {data.journey_step} AS step
    WHERE jsonb_typeof(step.definition #> '{act,payload}') = 'object'
    UNION ALL
    SELECT part.journey, part.version, part.step, part.way || member.name, member.value
    FROM part CROSS JOIN LATERAL (
        SELECT object.key, object.value
        FROM jsonb_each(CASE jsonb_typeof(part.value) WHEN 'object' THEN part.value ELSE jsonb_build_object() END) AS object
        UNION ALL
        SELECT (element.place - 1)::text, element.value
        FROM jsonb_array_elements(CASE jsonb_typeof(part.value) WHEN 'array' THEN part.value ELSE jsonb_build_array() END)
            WITH ORDINALITY AS element (value, place)) AS member (name, value)),
object AS MATERIALIZED (
    SELECT part.journey, part.version, part.step, part.way, part.value, keys.keys,
        keys.keys <@ ARRAY['profile', 'event', 'order', 'code', 'default', 'before', 'after', 'format', 'currency', 'locale']
            AND cardinality(ARRAY(SELECT unnest(keys.keys) INTERSECT SELECT unnest(ARRAY['profile', 'event', 'order', 'code']))) = 1
            AS is_reference
    FROM part CROSS JOIN LATERAL (SELECT ARRAY(SELECT jsonb_object_keys(part.value)) AS keys) AS keys
    WHERE jsonb_typeof(part.value) = 'object'),
found AS (
    SELECT object.journey, object.version, object.step, object.way, object.value,
        row_number() OVER (PARTITION BY object.journey, object.version, object.step ORDER BY object.way) AS place
    FROM object
    WHERE object.is_reference AND object.keys <> ARRAY['profile'] AND NOT EXISTS (
        SELECT FROM object AS around
        WHERE around.journey = object.journey AND around.version = object.version AND around.step = object.step
            AND cardinality(around.way) < cardinality(object.way)
            AND object.way[1:cardinality(around.way)] = around.way
            AND (around.is_reference OR around.keys = ARRAY['as_is']))),
changed (journey, version, step, place, definition) AS (
    SELECT step.journey, step.version, step.step, 0::bigint, step.definition
    FROM {data.journey_step} AS step
    UNION ALL
    SELECT changed.journey, changed.version, changed.step, found.place,
        jsonb_set(changed.definition, found.way, jsonb_build_object('as_is', found.value))
    FROM changed JOIN found ON found.journey = changed.journey AND found.version = changed.version AND found.step = changed.step
        AND found.place = changed.place + 1)
UPDATE {data.journey_step} AS step
SET definition = last.definition
FROM (SELECT DISTINCT ON (changed.journey, changed.version, changed.step) changed.*
        FROM changed ORDER BY changed.journey, changed.version, changed.step, changed.place DESC) AS last
WHERE step.journey = last.journey AND step.version = last.version AND step.step = last.step AND last.place > 0
