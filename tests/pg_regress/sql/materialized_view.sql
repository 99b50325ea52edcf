-- how segments are kept: a materialized view over orders, or over stored histories that grow by what is new
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)
CREATE SCHEMA shop;
SET search_path = shop, public;

CREATE TABLE orders (order_id int PRIMARY KEY, customer_id int NOT NULL, ordered_at timestamptz, amount numeric);
INSERT INTO orders VALUES
    (1, 1, '2024-01-01', 10), (2, 1, '2024-01-11', 20), (3, 1, '2024-01-21', 30), (4, 2, '2024-01-05', 100), (5, 3, '2023-06-01', 40), (6, 3, '2023-06-11', 40), (7, 4, '2024-01-20', 5);

-- straight over the orders. In real life as_of is left out; here it stands still
CREATE TABLE clock (as_of timestamptz);
INSERT INTO clock VALUES ('2024-01-25');
CREATE MATERIALIZED VIEW customer_segments AS
    WITH histories AS (SELECT customer_id, purchase_history(ordered_at, amount) AS h FROM orders GROUP BY customer_id),
         base AS (SELECT rfm_breaks(h, as_of) AS breaks, purchase_rhythm(h, as_of) AS rhythm FROM histories, clock)
    SELECT customer_id, num_purchases(h, as_of) AS purchases, total_spend(h, as_of) AS spend, rfm_segment(rfm_score(h, breaks, as_of)) AS segment,
           lifecycle_stage(h, rhythm, as_of) AS stage, expected_next_purchase(h, rhythm, as_of)::date AS next_purchase, ltv(h, 3, as_of) AS ltv
    FROM histories, base, clock;
REFRESH MATERIALIZED VIEW CONCURRENTLY customer_segments; -- which needs a unique index
CREATE UNIQUE INDEX ON customer_segments (customer_id);
SELECT customer_id, purchases, spend, segment, stage, next_purchase > '2024-01-25' AS next_in_future, ltv FROM customer_segments ORDER BY customer_id;
-- new orders, and a new customer: nothing changes until the refresh, and then they are there
INSERT INTO orders VALUES (8, 2, '2024-01-26', 50), (9, 5, '2024-01-26', 75), (10, 1, '2024-01-26', -30);
DELETE FROM orders WHERE customer_id = 4;
UPDATE clock SET as_of = '2024-01-27';
SELECT customer_id, purchases, spend, stage FROM customer_segments ORDER BY customer_id;
REFRESH MATERIALIZED VIEW CONCURRENTLY customer_segments;
SELECT customer_id, purchases, spend, stage FROM customer_segments ORDER BY customer_id;
-- an index serves the questions that are asked, and the enum sorts in the order of life
CREATE INDEX ON customer_segments (stage, spend);
SELECT stage, count(*), sum(spend) AS spend FROM customer_segments GROUP BY stage ORDER BY stage;
-- nothing new: the refresh writes no row, for equal inputs give equal outputs
CREATE TEMP TABLE written AS SELECT customer_id, xmin::text AS xid FROM customer_segments;
REFRESH MATERIALIZED VIEW CONCURRENTLY customer_segments;
SELECT count(*) AS rows, count(*) FILTER (WHERE c.xmin::text = w.xid) AS untouched FROM customer_segments AS c JOIN written AS w USING (customer_id);

-- stored histories, each batch of new orders merged into them
CREATE TABLE histories (customer_id int PRIMARY KEY, h purchase_history NOT NULL);
INSERT INTO histories SELECT customer_id, purchase_history(ordered_at, amount) FROM orders WHERE order_id <= 7 GROUP BY customer_id;
INSERT INTO histories AS old SELECT customer_id, purchase_history(ordered_at, amount) FROM orders WHERE order_id > 7 GROUP BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET h = old.h + excluded.h;
SELECT count(*), bool_and(histories.h = o.h) AS same FROM histories FULL JOIN (SELECT customer_id, purchase_history(ordered_at, amount) AS h FROM orders GROUP BY customer_id) AS o USING (customer_id);
-- late and backdated orders merge as well; the same batch once more counts twice, since a history has no order ids
INSERT INTO histories AS old VALUES (2, '{2023-12-24 10}'), (6, '{2024-01-02 8}') ON CONFLICT (customer_id) DO UPDATE SET h = old.h + excluded.h RETURNING *;
INSERT INTO histories AS old VALUES (6, '{2024-01-02 8}') ON CONFLICT (customer_id) DO UPDATE SET h = old.h + excluded.h RETURNING *;
-- many rows of one customer in one statement must be aggregated first
INSERT INTO histories AS old VALUES (6, '{2024-01-03 8}'), (6, '{2024-01-04 8}') ON CONFLICT (customer_id) DO UPDATE SET h = old.h + excluded.h;
-- a materialized view over them
CREATE MATERIALIZED VIEW stages AS SELECT customer_id, lifecycle_stage(h, as_of) AS stage, h FROM histories, clock;
CREATE UNIQUE INDEX ON stages (customer_id);
INSERT INTO histories AS old VALUES (3, '{2024-01-26 1}') ON CONFLICT (customer_id) DO UPDATE SET h = old.h + excluded.h;
SELECT customer_id, stage FROM stages ORDER BY customer_id;
REFRESH MATERIALIZED VIEW CONCURRENTLY stages;
SELECT customer_id, stage FROM stages ORDER BY customer_id;
-- generated columns and indexes of what does not depend on the day
ALTER TABLE histories ADD COLUMN first_bought timestamptz GENERATED ALWAYS AS (first_purchase(h, '9999-12-31 00:00+00'::timestamptz)) STORED;
ALTER TABLE histories ADD COLUMN days bigint GENERATED ALWAYS AS (num_purchase_days(h, '9999-12-31 00:00+00'::timestamptz)) STORED; -- depends on TimeZone
SELECT customer_id, first_bought FROM histories ORDER BY customer_id;

SET client_min_messages = warning;
DROP SCHEMA shop CASCADE;
