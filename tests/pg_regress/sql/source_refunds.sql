-- Refunds in a table of their own: each lowers what its customer has spent, at its own instant, and is no order.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE sold (invoice text, customer integer, sold_at timestamptz, total_cents integer, state text);
CREATE TABLE taken_back (invoice text, at timestamp, cents integer, member integer);
INSERT INTO sold VALUES ('A1', 1, '2024-01-01Z', 6000, 'paid'), ('A1', 1, '2024-01-01Z', 4000, 'paid'),
    ('A2', 1, '2024-02-01Z', 5000, 'paid'), ('B1', 2, '2024-01-10Z', 2000, 'paid'), ('C1', 3, '2024-01-10Z', 7000, 'cancelled');
-- in part and twice; as a number below 0; of an order that was cancelled; of no order; without a number or a time
INSERT INTO taken_back VALUES ('A1', '2024-01-15', 1000, 1), ('A1', '2024-01-20', 500, 1), ('B1', '2024-02-01', -2000, 2),
    ('C1', '2024-01-20', 7000, 3), ('X9', '2024-01-20', 100, 1), ('A2', '2024-02-02', NULL, 1), ('A2', NULL, 300, 1);

\set VERBOSITY verbose
\set SHOW_CONTEXT never
-- what is refused
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents',
    refunds => 'taken_back');
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents',
    refunds => 'taken_back', refunded_at => 'at', refund_amount => 'cents');
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents',
    refunds => 'taken_back', refunded_at => 'at', refund_amount => 'cents', refund_order => 'invoice');
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents',
    refunds => 'taken_back', refunded_at => 'at', refund_amount => 'cents', refund_order => 'invoice', refund_customer => 'member');
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents',
    order_key => 'invoice', refunds => 'taken_back', refunded_at => 'at', refund_amount => 'cents', refund_order => 'number');
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents',
    order_key => 'invoice', refunds => 'taken_back', refunded_at => 'at', refund_amount => 'cents', refund_order => 'invoice',
    changes => 'column', changed_at => 'sold_at');
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents',
    refund_order => 'invoice');
\set VERBOSITY default

SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents / 100.0',
    status => $$state <> 'cancelled'$$, order_key => 'invoice', refunds => 'taken_back', refunded_at => 'at',
    refund_amount => 'cents / 100.0', refund_order => 'invoice',
    settings => '{"reader": "", "ordered_at_zone": "UTC", "max_shrink": 1}') \g /dev/null
CALL lifecycle.refresh('sold', '2024-03-01Z');
SELECT customer, orders, spend, first_purchase, last_purchase FROM sold_data.profile ORDER BY 1;
SELECT reason, rows, amount FROM sold.left_out;
SELECT customer, purchases FROM sold_data.history ORDER BY 1;
SELECT * FROM lifecycle.verify('sold');

-- a refund comes, one is taken back, one moves to another order, and an order is cancelled: its refunds go with it
INSERT INTO taken_back VALUES ('A2', '2024-03-02', 5000, 1);
DELETE FROM taken_back WHERE invoice = 'A1' AND at = '2024-01-15';
UPDATE taken_back SET invoice = 'A2' WHERE invoice = 'X9';
UPDATE sold SET state = 'cancelled' WHERE invoice = 'B1';
CALL lifecycle.refresh('sold', '2024-03-03Z');
SELECT customer, purchases FROM sold_data.history ORDER BY 1;
SELECT * FROM lifecycle.verify('sold');
SELECT lifecycle.detach('sold', discard => true) \g /dev/null

-- A refund that vanishes is a correction: nobody has bought more.
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents / 100.0',
    order_key => 'invoice', refunds => 'taken_back', refunded_at => 'at', refund_amount => 'cents / 100.0', refund_order => 'invoice',
    settings => '{"reader": "", "ordered_at_zone": "UTC", "max_shrink": 1}') \g /dev/null
CALL lifecycle.refresh('sold', '2024-03-05Z');
SELECT lifecycle.create_journey('sold', 'vip', '{"entry": {"condition": {"profile": "spend", "at_least": 100}}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "vip"}}, {"name": "end", "exit": "end"}]}') \g /dev/null
SELECT lifecycle.start_journey('sold', 'vip', started_at => '2024-03-05Z') \g /dev/null
SELECT customer, spend FROM sold_data.profile ORDER BY 1;
CALL lifecycle.run_journeys('sold', '2024-03-05 01:00Z');
DELETE FROM taken_back WHERE at = '2024-03-02';
CALL lifecycle.refresh('sold', '2024-03-06Z');
CALL lifecycle.run_journeys('sold', '2024-03-06 01:00Z');
SELECT customer, spend FROM sold_data.profile ORDER BY 1;
SELECT count(*) AS entered FROM sold_data.enrollment;
INSERT INTO taken_back VALUES ('A2', '2024-03-02', 5000, 1);
CALL lifecycle.refresh('sold', '2024-03-07Z');
CALL lifecycle.run_journeys('sold', '2024-03-07 01:00Z');
-- an order of the customer's own is no correction
INSERT INTO sold VALUES ('A3', 1, '2024-03-07 12:00Z', 9000, 'paid');
CALL lifecycle.refresh('sold', '2024-03-08Z');
CALL lifecycle.run_journeys('sold', '2024-03-08 01:00Z');
SELECT customer FROM sold_data.enrollment;
SELECT lifecycle.detach('sold', discard => true) \g /dev/null

-- by the customer, where a refund names no order
SELECT lifecycle.attach('sold', orders => 'sold', customer => 'customer', ordered_at => 'sold_at', amount => 'total_cents / 100.0',
    status => $$state <> 'cancelled'$$, refunds => 'taken_back', refunded_at => 'at', refund_amount => 'cents / 100.0',
    refund_customer => 'member', settings => '{"reader": "", "ordered_at_zone": "UTC"}') \g /dev/null
CALL lifecycle.refresh('sold', '2024-03-01Z');
SELECT customer, purchases FROM sold_data.history ORDER BY 1;
SELECT settings ->> 'changes' AS changes FROM lifecycle.store WHERE store = 'sold';
SELECT lifecycle.detach('sold', discard => true) \g /dev/null
DROP TABLE sold, taken_back;
