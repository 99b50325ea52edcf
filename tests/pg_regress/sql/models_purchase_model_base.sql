-- models of purchases: how a base is read, in groups and parts, what it may lack, and the options
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- the CDNOW sample, at the end of its calibration
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE golden (customer_id int, x int, recency_days int, t_days int, recency float8, t float8, monetary_value float8, rounded float8, holdout int);
\copy golden FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample_summary.csv"' (FORMAT csv, HEADER)
CREATE TABLE grouped_base AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ANALYZE grouped_base;
-- every number of a reference, k apart, within a relative tolerance; and no number is missing, NULL or beside them
CREATE FUNCTION pg_temp.agrees(fitted jsonb, reference jsonb, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT count(*) > 0 AND bool_and(coalesce(abs(f.value::float8 / r.value::float8 - 1) <= tolerance, false)) FROM jsonb_each_text(fitted - 'k') AS f
    FULL JOIN jsonb_each_text(reference - 'k') AS r USING (key)
$$;
CREATE TEMP TABLE fits AS
    SELECT name, m::jsonb AS fit FROM (VALUES ('bgnbd_cdnow_rounded_weeks', 'bg/nbd'), ('mbgnbd_cdnow_rounded_weeks', 'mbg/nbd'),
    ('pnbd_cdnow_rounded_weeks', 'pareto/nbd')) AS v(name, model),
    LATERAL (SELECT purchase_model(x, recency, t, model) AS m FROM golden) AS f;

-- a fit for each group, in one query: as if fitted alone
SELECT count(*) AS fits, count(DISTINCT m::text) AS different, bool_and(m = (SELECT purchase_model(h, model, '1997-09-30') FROM grouped_base WHERE customer_id % 7 = g)) AS as_alone, string_agg(DISTINCT m::jsonb ->> 'status', ', ') AS status
FROM (SELECT customer_id % 7 AS g, model, purchase_model(h, model, '1997-09-30') AS m FROM grouped_base, unnest('{bg/nbd,mbg/nbd,pareto/nbd,nbd}'::text[]) AS model GROUP BY 1, 2) AS t;
-- in whatever order the rows come, and in parallel, the same to the last byte
SELECT model, count(DISTINCT m) AS different FROM unnest('{bg/nbd,mbg/nbd,bg/cnbd-k,pareto/nbd}'::text[]) AS model,
     LATERAL (SELECT purchase_model(h, model, '1997-09-30' ORDER BY customer_id)::text AS m FROM grouped_base UNION ALL SELECT purchase_model(h, model, '1997-09-30' ORDER BY customer_id DESC)::text FROM grouped_base UNION ALL SELECT purchase_model(h, model, '1997-09-30' ORDER BY md5(customer_id::text))::text FROM grouped_base) AS t GROUP BY model ORDER BY model;
SELECT model, purchase_model(h, model, '1997-09-30')::text AS m INTO TEMP serial FROM grouped_base, unnest('{bg/nbd,mbg/nbd,bg/cnbd-k,mbg/cnbd-k,pareto/nbd,nbd,bg/bb}'::text[]) AS model GROUP BY model;
SELECT purchase_model(num_purchases(h, '1997-06-30') - 1, 2 * num_purchases(h, '1997-06-30') - 2, 60, 2, 'mbg/nbd')::text AS serial FROM grouped_base WHERE num_purchases(h, '1997-06-30') BETWEEN 1 AND 30 \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT purchase_model(h, 'bg/nbd', '1997-09-30') FROM grouped_base;
SELECT model, m = CASE model WHEN 'bg/nbd' THEN (SELECT purchase_model(h, 'bg/nbd', '1997-09-30')::text FROM grouped_base) WHEN 'mbg/nbd' THEN (SELECT purchase_model(h, 'mbg/nbd', '1997-09-30')::text FROM grouped_base)
       WHEN 'bg/cnbd-k' THEN (SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30')::text FROM grouped_base) WHEN 'mbg/cnbd-k' THEN (SELECT purchase_model(h, 'mbg/cnbd-k', '1997-09-30')::text FROM grouped_base) WHEN 'pareto/nbd' THEN (SELECT purchase_model(h, 'pareto/nbd', '1997-09-30')::text FROM grouped_base)
       WHEN 'nbd' THEN (SELECT purchase_model(h, 'nbd', '1997-09-30')::text FROM grouped_base) WHEN 'bg/bb' THEN (SELECT purchase_model(h, 'bg/bb', '1997-09-30')::text FROM grouped_base) END AS same FROM serial ORDER BY model;
SELECT purchase_model(num_purchases(h, '1997-06-30') - 1, 2 * num_purchases(h, '1997-06-30') - 2, 60, 2, 'mbg/nbd')::text = :'serial' AS summaries FROM grouped_base WHERE num_purchases(h, '1997-06-30') BETWEEN 1 AND 30;
-- workers that were asked for different things
\set VERBOSITY sqlstate
SELECT purchase_model(h, CASE WHEN customer_id < 1000 THEN 'bg/nbd' ELSE 'nbd' END, '1997-09-30') FROM grouped_base;
SELECT purchase_model(h, 'nbd', CASE WHEN customer_id < 1000 THEN '1997-09-30' ELSE '1997-09-29' END::timestamptz) FROM grouped_base;
\set VERBOSITY default
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
-- over a window, also one that grows by a row
SELECT count(*), count(DISTINCT m::text) AS models, bool_and(m = (SELECT purchase_model(h, 'bg/nbd', '1997-09-30') FROM grouped_base AS b WHERE b.customer_id % 2 = t.customer_id % 2)) AS as_grouped
FROM (SELECT customer_id, purchase_model(h, 'bg/nbd', '1997-09-30') OVER (PARTITION BY customer_id % 2) AS m FROM grouped_base) AS t WHERE customer_id <= 20;
SELECT count(*), bool_and(m = (SELECT purchase_model(h, 'nbd', '1997-09-30') FROM grouped_base AS b WHERE b.customer_id <= t.customer_id)) AS as_alone, count(*) FILTER (WHERE m::jsonb ->> 'status' = 'converged') > 20 AS fitted
FROM (SELECT customer_id, purchase_model(h, 'nbd', '1997-09-30') OVER (ORDER BY customer_id) AS m FROM grouped_base WHERE customer_id <= 40) AS t;

-- who has not bought by as_of is no customer; without rows there is no model, without customers one that says so
SELECT purchase_model(h, 'bg/nbd', '1997-09-30') = (SELECT purchase_model(h, 'bg/nbd', '1997-09-30') FROM grouped_base) AS same FROM (SELECT h FROM grouped_base UNION ALL SELECT unnest(ARRAY[NULL, '{}', '{1998-01-01 5}', '{1997-05-05 -5}']::purchase_history[])) AS t;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30') AS no_rows, purchase_model(1, 1, 1) FILTER (WHERE false) AS no_summaries FROM grouped_base WHERE false;
SELECT name, m::jsonb ->> 'status' AS status, m::jsonb -> 'params' AS params, m::jsonb ->> 'customers' AS customers, m::jsonb ->> 'repeat_buyers' AS repeat_buyers, m::jsonb -> 'log_likelihood' AS log_likelihood, m::jsonb -> 'standard_errors' AS standard_errors, p_alive('{1997-05-05 5}', m, '1997-09-30') AS p_alive, expected_purchases('{1997-05-05 5}', m, '1 year', '1997-09-30') AS expected_purchases,
       purchase_probability('{1997-05-05 5}', m, '1 year', '1997-09-30') AS purchase_probability, expected_next_purchase('{1997-05-05 5}', m, '1997-09-30') AS next, expected_next_purchase_range('{1997-05-05 5}', m, 0.8, '1997-09-30') AS range, residual_value('{1997-05-05 5}', m, as_of => '1997-09-30') AS residual_value, p_alive(m, 0, 0, 1) AS bare, log_likelihood(m, 0, 0, 1) AS log_likelihood, expected_purchases_new(m, '1 year') AS new, aic(m), bic(m), lifecycle_stage('{1997-05-05 5}', m, '1997-09-30') AS stage
FROM (SELECT 'nobody yet' AS name, purchase_model(h, 'bg/nbd', '1996-12-31') AS m FROM grouped_base UNION ALL SELECT 'null', purchase_model(NULL::purchase_history, 'pareto/nbd', '1997-09-30')
      UNION ALL SELECT 'three', purchase_model(h, 'mbg/cnbd-k', '1997-09-30') FROM (SELECT h FROM grouped_base WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 3) AS t
      UNION ALL SELECT 'once each', purchase_model(h, 'nbd', '1997-09-30') FROM grouped_base WHERE num_purchase_days(h, '1997-09-30') = 1) AS t ORDER BY name \gx
SELECT purchase_model(h, 'nbd', '1997-09-30')::jsonb ->> 'status' AS four, (SELECT purchase_model(h, 'nbd', '1997-09-30')::jsonb -> 'params' <> 'null' AS five FROM (SELECT h FROM grouped_base WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 5) AS t) FROM (SELECT h FROM grouped_base WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 4) AS t;

-- a base that nobody leaves: purchases spread over the whole time, their number that of an NBD with r = 1. It is an NBD, and says so
CREATE TEMP TABLE stayers AS SELECT i, purchase_history('2024-01-01'::date + (j * 360 / (x + 0.5))::int, 1) AS h FROM (SELECT i, floor(ln(1 - (i - 0.5) / 500) / ln(0.75))::int AS x FROM generate_series(1, 500) AS i) AS q, generate_series(0, x) AS j GROUP BY i;
CREATE TEMP TABLE stayers_fits AS SELECT model, purchase_model(h, model, '2024-12-26', '7 days', options) AS m FROM stayers, (VALUES ('nbd', NULL::jsonb), ('bg/nbd', NULL), ('mbg/nbd', NULL), ('pareto/nbd', NULL), ('bg/cnbd-k', '{"fixed": {"k": 1}}'), ('mbg/cnbd-k', '{"fixed": {"k": 1}}')) AS v(model, options) GROUP BY model, options;
SELECT model, m::jsonb ->> 'status' AS status, m::jsonb ->> 'collapses_to' AS collapses_to, coalesce(m::jsonb #> '{params,a}', m::jsonb #> '{params,s}') AS leaving, pg_temp.agrees((m::jsonb -> 'params') - '{a,b,s,beta,k}'::text[], nbd -> 'params', 1e-9) AS params, abs((m::jsonb ->> 'log_likelihood')::float8 - (nbd ->> 'log_likelihood')::float8) < 1e-6 AS log_likelihood,
       (SELECT string_agg(key, ', ' ORDER BY key) FROM jsonb_object_keys(m::jsonb -> 'standard_errors') AS key) AS standard_errors, (SELECT bool_and(p_alive(h, m, t) = 1) FROM stayers, unnest(ARRAY['2024-12-26', '2034-12-26']::timestamptz[]) AS t) AS all_alive,
       (SELECT bool_and(abs(expected_purchases(h, m, '1 year', '2024-12-26') / expected_purchases(h, nbd::purchase_model, '1 year', '2024-12-26') - 1) < 1e-9) FROM stayers) AS expected_purchases, (SELECT bool_and(abs(residual_value(h, m, 0.1, '1 year', '2024-12-26') / residual_value(h, nbd::purchase_model, 0.1, '1 year', '2024-12-26') - 1) < 1e-9) FROM stayers) AS residual_value, m::text::purchase_model = m AS read_back
FROM stayers_fits, (SELECT m::jsonb AS nbd FROM stayers_fits WHERE model = 'nbd') AS n ORDER BY model;

-- options: where the search starts makes no difference
SELECT model, start, pg_temp.agrees(m -> 'params', fit -> 'params', 1e-6) AS same
FROM (SELECT model, start, purchase_model(x, recency, t, 1, model, '7 days', jsonb_build_object('start', start))::jsonb AS m
      FROM golden, (VALUES ('bg/nbd', '{"r": 0.01, "alpha": 0.1, "a": 0.01, "b": 0.1}'::jsonb), ('bg/nbd', '{"r": 5, "alpha": 100, "a": 10, "b": 10}'), ('mbg/nbd', '{"r": 3}'), ('pareto/nbd', '{"s": 0.01, "beta": 100}')) AS v(model, start) GROUP BY model, start) AS t JOIN fits ON fit ->> 'model' = model AND name LIKE '%rounded%' ORDER BY model, start;
-- a parameter that is held stays, has no standard error, and the others are at their best beside it
SELECT model, fit -> 'fixed' AS fixed, fit ->> 'status' AS status, fit -> 'params' -> 'b' AS b, fit -> 'params' -> 'beta' AS beta, (SELECT string_agg(key, ', ' ORDER BY key) FROM jsonb_object_keys(fit -> 'standard_errors') AS key) AS standard_errors, jsonb_array_length(fit -> 'covariance') AS size, aic(fit::purchase_model) = 2 * 3 - 2 * (fit ->> 'log_likelihood')::float8 AS degrees,
       (fit ->> 'log_likelihood')::float8 < (SELECT (f.fit ->> 'log_likelihood')::float8 FROM fits AS f WHERE f.fit ->> 'model' = model AND name LIKE '%rounded%') AS below,
       (SELECT bool_and((SELECT sum(log_likelihood(jsonb_set(fit, ARRAY['params', key], to_jsonb((fit -> 'params' ->> key)::float8 * f))::purchase_model, x, recency, t)) FROM golden) < (fit ->> 'log_likelihood')::float8) FROM jsonb_object_keys(fit -> 'standard_errors') AS key, unnest(ARRAY[0.999, 1.001]) AS f) AS best
FROM (SELECT model, purchase_model(x, recency, t, 1, model, '7 days', options)::jsonb AS fit FROM golden, (VALUES ('bg/nbd', '{"fixed": {"b": 2}}'::jsonb), ('mbg/nbd', '{"fixed": {"b": 3}, "start": {"r": 1}}'), ('pareto/nbd', '{"fixed": {"beta": 5}}')) AS v(model, options) GROUP BY model, options) AS t ORDER BY model;
SELECT fit -> 'params' AS params, fit ->> 'status' AS status, abs((fit ->> 'log_likelihood')::float8 - (SELECT sum(log_likelihood('{"model": "nbd", "params": {"r": 0.5, "alpha": 10}}', x, recency, t)) FROM golden)) < 1e-8 AS log_likelihood, fit -> 'standard_errors' AS standard_errors
FROM (SELECT purchase_model(x, recency, t, 1, 'nbd', '7 days', '{"fixed": {"r": 0.5, "alpha": 10}}')::jsonb AS fit FROM golden) AS t;
-- a ridge maximises log-likelihood - ridge n (sum of squares): no neighbour is above, and the parameters are drawn in
WITH ridged AS (SELECT model, ridge, purchase_model(x, recency, t, 1, model, '7 days', jsonb_build_object('ridge', ridge))::jsonb AS fit FROM golden, unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS model, unnest(ARRAY[0.00001, 0.001, 0.1]::float8[]) AS ridge GROUP BY model, ridge),
     around AS (SELECT model, ridge, r.fit, key, factor, ll, squares, ll - ridge * 2357 * squares AS objective FROM ridged AS r, jsonb_object_keys(r.fit -> 'params') AS key, unnest(ARRAY[0.999, 1, 1.001]) AS factor,
                LATERAL (SELECT jsonb_set(r.fit, ARRAY['params', key], to_jsonb((r.fit -> 'params' ->> key)::float8 * factor)) AS near) AS n, LATERAL (SELECT sum(log_likelihood(near::purchase_model, x, recency, t)) AS ll FROM golden) AS l, LATERAL (SELECT sum(value::float8 ^ 2) AS squares FROM jsonb_each_text(near -> 'params')) AS s)
SELECT model, ridge, (around.fit ->> 'ridge')::float8 = ridge AS told, around.fit ->> 'status' AS status, bool_and(squares < (SELECT sum(value::float8 ^ 2) FROM jsonb_each_text(fits.fit -> 'params'))) FILTER (WHERE factor = 1) AS drawn_in, bool_and(ll < (fits.fit ->> 'log_likelihood')::float8) FILTER (WHERE factor = 1) AS below,
       max(objective) FILTER (WHERE factor <> 1) < min(objective) FILTER (WHERE factor = 1) AS best, count(*) FROM around JOIN fits ON fits.fit ->> 'model' = model AND name LIKE '%rounded%' GROUP BY model, ridge, around.fit ORDER BY model, ridge;
-- and makes a model of a base that has none of its own
SELECT model, fit ->> 'status' AS status, fit ? 'collapses_to' AS collapses, (SELECT bool_and(value::float8 > 0 AND value::float8 < 100) FROM jsonb_each_text(fit -> 'params')) AS finite FROM (SELECT model, purchase_model(h, model, '2024-12-26', '7 days', '{"ridge": 0.001}')::jsonb AS fit FROM stayers, unnest('{bg/nbd,mbg/nbd,pareto/nbd}'::text[]) AS model GROUP BY model) AS t ORDER BY model;
-- nothing asked for is no option
SELECT options, m - '{fixed,ridge}'::text[] = fit AS same FROM (SELECT options, purchase_model(x, recency, t, 1, 'bg/nbd', '7 days', options)::jsonb AS m FROM golden, unnest(ARRAY['{}', '{"ridge": 0}', '{"start": {}, "fixed": {}}', NULL]::jsonb[]) AS options GROUP BY options) AS t, fits WHERE name = 'bgnbd_cdnow_rounded_weeks' ORDER BY options;

-- which model of a base: the criteria are those of the log-likelihood, by the numbers fitted
SELECT m::jsonb ->> 'model' AS model, aic(m) = 2 * p - 2 * ll AS aic, abs(bic(m) - (p * ln(2357::float8) - 2 * ll)) < 1e-9 AS bic, rank() OVER (ORDER BY aic(m)) AS by_aic, rank() OVER (ORDER BY bic(m)) AS by_bic
FROM (SELECT m::purchase_model AS m, (m::jsonb ->> 'log_likelihood')::float8 AS ll, CASE model WHEN 'nbd' THEN 2 WHEN 'bg/cnbd-k' THEN 5 WHEN 'mbg/cnbd-k' THEN 5 ELSE 4 END AS p FROM serial WHERE model <> 'bg/bb') AS t ORDER BY by_aic;
SELECT aic(m), bic(m) FROM (SELECT '{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}'::purchase_model AS m) AS t;
SELECT aic(NULL), bic(NULL);

-- bad arguments
SELECT purchase_model(h, 'bg-nbd', '1997-09-30') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '1 month') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '0 days') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"rigde": 1}') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"ridge": -1}') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": {"s": 1}}') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"start": {"a": 0}}') FROM grouped_base;
SELECT purchase_model(h, 'mbg/cnbd-k', '1997-09-30', '7 days', '{"fixed": {"k": 13}}') FROM grouped_base;
SELECT purchase_model(h, CASE customer_id WHEN 5 THEN 'bg/nbd' ELSE 'mbg/nbd' END, '1997-09-30') FROM (SELECT * FROM grouped_base ORDER BY customer_id) AS t;
SELECT purchase_model(h, 'bg/nbd', CASE customer_id WHEN 5 THEN '1997-09-29' ELSE '1997-09-30' END::timestamptz) FROM (SELECT * FROM grouped_base ORDER BY customer_id) AS t;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', CASE customer_id WHEN 5 THEN '1 day' ELSE '7 days' END::interval) FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', CASE customer_id WHEN 5 THEN '{"ridge": 1}' END::jsonb) FROM grouped_base;
SELECT purchase_model(h, NULL, '1997-09-30') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', NULL) FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', NULL) FROM grouped_base;
SELECT purchase_model(2, 5, 10, -1);
SELECT purchase_model(1, 0, 10);
SELECT purchase_model(0, 5, 10);
SELECT purchase_model(2, 11, 10);
SELECT purchase_model(3, 2, 6, 'bg/bb');
\set VERBOSITY sqlstate
SELECT purchase_model(h, '', '1997-09-30') FROM grouped_base;
SELECT purchase_model(h, repeat('x', 100000), '1997-09-30') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', 'infinity') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '-7 days') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '1 year') FROM grouped_base;
SELECT purchase_model(NULL::purchase_history, NULL, '1997-09-30');
SELECT purchase_model(NULL::purchase_history, 'bg/nbd', NULL);
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '[]') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', 'null') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '"ridge"') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"ridge": "1"}') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"ridge": 1e400}') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": {"k": 2}}') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": {"b": -1}}') FROM grouped_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": [1]}') FROM grouped_base;
SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30', '7 days', '{"fixed": {"k": 0}}') FROM grouped_base;
SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30', '7 days', '{"fixed": {"k": 1.5}}') FROM grouped_base;
SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30', '7 days', '{"start": {"k": 2}}') FROM grouped_base;
SELECT purchase_model(1, 'NaN', 10);
SELECT purchase_model(1, 5, 'NaN');
SELECT purchase_model(1, 5, 'infinity');
SELECT purchase_model(1, -1, 10);
SELECT purchase_model(-1, 5, 10);
SELECT purchase_model(5000000000, 5, 10);
SELECT purchase_model(1.5, 5, 10);
SELECT purchase_model('NaN', 5, 10);
SELECT purchase_model(1, 5, 10, 0.5);
SELECT purchase_model(1, 5, 10, 'Infinity');
SELECT purchase_model(1, 1.5, 6, 'bg/bb');
SELECT purchase_model(1, 1, 6.5, 'bg/bb');
SELECT purchase_model(1, 5, 10, 1, NULL);
SELECT purchase_model(1, 5, 10, 1, 'bg/nbd', NULL);
SELECT purchase_model(1, 5, 10, 1, 'bg/nbd', '1 month');
\set VERBOSITY default
-- rows with a NULL are left out
SELECT purchase_model(x, r, t)::jsonb ->> 'customers' AS customers FROM (VALUES (1, 5.0::float8, 10.0::float8), (NULL, 5, 10), (1, NULL, 10), (1, 5, NULL)) AS v(x, r, t);
DROP TABLE grouped_base;
