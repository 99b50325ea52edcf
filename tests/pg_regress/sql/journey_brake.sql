-- The brake: a journey is held before more customers enter it than may, and its owner lets it go on.
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE TABLE brake_sale (member int, sold_at timestamptz, amount numeric);
CREATE INDEX ON brake_sale (member);
INSERT INTO brake_sale SELECT i, timestamptz '2024-01-01', 20 FROM generate_series(1, 1000) AS i;
SELECT lifecycle.attach('braked', orders => 'brake_sale', customer => 'member', ordered_at => 'sold_at', amount => 'amount',
    time_zone => 'UTC', settings => '{"reader": ""}');
CALL lifecycle.refresh('braked', as_of => '2024-03-01 10:00');
CREATE FUNCTION brake_letter(entry jsonb) RETURNS jsonb RETURN jsonb_build_object('entry', entry, 'steps', '[
    {"name": "letter", "act": {"channel": "email", "template": "a"}}, {"name": "end", "exit": "sent"}]'::jsonb);
CREATE FUNCTION brake_events(kind text, at timestamptz, VARIADIC customers int[]) RETURNS bigint
    RETURN (SELECT count(lifecycle.record_event('braked', kind, kind || customer || at, customer => customer::text, at => at))
        FROM generate_series(customers[1], customers[2]) AS customer);
CREATE VIEW brake_state AS
    SELECT journey.name, journey.status, regexp_replace(journey.held_reason, '\s+', ' ') AS held_reason,
        (SELECT count(*) FROM braked_data.enrollment WHERE enrollment.journey = journey.journey) AS entered,
        (SELECT count(*) FROM braked_data.action WHERE action.journey = journey.journey) AS actions,
        (SELECT count(*) FROM braked_data.action WHERE action.journey = journey.journey AND action.claimable_at IS NOT NULL) AS offered
    FROM braked_data.journey;

-- By events: 150 may enter, and the 60 that come next may not, for a fifth of the base is 200.
SELECT lifecycle.create_journey('braked', 'trial', brake_letter('{"event": "trial"}'), start => true);
UPDATE braked_data.journey SET started_at = '2024-02-01';
SELECT brake_events('trial', '2024-03-01 10:30', 1, 150);
SET client_min_messages = notice;
CALL lifecycle.run_journeys('braked', as_of => '2024-03-01 11:00');
TABLE brake_state;
SELECT brake_events('trial', '2024-03-01 11:30', 151, 210);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-01 12:00');
TABLE brake_state;
-- It stands still, and hands nothing over. The events that come meanwhile are not lost.
SELECT brake_events('trial', '2024-03-01 12:30', 211, 220);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-01 13:00');
SELECT count(*) FROM lifecycle.claim_actions('email', 10, store => 'braked');
SELECT lifecycle.start_journey('braked', 'trial');
SELECT lifecycle.create_journey('braked', 'trial', brake_letter('{"event": "trial"}'), start => true);
SELECT lifecycle.release_journey('braked', 'nothing');
SELECT lifecycle.release_journey('braked', 'trial', up_to => 0);
-- Up to 215: still too many.
SELECT lifecycle.release_journey('braked', 'trial', up_to => 215);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-01 13:05');
SELECT lifecycle.release_journey('braked', 'trial');
SELECT lifecycle.release_journey('braked', 'trial');
CALL lifecycle.run_journeys('braked', as_of => '2024-03-01 13:10');
TABLE brake_state;
-- A run that has nothing to do says nothing.
CALL lifecycle.run_journeys('braked', as_of => '2024-03-01 13:15');
-- The release holds for 24 hours.
SELECT brake_events('trial', '2024-03-02 15:00', 301, 520);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 15:00');

-- By orders, with a number of the policy's own; nobody enters, and after the release all do.
SELECT lifecycle.end_journey('braked', 'trial');
SELECT lifecycle.set_journey_policy('braked', '{"max_entries": 5}');
SELECT lifecycle.create_journey('braked', 'thanks', brake_letter('{"event": "ordered"}'), start => true);
UPDATE braked_data.journey SET started_at = '2024-02-01';
INSERT INTO brake_sale SELECT i, timestamptz '2024-03-02 16:00', 20 FROM generate_series(1, 7) AS i;
SET client_min_messages = warning;
CALL lifecycle.refresh('braked', as_of => '2024-03-02 17:00');
SET client_min_messages = notice;
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 17:00', batch => 6);
SELECT lifecycle.release_journey('braked', 'thanks');
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 17:05', batch => 6);
SELECT * FROM brake_state WHERE name = 'thanks';

-- A start tells how many enter at once, and needs a word where more would than may.
SELECT lifecycle.set_journey_policy('braked', '{"max_entries": 900}');
SELECT lifecycle.create_journey('braked', 'all', brake_letter('{"condition": {"profile": "orders", "at_least": 1}, "existing": true}'));
SELECT lifecycle.create_journey('braked', 'two', brake_letter('{"condition": {"profile": "orders", "at_least": 2}, "existing": true}'));
SELECT lifecycle.start_journey('braked', 'two');
SELECT lifecycle.start_journey('braked', 'all');
SELECT lifecycle.create_journey('braked', 'all', brake_letter('{"condition": {"profile": "orders", "at_least": 1}, "existing": true}'), start => true);
SELECT lifecycle.start_journey('braked', 'all', accept => NULL);
SELECT lifecycle.start_journey('braked', 'all', accept => true);
UPDATE braked_data.journey SET started_at = '2024-02-01' WHERE name IN ('all', 'two');
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 18:00');
SELECT name, status, entered FROM brake_state ORDER BY name;
SELECT journey, status, held_since IS NOT NULL AS is_held, held_reason FROM braked.journeys ORDER BY journey;

-- Those who have entered are no reason to hold a journey that nobody would enter; the next one who would is.
SELECT lifecycle.create_journey('braked', 'few', brake_letter('{"event": "few"}'), start => true);
UPDATE braked_data.journey SET started_at = '2024-02-01' WHERE name = 'few';
SELECT brake_events('few', '2024-03-02 18:10', 1, 4);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 18:15');
SELECT lifecycle.set_journey_policy('braked', '{"max_entries": 2}');
SELECT brake_events('visit', '2024-03-02 18:20', 9, 9);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 18:25');
SELECT brake_events('few', '2024-03-02 18:30', 9, 9);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 18:35');

-- The events that came meanwhile are looked at as the rows are then: 24 had bought nothing when the event came.
SELECT lifecycle.create_journey('braked', 'recent', brake_letter('{"event": "recent"}') || '{"who": {"bought": {"within": "1 day"}}}', start => true);
UPDATE braked_data.journey SET started_at = '2024-02-01' WHERE name = 'recent';
INSERT INTO brake_sale SELECT i, timestamptz '2024-03-02 18:00', 20 FROM generate_series(21, 23) AS i;
SELECT brake_events('recent', '2024-03-02 18:36', 21, 23);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 18:40');
SELECT brake_events('recent', '2024-03-02 18:41', 24, 25);
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 18:45');
INSERT INTO brake_sale VALUES (24, '2024-03-02 18:46', 20);
SELECT lifecycle.release_journey('braked', 'recent');
CALL lifecycle.run_journeys('braked', as_of => '2024-03-02 18:50');
SELECT customer, entered_at FROM braked.journey_customers WHERE journey = 'recent' ORDER BY customer;

-- A share of the customers; what is none of both is refused.
SELECT lifecycle.set_journey_policy('braked', '{"max_entries": 0.001}');
SELECT lifecycle.set_journey_policy('braked', '{"max_entries": 0}');
SELECT lifecycle.set_journey_policy('braked', '{"max_entries": 1.5}');
SELECT lifecycle.set_journey_policy('braked', '{"max_entries": "many"}');

SET client_min_messages = warning;
DROP VIEW brake_state;
SELECT lifecycle.detach('braked');
DROP FUNCTION brake_letter, brake_events;
DROP TABLE brake_sale;
