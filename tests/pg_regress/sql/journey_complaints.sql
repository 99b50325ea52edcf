-- a journey that customers complain about is held at the next run, and goes on when it is released
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE sales (customer_id integer NOT NULL, ordered_at timestamptz NOT NULL, amount numeric NOT NULL);
INSERT INTO sales SELECT i, now() - interval '30 days', 10 FROM generate_series(1, 400) AS i;
SELECT lifecycle.attach('dear', '{"orders": "sales", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount",
    "reader": ""}');
CALL lifecycle.refresh('dear');
SELECT lifecycle.set_journey_policy('dear', '{"max_entries": 400}');
SELECT lifecycle.create_journey('dear', 'letters', '{"entry": {"event": "registered"}, "steps": [
    {"name": "hello", "act": {"channel": "email", "template": "hello"}},
    {"name": "a_day", "wait": {"for": "1 day"}},
    {"name": "end", "exit": "done"}]}', start => true);
SELECT count(*) FILTER (WHERE lifecycle.record_event('dear', 'registered', 'r' || i, customer => i::text)) FROM generate_series(1, 200) AS i;
CALL lifecycle.run_journeys('dear');
SELECT count(lifecycle.complete_action('dear', action)) FROM lifecycle.claim_actions('email', 100);
-- one complaint of 100 messages says nothing
SELECT lifecycle.record_event('dear', 'complaint', 'c1', action => min(id)) FROM dear_data.action WHERE status = 'done';
CALL lifecycle.run_journeys('dear');
SELECT status, held_reason FROM dear.journeys;
-- two do
SELECT lifecycle.record_event('dear', 'complaint', 'c2', action => max(id)) FROM dear_data.action WHERE status = 'done';
CALL lifecycle.run_journeys('dear');
SELECT status, held_reason FROM dear.journeys;
SELECT journey, status, held_since IS NOT NULL AS held, held_reason, complaints FROM lifecycle.health WHERE store = 'dear' AND journey IS NOT NULL;
SELECT count(*) FROM lifecycle.claim_actions('email', 100);
-- what happens meanwhile, and runs look at for another journey, is not lost
SELECT lifecycle.create_journey('dear', 'other', '{"entry": {"event": "registered"}, "steps": [{"name": "end", "exit": "done"}]}', start => true);
SELECT lifecycle.record_event('dear', 'registered', 'late', customer => '300');
CALL lifecycle.run_journeys('dear');
SELECT processed FROM dear_data.event WHERE provider_id = 'late';
-- released, it goes on, and what was before does not count again
SELECT lifecycle.release_journey('dear', 'letters');
CALL lifecycle.run_journeys('dear');
SELECT customer, outcome FROM dear.journey_customers WHERE journey = 'letters' AND customer IN (300, 301);
SELECT status, held_reason FROM dear.journeys WHERE journey = 'letters';
SELECT lifecycle.record_event('dear', 'complaint', 'c3', action => min(id) + 1) FROM dear_data.action WHERE status = 'done';
CALL lifecycle.run_journeys('dear');
SELECT status FROM dear.journeys WHERE journey = 'letters';
SELECT lifecycle.configure('dear', '{"max_complaints": 2}');
SELECT lifecycle.detach('dear', discard => true);
DROP TABLE sales;
