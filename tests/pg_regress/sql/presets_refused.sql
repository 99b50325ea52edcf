-- What presets refuse: each error says what to type.
-- names and NULL
SELECT lifecycle.preset('shopify');
\echo :SQLSTATE
SELECT lifecycle.preset('Stripe');
\echo :SQLSTATE
SELECT lifecycle.preset('');
\echo :SQLSTATE
SELECT lifecycle.preset('magento; DROP TABLE x');
\echo :SQLSTATE
SELECT lifecycle.preset(NULL);
\echo :SQLSTATE
SELECT lifecycle.preset('stripe', '');
\echo :SQLSTATE
SELECT lifecycle.attach_preset(NULL, 'stripe');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', NULL);
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'strpe');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pg_pr', 'stripe');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'stripe', '[]');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'stripe', '{"order": "charges"}');
\echo :SQLSTATE
-- no tables, where the preset looks and where it was told to
SELECT lifecycle.attach_preset('pr', 'stripe');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'stripe', NULL, NULL);
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'medusa', schema => 'No "such" schema');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'spree', schema => E'caf\u00e9');
\echo :SQLSTATE
CREATE SCHEMA pr_shop;
CREATE TABLE pr_shop.charges (id text, customer text, created integer, amount bigint, amount_refunded bigint, currency text, status text, captured boolean, livemode boolean);
SELECT lifecycle.attach_preset('pr', 'stripe', schema => 'pr_shop');
\echo :SQLSTATE
-- a relation that the caller names is the caller's
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": "pr_shop.custmers"}', 'pr_shop');
\echo :SQLSTATE
-- settings that conflict, or that take out what is needed
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": null, "customers_key": "id"}', 'pr_shop');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": null, "amount": null}', 'pr_shop');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": null, "orders": null}', 'pr_shop');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": null, "customer_since": "nowhere"}', 'pr_shop');
\echo :SQLSTATE
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": null, "changes": "column"}', 'pr_shop');
\echo :SQLSTATE
CREATE TABLE pr_shop.spree_orders (id bigint, user_id bigint, completed_at timestamp, total numeric, state text, currency text, channel text);
CREATE TABLE pr_shop.spree_payments (id bigint, order_id bigint);
CREATE TABLE pr_shop.spree_users (id bigint, created_at timestamp);
-- a table of a sub-select is missing, then triggers that would not notice it
SELECT lifecycle.attach_preset('pr', 'spree', schema => 'pr_shop');
\echo :SQLSTATE
CREATE TABLE pr_shop.spree_refunds (id bigint, payment_id bigint, amount numeric);
SELECT lifecycle.attach_preset('pr', 'spree', '{"changes": "triggers"}', 'pr_shop');
\echo :SQLSTATE
-- columns that an older shop has not: one that a setting names, and one in an expression
ALTER TABLE pr_shop.spree_orders DROP COLUMN channel;
SELECT lifecycle.attach_preset('pr', 'spree', schema => 'pr_shop');
\echo :SQLSTATE
ALTER TABLE pr_shop.charges DROP COLUMN amount_refunded;
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": null}', 'pr_shop');
\echo :SQLSTATE
ALTER TABLE pr_shop.charges DROP COLUMN captured;
SELECT lifecycle.attach_preset('pr', 'stripe', '{"customers": null, "amount": "amount / 100.0"}', 'pr_shop');
\echo :SQLSTATE
-- a key of another type
CREATE TABLE pr_shop.customers (id uuid, created integer, deleted boolean, livemode boolean);
ALTER TABLE pr_shop.charges ADD COLUMN captured boolean;
SELECT lifecycle.attach_preset('pr', 'stripe', '{"amount": "amount / 100.0"}', 'pr_shop');
\echo :SQLSTATE
-- nothing was attached, and what is said helps
SELECT count(*) FROM lifecycle.store WHERE store = 'pr';
SELECT lifecycle.attach_preset('pr', 'spree', '{"channel": null, "reader": "", "time_zone": "Europe/London"}', 'pr_shop');
SELECT lifecycle.attach_preset('pr', 'spree', '{"channel": null}', 'pr_shop');
SELECT lifecycle.detach('pr');
-- what is printed is what is attached
SELECT jsonb_pretty(lifecycle.preset('stripe', 'Pay "1"'));
SELECT finding, rows, advice FROM lifecycle.check_source(lifecycle.preset('spree', 'pr_shop') - 'channel');
SET client_min_messages = warning;
DROP SCHEMA pr_shop CASCADE;
