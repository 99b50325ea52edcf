-- A member of an event's detail that a condition, a key, a day or a payload speaks of is no kind of event.
SELECT DISTINCT named.of, CASE named.of WHEN 'topic' THEN named.word ELSE lower(named.word) END
FROM (SELECT 'event' AS of, said.word
    FROM {data.journey_version} AS version,
        LATERAL (VALUES (version.head -> 'entry' ->> 'event'), (version.head -> 'goal' ->> 'event')) AS said (word)
    UNION ALL
    SELECT 'event', found.word #>> '{}'
    FROM {data.journey_version} AS version, jsonb_path_query(version.head, 'lax $.entry.cancelled_by[*]') AS found (word)
    WHERE version.head -> 'entry' ->> 'event' <> {ordered} OR found.word #>> '{}' <> {order}
    UNION ALL
    SELECT 'event', step.definition -> 'wait' ->> 'event' FROM {data.journey_step} AS step
    UNION ALL
    SELECT 'event', found.word #>> '{}'
    FROM (SELECT said.condition FROM {data.journey_version} AS version,
                LATERAL (VALUES (version.head -> 'who'), (version.head -> 'entry' -> 'condition'), (version.head -> 'exit' -> 'unless')) AS said (condition)
            UNION ALL
            SELECT step.definition -> 'branch' FROM {data.journey_step} AS step) AS asked,
        jsonb_path_query(asked.condition, {kinds}) AS found (word)
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
