-- Audiences: conditions on customers that have a name, a view, and a log of which customers joined and left, and why.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE club_people (id integer PRIMARY KEY, plan text, birthday date, joined timestamptz);
INSERT INTO club_people SELECT i, CASE WHEN i % 2 = 0 THEN 'gold' ELSE 'basic' END, date '1990-01-01' + i, '2024-01-01Z' FROM generate_series(1, 12) AS i;
CREATE TABLE club_sales (person integer, sold_at timestamptz, amount numeric);
INSERT INTO club_sales SELECT 1 + i % 10, timestamptz '2024-01-01Z' + i * interval '3 days', 10 * (1 + i % 10) FROM generate_series(0, 29) AS i;
SELECT lifecycle.attach('people', orders => 'club_sales', customer => 'person', ordered_at => 'sold_at', amount => 'amount',
    customers => 'club_people', customers_key => 'id', attributes => '{plan,birthday}', time_zone => 'Europe/Berlin',
    settings => '{"reader": "", "customer_since": "joined"}') \g /dev/null

-- 1. before the first refresh an audience is empty, and its members of then have not joined by what they did
SELECT lifecycle.create_audience('people', 'buyers', '{"profile": "orders", "at_least": 1}');
SELECT lifecycle.audience_on('people', 'buyers', '2024-04-01');
CALL lifecycle.refresh('people', '2024-04-01 12:00Z');
SELECT count(*) FROM people.buyers;
SELECT DISTINCT change, reason, at FROM people.audience_changes;

-- 2. names with spaces, quotes, capitals, of 63 bytes; what is no name, and names of views
SELECT lifecycle.create_audience('people', 'big "spenders"; --', '{"and": [{"profile": "spend", "at_least": 210}, {"profile": "plan", "is": "gold"}]}');
SELECT customer, spend, plan, since FROM people."big ""spenders""; --" ORDER BY customer;
SELECT lifecycle.create_audience('people', repeat('x', 63), '{"profile": "vip", "is": true}') >= 0 AS made;
SELECT lifecycle.create_audience('people', 'Größe', '{"profile": "stage", "in": ["active", "new"]}') >= 0 AS made;
SELECT lifecycle.create_audience('people', repeat('x', 64), '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience('people', '', '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience('people', E'a\nb', '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience('people', ' a', '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience('people', 'customers', '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience('people', 'Profile', '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience('people', 'journey_of_mine', '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience('people', 'buyers', '{"profile": "vip", "is": true}');
CREATE VIEW people.mine AS SELECT 1 AS one;
SELECT lifecycle.create_audience('people', 'mine', '{"profile": "vip", "is": true}');
SELECT lifecycle.create_audience(NULL, 'a', '{}');
SELECT lifecycle.create_audience('people', NULL, '{}');
SELECT lifecycle.create_audience('people', 'a', NULL);
SELECT lifecycle.create_audience('nowhere', 'a', '{}');

-- 3. conditions: the place of what is wrong
SELECT lifecycle.create_audience('people', 'a', '{"and": [{"profile": "orders", "at_least": 1}, {"profile": "spent", "at_least": 1}]}');
SELECT lifecycle.create_audience('people', 'a', '{"profile": "lifecycle_version", "at_least": 1}');
SELECT lifecycle.create_audience('people', 'a', '{"profile": "orders", "at_least": "many"}');
SELECT lifecycle.create_audience('people', 'a', '{"bought": {"at_least": 2}}');
SELECT lifecycle.create_audience('people', 'a', '{"event": "opened", "of": "letter"}');
SELECT lifecycle.create_audience('people', 'a', '{"audience": "buyers"}');
SELECT lifecycle.create_audience('people', 'a', '[]');
SELECT lifecycle.create_audience('people', 'a', '{}');
SELECT lifecycle.create_audience('people', 'a', (repeat('{"not": ', 21) || '{"profile": "vip", "is": true}' || repeat('}', 21))::jsonb);
SELECT lifecycle.create_audience('people', 'a', (repeat('{"not": ', 2000) || '{}' || repeat('}', 2000))::jsonb);
SELECT lifecycle.create_audience('people', 'a', jsonb_build_object('or', (SELECT jsonb_agg('{"profile": "vip", "is": true}'::jsonb) FROM generate_series(1, 600))));
SELECT lifecycle.create_audience('people', 'huge', '{"profile": "spend", "less_than": 1e300}');
SELECT lifecycle.drop_audience('people', 'huge');

-- 4. what made a change: the customer, time, a correction, a customer who is new, one who is imported, one whose rows are gone
SELECT lifecycle.create_audience('people', 'lately', '{"bought": {"at_least": 1, "within": "30 days"}}');
SELECT lifecycle.create_audience('people', 'everybody', '{"profile": "orders", "at_least": 0}');
TRUNCATE people_data.audience_log;
INSERT INTO club_sales VALUES (2, '2024-04-01 18:00Z', 500), (1, '2024-01-02Z', 5);
INSERT INTO club_people VALUES (20, 'gold', '1999-01-01', '2024-04-02Z'), (21, 'gold', '1999-01-01', '2019-04-02Z');
DELETE FROM club_people WHERE id = 12;
UPDATE club_people SET plan = 'gold' WHERE id = 9;
CALL lifecycle.refresh('people', '2024-04-02 12:00Z');
SELECT audience, customer, change, reason FROM people.audience_changes ORDER BY 1, 2;
DELETE FROM club_sales WHERE amount = 500;
CALL lifecycle.refresh('people', '2024-04-03 12:00Z');
SELECT audience, customer, at, change, reason FROM people.audience_changes WHERE at = '2024-04-03 12:00Z' ORDER BY 1, 2;
SELECT audience, day, members, joined, gone FROM people.audience_days WHERE audience IN ('everybody', 'big "spenders"; --') ORDER BY 1, 2;

-- 5. a refit and changed settings are nobody's doing
SELECT lifecycle.create_audience('people', 'at risk', '{"profile": "stage", "is": "at_risk"}') \g /dev/null
SELECT lifecycle.create_audience('people', 'worth it', '{"profile": "predicted_ltv", "at_least": 100}') \g /dev/null
TRUNCATE people_data.audience_log;
SELECT lifecycle.configure('people', '{"at_risk_after": 0.2, "lapsed_after": 30}');
CALL lifecycle.refresh('people', '2024-04-03 12:00Z');
SELECT audience, change, reason, count(*) FROM people.audience_changes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
TRUNCATE people_data.audience_log;
SELECT lifecycle.configure('people', '{"margin": 0.1}');
CALL lifecycle.refresh('people', '2024-04-03 12:00Z');
SELECT audience, change, reason, count(*) > 0 AS some FROM people.audience_changes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
TRUNCATE people_data.audience_log;
CALL lifecycle.refresh('people', '2024-06-20 12:00Z', refit => true);
SELECT audience, change, reason, count(*) > 0 AS some FROM people.audience_changes WHERE audience = 'lately' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- 6. another condition; the members of a day
SELECT lifecycle.change_audience('people', 'buyers', '{"profile": "orders", "at_least": 3}');
SELECT reason, change, count(*) FROM people.audience_changes WHERE audience = 'buyers' GROUP BY 1, 2;
SELECT lifecycle.change_audience('people', 'buyer', '{"profile": "orders", "at_least": 3}');
SELECT lifecycle.change_audience('people', 'buyers', '{"profile": "order", "at_least": 3}');
SELECT count(*) FROM lifecycle.audience_on('people', 'lately', '2024-06-19');
SELECT lifecycle.audience_on('people', 'at risk', '2024-04-02');
SELECT lifecycle.audience_on('people', 'at risk', '2024-06-21');
SELECT lifecycle.audience_on('people', 'at risk', 'infinity');
SELECT lifecycle.audience_on('people', 'at risk', '-infinity');
SELECT lifecycle.audience_on('people', 'at risk', NULL);
SELECT lifecycle.audience_on('people', 'at rik', '2024-06-20');

-- 7. attributes: one is renamed, its type changes, one is removed, and one is called like the column of the view
ALTER TABLE club_people RENAME plan TO tariff;
SELECT lifecycle.configure('people', '{"lapsed_after": 3}');
SELECT condition FROM people.audiences WHERE audience LIKE 'big%';
CALL lifecycle.refresh('people', '2024-06-21 12:00Z');
SELECT customer, tariff FROM people."big ""spenders""; --" ORDER BY customer LIMIT 1;
SELECT lifecycle.configure('people', '{"attributes": ["birthday"]}');
SELECT lifecycle.configure('people', '{"attributes": ["tariff"]}');
SELECT lifecycle.configure('people', '{"attributes": ["tariff", "since"], "attribute_expressions": {"since": "joined"}}');
CALL lifecycle.refresh('people', '2024-06-21 12:00Z');
SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = 'people.buyers'::regclass AND a.attnum > 40 ORDER BY a.attnum;
SELECT audience FROM people.audiences WHERE problem IS NOT NULL;
UPDATE people_data.audience SET condition = '{"profile": "gone", "is": 1}' WHERE name = 'at risk';
CALL lifecycle.refresh('people', '2024-06-22 12:00Z');
SELECT audience, problem FROM people.audiences WHERE problem IS NOT NULL;
SELECT lifecycle.change_audience('people', 'at risk', '{"profile": "stage", "is": "at_risk"}') >= 0 AS is_well;

-- 8. journeys: the entry by joining, the condition that one is in, and what is not there
SELECT lifecycle.create_journey('people', 'j', '{"entry": {"joined": "buyer"}, "steps": [{"name": "end", "goal": true}]}');
SELECT lifecycle.create_journey('people', 'j', '{"entry": {"event": "x"}, "who": {"audience": "nobody"}, "steps": [{"name": "end", "goal": true}]}');
SELECT lifecycle.create_journey('people', 'thanks', '{"entry": {"joined": "lately"}, "who": {"audience": "everybody"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "thanks"}}, {"name": "end", "exit": "done"}]}', start => true);
UPDATE people_data.journey SET started_at = '2024-06-22 12:00Z';
CALL lifecycle.run_journeys('people', '2024-06-22 13:00Z');
SELECT count(*) FROM people_data.enrollment;
INSERT INTO club_sales VALUES (4, '2024-06-22 14:00Z', 10), (5, '2024-06-01Z', 10);
CALL lifecycle.refresh('people', '2024-06-22 15:00Z');
CALL lifecycle.run_journeys('people', '2024-06-22 16:00Z');
SELECT customer, change, reason FROM people.audience_changes WHERE at = '2024-06-22 15:00Z' AND audience = 'lately' ORDER BY 1;
SELECT customer, kind, reason FROM people_data.decision ORDER BY id;
SELECT lifecycle.drop_audience('people', 'lately');
SELECT lifecycle.drop_audience('people', 'everybody');
SELECT day, kind, customers FROM lifecycle.simulate_journey('people', 'thanks', '2024-06-20 16:00Z', '2024-06-23 16:00Z');
SELECT lifecycle.end_journey('people', 'thanks');
SELECT lifecycle.drop_audience('people', 'lately');

-- 9. rights: the reader sees the views of the audiences, of before and of later; nobody else does, and nobody but the owner changes them
CREATE ROLE audience_reader;
CREATE ROLE audience_stranger;
SELECT lifecycle.configure('people', '{"reader": "audience_reader"}');
SELECT lifecycle.create_audience('people', 'later', '{"profile": "orders", "at_least": 3}') >= 0 AS made;
SET ROLE audience_reader;
SELECT count(*) > 0 AS sees FROM people.later;
SELECT count(*) > 0 AS sees, count(tariff) AS attributes FROM people.buyers;
SELECT count(*) > 0 AS sees FROM lifecycle.audience_on('people', 'later', '2024-06-22');
SELECT lifecycle.create_audience('people', 'theirs', '{"profile": "orders", "at_least": 3}');
SELECT lifecycle.change_audience('people', 'later', '{"profile": "orders", "at_least": 3}');
SELECT lifecycle.drop_audience('people', 'later');
SELECT lifecycle.forget_departures('people');
SET ROLE audience_stranger;
SELECT count(*) FROM people.later;
SELECT lifecycle.audience_on('people', 'later', '2024-06-22');
RESET ROLE;

-- 10. what depends on a view keeps it; a store goes with its audiences
CREATE VIEW on_later AS SELECT customer FROM people.later;
SELECT lifecycle.drop_audience('people', 'later');
SELECT lifecycle.detach('people');
DROP VIEW on_later;
DROP VIEW people.mine;
SELECT lifecycle.drop_audience('people', 'later');
SELECT lifecycle.detach('people');
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'people%';
DROP ROLE audience_reader, audience_stranger;
DROP TABLE club_people, club_sales;
