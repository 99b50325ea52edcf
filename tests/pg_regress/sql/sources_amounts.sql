-- amounts as they come: none, of text, of floating point numbers, and such as no history can hold
\i modes.sql
SET client_min_messages = warning;
CREATE SCHEMA sources_amounts;
SET search_path = sources_amounts, public;
CREATE SEQUENCE tick;
CREATE FUNCTION ticked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := nextval('sources_amounts.tick'); RETURN NEW; END $$;
CREATE TABLE o (customer int, at timestamptz DEFAULT '2025-01-01', num numeric, txt text, flt float8, rl real, chr char(12), mny money, state text DEFAULT 'paid',
    changed_at bigint DEFAULT nextval('tick'));
CREATE INDEX ON o (customer);
CREATE TRIGGER ticked BEFORE UPDATE ON o FOR EACH ROW EXECUTE FUNCTION ticked();
INSERT INTO o (customer, num, txt, flt, rl, chr, mny) VALUES
    (1, 10, '10', 10, 10, '10', 10), (2, NULL, NULL, NULL, NULL, NULL, NULL), (3, 'NaN', 'NaN', 'NaN', 'NaN', 'NaN', 3),
    (4, 'Infinity', 'Infinity', 'Infinity', 'Infinity', 'inf', 4), (5, '-Infinity', '-Infinity', '-Infinity', '-Infinity', '-inf', 5),
    (6, 1e15, '1e5', 1e300, 1e38, '1e5', 6), (7, -1e15, ' +7.50 ', -1e300, 0.1, '7.5', -7), (8, 0.00004, '', 0.1, 1e-30, '', 0),
    (9, 922337203685477.5807, '-9', 922337203685477, 3.3, '-9', 92233720368547758.07), (10, 922337203685477.5808, '.5', 922337203685478, 4.4, '.5', 10),
    (11, -922337203685477.5807, '5.', 0.1 + 0.2, 5, '5.', 1), (12, 1e-40, '1,50', 1e-40, 6, '1,50', 1), (13, 1, '€ 5', 1, 1, 'x', 1), (14, 1, E'\t14\n', 1, 1, '14', 1),
    (15, 1, '1234567890123456', 1, 1, '123456789012', 1), (16, 1, '--5', 1, 1, '--5', 1), (17, 1, '0x10', 1, 1, '0x10', 1), (18, 1, '1_000', 1, 1, '1_000', 1),
    (19, 1, '٣', 1, 1, '٣', 1), (20, 1, E'\u00a020', 1, 1, '.', 1), (22, 1, E'\u200322', 1, 1, E'\u3000', 1), (21, 1, '00021', 1, 1, '00021', 1);
INSERT INTO kept SELECT 'sa_' || prefix, jsonb_build_object('amount', amount) FROM (VALUES ('num', 'num'), ('txt', 'txt'), ('flt', 'flt'), ('rl', 'rl'), ('chr', 'chr'), ('mny', 'mny'),
    ('twice', 'num * 2'), ('cast', 'flt::text'), ('join', 'btrim(chr) || ''0''')) AS v (prefix, amount);
CALL pg_temp.attach_kept('{"orders": "o", "customer": "customer", "ordered_at": "at"}');
CALL pg_temp.refresh_kept('2025-02-01');
SELECT said ->> 'amount' AS amount, customer::int, orders, spend FROM found JOIN kept USING (prefix) ORDER BY prefix COLLATE "C", 2;
SELECT said ->> 'amount' AS of, reason, rows, amount FROM pg_temp.left_out() JOIN kept USING (prefix) ORDER BY prefix COLLATE "C", 2;
-- in the other mode
CALL pg_temp.configure_kept('{"null_amount": "skip"}');
SELECT said ->> 'amount' AS of, reason, rows, amount FROM pg_temp.left_out() JOIN kept USING (prefix) WHERE reason = 'no amount' ORDER BY prefix COLLATE "C", 2;
CALL pg_temp.refresh_kept('2025-02-02');
SELECT said ->> 'amount' AS amount, count(*), sum(orders) AS orders, sum(spend) AS spend FROM found JOIN kept USING (prefix) GROUP BY prefix, said ORDER BY prefix COLLATE "C";
-- what was odd is mended, and what was right becomes odd; the shop's statements are never stopped
UPDATE o SET num = 1, txt = '1', flt = 1, rl = 1, chr = '1', mny = 1 WHERE customer BETWEEN 2 AND 6;
UPDATE o SET num = 'NaN', txt = 'odd', flt = 'NaN', rl = 'NaN', chr = 'odd', mny = NULL WHERE customer = 1;
CALL pg_temp.refresh_kept('2025-02-03');
SELECT said ->> 'amount' AS amount, count(*), sum(orders) AS orders, sum(spend) AS spend FROM found JOIN kept USING (prefix) GROUP BY prefix, said ORDER BY prefix COLLATE "C";
INSERT INTO o (customer) VALUES (1);
CALL pg_temp.configure_kept('{"null_amount": null}');
CALL pg_temp.refresh_kept('2025-02-04');
SELECT said ->> 'amount' AS amount, customer, orders, spend FROM found JOIN kept USING (prefix) WHERE customer = '1' ORDER BY prefix COLLATE "C";
CALL pg_temp.detach_kept();

-- a condition that is NULL: the row is no order, and is counted
TRUNCATE o;
INSERT INTO o (customer, num, state) VALUES (1, 1, 'paid'), (1, 2, NULL), (1, 4, 'cancelled'), (2, 8, NULL);
INSERT INTO kept VALUES ('sa_state', $${"orders": "o", "customer": "customer", "ordered_at": "at", "amount": "num", "status": "state <> 'cancelled'"}$$);
CALL pg_temp.attach_kept('{}');
SELECT * FROM pg_temp.refreshed('sa_state', '2025-02-01');
SELECT * FROM pg_temp.left_out() ORDER BY 2;
UPDATE o SET state = 'paid' WHERE customer = 2;
SELECT * FROM pg_temp.refreshed('sa_state', '2025-02-02');
-- an expression keeps itself from rows on which it would fail
INSERT INTO o (customer, num, txt, state) VALUES (3, 1, 'x', 'cancelled'), (4, 1, '4', 'paid');
CALL pg_temp.detach_kept();
INSERT INTO kept VALUES ('sa_guarded', $${"orders": "o", "customer": "CASE WHEN txt ~ '^\\d+$' THEN txt::int END", "ordered_at": "at", "amount": "num"}$$);
CALL pg_temp.attach_kept('{}');
SELECT * FROM pg_temp.refreshed('sa_guarded', '2025-02-02');
SELECT * FROM pg_temp.left_out() ORDER BY 2;
CALL pg_temp.detach_kept();

-- an expression that fails on one row: the shop's statement succeeds, the next refresh says what is wrong, and reads everything once it is mended
TRUNCATE o;
INSERT INTO o (customer, num, txt) VALUES (1, 1, '1'), (2, 2, '2');
SELECT lifecycle.attach('sa_fails', orders => 'o', customer => 'txt::int', ordered_at => 'at', amount => 'num', time_zone => 'UTC', settings => '{"reader": "", "reconcile": "0"}');
CALL lifecycle.refresh('sa_fails', '2025-02-01');
INSERT INTO o (customer, num, txt) VALUES (3, 3, 'three'), (4, 4, '4');
SELECT customer FROM sa_fails_data.order_change;
CALL lifecycle.refresh('sa_fails', '2025-02-02');
SELECT * FROM lifecycle.check_source('sa_fails');
-- left out by a condition, as the hint says, the row does not stop a refresh, whatever it holds
SELECT lifecycle.configure('sa_fails', $${"status": "txt ~ '^[0-9]+$'"}$$);
CALL lifecycle.refresh('sa_fails', '2025-02-02');
SELECT customer, orders, spend FROM sa_fails.customers ORDER BY 1;
SELECT * FROM lifecycle.check_source('sa_fails');
UPDATE o SET num = num + 1 WHERE customer = 4;
CALL lifecycle.refresh('sa_fails', '2025-02-02');
SELECT customer, orders, spend FROM sa_fails.customers ORDER BY 1;
SELECT * FROM lifecycle.verify('sa_fails');
SELECT lifecycle.configure('sa_fails', '{"status": null}');
UPDATE o SET txt = '3' WHERE customer = 3;
CALL lifecycle.refresh('sa_fails', '2025-02-02');
SELECT customer, orders, spend FROM sa_fails.customers ORDER BY 1;
SELECT mismatches FROM lifecycle.refresh_log WHERE store = 'sa_fails' ORDER BY id DESC LIMIT 1;
SELECT * FROM lifecycle.verify('sa_fails');
SELECT lifecycle.detach('sa_fails');
-- finished histories of floating point numbers
SELECT customer, total_spend(purchase_history(at, f)) FROM (VALUES (1, timestamptz '2025-01-01', 0.1::float8), (1, '2025-01-02', 0.2), (2, '2025-01-01', 1e14)) AS v (customer, at, f) GROUP BY 1 ORDER BY 1;
SELECT purchase_history(timestamptz '2025-01-01', 'NaN'::float8);
SELECT purchase_history(timestamptz '2025-01-01', 'Infinity'::float8);
SELECT purchase_history(timestamptz '2025-01-01', 1e300::float8);
DROP SCHEMA sources_amounts CASCADE;

-- Carts and cancelled orders can be in other currencies than the orders.
CREATE TABLE sa_currency (customer integer, at timestamptz, amount numeric, currency text, state text);
CREATE INDEX ON sa_currency (customer);
INSERT INTO sa_currency VALUES (1, '2024-01-01Z', 10, 'eur', 'paid'), (1, '2024-01-02Z', 20, NULL, 'paid'), (1, '2024-01-03Z', 99, 'usd', 'cart');
SELECT lifecycle.attach('sa_currency', orders => 'sa_currency', customer => 'customer', ordered_at => 'at', amount => 'amount',
    currency_column => 'currency', settings => '{"reader": ""}');
SELECT lifecycle.attach('sa_currency', orders => 'sa_currency', customer => 'customer', ordered_at => 'at', amount => 'amount',
    currency_column => 'currency', status => $$stat = 'paid'$$, settings => '{"reader": ""}');
SELECT lifecycle.attach('sa_currency', orders => 'sa_currency', customer => 'customer', ordered_at => 'at', amount => 'amount',
    currency_column => 'currency', status => $$state = 'paid'$$, settings => '{"reader": ""}') \g /dev/null
SELECT settings ->> 'currency' AS currency FROM lifecycle.store WHERE store = 'sa_currency';
CALL lifecycle.refresh('sa_currency', '2024-02-01Z');
SELECT customer, purchases FROM sa_currency_data.history;
SELECT lifecycle.configure('sa_currency', '{"currency": "USD"}');
SELECT lifecycle.configure('sa_currency', '{"currency": null, "status": null}');
SELECT lifecycle.configure('sa_currency', '{"currency": null}');
SELECT settings ->> 'currency' AS currency FROM lifecycle.store WHERE store = 'sa_currency';
SELECT lifecycle.detach('sa_currency', discard => true) \g /dev/null
DROP TABLE sa_currency;
