-- a store from attach to detach, on orders that can be followed by eye
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
-- a refresh says how far it is once it takes more than a second
SET client_min_messages = warning;
\pset null (null)
CREATE TABLE store_orders (id integer PRIMARY KEY, client text, placed timestamp, total numeric(10, 2), state text DEFAULT 'paid', via text);
CREATE INDEX ON store_orders (client);
INSERT INTO store_orders VALUES
    (1, 'Ada', '2025-03-17', 24.90, 'paid', 'web'), (2, 'Ada', '2025-05-26', 24.90, 'paid', 'shop'),
    (3, 'Ada', '2025-08-04', 31.50, 'paid', NULL), (4, 'Ada', '2025-10-13', 24.90, 'paid', NULL),
    (5, 'Bo', '2025-12-08', 80.00, 'paid', 'shop'), (6, 'Cleo', '2025-10-02', 12.00, 'paid', NULL),
    (7, 'Cleo', '2025-10-30', 15.50, 'paid', NULL), (8, 'Cleo', '2025-11-27', 12.00, 'paid', NULL),
    (9, 'Cleo', '2025-12-22', 18.00, 'paid', NULL), (10, 'Dov', '2025-01-09', 55.00, 'paid', NULL),
    (11, 'Dov', '2025-02-20', 60.00, 'paid', 'web'), (12, 'Dov', '2025-02-27', -60.00, 'paid', 'shop'),
    (13, 'Eve', '2025-12-01', 9.99, 'cancelled', NULL), (14, NULL, '2025-12-01', 1, 'paid', NULL), (15, 'Ada', NULL, 1, 'paid', NULL);
CREATE TABLE store_people (client varchar PRIMARY KEY, country text, since date);
INSERT INTO store_people VALUES ('Ada', 'DE', '2025-01-01'), ('Eve', 'FR', NULL), ('Fay', 'DE', '2025-06-30');

SELECT lifecycle.attach('regress_shop', orders => 'store_orders', customer => 'client', ordered_at => 'placed', amount => 'total',
    status => $$state <> 'cancelled' -- and nothing else$$, channel => 'via', customers => 'store_people', consented_at => 'since',
    attributes => '{country}', time_zone => 'Europe/Berlin', currency => 'EUR', settings => '{"reader": "", "horizon": "6 months"}');
SELECT store, orders, customers_table, events, changes, time_zone, currency, reader, schedule, refreshed_at, customers FROM lifecycle.stores;
-- the views are there before the first refresh
SELECT * FROM regress_shop.stages;
CALL lifecycle.refresh('regress_shop', '2025-12-31');
SELECT customer, country, stage, segment, orders, spend, channel, last_channel, cohort, first_purchase, recency_days, consented_at FROM regress_shop.customers ORDER BY customer;
SELECT stage, customers, orders, spend FROM regress_shop.stages;
SELECT kind, in_force, customers, status FROM regress_shop.models;
SELECT * FROM lifecycle.verify('regress_shop');

-- what changed, and only that
INSERT INTO store_orders VALUES (16, 'Fay', '2025-12-31 12:00', 10), (17, 'Ada', '2026-01-01 09:00', 30);
UPDATE store_orders SET client = 'Cleo' WHERE id = 5;
DELETE FROM store_orders WHERE client = 'Dov';
SELECT customer FROM regress_shop_data.order_change ORDER BY customer;
CALL lifecycle.refresh('regress_shop', '2026-01-02');
SELECT customer, kind, moved_from, moved_to, day, score_before, score_after, orders_before, orders_after, spend_before, spend_after FROM regress_shop.movements ORDER BY customer, kind;
SELECT customer, stage, stage_order, segment FROM regress_shop.stages_at('2025-12-31 12:00') ORDER BY customer;
SELECT rebuilt, changed_customers, refitted, customers, orders, moved, step FROM lifecycle.refresh_log ORDER BY id;
SELECT day, customers, buyers, prospects, new, active, at_risk, lapsed, orders_to_date, revenue_to_date, orders_of_day, revenue_of_day, moved FROM regress_shop.kpis;
SELECT * FROM lifecycle.verify('regress_shop');
-- nothing new: nothing is written
CALL lifecycle.refresh('regress_shop', '2026-01-02');
SELECT changed_customers, moved FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1;
-- all of it within a transaction, and none of it if that is rolled back
BEGIN;
TRUNCATE store_orders;
CALL lifecycle.refresh('regress_shop', '2026-01-03');
SELECT customer, stage, orders FROM regress_shop.customers ORDER BY customer;
ROLLBACK;
SELECT count(*) FROM regress_shop.customers WHERE orders > 0;
-- time does not run backwards
CALL lifecycle.refresh('regress_shop', '2025-12-31');
CALL lifecycle.refresh('regress_shop', 'infinity');
CALL lifecycle.refresh('regress_shops');
CALL lifecycle.refresh(NULL);

-- settings
SELECT lifecycle.configure('regress_shop', '{"attributes": ["since"], "currency": null, "status": "total > 10", "lapsed_after": 3}');
CALL lifecycle.refresh('regress_shop', '2026-01-03');
SELECT customer, since, stage, orders, spend FROM regress_shop.customers ORDER BY customer;
SELECT settings FROM lifecycle.store;
SELECT rebuilt, refitted FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1;
SELECT lifecycle.configure('regress_shop', '{"orders": "store_people", "customer": "client", "ordered_at": "since", "amount": null, "channel": null, "customers": null, "consented_at": null, "attributes": [], "status": null}');
SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE tgfoid = 'lifecycle.note_changes'::regproc ORDER BY 1, 2;
CALL lifecycle.refresh('regress_shop', '2026-01-04');
SELECT customer, stage, orders, spend, next_purchase FROM regress_shop.customers ORDER BY customer;
-- what is wrong is said by name
SELECT lifecycle.configure('regress_shop', '{"gird": "rfm_25"}');
SELECT lifecycle.configure('regress_shop', '{"grid": "rfm_26"}');
SELECT lifecycle.configure('regress_shop', '{"refit": "soon"}');
SELECT lifecycle.configure('regress_shop', '{"customer": "clint"}');
SELECT lifecycle.configure('regress_shop', '{"status": "true) UNION SELECT 1 --"}');
SELECT lifecycle.configure('regress_shop', '{"status": "random() < 0.5"}');
SELECT lifecycle.configure('regress_shop', '{"status": "client IN (SELECT client FROM store_people)"}');
SELECT lifecycle.configure('regress_shop', '{"changes": "column"}');
SELECT lifecycle.attach('regress_shop', orders => 'store_orders', customer => 'client', ordered_at => 'placed');
SELECT lifecycle.attach('regress_2', orders => 'store_order', customer => 'client', ordered_at => 'placed');
SELECT lifecycle.attach('regress_2', orders => 'store_orders', customer => 'placed', ordered_at => 'placed');
SELECT lifecycle.attach('pg_shop', orders => 'store_orders', customer => 'client', ordered_at => 'placed');
SELECT lifecycle.attach('public', orders => 'store_orders', customer => 'client', ordered_at => 'placed');
SELECT lifecycle.attach('regress_2', orders => 'store_orders', customer => NULL, ordered_at => 'placed');

-- it goes as it came, and nothing else goes
CREATE VIEW store_mine AS SELECT customer FROM regress_shop.customers;
SELECT lifecycle.detach('regress_shop');
DROP VIEW store_mine;
SELECT lifecycle.detach('regress_shop');
SELECT count(*) AS stores, (SELECT count(*) FROM lifecycle.refresh_log) AS log, (SELECT count(*) FROM pg_namespace WHERE nspname = 'regress_shop') AS schemas,
    (SELECT count(*) FROM pg_trigger WHERE tgrelid IN ('store_orders'::regclass, 'store_people'::regclass)) AS triggers FROM lifecycle.store;
SELECT lifecycle.detach('regress_shop');
DROP TABLE store_orders, store_people;
