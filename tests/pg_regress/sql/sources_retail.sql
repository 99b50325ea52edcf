-- a table in the shape of UCI's Online Retail, attached as it is in one call: lines, credit notes, rows without a customer, ids that are
-- floating point numbers, invoices that span two minutes, lines that are there twice, free goods. All figures were counted by hand.
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';
\pset null (null)
CREATE TABLE online_retail (invoice_no text, stock_code text, description text, quantity bigint, invoice_date timestamp, unit_price float8, customer_id float8, country text);
-- customer 12345 + c has c invoices of three lines each, over 1 c + 2 c + 3 c: 55 invoices, 165 lines, 6 (1 + 4 + ... + 100) = 2310
INSERT INTO online_retail
SELECT (536364 + c * (c - 1) / 2 + i)::text, '8512' || l || 'A', CASE WHEN l < 3 THEN 'WHITE HANGING HEART' END, l,
    timestamp '2010-12-01 08:26' + (c * 5 + i * 20) * interval '1 day' + (CASE WHEN l = 3 AND i % 2 = 0 THEN 1 ELSE 0 END) * interval '1 minute',
    c, 12345 + c, 'United Kingdom'
FROM generate_series(1, 10) AS c, generate_series(1, c) AS i, generate_series(1, 3) AS l;
-- a line of customers 12353, 12354 and 12355 is there twice: 8 + 9 + 10
INSERT INTO online_retail SELECT * FROM online_retail AS o WHERE customer_id >= 12353 AND quantity = 1
    AND invoice_no = (SELECT min(invoice_no) FROM online_retail AS f WHERE f.customer_id = o.customer_id);
INSERT INTO online_retail VALUES
    -- a credit note of each customer with an even c: -(2 + 4 + 6 + 8 + 10)
    ('C540001', '85123A', NULL, -1, '2011-09-01 10:00', 2, 12347, 'United Kingdom'), ('C540002', '85123A', NULL, -1, '2011-09-01 10:00', 4, 12349, 'United Kingdom'),
    ('C540003', '85123A', NULL, -1, '2011-09-01 10:00', 6, 12351, 'United Kingdom'), ('C540004', '85123A', NULL, -2, '2011-09-01 10:00', 4, 12353, 'United Kingdom'),
    ('C540005', 'D', 'Discount', -1, '2011-09-01 10:00', 10, 12355, 'United Kingdom'),
    -- 74,215 pieces, taken back sixteen minutes later: one order more, over nothing
    ('541431', '23166', 'MEDIUM CERAMIC TOP STORAGE JAR', 74215, '2011-01-18 10:01', 1.04, 12346, 'United Kingdom'),
    ('C541433', '23166', 'MEDIUM CERAMIC TOP STORAGE JAR', -74215, '2011-01-18 10:17', 1.04, 12346, 'United Kingdom'),
    -- free goods are an order
    ('543263', '22841', 'ROUND CAKE TIN', 74, '2011-02-04 10:43', 0, 12350, 'Germany'),
    -- a customer of credit notes only: -6.96 and no order
    ('C536391', '22556', 'PLASTERS IN TIN', -24, '2010-12-01 10:24', 0.29, 17548, 'United Kingdom'),
    -- bad debt that was adjusted, of nobody: -11062.06
    ('A563185', 'B', 'Adjust bad debt', 1, '2011-08-12 14:50', 11062.06, NULL, 'United Kingdom'),
    ('A563186', 'B', 'Adjust bad debt', 1, '2011-08-12 14:51', -11062.06, NULL, 'United Kingdom'),
    ('A563187', 'B', 'Adjust bad debt', 1, '2011-08-12 14:52', -11062.06, NULL, 'United Kingdom');
-- damages and such, of nobody and over nothing: 20 rows
INSERT INTO online_retail SELECT (550000 + i)::text, '22139', NULL, -i, timestamp '2011-03-01 11:52' + i * interval '1 day', 0, NULL, 'United Kingdom' FROM generate_series(1, 20) AS i;
SELECT count(*) FROM online_retail;
-- without order_key, each line counts, which the finding says
SELECT finding, rows, advice FROM lifecycle.check_source('{"orders": "online_retail", "customer": "customer_id::bigint", "ordered_at": "invoice_date", "amount": "quantity * unit_price"}'::jsonb);
SET client_min_messages = notice;
SELECT lifecycle.attach('sources_retail', orders => 'online_retail', customer => 'customer_id::bigint', order_key => 'invoice_no', ordered_at => 'invoice_date',
    amount => 'quantity * unit_price', time_zone => 'Europe/London', currency => 'GBP', settings => '{"reader": ""}');
SET client_min_messages = warning;
CALL lifecycle.refresh('sources_retail', as_of => '2011-12-10');
-- 11 customers, 10 of them with orders; 57 orders; 2310 + 27 - 30 - 6.96
SELECT count(*) AS customers, count(*) FILTER (WHERE orders > 0) AS buyers, sum(orders) AS orders, sum(spend) AS spend FROM sources_retail.customers;
-- 6 c c, with what was added and taken back
SELECT customer, orders, spend, first_purchase, last_purchase FROM sources_retail.customers ORDER BY customer;
SELECT reason, count(*), sum(amount) FROM sources_retail_data.left_out_orders GROUP BY reason;
SELECT sum(revenue) AS revenue FROM sources_retail.growth;
-- as plain SQL counts
SELECT count(*) AS differing FROM sources_retail.customers AS c FULL JOIN (
    SELECT customer_id AS customer, count(*) FILTER (WHERE amount >= 0) AS orders, round(sum(amount), 2) AS spend, min(at) FILTER (WHERE amount >= 0) AS first
    FROM (SELECT customer_id, invoice_no, sum(quantity * unit_price)::numeric AS amount, min(invoice_date) AT TIME ZONE 'Europe/London' AS at
        FROM online_retail WHERE customer_id IS NOT NULL GROUP BY 1, 2) AS invoice GROUP BY customer_id) AS p USING (customer)
WHERE (c.orders, c.spend, c.first_purchase) IS DISTINCT FROM (p.orders, p.spend, p.first);
-- what shops do then: a line comes late, an invoice is another's, a line is taken back within its invoice, rows of nobody find their customer
INSERT INTO online_retail SELECT invoice_no, 'POST', 'POSTAGE', 1, invoice_date + interval '2 days', 18, customer_id, country FROM online_retail
    WHERE invoice_no = '536365' AND quantity = 1;
UPDATE online_retail SET customer_id = 17548 WHERE invoice_no = '543263';
INSERT INTO online_retail SELECT invoice_no, stock_code, description, -100, invoice_date, unit_price, customer_id, country FROM online_retail
    WHERE invoice_no = '536366' AND quantity = 1;
UPDATE online_retail SET customer_id = 12999 WHERE invoice_no LIKE 'A56318%';
SELECT customer FROM sources_retail_data.order_change ORDER BY customer;
CALL lifecycle.refresh('sources_retail', as_of => '2011-12-10');
SELECT customer, orders, spend, first_purchase, last_purchase FROM sources_retail.customers WHERE customer IN (12346, 12347, 12350, 17548, 12999) ORDER BY customer;
SELECT rebuilt, changed_customers FROM lifecycle.refresh_log WHERE store = 'sources_retail' ORDER BY id;
SELECT * FROM lifecycle.verify('sources_retail');
DELETE FROM online_retail WHERE invoice_no LIKE 'C%' OR customer_id IS NULL;
CALL lifecycle.refresh('sources_retail', as_of => '2011-12-11');
SELECT count(*) AS customers, sum(orders) AS orders, sum(spend) AS spend FROM sources_retail.customers;
SELECT * FROM lifecycle.verify('sources_retail');
SELECT lifecycle.detach('sources_retail');
DROP TABLE online_retail;
