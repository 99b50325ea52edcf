-- Presets of what tools copy into PostgreSQL, on small tables with the names and types of their columns; all figures are counted by hand.
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

-- Shopify by Fivetran
CREATE SCHEMA shopify;
CREATE TABLE shopify."order" (
    id bigint PRIMARY KEY, customer_id bigint, created_at timestamptz, processed_at timestamptz, cancelled_at timestamptz, currency text,
    total_price double precision, financial_status text, source_name text, test boolean, _fivetran_deleted boolean, _fivetran_synced timestamptz);
CREATE TABLE shopify.transaction (
    id bigint PRIMARY KEY, order_id bigint, refund_id bigint, amount numeric, currency text, kind text, status text, test boolean,
    created_at timestamptz, processed_at timestamptz, _fivetran_synced timestamptz);
CREATE TABLE shopify.customer (
    id bigint PRIMARY KEY, email text, created_at timestamptz, updated_at timestamptz, accepts_marketing boolean,
    email_marketing_consent_state text, email_marketing_consent_opt_in_level text, email_marketing_consent_consent_updated_at timestamptz,
    _fivetran_synced timestamptz);
INSERT INTO shopify.customer (id, email, created_at, email_marketing_consent_state, email_marketing_consent_consent_updated_at) VALUES
    (1, 'ann@example.com', '2023-12-01Z', 'subscribed', '2023-12-01Z'), (2, 'bob@example.com', '2023-12-05Z', 'unsubscribed', '2024-01-20Z'),
    (3, 'cleo@example.com', '2024-01-15Z', 'not_subscribed', NULL);
-- 1: 100 and 50.30, of which 30 + 5 came back in one refund of two payments. 2: 80 and, imported, 20 of 2022; a declined refund counts not.
-- Not counted: cancelled, test, deleted, voided, a customer who is not known.
INSERT INTO shopify."order" (id, customer_id, created_at, processed_at, cancelled_at, currency, total_price, financial_status, source_name, test, _fivetran_deleted) VALUES
    (101, 1, '2024-01-05Z', '2024-01-05Z', NULL, 'EUR', 100, 'partially_refunded', 'web', false, false),
    (102, 1, '2024-02-05Z', '2024-02-05Z', NULL, 'EUR', 50.30, 'paid', 'pos', false, false),
    (103, 2, '2024-01-10Z', NULL, NULL, 'EUR', 80, 'pending', 'web', NULL, NULL),
    (104, 2, '2024-01-01Z', '2022-06-01Z', NULL, 'EUR', 20, 'paid', 'import', false, false),
    (105, 2, '2024-01-11Z', '2024-01-11Z', '2024-01-12Z', 'EUR', 999, 'refunded', 'web', false, false),
    (106, 1, '2024-01-12Z', '2024-01-12Z', NULL, 'EUR', 999, 'paid', 'web', true, false),
    (107, 1, '2024-01-13Z', '2024-01-13Z', NULL, 'EUR', 999, 'paid', 'web', false, true),
    (108, 1, '2024-01-14Z', '2024-01-14Z', NULL, 'EUR', 999, 'voided', 'web', false, false),
    (109, NULL, '2024-01-15Z', '2024-01-15Z', NULL, 'EUR', 7, 'paid', 'pos', false, false);
INSERT INTO shopify.transaction (id, order_id, refund_id, amount, currency, kind, status, test, processed_at) VALUES
    (801, 101, NULL, 100, 'EUR', 'sale', 'success', false, '2024-01-05Z'), (802, 101, 901, 30, 'EUR', 'refund', 'success', false, '2024-01-20Z'),
    (803, 101, 901, 5, 'EUR', 'refund', 'success', false, '2024-01-20Z'), (804, 103, 902, 80, 'EUR', 'refund', 'failure', false, '2024-01-21Z'),
    (805, 105, 903, 999, 'EUR', 'refund', 'success', false, '2024-01-12Z');
SELECT lifecycle.attach_preset('fivetran', 'shopify_fivetran', '{"reader": "", "time_zone": "UTC", "currency": "EUR"}');
SET client_min_messages = warning;
CALL lifecycle.refresh('fivetran', '2024-03-01Z');
SELECT customer, orders, spend, first_purchase, last_purchase, stage FROM fivetran.customers ORDER BY 1;
SELECT customer, purchases FROM fivetran_data.history ORDER BY 1;
SELECT reason, rows, amount FROM fivetran.left_out ORDER BY 1;
SELECT customer, channel, given_at, withdrawn_at FROM fivetran_data.source_consents ORDER BY 1;
SELECT * FROM lifecycle.verify('fivetran');
-- the sync goes on: a payment of the refund fails after all, an order is deleted
UPDATE shopify.transaction SET status = 'failure' WHERE id = 803;
UPDATE shopify."order" SET _fivetran_deleted = true WHERE id = 104;
CALL lifecycle.refresh('fivetran', '2024-03-02Z');
SELECT changed_customers, orders_read FROM lifecycle.refresh_log WHERE store = 'fivetran' ORDER BY id DESC LIMIT 1;
SELECT customer, purchases FROM fivetran_data.history ORDER BY 1;
SELECT * FROM lifecycle.verify('fivetran');
SELECT lifecycle.detach('fivetran');
RESET client_min_messages;

-- Shopify by Airbyte, in a schema whose name needs quotes
CREATE SCHEMA "My ""Shop""";
CREATE TABLE "My ""Shop""".orders (
    _airbyte_raw_id varchar, _airbyte_extracted_at timestamptz, _airbyte_meta jsonb, id bigint, customer jsonb, created_at timestamptz,
    updated_at timestamptz, cancelled_at timestamptz, deleted_at timestamptz, processed_at varchar, currency varchar, total_price numeric(38, 9),
    financial_status varchar, source_name varchar, test boolean, shop_url varchar);
CREATE TABLE "My ""Shop""".order_refunds (
    _airbyte_raw_id varchar, _airbyte_extracted_at timestamptz, _airbyte_meta jsonb, id bigint, order_id bigint, created_at timestamptz,
    processed_at varchar, transactions jsonb, refund_line_items jsonb, order_adjustments jsonb, shop_url varchar);
CREATE TABLE "My ""Shop""".customers (
    _airbyte_raw_id varchar, _airbyte_extracted_at timestamptz, _airbyte_meta jsonb, id bigint, email varchar, created_at timestamptz,
    accepts_marketing boolean, shop_url varchar);
INSERT INTO "My ""Shop""".customers (id, email, created_at) VALUES (11, 'ann@example.com', '2023-12-01Z'), (12, 'bob@example.com', '2023-12-02Z');
-- 11: 60 and 40, of which 15 came back; not counted: cancelled, test, deleted, of nobody
INSERT INTO "My ""Shop""".orders (id, customer, created_at, cancelled_at, deleted_at, currency, total_price, financial_status, source_name, test) VALUES
    (201, '{"id": 11, "email": "ann@example.com"}', '2024-01-05Z', NULL, NULL, 'USD', 60, 'partially_refunded', 'web', false),
    (202, '{"id": 11, "email": "ann@example.com"}', '2024-02-05Z', NULL, NULL, 'USD', 40, 'paid', 'web', NULL),
    (203, '{"id": 11}', '2024-02-06Z', '2024-02-07Z', NULL, 'USD', 999, 'voided', 'web', false),
    (204, '{"id": 11}', '2024-02-06Z', NULL, NULL, 'USD', 999, 'paid', 'web', true),
    (205, '{"id": 11}', '2024-02-06Z', NULL, '2024-02-07Z', 'USD', 999, 'paid', 'web', false),
    (206, NULL, '2024-02-06Z', NULL, NULL, 'USD', 3, 'paid', 'pos', false);
INSERT INTO "My ""Shop""".order_refunds (id, order_id, created_at, transactions) VALUES
    (301, 201, '2024-01-20Z', '[{"kind": "refund", "status": "success", "amount": "10.50"}, {"kind": "refund", "status": "success", "amount": "4.50"},
        {"kind": "refund", "status": "failure", "amount": "99.00"}]'),
    (302, 202, '2024-02-20Z', '[]'), (303, 202, '2024-02-21Z', 'null'), (304, 202, '2024-02-22Z', NULL);
SELECT lifecycle.attach_preset('airbyte', 'shopify_airbyte', '{"reader": "", "time_zone": "UTC", "currency": "USD"}', schema => 'My "Shop"');
SET client_min_messages = warning;
CALL lifecycle.refresh('airbyte', '2024-03-01Z');
SELECT customer, orders, spend, last_purchase, stage FROM airbyte.customers ORDER BY 1;
SELECT customer, purchases FROM airbyte_data.history ORDER BY 1;
SELECT reason, rows, amount FROM airbyte.left_out ORDER BY 1;
SELECT * FROM lifecycle.verify('airbyte');
SELECT lifecycle.detach('airbyte');
RESET client_min_messages;

-- Stripe's sync engine, whose columns are generated of the JSON that Stripe sends
CREATE SCHEMA stripe;
CREATE TABLE stripe.charges (
    _raw_data jsonb, _last_synced_at timestamptz, _updated_at timestamptz DEFAULT now(),
    id text GENERATED ALWAYS AS (_raw_data ->> 'id') STORED PRIMARY KEY,
    amount bigint GENERATED ALWAYS AS ((_raw_data ->> 'amount')::bigint) STORED,
    amount_refunded bigint GENERATED ALWAYS AS ((_raw_data ->> 'amount_refunded')::bigint) STORED,
    captured boolean GENERATED ALWAYS AS ((_raw_data ->> 'captured')::boolean) STORED,
    created integer GENERATED ALWAYS AS ((_raw_data ->> 'created')::integer) STORED,
    currency text GENERATED ALWAYS AS (_raw_data ->> 'currency') STORED,
    customer text GENERATED ALWAYS AS (_raw_data ->> 'customer') STORED,
    livemode boolean GENERATED ALWAYS AS ((_raw_data ->> 'livemode')::boolean) STORED,
    status text GENERATED ALWAYS AS (_raw_data ->> 'status') STORED);
CREATE INDEX ON stripe.charges (customer);
CREATE TABLE stripe.customers (
    _raw_data jsonb,
    id text GENERATED ALWAYS AS (_raw_data ->> 'id') STORED PRIMARY KEY,
    created integer GENERATED ALWAYS AS ((_raw_data ->> 'created')::integer) STORED,
    livemode boolean GENERATED ALWAYS AS ((_raw_data ->> 'livemode')::boolean) STORED,
    deleted boolean GENERATED ALWAYS AS ((_raw_data ->> 'deleted')::boolean) STORED);
CREATE FUNCTION ps_charge(id text, customer text, created timestamptz, currency text, amount bigint, refunded bigint DEFAULT 0,
    status text DEFAULT 'succeeded', captured boolean DEFAULT true, livemode boolean DEFAULT true) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('id', id, 'customer', customer, 'created', extract(epoch FROM created)::integer, 'currency', currency,
        'amount', amount, 'amount_refunded', refunded, 'status', status, 'captured', captured, 'livemode', livemode) $$;
INSERT INTO stripe.customers (_raw_data) SELECT jsonb_build_object('id', id, 'created', 1700000000, 'livemode', live, 'deleted', deleted)
    FROM (VALUES ('cus_Ann', true, NULL), ('cus_Bob', true, NULL), ('cus_Cleo', true, NULL), ('cus_gone', true, true), ('cus_test', false, NULL))
    AS c (id, live, deleted);
-- Ann: 19.99, and 50.00 of which 20.00 came back. Not counted: failed, not captured, of the test mode (in another currency), of nobody.
INSERT INTO stripe.charges (_raw_data) VALUES
    (ps_charge('ch_1', 'cus_Ann', '2024-01-05Z', 'eur', 1999)), (ps_charge('ch_2', 'cus_Ann', '2024-02-05Z', 'eur', 5000, 2000)),
    (ps_charge('ch_3', 'cus_Ann', '2024-02-06Z', 'eur', 99900, status => 'failed')),
    (ps_charge('ch_4', 'cus_Ann', '2024-02-06Z', 'eur', 99900, captured => false)),
    (ps_charge('ch_5', 'cus_Ann', '2024-02-06Z', 'usd', 99900, livemode => false)),
    (ps_charge('ch_6', NULL, '2024-02-07Z', 'eur', 700));
SELECT lifecycle.attach_preset('stripe_shop', 'stripe', '{"reader": "", "time_zone": "UTC"}');
SET client_min_messages = warning;
CALL lifecycle.refresh('stripe_shop', '2024-03-01Z');
SELECT customer, orders, spend, last_purchase, stage FROM stripe_shop.customers ORDER BY 1;
SELECT reason, rows, amount FROM stripe_shop.left_out ORDER BY 1;
-- the one currency that there is became the store's; triggers note the customers of generated columns
SELECT settings ->> 'currency' AS currency, settings ->> 'changes' AS changes FROM lifecycle.store WHERE store = 'stripe_shop';
UPDATE stripe.charges SET _raw_data = _raw_data || '{"amount_refunded": 1999}' WHERE id = 'ch_1';
INSERT INTO stripe.charges (_raw_data) VALUES (ps_charge('ch_7', 'cus_Bob', '2024-02-20Z', 'eur', 1000));
CALL lifecycle.refresh('stripe_shop', '2024-03-02Z');
SELECT customer, purchases FROM stripe_shop_data.history ORDER BY 1;
SELECT changed_customers FROM lifecycle.refresh_log WHERE store = 'stripe_shop' ORDER BY id DESC LIMIT 1;
SELECT * FROM lifecycle.verify('stripe_shop');
SELECT lifecycle.detach('stripe_shop');
RESET client_min_messages;
-- several currencies: refused without rates; with rates the yen has no decimals and the dinar three
INSERT INTO stripe.charges (_raw_data) VALUES (ps_charge('ch_8', 'cus_Bob', '2024-02-21Z', 'jpy', 1500)), (ps_charge('ch_9', 'cus_Bob', '2024-02-22Z', 'kwd', 1500));
SELECT lifecycle.attach_preset('stripe_shop', 'stripe', '{"reader": "", "time_zone": "UTC"}');
CREATE TABLE rate (currency text, day date, rate numeric);
INSERT INTO rate VALUES ('JPY', '2024-01-01', 0.01), ('KWD', '2024-01-01', 3);
SELECT lifecycle.attach('stripe_shop', lifecycle.preset('stripe') || '{"reader": "", "time_zone": "UTC", "currency": "EUR", "rates": "rate"}');
SET client_min_messages = warning;
CALL lifecycle.refresh('stripe_shop', '2024-03-03Z');
-- Bob: 10.00 euros, 1500 yen at 0.01 and 1.500 dinars at 3
SELECT customer, purchases FROM stripe_shop_data.history ORDER BY 1;
SELECT lifecycle.detach('stripe_shop');
DROP TABLE rate;
DROP FUNCTION ps_charge;
DROP SCHEMA shopify, "My ""Shop""", stripe CASCADE;
