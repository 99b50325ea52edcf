-- models of purchases: fits against the optima that others computed from the same data
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

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

-- every number of a reference, k apart, within a relative tolerance; and no number is missing, NULL or beside them
CREATE FUNCTION pg_temp.agrees(fitted jsonb, reference jsonb, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT count(*) > 0 AND bool_and(coalesce(abs(f.value::float8 / r.value::float8 - 1) <= tolerance, false)) FROM jsonb_each_text(fitted - 'k') AS f
    FULL JOIN jsonb_each_text(reference - 'k') AS r USING (key)
$$;
SELECT pg_temp.agrees('{"a": 1, "b": 2}', '{"a": 1, "b": 2.0001, "k": 3}', 1e-4) AS near, pg_temp.agrees('{"a": 1, "b": 2}', '{"a": 1, "b": 2.0003}', 1e-4) AS not_near,
       pg_temp.agrees('{"a": 1}', '{"a": 1, "b": 2}', 1) AS missing,
       pg_temp.agrees('{"a": 1, "b": 2}', '{"a": 1}', 1) AS beside, pg_temp.agrees('{"a": 1, "b": null}', '{"a": 1, "b": 2}', 1) AS null_number,
       pg_temp.agrees(NULL, '{"a": 1}', 1) AS null_fit, pg_temp.agrees('{"a": 1}', NULL, 1) AS null_reference, pg_temp.agrees('{}', '{}', 1) AS nothing;
CREATE FUNCTION pg_temp.log_likelihood_agrees(fitted jsonb, reference text) RETURNS boolean LANGUAGE sql AS $$
    SELECT coalesce((fitted ->> 'log_likelihood')::float8 - reference::float8 BETWEEN -1e-9 AND 1e-6, false)
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
-- CLVTools' tests (clvtools_bgnbd, clvtools_pnbd) print where its search stops: next to the optimum, and below it in the digits that differ
CREATE TEMP TABLE clvtools AS SELECT p ->> 'id' AS published, fit, p -> 'value' AS value FROM jsonb_array_elements(:'published'::jsonb -> 'items') AS p
       JOIN fits ON (p ->> 'id', name) IN (('clvtools_bgnbd', 'bgnbd_cdnow_exact_weeks'), ('clvtools_pnbd', 'pnbd_cdnow_exact_weeks'));
SELECT published, key, printed, round(ours::numeric, scale(printed::numeric)) AS ours, coalesce(abs(ours::float8 / printed::float8 - 1) < 3e-4, false) AS near
FROM clvtools, LATERAL (SELECT key, printed, coalesce(fit -> 'params' ->> key, fit ->> 'log_likelihood') AS ours FROM jsonb_each_text(value - 'se') AS e(key, printed)
       UNION ALL SELECT 'se of ' || key, printed, fit -> 'standard_errors' ->> key FROM jsonb_each_text(value -> 'se') AS e(key, printed)) AS e ORDER BY published, key;
SELECT published, (fit ->> 'log_likelihood')::float8 - at_printed BETWEEN 0 AND 1e-5 AS below,
       round(at_printed::numeric, scale((value ->> 'loglik')::numeric)) = (value ->> 'loglik')::numeric AS printed
FROM clvtools, LATERAL (SELECT jsonb_build_object('model', fit ->> 'model', 'params', value - '{loglik,se}'::text[])::purchase_model AS theirs) AS t,
       LATERAL (SELECT sum(log_likelihood(theirs, x, recency_days / 7.0, t_days / 7.0)) AS at_printed FROM golden) AS l ORDER BY published;
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
-- a grocer's customers buy at regular times: every tenth of them, at the optimum of a Newton iteration with 60 digits
CREATE TEMP TABLE regular (dataset text, model text, k int, chosen int, cust text, x int, recency_days int, t_days int, recency float8, t float8, sum_log_gaps float8, actual int,
       ll float8, alive float8, horizon float8, e float8, p float8);
\copy regular FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cnbdk_customers.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE grocery AS SELECT DISTINCT cust, x, recency, t, sum_log_gaps FROM regular WHERE dataset = 'grocery';
CREATE TEMP TABLE grocery_reference (model text, k int, r numeric, alpha numeric, a numeric, b numeric, log_likelihood text, se_r numeric, se_alpha numeric, se_a numeric,
       se_b numeric);
\copy grocery_reference FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cnbd_fits.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE grocery_fits AS SELECT model, held, purchase_model(x, recency, t, 1, model, '7 days',
       jsonb_build_object('sum_log_gaps', (SELECT sum(sum_log_gaps) FROM grocery), 'fixed',
       CASE WHEN held IS NULL THEN '{}' ELSE jsonb_build_object('k', held) END))::jsonb AS fit
    FROM grocery, unnest('{bg/cnbd-k,mbg/cnbd-k}'::text[]) AS model, unnest(ARRAY[NULL, 1, 2, 3, 4, 5, 6]) AS held GROUP BY model, held;
SELECT model, held, fit #>> '{params,k}' AS k, fit ->> 'status' AS status, fit -> 'customers' AS customers,
       pg_temp.agrees(fit -> 'params', jsonb_build_object('r', r, 'alpha', alpha, 'a', a, 'b', b), 1e-6) AS params,
       pg_temp.log_likelihood_agrees(fit, log_likelihood) AS log_likelihood,
       pg_temp.agrees(fit -> 'standard_errors', jsonb_build_object('r', se_r, 'alpha', se_alpha, 'a', se_a, 'b', se_b), 1e-4) AS standard_errors FROM grocery_fits
       JOIN grocery_reference AS g USING (model) WHERE fit #>> '{params,k}' = g.k::text ORDER BY model, held NULLS FIRST;
-- the chosen k is the likeliest of all; the search is over when the likelihood has fallen twice
SELECT model, (fit #>> '{params,k}')::int = (SELECT k FROM grocery_reference AS g WHERE g.model = f.model ORDER BY log_likelihood::float8 DESC LIMIT 1) AS likeliest,
       count(*) AS tried, count(log_likelihood) AS known, bool_and(coalesce(abs(ll::float8 - log_likelihood::float8) < 1e-6, false)) AS by_k
FROM grocery_fits AS f, jsonb_array_elements_text(fit -> 'log_likelihood_by_k') WITH ORDINALITY AS l(ll, k)
       LEFT JOIN LATERAL (SELECT log_likelihood FROM grocery_reference AS g WHERE g.model = f.model AND g.k = l.k) AS g ON true WHERE held IS NULL GROUP BY model, fit ORDER BY model;
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
DROP TABLE model_base;
