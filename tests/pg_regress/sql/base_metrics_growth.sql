-- growth accounting: who came, stayed, went and came back, period by period
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- a small base, to be checked by hand
CREATE TEMP TABLE small (name text, h purchase_history);
INSERT INTO small VALUES
    ('stays, pauses, comes back', '{2024-01-05 10, 2024-01-20 5, 2024-02-05 20, 2024-04-30T23:59:59.999999Z 30}'),
    ('is refunded later',         '{2024-02-10 7, 2024-02-11 -2, 2024-03-15 -5, 2024-05-01 1}'),
    ('bought once',               '{2024-01-31 100}'),
    ('refunds only',              '{2024-03-01 -40}'),
    ('empty', '{}'), ('null', NULL);
SELECT g.* FROM (SELECT growth_accounting(h, '1 month', '2024-05-15') AS points FROM small) AS t, unnest(points) AS g;
SELECT l.* FROM (SELECT growth_lifecycle(h, '1 month', '2024-05-15') AS points FROM small) AS t, unnest(points) AS l;
-- a period begins with its first instant and ends before the first of the next; what comes after as_of is not known yet
SELECT as_of, period_start, complete, new, retained, churned, active
FROM unnest(ARRAY['2024-01-30 23:59:59', '2024-01-31', '2024-01-31 23:59:59.999998', '2024-01-31 23:59:59.999999', '2024-02-01', '2024-02-05']::timestamptz[]) AS as_of,
     LATERAL (SELECT growth_accounting(h, '1 month', as_of) AS points FROM small) AS t, unnest(points) ORDER BY as_of, period_start;
-- weeks are from Monday to Sunday, years of twelve months; other lengths count from the same origins
SELECT period, min(period_start), max(period_start), count(*), sum(new) AS new, sum(revenue) AS revenue
FROM unnest(ARRAY['1 day', '7 days', '10 days', '1 month', '3 months', '1 year', '24 months']::interval[]) AS period, LATERAL (SELECT growth_accounting(h, period, '2024-05-15') AS points FROM small) AS t, unnest(points)
GROUP BY period ORDER BY period;
-- the months of the session: in Berlin clocks were put forward on the last day of March
CREATE TEMP VIEW at_midnight AS SELECT '{2024-03-31T21:59:59.999999Z 1, 2024-03-31T22:00:00Z 2, 2024-10-31T22:59:59.999999Z 4, 2024-10-31T23:00:00Z 8}'::purchase_history AS h;
SELECT period_start, new, retained, resurrected, revenue FROM (SELECT growth_accounting(h, '1 month', '2024-11-02') AS points FROM at_midnight) AS t, unnest(points) WHERE active > 0;
SET TimeZone = 'Europe/Berlin';
SELECT period_start, new, retained, resurrected, revenue FROM (SELECT growth_accounting(h, '1 month', '2024-11-02') AS points FROM at_midnight) AS t, unnest(points) WHERE active > 0;
SET TimeZone = 'UTC';

-- nothing has happened yet: nothing to show; NULL without rows
SELECT growth_accounting(h, '1 month', '2024-01-04') AS before, growth_lifecycle(h, '1 month', '2024-01-04') AS before FROM small;
SELECT growth_accounting(h, '1 month', '2024-01-04') AS nobody FROM small WHERE name IN ('null', 'empty');
SELECT growth_accounting(h, '1 month'), growth_lifecycle(h, '1 month') FROM small WHERE false;
-- without as_of it is now()
SELECT growth_accounting(h, '1 month') = growth_accounting(h, '1 month', now()) AS accounting, growth_lifecycle(h, '1 month') = growth_lifecycle(h, '1 month', now()) AS lifecycle FROM small;
-- amounts at the end of their range are added up exactly
SELECT revenue, new_revenue FROM (SELECT growth_accounting(h, '1 year', '2024-12-31') AS points FROM unnest(ARRAY['{2024-01-01 922337203685477.5807, 2024-01-02 922337203685477.5807}', '{2024-01-03 922337203685477.5807}']::purchase_history[]) AS h) AS t, unnest(points);

-- plain SQL: the definitions over a table of orders, in the zone of the session
CREATE TEMP TABLE shop (customer_id int, ordered_at timestamptz, amount numeric);
CREATE TEMP VIEW shop_histories AS SELECT customer_id, purchase_history(ordered_at, amount) AS h FROM shop GROUP BY customer_id;
CREATE FUNCTION pg_temp.moves(unit text, as_of timestamptz) RETURNS TABLE (customer_id int, p date, orders bigint, revenue numeric) LANGUAGE sql AS $$
    SELECT customer_id, date_trunc(unit, ordered_at)::date, count(*) FILTER (WHERE amount >= 0), sum(amount) FROM shop WHERE ordered_at <= as_of GROUP BY 1, 2
$$;
CREATE FUNCTION pg_temp.plain_accounting(unit text, step interval, as_of timestamptz) RETURNS SETOF growth_point LANGUAGE sql AS $$
    WITH moves AS MATERIALIZED (SELECT * FROM pg_temp.moves(unit, as_of)),
         periods AS (SELECT p::date FROM generate_series((SELECT min(p) FROM moves)::timestamp, date_trunc(unit, as_of)::date, step) AS p),
         customers AS (SELECT customer_id, min(p) FILTER (WHERE orders > 0) AS first FROM moves GROUP BY 1),
         each AS (SELECT periods.p, coalesce(now.orders, 0) > 0 AS active, before.customer_id IS NOT NULL AS was_active, periods.p = first AS is_new, coalesce(now.revenue, 0) AS revenue, before.revenue AS revenue_before
                  FROM periods CROSS JOIN customers LEFT JOIN moves AS now ON now.customer_id = customers.customer_id AND now.p = periods.p LEFT JOIN moves AS before ON before.customer_id = customers.customer_id AND before.p = (periods.p - step)::date AND before.orders > 0)
    SELECT p, (p + step)::timestamptz <= as_of + interval '1 microsecond',
           count(*) FILTER (WHERE active AND is_new), count(*) FILTER (WHERE active AND was_active), count(*) FILTER (WHERE active AND NOT was_active AND NOT is_new), count(*) FILTER (WHERE was_active AND NOT active), count(*) FILTER (WHERE active),
           count(*) FILTER (WHERE active AND NOT was_active)::float8 / nullif(count(*) FILTER (WHERE was_active AND NOT active), 0), sum(revenue),
           coalesce(sum(revenue) FILTER (WHERE active AND is_new), 0), coalesce(sum(revenue) FILTER (WHERE active AND was_active), 0), coalesce(sum(revenue) FILTER (WHERE active AND NOT was_active AND NOT is_new), 0),
           coalesce(sum(revenue) FILTER (WHERE NOT active), 0), coalesce(sum(revenue_before) FILTER (WHERE was_active AND NOT active), 0)
    FROM each GROUP BY p ORDER BY p
$$;
-- as PostHog defines it, where created is the first purchase
CREATE FUNCTION pg_temp.plain_lifecycle(unit text, step interval, as_of timestamptz) RETURNS SETOF growth_status_point LANGUAGE sql AS $$
    WITH moves AS MATERIALIZED (SELECT * FROM pg_temp.moves(unit, as_of)),
         active AS MATERIALIZED (SELECT *, min(p) OVER (PARTITION BY customer_id) AS created FROM moves WHERE orders > 0),
         rows AS (SELECT now.p, CASE WHEN now.p = now.created THEN 'new' WHEN before.p IS NOT NULL THEN 'returning' ELSE 'resurrecting' END::growth_status AS status, 1 AS n, now.revenue
                  FROM active AS now LEFT JOIN active AS before ON before.customer_id = now.customer_id AND before.p = (now.p - step)::date
                  UNION ALL SELECT (p + step)::date, 'dormant', -1, -revenue FROM active AS last WHERE NOT EXISTS (SELECT FROM active AS next WHERE next.customer_id = last.customer_id AND next.p = (last.p + step)::date))
    SELECT g.p::date, (g.p + step)::timestamptz <= as_of + interval '1 microsecond', s.status, coalesce(sum(n), 0), coalesce(sum(revenue), 0)
    FROM generate_series((SELECT min(p) FROM moves)::timestamp, date_trunc(unit, as_of)::date, step) AS g(p) CROSS JOIN unnest(enum_range(NULL::growth_status)) AS s(status) LEFT JOIN rows ON rows.p = g.p AND rows.status = s.status
    GROUP BY g.p, s.status ORDER BY g.p, s.status
$$;
CREATE TEMP VIEW units AS SELECT * FROM (VALUES ('week', interval '7 days'), ('month', '1 month'), ('quarter', '3 months'), ('year', '1 year')) AS u(unit, step);
-- the identities: active = active before + new + resurrected - churned; the long form says the same; the sums are those of the base
CREATE TEMP VIEW identities AS
    SELECT unit, as_of, bool_and(active = coalesce(before, 0) + new + resurrected - churned AND active = new + retained + resurrected AND coalesce(before, 0) = retained + churned) AS accounting,
           bool_and(n[1] + n[2] + n[3] = active AND n[2] - n[4] = coalesce(before, 0)) AS lifecycle, sum(new) = (SELECT count(*) FROM shop_histories WHERE num_purchases(h, as_of) > 0) AS customers,
           bool_and(revenue = new_revenue + retained_revenue + resurrected_revenue + inactive_revenue) AS revenue, sum(revenue) = (SELECT sum(amount) FROM shop WHERE ordered_at <= as_of) AS total
    FROM (SELECT unit, as_of, g.*, lag(active) OVER (PARTITION BY unit, as_of ORDER BY period_start) AS before, (SELECT array_agg(customers ORDER BY status) FROM unnest(lifecycle) AS l WHERE l.period_start = g.period_start) AS n
          FROM units, unnest(ARRAY['1997-02-10', '1998-07-01', '2024-04-01', '2025-12-31']::timestamptz[]) AS as_of, LATERAL (SELECT growth_accounting(h, step, as_of) AS points, growth_lifecycle(h, step, as_of) AS lifecycle FROM shop_histories) AS t, unnest(points) AS g) AS p
    GROUP BY unit, as_of;

-- CDNOW
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
INSERT INTO shop SELECT customer_id, ordered_on, amount FROM cdnow;
ANALYZE shop;
SELECT unit, as_of::date, cardinality(growth_accounting(h, step, as_of)) AS periods, growth_accounting(h, step, as_of) = ARRAY(SELECT pg_temp.plain_accounting(unit, step, as_of)) AS accounting, growth_lifecycle(h, step, as_of) = ARRAY(SELECT pg_temp.plain_lifecycle(unit, step, as_of)) AS lifecycle
FROM units, unnest(ARRAY['1997-02-10', '1998-07-01']::timestamptz[]) AS as_of, shop_histories GROUP BY unit, step, as_of ORDER BY step, as_of;
SELECT bool_and(accounting) AS accounting, bool_and(lifecycle) AS lifecycle, bool_and(customers) AS customers, bool_and(revenue) AS revenue, bool_and(total) AS total FROM identities WHERE as_of < '2000-01-01';
SELECT period_start, complete, new, retained, resurrected, churned, active, round(quick_ratio::numeric, 3) AS quick_ratio, revenue, churned_revenue FROM (SELECT growth_accounting(h, '3 months', '1998-06-30') AS points FROM shop_histories) AS t, unnest(points);

-- random orders, many of them about midnight at the ends of months, with refunds, of customers some of whom never bought
TRUNCATE shop;
SELECT setseed(0.4);
INSERT INTO shop SELECT (random() * 250)::int, CASE WHEN i % 3 = 0 THEN date_trunc('month', t, 'UTC') + (random() - 0.5) * interval '12 hours' ELSE t END, round((random() * 100 - CASE WHEN i % 5 = 0 THEN 100 ELSE 0 END)::numeric, 4)
FROM (SELECT i, timestamptz '2023-11-20 UTC' + random() * interval '760 days' AS t FROM generate_series(1, 2500) AS i) AS r;
INSERT INTO shop SELECT 1000 + i, timestamptz '2023-10-01' + i * interval '13 days', -i FROM generate_series(1, 20) AS i;
INSERT INTO shop SELECT 2000 + i, ordered_at, amount FROM shop, generate_series(1, 2) AS i WHERE customer_id % 50 = 7; -- some who live the same life
ANALYZE shop;
CREATE TEMP VIEW random_check AS
    SELECT count(*) AS groups, bool_and(accounting) AS accounting, bool_and(lifecycle) AS lifecycle FROM (
        SELECT growth_accounting(h, step, as_of) = ARRAY(SELECT pg_temp.plain_accounting(unit, step, as_of)) AS accounting, growth_lifecycle(h, step, as_of) = ARRAY(SELECT pg_temp.plain_lifecycle(unit, step, as_of)) AS lifecycle
        FROM units, unnest(ARRAY['2024-03-31 00:30', '2024-03-31 23:59:59.999999', '2024-04-01', '2024-10-27 02:30', '2024-11-03 01:30', '2025-12-31']::timestamptz[]) AS as_of, shop_histories GROUP BY unit, step, as_of) AS c;
SELECT * FROM random_check;
SELECT bool_and(accounting) AS accounting, bool_and(lifecycle) AS lifecycle, bool_and(customers) AS customers, bool_and(revenue) AS revenue, bool_and(total) AS total FROM identities WHERE as_of > '2000-01-01';
SET TimeZone = 'Europe/Berlin';
SELECT * FROM random_check;
SET TimeZone = 'America/New_York';
SELECT * FROM random_check;
SELECT bool_and(accounting) AS accounting, bool_and(lifecycle) AS lifecycle, bool_and(customers) AS customers, bool_and(revenue) AS revenue, bool_and(total) AS total FROM identities WHERE as_of > '2000-01-01';
SET TimeZone = 'UTC';

-- in any order, in parallel, and as a window function the same
CREATE TABLE growth_base AS SELECT customer_id, h FROM shop_histories;
ANALYZE growth_base;
SELECT growth_accounting(h, '7 days', '2025-12-31') AS serial FROM growth_base \gset
SELECT growth_accounting(h, '7 days', '2025-12-31' ORDER BY md5(customer_id::text)) = :'serial'::growth_point[] AS any_order FROM growth_base;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT growth_accounting(h, '7 days', '2025-12-31') FROM growth_base;
SELECT growth_accounting(h, '7 days', '2025-12-31') = :'serial'::growth_point[] AS parallel FROM growth_base;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
SELECT count(*), bool_and(points = (SELECT growth_accounting(h, '1 month', '2025-12-31') FROM growth_base AS b WHERE b.customer_id <= w.customer_id)) AS window
FROM (SELECT customer_id, growth_accounting(h, '1 month', '2025-12-31') OVER (ORDER BY customer_id) AS points FROM growth_base) AS w WHERE customer_id % 40 = 0;

-- by a key: each group as if it stood alone
SELECT count(*), bool_and(points = (SELECT growth_accounting(h, '1 month', '2025-12-31') FROM growth_base WHERE customer_id % 5 = g)) AS as_alone FROM (SELECT customer_id % 5 AS g, growth_accounting(h, '1 month', '2025-12-31') AS points FROM growth_base GROUP BY 1) AS t;

-- bad arguments
SELECT growth_accounting(h, '1 month 1 day') FROM small;
SELECT growth_accounting(h, '12 hours') FROM small;
SELECT growth_accounting(h, '-1 month') FROM small;
SELECT growth_lifecycle(h, '1001 years') FROM small;
SELECT growth_accounting(h, '1 day', '2999-12-31') FROM small;
SELECT growth_accounting(h, CASE name WHEN 'null' THEN interval '7 days' ELSE '1 month' END, '2024-05-15') FROM small;
SELECT growth_accounting(h, '1 month', CASE name WHEN 'null' THEN '2024-05-14' ELSE '2024-05-15' END::timestamptz) FROM small;
SELECT growth_accounting(h, '1 month', NULL) FROM small;
\set VERBOSITY sqlstate
SELECT growth_accounting(h, '0') FROM small;
SELECT growth_accounting(h, '0.5 days') FROM small;
SELECT growth_lifecycle(h, '1 month 1 day') FROM small;
SELECT growth_accounting(h, NULL) FROM small;
SELECT growth_lifecycle(h, NULL, '2024-05-15') FROM small;
SELECT growth_lifecycle(h, '1 month', NULL) FROM small;
SELECT growth_accounting(h, '1 month', 'infinity') FROM small;
SELECT growth_lifecycle(h, '1 day', '2999-12-31') FROM small;
\set VERBOSITY default
-- the longest past, and the ends of the years
SELECT cardinality(growth_accounting(h, '1 month', '9999-12-31')) AS months FROM (VALUES ('{0001-01-01 1}'::purchase_history)) AS t(h);
SELECT cardinality(growth_accounting(h, '1 day', timestamptz '2024-01-05' + 99999 * interval '1 day')) AS days FROM (VALUES ('{2024-01-05 1}'::purchase_history)) AS t(h);
SELECT cardinality(growth_accounting(h, '1 day', timestamptz '2024-01-05' + 100000 * interval '1 day')) AS days FROM (VALUES ('{2024-01-05 1}'::purchase_history)) AS t(h);
SET TimeZone = 'America/New_York';
SELECT g.period_start, g.complete, g.new FROM (SELECT growth_accounting(h, '1000 years', '9999-12-31') AS points FROM (VALUES ('{0001-01-01 1, 9999-12-31 1}'::purchase_history)) AS t(h)) AS t, unnest(points) AS g;
DROP TABLE growth_base;
