-- the customer journey
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null ''

CREATE TEMP TABLE base (h purchase_history, e engagement_history);
INSERT INTO base VALUES ('{2024-01-05 9}', '{2024-01-01 sent email, 2024-01-02 open email, 2024-01-08 sent email}'), ('{2024-01-09 -9}', '{2024-01-01 sent email, 2024-01-04 open email, 2024-01-06 open email}'), (NULL, NULL), ('{}', '{}');
SELECT p.* FROM (SELECT touch_paths(h, e, '2024-02-01') AS paths FROM base) AS t, unnest(paths) AS p;
-- what comes after is not yet known
SELECT p.* FROM (SELECT touch_paths(h, e, '2024-01-04') AS paths FROM base) AS t, unnest(paths) AS p;
-- a pause of more than two days ends a path, as of the end of two days the last may still go on
SELECT p.* FROM (SELECT touch_paths(h, e, '2024-01-08', '2 days') AS paths FROM base) AS t, unnest(paths) AS p;
SELECT to_kind, sum(moves) FROM (SELECT touch_paths(h, e, t, '2 days') AS paths FROM base, unnest(ARRAY['2024-01-10', '2024-01-10 00:00:00.000001']::timestamptz[]) AS t GROUP BY t) AS t, unnest(paths) WHERE to_kind IN ('ongoing', 'end', 'drop_off') GROUP BY paths, to_kind ORDER BY paths::text, to_kind;
-- by the place in the path
SELECT p.* FROM (SELECT touch_paths(h, e, '2024-02-01', NULL, 2) AS paths FROM base) AS t, unnest(paths) AS p;
-- days of the calendar: in Berlin from noon to noon across the change of the clock is a day
SET TimeZone = 'Europe/Berlin';
SELECT kind, array_length(touch_paths(NULL, e, '2025-01-01', gap), 1) AS moves FROM (VALUES ('23 hours, a day', '{2024-03-30T11:00:00Z open, 2024-03-31T10:00:00Z open}'::engagement_history, '1 day'::interval), ('and a microsecond', '{2024-03-30T11:00:00Z open, 2024-03-31T10:00:00.000001Z open}', '1 day'), ('but 24 hours', '{2024-03-30T11:00:00Z open, 2024-03-31T11:00:00Z open}', '24 hours'), ('25 hours, a day', '{2024-10-26T10:00:00Z open, 2024-10-27T11:00:00Z open}', '1 day')) AS t(kind, e, gap) GROUP BY kind ORDER BY kind;
SET TimeZone = 'UTC';
-- nobody, and nobody with a touch
SELECT touch_paths(h, e, '2024-02-01') FROM base WHERE false;
SELECT touch_paths(h, e, '2023-02-01') FROM base;

-- against plain SQL: 150 customers with 30 events and up to 10 orders, with refunds; half-hours, so that many are at the same time
SELECT setseed(0.1);
CREATE TEMP TABLE log AS SELECT customer, '2024-01-01'::timestamptz + floor(random() * 5000)::int * '30 minutes'::interval AS at, (ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'sent', 'open', 'sent', 'click'])[1 + floor(random() * 12)::int] AS kind, (ARRAY['email', 'sms', NULL])[1 + floor(random() * 3)::int] AS channel FROM generate_series(1, 150) AS customer, generate_series(1, 30);
CREATE TEMP TABLE orders AS SELECT customer, '2024-01-01'::timestamptz + floor(random() * 5000)::int * '30 minutes'::interval AS at, floor(random() * 20) - 4 AS amount FROM generate_series(1, 150) AS customer, generate_series(1, 10) AS n WHERE n <= customer % 11;
CREATE TABLE journey_base AS SELECT customer, h, e FROM (SELECT customer, purchase_history(at, amount::numeric) AS h FROM orders GROUP BY 1) AS o FULL JOIN (SELECT customer, engagement_history(at, kind, channel) AS e FROM log GROUP BY 1) AS l USING (customer);
CREATE TEMP TABLE asked AS SELECT row_number() OVER () AS id, * FROM (VALUES ('2024-03-01'::timestamptz, NULL::interval, NULL::int), ('2024-03-01', '3 days', NULL), ('2025-01-01', '36 hours', NULL), ('2025-01-01', '1 month', 4), ('2024-03-01', '3 days', 3), ('2024-03-01', NULL, 1)) AS t(as_of, max_gap, max_steps);
CREATE TEMP TABLE expected AS
WITH touches AS (
    SELECT customer, at, kind, channel, array_position(ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe'], kind) * 10 + coalesce(array_position(ARRAY['email', 'sms'], channel), 0) AS rank FROM log
    UNION ALL SELECT customer, at, 'purchase', NULL, 1000 FROM orders WHERE amount >= 0
), cut AS (
    SELECT *, CASE WHEN lag(at) OVER w + max_gap < at THEN 1 ELSE 0 END AS cuts, row_number() OVER w AS n FROM touches JOIN asked ON at <= as_of WINDOW w AS (PARTITION BY id, customer ORDER BY at, rank)
), pathed AS (
    SELECT *, sum(cuts) OVER (PARTITION BY id, customer ORDER BY n) AS path FROM cut
), placed AS (
    SELECT *, row_number() OVER w AS place, lead(kind) OVER w AS next_kind, lead(channel) OVER w AS next_channel, lead(at) OVER w AS next_at,
        max(n) FILTER (WHERE kind = 'purchase') OVER (PARTITION BY id, customer, path) AS last_purchase FROM pathed WINDOW w AS (PARTITION BY id, customer, path ORDER BY n)
), moves AS (
    SELECT id, customer, max_steps, 0 AS step, 'start' AS from_kind, NULL AS from_channel, kind AS to_kind, channel AS to_channel, NULL::interval AS time, last_purchase IS NOT NULL AS followed FROM placed WHERE place = 1
    UNION ALL
    SELECT id, customer, max_steps, place, kind, channel, CASE WHEN next_kind IS NOT NULL THEN CASE WHEN place = max_steps THEN 'more' ELSE next_kind END WHEN at + max_gap >= as_of THEN 'ongoing' WHEN last_purchase IS NOT NULL THEN 'end' ELSE 'drop_off' END,
        CASE WHEN place IS DISTINCT FROM max_steps THEN next_channel END, CASE WHEN place IS DISTINCT FROM max_steps THEN next_at - at END, coalesce(last_purchase > n, false) FROM placed WHERE place <= max_steps OR max_steps IS NULL
)
SELECT id, CASE WHEN max_steps IS NOT NULL THEN step::int END AS step, from_kind, from_channel, to_kind, to_channel, count(*) AS moves, count(DISTINCT customer) AS customers, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM time)) AS median, avg(followed::int)::float8 AS purchase_share
FROM moves GROUP BY id, 2, from_kind, from_channel, to_kind, to_channel;
CREATE TEMP TABLE found AS SELECT id, p.* FROM (SELECT id, touch_paths(h, e, as_of, max_gap, max_steps) AS paths FROM journey_base, asked GROUP BY id) AS t, unnest(paths) AS p;
SELECT id, count(*) AS links, sum(f.moves) AS moves, count(*) FILTER (WHERE f.moves IS DISTINCT FROM x.moves) AS moves_differ, count(*) FILTER (WHERE f.customers IS DISTINCT FROM x.customers) AS customers_differ, count(*) FILTER (WHERE extract(epoch FROM median_time) IS DISTINCT FROM median::numeric) AS medians_differ, count(*) FILTER (WHERE (abs(f.purchase_share - x.purchase_share) < 1e-15) IS NOT TRUE) AS shares_differ
FROM (SELECT *, ROW(step, from_kind, from_channel, to_kind, to_channel)::text AS link FROM found) AS f FULL JOIN (SELECT *, ROW(step, from_kind, from_channel, to_kind, to_channel)::text AS link FROM expected) AS x USING (id, link) GROUP BY id ORDER BY id;
-- as much comes to every touch as leaves it
SELECT count(*) AS touches, count(*) FILTER (WHERE into_it <> out_of_it) AS unbalanced FROM (SELECT id, step, to_kind AS kind, to_channel AS channel, sum(moves) AS into_it FROM found WHERE to_kind NOT IN ('end', 'drop_off', 'ongoing', 'more') GROUP BY 1, 2, 3, 4) AS a FULL JOIN (SELECT id, step - 1 AS step, from_kind AS kind, from_channel AS channel, sum(moves) AS out_of_it FROM found WHERE from_kind <> 'start' GROUP BY 1, 2, 3, 4) AS b ON (a.id, a.kind) = (b.id, b.kind) AND a.step IS NOT DISTINCT FROM b.step AND a.channel IS NOT DISTINCT FROM b.channel;
-- in parallel the same, and as a window
CREATE TEMP TABLE serial AS SELECT touch_paths(h, e, '2024-03-01', '3 days') AS paths FROM journey_base;
SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT touch_paths(h, e, '2024-03-01', '3 days') FROM journey_base;
SELECT touch_paths(h, e, '2024-03-01', '3 days') = paths AS same FROM journey_base, serial GROUP BY paths;
RESET ALL; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
SELECT DISTINCT touch_paths(h, e, '2024-03-01', '3 days') OVER () = (SELECT paths FROM serial) AS same FROM journey_base;
SELECT touch_paths(h, e) = touch_paths(h, e, now()) AS without_as_of, touch_paths(h, e, '2024-03-01') = touch_paths(h, e, '2024-03-01', NULL) AS without_gap, touch_paths(until(h, '2024-03-01'), until(e, '2024-03-01'), '2024-03-01') = touch_paths(h, e, '2024-03-01') AS travels FROM journey_base;

-- arguments
SELECT touch_paths(h, e, '2024-03-01', '-1 day') FROM base;
SELECT touch_paths(h, e, '2024-03-01', NULL, 0) FROM base;
SELECT touch_paths(h, e, '2024-03-01', i * '1 day'::interval) FROM base, generate_series(1, 2) AS i;
\set VERBOSITY sqlstate
SELECT touch_paths(h, e, '2024-03-01', NULL, 101) FROM base;
SELECT touch_paths(h, e, '2024-03-01', NULL, i) FROM base, generate_series(1, 2) AS i;
SELECT touch_paths(h, e, '2024-03-01'::timestamptz + i * '1 day'::interval) FROM base, generate_series(1, 2) AS i;
SELECT touch_paths(h, e, NULL) FROM base;
SELECT touch_paths(h, e, 'infinity') FROM base;
\set VERBOSITY default
DROP TABLE journey_base;
