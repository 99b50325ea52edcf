-- What a database holds before the extension is updated: orders, histories, fitted models, a grid of one's own, a store with triggers
-- and one without, and a journey in which customers are.
SET client_min_messages = warning;
SET TimeZone = 'UTC';

CREATE TABLE orders AS SELECT n AS id, (n % 60)::bigint AS customer, '2023-01-01'::timestamptz + n * interval '11 hours' AS at,
    (5 + n * 7 % 90)::numeric AS amount, CASE WHEN n % 9 = 0 THEN 'test' ELSE 'paid' END AS status,
    (ARRAY['web', 'shop', 'phone'])[1 + n % 3] AS channel FROM generate_series(1, 700) AS n;
CREATE TABLE people AS SELECT n::bigint AS customer, 'country ' || n % 3 AS country FROM generate_series(0, 70) AS n;
CREATE TABLE events AS SELECT (n % 65)::bigint AS customer, '2023-01-01'::timestamptz + n * interval '13 hours' AS at,
    (ARRAY['sent', 'open', 'click'])[1 + n % 3] AS kind FROM generate_series(1, 500) AS n;

CREATE TABLE histories AS SELECT customer, purchase_history(at, amount) AS h FROM orders GROUP BY customer;
CREATE TABLE contacts AS SELECT customer, engagement_history(at, kind) AS e FROM events GROUP BY customer;
CREATE TABLE fits AS SELECT rfm_breaks(h, '2024-01-01Z') AS breaks, purchase_rhythm(h, '2024-01-01Z') AS rhythm,
    purchase_model(h, 'mbg/nbd', '2024-01-01Z') AS model, spend_model(h, '2024-01-01Z') AS spend,
    vip_breaks(h, '2024-01-01Z') AS vips FROM histories;

SELECT lifecycle.attach('shop', '{"orders": "public.orders", "customer": "customer", "ordered_at": "at", "amount": "amount",
    "status": "status <> ''test''", "channel": "channel", "customers": "public.people", "customers_key": "customer",
    "attributes": ["country"], "events": "public.events", "event_customer": "customer", "happened_at": "at", "kind": "kind",
    "time_zone": "Europe/Berlin", "changes": "triggers", "reader": ""}');
SELECT lifecycle.attach('compared', '{"orders": "public.orders", "customer": "customer", "ordered_at": "at", "amount": "amount",
    "time_zone": "UTC", "changes": "compare", "grid": "rfm_125", "reader": ""}');
CALL lifecycle.refresh('shop', as_of => '2023-12-01Z');
CALL lifecycle.refresh('compared', as_of => '2023-12-01Z');
INSERT INTO orders VALUES (1000, 7, '2023-12-01Z', 77, 'paid', 'web');
CALL lifecycle.refresh('shop', as_of => '2023-12-02Z');
CALL lifecycle.refresh('compared', as_of => '2023-12-02Z');

SELECT lifecycle.create_journey('shop', 'welcome', '{"entry": {"event": "registered"}, "steps": [
    {"name": "one", "act": {"channel": "email", "template": "first"}}, {"name": "wait", "wait": {"for": "3 days"}},
    {"name": "two", "act": {"channel": "email", "template": "second"}}, {"name": "end", "exit": "through"}]}', start => true);
UPDATE shop_data.journey SET started_at = '2023-12-01';
SELECT lifecycle.record_event('shop', 'registered', 'r' || n, customer => n::text, at => '2023-12-01 10:00Z') FROM generate_series(1, 5) AS n;
CALL lifecycle.run_journeys('shop', '2023-12-02 12:00Z');
SELECT lifecycle.claim_actions('email', 2, store => 'shop');
SELECT lifecycle.complete_action('shop', 1, 'message 1');
-- What the triggers have noted, and no refresh has seen.
INSERT INTO orders VALUES (1001, 8, '2023-12-02Z', 88, 'paid', 'web'), (1002, 900, '2023-12-02Z', 99, 'paid', 'shop');
GRANT SELECT ON shop.customers TO PUBLIC;
