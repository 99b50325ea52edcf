-- definitions of journeys: taken, refused by their place, versioned, edited as rows, and ready made
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';
\pset null (null)
CREATE TABLE journey_orders (client bigint, placed timestamptz, total numeric);
INSERT INTO journey_orders VALUES (1, '2025-12-01Z', 10), (2, '2025-12-02Z', 20);
CREATE TABLE journey_people (client bigint PRIMARY KEY, country text, zone text, birthday date, "it's ""odd""" text);
INSERT INTO journey_people VALUES (1, 'DE', 'Europe/Berlin', '1990-05-01', 'x'), (2, 'FR', 'Europe/Paris', NULL, NULL);
SELECT lifecycle.attach('regress_journeys', orders => 'journey_orders', customer => 'client', ordered_at => 'placed', amount => 'total',
    customers => 'journey_people', attributes => '{country,zone,birthday,"it''s \"odd\""}', time_zone => 'UTC', settings => '{"reader": ""}');
-- a refresh says how far it is once it takes more than a second
SET client_min_messages = warning;
CALL lifecycle.refresh('regress_journeys', '2025-12-31Z');
INSERT INTO journey_orders VALUES (1, '2025-12-31Z', 10);
CALL lifecycle.refresh('regress_journeys', '2026-01-01Z');
RESET client_min_messages;

-- a draft, which can be replaced, and is started
SELECT lifecycle.create_journey('regress_journeys', 'welcome', '{"entry": {"event": "registered"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "welcome"}},
    {"name": "end", "exit": "done"}]}');
SELECT lifecycle.create_journey('regress_journeys', 'welcome', '{"entry": {"event": "registered"}, "control": 0.1, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "welcome", "payload": {"country": {"profile": "country"}}}},
    {"name": "opening", "wait": {"event": "opened", "of": "letter", "timeout": "3 days", "then": "end"}},
    {"name": "second", "act": {"channel": "email", "template": "it''s \"second\"; DROP TABLE journey_people; --"}},
    {"name": "end", "exit": "done"}]}');
SELECT name, status, version, started_at FROM regress_journeys_data.journey;
SELECT version, head, started_at FROM regress_journeys_data.journey_version;
SELECT version, step, name, definition FROM regress_journeys_data.journey_step ORDER BY version, step;
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
SELECT name, status, version, started_at IS NOT NULL AS started, movement_seen = (SELECT max(id) FROM regress_journeys_data.movement) AS has_seen FROM regress_journeys_data.journey;
-- once started, its rows stay as they are
UPDATE regress_journeys_data.journey_step SET name = 'other' WHERE name = 'letter';
DELETE FROM regress_journeys_data.journey_step WHERE step = 4;
INSERT INTO regress_journeys_data.journey_step VALUES (1, 1, 5, 'more', '{"exit": "x"}');
UPDATE regress_journeys_data.journey_version SET head = '{}';
DELETE FROM regress_journeys_data.journey_version;
DELETE FROM regress_journeys_data.journey;
TRUNCATE regress_journeys_data.journey_step;
TRUNCATE regress_journeys_data.journey CASCADE;
-- the same definition is no new version, another one is, at once
SELECT lifecycle.create_journey('regress_journeys', 'welcome', lifecycle.journey_definition('regress_journeys', 'welcome'));
SELECT lifecycle.create_journey('regress_journeys', 'welcome', lifecycle.journey_definition('regress_journeys', 'welcome') || '{"control": 0.10}');
SELECT lifecycle.create_journey('regress_journeys', 'welcome', lifecycle.journey_definition('regress_journeys', 'welcome') || '{"control": 0.2}');
SELECT name, status, version FROM regress_journeys_data.journey;
SELECT version, head ->> 'control' AS control, started_at IS NOT NULL AS started FROM regress_journeys_data.journey_version ORDER BY version;
-- a draft beside it is edited as rows: a step goes in between, one gets another name, all are numbered anew
SELECT lifecycle.draft_journey('regress_journeys', 'welcome');
SELECT lifecycle.draft_journey('regress_journeys', 'welcome');
UPDATE regress_journeys_data.journey_step SET step = step + 1 WHERE version = 3;
UPDATE regress_journeys_data.journey_step SET step = step + 1 WHERE version = 3 AND step > 4;
INSERT INTO regress_journeys_data.journey_step VALUES (1, 3, 5, 'pause', '{"wait": {"for": "1 day"}}');
UPDATE regress_journeys_data.journey_step SET name = 'first' WHERE version = 3 AND name = 'letter';
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
UPDATE regress_journeys_data.journey_step SET definition = jsonb_set(definition, '{wait,of}', '"first"') WHERE version = 3 AND name = 'opening';
UPDATE regress_journeys_data.journey_version SET head = head || '{"priority": 7}' WHERE version = 3;
SELECT name, status, version FROM regress_journeys_data.journey;
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
SELECT step, name, definition FROM regress_journeys_data.journey_step WHERE version = 3 ORDER BY step;
SELECT jsonb_pretty(lifecycle.journey_definition('regress_journeys', 'welcome'));
SELECT lifecycle.journey_definition('regress_journeys', 'welcome', 1) -> 'control' AS control;
SELECT lifecycle.journey_definition('regress_journeys', 'welcome', 9);
-- a draft can be thrown away
SELECT lifecycle.draft_journey('regress_journeys', 'welcome');
DELETE FROM regress_journeys_data.journey_version WHERE version = 4;
SELECT count(*) FROM regress_journeys_data.journey_step WHERE version = 4;
-- whatever stands in the rows of a draft is not trusted
SELECT lifecycle.draft_journey('regress_journeys', 'welcome');
UPDATE regress_journeys_data.journey_version SET head = '[1]' WHERE version = 4;
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
UPDATE regress_journeys_data.journey_version SET head = '{"entry": {"call": true}}' WHERE version = 4;
UPDATE regress_journeys_data.journey_step SET definition = '7' WHERE version = 4 AND step = 1;
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
DELETE FROM regress_journeys_data.journey_step WHERE version = 4;
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
DELETE FROM regress_journeys_data.journey_version WHERE version = 4;

-- paused, and on again; ended for good
SELECT lifecycle.pause_journey('regress_journeys', 'welcome');
SELECT lifecycle.pause_journey('regress_journeys', 'welcome');
SELECT lifecycle.create_journey('regress_journeys', 'welcome', lifecycle.journey_definition('regress_journeys', 'welcome') || '{"priority": 8}');
SELECT status, version FROM regress_journeys_data.journey;
SELECT lifecycle.draft_journey('regress_journeys', 'welcome');
SELECT lifecycle.create_journey('regress_journeys', 'welcome', lifecycle.journey_definition('regress_journeys', 'welcome'), start => true);
SELECT status, version FROM regress_journeys_data.journey;
DELETE FROM regress_journeys_data.journey_version WHERE version = 5;
SELECT lifecycle.pause_journey('regress_journeys', 'welcome');
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
SELECT status, version FROM regress_journeys_data.journey;
INSERT INTO regress_journeys_data.enrollment (customer, journey, entry, bucket, version, step, entered_at, triggered_at, step_since, due_at, ended_at, outcome)
    VALUES (1, 1, 1, 0, 3, 2, now(), now(), now(), now(), NULL, NULL), (2, 1, 1, 0, 3, 2, now(), now(), now(), NULL, now(), 'goal');
INSERT INTO regress_journeys_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority, status, claimable_at)
    SELECT n, 1, 3, 1, 1, 1, now(), 'email', 't', '{}', 0, CASE n WHEN 1 THEN 'pending' ELSE 'done' END, CASE n WHEN 1 THEN now() END FROM generate_series(1, 2) AS n;
SELECT lifecycle.end_journey('regress_journeys', 'welcome');
SELECT lifecycle.end_journey('regress_journeys', 'welcome');
SELECT customer, due_at, ended_at IS NOT NULL AS ended, outcome FROM regress_journeys_data.enrollment ORDER BY customer;
SELECT customer, status, claimable_at FROM regress_journeys_data.action ORDER BY customer;
SELECT customer, step, kind, reason FROM regress_journeys_data.decision;
SELECT lifecycle.start_journey('regress_journeys', 'welcome');
SELECT lifecycle.draft_journey('regress_journeys', 'welcome');
SELECT lifecycle.pause_journey('regress_journeys', 'welcome');
SELECT lifecycle.create_journey('regress_journeys', 'welcome', '{"entry": {"call": true}, "steps": [{"name": "end", "goal": true}]}');

-- what is wrong is said by its place
CREATE FUNCTION try_steps(steps jsonb, more jsonb DEFAULT '{}') RETURNS integer LANGUAGE sql
    AS $$SELECT lifecycle.create_journey('regress_journeys', 'tried', '{"entry": {"event": "registered"}}'::jsonb || more || jsonb_build_object('steps', steps))$$;
SELECT try_steps('[{"name": "ask", "branch": [{"if": {"and": [{"subscribed": "email"}, {"profile": "stge", "is": "new"}]}, "then": "end"}]}, {"name": "end", "goal": true}]');
SELECT try_steps('[{"name": "ask", "branch": [{"if": {"profile": "birthday", "less_than": "1990-02-30"}, "then": "end"}]}, {"name": "end", "goal": true}]');
SELECT try_steps('[{"name": "a", "act": {"channel": "email", "template": "x"}, "next": "a"}]');
SELECT try_steps('[{"name": "a", "act": {"channel": "email", "template": "x"}}]');
SELECT try_steps('[{"name": "a", "wait": {"for": "-3 days"}}, {"name": "end", "goal": true}]');
SELECT try_steps('[{"name": "a", "call": "nowhere"}, {"name": "end", "goal": true}]');
SELECT try_steps('[{"name": "a", "call": "welcom"}, {"name": "end", "goal": true}]');
SELECT try_steps('[{"name": "a", "call": "tried"}, {"name": "end", "goal": true}]');
SELECT try_steps('[{"name": "a''; DROP TABLE journey_people; --", "goal": true}]');
SELECT try_steps('[{"name": "end", "goal": true}]', '{"who": {"profile": "country''; --", "is": "x"}}');
SELECT try_steps('[{"name": "end", "goal": true}]', '{"control": 1e400}');
SELECT try_steps('[{"name": "end", "goal": true}]', jsonb_build_object('who', (repeat('{"not": ', 200) || '{"subscribed": "email"}' || repeat('}', 200))::jsonb));
SELECT try_steps((SELECT jsonb_agg(jsonb_build_object('name', 's' || n, 'goal', true)) FROM generate_series(1, 201) AS n));
SELECT lifecycle.create_journey('regress_journeys', 'Wel come', '{}');
SELECT lifecycle.create_journey('regress_journeys', 'x''; DROP SCHEMA regress_journeys CASCADE; --', '{}');
SELECT lifecycle.create_journey('regress_journeys', '', '{}');
SELECT lifecycle.create_journey('regress_journeys', 'tried', '[]');
SELECT lifecycle.create_journey('regress_journeys', 'tried', NULL);
SELECT lifecycle.create_journey('regress_journeys', 'tried', '{}', NULL);
SELECT lifecycle.create_journey('regress_journey', 'tried', '{}');
SELECT lifecycle.start_journey('regress_journeys', 'welcom');
SELECT lifecycle.start_journey('regress_journeys', 'x''; DROP SCHEMA regress_journeys CASCADE; --');
SELECT count(*) FROM regress_journeys_data.journey WHERE name = 'tried';
-- free text is free, and columns may have any name
SELECT try_steps('[{"name": "a", "act": {"channel": "email", "template": "x''; DROP TABLE journey_people; --"}}, {"name": "end", "exit": "\"; --"}]',
    jsonb_build_object('who', jsonb_build_object('profile', 'it''s "odd"', 'is', 'x''; --')));
SELECT lifecycle.pause_journey('regress_journeys', 'tried');
SELECT count(*) FROM journey_people;
-- a column that goes takes no journey by surprise
SELECT lifecycle.configure('regress_journeys', '{"attributes": ["country", "zone", "birthday"]}');
SELECT lifecycle.start_journey('regress_journeys', 'tried');

-- the policy
SELECT lifecycle.journey_policy('regress_journeys');
SELECT lifecycle.set_journey_policy('regress_journeys', '{"caps": [{"per": "1 day", "most": 1}], "quiet_hours": {"from": "21:00", "to": "09:00"}, "time_zone": "zone", "control": 0.05}');
SELECT lifecycle.journey_policy('regress_journeys');
SELECT lifecycle.set_journey_policy('regress_journeys', '{"time_zone": "zne"}');
SELECT lifecycle.set_journey_policy('regress_journeys', '{"time_zone": "birthday"}');
SELECT lifecycle.set_journey_policy('regress_journeys', '{"caps": [{"per": "0 days", "most": 1}]}');
SELECT lifecycle.set_journey_policy('regress_journeys', NULL);

-- ready made
SELECT name, lifecycle.create_ready_made('regress_journeys', name, journey => 'made_' || name, start => true)
    FROM unnest('{welcome,post_purchase,replenishment,at_risk,win_back,vip,referral}'::text[]) AS name;
SELECT lifecycle.create_ready_made('regress_journeys', 'vip', '{"channel": "call", "control": 0.1}');
SELECT name, status, version FROM regress_journeys_data.journey ORDER BY journey;
SELECT jsonb_pretty(lifecycle.ready_made_journey('welcome', '{"channel": "sms", "opening": "1 hour"}'));
SELECT step FROM jsonb_array_elements(lifecycle.ready_made_journey('win_back', '{"conversion": "made_welcome"}') -> 'steps') AS step;
SELECT lifecycle.create_ready_made('regress_journeys', 'win_back', '{"conversion": "nowhere"}');
SELECT lifecycle.ready_made_journey('win-back');
SELECT lifecycle.ready_made_journey('welcome', '{"chanel": "sms"}');
SELECT lifecycle.ready_made_journey('welcome', '{"opening": "0 days"}');
SELECT lifecycle.ready_made_journey(NULL);

-- only the owner
CREATE ROLE regress_journey_other;
SET ROLE regress_journey_other;
SELECT lifecycle.create_ready_made('regress_journeys', 'vip');
SELECT lifecycle.journey_definition('regress_journeys', 'vip');
SELECT lifecycle.journey_policy('regress_journeys');
SELECT lifecycle.end_journey('regress_journeys', 'vip');
RESET ROLE;
DROP ROLE regress_journey_other;

-- the trigger is for its tables
CREATE TRIGGER guard_journey BEFORE INSERT ON journey_people FOR EACH ROW EXECUTE FUNCTION lifecycle.guard_journey();
INSERT INTO journey_people VALUES (3);
DROP TRIGGER guard_journey ON journey_people;
CREATE TRIGGER guard_journey AFTER INSERT ON journey_people FOR EACH ROW EXECUTE FUNCTION lifecycle.guard_journey();
INSERT INTO journey_people VALUES (3);
DROP TRIGGER guard_journey ON journey_people;

SELECT lifecycle.detach('regress_journeys');

-- a store of any name
SELECT lifecycle.attach('regress "j''s"; --', orders => 'journey_orders', customer => 'client', ordered_at => 'placed', time_zone => 'UTC', settings => '{"reader": ""}');
SELECT lifecycle.create_ready_made('regress "j''s"; --', 'welcome', start => true);
UPDATE "regress ""j's""; --_data".journey_step SET name = 'other';
SELECT lifecycle.draft_journey('regress "j''s"; --', 'welcome');
UPDATE "regress ""j's""; --_data".journey_step SET name = 'other' WHERE version = 2 AND step = 9;
SELECT lifecycle.end_journey('regress "j''s"; --', 'welcome');
SELECT lifecycle.detach('regress "j''s"; --');
DROP FUNCTION try_steps;
DROP TABLE journey_orders, journey_people;
