-- How large an experiment must be: on the CDNOW sample, whose power is known, and where nothing can be said.
SET client_min_messages = warning;
SET timezone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)
CREATE TABLE power_sale (member int, sold_on date, cds int, amount numeric);
\copy power_sale FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
SELECT lifecycle.attach('power', orders => 'power_sale', customer => 'member', ordered_at => 'sold_on', amount => 'amount', time_zone => 'UTC',
    settings => '{"reader": ""}');
CALL lifecycle.refresh('power', as_of => '1998-06-30');

-- All customers enter at the end of September 1997, and their windows end with the data. A randomisation test finds +20 % in 13 of 100 splits
-- with 10 % control, in 31 with 30 %, and a little more often adjusted: 400 splits each, so that these have standard errors of 2.
\set definition '{"entry": {"condition": {"profile": "orders", "at_least": 1}, "existing": true}, "goal": {"bought": true, "within": "273 days"}, "steps": [{"name": "end", "exit": "done"}]}'
SELECT control_share, duration, customers, buyers_in_control, abs(power - expected) < 0.05 AS power_is_known,
    power_adjusted > power AS adjusted_is_larger, smallest_lift > 0.3 AND smallest_lift_adjusted < smallest_lift AS lift_is_larger
FROM lifecycle.experiment_power('power', :'definition'::jsonb, 0.2, '1997-09-30', '1997-09-30', '{0.1,0.3}', '{1 day}')
    JOIN (VALUES (0.1, 0.13), (0.3, 0.31)) AS known (share, expected) ON known.share = control_share ORDER BY control_share;
-- The same figures in plain SQL.
SELECT count(*) AS customers, round(0.1 * count(*) FILTER (WHERE spent > 0)) AS buyers_in_control
FROM (SELECT sum(amount) FILTER (WHERE sold_on > '1997-09-30') AS spent FROM power_sale GROUP BY member) AS customer;
-- The same arguments have the same answer, a larger lift is found more often, a smaller confidence suffices more often, and a loss is found too.
SELECT count(DISTINCT p::text) AS answers FROM generate_series(1, 2),
    LATERAL lifecycle.experiment_power('power', :'definition'::jsonb, 0.2, '1997-09-30', '1997-09-30', '{0.3}', '{1 day}') AS p;
SELECT large.power > small.power AS larger_lift, unsure.power > small.power AS smaller_confidence, loss.power > 0.5 AS loss, loss.smallest_lift < 0 AS smallest_loss
FROM lifecycle.experiment_power('power', :'definition', 0.2, '1997-09-30', '1997-09-30', '{0.3}', '{1 day}') AS small,
    lifecycle.experiment_power('power', :'definition', 0.4, '1997-09-30', '1997-09-30', '{0.3}', '{1 day}') AS large,
    lifecycle.experiment_power('power', :'definition', 0.2, '1997-09-30', '1997-09-30', '{0.3}', '{1 day}', confidence => 0.8) AS unsure,
    lifecycle.experiment_power('power', :'definition', -0.4, '1997-09-30', '1997-09-30', '{0.3}', '{1 day}') AS loss;

-- Customers who enter with an order: counted by plain SQL within the time that was played, and beyond it at the pace of its second half.
\set orders '{"entry": {"event": "ordered"}, "reentry": "always", "goal": {"bought": true, "within": "90 days"}, "steps": [{"name": "end", "exit": "done"}]}'
SELECT duration, customers, power IS NOT NULL AS has_power
FROM lifecycle.experiment_power('power', :'orders'::jsonb, 0.1, '1997-10-01', '1997-11-10', '{0.5}', '{10 days,30 days,60 days}');
SELECT count(*) FILTER (WHERE first < '1997-10-11') AS within_10_days, count(*) FILTER (WHERE first < '1997-10-31') AS within_30_days,
    count(*) + count(*) FILTER (WHERE first > '1997-10-21') AS within_60_days
FROM (SELECT min(sold_on) AS first FROM power_sale WHERE sold_on BETWEEN '1997-09-30' AND '1997-11-10' AND sold_on > '1997-09-30' GROUP BY member) AS entry;
-- The default is the last 90 days whose windows are over.
SELECT (SELECT array_agg(p::text) FROM lifecycle.experiment_power('power', :'orders'::jsonb, 0.1, control_shares => '{0.2}', durations => '{30 days}', every => '10 days') AS p)
    = (SELECT array_agg(p::text) FROM lifecycle.experiment_power('power', :'orders'::jsonb, 0.1, '1998-01-01', '1998-04-01', '{0.2}', '{30 days}', every => '10 days') AS p) AS same;
SELECT count(*), min(duration), max(duration), min(control_share), max(control_share) FROM lifecycle.experiment_power('power', :'orders', 0.1, every => '30 days');

-- More customers than are drawn: what is found grows with them.
SET client_min_messages = notice;
SELECT customers > 20000 AS many, power > 0.99 AS found, smallest_lift < 0.1 AS smaller
FROM lifecycle.experiment_power('power', :'orders', 0.2, '1997-10-01', '1997-10-08', '{0.5}', '{10 years}', every => '3 days');
SET client_min_messages = warning;

-- Nothing can be said, and a notice says why. A dry run that takes longer than a second would say so, too.
SET client_min_messages = notice;
SELECT * FROM lifecycle.experiment_power('power', '{"entry": {"event": "trial"}, "steps": [{"name": "end", "exit": "done"}]}'::jsonb, 0.1, durations => '{30 days}', control_shares => '{0.1}', every => '30 days');
SELECT * FROM lifecycle.experiment_power('power', :'orders', 0.1, '1998-06-01', '1998-06-10', '{0.1}', '{30 days}', every => '3 days');
SELECT * FROM lifecycle.experiment_power('power', :'definition', 0.1, '1998-06-01', '1998-06-01', '{0.1}', '{1 day}');
SELECT * FROM lifecycle.experiment_power('power', '{"entry": {"event": "ordered"}, "who": {"profile": "spend", "at_least": 1500}, "goal": {"bought": true, "within": "1 minute"}, "steps": [{"name": "end", "exit": "done"}]}'::jsonb,
    0.1, '1997-10-01', '1997-11-01', '{0.1}', '{30 days}', every => '6 days');
SELECT customers < 20 AS few, buyers_in_control, power IS NULL AS unknown FROM lifecycle.experiment_power('power', '{"entry": {"event": "ordered"}, "who": {"profile": "spend", "at_least": 1000}, "steps": [{"name": "end", "exit": "done"}]}'::jsonb,
    0.1, '1997-10-01', '1997-11-01', '{0.01,0.5}', '{30 days}', every => '6 days');

SET client_min_messages = warning;

-- What is refused.
\set VERBOSITY verbose
\set SHOW_CONTEXT never
CREATE FUNCTION refused(arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text;
BEGIN
    EXECUTE 'SELECT count(*) FROM lifecycle.experiment_power(' || arguments || ')';
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', state, message, nullif(detail, ''));
END $$;
SELECT arguments, refused(replace(arguments, '{}', format('%L::jsonb', :'orders')))
FROM unnest(ARRAY[
    '''nowhere'', {}, 0.1', 'NULL, {}, 0.1', '''power'', NULL::jsonb, 0.1', '''power'', NULL::text, 0.1', '''power'', ''no journey'', 0.1', '''power'', ''[]''::jsonb, 0.1',
    '''power'', {}, NULL', '''power'', {}, 0', '''power'', {}, -1', '''power'', {}, 17', '''power'', {}, ''NaN''', '''power'', {}, ''-Infinity''', '''power'', {}, 1e300',
    '''power'', {}, 0.1, ''1998-01-02'', ''1998-01-01''', '''power'', {}, 0.1, ''-infinity''', '''power'', {}, 0.1, until => ''infinity''',
    '''power'', {}, 0.1, control_shares => NULL', '''power'', {}, 0.1, control_shares => ARRAY[]::float8[]', '''power'', {}, 0.1, control_shares => ''{0}''',
    '''power'', {}, 0.1, control_shares => ''{0.1,1}''', '''power'', {}, 0.1, control_shares => ''{NaN}''', '''power'', {}, 0.1, control_shares => ''{0.1,NULL}''',
    '''power'', {}, 0.1, control_shares => ''{{0.1},{0.2}}''', '''power'', {}, 0.1, control_shares => array_fill(0.1::float8, ARRAY[100000])',
    '''power'', {}, 0.1, durations => NULL', '''power'', {}, 0.1, durations => ARRAY[]::interval[]', '''power'', {}, 0.1, durations => ''{NULL}''', '''power'', {}, 0.1, durations => ''{0 days}''',
    '''power'', {}, 0.1, durations => ''{-3 days}''', '''power'', {}, 0.1, durations => ''{11 years}''', '''power'', {}, 0.1, durations => ''{178000000 years}''',
    '''power'', {}, 0.1, durations => array_fill(interval ''1 day'', ARRAY[21])',
    '''power'', {}, 0.1, confidence => NULL', '''power'', {}, 0.1, confidence => 1', '''power'', {}, 0.1, confidence => ''NaN''',
    '''power'', {}, 0.1, every => NULL', '''power'', {}, 0.1, every => ''0 days''', '''power'', {}, 0.1, every => ''1 second''',
    '''power'', {}, 0.1, every => ''30 days'', confidence => 0.999999, durations => ''{30 days}''']) WITH ORDINALITY AS asked (arguments, number)
ORDER BY number;
-- Nothing stays.
SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relname LIKE 'lifecycle%';
\set VERBOSITY default

-- A journey of another owner, and a store that was never refreshed.
CREATE ROLE power_stranger;
SET ROLE power_stranger;
SELECT * FROM lifecycle.experiment_power('power', 'any', 0.1);
RESET ROLE;
DROP ROLE power_stranger;

SET client_min_messages = notice;
-- Creating a journey with a control group says how many customers it needs. Refreshed never, without a control group, again the same, and
-- where few customers have bought of late, it says nothing.
SELECT lifecycle.create_journey('power', 'controlled', :'orders'::jsonb || '{"control": 0.1}');
SELECT lifecycle.create_journey('power', 'controlled', :'orders'::jsonb || '{"control": 0.1}', start => true);
SELECT lifecycle.create_journey('power', 'controlled', :'orders'::jsonb || '{"control": 0.1}');
SELECT lifecycle.create_journey('power', 'controlled', :'orders'::jsonb || '{"control": 0.5}');
SELECT lifecycle.create_journey('power', 'plain', :'orders');
SELECT lifecycle.create_journey('power', 'at_once', '{"entry": {"event": "ordered"}, "goal": {"bought": true, "within": "1 minute"}, "control": 0.1, "steps": [{"name": "end", "exit": "done"}]}');
SET client_min_messages = warning;
SELECT control_share, duration, customers > 0 AS has_customers FROM lifecycle.experiment_power('power', 'controlled', 0.2, control_shares => '{0.5}', durations => '{30 days}', every => '10 days');
SELECT lifecycle.detach('power');
TRUNCATE power_sale;
SELECT lifecycle.attach('power', orders => 'power_sale', customer => 'member', ordered_at => 'sold_on', amount => 'amount', settings => '{"reader": ""}');
SET client_min_messages = notice;
SELECT lifecycle.create_journey('power', 'controlled', :'orders'::jsonb || '{"control": 0.1}');
SELECT * FROM lifecycle.experiment_power('power', 'controlled', 0.1);
SET client_min_messages = warning;
CALL lifecycle.refresh('power', as_of => '1998-06-30');
SET client_min_messages = notice;
SELECT lifecycle.create_journey('power', 'controlled', :'orders'::jsonb || '{"control": 0.2}');
SET client_min_messages = warning;
SELECT lifecycle.detach('power');
DROP FUNCTION refused;
DROP TABLE power_sale;
