-- entries know their event: which events are occasions, what tells entries apart, and what cancels them
SET timezone = 'UTC';
SET client_min_messages = warning;
\pset null '-'
\i send.sql
CREATE TABLE basket_sale (customer integer, at timestamptz, amount numeric, number text, state text DEFAULT 'paid');
INSERT INTO basket_sale SELECT i, timestamptz '2024-01-01' + i * interval '1 hour', 20, 'old ' || i FROM generate_series(1, 60) AS i;
-- The store's clocks are an hour ahead of UTC.
SELECT lifecycle.attach('basket', orders => 'basket_sale', customer => 'customer', ordered_at => 'at', amount => 'amount',
    order_key => 'number', status => $$state <> 'cancelled'$$, time_zone => 'Europe/Berlin', settings => '{"reader": ""}');
CALL lifecycle.refresh('basket', '2024-03-01 12:00');
CREATE PROCEDURE pg_temp.start(journey_name text, definition jsonb) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lifecycle.create_journey('basket', journey_name, definition, start => true);
    UPDATE basket_data.journey AS j SET started_at = '2024-03-01' WHERE j.name = journey_name;
END $$;
CREATE PROCEDURE pg_temp.happen(kind text, person integer, detail jsonb, at timestamptz DEFAULT '2024-03-04 10:00') LANGUAGE sql AS $$
    SELECT lifecycle.record_event('basket', kind, NULL, customer => person::text, detail => detail, at => at)
$$;
CREATE TEMP TABLE said (person serial, detail jsonb, is_right boolean);
CREATE PROCEDURE pg_temp.happen_all(kind text) LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    FOR one IN SELECT * FROM said ORDER BY person LOOP CALL pg_temp.happen(kind, one.person, one.detail); END LOOP;
END $$;
-- Customers who entered and should not have, or have not entered and should.
CREATE FUNCTION pg_temp.wrong(of text) RETURNS TABLE (person integer, detail text, is_right boolean) LANGUAGE sql AS $$
    SELECT said.person, left(said.detail::text, 60), said.is_right FROM said
    WHERE said.is_right <> EXISTS (SELECT FROM basket.journey_customers AS j WHERE j.journey = of AND j.customer = said.person)
    ORDER BY said.person
$$;
CREATE PROCEDURE pg_temp.forget_said() LANGUAGE sql AS $$ TRUNCATE said RESTART IDENTITY $$;

-- Numbers are JSON numbers, and texts that read as one; nothing else is.
CALL pg_temp.start('numbers', '{"entry": {"event": "left_1", "where": {"event": "total", "at_least": 50}}, "steps": [{"name": "end", "exit": "done"}]}');
INSERT INTO said (detail, is_right) VALUES
    ('{"total": 50}', true), ('{"total": 49.99}', false), ('{"total": "50"}', true), ('{"total": "+50.0"}', true),
    ('{"total": "5e1"}', false), ('{"total": " 50"}', false), ('{"total": "50 "}', false), ('{"total": "50\n"}', false),
    ('{"total": true}', false), ('{"total": [50]}', false), ('{"total": {"a": 50}}', false), ('{"total": null}', false),
    ('{}', false), (NULL, false), ('50', false), ('"total"', false), ('[{"total": 50}]', false), ('null', false),
    ('{"total": 1e300}', true), ('{"total": -1e300}', false), ('{"total": "-50"}', false), ('{"total": "50abc"}', false),
    ('{"total": "NaN"}', false), ('{"total": "Infinity"}', false), ('{"total": "0x50"}', false), ('{"total": ""}', false),
    ('{"total": ".5"}', false), ('{"total": "50."}', false), ('{"total": "1,000"}', false),
    -- A text of more than 100 characters is no number, whatever it begins with.
    (jsonb_build_object('total', repeat('9', 100)), true), (jsonb_build_object('total', repeat('9', 101)), false),
    (jsonb_build_object('total', repeat('9', 100) || 'abc'), false), (jsonb_build_object('total', repeat('9', 1000000)), false),
    (jsonb_build_object('total', 50, 'rest', repeat('x', 1000000)), true),
    (('{"total": 60, "rest": ' || repeat('[', 500) || repeat(']', 500) || '}')::jsonb, true);
CALL pg_temp.happen_all('left_1');
CALL lifecycle.run_journeys('basket', '2024-03-04 11:00');
SELECT * FROM pg_temp.wrong('numbers');
CALL pg_temp.forget_said();

-- Texts, truths, and a member within others; what is missing is not what is asked, so that it is not.
CALL pg_temp.start('texts', '{"entry": {"event": "left_2", "where": {"and": [
    {"event": ["cart", "lines", "0", "sku"], "in": ["A1", "B 2"]}, {"event": "gift", "is_not": true}, {"not": {"event": "total", "less_than": 10}},
    {"event": "note", "is_null": true}]}}, "steps": [{"name": "end", "exit": "done"}]}');
INSERT INTO said (detail, is_right) VALUES
    ('{"cart": {"lines": [{"sku": "A1"}]}}', true), ('{"cart": {"lines": [{"sku": "B 2"}]}, "gift": false, "total": 10, "note": null}', true),
    ('{"cart": {"lines": [{"sku": "a1"}]}}', false), ('{"cart": {"lines": {"0": {"sku": "A1"}}}}', true), ('{"cart": {"lines": []}}', false),
    ('{"cart": {"lines": [["A1"]]}}', false), ('{"cart": {"lines": [{"sku": ["A1"]}]}}', false), ('{"cart": "A1"}', false),
    ('{"cart": {"lines": [{"sku": "A1"}]}, "gift": true}', false), ('{"cart": {"lines": [{"sku": "A1"}]}, "gift": "true"}', true),
    ('{"cart": {"lines": [{"sku": "A1"}]}, "gift": 1}', true), ('{"cart": {"lines": [{"sku": "A1"}]}, "total": 9.99}', false),
    ('{"cart": {"lines": [{"sku": "A1"}]}, "total": "9.99"}', false), ('{"cart": {"lines": [{"sku": "A1"}]}, "total": "none"}', true),
    ('{"cart": {"lines": [{"sku": "A1"}]}, "note": ""}', false), ('{"cart": {"lines": [{"sku": "A1"}]}, "note": []}', false),
    ('{"cart": {"lines": [{"sku": 1}]}}', false);
CALL pg_temp.happen_all('left_2');
CALL lifecycle.run_journeys('basket', '2024-03-04 11:00');
SELECT * FROM pg_temp.wrong('texts');
CALL pg_temp.forget_said();

-- Days and instants by the clocks of the customer: those of Berlin. Now is 4 March, 12:00 there.
CALL pg_temp.start('days', '{"entry": {"event": "left_3", "where": {"and": [
    {"event": "on", "less_than": "2024-03-05"}, {"event": "on", "within_last": "3 days"}]}}, "steps": [{"name": "end", "exit": "done"}]}');
INSERT INTO said (detail, is_right) VALUES
    ('{"on": "2024-03-04"}', true), ('{"on": "2024-03-04T12:00"}', true), ('{"on": "2024-03-04T12:01"}', false),
    ('{"on": "2024-03-04T12:30:00+02:00"}', true), ('{"on": "2024-03-04T11:00:00Z"}', true), ('{"on": "2024-03-04T11:00:01Z"}', false),
    ('{"on": "2024-03-01T12:00"}', false), ('{"on": "2024-03-01T12:00:01"}', true), ('{"on": "2024-03-01"}', false),
    ('{"on": "2024-02-30"}', false), ('{"on": "yesterday"}', false), ('{"on": 20240304}', false), ('{"on": ["2024-03-04"]}', false),
    ('{"on": "infinity"}', false), ('{"on": "-infinity"}', false), ('{"on": ""}', false), ('{"on": "9999-12-31"}', false);
CALL pg_temp.happen_all('left_3');
CALL lifecycle.run_journeys('basket', '2024-03-04 11:00');
SELECT * FROM pg_temp.wrong('days');
CALL pg_temp.forget_said();

-- Entries of different keys are side by side, in the order of their events. A key is a text, a number or a truth of 1 to 500 bytes.
CALL pg_temp.start('keys', '{"entry": {"event": "left_4", "key": "cart"}, "steps": [{"name": "day", "wait": {"for": "1 day"}}, {"name": "end", "exit": "done"}]}');
CALL pg_temp.happen('left_4', 1, '{"cart": "b"}', '2024-03-04 09:00');
CALL pg_temp.happen('left_4', 1, '{"cart": "a"}', '2024-03-04 09:00');
CALL pg_temp.happen('left_4', 1, '{"cart": "c"}', '2024-03-04 08:00');
CALL pg_temp.happen('left_4', 1, '{"cart": "c"}', '2024-03-04 07:00');
CALL pg_temp.happen('left_4', 2, '{"cart": 7}');
CALL pg_temp.happen('left_4', 2, '{"cart": "7"}');
CALL pg_temp.happen('left_4', 2, '{"cart": 7.0}');
CALL pg_temp.happen('left_4', 2, '{"cart": true}');
CALL pg_temp.happen('left_4', 2, '{"cart": "true"}');
CALL pg_temp.happen('left_4', 3, '{"cart": ""}');
CALL pg_temp.happen('left_4', 3, '{"cart": null}');
CALL pg_temp.happen('left_4', 3, '{"cart": ["a"]}');
CALL pg_temp.happen('left_4', 3, '{"cart": {"id": "a"}}');
CALL pg_temp.happen('left_4', 3, '{}');
CALL pg_temp.happen('left_4', 3, NULL);
CALL pg_temp.happen('left_4', 3, jsonb_build_object('cart', repeat('x', 501)));
CALL pg_temp.happen('left_4', 3, jsonb_build_object('cart', repeat(U&'\00E4', 251)));
CALL pg_temp.happen('left_4', 3, jsonb_build_object('cart', repeat('x', 1000000)));
CALL pg_temp.happen('left_4', 4, jsonb_build_object('cart', repeat('x', 500)));
CALL pg_temp.happen('left_4', 4, jsonb_build_object('cart', repeat(U&'\00E4', 250)));
CALL lifecycle.run_journeys('basket', '2024-03-04 11:00');
SELECT customer, entry, left(occasion, 10) AS occasion, length(occasion), triggered_at, order_key FROM basket.journey_customers
WHERE journey = 'keys' ORDER BY customer, entry;

-- Each key is entered again as the journey says, and the numbers count on: once by default, always here.
CALL pg_temp.start('again', '{"entry": {"event": "left_4", "key": "cart"}, "reentry": "always", "steps": [{"name": "day", "wait": {"for": "1 day"}}, {"name": "end", "exit": "done"}]}');
CALL pg_temp.happen('left_4', 5, '{"cart": "a"}', '2024-03-05 09:00');
CALL pg_temp.happen('left_4', 5, '{"cart": "b"}', '2024-03-05 08:00');
CALL lifecycle.run_journeys('basket', '2024-03-05 10:00');
CALL pg_temp.happen('left_4', 5, '{"cart": "a"}', '2024-03-06 08:00');
CALL pg_temp.happen('left_4', 5, '{"cart": "c"}', '2024-03-06 09:00');
CALL lifecycle.run_journeys('basket', '2024-03-06 09:00');
CALL lifecycle.run_journeys('basket', '2024-03-06 10:00');
CALL pg_temp.happen('left_4', 5, '{"cart": "a"}', '2024-03-06 11:00');
CALL pg_temp.happen('left_4', 5, '{"cart": "b"}', '2024-03-06 11:00');
CALL pg_temp.happen('left_4', 5, '{"cart": "c"}', '2024-03-06 11:00');
CALL lifecycle.run_journeys('basket', '2024-03-06 12:00');
SELECT journey, entry, occasion, entered_at, outcome FROM basket.journey_customers WHERE customer = 5 ORDER BY journey, entry;

-- A cancelling event counts from the triggering one on, of the same key, whenever it is recorded: before the entry, at runs, at the hand-over.
CALL pg_temp.start('cancelled', '{"entry": {"event": "left_5", "key": ["cart", "id"], "cancelled_by": ["emptied", "checked_out"]}, "steps": [
    {"name": "hour", "wait": {"for": "1 hour"}}, {"name": "letter", "act": {"channel": "email", "template": "forgotten",
        "payload": {"lines": {"event": ["cart", "lines"]}, "id": {"event": ["cart", "id"]}, "none": {"event": "none"}, "list": [{"event": "at"}, 1]}}},
    {"name": "end", "exit": "sent"}]}');
SELECT count(lifecycle.record_event('basket', 'left_5', NULL, customer => n::text, at => '2024-03-07 10:00',
    detail => '{"cart": {"id": "a", "lines": [{"sku": "A1", "n": 2}]}, "at": 1.50}')) AS recorded FROM generate_series(1, 8) AS n;
CALL pg_temp.happen('left_5', 1, '{"cart": {"id": "b"}}', '2024-03-07 10:10');
-- Before: nothing. At the same instant, and after: cancelled as the customer enters. Of another key, or with none: nothing.
CALL pg_temp.happen('emptied', 1, '{"cart": {"id": "a"}}', '2024-03-07 09:59:59.999999');
CALL pg_temp.happen('emptied', 2, '{"cart": {"id": "a"}}', '2024-03-07 10:00');
CALL pg_temp.happen('CheckedOut', 3, '{"cart": {"id": "a"}}', '2024-03-07 10:20');
CALL pg_temp.happen('emptied', 4, '{"cart": {"id": "b"}}', '2024-03-07 10:20');
CALL pg_temp.happen('emptied', 4, '{"cart": "a"}', '2024-03-07 10:20');
CALL pg_temp.happen('emptied', 4, NULL, '2024-03-07 10:20');
CALL pg_temp.happen('emptied', 4, '{"cart": {"id": ["a"]}}', '2024-03-07 10:20');
CALL lifecycle.run_journeys('basket', '2024-03-07 10:30');
-- Recorded between two runs; with an instant that is yet to come, from then on.
CALL pg_temp.happen('emptied', 1, '{"cart": {"id": "b"}}', '2024-03-07 10:40');
CALL pg_temp.happen('emptied', 5, '{"cart": {"id": "a"}}', '2024-03-07 10:40');
CALL pg_temp.happen('emptied', 6, '{"cart": {"id": "a"}}', '2024-03-07 12:00');
CALL lifecycle.run_journeys('basket', '2024-03-07 11:30');
SELECT customer, occasion, step, ended_at, outcome FROM basket.journey_customers WHERE journey = 'cancelled' ORDER BY customer, entry;
-- Recorded late, after the action was decided: it is cancelled at the hand-over, and the entry at the next run.
CALL pg_temp.happen('emptied', 7, '{"cart": {"id": "a"}}', '2024-03-07 11:20');
SELECT customer, payload FROM lifecycle.claim_actions('email', 100, store => 'basket') ORDER BY customer;
CALL lifecycle.run_journeys('basket', '2024-03-07 12:30');
SELECT customer, occasion, step, ended_at, outcome FROM basket.journey_customers WHERE journey = 'cancelled' AND customer IN (6, 7, 8) ORDER BY customer, entry;
SELECT customer, status, reason FROM basket_data.action WHERE customer IN (6, 7, 8) ORDER BY customer;

-- What cancels is known as a kind of event, and a member that a definition speaks of is none.
CALL pg_temp.start('named', '{"entry": {"event": "left_6", "where": {"event": "only_a_member", "is": 1}, "key": "only_a_key", "cancelled_by": "only_cancels"},
    "who": {"not": {"event": "only_asked", "within": "1 day"}}, "steps": [
    {"name": "on", "wait": {"date": {"event": "only_a_day"}, "else": "ask"}},
    {"name": "ask", "branch": [{"if": {"or": [{"event": "only_compared", "is": "x"}, {"event": "only_at_least", "of": "entry", "at_least": 1},
        {"event": "only_counted", "at_least": 2}]}, "then": "letter"}]},
    {"name": "letter", "act": {"channel": "email", "template": "x", "payload": {"x": {"event": "only_handed_over"}}}}, {"name": "end", "exit": "done"}],
    "goal": {"event": "only_a_goal"}}');
CREATE FUNCTION pg_temp.is_known(kind text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lifecycle.record_event('basket', kind, NULL, customer => '60', at => '2024-03-01');
    RETURN true;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END $$;
SELECT kind, pg_temp.is_known(kind) FROM unnest('{left_6,only_cancels,only_asked,only_counted,only_a_goal,only_a_member,only_a_key,only_a_day,only_compared,
    only_at_least,only_handed_over}'::text[]) AS kind;

-- A machine that clicks cancels nothing.
SELECT lifecycle.configure('basket', '{"machine_within": "5 seconds"}');
CALL pg_temp.start('machines', '{"entry": {"event": "left_7", "cancelled_by": "clicked"}, "steps": [{"name": "letter", "act": {"channel": "email", "template": "m"}},
    {"name": "pause", "wait": {"for": "1 day"}}, {"name": "end", "exit": "sent"}]}');
CALL pg_temp.happen('left_7', 11, NULL, '2024-03-08 10:00');
CALL pg_temp.happen('left_7', 12, NULL, '2024-03-08 10:00');
CALL lifecycle.run_journeys('basket', '2024-03-08 10:00');
SELECT count(*) FROM lifecycle.claim_actions('email', 100, store => 'basket');
UPDATE basket_data.action SET status = 'done', claimable_at = NULL, handed_over_at = '2024-03-08 10:01', completed_at = '2024-03-08 10:01', processed = false
WHERE template = 'm';
SELECT lifecycle.record_event('basket', 'click', NULL, action => id, at => CASE customer WHEN 11 THEN timestamptz '2024-03-08 10:01:01' ELSE '2024-03-08 10:05' END)
FROM basket_data.action WHERE template = 'm' ORDER BY customer;
CALL lifecycle.run_journeys('basket', '2024-03-08 11:00');
SELECT customer, outcome FROM basket.journey_customers WHERE journey = 'machines' ORDER BY customer;

-- Steps ask the event of their own entry; where it is gone, nothing is known of it.
CALL pg_temp.start('asked', '{"entry": {"event": "left_8", "key": "cart"}, "steps": [
    {"name": "hour", "wait": {"for": "1 hour"}},
    {"name": "ask", "branch": [{"if": {"event": "total", "of": "entry", "at_least": 100}, "then": "dear"},
        {"if": {"event": "cart", "is": "x"}, "then": "x"}]},
    {"name": "cheap", "exit": "cheap"}, {"name": "dear", "exit": "dear"}, {"name": "x", "exit": "x"}]}');
CALL pg_temp.happen('left_8', 21, '{"cart": "a", "total": 100}');
CALL pg_temp.happen('left_8', 21, '{"cart": "b", "total": 99}');
CALL pg_temp.happen('left_8', 21, '{"cart": "x", "total": 99}');
CALL pg_temp.happen('left_8', 22, '{"cart": "x", "total": 100}');
CALL lifecycle.run_journeys('basket', '2024-03-08 12:00');
DELETE FROM basket_data.event WHERE customer = 22;
CALL lifecycle.run_journeys('basket', '2024-03-08 13:00');
SELECT c.customer, c.occasion, d.reason FROM basket.journey_customers AS c
    JOIN basket_data.decision AS d ON (d.customer, d.entry) = (c.customer, c.entry) AND d.kind = 'left'
WHERE c.journey = 'asked' ORDER BY c.customer, c.entry;

-- A journey with keys can be called, too, while the customer is in it by an event; the call has no key.
CALL pg_temp.start('both', '{"entry": {"event": "left_9", "key": "cart"}, "steps": [{"name": "letter", "act": {"channel": "email", "template": "both"}}, {"name": "end", "exit": "done"}]}');
CALL pg_temp.start('calling', '{"entry": {"event": "left_10", "key": "cart"}, "priority": 5, "steps": [{"name": "on", "call": "both"}, {"name": "end", "exit": "done"}]}');
CALL pg_temp.happen('left_9', 31, '{"cart": "a"}');
CALL pg_temp.happen('left_10', 31, '{"cart": "a"}');
CALL pg_temp.happen('left_10', 31, '{"cart": "b"}');
CALL lifecycle.run_journeys('basket', '2024-03-08 14:00');
SELECT journey, entry, occasion, outcome, due_at FROM basket.journey_customers WHERE customer = 31 ORDER BY journey, entry;
SELECT count(*) AS actions FROM basket_data.action WHERE customer = 31;

-- Of the events of one key the first that was not taken back lets a customer enter; where all were, the first, and the entry ends at once.
CALL pg_temp.start('left_again', '{"entry": {"event": "left_11", "key": "cart", "cancelled_by": "emptied_11"}, "steps": [{"name": "hour", "wait": {"for": "1 hour"}}, {"name": "end", "exit": "done"}]}');
CALL pg_temp.start('left_once', '{"entry": {"event": "left_11", "cancelled_by": "emptied_11"}, "reentry": "always", "steps": [{"name": "hour", "wait": {"for": "1 hour"}}, {"name": "end", "exit": "done"}]}');
-- 41 leaves the cart again, 42 another one; 43 empties all, 44 empties one that was left later, 45 empties it in the future.
CALL pg_temp.happen('left_11', 41, '{"cart": "a"}', '2024-03-09 09:00');
CALL pg_temp.happen('emptied_11', 41, '{"cart": "a"}', '2024-03-09 09:02');
CALL pg_temp.happen('left_11', 41, '{"cart": "a"}', '2024-03-09 09:04');
CALL pg_temp.happen('left_11', 42, '{"cart": "a"}', '2024-03-09 09:00');
CALL pg_temp.happen('emptied_11', 42, '{"cart": "a"}', '2024-03-09 09:02');
CALL pg_temp.happen('left_11', 42, '{"cart": "b"}', '2024-03-09 09:04');
CALL pg_temp.happen('left_11', 43, '{"cart": "a"}', '2024-03-09 09:00');
CALL pg_temp.happen('left_11', 43, '{"cart": "a"}', '2024-03-09 09:01');
CALL pg_temp.happen('emptied_11', 43, '{"cart": "a"}', '2024-03-09 09:02');
CALL pg_temp.happen('left_11', 44, '{"cart": "a"}', '2024-03-09 09:00');
CALL pg_temp.happen('left_11', 44, '{"cart": "b"}', '2024-03-09 09:01');
CALL pg_temp.happen('emptied_11', 44, '{"cart": "b"}', '2024-03-09 09:02');
CALL pg_temp.happen('left_11', 45, '{"cart": "a"}', '2024-03-09 09:00');
CALL pg_temp.happen('emptied_11', 45, '{"cart": "a"}', '2024-03-09 09:30');
CALL pg_temp.happen('left_11', 45, '{"cart": "a"}', '2024-03-09 09:04');
CALL lifecycle.run_journeys('basket', '2024-03-09 09:05');
SELECT journey, customer, entry, occasion, triggered_at::time, outcome FROM basket.journey_customers WHERE journey IN ('left_again', 'left_once') ORDER BY journey, customer, entry;
SELECT lifecycle.detach(store, discard => true) FROM unnest('{basket}'::text[]) AS store;
DROP TABLE basket_sale;
