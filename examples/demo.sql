-- What there is to see, on the orders of a real shop. `make demo` runs this in a fresh database of a throwaway server;
-- on a server of your own, from the root of the checkout: createdb demo && psql -X -d demo -f examples/demo.sql

\set ON_ERROR_STOP on
\set QUIET on
\pset format aligned
\pset border 1
\pset footer off
\pset pager off
\pset null '-'
\set as_of 1998-07-01
SET client_min_messages = warning;
SET timezone = 'UTC';

CREATE EXTENSION IF NOT EXISTS pg_lifecycle;

CREATE TABLE orders (customer_id integer NOT NULL, ordered_on date NOT NULL, cds integer, amount numeric NOT NULL);
\copy orders FROM 'tests/data/cdnow_sample.csv' WITH (FORMAT csv, HEADER)

CREATE INDEX ON orders (customer_id);

\echo
\echo 'The orders of CDNOW, a CD shop: a tenth of the customers who first bought in early 1997.'
\echo 'The data end on 1998-06-30, so every question below is asked as of 1998-07-01, not of today.'
\echo

SELECT count(DISTINCT customer_id) AS customers, count(*) AS orders, sum(amount) AS revenue,
    min(ordered_on) AS first_order, max(ordered_on) AS last_order
FROM orders;

\echo 'A STORE: the table is attached once, and refreshed as time goes on; here as of the first of each month.'
\echo 'Everything below, up to RHYTHM, is read from the views of the schema shop, as any BI tool would'
\echo

SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer_id', ordered_at => 'ordered_on',
    amount => 'amount', currency => 'USD', settings => '{"refit": "1 month"}') \g /dev/null
CALL lifecycle.refresh('shop', as_of => '1998-04-01');
CALL lifecycle.refresh('shop', as_of => '1998-05-01');
CALL lifecycle.refresh('shop', as_of => '1998-06-01');
CALL lifecycle.refresh('shop', as_of => :'as_of');

SELECT day, customers, active, at_risk, lapsed, vips, orders_to_date, round(revenue_to_date) AS revenue_to_date,
    round(expected_purchases) AS expected_orders, round(predicted_ltv) AS predicted_ltv, moved
FROM shop.kpis;

\echo 'SEGMENTS: recency, frequency and monetary value, each scored 1 to 5 within this base'
\echo

SELECT segment, customers, to_char(100 * share, '990.0 %') AS share, to_char(spend, '999,990.00') AS spend,
    to_char(100 * share_of_spend, '990.0 %') AS share_of_spend, to_char(average_orders, '990.0') AS orders_each,
    to_char(predicted_ltv, '999,990') AS predicted_ltv
FROM shop.segments;

\echo 'STAGES: how long each customer has been silent, measured against the gap expected of that customer'
\echo

SELECT stage, customers, to_char(100 * share, '990.0 %') AS share, to_char(spend, '999,990.00') AS spend,
    average_recency_days AS days_silent, average_p_alive AS p_alive, to_char(predicted_ltv, '999,990') AS predicted_ltv
FROM shop.stages;

\echo 'AT RISK: the ten of most value, and why; ltv: what three years at the past rate are worth'
\echo

SELECT customer, reason, segment, orders, spend, ltv FROM shop.at_risk LIMIT 10;

\echo 'NEXT PURCHASES: when the next order of an active customer is due if they still buy, 80 % within the range'
\echo

SELECT customer, next_purchase, next_purchase_from || ' to ' || next_purchase_to AS range, last_purchase::date,
    expected_spend, purchase_probability AS within_a_year
FROM shop.next_purchases WHERE stage = 'active' LIMIT 5;

\echo 'MOVES between stages from April to June, as the log has them'
\echo

SELECT moved_from, moved_to, moves, to_char(100 * share_of_moves, '990 %') AS of_those_who_left FROM shop.transitions
WHERE kind = 'stage' ORDER BY moves DESC;

\echo 'AN ORDER COMES IN, of a customer who is at risk; the refresh reads what changed, and the log says what it did'
\echo

INSERT INTO orders VALUES (1081, '1998-07-01', 3, 49.90);
CALL lifecycle.refresh('shop', as_of => '1998-07-02');
SELECT customer, kind, moved_from, moved_to, orders_before, orders_after, recency_days_before AS silent_before,
    recency_days_after AS silent_after
FROM shop.movements WHERE customer = 1081 AND day = '1998-07-02';
DELETE FROM orders WHERE customer_id = 1081 AND ordered_on = '1998-07-01';

\echo 'BELOW THE VIEWS: the same questions, and more, asked by hand of the histories of all customers'
\echo

CREATE TABLE histories AS
    SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM orders GROUP BY customer_id;
ALTER TABLE histories ADD PRIMARY KEY (customer_id);
CREATE TABLE rhythm AS
    SELECT purchase_rhythm(h, :'as_of') AS rhythm FROM histories;
ANALYZE orders, histories, rhythm;

\echo 'RHYTHM: the gaps between purchase days in this base, in words'
\echo

-- The mean gap of the base is k alpha / (r - 1), and a customer's own mean weighs as much after (r - 1) / k gaps.
SELECT format(E'A customer of this base is expected to buy again after %s days. A customer who bought for the first\n'
        'time today, and comes back at all, does so within 30 days with probability %s, within a year\n'
        'with %s. After %s gaps a customer''s own mean counts for more than that of the base.\n'
        '(Fitted to %s gaps of %s customers: k = %s, r = %s, alpha = %s days; %s.)',
    round(k * alpha / (r - 1)),
    round(purchase_probability(newcomer, rhythm, '30 days', :'as_of')::numeric, 2),
    round(purchase_probability(newcomer, rhythm, '1 year', :'as_of')::numeric, 2),
    floor((r - 1) / k) + 1,
    fit ->> 'gaps', fit ->> 'customers', round(k, 2), round(r, 2), round(alpha), fit ->> 'status')
FROM rhythm, CAST(rhythm AS jsonb) AS fit,
    jsonb_to_record(fit -> 'params') AS params (k numeric, r numeric, alpha numeric),
    (SELECT purchase_history(timestamptz :'as_of', 20)) AS today (newcomer)
\g (tuples_only=on format=unaligned)


\echo
\echo 'FORECASTS, TESTED: models of who is still a customer and how much they buy, fitted to the orders up'
\echo 'to 1997-09-30 and held against the 273 days after it, beside two rules that need no model. Orders of'
\echo 'one day count once. ratio: forecast / actual; mae, rmse: errors a customer; auc: ranking of who buys'
\echo '(0.5 is a coin); brier: error of the probabilities; top_tenth: share of the tenth with most forecast'
\echo

CREATE TABLE tests AS
    SELECT model, backtest(h, model, '1997-09-30', '273 days') AS test
    FROM histories, unnest(array['mbg/nbd', 'pareto/nbd', 'bg/nbd']) AS model
    GROUP BY model;

WITH forecasts AS (
    SELECT 1 AS part, model AS forecast, (test).aic, (test).forecast_purchases, (test).total_ratio, (test).mae,
        (test).rmse, (test).auc_by_forecast, (test).brier, (test).top_decile_capture
    FROM tests
    UNION ALL
    SELECT 2, rule, NULL, (accuracy).forecast_purchases, (accuracy).total_ratio, (accuracy).mae,
        (accuracy).rmse, (accuracy).auc_by_forecast, (accuracy).brier, (accuracy).top_decile_capture
    FROM tests, LATERAL (VALUES ('own past rate', (test).own_rate), ('as in last 273 days', (test).last_window))
        AS rules (rule, accuracy)
    WHERE model = 'mbg/nbd'
)
SELECT forecast, to_char(aic, '99,990') AS aic, to_char(forecast_purchases, '9,990') AS orders,
    to_char(total_ratio, '0.000') AS ratio, to_char(mae, '0.000') AS mae, to_char(rmse, '0.000') AS rmse,
    to_char(auc_by_forecast, '0.000') AS auc, to_char(brier, '0.000') AS brier,
    to_char(100 * top_decile_capture, '90.0 %') AS top_tenth
FROM forecasts
ORDER BY part, rmse;

SELECT format(E'In truth there were %s orders, by %s of %s customers. To forecast no order at all has an\n'
        'mae of %s: mae says little where most do not buy.',
    to_char((test).actual_purchases, 'FM9,990'), (test).buyers, to_char((test).customers, 'FM9,990'),
    to_char((test).actual_purchases::numeric / (test).customers, 'FM0.000'))
FROM tests WHERE model = 'mbg/nbd'
\g (tuples_only=on format=unaligned)

\echo
\echo
\echo 'WORTH MOST in the next year, by models of purchases and of spend. bought: orders so far; alive:'
\echo 'still a customer; orders: expected in the year; next_order: when half of those who order again have'
\echo 'done so; each: expected spend of an order; value: discounted by 10 % a year, 90 % within the range'
\echo

CREATE TABLE models AS
    SELECT purchase_model(h, 'mbg/nbd', :'as_of') AS m, spend_model(h, :'as_of') AS s FROM histories;

WITH best AS (
    SELECT customer_id, h, m, s, ltv(h, m, s, '1 year', as_of => :'as_of') AS value
    FROM histories, models
    ORDER BY value DESC
    LIMIT 10
)
SELECT customer_id, num_purchases(h, :'as_of') AS bought,
    last_purchase(h, :'as_of')::date AS last_order,
    to_char(100 * p_alive(h, m, :'as_of'), '90 %') AS alive,
    to_char(expected_purchases(h, m, '1 year', :'as_of'), '90.0') AS orders,
    expected_next_purchase(h, m, :'as_of')::date AS next_order,
    to_char(expected_spend(h, s, :'as_of'), '990.00') AS each,
    to_char(value, '9,990.00') AS value,
    format('%s to %s', round(lower(range)), round(upper(range))) AS range
FROM best, ltv_range(h, m, s, '1 year', as_of => :'as_of') AS range
ORDER BY best.value DESC;

\echo 'TRACKING: repeat orders of all customers, week by week, beside those that MBG/NBD expects. It was'
\echo 'fitted on 1997-09-30, a day before week 39 ends'
\echo

\set split 39
CREATE TEMP TABLE tracking AS
    SELECT row_number() OVER (ORDER BY day) AS week, cumulative_actual AS actual, cumulative_expected AS expected
    FROM (SELECT tracking(h, (test).fit, '1998-06-30') AS points FROM histories, tests WHERE model = 'mbg/nbd') AS base,
        unnest(points);
\ir tracking_chart.sql
DROP TABLE tracking;

\echo
\echo 'A JOURNEY: when a customer registers, send a letter; if it was not opened, a second one; if it was opened and nothing'
\echo 'was bought, a third. A fifth are a control group: they go through every decision and get nothing'
\echo

SELECT lifecycle.create_journey('shop', 'welcome', '{
    "entry": {"event": "registered"}, "control": 0.2, "goal": {"bought": true, "within": "30 days"},
    "steps": [
        {"name": "letter_1", "act": {"channel": "email", "template": "welcome"}},
        {"name": "wait_1", "wait": {"for": "3 days"}},
        {"name": "opened_1", "branch": [{"if": {"event": "opened", "of": "letter_1"}, "then": "wait_2"}]},
        {"name": "letter_2", "act": {"channel": "email", "template": "welcome_again"}},
        {"name": "wait_2", "wait": {"for": "4 days"}},
        {"name": "reached", "branch": [{"then": "letter_3", "if": {"and": [
            {"or": [{"event": "opened", "of": "letter_1"}, {"event": "opened", "of": "letter_2"}]},
            {"not": {"bought": true}}]}}], "else": "end"},
        {"name": "letter_3", "act": {"channel": "email", "template": "first_order", "payload": {"discount": "10 %"}}},
        {"name": "wait_3", "wait": {"for": "7 days"}},
        {"name": "end", "exit": "through"}]}', start => true) AS version \g /dev/null
-- Events before the start enrol no customer; this demo plays in the past.
UPDATE shop_data.journey SET started_at = '1998-07-03';

-- Five hundred people register at once, more than a fifth of the base: without this the brake would hold the journey.
SELECT lifecycle.set_journey_policy('shop', lifecycle.journey_policy('shop') || '{"max_entries": 500}') \g /dev/null

-- A sender sends what is decided, shortly after each run: waits begin then. What comes back, and which customers buy, is drawn by lot.
CREATE PROCEDURE send_and_react(at timestamptz) LANGUAGE sql AS $$
    SELECT count(lifecycle.complete_action(store, action)) FROM lifecycle.claim_actions('email', 10000);
    SELECT count(lifecycle.record_event('shop', CASE WHEN lifecycle.hash_share(id::text, 'delivered') < 0.97 THEN 'delivered' ELSE 'bounced' END,
        'delivery ' || id, action => id, at => at + interval '1 minute'))
    FROM shop_data.action WHERE status = 'done';
    SELECT count(lifecycle.record_event('shop', 'opened', 'opened ' || id, action => id, at => at + interval '5 hours'))
    FROM shop_data.action WHERE status = 'done' AND lifecycle.hash_share(id::text, 'delivered') < 0.45;
    SELECT count(lifecycle.record_event('shop', 'clicked', 'clicked ' || id, action => id, at => at + interval '5 hours 2 minutes'))
    FROM shop_data.action WHERE status = 'done' AND lifecycle.hash_share(id::text, 'delivered') < 0.15;
$$;
CREATE PROCEDURE buy(at timestamptz, of_those_written_to float, of_others float) LANGUAGE sql AS $$
    INSERT INTO orders
    SELECT customer, at::date, 1, round((8 * exp(2 * lifecycle.hash_share(customer::text, 'amount')))::numeric, 2)
    FROM shop_data.enrollment
    WHERE due_at IS NOT NULL
        AND lifecycle.hash_share(customer::text, at::text) < CASE WHEN control IS NULL THEN of_those_written_to ELSE of_others END;
$$;
SELECT count(lifecycle.record_event('shop', 'registered', 'registered ' || i, customer => i::text, at => '1998-07-03 09:00'))
FROM generate_series(30001, 30500) AS i \g /dev/null
CALL lifecycle.run_journeys('shop', '1998-07-03 09:05');
CALL send_and_react('1998-07-03 09:05');
CALL buy('1998-07-05', 0.10, 0.06);
CALL lifecycle.refresh('shop', as_of => '1998-07-06 09:00');
CALL lifecycle.run_journeys('shop', '1998-07-06 09:10');
CALL send_and_react('1998-07-06 09:10');
CALL buy('1998-07-08', 0.12, 0.06);
CALL lifecycle.refresh('shop', as_of => '1998-07-13 09:00');
CALL lifecycle.run_journeys('shop', '1998-07-13 09:15');
CALL send_and_react('1998-07-13 09:15');
CALL buy('1998-07-15', 0.14, 0.06);
CALL lifecycle.refresh('shop', as_of => '1998-07-20 09:00');
CALL lifecycle.run_journeys('shop', '1998-07-20 09:20');

\echo 'Step by step: what was decided, what became of it, and the orders that are credited to it, each to the last letter sent'
\echo 'in the 7 days before it'
\echo

SELECT coalesce(step, '(all)') AS step, entered, control, decided, withheld, sent, delivered, bounced, opened, clicked, goal_reached AS goal,
    orders, revenue, left_without_goal AS left
FROM lifecycle.journey_report('shop', 'welcome', as_of => '1998-07-20 09:05')
WHERE step IS NULL OR decided > 0 OR left_without_goal > 0;

\echo 'Does it earn anything? Those who got letters, and those who did not; each interval holds the truth 19 times of 20. needed:'
\echo 'customers in each group for which a difference like this one would show 4 times of 5'
\echo

WITH lift AS MATERIALIZED (SELECT * FROM lifecycle.journey_lift('shop', 'welcome', as_of => '1998-07-20 09:05'))
SELECT 'conversion' AS of, treated_customers AS treated, control_customers AS control,
    to_char(100 * treated_conversion, '990.0 %') AS with_letters, to_char(100 * control_conversion, '990.0 %') AS without,
    to_char(100 * conversion_lift, 'S990 %') AS lift,
    format('%s to %s', to_char(100 * conversion_lift_low, 'S990 %'), to_char(100 * conversion_lift_high, 'S990 %')) AS lift_range,
    to_char(conversion_p_value, '0.0000') AS p_value, conversion_sample_size AS needed
FROM lift
UNION ALL
SELECT 'spend a customer', treated_customers, control_customers, to_char(treated_spend, '990.00'), to_char(control_spend, '990.00'),
    to_char(100 * spend_lift, 'S990 %'),
    format('%s to %s', to_char(100 * spend_lift_low, 'S990 %'), coalesce(to_char(100 * spend_lift_high, 'S9990 %'), 'any')),
    to_char(spend_p_value, '0.0000'), spend_sample_size
FROM lift;

\echo 'What can such a journey show at all? Of spend:'
\echo

SELECT status FROM lifecycle.journey_lift('shop', 'welcome', as_of => '1998-07-20 09:05');

\echo 'One customer: what happened, when, and why'
\echo

SELECT at, coalesce(step, '') AS step, kind, coalesce(regexp_replace(reason, ' action [0-9]+', ' the letter'), '') AS reason
FROM lifecycle.explain_journey('shop', 'welcome',
    (SELECT min(customer)::text FROM shop.journey_credits WHERE step = 'letter_3'));

\echo
\echo 'TRY NEXT, on the views of shop and the tables orders, histories, rhythm, models and tests of this database:'
\echo
\echo '  -- the stage of all customers on a past day'
\echo '  SELECT stage, count(*) FROM shop.stages_at(\'1998-05-15\') GROUP BY stage;'
\echo
\echo '  -- everything about the views, and of the stores'
\echo '  \\d+ shop.customers'
\echo '  SELECT * FROM lifecycle.stores \\gx'
\echo
\echo '  -- what another day''s journeys would have done, with nothing written: the ready-made one for those at risk'
\echo '  SELECT day, kind, sum(customers) FROM lifecycle.simulate_journey(\'shop\', lifecycle.ready_made_journey(\'at_risk\'),'
\echo '      \'1998-06-01 12:00\', \'1998-06-30 12:00\') GROUP BY day, kind ORDER BY day, kind;'
\echo
\echo '  -- one customer, order by order'
\echo '  SELECT p.* FROM histories, purchases(h) AS p WHERE customer_id = 1;'
\echo
\echo '  -- the same customers a year earlier: every question takes an as_of'
\echo '  SELECT lifecycle_stage(h, as_of => \'1997-07-01\') AS stage, count(*) FROM histories GROUP BY 1 ORDER BY 1;'
\echo
\echo '  -- who orders within 30 days, if still a customer'
\echo '  SELECT customer_id, purchase_probability(h, rhythm, \'30 days\', as_of => \'1998-07-01\') AS chance'
\echo '  FROM histories, rhythm ORDER BY chance DESC LIMIT 10;'
\echo
\echo '  -- where a forecast was off: by past orders, beside what came'
\echo '  SELECT c.* FROM tests, unnest((test).calibration) AS c WHERE model = \'pareto/nbd\';'
\echo
\echo '  -- a model with all that its fit found'
\echo '  SELECT jsonb_pretty(m::jsonb) FROM models;'
\echo
\echo '  -- purchases within a year of a customer won today'
\echo '  SELECT n, purchase_count_probability(m, n, \'1 year\') FROM models, generate_series(0, 5) AS n;'
\echo
\echo '  -- the value of a customer, and what it is made of'
\echo '  SELECT (ltv_inputs(h, \'1998-07-01\')).* FROM histories;'
