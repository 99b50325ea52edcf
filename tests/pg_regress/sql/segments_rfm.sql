-- RFM: breaks over a base, scores, segments
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- ten customers, and two who have not bought, at the end of 2024. e bought last a second less than three days before
CREATE TEMP TABLE base (name text, h purchase_history);
INSERT INTO base VALUES
    ('a', '{2024-12-30 10, 2024-06-01 10, 2024-05-01 10, 2024-04-01 10, 2024-03-01 10}'),
    ('b', '{2024-12-29 500, 2024-12-01 0}'),
    ('c', '{2024-12-28 7.5, 2024-10-01 7.5, 2024-09-01 7.5}'),
    ('d', '{2024-12-28 20}'),
    ('e', '{2024-12-28T00:00:01Z 20, 2024-12-30 -20}'),
    ('f', '{2024-12-21 5, 2024-12-20 5}'),
    ('g', '{2024-12-21 1, 2024-12-21 1, 2024-12-21 1, 2024-12-21 1, 2024-12-21 1, 2024-12-21 1, 2024-12-21 1}'),
    ('h', '{2024-11-11 50}'),
    ('i', '{2024-10-02 1000, 2024-11-01 -999.9999}'),
    ('j', '{2023-11-27 30, 2025-01-01 1000000}'),
    ('prospect', '{2024-11-11 -50}'), ('nobody', NULL);
CREATE TEMP VIEW figures AS
    SELECT name, h, floor(extract(epoch FROM recency(h, '2024-12-31')) / 86400)::int AS days, num_purchases(h, '2024-12-31') AS purchases, total_spend(h, '2024-12-31') AS spend
    FROM base WHERE num_purchases(h, '2024-12-31') > 0;
SELECT name, days, purchases, spend FROM figures ORDER BY name;

-- breaks are discrete quantiles: of ten the 2nd, 4th, 6th and 8th smallest
SELECT rfm_breaks(h, '2024-12-31')::jsonb - 'version' FROM base;
SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY days) AS recency_days, percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY purchases) AS frequency,
       percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY spend) AS monetary FROM figures;
SELECT rfm_breaks(h, '2024-12-31', 2)::jsonb - 'version' FROM base;
SELECT rfm_breaks(h, '2023-12-31')::jsonb - 'version' FROM base;
-- nobody has bought: NULL
SELECT rfm_breaks(h, '2020-12-31'), rfm_breaks(h, '2024-12-31', 3) FILTER (WHERE name IN ('prospect', 'nobody')) AS prospects, rfm_breaks(h, '2024-12-31') FILTER (WHERE false) AS no_rows FROM base;
-- without as_of it is now(), without bins 5
SELECT rfm_breaks(h)::text = rfm_breaks(h, now())::text AS as_of_now, rfm_breaks(h, '2024-12-31')::text = rfm_breaks(h, '2024-12-31', 5)::text AS bins_5 FROM base;

-- scores: as the definition in plain SQL has it
WITH breaks AS (SELECT rfm_breaks(h, '2024-12-31') AS breaks FROM base)
SELECT name, days, purchases, spend, (rfm_score(h, breaks, '2024-12-31')).*, rfm_score(h, breaks, '2024-12-31')::text AS text, rfm_segment(rfm_score(h, breaks, '2024-12-31'))
FROM figures, breaks ORDER BY name;
WITH breaks AS (
    SELECT bins, rfm_breaks(h, '2024-12-31', bins) AS breaks,
           percentile_disc(ARRAY(SELECT i / bins::float8 FROM generate_series(1, bins - 1) AS i)) WITHIN GROUP (ORDER BY days) AS d,
           percentile_disc(ARRAY(SELECT i / bins::float8 FROM generate_series(1, bins - 1) AS i)) WITHIN GROUP (ORDER BY purchases) AS p,
           percentile_disc(ARRAY(SELECT i / bins::float8 FROM generate_series(1, bins - 1) AS i)) WITHIN GROUP (ORDER BY spend) AS s
    FROM figures, generate_series(2, 12) AS bins GROUP BY bins)
SELECT bins, count(*), bool_and(rfm_score(h, breaks, '2024-12-31') = ROW(
    bins - (SELECT count(*) FROM unnest(d) AS b WHERE b < days), 1 + (SELECT count(*) FROM unnest(p) AS b WHERE b < purchases), 1 + (SELECT count(*) FROM unnest(s) AS b WHERE b < spend))::rfm_triple) AS same
FROM figures, breaks GROUP BY bins ORDER BY bins;
SELECT name, rfm_score(h, breaks, '2024-12-31') FROM base, (SELECT rfm_breaks(h, '2024-12-31') AS breaks FROM base) AS t WHERE name IN ('prospect', 'nobody');
SELECT rfm_score('{2024-12-30 5}', NULL, '2024-12-31');
-- in one query; over parts of the base; with as_of left out
SELECT name, rfm_score(h, rfm_breaks(h, '2024-12-31') OVER (), '2024-12-31')::int AS in_all, rfm_score(h, rfm_breaks(h, '2024-12-31', 2) OVER (PARTITION BY name < 'f'), '2024-12-31')::int AS in_half FROM base ORDER BY name;
SELECT bool_and(rfm_score(h, b) IS NOT DISTINCT FROM rfm_score(h, b, now())) AS as_of_now FROM (SELECT h, rfm_breaks(h) OVER () AS b FROM base) AS t;
-- days are of 24 hours: 23 hours ago is 0 days ago, 24 hours ago is 1
SELECT rfm_score(purchase_history(at), ARRAY[0, 1], '{}', '{}', '2024-12-31 12:00')
FROM (VALUES ('2024-12-31 12:00'::timestamptz), ('2024-12-30 12:00:00.000001'), ('2024-12-30 12:00'), ('2024-12-29 12:00:00.000001'), ('2024-12-29 12:00')) AS t(at) GROUP BY at ORDER BY at DESC;

-- in parallel, and with as many different values as customers
CREATE TABLE rfm_base AS SELECT purchase_history('2024-01-01'::timestamptz + (i * j * 7919 % 360) * '1 day'::interval, (i * 31 % 1009) / 4.0) AS h FROM generate_series(1, 4000) AS i, generate_series(1, 1 + i % 6) AS j GROUP BY i;
ANALYZE rfm_base;
SELECT rfm_breaks(h, '2024-12-31', 10)::text AS serial FROM rfm_base \gset
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT rfm_breaks(h, '2024-12-31', 10) FROM rfm_base;
SELECT rfm_breaks(h, '2024-12-31', 10)::text = :'serial' AS same FROM rfm_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
SELECT (:'serial'::jsonb -> 'monetary') = to_jsonb(percentile_disc(ARRAY[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) WITHIN GROUP (ORDER BY total_spend(h, '2024-12-31'))) AS exact FROM rfm_base;
DROP TABLE rfm_base;

-- thresholds by hand: the upper bounds of all classes but the last
SELECT name, rfm_score(h, ARRAY[3, 90], ARRAY[1, 2], ARRAY[0, 20, 99.99], '2024-12-31') FROM base ORDER BY name;
SELECT rfm_score('{2024-12-30 5}', '{}'::int[], '{}', '{}', '2024-12-31') AS one_class, rfm_score('{2024-12-30 5}', NULL, ARRAY[1], ARRAY[1], '2024-12-31') AS null_thresholds,
       rfm_score('{2024-12-30 5}', ARRAY[1, 1], ARRAY[0, 0], ARRAY[5, 5], '2024-12-31') AS equal_thresholds;
SELECT rfm_score('{2024-12-30 5}', ARRAY[90, 3], ARRAY[1], ARRAY[1], '2024-12-31');
SELECT rfm_score('{2024-12-30 5}', ARRAY[3, NULL], ARRAY[1], ARRAY[1], '2024-12-31');
\set VERBOSITY sqlstate
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[2, 1], ARRAY[1], '2024-12-31');
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[1], ARRAY[2, 1.9999], '2024-12-31');
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[NULL]::int[], ARRAY[1], '2024-12-31');
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[1], ARRAY[NULL]::numeric[], '2024-12-31');
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[1], ARRAY['NaN']::numeric[], '2024-12-31');
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[1], ARRAY[1e15], '2024-12-31');
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[1], ARRAY[1], NULL);
SELECT rfm_score('{2024-12-30 5}', ARRAY[3], ARRAY[1], ARRAY[1], 'infinity');
\set VERBOSITY default

-- parameters of the breaks
SELECT rfm_breaks(h, '2024-12-31', 1) FROM base;
SELECT rfm_breaks(h, '2024-12-31', NULL) FROM base;
SELECT rfm_breaks(h, CASE WHEN name = 'a' THEN '2024-12-30'::timestamptz ELSE '2024-12-31' END) FROM base;
\set VERBOSITY sqlstate
SELECT rfm_breaks(h, '2024-12-31', 101) FROM base;
SELECT rfm_breaks(h, '2024-12-31', -5) FROM base;
SELECT rfm_breaks(h, NULL) FROM base;
SELECT rfm_breaks(h, 'infinity') FROM base;
SELECT rfm_breaks(h, '2024-12-31', CASE WHEN name = 'a' THEN 4 ELSE 5 END) FROM base;
SELECT rfm_score('{2024-12-30 5}', '{"bins": 2, "recency_days": [1], "frequency": [1], "monetary": [1]}'::rfm_breaks, NULL);
SELECT rfm_score('{2024-12-30 5}', '{"bins": 2, "recency_days": [1], "frequency": [1], "monetary": [1]}'::rfm_breaks, 'infinity');
\set VERBOSITY default

-- a total beyond 64 bits is the largest there is
SELECT rfm_breaks('{2024-01-01 922337203685477.5807, 2024-01-02 0.0001}'::purchase_history, '2024-12-31')::jsonb -> 'monetary';

-- breaks are equal if all they hold is
SELECT b = b AS same, b <> '{"bins": 2, "recency_days": [1], "frequency": [1], "monetary": [1]}'::rfm_breaks AS other
FROM (SELECT rfm_breaks(h, '2024-12-31') AS b FROM base) AS t;
SELECT count(*) FROM (SELECT DISTINCT b FROM (SELECT rfm_breaks(h, '2024-12-31') AS b FROM base, generate_series(1, 3) AS i GROUP BY i) AS t) AS d;

-- breaks as text and jsonb, also written by hand
SELECT '{"bins": 3, "recency_days": [180, 365], "frequency": [1, 2], "monetary": [50, 200.50]}'::rfm_breaks;
SELECT rfm_score('{2024-01-01 40, 2024-02-01 10.0001}', '{"monetary": [50, 922337203685477.5807], "bins": 3, "recency_days": [180, 365], "frequency": [1, 2]}'::jsonb::rfm_breaks, '2024-12-31');
CREATE TEMP TABLE kept (b rfm_breaks);
INSERT INTO kept SELECT rfm_breaks(h, '2024-12-31') FROM base;
CREATE TEMP TABLE returned (LIKE kept);
\copy kept TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/breaks"' (FORMAT binary)
\copy returned FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/breaks"' (FORMAT binary)
SELECT kept.b::text = returned.b::text AND kept.b::text::rfm_breaks::text = kept.b::text AND kept.b::jsonb::rfm_breaks::text = kept.b::text AS same FROM kept, returned;
SELECT '{"bins": 3, "recency_days": [180], "frequency": [1, 2], "monetary": [50, 200]}'::rfm_breaks;
SELECT '{"bins": 2, "recency_days": [180], "frequency": [1], "monetary": [50], "breaks": []}'::rfm_breaks;
\set VERBOSITY sqlstate
SELECT ''::rfm_breaks;
SELECT 'null'::rfm_breaks;
SELECT '{}'::rfm_breaks;
SELECT '{"bins": 1, "recency_days": [], "frequency": [], "monetary": []}'::rfm_breaks;
SELECT '{"bins": 3, "recency_days": [365, 180], "frequency": [1, 2], "monetary": [50, 200]}'::rfm_breaks;
SELECT '{"bins": 2, "recency_days": [1.5], "frequency": [1], "monetary": [50]}'::rfm_breaks;
SELECT '{"bins": 2, "recency_days": [180], "frequency": [1], "monetary": ["50"]}'::rfm_breaks;
SELECT '{"bins": 2, "recency_days": [180], "frequency": [1], "monetary": [1e400]}'::rfm_breaks;
SELECT '{"bins": 2, "recency_days": [180], "frequency": [1], "monetary": [null]}'::rfm_breaks;
SELECT '{"bins": 2, "recency_days": [180], "frequency": [1], "monetary": [50]} x'::rfm_breaks;
SELECT '[]'::jsonb::rfm_breaks;
\set VERBOSITY default

-- scores as text and as a number
SELECT ROW(5, 4, 3)::rfm_triple::text AS text, ROW(5, 4, 3)::rfm_triple::int AS int, '5-4-3'::text::rfm_triple AS from_text, (' 10-1-12 '::text::rfm_triple).*, ROW(10, 1, 12)::rfm_triple::text AS two_digits, NULL::rfm_triple::text IS NULL AND NULL::rfm_triple::int IS NULL AS null_stays;
SELECT ROW(5, 4, 3)::rfm_triple = '5-4-3'::text::rfm_triple AS eq, ROW(5, 4, 3)::rfm_triple > ROW(5, 3, 5)::rfm_triple AS gt;
SELECT ROW(10, 1, 2)::rfm_triple::int;
SELECT '5-4'::text::rfm_triple;
\set VERBOSITY sqlstate
SELECT ROW(-1, 1, 2)::rfm_triple::int;
SELECT ''::text::rfm_triple;
SELECT '5-4-3-2'::text::rfm_triple;
SELECT '5-4-x'::text::rfm_triple;
SELECT '5--4-3'::text::rfm_triple;
SELECT '543'::text::rfm_triple;
SELECT '5-4-99999999999'::text::rfm_triple;
SELECT '5-4-3'::rfm_triple;
\set VERBOSITY default

-- the grid: rows are recency, columns the mean of frequency and monetary score, halves up
SELECT r, rfm_segment(r, 1, 1) AS fm_1, rfm_segment(r, 2, 2) AS fm_2, rfm_segment(r, 3, 3) AS fm_3, rfm_segment(r, 4, 4) AS fm_4, rfm_segment(r, 5, 5) AS fm_5 FROM generate_series(5, 1, -1) AS r;
SELECT bool_and(rfm_segment(r, f, m) = rfm_segment(r, round((f + m) / 2.0)::int, round((f + m) / 2.0)::int) AND rfm_segment(ROW(r, f, m)::rfm_triple) = rfm_segment(r, f, m)) AS by_rounded_mean, count(*)
FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m;
SELECT rfm_segment(NULL::rfm_triple) AS null_score, rfm_segment(ROW(5, NULL, 5)::rfm_triple) AS null_part, rfm_segment(5, 5, NULL) AS null_argument;
SELECT rfm_segment(ROW(6, 5, 5)::rfm_triple);
\set VERBOSITY sqlstate
SELECT rfm_segment(0, 1, 1);
SELECT rfm_segment(1, 1, 6);
SELECT rfm_segment(ROW(1, -1, 1)::rfm_triple);
\set VERBOSITY default

-- without breaks: what to write
SELECT rfm_score('{2024-01-01 5}'::purchase_history);
SELECT rfm_score(NULL::purchase_history);

-- breaks of one customer after another are warned of, once in a statement; those of a base that has one customer are not
CREATE TABLE one_by_one AS SELECT n AS customer, purchase_history('2024-01-01Z'::timestamptz + n * interval '1 day', n) AS h
    FROM generate_series(1, 6) AS n GROUP BY n;
SELECT customer, rfm_score(h, rfm_breaks(h, '2024-02-01Z'), '2024-02-01Z') FROM one_by_one GROUP BY customer, h ORDER BY customer;
SELECT count(breaks) FROM (SELECT rfm_breaks(h) OVER (PARTITION BY customer) AS breaks FROM one_by_one OFFSET 0) AS each;
SELECT count(breaks) FROM (SELECT rfm_breaks(h) OVER () AS breaks FROM one_by_one OFFSET 0) AS each;
SELECT count(breaks) FROM (SELECT rfm_breaks(h) OVER (ORDER BY customer) AS breaks FROM one_by_one OFFSET 0) AS each;
SELECT count(breaks) FROM (SELECT rfm_breaks(h) OVER () AS breaks FROM one_by_one WHERE customer = 1 OFFSET 0) AS each;
SELECT count(breaks) FROM (SELECT rfm_breaks(h) AS breaks FROM one_by_one GROUP BY customer % 3 OFFSET 0) AS each;
SELECT (rfm_breaks(h)::jsonb ->> 'customers')::int AS customers FROM one_by_one WHERE customer = 1;
DROP TABLE one_by_one;
