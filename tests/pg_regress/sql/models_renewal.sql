-- what a renewal model says: the two cohorts of Fader and Hardie (2007), the growth of a book, and lifetimes
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

\set sbg `cat "$PG_ABS_SRCDIR/../data/sbg_reference.json"`
CREATE FUNCTION pg_temp.close(value float8, reference float8, tolerance float8) RETURNS boolean LANGUAGE sql AS
    'SELECT coalesce(abs(value - reference) <= tolerance * abs(reference), false)';
-- cohorts of 1,000 customers over twelve years
CREATE TEMP TABLE cohorts AS SELECT name, r, (SELECT array_agg((10 * percent::numeric)::bigint ORDER BY t)
       FROM jsonb_array_elements_text(r -> 'survivors_percent') WITH ORDINALITY AS e(percent, t)) AS active
    FROM jsonb_each(:'sbg') AS j(name, r) WHERE name IN ('high_end', 'regular');
SELECT name, active FROM cohorts ORDER BY name;
-- every figure of the reference at its parameters, by the year, which runs from the cohort's start
CREATE TEMP TABLE models AS SELECT name, r, active, jsonb_build_object('params', jsonb_build_object('alpha', (r #>> '{params,alpha}')::numeric, 'beta',
       (r #>> '{params,beta}')::numeric))::renewal_model AS m FROM cohorts;
CREATE TEMP VIEW figures AS SELECT name, figure, year::int, reference::float8, CASE figure
        WHEN 'survival_percent' THEN 100 * survival(m, year::int)
        WHEN 'retention_rate' THEN renewal_rate(m, year::int)
        WHEN 'P_T' THEN survival(m, year::int - 1) - survival(m, year::int)
        WHEN 'holdout_abs_error_percent_points' THEN abs(100 * survival(m, year::int) - active[year::int + 1] / 10.0)
        -- stands right before a renewal, its payment being due now
        WHEN 'derl_before_renewal_d10' THEN residual_lifetime(m, year::int - 1, 0.1, true)
        -- has just paid, which is not counted
        WHEN 'derl_after_renewals_d10' THEN residual_lifetime(m, year::int, 0.1)
        -- and counted: who has made n renewals is like a new customer with beta + n
        WHEN 'del_residual_incl_now_d10' THEN expected_lifetime(jsonb_set(m::jsonb, '{params,beta}',
        to_jsonb((m::jsonb #>> '{params,beta}')::numeric + year::int))::renewal_model, 0.1) END AS value
    FROM models, jsonb_each(r) AS f(figure, by_year), jsonb_each_text(CASE jsonb_typeof(by_year) WHEN 'object' THEN by_year ELSE '{}' END) AS y(year, reference)
    WHERE figure NOT IN ('params', 'se', 'published', 'checks', 'actual_retention_rate');
SELECT name, figure, min(year), max(year), bool_and(pg_temp.close(value, reference, CASE figure WHEN 'holdout_abs_error_percent_points' THEN 1e-11 ELSE 1e-12 END)) AS same
       FROM figures GROUP BY name, figure ORDER BY name, figure;
SELECT name, pg_temp.close(expected_lifetime(m, 0.1), (r ->> 'del_d10')::float8, 1e-12) AS lifetime,
       pg_temp.close(1 - renewal_rate(m, 1), (r ->> 'mean_churn_theta')::float8, 1e-12) AS mean_churn FROM models ORDER BY name;
-- the rate rises because those who leave easily are gone: beside what the cohort did
SELECT name, year, round(active[year + 1] / active[year]::numeric, 3) = round((r -> 'actual_retention_rate' ->> year::text)::numeric, 3) AS counted,
       round(active[year + 1] / active[year]::numeric, 3) AS actual, round(renewal_rate(m, year)::numeric, 3) AS expected FROM models,
       unnest(ARRAY[1, 2, 7, 12]) AS year ORDER BY name, year;
-- by the definition: sums over all years to come, of which 1,000 are enough at 10 % a year
SELECT name, pg_temp.close(expected_lifetime(m), (SELECT sum(survival(m, t) / 1.1::float8 ^ t) FROM generate_series(0, 1000) AS t), 1e-12) AS lifetime,
       bool_and(pg_temp.close(residual_lifetime(m, n), (SELECT sum(survival(m, t) / survival(m, n) / 1.1::float8 ^ (t - n)) FROM generate_series(n + 1, 1000) AS t),
       1e-11)) AS residual,
       bool_and(pg_temp.close(residual_lifetime(m, n, before_renewal => true), 1.1 * residual_lifetime(m, n), 1e-12)) AS before FROM models, unnest(ARRAY[0, 1, 5, 12]) AS n
       GROUP BY name, m ORDER BY name;
-- the defaults, and the first year
SELECT name, expected_lifetime(m) = expected_lifetime(m, 0.1) AS rate, residual_lifetime(m, 3) = residual_lifetime(m, 3, 0.1, false) AS after, survival(m, 0) AS start,
       expected_lifetime(m, 0.1) - 1 = residual_lifetime(m, 0, 0.1) AS from_now FROM models ORDER BY name;

-- 100,000 new customers a year: the book at a constant 85 %, which all customers having the same rate come next to, and under sBG
CREATE TEMP TABLE book AS SELECT name, m, tolerance, year, 1e5 * sum(survival(m, year - 1)) OVER w AS total
       FROM (SELECT 'sbg_high_end' AS name, m, 1e-12::float8 AS tolerance FROM models WHERE models.name = 'high_end'
    UNION ALL SELECT 'constant_85', '{"params": {"alpha": 150000, "beta": 850000}}', 1e-4) AS v, generate_series(1, 15) AS year WINDOW w AS (PARTITION BY name ORDER BY year);
SELECT name, count(*), bool_and(pg_temp.close(total, (r ->> 'total')::float8, tolerance)) AS total,
       bool_and(total - 1e5 = (r ->> 'carried_over')::float8 OR pg_temp.close(total - 1e5, (r ->> 'carried_over')::float8, 10 * tolerance)) AS carried_over,
       bool_and(year = 1 OR pg_temp.close(before + 1e5 - total, (r ->> 'lost')::float8, 100 * tolerance)) AS lost,
       bool_and(year = 1 OR pg_temp.close(100 * (total / before - 1), (r ->> 'growth_percent')::float8, 100 * tolerance)) AS growth,
       bool_and(year = 1 OR pg_temp.close(100 * (before + 1e5 - total) / before, (r ->> 'lost_percent_of_previous')::float8, 100 * tolerance)) AS lost_percent
FROM (SELECT *, lag(total) OVER (PARTITION BY name ORDER BY year) AS before FROM book) AS b JOIN
       LATERAL jsonb_array_elements(:'sbg'::jsonb #> ARRAY['book_growth', name]) AS r ON (r ->> 'year')::int = year GROUP BY name ORDER BY name;
-- in the end it holds as many years' customers as a customer stays years; the sBG book never settles, for that is infinite
SELECT name, round(1e5 * expected_lifetime(m, 0)::numeric, -2) AS settles_at, round((:'sbg'::jsonb #>> '{book_growth,constant_steady_state_total}')::numeric, -2) AS reference
       FROM book WHERE year = 1 ORDER BY name;

-- Fader and Hardie (2010), table 3: the residual lifetime right before the n-th renewal. The second case prints alpha and beta to three
-- digits, 0.067 and 0.267, for a mean churn of 0.2 and a polarization of 0.75: that is 1/15 and 4/15, at which all digits agree
SELECT key, params, n, printed, round(residual_lifetime(m, n::int - 1, 0.1, true)::numeric, 2) = printed::numeric AS same,
       CASE params WHEN 'as printed' THEN pg_temp.close(residual_lifetime(m, n::int - 1, 0.1, true), computed::float8, 1e-12) END AS computed
FROM (SELECT key, c, params, jsonb_build_object('params', CASE params WHEN 'as printed' THEN c - '{derl_before_renewal_1_to_5,published,del_new}'::text[]
                                                ELSE '{"alpha": 0.0666666666666666667, "beta": 0.2666666666666666667}' END)::renewal_model AS m
      FROM jsonb_each(:'sbg'::jsonb -> 'published_derl_table3') AS j(key, c), unnest('{as printed,exact}'::text[]) AS params WHERE key = 'case2' OR params = 'as printed') AS t,
     jsonb_array_elements_text(c -> 'published') WITH ORDINALITY AS p(printed, n), jsonb_array_elements_text(c -> 'derl_before_renewal_1_to_5') WITH ORDINALITY AS q(computed, i)
     WHERE n = i ORDER BY key, params, n;
SELECT key, pg_temp.close(expected_lifetime(jsonb_build_object('params', c - '{derl_before_renewal_1_to_5,published,del_new}'::text[])::renewal_model), (c ->> 'del_new')::float8,
       1e-12) AS new_customer FROM jsonb_each(:'sbg'::jsonb -> 'published_derl_table3') AS j(key, c) ORDER BY key;

CREATE TEMP TABLE by_hand (i int, m renewal_model);
INSERT INTO by_hand VALUES (1, '{"params": {"alpha": 0.668, "beta": 3.806}}'), (3, '{"params": {"alpha": 2.5, "beta": 6}}'), (4, '{"params": null}');
-- without a discount a lifetime is (alpha + beta - 1) / (alpha - 1), infinite and NULL where alpha <= 1; NULL with any NULL
SELECT i, expected_lifetime(m, 0) AS lifetime, residual_lifetime(m, 4, 0) AS residual, residual_lifetime(m, 3, 0, true) AS before FROM by_hand WHERE i IN (1, 3) ORDER BY i;
SELECT i, survival(m, NULL) AS survival, renewal_rate(m, NULL) AS rate, expected_lifetime(m, NULL) AS lifetime, residual_lifetime(m, NULL) AS residual,
       residual_lifetime(m, 1, NULL) AS no_discount, residual_lifetime(m, 1, 0.1, NULL) AS no_before FROM by_hand WHERE i = 1;
SELECT survival(m, 1), renewal_rate(m, 1), expected_lifetime(m), residual_lifetime(m, 1) FROM (SELECT m FROM by_hand WHERE i = 4 UNION ALL SELECT NULL) AS t;
-- far in the future
SELECT survival(m, 2147483647) BETWEEN 0 AND 1e-5 AS survival, renewal_rate(m, 2147483647) > 0.999999 AS rate,
       pg_temp.close(residual_lifetime(m, 2147483647), 10, 1e-6) AS residual, pg_temp.close(residual_lifetime(m, 2147483647, before_renewal => true), 11, 1e-6) AS before
       FROM by_hand WHERE i = 1;

-- bad arguments
\set m '''{"params": {"alpha": 0.668, "beta": 3.806}}''::renewal_model'
SELECT survival(:m, -1);
SELECT renewal_rate(:m, 0);
SELECT expected_lifetime(:m, -0.1);
\set VERBOSITY sqlstate
SELECT renewal_rate(:m, -1);
SELECT expected_lifetime(:m, 'NaN');
SELECT expected_lifetime(:m, 'Infinity');
SELECT residual_lifetime(:m, -1);
SELECT residual_lifetime(:m, 1, -0.1);
SELECT residual_lifetime(:m, 1, 'NaN', true);
\set VERBOSITY default
