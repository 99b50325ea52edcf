-- Ready-made journeys with their defaults, started on the customers of CDNOW and played for ten years: each entry has an
-- occasion of the customer's own, an order, a silence or a change that time made, and the start alone is nobody's occasion.
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'UTC';
\i send.sql
CREATE TABLE discs (customer_id integer, ordered_on date, cds integer, amount numeric);
\copy discs FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
CREATE INDEX ON discs (customer_id);
SELECT lifecycle.attach('discs', orders => 'discs', customer => 'customer_id', ordered_at => 'ordered_on', amount => 'amount',
    time_zone => 'UTC', settings => '{"reader": "", "sender": ""}');
CALL lifecycle.refresh('discs', as_of => '1997-07-01');
-- A step of this test is a month or more, and brings in as many as that.
SELECT lifecycle.set_journey_policy('discs', '{"max_entries": 2357}');
SELECT count(lifecycle.create_ready_made('discs', name)), count(lifecycle.start_journey('discs', name, started_at => '1997-07-01'))
FROM unnest('{welcome,post_purchase,replenishment,at_risk,win_back,vip,referral}'::text[]) AS name;
CALL lifecycle.run_journeys('discs', as_of => '1997-07-01 00:01');
SELECT count(*) AS because_of_the_start FROM discs.journey_customers;
CREATE TABLE steps AS
    SELECT day FROM generate_series(timestamptz '1997-07-15 12:00', '2007-07-01', '1 month') AS day
    WHERE day < '1999-01-01' OR extract(month FROM day) IN (1, 7);
DO $$
DECLARE
    step timestamptz;
BEGIN
    FOR step IN SELECT day FROM steps ORDER BY day LOOP
        CALL lifecycle.refresh('discs', as_of => step);
        CALL lifecycle.run_journeys('discs', as_of => step);
        PERFORM pg_temp.send('discs');
        -- As the server does by itself, but not within one transaction.
        ANALYZE discs_data.enrollment, discs_data.action, discs_data.event;
    END LOOP;
END $$;
SELECT name, status FROM (SELECT journey AS name, status FROM discs.journeys) AS journeys WHERE status <> 'live';
SELECT journey, count(*) > 0 AS entered FROM discs.journey_customers GROUP BY journey ORDER BY journey;
SELECT count(*) AS without_an_order FROM discs.journey_customers AS entered
WHERE journey = 'post_purchase' AND NOT EXISTS (SELECT FROM discs AS own
    WHERE own.customer_id = entered.customer AND own.ordered_on = (entered.triggered_at AT TIME ZONE 'UTC')::date);
SELECT count(*) AS without_a_silence FROM discs.journey_customers AS entered
WHERE journey = 'win_back' AND EXISTS (SELECT FROM discs AS own WHERE own.customer_id = entered.customer
    AND own.ordered_on > entered.entered_at - interval '12 months' AND own.ordered_on <= entered.entered_at);
SELECT count(*) AS not_moved_by_time FROM discs.journey_customers AS entered
WHERE journey = 'at_risk' AND NOT EXISTS (SELECT FROM discs.movements AS move WHERE move.customer = entered.customer
    AND move.at = entered.triggered_at AND move.kind = 'stage' AND move.moved_to = 'at_risk' AND NOT move.refitted);
SELECT count(*) AS without_an_order_since_the_refresh_before FROM discs.journey_customers AS entered
WHERE journey = 'vip' AND NOT EXISTS (SELECT FROM discs AS own WHERE own.customer_id = entered.customer AND own.ordered_on <= entered.entered_at
    AND own.ordered_on > (SELECT max(day) FROM (TABLE steps UNION ALL VALUES (timestamptz '1997-07-01')) AS past (day) WHERE day < entered.entered_at) - interval '1 day');
SELECT lifecycle.detach('discs', discard => true);
DROP TABLE discs, steps;
