-- spend per purchase: against values that others computed with 40 to 60 digits
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TABLE spend_base AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ANALYZE spend_base;
CREATE TEMP TABLE summaries (customer_id int, x int, recency_days int, t_days int, recency float8, t float8, mean float8, rounded float8, holdout int);
\copy summaries FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample_summary.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE golden (customer_id int, x float8, recency_days int, t_days int, recency float8, t float8, mean float8, holdout int, spend float8,
    bg_alive float8, bg_1 float8, bg_month float8, bg_39 float8, bg_52 float8, bg_clv_w float8, bg_clv_d float8,
    mbg_alive float8, mbg_1 float8, mbg_month float8, mbg_39 float8, mbg_52 float8, mbg_clv_w float8, mbg_clv_d float8,
    pnbd_alive float8, pnbd_1 float8, pnbd_month float8, pnbd_39 float8, pnbd_52 float8, pnbd_clv_w float8, pnbd_clv_d float8);
\copy golden FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample_mle.csv"' (FORMAT csv, HEADER)
\set mle `cat "$PG_ABS_SRCDIR/../data/mle_reference.json"`
\set published `cat "$PG_ABS_SRCDIR/../data/published_values.json"`
CREATE FUNCTION pg_temp.close(value float8, reference float8, tolerance float8) RETURNS boolean LANGUAGE sql AS
    'SELECT coalesce(abs(value - reference) <= tolerance * abs(reference), false)';
-- every number of a reference, and no number beside them
CREATE FUNCTION pg_temp.agrees(fitted jsonb, reference jsonb, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT count(*) > 0 AND bool_and(pg_temp.close(f.value::float8, r.value::float8, tolerance)) FROM jsonb_each_text(fitted) AS f
    FULL JOIN jsonb_each_text(reference) AS r USING (key)
$$;

-- at the optimum of a Newton iteration with 40 digits: from histories, and from mean spends rounded to cents
CREATE TEMP TABLE fits AS
    SELECT 'gammagamma_cdnow_exact' AS name, spend_model(h, '1997-09-30')::jsonb AS fit FROM spend_base
    UNION ALL SELECT 'gammagamma_cdnow_rounded', spend_model(x, rounded)::jsonb FROM summaries;
SELECT name, fit ->> 'status' AS status, fit -> 'customers' = r -> 'n_customers' AS customers, pg_temp.agrees(fit -> 'params', r -> 'params', 1e-6) AS params,
       coalesce((fit ->> 'log_likelihood')::float8 - (r ->> 'loglik')::float8 BETWEEN -1e-9 AND 1e-6, false) AS log_likelihood,
       pg_temp.agrees(fit -> 'standard_errors', r -> 'se', 1e-4) AS standard_errors, (fit ->> 'gradient_norm')::float8 < 1e-8 AS flat,
       (fit ->> 'iterations')::int > 0 AS iterations, fit -> 'one_time_buyers' AS one_time_buyers, fit -> 'without_spend' AS without_spend, fit ->> 'as_of' AS as_of
FROM fits JOIN jsonb_each(:'mle') AS j(name, r) USING (name) ORDER BY name;
-- what a model carries
SELECT string_agg(key, ', ' ORDER BY key) AS keys, fit ->> 'model' AS model, fit ->> 'version' = (SELECT extversion FROM pg_extension WHERE extname = 'pg_lifecycle') AS version
FROM fits, jsonb_object_keys(fit) AS key WHERE name = 'gammagamma_cdnow_exact' GROUP BY fit;
-- the covariance matrix is symmetric; the squares of the standard errors are on its diagonal
CREATE TEMP TABLE covariances AS SELECT name, i, j, (fit #>> ARRAY['covariance', i::text, j::text])::float8 AS ij, (fit #>> ARRAY['covariance', j::text, i::text])::float8 AS ji,
       (fit -> 'standard_errors' ->> parameters[i + 1])::float8 AS error_i, (fit -> 'standard_errors' ->> parameters[j + 1])::float8 AS error_j
    FROM fits, (SELECT '{p,q,gamma}'::text[] AS parameters) AS n, generate_series(0, 2) AS i, generate_series(0, 2) AS j;
SELECT name, count(*), count(ij), bool_and(ij = ji) AS symmetric, bool_and(pg_temp.close(ij, error_i ^ 2, 1e-9)) FILTER (WHERE i = j) AS squares,
       bool_and(abs(ij) < error_i * error_j) FILTER (WHERE i <> j) AS correlations FROM covariances GROUP BY name ORDER BY name;
-- from histories and from btyd_summary(h) the same; weights are repeated rows, a weight of nothing is no customer
SELECT spend_model((s).frequency, (s).monetary_value)::jsonb = (SELECT fit || '{"as_of": null}' FROM fits WHERE name = 'gammagamma_cdnow_exact') AS summaries,
       spend_model((s).frequency, (s).monetary_value, 1)::text = spend_model((s).frequency, (s).monetary_value)::text AS weight_1
FROM (SELECT btyd_summary(h, '1997-09-30') AS s FROM spend_base) AS b;
SELECT spend_model(x, mean, 3)::text = (SELECT spend_model(x, mean)::text FROM summaries, generate_series(1, 3)) AS repeated,
       spend_model(x, mean, 3)::jsonb -> 'customers' AS customers,
       spend_model(x, mean, 0)::jsonb -> 'customers' AS no_weight, spend_model(x, mean, NULL::bigint)::jsonb -> 'customers' AS null_weight FROM summaries;
-- a fit for each group, in any order and in parallel, the same to the last byte
SELECT count(DISTINCT m) AS different FROM (SELECT spend_model(h, '1997-09-30' ORDER BY customer_id)::text AS m FROM spend_base
       UNION ALL SELECT spend_model(h, '1997-09-30' ORDER BY md5(customer_id::text))::text FROM spend_base) AS t;
SELECT count(*), bool_and(m = (SELECT spend_model(h, '1997-09-30') FROM spend_base WHERE customer_id % 3 = g)) AS as_alone, count(DISTINCT m::text) AS different
FROM (SELECT customer_id % 3 AS g, spend_model(h, '1997-09-30') AS m FROM spend_base GROUP BY 1) AS t;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT spend_model(h, '1997-09-30') FROM spend_base;
SELECT spend_model(h, '1997-09-30')::jsonb = fit AS parallel FROM spend_base, fits WHERE name = 'gammagamma_cdnow_exact' GROUP BY fit;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
-- in another currency gamma is another number, and nothing else; without as_of it is now()
SELECT pg_temp.agrees(cents -> 'params', jsonb_set(fit -> 'params', '{gamma}', to_jsonb(100 * (fit #>> '{params,gamma}')::float8)), 1e-6) AS cents,
       pg_temp.close((cents ->> 'log_likelihood')::float8, (fit ->> 'log_likelihood')::float8 - 946 * ln(100::float8), 1e-9) AS log_likelihood
FROM fits, (SELECT spend_model(x, 100 * mean)::jsonb AS cents FROM summaries) AS c WHERE name = 'gammagamma_cdnow_exact';
SELECT spend_model(h)::text = spend_model(h, now())::text AS now FROM spend_base;

-- what Fader and Hardie (2013, notes/025) print: the optimum, and the expected spend of the first ten customers at it
SELECT p ->> 'id' AS published, key, printed, round(coalesce(fit -> 'params' ->> key, fit ->> 'log_likelihood')::numeric, scale(printed::numeric)) = printed::numeric AS same
FROM fits, jsonb_array_elements(:'published'::jsonb -> 'items') AS p, jsonb_each_text(p -> 'value') AS e(key, printed) WHERE p ->> 'id' = 'gammagamma_params'
       AND name = 'gammagamma_cdnow_exact' ORDER BY key;
SELECT p ->> 'id' AS published, count(*), bool_and(round(expected_spend(h, fit::spend_model, '1997-09-30'), 2) = printed::numeric) AS same
FROM fits, jsonb_array_elements(:'published'::jsonb -> 'items') AS p, jsonb_array_elements_text(p -> 'value') WITH ORDINALITY AS e(printed, customer_id)
       JOIN spend_base USING (customer_id)
WHERE p ->> 'id' = 'gammagamma_cond_mean' AND name = 'gammagamma_cdnow_exact' GROUP BY p;

-- all 2,357 customers of the sample at the optimum: from their histories, and from bare summaries
CREATE TEMP TABLE spend AS SELECT jsonb_build_object('params', (SELECT jsonb_object_agg(key, value::numeric)
       FROM jsonb_each_text(:'mle'::jsonb #> '{gammagamma_cdnow_exact,params}')))::spend_model AS s;
SELECT count(*), bool_and(pg_temp.close(expected_spend(h, s, '1997-09-30')::float8, spend, 1e-9)) AS histories,
       bool_and(pg_temp.close(expected_spend(s, x, mean), spend, 1e-9)) AS summaries FROM golden JOIN spend_base USING (customer_id), spend;
-- who bought once is expected to spend what the base does, p gamma / (q - 1), whatever that first day was worth
SELECT bool_and(pg_temp.close(expected_spend(h, s, '1997-09-30')::float8, (v ->> 'p')::float8 * (v ->> 'gamma')::float8 / ((v ->> 'q')::float8 - 1), 1e-13)) AS mean_of_the_base,
       count(*)
FROM spend_base, spend, LATERAL (SELECT s::jsonb -> 'params' AS v) AS v WHERE num_purchase_days(h, '1997-09-30') = 1;
-- written by hand: what is read back, there and back the same by text, jsonb and the wire; equal, unequal, hashed
CREATE TEMP TABLE by_hand (i int, s spend_model);
INSERT INTO by_hand VALUES (1, '{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}'), (2, '{"model": "gamma-gamma", "params": {"gamma": 15.44, "q": 3.74, "p": 6.25}}'),
       (3, '{"params": {"p": 0.2, "q": 0.5, "gamma": 10}}'), (4, '{"params": null}'), (5, (SELECT fit::spend_model FROM fits WHERE name = 'gammagamma_cdnow_exact'));
SELECT i, s::jsonb ->> 'model' AS model, s::jsonb -> 'params' AS params FROM by_hand WHERE i < 5 ORDER BY i;
CREATE TEMP TABLE returned (LIKE by_hand);
\copy by_hand TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/spend"' (FORMAT binary)
\copy returned FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/spend"' (FORMAT binary)
SELECT count(*), bool_and(by_hand.s = returned.s) AS by_wire, bool_and(by_hand.s::text::spend_model = by_hand.s) AS by_text,
       bool_and(by_hand.s::jsonb::spend_model::jsonb = by_hand.s::jsonb) AS by_jsonb FROM by_hand JOIN returned USING (i);
SELECT a.i AS a, b.i AS b FROM by_hand AS a JOIN by_hand AS b ON a.s = b.s AND a.i < b.i;
SELECT count(*) AS groups, (SELECT count(*) FROM by_hand AS a JOIN by_hand AS b ON a.s <> b.s) AS unequal FROM (SELECT s FROM by_hand GROUP BY s) AS g;

-- NULL: without a purchase, a model or one that was fitted, and where the expected spend is infinite: p x + q <= 1
SELECT i, expected_spend('{2024-01-01 5}', s, '2024-12-31') AS once, round(expected_spend('{2024-01-01 5, 2024-02-01 20, 2024-03-01 30}', s, '2024-12-31'), 4) AS twice_again,
       expected_spend(s, 0, 0) AS summary FROM by_hand WHERE i < 5 ORDER BY i;
\set s '''{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}''::spend_model'
\set t '''2024-12-31''::timestamptz'
SELECT h, expected_spend(h, :s, :t) FROM unnest(ARRAY[NULL, '{}', '{2025-01-01 5}', '{2024-01-01 -5}']::purchase_history[]) AS h;
SELECT expected_spend('{2024-01-01 5}'::purchase_history, NULL, :t) AS no_spend, expected_spend(NULL::spend_model, 1, 5) AS no_model, expected_spend(:s, NULL, 5) AS no_frequency,
       expected_spend(:s, 1, NULL) AS no_mean;
-- two days of 50: 6.25 (15.44 + 50) / (12.5 + 2.74) = 26.837. A refund of 20 counts: 6.25 (15.44 + 30) / 15.24 = 18.635, one that leaves less
-- than nothing leaves nothing: 6.25 x 15.44 / 15.24 = 6.332. In Tokyo the evening of 1 March is a third day: 6.25 x 65.44 / (18.75 + 2.74) = 19.032
SELECT round(expected_spend(h, :s, :t), 3) AS utc FROM unnest(ARRAY['{2024-01-01 5, 2024-02-01 20, 2024-03-01T14:30:00Z 20, 2024-03-01T15:30:00Z 10}',
       '{2024-01-01 5, 2024-02-01 20, 2024-03-01 30, 2024-03-02 -20}', '{2024-01-01 5, 2024-02-01 20, 2024-03-01 30, 2024-03-02 -70}']::purchase_history[]) AS h;
SET TimeZone = 'Asia/Tokyo';
SELECT round(expected_spend(h, :s, :t), 3) AS tokyo FROM (SELECT '{2024-01-01 5, 2024-02-01 20, 2024-03-01T14:30:00Z 20, 2024-03-01T15:30:00Z 10}'::purchase_history AS h) AS t;
SET TimeZone = 'UTC';

-- who bought once and whose refunds left no spend are counted and left out; with fewer than ten others there are no params
SELECT m ->> 'status' AS status, m -> 'params' AS params, m -> 'customers' AS customers, m -> 'one_time_buyers' AS one_time_buyers, m -> 'without_spend' AS without_spend,
       m -> 'log_likelihood' AS log_likelihood, m -> 'standard_errors' AS standard_errors, expected_spend('{2024-01-01 5}', m::spend_model, '2024-12-31') AS expected_spend
FROM (SELECT spend_model(h, '1997-09-30')::jsonb AS m FROM (SELECT h FROM (SELECT h FROM spend_base
       WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 9) AS nine UNION ALL SELECT unnest(ARRAY[NULL, '{}', '{1998-01-01 5}', '{1997-01-01 -5}',
       '{1997-01-01 5}', '{1997-01-01 5, 1997-01-01T12:00:00Z 5}', '{1997-01-01 5, 1997-02-01 5, 1997-02-02 -5}',
       '{1997-01-01 5, 1997-02-01 5, 1997-02-02 -9}']::purchase_history[])) AS b) AS t \gx
SELECT spend_model(h, '1997-09-30')::jsonb -> 'params' <> 'null' AS ten FROM (SELECT h FROM spend_base
       WHERE num_purchase_days(h, '1997-09-30') > 1 ORDER BY customer_id LIMIT 10) AS t;
SELECT spend_model(h, '1997-09-30') AS no_rows, spend_model(1, 5) FILTER (WHERE false) AS no_summaries FROM spend_base WHERE false;
SELECT spend_model(x, mean)::jsonb ->> 'customers' AS customers FROM (VALUES (1, 5.0::float8), (NULL, 5), (1, NULL), (2, 7)) AS v(x, mean);
-- all spend the same; they are so unlike that their mean has no bound: the fit says so
SELECT spend_model(2, 10, 100)::jsonb ->> 'status' AS the_same, spend_model(1, 10::float8 ^ (i * 3), 10)::jsonb ->> 'status' AS far_apart,
       spend_model(1, 10::float8 ^ (i * 3), 10)::jsonb ->> 'note' AS note FROM generate_series(-2, 4) AS i;

-- what is no model
SELECT ''::spend_model;
SELECT '{"params": {"p": 6.25, "q": 3.74}}'::spend_model;
SELECT '{"params": {"p": 6.25, "q": 0, "gamma": 15.44}}'::spend_model;
SELECT '{"model": "bg/nbd", "params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}'::spend_model;
\set VERBOSITY sqlstate
SELECT '{}'::spend_model;
SELECT '[]'::jsonb::spend_model;
SELECT 'null'::jsonb::spend_model;
SELECT '{"params": {"p": 6.25, "q": 3.74, "gamma": "15.44"}}'::spend_model;
SELECT '{"params": {"p": 6.25, "q": 3.74, "gamma": 1e400}}'::spend_model;
SELECT '{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44, "v": 1}}'::spend_model;
SELECT '{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}, "currency": "EUR"}'::spend_model;
SELECT '{"params": {"p": 6.25, "p": 6.25, "q": 3.74, "gamma": 15.44}}'::spend_model;
SELECT '{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}} x'::spend_model;
SELECT '{"params": {"p": -6.25, "q": 3.74, "gamma": 15.44}}'::jsonb::spend_model;
\set VERBOSITY default

-- bad arguments
SELECT spend_model(-1, 5);
SELECT spend_model(1, 5, -1);
SELECT spend_model(1, 1e16);
SELECT expected_spend(:s, -1, 5);
\set VERBOSITY sqlstate
SELECT spend_model(5000000000, 5);
SELECT spend_model(1.5, 5);
SELECT spend_model('NaN', 5);
SELECT spend_model(1, 5, 0.5);
SELECT spend_model(1, 5, 'NaN');
SELECT spend_model(1, 'NaN');
SELECT spend_model(1, 'Infinity');
SELECT spend_model(1, '-Infinity');
SELECT spend_model(h, NULL) FROM spend_base;
SELECT spend_model(h, 'infinity') FROM spend_base;
SELECT spend_model(h, CASE customer_id WHEN 5 THEN '1997-09-29' ELSE '1997-09-30' END::timestamptz) FROM spend_base;
SELECT expected_spend('{2024-01-01 5}', :s, NULL);
SELECT expected_spend('{2024-01-01 5}', :s, 'infinity');
SELECT expected_spend(:s, 'NaN', 5);
SELECT expected_spend(:s, 'Infinity', 5);
SELECT expected_spend(:s, 1, 'NaN');
SELECT expected_spend(:s, 1, 'Infinity');
\set VERBOSITY default
DROP TABLE spend_base;
