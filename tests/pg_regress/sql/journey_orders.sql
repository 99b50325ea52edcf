-- entries know their order: which orders are occasions, what an entry knows of its order, and that it ends with the order
SET timezone = 'UTC';
SET client_min_messages = warning;
\pset null '-'
\i send.sql
CREATE TABLE line (customer integer, number text, at timestamptz, amount numeric, state text DEFAULT 'paid');
CREATE INDEX ON line (customer);
INSERT INTO line SELECT i, 'old ' || i, timestamptz '2024-01-01' + i * interval '1 hour', 20 FROM generate_series(1, 20) AS i;
SELECT lifecycle.attach('numbered', orders => 'line', customer => 'customer', ordered_at => 'at', amount => 'amount', order_key => 'number',
    status => $$state <> 'cancelled'$$, time_zone => 'Europe/Berlin', settings => '{"reader": ""}');
SELECT lifecycle.attach('unnumbered', orders => 'line', customer => 'customer', ordered_at => 'at', amount => 'amount',
    status => $$state <> 'cancelled'$$, time_zone => 'Europe/Berlin', settings => '{"reader": ""}');
CREATE PROCEDURE pg_temp.go(at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    CALL lifecycle.refresh('numbered', at);
    CALL lifecycle.refresh('unnumbered', at);
    CALL lifecycle.run_journeys('numbered', at);
    CALL lifecycle.run_journeys('unnumbered', at);
END $$;
CALL pg_temp.go('2024-03-01 12:00');
CREATE PROCEDURE pg_temp.start(journey_name text, definition jsonb) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lifecycle.create_journey(store, journey_name, definition, start => true) FROM unnest('{numbered,unnumbered}'::text[]) AS store;
    UPDATE numbered_data.journey AS j SET started_at = '2024-02-01' WHERE j.name = journey_name;
    UPDATE unnumbered_data.journey AS j SET started_at = '2024-02-01' WHERE j.name = journey_name;
END $$;
-- Three ways of looking at the same orders: each of 50 and more; each, entered again, whatever becomes of it; the last one.
CALL pg_temp.start('dear', '{"entry": {"event": "ordered", "key": "order", "where": {"order": "amount", "at_least": 50}, "cancelled_by": ["order", "returned"]},
    "exit": {"on_goal": false}, "steps": [
    {"name": "thanks", "act": {"channel": "email", "template": "thanks", "payload": {"key": {"order": "key"}, "at": {"order": "at"}, "amount": {"order": "amount"}}}},
    {"name": "using", "wait": {"for": "5 days"}},
    {"name": "review", "act": {"channel": "email", "template": "review", "payload": {"of": [{"order": "key"}, {"order": "amount"}]}}}, {"name": "end", "exit": "sent"}]}');
CALL pg_temp.start('each', '{"entry": {"event": "ordered", "key": "order", "cancelled_by": []}, "reentry": "always", "exit": {"on_goal": false}, "steps": [
    {"name": "hour", "wait": {"for": "1 hour"}}, {"name": "end", "exit": "done"}]}');
CALL pg_temp.start('last', '{"entry": {"event": "ordered"}, "reentry": "always", "exit": {"on_goal": false}, "steps": [
    {"name": "week", "wait": {"for": "1 week"}}, {"name": "end", "exit": "done"}]}');
INSERT INTO line (customer, number, at, amount) VALUES
    -- One order in two lines, at the first of their instants where they are one order; a small one; a dear one.
    (1, 'A', '2024-03-02 10:05', 25), (1, 'A', '2024-03-02 10:00', 30), (1, 'B', '2024-03-02 10:30', 40), (1, 'C', '2024-03-02 11:00', 60),
    (2, 'D', '2024-03-02 10:00', 50), (2, 'E', '2024-03-02 10:30', 49.99),
    -- A credit note is no order, and lowers no other order.
    (3, 'F', '2024-03-02 10:00', 70), (3, 'G', '2024-03-02 10:30', -70),
    -- Orders of one instant are one occasion over what they amount to together.
    (4, 'I', '2024-03-02 10:00', 30), (4, 'H', '2024-03-02 10:00', 30),
    -- Too late, and just in time: 168 hours are a week.
    (5, 'J', '2024-02-24 12:00', 90), (6, 'K', '2024-02-24 12:00:00.000001', 90),
    -- One that does not count, one without amount, and one without a number.
    (7, 'L', '2024-03-02 10:00', 90), (8, 'M', '2024-03-02 10:00', NULL), (9, NULL, '2024-03-02 10:00', 90), (10, 'N', '2024-03-02 10:00', 0);
UPDATE line SET state = 'cancelled' WHERE number = 'L';
CALL pg_temp.go('2024-03-02 12:00');
CREATE TEMP VIEW entries AS
    SELECT 'numbered' AS store, * FROM numbered.journey_customers UNION ALL SELECT 'unnumbered', * FROM unnumbered.journey_customers;
SELECT store, customer, entry, occasion, order_key, triggered_at FROM entries WHERE journey = 'dear' ORDER BY store, customer, entry;
SELECT store, customer, entry, occasion, order_key FROM entries WHERE journey = 'each' ORDER BY store, customer, entry;
SELECT store, customer, occasion, order_key, triggered_at FROM entries WHERE journey = 'last' AND customer < 5 ORDER BY store, customer, entry;
-- What a sender is handed. D does not count any more by rows that no refresh has read: its message is put off, and the refresh decides.
UPDATE line SET state = 'cancelled' WHERE number = 'D';
SELECT lifecycle.complete_action(store, action), store, customer, payload FROM lifecycle.claim_actions('email', 100, stores => '{numbered,unnumbered}') ORDER BY store, customer, action;
SELECT a.customer, e.occasion, a.status, a.reason FROM numbered_data.action AS a JOIN numbered.journey_customers AS e USING (customer, entry)
WHERE e.journey = 'dear' AND customer = 2;

-- A is cancelled; C moves to a later instant; of F's two journeys one knows a return. H and I: one of two is cancelled, so that the instant still has an order.
UPDATE line SET state = 'cancelled' WHERE number IN ('A', 'H');
UPDATE line SET at = '2024-03-02 11:30' WHERE number = 'C';
SELECT lifecycle.record_event('numbered', 'returned', NULL, customer => '3', at => '2024-03-03 09:00', detail => '{"order": "F"}'),
    lifecycle.record_event('numbered', 'returned', NULL, customer => '6', at => '2024-03-03 09:00', detail => '{"order": "F"}'),
    lifecycle.record_event('unnumbered', 'returned', NULL, customer => '3', at => '2024-03-03 09:00', detail => '{"order": "2024-03-02T10:00:00.000000Z"}'),
    lifecycle.record_event('unnumbered', 'returned', NULL, customer => '6', at => '2024-03-03 09:00', detail => '{"order": "2024-02-24T12:00:00Z"}');
CALL pg_temp.go('2024-03-03 12:00');
SELECT store, customer, entry, occasion, entered_at, outcome, ended_at FROM entries WHERE journey = 'dear' ORDER BY store, customer, entry;
SELECT store, customer, entry, order_key, triggered_at, outcome FROM entries WHERE journey = 'last' AND customer < 5 ORDER BY store, customer, entry;

-- What comes back is no occasion of a journey that a key enters once; the others get their request.
UPDATE line SET state = 'paid' WHERE number IN ('A', 'H', 'D');
CALL pg_temp.go('2024-03-04 12:00');
-- Whatever becomes of an order, each goes on; one that moved is another occasion of the same key, or one of another key without numbers.
SELECT store, customer, entry, occasion, triggered_at, outcome FROM entries WHERE journey = 'each' AND customer IN (1, 4) ORDER BY store, customer, entry;
CALL pg_temp.go('2024-03-09 12:00');
SELECT store, customer, entry, occasion, entered_at, outcome FROM entries WHERE journey = 'dear' AND customer IN (1, 2, 4) ORDER BY store, customer, entry;
SELECT lifecycle.complete_action(store, action), store, customer, template, payload FROM lifecycle.claim_actions('email', 100, stores => '{numbered,unnumbered}') ORDER BY store, customer, action;

-- Steps ask the order of their own entry. Where there are no numbers, the key of the order is not known.
CALL pg_temp.start('asked', '{"entry": {"event": "ordered", "key": "order", "where": {"order": "at", "at_least": "2024-03-10"}}, "exit": {"on_goal": false}, "steps": [
    {"name": "ask", "branch": [
        {"if": {"order": "at", "is": "2024-03-10T11:00:00+01:00"}, "then": "at"}, {"if": {"order": "key", "in": ["P", "Q"]}, "then": "key"},
        {"if": {"order": "at", "within_last": "1 hour"}, "then": "just_now"}, {"if": {"order": "amount", "is": 5.5}, "then": "amount"},
        {"if": {"order": "key", "is_null": true}, "then": "no_key"}]},
    {"name": "other", "exit": "other"}, {"name": "at", "exit": "at"}, {"name": "key", "exit": "key"}, {"name": "just_now", "exit": "just now"},
    {"name": "amount", "exit": "amount"}, {"name": "no_key", "exit": "no key"}]}');
INSERT INTO line (customer, number, at, amount) VALUES
    (11, 'O', '2024-03-10 10:00', 1), (11, 'P', '2024-03-10 10:30', 2), (11, 'R', '2024-03-10 10:45', 5.5), (11, 'S', '2024-03-10 11:30', 5.5),
    (11, 'T', '2024-03-10 10:50', 3), (11, 'U', '2024-03-09 22:59:59', 4), (11, 'V', '2024-03-09 23:00', 4);
CALL pg_temp.go('2024-03-10 12:00');
SELECT e.store, e.occasion, d.reason FROM entries AS e JOIN (
        SELECT 'numbered' AS store, * FROM numbered_data.decision UNION ALL SELECT 'unnumbered', * FROM unnumbered_data.decision) AS d
    ON (d.store, d.customer, d.entry, d.kind) = (e.store, e.customer, e.entry, 'left')
WHERE e.journey = 'asked' AND d.journey = (SELECT journey FROM numbered_data.journey WHERE name = 'asked') ORDER BY e.store, e.triggered_at;

-- The request for a review does not come after the order was cancelled: only the thanks of 4 March.
CREATE TABLE sold (customer integer, at timestamptz, amount numeric, state text DEFAULT 'paid');
INSERT INTO sold SELECT i, timestamptz '2024-01-01' + i * interval '1 day', 20 FROM generate_series(1, 10) AS i;
SELECT lifecycle.attach('thanking', orders => 'sold', customer => 'customer', ordered_at => 'at', amount => 'amount', status => $$state <> 'cancelled'$$,
    time_zone => 'UTC', settings => '{"reader": ""}');
CALL lifecycle.refresh('thanking', '2024-03-01 12:00');
SELECT lifecycle.create_ready_made('thanking', 'post_purchase', '{}', start => true);
UPDATE thanking_data.journey SET started_at = '2024-03-01';
INSERT INTO sold VALUES (5, '2024-03-04 09:00', 80), (6, '2024-03-04 09:00', 80);
CALL lifecycle.refresh('thanking', '2024-03-04 10:00');
CALL lifecycle.run_journeys('thanking', '2024-03-04 10:00');
SELECT pg_temp.send('thanking');
UPDATE sold SET state = 'cancelled' WHERE customer = 5 AND amount = 80;
DO $$
DECLARE day timestamptz;
BEGIN
    FOREACH day IN ARRAY '{2024-03-05 10:00,2024-03-18 10:00,2024-03-19 10:00,2024-04-04 10:00,2024-04-05 10:00,2024-04-20 10:00}'::timestamptz[] LOOP
        CALL lifecycle.refresh('thanking', day);
        CALL lifecycle.run_journeys('thanking', day);
        PERFORM pg_temp.send('thanking');
    END LOOP;
END $$;
SELECT customer, template, decided_at::date FROM thanking.journey_actions ORDER BY customer, decided_at;
SELECT customer, outcome, ended_at FROM thanking.journey_customers ORDER BY customer;

-- A customer who is called has no order to lose; one whose order is of the very instant of the run has.
SELECT lifecycle.create_journey('thanking', 'begin', '{"entry": {"event": "signed"}, "steps": [{"name": "on", "call": "post_purchase"}, {"name": "end", "exit": "called"}]}', start => true);
UPDATE thanking_data.journey SET started_at = '2024-05-01';
INSERT INTO sold VALUES (8, '2024-05-02 10:00', 30), (9, '2024-05-02 10:00', 30);
SELECT lifecycle.record_event('thanking', 'signed', NULL, customer => '7', at => '2024-05-02 09:00');
CALL lifecycle.refresh('thanking', '2024-05-02 10:00');
CALL lifecycle.run_journeys('thanking', '2024-05-02 10:00');
SELECT pg_temp.send('thanking');
UPDATE sold SET state = 'cancelled' WHERE customer = 8 AND amount = 30;
CALL lifecycle.refresh('thanking', '2024-05-02 11:00');
CALL lifecycle.run_journeys('thanking', '2024-05-02 11:00');
SELECT customer, journey, step, entered_at = triggered_at AS is_at_once, outcome FROM thanking.journey_customers WHERE customer IN (7, 8, 9) ORDER BY customer, journey;

-- A table that is emptied and loaded again ends nothing, though a run and a sender come in between: what is due is put off.
CREATE TABLE sold_before AS TABLE sold;
UPDATE thanking_data.enrollment SET due_at = '2024-05-02 12:00' WHERE customer IN (7, 9) AND due_at IS NOT NULL;
CALL lifecycle.run_journeys('thanking', '2024-05-02 12:30');
UPDATE thanking_data.enrollment SET due_at = '2024-05-02 13:00' WHERE customer = 9 AND due_at = 'infinity';
TRUNCATE sold;
SELECT count(*) FROM lifecycle.claim_actions('email', 100, store => 'thanking');
SELECT customer, template, status, reason FROM thanking.journey_actions WHERE customer IN (7, 9) ORDER BY customer, decided_at;
CALL lifecycle.run_journeys('thanking', '2024-05-02 13:00');
SELECT customer, due_at, outcome FROM thanking.journey_customers WHERE customer IN (7, 9) AND journey = 'post_purchase' ORDER BY customer;
INSERT INTO sold SELECT * FROM sold_before;
CALL lifecycle.run_journeys('thanking', '2024-05-02 13:05');
UPDATE thanking_data.action SET claimable_at = '2024-05-02' WHERE status = 'pending';
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'thanking') ORDER BY customer;
-- Once a refresh has found the order gone, the entry ends.
DELETE FROM sold WHERE customer = 9 AND amount = 30;
CALL lifecycle.refresh('thanking', '2024-05-02 14:00');
CALL lifecycle.run_journeys('thanking', '2024-05-02 14:00');
SELECT customer, outcome FROM thanking.journey_customers WHERE customer IN (7, 9) AND journey = 'post_purchase' ORDER BY customer;

-- Orders of one day in a source of days are one occasion, whichever of their numbers comes first; so is an order whose number is corrected.
INSERT INTO line (customer, number, at, amount) VALUES (12, '9', '2024-03-11', 90), (13, 'X2', '2024-03-11', 90);
CALL pg_temp.go('2024-03-11 12:00');
INSERT INTO line (customer, number, at, amount) VALUES (12, '10', '2024-03-11', 60);
UPDATE line SET number = 'X1' WHERE number = 'X2';
CALL pg_temp.go('2024-03-11 18:00');
CALL pg_temp.go('2024-03-11 19:00');
SELECT store, journey, customer, entry, occasion, outcome FROM entries WHERE customer IN (12, 13) AND journey IN ('dear', 'each') ORDER BY store, journey, customer, entry;
-- Long after, the sender does not hand over a request about the one of two orders that is cancelled.
CALL pg_temp.start('slow', '{"entry": {"event": "ordered", "key": "order"}, "exit": {"on_goal": false}, "steps": [
    {"name": "weeks", "wait": {"for": "2 weeks"}}, {"name": "letter", "act": {"channel": "email", "template": "slow", "payload": {"of": {"order": "key"}}}},
    {"name": "end", "exit": "sent"}]}');
UPDATE numbered_data.journey SET started_at = '2024-03-11 20:00' WHERE name = 'slow';
UPDATE unnumbered_data.journey SET started_at = '2024-03-11 20:00' WHERE name = 'slow';
INSERT INTO line (customer, number, at, amount) VALUES (14, 'Y1', '2024-03-12', 20), (14, 'Y2', '2024-03-12', 20), (15, 'Z1', '2024-03-12', 20), (15, 'Z2', '2024-03-12', 20);
CALL pg_temp.go('2024-03-12 12:00');
UPDATE line SET state = 'cancelled' WHERE number = 'Y1';
CALL pg_temp.go('2024-03-13 12:00');
UPDATE line SET state = 'cancelled' WHERE number = 'Z1';
CALL pg_temp.go('2024-03-27 12:00');
SELECT customer, entry, occasion, outcome FROM numbered.journey_customers WHERE journey = 'slow' AND customer IN (14, 15) ORDER BY customer, entry;
SELECT customer, payload FROM lifecycle.claim_actions('email', 100, store => 'numbered') WHERE template = 'slow' ORDER BY customer;
SELECT customer, status, reason FROM numbered.journey_actions WHERE template = 'slow' ORDER BY customer, decided_at;

-- Without a key an event that cancels names the order, too, if the store knows the keys of orders.
CALL pg_temp.start('lone', '{"entry": {"event": "ordered", "where": {"order": "amount", "at_least": 5}, "cancelled_by": ["order", "returned"]}, "exit": {"on_goal": false},
    "reentry": "always", "steps": [{"name": "week", "wait": {"for": "1 week"}}, {"name": "end", "exit": "sent"}]}');
UPDATE numbered_data.journey SET started_at = '2024-03-28' WHERE name = 'lone';
UPDATE unnumbered_data.journey SET started_at = '2024-03-28' WHERE name = 'lone';
INSERT INTO line (customer, number, at, amount) VALUES (16, 'a', '2024-03-28 10:00', 20), (17, 'b', '2024-03-28 10:00', 20), (18, 'c', '2024-03-28 10:00', 20), (18, 'd', '2024-03-28 11:00', 20);
SELECT count(lifecycle.record_event(store, 'returned', NULL, customer => customer::text, at => '2024-03-28 10:30', detail => detail::jsonb))
FROM unnest('{numbered,unnumbered}'::text[]) AS store,
    (VALUES (16, '{"order": "a"}'), (17, '{"order": "a"}'), (17, NULL), (17, '{"order": 1}'), (18, '{"order": "c"}')) AS said (customer, detail);
CALL pg_temp.go('2024-03-28 12:00');
SELECT store, customer, entry, order_key, triggered_at, outcome FROM entries WHERE journey = 'lone' ORDER BY store, customer, entry;

DROP VIEW entries;
SELECT lifecycle.detach(store, discard => true) FROM unnest('{numbered,unnumbered,thanking}'::text[]) AS store;
DROP TABLE line, sold, sold_before;
