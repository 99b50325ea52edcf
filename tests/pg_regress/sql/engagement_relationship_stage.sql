-- the classic five stages
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

SELECT enum_range(NULL::relationship_stage), 'reach'::relationship_stage < 'advocate' AS in_order;

-- without a purchase: known, or acquired by a reaction; nobody recommends what he does not know
SELECT e, relationship_stage(NULL, e, '2024-07-01') AS stage, relationship_stage('{2024-06-01 -5, 2024-08-01 5}', e, '2024-07-01') AS no_purchase_yet, relationship_stage('{}', e, '2024-07-01', referred_buyers => 9) AS with_friends FROM (VALUES
    (NULL::engagement_history), ('{}'), ('{2024-06-01 sent, 2024-06-02 delivered, 2024-06-03 bounce}'), ('{2024-06-01 unsubscribe, 2024-06-02 complaint}'), ('{2024-07-01T00:00:00.000001Z open}'),
    ('{2024-07-01 open}'), ('{2024-06-01 click}'), ('{2024-06-01 visit}'), ('{2024-06-01 reply}'), ('{2024-06-01 subscribe}'), ('{2024-06-01 referral}'), ('{2024-06-01 subscribe, 2024-06-02 unsubscribe}')) AS t(e);
-- with purchases: days count, not orders; refunds do not count
SELECT h, relationship_stage(h, NULL, '2024-07-01') AS stage, relationship_stage(h, '{2024-06-01 referral}', '2024-07-01') AS recommends, relationship_stage(h, '{2024-06-01 referral}', '2024-07-01', 2, 2) AS twice, relationship_stage(h, NULL, '2024-07-01', referred_buyers => 1) AS with_a_friend, relationship_stage(h, NULL, '2024-07-01', referred_buyers => NULL) AS unknown_friends FROM (VALUES
    ('{2024-01-01 5}'::purchase_history), ('{2024-01-01 5, 2024-01-02 5}'), ('{2024-01-01 5, 2024-01-02 5, 2024-01-02T20:00:00Z 5}'), ('{2024-01-01 5, 2024-01-02 5, 2024-01-03 -5}'), ('{2024-01-01 5, 2024-01-02 5, 2024-07-01 5}'), ('{2024-01-01 5, 2024-01-02 5, 2024-07-01T00:00:00.000001Z 5}')) AS t(h);
SELECT n, relationship_stage('{2024-01-01 5}', e, '2024-07-01', advocate_referrals => n) AS stage FROM (SELECT '{2024-06-01 referral, 2024-06-02 referral, 2024-07-02 referral}'::engagement_history AS e) AS t, generate_series(1, 4) AS n;
SELECT n, relationship_stage('{2024-01-01 5, 2024-02-01 5}', NULL, '2024-07-01', n) AS stage FROM generate_series(1, 3) AS n;
-- days of the session's calendar: in the night when Berlin's clocks go back, 22:30 and 23:30 UTC are one day
SELECT relationship_stage('{2024-10-26T22:30:00Z 5, 2024-10-27T22:30:00Z 5}', NULL, '2024-11-01', 2) AS utc, relationship_stage('{2024-10-26T21:30:00Z 5, 2024-10-26T22:30:00Z 5}', NULL, '2024-11-01', 2) AS utc_same_day;
SET TimeZone = 'Europe/Berlin';
SELECT relationship_stage('{2024-10-26T22:30:00Z 5, 2024-10-27T22:30:00Z 5}', NULL, '2024-11-01', 2) AS berlin, relationship_stage('{2024-10-26T21:30:00Z 5, 2024-10-26T22:30:00Z 5}', NULL, '2024-11-01', 2) AS berlin_two_days;
SET TimeZone = 'UTC';

-- against plain SQL: CDNOW's customers and more, with random events
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
SELECT setseed(0.2);
-- at all hours of Berlin's days, with refunds, some of them of people who never bought
SET TimeZone = 'Europe/Berlin';
CREATE TEMP TABLE orders AS SELECT customer_id, (ordered_on + random() * interval '23 hours')::timestamptz AS at, amount FROM cdnow
    UNION ALL SELECT customer_id, (ordered_on + random() * interval '90 days')::timestamptz, -amount FROM cdnow WHERE random() < 0.1
    UNION ALL SELECT (3000 * random())::int, '1997-01-01'::timestamptz + random() * interval '500 days', -5 FROM generate_series(1, 300);
CREATE TEMP TABLE log AS SELECT floor(random() * 3000)::int AS customer_id, '1997-01-01'::timestamptz + floor(random() * 1100)::int * '12 hours'::interval AS at, (ARRAY['sent', 'delivered', 'open', 'unsubscribe', 'referral', 'subscribe', 'sent', 'sent'])[1 + floor(random() * 8)::int] AS kind FROM generate_series(1, 6000);
CREATE INDEX ON orders (customer_id); CREATE INDEX ON log (customer_id);
WITH customers AS (
    SELECT customer_id, h, e FROM generate_series(0, 3000) AS customer_id LEFT JOIN (SELECT customer_id, purchase_history(at, amount) AS h FROM orders GROUP BY 1) AS p USING (customer_id) LEFT JOIN (SELECT customer_id, engagement_history(at, kind) AS e FROM log GROUP BY 1) AS l USING (customer_id)
), plain AS (
    SELECT *, (CASE WHEN days = 0 AND NOT coalesce(reacted, false) THEN 'reach' WHEN days = 0 THEN 'acquire' WHEN referrals >= needed OR friends > 0 THEN 'advocate' WHEN days >= retain_from THEN 'retain' ELSE 'develop' END)::relationship_stage AS stage
    FROM (SELECT customer_id, h, e, (customer_id % 7 = 0)::int::bigint AS friends FROM customers) AS c, unnest(ARRAY['1997-03-01', '1997-10-01', '1998-07-01']::timestamptz[]) AS as_of, (VALUES (3, 1), (2, 2)) AS s(retain_from, needed),
        LATERAL (SELECT count(DISTINCT at::date) FILTER (WHERE amount >= 0) AS days FROM orders WHERE orders.customer_id = c.customer_id AND at <= as_of) AS p,
        LATERAL (SELECT bool_or(kind IN ('open', 'referral', 'subscribe')) AS reacted, count(*) FILTER (WHERE kind = 'referral') AS referrals FROM log WHERE log.customer_id = c.customer_id AND at <= as_of) AS l
)
SELECT as_of, retain_from, stage, count(*), count(*) FILTER (WHERE relationship_stage(h, e, as_of, retain_from, needed, friends) <> stage) AS differ,
    count(*) FILTER (WHERE relationship_stage(until(h, as_of), until(e, as_of), as_of, retain_from, needed, friends) <> stage) AS travels_otherwise
FROM plain GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SET TimeZone = 'UTC';

-- arguments
SELECT relationship_stage(NULL, NULL, '2024-01-01', 0);
SELECT relationship_stage(NULL, NULL, '2024-01-01', referred_buyers => -1);
\set VERBOSITY sqlstate
SELECT relationship_stage(NULL, NULL, '2024-01-01', advocate_referrals => 0);
SELECT relationship_stage(NULL, NULL, '2024-01-01', advocate_referrals => -9223372036854775808);
SELECT relationship_stage(NULL, NULL, '2024-01-01', NULL);
SELECT relationship_stage(NULL, NULL, '2024-01-01', advocate_referrals => NULL);
SELECT relationship_stage(NULL, NULL, NULL);
SELECT relationship_stage(NULL, NULL, '-infinity');
\set VERBOSITY default
SELECT relationship_stage(purchase_history(now()), NULL), relationship_stage(NULL, NULL);
