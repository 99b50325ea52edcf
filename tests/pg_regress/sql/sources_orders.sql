-- orders of several rows: what a customer's rows with one key come to
\i modes.sql
SET client_min_messages = warning;
CREATE SCHEMA sources_orders;
SET search_path = sources_orders, public;
CREATE SEQUENCE tick;
CREATE FUNCTION ticked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := nextval('sources_orders.tick'); RETURN NEW; END $$;
CREATE TABLE lines (shop int DEFAULT 1, number text, line int, customer int, at timestamptz, price numeric, pieces int DEFAULT 1,
    changed_at bigint DEFAULT nextval('tick'));
CREATE INDEX ON lines (customer);
CREATE TRIGGER ticked BEFORE UPDATE ON lines FOR EACH ROW EXECUTE FUNCTION ticked();
INSERT INTO lines (number, line, customer, at, price, pieces) VALUES
    -- a voucher line; lines that come later, and one that was entered before the others: the first instant counts
    ('A1', 1, 1, '2025-01-01 10:00', 50, 2), ('A1', 2, 1, '2025-01-01 10:00', -20, 1), ('A1', 3, 1, '2025-01-01 09:59', 5, 1),
    -- a refund only, and an order that comes to 0
    ('A2', 1, 1, '2025-01-05', -30, 1), ('A3', 1, 1, '2025-01-06', 30, 1), ('A3', 2, 1, '2025-01-06', -30, 1),
    -- an amount of NULL beside others, and alone
    ('B1', 1, 2, '2025-01-02', NULL, 1), ('B1', 2, 2, '2025-01-02', 7, 1), ('B2', 1, 2, '2025-01-03', NULL, 1),
    -- no key
    (NULL, 1, 2, '2025-01-04', 1000, 1),
    -- two customers share a number: an order of each
    ('X', 1, 1, '2025-01-09', 1, 1), ('X', 2, 2, '2025-01-09', 2, 1),
    -- keys that look alike are not
    ('', 1, 3, '2025-01-10', 1, 1), (' ', 1, 3, '2025-01-10', 1, 1), ('a', 1, 3, '2025-01-10', 1, 1), ('A', 1, 3, '2025-01-10', 1, 1);
SELECT pg_temp.attach('so', '{"orders": "lines", "customer": "customer", "ordered_at": "at", "amount": "price * pieces", "order_key": "number"}');
SELECT * FROM pg_temp.refreshed('so', '2025-02-01');
SELECT reason, count(*), sum(amount) FROM so_triggers_data.left_out_orders GROUP BY reason;
SELECT average_order_value FROM so_triggers.customers ORDER BY customer;
-- a line that comes late, at a later instant and at an earlier one
INSERT INTO lines (number, line, customer, at, price) VALUES ('A1', 4, 1, '2025-01-20', 1), ('B1', 3, 2, '2024-12-24', 1);
SELECT customer FROM so_triggers_data.order_change;
SELECT * FROM pg_temp.refreshed('so', '2025-02-01');
-- refunded within the order: more than was paid, so that it is none
INSERT INTO lines (number, line, customer, at, price) VALUES ('B1', 4, 2, '2025-01-21', -100);
SELECT * FROM pg_temp.refreshed('so', '2025-02-01');
-- an order goes to another customer, as a whole and by one of its lines
UPDATE lines SET customer = 3 WHERE number = 'A1' AND line < 4;
SELECT customer FROM so_triggers_data.order_change ORDER BY 1;
SELECT * FROM pg_temp.refreshed('so', '2025-02-01');
-- keys change: two orders become one, and one becomes two
UPDATE lines SET number = 'A3' WHERE number = 'A2';
UPDATE lines SET number = 'A1b' WHERE number = 'A1' AND line = 3;
SELECT * FROM pg_temp.refreshed('so', '2025-02-01');
-- a line of the future moves no order: its first line counts
INSERT INTO lines (number, line, customer, at, price) VALUES ('F', 1, 4, '2025-01-31', 5), ('F', 2, 4, '2025-03-01', 5), ('G', 1, 4, '2025-03-01', 8);
SELECT * FROM pg_temp.refreshed('so', '2025-02-02') WHERE customer = '4';
-- lines go
DELETE FROM lines WHERE number IN ('F', 'X') OR line = 2;
SELECT * FROM pg_temp.refreshed('so', '2025-02-03');
SELECT store, sum(mismatches) FROM lifecycle.refresh_log WHERE store LIKE 'so\_%' GROUP BY store ORDER BY store;
-- a status leaves out lines, not orders; what is left makes the order
SELECT lifecycle.configure('so_' || mode, '{"status": "price > 0"}') FROM unnest('{triggers, column, compare}'::text[]) AS mode;
SELECT * FROM pg_temp.refreshed('so', '2025-02-04');
SELECT lifecycle.configure('so_' || mode, '{"status": null, "amount": null}') FROM unnest('{triggers, column, compare}'::text[]) AS mode;
SELECT * FROM pg_temp.refreshed('so', '2025-02-04');
SELECT lifecycle.configure('so_' || mode, '{"order_key": null}') FROM unnest('{triggers, column, compare}'::text[]) AS mode;
SELECT * FROM pg_temp.refreshed('so', '2025-02-04');
-- two shops count their numbers each: a key of two columns, or of an expression
TRUNCATE lines;
INSERT INTO lines (shop, number, line, customer, at, price) VALUES (1, '7', 1, 1, '2025-01-01', 1), (2, '7', 1, 1, '2025-01-02', 2), (2, '7', 2, 1, '2025-01-02', 2);
SELECT lifecycle.configure('so_' || mode, '{"order_key": "{shop, number}", "amount": "price"}') FROM unnest('{triggers, column, compare}'::text[]) AS mode;
SELECT * FROM pg_temp.refreshed('so', '2025-02-05');
SELECT lifecycle.configure('so_' || mode, $${"order_key": "shop::text || '-' || number -- of both"}$$) FROM unnest('{triggers, column, compare}'::text[]) AS mode;
SELECT * FROM pg_temp.refreshed('so', '2025-02-05');
-- sums beyond what an order can be over, of rows that each fit: the order is named
INSERT INTO lines (number, line, customer, at, price) VALUES ('big', 1, 2, '2025-01-01', 900000000000000), ('big', 2, 2, '2025-01-01', 900000000000000), ('c', 1, 3, '2025-01-01', 3);
SELECT lifecycle.verify('so_triggers');
CALL lifecycle.refresh('so_triggers', '2025-02-06');
UPDATE lines SET price = 1 WHERE number = 'big';
SELECT * FROM pg_temp.refreshed('so', '2025-02-06');
TRUNCATE lines;
-- a key of each type
CREATE TYPE paper AS ENUM ('invoice', 'receipt');
CREATE TABLE keyed (customer int, at timestamptz, price numeric, b bigint, n numeric(20, 2), u uuid, d date, e paper, j jsonb, f float8, t varchar(9));
CREATE INDEX ON keyed (customer);
INSERT INTO keyed SELECT 1, '2025-01-01', 10, i / 2, i / 2 * 1.5, md5((i / 2)::text)::uuid, date '2025-01-01' + i / 2,
    (ARRAY['invoice', 'receipt'])[1 + i / 2]::paper, to_jsonb(i / 2), i / 2 * 0.1, i / 2 FROM generate_series(0, 3) AS i;
SELECT lifecycle.attach('so_key_' || k, jsonb_build_object('orders', 'keyed', 'customer', 'customer', 'ordered_at', 'at', 'amount', 'price',
    'order_key', k, 'reader', '', 'time_zone', 'UTC')) FROM unnest('{b, n, u, d, e, j, f, t}'::text[]) AS k;
DO $$ DECLARE k text; n int; s numeric; BEGIN
    FOREACH k IN ARRAY '{b, n, u, d, e, j, f, t}'::text[] LOOP
        CALL lifecycle.refresh('so_key_' || k, '2025-02-01');
        EXECUTE format('SELECT orders, spend FROM %I.customers', 'so_key_' || k) INTO n, s;
        IF n <> 2 OR s <> 40 OR EXISTS (SELECT FROM lifecycle.verify('so_key_' || k)) THEN RAISE EXCEPTION '% has % orders over %', k, n, s; END IF;
    END LOOP;
END $$;
-- the same by the aggregates, with keys of text and of bigint
SELECT purchase_history(at, price, t)::text = purchase_history(at, price, b)::text AS same, num_purchases(purchase_history(at, price, t)) AS orders,
    total_spend(purchase_history(at, price, b)) AS spend FROM keyed;

SELECT lifecycle.detach(store) FROM lifecycle.store WHERE store LIKE 'so\_%' ORDER BY store;
DROP SCHEMA sources_orders CASCADE;
