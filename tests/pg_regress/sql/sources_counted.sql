-- What a refresh has read and left out, in the log and in the key figures; currencies that have no rate.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE counted (client integer, at timestamptz, total numeric, currency text DEFAULT 'EUR', paid boolean DEFAULT true);
CREATE TABLE counted_rate (currency text, day date, rate numeric);
INSERT INTO counted_rate VALUES ('USD', '2024-01-01', 0.5);
INSERT INTO counted (client, at, total) SELECT i, '2024-01-01Z', 10 FROM generate_series(1, 20) AS i;
-- guests and rows of no customer; unpaid, they count in no revenue
INSERT INTO counted (client, at, total) VALUES (0, '2024-01-02Z', 100), (NULL, '2024-01-02Z', 50), (NULL, '2024-01-02Z', NULL);
INSERT INTO counted (client, at, total, paid) VALUES (NULL, '2024-01-02Z', 1000, false), (NULL, '2024-01-02Z', 1000, NULL), (21, '2024-01-02Z', 1000, NULL);
SELECT lifecycle.attach('counted', orders => 'counted', customer => 'client', ordered_at => 'at', amount => 'total', status => 'paid',
    currency => 'EUR', currency_column => 'currency', rates => 'counted_rate',
    settings => '{"reader": "", "guest": 0, "max_shrink": 1, "reconcile": "1 year"}') \g /dev/null
CREATE FUNCTION last_log() RETURNS TABLE (rebuilt boolean, changed bigint, read bigint, left_out jsonb, of_changed jsonb) LANGUAGE sql AS
    $$ SELECT rebuilt, changed_customers, orders_read, orders_left_out, changed_left_out FROM lifecycle.refresh_log
       WHERE store = 'counted' ORDER BY id DESC LIMIT 1 $$;
CALL lifecycle.refresh('counted', '2024-02-01Z');
SELECT * FROM last_log();
SELECT revenue_to_date, revenue_with_guests FROM counted.kpis;
INSERT INTO counted (client, at, total) VALUES (1, '2024-02-02Z', 10), (1, '2024-02-02Z', 'NaN'), (1, 'infinity', 5), (2, NULL, 7);
CALL lifecycle.refresh('counted', '2024-02-03Z');
SELECT * FROM last_log();
SELECT day, revenue_to_date, revenue_with_guests FROM counted.kpis WHERE customers > 0 ORDER BY day;
CALL lifecycle.refresh('counted', '2024-02-04Z');
SELECT * FROM last_log();

-- a currency that has no rate is said at once, and not at the next day
INSERT INTO counted (client, at, total, currency) VALUES (3, '2024-02-05Z', 10, 'CHF'), (3, '2024-02-05Z', 10, 'USD');
CALL lifecycle.refresh('counted', '2024-02-06Z');
SELECT * FROM last_log();
INSERT INTO counted_rate VALUES ('CHF', '2024-02-01', 2);
CALL lifecycle.refresh('counted', '2024-02-07Z', rebuild => true);
SELECT spend FROM counted.customers WHERE customer = 3;
-- rates that are emptied, as by a session that fills them anew, lose no order; and no journey decides with what is left
SELECT lifecycle.create_journey('counted', 'j', '{"entry": {"event": "called"}, "steps": [
    {"name": "rich", "branch": [{"if": {"bought": {"spend_at_least": 30, "within": "60 days"}}, "then": "vip"}], "else": "end"},
    {"name": "vip", "act": {"channel": "letter", "template": "vip"}}, {"name": "end", "exit": "end"}]}') \g /dev/null
SELECT lifecycle.configure('counted', '{"event_kinds": ["called"], "sender": ""}') \g /dev/null
SELECT lifecycle.start_journey('counted', 'j', started_at => '2024-02-07Z') \g /dev/null
SELECT lifecycle.record_event('counted', 'called', 'c1', customer => '3', at => '2024-02-07 12:00Z') \g /dev/null
BEGIN;
DELETE FROM counted_rate;
COMMIT;
INSERT INTO counted (client, at, total) VALUES (3, '2024-02-07Z', 1);
CALL lifecycle.run_journeys('counted', '2024-02-07 13:00Z');
CALL lifecycle.refresh('counted', '2024-02-08Z');
SELECT spend FROM counted.customers WHERE customer = 3;
INSERT INTO counted_rate VALUES ('CHF', '2024-02-01', 2), ('USD', '2024-01-01', 0.5);
CALL lifecycle.run_journeys('counted', '2024-02-08 13:00Z');
SELECT customer, step FROM counted.journey_actions;
CALL lifecycle.refresh('counted', '2024-02-09Z');
SELECT spend FROM counted.customers WHERE customer = 3;
SELECT lifecycle.detach('counted', discard => true) \g /dev/null

-- one other currency and no rates
UPDATE counted SET currency = 'CHF';
\set VERBOSITY verbose
\set SHOW_CONTEXT never
SELECT lifecycle.attach('counted', orders => 'counted', customer => 'client', ordered_at => 'at', amount => 'total', currency => 'EUR',
    currency_column => 'currency', settings => '{"reader": ""}');
\set VERBOSITY default
SELECT lifecycle.attach('counted', orders => 'counted', customer => 'client', ordered_at => 'at', amount => 'total',
    currency_column => 'currency', settings => '{"reader": ""}') \g /dev/null
SELECT settings ->> 'currency' AS currency FROM lifecycle.store WHERE store = 'counted';
CALL lifecycle.refresh('counted', '2024-02-01Z');
INSERT INTO counted (client, at, total, currency) VALUES (4, '2024-02-05Z', 10, 'EUR');
CALL lifecycle.refresh('counted', '2024-02-06Z');
SELECT lifecycle.detach('counted', discard => true) \g /dev/null
DROP TABLE counted, counted_rate;
DROP FUNCTION last_log;
