-- The pairs of a JSON object in one line: numbers with six digits that count, arrays with spaces between.
coalesce((SELECT string_agg(pair.key || ' = ' || CASE json_typeof(pair.value) WHEN 'array' THEN
            (SELECT string_agg(item.item, ' ' ORDER BY item.place)
            FROM json_array_elements_text(pair.value) WITH ORDINALITY AS item (item, place))
        WHEN 'number' THEN (SELECT CASE WHEN number.n = 0 THEN '0' ELSE
            trim_scale(round(number.n, least(greatest(5 - floor(log(abs(number.n)))::int4, 0), 1000)))::text END
            FROM (SELECT (pair.value #>> '{}')::numeric AS n) AS number)
        ELSE pair.value #>> '{}' END, ', ' ORDER BY pair.place)
    FROM json_each(CASE json_typeof({object}) WHEN 'object' THEN {object} ELSE '{}'::json END)
        WITH ORDINALITY AS pair (key, value, place)
    WHERE json_typeof(pair.value) <> 'null'), '')
