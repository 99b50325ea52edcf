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
-- bgnbd_expected_curve: at 78 weeks the sheet prints 1.8576, which are the first 150 terms of the hypergeometric series; all of it is 1.8580
SELECT days, e, round(expected_purchases(m, 0, 0, 0, days / 7.0)::numeric, 4) = e AS "E[X(t)] (notes/004)" FROM models,
       (VALUES (1, 0.0078), (7, 0.0532), (21, 0.1506), (223, 1.0405), (224, 1.0437), (546, 1.8580)) AS v(days, e) WHERE code = 'bgnbd' ORDER BY days;
WITH series AS (SELECT p.*, z, exp(sum(ln((r + i - 1) * (b + i - 1) / ((a + b + i - 2) * i) * z)) OVER (ORDER BY i)) AS term FROM models,
       jsonb_to_record(m::jsonb -> 'params') AS p(r float8, alpha float8, a float8, b float8), LATERAL (SELECT 78 / (alpha + 78) AS z) AS z, generate_series(1, 150) AS i
       WHERE code = 'bgnbd')
SELECT round(((a + b - 1) / (a - 1) * (1 - (1 - z) ^ r * (1 + sum(term))))::numeric, 4) AS "first 150 terms", 1.8576 AS printed FROM series GROUP BY r, a, b, z;
SELECT round(sum(customers * expected_purchases(m, x, recency, t, 5))::numeric, 1) AS gifts_2002_to_2006, 12884.2 AS "printed (notes/010)" FROM donors, models WHERE code = 'bgbb';
SELECT bool_and(round(expected_purchases(m, 0, 0, 0, n)::numeric, 4) = printed) AS "tracking plot (notes/010)", count(*) FROM models,
       unnest(ARRAY[0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285, 2.9603, 3.1798, 3.3887]) WITH ORDINALITY AS p(printed, n) WHERE code = 'bgbb';
-- bgbb_btyd_vignette: E(10), and the next ten years of the donors A (0, 0) and B (4, 5). The walkthrough's search stops 3e-5 beside the optimum
SELECT what, printed, round(value::numeric, scale(ours)) = ours AS ours, pg_temp.close(value, printed, 4e-5) AS near FROM models,
       LATERAL (VALUES ('E(10)', 3.179805, 3.179829, expected_purchases(m, 0, 0, 0, 10)), ('A', 0.1302169, 0.1302181, expected_purchases(m, 0, 0, 6, 10)),
       ('B', 3.627858, 3.6279677, expected_purchases(m, 4, 5, 6, 10))) AS v(what, printed, ours, value) WHERE code = 'bgbb' ORDER BY what;
-- pnbd_dert_example, bgbb_dert_example: the examples of BTYD's manual, which prints no value; BTYD 2.4.3 gives these
SELECT pg_temp.close(residual_value('{"model": "pareto/nbd", "params": {"r": 0.5629966, "alpha": 12.559037, "s": 0.4081095, "beta": 10.5148048}}'::purchase_model, 7, 35, 77.86,
       0.0027), 1.86418332807132, 1e-12) AS pnbd_dert_example,
       pg_temp.close(residual_value('{"model": "bg/bb", "params": {"alpha": 1.20, "beta": 0.75, "gamma": 0.66, "delta": 2.78}}'::purchase_model, 3, 4, 6, ln(1.1::float8)),
       1.62137918584264, 1e-12) AS bgbb_dert_example;
-- btyd_walk_bins: mean purchases in the holdout by purchases before it, as the walkthrough tabulates them, at its parameters; of BG/NBD they
-- are printed rounded, which moves the last digit by one. And at the optimum
SELECT x, round(actual::numeric, scale(a)) = a AS actual, abs(bg - b) < 1.5e-6 AS bg, round(pnbd::numeric, scale(p)) = p AS pnbd, round(bg_mle::numeric, 4) = b_mle AS bg_mle,
       round(pnbd_mle::numeric, 4) = p_mle AS pnbd_mle
FROM (SELECT least(x, 7) AS x, avg(holdout) AS actual, avg(expected_purchases(b.m, x, recency, t, 39)) AS bg, avg(expected_purchases(p.m, x, recency, t, 39)) AS pnbd,
       avg(expected_purchases(o.m, x, recency, t, 39)) AS bg_mle, avg(expected_purchases(q.m, x, recency, t, 39)) AS pnbd_mle
      FROM golden, papers AS b, papers AS p, models AS o, models AS q WHERE b.source = 'BTYD walkthrough, BG/NBD' AND p.source = 'BTYD walkthrough, Pareto/NBD'
      AND o.code = 'bgnbd' AND q.code = 'pnbd' GROUP BY 1) AS t
JOIN (VALUES (0, 0.2367116, 0.2250893, 0.138, 0.2251, 0.1384), (1, 0.6970387, 0.5231364, 0.600, 0.5231, 0.5995), (2, 1.392523, 1.044126, 1.196, 1.0441, 1.1958),
       (3, 1.56, 1.520256, 1.714, 1.5203, 1.7138),
      (4, 2.532258, 2.163824, 2.399, 2.1639, 2.3983), (5, 2.947368, 2.653789, 2.907, 2.6538, 2.9072), (6, 3.862069, 3.503957, 3.819, 3.5040, 3.8186),
      (7, 6.359375, 6.157036, 6.403, 6.1572, 6.4031)) AS v(x, a, b, p, b_mle, p_mle) USING (x) ORDER BY x;
