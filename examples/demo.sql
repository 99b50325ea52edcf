-- What there is to see, on the orders of a real shop. `make demo` runs this in a fresh database of a throwaway server;
-- on a server of your own, from the root of the checkout: createdb demo && psql -X -d demo -f examples/demo.sql

\set ON_ERROR_STOP on
\set QUIET on
\pset format aligned
\pset border 1
\pset footer off
\pset pager off
\pset null '-'
\set as_of 1998-07-01
SET client_min_messages = warning;
SET timezone = 'UTC';

CREATE EXTENSION IF NOT EXISTS pg_lifecycle;

CREATE TABLE orders (customer_id integer NOT NULL, ordered_on date NOT NULL, cds integer, amount numeric NOT NULL);
\copy orders FROM 'tests/data/cdnow_sample.csv' WITH (FORMAT csv, HEADER)

CREATE TABLE histories AS
    SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM orders GROUP BY customer_id;
ALTER TABLE histories ADD PRIMARY KEY (customer_id);
CREATE TABLE rhythm AS
    SELECT purchase_rhythm(h, :'as_of') AS rhythm FROM histories;
ANALYZE orders, histories, rhythm;

\echo
\echo 'The orders of CDNOW, a CD shop: a tenth of the customers who first bought in early 1997.'
\echo 'The data end on 1998-06-30, so every question below is asked as of 1998-07-01, not of today.'
\echo

SELECT count(DISTINCT customer_id) AS customers, count(*) AS orders, sum(amount) AS revenue,
    min(ordered_on) AS first_order, max(ordered_on) AS last_order
FROM orders;

\echo 'SEGMENTS: recency, frequency and monetary value, each scored 1 to 5 within this base'
\echo

WITH scored AS (
    SELECT h, rfm_score(h, rfm_breaks(h, :'as_of') OVER (), :'as_of') AS score FROM histories
)
SELECT rfm_segment(score) AS segment, count(*) AS customers,
    to_char(100.0 * count(*) / sum(count(*)) OVER (), '990.0 %') AS share,
    to_char(sum(total_spend(h, :'as_of')), '999,990.00') AS revenue,
    to_char(100 * sum(total_spend(h, :'as_of')) / sum(sum(total_spend(h, :'as_of'))) OVER (), '990.0 %')
        AS revenue_share
FROM scored
GROUP BY segment
ORDER BY sum(total_spend(h, :'as_of')) DESC;

\echo 'STAGES: how long each customer has been silent, measured against the gap expected of that customer'
\echo

SELECT lifecycle_stage(h, rhythm, :'as_of') AS stage, count(*) AS customers,
    to_char(100.0 * count(*) / sum(count(*)) OVER (), '990.0 %') AS share,
    to_char(sum(total_spend(h, :'as_of')), '999,990.00') AS revenue,
    to_char(avg(num_purchases(h, :'as_of')), '990.0') AS orders_each,
    round(avg(extract(day FROM recency(h, :'as_of')))) AS days_silent,
    round(avg(extract(day FROM expected_gap(h, rhythm, :'as_of')))) AS days_expected
FROM histories, rhythm
GROUP BY stage
ORDER BY stage;

\echo 'AT RISK: the ten of most value. overdue: silence / expected gap; next_order: when the next order is'
\echo 'due if they still buy, 80 % within the range; ltv: what three years at the past rate are worth'
\echo

SELECT customer_id, num_purchases(h, :'as_of') AS orders,
    last_purchase(h, :'as_of')::date AS last_order,
    to_char(overdue_ratio(h, rhythm, :'as_of'), '90.0') || ' x' AS overdue,
    expected_next_purchase(h, rhythm, :'as_of')::date AS next_order,
    lower(next_range)::date || ' to ' || upper(next_range)::date AS range,
    to_char(ltv(h, 3, :'as_of'), '9,990.00') AS ltv
FROM histories, rhythm, expected_next_purchase_range(h, rhythm, 0.8, :'as_of') AS next_range
WHERE lifecycle_stage(h, rhythm, :'as_of') = 'at_risk'
ORDER BY ltv(h, 3, :'as_of') DESC
LIMIT 10;

\echo 'RHYTHM: the gaps between purchase days in this base, in words'
\echo

-- The mean gap of the base is k alpha / (r - 1), and a customer's own mean weighs as much after (r - 1) / k gaps.
SELECT format(E'A customer of this base is expected to buy again after %s days. Whoever bought for the first\n'
        'time today, and comes back at all, does so within 30 days with probability %s, within a year\n'
        'with %s. After %s gaps a customer''s own mean counts for more than that of the base.\n'
        '(Fitted to %s gaps of %s customers: k = %s, r = %s, alpha = %s days; %s.)',
    round(k * alpha / (r - 1)),
    round(purchase_probability(newcomer, rhythm, '30 days', :'as_of')::numeric, 2),
    round(purchase_probability(newcomer, rhythm, '1 year', :'as_of')::numeric, 2),
    floor((r - 1) / k) + 1,
    fit ->> 'gaps', fit ->> 'customers', round(k, 2), round(r, 2), round(alpha), fit ->> 'status')
FROM rhythm, CAST(rhythm AS jsonb) AS fit,
    jsonb_to_record(fit -> 'params') AS params (k numeric, r numeric, alpha numeric),
    (SELECT purchase_history(timestamptz :'as_of', 20)) AS today (newcomer)
\g (tuples_only=on format=unaligned)


\echo
\echo 'TRY NEXT, on the tables orders, histories and rhythm of this database:'
\echo
\echo '  -- one customer, order by order'
\echo '  SELECT p.* FROM histories, purchases(h) AS p WHERE customer_id = 1;'
\echo
\echo '  -- the same customers a year earlier: every question takes an as_of'
\echo '  SELECT lifecycle_stage(h, as_of => \'1997-07-01\') AS stage, count(*) FROM histories GROUP BY 1 ORDER BY 1;'
\echo
\echo '  -- who orders within 30 days, if still a customer'
\echo '  SELECT customer_id, purchase_probability(h, rhythm, \'30 days\', as_of => \'1998-07-01\') AS chance'
\echo '  FROM histories, rhythm ORDER BY chance DESC LIMIT 10;'
\echo
\echo '  -- the value of a customer, and what it is made of'
\echo '  SELECT (ltv_inputs(h, \'1998-07-01\')).* FROM histories;'
