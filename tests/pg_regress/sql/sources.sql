-- tables as shops really have them, each attached as it is: the right answers were counted by hand
\i modes.sql
CREATE SCHEMA sources;
SET search_path = sources, public;
CREATE TABLE people (customer int PRIMARY KEY);
INSERT INTO people VALUES (1), (2);

-- a table of order lines: 1, 4 and 1 orders over 100, 100 and 450
CREATE TABLE order_lines (order_id int, line int, customer int, bought_at timestamptz, price numeric, PRIMARY KEY (order_id, line));
CREATE INDEX ON order_lines (customer);
INSERT INTO order_lines SELECT 1, l, 1, '2025-01-10 12:00', 5 FROM generate_series(1, 20) AS l;
INSERT INTO order_lines SELECT 1 + l, 1, 2, timestamptz '2025-01-10 12:00' + l * interval '10 days', 100 FROM generate_series(1, 4) AS l;
INSERT INTO order_lines VALUES (6, 1, 3, '2025-02-01', 500), (6, 2, 3, '2025-02-01', -50);
SELECT finding, rows, says, advice FROM lifecycle.check_source('{"orders": "order_lines", "customer": "customer", "ordered_at": "bought_at", "amount": "price"}'::jsonb);
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_lines', orders => 'order_lines', customer => 'customer', ordered_at => 'bought_at', amount => 'price',
    order_key => 'order_id', time_zone => 'UTC', settings => '{"reader": ""}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_lines', as_of => '2025-03-01');
SELECT customer, orders, average_order_value, frequency_score, spend FROM sources_lines.customers ORDER BY 1;

-- instants of UTC without a zone, in a shop of New York, and amounts in cents: 22:00 on 31 December there, and 19.99
CREATE TABLE rails_orders (id int PRIMARY KEY, user_id int, created_at timestamp, total_cents bigint);
CREATE INDEX ON rails_orders (user_id);
INSERT INTO rails_orders VALUES (1, 1, '2025-01-01 03:00', 1999);
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_rails', orders => 'rails_orders', customer => 'user_id', ordered_at => 'created_at',
    amount => 'total_cents / 100.0', time_zone => 'America/New_York', currency => 'USD',
    settings => '{"reader": "", "ordered_at_zone": "UTC"}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_rails', as_of => '2025-02-01');
SELECT customer, first_purchase, spend FROM sources_rails.customers;
SELECT DISTINCT cohort FROM sources_rails.cohorts;

-- updated_at is NULL until the first update: 11 customers, 232
CREATE TABLE orm_orders (id int PRIMARY KEY, customer int, ordered_at timestamptz, amount numeric, updated_at timestamptz);
CREATE INDEX ON orm_orders (customer);
INSERT INTO orm_orders SELECT i, i, timestamptz '2025-01-01' + i * interval '1 day', 10, timestamptz '2025-01-01' + i * interval '1 day'
    FROM generate_series(1, 10) AS i;
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_orm', orders => 'orm_orders', customer => 'customer', ordered_at => 'ordered_at', amount => 'amount',
    changes => 'column', changed_at => 'updated_at', time_zone => 'UTC', settings => '{"reader": ""}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_orm', as_of => '2025-02-01');
INSERT INTO orm_orders (id, customer, ordered_at, amount) VALUES (11, 500, '2025-02-01', 77), (12, 3, '2025-02-01', 55);
CALL lifecycle.refresh('sources_orm', as_of => '2025-02-02');
SELECT count(*) AS customers, sum(spend) AS spend FROM sources_orm.customers;
SELECT count(*) AS wrong_histories FROM lifecycle.verify('sources_orm');
-- the way that the finding says
SELECT finding, rows, advice FROM lifecycle.check_source('sources_orm') WHERE finding = 'no changed_at';
SELECT lifecycle.configure('sources_orm', '{"changed_at": "COALESCE(updated_at, ordered_at)"}');
CALL lifecycle.refresh('sources_orm', as_of => '2025-02-02');
INSERT INTO orm_orders (id, customer, ordered_at, amount) VALUES (13, 501, '2025-02-02', 1);
CALL lifecycle.refresh('sources_orm', as_of => '2025-02-03');
SELECT count(*) AS customers, sum(spend) AS spend FROM sources_orm.customers;
SELECT rebuilt, changed_customers FROM lifecycle.refresh_log WHERE store = 'sources_orm' ORDER BY id;
SELECT * FROM lifecycle.verify('sources_orm');

-- orders without an amount are orders: 2 and 1
CREATE TABLE gifts (customer int, ordered_at timestamptz, amount numeric);
CREATE INDEX ON gifts (customer);
INSERT INTO gifts VALUES (1, '2025-01-01', 10), (1, '2025-01-15', NULL), (2, '2025-01-20', NULL);
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_gifts', orders => 'gifts', customer => 'customer', ordered_at => 'ordered_at', amount => 'amount',
    customers => 'people', time_zone => 'UTC', settings => '{"reader": ""}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_gifts', as_of => '2025-02-01');
SELECT customer, stage, orders, spend FROM sources_gifts.customers ORDER BY 1;
SELECT lifecycle.configure('sources_gifts', '{"null_amount": "skip"}');
CALL lifecycle.refresh('sources_gifts', as_of => '2025-02-01');
SELECT customer, stage, orders, spend FROM sources_gifts.customers ORDER BY 1;
SELECT reason, count(*), sum(amount) FROM sources_gifts_data.left_out_orders GROUP BY reason;

-- guests: customer 0 and NULL; the rest is 300 customers and 9,000 of 30,000
CREATE TABLE guest_orders (customer_id bigint, ordered_at timestamptz, amount numeric);
CREATE INDEX ON guest_orders (customer_id);
INSERT INTO guest_orders SELECT 0, timestamptz '2025-01-01' + i * interval '1 hour', 30 FROM generate_series(1, 500) AS i;
INSERT INTO guest_orders SELECT NULL, timestamptz '2025-01-01' + i * interval '1 hour', 30 FROM generate_series(1, 200) AS i;
INSERT INTO guest_orders SELECT i, timestamptz '2025-01-01' + i * interval '1 hour', 30 FROM generate_series(1, 300) AS i;
SELECT finding, rows, says, advice FROM lifecycle.check_source('{"orders": "guest_orders", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount"}'::jsonb);
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_guests', orders => 'guest_orders', customer => 'customer_id', ordered_at => 'ordered_at', amount => 'amount',
    time_zone => 'UTC', settings => '{"reader": "", "guest": 0}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_guests', as_of => '2025-03-01');
SELECT count(*) AS customers, sum(orders) AS orders, sum(spend) AS revenue, min(customer) FROM sources_guests.customers;
SELECT sum(revenue) AS growth_revenue FROM sources_guests.growth;
SELECT reason, count(*), sum(amount) FROM sources_guests_data.left_out_orders GROUP BY reason ORDER BY reason;

-- one customer among many has half the rows
UPDATE guest_orders SET customer_id = 4711 WHERE customer_id = 0;
SELECT finding, rows, says, advice FROM lifecycle.check_source('{"orders": "guest_orders", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount"}') WHERE finding = 'one customer';
SELECT finding FROM lifecycle.check_source('{"orders": "guest_orders", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount", "guest": 4711}') WHERE finding = 'one customer';
UPDATE guest_orders SET customer_id = 0 WHERE customer_id = 4711;
-- those that are known to be nobody are said nothing about
SELECT finding, rows FROM lifecycle.check_source('sources_guests');

-- two currencies in one column: 100 USD and 8,319 INR are about 200 USD
CREATE TABLE world_orders (customer int, ordered_at timestamptz, amount numeric, cur text);
CREATE INDEX ON world_orders (customer);
INSERT INTO world_orders VALUES (1, '2025-01-01', 100, 'USD'), (2, '2025-01-01', 8319, 'INR');
SELECT finding, rows, says, advice FROM lifecycle.check_source('{"orders": "world_orders", "customer": "customer", "ordered_at": "ordered_at", "amount": "amount"}'::jsonb);
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_world', orders => 'world_orders', customer => 'customer', ordered_at => 'ordered_at',
    amount => $$amount * CASE cur WHEN 'USD' THEN 1 WHEN 'INR' THEN 0.012 END$$, currency => 'USD', time_zone => 'UTC', settings => '{"reader": ""}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_world', as_of => '2025-02-01');
SELECT sum(spend) FROM sources_world.customers;

-- one person in three spellings, and an empty text
CREATE TABLE mail_orders (customer text, ordered_at timestamptz, amount numeric);
CREATE INDEX ON mail_orders (customer);
INSERT INTO mail_orders VALUES ('Ann@Example.org', '2025-01-01', 10), ('ann@example.org', '2025-01-15', 10), ('ann@example.org ', '2025-01-20', 10),
    ('', '2025-01-20', 10);
SELECT finding, rows, says, advice FROM lifecycle.check_source('{"orders": "mail_orders", "customer": "customer", "ordered_at": "ordered_at", "amount": "amount"}'::jsonb);
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_mail', orders => 'mail_orders', customer => 'lower(btrim(customer))', ordered_at => 'ordered_at',
    amount => 'amount', time_zone => 'UTC', settings => '{"reader": "", "guest": ""}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_mail', as_of => '2025-02-01');
SELECT customer, orders FROM sources_mail.customers ORDER BY 1;
-- an index on the expression serves
CREATE INDEX ON mail_orders (lower(btrim(customer)));
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_indexed', orders => 'mail_orders', customer => 'lower(btrim(customer))', ordered_at => 'ordered_at',
    settings => '{"reader": "", "time_zone": "UTC", "guest": ""}');
SET client_min_messages = warning;
-- the trigger notes the person, however spelled
INSERT INTO mail_orders VALUES (' ANN@example.ORG', '2025-02-01', 10);
SELECT customer FROM sources_mail_data.order_change;
CALL lifecycle.refresh('sources_mail', as_of => '2025-02-02');
SELECT customer, orders FROM sources_mail.customers ORDER BY 1;

-- sane data is said nothing about
CREATE TABLE sane (id int PRIMARY KEY, customer int, ordered_at timestamptz, amount numeric(10, 2), updated_at timestamptz);
CREATE INDEX ON sane (customer);
INSERT INTO sane SELECT i, 1 + i * 7 % 100, timestamptz '2025-01-01' + i * interval '1 hour', 5 + i % 37 + 0.99,
    timestamptz '2025-01-01' + i * interval '1 hour' + i % 5 * interval '1 minute' FROM generate_series(1, 1000) AS i;
SELECT * FROM lifecycle.check_source('{"orders": "sane", "customer": "customer", "ordered_at": "ordered_at", "amount": "amount", "changed_at": "updated_at"}'::jsonb);
-- what the condition leaves out is not looked at
SELECT finding, rows FROM lifecycle.check_source('{"orders": "guest_orders", "customer": "customer_id", "ordered_at": "ordered_at", "amount": "amount", "status": "customer_id > 0"}'::jsonb);

SELECT lifecycle.detach(store) FROM lifecycle.store WHERE store LIKE 'sources\_%' ORDER BY store;
DROP SCHEMA sources CASCADE;
