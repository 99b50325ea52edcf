-- What letters carry: defaults for what is missing, names only if they are there, dates and money as people write them.
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE TABLE letter_members (id int PRIMARY KEY, email text, first_name text, birthday date, seen timestamptz, language text, balance numeric, zone text);
INSERT INTO letter_members VALUES
    (1, 'l1@example.org', 'Anna', '1980-03-05', '2024-02-29 23:30Z', 'de_AT', 1234.5, 'Europe/Berlin'),
    (2, 'l2@example.org', '  ', 'infinity', 'infinity', 'klingon', 'NaN', 'America/New_York'),
    (3, 'l3@example.org', NULL, NULL, NULL, NULL, NULL, NULL),
    (4, 'l4@example.org', E'O''Neil "Q" \\ {x}', '0001-01-01', '2024-07-04 12:00Z', 'fr-CA', -0.005, 'Asia/Tokyo'),
    (5, 'l5@example.org', 'Zoë', '5874897-12-31', '0044-03-15 BC', 'hi', 1e20, 'Nowhere/Land');
CREATE TABLE letter_orders (id int PRIMARY KEY, member int, at timestamptz, amount numeric);
CREATE INDEX ON letter_orders (member);
INSERT INTO letter_orders SELECT i, i, '2024-01-01Z', 20 FROM generate_series(1, 5) AS i;
SELECT lifecycle.attach('letters', orders => 'letter_orders', customer => 'member', ordered_at => 'at', amount => 'amount',
    customers => 'letter_members', customers_key => 'id', attributes => '{email,first_name,birthday,seen,language,balance,zone}',
    time_zone => 'UTC', settings => '{"reader": "", "currency": "EUR"}');
SELECT lifecycle.set_journey_policy('letters', '{"time_zone": "zone"}');
CALL lifecycle.refresh('letters', as_of => '2024-03-01 12:00');
SELECT lifecycle.create_journey('letters', 'letter', '{"entry": {"event": "asked"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "t", "payload": {
        "hello": {"profile": "first_name", "before": "Dear ", "after": ",", "default": "Hello,"},
        "name": {"profile": "first_name", "default": null},
        "born": {"profile": "birthday", "format": "%-d %B", "locale": {"profile": "language"}, "default": "?"},
        "seen": {"profile": "seen", "format": "%Y-%m-%d %H:%M"},
        "balance": {"profile": "balance", "format": "money", "locale": {"profile": "language"}, "default": "nothing"},
        "dollars": {"profile": "balance", "format": "money", "currency": "USD", "locale": "en_US"},
        "bare": {"profile": "first_name"},
        "total": {"event": ["cart", "total"], "format": "money", "locale": "de_DE", "default": 0},
        "due": {"event": "due", "format": "%x", "locale": "en_GB", "default": "soon"},
        "lines": {"event": "lines"},
        "also": {"profile": "first_name", "other": 1}}}},
    {"name": "end", "exit": "sent"}]}', start => true);
UPDATE letters_data.journey SET started_at = '2024-03-01';
SELECT lifecycle.record_event('letters', 'asked', 'e1', customer => '1', at => '2024-03-01 12:01',
    detail => '{"cart": {"total": 49.9}, "due": "2024-03-31", "lines": [{"sku": 1}, {"sku": 2}]}');
SELECT lifecycle.record_event('letters', 'asked', 'e2', customer => '2', at => '2024-03-01 12:01',
    detail => '{"cart": {"total": "1234567.891"}, "due": "2024-03-31T01:30:00Z", "lines": null}');
SELECT lifecycle.record_event('letters', 'asked', 'e3', customer => '3', at => '2024-03-01 12:01');
SELECT lifecycle.record_event('letters', 'asked', 'e4', customer => '4', at => '2024-03-01 12:01',
    detail => '{"cart": [1, 2], "due": "tomorrow", "lines": {"deep": [[[]]]}}');
SELECT lifecycle.record_event('letters', 'asked', 'e5', customer => '5', at => '2024-03-01 12:01',
    detail => '{"cart": {"total": "12 euros"}, "due": 20240331, "lines": "none"}');
CALL lifecycle.run_journeys('letters', as_of => '2024-03-01 13:00');
SELECT customer, key, value
FROM lifecycle.claim_actions('email', 10, store => 'letters') AS claimed, jsonb_each(claimed.payload) ORDER BY customer::int, key;

-- A customer's own form of a date never stops a letter, nor does a text without a letter in it.
UPDATE letter_members SET language = (ARRAY['nb_NO', 'th_TH', 'fa_IR', 'hi_IN', 'en_US'])[id], first_name = (ARRAY['7', '-', E'\t', E' \n', '.'])[id],
    seen = '2024-02-29 23:30Z';
CALL lifecycle.refresh('letters', as_of => '2024-03-01 14:00');
SELECT lifecycle.create_journey('letters', 'own', '{"entry": {"event": "asked_again"}, "steps": [
    {"name": "letter", "act": {"channel": "sms", "template": "t", "payload": {
        "name": {"profile": "first_name", "default": "none"},
        "x": {"profile": "seen", "format": "%x", "locale": {"profile": "language"}},
        "at": {"profile": "seen", "format": "%X", "locale": {"profile": "language"}},
        "r": {"profile": "seen", "format": "%r", "locale": {"profile": "language"}},
        "c": {"profile": "seen", "format": "%c", "locale": {"profile": "language"}},
        "named": {"profile": "seen", "format": "%c", "locale": "hi_IN"},
        "as_is": {"as_is": {"code": "SUMMER24"}},
        "deep": [{"as_is": {"profile": "no_column"}}, {"in": {"as_is": [{"event": 7}]}}, {"as_is": {"as_is": null}}],
        "both": {"as_is": 1, "name": {"profile": "first_name"}}}}},
    {"name": "end", "exit": "sent"}]}', start => true);
SELECT lifecycle.create_journey('letters', 'whole', '{"entry": {"event": "asked_again"}, "steps": [
    {"name": "letter", "act": {"channel": "push", "template": "t", "payload": {"as_is": {"code": "SUMMER24"}}}},
    {"name": "end", "exit": "sent"}]}', start => true);
UPDATE letters_data.journey SET started_at = '2024-03-01';
SELECT count(lifecycle.record_event('letters', 'asked_again', 'f' || i, customer => i::text, at => '2024-03-01 14:01')) FROM generate_series(1, 5) AS i;
CALL lifecycle.run_journeys('letters', as_of => '2024-03-01 14:05');
SELECT customer, key, value
FROM lifecycle.claim_actions('sms', 10, store => 'letters') AS claimed, jsonb_each(claimed.payload)
WHERE customer = '1' OR key NOT IN ('as_is', 'deep', 'both', 'named') ORDER BY customer::int, key;
SELECT DISTINCT payload FROM lifecycle.claim_actions('push', 10, store => 'letters');

-- What is refused.
CREATE FUNCTION pg_temp.with_payload(payload text) RETURNS void LANGUAGE sql AS $$
    SELECT lifecycle.create_journey('letters', 'wrong', jsonb_build_object('entry', jsonb '{"event": "a"}', 'steps', jsonb_build_array(
        jsonb_build_object('name', 'letter', 'act', jsonb_build_object('channel', 'email', 'template', 't', 'payload', payload::jsonb)),
        jsonb '{"name": "end", "exit": "sent"}'))) $$;
SELECT pg_temp.with_payload('{"x": {"profile": "first_name", "format": "%Y"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "birthday", "format": "%Q"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "birthday", "format": "%H %Z"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "birthday", "format": "money"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "balance", "format": "%d"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "balance", "format": "money", "currency": "Euro"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "birthday", "format": "%x", "locale": "xx_XX"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "birthday", "locale": "de_DE"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "birthday", "format": "%x", "locale": {"profile": "tongue"}}}');
SELECT pg_temp.with_payload('{"x": {"profile": "first_name", "default": ["a"]}}');
SELECT pg_temp.with_payload('{"x": {"profile": "first_name", "before": 7}}');
SELECT pg_temp.with_payload('{"x": {"order": "amount"}}');
SELECT pg_temp.with_payload('{"x": {"profile": "balance", "format": "money", "currency": "€"}}');
SELECT pg_temp.with_payload('{"as_is": [1]}');
SELECT pg_temp.with_payload('{"event": "winback_sent"}');
-- An amount without a currency is refused; of a store that has lost its own, it is as an amount that is not known.
SELECT lifecycle.create_journey('letters', 'amount', '{"entry": {"event": "paid"}, "steps": [{"name": "letter", "act": {"channel": "fax",
    "template": "t", "payload": {"of": [{"event": "total", "format": "money", "default": "?"}]}}}, {"name": "end", "exit": "sent"}]}', start => true);
UPDATE letters_data.journey SET started_at = '2024-03-01';
SELECT lifecycle.record_event('letters', 'paid', 'g1', customer => '1', at => '2024-03-01 14:06', detail => '{"total": 12.5}');
SELECT lifecycle.configure('letters', '{"currency": null}');
SELECT pg_temp.with_payload('{"of": [{"event": "total", "format": "money"}]}');
CALL lifecycle.run_journeys('letters', as_of => '2024-03-01 14:10');
SELECT payload FROM lifecycle.claim_actions('fax', 10, store => 'letters');
-- The functions by themselves.
SELECT lifecycle.local_money(1.234, c, 'en_US') FROM unnest('{KWD,TND,EUR,JPY}'::text[]) AS c;
SELECT name, lifecycle.known_locale(name, '-'), lifecycle.local_date('2024-03-05', '%A', lifecycle.known_locale(name, 'en_US'))
FROM unnest('{vi,ar,sr,sr-Latn-RS,zh-Hans-CN,zh-Hant,no,de-nothing}'::text[]) AS name;
SELECT lifecycle.local_date('2024-12-24 18:05', '%A, %-d. %B %Y, %H:%M', l) FROM unnest('{de_DE,en_US,fr_FR,ja_JP,ar_EG}'::text[]) AS l;
SELECT l, lifecycle.local_money(-1234567.895, c, l) FROM unnest('{de_DE,en_US,fr_FR,hi_IN,de_CH}'::text[], '{EUR,USD,EUR,INR,JPY}'::text[]) AS t (l, c);
SELECT lifecycle.local_money(amount, 'EUR', 'de_DE') FROM unnest('{NaN,1e30,0,NULL}'::numeric[]) AS amount;
SELECT lifecycle.local_date('infinity', '%x', 'de_DE') IS NULL AS infinite, lifecycle.known_locale('xx', 'de_DE'), lifecycle.known_locale(NULL, NULL);
SELECT lifecycle.local_date('2024-01-01', '%x', 'nowhere');
SELECT lifecycle.local_date('2024-01-01', repeat('%', 300), 'de_DE');
SELECT lifecycle.written_instant(t, 'Europe/Berlin') FROM unnest('{2024-07-01,2024-07-01 08:00,2024-07-01T08:00:00Z,2024-02-30,soon}'::text[]) AS t;
SELECT lifecycle.detach('letters');
DROP TABLE letter_orders, letter_members;
