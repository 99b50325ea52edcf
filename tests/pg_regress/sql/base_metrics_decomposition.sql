-- why revenue changed from one period to another: customers, orders of each, order value
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- one customer with an order of 1 becomes two with two orders each of 2: each factor doubles, and made a third of the change; the rounding's rest is with the value
SELECT (revenue_decomposition(h, '[2024-01-01, 2024-02-01)', '[2024-02-01, 2024-03-01)')).* FROM (VALUES
    ('{2024-01-05 1, 2024-02-05 2, 2024-02-06 2}'::purchase_history), ('{2024-02-05 2, 2024-02-06 2}'), (NULL), ('{}')) AS v (h) \gx
SELECT customers_effect, frequency_effect, value_effect, customers_effect + frequency_effect + value_effect = revenue_change AS exact
FROM (SELECT (revenue_decomposition(h, '[2024-01-01, 2024-02-01)', '[2024-02-01, 2024-03-01)')).* FROM (VALUES ('{2024-01-05 1.0001, 2024-02-05 2.0001, 2024-02-06 2}'::purchase_history), ('{2024-02-05 2, 2024-02-06 2}')) AS v (h)) AS s;
-- a factor that changes alone makes the whole change
SELECT kind, revenue_change, customers_effect, frequency_effect, value_effect FROM (SELECT kind, (revenue_decomposition(h, '[2024-01-01, 2024-02-01)', '[2024-02-01, 2024-03-01)')).* FROM (VALUES
    ('customers', '{2024-01-05 5, 2024-02-05 5}'::purchase_history), ('customers', '{2024-02-05 5}'), ('frequency', '{2024-01-05 5, 2024-02-05 5, 2024-02-06 5}'), ('value', '{2024-01-05 5, 2024-02-05 15}'), ('nothing', '{2024-01-05 5, 2024-02-05 5}'),
    ('nobody before', '{2024-02-05 5, 2024-02-06 7}'), ('nobody after', '{2024-01-05 5}'), ('refund after', '{2024-01-05 5, 2024-02-05 -3}'), ('refunds only', '{2024-01-05 -5, 2024-02-05 -3}'), ('nobody', NULL)) AS v (kind, h) GROUP BY kind) AS s ORDER BY kind;
-- the ends of a period, with and without them, and open ones; a purchase of the last microsecond
CREATE TEMP TABLE ends AS SELECT '{2024-01-01 1, 2024-01-31T23:59:59.999999Z 10, 2024-02-01 100, 2024-02-01T00:00:00.000001Z 1000}'::purchase_history AS h;
SELECT period, (revenue_decomposition(h, period, '(,)')).revenue_before FROM ends, unnest(ARRAY['[2024-01-01, 2024-02-01)', '[2024-01-01, 2024-02-01]', '(2024-01-01, 2024-02-01)', '(2024-01-01, 2024-02-01]', '[2024-02-01, 2024-02-01]', '[2024-02-01,)', '(2024-02-01,)', '(,2024-01-01]', '(,2024-01-01)', '(,)',
    '[-infinity, infinity]', '[-infinity, 2024-02-01)']::tstzrange[]) AS period GROUP BY period ORDER BY period;
-- a day's period in a zone with 23 hours: from midnight to midnight
SET TimeZone = 'Europe/Berlin';
SELECT (d).revenue_before, (d).revenue_after FROM (SELECT revenue_decomposition(h, '[2024-03-30, 2024-03-31)', '[2024-03-31, 2024-04-01)') AS d FROM (VALUES ('{2024-03-30T22:59:59.999999Z 1, 2024-03-30T23:00:00Z 10, 2024-03-31T21:59:59.999999Z 100, 2024-03-31T22:00:00Z 1000}'::purchase_history)) AS v (h)) AS s;
SET TimeZone = 'UTC';
SELECT revenue_decomposition(h, '(,)', '(,)') FROM ends WHERE h IS NULL;
SELECT i, (revenue_decomposition(h, '[2024-01-01, 2024-02-01)', '(,)') OVER (ORDER BY i)).revenue_before FROM ends, generate_series(1, 3) AS i ORDER BY i;

-- against plain SQL: real orders, and random ones with refunds in any period
CREATE TEMP TABLE orders (base text, c int, at timestamptz, amount numeric);
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
INSERT INTO orders SELECT 'cdnow', customer_id, ordered_on, amount FROM cdnow;
INSERT INTO orders SELECT 'random', (hashint8(i)::bigint & 2147483647) % 300, timestamptz '1997-01-01' + ((hashint8(i + 7)::bigint & 2147483647) % 47000000) * interval '1 second',
       round(((hashint8(i + 99)::bigint & 2147483647) % 10000000 - 1500000) / 10000.0, 4) FROM generate_series(1, 1200) AS i;
CREATE TEMP TABLE periods (n int, before tstzrange, after tstzrange);
INSERT INTO periods VALUES (1, '[1997-01-01, 1997-02-01)', '[1997-02-01, 1997-03-01)'), (2, '[1997-07-01, 1998-01-01)', '[1998-01-01, 1998-07-01)'), (3, '[1997-01-01, 1998-01-01)', '[1997-07-01, 1998-07-01)'),
       (4, '[1996-01-01, 1997-01-01)', '[1997-01-01, 1998-01-01)'), (5, '(,1997-06-05]', '(1997-06-05,)'), (6, '[1998-01-01, 1998-07-01)', '[1997-07-01, 1998-01-01)'), (7, '[1997-03-05, 1997-03-06)', '[1997-03-04, 1997-03-05)');
CREATE TEMP TABLE found AS SELECT base, n, (revenue_decomposition(h, before, after)).* FROM (SELECT base, c, purchase_history(at, amount) AS h FROM orders GROUP BY base, c) AS b, periods GROUP BY base, n;
CREATE TEMP VIEW figures AS SELECT base, n,
    count(DISTINCT c) FILTER (WHERE at <@ before AND amount >= 0) AS c0, count(*) FILTER (WHERE at <@ before AND amount >= 0) AS o0, coalesce(sum(amount) FILTER (WHERE at <@ before), 0) AS r0,
    count(DISTINCT c) FILTER (WHERE at <@ after AND amount >= 0) AS c1, count(*) FILTER (WHERE at <@ after AND amount >= 0) AS o1, coalesce(sum(amount) FILTER (WHERE at <@ after), 0) AS r1 FROM orders, periods GROUP BY base, n;
SELECT base, n, customers_before, customers_after, revenue_change, (customers_before, customers_after, orders_before, orders_after, revenue_before, revenue_after, orders_per_customer_before, orders_per_customer_after)
       IS NOT DISTINCT FROM (c0, c1, o0, o1, r0, r1, o0 / nullif(c0, 0)::float8, o1 / nullif(c1, 0)::float8) AS figures,
       (average_order_value_before, average_order_value_after) IS NOT DISTINCT FROM (r0 / nullif(o0, 0), r1 / nullif(o1, 0)) AS order_value FROM found JOIN figures USING (base, n) ORDER BY base, n;
-- Shapley: each factor's own change, averaged over the six orders in which the three can be replaced, in numeric with 40 decimals; the effects add up to the last digit
WITH factors AS (SELECT base, n, ARRAY[c0, o0::numeric(80, 40) / c0, r0::numeric(80, 40) / o0] AS f0, ARRAY[c1, o1::numeric(80, 40) / c1, r1::numeric(80, 40) / o1] AS f1 FROM figures WHERE o0 > 0 AND o1 > 0),
     permutations (p) AS (VALUES (ARRAY[1, 2, 3]), (ARRAY[1, 3, 2]), (ARRAY[2, 1, 3]), (ARRAY[2, 3, 1]), (ARRAY[3, 1, 2]), (ARRAY[3, 2, 1])),
     steps AS (SELECT base, n, p[s] AS factor, (f1[p[s]] - f0[p[s]]) * CASE WHEN s > 1 THEN f1[p[1]] ELSE f0[p[2]] END * CASE WHEN s > 2 THEN f1[p[2]] ELSE f0[p[3]] END AS made FROM factors, permutations, generate_series(1, 3) AS s),
     plain AS (SELECT base, n, round(sum(made) FILTER (WHERE factor = 1) / 6, 4) AS customers, round(sum(made) FILTER (WHERE factor = 2) / 6, 4) AS frequency, sum(made) FILTER (WHERE factor = 3) / 6 AS value FROM steps GROUP BY base, n)
SELECT base, n, customers_effect, frequency_effect, value_effect, customers_effect = customers AND frequency_effect = frequency AS same, abs(value_effect - value) <= 0.00011 AS rest, customers_effect + frequency_effect + value_effect = revenue_change AND revenue_change = revenue_after - revenue_before AS exact
FROM found JOIN plain USING (base, n) ORDER BY base, n;
SELECT base, n, customers_effect = revenue_change AND frequency_effect = 0 AND value_effect = 0 AS all_of_it FROM found JOIN figures USING (base, n) WHERE o0 = 0 OR o1 = 0 ORDER BY base, n;
-- the way back undoes it
SELECT a.base, (a.customers_effect, a.frequency_effect, a.value_effect) = (-b.customers_effect, -b.frequency_effect, -b.value_effect) AS back FROM found AS a JOIN found AS b USING (base) WHERE a.n = 2 AND b.n = 6 ORDER BY base;

-- split over parallel workers: the same to the last bit
CREATE TABLE revenue_decomposition_base AS SELECT h FROM (SELECT c, purchase_history(at, amount) AS h FROM orders WHERE base = 'cdnow' GROUP BY c) AS built;
CREATE TEMP TABLE whole AS SELECT revenue_decomposition(h, '[1997-07-01, 1998-01-01)', '[1998-01-01, 1998-07-01)') FROM revenue_decomposition_base;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT revenue_decomposition(h, '[1997-07-01, 1998-01-01)', '[1998-01-01, 1998-07-01)') FROM revenue_decomposition_base;
SELECT whole::text = parts::text AS same FROM whole, (SELECT revenue_decomposition(h, '[1997-07-01, 1998-01-01)', '[1998-01-01, 1998-07-01)') FROM revenue_decomposition_base) AS parts;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
DROP TABLE revenue_decomposition_base;

-- bad arguments
SELECT revenue_decomposition(h, 'empty', '(,)') FROM ends;
SELECT revenue_decomposition(h, '(,)', '[2024-01-01, 2024-01-01)') FROM ends;
SELECT revenue_decomposition(h, NULL, '(,)') FROM ends;
SELECT revenue_decomposition(h, '(,)', NULL) FROM ends;
SELECT revenue_decomposition(h, tstzrange(NULL, '2024-01-01'::timestamptz + i * interval '1 day'), '(,)') FROM ends, generate_series(1, 2) AS i;
SELECT revenue_decomposition(h, '(,)', tstzrange('2024-01-01'::timestamptz + i * interval '1 day', NULL)) FROM ends, generate_series(1, 2) AS i;
\set VERBOSITY sqlstate
SELECT revenue_decomposition(h, 'empty', '(,)') FROM ends;
SELECT revenue_decomposition(h, '(2024-01-01, 2024-01-01 00:00:00.000001)', '(,)') FROM ends;
SELECT revenue_decomposition(h, '(,)', NULL) FROM ends;
SELECT revenue_decomposition(h, '(,)', tstzrange('2024-01-01'::timestamptz + i * interval '1 day', NULL)) FROM ends, generate_series(1, 2) AS i;
\set VERBOSITY default
