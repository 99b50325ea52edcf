-- Presets of shops that keep their data in PostgreSQL, on small tables with the names and types of their columns; all figures are counted
-- by hand.
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

-- Medusa 2
CREATE SCHEMA medusa;
CREATE TYPE medusa.order_status_enum AS ENUM ('pending', 'completed', 'draft', 'archived', 'canceled', 'requires_action');
CREATE TABLE medusa."order" (
    id text PRIMARY KEY, display_id serial, customer_id text, version integer NOT NULL DEFAULT 1, status medusa.order_status_enum NOT NULL DEFAULT 'pending',
    is_draft_order boolean NOT NULL DEFAULT false, email text, currency_code text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz, canceled_at timestamptz);
CREATE TABLE medusa.order_summary (
    id text PRIMARY KEY, order_id text NOT NULL, version integer NOT NULL DEFAULT 1, totals jsonb, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz);
CREATE TABLE medusa.customer (
    id text PRIMARY KEY, company_name text, first_name text, last_name text, email text, phone text, has_account boolean NOT NULL DEFAULT false,
    metadata jsonb, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz, created_by text);
INSERT INTO medusa.customer (id, email, has_account, created_at, deleted_at) VALUES
    ('cus_1', 'ann@example.com', true, '2023-12-01Z', NULL), ('cus_2', 'bob@example.com', false, '2023-12-02Z', NULL),
    ('cus_3', 'cleo@example.com', true, '2023-12-03Z', NULL), ('cus_4', 'dan@example.com', true, '2023-12-04Z', '2024-01-01Z');
-- cus_1: 60, edited to 45.50 after a return, and 20; cus_2, a guest with an address: 10, and one whose totals are not written yet.
-- Not counted: canceled, draft, deleted, of nobody.
INSERT INTO medusa."order" (id, customer_id, version, status, is_draft_order, currency_code, created_at, deleted_at) VALUES
    ('order_1', 'cus_1', 2, 'completed', false, 'eur', '2024-01-05Z', NULL), ('order_2', 'cus_1', 1, 'pending', false, 'eur', '2024-02-05Z', NULL),
    ('order_3', 'cus_2', 1, 'pending', false, 'eur', '2024-01-06Z', NULL), ('order_4', 'cus_1', 1, 'canceled', false, 'eur', '2024-02-06Z', NULL),
    ('order_5', 'cus_1', 1, 'draft', true, 'eur', '2024-02-06Z', NULL), ('order_6', 'cus_1', 1, 'pending', false, 'eur', '2024-02-06Z', '2024-02-07Z'),
    ('order_7', NULL, 1, 'pending', false, 'eur', '2024-02-08Z', NULL), ('order_8', 'cus_2', 1, 'pending', false, 'eur', '2024-02-09Z', NULL);
INSERT INTO medusa.order_summary (id, order_id, version, totals, deleted_at) VALUES
    ('ordsum_1', 'order_1', 1, '{"current_order_total": 60, "original_order_total": 60, "paid_total": 60}', NULL),
    ('ordsum_2', 'order_1', 2, '{"current_order_total": 45.5, "original_order_total": 60, "paid_total": 60, "refunded_total": 14.5}', NULL),
    ('ordsum_3', 'order_1', 3, '{"current_order_total": 999}', '2024-01-07Z'),
    ('ordsum_4', 'order_2', 1, '{"current_order_total": 20, "original_order_total": 20}', NULL),
    ('ordsum_5', 'order_3', 1, '{"current_order_total": 10, "original_order_total": 10}', NULL),
    ('ordsum_6', 'order_4', 1, '{"current_order_total": 999}', NULL), ('ordsum_7', 'order_5', 1, '{"current_order_total": 999}', NULL),
    ('ordsum_8', 'order_6', 1, '{"current_order_total": 999}', NULL), ('ordsum_9', 'order_7', 1, '{"current_order_total": 5}', NULL);
SELECT lifecycle.attach_preset('medusa_shop', 'medusa', '{"reader": "", "time_zone": "UTC"}', 'medusa');
SET client_min_messages = warning;
CALL lifecycle.refresh('medusa_shop', '2024-03-01Z');
SELECT customer, orders, spend, last_purchase, stage FROM medusa_shop.customers ORDER BY 1;
SELECT customer, purchases FROM medusa_shop_data.history ORDER BY 1;
SELECT reason, rows, amount FROM medusa_shop.left_out ORDER BY 1;
SELECT settings ->> 'currency' AS currency FROM lifecycle.store WHERE store = 'medusa_shop';
-- a refund lowers the total of the summary alone
UPDATE medusa.order_summary SET totals = totals || '{"current_order_total": 12, "refunded_total": 8}' WHERE id = 'ordsum_4';
CALL lifecycle.refresh('medusa_shop', '2024-03-02Z');
SELECT customer, purchases FROM medusa_shop_data.history ORDER BY 1;
SELECT * FROM lifecycle.verify('medusa_shop');
SELECT lifecycle.detach('medusa_shop');
RESET client_min_messages;

-- Saleor 3
CREATE SCHEMA saleor;
CREATE TABLE saleor.account_user (
    id integer PRIMARY KEY, email varchar(254), first_name varchar(256), last_name varchar(256), is_staff boolean NOT NULL, is_active boolean NOT NULL,
    date_joined timestamptz NOT NULL, uuid uuid);
CREATE TABLE saleor.order_order (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number integer UNIQUE, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(), status varchar(32) NOT NULL,
    user_id integer, user_email varchar(254) NOT NULL, channel_id integer NOT NULL DEFAULT 1, currency varchar(3) NOT NULL,
    total_gross_amount numeric(20, 3) NOT NULL, total_net_amount numeric(20, 3) NOT NULL DEFAULT 0, total_charged_amount numeric(20, 3) NOT NULL DEFAULT 0);
CREATE TABLE saleor.payment_transactionitem (
    id integer PRIMARY KEY, order_id uuid, currency varchar(3) NOT NULL, charged_value numeric(20, 3) NOT NULL DEFAULT 0,
    refunded_value numeric(20, 3) NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE saleor.payment_payment (id integer PRIMARY KEY, order_id uuid, is_active boolean NOT NULL DEFAULT true, total numeric(20, 3) NOT NULL, currency varchar(3) NOT NULL);
CREATE TABLE saleor.payment_transaction (
    id integer PRIMARY KEY, payment_id integer NOT NULL, kind varchar(25) NOT NULL, is_success boolean NOT NULL, amount numeric(20, 3) NOT NULL,
    currency varchar(3) NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
INSERT INTO saleor.account_user (id, email, is_staff, is_active, date_joined) VALUES
    (1, 'ann@example.com', false, true, '2023-12-01Z'), (2, 'bob@example.com', false, true, '2023-12-02Z'),
    (3, 'staff@example.com', true, true, '2023-12-03Z'), (4, 'gone@example.com', false, false, '2023-12-04Z');
-- 1: 100 of which 30 came back by a transaction, and 50 of which 10 came back by a payment of the older kind; 3, of the staff: 8.
-- Not counted: draft, unconfirmed, expired, canceled, and a guest.
INSERT INTO saleor.order_order (number, created_at, status, user_id, user_email, currency, total_gross_amount) VALUES
    (1, '2024-01-05Z', 'fulfilled', 1, 'ann@example.com', 'PLN', 100), (2, '2024-02-05Z', 'partially fulfilled', 1, 'ann@example.com', 'PLN', 50),
    (3, '2024-01-05Z', 'unfulfilled', 3, 'staff@example.com', 'PLN', 8), (4, '2024-02-06Z', 'draft', 1, 'ann@example.com', 'PLN', 999),
    (5, '2024-02-06Z', 'unconfirmed', 1, 'ann@example.com', 'PLN', 999), (6, '2024-02-06Z', 'expired', 1, 'ann@example.com', 'PLN', 999),
    (7, '2024-02-06Z', 'canceled', 1, 'ann@example.com', 'PLN', 999), (8, '2024-02-07Z', 'fulfilled', NULL, 'Guest@example.com', 'PLN', 12);
INSERT INTO saleor.payment_transactionitem (id, order_id, currency, charged_value, refunded_value)
    SELECT n, id, 'PLN', 35, 15 FROM saleor.order_order, generate_series(1, 2) AS n WHERE number = 1;
INSERT INTO saleor.payment_payment (id, order_id, total, currency) SELECT 1, id, 50, 'PLN' FROM saleor.order_order WHERE number = 2;
INSERT INTO saleor.payment_transaction (id, payment_id, kind, is_success, amount, currency) VALUES
    (1, 1, 'capture', true, 50, 'PLN'), (2, 1, 'refund', true, 10, 'PLN'), (3, 1, 'refund', false, 40, 'PLN');
SELECT lifecycle.attach_preset('saleor_shop', 'saleor', '{"reader": "", "time_zone": "UTC"}', 'saleor');
SET client_min_messages = warning;
CALL lifecycle.refresh('saleor_shop', '2024-03-01Z');
SELECT customer, orders, spend, last_purchase, stage FROM saleor_shop.customers ORDER BY 1;
SELECT reason, rows, amount FROM saleor_shop.left_out ORDER BY 1;
SELECT settings ->> 'currency' AS currency FROM lifecycle.store WHERE store = 'saleor_shop';
UPDATE saleor.payment_transaction SET is_success = true WHERE id = 3;
CALL lifecycle.refresh('saleor_shop', '2024-03-02Z');
SELECT customer, purchases FROM saleor_shop_data.history ORDER BY 1;
SELECT * FROM lifecycle.verify('saleor_shop');
SELECT lifecycle.detach('saleor_shop');
RESET client_min_messages;
-- changed so that guests count, by their addresses
SELECT lifecycle.attach('saleor_shop', lifecycle.preset('saleor', 'saleor') || '{"reader": "", "time_zone": "UTC", "customer": "lower(user_email)",
    "customers_key": "CASE WHEN is_active AND NOT is_staff THEN lower(email) END"}');
SET client_min_messages = warning;
CALL lifecycle.refresh('saleor_shop', '2024-03-01Z');
SELECT customer, orders, spend FROM saleor_shop.customers ORDER BY 1;
SELECT lifecycle.detach('saleor_shop');
RESET client_min_messages;

-- Spree 4 and 5, which write UTC into timestamps without a zone
CREATE SCHEMA spree;
CREATE TABLE spree.spree_users (id bigint PRIMARY KEY, email varchar, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL DEFAULT now());
CREATE TABLE spree.spree_orders (
    id bigint PRIMARY KEY, number varchar(32), item_total numeric(10, 2) NOT NULL DEFAULT 0, total numeric(10, 2) NOT NULL DEFAULT 0, state varchar,
    user_id bigint, completed_at timestamp, payment_total numeric(10, 2) DEFAULT 0, payment_state varchar, email varchar, created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL DEFAULT now(), currency varchar, channel varchar DEFAULT 'spree', canceled_at timestamp, store_id bigint);
CREATE TABLE spree.spree_payments (id bigint PRIMARY KEY, amount numeric(10, 2) NOT NULL DEFAULT 0, order_id bigint, state varchar);
CREATE TABLE spree.spree_refunds (
    id bigint PRIMARY KEY, payment_id bigint, amount numeric(10, 2) NOT NULL DEFAULT 0, transaction_id varchar, created_at timestamp NOT NULL DEFAULT now(),
    refund_reason_id bigint, reimbursement_id bigint);
INSERT INTO spree.spree_users (id, email, created_at) VALUES (1, 'ann@example.com', '2023-12-01'), (2, 'bob@example.com', '2023-12-02');
-- 1: 100, of which 25 + 5 came back, and 40, at 23:30 UTC of the day before in London's summer; not counted: a cart (in another currency), canceled, a guest
INSERT INTO spree.spree_orders (id, number, total, state, user_id, completed_at, created_at, currency) VALUES
    (1, 'R1', 100, 'complete', 1, '2024-01-05 10:00', '2024-01-04', 'GBP'), (2, 'R2', 40, 'returned', 1, '2024-06-30 23:30', '2024-06-30', 'GBP'),
    (3, 'R3', 999, 'payment', 1, NULL, '2024-07-01', 'EUR'), (4, 'R4', 999, 'canceled', 1, '2024-06-01', '2024-06-01', 'GBP'),
    (5, 'R5', 9, 'complete', NULL, '2024-06-02', '2024-06-02', 'GBP');
INSERT INTO spree.spree_payments (id, amount, order_id, state) VALUES (1, 60, 1, 'completed'), (2, 40, 1, 'completed'), (3, 40, 2, 'completed');
INSERT INTO spree.spree_refunds (id, payment_id, amount) VALUES (1, 1, 25), (2, 2, 5);
SELECT lifecycle.attach_preset('spree_shop', 'spree', '{"reader": "", "time_zone": "Europe/London"}', 'spree');
SET client_min_messages = warning;
CALL lifecycle.refresh('spree_shop', '2024-07-02Z');
SELECT customer, orders, spend, first_purchase, last_purchase, stage FROM spree_shop.customers ORDER BY 1;
SELECT reason, rows, amount FROM spree_shop.left_out ORDER BY 1;
SELECT settings ->> 'currency' AS currency FROM lifecycle.store WHERE store = 'spree_shop';
INSERT INTO spree.spree_refunds (id, payment_id, amount) VALUES (3, 3, 40);
CALL lifecycle.refresh('spree_shop', '2024-07-03Z');
SELECT customer, purchases FROM spree_shop_data.history ORDER BY 1;
SELECT * FROM lifecycle.verify('spree_shop');
SELECT lifecycle.detach('spree_shop');
RESET client_min_messages;
-- a second currency is refused without rates, though amounts are net of refunds
UPDATE spree.spree_orders SET currency = 'EUR' WHERE id = 2;
SELECT lifecycle.attach_preset('spree_shop', 'spree', '{"reader": "", "time_zone": "Europe/London"}', 'spree');
SET client_min_messages = warning;
DROP SCHEMA medusa, saleor, spree CASCADE;
