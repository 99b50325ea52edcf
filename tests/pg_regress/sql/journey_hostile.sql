-- Arguments that no sender, form or operator should send: each is refused with words that say why, or does what the manual says.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE hostile_orders (customer integer, at timestamptz);
INSERT INTO hostile_orders SELECT n, timestamptz '2024-01-01Z' + n * interval '1 day' FROM generate_series(1, 9) AS n;
CREATE TABLE hostile_visits (customer text, at timestamptz);
SELECT lifecycle.attach('hostile', orders => 'hostile_orders', customer => 'customer', ordered_at => 'at', settings => '{"reader": ""}'),
    lifecycle.attach('hostile_text', orders => 'hostile_visits', customer => 'customer', ordered_at => 'at', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('hostile', '2024-03-01Z');
SELECT lifecycle.create_journey('hostile', 'letters', '{"entry": {"event": "trial"}, "steps": [
    {"name": "letter", "act": {"channel": "email", "template": "hello", "topic": "offers"}}, {"name": "end", "exit": "sent"}]}', start => true) \g /dev/null
UPDATE hostile_data.journey SET started_at = '2024-03-01Z';

-- what a statement gives, or how it is refused
CREATE FUNCTION tried(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
    hint text;
BEGIN
    EXECUTE statement INTO result;
    RETURN coalesce('ok: ' || left(result, 60), 'ok');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' / ' || nullif(hint, ''), '');
END $$;
-- text that no compression makes short
CREATE FUNCTION noise(length integer) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN (SELECT left(string_agg(md5(n::text), '' ORDER BY n), length) FROM generate_series(1, length / 32 + 1) AS n);
-- arrays within arrays, and objects within objects
CREATE FUNCTION nested(depth integer) RETURNS jsonb LANGUAGE sql IMMUTABLE RETURN (repeat('[', depth) || repeat(']', depth))::jsonb;
CREATE FUNCTION nested_objects(depth integer, inmost text) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN (repeat('{"a": ', depth) || inmost || repeat('}', depth))::jsonb;
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' -> '

-- holding, releasing and adopting a store
SELECT call, tried('SELECT lifecycle.' || call) FROM (VALUES
    ($$hold(NULL)$$), ($$hold('')$$), ($$hold('nowhere')$$), ($$hold('Hostile')$$), ($$hold('hostile"; DROP SCHEMA hostile; --')$$),
    ($$hold(repeat('x', 1000000))$$), ($$hold('hostile', '')$$), ($$hold('hostile', E'a\nb\t\\"''')$$), ($$hold('hostile', noise(1000000))$$),
    ($$hold(NULL, 'why')$$)) AS c (call);
CALL lifecycle.run_journeys('hostile', '2024-03-02Z');
SELECT count(*) FROM lifecycle.claim_actions('email', store => 'hostile');
SELECT status, length(held_reason) FROM lifecycle.health WHERE store = 'hostile' AND journey IS NULL;
SELECT call, tried('SELECT lifecycle.' || call) FROM (VALUES
    ($$release(NULL)$$), ($$release('')$$), ($$release('nowhere')$$), ($$release('hostile')$$), ($$release('hostile')$$),
    ($$adopt(NULL)$$), ($$adopt('')$$), ($$adopt('nowhere')$$), ($$adopt('hostile')$$)) AS c (call);
BEGIN READ ONLY;
SELECT tried($$SELECT lifecycle.hold('hostile')$$), tried($$SELECT lifecycle.release('hostile')$$), tried($$SELECT lifecycle.adopt('hostile')$$);
COMMIT;
-- to adopt a store does not release it
SELECT lifecycle.hold('hostile', 'the owner''s') \g /dev/null
SELECT lifecycle.adopt('hostile') \g /dev/null
SELECT kind, reason FROM hostile_data.hold;
SELECT lifecycle.release('hostile');

-- consent
SELECT call, tried('SELECT lifecycle.record_' || call), tried('SELECT lifecycle.withdraw_' || call) FROM (VALUES
    ($$consent(NULL, '1')$$), ($$consent('', '1')$$), ($$consent('hostile', NULL)$$), ($$consent('hostile', '')$$), ($$consent('hostile', '99999999999')$$),
    ($$consent('hostile', '1e3')$$), ($$consent('hostile', '1, 2')$$), ($$consent('hostile', repeat('9', 1000000))$$), ($$consent('hostile', ' 1 ')$$),
    ($$consent('hostile', '1', '')$$), ($$consent('hostile', '1', 'почта')$$), ($$consent('hostile', '1', repeat('e', 1000000))$$),
    ($$consent('hostile', '1', 'emial')$$), ($$consent('hostile', '1', ' E-Mail ')$$), ($$consent('hostile', '1', 'email'' OR true --')$$), ($$consent('hostile', '1', at => 'infinity')$$), ($$consent('hostile', '1', at => '-infinity')$$),
    ($$consent('hostile', '1', at => NULL)$$), ($$consent('hostile', '1', at => now() + interval '3 days')$$),
    ($$consent('hostile', '1', at => '294276-12-31')$$), ($$consent('hostile', '1', at => '4713-01-01 BC')$$),
    ($$consent('hostile', '2', at => '0001-01-01')$$)) AS c (call);
SELECT tried($$SELECT lifecycle.record_consent('hostile', '4', evidence => '')$$), tried($$SELECT lifecycle.record_consent('hostile', '5', evidence => noise(1000000))$$);
SELECT customer, channel, length(evidence), valid FROM hostile.consents ORDER BY customer, channel;

-- the list of suppressions
SELECT call, tried('SELECT lifecycle.' || call), tried('SELECT lifecycle.un' || call) FROM (VALUES
    ($$suppress(NULL, '3')$$), ($$suppress('nowhere', '3')$$), ($$suppress('hostile', NULL)$$), ($$suppress('hostile', 'three')$$), ($$suppress('hostile', '')$$),
    ($$suppress('hostile', '3', '')$$), ($$suppress('hostile', '3', 'факс')$$), ($$suppress('hostile', '3', repeat('f', 1000000))$$),
    ($$suppress('hostile', '3', 'email', '   ')$$), ($$suppress('hostile', '3', 'email', 'скидки')$$), ($$suppress('hostile', '3', 'EMAIL', noise(1000000))$$))
    AS c (call);
SELECT tried($$SELECT lifecycle.suppress('hostile', '3', note => noise(1000000))$$), tried($$SELECT lifecycle.unsuppress('hostile', '3')$$);
-- events: words, ids, instants, and whose they are
SELECT call, tried('SELECT lifecycle.record_event(' || call || ')') FROM (VALUES
    ($$'hostile', NULL, 'e', customer => '4'$$), ($$'hostile', '', 'e', customer => '4'$$), ($$'hostile', 'отписка', 'e', customer => '4'$$),
    ($$'hostile', U&'unsubs\0441ribe', 'e', customer => '4'$$), ($$'hostile', repeat('open', 250000), 'e', customer => '4'$$),
    ($$'hostile', E'open\nclick', 'e', customer => '4'$$), ($$'hostile', 'ordered', 'e', customer => '4'$$),
    ($$'hostile', 'open', '', customer => '4'$$), ($$'hostile', 'unsubscribe', noise(100000), customer => '4'$$), ($$'hostile', 'open', noise(2000), customer => '4'$$),
    ($$'hostile', 'open', noise(2001), customer => '4'$$), ($$'hostile', 'open', 'событие', customer => '4'$$),
    ($$'hostile', 'open', 'e'$$), ($$'hostile', 'open', 'e', action => 1, customer => '4'$$), ($$'hostile', 'open', 'e', action => -1$$),
    ($$'hostile', 'open', 'e', action => 9223372036854775807$$), ($$'hostile', 'open', 'e', customer => 'four'$$),
    ($$'hostile_text', 'unsubscribe', 'e', customer => E'\n''; --'$$), ($$'hostile_text', 'unsubscribe', 'e', customer => ''$$),
    ($$'hostile', 'open', 'e', customer => '4', at => NULL$$), ($$'hostile', 'open', 'e', customer => '4', at => 'infinity'$$),
    ($$'hostile', 'open', 'e', customer => '4', at => '-infinity'$$), ($$'hostile', 'open', 'e', customer => '4', at => '294276-12-31'$$),
    ($$'hostile', 'open', 'e', customer => '4', channel => 'факс'$$), ($$'hostile', 'open', 'e', customer => '4', channel => ''$$),
    ($$'hostile', 'unsubscribe', 'topic 1', customer => '4', topic => noise(1000000)$$), ($$'hostile', 'unsubscribe', 'topic 2', customer => '5', topic => ' '$$))
    AS c (call);

-- details: whatever they are, an unsubscription is one, and of all where no topic can be told; a bounce is hard where nothing says so
SELECT detail, tried(format($$SELECT lifecycle.record_event('hostile', 'unsubscribe', 'u %s', customer => '6', channel => 'email', detail => %s)$$, number, detail)),
    tried(format($$SELECT lifecycle.record_event('hostile', 'bounce', 'b %s', customer => '7', channel => 'email', detail => %s)$$, number, detail))
FROM (VALUES (1, $$NULL$$), (2, $$'null'$$), (3, $$'[]'$$), (4, $$'"offers"'$$), (5, $$'7'$$), (6, $$'{"topic": null, "bounceType": null}'$$),
    (7, $$'{"topic": [], "bounceType": {}}'$$), (8, $$'{"topic": {"topic": "offers"}, "bounceType": ["Transient"]}'$$), (9, $$'{"": "offers", "\\u0441": 1}'$$),
    (10, $$'{"topic": "\u0000", "bounceType": "\u0000"}'$$), (11, $$'{"topic": "\ud800"}'$$), (12, $$'{"topic": 1e400, "bounce_class": 1e400}'$$),
    (13, $$('{"bounce_class": ' || repeat('9', 100000) || '}')::jsonb$$), (14, $$'{"status": -0.0, "ErrorCode": 99999999999999999999}'$$),
    (15, $$jsonb_build_object('topic', repeat('offers', 200000))$$), (16, $$jsonb_build_array(repeat('x', 1000000))$$),
    (17, $$nested(1000)$$), (18, $$nested(10000)$$), (19, $$nested_objects(100, '{"topic": "offers", "bounceType": "Transient"}')$$),
    (20, $$nested_objects(5000, '{"topic": "offers", "bounceType": "Transient"}')$$),
    (21, $$(SELECT jsonb_object_agg('k' || n, n) FROM generate_series(1, 100000) AS n)$$), (22, $$'{"topic": "offers", "bounceType": "Transient"}'$$))
    AS d (number, detail) ORDER BY number;
SELECT split_part(provider_id, ' ', 2), kind, class, topic FROM hostile_data.event WHERE provider_id ~ '^[ub] ' ORDER BY split_part(provider_id, ' ', 2)::integer, kind DESC;

-- journeys: released, started
SELECT call, tried('SELECT lifecycle.' || call) FROM (VALUES
    ($$release_journey(NULL, 'letters')$$), ($$release_journey('hostile', NULL)$$), ($$release_journey('hostile', '')$$), ($$release_journey('hostile', 'письма')$$),
    ($$release_journey('hostile', 'letters')$$), ($$release_journey('hostile', 'letters', 0)$$), ($$release_journey('hostile', 'letters', -2147483648)$$),
    ($$release_journey('hostile', 'letters', 2147483647)$$), ($$release_journey('hostile', repeat('l', 1000000))$$),
    ($$start_journey('hostile', 'letters', accept => NULL)$$), ($$start_journey('hostile', 'letters', started_at => 'infinity')$$),
    ($$start_journey('hostile', 'letters', started_at => '-infinity')$$), ($$start_journey('hostile', 'letters', started_at => '294276-12-31')$$),
    ($$start_journey('hostile', 'letters', started_at => '4713-01-01 BC')$$), ($$start_journey('hostile', 'letters', only_customers => '{NULL}')$$),
    ($$start_journey('hostile', 'letters', only_customers => '{1,"two"}')$$), ($$start_journey('hostile', 'letters', only_customers => '{{1,2},{3,4}}')$$),
    ($$start_journey('hostile', 'letters', only_customers => '[5:6]={1,2}')$$), ($$start_journey('hostile', 'letters', only_customers => ARRAY[repeat('1', 1000000)])$$),
    ($$start_journey('hostile', 'letters', only_customers => ARRAY(SELECT n::text FROM generate_series(1, 100000) AS n))$$),
    ($$start_journey('hostile', 'letters', only_customers => '{}', accept => true)$$)) AS c (call);
SELECT started_at, cardinality(recipients), status FROM hostile_data.journey;

-- after all of this the store works
SELECT lifecycle.record_event('hostile', 'trial', 'trial', customer => '8', at => '2024-03-01 10:00Z');
UPDATE hostile_data.journey SET started_at = '2024-03-01Z';
CALL lifecycle.run_journeys('hostile', '2024-03-01 11:00Z');
SELECT customer, template FROM lifecycle.claim_actions('email', store => 'hostile');
SELECT lifecycle.detach('hostile', discard => true), lifecycle.detach('hostile_text', discard => true) \g /dev/null
DROP TABLE hostile_orders, hostile_visits;
DROP FUNCTION tried, noise, nested, nested_objects;
