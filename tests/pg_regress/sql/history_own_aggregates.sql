-- Aggregates that users make of the inner functions: what they return is a history like every other.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE ROLE regress_lifecycle_maker;
CREATE SCHEMA own AUTHORIZATION regress_lifecycle_maker;
SET ROLE regress_lifecycle_maker;
SET search_path = own, public, lifecycle;
CREATE FUNCTION same(purchase_history) RETURNS purchase_history LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE raw(timestamptz) (SFUNC = purchase_history_accum, STYPE = purchase_history, INITCOND = '{}');
CREATE AGGREGATE raw(timestamptz, numeric) (SFUNC = purchase_history_accum, STYPE = purchase_history, INITCOND = '{}', FINALFUNC = same, COMBINEFUNC = purchase_history_combine, PARALLEL = SAFE);
CREATE AGGREGATE raw_rollup(purchase_history) (SFUNC = purchase_history_combine, STYPE = purchase_history);
CREATE AGGREGATE raw(timestamptz, text) (SFUNC = engagement_history_accum, STYPE = engagement_history, INITCOND = '{}');

-- the same entries growing and packed: of one, a few, and so many that they are compressed or lie out of line
CREATE TABLE orders AS
    SELECT customer, '2024-01-01Z'::timestamptz + n * 977 * interval '1 second' AS at, (n * 37 % 1000)::numeric / 7 AS amount
    FROM (VALUES (1, 1), (2, 3), (3, 5), (4, 30), (5, 300), (6, 3000), (7, 3001)) AS c (customer, entries), generate_series(1, entries) AS n;
CREATE TABLE forms (customer int, form text, h purchase_history, e engagement_history);
ALTER TABLE forms ALTER h SET STORAGE external;
INSERT INTO forms SELECT customer, 'packed', purchase_history(at, amount), engagement_history(at, 'visit') FROM orders GROUP BY customer;
INSERT INTO forms SELECT customer, 'growing', raw(at, amount ORDER BY at DESC), raw(at, 'visit'::text ORDER BY at DESC) FROM orders GROUP BY customer;
INSERT INTO forms SELECT customer, 'compressed', h, e FROM (SELECT customer, raw(at, amount ORDER BY amount) AS h, raw(at, 'visit'::text ORDER BY amount) AS e FROM orders GROUP BY customer) AS grown;
SELECT customer, form, pg_column_size(h) > (SELECT pg_column_size(h) FROM forms AS packed WHERE packed.customer = forms.customer AND form = 'packed') AS is_larger
FROM forms WHERE form = 'growing' ORDER BY customer;

-- compared: all six operators, both ways round, say what they say of the packed ones
SELECT count(*) AS pairs, count(*) FILTER (WHERE (a.h = b.h, a.h <> b.h, a.h < b.h, a.h <= b.h, a.h > b.h, a.h >= b.h)
        IS DISTINCT FROM (pa.h = pb.h, pa.h <> pb.h, pa.h < pb.h, pa.h <= pb.h, pa.h > pb.h, pa.h >= pb.h)) AS different,
    count(*) FILTER (WHERE (a.e = b.e, a.e <> b.e, a.e < b.e, a.e <= b.e, a.e > b.e, a.e >= b.e)
        IS DISTINCT FROM (pa.e = pb.e, pa.e <> pb.e, pa.e < pb.e, pa.e <= pb.e, pa.e > pb.e, pa.e >= pb.e)) AS different_events,
    count(*) FILTER (WHERE sign(purchase_history_cmp(a.h, b.h)) <> sign(purchase_history_cmp(pa.h, pb.h))) AS different_order,
    count(*) FILTER (WHERE (a.h = b.h) <> (a.customer = b.customer)) AS wrong
FROM forms AS a, forms AS b, forms AS pa, forms AS pb
WHERE pa.customer = a.customer AND pa.form = 'packed' AND pb.customer = b.customer AND pb.form = 'packed';
-- hashed
SELECT count(DISTINCT purchase_history_hash(h)) AS hashes, count(DISTINCT purchase_history_hash_extended(h, 42)) AS seeded,
    count(DISTINCT engagement_history_hash(e)) AS events, count(DISTINCT engagement_history_hash_extended(e, 42)) AS events_seeded, count(*) AS forms FROM forms;
SELECT purchase_history_hash_extended(h, 1) <> purchase_history_hash_extended(h, 2) AS seed_counts FROM forms WHERE customer = 3 ORDER BY form;
-- grouped, joined, sorted, indexed
SET enable_hashagg = off;
SELECT count(*) AS groups, min(forms) AS least, max(forms) AS most FROM (SELECT count(*) AS forms FROM forms GROUP BY h) AS sorted;
RESET enable_hashagg; SET enable_sort = off;
SELECT count(*) AS groups, min(forms) AS least, max(forms) AS most FROM (SELECT count(*) AS forms FROM forms GROUP BY h) AS hashed;
SET enable_nestloop = off; SET enable_mergejoin = off;
SELECT count(*) AS hash_joined FROM forms AS a JOIN forms AS b USING (h) WHERE a.customer = b.customer;
RESET enable_sort; RESET enable_mergejoin; SET enable_hashjoin = off;
SELECT count(*) AS merge_joined FROM forms AS a JOIN forms AS b USING (h) WHERE a.customer = b.customer;
RESET enable_nestloop; RESET enable_hashjoin;
CREATE INDEX ON forms USING hash (h);
CREATE UNIQUE INDEX ON forms (h) WHERE form = 'growing' AND customer < 5;
SET enable_seqscan = off;
SELECT form FROM forms WHERE h = (SELECT purchase_history(at, amount) FROM orders WHERE customer = 6) ORDER BY form;
RESET enable_seqscan;
\set VERBOSITY terse
INSERT INTO forms SELECT 3, 'growing', purchase_history(at, amount) FROM orders WHERE customer = 3;
\set VERBOSITY default
CREATE TABLE parted (h purchase_history) PARTITION BY HASH (h);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT h FROM forms;
SELECT count(*) AS in_two_parts FROM parted_0 JOIN parted_1 USING (h);
-- read, sent, united, shown
SELECT count(*) FILTER (WHERE a.h::text <> p.h::text) AS shown, count(*) FILTER (WHERE purchase_history_send(a.h) <> purchase_history_send(p.h)) AS sent,
    count(*) FILTER (WHERE a.h + '{}' <> p.h) AS united, count(*) FILTER (WHERE total_spend(a.h) <> total_spend(p.h)) AS read
FROM forms AS a JOIN forms AS p ON p.customer = a.customer AND p.form = 'packed';
SELECT raw_rollup(h) = rollup(h) AS rolled_up, raw_rollup(h) + '{}' = rollup(h) AS rolled_up_and_packed FROM forms WHERE form = 'packed';
SELECT count(*) FILTER (WHERE raw <> packed) AS in_windows FROM (
    SELECT raw(at) OVER w AS raw, purchase_history(at) OVER w AS packed FROM orders WHERE customer < 5 WINDOW w AS (PARTITION BY customer ORDER BY at)) AS w;

-- everybody may use the aggregates of the extension, also in parallel
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SELECT count(*) AS in_parallel FROM (SELECT customer, purchase_history(at, amount) AS h FROM orders GROUP BY customer) AS a
    JOIN (SELECT customer, raw(at, amount) AS h FROM orders GROUP BY customer) AS b USING (h);
RESET ROLE;
RESET search_path;
DROP OWNED BY regress_lifecycle_maker;
DROP ROLE regress_lifecycle_maker;
