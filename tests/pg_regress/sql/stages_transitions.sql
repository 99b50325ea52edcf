-- moves between stages at two instants, and what becomes of the stages if they go on
SET TimeZone = 'Europe/Berlin'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- any labels: the shares are of the stage that was left, and NULL is not there; who is nowhere both times does not count
CREATE TEMP TABLE labels (n int, a text, b text);
INSERT INTO labels VALUES (1, 'Loyal', 'Loyal'), (2, 'Loyal', 'Lost'), (3, 'Loyal', NULL), (4, 'Lost', 'Loyal'), (5, NULL, 'Recent'), (6, NULL, 'Recent'), (7, NULL, NULL), (8, 'Äther', 'Loyal'), (9, 'Loyal', 'Loyal');
SELECT t.* FROM (SELECT stage_transitions(a, b) AS moves FROM labels) AS s, unnest(moves) AS t;
SELECT f.* FROM (SELECT stage_forecast(a, b) AS stages FROM labels) AS s, unnest(stages) AS f;
-- everybody who is there now, and as many newcomers as this time, are somewhere next time
SELECT sum(expected_next) = (SELECT count(b) + count(*) FILTER (WHERE a IS NULL AND b IS NOT NULL) FROM labels) AS nobody_is_lost
       FROM (SELECT stage_forecast(a, b) AS stages FROM labels) AS s, unnest(stages);
-- both at once, by group, over a window; no rows give NULL, rows of nobody an empty array
SELECT n % 2 AS half, cardinality(stage_transitions(a, b)) AS moves, cardinality(stage_forecast(a, b)) AS stages FROM labels GROUP BY half ORDER BY half;
SELECT n, cardinality(stage_transitions(a, b) OVER (ORDER BY n)) AS moves FROM labels ORDER BY n;
SELECT stage_transitions(a, b), stage_forecast(a, b) FROM labels WHERE n > 9;
SELECT stage_transitions(a, b), stage_forecast(a, b) FROM labels WHERE n = 7;
-- an enum sorts as it does, also where a label was put in between
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
ALTER TYPE mood ADD VALUE 'so so' BEFORE 'ok';
ALTER TYPE mood ADD VALUE 'awful' BEFORE 'sad';
SELECT t.* FROM (SELECT stage_transitions(a, b) AS moves FROM (VALUES ('happy'::mood, 'awful'::mood), ('ok', 'sad'), ('so so', 'ok'), ('sad', NULL), ('awful', 'so so'), (NULL, 'happy')) AS v (a, b)) AS s, unnest(moves) AS t;

-- histories: as lifecycle_stage says at each instant. No purchase, one, several, refunds only, NULL
CREATE TEMP TABLE histories (c int, h purchase_history);
INSERT INTO histories VALUES (1, NULL), (2, '{}'), (3, '{2024-01-10 -5}'), (4, '{2024-03-10 5}'), (5, '{2024-02-10 5}'), (6, '{2024-01-01 5, 2024-01-21 5, 2024-02-10 5}'), (7, '{2023-01-10 5}');
SELECT c, lifecycle_stage(h, '2024-02-28') AS then, lifecycle_stage(h, '2024-05-28') AS now FROM histories ORDER BY c;
SELECT t.* FROM (SELECT stage_transitions(h, '2024-02-28', '2024-05-28') AS moves FROM histories) AS s, unnest(moves) AS t;
SELECT f.* FROM (SELECT stage_forecast(h, '2024-02-28', '2024-05-28') AS stages FROM histories) AS s, unnest(stages) AS f;
-- at a threshold, just before it and just after it: 1.1 gaps of 20 days are 22 days of 24 hours, also where the clocks were put forward in between
CREATE TEMP TABLE every_20_days AS SELECT purchase_history(d::timestamp, 5) AS h FROM unnest(ARRAY['2024-02-09 12:00', '2024-02-29 12:00', '2024-03-20 12:00']) AS d;
SELECT at, t.to_stage FROM (SELECT at, stage_transitions(h, '2024-03-20 12:00', at) AS moves FROM every_20_days, unnest(ARRAY['2024-04-11 12:59:59.999999', '2024-04-11 13:00', '2024-04-11 13:00:00.000001', '2024-04-29 13:00', '2024-04-29 13:00:00.000001']::timestamptz[]) AS at GROUP BY at) AS s,
       unnest(moves) AS t ORDER BY at;
-- the rhythm of the base, or one that could not be fitted, or none
SELECT r, t.* FROM (VALUES (1, '{"params": {"k": 1, "r": 3, "alpha": 30}}'::purchase_rhythm), (2, '{"params": null}'), (3, NULL)) AS v (r, rhythm),
       LATERAL (SELECT stage_transitions(h, '2024-02-28', '2024-05-28', rhythm) AS moves FROM histories) AS s, unnest(moves) AS t WHERE to_stage <> 'prospect' ORDER BY r;

-- against plain SQL: on real orders, and on random ones with refunds, over both kinds of change of the clocks
CREATE TEMP TABLE orders (base text, c int, at timestamptz, amount numeric);
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
INSERT INTO orders SELECT 'cdnow', customer_id, ordered_on, amount FROM cdnow;
INSERT INTO orders SELECT 'random', (hashint8(i)::bigint & 2147483647) % 300, timestamptz '2023-01-01' + ((hashint8(i + 7)::bigint & 2147483647) % 63072000) * interval '1 second',
       ((hashint8(i + 99)::bigint & 2147483647) % 100000 - 15000) / 100.0 FROM generate_series(1, 1200) AS i;
CREATE TEMP TABLE instants (base text, a timestamptz, b timestamptz);
INSERT INTO instants VALUES ('cdnow', '1997-02-15', '1997-04-01'), ('cdnow', '1997-10-01', '1998-04-15'), ('cdnow', '1998-01-01', '1998-07-01'),
       ('random', '2023-03-25 12:00', '2023-03-26 12:00'), ('random', '2023-06-01', '2023-11-01'), ('random', '2024-01-01', '2025-01-01'), ('random', '2020-01-01', '2030-01-01');
CREATE FUNCTION pg_temp.stage(days bigint, first date, last date, last_at timestamptz, t timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN coalesce(days, 0) = 0 THEN 'prospect' WHEN ratio > 2 THEN 'lapsed' WHEN ratio > 1.1::float8 THEN 'at_risk' WHEN days = 1 THEN 'new' ELSE 'active' END
    FROM (SELECT extract(epoch FROM t - last_at)::float8 / 86400 / CASE WHEN days = 1 THEN 90 ELSE (last - first) / (days - 1)::float8 END AS ratio) AS r $$;
CREATE TEMP VIEW stages AS
    SELECT base, a, b, t, c, pg_temp.stage(count(DISTINCT at::date) FILTER (WHERE at <= t AND amount >= 0), min(at::date) FILTER (WHERE at <= t AND amount >= 0), max(at::date) FILTER (WHERE at <= t AND amount >= 0),
           max(at) FILTER (WHERE at <= t AND amount >= 0), t) AS stage
    FROM orders JOIN instants USING (base), LATERAL (VALUES (a), (b)) AS v (t) GROUP BY base, a, b, t, c;
CREATE TEMP VIEW moves AS
    SELECT base, a, b, f.stage::lifecycle_stage AS from_stage, t.stage::lifecycle_stage AS to_stage, count(*) AS customers, count(*) / sum(count(*)) OVER (PARTITION BY base, a, b, f.stage)::float8 AS share
    FROM stages AS f JOIN stages AS t USING (base, a, b, c) WHERE f.t = a AND t.t = b GROUP BY base, a, b, f.stage, t.stage;
CREATE TEMP TABLE built AS SELECT base, c, purchase_history(at, amount) AS h FROM orders GROUP BY base, c;
CREATE TEMP TABLE found AS SELECT base, a, b, stage_transitions(h, a, b) AS moves, stage_forecast(h, a, b) AS stages FROM built JOIN instants USING (base) GROUP BY base, a, b;
SELECT base, a, count(*) AS moves, sum(customers) AS customers, bool_and(f.customers = m.customers AND abs(f.share - m.share) < 1e-15) AS same
FROM (SELECT base, a, from_stage::lifecycle_stage, to_stage::lifecycle_stage, customers, share FROM found, unnest(moves)) AS f FULL JOIN moves AS m USING (base, a, from_stage, to_stage, customers) GROUP BY base, a ORDER BY base, a;
-- the next period: sizes now times the shares, and newcomers none; and how long one stays, as the sum over all periods of the share that is still there
WITH sizes AS (SELECT base, a, t.stage, sum((t.t = a)::int) AS first, sum((t.t = b)::int) AS last FROM stages AS t GROUP BY base, a, t.stage),
     next AS (SELECT m.base, m.a, m.to_stage::text AS stage, sum(s.last * m.share) AS next FROM moves AS m JOIN sizes AS s ON s.base = m.base AND s.a = m.a AND s.stage = m.from_stage::text GROUP BY 1, 2, 3),
     plain AS (SELECT base, a, stage, first, last, coalesce(next, 0) + CASE WHEN first = 0 THEN last ELSE 0 END AS next, coalesce(share, 0) AS p FROM sizes LEFT JOIN next USING (base, a, stage)
               LEFT JOIN (SELECT base, a, from_stage::text AS stage, share FROM moves WHERE from_stage = to_stage) AS stayed USING (base, a, stage))
SELECT base, a, count(*) AS stages, sum(last) AS customers, bool_and(f.customers_from = first AND f.customers_to = last) AS sizes, bool_and(abs(f.expected_next - next) < 1e-9) AS next,
       bool_and(CASE WHEN first = 0 THEN f.stay_share IS NULL ELSE f.stay_share = p END) AS stay,
       bool_and(CASE WHEN first = 0 OR p = 1 THEN f.dwell IS NULL ELSE abs(f.dwell - (SELECT sum(p::numeric ^ n)::float8 FROM generate_series(0, 2500) AS n)) < 1e-6 * f.dwell END) AS dwell
FROM (SELECT base, a, s.* FROM found, unnest(stages) AS s) AS f FULL JOIN plain USING (base, a, stage) GROUP BY base, a ORDER BY base, a;
-- the same from two columns of stages, or of their names, which sort otherwise; and with a rhythm
SELECT bool_and(moves = by_enum) AS by_enum, bool_or(moves <> by_name) AS order_of_names, bool_and((SELECT array_agg(t ORDER BY from_stage::lifecycle_stage, to_stage::lifecycle_stage) FROM unnest(by_name) AS t) = moves) AS by_name
FROM found JOIN (SELECT base, a, stage_transitions(lifecycle_stage(h, a), lifecycle_stage(h, b)) AS by_enum, stage_transitions(lifecycle_stage(h, a)::text, lifecycle_stage(h, b)::text) AS by_name FROM built JOIN instants USING (base) GROUP BY base, a) AS s USING (base, a) WHERE base = 'cdnow';
WITH rhythms AS (SELECT base, purchase_rhythm(h, '2024-01-01') AS rhythm FROM built GROUP BY base)
SELECT base, bool_and(moves = by_enum) AS same FROM (SELECT base, a, stage_transitions(h, a, b, rhythm) AS moves, stage_transitions(lifecycle_stage(h, rhythm, a), lifecycle_stage(h, rhythm, b)) AS by_enum
    FROM built JOIN instants USING (base) JOIN rhythms USING (base) GROUP BY base, a) AS s GROUP BY base ORDER BY base;
-- and by any key: segments of RFM, by cohort
SELECT to_char(cohort, 'YYYY-MM') AS cohort, t.* FROM (
    SELECT date_trunc('month', first_purchase(h, '1998-07-01')) AS cohort, stage_transitions(rfm_segment(rfm_score(h, before, '1998-01-01')), rfm_segment(rfm_score(h, now, '1998-07-01'))) AS moves
    FROM built, (SELECT rfm_breaks(h, '1998-01-01') AS before FROM built WHERE base = 'cdnow') AS one, (SELECT rfm_breaks(h, '1998-07-01') AS now FROM built WHERE base = 'cdnow') AS two WHERE base = 'cdnow' GROUP BY 1
) AS s, unnest(moves) AS t WHERE from_stage = 'Champions' AND customers > 9 ORDER BY 1, 2, 3;

-- split over parallel workers: the same to the last bit
CREATE TABLE stage_transitions_base AS SELECT h FROM built WHERE base = 'cdnow';
CREATE TEMP TABLE whole AS SELECT ROW(stage_transitions(h, '1998-01-01', '1998-07-01'), stage_forecast(h, '1998-01-01', '1998-07-01', '{"params": {"k": 1, "r": 3, "alpha": 140}}'), stage_transitions(lifecycle_stage(h, '1998-01-01'), lifecycle_stage(h, '1998-07-01')), stage_transitions(lifecycle_stage(h, '1998-01-01')::text, lifecycle_stage(h, '1998-07-01')::text))::text AS said FROM stage_transitions_base;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT ROW(stage_transitions(h, '1998-01-01', '1998-07-01'), stage_forecast(h, '1998-01-01', '1998-07-01', '{"params": {"k": 1, "r": 3, "alpha": 140}}'), stage_transitions(lifecycle_stage(h, '1998-01-01'), lifecycle_stage(h, '1998-07-01')), stage_transitions(lifecycle_stage(h, '1998-01-01')::text, lifecycle_stage(h, '1998-07-01')::text))::text AS said FROM stage_transitions_base;
SELECT whole::text = parts::text AS same FROM whole, (SELECT ROW(stage_transitions(h, '1998-01-01', '1998-07-01'), stage_forecast(h, '1998-01-01', '1998-07-01', '{"params": {"k": 1, "r": 3, "alpha": 140}}'), stage_transitions(lifecycle_stage(h, '1998-01-01'), lifecycle_stage(h, '1998-07-01')), stage_transitions(lifecycle_stage(h, '1998-01-01')::text, lifecycle_stage(h, '1998-07-01')::text))::text AS said FROM stage_transitions_base) AS parts;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
DROP TABLE stage_transitions_base;

-- bad arguments
SELECT stage_transitions(h, '2024-05-28', '2024-02-28') FROM histories;
SELECT stage_transitions(h, '2024-05-28', '2024-05-28') FROM histories;
SELECT stage_transitions(h, NULL, '2024-02-28') FROM histories;
SELECT stage_forecast(h, '2024-02-28', NULL) FROM histories;
SELECT stage_forecast(h, '2024-02-28', 'infinity') FROM histories;
SELECT stage_transitions(h, '2024-01-01', '2024-02-28'::timestamptz + c * interval '1 day') FROM histories;
SELECT stage_transitions(h, '2024-01-01'::timestamptz + c * interval '1 day', '2024-02-28') FROM histories;
SELECT stage_transitions(h, '2024-01-01', '2024-02-28', CASE c WHEN 1 THEN '{"params": null}'::purchase_rhythm END) FROM (SELECT * FROM histories ORDER BY c) AS s;
SELECT stage_transitions(c::text, c::text) FROM generate_series(1, 10001) AS c;
\set VERBOSITY sqlstate
SELECT stage_transitions(h, '2024-05-28', '2024-02-28') FROM histories;
SELECT stage_transitions(h, '2024-05-28', NULL) FROM histories;
SELECT stage_transitions(h, '-infinity', '2024-05-28') FROM histories;
SELECT stage_forecast(h, '2024-01-01', '2024-02-28'::timestamptz + c * interval '1 day') FROM histories;
SELECT stage_forecast(c::text, c::text) FROM generate_series(1, 10001) AS c;
SELECT stage_transitions(h, '2024-02-28', '2024-05-28', '{"params": 1}') FROM histories;
\set VERBOSITY default
SELECT cardinality(stage_transitions(c::text, NULL)) AS moves FROM generate_series(1, 10000) AS c;
