-- the lifecycle stage
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

SELECT enum_range(NULL::lifecycle_stage), 'new'::lifecycle_stage < 'lapsed'::lifecycle_stage AS in_order;

-- somebody buys shampoo every ten weeks: at risk when the eleventh is over, lapsed when the twentieth is
CREATE TEMP TABLE shampoo AS SELECT purchase_history(day, 12.5) AS h FROM generate_series('2024-01-01'::timestamptz, '2024-07-29', '70 days') AS day;
SELECT week, overdue_ratio(h, t), lifecycle_stage(h, t) FROM shampoo, (SELECT week, '2024-07-29'::timestamptz + week * '1 week'::interval AS t FROM unnest(ARRAY[0, 1, 9, 10, 11, 12, 15, 20, 21, 100]) AS week) AS weeks;
SELECT t, lifecycle_stage(h, t) FROM shampoo,
    unnest(ARRAY['2024-07-29'::timestamptz + '77 days', '2024-07-29'::timestamptz + '77 days 1 microsecond', '2024-07-29'::timestamptz + '140 days', '2024-07-29'::timestamptz + '140 days 1 microsecond']) AS t;
-- on the way there
SELECT t, num_purchase_days(h, t), lifecycle_stage(h, t) FROM shampoo, unnest(ARRAY['2023-12-31', '2024-01-01', '2024-03-11', '2024-05-20', '2024-07-29']::timestamptz[]) AS t;

-- one-time buyers: without a rhythm 90 days are expected, so that they are at risk after 99 and lapsed after 180. With
-- k = 1, r = 3, alpha = 60 it is 30 days: 33 and 60. Several purchases on one day are one purchase day
\set rhythm '''{"params": {"k": 1, "r": 3, "alpha": 60}}'''
SELECT days, lifecycle_stage(h, t), lifecycle_stage(h, NULL::purchase_rhythm, t) AS null_rhythm, lifecycle_stage(h, '{"params": null}'::purchase_rhythm, t) AS no_gaps, lifecycle_stage(h, :rhythm::purchase_rhythm, t) AS with_rhythm
FROM (SELECT '{2024-01-01 5, 2024-01-01T20:00:00Z 5}'::purchase_history AS h, days, '2024-01-01 20:00'::timestamptz + days * '1 day'::interval AS t FROM unnest(ARRAY[0, 33, 34, 60, 61, 99, 100, 180, 181]) AS days) AS t;
-- with a rhythm the own gap is shrunk towards the base: of one gap of 10 days (60 + 10) / (3 + 1 - 1) = 23.3 days are expected
SELECT days, lifecycle_stage(h, t) AS own, lifecycle_stage(h, :rhythm::purchase_rhythm, t) AS shrunk
FROM (SELECT '{2024-01-01 5, 2024-01-11 5}'::purchase_history AS h, days, '2024-01-11'::timestamptz + days * '1 day'::interval AS t FROM unnest(ARRAY[0, 11, 12, 20, 21, 25, 26, 46, 47]) AS days) AS t;

-- who has not bought is a prospect
SELECT h, lifecycle_stage(h, '2024-06-01'), lifecycle_stage(h, :rhythm::purchase_rhythm, '2024-06-01') FROM (VALUES (NULL::purchase_history), ('{}'), ('{2024-01-01 -5}'), ('{2024-07-01 5}')) AS t(h);
-- a refund keeps nobody active
SELECT lifecycle_stage('{2024-01-01 5, 2024-01-11 5, 2024-05-31 -5}'::purchase_history, '2024-06-01');

-- thresholds
SELECT lifecycle_stage(h, '2024-01-26'), lifecycle_stage(h, '2024-01-26', 1.5) AS at_risk_later, lifecycle_stage(h, '2024-01-26', lapsed_after => 1.4) AS lapsed_sooner, lifecycle_stage(h, '2024-01-26', 1.2, 1.2) AS never_at_risk,
       lifecycle_stage(h, '2024-01-26', at_risk_after => 0.5, lapsed_after => 'infinity') AS never_lapsed, lifecycle_stage(h, :rhythm::purchase_rhythm, '2024-01-26', 0.5, 0.6) AS with_rhythm
FROM (SELECT '{2024-01-01 5, 2024-01-11 5}'::purchase_history AS h) AS t;
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, '2024-01-26', 2, 1.1);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, '2024-01-26', NULL::float8);
\set VERBOSITY sqlstate
SELECT lifecycle_stage('{2024-01-01 5}', '2024-01-26', 0);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, '2024-01-26', -1, 2);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, '2024-01-26', 'NaN'::float8, 2);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, '2024-01-26', 1.1, 'NaN');
SELECT lifecycle_stage('{2024-01-01 5}', '2024-01-26', 3);
SELECT lifecycle_stage(NULL, '2024-01-26'::timestamptz, 3);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, '2024-01-26', 1.1, NULL);
SELECT lifecycle_stage('{2024-01-01 5}', :rhythm::purchase_rhythm, '2024-01-26', NULL, 2);
SELECT lifecycle_stage('{2024-01-01 5}', :rhythm::purchase_rhythm, '2024-01-26', 2, 1);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, NULL::timestamptz);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, 'infinity');
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, :rhythm::purchase_rhythm, NULL);
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, :rhythm::purchase_rhythm, '-infinity');
SELECT lifecycle_stage('{2024-01-01 5}'::purchase_history, '0044-03-15 BC');
\set VERBOSITY default

-- without as_of it is now(); an unknown literal is an instant
SELECT bool_and(lifecycle_stage(h) = lifecycle_stage(h, now())) AS own, bool_and(lifecycle_stage(h, :rhythm::purchase_rhythm) = lifecycle_stage(h, :rhythm::purchase_rhythm, now())) AS with_rhythm, array_agg(lifecycle_stage(h) ORDER BY i) AS stages
FROM (SELECT i, purchase_history(now() - '10 days'::interval * i - '1 minute'::interval + j * '10 days'::interval) AS h FROM generate_series(0, 4) AS i, generate_series(0, i % 2) AS j GROUP BY i) AS t;
SELECT lifecycle_stage(h, '2025-12-31'), lifecycle_stage(h, as_of => '2025-12-31'), lifecycle_stage(h, rhythm => :rhythm, as_of => '2025-12-31') FROM (SELECT '{2025-11-01 5}'::purchase_history AS h) AS t;

-- days are of the session's calendar: in Berlin 23:30 is another day, and so the customer active and not new
SELECT lifecycle_stage('{2024-01-01T12:00:00Z 5, 2024-01-01T23:30:00Z 5}'::purchase_history, '2024-01-02 00:00+00');
SET TimeZone = 'Europe/Berlin';
SELECT lifecycle_stage('{2024-01-01T12:00:00Z 5, 2024-01-01T23:30:00Z 5}'::purchase_history, '2024-01-02 00:00+00');
