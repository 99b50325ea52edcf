-- Sources that move: a table that is replaced under its name, and one that is let go for a migration.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE moving (customer integer, ordered_at timestamptz, amount integer, state text);
INSERT INTO moving SELECT i, timestamptz '2024-01-01Z' + i * interval '1 day', 10, 'paid' FROM generate_series(1, 10) AS i;
SELECT lifecycle.attach('moves', orders => 'moving', customer => 'customer', ordered_at => 'ordered_at', amount => 'amount',
    status => $$state = 'paid'$$, settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('moves', '2024-02-01Z');

-- Replaced, as tools that build tables anew do it, by one with its columns in another order and one row more.
BEGIN;
CREATE TABLE moving_new AS SELECT state, amount::numeric AS amount, ordered_at, customer FROM moving;
INSERT INTO moving_new VALUES ('paid', 99, '2024-01-20Z', 11), ('open', 99, '2024-01-20Z', 12);
ALTER TABLE moving RENAME TO moving_old;
ALTER TABLE moving_new RENAME TO moving;
DROP TABLE moving_old CASCADE;
COMMIT;
CALL lifecycle.refresh('moves', '2024-02-02Z');
SELECT count(*) AS customers, sum(spend) AS spend FROM moves_data.profile;
SELECT count(*) AS corrections FROM moves.corrections;
-- with its triggers
INSERT INTO moving VALUES ('paid', 1, '2024-01-21Z', 13);
SELECT customer FROM moves_data.order_change;
CALL lifecycle.refresh('moves', '2024-02-03Z');
SELECT * FROM lifecycle.verify('moves');

-- The old one stays beside it: the name counts.
CREATE TABLE moving_new AS TABLE moving;
INSERT INTO moving_new VALUES ('paid', 1, '2024-01-22Z', 14);
ALTER TABLE moving RENAME TO moving_old;
ALTER TABLE moving_new RENAME TO moving;
CALL lifecycle.refresh('moves', '2024-02-04Z');
SELECT count(*) AS customers FROM moves_data.profile;
SELECT tgrelid::regclass AS triggers_on FROM pg_trigger WHERE tgname LIKE 'moves%' GROUP BY 1;
-- A table that is renamed and not replaced is followed.
ALTER TABLE moving RENAME TO renamed;
CALL lifecycle.refresh('moves', '2024-02-05Z');
SELECT settings ->> 'orders' AS orders FROM lifecycle.store WHERE store = 'moves';
ALTER TABLE renamed RENAME TO moving;
CALL lifecycle.refresh('moves', '2024-02-06Z');

-- Without a column, of another owner, with a key of another type: refused, and the store keeps what it has.
BEGIN;
DROP TABLE moving_old;
ALTER TABLE moving RENAME TO moving_old;
CREATE TABLE moving (customer integer, ordered_at timestamptz);
COMMIT;
CALL lifecycle.refresh('moves', '2024-02-07Z');
DROP TABLE moving;
CREATE ROLE source_moves_other;
CREATE TABLE moving AS TABLE moving_old;
ALTER TABLE moving OWNER TO source_moves_other;
CALL lifecycle.refresh('moves', '2024-02-07Z');
ALTER TABLE moving OWNER TO CURRENT_USER;
ALTER TABLE moving ALTER COLUMN customer TYPE text;
CALL lifecycle.refresh('moves', '2024-02-07Z');
SELECT count(*) AS customers FROM moves_data.profile;
-- follow => oid keeps to the table that was attached
SELECT lifecycle.configure('moves', '{"follow": "oid"}') \g /dev/null
CALL lifecycle.refresh('moves', '2024-02-07Z');
SELECT settings ->> 'orders' AS orders FROM lifecycle.store WHERE store = 'moves';
DROP TABLE moving;
DROP ROLE source_moves_other;

-- Let go for a migration: what a view forbids can be done, journeys hold, refreshes say so.
ALTER TABLE moving_old ALTER COLUMN amount TYPE bigint USING amount * 100;
SELECT lifecycle.detach_source('moves') \g /dev/null
ALTER TABLE moving_old ALTER COLUMN amount TYPE bigint USING amount * 100;
CALL lifecycle.refresh('moves', '2024-02-08Z');
SELECT kind, reason FROM moves_data.hold;
UPDATE moving_old SET amount = 5 WHERE customer = 1;
SELECT lifecycle.reattach_source('moves') \g /dev/null
SELECT count(*) AS holds FROM moves_data.hold;
CALL lifecycle.refresh('moves', '2024-02-08Z');
SELECT spend FROM moves_data.profile WHERE customer IN (1, 2) ORDER BY customer;
SELECT * FROM lifecycle.verify('moves');
-- The key becomes wider, as a shop does before its numbers run out; what the store knows is kept.
SELECT lifecycle.configure('moves', '{"sender": ""}') \g /dev/null
SELECT lifecycle.create_journey('moves', 'note', '{"entry": {"condition": {"profile": "orders", "at_least": 1}}, "steps": [
    {"name": "letter", "act": {"channel": "letter", "template": "t"}}, {"name": "rest", "wait": {"for": "30 days"}},
    {"name": "end", "exit": "end"}]}') \g /dev/null
SELECT lifecycle.start_journey('moves', 'note', started_at => '2024-02-08Z') \g /dev/null
CALL lifecycle.run_journeys('moves', '2024-02-08 01:00Z');
CREATE VIEW moves_counted AS SELECT stage, count(*) FROM moves.customers GROUP BY stage;
SELECT lifecycle.detach_source('moves') \g /dev/null
ALTER TABLE moving_old ALTER COLUMN customer TYPE bigint;
INSERT INTO moving_old (customer, ordered_at, amount, state) VALUES (9000000000, '2024-02-08Z', 700, 'paid');
SELECT lifecycle.reattach_source('moves') \g /dev/null
DROP VIEW moves_counted;
SELECT lifecycle.reattach_source('moves') \g /dev/null
CALL lifecycle.refresh('moves', '2024-02-09Z');
SELECT customer, spend FROM moves.customers WHERE customer IN (1, 9000000000) ORDER BY customer;
SELECT key_type FROM lifecycle.store WHERE store = 'moves';
SELECT count(*) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace IN ('moves'::regnamespace, 'moves_data'::regnamespace) AND a.attname = 'customer' AND a.atttypid = 'int4'::regtype;
CALL lifecycle.run_journeys('moves', '2024-02-09 01:00Z');
SELECT count(*) AS decided FROM moves_data.action;
INSERT INTO moving_old (customer, ordered_at, amount, state) VALUES (9000000001, '2024-02-09Z', 700, 'paid');
SELECT customer FROM moves_data.order_change;
CALL lifecycle.refresh('moves', '2024-02-10Z');
SELECT * FROM lifecycle.verify('moves');
SELECT lifecycle.configure('moves', '{"customer": "customer::int"}');
-- A hypertable of TimescaleDB, as older versions mark it and as its parts tell: triggers would make inserts fail when a part is made.
CREATE SCHEMA _timescaledb_internal;
CREATE TABLE hyper (customer integer, at timestamptz);
CREATE TABLE _timescaledb_internal._hyper_1_1_chunk () INHERITS (hyper);
SELECT lifecycle.attach('hyper', orders => 'hyper', customer => 'customer', ordered_at => 'at', changes => 'triggers');
SELECT lifecycle.attach('hyper', orders => 'hyper', customer => 'customer', ordered_at => 'at', settings => '{"reader": ""}') \g /dev/null
SELECT settings ->> 'changes' AS changes FROM lifecycle.store WHERE store = 'hyper';
SELECT lifecycle.detach('hyper') \g /dev/null
DROP TABLE hyper CASCADE;
DROP SCHEMA _timescaledb_internal;
CREATE TABLE hyper (customer integer, at timestamptz);
CREATE FUNCTION blocks() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER ts_insert_blocker BEFORE INSERT ON hyper FOR EACH ROW EXECUTE FUNCTION blocks();
SELECT lifecycle.attach('hyper', orders => 'hyper', customer => 'customer', ordered_at => 'at', changes => 'triggers');
DROP TABLE hyper;
DROP FUNCTION blocks;
-- twice, and of no store
SELECT lifecycle.reattach_source('moves') \g /dev/null
SELECT lifecycle.detach_source('no_such_store');
SELECT lifecycle.detach('moves', discard => true) \g /dev/null
DROP TABLE moving_old;

-- A writer's search_path does not choose what the owner's expression calls.
CREATE FUNCTION moves_norm(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$BEGIN RETURN lower($1); END$$;
CREATE TABLE moves_mail (mail text, at timestamptz);
SELECT lifecycle.attach('moves', orders => 'moves_mail', customer => 'moves_norm(mail)', ordered_at => 'at', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('moves', '2024-02-01Z');
CREATE SCHEMA moves_trap;
CREATE FUNCTION moves_trap.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'trapped by ' || current_user$$;
BEGIN;
SET LOCAL search_path = moves_trap, pg_catalog, public;
INSERT INTO public.moves_mail VALUES ('Ann@Example.org', '2024-01-01Z');
COMMIT;
SELECT customer FROM moves_data.order_change;
SELECT lifecycle.attach('moves_2', orders => 'moves_mail', customer => 'tableoid::bigint', ordered_at => 'at', settings => '{"reader": ""}');
-- a key that no index holds is left out, and stops nothing
INSERT INTO moves_mail VALUES ((SELECT string_agg(md5(i::text), '') FROM generate_series(1, 300) AS i), '2024-01-02Z');
CALL lifecycle.refresh('moves', '2024-02-02Z', rebuild => true);
SELECT customer FROM moves_data.profile;
SELECT reason, rows FROM moves.left_out;
SELECT lifecycle.detach('moves', discard => true) \g /dev/null
DROP SCHEMA moves_trap CASCADE;
DROP TABLE moves_mail;
DROP FUNCTION moves_norm;

-- Rates and refunds that are replaced, and dropped with the views that read them.
CREATE TABLE moves_sale (number text, customer integer, at timestamptz, amount integer, currency text);
INSERT INTO moves_sale VALUES ('A', 1, '2024-01-02Z', 10, 'USD'), ('B', 2, '2024-01-02Z', 10, 'EUR');
CREATE TABLE moves_rate AS SELECT 'USD' AS currency, date '2024-01-01' AS day, 2::numeric AS rate;
CREATE TABLE moves_refund AS SELECT 'A' AS number, timestamptz '2024-01-03Z' AS at, 1 AS amount;
SELECT lifecycle.attach('moves', orders => 'moves_sale', customer => 'customer', ordered_at => 'at', amount => 'amount', currency => 'EUR',
    settings => '{"currency_column": "currency", "rates": "moves_rate", "reader": ""}') \g /dev/null
SELECT lifecycle.attach('moves_2', orders => 'moves_sale', customer => 'customer', ordered_at => 'at', amount => 'amount', order_key => 'number',
    settings => '{"refunds": "moves_refund", "refund_order": "number", "refunded_at": "at", "refund_amount": "amount", "reader": ""}')
    \g /dev/null
CALL lifecycle.refresh('moves', '2024-02-01Z');
CALL lifecycle.refresh('moves_2', '2024-02-01Z');
BEGIN;
CREATE TABLE moves_new AS SELECT currency, day, 3::numeric AS rate FROM moves_rate;
DROP TABLE moves_rate CASCADE;
ALTER TABLE moves_new RENAME TO moves_rate;
CREATE TABLE moves_new AS SELECT number, at, 4 AS amount FROM moves_refund;
DROP TABLE moves_refund CASCADE;
ALTER TABLE moves_new RENAME TO moves_refund;
COMMIT;
CALL lifecycle.refresh('moves', '2024-02-02Z');
CALL lifecycle.refresh('moves_2', '2024-02-02Z');
SELECT customer, m.spend, n.spend AS spend_2 FROM moves_data.profile AS m JOIN moves_2_data.profile AS n USING (customer) ORDER BY customer;
-- Tables that are replaced while they are let go: refreshes go on to say so, until the store reads the new ones.
SELECT lifecycle.detach_source('moves') \g /dev/null
BEGIN;
CREATE TABLE moves_new AS SELECT number, customer, at, amount::numeric + 1 AS amount, currency FROM moves_sale;
DROP TABLE moves_sale CASCADE;
ALTER TABLE moves_new RENAME TO moves_sale;
COMMIT;
CALL lifecycle.refresh('moves', '2024-02-03Z');
SELECT lifecycle.reattach_source('moves') \g /dev/null
CALL lifecycle.refresh('moves', '2024-02-03Z');
CALL lifecycle.refresh('moves_2', '2024-02-03Z');
SELECT customer, m.spend, n.spend AS spend_2 FROM moves_data.profile AS m JOIN moves_2_data.profile AS n USING (customer) ORDER BY customer;
SELECT lifecycle.detach('moves', discard => true), lifecycle.detach('moves_2', discard => true) \g /dev/null
DROP TABLE moves_sale, moves_rate, moves_refund;
