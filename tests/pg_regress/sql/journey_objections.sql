-- Objections, bounces, channels and machines: no journey writes to customers against their will, or to addresses that do not exist.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE heard_members (id integer PRIMARY KEY, email text);
INSERT INTO heard_members SELECT i, 'm' || i || '@example.org' FROM generate_series(1, 120) AS i;
CREATE TABLE heard_sales (member integer, sold_at timestamptz, amount numeric);
INSERT INTO heard_sales SELECT i, timestamptz '2024-01-01Z' + i * interval '1 day', 20 FROM generate_series(1, 10) AS i;
SELECT lifecycle.attach('heard', orders => 'heard_sales', customer => 'member', ordered_at => 'sold_at', amount => 'amount',
    customers => 'heard_members', customers_key => 'id', attributes => '{email}', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('heard', '2024-03-01 12:00Z');
SELECT lifecycle.create_journey('heard', 'welcome', '{"entry": {"event": "registered"}, "steps": [
    {"name": "letter_1", "act": {"channel": "Email", "template": "welcome"}},
    {"name": "opened", "wait": {"event": "opened", "of": "letter_1", "timeout": "3 days", "then": "done"}},
    {"name": "letter_2", "act": {"channel": "email", "template": "you did not open our letter"}},
    {"name": "done", "exit": "done"}]}', start => true) \g /dev/null
UPDATE heard_data.journey SET started_at = '2024-03-01Z';
-- so many customers register, and get the first letter
CREATE PROCEDURE enter(customers int4range) LANGUAGE sql AS $$
    SELECT lifecycle.record_event('heard', 'registered', 'registered ' || i, customer => i::text, at => '2024-03-04 09:30Z')
    FROM generate_series(lower(customers), upper(customers) - 1) AS i;
    CALL lifecycle.run_journeys('heard', '2024-03-04 10:00Z');
$$;
CREATE FUNCTION send() RETURNS bigint LANGUAGE sql
    RETURN (SELECT count(lifecycle.complete_action('heard', action)) FROM lifecycle.claim_actions('EMAIL', 1000, store => 'heard'));
-- the action of a customer
CREATE FUNCTION letter(of integer) RETURNS bigint LANGUAGE sql RETURN (SELECT max(id) FROM heard_data.action WHERE customer = of);
CREATE VIEW claimed AS SELECT customer, template FROM lifecycle.claim_actions('email', 1000, store => 'heard') ORDER BY customer::integer;

-- bounces: for good by the word, by the detail, or if nothing says so; for now, once, twice and three times
CALL enter('[11,31)');
SELECT send();
CREATE TABLE told (customer integer, kind text, detail jsonb);
INSERT INTO told VALUES (11, 'bounced', '{"type": "Permanent", "code": "550 5.1.1 no such user"}'), (12, 'HardBounce', NULL),
    (13, 'bounce', NULL), (14, 'email.bounced', '{"data": {"bounce": {"type": "Transient"}}}'), (15, 'soft_bounce', NULL),
    (16, 'failed', '{"event-data": {"severity": "permanent"}}'), (17, 'failed', '{"event-data": {"severity": "temporary"}}'),
    (18, 'Bounce', '{"bounce": {"bounceType": "Transient", "bouncedRecipients": [{"status": "5.7.1"}]}}'),
    (19, 'dropped', '{"reason": "Spam Reporting Address"}'), (20, 'deferred', '{"status": "5.0.0"}'),
    (21, 'undelivered', '{"ErrorCode": "30003"}'), (22, 'out_of_band', '{"msys": {"message_event": {"bounce_class": "10"}}}');
SELECT customer, kind, lifecycle.record_event('heard', kind, 'told ' || customer, action => letter(customer), at => '2024-03-04 10:01Z',
    detail => detail) FROM told ORDER BY customer;
SELECT customer, kind, class FROM heard_data.event WHERE provider_id LIKE 'told%' ORDER BY customer;
SELECT customer, channel, topic, reason, since FROM heard.suppressions ORDER BY customer;
SELECT lifecycle.record_event('heard', 'soft bounce', NULL, customer => '23', channel => 'email', at => timestamptz '2024-03-04 10:01Z' + n * interval '1 hour')
    FROM generate_series(1, 3) AS n;
SELECT lifecycle.record_event('heard', 'soft bounce', NULL, customer => '24', channel => 'email', at => timestamptz '2024-03-04 10:01Z' + n * interval '1 hour')
    FROM generate_series(1, 2) AS n;
SELECT lifecycle.record_event('heard', 'delivered', NULL, customer => '24', channel => 'email', at => '2024-03-04 14:00Z'),
    lifecycle.record_event('heard', 'soft bounce', NULL, customer => '24', channel => 'email', at => '2024-03-04 15:00Z');
CALL lifecycle.run_journeys('heard', '2024-03-07 10:10Z');
SELECT * FROM claimed;
SELECT customer, outcome FROM heard.journey_customers WHERE outcome IS NOT NULL AND customer BETWEEN 11 AND 30 ORDER BY customer;

-- objections in the words of providers, whatever their case and the channel's; what nothing knows is refused, and mailed on
CREATE TABLE words (customer integer, kind text, channel text);
INSERT INTO words VALUES (41, 'Complaint', 'email'), (42, 'spamreport', 'email'), (43, 'SpamComplaint', 'email'), (44, 'unsub', 'email'),
    (45, 'unsubscribed', 'Email'), (46, 'list_unsubscribe', 'EMAIL'), (47, 'STOP', 'email'), (48, 'List-Unsubscribe=One-Click', 'email'),
    (49, 'email.complained', ' email '), (50, 'group unsubscribe', NULL), (51, 'CANCEL', 'sms'), (52, 'CANCEL', 'email'), (53, 'spamrepotr', 'email'),
    (54, 'unsubscribe', 'emial'), (55, U&'unsubs\0441ribe', 'email'), (56, NULL, NULL);
CALL enter('[41,57)');
DO $$
DECLARE of words; hint text;
BEGIN
    FOR of IN SELECT * FROM words WHERE kind IS NOT NULL ORDER BY customer LOOP
        BEGIN
            PERFORM lifecycle.record_event('heard', of.kind, 'word ' || of.customer, customer => of.customer::text, channel => of.channel,
                at => '2024-03-04 10:05Z');
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
            RAISE WARNING '% %: % (%)', SQLSTATE, of.customer, SQLERRM, hint;
        END;
    END LOOP;
END $$;
SELECT words.customer, words.kind, claimed.template IS NOT NULL AS written_to
FROM words LEFT JOIN claimed ON claimed.customer = words.customer::text ORDER BY 1;

-- what was taken back ends: in whatever order it is told, on one channel or all; a bounce stays
CREATE TABLE turns (customer integer, kind text, channel text, at timestamptz);
INSERT INTO turns VALUES (61, 'unsubscribe', 'email', '2024-03-04 09:00Z'), (61, 'subscribe', 'email', '2024-03-04 09:10Z'),
    (62, 'subscribe', NULL, '2024-03-04 09:10Z'), (62, 'complaint', 'email', '2024-03-04 09:00Z'),
    (63, 'unsubscribe', NULL, '2024-03-04 09:00Z'), (63, 'subscribe', 'email', '2024-03-04 09:10Z'),
    (64, 'subscribe', 'email', '2024-03-04 09:00Z'), (64, 'unsubscribe', 'email', '2024-03-04 09:10Z'),
    (65, 'subscribe', 'sms', '2024-03-04 09:10Z'), (65, 'unsubscribe', NULL, '2024-03-04 09:00Z'),
    (66, 'bounce', 'email', '2024-03-04 09:00Z'), (66, 'subscribe', 'email', '2024-03-04 09:10Z'),
    (67, 'unsubscribe', 'sms', '2024-03-04 09:00Z'),
    (68, 'unsubscribe', 'email', '2024-03-04 09:00Z'), (68, 'unsubscribe', 'email', '2024-03-04 09:20Z'), (68, 'subscribe', NULL, '2024-03-04 09:10Z');
SELECT lifecycle.record_event('heard', kind, NULL, customer => customer::text, channel => channel, at => at) FROM turns \g /dev/null
SELECT lifecycle.record_event('heard', 'unsubscribe', NULL, customer => '69', channel => 'email', topic => 'offers', at => '2024-03-04 09:00Z'),
    lifecycle.record_event('heard', 'unsubscribe', NULL, customer => '70', channel => 'email', detail => '{"topic": "news"}', at => '2024-03-04 09:00Z');
CALL enter('[61,71)');
SELECT * FROM claimed;
SELECT customer, channel, topic, reason, since FROM heard.suppressions WHERE customer BETWEEN 61 AND 70 ORDER BY customer, since;

-- the owner's word: whatever the instant of a run, without a profile too
CALL enter('[71,74)');
SELECT lifecycle.suppress('heard', '71', 'Email', note => 'asked on the telephone') AS new, lifecycle.suppress('heard', '71', 'email') AS again;
SELECT lifecycle.suppress('heard', '999999') AS unknown_customer;
SELECT * FROM claimed;
SELECT lifecycle.unsuppress('heard', '11', 'email') AS lifted, lifecycle.unsuppress('heard', '11') AS none_left, lifecycle.unsuppress('heard', '12', 'sms') AS other_channel;
SELECT customer, channel, reason, event IS NULL AS by_the_owner, note FROM heard.suppressions WHERE reason = 'manual' ORDER BY customer;

-- machines: at the delivery, or by a flag; counted where a journey says so
SELECT lifecycle.create_journey('heard', 'machines_too', '{"entry": {"event": "trial_ended"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "trial"}},
    {"name": "seen", "wait": {"event": "opened", "of": "letter", "machine": true, "timeout": "3 days", "then": "opened"}},
    {"name": "closed", "exit": "not opened"}, {"name": "opened", "exit": "opened"}]}', start => true) \g /dev/null
UPDATE heard_data.journey SET started_at = '2024-03-01Z';
SELECT lifecycle.record_event('heard', 'TrialEnded', NULL, customer => '81', at => '2024-03-04 09:30Z') \g /dev/null
CALL enter('[82,86)');
SELECT send();
SELECT lifecycle.record_event('heard', 'open', NULL, action => letter(81), at => '2024-03-04 10:01:01Z'),
    lifecycle.record_event('heard', 'delivered', NULL, action => letter(81), at => '2024-03-04 10:01Z');
SELECT lifecycle.record_event('heard', 'delivered', NULL, action => letter(82), at => '2024-03-04 10:01Z'),
    lifecycle.record_event('heard', 'open', NULL, action => letter(82), at => '2024-03-04 10:01:02Z');
SELECT lifecycle.record_event('heard', 'delivered', NULL, action => letter(83), at => '2024-03-04 10:01Z'),
    lifecycle.record_event('heard', 'open', NULL, action => letter(83), at => '2024-03-04 10:01:03Z');
SELECT lifecycle.record_event('heard', 'open', NULL, action => letter(84), at => '2024-03-04 11:00Z', detail => '{"sg_machine_open": true}'),
    lifecycle.record_event('heard', 'proxy_open', NULL, action => letter(85), at => '2024-03-04 11:00Z');
SELECT customer, kind, is_machine FROM heard_data.event WHERE customer BETWEEN 81 AND 85 AND kind <> 'registered' ORDER BY customer, at;
CALL lifecycle.run_journeys('heard', '2024-03-07 12:00Z');
SELECT customer, step, outcome FROM heard.journey_customers WHERE customer BETWEEN 81 AND 85 ORDER BY customer;
SELECT customer, opened_at FROM heard.journey_actions WHERE customer BETWEEN 81 AND 85 AND opened_at IS NOT NULL;

-- words and channels of one's own
SELECT lifecycle.record_event('heard', 'trial_endet', NULL, customer => '1');
SELECT lifecycle.record_event('heard', 'login', NULL, customer => '1');
SELECT lifecycle.configure('heard', '{"event_kinds": ["Login"], "channels": ["Letter"]}') \g /dev/null
SELECT lifecycle.record_event('heard', 'login', NULL, customer => '1', channel => 'letter');
SELECT lifecycle.record_event('heard', 'logout', NULL, customer => '1', channel => 'letter');
SELECT lifecycle.record_event('heard', 'login', NULL, customer => '1', channel => 'fax');
\set VERBOSITY sqlstate
SELECT lifecycle.configure('heard', '{"event_kinds": ["two words"]}');
SELECT lifecycle.configure('heard', '{"event_kinds": "login"}');
SELECT lifecycle.configure('heard', '{"channels": [""]}');
SELECT lifecycle.configure('heard', '{"machine_within": "-1 second"}');
SELECT lifecycle.configure('heard', '{"machine_within": "soon"}');
SELECT lifecycle.suppress('heard', NULL);
SELECT lifecycle.suppress('heard', 'one');
SELECT lifecycle.suppress('heard', '1', 'fax');
SELECT lifecycle.suppress('no_shop', '1');
SELECT lifecycle.unsuppress('heard', '99999999999');
SELECT lifecycle.unsuppress(NULL, '1');
\set VERBOSITY default

-- hostile kinds, channels, topics and details: refused, or taken as the page says
CREATE TABLE hostile (kind text, channel text, topic text, detail jsonb);
INSERT INTO hostile (kind) VALUES (''), (' '), ('.'), ('email.'), ('email'), ('sms'), ('-'), ('0'), ('open; DROP'), ('open''--'), ('{kind}'), ('null'),
    ('ORDERED'), ('or-dered'), ('email.ordered'), (repeat('open', 100)), (repeat('x', 1000000)), (U&'\043D\0430\0436\0430\043B'),
    (U&'\043Epen'), (U&'op\0435n'), (U&'\FF4F\FF50\FF45\FF4E'), (U&'open\200B'), (E'open\n'), (E'o\tp\te\tn'), ('o.p.e.n'), ('OPEN!'), ('registered'),
    ('Registered '), ('Spam'), ('spam?'), ('ARRET'), (U&'ARR\00CAT'), ('end'), ('quit'), ('yes'), ('START'), ('STOP ALL'), ('stop.');
INSERT INTO hostile (kind, channel) VALUES ('open', ''), ('open', ' '), ('open', 'e-mail'), ('open', repeat('x', 1000000)), ('open', U&'\0435mail'),
    ('open', 'all'), ('open', 'NULL'), ('end', 'SMS'), ('quit', 'Sms'), ('YES', 'sms'), ('open', 'Push');
INSERT INTO hostile (kind, topic) VALUES ('unsubscribe', ''), ('unsubscribe', '  '), ('unsubscribe', repeat('t', 100000)), ('unsubscribe', '''; DROP');
INSERT INTO hostile (kind, detail) VALUES ('bounce', '[]'), ('bounce', '[[["5.1.1"]]]'), ('bounce', 'null'), ('bounce', '"soft"'), ('bounce', '5'),
    ('bounce', '{"type": null, "status": {}, "code": []}'), ('bounce', '{"bounceType": ["Transient"]}'), ('bounce', '{"type": 1e400}'),
    ('bounce', '{"status": "4"}'), ('bounce', '{"code": 4000}'), ('bounce', '{"code": -550}'), ('open', '{"bot": {}}'), ('open', '{"machine": "TRUE"}'),
    ('unsubscribe', '{"topic": {"name": "x"}}'), ('unsubscribe', '{"topic": null}'), ('unsubscribe', '{"topic": ["a"]}'), ('reject', '{"reason": []}'),
    ('subscription', '{"unsubscribeAll": "perhaps"}'), ('bounce', jsonb_build_object('type', repeat('soft', 500000))),
    ('bounce', (SELECT jsonb_agg(jsonb_build_object('n', n)) FROM generate_series(1, 100000) AS n)), ('bounce', (repeat('[', 1000) || repeat(']', 1000))::jsonb);
ALTER TABLE hostile ADD n integer GENERATED ALWAYS AS IDENTITY, ADD answer text;
DO $$
DECLARE of hostile;
BEGIN
    FOR of IN SELECT * FROM hostile ORDER BY n LOOP
        BEGIN
            PERFORM lifecycle.record_event('heard', of.kind, 'hostile ' || of.n, customer => (of.n + 2000)::text, channel => of.channel, topic => of.topic,
                detail => of.detail, at => '2024-03-04 10:05Z');
            UPDATE hostile SET answer = (SELECT concat_ws(' ', event.kind, event.class, event.channel, CASE WHEN event.is_machine THEN 'machine' END,
                left(event.topic, 9)) FROM heard_data.event WHERE provider_id = 'hostile ' || of.n) WHERE n = of.n;
        EXCEPTION WHEN OTHERS THEN UPDATE hostile SET answer = SQLSTATE WHERE n = of.n;
        END;
    END LOOP;
END $$;
SELECT n, regexp_replace(left(kind, 20), '[^ -~]', '?', 'g') AS kind, regexp_replace(left(channel, 10), '[^ -~]', '?', 'g') AS channel, left(topic, 10) AS topic,
    left(detail::text, 50) AS detail, answer FROM hostile ORDER BY n;
SELECT reason, count(*) FROM heard.suppressions WHERE customer > 2000 AND customer < 3000 GROUP BY reason ORDER BY reason;

-- a relation of events: its words too, and what nothing knows is left out and counted
CREATE TABLE heard_events (member integer, at timestamptz, what text, way text);
INSERT INTO heard_events VALUES (101, '2024-03-03Z', 'Spam Report', 'email'), (102, '2024-03-03Z', 'soft_bounce', 'email'), (103, '2024-03-03Z', 'HardBounce', 'email'),
    (104, '2024-03-03Z', 'unsub', 'Email'), (105, '2024-03-03Z', 'unsub', 'email'), (105, '2024-03-04Z', 'resubscribed', NULL), (106, '2024-03-03Z', 'liked', 'email'),
    (106, '2024-03-03Z', 'liked', 'email'), (106, '2024-03-03Z', 'login', 'email'), (107, '2024-03-03Z', 'deferred', 'email'), (108, '2024-03-03Z', NULL, 'email');
SELECT lifecycle.configure('heard', '{"events": "heard_events", "happened_at": "at", "kind": "what", "event_channel": "way"}') \g /dev/null
CALL lifecycle.refresh('heard', '2024-03-08Z');
SELECT events_left_out, words_left_out FROM lifecycle.stores WHERE store = 'heard';
INSERT INTO heard_events VALUES (106, '2024-03-03Z', 'poked', 'email');
CALL lifecycle.refresh('heard', '2024-03-08 01:00Z');
SELECT events_left_out, words_left_out FROM lifecycle.stores WHERE store = 'heard';
SELECT lifecycle.record_event('heard', 'subscribe', NULL, customer => '104', channel => 'email', at => '2024-03-03 12:00Z') \g /dev/null
SELECT lifecycle.record_event('heard', 'registered', 'registered ' || i, customer => i::text, at => '2024-03-08 01:30Z') FROM generate_series(101, 108) AS i \g /dev/null
CALL lifecycle.run_journeys('heard', '2024-03-08 02:00Z');
SELECT customer, outcome FROM heard.journey_customers WHERE customer BETWEEN 101 AND 108 ORDER BY customer;
SELECT * FROM claimed WHERE customer::integer > 100;

-- a store that would forget who must not be written to is not detached by mistake
SELECT lifecycle.detach('heard');
DROP VIEW claimed;
DROP PROCEDURE enter;
DROP FUNCTION send, letter;
SELECT lifecycle.detach('heard', discard => true) \g /dev/null
DROP TABLE heard_sales, heard_members, heard_events, told, words, turns, hostile;
