-- the triggers that note whose orders changed, on a store made by hand
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';
\pset null (null)
\set QUIET on
SET client_min_messages = warning;

CREATE SCHEMA noted;
CREATE TABLE noted.order_change (customer bigint);
CREATE TABLE noted.event_change (customer text);
CREATE SEQUENCE noted.missed;
CREATE TABLE noted_orders (id int PRIMARY KEY, customer_id bigint, total numeric DEFAULT 1);
INSERT INTO lifecycle.store (store, settings, key_type, owner, orders, kept_in, layout) VALUES ('noted', '{}', 'bigint', current_user, 'noted_orders', 'pg_class', 2);
-- makes the triggers that there are anew, and enters them among those that note, as lifecycle.attach does
CREATE FUNCTION known() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    DELETE FROM lifecycle.noting;
    FOR t IN SELECT tgname, tgrelid::regclass AS on_table, pg_get_triggerdef(oid) AS definition, tgenabled FROM pg_trigger
        WHERE tgfoid = 'lifecycle.note_changes'::regproc
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.on_table);
        EXECUTE t.definition;
        IF t.tgenabled = 'A' THEN
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.on_table, t.tgname);
        END IF;
    END LOOP;
    INSERT INTO lifecycle.noting (trigger, relation, changes, missed, customer, file, store, source, mark)
    SELECT oid, tgrelid, to_regclass(format('%I.%I', a[1], a[2])), to_regclass(format('%I.missed', a[1])),
        COALESCE((SELECT attnum FROM pg_attribute WHERE attrelid = tgrelid AND attname = a[3]), 0), 0, a[1], 'orders', ''
    FROM pg_trigger, string_to_array(encode(tgargs, 'escape'), '\000') AS a
    WHERE tgfoid = 'lifecycle.note_changes'::regproc AND to_regclass(format('%I.%I', a[1], a[2])) IS NOT NULL;
END $$;
-- whether something could not be noted since it was asked the last time
CREATE TABLE noted.asked AS SELECT 1::bigint AS missed;
CREATE FUNCTION missed() RETURNS boolean BEGIN ATOMIC
    WITH now AS (SELECT last_value FROM noted.missed), before AS (SELECT missed FROM noted.asked),
        kept AS (UPDATE noted.asked SET missed = last_value FROM now)
    SELECT missed <> last_value FROM now, before;
END;
-- what was noted, and forgets it
CREATE FUNCTION noted(store text DEFAULT 'noted', changes text DEFAULT 'order_change') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format($q$
        WITH gone AS (DELETE FROM %I.%I RETURNING customer)
        SELECT string_agg(COALESCE(customer::text, 'all'), ' ' ORDER BY customer) FROM gone $q$, store, changes) INTO result;
    RETURN result;
END $$;
-- the four triggers of a table
CREATE FUNCTION attach(source text, store text, changes text, customer text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER noted_inserts AFTER INSERT ON %s REFERENCING NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes(%L, %L, %L)', source, store, changes, customer);
    EXECUTE format('CREATE TRIGGER noted_updates AFTER UPDATE ON %s REFERENCING OLD TABLE AS gone NEW TABLE AS come
        FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes(%L, %L, %L)', source, store, changes, customer);
    EXECUTE format('CREATE TRIGGER noted_deletes AFTER DELETE ON %s REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes(%L, %L, %L)', source, store, changes, customer);
    EXECUTE format('CREATE TRIGGER noted_truncates AFTER TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes(%L, %L, %L)', source, store, changes, customer);
    PERFORM known();
END $$;

SELECT attach('noted_orders', 'noted', 'order_change', 'customer_id');
\set QUIET off

-- each customer once, old ones and new ones, no NULL; nothing for no rows; NULL, which means all, for TRUNCATE
INSERT INTO noted_orders VALUES (1, 10), (2, 20), (3, 10), (4, NULL), (5, 9000000000);
SELECT noted();
UPDATE noted_orders SET total = 2 WHERE id <= 3;
SELECT noted();
UPDATE noted_orders SET customer_id = 30 WHERE id = 1;
SELECT noted();
DELETE FROM noted_orders WHERE id IN (1, 4);
SELECT noted();
INSERT INTO noted_orders VALUES (6, NULL);
SELECT noted();
INSERT INTO noted_orders SELECT 7, 70 WHERE false;
UPDATE noted_orders SET total = 3 WHERE id = -1;
DELETE FROM noted_orders WHERE id = -1;
SELECT noted();
TRUNCATE noted_orders;
SELECT noted();

-- every way to write
INSERT INTO noted_orders VALUES (1, 1), (2, 2);
SELECT noted();
INSERT INTO noted_orders VALUES (2, 22), (3, 33) ON CONFLICT (id) DO UPDATE SET customer_id = excluded.customer_id;
SELECT noted();
INSERT INTO noted_orders VALUES (2, 23) ON CONFLICT DO NOTHING;
SELECT noted();
MERGE INTO noted_orders AS o USING (VALUES (1, 11), (2, 0), (9, 99)) AS s (id, customer_id) ON o.id = s.id
    WHEN MATCHED AND o.id = 2 THEN DELETE
    WHEN MATCHED THEN UPDATE SET customer_id = s.customer_id
    WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.customer_id);
SELECT noted();
COPY noted_orders (id, customer_id) FROM stdin;
20	200
21	201
22	200
\.
SELECT noted();
WITH moved AS (DELETE FROM noted_orders WHERE id = 20 RETURNING *), more AS (INSERT INTO noted_orders VALUES (50, 500))
INSERT INTO noted_orders SELECT 60, 600 FROM moved;
SELECT noted();
CREATE TABLE noted_customers (customer_id bigint PRIMARY KEY);
INSERT INTO noted_customers SELECT DISTINCT customer_id FROM noted_orders;
ALTER TABLE noted_orders ADD CONSTRAINT customer FOREIGN KEY (customer_id) REFERENCES noted_customers ON DELETE CASCADE ON UPDATE CASCADE;
DELETE FROM noted_customers WHERE customer_id IN (200, 201);
SELECT noted();
UPDATE noted_customers SET customer_id = 501 WHERE customer_id = 500;
SELECT noted();
TRUNCATE noted_customers CASCADE;
SELECT noted();
ALTER TABLE noted_orders DROP CONSTRAINT customer;

-- what is rolled back is not noted
BEGIN;
INSERT INTO noted_orders VALUES (1, 1);
SAVEPOINT s;
INSERT INTO noted_orders VALUES (2, 2);
ROLLBACK TO s;
INSERT INTO noted_orders VALUES (3, 3);
COMMIT;
BEGIN;
DELETE FROM noted_orders;
ROLLBACK;
SELECT noted();

-- many rows: more than a batch, and more than memory for the keys, which repeats some but forgets none
INSERT INTO noted_orders SELECT i, i % 2500 FROM generate_series(1001, 11000) AS i;
SELECT count(*), count(DISTINCT customer), min(customer), max(customer) FROM noted.order_change;
DELETE FROM noted.order_change;
UPDATE noted_orders SET customer_id = id WHERE id > 1000;
SELECT count(*), count(DISTINCT customer), min(customer), max(customer) FROM noted.order_change;
DELETE FROM noted.order_change;
SET work_mem = '64kB';
UPDATE noted_orders SET total = 5 WHERE id > 1000;
SELECT count(*) BETWEEN 10001 AND 20000 AS some_twice, count(DISTINCT customer), min(customer), max(customer) FROM noted.order_change;
RESET work_mem;
TRUNCATE noted.order_change;
-- the table of changes is vacuumed and read as any other
SELECT pg_relation_size('noted.order_change') = 0 AS empty;
DELETE FROM noted_orders;
SELECT count(*), count(DISTINCT customer) FROM noted.order_change;
DELETE FROM noted.order_change;

-- whoever writes needs no rights on the store, whatever the settings
CREATE ROLE regress_lifecycle_writer;
GRANT ALL ON noted_orders TO regress_lifecycle_writer;
ALTER TABLE noted.order_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SET ROLE regress_lifecycle_writer;
SET search_path = pg_temp;
SET row_security = off;
INSERT INTO public.noted_orders VALUES (1, 1);
TRUNCATE public.noted_orders;
SELECT count(*) FROM noted.order_change;
SELECT current_user, lifecycle.note_changes();
RESET ROLE;
RESET search_path;
RESET row_security;
SELECT noted();
SET session_replication_role = replica;
INSERT INTO noted_orders VALUES (2, 2);
SELECT noted();
ALTER TABLE noted_orders ENABLE ALWAYS TRIGGER noted_inserts;
INSERT INTO noted_orders VALUES (3, 3);
SELECT noted();
RESET session_replication_role;
-- a trigger writes nothing to a table of changes that has an index, a trigger or the like; the sequence takes another value instead,
-- which no rollback takes back and no lastval shows
SELECT missed();
ALTER TABLE noted.order_change DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
CREATE INDEX added ON noted.order_change (customer);
INSERT INTO noted_orders VALUES (4, 4);
SELECT noted(), missed();
CREATE SEQUENCE noted_ids;
SELECT nextval('noted_ids');
BEGIN;
DELETE FROM noted_orders WHERE id = 4;
SELECT lastval();
ROLLBACK;
SELECT noted(), missed();
DROP INDEX noted.added;
INSERT INTO noted_orders VALUES (5, 5);
SELECT noted(), missed();
ALTER TABLE noted.order_change ADD CHECK (customer <> 13);
INSERT INTO noted_orders VALUES (6, 6);
SELECT noted(), missed();
ALTER TABLE noted.order_change DROP CONSTRAINT order_change_customer_check;
CREATE RULE added AS ON INSERT TO noted.order_change DO ALSO NOTHING;
UPDATE noted_orders SET total = 6 WHERE id = 6;
SELECT noted(), missed();
DROP RULE added ON noted.order_change;
CREATE FUNCTION added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'was called'; END $$;
CREATE TRIGGER added BEFORE INSERT ON noted.order_change EXECUTE FUNCTION added();
UPDATE noted_orders SET total = 7 WHERE id = 6;
SELECT noted(), missed();
DROP TRIGGER added ON noted.order_change;
DROP FUNCTION added;
ALTER TABLE noted.order_change ADD COLUMN added int NOT NULL DEFAULT 1;
UPDATE noted_orders SET total = 8 WHERE id = 6;
SELECT noted(), missed();
ALTER TABLE noted.order_change DROP COLUMN added;
ALTER TABLE noted.order_change SET UNLOGGED;
UPDATE noted_orders SET total = 9 WHERE id = 6;
SELECT noted(), missed();
ALTER TABLE noted.order_change SET LOGGED;
-- whatever the table of changes and its schema are called
ALTER TABLE noted.order_change RENAME TO renamed;
CREATE TABLE noted.order_change (customer bigint);
ALTER SCHEMA noted RENAME TO renamed;
UPDATE noted_orders SET total = 10 WHERE id = 6;
ALTER TABLE renamed.renamed SET SCHEMA public;
UPDATE noted_orders SET total = 11 WHERE id = 5;
ALTER SCHEMA renamed RENAME TO noted;
SELECT noted();
DROP TABLE noted.order_change;
ALTER TABLE renamed SET SCHEMA noted;
ALTER TABLE noted.renamed RENAME TO order_change;
SELECT noted(), missed();
-- a sequence that cannot take the value fails nothing
ALTER SEQUENCE noted.missed RESTART 1 MAXVALUE 5;
CREATE INDEX added ON noted.order_change (customer);
UPDATE noted_orders SET total = 12 WHERE id = 6;
SELECT last_value FROM noted.missed;
ALTER SEQUENCE noted.missed NO MAXVALUE;
UPDATE noted_orders SET total = 12 WHERE id = 6;
SELECT missed();
DROP INDEX noted.added;
-- and so is one whose owner may not read the table: nobody learns of its keys by making a table in the place of another
ALTER SCHEMA noted OWNER TO regress_lifecycle_writer;
ALTER TABLE noted.order_change OWNER TO regress_lifecycle_writer;
REVOKE SELECT ON noted_orders FROM regress_lifecycle_writer;
CREATE ROLE regress_lifecycle_clerk;
GRANT ALL ON noted_orders TO regress_lifecycle_clerk;
SET ROLE regress_lifecycle_clerk;
INSERT INTO noted_orders VALUES (7, 7);
RESET ROLE;
SELECT noted(), missed();
GRANT SELECT (customer_id) ON noted_orders TO regress_lifecycle_writer;
SET ROLE regress_lifecycle_clerk;
UPDATE noted_orders SET total = 2 WHERE id = 7;
RESET ROLE;
SELECT noted(), missed();
REVOKE SELECT (customer_id) ON noted_orders FROM regress_lifecycle_writer;
GRANT SELECT ON noted_orders TO regress_lifecycle_writer;
SET ROLE regress_lifecycle_clerk;
INSERT INTO noted_orders VALUES (8, 8), (9, NULL);
TRUNCATE noted_orders;
SELECT current_user;
RESET ROLE;
SELECT noted();
ALTER TABLE noted.order_change OWNER TO CURRENT_USER;
ALTER SCHEMA noted OWNER TO CURRENT_USER;
DROP TABLE noted.order_change;
CREATE TABLE noted.order_change (dropped int, customer bigint, more text);
ALTER TABLE noted.order_change DROP COLUMN dropped;
SELECT known();
INSERT INTO noted_orders VALUES (1, 1);
SELECT * FROM noted.order_change;
SELECT noted();

-- columns that were renamed, or exchange their names, are the same columns
ALTER TABLE noted_orders RENAME customer_id TO buyer_id;
INSERT INTO noted_orders VALUES (2, 2), (3, 3);
SELECT noted();
ALTER TABLE noted_orders RENAME id TO customer_id;
UPDATE noted_orders SET buyer_id = 4 WHERE customer_id = 3;
SELECT noted();
ALTER TABLE noted_orders RENAME customer_id TO id;
ALTER TABLE noted_orders RENAME buyer_id TO customer_id;
-- columns that changed: all, for nobody can tell who
INSERT INTO noted_orders VALUES (4, 4);
SELECT noted();
ALTER TABLE noted_orders ALTER customer_id TYPE text;
INSERT INTO noted_orders VALUES (5, 'five');
SELECT noted();
ALTER TABLE noted_orders ALTER customer_id TYPE smallint USING NULL;
INSERT INTO noted_orders VALUES (6, -6);
SELECT noted();
ALTER TABLE noted_orders DROP customer_id;
DELETE FROM noted_orders;
SELECT noted();
ALTER TABLE noted_orders ADD customer_id bigint DEFAULT 7;
INSERT INTO noted_orders (id) VALUES (7), (8);
SELECT noted();
SELECT known();
INSERT INTO noted_orders (id) VALUES (17), (18);
SELECT noted();

-- the store is gone: nothing is noted, and nothing stands in the way
ALTER TABLE noted.order_change RENAME customer TO customer_of_old;
INSERT INTO noted_orders (id) VALUES (9);
SELECT missed();
DROP TABLE noted.order_change;
INSERT INTO noted_orders (id) VALUES (10);
SELECT missed();
CREATE VIEW noted.order_change AS SELECT 1::bigint AS customer;
INSERT INTO noted_orders (id) VALUES (11);
DROP VIEW noted.order_change;
-- another of the same name is not the one that was made for the trigger, until it is known
CREATE TABLE noted.order_change (customer uuid);
INSERT INTO noted_orders (id) VALUES (12);
SELECT noted(), missed();
SELECT known();
UPDATE noted_orders SET total = 1 WHERE id = 12;
SELECT noted(), missed();
DROP TABLE noted.order_change;
CREATE TABLE noted.order_change (customer integer);
SELECT known();
INSERT INTO noted_orders VALUES (13, 1, 1), (14, 1, 2147483648), (15, 1, 3);
SELECT noted();
INSERT INTO noted_orders VALUES (16, 1, -2147483648);
SELECT noted();
DROP TABLE noted.order_change;
CREATE TABLE noted.order_change (customer numeric);
SELECT known();
TRUNCATE noted_orders;
INSERT INTO noted_orders VALUES (16, 1, 2);
SELECT noted();
SELECT lifecycle.note_changes();
DROP TABLE noted_orders, noted_customers;

-- every type of key, and what can be cast to it
DROP TABLE noted.order_change;
CREATE TABLE noted.order_change (customer uuid);
CREATE DOMAIN noted_id AS uuid;
CREATE TABLE noted_orders (customer noted_id);
SELECT attach('noted_orders', 'noted', 'order_change', 'customer');
INSERT INTO noted_orders VALUES ('00000000-0000-0000-0000-000000000001'), ('00000000-0000-0000-0000-000000000001'), ('f0000000-0000-0000-0000-000000000002'), (NULL);
SELECT noted();
DROP TABLE noted_orders;
DROP DOMAIN noted_id;
CREATE TYPE noted_kind AS ENUM ('shop', 'web');
CREATE TABLE noted_events (customer text, short varchar(20), padded char(10), kind noted_kind, number integer, id uuid, many text[], code name, flag boolean);
SELECT attach('noted_events', 'noted', 'event_change', 'customer');
INSERT INTO noted_events (customer) VALUES ('a'), ('A'), ('a'), (''), (NULL), ('é'), ('a ');
SELECT quote_nullable(customer) FROM noted.event_change ORDER BY customer COLLATE "C";
DELETE FROM noted.event_change;
-- long ones, also those that are stored apart
INSERT INTO noted_events (customer) VALUES (repeat('x', 5000)), (repeat('x', 5000)), ((SELECT string_agg(md5(i::text), '') FROM generate_series(1, 500) AS i));
UPDATE noted_events SET flag = true WHERE length(customer) > 100;
DELETE FROM noted_events WHERE length(customer) > 100;
SELECT length(customer), count(*), count(DISTINCT customer) FROM noted.event_change GROUP BY 1 ORDER BY 1;
DELETE FROM noted.event_change;
CREATE PROCEDURE reattach(customer text) LANGUAGE plpgsql AS $$
BEGIN
    DROP TRIGGER noted_inserts ON noted_events;
    DROP TRIGGER noted_updates ON noted_events;
    DROP TRIGGER noted_deletes ON noted_events;
    DROP TRIGGER noted_truncates ON noted_events;
    PERFORM attach('noted_events', 'noted', 'event_change', customer);
END $$;
CALL reattach('short');
INSERT INTO noted_events (short) VALUES ('b'), ('b'), ('c');
SELECT noted('noted', 'event_change');
CALL reattach('padded');
INSERT INTO noted_events (padded) VALUES ('b'), ('b   '), ('c');
SELECT quote_literal(noted('noted', 'event_change'));
CALL reattach('kind');
INSERT INTO noted_events (kind) VALUES ('web'), ('shop'), ('web');
SELECT noted('noted', 'event_change');
CALL reattach('number');
INSERT INTO noted_events (number) VALUES (-1), (5), (5);
SELECT noted('noted', 'event_change');
CALL reattach('id');
INSERT INTO noted_events (id) VALUES ('00000000-0000-0000-0000-00000000000A');
SELECT noted('noted', 'event_change');
CALL reattach('code');
INSERT INTO noted_events (code) VALUES ('x y');
SELECT noted('noted', 'event_change');
CALL reattach('flag');
INSERT INTO noted_events (flag) VALUES (true), (false);
SELECT noted('noted', 'event_change');
CALL reattach('many');
INSERT INTO noted_events (many) VALUES ('{a,b}');
SELECT noted('noted', 'event_change');
CALL reattach('ctid');
INSERT INTO noted_events (customer) VALUES ('a');
SELECT noted('noted', 'event_change');
DROP PROCEDURE reattach;
DROP TABLE noted_events;
DROP TYPE noted_kind;
DROP TABLE noted.order_change;
CREATE TABLE noted.order_change (customer integer);

-- partitions: through the parent, which sees rows that move, and straight into one, which only its own triggers see
CREATE TABLE noted_orders (id int, customer integer, region text) PARTITION BY LIST (region);
CREATE TABLE noted_north PARTITION OF noted_orders FOR VALUES IN ('n');
CREATE TABLE noted_south (region text, more int, customer integer, id int);
ALTER TABLE noted_south DROP COLUMN more;
ALTER TABLE noted_orders ATTACH PARTITION noted_south FOR VALUES IN ('s');
SELECT attach('noted_orders', 'noted', 'order_change', 'customer');
INSERT INTO noted_orders VALUES (1, 1, 'n'), (2, 2, 's'), (3, 3, 's');
SELECT noted();
UPDATE noted_orders SET region = 's', customer = 11 WHERE id = 1;
SELECT noted();
DELETE FROM noted_orders WHERE region = 's' AND id < 3;
SELECT noted();
INSERT INTO noted_south VALUES ('s', 4, 4);
SELECT noted();
SELECT attach('noted_south', 'noted', 'order_change', 'customer');
INSERT INTO noted_south VALUES ('s', 4, 4);
SELECT noted();
UPDATE noted_south SET customer = 5 WHERE customer = 4;
SELECT noted();
INSERT INTO noted_orders VALUES (6, 6, 's');
SELECT noted();
TRUNCATE noted_orders;
SELECT noted();
DROP TABLE noted_orders;
-- inheritance
CREATE TABLE noted_orders (id int, customer integer);
CREATE TABLE noted_archive (more text) INHERITS (noted_orders);
SELECT attach('noted_orders', 'noted', 'order_change', 'customer');
INSERT INTO noted_archive VALUES (1, 1, 'x');
SELECT noted();
UPDATE noted_orders SET customer = 2;
SELECT noted();
DELETE FROM noted_orders;
SELECT noted();
DROP TABLE noted_archive, noted_orders;

-- two stores of one table, and names that are no names
CREATE SCHEMA "or'ders""; drop";
CREATE TABLE "or'ders""; drop".order_change (customer integer);
CREATE SEQUENCE "or'ders""; drop".missed;
INSERT INTO lifecycle.store (store, settings, key_type, owner, orders, kept_in, layout) VALUES ('or''ders"; drop', '{}', 'integer', current_user, 'pg_class', 'pg_class', 2);
CREATE TABLE "or'ders""; drop"."Table ' """ (id int, "cus'tomer""; drop" integer);
SELECT attach(format('%I.%I', 'or''ders"; drop', 'Table '' "'), 'or''ders"; drop', 'order_change', 'cus''tomer"; drop');
CREATE TRIGGER other AFTER INSERT ON "or'ders""; drop"."Table ' """ REFERENCING NEW TABLE AS "new ""rows""" EXECUTE FUNCTION lifecycle.note_changes('noted', 'order_change', 'id');
SELECT known();
INSERT INTO "or'ders""; drop"."Table ' """ VALUES (1, 2), (1, 3);
SELECT noted('or''ders"; drop'), noted();
CREATE INDEX ON "or'ders""; drop".order_change (customer);
UPDATE "or'ders""; drop"."Table ' """ SET id = 4;
SELECT noted('or''ders"; drop'), noted();
DROP SCHEMA "or'ders""; drop" CASCADE;
DELETE FROM lifecycle.store WHERE store <> 'noted';

-- a trigger that was not made for a store notes nothing, whatever its arguments say, and tells nothing
SELECT missed();
CREATE TABLE noted_hers (customer integer);
ALTER TABLE noted_hers OWNER TO regress_lifecycle_clerk;
SET ROLE regress_lifecycle_clerk;
CREATE TRIGGER hers AFTER INSERT ON noted_hers REFERENCING NEW TABLE AS come EXECUTE FUNCTION lifecycle.note_changes('noted', 'order_change', 'customer');
CREATE TRIGGER too AFTER TRUNCATE ON noted_hers EXECUTE FUNCTION lifecycle.note_changes('noted', 'order_change', 'customer');
CREATE TRIGGER guard AFTER DELETE ON noted_hers EXECUTE FUNCTION lifecycle.guard_changes();
INSERT INTO noted_hers VALUES (1), (2);
DELETE FROM noted_hers;
TRUNCATE noted_hers;
RESET ROLE;
SELECT noted(), missed();
-- nor where the table of changes cannot take a note
CREATE INDEX added ON noted.order_change (customer);
SET ROLE regress_lifecycle_clerk;
INSERT INTO noted_hers VALUES (3);
RESET ROLE;
SELECT missed();
DROP INDEX noted.added;
-- nor does the guard of another's table touch the sequence of the schema that it lies in
ALTER TABLE noted_hers SET SCHEMA noted;
DELETE FROM noted.noted_hers;
SELECT missed();
DROP TABLE noted.noted_hers;
-- notes that another statement than a refresh takes away
CREATE TRIGGER guard AFTER UPDATE OR DELETE OR TRUNCATE ON noted.order_change EXECUTE FUNCTION lifecycle.guard_changes();
DELETE FROM noted.order_change;
SELECT missed();
TRUNCATE noted.order_change;
SELECT missed();
UPDATE noted.order_change SET customer = 1;
SELECT missed();
DROP TRIGGER guard ON noted.order_change;

-- triggers that are not as they must be
CREATE TABLE noted_orders (customer integer);
\set VERBOSITY verbose
\set SHOW_CONTEXT never
CREATE FUNCTION refused(trigger text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
BEGIN
    EXECUTE 'CREATE TRIGGER t ' || trigger;
    INSERT INTO noted_orders VALUES (1);
    UPDATE noted_orders SET customer = 2;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || message || '. ' || detail;
END $$;
\a\t
SELECT refused('AFTER INSERT ON noted_orders FOR EACH ROW EXECUTE FUNCTION lifecycle.note_changes(''noted'', ''order_change'', ''customer'')');
SELECT refused('BEFORE INSERT ON noted_orders EXECUTE FUNCTION lifecycle.note_changes(''noted'', ''order_change'', ''customer'')');
SELECT refused('AFTER INSERT ON noted_orders EXECUTE FUNCTION lifecycle.note_changes(''noted'', ''order_change'', ''customer'')');
SELECT refused('AFTER UPDATE ON noted_orders REFERENCING NEW TABLE AS come EXECUTE FUNCTION lifecycle.note_changes(''noted'', ''order_change'', ''customer'')');
SELECT refused('AFTER INSERT ON noted_orders REFERENCING NEW TABLE AS come EXECUTE FUNCTION lifecycle.note_changes(''noted'', ''order_change'')');
SELECT refused('AFTER INSERT ON noted_orders REFERENCING NEW TABLE AS come EXECUTE FUNCTION lifecycle.note_changes()');
SELECT refused('AFTER INSERT ON noted_orders REFERENCING NEW TABLE AS come EXECUTE FUNCTION lifecycle.note_changes(''noted'', ''profile'', ''customer'')');
SELECT refused('AFTER INSERT ON noted_orders REFERENCING NEW TABLE AS come EXECUTE FUNCTION lifecycle.note_changes(''noted'', ''order_change'', ''customer'', ''more'')');
\a\t

\set QUIET on
DROP TABLE noted_orders;
DROP FUNCTION refused, attach, noted, known, missed;
DELETE FROM lifecycle.store;
DROP SCHEMA noted CASCADE;
DROP ROLE regress_lifecycle_writer, regress_lifecycle_clerk;
