-- VIPs
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- ten customers who bought 1 to 10 times, for 10 to 100 in all, first 100 to 1000 days ago; and some who never bought
CREATE TEMP TABLE base AS SELECT i, purchase_history('2024-12-31'::timestamptz - i * interval '100 days' + j * interval '1 day', 10) AS h FROM generate_series(1, 10) AS i, generate_series(0, i - 1) AS j GROUP BY i;
INSERT INTO base VALUES (11, NULL), (12, '{}'), (13, '{2024-01-01 -5}'), (14, '{2025-06-01 500}');
SELECT vip_breaks(h, '2024-12-31')::jsonb - 'version' AS breaks FROM base;
SELECT share, b ->> 'purchases' AS purchases, b ->> 'tenure_days' AS tenure_days, b ->> 'spend' AS spend FROM (SELECT share, vip_breaks(h, '2024-12-31', share)::jsonb AS b FROM base, unnest(ARRAY[0.01, 0.1, 0.11, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99]) AS share GROUP BY share) AS t ORDER BY share;
SELECT i, is_vip(h, breaks, '2024-12-31') FROM base, (SELECT vip_breaks(h, '2024-12-31') AS breaks FROM base) AS b ORDER BY i;

-- at each break, just below it, and above all
SELECT h, is_vip(h, '{"purchases": 2, "tenure_days": 30, "spend": 100.5}', '2024-01-31') FROM unnest(ARRAY[
    '{2024-01-01 50, 2024-01-02 50.5}', '{2024-01-01 50, 2024-01-02 50.4999}', '{2024-01-01 200}', '{2024-01-01T00:00:00.000001Z 50, 2024-01-02 50.5}', '{2024-01-01 50, 2024-01-02 51, 2024-01-03 -0.5}', '{2024-01-01 50, 2024-01-02 51, 2024-01-03 -0.6}', '{2023-01-01 500, 2024-01-02 500, 2024-01-03 500}']::purchase_history[]) AS h;
-- tenure is in days of 24 hours, also across a change of the clocks
SET TimeZone = 'Europe/Berlin';
SELECT at, is_vip('{2024-03-30T11:00:00Z 5}', '{"purchases": 1, "tenure_days": 10, "spend": 5}', at) FROM unnest(ARRAY['2024-04-09 12:59:59.999999+02', '2024-04-09 13:00+02']::timestamptz[]) AS at;
SET TimeZone = 'UTC';
-- without a purchase nobody is a VIP; without breaks nobody knows
SELECT h, is_vip(h, '{"purchases": 0, "tenure_days": 0, "spend": -1000}', '2024-06-01'), is_vip(h, NULL, '2024-06-01') AS no_breaks FROM (VALUES (NULL::purchase_history), ('{}'), ('{2024-01-01 -5}'), ('{2024-07-01 5}'), ('{2024-05-01 5}')) AS t(h);
SELECT is_vip('{2024-01-01 5}', '{"purchases": 1, "tenure_days": 100, "spend": 5}') AS now, vip_breaks(h) IS NULL AS no_base FROM (SELECT NULL::purchase_history AS h) AS t;
SELECT vip_breaks(h, '2020-01-01') AS nobody_yet FROM base;

-- the short forms
SELECT vip_breaks(h)::text = vip_breaks(h, now())::text AND vip_breaks(h, now())::text = vip_breaks(h, now(), 0.2)::text AS same FROM base;
-- as a window
SELECT count(*) FILTER (WHERE vip) FROM (SELECT is_vip(h, vip_breaks(h, '2024-12-31', 0.5) OVER (PARTITION BY i % 2), '2024-12-31') AS vip FROM base) AS t;

-- wrong arguments
SELECT vip_breaks(h, '2024-12-31', 1) FROM base;
\set VERBOSITY sqlstate
SELECT vip_breaks(h, '2024-12-31', CASE WHEN i = 1 THEN 0.2 ELSE 0.3 END) FROM base;
SELECT vip_breaks(h, '2024-12-31', 0) FROM base;
SELECT vip_breaks(h, '2024-12-31', -0.1) FROM base;
SELECT vip_breaks(h, '2024-12-31', 'NaN') FROM base;
SELECT vip_breaks(h, '2024-12-31', NULL) FROM base;
SELECT vip_breaks(h, NULL) FROM base;
SELECT vip_breaks(h, 'infinity') FROM base;
SELECT vip_breaks(h, CASE WHEN i = 1 THEN '2024-12-30'::timestamptz ELSE '2024-12-31' END) FROM base;
SELECT is_vip('{2024-01-01 5}', '{"purchases": 1, "tenure_days": 1, "spend": 1}', NULL);
SELECT is_vip('{2024-01-01 5}', '{"purchases": 1, "tenure_days": 1, "spend": 1}', '-infinity');
SELECT '{"purchases": 1, "tenure_days": 1}'::vip_breaks;
SELECT '[1, 1, 1]'::vip_breaks;
SELECT '{"purchases": 1, "tenure_days": 1, "spend": 1, "top_share": 2}'::vip_breaks;
SELECT 'null'::jsonb::vip_breaks;
\set VERBOSITY default
SELECT ''::vip_breaks;
-- as text, jsonb, and equal
SELECT '{"spend": 922337203685477.5807, "purchases": 5, "tenure_days": 365}'::vip_breaks, '{"purchases": 5, "tenure_days": 365, "spend": 1}'::jsonb::vip_breaks = '{"spend": 1.0, "purchases": 5, "tenure_days": 365}' AS same, '{"purchases": 5, "tenure_days": 365, "spend": 1}'::vip_breaks <> '{"purchases": 6, "tenure_days": 365, "spend": 1}' AS other;

-- real orders against plain SQL, for several shares and instants
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE histories AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
WITH figures AS (SELECT t, customer_id, count(*) AS purchases, t::date - min(ordered_on) AS tenure_days, sum(amount) AS spend FROM cdnow, unnest(ARRAY['1997-04-01', '1997-09-30', '1998-06-30']::timestamptz[]) AS t WHERE ordered_on <= t GROUP BY t, customer_id),
     plain AS (SELECT t, share, percentile_disc(1 - share) WITHIN GROUP (ORDER BY purchases) AS p, percentile_disc(1 - share) WITHIN GROUP (ORDER BY tenure_days) AS d, percentile_disc(1 - share) WITHIN GROUP (ORDER BY spend) AS s, round(avg(spend), 4) AS mean, count(*) AS n FROM figures, unnest(ARRAY[0.05, 0.2, 0.5]) AS share GROUP BY t, share),
     ours AS (SELECT t, share, vip_breaks(h, t, share) AS breaks FROM histories, unnest(ARRAY['1997-04-01', '1997-09-30', '1998-06-30']::timestamptz[]) AS t, unnest(ARRAY[0.05, 0.2, 0.5]) AS share GROUP BY t, share),
     vips AS (SELECT t, share, count(*) FILTER (WHERE is_vip(h, breaks, t)) AS vips, count(*) FILTER (WHERE is_vip(h, breaks, t) IS DISTINCT FROM coalesce(f.purchases >= p AND f.tenure_days >= d AND f.spend >= s, false)) AS differ FROM histories CROSS JOIN ours JOIN plain USING (t, share) LEFT JOIN figures AS f USING (t, customer_id) GROUP BY t, share)
SELECT t::date, share, (breaks::jsonb -> 'purchases')::int = p AS purchases, (breaks::jsonb -> 'tenure_days')::int = d AS tenure_days, (breaks::jsonb -> 'spend')::numeric = s AS spend, (breaks::jsonb -> 'mean_spend')::numeric = mean AS mean, (breaks::jsonb -> 'customers')::int = n AS customers, vips, differ
FROM ours JOIN plain USING (t, share) JOIN vips USING (t, share) ORDER BY t, share;
-- and random ones, with refunds, several orders at one instant and customers who only returned, in bases of all sizes
SELECT setseed(0.7);
CREATE TEMP TABLE random_orders AS SELECT base, (random() * base)::int AS customer, '2024-01-01'::timestamptz + (random() * 400)::int * interval '1 day' + (random() * 3)::int * interval '8 hours' AS at, (random() * 120 - 20)::numeric(12, 4) AS amount FROM generate_series(1, 60) AS base, generate_series(1, base * 3);
WITH figures AS (SELECT base, customer, count(*) FILTER (WHERE amount >= 0) AS purchases, floor(extract(epoch FROM '2025-01-01' - min(at) FILTER (WHERE amount >= 0)) / 86400) AS tenure_days, sum(amount) AS spend FROM random_orders WHERE at <= '2025-01-01' GROUP BY base, customer),
     plain AS (SELECT base, percentile_disc(0.75) WITHIN GROUP (ORDER BY purchases) AS p, percentile_disc(0.75) WITHIN GROUP (ORDER BY tenure_days) AS d, percentile_disc(0.75) WITHIN GROUP (ORDER BY spend) AS s, round(avg(spend), 4) AS mean, count(*) AS n FROM figures WHERE purchases > 0 GROUP BY base),
     customers AS (SELECT base, customer, purchase_history(at, amount) AS h FROM random_orders GROUP BY base, customer),
     ours AS (SELECT base, vip_breaks(h, '2025-01-01', 0.25) AS breaks FROM customers GROUP BY base)
SELECT count(DISTINCT base) AS bases, count(*) AS customers, bool_and(((breaks::jsonb -> 'purchases')::int, (breaks::jsonb -> 'tenure_days')::int, (breaks::jsonb -> 'spend')::numeric, (breaks::jsonb -> 'mean_spend')::numeric, (breaks::jsonb -> 'customers')::int) IS NOT DISTINCT FROM (p, d, s, mean, n)) AS breaks,
       bool_and(is_vip(h, breaks, '2025-01-01') = coalesce(purchases > 0 AND purchases >= p AND tenure_days >= d AND spend >= s, false)) AS vips
FROM customers JOIN ours USING (base) LEFT JOIN plain USING (base) LEFT JOIN figures USING (base, customer) WHERE p IS NOT NULL;

-- in parallel workers the same to the last digit
CREATE TABLE vip_histories AS TABLE histories;
ANALYZE vip_histories;
SELECT vip_breaks(h, '1998-06-30')::text AS serial FROM vip_histories \gset
SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET max_parallel_workers_per_gather = 2; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT vip_breaks(h, '1998-06-30') FROM vip_histories;
SELECT vip_breaks(h, '1998-06-30')::text = :'serial' AS same FROM vip_histories;
RESET min_parallel_table_scan_size; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET max_parallel_workers_per_gather; RESET parallel_leader_participation;
DROP TABLE vip_histories;
