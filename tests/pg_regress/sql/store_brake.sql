-- a refresh that would lose many customers or orders is held, in each way to find changes and whatever takes them away
SET timezone = 'UTC';
SET client_min_messages = error;
\pset null '-'
CREATE TABLE brake_people (customer int PRIMARY KEY);
INSERT INTO brake_people SELECT generate_series(1, 200);
CREATE TABLE brake_orders (id int, customer int, ordered_at timestamptz, state text DEFAULT 'paid',
    changed_at timestamptz DEFAULT clock_timestamp()) PARTITION BY RANGE (id);
CREATE TABLE brake_old PARTITION OF brake_orders FOR VALUES FROM (MINVALUE) TO (300);
CREATE TABLE brake_new PARTITION OF brake_orders FOR VALUES FROM (300) TO (MAXVALUE);
INSERT INTO brake_orders (id, customer, ordered_at)
    SELECT i, 1 + i % 150, now() - (i * 7919 % 400 + 1) * interval '1 day' FROM generate_series(1, 600) AS i;
CREATE TABLE brake_switch AS SELECT true AS shows;
CREATE VIEW brake_view AS SELECT * FROM brake_orders WHERE (SELECT shows FROM brake_switch);
CREATE TABLE brake_swap (LIKE brake_orders INCLUDING DEFAULTS);

SELECT lifecycle.attach('brake_' || changes, orders => 'brake_orders', customer => 'customer', ordered_at => 'ordered_at',
    status => $$state = 'paid'$$, customers => 'brake_people', changes => changes,
    changed_at => CASE changes WHEN 'column' THEN 'changed_at' END, time_zone => 'UTC',
    settings => '{"reader": "", "sender": "", "reconcile": "0"}')
FROM unnest('{triggers, column, compare}'::text[]) AS changes;
SELECT lifecycle.attach('brake_view', orders => 'brake_view', customer => 'customer', ordered_at => 'ordered_at', time_zone => 'UTC',
    settings => '{"reader": "", "sender": ""}');
CREATE PROCEDURE refresh_all() LANGUAGE plpgsql AS $$
DECLARE store text;
BEGIN
    FOR store IN SELECT s.store FROM lifecycle.store AS s WHERE s.store ~ '^brake_' ORDER BY 1 LOOP
        CALL lifecycle.refresh(store);
    END LOOP;
END $$;
CREATE FUNCTION held(OUT store text, OUT reason text, OUT customers bigint, OUT purchases bigint, OUT holds boolean, OUT differ bigint)
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR store, reason, customers, purchases IN SELECT s.store, s.held_reason, s.customers, s.purchases FROM lifecycle.stores AS s
        WHERE s.store ~ '^brake_' ORDER BY 1
    LOOP
        reason := replace(reason, ', more than the setting max_shrink allows: 30 %', '');
        EXECUTE format('SELECT count(*) > 0 FROM %I.hold', store || '_data') INTO holds;
        SELECT count(*) INTO differ FROM lifecycle.verify(store);
        RETURN NEXT;
    END LOOP;
END $$;
CALL refresh_all();
SELECT * FROM held();

-- The orders are emptied.
CREATE TABLE brake_kept AS TABLE brake_orders;
TRUNCATE brake_orders;
CALL refresh_all();
SELECT store, reason, customers, purchases, holds FROM held();
-- Held again, and then the rows are back.
CALL refresh_all();
INSERT INTO brake_orders TABLE brake_kept;
CALL refresh_all();
SELECT * FROM held();
SELECT step, count(*) FROM lifecycle.refresh_log WHERE store = 'brake_triggers' GROUP BY 1 ORDER BY 1;

-- A partition is detached.
ALTER TABLE brake_orders DETACH PARTITION brake_old;
CALL refresh_all();
SELECT store, reason, purchases FROM held();
ALTER TABLE brake_orders ATTACH PARTITION brake_old FOR VALUES FROM (MINVALUE) TO (300);
CALL refresh_all();
SELECT * FROM held();

-- The relation of the customers is emptied.
TRUNCATE brake_people;
CALL refresh_all();
SELECT store, reason, customers FROM held();
INSERT INTO brake_people SELECT generate_series(1, 200);
CALL refresh_all();
SELECT store, reason, customers FROM held();

-- A view returns nothing, and a condition fits nothing.
UPDATE brake_switch SET shows = false;
SELECT lifecycle.configure('brake_triggers', '{"status": "state = ''PAID''"}');
CALL refresh_all();
SELECT store, reason, purchases FROM held();
UPDATE brake_switch SET shows = true;
SELECT lifecycle.configure('brake_triggers', '{"status": "state = ''paid''"}');
CALL refresh_all();
SELECT * FROM held();

-- Another table takes the name: with "follow": "oid" the store goes on with the one that it reads, until it is told of the other, which is empty.
SELECT lifecycle.configure(store, '{"follow": "oid"}') FROM lifecycle.store WHERE store ~ '^brake_' \g /dev/null
ALTER TABLE brake_orders RENAME TO brake_before;
ALTER TABLE brake_swap RENAME TO brake_orders;
CALL refresh_all();
SELECT store, reason, purchases FROM held();
SELECT lifecycle.configure('brake_compare', '{"orders": "brake_orders"}');
CALL refresh_all();
SELECT store, reason, purchases FROM held();
SELECT lifecycle.configure('brake_compare', '{"orders": "brake_before"}');
CALL refresh_all();
SELECT store, reason, purchases FROM held();

-- What goes in parts counts together, within a day; the last part is accepted by one store, and another never holds.
SELECT lifecycle.configure('brake_column', '{"max_shrink": 1}');
DELETE FROM brake_before WHERE customer <= 30;
CALL refresh_all();
SELECT store, reason, purchases FROM held();
DELETE FROM brake_before WHERE customer <= 60;
CALL refresh_all();
SELECT store, reason, purchases FROM held();
CALL lifecycle.refresh('brake_compare', accept => true);
CALL lifecycle.refresh('brake_compare');
SELECT store, reason, purchases, holds, differ FROM held();
-- What was accepted is what counts from then on.
DELETE FROM brake_before WHERE customer <= 80;
CALL refresh_all();
SELECT store, reason, purchases FROM held();
SELECT lifecycle.configure('brake_column', '{"max_shrink": 1.5}');

SELECT lifecycle.detach(store) FROM unnest('{brake_triggers, brake_column, brake_compare, brake_view}'::text[]) AS store;
DROP VIEW brake_view;
DROP TABLE brake_before, brake_orders, brake_people, brake_switch, brake_kept;
DROP FUNCTION held;
DROP PROCEDURE refresh_all;
