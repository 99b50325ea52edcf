-- Simulates the customers of a shop, as the Pareto/NBD model has them, and their orders as histories.
--
--   psql -v customers=200000 -f bench/customers.sql
--
-- A customer first buys on a day of 2024, orders at random at a rate of his own, and leaves for good after a lifetime of
-- his own; nobody sees him go. Rates are gamma distributed (shape 1/2, scale 10 weeks), so are the rates of leaving (1/2,
-- 12 weeks): near to those of CDNOW, a CD shop. So are the amounts, gamma-gamma with p = 6, q = 4, gamma = 15: 30 dollars
-- in the mean. Observation ends on 2025-12-31. Orders are known by their day. The same customers at every run.

\set ON_ERROR_STOP on
SET max_parallel_workers_per_gather = 0;
SELECT setseed(0.31) \g /dev/null

-- A standard exponential deviate, and gamma deviates of shape 1/2 (half the square of a normal one), 4 and 6.
CREATE FUNCTION exponential() RETURNS double precision LANGUAGE sql VOLATILE AS 'SELECT -ln(1 - random())';
CREATE FUNCTION gamma_half() RETURNS double precision LANGUAGE sql VOLATILE AS
    'SELECT exponential() * cos(2 * pi() * random()) ^ 2';
CREATE FUNCTION gamma_4() RETURNS double precision LANGUAGE sql VOLATILE AS
    'SELECT exponential() + exponential() + exponential() + exponential()';
CREATE FUNCTION gamma_6() RETURNS double precision LANGUAGE sql VOLATILE AS
    'SELECT gamma_4() + exponential() + exponential()';

-- Time is in days since the beginning of 2024. At the rate 0 nobody would ever leave, or order again.
CREATE TEMP TABLE customers AS
SELECT customer_id, joined, least(joined + exponential() / leaving, 731) AS gone, rate, price
FROM (
    SELECT customer_id, 366 * random() AS joined, gamma_half() / 70 + 1e-12 AS rate, gamma_half() / 84 + 1e-12 AS leaving,
        15 / gamma_4() AS price
    FROM generate_series(1, :customers) AS customer_id
    OFFSET 0
) AS drawn;

-- Each round gives one more order to those who are still there.
CREATE UNLOGGED TABLE histories AS
WITH RECURSIVE orders AS (
    SELECT customer_id, joined AS at, gone, rate, price FROM customers
    UNION ALL
    SELECT customer_id, next.at, gone, rate, price
    FROM orders, LATERAL (SELECT orders.at + exponential() / rate AS at OFFSET 0) AS next
    WHERE next.at < gone
)
SELECT customer_id, purchase_history(date '2024-01-01' + floor(at)::integer, round((price * gamma_6())::numeric, 2)) AS h
FROM orders GROUP BY customer_id;
ALTER TABLE histories ADD PRIMARY KEY (customer_id);
ANALYZE histories;
