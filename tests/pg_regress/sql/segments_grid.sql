-- segment grids: presets, the check, grids of one's own, segments by them, and what leads to a segment
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- the presets: every cell once, every name reached
SELECT grid, dimensions, bins, count(DISTINCT name) AS names, count(problem) AS problems
FROM lifecycle.segment_grid JOIN lifecycle.segment_rule USING (grid) LEFT JOIN LATERAL lifecycle.check_segment_grid(grid) ON true
WHERE preset GROUP BY grid ORDER BY grid COLLATE "C";
-- the 25 cells are those of rfm_segment(score)
SELECT count(*), bool_and(rfm_segment(r, f, m, 'rfm_25') = rfm_segment(r, f, m)) AS same FROM generate_series(1, 5) AS r, generate_series(1, 5) AS f, generate_series(1, 5) AS m;
SELECT rfm_segment(ROW(5, 4, 3)::rfm_triple, grid), grid FROM lifecycle.segment_grid WHERE bins = 5 AND preset ORDER BY grid COLLATE "C";
SELECT rfm_segment(ROW(1, 5, 1)::rfm_triple, grid), grid FROM lifecycle.segment_grid WHERE bins = 5 AND preset ORDER BY grid COLLATE "C";
-- six groups, with recency at 180 and 365 days
SELECT days, score::text, rfm_segment(score, 'rfm_27') FROM (SELECT days, rfm_score('{2024-01-01 40, 2024-01-01 10}'::purchase_history, ARRAY[180, 365], ARRAY[1, 2], ARRAY[50, 200], '2024-01-01'::timestamptz + days * interval '1 day') AS score FROM unnest(ARRAY[0, 180, 181, 365, 366]) AS days) AS t;
-- NULL, and what is off the grid
SELECT rfm_segment(NULL::rfm_triple, 'rfm_25') AS score, rfm_segment(ROW(5, NULL, 5)::rfm_triple, 'rfm_25') AS part, rfm_segment(ROW(5, 5, 5)::rfm_triple, NULL) AS grid, rfm_segment(5, 5, NULL, 'rfm_25') AS argument;
SELECT rfm_segment(ROW(5, 4, 3)::rfm_triple, 'rfm_52');
SELECT rfm_segment(ROW(4, 1, 1)::rfm_triple, 'rfm_27');
\set VERBOSITY sqlstate
SELECT rfm_segment(ROW(0, 1, 1)::rfm_triple, 'rfm_25');
SELECT rfm_segment(1, 1, 6, 'rfm_25');
SELECT rfm_segment(1, -1, 1, 'rfm_125');
SELECT * FROM lifecycle.check_segment_grid('rfm_52');
\set VERBOSITY default
-- looking takes no transaction number, so that a standby and parallel workers can
BEGIN; SELECT rfm_segment(5, 4, 3, 'rfm_125'), pg_current_xact_id_if_assigned() IS NULL AS no_number; COMMIT;

-- rules that are published and broken: the R package's of 0.3.0 and 0.2.2, where ranges are all there is
CREATE TEMP TABLE published (source text, place int, name text, cells text[]);
INSERT INTO published SELECT '0.3.0', i, n, ARRAY[format('[%s-%s][%s-%s][%s-%s]', rl, rh, fl, fh, ml, mh)]
FROM unnest(ARRAY['Champions', 'Potential Loyalist', 'Loyal Customers', 'Promising', 'New Customers', 'Can''t Lose Them', 'At Risk', 'Need Attention', 'About To Sleep', 'Lost'],
    ARRAY[5,3,2,3,4,1,1,1,2,1], ARRAY[5,5,4,4,5,2,2,3,3,1], ARRAY[5,3,2,1,1,3,2,3,1,1], ARRAY[5,5,4,3,3,4,5,5,3,5], ARRAY[5,2,2,3,1,4,4,3,1,1], ARRAY[5,5,4,5,5,5,5,5,4,5]) WITH ORDINALITY AS t(n, rl, rh, fl, fh, ml, mh, i);
INSERT INTO published SELECT '0.2.2', i, n, ARRAY[format('[%s-%s][%s-%s][%s-%s]', rl, rh, fl, fh, fl, fh)]
FROM unnest(ARRAY['Champions', 'Loyal Customers', 'Potential Loyalist', 'New Customers', 'Promising', 'Need Attention', 'About To Sleep', 'At Risk', 'Can''t Lose Them', 'Lost'],
    ARRAY[4,2,3,4,3,2,2,1,1,1], ARRAY[5,5,5,5,4,3,3,2,1,2], ARRAY[4,3,1,1,1,2,1,2,4,1], ARRAY[5,5,3,1,1,3,2,5,5,2]) WITH ORDINALITY AS t(n, rl, rh, fl, fh, i);
SELECT source, problem, count(*) FROM (SELECT source, jsonb_agg(p) AS rules FROM published AS p GROUP BY source) AS p, lifecycle.check_segment_grid(rules, 'R,F,M', 5) WHERE problem <> 'unreachable' GROUP BY source, problem ORDER BY source, problem;
-- by the order of the list
SELECT source, problem, cell, names FROM (SELECT source, jsonb_agg(jsonb_build_object('name', name, 'cells', cells, 'priority', place)) AS rules FROM published GROUP BY source) AS p, lifecycle.check_segment_grid(rules, 'R,F,M', 5) WHERE problem <> 'hole' ORDER BY source, names;
-- they do not get into the table
BEGIN;
INSERT INTO lifecycle.segment_grid (grid, dimensions) VALUES ('as published', 'R,F,M');
INSERT INTO lifecycle.segment_rule (grid, name, cells) SELECT 'as published', name, cells FROM published WHERE source = '0.3.0';
ROLLBACK;

-- a grid of one's own
INSERT INTO lifecycle.segment_grid (grid, bins, description) VALUES ('mine', 3, 'for a test');
SELECT problem, count(*) FROM lifecycle.check_segment_grid('mine') GROUP BY problem;
SELECT rfm_segment(1, 1, 1, 'mine');
INSERT INTO lifecycle.segment_rule (grid, name, cells, priority) VALUES ('mine', 'best', '{33}', 1), ('mine', 'recent', '{3[1-2]}', 2), ('mine', 'rest', '{**}', 3);
SELECT r, rfm_segment(r, 1, 1, 'mine') AS low, rfm_segment(r, 2, 3, 'mine') AS half, rfm_segment(r, 3, 3, 'mine') AS high FROM generate_series(3, 1, -1) AS r;
-- each change keeps it a partition, or is refused with the cells
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'also best', '{33,3*}');
INSERT INTO lifecycle.segment_rule (grid, name, cells, priority) VALUES ('mine', 'nobody', '{33}', 4);
DELETE FROM lifecycle.segment_rule WHERE grid = 'mine' AND name = 'rest';
UPDATE lifecycle.segment_rule SET cells = '{3*}' WHERE grid = 'mine' AND name = 'best';
UPDATE lifecycle.segment_rule SET cells = '{2*}' WHERE grid = 'mine' AND name = 'rest';
UPDATE lifecycle.segment_grid SET dimensions = 'R,F,M' WHERE grid = 'mine';
UPDATE lifecycle.segment_grid SET bins = 2 WHERE grid = 'mine';
BEGIN; UPDATE lifecycle.segment_grid SET bins = 4 WHERE grid = 'mine'; SELECT rfm_segment(4, 4, 4, 'mine'); ROLLBACK;
\set VERBOSITY sqlstate
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'x', '{34}');
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'x', '{3}');
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'x', '{3[2-1]}');
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'x', '{}');
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'x', '{33,NULL}');
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', '', '{33}');
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('nobody''s', 'x', '{33}');
INSERT INTO lifecycle.segment_grid (grid, bins) VALUES ('x', 10);
INSERT INTO lifecycle.segment_grid (grid, dimensions) VALUES ('x', 'F,M');
\set VERBOSITY default
BEGIN; UPDATE lifecycle.segment_rule SET name = U&'caf\00E9' WHERE grid = 'mine' AND name = 'best'; SELECT rfm_segment(3, 3, 3, 'mine') = U&'caf\00E9' AS other_letters; ROLLBACK;
UPDATE lifecycle.segment_grid SET grid = 'mine too' WHERE grid = 'mine';
SELECT rfm_segment(3, 3, 3, 'mine too'), (SELECT count(*) FROM lifecycle.segment_rule WHERE grid = 'mine too');
UPDATE lifecycle.segment_grid SET grid = 'mine' WHERE grid = 'mine too';
-- other rules in one transaction: out, and in
BEGIN;
DELETE FROM lifecycle.segment_rule WHERE grid = 'mine';
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('mine', 'all', '{**}');
SELECT rfm_segment(3, 3, 3, 'mine');
ROLLBACK;
-- a call site that lives on sees the change
CREATE PROCEDURE pg_temp.twice() LANGUAGE plpgsql AS $$
DECLARE segment text;
BEGIN
    FOR i IN 1..3 LOOP
        segment := rfm_segment(3, 3, 3, 'mine');
        RAISE NOTICE '%', segment;
        UPDATE lifecycle.segment_rule SET name = 'best ' || i WHERE grid = 'mine' AND priority = 1;
    END LOOP;
END $$;
BEGIN; CALL pg_temp.twice(); ROLLBACK;
-- and that a change was rolled back to a savepoint
CREATE PROCEDURE pg_temp.rolled_back() LANGUAGE plpgsql AS $$
DECLARE segment text;
BEGIN
    FOR i IN 1..2 LOOP
        BEGIN
            IF i = 1 THEN UPDATE lifecycle.segment_rule SET name = 'never' WHERE grid = 'mine' AND priority = 1; END IF;
            segment := rfm_segment(3, 3, 3, 'mine');
            IF i = 1 THEN RAISE division_by_zero; END IF;
        EXCEPTION WHEN division_by_zero THEN NULL;
        END;
        RAISE NOTICE '%', segment;
    END LOOP;
END $$;
BEGIN ISOLATION LEVEL REPEATABLE READ; CALL pg_temp.rolled_back(); ROLLBACK;

-- what comes with the extension stays as it came
UPDATE lifecycle.segment_rule SET name = 'x' WHERE grid = 'rfm_25' AND name = 'Lost';
\set VERBOSITY sqlstate
DELETE FROM lifecycle.segment_rule WHERE grid = 'rfm_25';
INSERT INTO lifecycle.segment_rule (grid, name, cells, priority) VALUES ('rfm_25', 'x', '{11}', 0);
DELETE FROM lifecycle.segment_grid WHERE grid = 'rfm_25';
UPDATE lifecycle.segment_grid SET preset = false WHERE grid = 'rfm_25';
UPDATE lifecycle.segment_grid SET preset = true WHERE grid = 'mine';
INSERT INTO lifecycle.segment_grid (grid, preset) VALUES ('x', true);
\set VERBOSITY default
SELECT count(*) FROM lifecycle.segment_rule WHERE grid = 'rfm_25';

-- everybody reads; who was granted it writes
CREATE ROLE regress_lifecycle_marketer;
SET ROLE regress_lifecycle_marketer;
SELECT rfm_segment(3, 3, 3, 'mine');
\set VERBOSITY sqlstate
INSERT INTO lifecycle.segment_grid (grid) VALUES ('theirs');
DELETE FROM lifecycle.segment_rule;
TRUNCATE lifecycle.segment_rule;
\set VERBOSITY default
RESET ROLE;
GRANT INSERT, UPDATE, DELETE ON lifecycle.segment_grid, lifecycle.segment_rule TO regress_lifecycle_marketer;
SET ROLE regress_lifecycle_marketer;
INSERT INTO lifecycle.segment_grid (grid, bins) VALUES ('theirs', 2);
INSERT INTO lifecycle.segment_rule (grid, name, cells) VALUES ('theirs', 'yes', '{2*}'), ('theirs', 'no', '{1*}');
SELECT rfm_segment(2, 1, 1, 'theirs');
DELETE FROM lifecycle.segment_grid WHERE grid = 'theirs';
RESET ROLE;
REVOKE ALL ON lifecycle.segment_grid, lifecycle.segment_rule FROM regress_lifecycle_marketer;
DROP ROLE regress_lifecycle_marketer;
SELECT count(*) FROM lifecycle.segment_rule WHERE grid = 'theirs';

-- dumps hold the users' grids, in whole
SELECT c.oid::regclass AS dumped, condition FROM pg_extension, unnest(extconfig, extcondition) AS t(oid, condition) JOIN pg_class AS c USING (oid) WHERE extname = 'pg_lifecycle' AND relnamespace = 'lifecycle'::regnamespace ORDER BY 1;
SELECT grid, name, cells, priority FROM ONLY lifecycle.segment_rule WHERE grid IN (SELECT grid FROM lifecycle.segment_grid WHERE NOT preset) ORDER BY priority;

-- a grid that got in with triggers switched off is refused when it is asked
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM lifecycle.segment_rule WHERE grid = 'mine' AND name = 'rest';
SAVEPOINT asked;
SELECT rfm_segment(3, 3, 3, 'mine');
ROLLBACK TO asked;
SELECT * FROM lifecycle.check_segment_grid('mine');
ROLLBACK;

-- rules that are in no table
SELECT * FROM lifecycle.check_segment_grid('[{"name": "a", "cells": ["1*"]}, {"name": "b", "cells": ["[1-2]2"]}, {"name": "c", "cells": ["12"], "priority": 2}]', 'R,FM', 2);
SELECT * FROM lifecycle.check_segment_grid('[]', 'R,FM', 2);
SELECT * FROM lifecycle.check_segment_grid(NULL::jsonb, 'R,FM', 2);
SELECT * FROM lifecycle.check_segment_grid('{}'::jsonb, 'R,FM', 2);
\set VERBOSITY sqlstate
SELECT * FROM lifecycle.check_segment_grid('[{"cells": ["1*"]}]', 'R,FM', 2);
SELECT * FROM lifecycle.check_segment_grid('[{"name": "a", "cells": "1*"}]', 'R,FM', 2);
SELECT * FROM lifecycle.check_segment_grid('[{"name": "a", "cells": [null]}]', 'R,FM', 2);
SELECT * FROM lifecycle.check_segment_grid('[{"name": "a", "cells": ["13"]}]', 'R,FM', 2);
SELECT * FROM lifecycle.check_segment_grid('[]', 'R,FM", "bins": 2', 2);
SELECT * FROM lifecycle.check_segment_grid('[]', 'R,F', 2);
SELECT * FROM lifecycle.check_segment_grid('[]', 'R,FM', 1);
SELECT * FROM lifecycle.check_segment_grid('[]', 'R,FM', 10);
\set VERBOSITY default

-- the check in plain SQL: a class is one of regular expressions too. 200 random sets of rules
SELECT setseed(0.4);
CREATE TEMP TABLE draft AS
    SELECT g, i, chr(97 + (random() * 5)::int) AS name, (random() * 2)::int AS priority,
        ARRAY(SELECT string_agg(CASE (random() * 3)::int WHEN 0 THEN '*' WHEN 1 THEN (1 + (random() * (g % 3 + 1))::int)::text ELSE format('[%s-%s]', l, l + ((g % 3 + 2 - l) * random())::int) END, '' ORDER BY p)
              FROM generate_series(1, 1 + (random() * 2)::int + i * 0) AS c, generate_series(1, 2 + g % 2) AS p, LATERAL (SELECT 1 + (random() * (g % 3 + 1) + p * 0 + c * 0)::int AS l) AS low GROUP BY c) AS cells
    FROM generate_series(1, 200) AS g, generate_series(1, 6) AS i;
CREATE TEMP TABLE by_check AS SELECT g, problem, cell, ARRAY(SELECT unnest(names) ORDER BY 1) AS names FROM (SELECT g, jsonb_agg(d) AS rules FROM draft AS d GROUP BY g) AS d, lifecycle.check_segment_grid(rules, CASE g % 2 WHEN 0 THEN 'R,FM' ELSE 'R,F,M' END, g % 3 + 2);
CREATE TEMP TABLE by_sql AS
WITH cell AS (SELECT g, r.d::text || f.d || coalesce(m.d::text, '') AS cell FROM generate_series(1, 200) AS g, generate_series(1, g % 3 + 2) AS r(d), generate_series(1, g % 3 + 2) AS f(d) LEFT JOIN generate_series(1, 4) AS m(d) ON true WHERE CASE g % 2 WHEN 0 THEN m.d = 1 ELSE m.d <= g % 3 + 2 END),
     cells AS (SELECT g, CASE g % 2 WHEN 0 THEN left(cell, 2) ELSE cell END AS cell FROM cell),
     matching AS (SELECT c.g, cell, d.i, d.name, rank() OVER (PARTITION BY c.g, cell ORDER BY priority) AS rank FROM cells AS c JOIN draft AS d ON d.g = c.g AND EXISTS (SELECT FROM unnest(cells) AS p WHERE cell ~ ('^' || replace(p, '*', '.') || '$'))),
     winners AS (SELECT g, cell, array_agg(name ORDER BY name) AS names FROM matching WHERE rank = 1 GROUP BY g, cell)
SELECT g, 'overlap' AS problem, cell, names FROM winners WHERE cardinality(names) > 1
UNION ALL SELECT g, 'hole', cell, '{}' FROM cells WHERE (g, cell) NOT IN (SELECT g, cell FROM winners)
UNION ALL SELECT DISTINCT g, 'unreachable', NULL, ARRAY[name] FROM draft WHERE (g, name) NOT IN (SELECT g, unnest(names) FROM winners);
SELECT problem, count(*) > 100 AS many FROM by_sql GROUP BY problem ORDER BY problem;
SELECT count(*) AS differ FROM ((TABLE by_check EXCEPT ALL TABLE by_sql) UNION ALL (TABLE by_sql EXCEPT ALL TABLE by_check)) AS d;

-- real orders: segments by every preset against plain SQL
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE histories AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
CREATE TEMP TABLE scores AS SELECT grid, dimensions, customer_id, rfm_score(h, breaks, '1998-07-01') AS score FROM lifecycle.segment_grid, histories, (SELECT bins, rfm_breaks(h, '1998-07-01', bins) AS breaks FROM histories, unnest(ARRAY[3, 5]) AS bins GROUP BY bins) AS b WHERE preset AND b.bins = segment_grid.bins;
SELECT grid, count(*), count(DISTINCT segment) AS segments, bool_and(segment = plain) AS same
FROM (SELECT s.*, rfm_segment(score, grid) AS segment, (
        SELECT name FROM lifecycle.segment_rule AS r, unnest(cells) AS p
        WHERE r.grid = s.grid AND concat((score).recency, CASE dimensions WHEN 'R,FM' THEN round(((score).frequency + (score).monetary) / 2.0)::text ELSE concat((score).frequency, (score).monetary) END) ~ ('^' || replace(p, '*', '.') || '$')
        ORDER BY priority LIMIT 1) AS plain
    FROM scores AS s) AS t
GROUP BY grid ORDER BY grid COLLATE "C";
-- and in parallel workers
SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET max_parallel_workers_per_gather = 2; SET parallel_leader_participation = off;
CREATE TABLE segment_grid_scores AS SELECT (score).recency AS r, (score).frequency AS f, (score).monetary AS m FROM scores WHERE grid = 'rfm_125';
ANALYZE segment_grid_scores;
EXPLAIN (COSTS OFF) SELECT count(*) FROM segment_grid_scores WHERE rfm_segment(r, f, m, 'rfm_125') = 'Loyal';
SELECT count(*), (SELECT count(*) FROM scores WHERE grid = 'rfm_125' AND rfm_segment(score, grid) = 'Loyal') FROM segment_grid_scores WHERE rfm_segment(r, f, m, 'rfm_125') = 'Loyal';
RESET min_parallel_table_scan_size; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET max_parallel_workers_per_gather; RESET parallel_leader_participation;
DROP TABLE segment_grid_scores;

-- what led to a segment, and what would lift the customer: recency at 180 and 365 days, frequency at 1 and 2, spend at 50 and 200
\set breaks '''{"bins": 3, "recency_days": [180, 365], "frequency": [1, 2], "monetary": [50, 200]}'''
SELECT dimension, value, score, above, up_to, cell, segment, rule_cells, rule_priority FROM explain_segment('{2024-01-01 40}', :breaks, 'rfm_27', '2024-08-01');
SELECT dimension, next_score, next_needs, next_segment, lift_score, lift_needs, lift_segment FROM explain_segment('{2024-01-01 40}', :breaks, 'rfm_27', '2024-08-01');
-- on a threshold, just before it and just after it
SELECT days, spend, dimension, value, score, next_needs FROM (VALUES (180, 50.0000), (181, 50.0001), (180, 200), (365, 199.9999), (366, -5)) AS t(days, spend), explain_segment(CASE WHEN spend < 0 THEN '{2024-01-01 0, 2024-01-01 -5}' ELSE format('{2024-01-01 %s}', spend) END::purchase_history, :breaks, 'rfm_27', '2024-01-01'::timestamptz + days * interval '1 day') WHERE dimension <> 'frequency';
-- the best there is; no purchase; NULL
SELECT dimension, score, above, up_to, segment, next_score, lift_score FROM explain_segment('{2024-01-01 100, 2024-01-02 100, 2024-01-03 1}', :breaks, 'rfm_27', '2024-01-04');
SELECT count(*) FROM (VALUES (NULL::purchase_history), ('{}'), ('{2024-01-01 -5}'), ('{2024-07-01 5}')) AS t(h), explain_segment(h, :breaks, 'rfm_27', '2024-06-01');
SELECT count(*) FROM explain_segment('{2024-01-01 5}', NULL, 'rfm_27', '2024-06-01');
SELECT count(*) FROM explain_segment('{2024-01-01 5}', :breaks, NULL, '2024-06-01');
SELECT count(*) FROM explain_segment('{2024-01-01 5}', :breaks, 'rfm_27');
SELECT * FROM explain_segment('{2024-01-01 5}', :breaks, 'rfm_25', '2024-06-01');
\set VERBOSITY sqlstate
SELECT * FROM explain_segment('{2024-01-01 5}', :breaks, 'rfm_72', '2024-06-01');
SELECT * FROM explain_segment('{2024-01-01 5}', :breaks, 'rfm_27', NULL);
SELECT * FROM explain_segment('{2024-01-01 5}', :breaks, 'rfm_27', 'infinity');
\set VERBOSITY default
-- days are of 24 hours, also across a change of the clocks
SET TimeZone = 'Europe/Berlin';
SELECT at, value, score FROM unnest(ARRAY['2024-04-08 12:59:59.999999+02', '2024-04-08 13:00+02', '2024-04-09 12:59:59.999999+02', '2024-04-09 13:00+02']::timestamptz[]) AS at, explain_segment('{2024-03-30T11:00:00Z 5}', '{"bins": 3, "recency_days": [8, 9], "frequency": [1, 2], "monetary": [50, 200]}', 'rfm_27', at) WHERE dimension = 'recency';
SET TimeZone = 'UTC';

-- every step that is named is true, and with one purchase, one 0.0001 or one day less it is not
CREATE TEMP TABLE explained AS SELECT grid, customer_id, h, breaks, e.* FROM (SELECT grid, bins FROM lifecycle.segment_grid WHERE grid IN ('rfm_25', 'rfm_125', 'rfm_27')) AS g JOIN (SELECT bins, rfm_breaks(h, '1998-07-01', bins) AS breaks FROM histories, unnest(ARRAY[3, 5]) AS bins GROUP BY bins) AS b USING (bins), histories, explain_segment(h, breaks, grid, '1998-07-01') AS e WHERE customer_id % 7 = 0;
CREATE FUNCTION pg_temp.moved(h purchase_history, dimension text, needs numeric) RETURNS purchase_history LANGUAGE sql AS $$
    SELECT purchase_history(at, amount) FROM (
        SELECT purchased_at AS at, amount + CASE WHEN dimension = 'monetary' AND row_number() OVER (ORDER BY purchased_at DESC) = 1 THEN needs ELSE 0 END AS amount FROM purchases(h)
        UNION ALL SELECT last_purchase(h), 0 FROM generate_series(1, needs) WHERE dimension = 'frequency') AS t $$;
CREATE FUNCTION pg_temp.there(e explained, needs numeric) RETURNS rfm_triple LANGUAGE sql AS $$
    SELECT rfm_score(pg_temp.moved((e).h, (e).dimension, needs), (e).breaks, '1998-07-01'::timestamptz - CASE (e).dimension WHEN 'recency' THEN needs ELSE 0 END * interval '1 day') WHERE needs IS NOT NULL $$;
SELECT dimension, count(*), bool_and(rfm_segment(pg_temp.there(e, 0), grid) = segment) AS here, count(next_score) AS steps, bool_and((to_jsonb(pg_temp.there(e, next_needs)) ->> dimension)::int = next_score) AS next, bool_and((to_jsonb(pg_temp.there(e, next_needs - unit)) ->> dimension)::int = score) AS not_before, bool_and(rfm_segment(pg_temp.there(e, next_needs), grid) = next_segment) AS next_segment,
       count(lift_score) AS lifts, bool_and(rfm_segment(pg_temp.there(e, lift_needs), grid) = lift_segment AND lift_segment <> segment) AS lift, bool_and(rfm_segment(pg_temp.there(e, lift_needs - unit), grid) = segment) AS not_lifted_before
FROM explained AS e, LATERAL (SELECT CASE dimension WHEN 'monetary' THEN 0.0001 ELSE 1 END AS unit) AS u GROUP BY dimension ORDER BY dimension;

DELETE FROM lifecycle.segment_grid WHERE grid = 'mine';
SELECT count(*) FROM lifecycle.segment_rule WHERE grid = 'mine';
