-- no operation on the source makes a journey write to customers who did nothing: reloads, imports, borders that move
SET timezone = 'UTC';
SET client_min_messages = error;
\pset null '-'

-- A table that is emptied and filled again: the refresh in between is held, and then everything is as it was.
CREATE TABLE reloaded (id serial PRIMARY KEY, customer int, ordered_at timestamptz, amount numeric);
INSERT INTO reloaded (customer, ordered_at, amount)
    SELECT 1 + i % 300, now() - interval '400 days' + (i * 37 % 380) * interval '1 day', 20 + i % 7 FROM generate_series(1, 1500) AS i;
SELECT lifecycle.attach('reloading', orders => 'reloaded', customer => 'customer', ordered_at => 'ordered_at', amount => 'amount',
    time_zone => 'UTC', settings => '{"reader": "", "sender": ""}');
CALL lifecycle.refresh('reloading');
SELECT lifecycle.create_ready_made('reloading', ready_made, '{}', start => true)
FROM unnest('{welcome, at_risk, win_back, vip, post_purchase}'::text[]) AS ready_made;
CALL lifecycle.run_journeys('reloading');
CREATE TABLE kept AS TABLE reloaded;
TRUNCATE reloaded;
SET client_min_messages = notice;
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CALL lifecycle.refresh('reloading');
SET client_min_messages = notice;
SET client_min_messages = error;
SELECT held_since IS NOT NULL AS held, held_reason, customers, purchases FROM lifecycle.stores WHERE store = 'reloading';
SELECT kind, reason FROM reloading_data.hold;
INSERT INTO reloaded TABLE kept;
CALL lifecycle.refresh('reloading');
CALL lifecycle.run_journeys('reloading');
SELECT held_since, held_reason, customers FROM lifecycle.stores WHERE store = 'reloading';
SELECT count(*) AS holds FROM reloading_data.hold;
SELECT count(*) AS entered FROM reloading.journey_customers;
SELECT count(*) AS movements FROM reloading.movements;

-- The same in parts that are small enough: customers that come back are not new, and have not moved.
DELETE FROM reloaded WHERE customer <= 60;
CALL lifecycle.refresh('reloading');
SELECT vanished, returned, corrected, moved FROM lifecycle.refresh_log WHERE store = 'reloading' ORDER BY id DESC LIMIT 1;
CALL lifecycle.run_journeys('reloading');
INSERT INTO reloaded SELECT * FROM kept WHERE customer <= 60;
CALL lifecycle.refresh('reloading');
SELECT vanished, returned, corrected, moved FROM lifecycle.refresh_log WHERE store = 'reloading' ORDER BY id DESC LIMIT 1;
CALL lifecycle.run_journeys('reloading');
SELECT kind, stage_before IS NULL AS from_nowhere, stage_after IS NULL AS to_nowhere, count(*)
FROM reloading.corrections GROUP BY 1, 2, 3 ORDER BY 1 DESC;
SELECT count(*) AS entered FROM reloading.journey_customers;
SELECT count(*) AS movements FROM reloading.movements;

-- A customer who was gone and buys again has moved.
DELETE FROM reloaded WHERE customer = 7;
CALL lifecycle.refresh('reloading');
INSERT INTO reloaded SELECT * FROM kept WHERE customer = 7;
INSERT INTO reloaded (customer, ordered_at, amount) VALUES (7, clock_timestamp(), 10);
CALL lifecycle.refresh('reloading');
SELECT kind, stage_before = stage_after AS same FROM reloading_data.movement WHERE customer = 7
ORDER BY id DESC LIMIT 3;

-- A shop that is really smaller now goes on with accept.
DELETE FROM reloaded WHERE customer > 150;
CALL lifecycle.refresh('reloading');
SELECT held_reason FROM lifecycle.stores WHERE store = 'reloading';
CALL lifecycle.refresh('reloading', accept => true);
SELECT held_reason, customers FROM lifecycle.stores WHERE store = 'reloading';
SELECT step, accepted FROM lifecycle.refresh_log WHERE store = 'reloading' ORDER BY id DESC LIMIT 2;
SELECT * FROM lifecycle.verify('reloading');

-- An archive that is taken in makes nobody new; a customer whose first order is of today is.
CREATE TABLE archived (id serial PRIMARY KEY, customer int, ordered_at timestamptz, amount numeric);
INSERT INTO archived (customer, ordered_at, amount)
    SELECT 1 + i % 300, now() - (i % 300) * interval '1 day', 20 FROM generate_series(1, 900) AS i;
SELECT lifecycle.attach('importing', orders => 'archived', customer => 'customer', ordered_at => 'ordered_at', amount => 'amount',
    time_zone => 'UTC', settings => '{"reader": "", "sender": ""}');
CALL lifecycle.refresh('importing');
SELECT lifecycle.create_ready_made('importing', ready_made, '{}', start => true)
FROM unnest('{welcome, at_risk, win_back, vip}'::text[]) AS ready_made;
SELECT lifecycle.create_journey('importing', 'lapsing', '{"entry": {"movement": {"what": "stage", "to": ["lapsed", "at_risk"]}},
    "steps": [{"name": "end", "exit": "seen"}]}', start => true);
CALL lifecycle.run_journeys('importing');
INSERT INTO archived (customer, ordered_at, amount)
    SELECT 10000 + i, timestamptz '2019-05-01' + i * interval '1 hour', 30 FROM generate_series(1, 500) AS i;
-- Some of those who are known had bought there too, and had not lapsed yet then.
INSERT INTO archived (customer, ordered_at, amount) SELECT i, timestamptz '2020-05-01', 30 FROM generate_series(1, 50) AS i;
INSERT INTO archived (customer, ordered_at, amount) VALUES (20000, clock_timestamp(), 30);
CALL lifecycle.refresh('importing');
CALL lifecycle.run_journeys('importing');
SELECT journey, customer FROM importing.journey_customers ORDER BY 1, 2;
SELECT count(*) AS appeared, count(registered_at) AS registered FROM importing_data.movement WHERE kind = 'appeared';
-- Customers who were there before they bought are not new either, where the store is told of it.
CREATE TABLE members (customer int PRIMARY KEY, joined date);
CREATE TABLE bought (customer int, ordered_at timestamptz);
INSERT INTO bought VALUES (1, now() - interval '90 days');
SELECT lifecycle.attach('joining', orders => 'bought', customer => 'customer', ordered_at => 'ordered_at', customers => 'members',
    time_zone => 'UTC', settings => '{"reader": "", "sender": "", "newcomer_within": "10 days"}');
CALL lifecycle.refresh('joining');
SET client_min_messages = notice;
SELECT lifecycle.create_ready_made('joining', 'welcome', '{}', start => true);
SET client_min_messages = error;
SELECT lifecycle.configure('joining', '{"customer_since": "joined"}');
CALL lifecycle.refresh('joining');
UPDATE joining_data.journey SET started_at = now() - interval '30 days';
INSERT INTO members VALUES (2, current_date - 3), (3, current_date - 9), (4, current_date - 12), (5, NULL);
INSERT INTO bought VALUES (4, now()), (6, now()), (7, now() - interval '20 days');
CALL lifecycle.refresh('joining');
CALL lifecycle.run_journeys('joining');
SELECT customer FROM joining.journey_customers ORDER BY 1;
SELECT lifecycle.configure('joining', '{"customer_since": "since"}');
SELECT lifecycle.configure('joining', '{"newcomer_within": "-1 days"}');

-- Borders that move are no doing of a customer's: another grid, other terms of the stages, a fit.
CREATE TABLE graded (id serial PRIMARY KEY, customer int, ordered_at timestamptz, amount numeric);
INSERT INTO graded (customer, ordered_at, amount)
    SELECT 1 + i * i % 997, now() - (1 + i * 7919 % 700) * interval '1 day', 5 + i * 104729 % 90 FROM generate_series(1, 5000) AS i;
SELECT lifecycle.attach('grading', orders => 'graded', customer => 'customer', ordered_at => 'ordered_at', amount => 'amount',
    time_zone => 'UTC', settings => '{"reader": "", "sender": ""}');
CALL lifecycle.refresh('grading');
SELECT lifecycle.set_journey_policy('grading', '{"max_entries": 100000}') \g /dev/null
SELECT lifecycle.create_journey('grading', 'graded', '{"entry": {"movement": {"what": "segment", "to": ["Champions", "Loyal",
    "Needs Attention", "At Risk", "Can''t Lose"]}}, "steps": [{"name": "end", "exit": "seen"}]}', start => true);
SELECT lifecycle.create_journey('grading', 'all_graded', '{"entry": {"movement": {"what": "segment", "to": ["Champions", "Loyal",
    "Needs Attention", "At Risk", "Can''t Lose"]}, "include_refitted": true}, "steps": [{"name": "end", "exit": "seen"}]}', start => true);
SELECT lifecycle.create_ready_made('grading', 'at_risk', '{}', start => true);
CALL lifecycle.run_journeys('grading');
SELECT lifecycle.configure('grading', '{"grid": "rfm_125"}');
CALL lifecycle.refresh('grading');
CALL lifecycle.run_journeys('grading');
SELECT kind, count(*) > 0 AS moved, bool_and(refitted) AS refitted FROM grading.movements GROUP BY 1 ORDER BY 1;
SELECT journey, count(*) > 0 AS entered FROM grading.journey_customers GROUP BY 1 ORDER BY 1;
-- Other terms of the stages; one customer buys and so moves on the same day.
SELECT lifecycle.configure('grading', '{"at_risk_after": 0.5, "lapsed_after": 0.8}');
SELECT customer AS buyer FROM grading.customers WHERE stage = 'lapsed' ORDER BY customer LIMIT 1 \gset
INSERT INTO graded (customer, ordered_at, amount) VALUES (:buyer, clock_timestamp(), 50);
CALL lifecycle.refresh('grading');
CALL lifecycle.run_journeys('grading');
SELECT customer = :buyer AS is_buyer, refitted, count(*) > 0 AS moved FROM grading.movements
WHERE kind = 'stage' GROUP BY 1, 2 ORDER BY 1;
SELECT count(*) AS entered FROM grading.journey_customers WHERE journey = 'at_risk';
-- A store that counts other rows as orders.
SELECT lifecycle.configure('grading', '{"status": "amount > 20", "at_risk_after": null, "lapsed_after": null}');
CALL lifecycle.refresh('grading', accept => true);
CALL lifecycle.run_journeys('grading');
SELECT count(*) AS entered FROM grading.journey_customers WHERE journey = 'at_risk';
SELECT kind, bool_and(refitted) AS refitted FROM grading.movements GROUP BY 1 ORDER BY 1;
SELECT kind, count(*) > 0 AS found FROM grading.corrections GROUP BY 1 ORDER BY 1;

-- On the day of a fit customers still move by time, and those are theirs.
CREATE TABLE aging (customer int, ordered_at timestamptz);
INSERT INTO aging SELECT i % 200, timestamptz '2024-01-01' + (i % 200) * interval '6 hours' + (i / 200) * interval '20 days'
FROM generate_series(0, 1199) AS i;
SELECT lifecycle.attach('fitting', orders => 'aging', customer => 'customer', ordered_at => 'ordered_at', time_zone => 'UTC',
    settings => '{"reader": "", "sender": ""}');
CALL lifecycle.refresh('fitting', '2024-05-25');
CALL lifecycle.refresh('fitting', '2024-06-30', refit => true);
SELECT moved_from, moved_to, refitted, count(*) FROM fitting.movements WHERE kind = 'stage' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

SELECT lifecycle.detach(store) FROM unnest('{reloading, importing, joining, grading, fitting}'::text[]) AS store;
DROP TABLE reloaded, kept, archived, members, bought, graded, aging;
