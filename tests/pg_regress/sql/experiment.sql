-- experiments: treated customers against control customers
\pset null (null)
-- the examples of Newcombe (1998), table II, method 10
SELECT treated_converted || '/' || treated AS treated_group, control_converted || '/' || control AS control_group, round(difference::numeric, 4) AS difference,
       round(difference_low::numeric, 4) AS low, round(difference_high::numeric, 4) AS high
FROM (VALUES (70, 56, 80, 48), (10, 9, 10, 3), (7, 6, 7, 2), (56, 5, 29, 0), (10, 0, 20, 0), (10, 0, 10, 0), (10, 10, 20, 0), (10, 10, 10, 0)) AS v (treated, treated_converted, control, control_converted),
     lifecycle.compare_conversions(treated, treated_converted, control, control_converted);
-- all that is said, and how sure
SELECT confidence, round(c.treated_rate::numeric, 3) AS treated_rate, round(c.control_rate::numeric, 3) AS control_rate, round(c.lift::numeric, 4) AS lift, round(c.lift_low::numeric, 4) AS lift_low,
       round(c.lift_high::numeric, 4) AS lift_high, round(c.p_value::numeric, 6) AS p_value, c.sample_size FROM unnest(ARRAY[0.5, 0.9, 0.95, 0.999]) AS confidence, lifecycle.compare_conversions(2000, 130, 1000, 50, confidence) AS c;
SELECT (c).treated_rate, (c).sample_size FROM lifecycle.compare_conversions(2000, 130, 1000, 50) AS c;
-- the sleep of ten patients under two drugs (Student 1908), by R's t.test: -3.3655 to 0.2055, p-value = 0.07939
SELECT round(difference::numeric, 2) AS difference, round(difference_low::numeric, 4) AS low, round(difference_high::numeric, 4) AS high, round(p_value::numeric, 5) AS p_value, sample_size
FROM (SELECT count(*) AS n, avg(a) AS ma, var_samp(a) AS va, avg(b) AS mb, var_samp(b) AS vb
      FROM unnest(ARRAY[0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]::float8[], ARRAY[1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]::float8[]) AS sleep (a, b)) AS s, lifecycle.compare_means(n, ma, va, n, mb, vb);

-- of a table of customers
CREATE TEMP TABLE experiment AS SELECT i % 3 < 2 AS treated, i % CASE WHEN i % 3 < 2 THEN 7 ELSE 8 END = 0 AS bought, CASE WHEN i % CASE WHEN i % 3 < 2 THEN 7 ELSE 8 END = 0 THEN 10 + i % 31 ELSE 0 END::numeric AS revenue FROM generate_series(1, 3000) AS i;
SELECT c.treated_rate, c.control_rate, round(c.difference_low::numeric, 6) AS low, round(c.difference_high::numeric, 6) AS high, round(c.lift::numeric, 6) AS lift
FROM (SELECT count(*) FILTER (WHERE treated) AS n, count(*) FILTER (WHERE treated AND bought) AS x, count(*) FILTER (WHERE NOT treated) AS m, count(*) FILTER (WHERE NOT treated AND bought) AS y FROM experiment) AS e,
     lifecycle.compare_conversions(n, x, m, y) AS c;
SELECT round((c).difference::numeric, 6) AS difference, round((c).difference_low::numeric, 6) AS low, round((c).difference_high::numeric, 6) AS high, round((c).lift::numeric, 6) AS lift, round((c).lift_low::numeric, 6) AS lift_low,
       round((c).lift_high::numeric, 6) AS lift_high, round((c).p_value::numeric, 8) AS p_value, (c).sample_size, abs((c).difference - e.difference) < 1e-12 AS same
FROM (SELECT lifecycle.compare_means(count(*) FILTER (WHERE treated), (avg(revenue) FILTER (WHERE treated))::float8, (var_samp(revenue) FILTER (WHERE treated))::float8,
             count(*) FILTER (WHERE NOT treated), (avg(revenue) FILTER (WHERE NOT treated))::float8, (var_samp(revenue) FILTER (WHERE NOT treated))::float8) AS c,
             (avg(revenue) FILTER (WHERE treated) - avg(revenue) FILTER (WHERE NOT treated))::float8 AS difference FROM experiment) AS e;

-- what cannot be said is NULL: empty groups, nobody, everybody, all alike
SELECT c.* FROM (VALUES (0, 0, 5, 2), (5, 2, 0, 0), (0, 0, 0, 0)) AS v (n, x, m, y), lifecycle.compare_conversions(n, x, m, y) AS c;
SELECT n, x, m, y, c.lift, c.lift_low IS NOT NULL AS lift_low, c.p_value IS NOT NULL AS p_value, c.sample_size IS NOT NULL AS sample_size FROM (VALUES (10, 0, 20, 0), (10, 0, 20, 4), (10, 4, 20, 0), (10, 10, 20, 20), (10, 2, 20, 4)) AS v (n, x, m, y), lifecycle.compare_conversions(n, x, m, y) AS c;
SELECT v.*, c.difference, c.difference_low IS NOT NULL AS low, c.lift, c.lift_low IS NOT NULL AS lift_low, c.p_value IS NOT NULL AS p_value, c.sample_size IS NOT NULL AS sample_size
FROM (VALUES (0, NULL, NULL), (1, 5, NULL), (1, 5, 3), (7, 5, 0), (7, 5, 1), (7, NULL, 1)) AS v (n, mean, variance), lifecycle.compare_means(n, mean, variance, 9, 4, 0) AS c;
SELECT lift, lift_low, lift_high FROM lifecycle.compare_means(7, 5, 1, 9, 0.5, 4);
SELECT lift, difference FROM lifecycle.compare_means(7, 5, 1, 9, 0, 4);
SELECT lifecycle.compare_conversions(NULL, 1, 2, 1) AS a, lifecycle.compare_conversions(2, NULL, 2, 1) AS b, lifecycle.compare_conversions(2, 1, NULL, 1) AS c, lifecycle.compare_conversions(2, 1, 2, NULL) AS d, lifecycle.compare_conversions(2, 1, 2, 1, NULL) AS e;
SELECT lifecycle.compare_means(NULL, 1, 2, 3, 1, 2) AS a, lifecycle.compare_means(3, 1, 2, NULL, 1, 2) AS b, lifecycle.compare_means(3, 1, 2, 3, 1, 2, NULL) AS c;
-- as large as numbers get
SELECT difference, p_value, sample_size FROM lifecycle.compare_conversions(9223372036854775807, 9223372036854775807, 9223372036854775807, 0);
SELECT difference, difference_low, lift FROM lifecycle.compare_means(9223372036854775807, 1.7976931348623157e308, 1e308, 2, -1.7976931348623157e308, 0);

-- bad arguments
SELECT lifecycle.compare_conversions(-1, 0, 5, 2);
SELECT lifecycle.compare_conversions(5, 6, 5, 2);
SELECT lifecycle.compare_conversions(5, 2, 5, 2, 95);
SELECT lifecycle.compare_means(5, 'NaN', 1, 5, 1, 1);
SELECT lifecycle.compare_means(5, 1, 1, 5, 1, -1);
\set VERBOSITY sqlstate
SELECT lifecycle.compare_conversions(5, -2, 5, 2);
SELECT lifecycle.compare_conversions(5, 2, -5, 2);
SELECT lifecycle.compare_conversions(5, 2, 5, -2);
SELECT lifecycle.compare_conversions(5, 2, 5, 6);
SELECT lifecycle.compare_conversions(5, 2, 5, 2, 0);
SELECT lifecycle.compare_conversions(5, 2, 5, 2, 1);
SELECT lifecycle.compare_conversions(5, 2, 5, 2, 'NaN');
SELECT lifecycle.compare_means(-5, 1, 1, 5, 1, 1);
SELECT lifecycle.compare_means(5, 1, 1, -5, 1, 1);
SELECT lifecycle.compare_means(5, 'Infinity', 1, 5, 1, 1);
SELECT lifecycle.compare_means(5, 1, 'NaN', 5, 1, 1);
SELECT lifecycle.compare_means(5, 1, 'Infinity', 5, 1, 1);
SELECT lifecycle.compare_means(5, 1, 1, 5, '-Infinity', 1);
SELECT lifecycle.compare_means(5, 1, 1, 5, 1, 1, 1);
\set VERBOSITY default
