-- the hand-over decides: what holds when a sender asks, and what does not any more
SET timezone = 'UTC';
SET client_min_messages = warning;
\pset null '-'
CREATE TABLE members (id integer PRIMARY KEY, email text, phone text, zone text, tier text, consent date);
INSERT INTO members SELECT i, 'm' || i || '@example.org', '+49' || i, 'UTC', 'gold', '2024-01-01' FROM generate_series(1, 80) AS i;
CREATE TABLE sales (id serial PRIMARY KEY, member integer, sold_at timestamptz, amount numeric);
CREATE INDEX ON sales (member);
INSERT INTO sales (member, sold_at, amount) SELECT i, timestamptz '2024-01-01' + i * interval '1 day', 20 FROM generate_series(1, 10) AS i;
CREATE PROCEDURE attach_club() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lifecycle.attach('club', orders => 'sales', customer => 'member', ordered_at => 'sold_at', amount => 'amount',
        customers => 'members', customers_key => 'id', attributes => '{email,phone,zone,tier}', time_zone => 'UTC', settings => '{"reader": ""}');
    CALL lifecycle.refresh('club', as_of => '2024-03-01 12:00');
END $$;
CALL attach_club();
CREATE FUNCTION happens(kind text, customer integer, at timestamptz) RETURNS boolean LANGUAGE sql AS $$
    SELECT lifecycle.record_event('club', kind, NULL, customer => customer::text, at => at) $$;
SELECT lifecycle.create_journey('club', 'welcome', '{"entry": {"event": "registered"}, "steps": [
    {"name": "letter_1", "act": {"channel": "email", "template": "welcome", "payload": {"email": {"profile": "email"}}}},
    {"name": "opened", "wait": {"event": "opened", "of": "letter_1", "timeout": "3 days", "then": "done"}},
    {"name": "letter_2", "act": {"channel": "email", "template": "reminder", "payload": {"email": {"profile": "email"}}}},
    {"name": "done", "exit": "done"}]}', start => true, started_at => '2024-03-01');

-- The sender is down for three days: the letter and its reminder do not come together.
SELECT lifecycle.set_journey_policy('club', '{"caps": [{"per": "1 day", "most": 1}]}');
SELECT happens('registered', 15, '2024-03-04 09:30');
CALL lifecycle.run_journeys('club', as_of => '2024-03-04 10:00');
CALL lifecycle.run_journeys('club', as_of => '2024-03-07 10:10');
SELECT customer, template, payload, step FROM lifecycle.claim_actions('email', 100, store => 'club');
SELECT step, due_at FROM club.journey_customers WHERE customer = 15;
SELECT step, kind, reason FROM lifecycle.explain_journey('club', 'welcome', '15');
-- From the sending on it is three days.
SELECT lifecycle.complete_action('club', 1);
CALL lifecycle.run_journeys('club', as_of => '2024-03-10 10:00');
SELECT step, due_at BETWEEN '2024-03-10 10:10' AND '2024-03-10 10:11' AS in_three_days FROM club.journey_customers WHERE customer = 15;
CALL lifecycle.run_journeys('club', as_of => '2024-03-10 10:11');
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'club');
-- So it is from the first opening, which proves the sending, and where nothing is sent it goes on without.
SELECT lifecycle.record_event('club', 'open', NULL, action => 2, at => '2024-03-10 12:00');
SELECT happens('registered', 16, '2024-03-10 09:30'), happens('registered', 17, '2024-03-10 09:30');
CALL lifecycle.run_journeys('club', as_of => '2024-03-10 13:00');
SELECT lifecycle.fail_action('club', action, 'no such box', permanent => customer = '16')
FROM (SELECT * FROM lifecycle.claim_actions('email', 100, store => 'club') ORDER BY customer) AS c;
CALL lifecycle.run_journeys('club', as_of => '2024-03-10 14:00');
SELECT customer, step, due_at, outcome FROM club.journey_customers ORDER BY customer;

-- Two messages of different journeys that wait together: the cap is of what is handed over.
SELECT lifecycle.create_journey('club', name, format('{"entry": {"event": "news"}, "priority": %s, "exit": {"on_goal": false}, "steps": [
    {"name": "l", "act": {"channel": "email", "template": "%s"}}, {"name": "e", "exit": "sent"}]}', priority, name)::jsonb, start => true, started_at => '2024-03-01')
FROM (VALUES ('first', 5), ('second', 1)) AS j (name, priority);
SELECT lifecycle.set_journey_policy('club', '{}');
SELECT happens('news', 20, '2024-03-10 13:30');
CALL lifecycle.run_journeys('club', as_of => '2024-03-10 14:00');
SELECT lifecycle.set_journey_policy('club', '{"caps": [{"per": "1 day", "most": 1}]}');
SELECT template FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '20';
SELECT template, status, reason FROM club.journey_actions WHERE customer = 20 ORDER BY action;
CALL lifecycle.run_journeys('club', as_of => '2024-03-11 14:01');
SELECT template FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '20';

-- Quiet hours that began after the decision; another weekday; a deadline that is over after a pause.
SELECT lifecycle.set_journey_policy('club', '{"quiet_hours": {"from": "21:00", "to": "09:00"}, "time_zone": "zone"}');
SELECT happens('news', 21, '2024-03-11 19:00'), happens('news', 22, '2024-03-11 19:00');
UPDATE members SET zone = 'America/New_York' WHERE id = 22;
CALL lifecycle.refresh('club', as_of => '2024-03-11 19:10');
CALL lifecycle.run_journeys('club', as_of => '2024-03-11 19:55');
CALL lifecycle.run_journeys('club', as_of => '2024-03-11 21:30');
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer IN ('21', '22') ORDER BY template;
SELECT DISTINCT status, reason FROM club.journey_actions WHERE customer = 21;
SELECT min(claimable_at), max(claimable_at) FROM club_data.action WHERE customer = 21;
CALL lifecycle.run_journeys('club', as_of => '2024-03-12 09:00');
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '21' ORDER BY template;
-- 2024-03-15 is a Friday.
SELECT happens('news', 23, '2024-03-15 12:00');
CALL lifecycle.run_journeys('club', as_of => '2024-03-15 13:00');
SELECT lifecycle.set_journey_policy('club', '{"weekdays": ["mon", "tue", "wed", "thu"]}');
SELECT count(*) FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '23';
SELECT DISTINCT reason, claimable_at FROM club_data.action WHERE customer = 23;
SELECT lifecycle.set_journey_policy('club', '{"deadline": "1 day"}');
SELECT happens('news', 24, '2024-03-15 12:00');
CALL lifecycle.run_journeys('club', as_of => '2024-03-15 13:00');
SELECT lifecycle.pause_journey('club', 'first'), lifecycle.start_journey('club', 'first');
SELECT count(*) FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '24';
SELECT template, status, reason FROM club.journey_actions WHERE customer = 24 ORDER BY action;

-- What came in between: a purchase that is the goal, an unsubscription, a customer who is not there any more, and no address.
SELECT lifecycle.set_journey_policy('club', '{}');
SELECT lifecycle.create_journey('club', 'cart', '{"entry": {"event": "cart"}, "exit": {"unless": {"profile": "tier", "is": "gold"}}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "cart", "payload": {"to": {"profile": "email"}, "tier": {"profile": "tier"}}}},
    {"name": "text", "act": {"channel": "sms", "template": "cart"}},
    {"name": "e", "exit": "sent"}]}', start => true, started_at => '2024-03-01');
SELECT count(*) FILTER (WHERE happens('cart', i, '2024-04-01 10:00')) FROM generate_series(31, 38) AS i;
CALL lifecycle.run_journeys('club', as_of => '2024-04-01 11:00');
INSERT INTO sales (member, sold_at, amount) VALUES (31, '2024-04-01 12:00', 5);
UPDATE members SET tier = 'silver' WHERE id = 32;
UPDATE members SET email = ' ' WHERE id = 34;
UPDATE members SET email = NULL WHERE id = 35;
UPDATE members SET email = 'new@example.org' WHERE id = 36;
CALL lifecycle.refresh('club', as_of => '2024-04-01 13:00');
SELECT happens('unsubscribe', 37, '2024-04-01 13:00');
CALL lifecycle.run_journeys('club', as_of => '2024-04-01 13:30');
UPDATE club_data.known_customer SET known_since = '2024-03-01' WHERE customer = 33;
DELETE FROM club_data.profile WHERE customer = 33;
SELECT customer, template, payload FROM lifecycle.claim_actions('email', 100, store => 'club') ORDER BY customer;
SELECT customer, status, reason FROM club.journey_actions WHERE journey = 'cart' ORDER BY customer;
-- A second claim hands over the same.
UPDATE members SET email = 'newer@example.org' WHERE id = 36;
CALL lifecycle.refresh('club', as_of => '2024-04-01 14:00');
UPDATE club_data.action SET claimable_at = '2024-04-01' WHERE status = 'claimed';
SELECT customer, payload, attempt FROM lifecycle.claim_actions('email', 100, store => 'club') ORDER BY customer;
-- A customer whom no refresh has seen yet waits for a profile with an address.
SELECT lifecycle.create_journey('club', 'early', '{"entry": {"event": "early"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "early", "payload": {"to": {"profile": "email"}}}},
    {"name": "e", "exit": "sent"}]}', start => true, started_at => '2024-03-01') \g /dev/null
SELECT happens('early', 900, '2024-04-01 14:10');
CALL lifecycle.run_journeys('club', as_of => '2024-04-01 14:20');
SELECT count(*) FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '900';
SELECT status, reason FROM club.journey_actions WHERE customer = 900;
INSERT INTO members (id, email) VALUES (900, 'm900@example.org');
CALL lifecycle.refresh('club', as_of => '2024-04-01 14:30');
CALL lifecycle.run_journeys('club', as_of => '2024-04-01 14:40');
SELECT payload FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '900';
-- Another attribute says where to send to.
SELECT lifecycle.configure('club', '{"addresses": {"sms": "phone"}}');
UPDATE members SET phone = NULL WHERE id = 38;
CALL lifecycle.refresh('club', as_of => '2024-04-01 15:00');
SELECT count(lifecycle.complete_action('club', id)) FROM club_data.action WHERE status = 'claimed';
CALL lifecycle.run_journeys('club', as_of => '2024-04-01 15:00');
SELECT customer, template FROM lifecycle.claim_actions('sms', 100, store => 'club') ORDER BY customer;
SELECT customer, status, reason FROM club.journey_actions WHERE channel = 'sms' ORDER BY customer;
SELECT lifecycle.configure('club', '{"addresses": {"sms": "fax"}}');
SELECT lifecycle.configure('club', '{"addresses": ["phone"]}');

-- Consent, where it is required, and messages that answer an order.
SELECT lifecycle.set_journey_policy('club', '{"consent": "required", "caps": [{"per": "1 day", "most": 1}], "quiet_hours": {"from": "21:00", "to": "09:00"}, "control": 0.999}');
SELECT lifecycle.create_journey('club', 'receipt', '{"entry": {"event": "paid"}, "reentry": "always", "exit": {"on_goal": false}, "steps": [
    {"name": "receipt", "act": {"channel": "email", "template": "receipt", "transactional": true}}, {"name": "e", "exit": "sent"}]}', start => true, started_at => '2024-03-01');
SELECT happens('paid', 40, '2024-04-02 22:00'), happens('unsubscribe', 40, '2024-04-02 22:05');
CALL lifecycle.run_journeys('club', as_of => '2024-04-02 22:10');
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'club');
SELECT lifecycle.set_journey_policy('club', '{"consent": "required"}');
SELECT lifecycle.record_consent('club', '41', 'Email', at => '2024-04-01', evidence => 'form 7'), lifecycle.record_consent('club', '42', at => '2024-04-01'),
    lifecycle.record_consent('club', '43', at => '2024-04-01'), lifecycle.record_consent('club', '44', 'sms', at => '2024-04-01');
SELECT count(*) FILTER (WHERE happens('cart', i, '2024-04-02 23:00')) FROM generate_series(41, 45) AS i;
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 10:00');
SELECT customer, kind, reason FROM club_data.decision WHERE customer BETWEEN 41 AND 45 AND kind = 'passed over' ORDER BY id;
SELECT lifecycle.withdraw_consent('club', '43', 'email', at => '2024-04-03 10:00');
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 11:00');
SELECT customer, template FROM lifecycle.claim_actions('email', 100, store => 'club') ORDER BY customer;
SELECT status, reason FROM club.journey_actions WHERE customer = 43;
SELECT * FROM club.consents;

-- Test recipients, and nobody else.
SELECT lifecycle.set_journey_policy('club', '{}');
SELECT lifecycle.create_journey('club', 'tried', '{"entry": {"event": "trial"}, "steps": [
    {"name": "l", "act": {"channel": "email", "template": "trial"}}, {"name": "e", "exit": "sent"}]}', start => true, started_at => '2024-03-01',
    only_customers => '{50, 051}');
SELECT count(*) FILTER (WHERE happens('trial', i, '2024-04-03 10:00')) FROM generate_series(50, 53) AS i;
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 12:00');
SELECT customer FROM club.journey_customers WHERE journey = 'tried' ORDER BY customer;
SELECT lifecycle.start_journey('club', 'tried', only_customers => '{50}');
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 12:01');
SELECT customer FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE template = 'trial';
SELECT customer, status, reason FROM club.journey_actions WHERE journey = 'tried' ORDER BY customer;
SELECT lifecycle.start_journey('club', 'tried', only_customers => '{}');
SELECT count(*) FILTER (WHERE happens('trial', i, '2024-04-03 12:01')) FROM generate_series(54, 55) AS i;
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 12:02');
SELECT customer FROM club.journey_customers WHERE journey = 'tried' ORDER BY customer;

-- Held, and let go; off on the whole server; a copy.
SET client_min_messages = notice;
SELECT lifecycle.hold('club', 'the shop moves');
\set VERBOSITY terse
SELECT happens('trial', 60, '2024-04-03 12:01');
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 12:03');
SELECT count(*) AS entered FROM club.journey_customers WHERE customer = 60;
SELECT count(*) AS claimed FROM lifecycle.claim_actions('email', 100, store => 'club');
SELECT kind, reason FROM club_data.hold;
SELECT lifecycle.release('club') AS was_held, lifecycle.release('club') AS again;
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 12:03');
SET pg_lifecycle.handover = off;
SELECT count(*) AS claimed FROM lifecycle.claim_actions('email', 100, store => 'club');
RESET pg_lifecycle.handover;
SELECT count(*) AS claimed FROM lifecycle.claim_actions('email', 100, store => 'club') WHERE customer = '60';
SELECT happens('trial', 61, '2024-04-03 12:03');
UPDATE club_data.journey_state SET home = '7/7';
SELECT incarnation AS before FROM club_data.journey_state \gset
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 12:04');
SELECT count(*) AS claimed FROM lifecycle.claim_actions('email', 100, store => 'club');
SELECT lifecycle.adopt('club');
CALL lifecycle.run_journeys('club', as_of => '2024-04-03 12:04');
SELECT customer, idempotency_key = format('club/%s/%s', s.incarnation, c.action) AS by_the_new_name, s.incarnation <> :'before' AS is_new
FROM lifecycle.claim_actions('email', 100, store => 'club') AS c, club_data.journey_state AS s;
\set VERBOSITY default
SET client_min_messages = warning;

-- Keys do not begin again when a store is attached anew.
SELECT idempotency_key AS before FROM club_data.action AS a, LATERAL (SELECT format('club/%s/%s', a.incarnation, a.id) AS idempotency_key) AS k WHERE id = 1 \gset
SELECT lifecycle.detach('club', discard => true);
CALL attach_club();
SELECT lifecycle.create_journey('club', 'news', '{"entry": {"event": "news"}, "steps": [
    {"name": "l", "act": {"channel": "email", "template": "news"}}, {"name": "e", "exit": "sent"}]}', start => true, started_at => '2024-03-01');
SELECT happens('news', 16, '2024-03-04 09:40');
CALL lifecycle.run_journeys('club', as_of => '2024-03-04 10:10');
SELECT action, idempotency_key ~ '^club/[0-9a-f]{16}/1$' AS has_form, idempotency_key <> :'before' AS is_another FROM lifecycle.claim_actions('email', 10, store => 'club');

-- Policies that nothing can meet are refused with the numbers; with time enough all are written to, on Mondays.
SELECT lifecycle.set_journey_policy('club', '{"weekdays": ["mon"], "deadline": "3 days"}');
SELECT lifecycle.set_journey_policy('club', '{"weekdays": ["mon"], "quiet_hours": {"from": "18:00", "to": "10:00"}, "deadline": "6 days"}');
SELECT lifecycle.create_journey('club', 'soon', '{"entry": {"event": "soon"}, "steps": [
    {"name": "l", "act": {"channel": "email", "template": "soon", "deadline": "12 hours"}}, {"name": "e", "exit": "sent"}]}', start => true);
SELECT lifecycle.set_journey_policy('club', '{"quiet_hours": {"from": "18:00", "to": "10:00"}}');
SELECT lifecycle.pause_journey('club', 'soon'), lifecycle.end_journey('club', 'soon');
SELECT lifecycle.set_journey_policy('club', '{"quiet_hours": {"from": "18:00", "to": "10:00"}}');
SELECT lifecycle.create_journey('club', 'late', '{"entry": {"event": "late"}, "steps": [
    {"name": "l", "act": {"channel": "email", "template": "late", "deadline": "15 hours"}}, {"name": "e", "exit": "sent"}]}', start => true);
SELECT lifecycle.set_journey_policy('club', '{"weekdays": ["mon"]}');
SELECT count(happens('news', i, timestamptz '2024-03-04 09:00' + (i % 7) * interval '1 day')) FROM generate_series(21, 69) AS i;
DO $$
DECLARE
    t timestamptz;
BEGIN
    FOR t IN SELECT generate_series(timestamptz '2024-03-04 12:00', '2024-03-18 12:00', '1 day') LOOP
        CALL lifecycle.run_journeys('club', as_of => t);
    END LOOP;
END $$;
SELECT count(*) AS letters, array_agg(DISTINCT to_char(decided_at, 'Dy')) AS days FROM club.journey_actions WHERE customer > 20;

-- Refusals.
\set VERBOSITY sqlstate
SELECT lifecycle.hold('nowhere');
SELECT lifecycle.hold(NULL);
SELECT lifecycle.release('nowhere');
SELECT lifecycle.adopt('nowhere');
SELECT lifecycle.record_consent('nowhere', '1');
SELECT lifecycle.record_consent('club', 'one');
SELECT lifecycle.record_consent('club', NULL);
SELECT lifecycle.record_consent('club', '1', 'E mail');
SELECT lifecycle.record_consent('club', '1', at => 'infinity');
SELECT lifecycle.withdraw_consent('club', '1', at => NULL);
SELECT lifecycle.start_journey('club', 'news', started_at => now() + interval '1 hour');
SELECT lifecycle.start_journey('club', 'news', only_customers => '{1,NULL}');
SELECT lifecycle.start_journey('club', 'news', only_customers => '{one}');
SELECT lifecycle.set_journey_policy('club', '{"consent": "maybe"}');
\set VERBOSITY default
SELECT lifecycle.detach('club', discard => true);
DROP TABLE members, sales;
DROP PROCEDURE attach_club;
DROP FUNCTION happens;
