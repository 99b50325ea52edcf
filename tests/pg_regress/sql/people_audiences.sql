-- What audiences and feeds say of customers who are forgotten and merged.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS citext;
CREATE SCHEMA people_audiences;
SET search_path = people_audiences, public;
CREATE TABLE bought (customer int, at timestamptz, amount numeric);
INSERT INTO bought SELECT i, timestamptz '2024-01-01Z' + i * interval '1 hour', 10 * i FROM generate_series(1, 40) AS i;
CREATE TABLE heard (customer int, at timestamptz, kind text);
SELECT lifecycle.attach('shop', orders => 'bought', customer => 'customer', ordered_at => 'at', amount => 'amount', events => 'heard', event_customer => 'customer',
    happened_at => 'at', kind => 'kind', time_zone => 'UTC', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('shop', '2024-02-01Z');
SELECT lifecycle.create_audience('shop', 'spenders', '{"profile": "spend", "at_least": 200}'), lifecycle.create_audience('shop', 'readers', '{"event": "opened", "within": "30 days"}') \g /dev/null
SELECT lifecycle.create_journey('shop', 'hello', '{"entry": {"joined": "readers"}, "steps": [{"name": "letter", "act": {"channel": "email", "template": "hello"}}, {"name": "end", "exit": "done"}]}',
    start => true) \g /dev/null
UPDATE shop_data.journey SET started_at = '2024-01-01Z';
CREATE VIEW state AS SELECT a.audience, a.members, (SELECT count(*) FROM shop_data.audience_member AS m JOIN shop_data.audience AS named ON named.number = m.audience
    WHERE named.name = a.audience) AS listed FROM shop.audiences AS a ORDER BY 1;

-- 1. A reader that leaves no trace is told that its token serves no more, once a customer was forgotten; other readers are told the key.
BEGIN READ ONLY;
SELECT next_token AS token FROM lifecycle.changes_since('shop', NULL, 1000) ORDER BY customer::int DESC LIMIT 1 \gset
SELECT next_token AS of_spenders FROM lifecycle.audience_changes_since('shop', 'spenders', NULL, 1000) ORDER BY customer::int DESC LIMIT 1 \gset
COMMIT;
SELECT is_followed FROM shop_data.feed;
CREATE TABLE days AS SELECT * FROM shop.audience_days;
SELECT kind, rows FROM lifecycle.forget('shop', '30');
\set VERBOSITY sqlstate
SELECT * FROM lifecycle.changes_since('shop', :'token');
SELECT * FROM lifecycle.audience_changes_since('shop', 'spenders', :'of_spenders');
\set VERBOSITY default
SELECT count(*) FILTER (WHERE customer = '30') AS forgotten, count(*) FROM lifecycle.changes_since('shop', NULL, 1000);
SELECT is_followed FROM shop_data.feed;
SELECT next_token AS token FROM lifecycle.changes_since('shop', NULL, 1000) ORDER BY customer::int DESC LIMIT 1 \gset
SELECT next_token AS of_spenders FROM lifecycle.audience_changes_since('shop', 'spenders', NULL, 1000) ORDER BY customer::int DESC LIMIT 1 \gset
SELECT count(*) FROM lifecycle.forget('shop', '31');
SELECT customer, kind, profile, next_token AS token FROM lifecycle.changes_since('shop', :'token') \gset told_
SELECT :'told_customer' AS customer, :'told_kind' AS kind, :'told_token' LIKE '%31' AS token_holds_the_key;
SELECT customer, kind FROM lifecycle.audience_changes_since('shop', 'spenders', :'of_spenders');
-- A reader that has read it all need not begin anew when the keys go.
SELECT lifecycle.forget_departures('shop');
SELECT * FROM lifecycle.changes_since('shop', :'told_token');
\set VERBOSITY sqlstate
SELECT * FROM lifecycle.changes_since('shop', :'token');
\set VERBOSITY default
SELECT count(*) FROM shop_data.profile_change WHERE customer IN (30, 31);
SELECT count(*) FROM shop_data.audience_log WHERE customer IN (30, 31);

-- 2. The counts of the days stay: the customer was there, and is not any more.
CALL lifecycle.refresh('shop', now());
SELECT d.audience, d.day, d.members, d.joined, d.gone FROM days AS d EXCEPT SELECT audience, day, members, joined, gone FROM shop.audience_days;
SELECT audience, members, joined > 0 AS somebody_joined, gone FROM shop.audience_days WHERE day = (SELECT max(day) FROM shop.audience_days) ORDER BY 1;
TABLE state;

-- 3. A customer who is merged leaves all audiences, and the merge is nobody's occasion to join one.
INSERT INTO heard SELECT 38, now() - interval '1 hour', 'opened';
CALL lifecycle.refresh('shop', now());
SELECT customer, kind, joined FROM shop_data.audience_log WHERE audience = 2 ORDER BY id;
SELECT * FROM lifecycle.merge_customers('shop', '38', '39');
TABLE state;
CALL lifecycle.refresh('shop', now());
TABLE state;
SELECT log.customer, audience.name, log.joined, log.kind FROM shop_data.audience_log AS log JOIN shop_data.audience AS audience ON audience.number = log.audience
    WHERE log.customer IN (38, 39) AND log.kind <> 'defined' ORDER BY log.id;
CALL lifecycle.run_journeys('shop');
SELECT customer, reason FROM shop_data.decision WHERE kind = 'entered' ORDER BY 1;

-- 4. A customer who has been through a journey that is entered once does not go through it again under the other key.
SELECT lifecycle.create_journey('shop', name, format('{"entry": {"event": "registered"}, "reentry": "%s", "steps": [
    {"name": "first", "act": {"channel": "email", "template": "first"}}, {"name": "rest", "wait": {"for": "5 days"}},
    {"name": "second", "act": {"channel": "email", "template": "second"}}, {"name": "end", "exit": "done"}]}', reentry)::jsonb, start => true)
    FROM (VALUES ('once', 'once'), ('always', 'always')) AS j (name, reentry) \g /dev/null
UPDATE shop_data.journey SET started_at = now() - interval '30 days';
SELECT lifecycle.record_event('shop', 'registered', 'r1', customer => '1', at => now() - interval '6 days') \g /dev/null
CALL lifecycle.run_journeys('shop', now() - interval '6 days' + interval '1 minute');
SELECT count(*) FROM (SELECT lifecycle.complete_action('shop', action) FROM lifecycle.claim_actions('email', 10, store => 'shop')) AS sent;
CALL lifecycle.run_journeys('shop', now() - interval '30 minutes');
SELECT count(*) FROM (SELECT lifecycle.complete_action('shop', action) FROM lifecycle.claim_actions('email', 10, store => 'shop')) AS sent;
CALL lifecycle.run_journeys('shop', now() - interval '20 minutes');
SELECT lifecycle.record_event('shop', 'registered', 'r2', customer => '2', at => now() - interval '15 minutes') \g /dev/null
CALL lifecycle.run_journeys('shop', now() - interval '10 minutes');
SELECT count(*) FROM (SELECT lifecycle.complete_action('shop', action) FROM lifecycle.claim_actions('email', 10, store => 'shop')) AS sent;
CALL lifecycle.run_journeys('shop', now() - interval '5 minutes');
SELECT j.name, e.customer, e.outcome FROM shop_data.enrollment AS e JOIN shop_data.journey AS j USING (journey) WHERE j.name IN ('once', 'always') ORDER BY 1, 2;
SELECT kind FROM lifecycle.merge_customers('shop', '1', '2');
SELECT j.name, e.customer, e.entry, e.outcome FROM shop_data.enrollment AS e JOIN shop_data.journey AS j USING (journey) WHERE j.name IN ('once', 'always') ORDER BY 1, 2, 3;

-- 5. Test recipients are customers: the one who was kept, and none who is forgotten.
SELECT lifecycle.start_journey('shop', 'once', only_customers => '{1,5}');
SELECT recipients FROM shop_data.journey WHERE name = 'once';
SELECT lifecycle.start_journey('shop', 'once', only_customers => '{5,30}');

-- 6. Keys of a type that does not tell capitals apart are the same to all that writes.
CREATE TABLE by_word (customer citext, at timestamptz, amount numeric);
INSERT INTO by_word SELECT 'Key ' || i, timestamptz '2024-01-01Z', 10 FROM generate_series(1, 9) AS i;
SELECT lifecycle.attach('words', orders => 'by_word', customer => 'customer', ordered_at => 'at', amount => 'amount', time_zone => 'UTC', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('words', '2024-02-01Z');
SELECT count(*) FROM lifecycle.forget('words', 'KEY 7');
SELECT lifecycle.record_event('words', 'registered', 'e7', customer => 'Key 7');
SELECT lifecycle.suppress('words', 'kEY 6'), lifecycle.record_event('words', 'registered', 'e5', customer => 'KEY 5'), lifecycle.record_consent('words', 'Key 4', 'email');
SELECT 'suppression' AS of, customer FROM words_data.suppression UNION ALL SELECT 'event', customer FROM words_data.event UNION ALL SELECT 'consent', customer FROM words_data.consent;
SELECT count(*) FROM lifecycle.merge_customers('words', 'KEY 2', 'Key 3');
SELECT lifecycle.record_event('words', 'registered', 'e2', customer => 'keY 2');
SELECT customer FROM words_data.event WHERE provider_id = 'e2';
DROP VIEW state;
SELECT lifecycle.detach('words', discard => true), lifecycle.detach('shop', discard => true);
DROP SCHEMA people_audiences CASCADE;
