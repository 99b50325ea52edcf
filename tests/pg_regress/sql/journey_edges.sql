-- journeys, where it is easy to go wrong
SET timezone = 'UTC';
-- a refresh says how far it is once it takes more than a second
SET client_min_messages = warning;
\pset null '-'
\i send.sql
CREATE TABLE sales (customer_id integer NOT NULL, ordered_at timestamptz NOT NULL, amount numeric NOT NULL);
CREATE INDEX ON sales (customer_id);
INSERT INTO sales SELECT i, timestamptz '2024-01-01' + i * interval '1 minute', 10 FROM generate_series(1, 400) AS i;
SELECT lifecycle.attach('edge', orders => 'sales', customer => 'customer_id', ordered_at => 'ordered_at', amount => 'amount',
    settings => '{"reader": ""}');
CALL lifecycle.refresh('edge', '2024-03-01 12:00+00');
CREATE PROCEDURE happen(kind text, customers int4range, at timestamptz) LANGUAGE sql AS $$
    SELECT count(lifecycle.record_event('edge', kind, kind || i || at, customer => i::text, at => at))
    FROM generate_series(lower(customers), upper(customers) - 1) AS i
$$;

-- Who gets nothing from a journey gets nothing from those that it calls.
SELECT lifecycle.create_journey('edge', 'callee', '{"entry": {"call": true}, "steps": [
    {"name": "offer", "act": {"channel": "email", "template": "offer"}}, {"name": "end", "exit": "done"}]}', start => true);
SELECT lifecycle.create_journey('edge', 'caller', '{"entry": {"event": "trial"}, "control": 0.5, "steps": [
    {"name": "on", "call": "callee"}, {"name": "end", "exit": "done"}]}', start => true);
UPDATE edge_data.journey SET started_at = '2024-03-01';
CALL happen('trial', '[1,101)', '2024-03-01 13:00+00');
CALL lifecycle.run_journeys('edge', '2024-03-01 14:00+00');
SELECT r.treatment, e.treatment AS in_the_called, a.status, count(*) BETWEEN 35 AND 65 AS half
FROM edge.journey_customers AS r JOIN edge.journey_customers AS e ON e.customer = r.customer AND e.journey = 'callee'
    JOIN edge.journey_actions AS a ON a.customer = r.customer
WHERE r.journey = 'caller' GROUP BY 1, 2, 3 ORDER BY 1;

-- A simulation knows who had unsubscribed before it begins, also by a letter of another journey.
CALL happen('unsubscribe', '[101,121)', '2024-02-01 12:00+00');
SELECT count(lifecycle.record_event('edge', 'unsubscribe', 'by letter ' || id, action => id, at => '2024-03-01 14:30+00'))
FROM edge_data.action WHERE status = 'pending' AND customer <= 20;
SELECT (sum(customers) FILTER (WHERE kind = 'act')::bigint, sum(customers) FILTER (WHERE kind = 'left: unsubscribed')::bigint) IS NOT DISTINCT FROM (
    SELECT (count(*) FILTER (WHERE not unsubscribed), count(*) FILTER (WHERE unsubscribed))
        FROM (SELECT EXISTS (SELECT FROM edge_data.event AS v WHERE v.customer = p.customer AND v.kind = 'unsubscribe') AS unsubscribed
            FROM edge_data.profile AS p) AS p) AS as_it_would_be
FROM lifecycle.simulate_journey('edge', '{"entry": {"condition": {"profile": "orders", "at_least": 1}, "existing": true}, "steps": [
    {"name": "thanks", "act": {"channel": "email", "template": "thanks"}}, {"name": "end", "exit": "done"}]}',
    '2024-03-02 12:00+00', '2024-03-03 12:00+00');
SELECT count(*) AS left_behind FROM pg_class WHERE relname ~ '^lifecycle_' AND relnamespace = pg_my_temp_schema();

-- Spans of one unit twice, which an interval cannot have, are refused; whole numbers may have decimals.
SELECT lifecycle.create_journey('edge', 'odd', '{"entry": {"event": "odd"}, "goal": {"bought": true, "within": "1 day 1 day"}, "steps": [
    {"name": "end", "exit": "done"}]}');
SELECT lifecycle.create_journey('edge', 'twice', '{"entry": {"event": "twice"}, "goal": {"bought": {"at_least": 2.0}, "within": "2 days"},
    "steps": [{"name": "wait", "wait": {"for": "3 days"}}, {"name": "reached", "goal": true}]}', start => true);
-- A goal that comes after its time is none.
UPDATE edge_data.journey SET started_at = '2024-03-01' WHERE name = 'twice';
CALL happen('twice', '[201,204)', '2024-03-01 13:00+00');
CALL lifecycle.run_journeys('edge', '2024-03-01 14:00+00');
INSERT INTO sales VALUES (201, '2024-03-02', 5), (201, '2024-03-03', 5), (202, '2024-03-03', 5);
CALL lifecycle.refresh('edge', '2024-03-04 12:00+00');
CALL lifecycle.run_journeys('edge', '2024-03-04 14:00+00');
SELECT customer, outcome, goal_at, goal_until FROM edge.journey_customers WHERE journey = 'twice' ORDER BY customer;

-- Nobody gets what was given up before the unsubscription, and what a store's own events say holds for what waits.
SELECT action AS dead FROM lifecycle.claim_actions('email', 1) \gset
SELECT lifecycle.fail_action('edge', :dead, 'no such box', true);
SELECT lifecycle.record_event('edge', 'unsubscribe', 'of the dead', customer => (SELECT customer::text FROM edge_data.action WHERE id = :dead), at => '2024-03-04 15:00+00');
SELECT lifecycle.retry_action('edge', :dead);
SELECT status, claimable_at FROM edge_data.action WHERE id = :dead;
-- A bounce says that it was sent, and it is credited with nothing.
SELECT action AS bounced FROM lifecycle.claim_actions('email', 1) \gset
SELECT lifecycle.record_event('edge', 'bounce', 'b1', action => :bounced, at => '2024-03-04 16:00+00');
SELECT lifecycle.record_event('edge', 'deferred', 'b2', action => :bounced, at => '2023-01-01');
INSERT INTO sales SELECT customer, '2024-03-05', 30 FROM edge_data.action WHERE id = :bounced;
CALL lifecycle.refresh('edge', '2024-03-06 12:00+00');
SELECT status, sent_at, bounced_at, (SELECT count(*) FROM edge.journey_credits AS c WHERE c.action = a.action) AS credits
FROM edge.journey_actions AS a WHERE action = :bounced;
-- Nobody reacts to what a control group did not get.
SELECT lifecycle.record_event('edge', 'click', 'w1', action => (SELECT min(id) FROM edge_data.action WHERE status = 'withheld'));
-- What a sender has when its journey ends is over, too.
SELECT count(*) FROM lifecycle.claim_actions('email', 2);
SELECT lifecycle.end_journey('edge', 'callee');
SELECT status, count(*) > 0 AS some FROM edge_data.action WHERE status IN ('pending', 'claimed', 'cancelled') GROUP BY status;

-- A step that nobody has reached has no entries; what is known by now does not change what was known then.
SELECT lifecycle.create_journey('edge', 'slow', '{"entry": {"event": "slow"}, "steps": [
    {"name": "one", "act": {"channel": "post", "template": "one"}}, {"name": "rest", "wait": {"for": "3 days"}},
    {"name": "two", "act": {"channel": "post", "template": "two"}}, {"name": "rest_again", "wait": {"for": "3 days"}},
    {"name": "end", "exit": "done"}]}', start => true);
UPDATE edge_data.journey SET started_at = '2024-03-01' WHERE name = 'slow';
CALL happen('slow', '[301,311)', '2024-03-06 13:00+00');
CALL lifecycle.run_journeys('edge', '2024-03-06 14:00+00');
SELECT pg_temp.send('edge');
CALL lifecycle.run_journeys('edge', '2024-03-06 14:10+00');
SELECT place, label, step, entries, share_of_entered FROM edge.journey_funnel WHERE journey = 'slow' ORDER BY label;
CREATE TABLE then_known AS SELECT step, entered, decided, unsubscribed, waiting, left_without_goal
    FROM lifecycle.journey_report('edge', 'slow', as_of => '2024-03-06 14:10+00');
CALL happen('unsubscribe', '[301,303)', '2024-03-07 12:00+00');
CALL lifecycle.refresh('edge', '2024-03-20 12:00+00');
CALL lifecycle.run_journeys('edge', '2024-03-09 14:20+00');
SELECT step, entered, decided, unsubscribed, waiting, left_without_goal FROM then_known;
SELECT step, entered, decided, unsubscribed, waiting, left_without_goal FROM lifecycle.journey_report('edge', 'slow', as_of => '2024-03-06 14:10+00');
SELECT step, entered, decided, unsubscribed, waiting, left_without_goal FROM lifecycle.journey_report('edge', 'slow');

-- The actions of a paused journey are not where claims look for them, and are there again when it goes on.
SELECT lifecycle.pause_journey('edge', 'slow');
SELECT count(*) AS claimed FROM lifecycle.claim_actions('post');
SELECT count(*) AS pending, count(claimable_at) AS where_claims_look FROM edge_data.action WHERE channel = 'post' AND status = 'pending';
SELECT lifecycle.start_journey('edge', 'slow', started_at => '2024-03-09 14:30+00');
SELECT count(*) AS claimed FROM lifecycle.claim_actions('post', 3);

SELECT lifecycle.set_journey_policy('edge', '{"max_entries": 1000}');
-- Versions do not mix: what came after the entry into the next one is its own.
SELECT lifecycle.create_journey('edge', 'two', '{"entry": {"event": "two"}, "reentry": "always", "control": 0.5, "exit": {"on_goal": false}, "steps": [
    {"name": "one", "act": {"channel": "post", "template": "one"}}, {"name": "end", "exit": "done"}]}', start => true);
UPDATE edge_data.journey SET started_at = '2024-03-01' WHERE name = 'two';
CALL happen('two', '[1,201)', '2024-03-20 13:00+00');
CALL lifecycle.run_journeys('edge', '2024-03-20 14:00+00');
SELECT pg_temp.send('edge') > 50 AS many;
CALL lifecycle.run_journeys('edge', '2024-03-20 14:10+00');
SELECT lifecycle.create_journey('edge', 'two', '{"entry": {"event": "two"}, "reentry": "always", "exit": {"on_goal": false}, "steps": [
    {"name": "one", "act": {"channel": "post", "template": "better"}}, {"name": "end", "exit": "done"}]}', start => true);
CALL happen('two', '[1,201)', '2024-03-22 13:00+00');
CALL lifecycle.run_journeys('edge', '2024-03-22 14:00+00');
INSERT INTO sales SELECT customer, CASE WHEN control IS NULL THEN timestamptz '2024-03-21' ELSE '2024-03-23' END, 50
FROM edge_data.enrollment JOIN edge_data.journey USING (journey) WHERE name = 'two' AND entry = 1 AND customer % 2 = 0;
CALL lifecycle.refresh('edge', '2024-03-25 12:00+00');
SELECT version, treated_customers, control_customers, open_customers, status FROM lifecycle.journey_lift('edge', 'two');

-- Time to the goal with those who entered of late, held against Kaplan and Meier by the book: at each instant one factor.
SELECT lifecycle.create_journey('edge', 'steady', '{"entry": {"event": "steady"}, "goal": {"bought": true, "within": "20 days"}, "steps": [
    {"name": "rest", "wait": {"for": "30 days"}}, {"name": "end", "exit": "done"}]}', start => true);
UPDATE edge_data.journey SET started_at = '2024-03-01' WHERE name = 'steady';
CREATE PROCEDURE enter_steadily() LANGUAGE plpgsql AS $$
BEGIN
    FOR day IN 0..9 LOOP
        CALL happen('steady', int4range(1001 + 40 * day, 1041 + 40 * day), timestamptz '2024-04-01 12:00+00' + day * interval '1 day');
        CALL lifecycle.run_journeys('edge', timestamptz '2024-04-01 13:00+00' + day * interval '1 day');
    END LOOP;
END $$;
CALL enter_steadily();
INSERT INTO sales SELECT customer, entered_at + -ln(1 - lifecycle.hash_share(customer::text, 'x')) * interval '10 days', 5
FROM edge_data.enrollment WHERE customer > 1000;
CALL lifecycle.refresh('edge', '2024-04-11 12:00+00');
WITH observed AS (
    SELECT e.customer, coalesce(min(s.ordered_at) - e.entered_at, timestamptz '2024-04-11 12:00+00' - e.entered_at) AS after, min(s.ordered_at) IS NOT NULL AS reached
    FROM edge_data.enrollment AS e LEFT JOIN sales AS s ON s.customer_id = e.customer AND s.ordered_at <= '2024-04-11 12:00+00'
    WHERE e.customer > 1000 GROUP BY e.customer, e.entered_at),
factors AS (
    SELECT o.after, 1 - count(*) / (SELECT count(*) FROM observed AS p WHERE p.after >= o.after)::float8 AS factor
    FROM observed AS o WHERE o.reached GROUP BY o.after)
SELECT count(*) AS days, count(*) FILTER (WHERE abs(g.share_reached - (SELECT 1 - exp(sum(ln(f.factor))) FROM factors AS f
        WHERE f.after < (g.day + 1) * interval '1 day')) > 0.00006) AS differ,
    count(*) FILTER (WHERE g.still_followed <> (SELECT count(*) FROM observed AS o WHERE o.after >= g.day * interval '1 day')) AS followed_differ
FROM edge.journey_goals AS g WHERE journey = 'steady';
-- Each day has a row from the entry on, also one on which nobody reached the goal.
SELECT count(*) FILTER (WHERE g.reached = 0) > 10 AS days_without, count(*) FILTER (WHERE g.days <> g.last + 1 OR g.first <> 0) AS left_out,
    count(*) FILTER (WHERE g.still_followed <> (SELECT count(*) FROM edge.journey_customers AS c
        WHERE (c.journey, c.version, c.treatment) = (g.journey, g.version, g.treatment)
            AND greatest(least(c.goal_at, c.goal_known_until) - c.entered_at, '0') >= g.day * interval '1 day')) AS followed_differ,
    count(*) FILTER (WHERE g.reached = 0 AND g.share_reached <> coalesce(g.share_before, 0)) AS share_differs
FROM (SELECT *, count(*) OVER w AS days, max(day) OVER w AS last, min(day) OVER w AS first, lag(share_reached) OVER (w ORDER BY day) AS share_before
    FROM edge.journey_goals WINDOW w AS (PARTITION BY journey, version, treatment)) AS g;

-- At a tie the first touch is the first action, and the last the last.
SELECT lifecycle.create_journey('edge', 'tie', '{"entry": {"event": "tie"}, "steps": [
    {"name": "l1", "act": {"channel": "tie", "template": "1"}}, {"name": "l2", "act": {"channel": "tie", "template": "2"}},
    {"name": "end", "exit": "done"}]}', start => true);
UPDATE edge_data.journey SET started_at = '2024-03-01' WHERE name = 'tie';
CALL happen('tie', '[1,6)', '2024-04-11 12:00+00');
CALL lifecycle.run_journeys('edge', '2024-04-11 13:00+00');
CREATE PROCEDURE deliver() LANGUAGE sql AS $$
    SELECT lifecycle.record_event('edge', 'delivered', 'tie' || action, action => action, at => '2024-04-11 13:00+00') FROM lifecycle.claim_actions('tie') $$;
CALL deliver();
CALL lifecycle.run_journeys('edge', '2024-04-11 13:00+00');
CALL deliver();
SELECT count(*), min(sent_at), max(sent_at) FROM edge.journey_actions WHERE journey = 'tie';
INSERT INTO sales SELECT i, '2024-04-11 13:00+00', 1 FROM generate_series(1, 5) AS i;
CALL lifecycle.refresh('edge', '2024-04-12 12:00+00');
SELECT step, count(*) FROM edge.journey_credits WHERE journey = 'tie' GROUP BY step;
SELECT lifecycle.set_journey_policy('edge', '{"max_entries": 1000, "attribution": {"rule": "first_touch"}}');
SELECT step, count(*) FROM edge.journey_credits WHERE journey = 'tie' GROUP BY step;

-- Two owners in one session.
CREATE ROLE other_owner;
GRANT SELECT, TRIGGER ON sales TO other_owner;
SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO other_owner', current_database()) \gexec
SET ROLE other_owner;
SELECT lifecycle.attach('others', orders => 'sales', customer => 'customer_id', ordered_at => 'ordered_at', changes => 'compare',
    settings => '{"reader": ""}');
CALL lifecycle.refresh('others', '2024-04-12 12:00+00');
SELECT lifecycle.create_journey('others', 'hello', '{"entry": {"event": "hello"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "hello"}}, {"name": "end", "exit": "done"}]}', start => true);
CALL lifecycle.run_journeys('others', '2024-04-12 13:00+00');
SELECT lifecycle.detach('others', discard => true);
RESET ROLE;
SELECT lifecycle.detach('edge', discard => true);
DROP OWNED BY other_owner;
DROP ROLE other_owner;
DROP TABLE sales, then_known;
DROP PROCEDURE happen, enter_steadily, deliver;
