-- how stores and journeys are, for alerts, and the way through a journey as a diagram
SET timezone = 'UTC';
SET client_min_messages = warning;
\pset null '-'
CREATE TABLE sales (customer_id integer NOT NULL, ordered_at timestamptz NOT NULL, amount numeric NOT NULL);
INSERT INTO sales SELECT i, timestamptz '2024-01-01' + i * interval '1 minute', 10 FROM generate_series(1, 200) AS i;
SELECT lifecycle.attach('watched', '{"orders": "sales", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount",
    "reader": ""}');
-- before the first refresh
SELECT journey, status, problem, refreshed_at, refresh_lag, failed_refreshes, ran_at, held_since, pending, dead, dropped, messages, bounces
FROM lifecycle.health WHERE store = 'watched';
CALL lifecycle.refresh('watched', '2024-03-01 12:00+00');
SELECT lifecycle.set_journey_policy('watched', '{"max_entries": 400}');
SELECT lifecycle.create_journey('watched', 'letters', '{
    "entry": {"event": "registered"},
    "steps": [
        {"name": "hello", "act": {"channel": "email", "template": "a\" --> b"}},
        {"name": "read", "wait": {"event": "open", "of": "hello", "timeout": "3 days", "then": "thanks"}},
        {"name": "which", "split": [{"arm": "yes", "weight": 1, "then": "thanks"}, {"arm": "no", "weight": 1, "then": "end"}]},
        {"name": "thanks", "wait": {"for": "1 day"}},
        {"name": "end", "exit": "end; click s1 \"x\""}]}', start => true);
UPDATE watched_data.journey SET started_at = '2024-03-01';
SELECT count(*) FILTER (WHERE lifecycle.record_event('watched', 'registered', 'r' || i, customer => i::text, at => '2024-03-01 13:00+00'))
FROM generate_series(1, 200) AS i;
CALL lifecycle.run_journeys('watched', '2024-03-01 14:00+00');
SELECT journey, status, pending, oldest_pending IS NOT NULL AS waits, dead, messages, bounces, complaints
FROM lifecycle.health WHERE store = 'watched' ORDER BY journey NULLS FIRST;
-- Some is sent, one fails for good, some bounces, one customer complains.
SELECT count(lifecycle.complete_action('watched', action)) FROM lifecycle.claim_actions('email', 100);
SELECT lifecycle.fail_action('watched', max(action), 'no such mailbox', permanent => true) FROM lifecycle.claim_actions('email', 1);
SELECT count(lifecycle.record_event('watched', 'bounce', 'b' || id, action => id))
FROM (SELECT id FROM watched_data.action WHERE status = 'done' ORDER BY id LIMIT 4) AS a;
SELECT lifecycle.record_event('watched', 'complaint', 'c1', action => (SELECT max(id) FROM watched_data.action WHERE status = 'done'));
SELECT journey, status, pending, dead, messages, bounces, complaints
FROM lifecycle.health WHERE store = 'watched' ORDER BY journey NULLS FIRST;
SELECT lifecycle.journey_graph('watched', 'letters');
-- Only the owner and the reader of a store see it.
CREATE ROLE health_stranger;
SET ROLE health_stranger;
SELECT count(*) FROM lifecycle.health WHERE store = 'watched';
SELECT lifecycle.journey_graph('watched', 'letters');
RESET ROLE;
DROP ROLE health_stranger;
-- A store that cannot be read has a row that says why.
ALTER TABLE watched_data.decision RENAME TO decision_elsewhere;
SELECT journey, status, problem FROM lifecycle.health WHERE store = 'watched';
ALTER TABLE watched_data.decision_elsewhere RENAME TO decision;
SELECT lifecycle.journey_graph('watched', 'leters');
SELECT lifecycle.journey_graph('nowhere', 'letters');
SELECT lifecycle.journey_graph('watched', NULL);
SELECT lifecycle.detach('watched', discard => true);
DROP TABLE sales;
