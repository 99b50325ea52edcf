-- cohort retention: customers by the period of their first purchase, and what they did in each period since
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- a small base, to be checked by hand
CREATE TEMP TABLE small (name text, h purchase_history);
INSERT INTO small VALUES
    ('stays, pauses, comes back',  '{2024-01-05 10, 2024-01-20 5, 2024-02-05 20, 2024-04-30T23:59:59.999999Z 30}'),
    ('is refunded in February',    '{2024-01-31 100, 2024-02-01 -20, 2024-03-31 8}'),
    ('refunded before and at first', '{2023-12-31 -7, 2024-03-01 -1, 2024-03-05 50}'),
    ('refunds only',               '{2024-01-01 -9}'),
    ('empty', '{}'), ('null', NULL);
SELECT cohort, age, period_start, complete, customers, active, active_share, orders, revenue, round(cumulative_revenue_per_customer, 2) AS cumulative FROM (SELECT cohort_retention(h, '1 month', '2024-05-15') AS cells FROM small) AS t, unnest(cells);
-- a period begins with its first instant and ends before the first of the next; what comes after as_of is not known yet
SELECT as_of, cohort, age, complete, customers, active, revenue
FROM unnest(ARRAY['2024-01-30 23:59:59', '2024-01-31', '2024-01-31 23:59:59.999998', '2024-01-31 23:59:59.999999', '2024-02-01', '2024-02-05']::timestamptz[]) AS as_of,
     LATERAL (SELECT cohort_retention(h, '1 month', as_of) AS cells FROM small) AS t, unnest(cells) ORDER BY as_of, cohort, age;
-- the months of the session: in Berlin clocks were put forward on the last day of March
CREATE TEMP VIEW at_midnight AS SELECT '{2024-03-31T21:59:59.999999Z 1, 2024-03-31T22:00:00Z 2}'::purchase_history AS h;
SELECT cohort, age, active, orders, revenue FROM (SELECT cohort_retention(h, '1 month', '2024-04-02') AS cells FROM at_midnight) AS t, unnest(cells);
SET TimeZone = 'Europe/Berlin';
SELECT cohort, age, active, orders, revenue FROM (SELECT cohort_retention(h, '1 month', '2024-04-02') AS cells FROM at_midnight) AS t, unnest(cells);
SET TimeZone = 'UTC';
-- nobody has bought yet: nothing to show; NULL without rows
SELECT cohort_retention(h, '1 month', '2024-01-04') AS before FROM small;
SELECT cohort_retention(h, '1 month', '2024-05-15') AS nobody FROM small WHERE name IN ('null', 'empty', 'refunds only');
SELECT cohort_retention(h, '1 month') FROM small WHERE false;
-- without as_of it is now()
SELECT cohort_retention(h, '1 month') = cohort_retention(h, '1 month', now()) AS now FROM small;
-- amounts at the end of their range are added up exactly
SELECT revenue, cumulative_revenue_per_customer FROM (SELECT cohort_retention(h, '1 year', '2024-12-31') AS cells FROM unnest(ARRAY['{2024-01-01 922337203685477.5807, 2024-01-02 922337203685477.5807}', '{2024-01-03 922337203685477.5807}']::purchase_history[]) AS h) AS t, unnest(cells);

-- plain SQL: the definition over a table of orders, in the zone of the session
CREATE TEMP TABLE shop (customer_id int, ordered_at timestamptz, amount numeric);
CREATE TEMP VIEW shop_histories AS SELECT customer_id, purchase_history(ordered_at, amount) AS h FROM shop GROUP BY customer_id;
CREATE FUNCTION pg_temp.plain(unit text, step interval, as_of timestamptz) RETURNS SETOF cohort_cell LANGUAGE sql AS $$
    WITH known AS MATERIALIZED (SELECT customer_id, date_trunc(unit, ordered_at)::date AS p, amount FROM shop WHERE ordered_at <= as_of),
         born AS MATERIALIZED (SELECT customer_id, min(p) AS cohort FROM known WHERE amount >= 0 GROUP BY 1),
         grid AS (SELECT cohort, n - 1 AS age, p::date FROM (SELECT DISTINCT cohort FROM born) AS c, generate_series(cohort::timestamp, date_trunc(unit, as_of)::date, step) WITH ORDINALITY AS s(p, n)),
         sizes AS (SELECT cohort, count(*) AS customers FROM born GROUP BY 1),
         sums AS (SELECT cohort, p, count(DISTINCT customer_id) FILTER (WHERE amount >= 0) AS active, count(*) FILTER (WHERE amount >= 0) AS orders, sum(amount) AS revenue FROM known JOIN born USING (customer_id) GROUP BY 1, 2)
    SELECT cohort, age, p, (p + step)::timestamptz <= as_of + interval '1 microsecond', customers, coalesce(active, 0), coalesce(active, 0)::float8 / customers, coalesce(orders, 0), coalesce(revenue, 0),
           round(sum(coalesce(revenue, 0)) OVER (PARTITION BY cohort ORDER BY age) / customers, 12)
    FROM grid JOIN sizes USING (cohort) LEFT JOIN sums USING (cohort, p) ORDER BY cohort, age
$$;
-- a quotient's digits are the server's choice: compare twelve
CREATE FUNCTION pg_temp.rounded(cells cohort_cell[]) RETURNS cohort_cell[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg((cohort, age, period_start, complete, customers, active, active_share, orders, revenue, round(cumulative_revenue_per_customer, 12))::cohort_cell ORDER BY cohort, age), '{}') FROM unnest(cells)
$$;
CREATE TEMP VIEW units AS SELECT * FROM (VALUES ('week', interval '7 days'), ('month', '1 month'), ('quarter', '3 months'), ('year', '1 year')) AS u(unit, step);

-- CDNOW: three cohorts of months, all customers and orders in them
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
INSERT INTO shop SELECT customer_id, ordered_on, amount FROM cdnow;
ANALYZE shop;
SELECT unit, as_of::date, cardinality(cohort_retention(h, step, as_of)) AS cells, pg_temp.rounded(cohort_retention(h, step, as_of)) = ARRAY(SELECT pg_temp.plain(unit, step, as_of)) AS same
FROM units, unnest(ARRAY['1997-02-10', '1998-07-01']::timestamptz[]) AS as_of, shop_histories GROUP BY unit, step, as_of ORDER BY step, as_of;
SELECT cohort, max(customers) AS customers, sum(orders) AS orders, sum(revenue) AS revenue, count(*) AS ages FROM (SELECT cohort_retention(h, '1 month', '1998-06-30') AS cells FROM shop_histories) AS t, unnest(cells) GROUP BY cohort ORDER BY cohort;
SELECT cohort, max(customers) AS customers, max(active) FILTER (WHERE age = 1) AS age_1, max(active) FILTER (WHERE age = 2) AS age_2, max(active) FILTER (WHERE age = 3) AS age_3, max(active) FILTER (WHERE age = 12) AS age_12, round(max(cumulative_revenue_per_customer) FILTER (WHERE age = 12), 2) AS value_12
FROM (SELECT cohort_retention(h, '1 month', '1998-06-30') AS cells FROM shop_histories) AS t, unnest(cells) GROUP BY cohort ORDER BY cohort;

-- random orders, many of them about midnight at the ends of months, with refunds, of customers some of whom never bought
TRUNCATE shop;
SELECT setseed(0.4);
INSERT INTO shop SELECT (random() * 250)::int, CASE WHEN i % 3 = 0 THEN date_trunc('month', t, 'UTC') + (random() - 0.5) * interval '12 hours' ELSE t END, round((random() * 100 - CASE WHEN i % 5 = 0 THEN 100 ELSE 0 END)::numeric, 4)
FROM (SELECT i, timestamptz '2023-11-20 UTC' + random() * random() * interval '760 days' + (i % 250) % 40 * interval '11 days' AS t FROM generate_series(1, 2500) AS i) AS r;
INSERT INTO shop SELECT 1000 + i, timestamptz '2023-10-01' + i * interval '13 days', -i FROM generate_series(1, 20) AS i;
ANALYZE shop;
CREATE TEMP VIEW random_check AS
    SELECT count(*) AS groups, bool_and(pg_temp.rounded(cells) = ARRAY(SELECT pg_temp.plain(unit, step, as_of))) AS same, bool_and(cardinality(cells) > 0) AS not_empty FROM (
        SELECT unit, step, as_of, cohort_retention(h, step, as_of) AS cells
        FROM units, unnest(ARRAY['2024-03-31 00:30', '2024-03-31 23:59:59.999999', '2024-04-01', '2024-10-27 02:30', '2024-11-03 01:30', '2025-12-31']::timestamptz[]) AS as_of, shop_histories GROUP BY unit, step, as_of) AS c;
SELECT * FROM random_check;
SET TimeZone = 'Europe/Berlin';
SELECT * FROM random_check;
SET TimeZone = 'America/New_York';
SELECT * FROM random_check;
SET TimeZone = 'UTC';
-- what the cohorts' cells of a period add up to is what growth_accounting counts in it
SELECT count(*), bool_and(g.new = c.new AND g.active = c.active) AS same
FROM (SELECT growth_accounting(h, '1 month', '2025-12-31') AS points, cohort_retention(h, '1 month', '2025-12-31') AS cells FROM shop_histories) AS t, unnest(points) AS g,
     LATERAL (SELECT coalesce(sum(active) FILTER (WHERE age = 0), 0) AS new, coalesce(sum(active), 0) AS active FROM unnest(cells) AS c WHERE c.period_start = g.period_start) AS c;

-- in any order, in parallel, and by groups the same
CREATE TABLE cohort_base AS SELECT customer_id, h FROM shop_histories;
ANALYZE cohort_base;
SELECT cohort_retention(h, '1 month', '2025-12-31') AS serial FROM cohort_base \gset
SELECT cohort_retention(h, '1 month', '2025-12-31' ORDER BY md5(customer_id::text)) = :'serial'::cohort_cell[] AS any_order FROM cohort_base;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT cohort_retention(h, '1 month', '2025-12-31') FROM cohort_base;
SELECT cohort_retention(h, '1 month', '2025-12-31') = :'serial'::cohort_cell[] AS parallel FROM cohort_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
SELECT count(*), bool_and(cells = (SELECT cohort_retention(h, '1 month', '2025-12-31') FROM cohort_base WHERE customer_id % 5 = g)) AS as_alone FROM (SELECT customer_id % 5 AS g, cohort_retention(h, '1 month', '2025-12-31') AS cells FROM cohort_base GROUP BY 1) AS t;

-- bad arguments
SELECT cohort_retention(h, '1 month 1 day') FROM small;
SELECT cohort_retention(h, '1 day', '2024-05-15') FROM (SELECT purchase_history(d) AS h FROM generate_series(timestamptz '2020-01-01', '2024-01-01', '1 day') AS d GROUP BY d) AS t;
SELECT cohort_retention(h, '1 day', '2999-12-31') FROM small;
SELECT cohort_retention(h, CASE name WHEN 'null' THEN interval '7 days' ELSE '1 month' END, '2024-05-15') FROM small;
\set VERBOSITY sqlstate
SELECT cohort_retention(h, '12 hours') FROM small;
SELECT cohort_retention(h, '-1 month') FROM small;
SELECT cohort_retention(h, '1001 years') FROM small;
SELECT cohort_retention(h, NULL) FROM small;
SELECT cohort_retention(h, '1 month', NULL) FROM small;
SELECT cohort_retention(h, '1 month', '-infinity') FROM small;
SELECT cohort_retention(h, '1 month', CASE name WHEN 'null' THEN '2024-05-14' ELSE '2024-05-15' END::timestamptz) FROM small;
\set VERBOSITY default
DROP TABLE cohort_base;
