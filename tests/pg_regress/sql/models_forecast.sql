-- judging models: back-tests and tracking on the CDNOW sample, 39 weeks after 39 weeks
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TABLE forecast_base AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ANALYZE forecast_base;
\set published `cat "$PG_ABS_SRCDIR/../data/published_values.json"`

-- five models side by side in one query. What MAE hides: forecasting nothing for everybody would score 0.7985
CREATE TEMP TABLE judged AS SELECT (b).* FROM (SELECT backtest(h, model, '1997-09-30', '273 days') AS b FROM forecast_base, unnest('{bg/nbd,mbg/nbd,pareto/nbd,mbg/cnbd-k,bg/cnbd-k}'::text[]) AS model GROUP BY model) AS t;
SELECT model, customers, buyers, actual_purchases AS actual, round(total_ratio::numeric, 3) AS ratio, round(mae::numeric, 4) AS mae, round(rmse::numeric, 4) AS rmse, round(rank_correlation::numeric, 3) AS spearman, round(auc::numeric, 4) AS auc, round(auc_by_forecast::numeric, 4) AS auc_e, round(brier::numeric, 4) AS brier, round(log_loss::numeric, 3) AS log_loss, round(top_decile_capture::numeric, 3) AS top FROM judged ORDER BY model;
-- as they were computed independently of this code
SELECT model, (round(total_ratio::numeric, 3), round(mae::numeric, 4), round(rmse::numeric, 4), round(rank_correlation::numeric, 3), round(auc::numeric, 4), round(auc_by_forecast::numeric, 4), round(brier::numeric, 4), round(log_loss::numeric, 3), round(top_decile_capture::numeric, 3)) = (ratio, mae_, rmse_, spearman, auc_, auc_e, brier_, log_loss_, top) AS same
FROM judged JOIN (VALUES ('bg/nbd', 0.879, 0.7855, 1.6080, 0.449, 0.7569, 0.7725, 0.1612, 0.506, 0.469), ('mbg/nbd', 0.838, 0.7648, 1.6072, 0.450, 0.7601, 0.7728, 0.1614, 0.505, 0.477), ('pareto/nbd', 0.885, 0.7545, 1.6028, 0.460, 0.7712, 0.7787, 0.1619, 0.508, 0.473), ('mbg/cnbd-k', 0.838, 0.7648, 1.6072, 0.450, 0.7601, 0.7728, 0.1614, 0.505, 0.477), ('bg/cnbd-k', 0.879, 0.7855, 1.6080, 0.449, 0.7569, 0.7725, 0.1612, 0.506, 0.469)) AS r(model, ratio, mae_, rmse_, spearman, auc_, auc_e, brier_, log_loss_, top) USING (model) ORDER BY model;
-- the two rules that need no model, the same beside each
SELECT rule, round(total_ratio::numeric, 3) AS ratio, round(mae::numeric, 4) AS mae, round(rmse::numeric, 4) AS rmse, round(rank_correlation::numeric, 3) AS spearman, round(auc::numeric, 4) AS auc, round(auc_by_forecast::numeric, 4) AS auc_e, round(brier::numeric, 4) AS brier, round(log_loss::numeric, 3) AS log_loss, round(top_decile_capture::numeric, 3) AS top, count(*) AS models,
       CASE rule WHEN 'own rate' THEN (round(total_ratio::numeric, 3), round(mae::numeric, 4), round(rmse::numeric, 4), round(rank_correlation::numeric, 3), round(auc::numeric, 4), round(brier::numeric, 4), round(log_loss::numeric, 3), round(top_decile_capture::numeric, 3)) = (1.557, 1.0237, 2.2119, 0.490, 0.7598, 0.2120, 1.582, 0.459)
       ELSE (round(total_ratio::numeric, 3), round(mae::numeric, 4), round(rmse::numeric, 4), round(rank_correlation::numeric, 3), round(auc::numeric, 4), round(brier::numeric, 4), round(log_loss::numeric, 3), round(top_decile_capture::numeric, 3)) = (2.558, 1.5961, 2.3180, 0.488, 0.7576, 0.3774, 1.113, 0.454) END AS same
FROM (SELECT 'own rate' AS rule, (own_rate).* FROM judged UNION ALL SELECT 'last window', (last_window).* FROM judged) AS a GROUP BY a.rule, a.total_ratio, a.mae, a.rmse, a.rank_correlation, a.auc, a.auc_by_forecast, a.brier, a.log_loss, a.top_decile_capture ORDER BY rule;
-- calibration by past purchases
SELECT model, past_purchases, c.customers, c.actual_purchases AS actual, round(c.forecast_purchases) AS forecast FROM judged, unnest(calibration) AS c WHERE model IN ('bg/nbd', 'mbg/nbd', 'pareto/nbd') ORDER BY model, past_purchases;
SELECT model, array_agg(round(c.forecast_purchases)::text || '/' || c.actual_purchases ORDER BY past_purchases) = '{261/334,242/306,224/298,377/425,472/519}' AS same FROM judged, unnest(calibration) AS c WHERE model = 'mbg/nbd' GROUP BY model;
SELECT model, sum(c.customers) = min(judged.customers) AS customers, sum(c.actual_purchases) = min(judged.actual_purchases) AS actual, abs(sum(c.forecast_purchases) - min(judged.forecast_purchases)) < 1e-6 AS forecast FROM judged, unnest(calibration) AS c GROUP BY model ORDER BY model;
-- compared by AIC and BIC in the same query; the fit is that of the split
SELECT model, rank() OVER (ORDER BY aic) AS by_aic, rank() OVER (ORDER BY bic) AS by_bic, aic = aic(fit) AS aic, bic = bic(fit) AS bic, fit = (SELECT purchase_model(h, model, '1997-09-30') FROM forecast_base) AS fit FROM judged ORDER BY by_aic, model;
-- k is not chosen by MAE: a wrongly large one lowers it, while everything else gets worse
SELECT k, (round(total_ratio::numeric, 3), round(mae::numeric, 4), round(rmse::numeric, 4), round(auc::numeric, 4), round(brier::numeric, 4), round(log_loss::numeric, 3)) = (ratio, mae_, rmse_, auc_, brier_, log_loss_) AS same
FROM (VALUES (1, 0.838, 0.7648, 1.6072, 0.7601, 0.1614, 0.505), (2, 0.717, 0.7342, 1.6371, 0.7103, 0.1725, 0.595), (3, 0.675, 0.7274, 1.6525, 0.6855, 0.1782, 0.680), (4, 0.650, 0.7243, 1.6617, 0.6775, 0.1819, 0.753), (5, 0.634, 0.7228, 1.6682, 0.6700, 0.1846, 0.818), (6, 0.622, 0.7225, 1.6734, 0.6585, 0.1867, 0.872)) AS r(k, ratio, mae_, rmse_, auc_, brier_, log_loss_),
     LATERAL (SELECT (b).* FROM (SELECT backtest(h, 'mbg/cnbd-k', '1997-09-30', '273 days', '7 days', jsonb_build_object('fixed', jsonb_build_object('k', k))) AS b FROM forecast_base) AS t) AS b ORDER BY k;

-- every figure from the predictions of the customers, in plain SQL
CREATE TEMP TABLE holdout AS SELECT customer_id, count(DISTINCT ordered_on) FILTER (WHERE ordered_on > '1997-09-30') AS actual, count(DISTINCT ordered_on) FILTER (WHERE ordered_on <= '1997-09-30') - 1 AS x, '1997-09-30'::date - min(ordered_on) AS t, count(DISTINCT ordered_on) FILTER (WHERE ordered_on > '1997-09-30'::date - 273 AND ordered_on <= '1997-09-30') AS last_window FROM cdnow GROUP BY customer_id HAVING min(ordered_on) <= '1997-09-30';
CREATE TEMP TABLE scored AS
    SELECT model, 'model' AS rule, customer_id, actual::float8, expected_purchases(h, fit, '273 days', '1997-09-30') AS e, purchase_probability(h, fit, '273 days', '1997-09-30') AS p, p_alive(h, fit, '1997-09-30') AS alive FROM judged, forecast_base JOIN holdout USING (customer_id)
    UNION ALL SELECT 'mbg/nbd', 'own rate', customer_id, actual, x / t::float8 * 273, 1 - exp(-(x / t::float8 * 273)), NULL FROM holdout UNION ALL SELECT 'mbg/nbd', 'last window', customer_id, actual, last_window, 1 - exp(-last_window::float8), NULL FROM holdout;
CREATE TEMP TABLE plain AS
    WITH ranked AS (SELECT *, rank() OVER w_e + (count(*) OVER (PARTITION BY model, rule, e) - 1) / 2.0 AS rank_e, rank() OVER w_p + (count(*) OVER (PARTITION BY model, rule, p) - 1) / 2.0 AS rank_p, rank() OVER w_a + (count(*) OVER (PARTITION BY model, rule, actual) - 1) / 2.0 AS rank_actual, rank() OVER w_alive + (count(*) OVER (PARTITION BY model, rule, alive) - 1) / 2.0 AS rank_alive
                    FROM scored WINDOW w_e AS (PARTITION BY model, rule ORDER BY e), w_p AS (PARTITION BY model, rule ORDER BY p), w_a AS (PARTITION BY model, rule ORDER BY actual), w_alive AS (PARTITION BY model, rule ORDER BY alive)),
         ties AS (SELECT model, rule, count(*) AS n, sum(actual) AS a, sum(count(*)) OVER (PARTITION BY model, rule ORDER BY e DESC) - count(*) AS before FROM scored GROUP BY model, rule, e),
         top AS (SELECT model, rule, (sum(a * least(n, greatest(0, 235.7 - before)) / n) / sum(a))::float8 AS captured FROM ties GROUP BY model, rule)
    SELECT model, rule, sum(e) AS forecast, sum(e) / sum(actual) AS ratio, avg(abs(e - actual)) AS mae, sqrt(avg((e - actual) ^ 2)) AS rmse, avg(e - actual) AS bias, corr(rank_e, rank_actual) AS spearman, (sum(rank_p) FILTER (WHERE actual > 0) - buyers * (buyers + 1) / 2) / (buyers * (2357 - buyers)) AS auc, (sum(rank_e) FILTER (WHERE actual > 0) - buyers * (buyers + 1) / 2) / (buyers * (2357 - buyers)) AS auc_e,
           (sum(rank_alive) FILTER (WHERE actual > 0) - buyers * (buyers + 1) / 2) / (buyers * (2357 - buyers)) AS auc_alive, avg((p - (actual > 0)::int) ^ 2) AS brier, avg(-ln(abs((actual = 0)::int - least(greatest(p, 1e-6), 1 - 1e-6)))) AS log_loss, min(captured) AS captured FROM ranked JOIN top USING (model, rule), (SELECT count(*)::float8 AS buyers FROM holdout WHERE actual > 0) AS b GROUP BY model, rule, buyers;
SELECT model, rule, abs(forecast - forecast_purchases) < 1e-6 AS forecast, abs(ratio - total_ratio) < 1e-9 AS ratio, abs(plain.mae - a.mae) < 1e-9 AS mae, abs(plain.rmse - a.rmse) < 1e-9 AS rmse, abs(plain.bias - a.bias) < 1e-9 AS bias, abs(spearman - rank_correlation) < 1e-9 AS spearman, abs(plain.auc - a.auc) < 1e-9 AS auc, abs(auc_e - auc_by_forecast) < 1e-9 AS auc_e, abs(plain.brier - a.brier) < 1e-9 AS brier, abs(plain.log_loss - a.log_loss) < 1e-9 AS log_loss, abs(captured - top_decile_capture) < 1e-9 AS top
FROM plain JOIN (SELECT model, 'model' AS rule, forecast_purchases, total_ratio, mae, rmse, bias, rank_correlation, auc, auc_by_forecast, brier, log_loss, top_decile_capture FROM judged UNION ALL SELECT model, 'own rate', (own_rate).* FROM judged UNION ALL SELECT model, 'last window', (last_window).* FROM judged) AS a USING (model, rule) ORDER BY model, rule;
-- P(alive) is no ranking: under BG/NBD worse than a coin
SELECT model, round(auc_alive::numeric, 3) AS auc_of_p_alive FROM plain WHERE rule = 'model' ORDER BY model;
-- what Fader, Hardie and Lee (2005) print of the holdout
SELECT round(corr(e, actual) FILTER (WHERE model = 'bg/nbd')::numeric, 3) AS corr_actual_bgnbd, round(corr(e, actual) FILTER (WHERE model = 'pareto/nbd')::numeric, 3) AS corr_actual_pnbd, round(avg(actual) FILTER (WHERE x = 0 AND model = 'bg/nbd')::numeric, 2) AS zero_class_actual, round(avg(e) FILTER (WHERE x = 0 AND model = 'bg/nbd')::numeric, 2) AS zero_class_bgnbd, round(avg(e) FILTER (WHERE x = 0 AND model = 'pareto/nbd')::numeric, 2) AS zero_class_pnbd FROM scored JOIN holdout USING (customer_id, actual) WHERE rule = 'model';
SELECT round(corr(b.e, p.e)::numeric, 3) AS corr_bgnbd_pnbd FROM scored AS b JOIN scored AS p USING (customer_id) WHERE b.model = 'bg/nbd' AND p.model = 'pareto/nbd';
SELECT key, printed FROM jsonb_array_elements(:'published'::jsonb -> 'items') AS p, jsonb_each_text(p -> 'value') AS e(key, printed) WHERE p ->> 'id' = 'paper_2005_holdout' ORDER BY key;

-- a rolling origin by GROUP BY; whoever first bought after the split is left out
CREATE TEMP TABLE rolled AS SELECT split_at, backtest(h, 'mbg/nbd', split_at, '90 days') AS b FROM forecast_base, generate_series('1997-02-15'::timestamptz, '1998-03-15', '3 months') AS split_at GROUP BY split_at;
SELECT split_at::date, (b).customers, (b).actual_purchases AS actual, (b).customers = n AS customers, (b).buyers = buyers AS buyers, (b).actual_purchases = bought AS actual, round((b).total_ratio::numeric, 2) AS ratio, (b).mae > 0 AND (b).auc > 0.6 AS useful, (b).fit::jsonb ->> 'as_of' AS as_of
FROM rolled, LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE bought > 0) AS buyers, sum(bought) AS bought FROM (SELECT count(DISTINCT ordered_on) FILTER (WHERE ordered_on > split_at AND ordered_on <= split_at + '90 days') AS bought FROM cdnow GROUP BY customer_id HAVING min(ordered_on) <= split_at) AS c) AS p ORDER BY 1;
SELECT bool_and(b = (SELECT backtest(h, 'mbg/nbd', split_at, '90 days') FROM forecast_base)) AS as_alone FROM rolled;
-- nothing after the holdout, and no NULL, makes a difference
SELECT backtest(until(h, '1998-01-31'), 'bg/nbd', '1997-09-30', '90 days') = (SELECT backtest(h, 'bg/nbd', '1997-09-30', '90 days') FROM forecast_base) AS same FROM (SELECT h FROM forecast_base UNION ALL SELECT unnest(ARRAY[NULL, '{}', '{1997-10-01 5}', '{1997-01-01 -5}']::purchase_history[])) AS t;
-- a day counts once, on whichever side of the split it began: of these two, one has bought again
SELECT (b).customers, (b).buyers, (b).actual_purchases AS actual, (b).mae IS NULL AS no_model FROM (SELECT backtest(h, 'bg/nbd', '2024-01-31 12:00', '1 month') AS b FROM unnest(ARRAY['{2024-01-31T10:00:00Z 5, 2024-01-31T15:00:00Z 5, 2024-02-29T12:00:00Z 5, 2024-02-29T13:00:00Z 5}', '{2024-01-01 5, 2024-03-01 5}', '{2024-01-31T15:00:00Z 5}']::purchase_history[]) AS h) AS t;
-- in the session's days
SET TimeZone = 'Asia/Tokyo';
SELECT (b).customers, (b).buyers, (b).actual_purchases AS actual FROM (SELECT backtest(h, 'bg/nbd', '2024-01-31 21:00', '1 month') AS b FROM unnest(ARRAY['{2024-01-31T10:00:00Z 5, 2024-01-31T15:00:00Z 5, 2024-02-29T11:00:00Z 5, 2024-02-29T13:00:00Z 5}']::purchase_history[]) AS h) AS t;
SET TimeZone = 'UTC';
-- the unit makes no difference to a forecast; options do
SELECT abs((b).mae - mae) < 1e-6 AS mae, abs((b).brier - brier) < 1e-6 AS brier, (b).fit::jsonb ->> 'unit' AS unit, ((r).fit::jsonb #>> '{params,b}')::float8 AS b, (r).aic > (SELECT aic FROM judged WHERE model = 'bg/nbd') - 2 AS no_better FROM judged, (SELECT backtest(h, 'pareto/nbd', '1997-09-30', '273 days', '1 day') AS b, backtest(h, 'bg/nbd', '1997-09-30', '273 days', '7 days', '{"fixed": {"b": 1}}') AS r FROM forecast_base) AS t WHERE model = 'pareto/nbd';
-- a model that cannot be fitted has no accuracy; the rules have theirs
SELECT (b).model, (b).customers, (b).buyers, (b).actual_purchases AS actual, (b).forecast_purchases AS forecast, (b).total_ratio AS ratio, (b).mae, (b).rmse, (b).bias, (b).rank_correlation AS spearman, (b).auc, (b).auc_by_forecast AS auc_e, (b).brier, (b).log_loss, (b).top_decile_capture AS top, (b).aic, (b).bic, round(((b).own_rate).mae::numeric, 4) AS own_rate, ((b).last_window).mae AS last_window, (b).calibration, (b).fit::jsonb ->> 'status' AS status
FROM (SELECT backtest(h, 'mbg/nbd', '1997-09-30', '273 days') AS b FROM forecast_base WHERE customer_id <= 5) AS t \gx
SELECT backtest(h, 'mbg/nbd', '1997-09-30', '273 days') AS no_rows FROM forecast_base WHERE false;
SELECT backtest(h, 'mbg/nbd', '1996-09-30', '273 days') AS no_customers FROM forecast_base;
-- nobody buys in the holdout, everybody does
SELECT (b).buyers, (b).total_ratio, (b).auc, (b).rank_correlation, (b).top_decile_capture, (b).mae > 0 AS mae, (b).brier < 0.25 AS brier FROM (SELECT backtest(until(h, '1997-09-30'), 'mbg/nbd', '1997-09-30', '273 days') AS b FROM forecast_base) AS t;
SELECT (b).customers = (b).buyers AS everybody, (b).auc, (b).total_ratio < 1 AS ratio FROM (SELECT backtest(h, 'mbg/nbd', '1997-09-30', '273 days') AS b FROM forecast_base JOIN holdout USING (customer_id) WHERE actual > 0) AS t;

-- tracking: repeat purchases by week, actual ones and those expected of customers who began when these did
CREATE TEMP TABLE tracked AS SELECT model, fit, p.* FROM judged, LATERAL (SELECT (unnest(tracking(h, fit, '1998-06-30'))).* FROM forecast_base) AS p WHERE model IN ('bg/nbd', 'mbg/nbd', 'pareto/nbd');
SELECT model, count(*), min(day), max(day), bool_and(cumulative_actual = bought - customers) AS cumulative_actual, bool_and(abs(cumulative_expected - e) < 1e-7) AS cumulative_expected
FROM tracked, LATERAL (SELECT count(*) AS bought FROM (SELECT DISTINCT customer_id, ordered_on FROM cdnow WHERE ordered_on <= day) AS d) AS d, LATERAL (SELECT count(*) AS customers, sum(expected_purchases_new(fit, (day - first) * '1 day'::interval, '1997-01-01')) AS e FROM (SELECT min(ordered_on) AS first FROM cdnow GROUP BY customer_id) AS f WHERE first <= day) AS f GROUP BY model ORDER BY model;
SELECT model, bool_and(day = start + least(7 * n, 545)::int) AS days, bool_and(actual = cumulative_actual - before_actual) AS actual, bool_and(abs(expected - (cumulative_expected - before_expected)) < 1e-9) AS expected, bool_and(expected > 0) AS rises
FROM (SELECT *, '1997-01-01'::date AS start, row_number() OVER w AS n, lag(cumulative_actual, 1, 0::bigint) OVER w AS before_actual, lag(cumulative_expected, 1, 0::float8) OVER w AS before_expected FROM tracked WINDOW w AS (PARTITION BY model ORDER BY day)) AS t GROUP BY model ORDER BY model;
-- after 78 weeks the paper's models are 4 % and 2 % below the purchases
SELECT model, cumulative_actual, round((cumulative_expected / cumulative_actual)::numeric, 4) AS ratio, round(100 * (1 - cumulative_expected / cumulative_actual)::numeric) || '%' AS below FROM tracked WHERE day = '1998-06-30' ORDER BY model;
SELECT day, actual, round(expected::numeric, 1) AS expected, cumulative_actual, round(cumulative_expected::numeric, 1) AS cumulative_expected FROM tracked WHERE model = 'mbg/nbd' AND day IN ('1997-01-08', '1997-03-26', '1997-10-01', '1998-06-24', '1998-06-30') ORDER BY day;
-- other steps pass the same days
SELECT bool_and(s.cumulative_actual = t.cumulative_actual AND abs(s.cumulative_expected - t.cumulative_expected) < 1e-9) AS same, count(*) FROM (SELECT (unnest(tracking(h, fit, '1998-06-30', '14 days'))).* FROM forecast_base, judged WHERE model = 'bg/nbd') AS s JOIN tracked AS t USING (day) WHERE model = 'bg/nbd';
SELECT cardinality(tracking(h, fit, '1998-06-30', '1 day')) AS days, cardinality(tracking(h, fit, '1998-06-30', '1000 days')) AS one, tracking(h, fit) = tracking(h, fit, now(), '7 days') AS defaults FROM forecast_base, judged WHERE model = 'bg/nbd';
-- later purchases, refunds and NULL histories are nothing to it; on the first day there is no point yet
SELECT tracking(h, m, '2024-02-01', '7 days') = tracking(until(h, '2024-02-01'), m, '2024-02-01', '7 days') AS same, cardinality(tracking(h, m, '2024-01-01')) AS first_day, cardinality(tracking(h, m, '2023-01-01')) AS before, (tracking(h, m, '2024-01-02'))[1].day, cardinality(tracking(h, m, '2024-01-09')) AS nine_days
FROM unnest(ARRAY['{2024-01-01 5, 2024-01-20 5, 2024-02-03 5}', '{2024-01-01 5}', '{2024-01-01 -5}', '{}', NULL]::purchase_history[]) AS h, (SELECT fit AS m FROM judged WHERE model = 'bg/nbd') AS j;
SELECT tracking(h, NULL, '1998-06-30') AS no_model, tracking(h, '{"model": "bg/nbd", "params": null}', '1998-06-30') AS no_params, tracking(h, fit, '1998-06-30') FILTER (WHERE false) AS no_rows FROM forecast_base, judged WHERE model = 'bg/nbd';

-- in parallel the same, to the last digit
SELECT backtest(h, 'pareto/nbd', '1997-09-30', '273 days')::text AS serial FROM forecast_base \gset
\set m '''{"model": "mbg/nbd", "params": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}}''::purchase_model'
SELECT tracking(h, :m, '1998-06-30')::text AS serial_tracking FROM forecast_base \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT backtest(h, 'pareto/nbd', '1997-09-30', '273 days') FROM forecast_base;
SELECT backtest(h, 'pareto/nbd', '1997-09-30', '273 days')::text = :'serial' AS backtest FROM forecast_base;
EXPLAIN (COSTS OFF) SELECT tracking(h, '{"model": "nbd", "params": null}', '1998-06-30') FROM forecast_base;
SELECT tracking(h, :m, '1998-06-30')::text = :'serial_tracking' AS tracking FROM forecast_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
-- and in whatever order the rows come
SELECT backtest(h, 'pareto/nbd', '1997-09-30', '273 days' ORDER BY md5(customer_id::text))::text = :'serial' AS backtest, tracking(h, :m, '1998-06-30' ORDER BY md5(customer_id::text))::text = :'serial_tracking' AS tracking FROM forecast_base;

-- bad arguments
SELECT backtest(h, 'bg/bb', '1997-09-30', '273 days') FROM forecast_base;
SELECT backtest(h, 'bgnbd', '1997-09-30', '273 days') FROM forecast_base;
SELECT backtest(h, 'bg/nbd', '1997-09-30', '0 days') FROM forecast_base;
SELECT backtest(h, 'bg/nbd', '1997-09-30', '23 hours') FROM forecast_base;
SELECT backtest(h, 'bg/nbd', '1997-09-30', '-1 day') FROM forecast_base;
SELECT backtest(h, 'bg/nbd', NULL, '273 days') FROM forecast_base;
SELECT backtest(h, 'bg/nbd', '1997-09-30', CASE customer_id WHEN 5 THEN '1 day' ELSE '2 days' END::interval) FROM forecast_base;
SELECT tracking(h, '{"model": "bg/bb", "params": {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}}', '1998-06-30') FROM forecast_base;
SELECT tracking(h, :m, '1998-06-30', '1 month') FROM forecast_base;
SELECT tracking(h, :m, '1998-06-30', '0 days') FROM forecast_base;
SELECT tracking('{1700-01-01 5}'::purchase_history, :m, '2024-01-01', '1 day');
SELECT tracking(h, CASE customer_id WHEN 5 THEN '{"model": "nbd", "params": {"r": 1, "alpha": 2}}' ELSE '{"model": "nbd", "params": {"r": 1, "alpha": 3}}' END::purchase_model, '1998-06-30') FROM (SELECT * FROM forecast_base ORDER BY customer_id) AS t;
\set VERBOSITY sqlstate
SELECT backtest(h, CASE customer_id WHEN 5 THEN 'bg/nbd' ELSE 'nbd' END, '1997-09-30', '273 days') FROM forecast_base;
SELECT backtest(h, 'nbd', CASE customer_id WHEN 5 THEN '1997-09-30' ELSE '1997-10-01' END::timestamptz, '273 days') FROM forecast_base;
SELECT backtest(h, 'nbd', '1997-09-30', '273 days', CASE customer_id WHEN 5 THEN '1 day' ELSE '7 days' END::interval) FROM forecast_base;
SELECT backtest(h, 'nbd', '1997-09-30', '273 days', '7 days', CASE customer_id WHEN 5 THEN '{}' END::jsonb) FROM forecast_base;
SELECT backtest(h, 'nbd', '1997-09-30', '273 days', '1 month') FROM forecast_base;
SELECT backtest(h, 'nbd', '1997-09-30', '273 days', '7 days', '{"speed": 1}') FROM forecast_base;
SELECT backtest(h, NULL, '1997-09-30', '273 days') FROM forecast_base;
SELECT backtest(h, 'nbd', '1997-09-30', NULL) FROM forecast_base;
SELECT backtest(h, 'nbd', '1997-09-30', '273 days', NULL) FROM forecast_base;
SELECT backtest(NULL::purchase_history, 'nbd', NULL, '273 days');
SELECT backtest(h, 'nbd', 'infinity', '273 days') FROM forecast_base;
SELECT backtest(h, 'nbd', '1997-09-30', '9000 years') FROM forecast_base;
SELECT tracking(h, :m, NULL) FROM forecast_base;
SELECT tracking(h, :m, 'infinity') FROM forecast_base;
SELECT tracking(h, :m, '1998-06-30', NULL) FROM forecast_base;
SELECT tracking(h, :m, '1998-06-30', '-7 days') FROM forecast_base;
SELECT tracking(h, :m, '1998-06-30', '12 hours') FROM forecast_base;
SELECT tracking(h, :m, CASE customer_id WHEN 5 THEN '1998-06-30' ELSE '1998-06-29' END::timestamptz) FROM forecast_base;
SELECT tracking(h, :m, '1998-06-30', CASE customer_id WHEN 5 THEN '1 day' ELSE '7 days' END::interval) FROM forecast_base;
\set VERBOSITY default
DROP TABLE forecast_base;
