-- Refunds that triggers note: a refresh reads the customers of the orders whose refunds have changed, and no others.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE SCHEMA refunds_noted;
SET search_path = refunds_noted, public;
CREATE TABLE bill (number integer, line integer, client integer, at timestamptz, total numeric, currency text, state text DEFAULT 'paid');
CREATE TABLE credit (id serial, bill bigint, at timestamptz, total numeric);
CREATE TABLE rate (currency text, day date, rate numeric);
INSERT INTO bill SELECT i, line, 1 + i % 10, '2024-01-01Z'::timestamptz + i * interval '1 day', 10 * line, 'EUR'
FROM generate_series(1, 40) AS i, generate_series(1, 2) AS line;
INSERT INTO credit (bill, at, total) SELECT i, '2024-02-15Z', 5 FROM generate_series(1, 40, 4) AS i;
INSERT INTO rate VALUES ('USD', '2024-01-01', 0.9), ('USD', '2024-03-01', 0.5);

-- What plain SQL says: each refund lowers the customer who has its order, if the order counts.
CREATE VIEW plain AS
WITH rated AS (
    SELECT b.*, CASE WHEN currency = 'EUR' THEN 1 ELSE (
        SELECT r.rate FROM rate AS r WHERE r.currency = b.currency AND r.day <= b.at::date ORDER BY r.day DESC LIMIT 1) END AS factor
    FROM bill AS b WHERE state = 'paid' AND client IS NOT NULL AND number IS NOT NULL
), entry AS (
    SELECT client, sum(total * factor) AS amount FROM rated WHERE factor IS NOT NULL GROUP BY client, number
    UNION ALL
    SELECT o.client, -abs(c.total) * o.factor
    FROM credit AS c JOIN (SELECT client, number, min(factor) AS factor FROM rated WHERE factor IS NOT NULL GROUP BY 1, 2) AS o ON o.number = c.bill
    WHERE c.total IS NOT NULL AND c.total <> 'NaN' AND c.at IS NOT NULL
)
SELECT client AS customer, sum(amount) AS spend FROM entry GROUP BY client;

SELECT lifecycle.attach('shop', orders => 'bill', customer => 'client', ordered_at => 'at', amount => 'total', order_key => 'number',
    status => $$state = 'paid'$$, refunds => 'credit', refund_order => 'bill', refunded_at => 'at', refund_amount => 'total',
    currency => 'EUR', currency_column => 'currency', rates => 'rate', settings => '{"reader": "", "max_shrink": 1}') \g /dev/null
SELECT settings ->> 'changes' AS changes FROM lifecycle.store WHERE store = 'shop';
CALL lifecycle.refresh('shop', '2024-04-01Z');
CREATE VIEW wrong AS
SELECT COALESCE(p.customer, h.customer) AS customer, p.spend AS plain, h.spend AS stored
FROM plain AS p FULL JOIN (SELECT customer, total_spend(purchases, '9999-12-31') AS spend FROM shop_data.history) AS h ON h.customer = p.customer
WHERE round(p.spend, 2) IS DISTINCT FROM round(h.spend, 2);
SELECT * FROM wrong;

-- how many customers each refresh has read, and whether it read all
CREATE FUNCTION log() RETURNS TABLE (rebuilt boolean, changed bigint) LANGUAGE sql AS
    $$ SELECT rebuilt, changed_customers FROM lifecycle.refresh_log WHERE store = 'shop' ORDER BY id DESC LIMIT 1 $$;
INSERT INTO credit (bill, at, total) VALUES (2, '2024-03-01Z', 7), (2, '2024-03-02Z', 1), (12, '2024-03-02Z', 2);
CALL lifecycle.refresh('shop', '2024-04-02Z');
SELECT * FROM log();
SELECT * FROM wrong;
-- a refund goes to another order; one is deleted; one is of no order, until the order comes
UPDATE credit SET bill = 3 WHERE bill = 2 AND total = 7;
DELETE FROM credit WHERE bill = 5;
INSERT INTO credit (bill, at, total) VALUES (99, '2024-03-05Z', 3);
CALL lifecycle.refresh('shop', '2024-04-03Z');
SELECT * FROM log();
SELECT * FROM wrong;
INSERT INTO bill VALUES (99, 1, 77, '2024-03-04Z', 100, 'USD');
CALL lifecycle.refresh('shop', '2024-04-04Z');
SELECT * FROM log();
SELECT * FROM wrong;
SELECT purchases FROM shop_data.history WHERE customer = 77;
-- the order of a refund goes to another customer, is cancelled, is deleted
UPDATE bill SET client = 78 WHERE number = 99;
UPDATE bill SET state = 'cancelled' WHERE number = 9;
DELETE FROM bill WHERE number = 13;
CALL lifecycle.refresh('shop', '2024-04-05Z');
SELECT * FROM log();
SELECT * FROM wrong;
-- nothing that counts: NULLs, no time
INSERT INTO credit (bill, at, total) VALUES (NULL, '2024-03-05Z', 3), (3, NULL, 3), (4, '2024-03-05Z', NULL), (4, '2024-03-05Z', 'NaN');
CALL lifecycle.refresh('shop', '2024-04-06Z');
SELECT * FROM log();
SELECT customer, source FROM lifecycle.verify('shop');
-- each customer who has a part of an order
INSERT INTO bill VALUES (4, 3, 79, '2024-01-05Z', 50, 'EUR');
INSERT INTO credit (bill, at, total) VALUES (4, '2024-03-06Z', 6);
CALL lifecycle.refresh('shop', '2024-04-07Z');
SELECT * FROM log();
SELECT customer, source FROM lifecycle.verify('shop');
SELECT purchases FROM shop_data.history WHERE customer = 79;

-- columns and tables are renamed
ALTER TABLE credit RENAME COLUMN total TO amount;
ALTER TABLE credit RENAME COLUMN bill TO of_bill;
ALTER TABLE credit RENAME TO credit_note;
ALTER TABLE rate RENAME TO fx;
INSERT INTO credit_note (of_bill, at, amount) VALUES (8, '2024-03-07Z', 4);
CALL lifecycle.refresh('shop', '2024-04-08Z');
SELECT * FROM log();
SELECT * FROM wrong;
SELECT settings ->> 'refunds' AS refunds, settings ->> 'refund_order' AS refund_order, settings ->> 'refund_amount' AS refund_amount,
    settings ->> 'rates' AS rates FROM lifecycle.store WHERE store = 'shop';
INSERT INTO credit_note (of_bill, at, amount) VALUES (8, '2024-03-08Z', 4);
CALL lifecycle.refresh('shop', '2024-04-09Z');
SELECT * FROM log();
SELECT lifecycle.configure('shop', '{"horizon": "180 days"}') \g /dev/null
-- detached for a migration, and taken up again
SELECT lifecycle.detach_source('shop') \g /dev/null
DROP VIEW wrong, plain;
ALTER TABLE credit_note ALTER COLUMN amount TYPE double precision;
INSERT INTO credit_note (of_bill, at, amount) VALUES (8, '2024-03-09Z', 4.5);
SELECT lifecycle.reattach_source('shop') \g /dev/null
CALL lifecycle.refresh('shop', '2024-04-10Z');
SELECT customer, source FROM lifecycle.verify('shop');
-- replaced under its name
CREATE TABLE new_credit AS SELECT * FROM credit_note WHERE of_bill <> 8;
ALTER TABLE credit_note RENAME TO credit_old;
ALTER TABLE new_credit RENAME TO credit_note;
CALL lifecycle.refresh('shop', '2024-04-11Z');
SELECT * FROM log();
SELECT customer, source FROM lifecycle.verify('shop');
SELECT tgrelid::regclass, count(*) FROM pg_trigger WHERE tgname LIKE 'shop\_refunds\_%' GROUP BY 1;
INSERT INTO credit_note (of_bill, at, amount) VALUES (8, '2024-03-08Z', 4);
TRUNCATE credit_note;
CALL lifecycle.refresh('shop', '2024-04-12Z');
SELECT * FROM log();
SELECT customer, source FROM lifecycle.verify('shop');
SELECT lifecycle.detach('shop', discard => true) \g /dev/null
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'shop\_%';

-- keys of other types, an expression, a customer, and what cannot be noted
CREATE TABLE parcel (code char(8), ref uuid, client integer, at timestamptz, total numeric);
CREATE TABLE returned (parcel text COLLATE "C", ref uuid, stamp timestamptz, client bigint, at timestamptz, total numeric);
INSERT INTO parcel SELECT 'P' || i, md5(i::text)::uuid, i % 3, '2024-01-01Z'::timestamptz + i * interval '1 day', 100 FROM generate_series(1, 9) AS i;
INSERT INTO returned SELECT lower('P' || i), md5(i::text)::uuid, now(), i % 3, '2024-02-01Z', i FROM generate_series(1, 9, 3) AS i;
CREATE FUNCTION attached(order_key text, refund_order text, refund_customer text DEFAULT NULL, changes text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$ BEGIN
    PERFORM lifecycle.attach('shop', orders => 'parcel', customer => 'client', ordered_at => 'at', amount => 'total', order_key => order_key,
        refunds => 'returned', refund_order => refund_order, refund_customer => refund_customer, refunded_at => 'at',
        refund_amount => 'total', changes => changes, settings => '{"reader": "", "max_shrink": 1}');
    RETURN (SELECT settings ->> 'changes' FROM lifecycle.store WHERE store = 'shop');
END $$;
SELECT attached('code', 'upper(parcel)');
CALL lifecycle.refresh('shop', '2024-04-01Z');
CREATE FUNCTION spends() RETURNS TABLE (customer bigint, spend numeric) LANGUAGE plpgsql AS
    $$ BEGIN RETURN QUERY EXECUTE 'SELECT customer::bigint, total_spend(purchases, ''9999-12-31'') FROM shop_data.history ORDER BY 1'; END $$;
SELECT * FROM spends();
INSERT INTO returned (parcel, at, total) VALUES ('p5', '2024-03-01Z', 50);
CALL lifecycle.refresh('shop', '2024-04-02Z');
SELECT * FROM log();
SELECT * FROM spends();
SELECT lifecycle.detach('shop', discard => true) \g /dev/null
SELECT attached('ref', 'ref');
CALL lifecycle.refresh('shop', '2024-04-01Z');
INSERT INTO returned (ref, at, total) VALUES (md5('6')::uuid, '2024-03-01Z', 60);
CALL lifecycle.refresh('shop', '2024-04-02Z');
SELECT * FROM log();
SELECT * FROM spends();
SELECT lifecycle.detach('shop', discard => true) \g /dev/null
SELECT attached('code', NULL, 'client');
CALL lifecycle.refresh('shop', '2024-04-01Z');
INSERT INTO returned (client, at, total) VALUES (2, '2024-03-01Z', 60), (NULL, '2024-03-01Z', 60), (7, '2024-03-01Z', 60);
CALL lifecycle.refresh('shop', '2024-04-02Z');
SELECT * FROM log();
SELECT * FROM spends();
SELECT reason, rows FROM shop.left_out;
SELECT customer, source FROM lifecycle.verify('shop');
SELECT lifecycle.detach('shop', discard => true) \g /dev/null
-- a condition that makes a row a refund, over a table whose columns are called as those of the views
ALTER TABLE returned ADD COLUMN link text, ADD COLUMN reason text, ADD COLUMN state text DEFAULT 'pending';
UPDATE returned SET link = 'ok', reason = 'x';
SELECT lifecycle.attach('shop', orders => 'parcel', customer => 'client', ordered_at => 'at', amount => 'total', order_key => 'ref',
    refunds => 'returned', refund_order => 'ref', refunded_at => 'at', refund_amount => 'total', refund_status => $$link = 'ok' AND state <> 'pending'$$,
    settings => '{"reader": "", "max_shrink": 1}') \g /dev/null
CALL lifecycle.refresh('shop', '2024-04-01Z');
SELECT * FROM spends();
SELECT count(*) FROM shop.left_out;
UPDATE returned SET state = 'paid' WHERE ref = md5('4')::uuid;
CALL lifecycle.refresh('shop', '2024-04-02Z');
SELECT * FROM log();
SELECT * FROM spends();
ALTER TABLE returned RENAME COLUMN state TO status;
ALTER TABLE returned RENAME COLUMN link TO reason_of;
UPDATE returned SET status = 'paid' WHERE ref = md5('7')::uuid;
CALL lifecycle.refresh('shop', '2024-04-03Z');
SELECT * FROM spends();
SELECT customer, source FROM lifecycle.verify('shop');
SELECT lifecycle.detach('shop', discard => true) \g /dev/null
-- the text of an instant depends on the session
SELECT attached('at', 'stamp');
SELECT lifecycle.detach('shop', discard => true) \g /dev/null
\set VERBOSITY verbose
\set SHOW_CONTEXT never
SELECT attached('at', 'stamp', changes => 'triggers');
SELECT attached('code', $$ stamp::text $$, changes => 'triggers');
CREATE VIEW returned_view AS SELECT * FROM returned;
SELECT lifecycle.attach('shop', orders => 'parcel', customer => 'client', ordered_at => 'at', amount => 'total', order_key => 'code',
    refunds => 'returned_view', refund_order => 'parcel', refunded_at => 'at', refund_amount => 'total', changes => 'triggers');
SELECT lifecycle.attach('shop', orders => 'bill', customer => 'client', ordered_at => 'at', amount => 'total', refunds => 'returned',
    refund_customer => 'client', refunded_at => 'at', refund_amount => 'total', currency_column => 'currency', rates => 'fx', currency => 'EUR');
\set VERBOSITY default
SET search_path = public;
DROP SCHEMA refunds_noted CASCADE;
