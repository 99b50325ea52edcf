-- stage, next purchase and value straight on the rows of an order table: the same as through a history
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE orders (customer text, ordered_at timestamptz, amount numeric);
INSERT INTO orders VALUES
    ('active', '2024-01-11 12:00', 20), ('active', '2024-01-01 12:00', 10), ('active', '2024-01-21 12:00', 30.00005),
    ('at risk', '2024-01-01', 10), ('at risk', '2024-01-11', 10), ('at risk', '2024-01-20', -10),
    ('lapsed', '2023-11-01', 10), ('lapsed', '2023-11-02', 10), ('new', '2024-01-15', 5), ('new', '2024-01-15 01:00', 5),
    ('no date', NULL, 5), ('no amount', '2024-01-15', NULL), ('refund', '2024-01-15', -5), ('future', '2024-02-01', 5);

-- with amounts refunds do not count; without, every row is a purchase
SELECT customer, lifecycle_stage(ordered_at, '2024-01-25') AS rows, lifecycle_stage(ordered_at, amount, '2024-01-25') AS rows_with_amount FROM orders GROUP BY customer ORDER BY customer;
SELECT customer, expected_next_purchase(ordered_at, '2024-01-25') AS rows, expected_next_purchase(ordered_at, amount, '2024-01-25') AS rows_with_amount FROM orders GROUP BY customer ORDER BY customer;
SELECT customer, ltv(ordered_at, amount, 3, '2025-01-01') FROM orders GROUP BY customer ORDER BY customer;
-- all against the long way
CREATE TEMP VIEW both_ways AS
    SELECT customer, t,
           lifecycle_stage(ordered_at, t) = lifecycle_stage(purchase_history(ordered_at), t) AS stage, lifecycle_stage(ordered_at, amount, t) = lifecycle_stage(purchase_history(ordered_at, amount), t) AS stage_amount,
           expected_next_purchase(ordered_at, t) IS NOT DISTINCT FROM expected_next_purchase(purchase_history(ordered_at), t) AS next, expected_next_purchase(ordered_at, amount, t) IS NOT DISTINCT FROM expected_next_purchase(purchase_history(ordered_at, amount), t) AS next_amount,
           ltv(ordered_at, amount, 2.5, t) IS NOT DISTINCT FROM ltv(purchase_history(ordered_at, amount), 2.5, t) AS ltv
    FROM orders, unnest(ARRAY['2023-11-01', '2024-01-11', '2024-01-15', '2024-01-25 06:07:08', '2024-02-29', '2030-01-01']::timestamptz[]) AS t GROUP BY customer, t;
SELECT count(*), bool_and(stage), bool_and(stage_amount), bool_and(next), bool_and(next_amount), bool_and(ltv) FROM both_ways;
SET TimeZone = 'Asia/Tokyo';
SELECT count(*), bool_and(stage), bool_and(stage_amount), bool_and(next), bool_and(next_amount), bool_and(ltv) FROM both_ways;
SET TimeZone = 'UTC';
-- without as_of it is now()
SELECT count(*), bool_and(stage) AS stage, bool_and(stage_amount) AS stage_amount, bool_and(next) AS next, bool_and(next_amount) AS next_amount, bool_and(ltv) AS ltv FROM (
    SELECT lifecycle_stage(ordered_at) = lifecycle_stage(ordered_at, now()) AS stage, lifecycle_stage(ordered_at, amount) = lifecycle_stage(ordered_at, amount, now()) AS stage_amount,
           expected_next_purchase(ordered_at) IS NOT DISTINCT FROM expected_next_purchase(ordered_at, now()) AS next, expected_next_purchase(ordered_at, amount) IS NOT DISTINCT FROM expected_next_purchase(ordered_at, amount, now()) AS next_amount,
           ltv(ordered_at, amount, 3) IS NOT DISTINCT FROM ltv(ordered_at, amount, 3, now()) AS ltv
    FROM (SELECT * FROM orders UNION ALL SELECT 'today', now(), 5 UNION ALL SELECT 'today', now() - '1 month'::interval, 7) AS t GROUP BY customer) AS t;
-- over dates and timestamps, by their casts to timestamptz; literals of any kind
SELECT lifecycle_stage(ordered_at::date, '2024-01-25'), lifecycle_stage(ordered_at::timestamp, '2024-01-25'), lifecycle_stage(ordered_at::date, amount, '2024-01-25'), expected_next_purchase(ordered_at::date, '2024-01-25'),
       expected_next_purchase(ordered_at::timestamp, amount, '2024-01-25'::date), ltv(ordered_at::date, amount::int, 3, '2025-01-01') FROM orders WHERE customer = 'active';
SELECT lifecycle_stage(ordered_at, amount::int, '2024-01-25'), lifecycle_stage(ordered_at, amount::bigint, as_of) AS bigint, expected_next_purchase(ordered_at, 5, '2024-01-25') FROM orders, (SELECT '2024-01-25'::date AS as_of) AS t WHERE customer = 'active';
-- no rows; FILTER; DISTINCT; windows
SELECT lifecycle_stage(ordered_at, '2024-01-25'), lifecycle_stage(ordered_at), expected_next_purchase(ordered_at, '2024-01-25'), ltv(ordered_at, amount, 3, '2025-01-01') FROM orders WHERE false;
SELECT lifecycle_stage(ordered_at, '2024-01-25') FILTER (WHERE customer = 'lapsed') AS filtered, ltv(DISTINCT ordered_at, amount, 3, '2025-01-01') FILTER (WHERE customer = 'active') AS distinct_rows FROM orders;
SELECT ordered_at, lifecycle_stage(ordered_at, '2024-01-25') OVER (ORDER BY ordered_at) AS so_far, expected_next_purchase(ordered_at, amount, '2024-01-25') OVER (ORDER BY ordered_at) AS next FROM orders WHERE customer = 'active' ORDER BY 1;
SELECT customer, lifecycle_stage(ordered_at, amount, '2024-01-25') FROM orders WHERE customer < 'b' GROUP BY ROLLUP (customer) ORDER BY customer;
-- in parallel
CREATE TABLE rows_orders AS SELECT i % 300 AS customer, '2024-01-01'::timestamptz + (i * 7919 % 3600) * '2 hours 1 second'::interval AS ordered_at, (i * 31 % 1009) / 4.0 - 10 AS amount FROM generate_series(1, 6000) AS i;
ANALYZE rows_orders;
CREATE TEMP TABLE serial AS SELECT customer, purchase_history(ordered_at, amount) AS h FROM rows_orders GROUP BY customer;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off; SET enable_hashagg = off;
EXPLAIN (COSTS OFF) SELECT customer, ltv(ordered_at, amount, 3, '2025-01-01') FROM rows_orders GROUP BY customer;
SELECT count(*), bool_and(ltv = ltv(h, 3, '2025-01-01')) AS ltv, bool_and(stage = lifecycle_stage(h, '2024-11-01')) AS stage, bool_and(next = expected_next_purchase(h, '2024-11-01')) AS next
FROM (SELECT customer, ltv(ordered_at, amount, 3, '2025-01-01'), lifecycle_stage(ordered_at, amount, '2024-11-01') AS stage, expected_next_purchase(ordered_at, amount, '2024-11-01') AS next FROM rows_orders GROUP BY customer) AS t JOIN serial USING (customer);
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation; RESET enable_hashagg;
DROP TABLE rows_orders;

-- parameters must not vary within a group, nor as_of be NULL; amounts and instants as in purchase_history: what a NULL
-- beside them skips is not looked at
SELECT lifecycle_stage(ordered_at, ordered_at) FROM orders WHERE customer = 'active';
SELECT ltv(ordered_at, amount, amount::float8, '2025-01-01') FROM orders WHERE customer = 'active';
SELECT ltv(ordered_at, amount, NULL, '2025-01-01') FROM orders WHERE customer = 'active';
SELECT lifecycle_stage('infinity'::timestamptz, NULL::numeric), purchase_history('infinity'::timestamptz, NULL::numeric);
SELECT lifecycle_stage(ordered_at, NULL::timestamptz) FROM orders WHERE customer = 'active';
\set VERBOSITY sqlstate
SELECT ltv(ordered_at, amount, -1, '2025-01-01') FROM orders WHERE customer = 'active';
SELECT ltv(ordered_at, amount, 'NaN', '2025-01-01') FROM orders WHERE customer = 'active';
SELECT ltv(ordered_at, amount, 3, 'infinity') FROM orders WHERE customer = 'active';
SELECT ltv(ordered_at, amount, 3, ordered_at) FROM orders WHERE customer = 'active';
SELECT ltv(ordered_at, 'NaN', 3, '2025-01-01') FROM orders WHERE customer = 'active';
SELECT ltv(ordered_at, 1e15, 3, '2025-01-01') FROM orders WHERE customer = 'active';
SELECT lifecycle_stage('infinity'::timestamptz, '2025-01-01');
SELECT lifecycle_stage('infinity'::date, '2025-01-01');
SELECT lifecycle_stage('0044-03-15 BC'::timestamptz, 5, '2025-01-01');
SELECT expected_next_purchase('-infinity'::timestamptz, '2025-01-01');
SELECT expected_next_purchase(ordered_at, amount, NULL) FROM orders WHERE customer = 'active';
SELECT expected_next_purchase(ordered_at, 'NaN'::numeric) FROM orders WHERE customer = 'active';
\set VERBOSITY default
