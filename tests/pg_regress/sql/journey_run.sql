-- journeys run: the chain that everybody asks for first, held against plain SQL
SET timezone = 'UTC';
-- a refresh says how far it is once it takes more than a second
SET client_min_messages = warning;
\pset null '-'
\i send.sql
CREATE TABLE sales (customer_id integer NOT NULL, ordered_at timestamptz NOT NULL, amount numeric NOT NULL);
CREATE INDEX ON sales (customer_id);
INSERT INTO sales SELECT i % 100, timestamptz '2024-01-01' + i * interval '3 hours', 10 FROM generate_series(1, 300) AS i;
SELECT lifecycle.attach('chain', orders => 'sales', customer => 'customer_id', ordered_at => 'ordered_at', amount => 'amount',
    settings => '{"reader": ""}');
CALL lifecycle.refresh('chain', '2024-03-01 12:00+00');
SELECT lifecycle.create_journey('chain', 'welcome', '{
    "entry": {"event": "registered"}, "control": 0.2,
    "steps": [
        {"name": "letter_1", "act": {"channel": "email", "template": "first", "payload": {"of": {"profile": "orders"}}}},
        {"name": "wait_1", "wait": {"for": "3 days"}},
        {"name": "opened", "branch": [{"if": {"event": "opened", "of": "letter_1"}, "then": "bought"}]},
        {"name": "letter_2", "act": {"channel": "email", "template": "second"}},
        {"name": "wait_2", "wait": {"for": "3 days"}},
        {"name": "bought", "branch": [{"if": {"bought": true}, "then": "end"}]},
        {"name": "letter_3", "act": {"channel": "email", "template": "third"}},
        {"name": "end", "exit": "through"}]}', start => true);
-- What happened before the start would be no occasion.
UPDATE chain_data.journey SET started_at = '2024-03-01';

-- A hundred register; nobody twice, whatever the batch.
SELECT count(*) FILTER (WHERE lifecycle.record_event('chain', 'registered', 'r' || i, customer => i::text, at => '2024-03-01 13:00+00'))
FROM generate_series(1, 100) AS i;
CALL lifecycle.run_journeys('chain', '2024-03-01 14:00+00', batch => 7);
CALL lifecycle.run_journeys('chain', '2024-03-01 14:00+00');
SELECT count(*), count(DISTINCT customer), min(decided_at), max(decided_at) FROM chain_data.action;
SELECT count(*) AS differ FROM chain_data.action
WHERE (control IS NOT DISTINCT FROM 'journey') <>
    (('x' || left(encode(sha256(convert_to('journey/welcome/' || customer, 'UTF8')), 'hex'), 13))::bit(52)::bigint / 2.0 ^ 52 < 0.2)
    OR (status = 'withheld') <> (control = 'journey');
SELECT pg_temp.send('chain') BETWEEN 60 AND 95 AS most_are_sent;
SELECT payload FROM chain_data.action WHERE customer IN (1, 100) ORDER BY customer;

-- Those of even numbers open the letter; twenty of all buy.
SELECT count(*) FILTER (WHERE lifecycle.record_event('chain', 'opened', 'o' || id, action => id, at => '2024-03-02 09:00+00'))
    = count(*) AS all_new
FROM chain_data.action WHERE customer % 2 = 0 AND status = 'done';
INSERT INTO sales SELECT i, '2024-03-03', 5 FROM generate_series(1, 20) AS i;
CALL lifecycle.refresh('chain', '2024-03-03 12:00+00');
CALL lifecycle.run_journeys('chain', '2024-03-03 12:00+00');
SELECT outcome, count(*), array_agg(DISTINCT customer ORDER BY customer) = (SELECT array_agg(i) FROM generate_series(1, 20) AS i) AS who_bought
FROM chain_data.enrollment WHERE ended_at IS NOT NULL GROUP BY outcome;
CALL lifecycle.run_journeys('chain', '2024-03-04 13:59+00');
SELECT count(*) FROM chain_data.action WHERE step > 1;
-- The letters were sent somewhat later than they were decided.
CALL lifecycle.run_journeys('chain', '2024-03-04 14:10+00');
SELECT pg_temp.send('chain') > 0 AS some;
CALL lifecycle.run_journeys('chain', '2024-03-07 14:20+00');
SELECT pg_temp.send('chain') > 0 AS some;
CALL lifecycle.run_journeys('chain', '2024-03-07 14:21+00');
-- The second letter is for who did not open the first, the third for whoever has bought nothing; so it is in the control group.
SELECT count(*) AS differ FROM generate_series(1, 100) AS i
WHERE (SELECT array_agg(template ORDER BY id) FROM chain_data.action WHERE customer = i) IS DISTINCT FROM
    '{first}'::text[]
    || CASE WHEN i > 20 AND NOT (i % 2 = 0 AND EXISTS (SELECT FROM chain_data.action WHERE customer = i AND status <> 'withheld'))
        THEN '{second}'::text[] ELSE '{}' END
    || CASE WHEN i > 20 THEN '{third}'::text[] ELSE '{}' END;
SELECT outcome, count(*) FROM chain_data.enrollment GROUP BY outcome ORDER BY outcome;

-- Caps and quiet hours postpone, and say so; what cannot be sent in time is dropped.
SELECT lifecycle.set_journey_policy('chain', '{"caps": [{"per": "1 day", "most": 1}], "quiet_hours": {"from": "21:00", "to": "09:00"},
    "deadline": "1 day"}');
SELECT lifecycle.create_journey('chain', 'twice', '{"entry": {"event": "trial"}, "steps": [
    {"name": "one", "act": {"channel": "email", "template": "one"}},
    {"name": "two", "act": {"channel": "email", "template": "two", "deadline": "13 hours"}},
    {"name": "three", "act": {"channel": "sms", "template": "three"}},
    {"name": "end", "exit": "done"}]}', start => true);
UPDATE chain_data.journey SET started_at = '2024-03-01';
SELECT lifecycle.record_event('chain', 'trial', 't1', customer => '500', at => '2024-03-10 21:30+00');
CALL lifecycle.run_journeys('chain', '2024-03-10 22:00+00');
CALL lifecycle.run_journeys('chain', '2024-03-11 09:00+00');
SELECT pg_temp.send('chain');
CALL lifecycle.run_journeys('chain', '2024-03-11 09:01+00');
CALL lifecycle.run_journeys('chain', '2024-03-11 22:05+00');
CALL lifecycle.run_journeys('chain', '2024-03-12 09:05+00');
SELECT pg_temp.send('chain');
CALL lifecycle.run_journeys('chain', '2024-03-12 09:06+00');
SELECT s.name AS step, a.decided_at FROM chain_data.action AS a JOIN chain_data.journey_step AS s USING (journey, version, step)
WHERE a.customer = 500 ORDER BY a.id;
SELECT decided_at, kind, reason FROM chain_data.decision WHERE customer = 500 ORDER BY id;

-- One decision at a step: a state that was set back does not decide it again, and that is the key's doing.
BEGIN;
UPDATE chain_data.enrollment SET step = 1, round = 1, due_at = '2024-03-20', ended_at = NULL, outcome = NULL WHERE customer = 500;
SAVEPOINT with_key;
CALL lifecycle.run_journeys('chain', '2024-03-20 12:00+00');
SELECT count(*) FROM chain_data.action WHERE customer = 500 AND step = 1;
ROLLBACK TO with_key;
ALTER TABLE chain_data.action DROP CONSTRAINT action_decided_once;
CALL lifecycle.run_journeys('chain', '2024-03-20 12:00+00');
ROLLBACK;

-- Whoever wants nothing more gets nothing more.
SELECT lifecycle.record_event('chain', 'trial', 't2', customer => '501', at => '2024-03-20 11:00+00');
SELECT lifecycle.record_event('chain', 'unsubscribed', 'u2', customer => '501', at => '2024-03-20 11:30+00', channel => 'email');
CALL lifecycle.run_journeys('chain', '2024-03-20 12:00+00');
SELECT channel FROM chain_data.action WHERE customer = 501;
SELECT kind, reason FROM chain_data.decision WHERE customer = 501 ORDER BY id;

-- The past, without a trace: whoever had bought since the last of the daily instants enters.
SELECT kind, step, sum(customers) AS customers, count(DISTINCT day) AS days
FROM lifecycle.simulate_journey('chain', '{"entry": {"event": "ordered"}, "reentry": "always", "steps": [
    {"name": "thanks", "act": {"channel": "email", "template": "t"}}, {"name": "end", "exit": "done"}]}',
    '2024-01-10 12:00+00', '2024-01-20 12:00+00')
GROUP BY kind, step ORDER BY kind, step;
SELECT count(DISTINCT (customer_id, ceil(extract(epoch FROM ordered_at - '2024-01-10 12:00+00') / 86400))) AS buyers_by_instants
FROM sales WHERE ordered_at >= '2024-01-10 12:00+00' AND ordered_at <= '2024-01-20 12:00+00';
SELECT count(*) FROM pg_class WHERE relname LIKE 'lifecycle_simulated%';

-- Refusals.
CALL lifecycle.run_journeys('chain', 'infinity');
\set VERBOSITY terse
CALL lifecycle.run_journeys('chain', now() + interval '2 days');
\set VERBOSITY default
CALL lifecycle.run_journeys('chain', batch => 0);
CALL lifecycle.run_journeys('chain', NULL);
CALL lifecycle.run_journeys('nowhere');
BEGIN ISOLATION LEVEL REPEATABLE READ;
CALL lifecycle.run_journeys('chain', '2024-03-21');
ROLLBACK;
SELECT lifecycle.simulate_journey('chain', '{}', '2024-01-01', '2024-01-02');
SELECT lifecycle.simulate_journey('chain', lifecycle.ready_made_journey('welcome'), '2024-01-02', '2024-01-01');
SELECT lifecycle.simulate_journey('chain', lifecycle.ready_made_journey('welcome'), '2024-01-01', '2024-01-02', every => '0');
SELECT lifecycle.simulate_journey('chain', lifecycle.ready_made_journey('welcome'), '2024-01-01', '2024-01-02', assume => '{"open": 2}');

SELECT lifecycle.detach('chain', discard => true);
DROP TABLE sales;
