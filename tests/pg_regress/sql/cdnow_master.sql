-- real orders, ten times as many: the full base of CDNOW, which scripts/fetch-cdnow-master has put into target/
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';

CREATE TEMP TABLE cdnow_master (customer_id int, ordered_on date, cds int, amount numeric);
\copy cdnow_master FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../../target/cdnow_master.csv"' (FORMAT csv, HEADER)
CREATE TEMP TABLE histories AS SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow_master GROUP BY customer_id;

-- all of it, as its publishers count it, before and after it has become histories
SELECT count(DISTINCT customer_id) AS customers, count(*) AS purchases, sum(amount) AS spend FROM cdnow_master;
SELECT count(*) AS customers, sum(num_purchases(h, '1998-12-31')) AS purchases, sum(total_spend(h, '1998-12-31')) AS spend FROM histories;
-- customer-days: rows of one day are one purchase day
SELECT count(*) = (SELECT sum(num_purchase_days(h, '1998-12-31')) FROM histories) AS same FROM (SELECT DISTINCT customer_id, ordered_on FROM cdnow_master) AS day;
-- the sample is every tenth customer, under the numbers of its own
CREATE TEMP TABLE sample (customer_id int, ordered_on date, cds int, amount numeric);
\copy sample FROM PROGRAM 'cat "$PG_ABS_SRCDIR/../data/cdnow_sample.csv"' (FORMAT csv, HEADER)
SELECT count(*) AS missing FROM (SELECT ordered_on, cds, amount FROM sample EXCEPT ALL SELECT ordered_on, cds, amount FROM cdnow_master) AS row;
-- purchase days and buyers after the calibration, the first 39 weeks
SELECT sum(num_purchase_days(h, '1998-06-30') - num_purchase_days(h, '1997-09-30')) AS held_out, count(*) FILTER (WHERE num_purchase_days(h, '1998-06-30') > num_purchase_days(h, '1997-09-30')) AS buyers FROM histories;
