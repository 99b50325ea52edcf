-- what a purchase model says of a customer, against values that others computed with 40 to 60 digits
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE histories AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
CREATE TEMP TABLE golden (customer_id int, x float8, recency_days int, t_days int, recency float8, t float8, monetary_value float8, holdout int, spend float8, bg_alive float8, bg_1 float8, bg_month float8, bg_39 float8, bg_52 float8, bg_clv_w float8, bg_clv_d float8,
                          mbg_alive float8, mbg_1 float8, mbg_month float8, mbg_39 float8, mbg_52 float8, mbg_clv_w float8, mbg_clv_d float8, pnbd_alive float8, pnbd_1 float8, pnbd_month float8, pnbd_39 float8, pnbd_52 float8, pnbd_clv_w float8, pnbd_clv_d float8);
\copy golden FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample_mle.csv"' (FORMAT csv, HEADER)
\set mle `cat "$PG_ABS_SRCDIR/../data/mle_reference.json"`
\set cnbdk `cat "$PG_ABS_SRCDIR/../data/cnbdk_reference.json"`

-- models written by hand from the optima
CREATE TEMP TABLE models AS SELECT code, jsonb_build_object('model', model, 'params', (SELECT jsonb_object_agg(key, value::numeric) FROM jsonb_each_text(:'mle'::jsonb -> reference -> 'params')))::purchase_model AS m
    FROM (VALUES ('bgnbd', 'bg/nbd', 'bgnbd_cdnow_exact_weeks'), ('mbgnbd', 'mbg/nbd', 'mbgnbd_cdnow_exact_weeks'), ('pnbd', 'pareto/nbd', 'pnbd_cdnow_exact_weeks'), ('bgbb', 'bg/bb', 'bgbb_donations')) AS v(code, model, reference);
CREATE FUNCTION pg_temp.close(value float8, reference float8, tolerance float8) RETURNS boolean LANGUAGE sql AS 'SELECT coalesce(abs(value - reference) <= tolerance * abs(reference) + 1e-300, false)';

-- all 2,357 customers of the sample: from their histories with horizons as intervals, and from bare summaries
CREATE TEMP TABLE expected AS SELECT customer_id, x, recency, t, code, alive, week, month, weeks39, weeks52 FROM golden, LATERAL (VALUES ('bgnbd', bg_alive, bg_1, bg_month, bg_39, bg_52), ('mbgnbd', mbg_alive, mbg_1, mbg_month, mbg_39, mbg_52), ('pnbd', pnbd_alive, pnbd_1, pnbd_month, pnbd_39, pnbd_52)) AS v(code, alive, week, month, weeks39, weeks52);
SELECT code, count(*), bool_and(pg_temp.close(p_alive(h, m, '1997-09-30'), alive, 1e-9)) AS p_alive, bool_and(pg_temp.close(expected_purchases(h, m, '1 week', '1997-09-30'), week, 1e-9)) AS in_a_week,
       bool_and(pg_temp.close(expected_purchases(h, m, '39 weeks', '1997-09-30'), weeks39, 1e-9)) AS in_39_weeks, bool_and(pg_temp.close(expected_purchases(h, m, '364 days', '1997-09-30'), weeks52, 1e-9)) AS in_52_weeks
FROM histories JOIN expected USING (customer_id) JOIN models USING (code) GROUP BY code ORDER BY code;
SELECT code, count(*), bool_and(pg_temp.close(p_alive(m, x, recency, t), alive, 1e-9)) AS p_alive, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, 1), week, 1e-9)) AS in_1, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, 4.345), month, 1e-9)) AS in_4_345,
       bool_and(pg_temp.close(expected_purchases(m, x, recency, t, 39), weeks39, 1e-9)) AS in_39, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, 52), weeks52, 1e-9)) AS in_52 FROM expected JOIN models USING (code) GROUP BY code ORDER BY code;
-- no matter when on the last day it is asked, while the horizon begins then
SELECT bool_and(p_alive(h, m, '1997-09-30 23:59:59.999999') = p_alive(h, m, '1997-09-30')) AS alive, bool_and(expected_purchases(h, m, '39 weeks', '1997-09-30 17:00') = expected_purchases(h, m, '39 weeks', '1997-09-30')) AS purchases FROM histories, models WHERE code = 'mbgnbd';
-- ranking: P(alive) of BG/NBD is 1 for everybody who bought once, that of the others is not
SELECT code, bool_and(p_alive(h, m, '1997-09-30') = 1) AS certain, bool_or(p_alive(h, m, '1997-09-30') > 0.9) AS likely FROM histories, models WHERE code <> 'bgbb' AND num_purchase_days(h, '1997-09-30') = 1 GROUP BY code ORDER BY code;

-- hard cases: thousands of purchases, horizons next to nothing, a = 1, s = 1, alpha next to beta. P(alive) may be less than a double holds
CREATE FUNCTION pg_temp.double(value numeric) RETURNS float8 LANGUAGE sql AS 'SELECT CASE WHEN abs(value) < 1e-300 THEN 0 ELSE value END::float8';
CREATE TEMP TABLE stress (code text, p1 numeric, p2 numeric, p3 numeric, p4 numeric, x float8, recency float8, t float8, horizon float8, log_likelihood float8, p_alive numeric, expected_purchases numeric, dert numeric);
\copy stress FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/stress_mpmath.csv"' (FORMAT csv, HEADER)
SELECT code, count(*), bool_and(pg_temp.close(log_likelihood(m, x, recency, t), log_likelihood, 1e-10)) AS log_likelihood, bool_and(pg_temp.close(p_alive(m, x, recency, t), pg_temp.double(p_alive), 1e-10)) AS p_alive, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, horizon), pg_temp.double(expected_purchases), 1e-10)) AS expected_purchases,
       bool_and(pg_temp.close(residual_value(m, x, recency, t, 0.0027), pg_temp.double(dert), 1e-9)) FILTER (WHERE dert IS NOT NULL) AS residual_value, count(dert)
FROM stress, LATERAL (SELECT CASE code WHEN 'pnbd' THEN jsonb_build_object('model', 'pareto/nbd', 'params', jsonb_build_object('r', p1, 'alpha', p2, 's', p3, 'beta', p4)) ELSE jsonb_build_object('model', CASE code WHEN 'bgnbd' THEN 'bg/nbd' ELSE 'mbg/nbd' END, 'params', jsonb_build_object('r', p1, 'alpha', p2, 'a', p3, 'b', p4)) END::purchase_model AS m) AS j GROUP BY code ORDER BY code;

-- who buys at all, ever again, and when
CREATE TEMP TABLE waits (code text, customer_id int, x float8, recency_days int, t_days int, recency float8, t float8, p_alive float8, p1 float8, p4 float8, p13 float8, p39 float8, ever float8, median float8, median_given float8);
\copy waits FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/purchase_probability.csv"' (FORMAT csv, HEADER)
SELECT code, count(*), bool_and(pg_temp.close(purchase_probability(m, x, recency, t, 1), p1, 1e-9)) AS p1, bool_and(pg_temp.close(purchase_probability(m, x, recency, t, 4), p4, 1e-9)) AS p4, bool_and(pg_temp.close(purchase_probability(m, x, recency, t, 13), p13, 1e-9)) AS p13, bool_and(pg_temp.close(purchase_probability(m, x, recency, t, 39), p39, 1e-9)) AS p39,
       bool_and(pg_temp.close(purchase_probability(m, x, recency, t, 'Infinity'), ever, 1e-9)) AS ever, bool_and(pg_temp.close(expected_wait(m, x, recency, t), median_given, 1e-9)) AS median_given, bool_and(pg_temp.close(p_alive(m, x, recency, t), p_alive, 1e-9)) AS p_alive,
       bool_and(abs(purchase_probability(m, x, recency, t, median) - 0.5) < 1e-9) AS median, bool_and((median IS NULL) = (ever < 0.5)) AS no_median FROM waits JOIN models USING (code) GROUP BY code ORDER BY code;
SELECT code, bool_and(pg_temp.close(purchase_probability(h, m, '1 week', '1997-09-30'), p1, 1e-9)) AS p1, bool_and(pg_temp.close(purchase_probability(h, m, '28 days', '1997-09-30'), p4, 1e-9)) AS p4, bool_and(pg_temp.close(purchase_probability(h, m, '91 days', '1997-09-30'), p13, 1e-9)) AS p13, bool_and(pg_temp.close(purchase_probability(h, m, '273 days', '1997-09-30'), p39, 1e-9)) AS p39,
       bool_and(abs(extract(epoch FROM expected_next_purchase(h, m, '1997-09-30') - '1997-09-30'::timestamptz)::float8 / (604800 * median_given) - 1) < 1e-9) AS next FROM waits JOIN models USING (code) JOIN histories USING (customer_id) GROUP BY code ORDER BY code;

-- discounted residual purchases at 0.0027 a week
CREATE TEMP TABLE dert (code text, customer_id int, x float8, recency_days int, t_days int, recency float8, t float8, p_alive float8, dert float8);
\copy dert FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/dert.csv"' (FORMAT csv, HEADER)
SELECT code, count(*), bool_and(pg_temp.close(residual_value(m, x, recency, t, 0.0027), dert, 1e-9)) AS dert FROM dert JOIN models USING (code) GROUP BY code ORDER BY code;
CREATE TEMP TABLE dert_btyd (customer_id int, dert float8);
\copy dert_btyd FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_pnbd_dert_btyd_mle.csv"' (FORMAT csv, HEADER)
SELECT count(*), bool_and(pg_temp.close(residual_value(m, x, recency, t, 0.0027), dert, 1e-9)) AS dert FROM dert_btyd JOIN golden USING (customer_id), models WHERE code = 'pnbd';
-- from histories at an annual rate: 0.0027 a week is e^(0.0027 x 365.2425 / 7) - 1 a year. Without discount and with a horizon it is expected_purchases
SELECT bool_and(pg_temp.close(residual_value(h, m, exp(0.0027 * 365.2425 / 7) - 1, as_of => '1997-09-30'), dert, 1e-9)) AS annual, bool_and(pg_temp.close(residual_value(h, m, 0, '1 year', '1997-09-30'), expected_purchases(h, m, '1 year', '1997-09-30'), 1e-9)) AS undiscounted,
       bool_and(residual_value(h, m, 0.1, '1 year', '1997-09-30') < residual_value(h, m, 0.1, '2 years', '1997-09-30') AND residual_value(h, m, 0.1, '2 years', '1997-09-30') < residual_value(h, m, 0.1, as_of => '1997-09-30')) AS grows, bool_and(residual_value(h, m, 0.2, '1 year', '1997-09-30') < residual_value(h, m, 0.1, '1 year', '1997-09-30')) AS shrinks,
       bool_and(residual_value(h, m, as_of => '1997-09-30') = residual_value(h, m, 0.1, NULL, '1997-09-30')) AS defaults FROM dert JOIN models USING (code) JOIN histories USING (customer_id);

-- new customers: the curve, and how many buy how often
CREATE TEMP TABLE curve (t float8, bgnbd float8, mbgnbd float8, pnbd float8);
\copy curve FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_expected_curve_mle.csv"' (FORMAT csv, HEADER)
SELECT code, count(*), bool_and(pg_temp.close(expected_purchases_new(m, t * '7 days'::interval, '1997-01-01'), e, 1e-9)) AS new, bool_and(pg_temp.close(expected_purchases(m, 0, 0, 0, t), e, 1e-9)) AS bare FROM curve, LATERAL (VALUES ('bgnbd', bgnbd), ('mbgnbd', mbgnbd), ('pnbd', pnbd)) AS v(code, e) JOIN models USING (code) GROUP BY code ORDER BY code;
CREATE TEMP TABLE pmf (n int, bg2 float8, bg30 float8, bg39 float8, mbg2 float8, mbg30 float8, mbg39 float8);
\copy pmf FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_pmf_mle.csv"' (FORMAT csv, HEADER)
-- the reference was computed in doubles, by a difference that leaves 1e-15 of it
SELECT code, weeks, count(*), bool_and(abs(purchase_count_probability(m, n, weeks * '1 week'::interval, '1997-01-01') - p) < 1e-9 * p + 1e-15) AS probability FROM pmf, LATERAL (VALUES ('bgnbd', 2, bg2), ('bgnbd', 30, bg30), ('bgnbd', 39, bg39), ('mbgnbd', 2, mbg2), ('mbgnbd', 30, mbg30), ('mbgnbd', 39, mbg39)) AS v(code, weeks, p) JOIN models USING (code) GROUP BY code, weeks ORDER BY code, weeks;
-- and with 60 digits
SELECT code, n, pg_temp.close(purchase_count_probability(m, n, '14 days', '1997-01-01'), p, 1e-12) AS probability FROM models JOIN (VALUES ('bgnbd', 10, 1.0767102024930044784e-7::float8), ('bgnbd', 20, 3.3315880737067570286e-13), ('mbgnbd', 10, 2.2074517469548090094e-8), ('mbgnbd', 20, 6.9091249853376896236e-15)) AS v(code, n, p) USING (code) ORDER BY code, n;
-- the probabilities of all counts add up to 1, and to the mean
SELECT code, abs(sum(p) - 1) < 1e-7 AS all, abs(sum(n * p) - min(expected_purchases_new(m, '52 weeks', '1997-01-01'))) < 1e-4 AS mean, pg_temp.close(1 - min(p) FILTER (WHERE n = 0), min(purchase_probability(m, 0, 0, 0, 52)), 1e-9) AS any
FROM (SELECT code, m, n, purchase_count_probability(m, n, '52 weeks', '1997-01-01') AS p FROM models, generate_series(0, 400) AS n WHERE code <> 'bgbb') AS t GROUP BY code ORDER BY code;

-- donors by year: alive in the next year, gifts in 1, 5 and 10 years, discounted at 10 % a year
CREATE TEMP TABLE donors (x float8, recency float8, t float8, customers int, actual int, alive float8, e1 float8, e5 float8, e10 float8, dert float8, ll float8);
\copy donors FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/bgbb_donations_mle_btyd.csv"' (FORMAT csv, HEADER)
SELECT count(*), bool_and(pg_temp.close(p_alive(m, x, recency, t), alive, 1e-9)) AS p_alive, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, 1), e1, 1e-9)) AS e1, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, 5), e5, 1e-9)) AS e5, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, 10), e10, 1e-9)) AS e10,
       bool_and(pg_temp.close(residual_value(m, x, recency, t, ln(1.1::float8)), dert, 1e-9)) AS dert, bool_and(pg_temp.close(log_likelihood(m, x, recency, t), ll, 1e-9)) AS log_likelihood, bool_and(pg_temp.close(purchase_probability(m, x, recency, t, 1), e1, 1e-9)) AS probability FROM donors, models WHERE code = 'bgbb';

-- regular gaps: every tenth customer of two bases at k = 1, 2 and 3
CREATE TEMP TABLE regular (dataset text, model text, k int, chosen int, cust text, x float8, recency_days int, t_days int, recency float8, t float8, sum_log_gaps float8, actual int, ll float8, alive float8, horizon float8, e float8, p float8);
\copy regular FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cnbdk_customers.csv"' (FORMAT csv, HEADER)
SELECT dataset, model, k, count(*), bool_and(pg_temp.close(log_likelihood(m, x, recency, t, sum_log_gaps), ll, 1e-9)) AS log_likelihood, bool_and(pg_temp.close(p_alive(m, x, recency, t), alive, 1e-9)) AS p_alive, bool_and(pg_temp.close(expected_purchases(m, x, recency, t, horizon), e, 1e-9)) AS expected_purchases, bool_and(pg_temp.close(purchase_probability(m, x, recency, t, horizon), p, 1e-9)) AS purchase_probability
FROM regular, LATERAL (SELECT jsonb_build_object('model', model || '/cnbd-k', 'params', (SELECT jsonb_object_agg(key, value::numeric) FROM jsonb_each_text(:'cnbdk'::jsonb #> ARRAY[dataset, model || '_cnbd_k', 'by_k', k::text, 'params'])) || jsonb_build_object('k', k))::purchase_model AS m) AS j GROUP BY dataset, model, k ORDER BY dataset, model, k;
SELECT model, k, count(*), bool_and(pg_temp.close(p_alive(h, m, '1997-09-30'), alive, 1e-9)) AS p_alive, bool_and(pg_temp.close(expected_purchases(h, m, '273 days', '1997-09-30'), e, 1e-9)) AS expected_purchases, bool_and(pg_temp.close(purchase_probability(h, m, '273 days', '1997-09-30'), p, 1e-9)) AS purchase_probability
FROM regular JOIN histories ON customer_id::text = cust, LATERAL (SELECT jsonb_build_object('model', model || '/cnbd-k', 'params', (SELECT jsonb_object_agg(key, value::numeric) FROM jsonb_each_text(:'cnbdk'::jsonb #> ARRAY[dataset, model || '_cnbd_k', 'by_k', k::text, 'params'])) || jsonb_build_object('k', k))::purchase_model AS m) AS j WHERE dataset = 'cdnow_sample' GROUP BY model, k ORDER BY model, k;
-- k = 1 is the model without a k
SELECT bool_and(p_alive(a, x, recency, t) = p_alive(b, x, recency, t) AND expected_purchases(a, x, recency, t, 39) = expected_purchases(b, x, recency, t, 39) AND log_likelihood(a, x, recency, t, 7) = log_likelihood(b, x, recency, t)) AS same
FROM golden, (SELECT m AS b, jsonb_set(jsonb_set(m::jsonb, '{model}', '"mbg/cnbd-k"'), '{params,k}', '1')::purchase_model AS a FROM models WHERE code = 'mbgnbd') AS t;

-- what papers, notes and manuals print, by parameters as they print them
CREATE TEMP TABLE papers (source text, m purchase_model);
INSERT INTO papers VALUES ('Fader, Hardie, Lee 2005', '{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}'), ('BTYD walkthrough, Pareto/NBD', '{"model": "pareto/nbd", "params": {"r": 0.553371025, "alpha": 10.5795196, "s": 0.605907382, "beta": 11.6581161}}'),
    ('BTYD walkthrough, BG/NBD', '{"model": "bg/nbd", "params": {"r": 0.2425967, "alpha": 4.413659, "a": 0.7929869, "b": 2.426164}}'), ('Fader, Hardie, Shang 2010', '{"model": "bg/bb", "params": {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}}');
SELECT source, what, printed, round(value::numeric, scale(printed)) = printed AS same FROM (
    SELECT source, what, printed, value FROM papers, LATERAL (VALUES ('BG/NBD sheet (notes/004): customer 1, 39 weeks', expected_purchases(m, 2, 30.43, 38.86, 39), 1.226),
        ('BTYD manual: P(X(2) = 10)', purchase_count_probability(m, 10, '14 days'), 0.000000107869), ('BTYD manual: P(X(39) = 0)', purchase_count_probability(m, 0, '273 days'), 0.5737864)) AS v(what, value, printed) WHERE source LIKE '%Lee 2005'
    UNION ALL SELECT source, what, printed, value FROM papers, LATERAL (VALUES ('E[X(52)]', expected_purchases(m, 0, 0, 0, 52), 1.473434), ('customer 1516, 52 weeks', expected_purchases(m, 26, 216 / 7.0, 31, 52), 25.45647), ('customer 1516, P(alive)', p_alive(m, 26, 216 / 7.0, 31), 0.997874), ('x = 10', expected_purchases(m, 10, 20, 39, 52), 0.7062289), ('x = 15', expected_purchases(m, 15, 20, 39, 52), 0.1442396), ('x = 20', expected_purchases(m, 20, 20, 39, 52), 0.02250658), ('x = 25', expected_purchases(m, 25, 20, 39, 52), 0.00309267)) AS v(what, value, printed) WHERE source LIKE '%walkthrough, Pareto/NBD'
    UNION ALL SELECT source, what, printed, value FROM papers, LATERAL (VALUES ('E[X(52)]', expected_purchases(m, 0, 0, 0, 52), 1.444004), ('customer 1516, 52 weeks', expected_purchases(m, 26, 216 / 7.0, 31, 52), 25.75659), ('customer 1516, P(alive)', p_alive(m, 26, 216 / 7.0, 31), 0.9688523), ('x = 10', expected_purchases(m, 10, 20, 39, 52), 0.3474606), ('x = 15', expected_purchases(m, 15, 20, 39, 52), 0.04283391), ('x = 20', expected_purchases(m, 20, 20, 39, 52), 0.004158973), ('x = 25', expected_purchases(m, 25, 20, 39, 52), 0.0003583685)) AS v(what, value, printed) WHERE source LIKE '%walkthrough, BG/NBD'
    UNION ALL SELECT source, what, printed, value FROM papers, LATERAL (VALUES ('table 6: P(alive in 2002) of (0, 0)', p_alive(m, 0, 0, 6), 0.11), ('of (2, 4)', p_alive(m, 2, 4, 6), 0.59), ('of (6, 6)', p_alive(m, 6, 6, 6), 0.93)) AS v(what, value, printed) WHERE source LIKE '%Shang 2010') AS t ORDER BY source, what;
SELECT bool_and(round(expected_purchases(m, 0, 0, 0, days / 7.0)::numeric, 4) = printed) AS "E[X(t)] (notes/004)", count(*) FROM models, (VALUES (1, 0.0078), (7, 0.0532), (21, 0.1506), (223, 1.0405), (224, 1.0437)) AS v(days, printed) WHERE code = 'bgnbd';
SELECT round(sum(customers * expected_purchases(m, x, recency, t, 5))::numeric, 1) AS gifts_2002_to_2006, 12884.2 AS "printed (notes/010)" FROM donors, models WHERE code = 'bgbb';
SELECT bool_and(round(expected_purchases(m, 0, 0, 0, n)::numeric, 4) = printed) AS "tracking plot (notes/010)", count(*) FROM models, unnest(ARRAY[0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285, 2.9603, 3.1798]) WITH ORDINALITY AS p(printed, n) WHERE code = 'bgbb';
-- mean purchases in the holdout by purchases before it, as the walkthrough tabulates them
SELECT x, round(actual::numeric, 4) = round(a, 4) AS actual, abs(bg - b) < 5e-4 AS bg FROM (SELECT least(x, 7) AS x, avg(holdout) AS actual, avg(bg_39) AS reference, avg(expected_purchases(m, x, recency, t, 39)) AS bg FROM golden, models WHERE code = 'bgnbd' GROUP BY 1) AS t
JOIN (VALUES (0, 0.2367116, 0.2250893), (1, 0.6970387, 0.5231364), (2, 1.392523, 1.044126), (3, 1.56, 1.520256), (4, 2.532258, 2.163824), (5, 2.947368, 2.653789), (6, 3.862069, 3.503957), (7, 6.359375, 6.157036)) AS p(x, a, b) USING (x) ORDER BY x;

-- laws, over every twentieth customer at six instants, and models of every kind
CREATE TEMP TABLE cases AS SELECT customer_id, code, m, t, h FROM (SELECT * FROM models WHERE code <> 'bgbb' UNION ALL VALUES ('nbd', '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}}'::purchase_model), ('bg-3', '{"model": "bg/cnbd-k", "params": {"r": 0.219, "alpha": 0.833, "a": 1.026, "b": 2.094, "k": 3}}'), ('mbg-12', '{"model": "mbg/cnbd-k", "params": {"r": 0.4, "alpha": 1, "a": 1, "b": 2, "k": 12}, "unit": "30 days"}'),
        ('stays', '{"model": "pareto/nbd", "params": {"r": 0.4, "alpha": 12, "s": 0, "beta": 1}}'), ('bgbb', '{"model": "bg/bb", "params": {"alpha": 0.5, "beta": 5, "gamma": 0.657, "delta": 2.783}, "unit": "7 days"}')) AS m(code, m), histories, unnest(ARRAY['1997-01-20', '1997-03-31', '1997-09-30', '1998-06-30 12:34', '1999-12-31', '2030-01-01']::timestamptz[]) AS t WHERE customer_id % 20 = 0 AND num_purchases(h, t) > 0;
SELECT code, count(*), bool_and(p_alive(h, m, t) BETWEEN 0 AND 1) AS p_alive, bool_and(purchase_probability(h, m, '1 year', t) BETWEEN 0 AND 1) AS probability, bool_and(purchase_probability(h, m, '1 year', t) <= p_alive(h, m, t) * (1 + 1e-12)) AS only_the_alive, bool_and(expected_purchases(h, m, '0', t) = 0) AS none_in_no_time, bool_and(expected_purchases(h, m, '1 month', t) >= 0) AS not_negative,
       bool_and(expected_purchases(h, m, '1 month', t) <= expected_purchases(h, m, '1 year', t) AND expected_purchases(h, m, '1 year', t) <= expected_purchases(h, m, '50 years', t)) AS grows, bool_and(purchase_probability(h, m, '1 year', t) <= expected_purchases(h, m, '1 year', t) * (1 + 1e-9)) AS markov, bool_and(residual_value(h, m, 0.1, '1 year', t) <= expected_purchases(h, m, '1 year', t)) AS discounted FROM cases GROUP BY code ORDER BY code;
SELECT code, bool_and(next > t) AS in_future, bool_and(range @> next) AS in_range, bool_and(lower(range) > t AND lower_inc(range)) AS range, bool_and(narrow IS NULL OR range IS NULL OR narrow <@ range) AS nested, bool_and(soon <= t + '1 year') AS within, bool_and(soon <= next) AS sooner, bool_and((soon IS NULL) = (purchase_probability(h, m, '1 year', t) = 0)) AS soon_null, count(*) FILTER (WHERE next IS NULL) > 0 AS never,
       bool_and(next IS NULL OR abs(purchase_probability(h, m, next - t, t) / CASE WHEN code = 'bgbb' THEN NULL ELSE purchase_probability(m, (s).frequency, (s).recency, (s).t, 'Infinity') END - 0.5) < 1e-6) FILTER (WHERE code <> 'mbg-12') AS one_half
FROM (SELECT *, expected_next_purchase(h, m, t) AS next, expected_next_purchase_range(h, m, 0.8, t) AS range, expected_next_purchase_range(h, m, 0.3, t) AS narrow, expected_next_purchase_within(h, m, '1 year', t) AS soon, btyd_summary(h, t) AS s FROM cases) AS c GROUP BY code ORDER BY code;
-- as of then is as then: what came later changes nothing
SELECT code, bool_and(p_alive(h, m, t) = p_alive(until(h, t), m, t)) AS p_alive, bool_and(expected_purchases(h, m, '1 year', t) = expected_purchases(until(h, t), m, '1 year', t)) AS expected_purchases, bool_and(purchase_probability(h, m, '1 year', t) = purchase_probability(until(h, t), m, '1 year', t)) AS probability, bool_and(expected_next_purchase(h, m, t) IS NOT DISTINCT FROM expected_next_purchase(until(h, t), m, t)) AS next,
       bool_and(expected_next_purchase_within(h, m, '1 month', t) IS NOT DISTINCT FROM expected_next_purchase_within(until(h, t), m, '1 month', t)) AS within, bool_and(expected_next_purchase_range(h, m, 0.8, t) IS NOT DISTINCT FROM expected_next_purchase_range(until(h, t), m, 0.8, t)) AS range, bool_and(residual_value(h, m, 0.1, '1 year', t) = residual_value(until(h, t), m, 0.1, '1 year', t)) AS residual_value, bool_and(lifecycle_stage(h, m, t) = lifecycle_stage(until(h, t), m, t)) AS stage FROM cases GROUP BY code ORDER BY code;
-- without as_of it is now()
SELECT bool_and(p_alive(h, m) = p_alive(h, m, now())) AS p_alive, bool_and(expected_purchases(h, m, '1 year') = expected_purchases(h, m, '1 year', now())) AS expected_purchases, bool_and(purchase_probability(h, m, '1 year') = purchase_probability(h, m, '1 year', as_of => now())) AS probability, bool_and(expected_next_purchase(h, m) IS NOT DISTINCT FROM expected_next_purchase(h, m, now())) AS next,
       bool_and(expected_next_purchase_within(h, m, '1 year') IS NOT DISTINCT FROM expected_next_purchase_within(h, m, '1 year', now())) AS within, bool_and(expected_next_purchase_range(h, m) IS NOT DISTINCT FROM expected_next_purchase_range(h, m, 0.8, now())) AS range, bool_and(residual_value(h, m) = residual_value(h, m, 0.1, NULL, now())) AS residual_value, bool_and(lifecycle_stage(h, m) = lifecycle_stage(h, m, now(), 0.5, 0.1, 0.9)) AS stage, bool_and(expected_purchases_new(m, '1 year') = expected_purchases_new(m, '1 year', now())) AS new FROM cases WHERE t = '1998-06-30 12:34';

-- horizons by the calendar: a month from 31 January, a day on which the clocks change
SELECT code, expected_purchases(h, m, '1 month', '2024-01-31') = expected_purchases(h, m, '29 days', '2024-01-31') AS leap, expected_purchases(h, m, '1 month', '2023-01-31') = expected_purchases(h, m, '28 days', '2023-01-31') AS common, expected_purchases_new(m, '1 month', '2024-01-31') = expected_purchases(m, 0, 0, 0, 29 / 7.0) AS new, purchase_count_probability(m, 0, '1 year', '2024-01-01') = 1 - purchase_probability(m, 0, 0, 0, 366 / 7.0) OR abs(purchase_count_probability(m, 0, '1 year', '2024-01-01') + purchase_probability(m, 0, 0, 0, 366 / 7.0) - 1) < 1e-12 AS none
FROM models, (SELECT '{2022-12-01 5, 2022-12-20 5}'::purchase_history AS h) AS t WHERE code <> 'bgbb' ORDER BY code;
SET TimeZone = 'Europe/Berlin';
SELECT code, expected_purchases_new(m, '1 day', '2024-03-30 12:00') = expected_purchases(m, 0, 0, 0, 23 / 168.0) AS short_day, expected_purchases_new(m, '24 hours', '2024-03-30 12:00') = expected_purchases(m, 0, 0, 0, 1 / 7.0) AS hours, expected_purchases_new(m, '1 day', '2024-10-26 12:00') = expected_purchases(m, 0, 0, 0, 25 / 168.0) AS long_day FROM models WHERE code <> 'bgbb' ORDER BY code;
-- days are those of the session's zone: one day in London, two in Berlin. The time since the first is whole days also over a change of clocks
SELECT p_alive(h, m, '2024-02-01') = p_alive(m, 1, 1 / 7.0, 31 / 7.0) AS berlin, p_alive(h, m, '2024-06-01') = p_alive(m, 1, 1 / 7.0, 152 / 7.0) AS summer FROM models, (SELECT '{2024-01-01T12:00:00Z 5, 2024-01-01T23:30:00Z 5}'::purchase_history AS h) AS t WHERE code = 'mbgnbd';
SET TimeZone = 'Europe/London';
SELECT p_alive(h, m, '2024-02-01') = p_alive(m, 0, 0, 31 / 7.0) AS london FROM models, (SELECT '{2024-01-01T12:00:00Z 5, 2024-01-01T23:30:00Z 5}'::purchase_history AS h) AS t WHERE code = 'mbgnbd';
SET TimeZone = 'UTC';
-- the unit is the model's: alpha in days is seven times alpha in weeks
SELECT code, bool_and(pg_temp.close(p_alive(h, days, '1997-09-30'), p_alive(h, m, '1997-09-30'), 1e-9)) AS p_alive, bool_and(pg_temp.close(expected_purchases(h, days, '1 year', '1997-09-30'), expected_purchases(h, m, '1 year', '1997-09-30'), 1e-9)) AS expected_purchases, bool_and(abs(extract(epoch FROM expected_next_purchase(h, days, '1997-09-30') - expected_next_purchase(h, m, '1997-09-30'))) < 1) AS next, bool_and(pg_temp.close(residual_value(h, days, 0.1, as_of => '1997-09-30'), residual_value(h, m, 0.1, as_of => '1997-09-30'), 1e-9)) AS residual_value
FROM (SELECT code, m, (jsonb_set(m::jsonb, '{unit}', '"1 day"') || jsonb_build_object('params', (m::jsonb -> 'params') || jsonb_build_object('alpha', 7 * (m::jsonb #>> '{params,alpha}')::numeric) || CASE code WHEN 'pnbd' THEN jsonb_build_object('beta', 7 * (m::jsonb #>> '{params,beta}')::numeric) ELSE '{}' END))::purchase_model AS days FROM models WHERE code <> 'bgbb') AS t, histories WHERE customer_id % 20 = 0 GROUP BY code ORDER BY code;

-- the stage: lapsed and at risk by P(alive), at risk also when a customer who still buys would have bought by now
SELECT code, bool_and(lifecycle_stage(h, m, t, at_risk, lapsed, overdue)::text = CASE WHEN p_alive(h, m, t) < lapsed THEN 'lapsed' WHEN p_alive(h, m, t) < at_risk OR purchase_probability(m, (s).frequency, (s).recency, (s).recency, (s).t - (s).recency) / purchase_probability(m, (s).frequency, (s).recency, (s).recency, 'Infinity') > overdue THEN 'at_risk' WHEN (s).frequency = 0 THEN 'new' ELSE 'active' END) AS by_the_rule, count(*), count(DISTINCT lifecycle_stage(h, m, t, at_risk, lapsed, overdue)) AS stages
FROM (SELECT *, btyd_summary(h, t) AS s FROM cases WHERE code IN ('bgnbd', 'mbgnbd', 'pnbd', 'nbd', 'bg-3', 'stays')) AS c, (VALUES (0.5, 0.1, 0.9), (1, 0, 1), (0.2, 0.2, 0.5)) AS v(at_risk, lapsed, overdue) GROUP BY code ORDER BY code;
SELECT lifecycle_stage(h, m, t) AS stage, count(*) FROM histories, models, unnest(ARRAY['1997-01-20', '1997-09-30']::timestamptz[]) AS t WHERE code = 'mbgnbd' GROUP BY 1 ORDER BY 1;

-- NULL: without a history, a purchase, a model or a horizon; a stage has also who has not bought
\set m '''{"model": "mbg/nbd", "params": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}}''::purchase_model'
\set t '''1997-09-30''::timestamptz'
SELECT h, p_alive(h, :m, :t), expected_purchases(h, :m, '1 year', :t), purchase_probability(h, :m, '1 year', :t), expected_next_purchase(h, :m, :t) AS next, expected_next_purchase_within(h, :m, '1 year', :t) AS within, expected_next_purchase_range(h, :m, 0.8, :t) AS range, residual_value(h, :m, 0.1, '1 year', :t), lifecycle_stage(h, :m, :t) FROM unnest(ARRAY[NULL, '{}', '{1998-01-01 5}', '{1997-01-01 -5}']::purchase_history[]) AS h;
SELECT p_alive(h, m, :t), expected_purchases(h, m, '1 year', :t), purchase_probability(h, m, '1 year', :t), expected_next_purchase(h, m, :t) AS next, expected_next_purchase_within(h, m, '1 year', :t) AS within, expected_next_purchase_range(h, m, 0.8, :t) AS range, residual_value(h, m, 0.1, '1 year', :t), lifecycle_stage(h, m, :t), expected_purchases_new(m, '1 year') AS new, purchase_count_probability(m, 1, '1 year') AS count
FROM unnest(ARRAY[NULL, '{"model": "bg/nbd", "params": null}']::purchase_model[]) AS m, (SELECT '{1997-01-01 5}'::purchase_history AS h) AS t;
SELECT expected_purchases(h, :m, NULL, :t), purchase_probability(h, :m, NULL, :t), expected_next_purchase_within(h, :m, NULL, :t) AS within, residual_value(h, :m, NULL, '1 year', :t), expected_purchases_new(:m, NULL) AS new, purchase_count_probability(:m, NULL, '1 year') AS count, purchase_count_probability(:m, 1, NULL) AS count FROM (SELECT '{1997-01-01 5}'::purchase_history AS h) AS t;
SELECT p_alive(NULL::purchase_model, 1, 5, 10), p_alive(:m, NULL, 5, 10), p_alive(:m, 1, NULL, 10), p_alive(:m, 1, 5, NULL), expected_purchases(NULL::purchase_model, 1, 5, 10, 1), expected_purchases(:m, 1, 5, 10, NULL), purchase_probability(:m, NULL, 5, 10, 1), purchase_probability(:m, 1, 5, 10, NULL), expected_wait(:m, 1, 5, 10, NULL), expected_wait(NULL, 1, 5, 10), residual_value(:m, 1, NULL, 10, 0.01), residual_value(:m, 1, 5, 10, NULL::float8), residual_value(:m, 1, 5, 10, 0.01, NULL) IS NULL AS horizon, log_likelihood(:m, 1, 5, NULL), log_likelihood(:m, 1, 5, 10, NULL) \gx
-- on the day of the first purchase: alive, as far as the model does not toss a coin then
SELECT code, p_alive('{2024-01-01 5}', m, '2024-01-01') = p_alive(m, 0, 0, 0) AS same, round(p_alive('{2024-01-01 5}', m, '2024-01-01')::numeric, 4) AS p_alive FROM models WHERE code <> 'bgbb' ORDER BY code;
-- nobody is asked of a time beyond the calendar
SELECT expected_next_purchase('{2024-01-01 5}', '{"model": "bg/nbd", "params": {"r": 0.001, "alpha": 1e9, "a": 1, "b": 1}}'::purchase_model, '2024-01-01') AS next, expected_next_purchase_range('{2024-01-01 5}', '{"model": "bg/nbd", "params": {"r": 0.001, "alpha": 1e9, "a": 1, "b": 1}}'::purchase_model, 0.9, '2024-01-01') AS range, upper_inf(expected_next_purchase_range('{2024-01-01 5}', '{"model": "nbd", "params": {"r": 0.5, "alpha": 100}}'::purchase_model, 0.99, '2024-01-01')) AS unbounded;

-- bad arguments
SELECT expected_purchases('{1997-01-01 5}', :m, '-1 day', :t);
SELECT purchase_probability(:m, 1, 5, 10, -1);
SELECT expected_purchases(:m, 1, 5, 10, 'Infinity');
SELECT residual_value('{1997-01-01 5}', :m, 0, as_of => :t);
SELECT residual_value('{1997-01-01 5}', :m, -0.1, as_of => :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, 1, :t);
SELECT expected_wait(:m, 1, 5, 10, 0);
SELECT p_alive(:m, 1.5, 5, 10);
SELECT p_alive(:m, 1, 11, 10);
SELECT p_alive(:m, 0, 5, 10);
SELECT purchase_count_probability(:m, -1, '1 year');
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, 0.1, 0.5);
\set VERBOSITY sqlstate
SELECT expected_purchases('{1997-01-01 5}', :m, '-1 month', :t);
SELECT expected_purchases('{1997-01-01 5}', :m, '9000 years', :t);
SELECT expected_purchases('{1997-01-01 5}', :m, '1 year', NULL);
SELECT expected_purchases('{1997-01-01 5}', :m, '1 year', 'infinity');
SELECT purchase_probability('{1997-01-01 5}', :m, '-1 day', :t);
SELECT purchase_probability('{}', :m, '-1 day', :t);
SELECT expected_next_purchase_within('{1997-01-01 5}', :m, '-1 day', :t);
SELECT residual_value('{1997-01-01 5}', :m, 0.1, '-1 day', :t);
SELECT residual_value('{1997-01-01 5}', :m, 'NaN', '1 year', :t);
SELECT residual_value('{1997-01-01 5}', :m, 'Infinity', '1 year', :t);
SELECT expected_purchases_new(:m, '-1 day');
SELECT purchase_count_probability(:m, 1, '-1 day');
SELECT p_alive('{1997-01-01 5}', :m, NULL);
SELECT p_alive('{1997-01-01 5}', :m, '-infinity');
SELECT expected_next_purchase('{1997-01-01 5}', :m, NULL);
SELECT expected_next_purchase('{1997-01-01 5}', :m, 'infinity');
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, 0, :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, -0.5, :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, 'NaN', :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, NULL, :t);
SELECT expected_purchases(:m, 1, 5, 10, -1);
SELECT expected_purchases(:m, 1, 5, 10, 'NaN');
SELECT purchase_probability(:m, 1, 5, 10, 'NaN');
SELECT residual_value(:m, 1, 5, 10, 0);
SELECT residual_value(:m, 1, 5, 10, 0, 'Infinity');
SELECT residual_value(:m, 1, 5, 10, -0.1);
SELECT residual_value(:m, 1, 5, 10, 0.1, -1);
SELECT residual_value(:m, 1, 5, 10, 'NaN');
SELECT expected_wait(:m, 1, 5, 10, 1);
SELECT expected_wait(:m, 1, 5, 10, 'NaN');
SELECT p_alive(:m, -1, 5, 10);
SELECT p_alive(:m, 'NaN', 5, 10);
SELECT p_alive(:m, 1, -5, 10);
SELECT p_alive(:m, 1, 'NaN', 10);
SELECT p_alive(:m, 1, 5, 'Infinity');
SELECT p_alive(:m, 1, 0, 10);
SELECT p_alive('{"model": "bg/bb", "params": {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}}'::purchase_model, 1, 1.5, 6);
SELECT p_alive('{"model": "bg/bb", "params": {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}}'::purchase_model, 3, 2, 6);
SELECT log_likelihood(:m, 1, 11, 10);
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, NULL);
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, 1.5);
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, 0.5, 0.1, 'NaN');
SELECT lifecycle_stage('{1997-01-01 5}', :m, NULL);
\set VERBOSITY default
