-- purchase_history, the aggregate, and rollup
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE orders (customer int, ordered_at timestamptz, amount numeric);
INSERT INTO orders VALUES
    (1, '2024-01-18 10:00', 29.73), (1, '2024-01-01 09:30', 29.33), (1, '2024-01-20 00:00', -29.73), (1, '2024-01-18 10:00', 29.73),
    (2, '2024-02-01 00:00', 0), (2, NULL, 10), (2, '2024-02-02 00:00', NULL), (2, NULL, NULL),
    (3, NULL, NULL);

-- three types of time, with and without amount
SELECT customer, purchase_history(ordered_at, amount) FROM orders GROUP BY customer ORDER BY customer;
SELECT customer, purchase_history(ordered_at) FROM orders GROUP BY customer ORDER BY customer;
SELECT customer, purchase_history(ordered_at::timestamp, amount) FROM orders GROUP BY customer ORDER BY customer;
SELECT customer, purchase_history(ordered_at::timestamp) FROM orders GROUP BY customer ORDER BY customer;
SELECT customer, purchase_history(ordered_at::date, amount) FROM orders GROUP BY customer ORDER BY customer;
SELECT customer, purchase_history(ordered_at::date) FROM orders GROUP BY customer ORDER BY customer;
-- other types of amount
SELECT purchase_history(ordered_at, amount::int) FROM orders WHERE customer = 1;
SELECT purchase_history(ordered_at, amount::float8) FROM orders WHERE customer = 1;
SELECT purchase_history(ordered_at, amount::float8::numeric) FROM orders WHERE customer = 1;

-- no rows: empty, not NULL; without amount every one counts, with it a refund is no purchase
SELECT purchase_history(ordered_at, amount), purchase_history(ordered_at) IS NULL AS is_null, rollup(NULL::purchase_history) FROM orders WHERE false;
SELECT num_purchases(purchase_history(ordered_at), '2025-01-01') AS entries, num_purchases(purchase_history(ordered_at, amount), '2025-01-01') AS purchases,
       total_spend(purchase_history(ordered_at, amount), '2025-01-01'), last_purchase(purchase_history(ordered_at, amount), '2025-01-01')
FROM orders WHERE customer = 1;

-- a refund that rounds to 0 is left out: as 0 it would be a purchase
SELECT purchase_history('2024-01-01'::date, amount) FROM (VALUES (-0.00004), (-0.00005), (0.00004), (0.0)) AS t(amount);
-- amounts are rounded to four decimals, halves away from zero, as round(amount, 4) does
SELECT amount, purchase_history('2024-01-01'::date, amount), total_spend(purchase_history('2024-01-01'::date, amount), '2025-01-01') = round(amount, 4) AS as_round
FROM (VALUES (0.00005), (-0.00005), (0.000049999), (1.23445), (1.23455), (-1.23445), (9999.99995), (99999999.99994999), (12345678.9), (100000000), (1e14),
             (0.1), (0.0001), (1000.0010), (922337203685477.58074), (-922337203685477.58084)) AS t(amount)
GROUP BY amount ORDER BY amount;
-- exact where sums of floats are not
SELECT total_spend(purchase_history('2024-01-01'::timestamptz + i * '1 hour'::interval, 0.1), '2030-01-01'), sum(0.1::float8) = 1000 AS by_float FROM generate_series(1, 10000) AS i;
-- and beyond 64 bits
SELECT total_spend(purchase_history('2024-01-01'::date, 922337203685477.5807), '2025-01-01'), num_purchases(purchase_history('2024-01-01'::date, 922337203685477.5807), '2025-01-01') FROM generate_series(1, 3);

-- bad input: 22003 for amounts, 22008 for instants
SELECT purchase_history('2024-01-01'::timestamptz, 'NaN');
SELECT purchase_history('2024-01-01'::timestamptz, 922337203685477.58075);
SELECT purchase_history('infinity'::timestamptz, 5);
SELECT purchase_history('0001-12-31 BC'::timestamptz);
\set VERBOSITY sqlstate
SELECT purchase_history('2024-01-01'::timestamptz, 'Infinity');
SELECT purchase_history('2024-01-01'::timestamptz, '-Infinity');
SELECT purchase_history('2024-01-01'::timestamptz, -922337203685477.58085);
SELECT purchase_history('2024-01-01'::timestamptz, 1e15);
SELECT purchase_history('2024-01-01'::timestamptz, 1e1000);
SELECT purchase_history('2024-01-01'::timestamptz, -1e20);
SELECT purchase_history('-infinity'::timestamptz);
SELECT purchase_history('10000-01-01'::timestamptz);
SELECT purchase_history('294276-01-01'::timestamptz, 5);
SELECT purchase_history('infinity'::timestamp);
SELECT purchase_history('-infinity'::timestamp, 5);
SELECT purchase_history('294276-01-01'::timestamp);
SELECT purchase_history('4713-01-01 BC'::timestamp, 5);
SELECT purchase_history('infinity'::date);
SELECT purchase_history('-infinity'::date, 5);
SELECT purchase_history('5874897-12-31'::date);
SELECT purchase_history('0044-03-15 BC'::date, 5);
SELECT purchase_history(12345, 5);
SELECT purchase_history('2024-01-01'::timestamptz, 'five');
\set VERBOSITY default
-- a NULL beside it spares a bad value from being looked at
SELECT purchase_history('infinity'::timestamptz, NULL), purchase_history(NULL::date, 'NaN');
-- the inner functions serve aggregates alone
SELECT purchase_history_accum('{}', '2024-01-01'::timestamptz);
\set VERBOSITY sqlstate
SELECT purchase_history_accum('{}', '2024-01-01'::date, 5);
SELECT purchase_history_combine('{}', '{}');
\set VERBOSITY default

-- rollup: the union of many
SELECT rollup(h) FROM (VALUES ('{2024-01-02 1}'::purchase_history), ('{}'), (NULL), ('{2024-01-01 2, 2024-01-02 1}')) AS t(h);
SELECT rollup(h) FROM (VALUES (NULL::purchase_history), (NULL)) AS t(h);
SELECT rollup(h) = (SELECT purchase_history(ordered_at, amount) FROM orders) AS of_parts_is_of_all FROM (SELECT purchase_history(ordered_at, amount) AS h FROM orders GROUP BY customer) AS t;
SELECT customer, rollup(purchase_history(ordered_at, amount)) OVER (ORDER BY customer) AS up_to FROM orders GROUP BY customer ORDER BY customer;
-- of stored values that are compressed or out of line
CREATE TEMP TABLE parts AS SELECT i % 3 AS part, purchase_history('2024-01-01'::timestamptz + i * i * '1 second'::interval, i / 7.0) AS h FROM generate_series(1, 9000) AS i GROUP BY 1;
SELECT rollup(h) = (SELECT purchase_history('2024-01-01'::timestamptz + i * i * '1 second'::interval, i / 7.0) FROM generate_series(1, 9000) AS i) AS same FROM parts;

-- as a window function: what was known at each order, and the last two orders
SELECT ordered_at, amount, num_purchases(h, '2025-01-01') AS so_far, total_spend(h, '2025-01-01'), last_two
FROM (SELECT *, purchase_history(ordered_at, amount) OVER (ORDER BY ordered_at, amount ROWS UNBOUNDED PRECEDING) AS h,
                purchase_history(ordered_at, amount) OVER (ORDER BY ordered_at, amount ROWS 1 PRECEDING) AS last_two
      FROM orders WHERE customer = 1) AS t ORDER BY ordered_at, amount;
SELECT DISTINCT customer, purchase_history(ordered_at, amount) OVER (PARTITION BY customer) = (SELECT purchase_history(o.ordered_at, o.amount) FROM orders AS o WHERE o.customer = orders.customer) AS same
FROM orders ORDER BY customer;

-- FILTER, DISTINCT, ORDER BY, grouping sets
SELECT purchase_history(ordered_at, amount) FILTER (WHERE amount < 0) AS refunds, purchase_history(DISTINCT ordered_at, amount) AS distinct_orders,
       purchase_history(ordered_at, amount ORDER BY amount) = purchase_history(ordered_at, amount ORDER BY ordered_at DESC) AS any_order
FROM orders WHERE customer = 1;
SELECT customer, num_purchases(purchase_history(ordered_at, amount), '2025-01-01'), total_spend(purchase_history(ordered_at, amount), '2025-01-01')
FROM orders GROUP BY ROLLUP (customer) ORDER BY customer;
SELECT customer, ordered_at::date, num_purchases(purchase_history(ordered_at, amount), '2025-01-01')
FROM orders WHERE customer < 3 GROUP BY GROUPING SETS ((customer), (ordered_at::date), ()) ORDER BY 1, 2, 3;

-- time zones: dates and timestamps are those of the session. Clocks in Berlin went from 02:00 to 03:00 on 31 March, when
-- 02:30 did not exist, and from 03:00 back to 02:00 on 27 October, when 02:30 came twice: read as the cast does
SET TimeZone = 'Europe/Berlin';
SELECT day, purchase_history(day), purchase_history(day) = purchase_history(day::timestamptz) AS as_cast
FROM (VALUES ('2024-03-30'::date), ('2024-03-31'), ('2024-04-01'), ('2024-10-27'), ('2024-10-28'), ('1890-01-01')) AS t(day) GROUP BY day ORDER BY day;
SELECT at, purchase_history(at, 5), purchase_history(at, 5) = purchase_history(at::timestamptz, 5) AS as_cast
FROM (VALUES ('2024-03-31 01:59:59.999999'::timestamp), ('2024-03-31 02:30'), ('2024-03-31 03:00'), ('2024-10-27 01:59'), ('2024-10-27 02:30'), ('2024-10-27 03:00')) AS t(at)
GROUP BY at ORDER BY at;
SELECT bool_and(a = b) AS every_day, count(*) FROM
    (SELECT purchase_history(day) AS a, purchase_history(day::timestamptz) AS b FROM (SELECT '2024-01-01'::date + i AS day FROM generate_series(0, 365) AS i) AS t GROUP BY day) AS t;
SELECT bool_and(a = b) AS every_half_hour, count(*) FROM
    (SELECT purchase_history(at) AS a, purchase_history(at::timestamptz) AS b FROM (SELECT '2024-01-01'::timestamp + i * '30 minutes'::interval AS at FROM generate_series(0, 17567) AS i) AS t GROUP BY at) AS t;
SET TimeZone = 'Pacific/Apia'; -- which had no 30 December 2011
SELECT purchase_history(day) FROM (VALUES ('2011-12-29'::date), ('2011-12-31')) AS t(day);
SET TimeZone = 'UTC';

-- the same value in parallel, over spilled hash tables and over partitions. The plan is shown, so that this keeps testing it
CREATE TABLE aggregate_orders (customer int, ordered_at timestamptz, amount numeric) PARTITION BY HASH (customer);
CREATE TABLE aggregate_orders_0 PARTITION OF aggregate_orders FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE aggregate_orders_1 PARTITION OF aggregate_orders FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO aggregate_orders SELECT (i * 7919) % 2000, '2020-01-01'::timestamptz + (i * 104729) % 60000 * '33 minutes 0.5 seconds'::interval, (i * 31) % 10007 / 37.0 - 20 FROM generate_series(1, 20000) AS i;
CREATE TABLE aggregate_flat AS SELECT * FROM aggregate_orders;
ANALYZE aggregate_orders; ANALYZE aggregate_flat;
SET max_parallel_workers_per_gather = 0; SET enable_hashagg = off;
CREATE TEMP TABLE serial AS SELECT customer, purchase_history(ordered_at, amount) AS h, purchase_history(ordered_at) AS dates FROM aggregate_flat GROUP BY customer;
SELECT count(*), sum(num_purchases(h, '2025-01-01')) AS purchases, sum(total_spend(h, '2025-01-01')) = (SELECT sum(round(amount, 4)) FROM aggregate_flat) AS exact,
       sum(num_purchases(h, '2025-01-01')) = (SELECT count(*) FROM aggregate_flat WHERE amount >= 0) AS counted FROM serial;
RESET enable_hashagg;
CREATE FUNCTION pg_temp.explained(query text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) ' || query INTO plan;
    RETURN plan;
END $$;
-- parallel
SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT purchase_history(ordered_at, amount) FROM aggregate_flat;
SELECT purchase_history(ordered_at, amount) = (SELECT rollup(h) FROM serial) AS same FROM aggregate_flat;
SET enable_hashagg = off;
EXPLAIN (COSTS OFF) SELECT customer, purchase_history(ordered_at, amount) FROM aggregate_flat GROUP BY customer;
SELECT count(*), bool_and(a.h = b.h AND a.dates = b.dates) AS same
FROM (SELECT customer, purchase_history(ordered_at, amount) AS h, purchase_history(ordered_at) AS dates FROM aggregate_flat GROUP BY customer) AS a JOIN serial AS b USING (customer);
RESET enable_hashagg;
-- partitions, each by itself, and then the states of all combined
SET enable_partitionwise_aggregate = on; SET max_parallel_workers_per_gather = 0;
EXPLAIN (COSTS OFF) SELECT customer, purchase_history(ordered_at, amount) FROM aggregate_orders GROUP BY customer;
SELECT count(*), bool_and(a.h = b.h) AS same FROM (SELECT customer, purchase_history(ordered_at, amount) AS h FROM aggregate_orders GROUP BY customer) AS a JOIN serial AS b USING (customer);
EXPLAIN (COSTS OFF) SELECT purchase_history(ordered_at, amount) FROM aggregate_orders;
SELECT purchase_history(ordered_at, amount) = (SELECT rollup(h) FROM serial) AS same FROM aggregate_orders;
RESET enable_partitionwise_aggregate;
-- a hash table that does not fit in memory
SET work_mem = '64kB'; SET enable_sort = off;
SELECT jsonb_path_exists(pg_temp.explained('SELECT customer, purchase_history(ordered_at, amount) FROM aggregate_flat GROUP BY customer'), '$.**."HashAgg Batches" ? (@ > 1)') AS spilled;
SELECT count(*), bool_and(a.h = b.h) AS same FROM (SELECT customer, purchase_history(ordered_at, amount) AS h FROM aggregate_flat GROUP BY customer) AS a JOIN serial AS b USING (customer);
RESET ALL;
DROP TABLE aggregate_orders, aggregate_flat;
