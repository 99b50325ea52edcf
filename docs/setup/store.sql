-- The store cds on the orders of CDNOW, as of 4 July 1998.
\ir cdnow.sql

CREATE TABLE people (customer_id integer PRIMARY KEY, country text, newsletter_since date);
INSERT INTO people SELECT i, CASE WHEN i % 3 = 0 THEN 'DE' ELSE 'US' END, DATE '1997-05-01' FROM generate_series(1, 2400) AS i;
CREATE TABLE cd_orders AS SELECT *, 'paid' AS state FROM cdnow;
CREATE INDEX ON cd_orders (customer_id);
SELECT lifecycle.attach('cds', orders => 'cd_orders', customer => 'customer_id', ordered_at => 'ordered_on', amount => 'amount',
    status => $$state NOT IN ('cancelled', 'test')$$,
    customers => 'people', consented_at => 'newsletter_since', attributes => '{country}',
    time_zone => 'America/New_York', currency => 'USD', settings => '{"horizon": "6 months"}') \g /dev/null
CALL lifecycle.refresh('cds', as_of => '1998-07-04');
SELECT lifecycle.configure('cds', '{"grid": "rfm_125", "lapsed_after": 2.5}') \g /dev/null
