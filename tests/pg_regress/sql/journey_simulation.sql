-- A simulation says why no customer would have entered, and reads what the journey reads.
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE TABLE played_sale (member int, sold_at timestamptz, amount numeric);
INSERT INTO played_sale SELECT i, timestamptz '2024-01-01' + n * interval '20 days', 10 * i FROM generate_series(1, 8) AS i, generate_series(0, i % 3) AS n;
CREATE TABLE played_member (id int PRIMARY KEY, birthday date);
INSERT INTO played_member SELECT i, NULL FROM generate_series(1, 9) AS i;
SELECT lifecycle.attach('played', orders => 'played_sale', customer => 'member', ordered_at => 'sold_at', amount => 'amount',
    customers => 'played_member', customers_key => 'id', attributes => '{birthday}', time_zone => 'UTC', settings => '{"reader": ""}');
CALL lifecycle.refresh('played', as_of => '2024-04-01');
CREATE FUNCTION played(entry jsonb, more jsonb DEFAULT '{}') RETURNS TABLE (kind text, customers numeric) LANGUAGE sql AS $$
    SELECT kind, sum(customers) FROM lifecycle.simulate_journey('played', jsonb_build_object('entry', entry, 'steps', '[
        {"name": "letter", "act": {"channel": "email", "template": "a"}}, {"name": "end", "exit": "sent"}]'::jsonb) || more,
        '2024-01-10 12:00', '2024-03-30 12:00', every => '4 days')
    GROUP BY kind ORDER BY kind
$$;
SET client_min_messages = notice;
SELECT * FROM played('{"event": "trial"}');
SELECT * FROM played('{"event": "registered"}');
SELECT * FROM played('{"call": true}');
SELECT * FROM played('{"date": "birthday"}');
SELECT * FROM played('{"movement": {"what": "stage", "from": "lapsed", "to": "new"}}');
SELECT * FROM played('{"condition": {"profile": "orders", "at_least": 7}}');
SELECT * FROM played('{"condition": {"profile": "spend", "at_least": 1}}');
SELECT * FROM played('{"event": "ordered"}', '{"who": {"profile": "orders", "at_least": 7}}');
SELECT * FROM played('{"event": "ordered"}');
SELECT * FROM played('{"condition": {"profile": "recency_score", "at_most": 2}, "existing": true}', '{"reentry": "always"}');
SELECT * FROM played('{"condition": {"profile": "stage_since", "within_last": "5 days"}}', '{"who": {"profile": "next_purchase", "is_null": false}}');
-- The segments are those of the day.
SELECT count(DISTINCT segment) > 1 AS several, count(*) FILTER (WHERE segment = '(none)') AS none, sum(customers) AS customers
FROM lifecycle.simulate_journey('played', '{"entry": {"event": "ordered"}, "reentry": "always", "steps": [{"name": "end", "exit": "done"}]}',
    '2024-01-10 12:00', '2024-03-30 12:00', every => '4 days') WHERE kind = 'entered';

SET client_min_messages = warning;
SELECT lifecycle.detach('played');
DROP FUNCTION played;
DROP TABLE played_sale, played_member;
