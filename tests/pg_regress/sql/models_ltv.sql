-- lifetime value by the textbook formula
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE customers (name text, country text, h purchase_history);
INSERT INTO customers VALUES
    ('anna', 'DE', '{2023-01-01 100, 2023-07-01 50, 2024-01-01 30, 2024-02-01 -20, 2025-01-01 20}'),
    ('bert', 'DE', '{2024-01-01 60}'),
    ('carl', 'FR', '{2025-01-01 10, 2025-01-01T12:00:00Z 20}'),
    ('dora', 'FR', '{2024-06-01 -10}'), ('emil', 'FR', '{}'), ('fred', 'FR', NULL);

-- of a customer, at the beginning of 2027: every input, and their product for three years. Anna: 180 / 4 = 45, 3 / 4 a year
SELECT name, average_order_value(h, '2027-01-01'), repeat_purchases_per_year(h, '2027-01-01'), retention_years(h, '2027-01-01'), ltv(h, 3, '2027-01-01') FROM customers;
SELECT name, t, round((average_order_value(h, t) * repeat_purchases_per_year(h, t)::numeric * 2.5), 4) = ltv(h, 2.5, t) AS product
FROM customers, unnest(ARRAY['2024-05-06 07:08:09', '2025-03-04', '2027-01-01']::timestamptz[]) AS t WHERE num_purchases(h, t) > 0;
-- travel in time; nothing can be said at the instant of the first purchase
SELECT t, repeat_purchases_per_year(h, t), retention_years(h, t), ltv(h, 1, t) FROM customers, unnest(ARRAY['2022-12-31', '2023-01-01', '2023-07-01', '2024-01-01', '2025-01-01']::timestamptz[]) AS t WHERE name = 'anna';
-- a year is a year of the calendar, leap or not, also from 29 February and over a change of clocks
SELECT retention_years('{2024-01-01 1, 2025-01-01 1}', '2030-01-01') AS leap, retention_years('{2025-01-01 1, 2026-01-01 1}', '2030-01-01') AS common, retention_years('{2024-02-29 1, 2025-02-28 1}', '2030-01-01') AS from_29_february,
       retention_years('{2024-02-29 1, 2028-02-29 1}', '2030-01-01') AS to_29_february, retention_years('{2025-01-01 1, 2025-07-02T12:00:00Z 1}', '2030-01-01') AS half, retention_years('{2024-01-01 1, 2024-07-01 1}', '2030-01-01') * 366 AS days;
SET TimeZone = 'Europe/Berlin';
SELECT retention_years('{2023-12-31T23:00:00Z 1, 2024-12-31T23:00:00Z 1}', '2030-01-01') AS year, retention_years('{2024-03-30T11:00:00Z 1, 2025-03-30T10:00:00Z 1}', '2030-01-01') AS noon_to_noon;
SET TimeZone = 'UTC';
-- zero years are worth nothing; more refunds than purchases are worth less
SELECT ltv(h, 0, '2027-01-01') AS zero_years, ltv('{2026-01-01 10, 2026-06-01 10, 2026-06-02 -40}', 1, '2027-01-01') AS negative, ltv(h, NULL, '2027-01-01') AS null_years, ltv(NULL, 3, '2027-01-01'::timestamptz) AS null_history FROM customers WHERE name = 'anna';

-- of a group: 240 / 5 = 48 a purchase, 3 repeats in 4 + 3 years, (2 + 0) / 2 years of retention
SELECT country, (ltv_inputs(h, '2027-01-01')).* FROM customers GROUP BY country ORDER BY country;
SELECT (ltv_inputs(h, '2027-01-01')).* FROM customers;
\set t '''2027-01-01''::timestamptz'
SELECT country, average_ltv(h, :t), average_ltv(h, :t) = (ltv_inputs(h, :t)).ltv AS same, abs(average_ltv(h, :t)::float8 - i.average_order_value * i.repeat_purchases_per_year * i.retention_years) <= 0.00005 AS product
FROM customers, LATERAL (SELECT (ltv_inputs(c.h, '2027-01-01')).* FROM customers AS c WHERE c.country = customers.country) AS i GROUP BY country, i.average_order_value, i.repeat_purchases_per_year, i.retention_years ORDER BY country;
-- by plain SQL: 4 repeats in 4 + 3 + 2 years
SELECT (i).customers = n AS customers, (i).average_order_value = aov AS average_order_value, (i).repeat_purchases_per_year = 4 / 9.0::float8 AS rate, abs((i).retention_years - retained) < 1e-9 AS retention
FROM (SELECT ltv_inputs(h, '2027-01-01') AS i, count(*) AS n, (sum(total_spend(h, '2027-01-01')) / sum(num_purchases(h, '2027-01-01')))::float8 AS aov, avg(retention_years(h, '2027-01-01')) AS retained
      FROM customers WHERE num_purchases(h, '2027-01-01') > 0) AS t;
-- prospects alone, no rows, no time passed
SELECT average_ltv(h, :t), ltv_inputs(h, :t), average_ltv(h, :t) FILTER (WHERE false) AS no_rows FROM customers WHERE name > 'd';
SELECT (ltv_inputs(h, '2023-01-01')).* FROM customers;
-- in parallel the same, to the last digit
CREATE TABLE ltv_base AS SELECT purchase_history('2024-01-01'::timestamptz + (i * j * 7919 % 3600) * '2 hours 1 second'::interval, (i * 31 % 1009) / 4.0) AS h FROM generate_series(1, 4000) AS i, generate_series(1, 1 + i % 6) AS j GROUP BY i;
ANALYZE ltv_base;
SELECT ltv_inputs(h, '2025-06-01')::text AS serial FROM ltv_base \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT ltv_inputs(h, '2025-06-01') FROM ltv_base;
SELECT ltv_inputs(h, '2025-06-01')::text = :'serial' AS same FROM ltv_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
DROP TABLE ltv_base;

-- without as_of it is now(); unknown literals resolve
SELECT bool_and(ltv(h, 3) IS NOT DISTINCT FROM ltv(h, 3, now())) AS ltv, bool_and(ltv(h, years => 3) IS NOT DISTINCT FROM ltv(h, 3, as_of => now())) AS named, bool_and(repeat_purchases_per_year(h) IS NOT DISTINCT FROM repeat_purchases_per_year(h, now())) AS rate,
       bool_and(retention_years(h) IS NOT DISTINCT FROM retention_years(h, now())) AS retention, average_ltv(h) = average_ltv(h, now()) AS group_ltv, ltv_inputs(h) = ltv_inputs(h, now()) AS inputs FROM customers;
SELECT ltv(h, 3, '2027-01-01') = ltv(h, 3::float8, '2027-01-01'::timestamptz) AS of_a_customer, ltv(h, '3', '2027-01-01') AS quoted FROM customers WHERE name = 'anna';

-- an instant or a number of years: the literal must say which
SELECT average_ltv(h, '2027-01-01') FROM customers;

-- bad arguments
SELECT ltv('{2024-01-01 5}'::purchase_history, -1, '2027-01-01');
SELECT ltv('{2023-01-01 922337203685477, 2024-01-01 922337203685477}'::purchase_history, 10, '2024-01-01');
SELECT average_ltv(h, CASE name WHEN 'anna' THEN '2026-01-01' ELSE '2027-01-01' END::timestamptz) FROM customers;
\set VERBOSITY sqlstate
SELECT ltv('{2024-01-01 5}'::purchase_history, 'NaN'::float8, '2027-01-01');
SELECT ltv('{2024-01-01 5}'::purchase_history, 'Infinity'::float8, '2027-01-01');
SELECT ltv(NULL::purchase_history, -1, '2027-01-01'::timestamptz);
SELECT ltv('{2024-01-01 5}'::purchase_history, 3, NULL);
SELECT ltv('{2024-01-01 5}'::purchase_history, 3, 'infinity');
SELECT repeat_purchases_per_year('{2024-01-01 5}', NULL);
SELECT repeat_purchases_per_year('{2024-01-01 5}', 'infinity');
SELECT retention_years('{2024-01-01 5}', NULL);
SELECT retention_years('{2024-01-01 5}', '-infinity');
SELECT average_ltv(h, NULL::timestamptz) FROM customers;
SELECT ltv_inputs(h, 'infinity') FROM customers;
SELECT ltv_inputs(h, NULL) FROM customers;
SELECT ltv_inputs('{2023-01-01 922337203685477, 2023-01-02 922337203685477, 2024-01-01 922337203685477}'::purchase_history, '2024-01-01');
\set VERBOSITY default

-- without years: what to write
SELECT ltv(h) FROM customers;
SELECT ltv(NULL::purchase_history);
SELECT ltv(h, '2027-01-01') FROM customers;
