-- judging models on ten times as many customers: the full base of CDNOW, which scripts/fetch-cdnow-master has put into target/
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';

CREATE TEMP TABLE cdnow_master (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow_master FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../../target/cdnow_master.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE histories AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow_master GROUP BY customer_id;

-- five models, 39 weeks after 39 weeks
CREATE TEMP TABLE judged AS SELECT (b).* FROM (SELECT backtest(h, model, '1997-09-30', '273 days') AS b FROM histories, unnest('{bg/nbd,mbg/nbd,pareto/nbd,mbg/cnbd-k,bg/cnbd-k}'::text[]) AS model GROUP BY model) AS t;
SELECT model, customers, buyers, actual_purchases AS actual, round(total_ratio::numeric, 3) AS ratio, round(mae::numeric, 4) AS mae, round(rmse::numeric, 4) AS rmse, round(rank_correlation::numeric, 3) AS spearman, round(auc::numeric, 4) AS auc, round(auc_by_forecast::numeric, 4) AS auc_e, round(brier::numeric, 4) AS brier, round(log_loss::numeric, 3) AS log_loss, round(top_decile_capture::numeric, 3) AS top, fit::jsonb ->> 'status' AS status, fit::jsonb #>> '{params,k}' AS k FROM judged ORDER BY model;
-- as they were computed independently of this code
SELECT model, (round(total_ratio::numeric, 3), round(mae::numeric, 4), round(rmse::numeric, 4), round(rank_correlation::numeric, 3), round(auc::numeric, 4), round(auc_by_forecast::numeric, 4), round(brier::numeric, 4), round(log_loss::numeric, 3), round(top_decile_capture::numeric, 3)) = (ratio, mae_, rmse_, spearman, auc_, auc_e, brier_, log_loss_, top) AS same
FROM judged JOIN (VALUES ('bg/nbd', 0.857, 0.8187, 1.7329, 0.442, 0.7466, 0.7630, 0.1654, 0.512, 0.456), ('mbg/nbd', 0.809, 0.7945, 1.7396, 0.445, 0.7547, 0.7651, 0.1661, 0.515, 0.459), ('pareto/nbd', 0.871, 0.7938, 1.7262, 0.452, 0.7627, 0.7687, 0.1656, 0.517, 0.460), ('mbg/cnbd-k', 0.809, 0.7945, 1.7396, 0.445, 0.7547, 0.7651, 0.1661, 0.515, 0.459), ('bg/cnbd-k', 0.857, 0.8187, 1.7329, 0.442, 0.7466, 0.7630, 0.1654, 0.512, 0.456)) AS r(model, ratio, mae_, rmse_, spearman, auc_, auc_e, brier_, log_loss_, top) USING (model) ORDER BY model;
SELECT DISTINCT rule, (round(total_ratio::numeric, 3), round(mae::numeric, 4), round(rmse::numeric, 4), round(rank_correlation::numeric, 3), round(auc::numeric, 4), round(brier::numeric, 4), round(log_loss::numeric, 3), round(top_decile_capture::numeric, 3)) = CASE rule WHEN 'own rate' THEN (1.474, 1.0381, 2.1582, 0.485, 0.7538, 0.2155, 1.638, 0.444) ELSE (2.434, 1.5890, 2.2678, 0.485, 0.7527, 0.3727, 1.086, 0.441) END AS same
FROM (SELECT 'own rate' AS rule, (own_rate).* FROM judged UNION ALL SELECT 'last window', (last_window).* FROM judged) AS a ORDER BY rule;
-- calibration by past purchases
SELECT past_purchases, c.customers, c.actual_purchases AS actual, round(c.forecast_purchases) AS forecast FROM judged, unnest(calibration) AS c WHERE model = 'mbg/nbd' ORDER BY past_purchases;
SELECT array_agg(round(c.forecast_purchases)::text || '/' || c.actual_purchases ORDER BY past_purchases) = '{2539/3540,2437/3483,2154/2895,3989/4540,4815/5226}' AS same FROM judged, unnest(calibration) AS c WHERE model = 'mbg/nbd';
-- compared by AIC and BIC
SELECT model, rank() OVER (ORDER BY aic) AS by_aic, rank() OVER (ORDER BY bic) AS by_bic FROM judged ORDER BY by_aic, model;
