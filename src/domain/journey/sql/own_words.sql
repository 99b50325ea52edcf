SELECT DISTINCT named.of, CASE named.of WHEN 'topic' THEN named.word ELSE lower(named.word) END
FROM (SELECT 'event' AS of, found.word #>> '{}' AS word
    FROM {data.journey_version} AS version, unnest(ARRAY['lax $.entry.event', 'lax $.entry.cancelled_by', 'lax $.goal.event']::jsonpath[]) AS way (path),
        jsonb_path_query(jsonb_path_query_array(version.head, way.path), 'lax $[*][*]') AS found (word)
    UNION ALL
    SELECT 'event', found.word #>> '{}'
    FROM {data.journey_step} AS step, jsonb_path_query(step.definition, 'lax $.wait.event') AS found (word)
    UNION ALL
    -- In a condition it is a kind, unless it compares a member of the entry's event.
    SELECT 'event', asked.condition ->> 'event'
    FROM (SELECT version.head FROM {data.journey_version} AS version
            UNION ALL SELECT step.definition FROM {data.journey_step} AS step) AS part (json),
        unnest(ARRAY['lax $.entry.condition.**', 'lax $.who.**', 'lax $.exit.**', 'lax $.branch.**']::jsonpath[]) AS way (path),
        jsonb_path_query(part.json, way.path) AS asked (condition)
    WHERE jsonb_typeof(asked.condition) = 'object' AND jsonb_typeof(asked.condition -> 'event') = 'string'
        AND asked.condition ->> 'of' IS DISTINCT FROM 'entry'
        AND NOT asked.condition ?| ARRAY['is', 'is_not', 'in', 'not_in', 'less_than', 'at_most', 'more_than', 'is_null', 'within_last', 'not_within_last']
    UNION ALL
    SELECT 'channel', found.word #>> '{}'
    FROM {data.journey_version} AS version, jsonb_path_query(version.head, 'lax $.**.channel') AS found (word)
    UNION ALL
    SELECT 'channel', found.word #>> '{}'
    FROM {data.journey_step} AS step, jsonb_path_query(step.definition, 'lax $.**.channel') AS found (word)
    UNION ALL
    SELECT 'topic', found.word #>> '{}'
    FROM {data.journey_step} AS step, jsonb_path_query(step.definition, 'lax $.act.topic') AS found (word)
    UNION ALL
    SELECT 'setting event', kinds.word
    FROM lifecycle.store AS store, jsonb_array_elements_text(store.settings -> 'event_kinds') AS kinds (word)
    WHERE store.store = {store}
    UNION ALL
    SELECT 'setting channel', channels.word
    FROM lifecycle.store AS store, jsonb_array_elements_text(store.settings -> 'channels') AS channels (word)
    WHERE store.store = {store}) AS named
WHERE named.word IS NOT NULL
ORDER BY 1, 2
