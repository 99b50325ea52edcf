-- who renews a contract: fits of survival curves, of customers and of histories of payments, and the type
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

\set sbg `cat "$PG_ABS_SRCDIR/../data/sbg_reference.json"`
CREATE FUNCTION pg_temp.close(value float8, reference float8, tolerance float8) RETURNS boolean LANGUAGE sql AS
    'SELECT coalesce(abs(value - reference) <= tolerance * abs(reference), false)';
-- every number of a reference, and no number beside them
CREATE FUNCTION pg_temp.agrees(fitted jsonb, reference jsonb, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT count(*) > 0 AND bool_and(pg_temp.close(f.value::float8, r.value::float8, tolerance)) FROM jsonb_each_text(fitted) AS f
    FULL JOIN jsonb_each_text(reference) AS r USING (key)
$$;

-- cohorts of 1,000 customers over twelve years, of which the first seven are fitted
CREATE TEMP TABLE cohorts AS SELECT name, r, (SELECT array_agg((10 * percent::numeric)::bigint ORDER BY t)
       FROM jsonb_array_elements_text(r -> 'survivors_percent') WITH ORDINALITY AS e(percent, t)) AS active
    FROM jsonb_each(:'sbg') AS j(name, r) WHERE name IN ('high_end', 'regular');
SELECT name, active FROM cohorts ORDER BY name;
CREATE TEMP TABLE fits AS SELECT name, r, active[:8] AS active, renewal_model(active[:8])::jsonb AS fit FROM cohorts GROUP BY name, r, active;
SELECT name, fit ->> 'status' AS status, pg_temp.agrees(fit -> 'params', r -> 'params', 1e-6) AS params,
       coalesce((fit ->> 'log_likelihood')::float8 - (r ->> 'loglik_n1000')::float8 BETWEEN -1e-9 AND 1e-6, false) AS log_likelihood,
       pg_temp.agrees(fit -> 'standard_errors', (r -> 'se') - 'corr', 1e-4) AS standard_errors,
       pg_temp.close((fit #>> '{covariance,0,1}')::float8 / sqrt((fit #>> '{covariance,0,0}')::float8 * (fit #>> '{covariance,1,1}')::float8), (r #>> '{se,corr}')::float8,
       1e-4) AS correlation,
       pg_temp.close((fit #>> '{covariance,0,0}')::float8, (fit #>> '{standard_errors,alpha}')::float8 ^ 2, 1e-9)
       AND pg_temp.close((fit #>> '{covariance,1,1}')::float8, (fit #>> '{standard_errors,beta}')::float8 ^ 2, 1e-9) AS squares,
       fit #>> '{covariance,0,1}' = fit #>> '{covariance,1,0}' AS symmetric,
       (fit ->> 'gradient_norm')::float8 < 1e-8 AS flat, (fit ->> 'iterations')::int > 0 AS iterations, fit -> 'customers' AS customers, fit -> 'lost' AS lost,
       (fit ->> 'renewals')::int = (SELECT sum(n) FROM unnest(active[:7]) AS n) AS renewals, fit -> 'note' AS note, fit -> 'as_of' AS as_of FROM fits ORDER BY name \gx
-- what a model carries
SELECT string_agg(key, ', ' ORDER BY key) AS keys, fit ->> 'model' AS model, fit ->> 'version' = (SELECT extversion FROM pg_extension WHERE extname = 'pg_lifecycle') AS version
       FROM fits, jsonb_object_keys(fit) AS key WHERE name = 'regular' GROUP BY fit;
-- Fader and Hardie (2007), to the last printed digit
SELECT name, key, printed, round(coalesce(fit -> 'params' ->> key, fit ->> 'log_likelihood')::numeric, scale(printed::numeric)) = printed::numeric AS same FROM fits,
       jsonb_each_text(r -> 'published') AS e(key, printed) ORDER BY name, key;

-- the same fit from customers who made so many renewals and then left or are still there, from weights, and from cohorts of any length
CREATE TEMP TABLE customers AS SELECT name, t - 1 AS renewals, t = 8 AS active, active[t] - CASE t WHEN 8 THEN 0 ELSE active[t + 1] END AS n FROM fits,
       generate_series(1, 8) AS t;
SELECT name, n_customers, by_weight = fit AS by_weight, by_customer = fit AS by_customer, by_year = fit AS by_year FROM fits
JOIN (SELECT name, sum(n) AS n_customers, renewal_model(renewals, active, n)::jsonb AS by_weight FROM customers GROUP BY name) AS w USING (name)
JOIN (SELECT name, renewal_model(renewals, active)::jsonb AS by_customer FROM customers, generate_series(1, n) GROUP BY name) AS c USING (name)
JOIN (SELECT name, renewal_model(CASE WHEN t < 8 THEN array_fill(n, ARRAY[t]) || 0::bigint ELSE array_fill(n, ARRAY[8]) END)::jsonb AS by_year
       FROM (SELECT name, renewals + 1 AS t, n FROM customers) AS c GROUP BY name) AS y USING (name) ORDER BY name;
-- both cohorts together are one base; a cohort without a renewal, an empty one and NULL are nothing to it
SELECT renewal_model(active)::text = (SELECT renewal_model(renewals, active, n)::text FROM customers) AS together FROM fits;
SELECT renewal_model(a)::jsonb = fit AS same FROM fits, unnest(ARRAY[1, 2, 3, 4]) AS i,
       LATERAL (SELECT CASE i WHEN 1 THEN active WHEN 2 THEN '{5000}' WHEN 3 THEN '{}' END AS a) AS a WHERE name = 'regular' GROUP BY fit;
SELECT renewal_model(renewals, c.active, n)::jsonb = fit AS same FROM (SELECT renewals, active, n FROM customers WHERE name = 'regular' UNION ALL VALUES (NULL, true, 1000),
       (1, NULL, 1000), (1, true, NULL), (1, true, 0), (0, true, 1000)) AS c, fits WHERE name = 'regular' GROUP BY fit;
-- in parallel the same, to the last byte
CREATE TABLE renewal_base AS SELECT name, renewals, active FROM customers, generate_series(1, n);
ANALYZE renewal_base;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT renewal_model(renewals, active) FROM renewal_base;
SELECT renewal_model(renewals, active)::text = (SELECT renewal_model(renewals, active, n)::text FROM customers) AS parallel FROM renewal_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
DROP TABLE renewal_base;

-- from histories of payments: 1,000 who began on 1 January 2015 and paid every year, on the day or up to three weeks late
CREATE TEMP TABLE payers AS SELECT i, renewals, purchase_history(make_timestamptz(2015 + y, 1, 1, 12, 0, 0), 99) AS h,
       purchase_history(make_timestamptz(2015 + y, 1, 1 + (i * y * 7 % 21)::int, 12, 0, 0), 99) AS late
    FROM (SELECT row_number() OVER (ORDER BY renewals) AS i, renewals FROM customers, generate_series(1, n) WHERE name = 'regular') AS c, generate_series(0, renewals) AS y
    GROUP BY i, renewals;
SELECT renewal_model(h, '2022-06-30', '1 year')::jsonb = fit || '{"as_of": "2022-06-30T00:00:00Z"}' AS on_the_day,
       renewal_model(late, '2022-06-30', '1 year', '30 days')::jsonb = fit || '{"as_of": "2022-06-30T00:00:00Z"}' AS late,
       renewal_model(h, '2022-06-30', '1 year', '0 days')::text = renewal_model(h, '2022-06-30', '1 year')::text AS no_grace FROM payers, fits WHERE name = 'regular'
       GROUP BY fit;
-- a year before, from the same histories: the curve up to the sixth renewal
SELECT renewal_model(h, '2021-06-30', '1 year')::jsonb - 'as_of' = (SELECT renewal_model(active[:7])::jsonb - 'as_of' FROM fits WHERE name = 'regular') AS a_year_before
       FROM payers;
SELECT renewal_model(h, '2021-06-30', '1 year')::text = renewal_model(until(h, '2021-06-30'), '2021-06-30', '1 year')::text AS as_then FROM payers;
-- the contract runs to the last payment + period + grace, the instant included; by the calendar, so that a month from 31 January is over in
-- February. Several payments on one day are one, a refund is none, and neither is one after as_of
SELECT as_of, grace, m -> 'renewals' AS renewals, m -> 'lost' AS lost
FROM (SELECT '{2024-01-01T08:00:00Z 5, 2024-01-31T08:00:00Z 5, 2024-01-31T09:00:00Z 5, 2024-02-20 -5, 2024-06-01 5}'::purchase_history AS h) AS h,
       (VALUES ('2024-02-29 09:00'::timestamptz, '0 days'::interval), ('2024-02-29 09:00:00.000001', '0 days'), ('2024-02-29 09:00:00.000001', '1 day'),
       ('2024-03-01 09:00', '1 day'), ('2024-03-01 09:00:00.000001', '1 day'), ('2024-05-29 09:00', '3 months'), ('2024-06-01', '0 days'), ('2024-07-02', '0 days')) AS v(as_of, grace),
       LATERAL (SELECT renewal_model(same, as_of, '1 month', grace)::jsonb AS m FROM (SELECT h AS same FROM generate_series(1, 20)) AS s) AS f ORDER BY as_of, grace;
-- in the session's days; who has not paid is no customer
SET TimeZone = 'Asia/Tokyo';
SELECT renewal_model(h, '2024-06-01', '1 month')::jsonb ->> 'renewals' AS tokyo FROM (SELECT '{2024-01-01T14:30:00Z 5, 2024-01-01T15:30:00Z 5}'::purchase_history AS h
       FROM generate_series(1, 10)) AS t;
SET TimeZone = 'UTC';
SELECT renewal_model(h, '2024-06-01', '1 month')::jsonb ->> 'renewals' AS utc FROM (SELECT '{2024-01-01T14:30:00Z 5, 2024-01-01T15:30:00Z 5}'::purchase_history AS h
       FROM generate_series(1, 10)) AS t;
SELECT renewal_model(h, '2024-06-01', '1 month')::jsonb -> 'customers' AS customers FROM unnest(ARRAY[NULL, '{}', '{2024-01-01 -5}', '{2024-07-01 5}',
       '{2024-01-01 5}']::purchase_history[]) AS h;

-- bases without a maximum end in words, and their models are read all the same
SELECT name, m ->> 'status' AS status, m ->> 'note' AS note, m -> 'customers' AS customers, m -> 'lost' AS lost, jsonb_typeof(m -> 'params') AS params,
       jsonb_typeof(m -> 'standard_errors') AS errors, round(renewal_rate(m::renewal_model, 1)::numeric, 4) AS first_rate,
       round(expected_lifetime(m::renewal_model)::numeric, 4) AS lifetime
FROM (SELECT name, renewal_model(curve)::jsonb AS m FROM (VALUES ('nobody', '{}'::bigint[]), ('only begun', '{500}'), ('too few', '{9,5,2}'), ('enough', '{10,5,4,3,3}'),
       ('nobody lost', '{100,100,100,100}'), ('everyone lost', '{100,0,0}'), ('everyone in the end', '{100,60,30,0}'), ('one renewal', '{100,80}'),
       ('the same rate', '{1000000,850000,722500,614125}'), ('first or never', '{1000,700,700,700}')) AS v(name, curve) GROUP BY name) AS t ORDER BY name;
SELECT renewal_model(NULL::bigint[])::jsonb ->> 'status' AS null_curve, renewal_model(1, true) FILTER (WHERE false) AS no_rows;
SELECT renewal_model(renewals, active)::jsonb ->> 'status' AS status FROM (VALUES (1, true), (NULL, true), (2, NULL), (0, true)) AS v(renewals, active);

-- written by hand: there and back the same by text, jsonb and the wire; equal, unequal, hashed
CREATE TEMP TABLE by_hand (i int, m renewal_model);
INSERT INTO by_hand VALUES (1, '{"params": {"alpha": 0.668, "beta": 3.806}}'), (2, '{"model": "sbg", "params": {"beta": 3.806, "alpha": 0.668}}'),
       (3, '{"params": {"alpha": 2.5, "beta": 6}}'), (4, '{"params": null}');
INSERT INTO by_hand SELECT 5, fit::renewal_model FROM fits WHERE name = 'regular';
SELECT i, m::jsonb ->> 'model' AS model, m::jsonb -> 'params' AS params FROM by_hand WHERE i < 5 ORDER BY i;
CREATE TEMP TABLE returned (LIKE by_hand);
\copy by_hand TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/renewal"' (FORMAT binary)
\copy returned FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/renewal"' (FORMAT binary)
SELECT count(*), bool_and(by_hand.m = returned.m) AS by_wire, bool_and(by_hand.m::text::renewal_model = by_hand.m) AS by_text,
       bool_and(by_hand.m::jsonb::renewal_model::jsonb = by_hand.m::jsonb) AS by_jsonb FROM by_hand JOIN returned USING (i);
SELECT a.i AS a, b.i AS b FROM by_hand AS a JOIN by_hand AS b ON a.m = b.m AND a.i < b.i;
SELECT count(*) AS groups, (SELECT count(*) FROM by_hand AS a JOIN by_hand AS b ON a.m <> b.m) AS unequal FROM (SELECT m FROM by_hand GROUP BY m) AS g;

-- what is no model
SELECT ''::renewal_model;
SELECT '{"params": {"alpha": 0.668}}'::renewal_model;
SELECT '{"params": {"alpha": 0.668, "beta": 0}}'::renewal_model;
SELECT '{"model": "bg/bb", "params": {"alpha": 0.668, "beta": 3.806}}'::renewal_model;
\set VERBOSITY sqlstate
SELECT '{}'::renewal_model;
SELECT '[]'::jsonb::renewal_model;
SELECT 'null'::jsonb::renewal_model;
SELECT '{"params": {"alpha": "0.668", "beta": 3.806}}'::renewal_model;
SELECT '{"params": {"alpha": 0.668, "beta": 1e400}}'::renewal_model;
SELECT '{"params": {"alpha": 0.668, "beta": 3.806, "gamma": 1}}'::renewal_model;
SELECT '{"params": {"alpha": 0.668, "beta": 3.806}, "period": "1 year"}'::renewal_model;
SELECT '{"params": {"alpha": 0.668, "alpha": 0.668, "beta": 3.806}}'::renewal_model;
SELECT '{"params": {"alpha": 0.668, "beta": 3.806}} x'::renewal_model;
SELECT '{"params": {"alpha": -0.668, "beta": 3.806}}'::jsonb::renewal_model;
\set VERBOSITY default

-- bad arguments
SELECT renewal_model('{100,80,81,40}'::bigint[]);
SELECT renewal_model('{{100,50},{40,30}}'::bigint[]);
SELECT renewal_model('{100,NULL,80}'::bigint[]);
SELECT renewal_model('{100,80,-1}'::bigint[]);
SELECT renewal_model(-1, true);
SELECT renewal_model(1, true, -1);
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', '0 days');
SELECT renewal_model(h, '2024-06-01', CASE i WHEN 5 THEN '1 year' ELSE '1 month' END::interval)
       FROM (SELECT i, '{2024-01-01 5}'::purchase_history AS h FROM generate_series(1, 10) AS i) AS t;
SELECT renewal_model(h, '2024-06-01', '1 month', CASE i WHEN 5 THEN '1 day' ELSE '2 days' END::interval)
       FROM (SELECT i, '{2024-01-01 5}'::purchase_history AS h FROM generate_series(1, 10) AS i) AS t;
SELECT renewal_model(h, CASE i WHEN 5 THEN '2024-06-02' ELSE '2024-06-01' END::timestamptz, '1 month')
       FROM (SELECT i, '{2024-01-01 5}'::purchase_history AS h FROM generate_series(1, 10) AS i) AS t;
\set VERBOSITY sqlstate
SELECT renewal_model(5000000000, true);
SELECT renewal_model(1.5, true);
SELECT renewal_model(1, true, 0.5);
SELECT renewal_model(1, true, 'NaN');
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', '-1 month');
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', '1 month', '-2 months');
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', '2 months', '-1 month');
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', '-1 month', '2 months');
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', '9000 years');
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', NULL);
SELECT renewal_model('{2024-01-01 5}'::purchase_history, '2024-06-01', '1 month', NULL);
SELECT renewal_model('{2024-01-01 5}'::purchase_history, NULL, '1 month');
SELECT renewal_model('{2024-01-01 5}'::purchase_history, 'infinity', '1 month');
SELECT renewal_model(NULL::purchase_history, NULL, '1 month');
\set VERBOSITY default
