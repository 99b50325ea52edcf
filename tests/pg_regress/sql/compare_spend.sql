-- the comparison of spend by the lot itself
SET client_min_messages = warning;
\pset null (null)
CREATE FUNCTION near(a float8, b float8) RETURNS boolean RETURN abs(a - b) < 1e-9 * greatest(1, abs(b));

-- Every lot of a few customers, in plain SQL: the same p-values to the last digit. A group of one has the variance of all.
CREATE TABLE few (experiment int, customer int, treated boolean, spend numeric);
INSERT INTO few SELECT e, i, (hashint4(e * 100 + i) & 3) > 0, CASE WHEN hashint4(e * 77 + i) % 3 <> 0 THEN (abs(hashint4(i * 13 + e)) % 5000) / 100.0 ELSE 0 END
FROM generate_series(1, 30) AS e, LATERAL generate_series(1, 4 + e % 9) AS i;
INSERT INTO few SELECT 31, i, i <> 3, CASE WHEN i % 2 = 0 THEN 10 ELSE 0 END FROM generate_series(1, 16) AS i;
INSERT INTO few SELECT 32, i, i > 8, i * i FROM generate_series(1, 16) AS i;
INSERT INTO few SELECT 33, i, i % 2 = 0, 7.5 FROM generate_series(1, 10) AS i;
INSERT INTO few SELECT 34, i, i % 3 > 0, CASE i WHEN 4 THEN -20 ELSE i END FROM generate_series(1, 11) AS i;
CREATE VIEW by_hand AS
WITH lots AS (
    SELECT f.experiment, lot.mask, (lot.mask >> (f.number::int - 1)) & 1 = 1 AS drawn, f.treated, f.spend::float8 AS spend, f.number, f.n, f.m, f.variance
    FROM (SELECT few.*, row_number() OVER (PARTITION BY experiment ORDER BY customer) AS number, count(*) OVER (PARTITION BY experiment) AS n,
            count(*) FILTER (WHERE few.treated) OVER (PARTITION BY experiment) AS m, (var_samp(few.spend) OVER (PARTITION BY experiment))::float8 AS variance
        FROM few) AS f, LATERAL generate_series(0, (1 << f.n::int) - 1) AS lot (mask)),
statistics AS (
    SELECT experiment, mask, bool_and(drawn = treated) AS is_the_lot, count(*) FILTER (WHERE drawn) AS m, min(lots.m) AS want,
        avg(spend) FILTER (WHERE drawn) - avg(spend) FILTER (WHERE NOT drawn) AS difference,
        coalesce(var_samp(spend) FILTER (WHERE drawn), min(variance)) / count(*) FILTER (WHERE drawn)
        + coalesce(var_samp(spend) FILTER (WHERE NOT drawn), min(variance)) / count(*) FILTER (WHERE NOT drawn) AS squared_error
    FROM lots GROUP BY experiment, mask HAVING count(*) FILTER (WHERE drawn) = min(lots.m) AND min(lots.m) BETWEEN 1 AND count(*) - 1),
studentised AS (
    SELECT experiment, is_the_lot, CASE WHEN squared_error > 1e-18 THEN round((difference / sqrt(squared_error))::numeric, 9) WHEN abs(difference) < 1e-9 THEN 0
        ELSE 'infinity'::numeric * sign(difference)::numeric END AS t FROM statistics)
SELECT experiment, least(1, 2 * least(count(*) FILTER (WHERE s.t >= l.t), count(*) FILTER (WHERE s.t <= l.t))::float8 / count(*)) AS p_value, count(*) AS lots
FROM studentised AS s JOIN (SELECT experiment, t FROM studentised WHERE is_the_lot) AS l USING (experiment) GROUP BY experiment;
SELECT count(*) AS experiments, count(*) FILTER (WHERE (c).p_value = b.p_value AND (c).permutations = b.lots AND (c).method = 'all lots') AS same,
    count(*) FILTER (WHERE (c).p_value < 0.2) > 0 AS tells
FROM by_hand AS b JOIN (SELECT experiment, lifecycle.compare_spend(treated, spend) AS c FROM few GROUP BY experiment) AS x USING (experiment);
SELECT (c).treated_customers, (c).control_customers, (c).treated_buyers, (c).control_buyers, (c).treated_mean, (c).control_mean, (c).difference, round((c).lift::numeric, 6) AS lift,
    (c).p_value, (c).method, (c).permutations, (c).status FROM (SELECT lifecycle.compare_spend(treated, spend) AS c FROM few WHERE experiment = 32) AS x;

-- A base of which a tenth is the control group: nothing was done to any customer, and something to those of the second comparison.
CREATE TABLE base AS SELECT i AS customer, lifecycle.hash_share(i::text, 'treated') >= 0.1 AS treated,
    CASE WHEN lifecycle.hash_share(i::text, 'buys') < 0.2 THEN round(exp(2 + 4 * lifecycle.hash_share(i::text, 'amount'))::numeric, 2) ELSE 0 END AS spend,
    ARRAY[CASE WHEN lifecycle.hash_share(i::text, 'buys') < 0.2 THEN exp(2 + 4 * lifecycle.hash_share(i::text, 'amount')) * (0.5 + lifecycle.hash_share(i::text, 'past')) ELSE 0 END, i % 7] AS before,
    chr(65 + i % 3) AS shop FROM generate_series(1, 6000) AS i;
CREATE VIEW compared AS SELECT effect, lifecycle.compare_spend(treated, CASE WHEN treated THEN spend * (1 + effect) ELSE spend END, before) AS c
FROM base, unnest(ARRAY[0, 0.6]) AS effect GROUP BY effect;
SELECT effect, (c).p_value > 0.05 AS none, (c).adjusted_p_value < 0.05 AS seen, (c).lift_low < effect AND (c).lift_high > effect AS holds, (c).adjusted_lift_low < effect AND (c).adjusted_lift_high > effect AS adjusted_holds,
    (c).adjusted_lift_high - (c).adjusted_lift_low < 0.7 * ((c).lift_high - (c).lift_low) AS narrower, (c).strata, (c).left_out_customers, (c).method, regexp_replace((c).status, '[0-9]+', 'n', 'g') AS status
FROM compared ORDER BY effect;
-- The means and the differences are those of plain SQL, in every stratum weighed by its customers.
SELECT near((c).treated_mean, m.treated) AS treated, near((c).control_mean, m.control) AS control, near((c).difference, m.treated - m.control) AS difference, near((c).lift, m.treated / m.control - 1) AS lift,
    (c).strata, (c).method
FROM (SELECT lifecycle.compare_spend(treated, spend, NULL, shop) AS c FROM base WHERE shop <> 'A' OR customer % 5 = 0) AS x,
    (SELECT sum(treated * n) / sum(n) AS treated, sum(control * n) / sum(n) AS control FROM (SELECT count(*) AS n, avg(spend) FILTER (WHERE treated) AS treated, avg(spend) FILTER (WHERE NOT treated) AS control
        FROM base WHERE shop <> 'A' OR customer % 5 = 0 GROUP BY shop) AS s) AS m;
-- Strata of one group alone are left out; rows without a group are skipped; no spend is 0.
SELECT (c).treated_customers, (c).control_customers, (c).strata, (c).left_out_customers, (c).status FROM (SELECT lifecycle.compare_spend(t, s, NULL, g) AS c
    FROM (VALUES (true, 1, 'x'), (false, 2, 'x'), (true, 3, 'y'), (true, 4, 'y'), (NULL, 9, 'x'), (false, NULL, 'x'), (true, NULL, NULL), (false, 2, NULL)) AS v (t, s, g)) AS x;
-- Any order and any number of workers give the same bytes.
CREATE VIEW whole AS SELECT lifecycle.compare_spend(treated, spend, before, shop) AS c, lifecycle.compare_spend_anytime(treated, spend, 0.9, '2024-01-01 UTC'::timestamptz + customer * interval '1 minute', customer::text) AS a FROM base;
SELECT md5(c::text) AS compared, md5(a::text) AS anytime FROM whole \gset
SELECT md5(lifecycle.compare_spend(treated, spend, before, shop)::text) = :'compared' AS backward FROM (SELECT * FROM base ORDER BY customer DESC) AS b;
SELECT md5(lifecycle.compare_spend_anytime(treated, spend, 0.9, '2024-01-01 UTC'::timestamptz + customer * interval '1 minute', customer::text)::text) = :'anytime' AS backward FROM (SELECT * FROM base ORDER BY spend) AS b;
ALTER TABLE base SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SELECT count(*) > 0 AS by_workers FROM (SELECT 1) AS x WHERE EXISTS (SELECT FROM pg_settings WHERE name = 'max_parallel_workers' AND setting::int > 0);
SELECT md5(c::text) = :'compared' AS compared, md5(a::text) = :'anytime' AS anytime FROM whole;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
-- Parts of it by window functions, and by GROUPING SETS.
SELECT shop, (c).treated_customers + (c).control_customers = n AS all_of_them FROM (SELECT shop, lifecycle.compare_spend(treated, spend) AS c, count(*) AS n FROM base GROUP BY GROUPING SETS ((), (shop))) AS x ORDER BY shop;

-- What looks every day give: 1/p bets, and no call where nothing was done.
SELECT effect, (c).p_value_anytime < 0.05 AS called, (c).lift_low_anytime < effect AND ((c).lift_high_anytime IS NULL OR (c).lift_high_anytime > effect) AS holds
FROM (SELECT effect, lifecycle.compare_spend_anytime(treated, CASE WHEN treated THEN spend * (1 + effect) ELSE spend END, 0.9, '2024-01-01 UTC'::timestamptz + customer * interval '1 minute', customer::text) AS c
    FROM base, unnest(ARRAY[0, 2.0]) AS effect GROUP BY effect) AS x ORDER BY effect;

-- Hostile: nobody, one group, one customer, no buyers, refunds alone, all alike, money that fits no sum, strata of one, covariates that say nothing.
SELECT name, (c).p_value, (c).lift, (c).lift_low, (c).lift_high, (c).difference, (c).permutations, (c).status FROM (
    SELECT name, lifecycle.compare_spend(t, s) AS c FROM (
        SELECT 'one customer' AS name, true AS t, 5::numeric AS s UNION ALL SELECT 'control alone', false, 5 UNION ALL SELECT 'control alone', false, 6
        UNION ALL SELECT 'no buyers', i % 2 = 0, 0 FROM generate_series(1, 50) AS i
        UNION ALL SELECT 'no control buyers', i % 3 > 0, CASE WHEN i % 3 = 1 THEN 10 ELSE 0 END FROM generate_series(1, 60) AS i
        UNION ALL SELECT 'no treated buyers', i % 3 > 0, CASE WHEN i % 3 = 0 THEN 10 ELSE 0 END FROM generate_series(1, 60) AS i
        UNION ALL SELECT 'refunds alone', i % 2 = 0, -i FROM generate_series(1, 50) AS i
        UNION ALL SELECT 'all alike', i % 2 = 0, 19.99 FROM generate_series(1, 50) AS i
        UNION ALL SELECT 'one of each', i = 0, i FROM generate_series(0, 1) AS i
        UNION ALL SELECT 'as much as fits', i % 2 = 0, 900000000000000 - i FROM generate_series(1, 50) AS i) AS v GROUP BY name) AS x ORDER BY name;
SELECT lifecycle.compare_spend(treated, spend) FROM base WHERE false;
SELECT lifecycle.compare_spend_anytime(treated, spend, 0.9, now(), customer::text) FROM base WHERE false;
SELECT (lifecycle.compare_spend_anytime(NULL, spend, 0.9, now(), customer::text)).* FROM base;
SELECT (lifecycle.compare_spend_anytime(treated, 0, NULL, now(), customer::text)).* FROM base;
SELECT (c).p_value = (c).adjusted_p_value AS same, (c).adjusted_lift IS NOT NULL AS adjusted FROM (SELECT lifecycle.compare_spend(treated, spend, ARRAY[7, 7, NULL]) AS c FROM base) AS x;
SELECT (c).adjusted_lift IS NULL AS unadjusted, (c).method FROM (SELECT lifecycle.compare_spend(treated, spend, '{}') AS c FROM base) AS x;
SELECT lifecycle.compare_spend(treated, 'NaN'::numeric) FROM base;
SELECT lifecycle.compare_spend(treated, 1e15) FROM base;
SELECT lifecycle.compare_spend(treated, spend, ARRAY['NaN'::float8]) FROM base;
SELECT lifecycle.compare_spend(treated, spend, ARRAY['Infinity'::float8]) FROM base;
SELECT lifecycle.compare_spend(treated, spend, ARRAY[[1, 2], [3, 4]]) FROM base;
SELECT lifecycle.compare_spend(treated, spend, array_fill(1.0::float8, ARRAY[1 + customer % 2])) FROM base;
SELECT lifecycle.compare_spend(treated, spend, array_fill(1.0::float8, ARRAY[101])) FROM base;
SELECT lifecycle.compare_spend(treated, spend, before, shop, 95) FROM base;
SELECT lifecycle.compare_spend(treated, spend, before, shop, NULL) FROM base;
SELECT lifecycle.compare_spend(treated, spend, before, shop, customer / 6001.0) FROM base WHERE customer > 0;
SELECT lifecycle.compare_spend_anytime(treated, spend, 90, now(), customer::text) FROM base;
SELECT lifecycle.compare_spend_anytime(treated, spend, 1, now(), customer::text) FROM base;
SELECT lifecycle.compare_spend_anytime(treated, spend, 0.9, NULL, customer::text) FROM base;
SELECT lifecycle.compare_spend_anytime(treated, spend, 0.9, 'infinity', customer::text) FROM base;
SELECT lifecycle.compare_spend_anytime(treated, spend, 0.9, now(), NULL) FROM base;
SELECT lifecycle.compare_spend_anytime(treated, spend, 0.9, now(), customer::text, 0) FROM base;

-- The sizes of the groups: exact binomial, as PostgreSQL sums it.
SELECT near(lifecycle.sample_ratio_p_value(7, 3, 0.9), 2 * (SELECT sum(factorial(10) / factorial(k) / factorial(10 - k) * 0.9 ^ k * 0.1 ^ (10 - k)) FROM generate_series(0, 7) AS k)::float8) AS same,
    lifecycle.sample_ratio_p_value(9, 1, 0.9) AS as_drawn, lifecycle.sample_ratio_p_value(0, 0, 0.5) AS nobody, lifecycle.sample_ratio_p_value(NULL, 1, 0.5) AS unknown,
    lifecycle.sample_ratio_p_value(9000, 1200, 0.9) < 0.001 AS lost;
SELECT lifecycle.sample_ratio_p_value(9, 1, 90);
SELECT lifecycle.sample_ratio_p_value(-1, 1, 0.9);
SELECT lifecycle.sample_ratio_p_value(9223372036854775807, 9223372036854775807, 0.9);
DROP VIEW by_hand, compared, whole;
DROP TABLE few, base;
DROP FUNCTION near;
