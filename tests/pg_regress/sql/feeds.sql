-- Feeds: what has changed since a token, so that a copy in another place keeps in step.
SET client_min_messages = warning;
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
CREATE TABLE fed_people (id integer PRIMARY KEY, email text);
INSERT INTO fed_people SELECT i, i || '@example.org' FROM generate_series(1, 40) AS i;
CREATE TABLE fed_sales (person integer, sold_at timestamptz, amount numeric);
INSERT INTO fed_sales SELECT 1 + i % 20, timestamptz '2024-01-01Z' + i * interval '1 day', 10 FROM generate_series(0, 59) AS i;
SELECT lifecycle.attach('fed', orders => 'fed_sales', customer => 'person', ordered_at => 'sold_at', amount => 'amount',
    customers => 'fed_people', customers_key => 'id', attributes => '{email}', time_zone => 'UTC', settings => '{"reader": ""}') \g /dev/null
SELECT lifecycle.create_audience('fed', 'buyers', '{"profile": "orders", "at_least": 4}') \g /dev/null
-- A copy: reads the feed page by page until there is no more, as any reader does.
CREATE TABLE copy (customer text PRIMARY KEY, profile jsonb NOT NULL);
CREATE TABLE place (feed text PRIMARY KEY, token text);
INSERT INTO place VALUES ('profiles'), ('buyers');
CREATE TABLE heard (id serial, customer text, kind text);
CREATE PROCEDURE follow(page integer DEFAULT 7) LANGUAGE plpgsql AS $$
DECLARE change record; found integer;
BEGIN
    TRUNCATE heard;
    LOOP
        found := 0;
        FOR change IN SELECT * FROM lifecycle.changes_since('fed', (SELECT token FROM place WHERE feed = 'profiles'), page) LOOP
            found := found + 1;
            INSERT INTO heard (customer, kind) VALUES (change.customer, change.kind);
            IF change.kind = 'changed' THEN
                INSERT INTO copy VALUES (change.customer, change.profile) ON CONFLICT (customer) DO UPDATE SET profile = excluded.profile;
            ELSE
                DELETE FROM copy WHERE customer = change.customer;
            END IF;
            UPDATE place SET token = change.next_token WHERE feed = 'profiles';
        END LOOP;
        EXIT WHEN found < page;
    END LOOP;
END
$$;
-- Where the copy differs from what the feed says of all, and from the view.
CREATE FUNCTION differs() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT customer FROM (SELECT c.customer, c.profile FROM lifecycle.changes_since('fed', NULL, 100000) AS c) AS now
        FULL JOIN copy USING (customer) WHERE now.profile IS DISTINCT FROM copy.profile
    UNION ALL
    SELECT COALESCE(v.customer::text, copy.customer) FROM fed.customers AS v FULL JOIN copy ON copy.customer = v.customer::text
    WHERE (v.stage, v.segment, v.orders::text, v.spend::text) IS DISTINCT FROM (copy.profile ->> 'stage', copy.profile ->> 'segment',
        copy.profile ->> 'orders', copy.profile ->> 'spend');
END
$$;

-- 1. a store without profiles has nothing to tell
SELECT * FROM lifecycle.changes_since('fed');
SELECT * FROM lifecycle.audience_changes_since('fed', 'buyers');
-- 2. all, in the order of the keys, in pages
CALL lifecycle.refresh('fed', '2024-03-01 12:00Z');
CALL follow();
SELECT count(*), count(DISTINCT customer), bool_and(kind = 'changed') FROM heard;
SELECT * FROM differs();
CALL follow();
SELECT count(*) FROM heard;
-- 3. few have changed: each once, though one changed twice
INSERT INTO fed_sales VALUES (1, '2024-03-01 12:00Z', 1);
UPDATE fed_people SET email = 'new@example.org' WHERE id = 30;
CALL lifecycle.refresh('fed', '2024-03-01 12:00Z');
INSERT INTO fed_sales VALUES (1, '2024-03-01 12:00Z', 1), (2, '2024-03-01 12:00Z', 1);
CALL lifecycle.refresh('fed', '2024-03-01 12:00Z');
CALL follow(1);
SELECT customer, kind FROM heard ORDER BY id;
SELECT * FROM differs();
-- 4. a refresh that changes nothing tells nothing
CALL lifecycle.refresh('fed', '2024-03-01 12:00Z');
CALL follow();
SELECT count(*) FROM heard;
-- 5. most have changed, as on a new day: those that have, in the order of the keys
CALL lifecycle.refresh('fed', '2024-03-05 12:00Z');
CALL follow(3);
SELECT count(*), count(DISTINCT customer) FROM heard;
SELECT * FROM differs();
-- 6. customers who leave, and who come back
DELETE FROM fed_people WHERE id IN (31, 32);
CALL lifecycle.refresh('fed', '2024-03-05 12:00Z');
CALL follow();
SELECT customer, kind FROM heard ORDER BY id;
INSERT INTO fed_people VALUES (31, 'back@example.org');
CALL lifecycle.refresh('fed', '2024-03-06 12:00Z');
CALL follow(2);
SELECT customer, kind FROM heard WHERE customer IN ('31', '32');
SELECT * FROM differs();
-- 7. what changes while a reader is on the way through all
UPDATE place SET token = NULL;
TRUNCATE copy;
INSERT INTO copy SELECT customer, profile FROM lifecycle.changes_since('fed', NULL, 10);
UPDATE place SET token = (SELECT next_token FROM lifecycle.changes_since('fed', NULL, 10) ORDER BY customer::integer DESC LIMIT 1) WHERE feed = 'profiles';
DELETE FROM fed_people WHERE id IN (33, 21);
UPDATE fed_people SET email = 'other@example.org' WHERE id IN (1, 40);
CALL lifecycle.refresh('fed', '2024-03-06 12:00Z');
CALL follow(4);
SELECT customer, kind FROM heard WHERE customer IN ('1', '21', '33', '40') ORDER BY id;
SELECT * FROM differs();
-- and a new day comes on the way
UPDATE place SET token = (SELECT next_token FROM lifecycle.changes_since('fed', NULL, 10) ORDER BY customer::integer DESC LIMIT 1) WHERE feed = 'profiles';
CALL lifecycle.refresh('fed', '2024-03-09 12:00Z');
CALL follow(4);
SELECT * FROM differs();
-- 8. tokens that are none, of another store or audience, of a store that was made again, of the future
SELECT customer FROM lifecycle.changes_since('fed', 'garbage');
SELECT customer FROM lifecycle.changes_since('fed', '');
SELECT customer FROM lifecycle.changes_since('fed', repeat('x', 1000000));
SELECT customer FROM lifecycle.changes_since('fed', 'abc.l.1');
\set VERBOSITY sqlstate
SELECT customer FROM lifecycle.audience_changes_since('fed', 'buyers', (SELECT token FROM place WHERE feed = 'profiles'));
SELECT customer FROM lifecycle.changes_since('fed', (SELECT regexp_replace(token, '\.[0-9]+.*$', '.99999') FROM place WHERE feed = 'profiles'));
SELECT customer FROM lifecycle.changes_since('fed', (SELECT regexp_replace(token, '\.[a-z]\.[0-9]+.*$', '.c.1.x') FROM place WHERE feed = 'profiles'));
\set VERBOSITY default
-- 9. numbers of rows
SELECT customer FROM lifecycle.changes_since('fed', NULL, 0);
SELECT customer FROM lifecycle.changes_since('fed', NULL, -1);
SELECT customer FROM lifecycle.changes_since('fed', NULL, NULL);
SELECT customer FROM lifecycle.changes_since('fed', NULL, 2147483647);
SELECT customer FROM lifecycle.audience_changes_since('fed', 'buyers', NULL, 0);
SELECT customer FROM lifecycle.audience_changes_since('fed', 'buyer');
SELECT customer FROM lifecycle.changes_since(NULL);
SELECT customer FROM lifecycle.changes_since('nowhere');
-- 10. an audience: the members, then what changes, in order
CREATE TABLE members (customer text PRIMARY KEY);
CREATE PROCEDURE follow_buyers(page integer) LANGUAGE plpgsql AS $$
DECLARE change record; found integer;
BEGIN
    TRUNCATE heard;
    LOOP
        found := 0;
        FOR change IN SELECT * FROM lifecycle.audience_changes_since('fed', 'buyers', (SELECT token FROM place WHERE feed = 'buyers'), page) LOOP
            found := found + 1;
            INSERT INTO heard (customer, kind) VALUES (change.customer, change.kind);
            IF change.kind = 'joined' THEN INSERT INTO members VALUES (change.customer) ON CONFLICT DO NOTHING;
            ELSE DELETE FROM members WHERE customer = change.customer; END IF;
            UPDATE place SET token = change.next_token WHERE feed = 'buyers';
        END LOOP;
        EXIT WHEN found < page;
    END LOOP;
END
$$;
CREATE FUNCTION members_differ() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT customer FROM (SELECT b.customer::text FROM fed.buyers AS b) AS now FULL JOIN members USING (customer)
        WHERE now.customer IS NULL OR members.customer IS NULL;
END
$$;
CALL follow_buyers(1);
SELECT customer, kind FROM heard ORDER BY id;
INSERT INTO fed_sales VALUES (3, '2024-03-09 13:00Z', 1), (4, '2024-03-09 13:00Z', 1);
DELETE FROM fed_sales WHERE person = 1 AND amount = 1;
CALL lifecycle.refresh('fed', '2024-03-09 14:00Z');
CALL follow_buyers(2);
SELECT customer, kind FROM heard ORDER BY id;
SELECT * FROM members_differ();
SELECT lifecycle.change_audience('fed', 'buyers', '{"profile": "orders", "at_least": 3}');
CALL follow_buyers(5);
SELECT kind, count(*) FROM heard GROUP BY kind;
SELECT * FROM members_differ();
-- 11. columns that come and go: all profiles are told again
SELECT lifecycle.configure('fed', '{"attributes": []}');
CALL follow(9);
SELECT count(*) FROM heard;
SELECT count(*) FROM copy WHERE profile ? 'email';
SELECT lifecycle.configure('fed', '{"attributes": ["email"]}');
CALL lifecycle.refresh('fed', '2024-03-09 15:00Z');
CALL follow(9);
SELECT * FROM differs();
-- 12. the reader reads the feed, without the attributes; nobody else does
CREATE ROLE feed_reader;
CREATE ROLE feed_stranger;
SELECT lifecycle.configure('fed', '{"reader": "feed_reader"}');
SET ROLE feed_reader;
SELECT count(*), count(profile ->> 'email') AS attributes, bool_or(profile ? 'email') AS shown FROM lifecycle.changes_since('fed');
SELECT count(*) FROM lifecycle.audience_changes_since('fed', 'buyers');
SET ROLE feed_stranger;
SELECT count(*) FROM lifecycle.changes_since('fed');
SELECT count(*) FROM lifecycle.audience_changes_since('fed', 'buyers');
RESET ROLE;
SELECT lifecycle.configure('fed', '{"reader_attributes": true}');
SET ROLE feed_reader;
SELECT count(profile ->> 'email') > 0 AS attributes FROM lifecycle.changes_since('fed');
RESET ROLE;
-- 13. a store that is made again has another feed
SELECT lifecycle.forget_departures('fed');
SELECT lifecycle.configure('fed', '{"reader": ""}');
SELECT lifecycle.detach('fed');
SELECT lifecycle.attach('fed', orders => 'fed_sales', customer => 'person', ordered_at => 'sold_at', settings => '{"reader": ""}') \g /dev/null
CALL lifecycle.refresh('fed', '2024-03-09 15:00Z');
\set VERBOSITY sqlstate
SELECT customer FROM lifecycle.changes_since('fed', (SELECT token FROM place WHERE feed = 'profiles'));
\set VERBOSITY default
SELECT lifecycle.detach('fed');
DROP ROLE feed_reader, feed_stranger;
DROP FUNCTION differs, members_differ;
DROP PROCEDURE follow, follow_buyers;
DROP TABLE fed_people, fed_sales, copy, place, heard, members;
