-- what a purchase model says of a customer: laws, calendars, NULLs and bad arguments
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE histories AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
\set mle `cat "$PG_ABS_SRCDIR/../data/mle_reference.json"`

-- models written by hand from the optima
CREATE TEMP TABLE models AS SELECT code, jsonb_build_object('model', model, 'params', (SELECT jsonb_object_agg(key, value::numeric) FROM jsonb_each_text(:'mle'::jsonb -> reference -> 'params')))::purchase_model AS m
    FROM (VALUES ('bgnbd', 'bg/nbd', 'bgnbd_cdnow_exact_weeks'), ('mbgnbd', 'mbg/nbd', 'mbgnbd_cdnow_exact_weeks'), ('pnbd', 'pareto/nbd', 'pnbd_cdnow_exact_weeks'), ('bgbb', 'bg/bb', 'bgbb_donations')) AS v(code, model, reference);
CREATE FUNCTION pg_temp.close(value float8, reference float8, tolerance float8) RETURNS boolean LANGUAGE sql AS 'SELECT coalesce(abs(value - reference) <= tolerance * abs(reference) + 1e-300, false)';

-- laws, over every twentieth customer at six instants, and models of every kind
CREATE TEMP TABLE cases AS SELECT customer_id, code, m, t, h FROM (SELECT * FROM models WHERE code <> 'bgbb' UNION ALL VALUES ('nbd', '{"model": "nbd", "params": {"r": 0.385, "alpha": 12.072}}'::purchase_model), ('bg-3', '{"model": "bg/cnbd-k", "params": {"r": 0.219, "alpha": 0.833, "a": 1.026, "b": 2.094, "k": 3}}'), ('mbg-12', '{"model": "mbg/cnbd-k", "params": {"r": 0.4, "alpha": 1, "a": 1, "b": 2, "k": 12}, "unit": "30 days"}'),
        ('stays', '{"model": "pareto/nbd", "params": {"r": 0.4, "alpha": 12, "s": 0, "beta": 1}}'), ('bgbb', '{"model": "bg/bb", "params": {"alpha": 0.5, "beta": 5, "gamma": 0.657, "delta": 2.783}, "unit": "7 days"}')) AS m(code, m), histories, unnest(ARRAY['1997-01-20', '1997-03-31', '1997-09-30', '1998-06-30 12:34', '1999-12-31', '2030-01-01']::timestamptz[]) AS t WHERE customer_id % 20 = 0 AND num_purchases(h, t) > 0;
SELECT code, count(*), bool_and(p_alive(h, m, t) BETWEEN 0 AND 1) AS p_alive, bool_and(purchase_probability(h, m, '1 year', t) BETWEEN 0 AND 1) AS probability, bool_and(purchase_probability(h, m, '1 year', t) <= p_alive(h, m, t) * (1 + 1e-12)) AS only_the_alive, bool_and(expected_purchases(h, m, '0', t) = 0) AS none_in_no_time, bool_and(expected_purchases(h, m, '1 month', t) >= 0) AS not_negative,
       bool_and(expected_purchases(h, m, '1 month', t) <= expected_purchases(h, m, '1 year', t) AND expected_purchases(h, m, '1 year', t) <= expected_purchases(h, m, '50 years', t)) AS grows, bool_and(purchase_probability(h, m, '1 year', t) <= expected_purchases(h, m, '1 year', t) * (1 + 1e-9)) AS markov, bool_and(residual_value(h, m, 0.1, '1 year', t) <= expected_purchases(h, m, '1 year', t)) AS discounted FROM cases GROUP BY code ORDER BY code;
SELECT code, bool_and(next > t) AS in_future, bool_and(range @> next) AS in_range, bool_and(lower(range) > t AND lower_inc(range)) AS range, bool_and(narrow IS NULL OR range IS NULL OR narrow <@ range) AS nested, bool_and(soon <= t + '1 year') AS within, bool_and(soon <= next) AS sooner, bool_and((soon IS NULL) = (purchase_probability(h, m, '1 year', t) = 0)) AS soon_null, count(*) FILTER (WHERE next IS NULL) > 0 AS never,
       bool_and(next IS NULL OR abs(purchase_probability(h, m, next - t, t) / CASE WHEN code = 'bgbb' THEN NULL ELSE purchase_probability(m, (s).frequency, (s).recency, (s).t, 'Infinity') END - 0.5) < 1e-6) FILTER (WHERE code <> 'mbg-12') AS one_half
FROM (SELECT *, expected_next_purchase(h, m, t) AS next, expected_next_purchase_range(h, m, 0.8, t) AS range, expected_next_purchase_range(h, m, 0.3, t) AS narrow, expected_next_purchase_within(h, m, '1 year', t) AS soon, btyd_summary(h, t) AS s FROM cases) AS c GROUP BY code ORDER BY code;
-- of the bare summary the same stage and wait; half of those who buy within a year have by then
SELECT code, bool_and(lifecycle_stage(m, (s).frequency, (s).recency, (s).t) = lifecycle_stage(h, m, t)) AS stage,
       bool_and(lifecycle_stage(m, (s).frequency, (s).recency, (s).t, 1, 0, 0.5) = lifecycle_stage(h, m, t, 1, 0, 0.5)) AS thresholds,
       bool_and(expected_wait_within(m, (s).frequency, (s).recency, (s).t, 52) <= least(52, expected_wait(m, (s).frequency, (s).recency, (s).t))) AS sooner,
       bool_and(abs(purchase_probability(m, (s).frequency, (s).recency, (s).t, wait) / purchase_probability(m, (s).frequency, (s).recency, (s).t, 52) - 0.5) < 1e-9) AS one_half,
       bool_and(abs(extract(epoch FROM expected_next_purchase_within(h, m, '364 days', t) - t)::float8 / 604800 - wait) < 1e-6) AS history
FROM (SELECT *, btyd_summary(h, t) AS s FROM cases WHERE code IN ('bgnbd', 'mbgnbd', 'pnbd', 'nbd', 'bg-3', 'stays') AND purchase_probability(h, m, '1 year', t) > 1e-6) AS c,
     LATERAL (SELECT expected_wait_within(m, (s).frequency, (s).recency, (s).t, 52) AS wait) AS w GROUP BY code ORDER BY code;
-- as of then is as then: what came later changes nothing
SELECT code, bool_and(p_alive(h, m, t) = p_alive(until(h, t), m, t)) AS p_alive, bool_and(expected_purchases(h, m, '1 year', t) = expected_purchases(until(h, t), m, '1 year', t)) AS expected_purchases, bool_and(purchase_probability(h, m, '1 year', t) = purchase_probability(until(h, t), m, '1 year', t)) AS probability, bool_and(expected_next_purchase(h, m, t) IS NOT DISTINCT FROM expected_next_purchase(until(h, t), m, t)) AS next,
       bool_and(expected_next_purchase_within(h, m, '1 month', t) IS NOT DISTINCT FROM expected_next_purchase_within(until(h, t), m, '1 month', t)) AS within, bool_and(expected_next_purchase_range(h, m, 0.8, t) IS NOT DISTINCT FROM expected_next_purchase_range(until(h, t), m, 0.8, t)) AS range, bool_and(residual_value(h, m, 0.1, '1 year', t) = residual_value(until(h, t), m, 0.1, '1 year', t)) AS residual_value, bool_and(lifecycle_stage(h, m, t) = lifecycle_stage(until(h, t), m, t)) AS stage FROM cases GROUP BY code ORDER BY code;
-- without as_of it is now()
SELECT bool_and(p_alive(h, m) = p_alive(h, m, now())) AS p_alive, bool_and(expected_purchases(h, m, '1 year') = expected_purchases(h, m, '1 year', now())) AS expected_purchases, bool_and(purchase_probability(h, m, '1 year') = purchase_probability(h, m, '1 year', as_of => now())) AS probability, bool_and(expected_next_purchase(h, m) IS NOT DISTINCT FROM expected_next_purchase(h, m, now())) AS next,
       bool_and(expected_next_purchase_within(h, m, '1 year') IS NOT DISTINCT FROM expected_next_purchase_within(h, m, '1 year', now())) AS within, bool_and(expected_next_purchase_range(h, m) IS NOT DISTINCT FROM expected_next_purchase_range(h, m, 0.8, now())) AS range, bool_and(residual_value(h, m) = residual_value(h, m, 0.1, NULL, now())) AS residual_value, bool_and(lifecycle_stage(h, m) = lifecycle_stage(h, m, now(), 0.5, 0.1, 0.9)) AS stage, bool_and(expected_purchases_new(m, '1 year') = expected_purchases_new(m, '1 year', now())) AS new FROM cases WHERE t = '1998-06-30 12:34';

-- horizons by the calendar: a month from 31 January, a day on which the clocks change
SELECT code, expected_purchases(h, m, '1 month', '2024-01-31') = expected_purchases(h, m, '29 days', '2024-01-31') AS leap, expected_purchases(h, m, '1 month', '2023-01-31') = expected_purchases(h, m, '28 days', '2023-01-31') AS common, expected_purchases_new(m, '1 month', '2024-01-31') = expected_purchases(m, 0, 0, 0, 29 / 7.0) AS new, purchase_count_probability(m, 0, '1 year', '2024-01-01') = 1 - purchase_probability(m, 0, 0, 0, 366 / 7.0) OR abs(purchase_count_probability(m, 0, '1 year', '2024-01-01') + purchase_probability(m, 0, 0, 0, 366 / 7.0) - 1) < 1e-12 AS none
FROM models, (SELECT '{2022-12-01 5, 2022-12-20 5}'::purchase_history AS h) AS t WHERE code <> 'bgbb' ORDER BY code;
SET TimeZone = 'Europe/Berlin';
SELECT code, expected_purchases_new(m, '1 day', '2024-03-30 12:00') = expected_purchases(m, 0, 0, 0, 23 / 168.0) AS short_day, expected_purchases_new(m, '24 hours', '2024-03-30 12:00') = expected_purchases(m, 0, 0, 0, 1 / 7.0) AS hours, expected_purchases_new(m, '1 day', '2024-10-26 12:00') = expected_purchases(m, 0, 0, 0, 25 / 168.0) AS long_day FROM models WHERE code <> 'bgbb' ORDER BY code;
-- days are those of the session's zone: one day in London, two in Berlin. The time since the first is whole days also over a change of clocks
SELECT p_alive(h, m, '2024-02-01') = p_alive(m, 1, 1 / 7.0, 31 / 7.0) AS berlin, p_alive(h, m, '2024-06-01') = p_alive(m, 1, 1 / 7.0, 152 / 7.0) AS summer FROM models, (SELECT '{2024-01-01T12:00:00Z 5, 2024-01-01T23:30:00Z 5}'::purchase_history AS h) AS t WHERE code = 'mbgnbd';
SET TimeZone = 'Europe/London';
SELECT p_alive(h, m, '2024-02-01') = p_alive(m, 0, 0, 31 / 7.0) AS london FROM models, (SELECT '{2024-01-01T12:00:00Z 5, 2024-01-01T23:30:00Z 5}'::purchase_history AS h) AS t WHERE code = 'mbgnbd';
SET TimeZone = 'UTC';
-- the unit is the model's: alpha in days is seven times alpha in weeks
SELECT code, bool_and(pg_temp.close(p_alive(h, days, '1997-09-30'), p_alive(h, m, '1997-09-30'), 1e-9)) AS p_alive, bool_and(pg_temp.close(expected_purchases(h, days, '1 year', '1997-09-30'), expected_purchases(h, m, '1 year', '1997-09-30'), 1e-9)) AS expected_purchases, bool_and(abs(extract(epoch FROM expected_next_purchase(h, days, '1997-09-30') - expected_next_purchase(h, m, '1997-09-30'))) < 1) AS next, bool_and(pg_temp.close(residual_value(h, days, 0.1, as_of => '1997-09-30'), residual_value(h, m, 0.1, as_of => '1997-09-30'), 1e-9)) AS residual_value
FROM (SELECT code, m, (jsonb_set(m::jsonb, '{unit}', '"1 day"') || jsonb_build_object('params', (m::jsonb -> 'params') || jsonb_build_object('alpha', 7 * (m::jsonb #>> '{params,alpha}')::numeric) || CASE code WHEN 'pnbd' THEN jsonb_build_object('beta', 7 * (m::jsonb #>> '{params,beta}')::numeric) ELSE '{}' END))::purchase_model AS days FROM models WHERE code <> 'bgbb') AS t, histories WHERE customer_id % 20 = 0 GROUP BY code ORDER BY code;

-- the stage: lapsed and at risk by P(alive), at risk also when a customer who still buys would have bought by now
SELECT code, bool_and(lifecycle_stage(h, m, t, at_risk, lapsed, overdue)::text = CASE WHEN p_alive(h, m, t) < lapsed THEN 'lapsed' WHEN p_alive(h, m, t) < at_risk OR purchase_probability(m, (s).frequency, (s).recency, (s).recency, (s).t - (s).recency) / purchase_probability(m, (s).frequency, (s).recency, (s).recency, 'Infinity') > overdue THEN 'at_risk' WHEN (s).frequency = 0 THEN 'new' ELSE 'active' END) AS by_the_rule, count(*), count(DISTINCT lifecycle_stage(h, m, t, at_risk, lapsed, overdue)) AS stages
FROM (SELECT *, btyd_summary(h, t) AS s FROM cases WHERE code IN ('bgnbd', 'mbgnbd', 'pnbd', 'nbd', 'bg-3', 'stays')) AS c, (VALUES (0.5, 0.1, 0.9), (1, 0, 1), (0.2, 0.2, 0.5)) AS v(at_risk, lapsed, overdue) GROUP BY code ORDER BY code;
SELECT lifecycle_stage(h, m, t) AS stage, count(*) FROM histories, models, unnest(ARRAY['1997-01-20', '1997-09-30']::timestamptz[]) AS t WHERE code = 'mbgnbd' GROUP BY 1 ORDER BY 1;

-- NULL: without a history, a purchase, a model or a horizon; a stage has also who has not bought
\set m '''{"model": "mbg/nbd", "params": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}}''::purchase_model'
\set t '''1997-09-30''::timestamptz'
SELECT h, p_alive(h, :m, :t), expected_purchases(h, :m, '1 year', :t), purchase_probability(h, :m, '1 year', :t), expected_next_purchase(h, :m, :t) AS next, expected_next_purchase_within(h, :m, '1 year', :t) AS within, expected_next_purchase_range(h, :m, 0.8, :t) AS range, residual_value(h, :m, 0.1, '1 year', :t), lifecycle_stage(h, :m, :t) FROM unnest(ARRAY[NULL, '{}', '{1998-01-01 5}', '{1997-01-01 -5}']::purchase_history[]) AS h;
SELECT p_alive(h, m, :t), expected_purchases(h, m, '1 year', :t), purchase_probability(h, m, '1 year', :t), expected_next_purchase(h, m, :t) AS next, expected_next_purchase_within(h, m, '1 year', :t) AS within, expected_next_purchase_range(h, m, 0.8, :t) AS range, residual_value(h, m, 0.1, '1 year', :t), lifecycle_stage(h, m, :t), expected_purchases_new(m, '1 year') AS new, purchase_count_probability(m, 1, '1 year') AS count
FROM unnest(ARRAY[NULL, '{"model": "bg/nbd", "params": null}']::purchase_model[]) AS m, (SELECT '{1997-01-01 5}'::purchase_history AS h) AS t;
SELECT expected_purchases(h, :m, NULL, :t), purchase_probability(h, :m, NULL, :t), expected_next_purchase_within(h, :m, NULL, :t) AS within, residual_value(h, :m, NULL, '1 year', :t), expected_purchases_new(:m, NULL) AS new, purchase_count_probability(:m, NULL, '1 year') AS count, purchase_count_probability(:m, 1, NULL) AS count FROM (SELECT '{1997-01-01 5}'::purchase_history AS h) AS t;
SELECT p_alive(NULL::purchase_model, 1, 5, 10), p_alive(:m, NULL, 5, 10), p_alive(:m, 1, NULL, 10), p_alive(:m, 1, 5, NULL), expected_purchases(NULL::purchase_model, 1, 5, 10, 1), expected_purchases(:m, 1, 5, 10, NULL), purchase_probability(:m, NULL, 5, 10, 1), purchase_probability(:m, 1, 5, 10, NULL), expected_wait(:m, 1, 5, 10, NULL), expected_wait(NULL, 1, 5, 10), residual_value(:m, 1, NULL, 10, 0.01), residual_value(:m, 1, 5, 10, NULL::float8), residual_value(:m, 1, 5, 10, 0.01, NULL) IS NULL AS horizon, log_likelihood(:m, 1, 5, NULL), log_likelihood(:m, 1, 5, 10, NULL) IS NULL AS without_gaps \gx
SELECT lifecycle_stage(NULL::purchase_model, 1, 5, 10) AS stage, lifecycle_stage(:m, NULL, 5, 10) AS no_frequency, expected_wait_within(NULL, 1, 5, 10, 4) AS wait,
       expected_wait_within(:m, 1, NULL, 10, 4) AS no_recency, expected_wait_within(:m, 1, 5, 10, NULL) AS no_horizon, expected_wait_within(:m, 1, 5, 10, 4, NULL) AS no_p,
       expected_wait_within(:m, 1, 5, 10, 0) AS impossible;
-- the regular models need the logarithms of the gaps
SELECT k, log_likelihood(m, 1, 5, 10) IS NULL AS without_gaps, log_likelihood(m, 1, 5, 10, ln(5)) IS NULL AS with_gaps
FROM unnest(ARRAY[1, 2]) AS k, LATERAL (SELECT jsonb_build_object('model', 'bg/cnbd-k', 'params',
       jsonb_build_object('k', k, 'r', 0.5, 'alpha', 1, 'a', 1, 'b', 2))::purchase_model AS m) AS j ORDER BY k;
-- on the day of the first purchase: alive, as far as the model does not toss a coin then
SELECT code, p_alive('{2024-01-01 5}', m, '2024-01-01') = p_alive(m, 0, 0, 0) AS same, round(p_alive('{2024-01-01 5}', m, '2024-01-01')::numeric, 4) AS p_alive FROM models WHERE code <> 'bgbb' ORDER BY code;
-- nobody is asked of a time beyond the calendar
SELECT expected_next_purchase('{2024-01-01 5}', '{"model": "bg/nbd", "params": {"r": 0.001, "alpha": 1e9, "a": 1, "b": 1}}'::purchase_model, '2024-01-01') AS next, expected_next_purchase_range('{2024-01-01 5}', '{"model": "bg/nbd", "params": {"r": 0.001, "alpha": 1e9, "a": 1, "b": 1}}'::purchase_model, 0.9, '2024-01-01') AS range, upper_inf(expected_next_purchase_range('{2024-01-01 5}', '{"model": "nbd", "params": {"r": 0.5, "alpha": 100}}'::purchase_model, 0.99, '2024-01-01')) AS unbounded;

-- bad arguments
SELECT expected_purchases('{1997-01-01 5}', :m, '-1 day', :t);
SELECT purchase_probability(:m, 1, 5, 10, -1);
SELECT expected_purchases(:m, 1, 5, 10, 'Infinity');
SELECT residual_value('{1997-01-01 5}', :m, 0, as_of => :t);
SELECT residual_value('{1997-01-01 5}', :m, -0.1, as_of => :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, 1, :t);
SELECT expected_wait(:m, 1, 5, 10, 0);
SELECT p_alive(:m, 1.5, 5, 10);
SELECT p_alive(:m, 1, 11, 10);
SELECT p_alive(:m, 0, 5, 10);
SELECT purchase_count_probability(:m, -1, '1 year');
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, 0.1, 0.5);
\set VERBOSITY sqlstate
SELECT expected_purchases('{1997-01-01 5}', :m, '-1 month', :t);
SELECT expected_purchases('{1997-01-01 5}', :m, '9000 years', :t);
SELECT expected_purchases('{1997-01-01 5}', :m, '1 year', NULL);
SELECT expected_purchases('{1997-01-01 5}', :m, '1 year', 'infinity');
SELECT purchase_probability('{1997-01-01 5}', :m, '-1 day', :t);
SELECT purchase_probability('{}', :m, '-1 day', :t);
SELECT expected_next_purchase_within('{1997-01-01 5}', :m, '-1 day', :t);
SELECT residual_value('{1997-01-01 5}', :m, 0.1, '-1 day', :t);
SELECT residual_value('{1997-01-01 5}', :m, 'NaN', '1 year', :t);
SELECT residual_value('{1997-01-01 5}', :m, 'Infinity', '1 year', :t);
SELECT expected_purchases_new(:m, '-1 day');
SELECT purchase_count_probability(:m, 1, '-1 day');
SELECT p_alive('{1997-01-01 5}', :m, NULL);
SELECT p_alive('{1997-01-01 5}', :m, '-infinity');
SELECT expected_next_purchase('{1997-01-01 5}', :m, NULL);
SELECT expected_next_purchase('{1997-01-01 5}', :m, 'infinity');
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, 0, :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, -0.5, :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, 'NaN', :t);
SELECT expected_next_purchase_range('{1997-01-01 5}', :m, NULL, :t);
SELECT expected_purchases(:m, 1, 5, 10, -1);
SELECT expected_purchases(:m, 1, 5, 10, 'NaN');
SELECT purchase_probability(:m, 1, 5, 10, 'NaN');
SELECT residual_value(:m, 1, 5, 10, 0);
SELECT residual_value(:m, 1, 5, 10, 0, 'Infinity');
SELECT residual_value(:m, 1, 5, 10, -0.1);
SELECT residual_value(:m, 1, 5, 10, 0.1, -1);
SELECT residual_value(:m, 1, 5, 10, 'NaN');
SELECT expected_wait(:m, 1, 5, 10, 1);
SELECT expected_wait(:m, 1, 5, 10, 'NaN');
SELECT p_alive(:m, -1, 5, 10);
SELECT p_alive(:m, 'NaN', 5, 10);
SELECT p_alive(:m, 1, -5, 10);
SELECT p_alive(:m, 1, 'NaN', 10);
SELECT p_alive(:m, 1, 5, 'Infinity');
SELECT p_alive(:m, 1, 0, 10);
SELECT p_alive('{"model": "bg/bb", "params": {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}}'::purchase_model, 1, 1.5, 6);
SELECT p_alive('{"model": "bg/bb", "params": {"alpha": 1, "beta": 1, "gamma": 1, "delta": 1}}'::purchase_model, 3, 2, 6);
SELECT log_likelihood(:m, 1, 11, 10);
SELECT expected_wait_within(:m, 1, 11, 10, 4);
SELECT expected_wait_within(:m, 1, 5, 10, -1);
SELECT expected_wait_within(:m, 1, 5, 10, 4, 0);
SELECT lifecycle_stage(:m, 1, 11, 10);
SELECT lifecycle_stage(:m, 1, 5, 10, 0.1, 0.5);
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, NULL);
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, 1.5);
SELECT lifecycle_stage('{1997-01-01 5}', :m, :t, 0.5, 0.1, 'NaN');
SELECT lifecycle_stage('{1997-01-01 5}', :m, NULL);
\set VERBOSITY default
