-- Two accounts of one person become one: one chain goes on, and rows of the duplicate count as those of the customer who is kept.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE SCHEMA people_merge;
SET search_path = people_merge, public;
CREATE TABLE members (id integer PRIMARY KEY, email text, kept text, duplicate text);
INSERT INTO members SELECT i, 'm' || i || '@example.org', 'k' || i, 'd' || i FROM generate_series(1, 40) AS i;
CREATE TABLE sales (id serial PRIMARY KEY, member integer, sold_at timestamptz, amount numeric);
INSERT INTO sales (member, sold_at, amount) SELECT i, timestamptz '2024-01-01Z' + i % 20 * interval '1 day', 20 FROM generate_series(1, 40) AS i;
CREATE TABLE agreed (member integer, given_at timestamptz, withdrawn_at timestamptz);
INSERT INTO agreed SELECT i, '2024-01-01Z' FROM generate_series(1, 40) AS i WHERE i <> 20;
CREATE FUNCTION attached(name text, changes text) RETURNS void LANGUAGE sql BEGIN ATOMIC
    SELECT lifecycle.attach(name, orders => 'sales', customer => 'member', ordered_at => 'sold_at', amount => 'amount', changes => changes,
        changed_at => CASE changes WHEN 'column' THEN 'id' END, customers => 'members', customers_key => 'id', attributes => '{email,kept,duplicate}',
        time_zone => 'UTC', settings => '{"reader": ""}');
END;
SELECT attached('club', 'triggers') \g /dev/null
CALL lifecycle.refresh('club', '2024-03-01 12:00Z');
CREATE FUNCTION send() RETURNS bigint LANGUAGE sql
    RETURN (SELECT count(lifecycle.complete_action('club', action)) FROM lifecycle.claim_actions('email', 1000, store => 'club'));
CREATE PROCEDURE play(since timestamptz, until timestamptz, every interval DEFAULT '1 day') LANGUAGE plpgsql AS $$
DECLARE t timestamptz;
BEGIN
    FOR t IN SELECT generate_series(since, until, every) LOOP
        CALL lifecycle.refresh('club', as_of => t);
        CALL lifecycle.run_journeys('club', as_of => t);
        PERFORM send();
    END LOOP;
END $$;
CREATE VIEW letters AS SELECT customer, entry, template, status, reason, decided_at::date AS day FROM club.journey_actions ORDER BY customer, template, decided_at;

-- 1. In the middle of a chain: the orders of 3 belong to 4 now, and 3 is gone. 2. The same of 5 and 6, whose rows the shop leaves as they are.
SELECT lifecycle.create_ready_made('club', 'post_purchase', '{}', start => true) \g /dev/null
UPDATE club_data.journey SET started_at = '2024-03-01Z';
INSERT INTO sales (member, sold_at, amount) VALUES (3, '2024-03-04 09:00Z', 80), (5, '2024-03-04 09:00Z', 80);
CALL lifecycle.refresh('club', '2024-03-04 10:00Z');
CALL lifecycle.run_journeys('club', '2024-03-04 10:00Z');
SELECT send();
UPDATE sales SET member = 4 WHERE member = 3;
SELECT * FROM lifecycle.merge_customers('club', '3', '4');
DELETE FROM members WHERE id = 3;
SELECT * FROM lifecycle.merge_customers('club', '5', '6');
SELECT * FROM lifecycle.verify('club');
CALL play('2024-03-05 10:00Z', '2024-04-20 10:00Z', '7 days');
SELECT * FROM letters;
SELECT customer, orders, spend, kept FROM club.customers WHERE customer BETWEEN 3 AND 6 ORDER BY customer;
SELECT * FROM lifecycle.verify('club');

-- 3. Rows of the duplicate that come later: by triggers, before a refresh reads them, and by every way to find changes.
SELECT attached('columned', 'column'), attached('compared', 'compare') \g /dev/null
CALL lifecycle.refresh('columned', '2024-04-20 10:00Z'); CALL lifecycle.refresh('compared', '2024-04-20 10:00Z');
SELECT count(*) FROM unnest('{columned,compared}'::text[]) AS store, lifecycle.merge_customers(store, '5', '6');
INSERT INTO sales (member, sold_at, amount) VALUES (5, '2024-04-20 12:00Z', 11);
UPDATE sales SET amount = 21 WHERE member = 5 AND amount = 20;
CALL lifecycle.refresh('club', '2024-04-21 10:00Z'); CALL lifecycle.refresh('columned', '2024-04-21 10:00Z'); CALL lifecycle.refresh('compared', '2024-04-21 10:00Z');
SELECT store, changed_customers, mismatches FROM lifecycle.refresh_log WHERE as_of = '2024-04-21 10:00Z' ORDER BY store;
CALL lifecycle.refresh('columned', '2024-04-22 10:00Z', rebuild => true);
SELECT 'club' AS store, customer, orders, spend FROM club.customers WHERE customer IN (5, 6) UNION ALL SELECT 'columned', customer, orders, spend FROM columned.customers WHERE customer IN (5, 6)
    UNION ALL SELECT 'compared', customer, orders, spend FROM compared.customers WHERE customer IN (5, 6) ORDER BY 1;
SELECT store, lifecycle.verify(store) FROM unnest('{club,columned,compared}'::text[]) AS store WHERE store <> 'columned';
-- A store that is made anew, and merges the same, says the same.
SELECT attached('anew', 'triggers') \g /dev/null
CALL lifecycle.refresh('anew', '2024-04-20Z');
SELECT count(*) FROM lifecycle.merge_customers('anew', '3', '4');
SELECT count(*) FROM lifecycle.merge_customers('anew', '5', '6');
CALL lifecycle.refresh('anew', '2024-04-21 10:00Z', rebuild => true);
SELECT customer FROM club_data.history AS one FULL JOIN anew_data.history AS other USING (customer)
    WHERE (one.purchases::text, one.orders) IS DISTINCT FROM (other.purchases::text, other.orders);
SELECT lifecycle.detach(store, discard => true) FROM unnest('{anew,columned,compared}'::text[]) AS store \g /dev/null

-- 4. Both are in the journey: the one that is further on goes on, the other ends, and what it was to send is cancelled.
SELECT lifecycle.create_journey('club', 'welcome', '{"entry": {"event": "registered"}, "steps": [
    {"name": "letter_1", "act": {"channel": "email", "template": "welcome 1"}}, {"name": "pause", "wait": {"for": "3 days"}},
    {"name": "letter_2", "act": {"channel": "email", "template": "welcome 2"}}, {"name": "done", "exit": "done"}]}', start => true) \g /dev/null
UPDATE club_data.journey SET started_at = '2024-04-20Z' WHERE name = 'welcome';
SELECT lifecycle.record_event('club', 'registered', 'first ' || i, customer => i::text, at => '2024-04-22 09:00Z') FROM unnest('{11,21}'::int[]) AS i \g /dev/null
CALL lifecycle.run_journeys('club', '2024-04-22 10:00Z');
SELECT send();
SELECT lifecycle.record_event('club', 'registered', 'second ' || i, customer => i::text, at => '2024-04-22 11:00Z') FROM unnest('{12,22}'::int[]) AS i \g /dev/null
CALL lifecycle.run_journeys('club', '2024-04-22 12:00Z');
SELECT * FROM lifecycle.merge_customers('club', '11', '12');
SELECT * FROM lifecycle.merge_customers('club', '22', '21');
SELECT customer, entry, step, outcome, due_at IS NULL AS has_ended FROM club.journey_customers WHERE journey = 'welcome' ORDER BY customer, entry;
CALL play('2024-04-22 13:00Z', '2024-04-28 13:00Z', '2 days');
SELECT * FROM letters WHERE template LIKE 'welcome%';
SELECT entry, kind, reason FROM lifecycle.explain_journey('club', 'welcome', '12') WHERE kind IN ('entered', 'left', 'sent');

-- 5. What is told of the duplicate, or of a letter to it, is told of the customer who is kept.
SELECT lifecycle.record_event('club', 'registered', 'third 11', customer => '11', at => '2024-04-29 09:00Z');
SELECT lifecycle.record_event('club', 'opened', 'opened 11', action => (SELECT min(id) FROM club_data.action WHERE template = 'welcome 1' AND customer = 12), at => '2024-04-29 09:00Z');
SELECT lifecycle.suppress('club', '22', 'email', note => 'by the key that is gone');
SELECT customer, kind FROM club_data.event WHERE provider_id IN ('third 11', 'opened 11') ORDER BY kind;
SELECT customer, channel, reason FROM club.suppressions;
SELECT lifecycle.unsuppress('club', '22', 'email');
SELECT lifecycle.export_customer('club', '11') -> 'keys' AS keys, lifecycle.export_customer('club', '11') -> 'held' = lifecycle.export_customer('club', '12') -> 'held' AS is_one;

-- 6. The stricter word holds: an unsubscription before the other subscribed, a consent that was taken back before the other gave one.
SELECT lifecycle.record_event('club', 'unsubscribe', 'no 13', customer => '13', channel => 'email', at => '2024-04-01Z'),
    lifecycle.record_event('club', 'subscribe', 'yes 14', customer => '14', channel => 'email', at => '2024-04-10Z'),
    lifecycle.record_consent('club', '15', 'email', '2024-04-01Z'), lifecycle.withdraw_consent('club', '15', 'email', '2024-04-02Z'),
    lifecycle.record_consent('club', '16', 'email', '2024-04-10Z'), lifecycle.record_consent('club', '17', 'email', '2024-04-10Z');
SELECT * FROM lifecycle.merge_customers('club', '13', '14');
SELECT * FROM lifecycle.merge_customers('club', '15', '16');
SELECT * FROM lifecycle.merge_customers('club', '18', '17');
SELECT customer, valid FROM club.consents WHERE channel = 'email' ORDER BY customer;
SELECT customer, reason, since FROM club.suppressions;
SELECT lifecycle.set_journey_policy('club', '{"consent": "required"}') \g /dev/null
SELECT lifecycle.record_event('club', 'registered', 'later ' || i, customer => i::text, at => '2024-04-29 09:00Z') FROM unnest('{13,14,16,17}'::int[]) AS i \g /dev/null
CALL lifecycle.run_journeys('club', '2024-04-29 10:00Z');
SELECT customer FROM lifecycle.claim_actions('email', 10, store => 'club');
SELECT lifecycle.record_event('club', 'subscribe', 'yes again', customer => '13', channel => 'email', at => '2024-04-29 11:00Z');
SELECT customer, reason FROM club.suppressions;
SELECT lifecycle.set_journey_policy('club', '{"consent": "assumed"}') \g /dev/null

-- 7. An order of the customer who is kept is credited to the letter that the duplicate got.
INSERT INTO sales (member, sold_at, amount) VALUES (12, '2024-04-26 15:00Z', 42);
CALL lifecycle.refresh('club', '2024-04-29 13:00Z');
SELECT customer, amount, journey, step FROM club.journey_credits WHERE amount = 42;

-- 8. Chains of merges lead to the last; a circle, oneself and other nonsense are refused; the same merge again does nothing.
SELECT * FROM lifecycle.merge_customers('club', '12', '24');
SELECT duplicate, kept FROM club_data.alias ORDER BY duplicate;
SELECT * FROM lifecycle.merge_customers('club', '11', '24');
SELECT * FROM lifecycle.merge_customers('club', '23', '12');
SELECT * FROM lifecycle.merge_customers('club', '24', '11');
SELECT * FROM lifecycle.merge_customers('club', '25', '25');
SELECT * FROM lifecycle.merge_customers('club', '25', ' 25');
SELECT * FROM lifecycle.merge_customers('club', '11', '26');
SELECT * FROM lifecycle.merge_customers('club', '25', '999');
SELECT * FROM lifecycle.merge_customers('club', 'abc', '26');
SELECT * FROM lifecycle.merge_customers('club', '25', NULL);
SELECT * FROM lifecycle.merge_customers('nowhere', '25', '26');
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT * FROM lifecycle.merge_customers('club', '25', '26');
ROLLBACK;
SELECT count(*) FROM lifecycle.merge_customers('club', '777', '26') AS one_that_was_never_seen;

-- 9. Nothing comes of a merge: a condition that holds for both has been noted, and one that comes to hold by it enters nobody.
SELECT lifecycle.create_journey('club', 'many_orders', '{"entry": {"condition": {"profile": "orders", "at_least": 2}}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "many orders"}}, {"name": "done", "exit": "done"}]}', start => true) \g /dev/null
UPDATE club_data.journey SET started_at = '2024-04-20Z' WHERE name = 'many_orders';
CALL play('2024-04-29 14:00Z', '2024-04-29 14:00Z');
SELECT count(*) FROM lifecycle.merge_customers('club', '31', '32');
CALL play('2024-04-30 14:00Z', '2024-04-30 14:00Z');
SELECT * FROM letters WHERE template = 'many orders' AND customer IN (31, 32);
SELECT customer, orders FROM club.customers WHERE customer IN (31, 32);
-- The condition has come to hold, so that a further order is no occasion.
INSERT INTO sales (member, sold_at, amount) VALUES (31, '2024-05-03 09:00Z', 5);
CALL play('2024-05-03 14:00Z', '2024-05-03 14:00Z');
SELECT customer, template FROM letters WHERE template = 'many orders' AND customer IN (31, 32);

-- 10. An order under the key of the duplicate counts at the hand-over, before any refresh.
SELECT lifecycle.create_journey('club', 'back', '{"entry": {"event": "registered"}, "goal": {"bought": {"at_least": 1}, "within": "30 days"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "come back"}}, {"name": "done", "exit": "done"}]}', start => true) \g /dev/null
UPDATE club_data.journey SET started_at = '2024-05-01Z' WHERE name = 'back';
SELECT lifecycle.record_event('club', 'registered', 'back ' || i, customer => i::text, at => '2024-05-03 15:00Z') FROM unnest('{31,33}'::int[]) AS i \g /dev/null
CALL lifecycle.run_journeys('club', '2024-05-03 16:00Z');
INSERT INTO sales (member, sold_at, amount) VALUES (31, '2024-05-03 16:00:00.001Z', 6);
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE template = 'come back';
SELECT customer, status, reason FROM letters WHERE template = 'come back';

-- 11. Consents that the shop keeps by the key of the duplicate count, given and taken back.
SELECT lifecycle.configure('club', '{"consents": "agreed", "consent_customer": "member", "consent_given_at": "given_at", "consent_withdrawn_at": "withdrawn_at"}');
CALL lifecycle.refresh('club', '2024-05-04 10:00Z');
SELECT count(*) FROM lifecycle.merge_customers('club', '19', '20');
SELECT count(*) FROM lifecycle.merge_customers('club', '34', '35');
UPDATE agreed SET withdrawn_at = '2024-05-04 11:00Z' WHERE member = 34;
SELECT lifecycle.set_journey_policy('club', '{"consent": "required"}') \g /dev/null
SELECT lifecycle.record_event('club', 'registered', 'consent ' || i, customer => i::text, at => '2024-05-04 11:00Z') FROM unnest('{20,35,36}'::int[]) AS i \g /dev/null
CALL lifecycle.run_journeys('club', '2024-05-04 12:00Z');
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer IN ('20', '35', '36') ORDER BY 1, 2;

-- 12. Refunds that name the customer, or the order.
CREATE TABLE returned (member integer, order_id integer, at timestamptz, amount numeric);
SELECT lifecycle.configure('club', '{"consents": null, "refunds": "returned", "refund_customer": "member", "refunded_at": "at", "refund_amount": "amount"}');
CALL lifecycle.refresh('club', '2024-05-05 10:00Z');
INSERT INTO returned VALUES (5, NULL, '2024-05-05 11:00Z', 4);
CALL lifecycle.refresh('club', '2024-05-05 12:00Z');
SELECT customer, spend FROM club.customers WHERE customer IN (5, 6);
SELECT * FROM lifecycle.verify('club');

-- 13. Who forgets the customer forgets the duplicates, by whichever key; a forgotten one can be merged neither way.
SELECT count(*) FROM lifecycle.forget('club', '11');
SELECT count(*) FROM club_data.alias WHERE 24 IN (duplicate, kept);
CALL lifecycle.refresh('club', '2024-05-06 10:00Z', rebuild => true);
SELECT customer FROM club.customers WHERE customer IN (11, 12, 23, 24);
SELECT lifecycle.record_event('club', 'registered', 'gone', customer => '23');
SELECT * FROM lifecycle.merge_customers('club', '12', '26');
SELECT * FROM lifecycle.merge_customers('club', '26', '24');
SELECT * FROM lifecycle.verify('club');

-- 14. Keys of text that are too long for an index, and keys with quotes.
CREATE TABLE odd (customer text, at timestamptz);
INSERT INTO odd SELECT key, '2024-01-01Z' FROM unnest(ARRAY['it''s', '"a", {b}', 'back\slash', 'plain']) AS key;
SELECT lifecycle.attach('odd', orders => 'odd', customer => 'customer', ordered_at => 'at', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('odd', '2024-03-01Z');
SELECT lifecycle.merge_customers('odd', repeat('k', 2001), 'plain');
SELECT count(*) FROM lifecycle.merge_customers('odd', 'it''s', '"a", {b}');
SELECT count(*) FROM lifecycle.merge_customers('odd', '"a", {b}', 'back\slash');
CALL lifecycle.refresh('odd', '2024-03-02Z');
SELECT left(customer, 20) AS customer, orders FROM odd.customers ORDER BY customer;
SELECT lifecycle.export_customer('odd', 'it''s') -> 'keys' AS keys;
SELECT * FROM lifecycle.verify('odd');

DROP VIEW letters;
SELECT lifecycle.detach(store, discard => true) FROM unnest('{club,odd}'::text[]) AS store \g /dev/null
SET client_min_messages = error;
DROP SCHEMA people_merge CASCADE;
