-- The store florist of a flower shop that sends letters with voucher codes.
\ir extension.sql

CREATE TABLE buyers (id integer PRIMARY KEY, email text, first_name text, language text, birthday date);
INSERT INTO buyers VALUES (1, 'anna@example.org', 'Anna', 'de_AT', '1984-03-21'), (2, 'ben@example.org', NULL, 'en_GB', NULL),
    (3, 'chloe@example.org', 'Chloé', 'fr_FR', '1990-05-08');
CREATE TABLE bouquets (number integer PRIMARY KEY, buyer integer, ordered_at timestamptz, total numeric, voucher text);
INSERT INTO bouquets SELECT i, 1 + i % 3, timestamptz '2024-01-02 10:00+00' + i * interval '5 days', 39.9 + i, NULL FROM generate_series(1, 9) AS i;
CREATE INDEX ON bouquets (buyer);
SELECT lifecycle.attach('florist', orders => 'bouquets', customer => 'buyer', ordered_at => 'ordered_at', amount => 'total',
    customers => 'buyers', customers_key => 'id', attributes => '{email,first_name,language,birthday}', time_zone => 'Europe/Vienna',
    settings => '{"currency": "EUR", "code": "voucher"}') \g /dev/null
CALL lifecycle.refresh('florist', as_of => '2024-03-01 12:00');
