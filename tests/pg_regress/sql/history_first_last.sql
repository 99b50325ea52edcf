-- first and last: the value at one end of the rows
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';
\pset null (null)

SELECT lifecycle.first(channel, at), lifecycle.last(channel, at) FROM (VALUES ('shop', '2024-01-02'::timestamptz), ('web', '2024-01-01'), ('mail', '2024-01-03')) AS t (channel, at);
-- rows with a NULL are left out; no rows give NULL
SELECT lifecycle.first(channel, at), lifecycle.last(channel, at) FROM (VALUES (NULL, '2024-01-01'::timestamptz), ('web', '2024-01-02'), ('shop', NULL), (NULL, '2024-01-03')) AS t (channel, at);
SELECT lifecycle.first(NULL, now()), lifecycle.last('web', NULL), lifecycle.last('', now()) = '' AS empty;
SELECT lifecycle.first('web', now()), lifecycle.last('web', now()) WHERE false;
-- of several at one instant the smallest in order of the bytes; infinite instants are instants
SELECT lifecycle.first(channel, at), lifecycle.last(channel, at) FROM (VALUES ('b', 'infinity'::timestamptz), ('a', 'infinity'), ('B', 'infinity'), ('d', '-infinity'), ('cc', '-infinity'), ('c', '-infinity'), ('x', now())) AS t (channel, at);
-- as a window, state by state, with values that grow and shrink
SELECT i, length(lifecycle.last(repeat('x', i % 7 * 20), '2024-01-01'::timestamptz + i * interval '1 s') OVER (ORDER BY i)) AS latest,
    length(lifecycle.first(repeat('x', i % 7 * 20), '2024-01-01'::timestamptz - i * interval '1 s') OVER (ORDER BY i)) AS earliest
FROM generate_series(1, 10) AS i;
-- long ones, compressed and stored apart
CREATE TEMP TABLE long_values AS SELECT i, repeat(i::text, 100000) AS value, '2024-01-01'::timestamptz + i * interval '1 s' AS at FROM generate_series(1, 5) AS i;
SELECT left(lifecycle.first(value, at), 3), length(lifecycle.first(value, at)), left(lifecycle.last(value, at), 3), length(lifecycle.last(value, at)) FROM long_values;

-- equal to plain SQL in any order of the rows, in one process and in several
CREATE TABLE dated_values AS
SELECT i % 1000 AS customer, CASE WHEN i % 11 > 0 THEN left(md5(i::text), i % 40) END AS value,
    CASE WHEN i % 13 > 0 THEN '2024-01-01'::timestamptz + (hashint4(i) % 30) * interval '1 hour' END AS at
FROM generate_series(1, 30000) AS i;
CREATE TABLE expected_values AS
SELECT customer, (array_agg(value ORDER BY at, value COLLATE "C"))[1] AS earliest, (array_agg(value ORDER BY at DESC, value COLLATE "C"))[1] AS latest
FROM dated_values WHERE value IS NOT NULL AND at IS NOT NULL GROUP BY customer;
CREATE VIEW wrong_values AS
SELECT * FROM (SELECT customer, lifecycle.first(value, at), lifecycle.last(value, at) FROM dated_values GROUP BY customer) AS t
EXCEPT SELECT * FROM expected_values;
SELECT count(*) AS customers, count(earliest) AS with_value FROM expected_values;
SELECT count(*) AS wrong FROM wrong_values;
SELECT count(*) AS wrong FROM (
    SELECT customer, lifecycle.first(value, at ORDER BY value DESC), lifecycle.last(value, at ORDER BY at, value) FROM dated_values GROUP BY customer
    EXCEPT SELECT * FROM expected_values) AS t;
ALTER TABLE dated_values SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT customer, lifecycle.first(value, at), lifecycle.last(value, at) FROM dated_values GROUP BY customer;
SELECT count(*) AS wrong FROM wrong_values;
SELECT lifecycle.first(value, at) = (array_agg(value ORDER BY at, value COLLATE "C") FILTER (WHERE value IS NOT NULL AND at IS NOT NULL))[1] AS earliest FROM dated_values;
RESET ALL;

-- the inner functions are for aggregates, which may come with any state
SELECT lifecycle.first_accum('', 'web', now());
SELECT lifecycle.last_combine('', '');
SELECT lifecycle.first_final('\x01');
CREATE AGGREGATE broken(text, timestamptz) (SFUNC = lifecycle.last_accum, STYPE = bytea, INITCOND = '\x0000000000000000ff000000');
SELECT broken('web', now());
DROP AGGREGATE broken(text, timestamptz);
DROP VIEW wrong_values;
DROP TABLE dated_values, expected_values;
