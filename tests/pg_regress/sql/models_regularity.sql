-- how regularly a base buys: Wheat and Morrison's k on the CDNOW sample
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TABLE regular_base AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ANALYZE regular_base;
\set cnbdk `cat "$PG_ABS_SRCDIR/../data/cnbdk_reference.json"`

-- in plain SQL: k = (1 - 4v) / (8v), v = mean of (M - 1/2)^2, M = last gap / (last gap + the one before), over customers with two gaps
CREATE TEMP VIEW plain AS
    SELECT period, as_of, count(*) AS customers, (1 - 4 * avg((m - 0.5) ^ 2)) / (8 * avg((m - 0.5) ^ 2)) AS k FROM (
        SELECT period, as_of, (days[1] - days[2]) / (days[1] - days[3])::float8 AS m FROM (
            SELECT period, as_of, array_agg(DISTINCT ordered_on ORDER BY ordered_on DESC) AS days
            FROM cdnow, (VALUES ('calibration', '1997-09-30'::date), ('full_log', '1998-06-30')) AS v(period, as_of) WHERE ordered_on <= as_of GROUP BY period, as_of,
            customer_id) AS d WHERE cardinality(days) > 2) AS t GROUP BY period, as_of;
-- CDNOW buys at random times
SELECT period, customers, customers = (r ->> 'n_customers')::int AS same_customers, round(regularity::numeric, 5) AS regularity,
       abs(regularity / (r ->> 'k')::float8 - 1) < 1e-12 AS reference, abs(regularity / k - 1) < 1e-12 AS plain
FROM plain, LATERAL (SELECT regularity(h, as_of) AS regularity FROM regular_base) AS f, LATERAL (SELECT :'cnbdk'::jsonb #> ARRAY['cdnow_sample', 'regularity_' || period,
       'wheat_morrison'] AS r) AS r ORDER BY period;
-- as of then is as then; without as_of it is now(); in any order and in parallel the same to the last bit
SELECT regularity(h, '1997-09-30') = (SELECT regularity(until(h, '1997-09-30'), '1997-09-30') FROM regular_base) AS as_then, regularity(h) = regularity(h, now()) AS now,
       regularity(h, '1997-09-30' ORDER BY md5(customer_id::text)) = regularity(h, '1997-09-30' ORDER BY customer_id) AS any_order FROM regular_base;
SELECT regularity(h, '1997-09-30') AS serial FROM regular_base \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT regularity(h, '1997-09-30') FROM regular_base;
SELECT regularity(h, '1997-09-30') = :'serial'::float8 AS parallel FROM regular_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
SELECT count(*), bool_and(k = (SELECT regularity(h, '1997-09-30') FROM regular_base WHERE customer_id % 5 = g)) AS as_alone, min(k) > 0.9 AND max(k) < 1.3 AS random
       FROM (SELECT customer_id % 5 AS g, regularity(h, '1997-09-30') AS k FROM regular_base GROUP BY 1) AS t;

-- gaps of 10 and 30 days: M = 3/4, v = 1/16, k = 1.5. Only the last two count, refunds and further purchases of a day are no gaps
SELECT regularity('{2024-01-01 5, 2024-01-11 5, 2024-02-10 5}', '2024-12-31') AS two_gaps, regularity('{2023-06-01 5, 2024-01-01 5, 2024-01-11 5, 2024-02-10 5}',
       '2024-12-31') AS three,
       regularity('{2024-01-01 5, 2024-01-11 5, 2024-01-11T12:00:00Z 5, 2024-01-20 -5, 2024-02-10 5}', '2024-12-31') AS refund,
       regularity('{2024-01-01 5, 2024-01-11 5, 2024-02-10 5, 2024-02-11 5}', '2024-02-10') AS as_then;
-- equal gaps have no bound; next to nothing beside a long one: bursts
SELECT regularity(h, '2024-12-31') AS equal, regularity('{2000-01-01 5, 2000-01-02 5, 2024-01-01 5}', '2024-12-31') < 1e-3 AS bursts
       FROM unnest(ARRAY['{2024-01-01 5, 2024-01-11 5, 2024-01-21 5}', '{2024-01-01 5, 2024-02-01 5, 2024-03-03 5}']::purchase_history[]) AS h;
-- days are those of the session: 23:30 in Berlin is the day before
SELECT regularity(h, '2024-12-31') AS utc FROM (SELECT '{2024-01-01T12:00:00Z 5, 2024-01-11T23:30:00Z 5, 2024-02-10T12:00:00Z 5}'::purchase_history AS h) AS t;
SET TimeZone = 'Europe/Berlin';
SELECT round(regularity(h, '2024-12-31')::numeric, 6) AS berlin, round(((1 - 4 * v) / (8 * v))::numeric, 6) AS plain
       FROM (SELECT '{2024-01-01T12:00:00Z 5, 2024-01-11T23:30:00Z 5, 2024-02-10T12:00:00Z 5}'::purchase_history AS h, (29 / 40.0 - 0.5) ^ 2 AS v) AS t GROUP BY v;
SET TimeZone = 'UTC';
-- NULL without a customer who has two gaps
SELECT regularity(h, '2024-12-31') AS nobody FROM unnest(ARRAY[NULL, '{}', '{2024-01-01 5}', '{2024-01-01 5, 2024-02-01 5}',
       '{2024-01-01 5, 2024-01-01T12:00:00Z 5, 2024-02-01 5}', '{2024-01-01 5, 2024-02-01 5, 2025-01-01 5}']::purchase_history[]) AS h;
SELECT regularity(h, '2024-12-31') AS no_rows FROM regular_base WHERE false;
-- bad arguments
SELECT regularity(h, CASE customer_id WHEN 5 THEN '1997-09-29' ELSE '1997-09-30' END::timestamptz) FROM (SELECT * FROM regular_base ORDER BY customer_id) AS t;
SELECT regularity(h, NULL) FROM regular_base;
\set VERBOSITY sqlstate
SELECT regularity(h, 'infinity') FROM regular_base;
SELECT regularity(NULL::purchase_history, NULL);
\set VERBOSITY default
DROP TABLE regular_base;
