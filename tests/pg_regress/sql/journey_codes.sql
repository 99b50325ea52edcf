-- Voucher codes: each action takes one when it is handed over, once; a pool that has no more holds the journey.
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE TABLE voucher_members (id int PRIMARY KEY, email text, first_name text);
INSERT INTO voucher_members SELECT i, 'v' || i || '@example.org', 'Name' || i FROM generate_series(1, 6) AS i;
CREATE TABLE voucher_orders (id int PRIMARY KEY, member int, at timestamptz, amount numeric, voucher text);
CREATE INDEX ON voucher_orders (member);
INSERT INTO voucher_orders SELECT i, i, '2024-01-01Z', 20 FROM generate_series(1, 6) AS i;
SELECT lifecycle.attach('vouchers', orders => 'voucher_orders', customer => 'member', ordered_at => 'at', amount => 'amount',
    customers => 'voucher_members', customers_key => 'id', attributes => '{email,first_name}', time_zone => 'UTC',
    settings => '{"reader": "", "code": "voucher"}');
CALL lifecycle.refresh('vouchers', as_of => '2024-03-01 12:00');

-- What cannot be a pool or a code.
SELECT lifecycle.add_codes('vouchers', 'Win back', '{A}');
SELECT lifecycle.add_codes('vouchers', 'winback', NULL);
SELECT lifecycle.add_codes('vouchers', 'winback', '{A,NULL}');
SELECT lifecycle.add_codes('vouchers', 'winback', ARRAY['A', '  ']);
SELECT lifecycle.add_codes('vouchers', 'winback', ARRAY[repeat('x', 201)]);
SELECT lifecycle.add_codes('nowhere', 'winback', '{A}');
-- Each code is there once, whatever is said twice.
SELECT lifecycle.add_codes('vouchers', 'winback', '{SAVE-1,SAVE-2," SAVE-3 ",SAVE-2}');
SELECT lifecycle.add_codes('vouchers', 'winback', '{SAVE-1,SAVE-4}');
SELECT lifecycle.add_codes('vouchers', 'welcome', '{SAVE-1}');
-- In another case it is the same code.
SELECT lifecycle.add_codes('vouchers', 'winback', '{save-1,save-5,SAVE-5}'), lifecycle.remove_codes('vouchers', 'winback', '{Save-5}');
SELECT lifecycle.add_codes('vouchers', 'welcome', '{sAVE-1}');
SELECT lifecycle.add_codes('vouchers', 'welcome', '{HELLO-1,HELLO-2}');
SELECT lifecycle.remove_codes('vouchers', 'winback', '{SAVE-4,HELLO-1}');
SELECT pool, codes, free, taken, used FROM vouchers.code_pools ORDER BY pool;

-- A payload with two pools, one of them in two places, and deep within.
SELECT lifecycle.create_journey('vouchers', 'letters', '{"entry": {"event": "asked"}, "reentry": "always", "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "offer", "payload": {
        "to": {"profile": "email"}, "code": {"code": "winback"}, "again": [{"deep": {"code": "winback"}}], "other": {"code": "welcome"}}}},
    {"name": "plain", "act": {"channel": "email", "template": "plain"}},
    {"name": "end", "exit": "sent"}]}', start => true);
UPDATE vouchers_data.journey SET started_at = '2024-03-01';
SELECT lifecycle.record_event('vouchers', 'asked', 'a1', customer => '1', at => '2024-03-01 12:01');
SELECT lifecycle.record_event('vouchers', 'asked', 'a2', customer => '2', at => '2024-03-01 12:02');
SELECT lifecycle.record_event('vouchers', 'asked', 'a3', customer => '3', at => '2024-03-01 12:03');
CALL lifecycle.run_journeys('vouchers', as_of => '2024-03-01 13:00');
-- Nothing is taken before a sender asks.
SELECT pool, free FROM vouchers.code_pools ORDER BY pool;
-- Two of three letters have their codes; the third waits, and the journey is held.
RESET client_min_messages;
SELECT customer, payload FROM lifecycle.claim_actions('email', 10, store => 'vouchers') ORDER BY customer;
SET client_min_messages = warning;
SELECT status, held_reason FROM vouchers.journeys;
SELECT customer, status, reason, attempts FROM vouchers.journey_actions ORDER BY customer;
SELECT pool, code, customer, used_at FROM vouchers.codes ORDER BY code;
SELECT pool, codes, free, taken FROM vouchers.code_pools ORDER BY pool;
-- What was handed over keeps its codes: a second hand-over says the same.
UPDATE vouchers_data.journey SET status = 'live', held_since = NULL, held_reason = NULL;
UPDATE vouchers_data.action SET claimable_at = '2024-03-01 13:00' WHERE status = 'claimed';
SELECT customer, payload ->> 'code' AS code, payload #>> '{again,0,deep}' AS again, payload ->> 'other' AS other
FROM lifecycle.claim_actions('email', 10, store => 'vouchers') ORDER BY customer;
-- Once there are codes, and the owner lets it go on, the third gets its own. As it got none of one pool, it took none of the other.
SELECT lifecycle.add_codes('vouchers', 'welcome', '{HELLO-3}');
SELECT lifecycle.release_journey('vouchers', 'letters');
UPDATE vouchers_data.action SET claimable_at = '2024-03-01 13:00' WHERE status = 'pending';
SELECT customer, payload ->> 'code' AS code, payload ->> 'other' AS other
FROM lifecycle.claim_actions('email', 10, store => 'vouchers') ORDER BY customer;
-- The code of an order says that it was used, in whatever case it was typed, and by which customer.
-- An order from before the code was handed over did not use it.
INSERT INTO voucher_orders VALUES (11, 1, '2024-03-02Z', 15, ' save-1'), (12, 4, '2024-03-03Z', 15, 'SAVE-1'), (13, 5, '2024-03-03Z', 15, 'OTHER'),
    (14, 6, '2023-06-01Z', 15, 'save-1'), (15, 6, '2023-06-01Z', 15, 'save-2');
SELECT code, customer, used_at, used_by FROM vouchers.codes WHERE pool = 'winback' ORDER BY code;
SELECT pool, codes, free, taken, used FROM vouchers.code_pools ORDER BY pool;
-- Taken codes stay.
SELECT lifecycle.remove_codes('vouchers', 'winback'), lifecycle.remove_codes('vouchers', 'nothing');
SELECT pool, codes, free FROM vouchers.code_pools ORDER BY pool;
-- Only the owner adds codes.
CREATE ROLE voucher_stranger;
GRANT USAGE ON SCHEMA vouchers TO voucher_stranger;
SET ROLE voucher_stranger;
SELECT lifecycle.add_codes('vouchers', 'winback', '{MINE}');
RESET ROLE;
REVOKE ALL ON SCHEMA vouchers FROM voucher_stranger;
DROP ROLE voucher_stranger;
-- A payload is no code by itself, and a code has no default.
SELECT lifecycle.create_journey('vouchers', 'wrong', '{"entry": {"event": "a"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "t", "payload": {"code": "winback"}}}, {"name": "end", "exit": "sent"}]}');
SELECT lifecycle.create_journey('vouchers', 'wrong', '{"entry": {"event": "a"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "t", "payload": {"of": {"code": "winback", "default": "NONE"}}}},
    {"name": "end", "exit": "sent"}]}');
SELECT lifecycle.create_journey('vouchers', 'wrong', '{"entry": {"event": "a"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "t", "payload": {"of": {"code": 7}}}}, {"name": "end", "exit": "sent"}]}');
-- Nor is what can be no pool.
SELECT lifecycle.create_journey('vouchers', 'wrong', '{"entry": {"event": "a"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "t", "payload": {"of": {"code": "Winback10"}}}}, {"name": "end", "exit": "sent"}]}');
SELECT lifecycle.detach('vouchers');
DROP TABLE voucher_orders, voucher_members;

-- A pool runs dry on Friday: what happens until the release is not lost, and the release is none of the brake's.
CREATE TABLE dry_members (id int PRIMARY KEY);
INSERT INTO dry_members SELECT i FROM generate_series(1, 400) AS i;
CREATE TABLE dry_orders (member int, at timestamptz, amount numeric);
CREATE INDEX ON dry_orders (member);
INSERT INTO dry_orders SELECT i, '2024-01-01Z', 20 FROM generate_series(1, 400) AS i;
SELECT lifecycle.attach('dry', orders => 'dry_orders', customer => 'member', ordered_at => 'at', amount => 'amount',
    customers => 'dry_members', customers_key => 'id', time_zone => 'UTC', settings => '{"reader": ""}');
CALL lifecycle.refresh('dry', as_of => '2024-03-01 12:00');
SELECT lifecycle.create_journey('dry', 'cart', '{"entry": {"event": "cart_left"}, "reentry": "always", "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "cart", "payload": {"voucher": {"code": "carts"}}}},
    {"name": "end", "exit": "sent"}]}', start => true);
SELECT lifecycle.create_journey('dry', 'other', '{"entry": {"event": "cart_left"}, "reentry": "always", "steps": [
    {"name": "letter", "act": {"channel": "sms", "template": "cart"}}, {"name": "end", "exit": "sent"}]}', start => true);
UPDATE dry_data.journey SET started_at = '2024-03-01';
SELECT lifecycle.add_codes('dry', 'carts', '{CART-1,CART-2}');
SELECT count(lifecycle.record_event('dry', 'cart_left', 'fri' || i, customer => i::text, at => '2024-03-01 12:01')) FROM generate_series(1, 3) AS i;
CALL lifecycle.run_journeys('dry', as_of => '2024-03-01 12:30');
-- It runs dry in the middle of a batch.
SELECT customer, payload ->> 'voucher' AS code FROM lifecycle.claim_actions('email', 10, store => 'dry') ORDER BY customer;
SELECT name, status, held_reason, held_for_codes, released_up_to FROM dry_data.journey ORDER BY name;
-- Over the weekend the other journey's runs look at the carts.
SELECT count(lifecycle.record_event('dry', 'cart_left', 'sat' || i, customer => i::text, at => '2024-03-02 10:00')) FROM generate_series(4, 9) AS i;
CALL lifecycle.run_journeys('dry', as_of => '2024-03-02 12:00');
SELECT count(*) FILTER (WHERE processed) AS processed, count(*) FROM dry_data.event;
-- Codes that are removed and added anew are others; then each customer gets one, and nobody enters twice for a cart.
SELECT lifecycle.add_codes('dry', 'carts', ARRAY(SELECT 'WEEK-' || i FROM generate_series(1, 20) AS i)), lifecycle.remove_codes('dry', 'carts', '{week-1,CART-1}');
SELECT lifecycle.add_codes('dry', 'carts', '{week-1,cart-1}');
SELECT lifecycle.release_journey('dry', 'cart');
SELECT name, status, held_for_codes, released_up_to, released_from FROM dry_data.journey ORDER BY name;
CALL lifecycle.run_journeys('dry', as_of => '2024-03-04 09:00');
UPDATE dry_data.action SET claimable_at = '2024-03-04 09:00' WHERE status = 'pending';
SELECT count(*), count(DISTINCT payload ->> 'voucher') AS codes, count(DISTINCT customer) AS customers
FROM lifecycle.claim_actions('email', 20, store => 'dry');
SELECT journey, customer, count(*) FROM dry.journey_customers GROUP BY journey, customer HAVING count(*) > 1;
SELECT pool, codes, free, taken FROM dry.code_pools;
-- The brake still holds: 200 carts are more than a fifth of the customers.
SELECT count(lifecycle.record_event('dry', 'cart_left', 'mon' || i, customer => i::text, at => '2024-03-04 10:00')) FROM generate_series(101, 300) AS i;
CALL lifecycle.run_journeys('dry', as_of => '2024-03-04 10:30');
SELECT name, status, held_reason, held_for_codes FROM dry_data.journey ORDER BY name;
-- What the owner has released stays released.
SELECT lifecycle.release_journey('dry', 'cart', up_to => 1000);
CALL lifecycle.run_journeys('dry', as_of => '2024-03-04 10:45');
SELECT lifecycle.remove_codes('dry', 'carts');
SELECT count(*) FROM lifecycle.claim_actions('email', 1, store => 'dry');
SELECT lifecycle.add_codes('dry', 'carts', '{LAST-1}'), lifecycle.release_journey('dry', 'cart');
SELECT name, status, released_up_to, released_from FROM dry_data.journey WHERE name = 'cart';
SELECT lifecycle.detach('dry');
DROP TABLE dry_orders, dry_members;
