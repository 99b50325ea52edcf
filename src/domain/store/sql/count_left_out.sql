WITH left_out AS MATERIALIZED (
    SELECT left_out.word, count(*) AS rows
    FROM {view} AS left_out
    WHERE {whom} AND lower(left_out.word) <> ALL (ARRAY[{own}]::text[])
    GROUP BY left_out.word)
SELECT COALESCE(sum(left_out.rows), 0)::int8,
    (SELECT string_agg(most.word, ', ' ORDER BY most.rows DESC, most.word)
        FROM (SELECT left(left_out.word, 40) AS word, left_out.rows FROM left_out ORDER BY left_out.rows DESC, left_out.word LIMIT 5) AS most)
FROM left_out
