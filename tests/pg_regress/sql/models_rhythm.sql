-- the rhythm of a base, and when the next purchase of a customer is due
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE customers (name text, h purchase_history);
INSERT INTO customers VALUES
    ('every 20 days', '{2024-01-01T15:00:00Z 5, 2024-01-21 5, 2024-02-10 5, 2024-03-01 5, 2024-03-21T18:00:00Z 5}'),
    ('twice', '{2024-01-01 5, 2024-03-21 5}'),
    ('once', '{2024-03-21 5}'),
    ('a refund', '{2024-03-21 -5}'), ('empty', '{}'), ('null', NULL);

-- without a rhythm: the own mean gap, 20 and 80 days
SELECT name, expected_gap(h, '2024-04-15'), overdue_ratio(h, '2024-04-15'), expected_next_purchase(h, '2024-04-15') FROM customers;
SELECT name, expected_gap(h, '2024-02-01'), overdue_ratio(h, '2024-02-01'), expected_next_purchase(h, '2024-02-01') FROM customers WHERE name = 'every 20 days';
-- by the calendar: ten days after 12:00 it is 12:00, also when the clocks change in between
SET TimeZone = 'Europe/Berlin';
SELECT expected_next_purchase(purchase_history(at), '2024-04-01') FROM (VALUES ('2024-03-12 12:00'::timestamptz), ('2024-03-22 12:00')) AS t(at);
SET TimeZone = 'UTC';

-- k = 1, r = 3, alpha = 60: gaps at random times, P(gap > y) = ((60 + S) / (60 + S + y))^(3 + x). The base expects 60 / 2 = 30
-- days; of four gaps that add up to 80 days the expectation is 140 / 6, of one gap of 80 days 140 / 3
\set rhythm '''{"params": {"k": 1, "r": 3, "alpha": 60}}'''
SELECT name, expected_gap(h, :rhythm::purchase_rhythm, '2024-04-15'), overdue_ratio(h, :rhythm::purchase_rhythm, '2024-04-15') FROM customers;
SELECT name, expected_gap(h, NULL::purchase_rhythm, '2024-04-15'), overdue_ratio(h, NULL::purchase_rhythm, '2024-04-15') FROM customers WHERE num_purchases(h, '2024-04-15') > 0;
-- the date: (60 + S + elapsed) 2^(1 / (3 + x)) - 60 - S days after the last purchase, and always after as_of
CREATE TEMP VIEW closed AS
    SELECT name, h, t, x, s, last, extract(epoch FROM t - last)::float8 / 86400 AS v
    FROM (SELECT name, h, t, num_purchase_days(h, t) - 1 AS x, coalesce(extract(epoch FROM mean_gap(h, t))::float8 / 86400 * (num_purchase_days(h, t) - 1), 0) AS s, last_purchase(h, t) AS last
          FROM customers, unnest(ARRAY['2024-03-21 18:00', '2024-03-22', '2024-04-15', '2025-04-15', '2124-01-01']::timestamptz[]) AS t WHERE num_purchases(h, t) > 0) AS u;
SELECT name, t, date_trunc('second', expected_next_purchase(h, :rhythm::purchase_rhythm, t)) AS next,
       abs(extract(epoch FROM expected_next_purchase(h, :rhythm::purchase_rhythm, t) - last)::float8 - 86400 * ((60 + s + v) * 2 ^ (1 / (3.0::float8 + x)) - 60 - s)) < 1e-4 AS closed_form,
       expected_next_purchase(h, :rhythm::purchase_rhythm, t) > t AS after_as_of
FROM closed ORDER BY name, t;
-- from P(gap <= y | gap > elapsed) = p follows y = (60 + S + elapsed) (1 - p)^(-1 / (3 + x)) - 60 - S: the ranges
SELECT bool_and(abs(extract(epoch FROM lower(r) - last)::float8 - 86400 * ((60 + s + v) * ((1 + level) / 2) ^ (-1 / (3.0::float8 + x)) - 60 - s)) < 1e-4) AS lower,
       bool_and(abs(extract(epoch FROM upper(r) - last)::float8 - 86400 * ((60 + s + v) * ((1 - level) / 2) ^ (-1 / (3.0::float8 + x)) - 60 - s)) < 1e-3) AS upper,
       bool_and(r @> expected_next_purchase(h, :rhythm::purchase_rhythm, t)) AS holds_the_median, count(*)
FROM (SELECT *, expected_next_purchase_range(h, :rhythm::purchase_rhythm, level, t) AS r FROM closed, unnest(ARRAY[0.5, 0.8, 0.99]::float8[]) AS level) AS t;
SELECT bool_and(abs(purchase_probability(h, :rhythm::purchase_rhythm, days * '1 day'::interval, t) - (1 - ((60 + s + v) / (60 + s + v + days)) ^ (3 + x))) < 1e-14) AS probability, count(*)
FROM closed, unnest(ARRAY[0, 1, 30, 365, 36500]) AS days;
-- round numbers: k = 1, r = 1, alpha = 30. After 10 of waiting the median is 2 x 40 - 30 = 50 days, the range of 60 % from
-- 40 / 0.8 - 30 = 20 to 40 / 0.2 - 30 = 170 days, and of the next 40 days the probability 1/2. An infinite mean: the median
SELECT date_trunc('second', expected_next_purchase('{2024-03-21 5}', '{"params": {"k": 1, "r": 1, "alpha": 30}}'::purchase_rhythm, '2024-03-31') + '0.5 s') AS next,
       date_trunc('second', lower(r) + '0.5 s') AS lower, date_trunc('second', upper(r) + '0.5 s') AS upper, lower_inc(r), upper_inc(r),
       round(purchase_probability('{2024-03-21 5}', '{"params": {"k": 1, "r": 1, "alpha": 30}}'::purchase_rhythm, '40 days', '2024-03-31')::numeric, 12) AS probability,
       date_trunc('second', '2024-01-01'::timestamp + expected_gap('{2024-03-21 5}', '{"params": {"k": 1, "r": 1, "alpha": 30}}'::purchase_rhythm, '2024-03-31') + '0.5 s') - '2024-01-01' AS gap
FROM expected_next_purchase_range('{2024-03-21 5}', '{"params": {"k": 1, "r": 1, "alpha": 30}}'::purchase_rhythm, 0.6, '2024-03-31') AS r;
-- a month is a month: 29 days from 1 February 2024, and 31 from 1 March
SELECT purchase_probability('{2024-01-01 5}', :rhythm::purchase_rhythm, '1 month', t) = purchase_probability('{2024-01-01 5}', :rhythm::purchase_rhythm, d, t) AS same
FROM (VALUES ('2024-02-01'::timestamptz, '29 days'::interval), ('2024-03-01', '31 days')) AS t(t, d);
-- who has not bought, and without a rhythm: NULL
SELECT name, expected_next_purchase(h, :rhythm::purchase_rhythm, '2024-04-15'), expected_next_purchase_range(h, :rhythm::purchase_rhythm, as_of => '2024-04-15'), purchase_probability(h, :rhythm::purchase_rhythm, '30 days', '2024-04-15')
FROM customers WHERE num_purchases(h, '2024-04-15') = 0;
SELECT expected_next_purchase(h, NULL::purchase_rhythm, '2024-04-15'), expected_next_purchase_range(h, NULL::purchase_rhythm, as_of => '2024-04-15'), purchase_probability(h, NULL::purchase_rhythm, '30 days', '2024-04-15'), purchase_probability(h, :rhythm::purchase_rhythm, NULL, '2024-04-15') AS no_horizon
FROM customers WHERE name = 'once';
-- beyond the year 9999 there is no date
SELECT expected_next_purchase(h, '{"params": {"k": 1, "r": 0.01, "alpha": 1e15}}'::purchase_rhythm, '2024-03-31') AS next,
       upper_inf(expected_next_purchase_range(h, '{"params": {"k": 1, "r": 0.1, "alpha": 100}}'::purchase_rhythm, 0.8, '2024-03-31')) AS unbounded,
       expected_next_purchase(h, :rhythm::purchase_rhythm, '9999-12-31 23:59:59.999999') AS at_the_end FROM customers WHERE name = 'once';
-- without as_of it is now(), without level 0.8
SELECT bool_and(expected_gap(h) IS NOT DISTINCT FROM expected_gap(h, now())) AS gap, bool_and(expected_gap(h, :rhythm::purchase_rhythm) IS NOT DISTINCT FROM expected_gap(h, :rhythm::purchase_rhythm, now())) AS shrunk,
       bool_and(overdue_ratio(h) IS NOT DISTINCT FROM overdue_ratio(h, now())) AS ratio, bool_and(overdue_ratio(h, :rhythm::purchase_rhythm) IS NOT DISTINCT FROM overdue_ratio(h, :rhythm::purchase_rhythm, now())) AS shrunk_ratio,
       bool_and(expected_next_purchase(h) IS NOT DISTINCT FROM expected_next_purchase(h, now())) AS next, bool_and(expected_next_purchase(h, :rhythm::purchase_rhythm) IS NOT DISTINCT FROM expected_next_purchase(h, :rhythm::purchase_rhythm, now())) AS predicted,
       bool_and(expected_next_purchase_range(h, :rhythm::purchase_rhythm) IS NOT DISTINCT FROM expected_next_purchase_range(h, :rhythm::purchase_rhythm, 0.8, now())) AS range,
       bool_and(purchase_probability(h, :rhythm::purchase_rhythm, '30 days') IS NOT DISTINCT FROM purchase_probability(h, :rhythm::purchase_rhythm, '30 days', now())) AS probability
FROM customers;
-- an unknown literal is an instant, a literal of JSON goes where only a rhythm can be
SELECT expected_next_purchase(h, '2024-04-15') = expected_next_purchase(h, '2024-04-15'::timestamptz) AS positional, expected_next_purchase(h, as_of => '2024-04-15') = expected_next_purchase(h, '2024-04-15'::timestamptz) AS named,
       expected_gap(h, '2024-04-15') = expected_gap(h, as_of => '2024-04-15') AS gap, overdue_ratio(h, '2024-04-15') = overdue_ratio(h, as_of => '2024-04-15') AS ratio,
       expected_next_purchase(h, rhythm => :rhythm, as_of => '2024-04-15') = expected_next_purchase(h, :rhythm::purchase_rhythm, '2024-04-15') AS rhythm
FROM customers WHERE name = 'twice';
-- two unknown literals are too many: the first may be a rhythm or a model
SELECT expected_next_purchase(h, :rhythm, '2024-04-15') FROM customers WHERE name = 'twice';

-- the fit. Too few gaps: k = 1, r = 3 and the scale of the mean gap, (4 x 20 + 80) / 5 x 2 = 64; the first day and refunds are no gaps
SELECT purchase_rhythm(h, '2024-04-15')::jsonb - 'version' FROM customers;
SELECT r::jsonb -> 'params' AS params, r::jsonb ->> 'status' AS status, expected_gap('{2024-03-21 5}', r, '2024-04-15'), expected_next_purchase('{2024-03-21 5}', r, '2024-04-15'), lifecycle_stage('{2024-03-21 5}', r, '2024-04-15')
FROM (SELECT purchase_rhythm(h, '2024-04-15') AS r FROM customers WHERE name NOT IN ('twice', 'every 20 days')) AS t;
SELECT purchase_rhythm(h, '2024-04-15') FROM customers WHERE false;
SELECT purchase_rhythm(h)::text = purchase_rhythm(h, now())::text AS as_of_now FROM customers;
-- at the optimum no neighbour is likelier: the likelihood by its definition, ln gamma by Stirling's series
CREATE FUNCTION pg_temp.ln_gamma(z float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (y - 0.5) * ln(y) - y + 0.91893853320467274 + 1 / (12 * y) - 1 / (360 * y ^ 3) + 1 / (1260 * y ^ 5) - (SELECT sum(ln(z + i)) FROM generate_series(0, 11) AS i) FROM (SELECT z + 12 AS y) AS t $$;
CREATE TABLE rhythm_base AS
    SELECT i, purchase_history('2023-01-01'::timestamptz + (20 * (i % 300) % 61 + (5 + i % 300 % 23) * j + (i % 300 * j * 7919 % 17)) * '1 day'::interval, 5) AS h FROM generate_series(1, 3000) AS i, generate_series(1, 1 + i % 300 % 7) AS j GROUP BY i;
ANALYZE rhythm_base;
CREATE TEMP TABLE gaps AS SELECT i, day - lag(day) OVER (PARTITION BY i ORDER BY day) AS gap FROM (SELECT DISTINCT i, purchased_at::date AS day FROM rhythm_base, purchases(h, '2024-01-01')) AS t;
CREATE TEMP TABLE sums AS SELECT x, s, count(*) AS n, sum(ln_gaps) AS ln_gaps FROM (SELECT i, count(gap) AS x, sum(gap) AS s, sum(ln(gap::float8)) AS ln_gaps FROM gaps WHERE gap > 0 GROUP BY i) AS t GROUP BY x, s;
CREATE FUNCTION pg_temp.likelihood(k float8, r float8, alpha float8) RETURNS float8 LANGUAGE sql STABLE AS $$
    SELECT sum(n * (pg_temp.ln_gamma(r + k * x) - pg_temp.ln_gamma(r) + r * ln(alpha) - (r + k * x) * ln(alpha + s) - x * pg_temp.ln_gamma(k)) + (k - 1) * ln_gaps) FROM sums $$;
SELECT purchase_rhythm(h, '2024-01-01')::text AS fitted FROM rhythm_base \gset
SELECT (:'fitted'::jsonb ->> 'customers')::int = (SELECT sum(n) FROM sums) AS customers, (:'fitted'::jsonb ->> 'gaps')::int = (SELECT sum(n * x) FROM sums) AS gaps,
       (:'fitted'::jsonb ->> 'one_time_buyers')::int = (SELECT count(*) FROM rhythm_base WHERE num_purchase_days(h, '2024-01-01') = 1) AS one_time_buyers,
       :'fitted'::jsonb ->> 'status' AS status, :'fitted'::jsonb ->> 'as_of' AS as_of, :'fitted'::jsonb ->> 'model' AS model, :'fitted'::jsonb ->> 'unit' AS unit;
SELECT abs(pg_temp.likelihood(k, r, alpha) - log_likelihood) < 1e-7 AS likelihood,
       (SELECT bool_and(pg_temp.likelihood(k * (1 + dk), r * (1 + dr), alpha * (1 + da)) < pg_temp.likelihood(k, r, alpha))
        FROM unnest(ARRAY[-1e-4, 0, 1e-4]::float8[]) AS dk, unnest(ARRAY[-1e-4, 0, 1e-4]::float8[]) AS dr, unnest(ARRAY[-1e-4, 0, 1e-4]::float8[]) AS da WHERE dk <> 0 OR dr <> 0 OR da <> 0) AS maximum
FROM jsonb_to_record(:'fitted'::jsonb -> 'params') AS p(k float8, r float8, alpha float8), jsonb_to_record(:'fitted') AS f(log_likelihood float8);
-- the same in parallel
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT purchase_rhythm(h, '2024-01-01') FROM rhythm_base;
SELECT purchase_rhythm(h, '2024-01-01')::text = :'fitted' AS same FROM rhythm_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
-- and in one query with what is read from it
SELECT count(*), bool_and(expected_next_purchase(h, r, '2024-01-01') = expected_next_purchase(h, :'fitted'::purchase_rhythm, '2024-01-01')) AS same FROM (SELECT h, purchase_rhythm(h, '2024-01-01') OVER () AS r FROM rhythm_base) AS t;
DROP TABLE rhythm_base;

-- as text and jsonb, also written by hand
SELECT '{"params": {"k": 1.1, "r": 3.5, "alpha": 140}}'::purchase_rhythm;
SELECT '{"params": {"k": 1.1, "r": 3.5, "alpha": 140}}'::jsonb::purchase_rhythm::jsonb = '{"params": {"k": 1.1, "r": 3.5, "alpha": 140}}'::purchase_rhythm::jsonb AS same;
CREATE TEMP TABLE kept (r purchase_rhythm);
INSERT INTO kept VALUES (:'fitted');
CREATE TEMP TABLE returned (LIKE kept);
\copy kept TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/rhythm"' (FORMAT binary)
\copy returned FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/rhythm"' (FORMAT binary)
SELECT kept.r::text = returned.r::text AND kept.r::text = :'fitted' AS same FROM kept, returned;
SELECT ''::purchase_rhythm;
SELECT '{"params": {"k": 0, "r": 3.5, "alpha": 140}}'::purchase_rhythm;
SELECT '{"params": {"k": 1, "r": 3.5, "alpha": 140}, "unit": "1 week"}'::purchase_rhythm;
\set VERBOSITY sqlstate
SELECT '{}'::purchase_rhythm;
SELECT 'null'::purchase_rhythm;
SELECT '{"params": {"k": 1.1, "r": 3.5}}'::purchase_rhythm;
SELECT '{"params": {"k": 1.1, "r": 3.5, "alpha": 140, "s": 1}}'::purchase_rhythm;
SELECT '{"params": {"k": 1.1, "r": -3.5, "alpha": 140}}'::purchase_rhythm;
SELECT '{"params": {"k": 1.1, "r": 3.5, "alpha": 1e400}}'::purchase_rhythm;
SELECT '{"params": {"k": "1.1", "r": 3.5, "alpha": 140}}'::purchase_rhythm;
SELECT '{"params": {"k": 1.1, "r": 3.5, "alpha": NaN}}'::purchase_rhythm;
SELECT '{"model": "bg/nbd", "params": {"k": 1.1, "r": 3.5, "alpha": 140}}'::purchase_rhythm;
SELECT '{"params": {"k": 1.1, "r": 3.5, "alpha": 140}, "speed": 1}'::purchase_rhythm;
SELECT '[]'::jsonb::purchase_rhythm;
\set VERBOSITY default

-- bad arguments
SELECT expected_next_purchase_range('{2024-03-21 5}', :rhythm::purchase_rhythm, 1, '2024-04-15');
SELECT purchase_probability('{2024-03-21 5}', :rhythm::purchase_rhythm, '-1 day', '2024-04-15');
SELECT purchase_rhythm(h, CASE name WHEN 'once' THEN '2024-04-14' ELSE '2024-04-15' END::timestamptz) FROM customers;
SELECT expected_next_purchase_range('{2024-03-21 5}', :rhythm::purchase_rhythm, NULL, '2024-04-15');
\set VERBOSITY sqlstate
SELECT expected_next_purchase_range('{2024-03-21 5}', :rhythm::purchase_rhythm, 0, '2024-04-15');
SELECT expected_next_purchase_range('{2024-03-21 5}', :rhythm::purchase_rhythm, -0.8, '2024-04-15');
SELECT expected_next_purchase_range('{2024-03-21 5}', :rhythm::purchase_rhythm, 'NaN', '2024-04-15');
SELECT expected_next_purchase_range(NULL, :rhythm::purchase_rhythm, 80, '2024-04-15');
SELECT expected_next_purchase_range('{2024-03-21 5}', :rhythm::purchase_rhythm, 0.8, NULL);
SELECT expected_next_purchase_range('{2024-03-21 5}', :rhythm::purchase_rhythm, 0.8, 'infinity');
SELECT purchase_probability('{2024-03-21 5}', :rhythm::purchase_rhythm, '-1 month', '2024-04-15');
SELECT purchase_probability('{2024-03-21 5}', :rhythm::purchase_rhythm, '9000 years', '2024-04-15');
SELECT purchase_probability('{2024-03-21 5}', :rhythm::purchase_rhythm, '1 day', NULL);
SELECT purchase_probability('{2024-03-21 5}', :rhythm::purchase_rhythm, '1 day', 'infinity');
SELECT purchase_rhythm(h, NULL) FROM customers;
SELECT purchase_rhythm(h, 'infinity') FROM customers;
SELECT expected_gap('{2024-03-21 5}', NULL::timestamptz);
SELECT expected_gap('{2024-03-21 5}', :rhythm::purchase_rhythm, NULL::timestamptz);
SELECT overdue_ratio('{2024-03-21 5}', 'infinity');
SELECT overdue_ratio('{2024-03-21 5}', :rhythm::purchase_rhythm, '-infinity');
SELECT expected_next_purchase('{2024-03-21 5}'::purchase_history, NULL::timestamptz);
SELECT expected_next_purchase('{2024-03-21 5}'::purchase_history, '10000-01-01');
SELECT expected_next_purchase('{2024-03-21 5}'::purchase_history, :rhythm::purchase_rhythm, NULL);
SELECT expected_next_purchase('{2024-03-21 5}'::purchase_history, :rhythm::purchase_rhythm, 'infinity');
SELECT expected_next_purchase('{9000-01-01 5, 9999-12-31 5}'::purchase_history, '9999-12-31');
\set VERBOSITY default
