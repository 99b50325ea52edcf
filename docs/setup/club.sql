-- The store club of a club with 1,500 members, a draft of the journey welcome, and 240 members who register.
\ir extension.sql

CREATE TABLE members (id integer PRIMARY KEY, email text, country text, zone text, birthday date);
INSERT INTO members SELECT i, 'member' || i || '@example.org', CASE WHEN i % 3 = 0 THEN 'US' ELSE 'DE' END,
    CASE WHEN i % 3 = 0 THEN 'America/New_York' ELSE 'Europe/Berlin' END, DATE '1980-01-01' + i FROM generate_series(1, 1500) AS i;
CREATE TABLE sales (member integer, sold_at timestamptz, amount numeric);
INSERT INTO sales SELECT i % 250 + 1, timestamptz '2025-01-01' + i * interval '1 hour', 20 FROM generate_series(1, 1000) AS i;
CREATE INDEX ON sales (member);
SELECT lifecycle.attach('club', orders => 'sales', customer => 'member', ordered_at => 'sold_at', amount => 'amount',
    customers => 'members', customers_key => 'id', attributes => '{email,country,zone,birthday}', time_zone => 'Europe/Berlin') \g /dev/null
CALL lifecycle.refresh('club', as_of => '2025-03-01 12:00');

SELECT lifecycle.create_journey('club', 'welcome', '{
    "entry": {"event": "registered"},
    "goal": {"bought": true, "within": "30 days"},
    "control": 0.2,
    "steps": [
        {"name": "letter_1", "act": {"channel": "email", "template": "welcome", "payload": {"email": {"profile": "email"}}}},
        {"name": "opened_1", "wait": {"event": "opened", "of": "letter_1", "timeout": "3 days", "then": "thinking"}},
        {"name": "letter_2", "act": {"channel": "email", "template": "welcome_again", "payload": {"email": {"profile": "email"}}}},
        {"name": "opened_2", "wait": {"event": "opened", "of": "letter_2", "timeout": "3 days", "then": "thinking"}},
        {"name": "unread", "exit": "opened nothing"},
        {"name": "thinking", "wait": {"for": "4 days"}},
        {"name": "letter_3", "act": {"channel": "email", "template": "first_order",
            "payload": {"email": {"profile": "email"}, "discount": "10 %"}}},
        {"name": "deciding", "wait": {"for": "7 days"}},
        {"name": "end", "exit": "bought nothing"}]}') \g /dev/null
SELECT count(lifecycle.record_event('club', 'registered', 'registered ' || i, customer => i::text,
    at => timestamptz '2025-02-03 12:00' + i * interval '1 hour')) FROM generate_series(1, 240) AS i \g /dev/null
