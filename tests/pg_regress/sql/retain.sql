-- What messages said, what came with events, and old movements go when the setting retain says so; what reports count stays.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE SCHEMA retain;
SET search_path = retain, public;
CREATE TABLE people (key int PRIMARY KEY, email text);
INSERT INTO people SELECT i, 'm' || i || '@example.org' FROM generate_series(1, 12) AS i;
CREATE TABLE bought (customer int, at timestamptz, amount numeric);
INSERT INTO bought SELECT key, '2024-01-01Z', 20 FROM people;
SELECT lifecycle.attach('kept', orders => 'bought', customer => 'customer', ordered_at => 'at', amount => 'amount', customers => 'people',
    customers_key => 'key', attributes => '{email}', time_zone => 'Asia/Tokyo', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('kept', '2024-01-02 12:00Z');
SELECT lifecycle.create_journey('kept', 'cart', '{"entry": {"event": "cart_left", "key": "cart"}, "goal": {"bought": true, "within": "30 days"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "cart", "payload": {"to": {"profile": "email"}, "cart": {"event": "cart"}}}},
    {"name": "rest", "wait": {"for": "20 days"}},
    {"name": "again", "act": {"channel": "email", "template": "again", "payload": {"to": {"profile": "email"}, "cart": {"event": "cart"}}}},
    {"name": "done", "exit": "done"}]}', start => true) \g /dev/null
UPDATE kept_data.journey SET started_at = '2024-01-01Z';
SELECT count(*) FROM people, lifecycle.record_event('kept', 'cart_left', 'cart ' || key, customer => key::text, at => '2024-01-03Z',
    detail => jsonb_build_object('cart', key, 'ip', '203.0.113.' || key));
CALL lifecycle.run_journeys('kept', '2024-01-03 01:00Z');
SELECT count(*) FROM (SELECT lifecycle.complete_action('kept', action, 'message ' || action)
    FROM lifecycle.claim_actions('email', 10, store => 'kept')) AS sent;
SELECT count(*) FROM people, lifecycle.record_event('kept', 'opened', 'opened ' || key, action => (SELECT min(id) FROM kept_data.action WHERE customer = key),
    at => '2024-01-03 03:00Z', detail => jsonb_build_object('ip', '203.0.113.' || key)) WHERE key <= 10;
-- a customer whose entry ends
SELECT lifecycle.suppress('kept', '1', note => 'asked by m1@example.org') \g /dev/null
CALL lifecycle.run_journeys('kept', '2024-01-03 04:00Z');
CALL lifecycle.refresh('kept', '2024-01-04 12:00Z');
CREATE VIEW state AS SELECT (SELECT count(payload) FROM kept_data.action) AS payloads, (SELECT count(message_id) FROM kept_data.action) AS message_ids,
    (SELECT count(detail) FROM kept_data.event) AS details, (SELECT count(*) FROM kept_data.event) AS events,
    (SELECT count(*) FROM kept_data.action) AS actions, (SELECT count(*) FROM kept_data.suppression) AS words,
    (SELECT count(*) FROM kept_data.movement) AS movements, (SELECT min(at) FROM kept_data.movement) AS first_movement;
SELECT * FROM state;

-- 1. Bad settings.
SELECT lifecycle.configure('kept', '{"retain": {"suppressions": "30 days"}}');
SELECT lifecycle.configure('kept', '{"retain": {"payloads": "6 days"}}');
SELECT lifecycle.configure('kept', '{"retain": {"payloads": "-30 days"}}');
SELECT lifecycle.configure('kept', '{"retain": {"payloads": "5000 years"}}');
SELECT lifecycle.configure('kept', '{"retain": {"payloads": "some days"}}');
SELECT lifecycle.configure('kept', '{"retain": {"payloads": "infinity"}}');
SELECT lifecycle.configure('kept', '{"retain": {"payloads": 30}}');
SELECT lifecycle.configure('kept', '{"retain": "30 days"}');
SELECT lifecycle.configure('kept', '{"retain": {"": "30 days"}}');

-- 2. The first refresh of a day in the zone of the store applies it, and no other does.
CREATE TABLE reported AS SELECT 'report' AS of, to_jsonb(r) AS says FROM lifecycle.journey_report('kept', 'cart', as_of => '2024-01-18Z') AS r
    UNION ALL SELECT 'credit', to_jsonb(c) FROM kept.journey_credits AS c UNION ALL SELECT 'customer', to_jsonb(c) - '{known_until,goal_known_until}'::text[] FROM kept.journey_customers AS c;
SELECT lifecycle.configure('kept', '{"retain": {"payloads": "10 days", "details": "10 days", "movements": "10 days"}}');
CALL lifecycle.refresh('kept', '2024-01-04 14:59Z');
SELECT payloads, details, movements FROM state;
CALL lifecycle.refresh('kept', '2024-01-12 16:00Z');
SELECT payloads, details, movements FROM state;
CALL lifecycle.refresh('kept', '2024-01-13 14:00Z');
SELECT payloads, details, movements FROM state;
-- Details stay where the entry goes on: its next letter needs them.
CALL lifecycle.refresh('kept', '2024-01-13 15:00Z');
SELECT * FROM state;
SELECT customer, count(payload) AS payloads, count(message_id) AS message_ids FROM kept_data.action GROUP BY customer HAVING count(payload) > 0 ORDER BY 1;
SELECT * FROM (SELECT 'report' AS of, to_jsonb(r) AS says FROM lifecycle.journey_report('kept', 'cart', as_of => '2024-01-18Z') AS r
    UNION ALL SELECT 'credit', to_jsonb(c) FROM kept.journey_credits AS c UNION ALL SELECT 'customer', to_jsonb(c) - '{known_until,goal_known_until}'::text[] FROM kept.journey_customers AS c) AS now
    EXCEPT TABLE reported;
CALL lifecycle.run_journeys('kept', '2024-01-24Z');
SELECT customer, payload FROM lifecycle.claim_actions('email', 2, store => 'kept');
-- What a sender has still to do keeps what it is to say.
CALL lifecycle.refresh('kept', '2024-02-20Z');
SELECT status, count(*), count(payload) AS payloads FROM kept_data.action GROUP BY status ORDER BY 1;
SELECT event.kind, count(event.detail) FROM kept_data.event AS event GROUP BY 1 ORDER BY 1;
-- An event that comes again is the same.
SELECT lifecycle.record_event('kept', 'cart_left', 'cart 5', customer => '5', at => '2024-01-03Z', detail => '{"cart": 5}');

-- 3. The stages of the time that is left are as they were.
CALL lifecycle.refresh('kept', '2024-09-01Z');
SELECT stage, count(*) FROM kept.stages_at('2024-08-25Z') GROUP BY 1 ORDER BY 1;
SELECT count(*) AS old_movements FROM kept_data.movement WHERE at < timestamptz '2024-09-01Z' - interval '10 days';

-- 4. Without it all is kept again.
SELECT lifecycle.configure('kept', '{"retain": null}');
SELECT settings -> 'retain' AS retain FROM lifecycle.store WHERE store = 'kept';
SELECT lifecycle.verify('kept');
DROP VIEW state;
SELECT lifecycle.detach('kept', discard => true);
DROP SCHEMA retain CASCADE;
