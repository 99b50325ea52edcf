-- a book of contracts over the years
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)
\set sbg `cat "$PG_ABS_SRCDIR/../data/sbg_reference.json"`
CREATE FUNCTION pg_temp.close(value float8, reference float8) RETURNS boolean LANGUAGE sql AS 'SELECT coalesce(abs(value - reference) <= 1e-9 * greatest(abs(reference), 1), value IS NULL AND reference IS NULL)';

-- every figure of the reference: 100,000 of new business a year at 85 %, and renewed as the high-end customers of Fader and Hardie (2007)
CREATE TEMP TABLE models AS SELECT name, jsonb_build_object('params', jsonb_build_object('alpha', (r #>> '{params,alpha}')::numeric, 'beta', (r #>> '{params,beta}')::numeric))::renewal_model AS m
       FROM jsonb_each(:'sbg') AS j (name, r) WHERE name IN ('high_end', 'regular');
CREATE TEMP TABLE books AS SELECT 'constant_85' AS name, p.* FROM renewal_projection(100000, 0.85, 15) AS p
       UNION ALL SELECT 'sbg_high_end', p.* FROM models, renewal_projection(100000, m, 15) AS p WHERE name = 'high_end';
SELECT name, count(*), bool_and(pg_temp.close(new_business, (r ->> 'new')::float8)) AS new, bool_and(pg_temp.close(renewed, (r ->> 'carried_over')::float8)) AS renewed, bool_and(pg_temp.close(lost_renewals, (r ->> 'lost')::float8)) AS lost,
       bool_and(pg_temp.close(total, (r ->> 'total')::float8)) AS total, bool_and(pg_temp.close(100 * growth, (r ->> 'growth_percent')::float8)) AS growth,
       bool_and(pg_temp.close(100 * lost_renewals / lag, (r ->> 'lost_percent_of_previous')::float8)) AS lost_percent
FROM (SELECT *, lag(total) OVER (PARTITION BY name ORDER BY year) AS lag FROM books) AS b
FULL JOIN (SELECT name, r, (r ->> 'year')::int AS year FROM jsonb_each(:'sbg'::jsonb -> 'book_growth') AS j (name, rows), jsonb_array_elements(CASE jsonb_typeof(rows) WHEN 'array' THEN rows ELSE '[]' END) AS r) AS golden USING (name, year) GROUP BY name ORDER BY name;
-- the story: 85 % in year 2, 39 %, 24 %, ... under 2 % in year 15, when the lost renewals nearly equal the new business
SELECT year, round(renewed) AS renewed, round(lost_renewals) AS lost, round(total) AS total, round(100 * growth::numeric, 1) AS percent FROM books WHERE name = 'constant_85' ORDER BY year;
SELECT pg_temp.close(total, (:'sbg'::jsonb #>> '{book_growth,constant_steady_state_total}')::float8) AS settles FROM renewal_projection(100000, 0.85, 300) WHERE year = 300;

-- against plain SQL: the survivors of all cohorts, each as old as it is
SELECT rate, count(*), bool_and(pg_temp.close(total, (SELECT 250.5 * sum(CASE k WHEN 0 THEN 1 ELSE rate ^ k END) FROM generate_series(0, year - 1) AS k))) AS total, bool_and(pg_temp.close(renewed, total - new_business)) AS renewed,
       bool_and(pg_temp.close(lost_renewals, lag - renewed)) AS lost, bool_and(pg_temp.close(growth, total / lag - 1)) AS growth, bool_and(pg_temp.close(renewed, rate * lag)) AS of_the_book
FROM (SELECT rate, p.*, lag(total) OVER (PARTITION BY rate ORDER BY year) AS lag FROM unnest(ARRAY[0, 0.1, 0.5, 0.85, 0.999, 1]::float8[]) AS rate, renewal_projection(250.5, rate, 40) AS p) AS s WHERE year > 1 GROUP BY rate ORDER BY rate;
SELECT name, count(*), bool_and(pg_temp.close(total, (SELECT 1000 * sum(survival(m, k)) FROM generate_series(0, year - 1) AS k))) AS total, bool_and(pg_temp.close(renewed, total - new_business)) AS renewed,
       bool_and(pg_temp.close(lost_renewals, lag - renewed)) AS lost, bool_and(pg_temp.close(growth, total / lag - 1)) AS growth
FROM (SELECT name, m, p.*, lag(total) OVER (PARTITION BY name ORDER BY year) AS lag FROM models, renewal_projection(1000, m, 40) AS p) AS s WHERE year > 1 GROUP BY name ORDER BY name;
-- what a point more of renewal is worth after ten years
SELECT rate, round(total) AS total, round(lead(total) OVER (ORDER BY rate) - total) AS worth FROM generate_series(0.80, 0.90, 0.01) AS rate, renewal_projection(100000, rate, 10) WHERE year = 10 ORDER BY rate;
-- by channel, with the model fitted to its own customers
SELECT channel, round(total) AS total FROM (SELECT channel, renewal_model(n) AS m FROM (VALUES ('web', ARRAY[1000, 869, 743, 653, 593, 551, 517, 491]::bigint[]), ('store', ARRAY[1000, 631, 468, 382, 326, 289, 262, 241])) AS v (channel, n) GROUP BY channel) AS fits, renewal_projection(100, m, 10) WHERE year = 10 ORDER BY channel;

-- the ends: nothing is renewed, all is, nothing comes; no rows with a NULL, or with a model that could not be fitted
SELECT rate, p.* FROM unnest(ARRAY[0, 1]) AS rate, renewal_projection(10, rate, 3) AS p ORDER BY rate, year;
SELECT * FROM renewal_projection(0, 0.85, 2);
SELECT * FROM renewal_projection(5, '{"params": {"alpha": 1, "beta": 1}}'::renewal_model, 1);
SELECT count(*) FROM (SELECT renewal_projection(NULL, 0.85, 2) UNION ALL SELECT renewal_projection(1, NULL::float8, 2) UNION ALL SELECT renewal_projection(1, 0.85, NULL) UNION ALL SELECT renewal_projection(1, NULL::renewal_model, 2)
       UNION ALL SELECT renewal_projection(1, '{"params": null}'::renewal_model, 2)) AS s;
SELECT count(*), max(year) FROM renewal_projection(1, 0.85, 10000);
-- called in turn for several rows, and stopped early
SELECT name, (renewal_projection(100, m, 2)).total FROM models ORDER BY name, total;
SELECT year FROM renewal_projection(1, 0.85, 10000) LIMIT 1;

-- bad arguments
SELECT * FROM renewal_projection(100, 1.01, 2);
SELECT * FROM renewal_projection(-1, 0.85, 2);
SELECT * FROM renewal_projection(100, 0.85, 0);
SELECT * FROM renewal_projection(100, 0.85, 10001);
SELECT * FROM renewal_projection(1e308, 0.85, 3);
\set VERBOSITY sqlstate
SELECT * FROM renewal_projection(100, -0.01, 2);
SELECT * FROM renewal_projection(100, 'NaN', 2);
SELECT * FROM renewal_projection('NaN', 0.85, 2);
SELECT * FROM renewal_projection('Infinity', 0.85, 2);
SELECT * FROM renewal_projection(100, 0.85, -1);
SELECT * FROM renewal_projection(100, 0.85, 2147483647);
SELECT * FROM renewal_projection(1e308, 0.85, 3);
SELECT * FROM renewal_projection(-1, '{"params": {"alpha": 1, "beta": 1}}'::renewal_model, 2);
SELECT * FROM renewal_projection(100, '{"params": {"alpha": 1}}'::renewal_model, 2);
\set VERBOSITY default
