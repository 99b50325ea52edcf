-- settings that do not fit: each is refused by name, with what to do, or taken as the documentation says; nothing is left behind
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET client_min_messages = warning;
\pset null (null)
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' | '
CREATE SCHEMA sources_refused;
SET search_path = sources_refused, public;
CREATE TABLE o (tenant int, n int, mail text, code text, num numeric, num2 numeric(12, 2), wide numeric(19, 0), b bool, at timestamptz, "when" timestamp, day date, t time,
    amount numeric, cents text, j jsonb, arr int[], f float8, id uuid, "Odd, Name" int, "{n}" int, updated_at timestamptz, sys_time text);
CREATE TABLE people (n int, consent timestamptz, wrong text, key text);
CREATE TABLE events (n int, happened timestamptz, kind text, x int);
CREATE FUNCTION stable_key(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1';
CREATE FUNCTION volatile_key(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1';
CREATE FUNCTION set_of(int) RETURNS SETOF int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION nothing(int) RETURNS void LANGUAGE sql IMMUTABLE AS 'SELECT';
-- What an attach with these settings comes to; it is taken back in any case.
CREATE FUNCTION pg_temp.try(settings jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
    PERFORM lifecycle.attach('sources_refused_store', '{"orders": "o", "customer": "n", "ordered_at": "at", "amount": "amount", "reader": "", "time_zone": "UTC"}' || settings);
    RAISE EXCEPTION USING ERRCODE = 'TAKEN';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN CASE state WHEN 'TAKEN' THEN 'taken' ELSE concat_ws(E'\n    ', state || ': ' || message, NULLIF(detail, ''), NULLIF(hint, '')) END;
END $$;
CREATE TABLE cases (id int GENERATED ALWAYS AS IDENTITY, what text, settings jsonb);
INSERT INTO cases (what, settings) VALUES
    ('columns in a row', '{"customer": "tenant, n"}'),
    ('columns in parentheses', '{"customer": "(tenant, n)"}'),
    ('columns in a row, of which one is not there', '{"customer": "tenant, m"}'),
    ('a row', '{"customer": "ROW(tenant, n)"}'),
    ('a list of nothing', '{"customer": "{}"}'),
    ('a list of blanks', '{"customer": "{ , }"}'),
    ('a list of one', '{"customer": "{n}"}'),
    ('a list with a column that is not there', '{"customer": "{tenant, m}"}'),
    ('a list with an expression', '{"customer": "{tenant, n + 1}"}'),
    ('a list with a column twice', '{"customer": "{n, n}"}'),
    ('a list with a column that is no part of a key', '{"customer": "{tenant, amount}"}'),
    ('a list with an instant', '{"customer": "{tenant, at}"}'),
    ('a list that does not end', '{"customer": "{tenant, n"}'),
    ('a list for an instant', '{"ordered_at": "{at, day}"}'),
    ('a list for an amount', '{"amount": "{amount, num}"}'),
    ('columns in a row for an amount', '{"amount": "amount, num"}'),
    ('a column with a comma in its name', '{"customer": "Odd, Name"}'),
    ('a list with a column with a comma in its name', '{"customer": "{\"Odd, Name\", n}"}'),
    ('a key with decimals', '{"customer": "num2"}'),
    ('a key of any number', '{"customer": "num"}'),
    ('a key of 19 digits', '{"customer": "wide"}'),
    ('an instant as key', '{"customer": "at"}'),
    ('a truth as key', '{"customer": "b"}'),
    ('a document as key', '{"customer": "j"}'),
    ('a field of a document as key', '{"customer": "j ->> ''customer''"}'),
    ('a document''s field that is a document', '{"customer": "j -> ''customer''"}'),
    ('an array as key', '{"customer": "arr"}'),
    ('a floating point key', '{"customer": "f"}'),
    ('a floating point key, cast', '{"customer": "f::bigint"}'),
    ('a key of a number, cast', '{"customer": "num::bigint"}'),
    ('a typing error', '{"customer": "lower(mial)"}'),
    ('a function that is not there', '{"customer": "lowr(mail)"}'),
    ('an operator that is not there', '{"amount": "amount * mail"}'),
    ('no expression', '{"customer": "lower(mail"}'),
    ('two statements', '{"customer": "n); DROP TABLE o; --"}'),
    ('two expressions', '{"amount": "amount + 1, 2"}'),
    ('a query', '{"customer": "SELECT n FROM o"}'),
    ('another clause', '{"customer": "n) FROM o WHERE (true"}'),
    ('an alias', '{"amount": "amount / 100 AS euros"}'),
    ('a comment that hides the end', '{"amount": "amount / 100 -- euros"}'),
    ('a comment that does not end', '{"amount": "amount / 100 /* euros"}'),
    ('a parameter', '{"amount": "amount * $1"}'),
    ('a default', '{"amount": "DEFAULT"}'),
    ('an aggregate', '{"amount": "sum(amount)"}'),
    ('a window function', '{"amount": "sum(amount) OVER (PARTITION BY n)"}'),
    ('a set', '{"customer": "set_of(n)"}'),
    ('a set of the server''s', '{"customer": "generate_series(1, n)"}'),
    ('nothing', '{"amount": "nothing(n)"}'),
    ('a volatile expression', '{"amount": "amount * random()"}'),
    ('a volatile function', '{"customer": "volatile_key(n)"}'),
    ('a stable customer with triggers', '{"customer": "stable_key(n)"}'),
    ('a stable customer, compared', '{"customer": "stable_key(n)", "changes": "compare"}'),
    ('a stable amount', '{"amount": "amount + stable_key(n)"}'),
    ('a customer by the session''s settings', '{"customer": "to_char(at, ''Mon'')"}'),
    ('a customer by the clock', '{"customer": "CASE WHEN at < now() THEN n END"}'),
    ('another table', '{"customer": "(SELECT min(p.n) FROM people AS p WHERE p.key = mail)"}'),
    ('another table, compared', '{"customer": "(SELECT min(p.n) FROM people AS p WHERE p.key = mail)", "changes": "compare"}'),
    ('a constant as customer', '{"customer": "(1)"}'),
    ('a constant as instant', '{"ordered_at": "now()"}'),
    ('a text as instant', '{"ordered_at": "mail"}'),
    ('a number as instant', '{"ordered_at": "n"}'),
    ('a number as instant, made one', '{"ordered_at": "to_timestamp(n)"}'),
    ('a text as instant, cast', '{"ordered_at": "mail::timestamptz"}'),
    ('a time of day as instant', '{"ordered_at": "t"}'),
    ('a day and a time of day', '{"ordered_at": "day + t"}'),
    ('a truth as amount', '{"amount": "b"}'),
    ('a document as amount', '{"amount": "j"}'),
    ('a field of a document as amount', '{"amount": "j ->> ''total''"}'),
    ('an interval as amount', '{"amount": "at - \"when\""}'),
    ('an amount of another type, cast', '{"amount": "(j ->> ''total'')::numeric"}'),
    ('an empty amount', '{"amount": ""}'),
    ('an empty customer', '{"customer": ""}'),
    ('blanks for a customer', '{"customer": "  "}'),
    ('an empty order_key', '{"order_key": ""}'),
    ('an order_key that is not there', '{"order_key": "order_id"}'),
    ('an order_key of an array', '{"order_key": "arr"}'),
    ('an order_key of several columns', '{"order_key": "{tenant, code}"}'),
    ('an order_key of columns in a row', '{"order_key": "tenant, code"}'),
    ('an order_key that is an aggregate', '{"order_key": "max(code)"}'),
    ('a zone that is none', '{"ordered_at_zone": "Berlin"}'),
    ('a zone that is an abbreviation', '{"ordered_at_zone": "CEST"}'),
    ('an empty zone', '{"ordered_at_zone": ""}'),
    ('a zone by its offset', '{"ordered_at_zone": "+02"}'),
    ('a guest that is no key', '{"guest": "x"}'),
    ('a guest that is no key, in a list', '{"guest": [0, "x"]}'),
    ('a guest beyond the type', '{"guest": 99999999999}'),
    ('a guest with decimals', '{"guest": 0.5}'),
    ('a guest of NULL', '{"guest": [null]}'),
    ('no guest', '{"guest": null}'),
    ('a guest that is a truth', '{"guest": true}'),
    ('a guest within a list of lists', '{"guest": [[0]]}'),
    ('a guest that is no uuid', '{"customer": "id", "guest": "0"}'),
    ('another null_amount', '{"null_amount": "ignore"}'),
    ('null_amount without an amount', '{"amount": null, "null_amount": "skip"}'),
    ('null_amount of null', '{"null_amount": null}'),
    ('another follow', '{"follow": "both"}'),
    ('an unknown setting', '{"orderkey": "code"}'),
    ('an expression as channel', '{"channel": "lower(code)"}'),
    ('an array as channel', '{"channel": "arr"}'),
    ('an expression as changed_at', '{"changes": "column", "changed_at": "COALESCE(updated_at, at)"}'),
    ('a text as changed_at', '{"changes": "column", "changed_at": "lower(code)"}'),
    ('a volatile changed_at', '{"changes": "column", "changed_at": "clock_timestamp()"}'),
    ('an expression as attribute', '{"attributes": ["lower(mail)"]}'),
    ('keys of two types', '{"customers": "people", "customers_key": "lower(key)"}'),
    ('keys of two types, cast', '{"customers": "people", "customers_key": "(key::bigint)"}'),
    ('an expression over another table''s column', '{"customers": "people", "customers_key": "tenant + 1"}'),
    ('a text as consent', '{"customers": "people", "consented_at": "wrong || ''x''"}'),
    ('an expression as consent', '{"customers": "people", "consented_at": "COALESCE(consent, ''2025-01-01'')"}'),
    ('an expression of events', '{"events": "events", "happened_at": "happened + interval ''1 hour''", "kind": "lower(kind)", "event_customer": "n + 0"}'),
    ('a number as kind', '{"events": "events", "happened_at": "happened", "kind": "x + 1"}'),
    ('a key of events of several columns', '{"events": "events", "happened_at": "happened", "kind": "kind", "customer": "{tenant, n}", "event_customer": "{n, x}"}'),
    ('a customer that events do not have', '{"events": "events", "happened_at": "happened", "kind": "kind", "customer": "{tenant, n}"}'),
    ('an expression as orders', '{"orders": "(SELECT * FROM o)"}'),
    ('a column of the system', '{"customer": "ctid"}'),
    ('an expression of the system''s columns', '{"customer": "tableoid::bigint"}'),
    ('the whole row', '{"customer": "o"}'),
    ('the whole row as text', '{"customer": "o::text"}'),
    ('the name of the table before the column', '{"customer": "o.n"}'),
    ('the name of the table before the column, in an expression', '{"customer": "o.n + 0"}'),
    ('an expression with a collation', '{"customer": "mail COLLATE \"C\""}'),
    ('an expression in other quotes', '{"customer": "\"Odd, Name\" + 0"}'),
    ('an expression that is long', jsonb_build_object('amount', repeat('amount + ', 1000) || '0')),
    ('an expression that fails at once', '{"amount": "1 / 0"}'),
    ('an expression with a backslash', jsonb_build_object('customer', E'replace(mail, ''\\'', ''/'')')),
    ('an expression with an escape', jsonb_build_object('customer', E'replace(mail, E''\\n'', '''')')),
    ('an expression with dollars', '{"customer": "replace(mail, $$a$$, $x$b$x$)"}');
SELECT what, left(settings::text, 160) || E'\n    ' || pg_temp.try(settings) FROM cases ORDER BY id;
SELECT count(*) FROM cases;
SELECT count(*) FROM lifecycle.store WHERE store = 'sources_refused_store';
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sources\_refused\_store%';
-- with literals as they were once
SET standard_conforming_strings = off; SET escape_string_warning = off;
SELECT pg_temp.try('{"customer": "{tenant, code}", "amount": "cents", "guest": "1/x\\\\/"}');
SELECT lifecycle.attach('sources_refused_store', orders => 'o', customer => '{tenant, code}', ordered_at => 'at', amount => 'cents', time_zone => 'UTC', settings => '{"reader": ""}');
RESET standard_conforming_strings;
INSERT INTO o (tenant, code, at, cents) VALUES (1, E'a\\/', '2025-01-01', E' 5\t'), (1, E'a\\/', '2025-01-02', 's7');
CALL lifecycle.refresh('sources_refused_store', '2025-02-01');
SELECT customer, orders, spend FROM sources_refused_store.customers;
-- the findings are refused as an attach is, also where the settings are a literal without a type
SELECT * FROM lifecycle.check_source('{"orders": "zzzzzzzzzzzz", "customer": "n", "ordered_at": "at"}'::jsonb);
SELECT * FROM lifecycle.check_source('{"orders": "zzzzzzzzzzzz", "customer": "n", "ordered_at": "at"}');
SELECT * FROM lifecycle.check_source('{"orders": "o"');
SELECT * FROM lifecycle.check_source(NULL::jsonb);
SELECT * FROM lifecycle.check_source(NULL::text);
SELECT * FROM lifecycle.check_source('no store');
SELECT * FROM lifecycle.check_source('{"orders": "o", "customer": "n"}'::jsonb);
SELECT * FROM lifecycle.check_source('{"orders": "o", "customer": "n", "ordered_at": "at"}'::jsonb);
-- a role that may not read the table is refused, and runs nothing with the rights of another
CREATE ROLE sources_refused_other;
GRANT USAGE ON SCHEMA sources_refused TO sources_refused_other;
GRANT EXECUTE ON FUNCTION pg_temp.try(jsonb) TO sources_refused_other;
SET ROLE sources_refused_other;
SELECT * FROM lifecycle.check_source('{"orders": "o", "customer": "n", "ordered_at": "at"}'::jsonb);
SELECT * FROM lifecycle.check_source('sources_refused_store');
RESET ROLE;
SELECT lifecycle.detach('sources_refused_store');
SET client_min_messages = error;
DROP SCHEMA sources_refused CASCADE;
DROP OWNED BY sources_refused_other;
DROP ROLE sources_refused_other;
