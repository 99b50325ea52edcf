-- the phase of a relationship
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

SELECT enum_range(NULL::lifecycle_phase);

-- who has not bought: nothing known, contacted, consented, engaged up to 90 days, silent up to 12 months, unwilling
SELECT e, lifecycle_phase(NULL, e, '2024-07-01') AS phase, lifecycle_phase('{2024-06-01 -5}', e, '2024-07-01') AS refund_only FROM (VALUES
    (NULL::engagement_history), ('{}'), ('{2024-07-01T00:00:00.000001Z open}'),
    ('{2024-06-01 sent email}'), ('{2024-06-01 subscribe}'), ('{2024-06-01 referral}'), ('{2024-06-01 bounce}'),
    ('{2024-06-01 open}'), ('{2024-06-01 click}'), ('{2024-06-01 visit}'), ('{2024-06-01 reply}'),
    ('{2024-04-02 open}'), ('{2024-04-01T23:59:59.999999Z open}'),
    ('{2023-07-01 open}'), ('{2023-06-30T23:59:59.999999Z open}'),
    ('{2023-07-01 sent}'), ('{2023-06-30T23:59:59.999999Z sent, 2024-06-30 sent}'),
    ('{2024-06-01 open, 2024-06-02 unsubscribe}'), ('{2024-06-01 open, 2024-06-02 complaint}'), ('{2024-06-01 unsubscribe, 2024-06-02 subscribe}'), ('{2022-06-01 unsubscribe}'),
    ('{2024-06-01 subscribe, 2024-06-01 unsubscribe}'),
    ('{2024-06-01 subscribe email, 2024-06-01 subscribe sms, 2024-06-02 unsubscribe sms}'), ('{2024-06-01 sent email, 2024-06-02 unsubscribe sms}'), ('{2024-06-01 sent email, 2024-06-01 subscribe sms, 2024-06-02 unsubscribe}')) AS t(e);

-- who has bought, once or more, with refunds
SELECT h, e, lifecycle_phase(h, e, '2024-07-01') AS phase FROM (VALUES
    ('{2024-06-01 5}'::purchase_history, NULL::engagement_history), ('{2023-07-01 5}', NULL), ('{2023-06-30T23:59:59.999999Z 5}', NULL), ('{2022-01-01 5, 2023-07-01 5}', '{}'),
    -- a refund prolongs nothing
    ('{2023-06-01 5, 2024-06-01 -5}', NULL),
    -- silent in purchases, not in reactions
    ('{2023-06-01 5}', '{2023-07-01 open}'), ('{2023-06-01 5}', '{2024-06-01 open}'), ('{2023-06-01 5}', '{2024-06-01 subscribe}'), ('{2023-06-01 5}', '{2024-06-01 sent}'),
    -- an unsubscribed customer is a customer
    ('{2024-06-01 5}', '{2024-06-02 unsubscribe}'), ('{2023-06-01 5}', '{2024-06-02 unsubscribe}')) AS t(h, e);

-- more than the average, exactly; a NULL average exceeds nobody; VIPs
SELECT average, lifecycle_phase('{2024-06-01 10, 2024-06-02 20.0001, 2024-06-03 -5}', NULL, '2024-07-01', average) AS phase FROM unnest(ARRAY[NULL, 0, 25, 25.00009, 25.0001, 25.00010000000001, 26, -1]::numeric[]) AS average;
SELECT vip, lifecycle_phase('{2024-06-01 10}', NULL, '2024-07-01', vip => vip) AS phase, lifecycle_phase('{2023-06-01 10}', NULL, '2024-07-01', vip => vip) AS silent, lifecycle_phase('{}', '{2024-06-01 open}', '2024-07-01', 0, vip) AS no_buyer FROM unnest(ARRAY[NULL, false, true]) AS vip;

-- an offer to come back: unanswered for more than 30 days it is the end; any purchase or reaction is an answer
SELECT e, offer, as_of, lifecycle_phase('{2023-01-01 5}', e, as_of, win_back_at => offer) AS phase, lifecycle_phase('{2023-01-01 5}', e, as_of, win_back_at => offer, win_back_wait => '1 month') AS a_month FROM (VALUES
    ('{}'::engagement_history, NULL::timestamptz, '2024-06-01'::timestamptz),
    (NULL, '2024-05-01', '2024-04-30'), (NULL, '2024-05-01', '2024-05-01'), (NULL, '2024-05-01', '2024-05-31'), (NULL, '2024-05-01', '2024-05-31 00:00:00.000001'), (NULL, '2024-05-01', '2024-06-01'), (NULL, '2024-05-01', '2024-06-01 00:00:00.000001'),
    ('{2024-05-01 sent, 2024-05-02 bounce, 2024-05-03 unsubscribe}', '2024-05-01', '2024-06-02'),
    ('{2024-05-02 open}', '2024-05-01', '2024-06-02'), ('{2024-05-02 subscribe}', '2024-05-01', '2024-06-02'), ('{2024-05-02 open}', '2024-05-01', '2024-08-01'), ('{2024-05-02 open}', '2024-05-01', '2025-05-02'), ('{2024-05-02 open}', '2024-05-01', '2025-05-02 00:00:00.000001'),
    -- an offer before the last activity is another story
    ('{2023-03-01 open}', '2023-02-28 23:59:59.999999', '2024-06-01'), ('{2023-03-01 open}', '2023-03-01', '2024-06-01'),
    -- still active: nothing to win back
    ('{2024-04-01 open}', '2024-04-02', '2024-06-01')) AS t(e, offer, as_of);
SELECT as_of, lifecycle_phase(h, NULL, as_of, win_back_at => '2024-05-01') AS who_buys_again FROM (SELECT '{2023-01-01 5, 2024-05-20 5}'::purchase_history AS h) AS t, unnest(ARRAY['2024-05-19', '2024-05-20', '2025-05-20', '2025-05-21']::timestamptz[]) AS as_of;

-- terms by the calendar: of a leap day, of months, and in Berlin across the changes of the clock
SELECT as_of, lifecycle_phase('{2024-02-29 5}', NULL, as_of) AS phase FROM unnest(ARRAY['2025-02-28', '2025-02-28 00:00:00.000001']::timestamptz[]) AS as_of;
SELECT as_of, lifecycle_phase('{2024-01-31 5}', '{2024-01-31 open}', as_of, inactive_after => '1 month') AS phase FROM unnest(ARRAY['2024-02-29', '2024-02-29 00:00:00.000001']::timestamptz[]) AS as_of;
SET TimeZone = 'Europe/Berlin';
SELECT what, as_of AT TIME ZONE 'UTC' AS utc, lifecycle_phase(h, e, as_of, inactive_after => inactive_after, win_back_at => offer) AS phase FROM (VALUES
    ('12 months over', '{2023-10-28T12:00:00Z 5}'::purchase_history, NULL::engagement_history, '12 months'::interval, NULL::timestamptz, '2024-10-28 13:00+00'::timestamptz),
    ('12 months over', '{2023-10-28T12:00:00Z 5}', NULL, '12 months', NULL, '2024-10-28 13:00:00.000001+00'),
    ('12 months over', '{2023-03-29T12:00:00Z 5}', NULL, '12 months', NULL, '2024-03-29 13:00+00'),
    ('12 months over', '{2023-03-29T12:00:00Z 5}', NULL, '12 months', NULL, '2024-03-29 13:00:00.000001+00'),
    ('1 day over', '{2024-03-30T12:00:00Z 5}', NULL, '1 day', NULL, '2024-03-31 11:00+00'),
    ('1 day over', '{2024-03-30T12:00:00Z 5}', NULL, '1 day', NULL, '2024-03-31 11:00:00.000001+00'),
    ('24 hours over', '{2024-03-30T12:00:00Z 5}', NULL, '24 hours', NULL, '2024-03-31 12:00+00'),
    ('24 hours over', '{2024-03-30T12:00:00Z 5}', NULL, '24 hours', NULL, '2024-03-31 12:00:00.000001+00'),
    ('engaged', NULL, '{2024-01-10T12:00:00Z open}', '12 months', NULL, '2024-04-09 11:00+00'),
    ('engaged', NULL, '{2024-01-10T12:00:00Z open}', '12 months', NULL, '2024-04-09 11:00:00.000001+00'),
    ('offer', '{2023-01-01 5}', NULL, '12 months', '2024-10-10 12:00+00', '2024-11-09 13:00+00'),
    ('offer', '{2023-01-01 5}', NULL, '12 months', '2024-10-10 12:00+00', '2024-11-09 13:00:00.000001+00')) AS t(what, h, e, inactive_after, offer, as_of);
SET TimeZone = 'UTC';

-- against plain SQL: CDNOW's customers, and as many with random events, some of them without a purchase
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
SELECT setseed(0.7);
-- at all hours of Berlin's days, with refunds, some of them of people who never bought
SET TimeZone = 'Europe/Berlin';
CREATE TEMP TABLE orders AS SELECT customer_id, (ordered_on + random() * interval '23 hours')::timestamptz AS at, amount FROM cdnow
    UNION ALL SELECT customer_id, (ordered_on + random() * interval '90 days')::timestamptz, -amount FROM cdnow WHERE random() < 0.1
    UNION ALL SELECT (3000 * random())::int, '1997-01-01'::timestamptz + random() * interval '500 days', -5 FROM generate_series(1, 300);
CREATE TEMP TABLE log AS SELECT floor(random() * 3000)::int AS customer_id, '1997-01-01'::timestamptz + floor(random() * 1100)::int * '12 hours'::interval AS at,
    (ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'complaint', 'referral', 'subscribe', 'sent', 'sent'])[1 + floor(random() * 13)::int] AS kind,
    (ARRAY['email', 'sms', NULL])[1 + floor(random() * 3)::int] AS channel FROM generate_series(1, 8000);
CREATE TEMP TABLE customers AS SELECT customer_id, h, e, CASE WHEN customer_id % 3 > 0 THEN '1997-03-01'::timestamptz + customer_id % 300 * '1 day'::interval END AS offer
    FROM generate_series(0, 3000) AS customer_id LEFT JOIN (SELECT customer_id, purchase_history(at, amount) AS h FROM orders GROUP BY 1) AS p USING (customer_id) LEFT JOIN (SELECT customer_id, engagement_history(at, kind, channel) AS e FROM log GROUP BY 1) AS l USING (customer_id);
CREATE INDEX ON orders (customer_id); CREATE INDEX ON log (customer_id);
CREATE TEMP TABLE plain AS
WITH asked AS (SELECT as_of, (SELECT avg(spend) FROM (SELECT sum(amount) AS spend FROM orders WHERE at <= as_of GROUP BY customer_id) AS s) AS average FROM unnest(ARRAY['1997-02-01', '1997-07-01', '1998-01-01', '1998-07-01', '1999-06-01']::timestamptz[]) AS as_of),
words AS ( -- of each customer and channel: the last subscribe, the last withdrawal, whether there was a message
    SELECT customer_id, as_of, channel, max(at) FILTER (WHERE kind = 'subscribe') AS subscribed, max(at) FILTER (WHERE kind IN ('unsubscribe', 'complaint')) AS withdrawn, bool_or(kind IN ('sent', 'delivered')) AS contacted
    FROM log JOIN asked ON at <= as_of GROUP BY customer_id, as_of, channel
), consent AS (
    SELECT w.customer_id, w.as_of, bool_or(w.withdrawn IS NOT NULL) AND bool_and(coalesce(NOT (w.contacted OR w.subscribed IS NOT NULL) OR greatest(w.withdrawn, o.withdrawn) >= coalesce(greatest(w.subscribed, o.subscribed), '-infinity'), false)) AS withdrawn
    FROM words AS w LEFT JOIN words AS o ON o.customer_id = w.customer_id AND o.as_of = w.as_of AND o.channel IS NULL GROUP BY w.customer_id, w.as_of
), facts AS (
    SELECT customer_id, as_of, average, offer, e, h, coalesce(withdrawn, false) AS withdrawn, bought, spend, first_event, reacted, engaged
    FROM customers CROSS JOIN asked LEFT JOIN consent USING (customer_id, as_of),
        LATERAL (SELECT max(at) FILTER (WHERE amount >= 0) AS bought, sum(amount) AS spend FROM orders WHERE orders.customer_id = customers.customer_id AND at <= as_of) AS p,
        LATERAL (SELECT min(at) AS first_event, max(at) FILTER (WHERE kind IN ('open', 'click', 'visit', 'reply', 'referral', 'subscribe')) AS reacted, max(at) FILTER (WHERE kind IN ('open', 'click', 'visit', 'reply')) AS engaged FROM log WHERE log.customer_id = customers.customer_id AND at <= as_of) AS l
)
SELECT *, (CASE
    WHEN bought IS NULL AND first_event IS NULL THEN NULL
    WHEN withdrawn AND NOT coalesce(bought + inactive_after >= as_of, false) THEN 'sunset'
    WHEN silent_since + inactive_after < as_of THEN CASE WHEN offer BETWEEN silent_since AND as_of AND offer + '30 days'::interval < as_of THEN 'sunset' ELSE 'reactivation' END
    WHEN bought + inactive_after >= as_of THEN CASE WHEN spend > average OR customer_id % 10 = 0 THEN 'retention' ELSE 'growth' END
    WHEN engaged + '90 days'::interval >= as_of THEN 'conversion'
    ELSE 'activation' END)::lifecycle_phase AS phase
FROM facts, LATERAL (SELECT coalesce(greatest(bought, reacted), first_event) AS silent_since) AS s, unnest(ARRAY['12 months', '100 days']::interval[]) AS inactive_after;
SELECT as_of, inactive_after, count(*), count(*) FILTER (WHERE lifecycle_phase(h, e, as_of, average, customer_id % 10 = 0, inactive_after, win_back_at => offer) IS DISTINCT FROM phase) AS differ,
    count(*) FILTER (WHERE lifecycle_phase(until(h, as_of), until(e, as_of), as_of, average, customer_id % 10 = 0, inactive_after, win_back_at => offer) IS DISTINCT FROM phase) AS travels_otherwise
FROM plain GROUP BY 1, 2 ORDER BY 1, 2;
SELECT phase, count(*) FROM plain GROUP BY 1 ORDER BY 1;
SET TimeZone = 'UTC';

-- arguments
SELECT lifecycle_phase(NULL, NULL, '2024-01-01', inactive_after => '-1 month');
SELECT lifecycle_phase(NULL, NULL, '2024-01-01', win_back_wait => NULL);
SELECT lifecycle_phase('{2024-01-01 5}', NULL, '2024-01-01', 'NaN');
\set VERBOSITY sqlstate
SELECT lifecycle_phase(NULL, NULL, '2024-01-01', engaged_within => '-1 second');
SELECT lifecycle_phase(NULL, NULL, '2024-01-01', engaged_within => NULL);
SELECT lifecycle_phase(NULL, NULL, '2024-01-01', inactive_after => NULL);
SELECT lifecycle_phase(NULL, NULL, NULL);
SELECT lifecycle_phase(NULL, NULL, 'infinity');
SELECT lifecycle_phase(NULL, NULL, '2024-01-01', win_back_at => 'infinity');
SELECT lifecycle_phase(NULL, NULL, '2024-01-01', 1e30);
\set VERBOSITY default
SELECT lifecycle_phase(purchase_history(now() - '1 day'::interval), NULL), lifecycle_phase(NULL, engagement_history(now() - '1 day'::interval, 'open'));
