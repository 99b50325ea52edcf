-- The orders of 2,357 customers of the CD shop CDNOW from January 1997 to June 1998 (Fader and Hardie's 1/10 sample).
-- Run it from the root of the checkout.
\ir extension.sql

CREATE TABLE cdnow (customer_id integer, ordered_on date, cds integer, amount numeric);
\copy cdnow FROM 'tests/data/cdnow_sample.csv' WITH (FORMAT csv, HEADER)
