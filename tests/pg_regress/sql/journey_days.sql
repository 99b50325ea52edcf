-- days that profiles and events say: entries by a date of every year, and waits that end with a day, which may move
SET timezone = 'UTC';
SET client_min_messages = warning;
\pset null '-'
\i send.sql
CREATE TABLE booker (id integer PRIMARY KEY, travels date, checks_in timestamptz, born date, zone text);
CREATE TABLE booking (customer integer, at timestamptz, amount numeric);
INSERT INTO booker (id) SELECT generate_series(1, 40);
INSERT INTO booking SELECT i, timestamptz '2024-01-01' + i * interval '1 hour', 20 FROM generate_series(1, 40) AS i;
SELECT lifecycle.attach('travel', orders => 'booking', customer => 'customer', ordered_at => 'at', amount => 'amount', customers => 'booker',
    customers_key => 'id', attributes => '{travels,checks_in,born,zone}', time_zone => 'Europe/Berlin', settings => '{"reader": ""}');
CALL lifecycle.refresh('travel', '2024-01-10');
SELECT lifecycle.set_journey_policy('travel', '{"time_zone": "zone", "consent": "assumed"}');
CREATE PROCEDURE pg_temp.start(journey_name text, definition jsonb) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lifecycle.create_journey('travel', journey_name, definition, start => true);
    UPDATE travel_data.journey AS j SET started_at = '2024-01-10' WHERE j.name = journey_name;
END $$;
CREATE PROCEDURE pg_temp.go(at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    CALL lifecycle.refresh('travel', at);
    CALL lifecycle.run_journeys('travel', at);
END $$;
CREATE PROCEDURE pg_temp.happen(kind text, customers int4range, at timestamptz, detail jsonb DEFAULT NULL) LANGUAGE sql AS $$
    SELECT count(lifecycle.record_event('travel', kind, NULL, customer => i::text, at => at, detail => detail))
    FROM generate_series(lower(customers), upper(customers) - 1) AS i
$$;
CREATE TEMP VIEW waits AS
    SELECT c.journey, c.customer, c.step, c.step_since, c.due_at, c.outcome, d.reason, d.decided_at
    FROM travel.journey_customers AS c JOIN travel_data.journey AS j ON j.name = c.journey
        LEFT JOIN travel_data.decision AS d ON (d.customer, d.journey, d.entry, d.kind) = (c.customer, j.journey, c.entry, 'waited')
    ORDER BY c.journey, c.customer;

-- A birthday comes every year, on 29 February in years without one the day before; once if the definition says so.
UPDATE booker SET born = CASE id WHEN 40 THEN date '1996-02-29' ELSE '1980-06-10' END WHERE id >= 31;
CALL pg_temp.start('birthday', '{"entry": {"date": "born", "every_year": true, "at": "10:00"}, "steps": [
    {"name": "card", "act": {"channel": "post", "template": "card"}}, {"name": "end", "exit": "sent"}]}');
CALL pg_temp.start('once', '{"entry": {"date": "born", "every_year": true, "at": "10:00"}, "reentry": "once", "steps": [{"name": "end", "exit": "sent"}]}');
CALL pg_temp.go('2024-02-28 10:05');
CALL pg_temp.go('2024-02-29 08:59');
CALL pg_temp.go('2024-02-29 09:00');
SELECT journey, customer, entered_at, triggered_at FROM travel.journey_customers ORDER BY journey;

-- Three days before the day of travel, at nine by the customer's clocks. The customers come to the step on 1 March at noon.
CALL pg_temp.start('reminder', '{"entry": {"event": "booked"}, "steps": [
    {"name": "day", "wait": {"date": "travels", "offset": "-3 days", "at": "09:00", "else": "too_late"}},
    {"name": "letter", "act": {"channel": "email", "template": "reminder"}}, {"name": "end", "exit": "sent"},
    {"name": "too_late", "exit": "too late"}]}');
UPDATE booker SET travels = CASE id
    WHEN 1 THEN date '2024-03-10' WHEN 2 THEN '2024-03-10' WHEN 3 THEN '2024-03-10' WHEN 4 THEN '2024-03-10' WHEN 5 THEN '2024-03-10' WHEN 6 THEN '2024-03-10'
    WHEN 7 THEN NULL
    -- Nine o'clock on 1 March was three hours ago in Berlin, and is yet to come in New York.
    WHEN 8 THEN '2024-03-04' WHEN 9 THEN '2024-03-04'
    WHEN 10 THEN 'infinity' WHEN 11 THEN '-infinity' WHEN 12 THEN '2023-01-01' WHEN 13 THEN '9999-12-31' WHEN 14 THEN '10000-01-01' WHEN 15 THEN '0044-03-15 BC'
    -- The clocks go forward on 31 March in Berlin, so that nine is at seven by UTC; 29 February is a day.
    WHEN 16 THEN '2024-04-03' WHEN 17 THEN '2028-03-03' END,
    zone = CASE id WHEN 9 THEN 'America/New_York' WHEN 3 THEN 'Mars/Phobos' END
WHERE id <= 17;
CALL lifecycle.refresh('travel', '2024-03-01 10:00');
CALL pg_temp.happen('booked', '[1,18)', '2024-03-01 10:30');
CALL lifecycle.run_journeys('travel', '2024-03-01 11:00');
SELECT * FROM waits WHERE journey = 'reminder';
-- The day moves earlier, later, into the time before the customer waits, and is taken away; a customer moves to other clocks, and one is gone.
UPDATE booker SET travels = CASE id WHEN 2 THEN date '2024-03-08' WHEN 3 THEN '2024-03-12' WHEN 4 THEN '2024-03-01' WHEN 5 THEN NULL ELSE travels END,
    zone = CASE id WHEN 6 THEN 'Pacific/Auckland' WHEN 9 THEN 'America/New_York' END
WHERE id <= 17;
DELETE FROM booker WHERE id = 16;
DELETE FROM booking WHERE customer = 16;
-- Without a refresh nobody knows that.
CALL lifecycle.run_journeys('travel', '2024-03-02 11:00');
SELECT count(*) FILTER (WHERE due_at = '2024-03-07 08:00') AS as_before FROM waits WHERE journey = 'reminder';
CALL pg_temp.go('2024-03-02 12:00');
SELECT * FROM waits WHERE journey = 'reminder' AND customer <= 16;
-- Two days ahead of the first plan; a minute before its time nothing happens, and at its time it does.
CALL lifecycle.run_journeys('travel', '2024-03-05 07:59');
CALL lifecycle.run_journeys('travel', '2024-03-05 08:00');
CALL lifecycle.run_journeys('travel', '2024-03-07 08:00');
SELECT customer, template, decided_at FROM travel.journey_actions ORDER BY decided_at, customer;
-- A day that moves to one that has passed since the customer waits is a day that is reached.
UPDATE booker SET travels = '2024-03-09' WHERE id = 3;
CALL pg_temp.go('2024-03-08 12:00');
SELECT * FROM waits WHERE journey = 'reminder' AND customer = 3;
-- It is noted once, whatever moved meanwhile, and the round is one more than at the beginning.
SELECT round, count(*) FROM travel_data.decision WHERE customer = 3 AND kind = 'waited' GROUP BY round;

-- A wait for an instant of the profile: its day by the customer's clocks, at midnight. After a rest the customer comes to it at once.
CALL pg_temp.start('stay', '{"entry": {"event": "reserved"}, "steps": [{"name": "rest", "wait": {"for": "1 hour"}},
    {"name": "day", "wait": {"date": "checks_in", "offset": "1 day", "else": "other"}}, {"name": "end", "exit": "done"}, {"name": "other", "exit": "no day"}]}');
UPDATE booker SET checks_in = CASE id WHEN 21 THEN timestamptz '2024-03-10 22:59:59' WHEN 22 THEN '2024-03-10 23:00' WHEN 23 THEN 'infinity' WHEN 24 THEN '-infinity'
    -- In the zone of 25 the clocks go forward at midnight, so that the day begins at one.
    WHEN 25 THEN '2024-09-07 12:00' WHEN 26 THEN '2024-03-08 03:00' END,
    zone = CASE id WHEN 25 THEN 'America/Santiago' WHEN 26 THEN 'America/New_York' END
WHERE id BETWEEN 21 AND 26;
CALL pg_temp.go('2024-03-09 12:00');
CALL pg_temp.happen('reserved', '[21,27)', '2024-03-09 12:00');
CALL lifecycle.run_journeys('travel', '2024-03-09 13:00');
CALL lifecycle.run_journeys('travel', '2024-03-09 14:00');
SELECT * FROM waits WHERE journey = 'stay';

-- The day that the event of the entry says: for each entry its own, as a date, as an instant by its offset, or by the customer's clocks.
CALL pg_temp.start('delivery', '{"entry": {"event": "shipped", "key": "parcel"}, "steps": [
    {"name": "day", "wait": {"date": {"event": ["delivery", "on"]}, "offset": "14 days", "at": "10:00", "else": "other"}},
    {"name": "review", "exit": "asked"}, {"name": "other", "exit": "no day"}]}');
CREATE TEMP TABLE shipped (parcel serial, said text);
INSERT INTO shipped (said) VALUES ('"2024-03-11"'), ('"2024-03-11T23:30"'), ('"2024-03-11T23:30:00Z"'), ('"2024-02-01"'), ('"soon"'), ('20240311'), ('null'),
    ('["2024-03-11"]'), ('"infinity"'), ('"2024-02-30"'), ('"9999-12-31"'), ('"0001-01-01"'), ('"2024-02-29"'), ('"2024-03-11T12:00:00+15:59"');
SELECT count(lifecycle.record_event('travel', 'shipped', NULL, customer => '30', at => '2024-03-10 10:00',
    detail => jsonb_build_object('parcel', parcel, 'delivery', jsonb_build_object('on', said::jsonb)))) FROM shipped;
CALL lifecycle.run_journeys('travel', '2024-03-10 11:00');
SELECT s.parcel, s.said, c.due_at, d.reason FROM shipped AS s
    LEFT JOIN travel.journey_customers AS c ON c.journey = 'delivery' AND c.occasion = s.parcel::text
    LEFT JOIN travel_data.decision AS d ON (d.customer, d.entry, d.kind) = (30, c.entry, 'waited')
        AND d.journey = (SELECT journey FROM travel_data.journey WHERE name = 'delivery')
ORDER BY s.parcel;

-- What an event says is compared by the clocks of its customer: midnight of 10 March in Berlin, and for one whom the store does not know
-- yet, is the border itself; in New York it comes later.
CALL pg_temp.start('told', '{"entry": {"event": "told", "where": {"event": "on", "at_most": "2024-03-10"}}, "steps": [{"name": "end", "exit": "done"}]}');
SELECT count(lifecycle.record_event('travel', 'told', NULL, customer => id, at => '2024-03-10 10:30', detail => '{"on": "2024-03-10T00:00"}'))
FROM unnest('{1,9,99}'::text[]) AS id;
CALL lifecycle.run_journeys('travel', '2024-03-10 11:30');
SELECT customer FROM travel.journey_customers WHERE journey = 'told' ORDER BY customer;

-- The years after. A birthday that the customer corrects is the same birthday: 38 gets no second card in 2024, and the next ones come in 2025.
CREATE PROCEDURE pg_temp.live(days timestamptz[]) LANGUAGE plpgsql AS $$
DECLARE day timestamptz;
BEGIN
    FOREACH day IN ARRAY days LOOP
        CALL pg_temp.go(day);
        PERFORM pg_temp.send('travel');
        CALL lifecycle.run_journeys('travel', day + interval '1 minute');
    END LOOP;
END $$;
CALL pg_temp.live('{2024-06-10 10:05}');
UPDATE booker SET born = CASE id WHEN 38 THEN date '1980-06-12' ELSE '1980-06-09' END WHERE id IN (38, 39);
CALL pg_temp.live('{2024-06-12 10:05,2025-02-28 10:05,2025-03-01 10:05,2025-06-09 10:05,2025-06-10 10:05,2025-06-12 10:05,2026-06-10 10:05}');
SELECT journey, entered_at::date AS day, count(*) FROM travel.journey_customers WHERE journey IN ('birthday', 'once') GROUP BY 1, 2 ORDER BY 1, 2;

-- What was decided later than the instant of a run is not taken up by it.
CALL pg_temp.start('early', '{"entry": {"event": "asked"}, "steps": [{"name": "letter", "act": {"channel": "sms", "template": "early"}}, {"name": "end", "exit": "sent"}]}');
CALL pg_temp.happen('asked', '[1,2)', '2026-06-11 10:00');
CALL lifecycle.run_journeys('travel', '2026-06-11 12:00');
SELECT pg_temp.send('travel');
CALL lifecycle.run_journeys('travel', '2026-06-11 11:00');
SELECT customer, step, due_at, ended_at FROM travel.journey_customers WHERE journey = 'early';
CALL lifecycle.run_journeys('travel', '2026-06-11 12:00');
SELECT customer, step, due_at, ended_at FROM travel.journey_customers WHERE journey = 'early';
DROP VIEW waits;
SELECT lifecycle.detach(store, discard => true) FROM unnest('{travel}'::text[]) AS store;
DROP TABLE booker, booking;
