-- Draws the table tracking (week integer, actual numeric, expected numeric), cumulative purchases by week, as a chart of
-- 78 columns for the terminal. The weeks up to :split have been fitted, those after it were held out.
--
--   \set split 39
--   CREATE TEMP TABLE tracking AS SELECT week, actual, expected FROM …;
--   \ir tracking_chart.sql

\set width 70
\set height 20

WITH extent AS (
    SELECT max(week) AS weeks, max(greatest(actual, expected)) AS highest FROM tracking
), scale AS (
    -- The top is the next multiple of 1, 5, 10, 50, 100, 500 … with one digit or two: 4,562 gives 5,000.
    SELECT weeks, ceil(highest / unit) * unit AS top
    FROM extent, LATERAL (SELECT greatest(10.0 ^ floor(log(greatest(highest, 1))) / 2, 1) AS unit) AS u
), points AS (
    -- If there are more weeks than columns, a column shows its last week.
    SELECT DISTINCT ON (x) x, round(:height * actual / top) AS actual, round(:height * expected / top) AS expected
    FROM tracking, scale, LATERAL (SELECT ceil(week * :width / weeks::numeric) AS x) AS place
    ORDER BY x, week DESC
), cells AS (
    SELECT x, y, CASE
        WHEN actual = y AND expected = y THEN '*'
        WHEN actual = y THEN 'o'
        WHEN expected = y THEN '-'
        WHEN x = ceil(:split * :width / weeks::numeric) THEN ':'
        ELSE ' ' END AS mark
    FROM scale, generate_series(1, :width) AS x CROSS JOIN generate_series(0, :height) AS y LEFT JOIN points USING (x)
), lines AS (
    -- Every fifth line says how much it stands for.
    SELECT 1 - y AS line, CASE WHEN y % 5 = 0 THEN to_char(top * y / :height, '999,999') || ' |' ELSE '         |' END
        || rtrim(string_agg(mark, '' ORDER BY x)) AS text
    FROM cells, scale GROUP BY y, top
    UNION ALL
    SELECT 2, '         +' || repeat('-', :width)
    UNION ALL
    -- Every thirteenth week, its number ending below its column.
    SELECT 3, '    week  ' || string_agg(lpad(week::text, x - before), '' ORDER BY week)
    FROM (
        SELECT week, x, lag(x, 1, 0) OVER (ORDER BY week) AS before
        FROM scale, generate_series(13, weeks, 13) AS week,
            LATERAL (SELECT ceil(week * :width / weeks::numeric)::integer AS x) AS place
    ) AS ticks
    UNION ALL
    SELECT 4, E'\n          o actual   - expected   * both   : end of week ' || :split || ', where the forecast begins'
    UNION ALL
    SELECT 5, format('          after it: %s actual, %s expected (%s %%)',
        round(after.actual), round(after.expected), to_char(100 * (after.expected / nullif(after.actual, 0) - 1), 'FMS990.0'))
    FROM (
        SELECT max(actual) - max(actual) FILTER (WHERE week <= :split) AS actual,
            max(expected) - max(expected) FILTER (WHERE week <= :split) AS expected
        FROM tracking
    ) AS after
)
SELECT text FROM lines ORDER BY line
\g (tuples_only=on format=unaligned)
