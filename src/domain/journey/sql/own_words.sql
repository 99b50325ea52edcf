SELECT DISTINCT named.of, CASE named.of WHEN 'topic' THEN named.word ELSE lower(named.word) END
FROM (SELECT 'event' AS of, found.word #>> '{}' AS word
    FROM {data.journey_version} AS version,
        jsonb_path_query(jsonb_build_array(version.head -> 'entry' -> 'event', version.head -> 'entry' -> 'cancelled_by',
            version.head -> 'goal' -> 'event'), 'lax $[*][*]') AS found (word)
    UNION ALL
    SELECT 'event', found.word #>> '{}'
    FROM {data.journey_step} AS step, jsonb_path_query(step.definition, 'lax $.wait.event') AS found (word)
    UNION ALL
    -- In a condition it is a kind, unless it compares a member of the entry's event.
    SELECT 'event', found.word #>> '{}'
    FROM (SELECT jsonb_build_array(version.head -> 'entry' -> 'condition', version.head -> 'who', version.head -> 'exit')
            FROM {data.journey_version} AS version
            UNION ALL SELECT step.definition -> 'branch' FROM {data.journey_step} AS step) AS part (json),
        jsonb_path_query(part.json, 'lax $.** ? (exists(@.event)
            && !(exists(@.is) || exists(@.is_not) || exists(@.in) || exists(@.not_in) || exists(@.less_than) || exists(@.at_most)
                || exists(@.more_than) || exists(@.is_null) || exists(@.within_last) || exists(@.not_within_last))
            && !(@.of == "entry")).event') AS found (word)
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
