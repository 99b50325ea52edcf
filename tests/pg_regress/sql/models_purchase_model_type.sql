-- models of purchases: the type
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- written by hand from a paper: every model, and what is read back
CREATE TEMP TABLE by_hand (i int, m purchase_model);
INSERT INTO by_hand VALUES
    (1, '{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}'),
    (2, '{"params": {"b": 1.614, "a": 0.891, "alpha": 6.183, "r": 0.525}, "unit": "7 days", "model": "mbg/nbd"}'),
    (3, '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 2}, "unit": "1 week"}'),
    (4, '{"model": "mbg/cnbd-k", "params": {"k": 12, "r": 1.33, "alpha": 2.81, "a": 0.42, "b": 0.79}, "unit": "1 day"}'),
    (5, '{"model": "pareto/nbd", "params": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, "unit": "12 hours"}'),
    (6, '{"model": "NBD", "params": {"r": 0.385, "alpha": 12.072}}'),
    (7, '{"model": "bg/bb", "params": {"alpha": 1.204, "beta": 0.75, "gamma": 0.657, "delta": 2.783}, "unit": "365 days"}'),
    (8, '{"model": "bg/nbd", "params": null}'),
    (9, '{"model": "mbg/nbd", "params": {"r": 0.525, "alpha": 6.183, "a": 0, "b": 1}}');
SELECT i, m::jsonb ->> 'model' AS model, m::jsonb -> 'params' AS params, m::jsonb ->> 'unit' AS unit FROM by_hand ORDER BY i;
-- there and back the same, by text, jsonb and the wire
SELECT bool_and(m::text::purchase_model = m) AS by_text, bool_and(m::jsonb::purchase_model = m) AS by_jsonb FROM by_hand;
CREATE TEMP TABLE returned (LIKE by_hand);
\copy by_hand TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/model"' (FORMAT binary)
\copy returned FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/model"' (FORMAT binary)
SELECT count(*), bool_and(by_hand.m = returned.m) AS by_wire FROM by_hand JOIN returned USING (i);
-- equal, unequal, hashed
SELECT a.m = b.m AS equal, a.m <> b.m AS unequal, count(*) FROM by_hand AS a CROSS JOIN by_hand AS b WHERE a.i <> b.i OR a.i = 1 GROUP BY 1, 2 ORDER BY 1;
SELECT '{"model": "nbd", "params": {"r": 1, "alpha": 2}}'::purchase_model = '{"params": {"r": 1.0, "alpha": 2.0}, "unit": "1 week", "model": "nbd"}' AS same_numbers, '{"model": "nbd", "params": {"r": 1, "alpha": 2}}'::purchase_model = '{"model": "nbd", "params": {"r": 1, "alpha": 2}, "unit": "1 day"}' AS other_unit,
       '{"model": "nbd", "params": {"r": 1, "alpha": 2}}'::purchase_model = NULL AS null_model;
SELECT count(*) AS groups, sum(n) AS rows FROM (SELECT m, count(*) AS n FROM (SELECT m FROM by_hand UNION ALL SELECT m FROM returned) AS t GROUP BY m) AS g;
SELECT count(*) FROM (SELECT DISTINCT m FROM (SELECT m FROM by_hand UNION ALL SELECT m FROM returned) AS t) AS d;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) AS joined_by_hash FROM by_hand AS a JOIN returned AS b USING (m);
RESET enable_mergejoin; RESET enable_nestloop;

-- what is no model
SELECT ''::purchase_model;
SELECT '{"model": "bgnbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}}'::purchase_model;
SELECT '{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.243, "alpha": 4.414, "s": 0.793}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.243, "r": 0.243, "alpha": 4.414}}'::purchase_model;
SELECT '{"model": "pareto/nbd", "params": {"r": 0.553, "alpha": 10.578, "s": -0.606, "beta": 11.669}}'::purchase_model;
SELECT '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79}}'::purchase_model;
SELECT '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 13}}'::purchase_model;
SELECT '{"model": "bg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 1.5}}'::purchase_model;
SELECT '{"model": "bg/nbd", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 2}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "1 month"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "color": "red"}'::purchase_model;
SELECT '{"model": "nbd"}'::purchase_model;
SELECT '{"params": {"r": 0.385, "alpha": 12.072}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": null}}'::purchase_model;
SELECT '{"model": "nbd", "params": [0.385, 12.072]}'::purchase_model;
\set VERBOSITY sqlstate
SELECT '{}'::purchase_model;
SELECT '[]'::jsonb::purchase_model;
SELECT 'null'::purchase_model;
SELECT 'null'::jsonb::purchase_model;
SELECT '"bg/nbd"'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}} x'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}'::purchase_model;
SELECT '{"model": null, "params": {"r": 0.385, "alpha": 12.072}}'::purchase_model;
SELECT '{"model": ["nbd"], "params": {"r": 0.385, "alpha": 12.072}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": "0.385", "alpha": 12.072}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 0}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 1e400}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 1e300}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": NaN}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": Infinity}}'::purchase_model;
SELECT '{"model": "nbd", "params": {}}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": null}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": 7}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "0 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "-7 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "1.5 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "unit": "99999999999999999999 days"}'::purchase_model;
SELECT '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}, "customers": -1}'::purchase_model;
SELECT '{"model": "mbg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": 0}}'::purchase_model;
SELECT '{"model": "mbg/cnbd-k", "params": {"r": 0.36, "alpha": 1.13, "a": 0.52, "b": 2.79, "k": null}}'::purchase_model;
SELECT '{"model": "bg/bb", "params": {"alpha": 1.204, "beta": 0.75, "gamma": 0.657, "delta": 0}}'::purchase_model;
SELECT repeat('[', 100000)::purchase_model;
SELECT ('{"model": "nbd", "params": ' || repeat('{"r": ', 100000))::purchase_model;
\set VERBOSITY terse
SELECT ('{"model": "' || repeat('x', 100000) || '"}')::purchase_model;
\set VERBOSITY default
