-- lifetime value by fitted models, against values that others computed with 40 to 60 digits
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TABLE ltv_model_base AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ANALYZE ltv_model_base;
CREATE TEMP TABLE golden (customer_id int, x float8, recency_days int, t_days int, recency float8, t float8, mean float8, holdout int, spend float8,
    bg_alive float8, bg_1 float8, bg_month float8, bg_39 float8, bg_52 float8, bg_clv_w float8, bg_clv_d float8,
    mbg_alive float8, mbg_1 float8, mbg_month float8, mbg_39 float8, mbg_52 float8, mbg_clv_w float8, mbg_clv_d float8,
    pnbd_alive float8, pnbd_1 float8, pnbd_month float8, pnbd_39 float8, pnbd_52 float8, pnbd_clv_w float8, pnbd_clv_d float8);
\copy golden FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample_mle.csv"' (FORMAT csv, HEADER)
\set mle `cat "$PG_ABS_SRCDIR/../data/mle_reference.json"`
CREATE FUNCTION pg_temp.close(value float8, reference float8, tolerance float8) RETURNS boolean LANGUAGE sql AS
    'SELECT coalesce(abs(value - reference) <= tolerance * abs(reference), false)';
CREATE TEMP TABLE spend AS SELECT jsonb_build_object('params', (SELECT jsonb_object_agg(key, value::numeric)
       FROM jsonb_each_text(:'mle'::jsonb #> '{gammagamma_cdnow_exact,params}')))::spend_model AS s;

-- lifetimes' customer_lifetime_value: a year of months of 4.345 weeks, or of 30 days, each month's purchases times the expected
-- spend, discounted by 1 % a month at its end
CREATE TEMP TABLE models AS SELECT code, jsonb_build_object('model', model, 'params', (SELECT jsonb_object_agg(key, value::numeric)
       FROM jsonb_each_text(:'mle'::jsonb -> reference -> 'params')))::purchase_model AS m
    FROM (VALUES ('bgnbd', 'bg/nbd', 'bgnbd_cdnow_exact_weeks'), ('mbgnbd', 'mbg/nbd', 'mbgnbd_cdnow_exact_weeks'), ('pnbd', 'pareto/nbd', 'pnbd_cdnow_exact_weeks')) AS v(code,
    model, reference);
WITH clv AS (SELECT customer_id, code, month, sum(bought * expected_spend(s, x, mean) / 1.01::float8 ^ i) AS value
    FROM (SELECT customer_id, code, month, i, x, mean, e - lag(e, 1, 0::float8) OVER (PARTITION BY customer_id, code, month ORDER BY i) AS bought
          FROM golden, models, (VALUES ('_w', 4.345::float8), ('_d', 30 / 7.0::float8)) AS v(month, weeks), generate_series(1, 12) AS i,
          LATERAL (SELECT expected_purchases(m, x, recency, t, i * weeks) AS e) AS e) AS t, spend GROUP BY 1, 2, 3)
SELECT code || '_clv_12m' || month AS figure, count(*), bool_and(pg_temp.close(value, reference, 1e-9)) AS same
FROM clv JOIN (SELECT customer_id, v.* FROM golden, LATERAL (VALUES ('bgnbd', '_w', bg_clv_w), ('bgnbd', '_d', bg_clv_d), ('mbgnbd', '_w', mbg_clv_w),
       ('mbgnbd', '_d', mbg_clv_d), ('pnbd', '_w', pnbd_clv_w), ('pnbd', '_d', pnbd_clv_d)) AS v(code, month, reference)) AS g
USING (customer_id, code, month) GROUP BY 1 ORDER BY 1;

-- ltv: margin x expected spend x discounted purchases, here e^(-d H) E(H) + d times the integral of e^(-d t) E(t) by Simpson's rule
SELECT code, count(*), bool_and(pg_temp.close(ltv(h, m, s, '1 year', 0.1, 0.3, '1997-09-30')::float8,
       0.3 * expected_spend(s, x, mean) * (exp(-d * year) * expected_purchases(m, x, recency, t, year) + d * integral), 1e-9)) AS integral,
       bool_and(pg_temp.close(ltv(h, m, s, '1 year', 0.1, 0.3, '1997-09-30')::float8, 0.3 * expected_spend(s, x, mean) * residual_value(h, m, 0.1, '1 year', '1997-09-30'),
       1e-12)) AS residual_value,
       bool_and(pg_temp.close(ltv(h, m, s, '1 year', 0, 1, '1997-09-30')::float8, expected_spend(s, x, mean) * expected_purchases(h, m, '1 year', '1997-09-30'),
       1e-9)) AS undiscounted
FROM golden JOIN ltv_model_base USING (customer_id), models, spend, (SELECT 365 / 7.0::float8 AS year, ln(1.1::float8) * 7 / 365.2425 AS d) AS d,
     LATERAL (SELECT year / 300 * sum(CASE WHEN i IN (0, 100) THEN 1 ELSE 2 + i % 2 * 2 END * exp(-d * u) * expected_purchases(m, x, recency, t, u)) AS integral
     FROM generate_series(0, 100) AS i, LATERAL (SELECT i * year / 100 AS u) AS u) AS q
WHERE customer_id % 20 = 0 GROUP BY code ORDER BY code;
-- the defaults; it grows with horizon and margin, and shrinks with the rate; what came later changes nothing
SELECT bool_and(ltv(h, m, s, '1 year') = ltv(h, m, s, '1 year', 0.1, 1, now())) AS defaults,
       bool_and(ltv(h, m, s, '1 year', as_of => t) < ltv(h, m, s, '2 years', as_of => t)) AS grows,
       bool_and(ltv(h, m, s, '1 year', 0.2, as_of => t) < ltv(h, m, s, '1 year', as_of => t)) AS shrinks,
       bool_and(pg_temp.close(ltv(h, m, s, '1 year', margin => 0.25, as_of => t)::float8, ltv(h, m, s, '1 year', as_of => t)::float8 / 4, 1e-12)) AS margin,
       bool_and(ltv(h, m, s, '1 year', as_of => t) = ltv(until(h, t), m, s, '1 year', as_of => t)) AS as_then, bool_and(ltv(h, m, s, '0 days', as_of => t) = 0) AS no_time,
       bool_and(ltv(h, m, s, '1 year', margin => 0, as_of => t) = 0) AS no_margin, count(*)
FROM ltv_model_base, models, spend, (SELECT '1997-09-30'::timestamptz AS t) AS t WHERE customer_id % 20 = 0;
-- the same of a regular model, of a discrete one and of one that nobody leaves
SELECT v.m ->> 'model' AS model, bool_and(pg_temp.close(ltv(h, v.m::purchase_model, s, '1 year', 0.1, 1, '1997-09-30')::float8,
       expected_spend(h, s, '1997-09-30')::float8 * residual_value(h, v.m::purchase_model, 0.1, '1 year', '1997-09-30'), 1e-12)) AS same,
       bool_and(ltv(h, v.m::purchase_model, s, '1 year', 0.1, 1, '1997-09-30') > 0) AS positive
FROM ltv_model_base, spend, (VALUES ('{"model": "mbg/cnbd-k", "params": {"r": 0.58, "alpha": 2.29, "a": 1.13, "b": 1.58, "k": 2}}'::jsonb),
       ('{"model": "nbd", "params": {"r": 0.385, "alpha": 12.07}}'), ('{"model": "bg/bb", "params": {"alpha": 0.5, "beta": 5, "gamma": 0.66, "delta": 2.8}}')) AS v(m)
WHERE customer_id % 20 = 0 GROUP BY v.m ORDER BY 1;

-- the range: from the fits with their uncertainty. It lies within those of higher levels, and the same question has the same answer
CREATE TEMP TABLE fitted AS SELECT purchase_model(h, 'mbg/nbd', '1997-09-30') AS m, spend_model(h, '1997-09-30') AS s
       FROM ltv_model_base;
CREATE TEMP TABLE ranges AS SELECT customer_id, ltv(h, m, s, '273 days', 0, 1, '1997-09-30') AS ltv, expected_purchases(h, m, '273 days', '1997-09-30') AS e,
       ltv_range(h, m, s, '273 days', 0, 1, 0.5, '1997-09-30') AS half, ltv_range(h, m, s, '273 days', 0, 1, 0.9, '1997-09-30') AS range,
    ltv_range(h, m, s, '273 days', 0, 1, 0.99, '1997-09-30') AS wide, ltv_range(h, m, s, '273 days', 0, 1, 0.9, '1997-09-30') AS again,
    ltv_range(h, m, s, '273 days', 0, 0.5, 0.9, '1997-09-30') AS margin, ltv_range(h, m, s, '273 days', 0.5, 1, 0.9, '1997-09-30') AS discounted,
    (SELECT coalesce(sum(amount), 0) FROM cdnow AS c WHERE c.customer_id = b.customer_id AND ordered_on BETWEEN '1997-10-01' AND '1998-06-30') AS spent FROM ltv_model_base AS b,
    fitted WHERE customer_id % 10 = 1;
SELECT count(*), bool_and(half <@ range AND range <@ wide) AS nested, bool_and(range = again) AS again,
       bool_and(lower(range) >= 0 AND lower_inc(range) AND upper_inc(range)) AS closed,
       bool_and(range @> ltv) FILTER (WHERE e > 1) AS holds_the_expectation, count(*) FILTER (WHERE e > 1) AS of_those_who_buy,
       bool_and(pg_temp.close(upper(margin)::float8, upper(range)::float8 / 2, 1e-12)) AS margin, bool_and(upper(discounted) <= upper(range)) AS discounted,
       bool_or(upper(discounted) < upper(range)) AS some FROM ranges;
-- of ten customers nine spend in the holdout what their range of 0.9 holds; that of 0.5 holds more than half of them, for who buys nothing
-- spends the lowest of what it holds
SELECT round(avg((range @> spent)::int), 1) AS "held by 0.9", round(avg((half @> spent)::int), 1) AS "held by 0.5", round(avg((spent = 0)::int), 1) AS "spent nothing"
       FROM ranges;
-- by default 0.1 a year, all of the spend, level 0.9 and now(). Without a covariance matrix the models are taken as certain
SELECT ltv_range(h, m, s, '1 year') = ltv_range(h, m, s, '1 year', 0.1, 1, 0.9, now()) AS defaults,
       ltv_range(h, m, s, '1 year', as_of => t) <> ltv_range(h, certain, s, '1 year', as_of => t) AS uncertain,
       upper(ltv_range(h, m, s, '1 year', as_of => t)) - lower(ltv_range(h, m, s, '1 year', as_of => t)) > 0 AS wide,
       ltv_range(h, m, s, '0 days', as_of => t) AS no_time, ltv_range(h, m, s, '1 year', margin => 0, as_of => t) AS no_margin
FROM ltv_model_base, fitted, LATERAL (SELECT (m::jsonb - '{covariance}'::text[])::purchase_model AS certain, '1997-09-30'::timestamptz AS t) AS c WHERE customer_id = 1;

-- of bare summaries, with times in the model's unit and a continuous rate: the same
SELECT code, count(*), bool_and(pg_temp.close(ltv(m, s, x, recency, t, mean, year, d, 0.3), ltv(h, m, s, '1 year', 0.1, 0.3, '1997-09-30')::float8, 1e-9)) AS ltv,
       bool_and(pg_temp.close(ltv(m, s, x, recency, t, mean, year), expected_spend(s, x, mean) * expected_purchases(m, x, recency, t, year), 1e-9)) AS defaults,
       bool_and(pg_temp.close(ltv(m, s, x, recency, t, mean, 'Infinity', 0.0027), expected_spend(s, x, mean) * residual_value(m, x, recency, t, 0.0027), 1e-9)) AS without_end,
       bool_and(abs(upper(a)::float8 - upper(b)::float8) <= 1e-9 * upper(b)::float8 AND abs(lower(a)::float8 - lower(b)::float8) <= 1e-9 * lower(b)::float8) AS range
FROM golden JOIN ltv_model_base USING (customer_id), models, spend, (SELECT 365 / 7.0::float8 AS year, ln(1.1::float8) * 7 / 365.2425 AS d) AS d,
     LATERAL (SELECT ltv_range(m, s, x, recency, t, mean, year, d, 0.3, 0.5) AS a, ltv_range(h, m, s, '1 year', 0.1, 0.3, 0.5, '1997-09-30') AS b) AS r
WHERE customer_id % 100 = 1 GROUP BY code ORDER BY code;
-- NULL: without a purchase, a model or one that was fitted, a horizon, a rate or a margin, and where the expected spend is infinite
\set s '''{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}''::spend_model'
\set m '''{"model": "mbg/nbd", "params": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}}''::purchase_model'
\set t '''2024-12-31''::timestamptz'
SELECT h, ltv(h, :m, :s, '1 year', as_of => :t), ltv_range(h, :m, :s, '1 year', as_of => :t)
       FROM unnest(ARRAY[NULL, '{}', '{2025-01-01 5}', '{2024-01-01 -5}']::purchase_history[]) AS h;
SELECT what, round(ltv(h, m, s, horizon, rate, margin, :t), 4) AS ltv, ltv_range(h, m, s, horizon, rate, margin, 0.9, :t) IS NULL AS no_range
       FROM (SELECT '{2024-01-01 5}'::purchase_history AS h) AS h,
       (VALUES ('model', NULL, :s, '1 year'::interval, 0.1::float8, 1::float8), ('spend model', :m, NULL, '1 year', 0.1, 1), ('horizon', :m, :s, NULL, 0.1, 1),
       ('rate', :m, :s, '1 year', NULL, 1), ('margin', :m, :s, '1 year', 0.1, NULL),
       ('params', '{"model": "bg/nbd", "params": null}', :s, '1 year', 0.1, 1), ('spend params', :m, '{"params": null}', '1 year', 0.1, 1),
       ('infinite spend', :m, '{"params": {"p": 0.2, "q": 0.5, "gamma": 10}}', '1 year', 0.1, 1), ('nothing', :m, :s, '1 year', 0.1, 1)) AS v(what, m, s, horizon, rate, margin);
SELECT what, ltv(m, s, x, 5, 10, mean, horizon) IS NULL AS ltv, ltv_range(m, s, x, 5, 10, mean, horizon, level => level) IS NULL AS range
FROM (VALUES ('model', NULL, :s, 2::float8, 20::float8, 52::float8, 0.9::float8), ('spend model', :m, NULL, 2, 20, 52, 0.9), ('frequency', :m, :s, NULL, 20, 52, 0.9),
       ('mean', :m, :s, 2, NULL, 52, 0.9),
       ('horizon', :m, :s, 2, 20, NULL, 0.9), ('infinite spend', :m, '{"params": {"p": 0.2, "q": 0.5, "gamma": 10}}', 2, 20, 52, 0.9),
       ('nothing', :m, :s, 2, 20, 52, 0.9)) AS v(what, m, s, x, mean, horizon, level);

-- bad arguments
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', 0.1, 1.5, :t);
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', -0.1, 1, :t);
SELECT ltv('{2024-01-01 5}', :m, :s, '-1 day', 0.1, 1, :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', level => 1, as_of => :t);
SELECT ltv_range('{2024-01-01 5}', '{"model": "nbd", "params": {"r": 100, "alpha": 1}, "unit": "1 day"}', :s, '365 days', as_of => '2024-01-01');
\set VERBOSITY sqlstate
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', 0.1, -0.1, :t);
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', 0.1, 'NaN', :t);
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', 'NaN', 1, :t);
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', 'Infinity', 1, :t);
SELECT ltv('{2024-01-01 5}', :m, :s, '9000 years', 0.1, 1, :t);
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', 0.1, 1, NULL);
SELECT ltv('{2024-01-01 5}', :m, :s, '1 year', 0.1, 1, 'infinity');
SELECT ltv('{}', :m, :s, '-1 day', 0.1, 1, :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', level => 0, as_of => :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', level => 'NaN', as_of => :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', level => NULL, as_of => :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', 0.1, 2, as_of => :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', -0.1, as_of => :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '-1 day', as_of => :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '9000 years', as_of => :t);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', as_of => NULL);
SELECT ltv_range('{2024-01-01 5}', :m, :s, '1 year', as_of => '-infinity');
SELECT ltv(:m, :s, 1.5, 5, 10, 20, 52);
SELECT ltv(:m, :s, 2, 11, 10, 20, 52);
SELECT ltv(:m, :s, 2, 5, 10, 'NaN', 52);
SELECT ltv(:m, :s, 2, 5, 10, 20, -1);
SELECT ltv(:m, :s, 2, 5, 10, 20, 'Infinity');
SELECT ltv(:m, :s, 2, 5, 10, 20, 52, -0.1);
SELECT ltv(:m, :s, 2, 5, 10, 20, 52, 0, 1.1);
SELECT ltv_range(:m, :s, 2, 11, 10, 20, 52);
SELECT ltv_range(:m, :s, 2, 5, 10, 20, 'Infinity', 0.01);
SELECT ltv_range(:m, :s, 2, 5, 10, 20, 52, level => 1);
\set VERBOSITY default
DROP TABLE ltv_model_base;
