-- what an experiment of a journey is worth: the lot that changed, letters that came another way, later versions, arms, the past that leaks nothing
SET timezone = 'UTC';
SET client_min_messages = warning;
\pset null '-'
CREATE TABLE worth_sales (customer_id integer NOT NULL, ordered_at timestamptz NOT NULL, amount numeric NOT NULL);
CREATE INDEX ON worth_sales (customer_id);
INSERT INTO worth_sales SELECT i, timestamptz '2024-01-01' + i % 50 * interval '1 day', 10 + i % 90 FROM generate_series(1, 1000) AS i;
CREATE TABLE worth_people (id integer PRIMARY KEY, country text);
INSERT INTO worth_people SELECT i, (ARRAY['de', 'fr'])[i % 2 + 1] FROM generate_series(1, 1200) AS i;
SELECT lifecycle.attach('worth', '{"orders": "worth_sales", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount",
    "customers": "worth_people", "customers_key": "id", "attributes": ["country"], "reader": ""}');
CALL lifecycle.refresh('worth', '2024-03-01 12:00+00');
CREATE PROCEDURE worth_play(kind text, customers int4range, at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lifecycle.record_event('worth', kind, kind || ' ' || i || ' ' || at, customer => i::text, at => at) FROM generate_series(lower(customers), upper(customers) - 1) AS i;
    CALL lifecycle.run_journeys('worth', at + interval '1 hour');
    PERFORM lifecycle.complete_action('worth', action) FROM lifecycle.claim_actions('email', 10000, store => 'worth');
END $$;

-- The store's control group comes after the first half has entered: customers of each half are compared among themselves.
SELECT lifecycle.set_journey_policy('worth', '{"max_entries": 100000}');
SELECT lifecycle.create_journey('worth', 'spring', '{"entry": {"event": "spring"}, "reentry": "always", "goal": {"bought": true, "within": "10 days"}, "exit": {"on_goal": false}, "steps": [
    {"name": "kind", "branch": [{"if": {"profile": "orders", "at_least": 1}, "then": "subject"}], "else": "other"},
    {"name": "subject", "split": [{"arm": "a", "weight": 3, "then": "letter_a"}, {"arm": "b", "weight": 1, "then": "letter_b"}]},
    {"name": "other", "split": [{"arm": "x", "weight": 1, "then": "letter_a"}, {"arm": "y", "weight": 1, "then": "letter_b"}]},
    {"name": "letter_a", "act": {"channel": "email", "template": "a"}, "next": "pause"},
    {"name": "letter_b", "act": {"channel": "email", "template": "b"}, "next": "pause"},
    {"name": "pause", "wait": {"for": "2 days"}},
    {"name": "late", "split": [{"arm": "soon", "weight": 1, "then": "end"}, {"arm": "never", "weight": 1, "then": "end"}]},
    {"name": "end", "exit": "through"}]}', start => true);
UPDATE worth_data.journey SET started_at = '2024-03-01';
CALL worth_play('spring', '[1,551)', '2024-03-02 12:00+00');
SELECT lifecycle.set_journey_policy('worth', '{"control": 0.25, "max_entries": 100000}');
CALL worth_play('spring', '[551,1151)', '2024-03-02 15:00+00');
SELECT store_control, control, count(*) > 100 AS many FROM worth_data.enrollment GROUP BY store_control, control ORDER BY 1, 2 NULLS FIRST;
-- Another journey sends the same letter to some of the control group, and another letter to others.
SELECT lifecycle.set_journey_policy('worth', '{"max_entries": 100000}');
SELECT lifecycle.create_journey('worth', template, jsonb_build_object('entry', jsonb_build_object('event', 'again_' || template), 'steps', jsonb_build_array(
    jsonb_build_object('name', 'letter', 'act', jsonb_build_object('channel', 'email', 'template', template)), jsonb_build_object('name', 'end', 'exit', 'sent'))), start => true) IS NOT NULL AS created FROM unnest('{a,c}'::text[]) AS template;
UPDATE worth_data.journey SET started_at = '2024-03-01' WHERE name IN ('a', 'c');
CALL worth_play('again_a', '[551,601)', '2024-03-04 12:00+00');
CALL worth_play('again_c', '[601,651)', '2024-03-04 15:00+00');
-- A later entry, which counts for nothing.
CALL worth_play('spring', '[1001,1051)', '2024-03-05 12:00+00');
-- What is bought: customers of arm b buy more, and so does every customer of the first half.
INSERT INTO worth_sales SELECT e.customer, e.entered_at + interval '3 days', round((5 * exp(3 * lifecycle.hash_share(e.customer::text, 'amount')))::numeric, 2) * CASE WHEN e.customer <= 550 THEN 4 ELSE 1 END
FROM worth_data.enrollment AS e JOIN worth_data.journey AS j USING (journey) WHERE j.name = 'spring' AND e.entry = 1
    AND lifecycle.hash_share(e.customer::text, 'buys') < CASE WHEN e.control IS NULL AND e.arm LIKE '%=b%' THEN 0.6 ELSE 0.3 END;
INSERT INTO worth_sales SELECT i, '2024-03-20', 1000 FROM generate_series(1, 1150, 7) AS i;
CALL lifecycle.refresh('worth', '2024-03-25 12:00+00');
CALL lifecycle.run_journeys('worth', '2024-03-25 13:00+00');
CREATE TABLE worth_lift AS SELECT * FROM lifecycle.journey_lift('worth', 'spring');

-- By hand: the first entry of each customer, its window, what was known before; strata by the probability of the lot.
CREATE VIEW worth_firsts AS SELECT e.customer, e.control IS NULL AS treated, split_part(e.arm, ', ', 1) AS arm, CASE WHEN e.store_control > 0 THEN 0.75::float8 END AS share, s.*
FROM (SELECT DISTINCT ON (customer) * FROM worth_data.enrollment JOIN worth_data.journey USING (journey) WHERE name = 'spring' ORDER BY customer, entry) AS e, LATERAL (SELECT
    coalesce(sum(s.amount) FILTER (WHERE s.ordered_at > e.entered_at AND s.ordered_at <= e.entered_at + interval '10 days'), 0) AS spend,
    ARRAY[coalesce(sum(s.amount) FILTER (WHERE s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '10 days'), 0),
    count(*) FILTER (WHERE s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '10 days'),
    coalesce(least(extract(epoch FROM e.entered_at - max(s.ordered_at) FILTER (WHERE s.ordered_at <= e.entered_at)) / 86400, 365), 365),
    coalesce(sum(s.amount) FILTER (WHERE s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '365 days'), 0),
    count(*) FILTER (WHERE s.ordered_at <= e.entered_at AND s.ordered_at > e.entered_at - interval '365 days')]::float8[] AS before FROM worth_sales AS s WHERE s.customer_id = e.customer) AS s;
SELECT l.compared_with, l.treated_customers = (SELECT count(*) FROM worth_firsts WHERE treated AND share IS NOT NULL) AS treated, l.control_customers = (SELECT count(*) FROM worth_firsts WHERE NOT treated) AS control,
    (l.spend_p_value, l.spend_lift_low, l.spend_lift_high, l.adjusted_spend_p_value, l.adjusted_spend_lift) = ((c).p_value, (c).lift_low, (c).lift_high, (c).adjusted_p_value, (c).adjusted_lift) AS by_hand,
    l.treated_spend < (SELECT avg(spend) FROM worth_firsts WHERE treated) AS within_strata, l.treated_conversion = (SELECT avg((spend > 0)::int)::float8 FROM worth_firsts WHERE treated AND share IS NOT NULL) AS conversion,
    (l.conversion_p_value, l.conversion_lift_low) = ((b).p_value, (b).lift_low) AS conversion_by_hand, (c).strata, (c).left_out_customers = 550 AS left_out, l.status LIKE '%550 customers of 1 stratum with one group alone left out%' AS says_so
FROM worth_lift AS l, (SELECT lifecycle.compare_spend(treated, spend, before, share::text) AS c, lifecycle.compare_spend(treated, (spend > 0)::int, NULL, share::text) AS b FROM worth_firsts) AS x WHERE l.arm IS NULL;
SELECT control_customers_reached = (SELECT count(*) FROM worth_firsts WHERE NOT treated AND (customer BETWEEN 551 AND 600 OR customer BETWEEN 1001 AND 1050)) AS reached, control_customers_reached > 15 AS some,
    treated_customers_missed, sample_ratio_p_value > 0.001 AS sound, p_value_anytime > 0.05 AS anytime, status LIKE '%of the control customers got a message of it another way' AS says_so FROM worth_lift WHERE arm IS NULL;
-- Arms at the entry, each with those of its own split; late arms are not told apart.
SELECT l.arm, l.compared_with, l.treated_customers = (SELECT count(*) FROM worth_firsts WHERE treated AND arm = l.arm AND (share IS NOT NULL OR l.compared_with <> 'store control')) AS treated,
    l.control_customers = (SELECT count(*) FROM worth_firsts WHERE CASE WHEN l.compared_with = 'store control' THEN NOT treated AND split_part(arm, '=', 1) = split_part(l.arm, '=', 1) ELSE treated AND arm = l.compared_with END) AS others,
    l.sample_ratio_p_value > 0.001 AS sound, l.adjusted_spend_p_value < 0.01 AS differs, l.spend_q_value >= l.spend_p_value AS q, l.may_be_best FROM worth_lift AS l WHERE arm IS NOT NULL ORDER BY arm, compared_with;
-- Before any window has ended, between, and by a group.
SELECT treated_customers, control_customers, open_customers, status FROM lifecycle.journey_lift('worth', 'spring', as_of => '2024-03-12 12:00+00') WHERE arm IS NULL;
SELECT treated_customers, control_customers, open_customers, status FROM lifecycle.journey_lift('worth', 'spring', as_of => '2024-03-12 14:00+00') WHERE arm IS NULL;
SELECT group_value, treated_customers + control_customers AS customers FROM lifecycle.journey_lift('worth', 'spring', group_by => 'country') WHERE arm IS NULL ORDER BY 1 NULLS FIRST;
-- The next version: each has its own first entries, for their whole windows.
SELECT lifecycle.create_journey('worth', 'spring', '{"entry": {"event": "spring"}, "reentry": "always", "control": 0.5, "goal": {"bought": true, "within": "10 days"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "d"}}, {"name": "end", "exit": "sent"}]}', start => true);
CALL worth_play('spring', '[1,151)', '2024-03-26 12:00+00');
CALL lifecycle.refresh('worth', '2024-04-10 12:00+00');
SELECT version, compared_with, treated_customers, control_customers > 0 AS control, open_customers, spend_p_value IS NOT NULL AS compared FROM lifecycle.journey_lift('worth', 'spring') WHERE arm IS NULL;
-- Nothing in the future, nothing before the journey, no control group at all.
SELECT count(*) FROM lifecycle.journey_lift('worth', 'spring', as_of => '2024-01-01');
SELECT version, treated_customers, control_customers, sample_ratio_p_value, status FROM lifecycle.journey_lift('worth', 'c');

-- Customers whom another journey calls in are in its control group, and came by what they did: they are counted in the status alone.
SELECT lifecycle.create_journey('worth', 'called', '{"entry": {"call": true}, "control": 0.3, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "e"}}, {"name": "end", "exit": "sent"}]}', start => true) IS NOT NULL AS created;
SELECT lifecycle.create_journey('worth', 'caller', '{"entry": {"event": "calls"}, "control": 0.5, "steps": [
    {"name": "on", "call": "called"}, {"name": "end", "exit": "called"}]}', start => true) IS NOT NULL AS created;
UPDATE worth_data.journey SET started_at = '2024-03-01' WHERE name IN ('called', 'caller');
CALL worth_play('calls', '[1,61)', '2024-04-11 12:00+00');
CALL lifecycle.refresh('worth', '2024-06-01 12:00+00');
SELECT count(*) AS called, count(*) FILTER (WHERE control IS NULL) BETWEEN 10 AND 40 AS some_treated FROM worth_data.enrollment WHERE is_called;
SELECT treated_customers, control_customers, open_customers, sample_ratio_p_value, status FROM lifecycle.journey_lift('worth', 'called');
-- Splits in a chain: every arm beside all that came to its split, and beside the other arms of it.
SELECT lifecycle.create_journey('worth', 'chain', '{"entry": {"event": "chain"}, "control": 0.3, "goal": {"bought": true, "within": "1 day"}, "steps": [
    {"name": "first", "split": [{"arm": "a", "weight": 1, "then": "letter"}, {"arm": "b", "weight": 2, "then": "second"}]},
    {"name": "second", "split": [{"arm": "x", "weight": 1, "then": "letter"}, {"arm": "y", "weight": 1, "then": "letter"}]},
    {"name": "letter", "act": {"channel": "email", "template": "f"}}, {"name": "end", "exit": "sent"}]}', start => true) IS NOT NULL AS created;
UPDATE worth_data.journey SET started_at = '2024-03-01' WHERE name = 'chain';
CALL worth_play('chain', '[1,401)', '2024-06-01 12:30+00');
CALL lifecycle.refresh('worth', '2024-06-10 12:00+00');
SELECT l.arm, l.compared_with, l.treated_customers = count(*) FILTER (WHERE e.control IS NULL AND starts_with(e.arm, l.arm)) AS treated,
    l.control_customers = CASE WHEN l.compared_with = 'journey control' THEN count(*) FILTER (WHERE e.control = 'journey' AND starts_with(e.arm, regexp_replace(l.arm, '[^=]*$', '')))
        ELSE count(*) FILTER (WHERE e.control IS NULL AND starts_with(e.arm, l.compared_with)) END AS others, l.sample_ratio_p_value > 0.001 AS sound, l.may_be_best
FROM lifecycle.journey_lift('worth', 'chain') AS l, worth_data.enrollment AS e JOIN worth_data.journey AS j USING (journey)
WHERE j.name = 'chain' AND l.arm IS NOT NULL GROUP BY l.arm, l.compared_with, l.treated_customers, l.control_customers, l.sample_ratio_p_value, l.may_be_best ORDER BY 1, 2;

DROP VIEW worth_firsts;
SELECT lifecycle.detach('worth', discard => true);
DROP TABLE worth_sales, worth_people, worth_lift;
DROP PROCEDURE worth_play;
