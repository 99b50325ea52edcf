-- models of purchases: the type, and fits against the optima that others computed from the same data
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- written by hand from a paper: every model, and what is read back
CREATE TEMP TABLE by_hand (i int, m purchase_model);
INSERT INTO by_hand VALUES
    (1, '{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}'),
    (2, '{"params": {"b": 1.614, "a": 0.891, "alpha": 6.183, "r": 0.525}, "unit": "7 days", "model": "mbg/nbd"}'),
    (3, '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 2}, "unit": "1 week"}'),
    (4, '{"model": "mbg/cnbd-k", "params": {"k": 12, "r": 1.33, "alpha": 2.81, "a": 0.42, "b": 0.79}, "unit": "1 day"}'),
    (5, '{"model": "pareto/nbd", "params": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, "unit": "12 hours"}'),
    (6, '{"model": "NBD", "params": {"r": 0.385, "alpha": 12.072}}'),
    (7, '{"model": "bg/bb", "params": {"alpha": 1.204, "beta": 0.75, "gamma": 0.657, "delta": 2.783}, "unit": "365 days"}'),
    (8, '{"model": "bg/nbd", "params": null}'),
    (9, '{"model": "mbg/nbd", "params": {"r": 0.525, "alpha": 6.183, "a": 0, "b": 1}}');
SELECT i, m::jsonb ->> 'model' AS model, m::jsonb -> 'params' AS params, m::jsonb ->> 'unit' AS unit FROM by_hand ORDER BY i;
-- there and back the same, by text, jsonb and the wire
SELECT bool_and(m::text::purchase_model = m) AS by_text, bool_and(m::jsonb::purchase_model::jsonb = m::jsonb) AS by_jsonb FROM by_hand;
CREATE TEMP TABLE returned (LIKE by_hand);
\copy by_hand TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/model"' (FORMAT binary)
\copy returned FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/model"' (FORMAT binary)
SELECT count(*), bool_and(by_hand.m = returned.m) AS by_wire FROM by_hand JOIN returned USING (i);
-- equal, unequal, hashed
SELECT a.m = b.m AS equal, a.m <> b.m AS unequal, count(*) FROM by_hand AS a CROSS JOIN by_hand AS b WHERE a.i <> b.i OR a.i = 1 GROUP BY 1, 2 ORDER BY 1;
SELECT '{"model": "nbd", "params": {"r": 1, "alpha": 2}}'::purchase_model = '{"params": {"r": 1.0, "alpha": 2.0}, "unit": "1 week", "model": "nbd"}' AS same_numbers, '{"model": "nbd", "params": {"r": 1, "alpha": 2}}'::purchase_model = '{"model": "nbd", "params": {"r": 1, "alpha": 2}, "unit": "1 day"}' AS other_unit,
       '{"model": "nbd", "params": {"r": 1, "alpha": 2}}'::purchase_model = NULL AS null_model;
SELECT count(*) AS groups, sum(n) AS rows FROM (SELECT m, count(*) AS n FROM (SELECT m FROM by_hand UNION ALL SELECT m FROM returned) AS t GROUP BY m) AS g;
SELECT count(*) FROM (SELECT DISTINCT m FROM (SELECT m FROM by_hand UNION ALL SELECT m FROM returned) AS t) AS d;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) AS joined_by_hash FROM by_hand AS a JOIN returned AS b USING (m);
RESET enable_mergejoin; RESET enable_nestloop;

-- what is no model
SELECT ''::purchase_model;
SELECT '{"model": "bgnbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}'::purchase_model;
SELECT '{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.243, "alpha": 4.414, "s": 0.793}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.243, "r": 0.243, "alpha": 4.414}}'::purchase_model;
SELECT '{"model": "pareto/nbd", "params": {"r": 0.553, "alpha": 10.578, "s": -0.606, "beta": 11.669}}'::purchase_model;
SELECT '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79}}'::purchase_model;
SELECT '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 13}}'::purchase_model;
SELECT '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 1.5}}'::purchase_model;
SELECT '{"model": "bg/nbd", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 2}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "1 month"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "color": "red"}'::purchase_model;
SELECT '{"model": "nbd"}'::purchase_model;
SELECT '{"params": {"r": 0.385, "alpha": 12.072}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": null}}'::purchase_model;
SELECT '{"model": "nbd", "params": [0.385, 12.072]}'::purchase_model;
\set VERBOSITY sqlstate
SELECT '{}'::purchase_model;
SELECT '[]'::jsonb::purchase_model;
SELECT 'null'::purchase_model;
SELECT 'null'::jsonb::purchase_model;
SELECT '"bg/nbd"'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}} x'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}'::purchase_model;
SELECT '{"model": null, "params": {"r": 0.385, "alpha": 12.072}}'::purchase_model;
SELECT '{"model": ["nbd"], "params": {"r": 0.385, "alpha": 12.072}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": "0.385", "alpha": 12.072}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 0}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 1e400}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 1e300}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": NaN}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": Infinity}}'::purchase_model;
SELECT '{"model": "nbd", "params": {}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": null}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": 7}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "0 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "-7 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "1.5 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "99999999999999999999 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "customers": -1}'::purchase_model;
SELECT '{"model": "mbg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 0}}'::purchase_model;
SELECT '{"model": "mbg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": null}}'::purchase_model;
SELECT '{"model": "bg/bb", "params": {"alpha": 1.204, "beta": 0.75, "gamma": 0.657, "delta": 0}}'::purchase_model;
SELECT repeat('[', 100000)::purchase_model;
SELECT ('{"model": "nbd", "params": ' || repeat('{"r": ', 100000))::purchase_model;
\set VERBOSITY terse
SELECT ('{"model": "' || repeat('x', 100000) || '"}')::purchase_model;
\set VERBOSITY default

-- the CDNOW sample, at the end of its calibration
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE golden (customer_id int, x int, recency_days int, t_days int, recency float8, t float8, monetary_value float8, rounded float8, holdout int);
\copy golden FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample_summary.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE donations (x int, recency int, t int, customers int);
\copy donations FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/donations.csv"' (FORMAT csv, HEADER)
CREATE TABLE model_base AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ANALYZE model_base;
\set mle `cat "$PG_ABS_SRCDIR/../data/mle_reference.json"`
\set cnbdk `cat "$PG_ABS_SRCDIR/../data/cnbdk_reference.json"`
\set published `cat "$PG_ABS_SRCDIR/../data/published_values.json"`

-- every number of a reference, within a relative tolerance, and no number beside them
CREATE FUNCTION pg_temp.agrees(fitted jsonb, reference jsonb, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT count(*) > 0 AND bool_and(abs((fitted ->> key)::float8 / value::float8 - 1) <= tolerance) AND count(*) = (SELECT count(*) FROM jsonb_object_keys(fitted - 'k')) FROM jsonb_each_text(reference - 'k')
$$;
CREATE FUNCTION pg_temp.log_likelihood_agrees(fitted jsonb, reference text) RETURNS boolean LANGUAGE sql AS $$
    SELECT (fitted ->> 'log_likelihood')::float8 - reference::float8 BETWEEN -1e-9 AND 1e-6
$$;

-- at the optimum of a Newton iteration with 40 digits: from histories in weeks of exactly 7 days, from the weeks rounded to two
-- decimals that Python's lifetimes ships, from donors by year as weighted rows
CREATE TEMP TABLE fits AS
    SELECT name, m::jsonb AS fit FROM (VALUES ('bgnbd_cdnow_exact_weeks', 'bg/nbd'), ('mbgnbd_cdnow_exact_weeks', 'mbg/nbd'), ('pnbd_cdnow_exact_weeks', 'pareto/nbd')) AS v(name, model), LATERAL (SELECT purchase_model(h, model, '1997-09-30') AS m FROM model_base) AS f
    UNION ALL
    SELECT name, m::jsonb FROM (VALUES ('bgnbd_cdnow_rounded_weeks', 'bg/nbd'), ('mbgnbd_cdnow_rounded_weeks', 'mbg/nbd'), ('pnbd_cdnow_rounded_weeks', 'pareto/nbd')) AS v(name, model), LATERAL (SELECT purchase_model(x, recency, t, model) AS m FROM golden) AS f
    UNION ALL SELECT 'bgbb_donations', purchase_model(x, recency, t, customers, 'bg/bb', '365 days')::jsonb FROM donations;
SELECT name, fit ->> 'status' AS status, fit -> 'customers' = r -> 'n_customers' AS customers, pg_temp.agrees(fit -> 'params', r -> 'params', 1e-6) AS params, pg_temp.log_likelihood_agrees(fit, r ->> 'loglik') AS log_likelihood,
       pg_temp.agrees(fit -> 'standard_errors', r -> 'se', 1e-4) AS standard_errors, (fit ->> 'gradient_norm')::float8 < 1e-8 AS flat, (fit ->> 'iterations')::int > 0 AS iterations, fit ->> 'repeat_buyers' AS repeat_buyers, fit ->> 'unit' AS unit, fit ->> 'as_of' AS as_of
FROM fits JOIN jsonb_each(:'mle') AS j(name, r) USING (name) ORDER BY name;
-- what a model carries
SELECT string_agg(key, ', ' ORDER BY key) AS keys, fit ->> 'version' = (SELECT extversion FROM pg_extension WHERE extname = 'pg_lifecycle') AS version FROM fits, jsonb_object_keys(fit) AS key WHERE name = 'bgnbd_cdnow_exact_weeks' GROUP BY fit;
-- the covariance matrix is symmetric; the squares of the standard errors are on its diagonal
SELECT name, jsonb_array_length(fit -> 'covariance') AS size, bool_and((fit #>> ARRAY['covariance', i::text, j::text]) = (fit #>> ARRAY['covariance', j::text, i::text])) AS symmetric,
       bool_and(i <> j OR abs((fit #>> ARRAY['covariance', i::text, i::text])::float8 / (fit -> 'standard_errors' ->> names[i + 1])::float8 ^ 2 - 1) < 1e-9) AS squares,
       bool_and(i = j OR (fit #>> ARRAY['covariance', i::text, j::text])::float8 ^ 2 < (fit #>> ARRAY['covariance', i::text, i::text])::float8 * (fit #>> ARRAY['covariance', j::text, j::text])::float8) AS correlations
FROM fits AS f, LATERAL (SELECT string_to_array(CASE fit ->> 'model' WHEN 'bg/bb' THEN 'alpha,beta,gamma,delta' WHEN 'pareto/nbd' THEN 'r,alpha,s,beta' ELSE 'r,alpha,a,b' END, ',') AS names) AS n, generate_series(0, 3) AS i, generate_series(0, 3) AS j GROUP BY f.name, fit ORDER BY f.name;
-- the sum of the customers' log-likelihoods is the fit's
SELECT name, abs((SELECT sum(log_likelihood(fit::purchase_model, x, recency, t)) FROM golden) - (fit ->> 'log_likelihood')::float8) < 1e-8 AS same FROM fits WHERE name LIKE '%rounded%' ORDER BY name;
SELECT name, abs((SELECT sum(log_likelihood(fit::purchase_model, x, recency_days / 7.0, t_days / 7.0)) FROM golden) - (fit ->> 'log_likelihood')::float8) < 1e-8 AS same FROM fits WHERE name LIKE '%exact%' ORDER BY name;
-- without a name it is mbg/nbd; from histories and from btyd_summary(h) the same
SELECT purchase_model(x, recency, t)::jsonb = fit AS of_summaries, purchase_model(x, recency, t, 1)::jsonb = fit AS of_weights FROM golden, fits WHERE name = 'mbgnbd_cdnow_rounded_weeks' GROUP BY fit;
SELECT purchase_model(h)::jsonb - '{version}'::text[] = purchase_model(h, 'mbg/nbd', now(), '7 days', NULL)::jsonb - '{version}'::text[] AS defaults FROM model_base;
SELECT name, pg_temp.agrees(purchase_model((s).frequency, (s).recency, (s).t, 1, fit ->> 'model')::jsonb -> 'params', fit -> 'params', 1e-9) AS same
FROM fits, (SELECT btyd_summary(h, '1997-09-30') AS s FROM model_base) AS s WHERE name LIKE '%exact%' GROUP BY name, fit ORDER BY name;

-- what was published, to the last printed digit
SELECT p ->> 'id' AS published, left(p ->> 'source', 60) AS source, key, printed, round((coalesce(fit -> 'params' ->> key, fit ->> 'log_likelihood'))::numeric, scale(printed::numeric)) = printed::numeric AS same
FROM (VALUES ('bgnbd_params', 'bgnbd_cdnow_exact_weeks'), ('pnbd_params', 'pnbd_cdnow_exact_weeks'), ('mbgnbd_params', 'mbgnbd_cdnow_exact_weeks'), ('bgbb_params', 'bgbb_donations')) AS v(id, name)
JOIN fits USING (name) JOIN jsonb_array_elements(:'published'::jsonb -> 'items') AS p ON p ->> 'id' = id CROSS JOIN LATERAL jsonb_each_text(p -> 'value') AS e(key, printed) ORDER BY 1, 3;
-- goodness of fit of the purchases in the calibration, 0 to 6 and 7 or more: the chi squared of Fader, Hardie and Lee (2005)
WITH expected AS (SELECT name, least(n, 7) AS n, sum(customers * CASE WHEN n < 7 THEN purchase_count_probability(fit::purchase_model, n, t_days * '1 day'::interval, '1997-09-30') ELSE 1 - (SELECT sum(purchase_count_probability(fit::purchase_model, i, t_days * '1 day'::interval, '1997-09-30')) FROM generate_series(0, 6) AS i) END) AS e
                  FROM fits, (SELECT t_days, count(*) AS customers FROM golden GROUP BY t_days) AS t, generate_series(0, 7) AS n WHERE name IN ('bgnbd_cdnow_exact_weeks', 'pnbd_cdnow_exact_weeks') GROUP BY 1, 2),
     actual AS (SELECT least(x, 7) AS n, count(*) AS a FROM golden GROUP BY 1)
SELECT name, round(sum((a - e) ^ 2 / e)::numeric, 2) AS chi_squared, (SELECT p -> 'value' FROM jsonb_array_elements(:'published'::jsonb -> 'items') AS p WHERE p ->> 'id' = 'paper_2005_chi2') AS printed FROM expected JOIN actual USING (n) GROUP BY name ORDER BY name;

-- regular gaps: each k held, and k as it is chosen. CDNOW buys at random times
SELECT model, k, fit ->> 'status' AS status, fit #>> '{params,k}' = k::text AS held, pg_temp.agrees(fit -> 'params', r -> 'params', 1e-6) AS params, pg_temp.log_likelihood_agrees(fit, r ->> 'loglik') AS log_likelihood, pg_temp.agrees(fit -> 'standard_errors', r -> 'se', 1e-4) AS standard_errors, fit -> 'fixed' AS fixed
FROM (VALUES ('bg/cnbd-k', 'bg_cnbd_k'), ('mbg/cnbd-k', 'mbg_cnbd_k')) AS v(model, key), generate_series(1, 6) AS k,
     LATERAL (SELECT purchase_model(h, model, '1997-09-30', '7 days', jsonb_build_object('fixed', jsonb_build_object('k', k)))::jsonb AS fit FROM model_base) AS f, LATERAL (SELECT :'cnbdk'::jsonb #> ARRAY['cdnow_sample', key, 'by_k', k::text] AS r) AS r ORDER BY model, k;
SELECT model, fit #>> '{params,k}' AS k, fit #>> '{params,k}' = r ->> 'k_chosen' AS chosen, pg_temp.agrees(fit -> 'params', r #> '{by_k,1,params}', 1e-6) AS params, jsonb_array_length(fit -> 'log_likelihood_by_k') AS tried,
       (SELECT bool_and(abs(ll::float8 - (r #>> ARRAY['by_k', k::text, 'loglik'])::float8) < 1e-6) FROM jsonb_array_elements_text(fit -> 'log_likelihood_by_k') WITH ORDINALITY AS l(ll, k)) AS by_k, fit ? 'fixed' AS fixed
FROM (VALUES ('bg/cnbd-k', 'bg_cnbd_k'), ('mbg/cnbd-k', 'mbg_cnbd_k')) AS v(model, key), LATERAL (SELECT purchase_model(h, model, '1997-09-30')::jsonb AS fit FROM model_base) AS f, LATERAL (SELECT :'cnbdk'::jsonb #> ARRAY['cdnow_sample', key] AS r) AS r ORDER BY model;
-- from summaries, which do not know the gaps, with the sum of their logarithms
SELECT model, k, pg_temp.agrees(fit -> 'params', r -> 'params', 1e-6) AS params, pg_temp.log_likelihood_agrees(fit, r ->> 'loglik') AS log_likelihood
FROM (VALUES ('bg/cnbd-k', 'bg_cnbd_k'), ('mbg/cnbd-k', 'mbg_cnbd_k')) AS v(model, key), unnest(ARRAY[NULL, 2, 3]) AS k,
     LATERAL (SELECT purchase_model(x, recency_days / 7.0::float8, t_days / 7.0::float8, 1, model, '7 days', jsonb_build_object('sum_log_gaps', :'cnbdk'::jsonb #> '{cdnow_sample,sum_litt_weeks}', 'fixed', CASE WHEN k IS NULL THEN '{}' ELSE jsonb_build_object('k', k) END))::jsonb AS fit FROM golden) AS f,
     LATERAL (SELECT :'cnbdk'::jsonb #> ARRAY['cdnow_sample', key, 'by_k', coalesce(k, 1)::text] AS r) AS r ORDER BY model, k;
-- customers who buy every 10 days, give or take three: k is far above 1
SELECT (fit #>> '{params,k}')::int > 5 AS k, jsonb_array_length(fit -> 'log_likelihood_by_k') AS tried
FROM (SELECT purchase_model(h, 'mbg/cnbd-k', '2025-01-01')::jsonb AS fit FROM (SELECT purchase_history('2024-01-01'::date + j * 10 + (i * 7 + j * 5) % 7 - 3, 1) AS h FROM generate_series(1, 200) AS i, generate_series(0, 36) AS j WHERE j <= i * 37 % 41 GROUP BY i) AS b) AS t;

-- in days instead of weeks: alpha (and beta of Pareto/NBD) is 7 times as large, every density 7 times smaller for each purchase
SELECT model, pg_temp.agrees(days -> 'params', (weeks -> 'params') || jsonb_build_object('alpha', 7 * (weeks #>> '{params,alpha}')::float8) || CASE WHEN model = 'pareto/nbd' THEN jsonb_build_object('beta', 7 * (weeks #>> '{params,beta}')::float8) ELSE '{}' END, 1e-6) AS params,
       abs((days ->> 'log_likelihood')::float8 - ((weeks ->> 'log_likelihood')::float8 - (SELECT sum(x) FROM golden) * ln(7::float8))) < 1e-6 AS log_likelihood, days ->> 'unit' AS unit, hours ->> 'unit' AS hours, abs((hours #>> '{params,alpha}')::float8 / (days #>> '{params,alpha}')::float8 - 2) < 1e-6 AS hours
FROM unnest('{bg/nbd,mbg/nbd,bg/cnbd-k,mbg/cnbd-k,pareto/nbd,nbd}'::text[]) AS model,
     LATERAL (SELECT purchase_model(h, model, '1997-09-30')::jsonb AS weeks, purchase_model(h, model, '1997-09-30', '1 day')::jsonb AS days, purchase_model(h, model, '1997-09-30', '12 hours')::jsonb AS hours FROM model_base) AS f ORDER BY model;
-- a base of three customers like each is the same fit with three times the log-likelihood; weights are repeated rows
SELECT model, purchase_model(x, recency, t, 3, model)::text = (SELECT purchase_model(x, recency, t, model)::text FROM golden, generate_series(1, 3)) AS repeated, pg_temp.agrees(purchase_model(x, recency, t, 3, model)::jsonb -> 'params', purchase_model(x, recency, t, model)::jsonb -> 'params', 1e-9) AS same_params,
       purchase_model(x, recency, t, 0, model)::jsonb -> 'customers' AS no_weight, purchase_model(x, recency, t, NULL::bigint, model)::jsonb -> 'customers' AS null_weight
FROM golden, unnest('{bg/nbd,pareto/nbd,nbd}'::text[]) AS model GROUP BY model ORDER BY model;
SELECT purchase_model(x, recency, t, customers, 'bg/bb')::text = (SELECT purchase_model(x, recency, t, 'bg/bb')::text FROM donations, generate_series(1, customers)) AS repeated FROM donations;

-- a fit for each group, in one query: as if fitted alone
SELECT count(*) AS fits, count(DISTINCT m::text) AS different, bool_and(m = (SELECT purchase_model(h, model, '1997-09-30') FROM model_base WHERE customer_id % 7 = g)) AS as_alone, string_agg(DISTINCT m::jsonb ->> 'status', ', ') AS status
FROM (SELECT customer_id % 7 AS g, model, purchase_model(h, model, '1997-09-30') AS m FROM model_base, unnest('{bg/nbd,mbg/nbd,pareto/nbd,nbd}'::text[]) AS model GROUP BY 1, 2) AS t;
-- in whatever order the rows come, and in parallel, the same to the last byte
SELECT model, count(DISTINCT m) AS different FROM unnest('{bg/nbd,mbg/nbd,bg/cnbd-k,pareto/nbd}'::text[]) AS model,
     LATERAL (SELECT purchase_model(h, model, '1997-09-30' ORDER BY customer_id)::text AS m FROM model_base UNION ALL SELECT purchase_model(h, model, '1997-09-30' ORDER BY customer_id DESC)::text FROM model_base UNION ALL SELECT purchase_model(h, model, '1997-09-30' ORDER BY md5(customer_id::text))::text FROM model_base) AS t GROUP BY model ORDER BY model;
SELECT model, purchase_model(h, model, '1997-09-30')::text AS m INTO TEMP serial FROM model_base, unnest('{bg/nbd,mbg/nbd,bg/cnbd-k,mbg/cnbd-k,pareto/nbd,nbd,bg/bb}'::text[]) AS model GROUP BY model;
SELECT purchase_model(num_purchases(h, '1997-06-30') - 1, 2 * num_purchases(h, '1997-06-30') - 2, 60, 2, 'mbg/nbd')::text AS serial FROM model_base WHERE num_purchases(h, '1997-06-30') BETWEEN 1 AND 30 \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT purchase_model(h, 'bg/nbd', '1997-09-30') FROM model_base;
SELECT model, m = CASE model WHEN 'bg/nbd' THEN (SELECT purchase_model(h, 'bg/nbd', '1997-09-30')::text FROM model_base) WHEN 'mbg/nbd' THEN (SELECT purchase_model(h, 'mbg/nbd', '1997-09-30')::text FROM model_base)
       WHEN 'bg/cnbd-k' THEN (SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30')::text FROM model_base) WHEN 'mbg/cnbd-k' THEN (SELECT purchase_model(h, 'mbg/cnbd-k', '1997-09-30')::text FROM model_base) WHEN 'pareto/nbd' THEN (SELECT purchase_model(h, 'pareto/nbd', '1997-09-30')::text FROM model_base)
       WHEN 'nbd' THEN (SELECT purchase_model(h, 'nbd', '1997-09-30')::text FROM model_base) WHEN 'bg/bb' THEN (SELECT purchase_model(h, 'bg/bb', '1997-09-30')::text FROM model_base) END AS same FROM serial ORDER BY model;
SELECT purchase_model(num_purchases(h, '1997-06-30') - 1, 2 * num_purchases(h, '1997-06-30') - 2, 60, 2, 'mbg/nbd')::text = :'serial' AS summaries FROM model_base WHERE num_purchases(h, '1997-06-30') BETWEEN 1 AND 30;
-- workers that were asked for different things
\set VERBOSITY sqlstate
SELECT purchase_model(h, CASE WHEN customer_id < 1000 THEN 'bg/nbd' ELSE 'nbd' END, '1997-09-30') FROM model_base;
SELECT purchase_model(h, 'nbd', CASE WHEN customer_id < 1000 THEN '1997-09-30' ELSE '1997-09-29' END::timestamptz) FROM model_base;
\set VERBOSITY default
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
-- over a window, also one that grows by a row
SELECT count(*), count(DISTINCT m::text) AS models, bool_and(m = (SELECT purchase_model(h, 'bg/nbd', '1997-09-30') FROM model_base AS b WHERE b.customer_id % 2 = t.customer_id % 2)) AS as_grouped
FROM (SELECT customer_id, purchase_model(h, 'bg/nbd', '1997-09-30') OVER (PARTITION BY customer_id % 2) AS m FROM model_base) AS t WHERE customer_id <= 20;
SELECT count(*), bool_and(m = (SELECT purchase_model(h, 'nbd', '1997-09-30') FROM model_base AS b WHERE b.customer_id <= t.customer_id)) AS as_alone, count(*) FILTER (WHERE m::jsonb ->> 'status' = 'converged') > 20 AS fitted
FROM (SELECT customer_id, purchase_model(h, 'nbd', '1997-09-30') OVER (ORDER BY customer_id) AS m FROM model_base WHERE customer_id <= 40) AS t;

-- who has not bought by as_of is no customer; without rows there is no model, without customers one that says so
SELECT purchase_model(h, 'bg/nbd', '1997-09-30') = (SELECT purchase_model(h, 'bg/nbd', '1997-09-30') FROM model_base) AS same FROM (SELECT h FROM model_base UNION ALL SELECT unnest(ARRAY[NULL, '{}', '{1998-01-01 5}', '{1997-05-05 -5}']::purchase_history[])) AS t;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30') AS no_rows, purchase_model(1, 1, 1) FILTER (WHERE false) AS no_summaries FROM model_base WHERE false;
SELECT name, m::jsonb ->> 'status' AS status, m::jsonb -> 'params' AS params, m::jsonb ->> 'customers' AS customers, m::jsonb ->> 'repeat_buyers' AS repeat_buyers, m::jsonb -> 'log_likelihood' AS log_likelihood, m::jsonb -> 'standard_errors' AS standard_errors, p_alive('{1997-05-05 5}', m, '1997-09-30') AS p_alive, expected_purchases('{1997-05-05 5}', m, '1 year', '1997-09-30') AS expected_purchases,
       purchase_probability('{1997-05-05 5}', m, '1 year', '1997-09-30') AS purchase_probability, expected_next_purchase('{1997-05-05 5}', m, '1997-09-30') AS next, expected_next_purchase_range('{1997-05-05 5}', m, 0.8, '1997-09-30') AS range, residual_value('{1997-05-05 5}', m, as_of => '1997-09-30') AS residual_value, p_alive(m, 0, 0, 1) AS bare, log_likelihood(m, 0, 0, 1) AS log_likelihood, expected_purchases_new(m, '1 year') AS new, aic(m), bic(m), lifecycle_stage('{1997-05-05 5}', m, '1997-09-30') AS stage
FROM (SELECT 'nobody yet' AS name, purchase_model(h, 'bg/nbd', '1996-12-31') AS m FROM model_base UNION ALL SELECT 'null', purchase_model(NULL::purchase_history, 'pareto/nbd', '1997-09-30')
      UNION ALL SELECT 'three', purchase_model(h, 'mbg/cnbd-k', '1997-09-30') FROM (SELECT h FROM model_base WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 3) AS t
      UNION ALL SELECT 'once each', purchase_model(h, 'nbd', '1997-09-30') FROM model_base WHERE num_purchase_days(h, '1997-09-30') = 1) AS t ORDER BY name \gx
SELECT purchase_model(h, 'nbd', '1997-09-30')::jsonb ->> 'status' AS four, (SELECT purchase_model(h, 'nbd', '1997-09-30')::jsonb -> 'params' <> 'null' AS five FROM (SELECT h FROM model_base WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 5) AS t) FROM (SELECT h FROM model_base WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 4) AS t;

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
SELECT aic(m), bic(m) FROM by_hand WHERE i = 1;
SELECT aic(NULL), bic(NULL);

-- bad arguments
SELECT purchase_model(h, 'bg-nbd', '1997-09-30') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '1 month') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '0 days') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"rigde": 1}') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"ridge": -1}') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": {"s": 1}}') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"start": {"a": 0}}') FROM model_base;
SELECT purchase_model(h, 'mbg/cnbd-k', '1997-09-30', '7 days', '{"fixed": {"k": 13}}') FROM model_base;
SELECT purchase_model(h, CASE customer_id WHEN 5 THEN 'bg/nbd' ELSE 'mbg/nbd' END, '1997-09-30') FROM (SELECT * FROM model_base ORDER BY customer_id) AS t;
SELECT purchase_model(h, 'bg/nbd', CASE customer_id WHEN 5 THEN '1997-09-29' ELSE '1997-09-30' END::timestamptz) FROM (SELECT * FROM model_base ORDER BY customer_id) AS t;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', CASE customer_id WHEN 5 THEN '1 day' ELSE '7 days' END::interval) FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', CASE customer_id WHEN 5 THEN '{"ridge": 1}' END::jsonb) FROM model_base;
SELECT purchase_model(h, NULL, '1997-09-30') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', NULL) FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', NULL) FROM model_base;
SELECT purchase_model(2, 5, 10, -1);
SELECT purchase_model(1, 0, 10);
SELECT purchase_model(0, 5, 10);
SELECT purchase_model(2, 11, 10);
SELECT purchase_model(3, 2, 6, 'bg/bb');
\set VERBOSITY sqlstate
SELECT purchase_model(h, '', '1997-09-30') FROM model_base;
SELECT purchase_model(h, repeat('x', 100000), '1997-09-30') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', 'infinity') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '-7 days') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '1 year') FROM model_base;
SELECT purchase_model(NULL::purchase_history, NULL, '1997-09-30');
SELECT purchase_model(NULL::purchase_history, 'bg/nbd', NULL);
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '[]') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', 'null') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '"ridge"') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"ridge": "1"}') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"ridge": 1e400}') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": {"k": 2}}') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": {"b": -1}}') FROM model_base;
SELECT purchase_model(h, 'bg/nbd', '1997-09-30', '7 days', '{"fixed": [1]}') FROM model_base;
SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30', '7 days', '{"fixed": {"k": 0}}') FROM model_base;
SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30', '7 days', '{"fixed": {"k": 1.5}}') FROM model_base;
SELECT purchase_model(h, 'bg/cnbd-k', '1997-09-30', '7 days', '{"start": {"k": 2}}') FROM model_base;
SELECT purchase_model(1, 'NaN', 10);
SELECT purchase_model(1, 5, 'NaN');
SELECT purchase_model(1, 5, 'infinity');
SELECT purchase_model(1, -1, 10);
SELECT purchase_model(-1, 5, 10);
SELECT purchase_model(5000000000, 5, 10);
SELECT purchase_model(1, 1.5, 6, 'bg/bb');
SELECT purchase_model(1, 1, 6.5, 'bg/bb');
SELECT purchase_model(1, 5, 10, 1, NULL);
SELECT purchase_model(1, 5, 10, 1, 'bg/nbd', NULL);
SELECT purchase_model(1, 5, 10, 1, 'bg/nbd', '1 month');
\set VERBOSITY default
-- rows with a NULL are left out
SELECT purchase_model(x, r, t)::jsonb ->> 'customers' AS customers FROM (VALUES (1, 5.0::float8, 10.0::float8), (NULL, 5, 10), (1, NULL, 10), (1, 5, NULL)) AS v(x, r, t);
DROP TABLE model_base;
