-- a database in another encoding than UTF8: what is stored is ASCII, and what comes in is checked
CREATE DATABASE regress_euc_jp ENCODING 'EUC_JP' LOCALE 'C' TEMPLATE template0;
\c regress_euc_jp
SET client_min_messages = warning;
CREATE EXTENSION pg_lifecycle;
RESET client_min_messages;
SET TimeZone = 'UTC';
-- the status of a base of customers who buy every seven days has an arrow and an infinity
CREATE TABLE rhythms AS
SELECT purchase_rhythm(h, '2025-01-01') AS rhythm
FROM (SELECT purchase_history('2024-01-01'::timestamptz + j * '7 days'::interval) AS h
      FROM generate_series(1, 30) AS i, generate_series(1, 5) AS j GROUP BY i) AS t;
SELECT substring(rhythm::text FROM '"status":"[^"]*"') FROM rhythms;
SELECT octet_length(rhythm::text) = length(rhythm::text) AS ascii FROM rhythms;
-- there and back, as a dump would
\copy rhythms TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/rhythms"'
\copy rhythms FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/rhythms"'
SELECT count(*) FROM (SELECT DISTINCT rhythm FROM rhythms) AS same;
-- other characters than ASCII come in as JSON escapes, and are named as such in errors
SELECT '{"bins": 2, "recency_days": [1], "frequency": [1], "monetary": [1], "method": "\u3042"}'::rfm_breaks;
SELECT ('{"bins": 2, "method": "' || convert_from('\xa4a2', 'EUC_JP') || '"}')::rfm_breaks;
SELECT convert_from('\xa4a2', 'EUC_JP')::rfm_triple;
SELECT convert_from('\xa4a2', 'EUC_JP')::purchase_history;
\c regression
DROP DATABASE regress_euc_jp;
