-- how much of the revenue comes from how many of the customers
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)
CREATE FUNCTION pg_temp.close(value float8, reference numeric) RETURNS boolean LANGUAGE sql AS 'SELECT coalesce(abs(value::numeric - reference) <= 1e-12, value IS NULL AND reference IS NULL)';

-- four customers of 10, 20, 30 and 40; those without a purchase, or before it, do not count
CREATE TEMP TABLE four (c int, h purchase_history);
INSERT INTO four VALUES (1, '{2024-01-01 10}'), (2, '{2024-01-01 25, 2024-02-01 -5}'), (3, '{2024-01-01 10, 2024-01-02 20}'), (4, '{2024-01-01 40, 2024-03-02 99}'), (5, NULL), (6, '{}'), (7, '{2024-01-01 -7}'), (8, '{2024-03-02 99}');
SELECT (value_concentration(h, '2024-03-01 23:59:59')).* FROM four;
-- a customer at the cut counts in part: 0.3 of four are the best one and a fifth of the next; half of 100 are 40 and a third of 30
SELECT top_share, share_of_top, target_share, round(smallest_share::numeric, 12) AS smallest_share FROM (SELECT (value_concentration(h, '2024-03-01', top, target)).* FROM four, (VALUES (0.0, 0.0), (0.2, 0.3), (0.25, 0.4), (0.3, 0.5), (1, 1)) AS v (top, target) GROUP BY top, target) AS s ORDER BY top_share;
-- a microsecond earlier or later: the purchase and the refund at an instant count from it on
SELECT as_of, (value_concentration(h, as_of)).revenue FROM four, unnest(ARRAY['2024-01-31 23:59:59.999999', '2024-02-01', '2024-03-01 23:59:59.999999', '2024-03-02']::timestamptz[]) AS as_of GROUP BY as_of ORDER BY as_of;
-- all alike; one who pays for all; nobody who pays; who got more back than he paid counts as nothing
SELECT kind, customers, revenue, gini, share_of_top, smallest_share, cardinality(lorenz) AS points FROM (SELECT kind, (value_concentration(h)).* FROM (VALUES
    ('alike', '{2024-01-01 7}'::purchase_history), ('alike', '{2024-01-02 7}'), ('alike', '{2024-01-03 7}'), ('one', '{2024-01-01 0}'), ('one', '{2024-01-01 8}'), ('one', '{2024-01-01 0}'), ('one', '{2024-01-01 0}'),
    ('none', '{2024-01-01 0}'), ('refunded', '{2024-01-01 5, 2024-01-02 -15}'), ('refunded', '{2024-01-01 5}'), ('nobody', '{2024-01-01 -3}'), ('nobody', NULL)) AS v (kind, h) GROUP BY kind) AS s ORDER BY kind;
SELECT value_concentration(h) FROM four WHERE c > 8;
-- the defaults; over a window
SELECT value_concentration(h) = value_concentration(h, now()) AS now, value_concentration(h, now()) = value_concentration(h, now(), 0.2) AS top, value_concentration(h, now(), 0.2) = value_concentration(h, now(), 0.2, 0.8) AS target FROM four;
SELECT c, (value_concentration(h, '2024-03-01') OVER (ORDER BY c)).gini FROM four ORDER BY c;

-- against plain SQL: real orders at three instants, and random ones with refunds
CREATE TEMP TABLE orders (base text, c int, at timestamptz, amount numeric);
CREATE TEMP TABLE cdnow (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
INSERT INTO orders SELECT 'cdnow', customer_id, ordered_on, amount FROM cdnow;
-- refunds among them, and tiny and huge amounts; one base of fewer than a hundred customers
INSERT INTO orders SELECT CASE i % 8 WHEN 0 THEN 'few' ELSE 'random' END, (hashint8(i)::bigint & 2147483647) % CASE i % 8 WHEN 0 THEN 37 ELSE 700 END, timestamptz '1997-01-01' + ((hashint8(i + 7)::bigint & 2147483647) % 63072000) * interval '1 second',
       round(10.0 ^ (((hashint8(i + 99)::bigint & 2147483647) % 1000) / 150.0) - 2, 4) * CASE (hashint8(i + 3)::bigint & 2147483647) % 7 WHEN 0 THEN -1 ELSE 1 END FROM generate_series(1, 4000) AS i;
CREATE TEMP TABLE built AS SELECT base, c, purchase_history(at, amount) AS h FROM orders GROUP BY base, c;
CREATE TEMP TABLE asked (t timestamptz, top float8, target float8);
INSERT INTO asked VALUES ('1997-03-31', 0.2, 0.8), ('1998-01-01', 0.01, 0.5), ('1998-07-01', 0.5, 0.95), ('1998-12-31', 0.333, 0.999);
CREATE TEMP VIEW spends AS
    SELECT base, t, c, spend, row_number() OVER w AS i, sum(spend) OVER w AS cumulated, count(*) OVER (PARTITION BY base, t) AS n, sum(spend) OVER (PARTITION BY base, t) AS total
    FROM (SELECT base, t, c, greatest(sum(amount), 0) AS spend FROM orders, asked WHERE at <= t GROUP BY base, t, c HAVING count(*) FILTER (WHERE amount >= 0) > 0) AS s
    WINDOW w AS (PARTITION BY base, t ORDER BY spend, c ROWS UNBOUNDED PRECEDING);
CREATE TEMP TABLE found AS SELECT base, t, (value_concentration(h, t, top, target)).* FROM built, asked GROUP BY base, t;
-- sizes, and Gini as the mean difference of all pairs over twice the mean
SELECT base, t::date, f.customers, f.revenue, f.customers = s.n AND f.revenue = s.total AS sums, round(f.gini::numeric, 4) AS gini, pg_temp.close(f.gini, s.gini) AS same
FROM found AS f JOIN (SELECT base, t, min(n) AS n, min(total) AS total, sum((2 * i - n - 1) * spend) / min(n * total) AS gini FROM spends GROUP BY base, t) AS s USING (base, t) ORDER BY base, t;
SELECT base, pg_temp.close((value_concentration(h, '1998-12-31')).gini, (SELECT sum(abs(a.spend - b.spend)) / (2 * count(*) * avg(a.spend)) FROM spends AS a JOIN spends AS b USING (base, t) WHERE base = 'few' AND t = '1998-12-31')) AS gini FROM built WHERE base = 'few' GROUP BY base;
-- the best top · n of them: whole customers, and a part of the next; and how many of the best it takes, the last one in part
WITH best AS (SELECT base, t, spend, n, total, row_number() OVER w AS i, sum(spend) OVER w AS brought FROM spends WINDOW w AS (PARTITION BY base, t ORDER BY spend DESC, c ROWS UNBOUNDED PRECEDING)),
     plain AS (SELECT base, t, sum(spend * least(greatest(top::numeric * n - (i - 1), 0), 1)) / min(total) AS share_of_top,
                      sum(CASE WHEN spend > 0 THEN least(greatest((target::numeric * total - (brought - spend)) / nullif(spend, 0), 0), 1) ELSE 0 END) / min(n) AS smallest_share FROM best JOIN asked USING (t) GROUP BY base, t)
SELECT base, t::date, top_share, round(f.share_of_top::numeric, 4) AS share_of_top, target_share, round(f.smallest_share::numeric, 4) AS smallest_share, pg_temp.close(f.share_of_top, p.share_of_top) AS same, pg_temp.close(f.smallest_share, p.smallest_share) AS same
FROM found AS f JOIN plain AS p USING (base, t) ORDER BY base, t;
-- the Lorenz curve: 100 steps, or one for each customer
WITH points AS (SELECT base, t, k, k / least(n, 100)::numeric AS share, (coalesce(max(cumulated) FILTER (WHERE i <= k * n / least(n, 100)), 0)
                       + coalesce(max(spend) FILTER (WHERE i = k * n / least(n, 100) + 1), 0) * (k * n % least(n, 100))::numeric / least(n, 100)) / total AS revenue
                FROM spends, generate_series(0, 100) AS k WHERE k <= least(n, 100) GROUP BY base, t, k, n, total)
SELECT base, t::date, count(*) AS points, bool_and(pg_temp.close(l.share_of_customers, p.share) AND pg_temp.close(l.share_of_revenue, p.revenue)) AS same
FROM (SELECT base, t, l.share_of_customers, l.share_of_revenue, k - 1 AS k FROM found, unnest(lorenz) WITH ORDINALITY AS l (share_of_customers, share_of_revenue, k)) AS l FULL JOIN points AS p USING (base, t, k) GROUP BY base, t ORDER BY base, t;
-- what is drawn, what is asked and what is asked backwards lie on one curve
SELECT base, t::date, bool_and(abs((c).share_of_top - target_share) < 1e-12) AS inverse FROM (SELECT base, t, target_share, value_concentration(h, t, smallest_share) AS c FROM built JOIN found USING (base) GROUP BY base, t, target_share) AS s GROUP BY base, t ORDER BY base, t;
-- by any key, such as the month of the first order
SELECT cohort, (c).customers, round((c).gini::numeric, 3) AS gini, round((c).share_of_top::numeric, 3) AS share_of_top FROM (SELECT to_char(first_purchase(h, '1998-07-01'), 'YYYY-MM') AS cohort, value_concentration(h, '1998-07-01') AS c FROM built WHERE base = 'cdnow' GROUP BY cohort) AS s ORDER BY cohort;

-- split over parallel workers: the same to the last bit
CREATE TABLE value_concentration_base AS SELECT h FROM built WHERE base = 'cdnow';
CREATE TEMP TABLE whole AS SELECT value_concentration(h, '1998-01-01') FROM value_concentration_base;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT value_concentration(h, '1998-01-01') FROM value_concentration_base;
SELECT whole::text = parts::text AS same FROM whole, (SELECT value_concentration(h, '1998-01-01') FROM value_concentration_base) AS parts;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET parallel_leader_participation;
DROP TABLE value_concentration_base;

-- bad arguments
SELECT value_concentration(h, '2024-03-01', 1.1) FROM four;
SELECT value_concentration(h, '2024-03-01', 0.2, -0.1) FROM four;
SELECT value_concentration(h, NULL) FROM four;
SELECT value_concentration(h, '2024-03-01', NULL) FROM four;
SELECT value_concentration(h, '2024-03-01', c / 10.0) FROM four;
SELECT value_concentration(h, '2024-03-01', 0.2, c / 10.0) FROM four;
SELECT value_concentration(h, '2024-03-01'::timestamptz + c * interval '1 day') FROM four;
\set VERBOSITY sqlstate
SELECT value_concentration(h, '2024-03-01', 'NaN') FROM four;
SELECT value_concentration(h, '2024-03-01', 0.2, 'Infinity') FROM four;
SELECT value_concentration(h, '2024-03-01', 0.2, NULL) FROM four;
SELECT value_concentration(h, 'infinity') FROM four;
SELECT value_concentration(h, '2024-03-01', c / 10.0) FROM four;
SELECT value_concentration(h, '2024-03-01'::timestamptz + c * interval '1 day') FROM four;
\set VERBOSITY default
