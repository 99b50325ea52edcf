SELECT DISTINCT named.of, CASE named.of WHEN 'topic' THEN named.word ELSE lower(named.word) END
FROM (SELECT 'event' AS of, found.word #>> '{}' AS word
    FROM {data.journey_version} AS version, jsonb_path_query(version.head, 'lax $.**.event') AS found (word)
    UNION ALL
    SELECT 'event', found.word #>> '{}'
    FROM {data.journey_step} AS step, jsonb_path_query(step.definition, 'lax $.**.event') AS found (word)
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
