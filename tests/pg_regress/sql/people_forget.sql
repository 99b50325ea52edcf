-- A customer who is forgotten is gone from every table, and no reload brings the customer back; reports count what they counted.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE SCHEMA people_forget;
SET search_path = people_forget, public;
-- in which columns of a store's two schemas, and of lifecycle, a text stands
CREATE FUNCTION held(store text, needle text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE relation regclass; columns text[];
BEGIN
    FOR relation IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace::regnamespace::text IN (store, store || '_data', 'lifecycle')
            AND c.relkind IN ('r', 'v') AND c.relname !~ '^(source|key|grown|left_out)_' ORDER BY c.oid::regclass::text LOOP
        EXECUTE format('SELECT array_agg(DISTINCT pair.key ORDER BY pair.key) FROM %s AS t, json_each_text(row_to_json(t)) AS pair
            WHERE strpos(pair.value, $1) > 0', relation) INTO columns USING needle;
        RETURN QUERY SELECT relation || '.' || name FROM unnest(columns) AS name;
    END LOOP;
END $$;

-- 1. A customer of everything: orders, events, refunds, consents, a profile with attributes, journeys under way, payloads, details, notes.
CREATE TABLE people (key text PRIMARY KEY, name text, email text, born date);
INSERT INTO people SELECT 'customer-' || i, 'Name ' || i, 'm' || i || '@example.org', DATE '1980-06-10' FROM generate_series(1, 30) AS i;
INSERT INTO people VALUES ('Zyx-0815', 'Ada Quux', 'ada.quux@example.net', '1979-03-09');
CREATE TABLE bought (customer text, at timestamptz, amount numeric, updated_at timestamptz DEFAULT now());
INSERT INTO bought (customer, at, amount) SELECT key, timestamptz '2024-01-01Z' + (ascii(right(key, 1)) % 20) * interval '1 day', 20 FROM people;
INSERT INTO bought (customer, at, amount) VALUES ('Zyx-0815', '2024-02-02Z', 77);
CREATE TABLE heard (customer text, at timestamptz, kind text);
INSERT INTO heard SELECT key, '2024-02-01Z', 'open' FROM people;
CREATE TABLE given_back (customer text, at timestamptz, amount numeric);
INSERT INTO given_back VALUES ('Zyx-0815', '2024-02-10Z', 7), ('customer-3', '2024-02-11Z', 5);
CREATE TABLE agreed (customer text, channel text, given_at timestamptz, withdrawn_at timestamptz);
INSERT INTO agreed SELECT key, 'email', '2024-01-01Z' FROM people;
SELECT lifecycle.attach('shop', orders => 'bought', customer => 'customer', ordered_at => 'at', amount => 'amount', customers => 'people',
    customers_key => 'key', attributes => '{name,email,born}', events => 'heard', event_customer => 'customer', happened_at => 'at', kind => 'kind',
    refunds => 'given_back', refund_customer => 'customer', refunded_at => 'at', refund_amount => 'amount', consents => 'agreed',
    consent_customer => 'customer', consent_channel => 'channel', consent_given_at => 'given_at', consent_withdrawn_at => 'withdrawn_at',
    time_zone => 'UTC', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('shop', '2024-03-01 12:00Z');
SELECT lifecycle.create_journey('shop', 'welcome', '{"entry": {"event": "registered"}, "goal": {"bought": {"at_least": 1}, "within": "30 days"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "welcome", "payload": {"to": {"profile": "email"}, "name": {"profile": "name"}}}},
    {"name": "opened", "wait": {"event": "opened", "of": "letter", "timeout": "3 days", "then": "second"}},
    {"name": "second", "act": {"channel": "email", "template": "second", "payload": {"to": {"profile": "email"}}}},
    {"name": "done", "exit": "done"}]}', start => true) \g /dev/null
SELECT lifecycle.create_journey('shop', 'birthday', '{"entry": {"date": "born", "every_year": true, "at": "09:00"}, "steps": [
    {"name": "card", "act": {"channel": "email", "template": "card", "payload": {"to": {"profile": "email"}}}}, {"name": "end", "exit": "end"}]}', start => true) \g /dev/null
UPDATE shop_data.journey SET started_at = '2024-03-01Z';
SELECT lifecycle.record_event('shop', 'registered', 'registered ' || key, customer => key, at => '2024-03-04 09:30Z', detail => jsonb_build_object('ip', '203.0.113.' || length(email)))
    FROM people WHERE key IN ('Zyx-0815', 'customer-1', 'customer-2') \g /dev/null
CALL lifecycle.run_journeys('shop', '2024-03-04 10:00Z');
SELECT lifecycle.complete_action('shop', action, 'message to ' || (payload ->> 'to')) FROM lifecycle.claim_actions('email', 10, store => 'shop') \g /dev/null
INSERT INTO bought (customer, at, amount) VALUES ('Zyx-0815', '2024-03-04 12:00Z', 33.50), ('customer-1', '2024-03-04 13:00Z', 10);
SELECT lifecycle.record_event('shop', 'opened', 'opened 1', action => (SELECT id FROM shop_data.action WHERE customer = 'Zyx-0815'), at => '2024-03-04 11:00Z',
    detail => '{"ip": "203.0.113.20", "agent": "ada.quux@example.net"}'), lifecycle.suppress('shop', 'Zyx-0815', 'sms', note => 'asked by ada.quux@example.net'),
    lifecycle.record_consent('shop', 'Zyx-0815', 'email', '2024-01-02Z', 'form of Ada Quux');
CALL lifecycle.refresh('shop', '2024-03-05 12:00Z');
CALL lifecycle.run_journeys('shop', '2024-03-09 10:00Z');
DELETE FROM given_back WHERE customer = 'Zyx-0815';
SELECT count(*) > 15 AS everywhere FROM held('shop', 'Zyx-0815');
SELECT DISTINCT split_part(place, '.', 1) || '.' || split_part(place, '.', 2) AS holds_the_address FROM held('shop', 'ada.quux@example.net') AS place ORDER BY 1;
-- the views of results, before and after
CREATE TABLE reported AS SELECT 'report' AS of, to_jsonb(r) AS says FROM lifecycle.journey_report('shop', 'welcome') AS r
    UNION ALL SELECT 'funnel', to_jsonb(r) FROM shop.journey_funnel AS r
    UNION ALL SELECT 'journeys', to_jsonb(r) - '{under_way,pending}'::text[] FROM shop.journeys AS r
    UNION ALL SELECT 'goals', to_jsonb(r) FROM shop.journey_goals AS r WHERE day = 0
    UNION ALL SELECT 'lift', jsonb_build_array(treated_customers + open_customers, control_customers) FROM lifecycle.journey_lift('shop', 'welcome');
SELECT * FROM lifecycle.forget('shop', 'Zyx-0815');
SELECT held('shop', needle) FROM unnest('{Zyx-0815,ada.quux,Ada Quux,Quux,203.0.113.20,opened 1}'::text[]) AS needle;
-- Customers 1 and 2 keep theirs.
SELECT held('shop', 'registered customer-1'), held('shop', 'm1@example.org');
CREATE TABLE reported_after AS SELECT 'report' AS of, to_jsonb(r) AS says FROM lifecycle.journey_report('shop', 'welcome') AS r
    UNION ALL SELECT 'funnel', to_jsonb(r) FROM shop.journey_funnel AS r
    UNION ALL SELECT 'journeys', to_jsonb(r) - '{under_way,pending}'::text[] FROM shop.journeys AS r
    UNION ALL SELECT 'goals', to_jsonb(r) FROM shop.journey_goals AS r WHERE day = 0
    UNION ALL SELECT 'lift', jsonb_build_array(treated_customers + open_customers, control_customers) FROM lifecycle.journey_lift('shop', 'welcome');
SELECT (SELECT count(*) FROM reported) > 10 AS reported;
(TABLE reported EXCEPT TABLE reported_after) UNION ALL (TABLE reported_after EXCEPT TABLE reported);
SELECT orders, revenue FROM lifecycle.journey_report('shop', 'welcome') WHERE step IS NULL;
SELECT customer LIKE 'forgotten %' AS made_up, outcome, goal_at FROM shop.journey_customers ORDER BY 1, 2, 3;

-- 2. No letter any more, and nothing is pending.
CALL lifecycle.run_journeys('shop', '2024-03-12 10:00Z');
SELECT customer, template FROM lifecycle.claim_actions('email', 10, store => 'shop') ORDER BY 1, 2;

-- 3. The rows are still there, and no refresh takes them up: not the next, not one that reads all, nor after a reload.
SELECT count(*) FROM bought WHERE customer = 'Zyx-0815';
CALL lifecycle.refresh('shop', '2024-03-13 12:00Z');
CALL lifecycle.refresh('shop', '2024-03-13 13:00Z', rebuild => true);
UPDATE bought SET amount = amount + 1;
CREATE TABLE kept AS TABLE bought;
TRUNCATE bought;
INSERT INTO bought TABLE kept;
CALL lifecycle.refresh('shop', '2024-03-13 14:00Z');
SELECT * FROM lifecycle.verify('shop');
SELECT held('shop', 'Zyx-0815');
SELECT count(*), count(*) FILTER (WHERE orders > 0) AS buyers FROM shop.customers;

-- 4. Nothing can be written about the customer, and what providers tell late of a letter is dropped.
SELECT lifecycle.record_event('shop', 'registered', 'again', customer => 'Zyx-0815', detail => '{"ip": "203.0.113.7"}');
SELECT lifecycle.suppress('shop', 'Zyx-0815');
SELECT lifecycle.unsuppress('shop', 'Zyx-0815');
SELECT lifecycle.record_consent('shop', 'Zyx-0815', evidence => 'form');
SELECT lifecycle.withdraw_consent('shop', 'Zyx-0815');
SELECT lifecycle.record_event('shop', kind, kind || ' late', action => id, detail => '{"ip": "203.0.113.7"}') FROM shop_data.action, unnest('{click,bounce,unsubscribe}'::text[]) AS kind
    WHERE is_anonymous;
SELECT lifecycle.export_customer('shop', 'Zyx-0815') -> 'held' AS held;
SELECT held('shop', 'Zyx-0815'), held('shop', '203.0.113.8');

-- 5. A sender that holds a letter may complete it; nothing of it can be sent again.
SELECT lifecycle.record_event('shop', 'registered', 'registered ' || key, customer => key, at => '2024-03-14 09:30Z') FROM people WHERE key IN ('customer-4', 'customer-5', 'customer-6') \g /dev/null
CALL lifecycle.run_journeys('shop', '2024-03-14 10:00Z');
CREATE TABLE claimed AS SELECT action, customer FROM lifecycle.claim_actions('email', 2, store => 'shop');
SELECT lifecycle.fail_action('shop', action, 'mailbox of ' || customer || ' full', permanent => true) FROM claimed WHERE customer = 'customer-4';
SELECT kind, rows, result FROM lifecycle.forget('shop', '{customer-4,customer-5,customer-6}'::text[]);
SELECT lifecycle.retry_action('shop', action) FROM claimed WHERE customer = 'customer-4';
SELECT lifecycle.complete_actions('shop', ARRAY(SELECT action FROM claimed WHERE customer <> 'customer-4'));
SELECT status, reason, message_id, error, payload, is_anonymous FROM shop_data.action WHERE decided_at = '2024-03-14 10:00Z' ORDER BY id;
SELECT count(*) FROM lifecycle.claim_actions('email', 10, store => 'shop');
SELECT held('shop', 'customer-4'), held('shop', 'customer-5'), held('shop', 'customer-6');

-- 6. A customer whom the store has never seen; a second time; none; the same one twice.
SELECT * FROM lifecycle.forget('shop', 'never seen');
SELECT * FROM lifecycle.forget('shop', 'never seen');
SELECT * FROM lifecycle.forget('shop', '{}'::text[]);
SELECT kind, rows FROM lifecycle.forget('shop', '{customer-7,customer-7}'::text[]) WHERE kind = 'profile';
INSERT INTO people VALUES ('never seen', 'No One', 'no.one@example.org');
INSERT INTO bought (customer, at, amount) VALUES ('never seen', '2024-03-14Z', 5);
CALL lifecycle.refresh('shop', '2024-03-15 12:00Z');
SELECT held('shop', 'never seen'), held('shop', 'No One');
SELECT * FROM lifecycle.verify('shop');

-- 7. A person who is a customer again.
SELECT lifecycle.unforget('shop', 'never seen'), lifecycle.unforget('shop', 'never seen'), lifecycle.unforget('shop', 'customer-8');
CALL lifecycle.refresh('shop', '2024-03-15 13:00Z');
SELECT customer, orders FROM shop.customers WHERE customer = 'never seen';
SELECT lifecycle.record_event('shop', 'registered', 'at last', customer => 'never seen');
SELECT kind, rows, result FROM lifecycle.forget('shop', 'never seen');

-- 8. Test recipients: a journey whose last one is forgotten sends to nobody.
UPDATE shop_data.journey SET recipients = '{customer-9,customer-10}' WHERE name = 'welcome';
UPDATE shop_data.journey SET recipients = '{customer-9}' WHERE name = 'birthday';
SELECT lifecycle.export_customer('shop', 'customer-9') #> '{held,test_recipient_of}' AS test_recipient_of;
SELECT count(*) > 0 AS removed FROM lifecycle.forget('shop', 'customer-9');
SELECT name, recipients FROM shop_data.journey ORDER BY name;

-- 9. What is refused.
SELECT lifecycle.forget('nowhere', '1');
SELECT lifecycle.forget('shop', NULL::text);
SELECT lifecycle.forget(NULL, 'x');
SELECT lifecycle.forget('shop', NULL::text[]);
SELECT lifecycle.forget('shop', '{customer-1,NULL}'::text[]);
SELECT lifecycle.unforget('shop', NULL);
SELECT lifecycle.export_customer('shop', NULL);
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT lifecycle.forget('shop', 'customer-1');
ROLLBACK;
BEGIN;
SELECT kind FROM lifecycle.forget('shop', 'customer-1') WHERE kind = 'profile';
ROLLBACK;
SELECT lifecycle.export_customer('shop', 'customer-1') #>> '{held,profile,0,email}' AS still_there;
CREATE ROLE nosy;
SET ROLE nosy;
SELECT lifecycle.forget('shop', 'customer-1');
SELECT lifecycle.export_customer('shop', 'customer-1');
SELECT lifecycle.unforget('shop', 'customer-1');
SELECT lifecycle.merge_customers('shop', 'customer-1', 'customer-2');
RESET ROLE;
DROP ROLE nosy;
SELECT lifecycle.detach('shop');

-- 10. Keys of text of every sort.
CREATE TABLE odd (customer text, at timestamptz, amount numeric);
INSERT INTO odd SELECT key, '2024-01-01Z', 5 FROM unnest(ARRAY['it''s', '"quoted"', 'back\slash', '{brace}', 'a,b', '', ' ', 'NULL', U&'\00e9\4e2d', repeat('k', 2000), 'stays']) AS key;
SELECT lifecycle.attach('odd', orders => 'odd', customer => 'customer', ordered_at => 'at', amount => 'amount', changes => 'compare', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('odd', '2024-03-01Z');
SELECT left(key, 10) AS key, kind, rows FROM unnest(ARRAY['it''s', '"quoted"', 'back\slash', '{brace}', 'a,b', '', ' ', 'NULL', U&'\00e9\4e2d', repeat('k', 2000)]) AS key,
    lifecycle.forget('odd', key) WHERE kind = 'profile';
SELECT kind FROM lifecycle.forget('odd', repeat('long', 10000));
CALL lifecycle.refresh('odd', '2024-03-02Z', accept => true);
SELECT customer FROM odd.customers;
SELECT * FROM lifecycle.verify('odd');

-- 11. Keys of every type, and changes found in every way; citext does not tell capitals apart.
CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;
CREATE TABLE numbered (i integer, b bigint, u uuid, c citext, at timestamptz, amount numeric, id serial);
INSERT INTO numbered SELECT i, 4000000000 + i, md5(i::text)::uuid, 'Key ' || i, '2024-01-01Z', 5 FROM generate_series(1, 40) AS i;
SELECT lifecycle.attach('by_' || name, orders => 'numbered', customer => name, ordered_at => 'at', amount => 'amount', changes => changes,
    changed_at => CASE changes WHEN 'column' THEN 'id' END, settings => '{"reader": "", "overlap": null}')
    FROM (VALUES ('i', 'column'), ('b', 'compare'), ('u', 'triggers'), ('c', 'triggers')) AS way (name, changes) \g /dev/null
CALL lifecycle.refresh('by_i', '2024-03-01Z'); CALL lifecycle.refresh('by_b', '2024-03-01Z');
CALL lifecycle.refresh('by_u', '2024-03-01Z'); CALL lifecycle.refresh('by_c', '2024-03-01Z');
SELECT store, kind, rows FROM (VALUES ('by_i', ' 7 '), ('by_b', '4000000007'), ('by_u', upper(md5('7'))), ('by_c', 'KEY 7')) AS asked (store, key), lifecycle.forget(store, key);
SELECT lifecycle.forget('by_i', 'seven');
SELECT lifecycle.forget('by_i', '4000000007');
SELECT lifecycle.forget('by_u', '{7}'::text[]);
INSERT INTO numbered SELECT 7, 4000000007, md5('7')::uuid, 'kEY 7', '2024-02-01Z', 9 FROM generate_series(1, 3);
CALL lifecycle.refresh('by_i', '2024-03-02Z'); CALL lifecycle.refresh('by_b', '2024-03-02Z');
CALL lifecycle.refresh('by_u', '2024-03-02Z'); CALL lifecycle.refresh('by_c', '2024-03-02Z');
SELECT (SELECT count(*) FROM by_i.customers), (SELECT count(*) FROM by_b.customers), (SELECT count(*) FROM by_u.customers), (SELECT count(*) FROM by_c.customers);
CALL lifecycle.refresh('by_i', '2024-03-03Z', rebuild => true); CALL lifecycle.refresh('by_b', '2024-03-03Z', rebuild => true);
CALL lifecycle.refresh('by_u', '2024-03-03Z', rebuild => true); CALL lifecycle.refresh('by_c', '2024-03-03Z', rebuild => true);
SELECT (SELECT count(*) FROM by_i.customers), (SELECT count(*) FROM by_b.customers), (SELECT count(*) FROM by_u.customers), (SELECT count(*) FROM by_c.customers);
SELECT store, lifecycle.verify(store) FROM unnest('{by_i,by_b,by_u,by_c}'::text[]) AS store;
SELECT store, changed_customers, mismatches FROM lifecycle.refresh_log WHERE store LIKE 'by\__' AND as_of = '2024-03-02Z' ORDER BY store;

-- 12. What stays is a hash that differs from store to store.
SELECT count(*), count(DISTINCT hash), min(octet_length(hash)) FROM (TABLE by_i_data.forgotten UNION ALL TABLE by_b_data.forgotten UNION ALL TABLE by_u_data.forgotten) AS kept;
SELECT store, has_forgotten, has_merged FROM lifecycle.store ORDER BY store;

SELECT lifecycle.detach(store, discard => true) FROM unnest('{shop,odd,by_i,by_b,by_u,by_c}'::text[]) AS store \g /dev/null
SET client_min_messages = error;
DROP SCHEMA people_forget CASCADE;
