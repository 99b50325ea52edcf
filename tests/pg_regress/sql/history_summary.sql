-- reading a history
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

CREATE TEMP TABLE customers (name text, h purchase_history);
INSERT INTO customers VALUES
    ('anna', '{2024-01-01T09:00:00Z 100, 2024-01-01T18:00:00Z 7.50, 2024-01-11T12:00:00Z 20.25, 2024-01-16T23:30:00Z 40, 2024-02-20T10:00:00Z -20.25, 2024-03-01T08:00:00Z 10.0001}'),
    ('once', '{2024-03-01T08:00:00Z 0}'),
    ('only a refund', '{2024-03-01T08:00:00Z -5}'),
    ('empty', '{}'),
    ('null', NULL);

-- each reading by hand, at the end of the quarter
SELECT name, num_purchases(h, '2024-04-01'), num_purchase_days(h, '2024-04-01'), first_purchase(h, '2024-04-01'), last_purchase(h, '2024-04-01') FROM customers;
SELECT name, total_spend(h, '2024-04-01'), average_order_value(h, '2024-04-01') FROM customers;
SELECT name, recency(h, '2024-04-01'), tenure(h, '2024-04-01'), mean_gap(h, '2024-04-01'), median_gap(h, '2024-04-01') FROM customers;
SELECT name, until(h, '2024-01-11 12:00') FROM customers;
SELECT name, p.* FROM customers, purchases(h, '2024-04-01') AS p;
SELECT purchases('{2024-01-01 5}', '2024-04-01');
SELECT count(*) FROM purchases('{}', '2024-04-01');
SELECT count(*) FROM purchases(NULL, '2024-04-01');
SELECT amount, row_number() OVER (), ordinality FROM purchases('{2024-01-02 6, 2024-01-01 5}', '2024-04-01') WITH ORDINALITY LIMIT 1;

-- travel in time: an entry counts from its instant on
SELECT t, num_purchases(h, t) AS n, num_purchase_days(h, t) AS days, last_purchase(h, t), total_spend(h, t), recency(h, t), tenure(h, t), mean_gap(h, t), median_gap(h, t)
FROM customers, unnest(ARRAY['2023-12-31', '2024-01-01 08:59:59.999999', '2024-01-01 09:00', '2024-01-01 18:00', '2024-01-11 12:00', '2024-01-16 23:29:59', '2024-01-16 23:30',
                             '2024-02-20 10:00', '2024-03-01 08:00', '0001-01-01', '9999-12-31 23:59:59.999999']::timestamptz[]) AS t WHERE name = 'anna';
-- at any instant it is as if the later rows were not there
SELECT count(*), bool_and(
    until(h, t) = (SELECT purchase_history(purchased_at, amount) FROM purchases(h, '9999-01-01') WHERE purchased_at <= t)
    AND num_purchases(h, t) = num_purchases(until(h, t), '9999-01-01') AND num_purchase_days(h, t) = num_purchase_days(until(h, t), '9999-01-01')
    AND first_purchase(h, t) IS NOT DISTINCT FROM first_purchase(until(h, t), '9999-01-01') AND last_purchase(h, t) IS NOT DISTINCT FROM last_purchase(until(h, t), '9999-01-01')
    AND total_spend(h, t) = total_spend(until(h, t), '9999-01-01') AND average_order_value(h, t) IS NOT DISTINCT FROM average_order_value(until(h, t), '9999-01-01')
    AND recency(h, t) IS NOT DISTINCT FROM recency(until(h, t), t) AND tenure(h, t) IS NOT DISTINCT FROM tenure(until(h, t), t)
    AND recency(h, t) IS NOT DISTINCT FROM t - last_purchase(h, t) AND tenure(h, t) IS NOT DISTINCT FROM t - first_purchase(h, t)
    AND mean_gap(h, t) IS NOT DISTINCT FROM mean_gap(until(h, t), '9999-01-01') AND median_gap(h, t) IS NOT DISTINCT FROM median_gap(until(h, t), '9999-01-01')
    AND btyd_summary(h, t) IS NOT DISTINCT FROM btyd_summary(until(h, t), t)
    AND ARRAY(SELECT purchases(h, t)) = ARRAY(SELECT purchases(until(h, t), '9999-01-01'))) AS travels
FROM customers, generate_series('2023-12-25'::timestamptz, '2024-04-01', '5 hours 30 minutes') AS t WHERE h IS NOT NULL;

-- a purchase day is a day of the session's calendar: 23:30 in London is the next day in Berlin, 18:00 so in Tokyo
SET TimeZone = 'Europe/Berlin';
SELECT num_purchases(h, '2024-04-01'), num_purchase_days(h, '2024-04-01'), mean_gap(h, '2024-04-01'), median_gap(h, '2024-04-01'), btyd_summary(h, '2024-04-01', '1 day') FROM customers WHERE name = 'anna';
SET TimeZone = 'Asia/Tokyo';
SELECT num_purchases(h, '2024-04-01'), num_purchase_days(h, '2024-04-01'), mean_gap(h, '2024-04-01'), median_gap(h, '2024-04-01'), btyd_summary(h, '2024-04-01', '1 day') FROM customers WHERE name = 'anna';
-- a day of 23 hours, and one of 25
SET TimeZone = 'Europe/Berlin';
SELECT num_purchase_days(h, '2025-01-01'), mean_gap(h, '2025-01-01')
FROM (VALUES ('{2024-03-30T22:59:59Z 1, 2024-03-30T23:00:00Z 1, 2024-03-31T21:59:59Z 1, 2024-03-31T22:00:00Z 1}'::purchase_history),
             ('{2024-10-26T21:59:59Z 1, 2024-10-26T22:00:00Z 1, 2024-10-27T22:59:59Z 1, 2024-10-27T23:00:00Z 1}')) AS t(h);
-- every day of forty years, each with its first and last microsecond, in zones with rules of their own
CREATE FUNCTION pg_temp.days_are_calendar_days(zone text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('TimeZone', zone, true);
    RETURN (SELECT num_purchase_days(purchase_history(at), '9999-01-01') = count(DISTINCT at::date)
            FROM (SELECT day::date::timestamptz AS at FROM generate_series('1990-01-01'::timestamp, '2029-12-31', '1 day') AS day
                  UNION ALL SELECT day::date::timestamptz - '1 microsecond'::interval FROM generate_series('1990-01-01'::timestamp, '2029-12-31', '1 day') AS day) AS t);
END $$;
SELECT zone, pg_temp.days_are_calendar_days(zone) FROM unnest(ARRAY['UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'Africa/Casablanca', '-05:30']) AS zone;
SET TimeZone = 'UTC';

-- gaps lie between days, not orders; of an even number the median is the mean of the middle two
SELECT mean_gap(h, '9999-12-31'), median_gap(h, '9999-12-31')
FROM (VALUES ('{2024-01-01T23:59:59Z 1, 2024-01-02T00:00:00Z 1}'::purchase_history), ('{2024-01-01 1, 2024-01-01T12:00:00Z 1}'),
             ('{2024-01-01 1, 2024-01-02 1, 2024-01-05 1}'), ('{2024-01-01 1, 2024-01-02 1, 2024-01-03 1, 2024-02-01 1}'), ('{0001-01-01 1, 9999-12-31 1}')) AS t(h);

-- btyd_summary: 3 more days, 60 and 91 days or 13 weeks after the first; of (20.25 + 40 - 20.25 + 10.0001) a third on each,
-- the first day's 107.50 left out
SELECT (btyd_summary(h, '2024-04-01')).* FROM customers;
SELECT unit, (btyd_summary(h, '2024-04-01', unit)).* FROM customers, unnest(ARRAY['1 day', '1 week', '12 hours', '30 days', '1 day 12 hours', '1 microsecond']::interval[]) AS unit WHERE name = 'anna';
SELECT (btyd_summary('{2024-01-01 50, 2024-01-01T10:00:00Z -50, 2024-01-08 10, 2024-01-08T12:00:00Z 5, 2024-01-20 -12}', '2024-01-29', '1 day')).*;
SELECT (btyd_summary('{2023-12-01 -7, 2024-01-01 50, 2024-01-02 -50, 2024-01-03 0}', '2024-01-03 23:59', '1 day')).*;

-- NULL and infinite instants, units that are none
SELECT num_purchases('{2024-01-01 5}', NULL);
SELECT num_purchases('{2024-01-01 5}', 'infinity');
SELECT until('{2024-01-01 5}', '0044-03-15 BC');
SELECT until('{2024-01-01 5}', NULL);
SELECT btyd_summary('{2024-01-01 5}', '2024-04-01', '1 month');
SELECT btyd_summary('{2024-01-01 5}', '2024-04-01', '0');
SELECT btyd_summary('{2024-01-01 5}', '2024-04-01', NULL);
\set VERBOSITY sqlstate
SELECT num_purchases(NULL, NULL);
SELECT num_purchases(NULL, '-infinity');
SELECT num_purchase_days('{2024-01-01 5}', NULL);
SELECT num_purchase_days('{2024-01-01 5}', '-infinity');
SELECT first_purchase('{2024-01-01 5}', NULL);
SELECT first_purchase('{2024-01-01 5}', '-infinity');
SELECT last_purchase('{2024-01-01 5}', NULL);
SELECT last_purchase('{2024-01-01 5}', 'infinity');
SELECT total_spend('{2024-01-01 5}', NULL);
SELECT total_spend('{2024-01-01 5}', 'infinity');
SELECT average_order_value('{2024-01-01 5}', NULL);
SELECT average_order_value('{2024-01-01 5}', 'infinity');
SELECT recency('{2024-01-01 5}', NULL);
SELECT recency('{2024-01-01 5}', 'infinity');
SELECT tenure('{2024-01-01 5}', NULL);
SELECT tenure('{2024-01-01 5}', '10000-01-01');
SELECT mean_gap('{2024-01-01 5}', NULL);
SELECT mean_gap('{2024-01-01 5}', 'infinity');
SELECT median_gap('{2024-01-01 5}', NULL);
SELECT median_gap('{2024-01-01 5}', 'infinity');
SELECT purchases('{2024-01-01 5}', NULL);
SELECT purchases('{2024-01-01 5}', 'infinity');
SELECT until(NULL, NULL);
SELECT until('{2024-01-01 5}', 'infinity');
SELECT btyd_summary('{2024-01-01 5}', NULL);
SELECT btyd_summary('{2024-01-01 5}', 'infinity');
SELECT btyd_summary('{2024-01-01 5}', '2024-04-01', '-7 days');
SELECT btyd_summary('{2024-01-01 5}', '2024-04-01', '1 year');
SELECT btyd_summary('{2024-01-01 5}', '2024-04-01', '1 month -30 days');
SELECT btyd_summary(NULL, '2024-04-01', '0');
SELECT btyd_summary(NULL, '2024-04-01', NULL);
SELECT btyd_summary('{}', '2024-04-01', '1 month');
SELECT num_purchases('2024-01-01'::timestamptz);
SELECT num_purchases();
\set VERBOSITY default

-- without as_of it is now()
SELECT name, num_purchases(h) = num_purchases(h, now()) AS n, num_purchase_days(h) = num_purchase_days(h, as_of => now()) AS days,
       first_purchase(h) IS NOT DISTINCT FROM first_purchase(h, now()) AS first, last_purchase(h) IS NOT DISTINCT FROM last_purchase(h, now()) AS last,
       total_spend(h) = total_spend(h, now()) AS spend, average_order_value(h) IS NOT DISTINCT FROM average_order_value(h, now()) AS value,
       recency(h) IS NOT DISTINCT FROM recency(h, now()) AS recency, tenure(h) IS NOT DISTINCT FROM tenure(h, now()) AS tenure,
       mean_gap(h) IS NOT DISTINCT FROM mean_gap(h, now()) AS mean, median_gap(h) IS NOT DISTINCT FROM median_gap(h, now()) AS median,
       btyd_summary(h) IS NOT DISTINCT FROM btyd_summary(h, now(), '7 days') AS btyd, btyd_summary(h, unit => '1 day') IS NOT DISTINCT FROM btyd_summary(h, now(), '1 day') AS btyd_unit,
       (SELECT count(*) FROM purchases(h)) = (SELECT count(*) FROM purchases(h, now())) AS purchases
FROM (SELECT * FROM customers UNION ALL SELECT 'before and after', purchase_history(at, 5) FROM (VALUES (now() - '1 day'::interval), (now()), (now() + '1 microsecond'::interval)) AS t(at)) AS t;
SELECT num_purchases(purchase_history(at)), recency(purchase_history(at)) FROM (VALUES (now() - '1 day'::interval), (now()), (now() + '1 microsecond'::interval)) AS t(at);
-- between two instants: those after the first, and up to the second
SELECT spend_between(h, '2024-01-01Z', '2024-02-01Z') AS first_to_second, spend_between(h, '2023-12-31 23:59:59.999999Z', '2024-02-01Z') AS both,
    spend_between(h, '2024-02-01Z', '2024-01-01Z') AS backwards, spend_between(h, '0002-01-01Z', '9000-01-01Z') = total_spend(h, '9000-01-01Z') AS is_all,
    spend_between(NULL, '2024-01-01Z') AS of_nobody
FROM (SELECT '{2024-01-01T00:00:00Z 5, 2024-02-01T00:00:00Z 7.5, 2024-03-01T00:00:00Z -1}'::purchase_history AS h) AS s;
SELECT spend_between('{}', NULL, '2024-01-01Z');
SELECT spend_between('{}', '2024-01-01Z', NULL);
SELECT spend_between('{}', '-infinity', '2024-01-01Z');
