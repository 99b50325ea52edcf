-- real orders: the CDNOW sample against reference values that others computed from it
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE golden (customer_id int, frequency int, recency_days int, t_days int, recency_weeks float8, t_weeks float8, monetary_value float8, rounded float8, holdout int);
\copy golden FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample_summary.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE histories AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ANALYZE histories;

-- all of it: 6,919 orders of 2,357 customers for $244,091.94, none of them lost
SELECT count(*), sum(num_purchases(h, '1998-12-31')) AS purchases, sum(total_spend(h, '1998-12-31')) AS spend FROM histories;
SELECT total_spend(rollup(h), '1998-12-31') AS spend, num_purchases(rollup(h), '1998-12-31') AS purchases, num_purchase_days(rollup(h), '1998-12-31') = (SELECT count(DISTINCT ordered_on) FROM cdnow) AS days FROM histories;
SELECT rollup(h) = (SELECT purchase_history(ordered_on, amount) FROM cdnow) AS same FROM histories;

-- the summary at the end of the calibration, of every customer
SELECT count(*), bool_and(frequency = g.x) AS frequency, bool_and(recency = g.recency_days / 7.0::float8) AS recency, bool_and(t = g.t_days / 7.0::float8) AS t, bool_and(abs(monetary_value - g.value) <= 1e-12 * greatest(1, g.value)) AS monetary_value
FROM (SELECT customer_id, (btyd_summary(h, '1997-09-30', '7 days')).* FROM histories) AS s
FULL JOIN (SELECT customer_id, frequency AS x, recency_days, t_days, monetary_value AS value FROM golden) AS g USING (customer_id);
SELECT count(*), bool_and(recency = recency_days AND t = t_days) AS in_days FROM (SELECT customer_id, (btyd_summary(h, '1997-09-30', '1 day')).recency, (btyd_summary(h, '1997-09-30', '1 day')).t FROM histories) AS s JOIN golden USING (customer_id);
-- no matter when on the last day, nor in which zone, if it is written and read in the same
SELECT bool_and(btyd_summary(h, '1997-09-30 23:59:59.999999') = btyd_summary(h, '1997-09-30')) AS all_day FROM histories;
SET TimeZone = 'America/New_York';
SELECT count(*), bool_and((s).frequency = frequency AND (s).recency = recency_days / 7.0::float8 AND (s).t = t_days / 7.0::float8) AS same
FROM (SELECT customer_id, btyd_summary(purchase_history(ordered_on, amount), '1997-09-30') AS s FROM cdnow GROUP BY customer_id) AS h JOIN golden USING (customer_id);
SET TimeZone = 'UTC';

-- every reading against plain SQL at five instants
SELECT t, count(*), bool_and(num_purchases(h, t) = n) AS purchases, bool_and(num_purchase_days(h, t) = days) AS days, bool_and(first_purchase(h, t) IS NOT DISTINCT FROM first) AS first, bool_and(last_purchase(h, t) IS NOT DISTINCT FROM last) AS last,
       bool_and(total_spend(h, t) = spend) AS spend, bool_and(average_order_value(h, t) IS NOT DISTINCT FROM spend / nullif(n, 0)) AS value, bool_and(recency(h, t) IS NOT DISTINCT FROM t - last) AS recency, bool_and(tenure(h, t) IS NOT DISTINCT FROM t - first) AS tenure,
       bool_and(mean_gap(h, t) IS NOT DISTINCT FROM mean) AS mean, bool_and(median_gap(h, t) IS NOT DISTINCT FROM median) AS median
FROM histories JOIN (
    SELECT t, customer_id, count(amount) AS n, count(DISTINCT ordered_on) AS days, min(ordered_on)::timestamptz AS first, max(ordered_on)::timestamptz AS last, coalesce(sum(amount), 0) AS spend
    FROM unnest(ARRAY['1997-01-15', '1997-03-31', '1997-09-30', '1998-01-01', '1998-06-30']::timestamptz[]) AS t CROSS JOIN (SELECT DISTINCT customer_id FROM cdnow) AS c LEFT JOIN cdnow USING (customer_id) WHERE ordered_on <= t GROUP BY t, customer_id) AS plain USING (customer_id)
LEFT JOIN (
    SELECT t, customer_id, justify_hours(make_interval(secs => (percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)) * 86400)) AS median, justify_hours(make_interval(secs => round(avg(gap) * 86400, 6)::float8)) AS mean
    FROM (SELECT t, customer_id, ordered_on - lag(ordered_on) OVER (PARTITION BY t, customer_id ORDER BY ordered_on) AS gap
          FROM unnest(ARRAY['1997-01-15', '1997-03-31', '1997-09-30', '1998-01-01', '1998-06-30']::timestamptz[]) AS t CROSS JOIN (SELECT DISTINCT customer_id, ordered_on FROM cdnow) AS c WHERE ordered_on <= t) AS d
    WHERE gap IS NOT NULL GROUP BY t, customer_id) AS gaps USING (t, customer_id)
GROUP BY t ORDER BY t;

-- RFM scores against the definition in plain SQL
CREATE TEMP TABLE scores AS SELECT customer_id, bins, rfm_score(h, rfm_breaks(h, '1997-09-30', bins) OVER (PARTITION BY bins), '1997-09-30') AS score FROM histories, unnest(ARRAY[3, 5, 10]) AS bins;
WITH figures AS (SELECT customer_id, '1997-09-30'::date - max(ordered_on) AS days, count(*) AS n, sum(amount) AS spend FROM cdnow WHERE ordered_on <= '1997-09-30' GROUP BY customer_id),
     breaks AS (SELECT bins, percentile_disc(fractions) WITHIN GROUP (ORDER BY days) AS d, percentile_disc(fractions) WITHIN GROUP (ORDER BY n) AS f, percentile_disc(fractions) WITHIN GROUP (ORDER BY spend) AS m
                FROM figures, (SELECT bins, array_agg(i / bins::float8 ORDER BY i) AS fractions FROM unnest(ARRAY[3, 5, 10]) AS bins, generate_series(1, bins - 1) AS i GROUP BY bins) AS b GROUP BY bins, fractions)
SELECT bins, count(*), bool_and((score).recency = bins - (SELECT count(*) FROM unnest(d) AS b WHERE b < days)) AS recency, bool_and((score).frequency = 1 + (SELECT count(*) FROM unnest(f) AS b WHERE b < n)) AS frequency,
       bool_and((score).monetary = 1 + (SELECT count(*) FROM unnest(m) AS b WHERE b < spend)) AS monetary
FROM scores JOIN figures USING (customer_id) JOIN breaks USING (bins) GROUP BY bins ORDER BY bins;
-- equal values get equal scores: the 1,398 with one order score 1, though that is three fifths of all
SELECT (score).frequency, count(*), min(num_purchases(h, '1997-09-30')), max(num_purchases(h, '1997-09-30')) FROM scores JOIN histories USING (customer_id) WHERE bins = 5 GROUP BY 1 ORDER BY 1;

-- the rhythm: the optimum, its log-likelihood and standard errors as tests/reference/rhythm.py computes them with 50 digits
SELECT purchase_rhythm(h, '1997-09-30')::text AS rhythm FROM histories \gset
SELECT :'rhythm'::jsonb ->> 'status' AS status, :'rhythm'::jsonb ->> 'customers' AS customers, :'rhythm'::jsonb ->> 'one_time_buyers' AS one_time_buyers, :'rhythm'::jsonb ->> 'gaps' AS gaps;
SELECT (SELECT count(*) FROM golden WHERE frequency > 0) AS customers, (SELECT count(*) FROM golden WHERE frequency = 0) AS one_time_buyers, (SELECT sum(frequency) FROM golden) AS gaps;
SELECT name, abs(fitted / reference - 1) < tolerance AS agrees
FROM (VALUES ('k', :'rhythm'::jsonb #>> '{params,k}', 1.066058246781085::float8, 1e-9), ('r', :'rhythm'::jsonb #>> '{params,r}', 3.488675669059797, 1e-9), ('alpha', :'rhythm'::jsonb #>> '{params,alpha}', 139.4228182681924, 1e-9),
             ('log_likelihood', :'rhythm'::jsonb ->> 'log_likelihood', -11726.10983204705, 1e-12),
             ('se of k', :'rhythm'::jsonb #>> '{standard_errors,k}', 0.03080286773114145, 1e-8), ('se of r', :'rhythm'::jsonb #>> '{standard_errors,r}', 0.3486806363733479, 1e-8), ('se of alpha', :'rhythm'::jsonb #>> '{standard_errors,alpha}', 16.9373430174446, 1e-8)) AS t(name, text, reference, tolerance),
     LATERAL (SELECT text::float8 AS fitted) AS f;

-- the next purchase: predicted from the calibration for customers with at least two purchase days in it, compared with the
-- first purchase after it. A date that has passed already is taken as tomorrow
CREATE TEMP TABLE predictions AS
    SELECT customer_id, extract(epoch FROM greatest(expected_next_purchase(h, :'rhythm'::purchase_rhythm, '1997-09-30'), '1997-10-01') - bought)::float8 / 86400 AS error, extract(epoch FROM greatest(expected_next_purchase(h, '1997-09-30'), '1997-10-01') - bought)::float8 / 86400 AS error_of_mean_gap,
           expected_next_purchase(h, :'rhythm'::purchase_rhythm, '1997-09-30') > '1997-09-30' AS in_future
    FROM histories JOIN LATERAL (SELECT min(purchased_at) AS bought FROM purchases(h, '1998-06-30') WHERE purchased_at > '1997-09-30') AS p ON true
    WHERE num_purchase_days(h, '1997-09-30') >= 2 AND bought IS NOT NULL;
SELECT count(*) AS n, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(error))::numeric, 1) AS median_error, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(error_of_mean_gap))::numeric, 1) AS of_last_plus_mean_gap,
       round(avg(abs(error))) AS mean_error, round(avg(abs(error_of_mean_gap))) AS mean_of_mean_gap, bool_and(in_future) AS always_in_future FROM predictions;
SELECT round(avg((expected_next_purchase(h, '1997-09-30') <= '1997-09-30')::int), 2) AS mean_gap_already_past FROM histories WHERE num_purchase_days(h, '1997-09-30') >= 2;
-- who has bought once has a date as well
SELECT count(*), count(expected_next_purchase(h, :'rhythm'::purchase_rhythm, '1997-09-30')) AS dates, count(expected_next_purchase(h, '1997-09-30')) AS own_dates FROM histories;
