-- Refunds and currencies in accidents: refunds over 0, of guests, in other cases, of unknown status; empty rates and journeys; other owners.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE SCHEMA reviewed;
SET search_path = reviewed, public;
CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;
CREATE TABLE o (id citext, cust int, at timestamptz, amt numeric, cur text DEFAULT 'EUR');
CREATE TABLE r (oid text, at timestamptz, amt numeric, st text DEFAULT 'ok');
CREATE TABLE rates (currency text, day date, rate numeric);
INSERT INTO rates VALUES ('USD', '2020-01-01', 0.5);
INSERT INTO o VALUES ('A1', 1, '2024-01-05Z', 100, 'EUR'), ('A2', 2, '2024-01-05Z', 200, 'USD'), ('G1', 0, '2024-01-05Z', 1000, 'EUR'), ('G2', NULL, '2024-01-05Z', 500, 'USD');
INSERT INTO r VALUES ('a1', '2024-01-10Z', 10, 'ok'), ('a2', '2024-01-10Z', 0, 'ok'), ('A2', '2024-01-10Z', 0.00001, 'ok'),
    ('g1', '2024-01-10Z', 300, 'ok'), ('g2', '2024-01-10Z', -100, 'ok'), ('A1', '2024-01-11Z', 5, NULL), ('x', '2024-01-11Z', 5, 'ok');
SELECT lifecycle.attach('s', orders => 'o', customer => 'cust', ordered_at => 'at', amount => 'amt', order_key => 'id',
    refunds => 'r', refund_order => 'oid', refunded_at => 'at', refund_amount => 'amt', refund_status => $$st = 'ok'$$, currency => 'EUR',
    currency_column => 'cur', rates => 'rates', settings => '{"reader": "", "guest": 0, "max_shrink": 1}') \g /dev/null
SELECT settings ->> 'changes' AS changes FROM lifecycle.store WHERE store = 's';
CALL lifecycle.refresh('s', '2024-02-01Z');
SELECT customer, purchases FROM s_data.history ORDER BY 1;
SELECT reason, rows, amount FROM s.left_out ORDER BY reason;
-- 190 and 100 of customers; guests 1000 + 250 - 300 - 50
SELECT revenue_to_date, revenue_with_guests FROM s.kpis WHERE customers > 0;
SELECT * FROM lifecycle.verify('s');
-- a table in the place of another, of another owner: also of rates, refunds and consents
CREATE ROLE reviewed_other;
GRANT USAGE, CREATE ON SCHEMA reviewed TO reviewed_other;
ALTER TABLE rates RENAME TO rates_old;
SET ROLE reviewed_other;
CREATE FUNCTION reviewed.f() RETURNS numeric VOLATILE LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'run as %', current_user; END $$;
CREATE VIEW reviewed.rates AS SELECT 'USD'::text AS currency, date '2020-01-01' AS day, reviewed.f() AS rate;
RESET ROLE;
CALL lifecycle.refresh('s', '2024-02-02Z');
SELECT lifecycle.configure('s', '{"horizon": "90 days"}');
DROP VIEW rates;
DROP FUNCTION f;
ALTER TABLE rates_old RENAME TO rates;
CALL lifecycle.refresh('s', '2024-02-02Z');
-- a swap before a change of settings: the table of the name counts
CREATE TABLE o_new AS TABLE o;
INSERT INTO o_new VALUES ('A9', 9, '2024-01-20Z', 9, 'EUR');
ALTER TABLE o RENAME TO o_old;
ALTER TABLE o_new RENAME TO o;
SELECT lifecycle.configure('s', '{"lapsed_after": 9}') \g /dev/null
CALL lifecycle.refresh('s', '2024-02-03Z');
SELECT settings ->> 'orders' AS orders, (SELECT count(*) FROM s.customers) AS customers
FROM lifecycle.store WHERE store = 's';
CREATE TABLE r_new AS SELECT * FROM r WHERE oid <> 'a1';
SELECT lifecycle.detach_source('s') \g /dev/null
ALTER TABLE r RENAME TO r_old;
ALTER TABLE r_new RENAME TO r;
SELECT lifecycle.reattach_source('s') \g /dev/null
CALL lifecycle.refresh('s', '2024-02-04Z');
SELECT settings ->> 'refunds' AS refunds FROM lifecycle.store WHERE store = 's';
SELECT spend FROM s.customers WHERE customer = 1;
-- most refunds find no order
UPDATE r SET oid = 'no. ' || oid;
CALL lifecycle.refresh('s', '2024-02-05Z', rebuild => true);
SELECT lifecycle.detach('s', discard => true) \g /dev/null
-- names of attributes that the store needs itself
SELECT lifecycle.attach('s', orders => 'o', customer => 'cust', ordered_at => 'at', settings => '{"reader": "", "attributes": ["amount"], "attribute_expressions": {"amount": "amt"}}');
-- a schema that looks like that of another extension, of a role without rights
CREATE SCHEMA _timescaledb_catalog AUTHORIZATION reviewed_other;
CREATE ROLE reviewed_owner;
GRANT USAGE ON SCHEMA reviewed TO reviewed_owner;
GRANT SELECT ON o TO reviewed_owner;
SET ROLE reviewed_owner;
SELECT count(*) >= 0 AS answers FROM lifecycle.check_source('{"orders": "reviewed.o", "customer": "cust", "ordered_at": "at"}'::jsonb);
RESET ROLE;
DROP SCHEMA _timescaledb_catalog;
SET search_path = public;
DROP SCHEMA reviewed CASCADE;
DROP ROLE reviewed_other, reviewed_owner;
