-- What is known at the moment of decision: rows of the sources that changed since the last refresh.
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE TABLE fresh_sale (member int, sold_at timestamptz, amount numeric, state text DEFAULT 'paid', id bigserial);
CREATE INDEX ON fresh_sale (member);
CREATE TABLE fresh_mail (member int, at timestamptz, what text, via text);
INSERT INTO fresh_sale SELECT i, timestamptz '2024-01-01' + i * interval '1 day', 20 FROM generate_series(1, 10) AS i;

-- A store, whose changes are found in one of the ways, with a letter an hour after a cart was left.
CREATE FUNCTION fresh_store(shop text, settings jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lifecycle.attach(shop, orders => 'fresh_sale', customer => 'member', ordered_at => 'sold_at', amount => 'amount',
        status => $q$state <> 'cancelled'$q$, time_zone => 'UTC', settings => '{"reader": ""}' || settings);
    PERFORM lifecycle.create_journey(shop, 'cart', '{"entry": {"event": "cart_left"}, "goal": {"bought": true, "within": "3 days"},
        "steps": [{"name": "hour", "wait": {"for": "1 hour"}}, {"name": "letter", "act": {"channel": "email", "template": "forgotten"}},
        {"name": "end", "exit": "sent"}]}', start => true);
    EXECUTE format('UPDATE %I.journey SET started_at = ''2024-03-01''', shop || '_data');
END $$;
CREATE FUNCTION fresh_cart(shop text, customer text) RETURNS boolean
    RETURN lifecycle.record_event(shop, 'cart_left', 'cart of ' || customer, customer => customer, at => '2024-03-04 10:05');
SELECT fresh_store('noted', '{"events": "fresh_mail", "event_customer": "member", "happened_at": "at", "kind": "what", "event_channel": "via"}');
SELECT fresh_store('grown', '{"changes": "column", "changed_at": "id", "overlap": "2"}');
SELECT fresh_store('compared', '{"changes": "compare"}');
CALL lifecycle.refresh('noted', as_of => '2024-03-04 10:00');
CALL lifecycle.refresh('grown', as_of => '2024-03-04 10:00');
CALL lifecycle.refresh('compared', as_of => '2024-03-04 10:00');

-- Within the hour customers 5, 6 and 99 buy; the store does not know 99 yet, and 6 takes the order back. 7 does nothing, and 8 unsubscribes.
SELECT shop, count(fresh_cart(shop, customer))
FROM unnest(ARRAY['noted', 'grown', 'compared']) AS shop, unnest(ARRAY['5', '6', '7', '8', '99']) AS customer
GROUP BY shop ORDER BY shop;
CALL lifecycle.run_journeys('noted', as_of => '2024-03-04 10:06');
CALL lifecycle.run_journeys('grown', as_of => '2024-03-04 10:06');
CALL lifecycle.run_journeys('compared', as_of => '2024-03-04 10:06');
INSERT INTO fresh_sale (member, sold_at, amount) VALUES (5, '2024-03-04 10:20', 80), (99, '2024-03-04 10:20', 80), (6, '2024-03-04 10:20', 80);
UPDATE fresh_sale SET state = 'cancelled' WHERE member = 6 AND amount = 80;
INSERT INTO fresh_mail VALUES (8, '2024-03-04 10:30', 'unsubscribe', 'email');
CALL lifecycle.run_journeys('noted', as_of => '2024-03-04 11:10');
CALL lifecycle.run_journeys('grown', as_of => '2024-03-04 11:10');
CALL lifecycle.run_journeys('compared', as_of => '2024-03-04 11:10');
SELECT customer, outcome FROM noted_data.enrollment ORDER BY customer;
-- A store that finds changes by a column has no events here.
SELECT customer, outcome FROM grown_data.enrollment ORDER BY customer;
-- One that compares knows what the last refresh knew.
SELECT customer, outcome FROM compared_data.enrollment ORDER BY customer;

-- Nothing was stored, and nothing is lost for the next refresh.
SELECT num_purchases(purchases, '2024-04-01') FROM noted_data.history WHERE customer = 5;
CALL lifecycle.refresh('noted', as_of => '2024-03-04 12:00');
SELECT num_purchases(purchases, '2024-04-01') FROM noted_data.history WHERE customer = 5;
SELECT count(*) FROM lifecycle.verify('noted');

-- A refund, and an order that is cancelled: the thanks for it are not sent.
SELECT lifecycle.create_journey('noted', 'thanks', '{"entry": {"event": "ordered"}, "exit": {"unless": {"bought": {"at_least": 1, "within": "2 days"}}},
    "steps": [{"name": "hour", "wait": {"for": "1 hour"}}, {"name": "letter", "act": {"channel": "email", "template": "thanks"}},
    {"name": "end", "exit": "sent"}]}', start => true);
UPDATE noted_data.journey SET started_at = '2024-03-01' WHERE name = 'thanks';
INSERT INTO fresh_sale (member, sold_at, amount) VALUES (1, '2024-03-05 08:00', 30), (2, '2024-03-05 08:00', 30), (3, '2024-03-05 08:00', 30);
CALL lifecycle.refresh('noted', as_of => '2024-03-05 09:00');
CALL lifecycle.run_journeys('noted', as_of => '2024-03-05 09:00');
UPDATE fresh_sale SET state = 'cancelled' WHERE member = 1 AND amount = 30;
DELETE FROM fresh_sale WHERE member = 2 AND amount = 30;
CALL lifecycle.run_journeys('noted', as_of => '2024-03-05 10:05');
SELECT enrollment.customer, enrollment.outcome
FROM noted_data.enrollment JOIN noted_data.journey USING (journey)
WHERE journey.name = 'thanks' AND enrollment.customer IN (1, 2, 3) ORDER BY enrollment.customer;

-- All rows were replaced: everybody may have changed.
SELECT count(fresh_cart('noted', customer)) FROM unnest(ARRAY['9', '10']) AS customer;
UPDATE noted_data.event SET at = '2024-03-05 11:00', processed = false WHERE customer IN (9, 10);
CALL lifecycle.run_journeys('noted', as_of => '2024-03-05 11:01');
CREATE TEMPORARY TABLE kept AS TABLE fresh_sale;
TRUNCATE fresh_sale;
INSERT INTO fresh_sale TABLE kept;
INSERT INTO fresh_sale (member, sold_at, amount) VALUES (9, '2024-03-05 11:30', 5);
CALL lifecycle.run_journeys('noted', as_of => '2024-03-05 12:05');
SELECT enrollment.customer, enrollment.outcome FROM noted_data.enrollment WHERE enrollment.customer IN (9, 10) ORDER BY enrollment.customer;

-- A row that no history can hold is left out, as a refresh leaves it out: a customer with no other row stays as if it were not there.
SELECT fresh_cart('noted', '4');
UPDATE noted_data.event SET at = '2024-03-05 13:00', processed = false WHERE customer = 4;
INSERT INTO fresh_sale (member, sold_at, amount) VALUES (4, '2024-03-05 13:00', 'NaN');
CALL lifecycle.run_journeys('noted', as_of => '2024-03-05 13:05');
SELECT outcome FROM noted_data.enrollment JOIN noted_data.journey USING (journey) WHERE name = 'cart' AND customer = 4;
SELECT reason, count(*) FROM noted_data.left_out_orders GROUP BY reason;

SELECT count(lifecycle.detach(shop)) FROM unnest(ARRAY['noted', 'grown', 'compared']) AS shop;
DROP FUNCTION fresh_store, fresh_cart;
DROP TABLE fresh_sale, fresh_mail;
