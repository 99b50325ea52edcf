-- readings of an engagement history, and its temperature
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

\set e '''{2024-01-01 subscribe web, 2024-01-02 sent email, 2024-01-02T00:01:00Z delivered email, 2024-01-03 open email, 2024-01-03T00:05:00Z click email, 2024-01-10 visit, 2024-01-20 sent email, 2024-01-20T00:01:00Z delivered email, 2024-02-01 sent sms}''::engagement_history'
SELECT * FROM events(:e, '2024-01-15');
SELECT * FROM events(NULL, '2024-01-15');
SELECT until(:e, '2024-01-03'), until(:e, '2023-01-01'), until(NULL::engagement_history, '2024-01-01');

SELECT last_event(:e, as_of => '2024-03-01'), last_event(:e, 'open', as_of => '2024-03-01') AS open, last_event(:e, 'sent', as_of => '2024-03-01') AS sent, last_event(:e, 'sent', 'email', '2024-03-01') AS by_email, last_event(:e, channel => 'sms', as_of => '2024-03-01') AS sms, last_event(:e, 'sent', as_of => '2024-01-19 23:59:59.999999') AS before, last_event(:e, 'sent', as_of => '2024-01-20') AS at, last_event(:e, 'reply', as_of => '2024-03-01') AS reply, last_event(NULL, 'open');
SELECT num_events(:e, as_of => '2024-03-01'), num_events(:e, 'sent', as_of => '2024-03-01') AS sent, num_events(:e, 'sent', '2024-01-02', as_of => '2024-03-01') AS after_2_jan, num_events(:e, 'sent', '2024-01-01 23:59:59.999999', as_of => '2024-03-01') AS since_2_jan, num_events(:e, 'sent', channel => 'email', as_of => '2024-03-01') AS by_email, num_events(:e, channel => 'email', as_of => '2024-03-01') AS all_email, num_events(:e, since => '2024-01-20', as_of => '2024-02-01') AS recent, num_events(NULL) AS none, num_events(:e, since => '2025-01-01', as_of => '2024-03-01') AS never;
-- one of two e-mails was opened; what was sent by SMS has no receipt and counts as delivered
SELECT open_rate(:e, as_of => '2024-03-01'), click_rate(:e, as_of => '2024-03-01'), open_rate(:e, channel => 'email', as_of => '2024-03-01') AS email, open_rate(:e, channel => 'sms', as_of => '2024-03-01') AS sms, open_rate(:e, channel => 'push', as_of => '2024-03-01') AS push, open_rate(:e, '2024-01-10', 'email', '2024-03-01') AS of_late, open_rate(:e, as_of => '2024-01-04') AS early, open_rate(:e, as_of => '2024-01-02 12:00') AS delivered_only, open_rate(NULL);
-- on which side the window is closed, which open counts for which message, what a bounce does
SELECT e, open_rate(e, '2024-01-01', as_of => '2024-01-05') AS after_1_jan, open_rate(e, as_of => '2024-01-05') AS up_to_5_jan, open_rate(e, as_of => '2024-01-04 23:59:59.999999') AS before_5_jan, click_rate(e, as_of => '2024-01-05') AS clicks FROM (VALUES
    ('{2024-01-01 delivered, 2024-01-02 open, 2024-01-03 delivered, 2024-01-05 open}'::engagement_history),
    ('{2024-01-01 delivered, 2024-01-01 open, 2024-01-02 open, 2024-01-03 open, 2024-01-05 delivered}'),
    ('{2024-01-02 delivered email, 2024-01-03 open}'),
    ('{2024-01-02 delivered email, 2024-01-03 delivered sms, 2024-01-05 open email}'),
    ('{2024-01-02 sent, 2024-01-03 sent, 2024-01-04 bounce, 2024-01-05 open}'),
    ('{2024-01-02 sent, 2024-01-03 sent, 2024-01-04 open, 2024-01-05 bounce}'),
    ('{2024-01-02 sent, 2024-01-03 bounce}'),
    ('{2024-01-02 sent, 2024-01-02 delivered, 2024-01-03 sent, 2024-01-04 click}'),
    ('{2024-01-02 open, 2024-01-03 bounce}')) AS t(e);

-- warm as long as as_of <= the last reaction + 90 days by the calendar
SELECT enum_range(NULL::engagement_temperature);
SELECT as_of, engagement_temperature('{2024-01-10 visit, 2024-02-01 sent sms}', as_of) FROM unnest(ARRAY['2024-01-09 23:59:59.999999', '2024-01-10', '2024-04-09', '2024-04-09 00:00:00.000001', '2025-01-01']::timestamptz[]) AS as_of;
SELECT as_of, engagement_temperature('{2024-01-31 visit}', as_of, '1 month') AS one_month, engagement_temperature('{2024-01-31 visit}', as_of, '0') AS at_once FROM unnest(ARRAY['2024-01-31', '2024-01-31 00:00:00.000001', '2024-02-29', '2024-02-29 00:00:00.000001']::timestamptz[]) AS as_of;
-- in Berlin the 90 days from 10 January end by the summer's clock, an hour sooner; from 1 August by the winter's, an hour later
SET TimeZone = 'Europe/Berlin';
SELECT e, as_of AT TIME ZONE 'UTC' AS utc, engagement_temperature(e, as_of) FROM (VALUES
    ('{2024-01-10T12:00:00Z open}'::engagement_history, '2024-04-09 11:00+00'::timestamptz), ('{2024-01-10T12:00:00Z open}', '2024-04-09 11:00:00.000001+00'),
    ('{2024-08-01T12:00:00Z open}', '2024-10-30 13:00+00'), ('{2024-08-01T12:00:00Z open}', '2024-10-30 13:00:00.000001+00')) AS t(e, as_of);
SET TimeZone = 'UTC';
-- every kind alone, a moment after: reactions warm, all else is contact
SELECT kind, engagement_temperature(engagement_history('2024-01-01', kind), '2024-01-02'), engagement_temperature(engagement_history('2024-01-01', kind), '2025-01-02') AS a_year_later
FROM unnest(ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'complaint', 'referral', 'subscribe']) WITH ORDINALITY AS k(kind, n) GROUP BY kind, n ORDER BY n;
SELECT e, engagement_temperature(e, '2024-06-01') FROM (VALUES (NULL::engagement_history), ('{}'), ('{2024-07-01 open}')) AS t(e);

-- every reading against plain SQL over 10,000 random events of 200 people, a few instants being common to many
SELECT setseed(0.4);
CREATE TEMP TABLE log AS SELECT person, '2024-01-01'::timestamptz + floor(random() * 400)::int * '12 hours'::interval AS at,
    (ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'complaint', 'referral', 'subscribe', 'sent', 'open', 'sent', 'click'])[1 + floor(random() * 15)::int] AS kind,
    (ARRAY['email', 'sms', 'push', NULL])[1 + floor(random() * 4)::int] AS channel FROM generate_series(1, 200) AS person, generate_series(1, 50);
-- some people's channels give no receipts
DELETE FROM log WHERE kind = 'delivered' AND (person % 3 = 0 OR person % 3 = 1 AND channel = 'sms');
CREATE INDEX ON log (person);
CREATE TEMP TABLE people AS SELECT person, engagement_history(at, kind, channel) AS e FROM log GROUP BY person;
CREATE TEMP TABLE asked AS SELECT * FROM unnest(ARRAY[NULL, 'email', 'push']) AS channel, unnest(ARRAY[NULL, '2024-03-10']::timestamptz[]) AS since, unnest(ARRAY['2024-02-01', '2024-05-01', '2025-01-01']::timestamptz[]) AS as_of;
CREATE TEMP TABLE known AS SELECT person, a.channel AS asked, since, as_of, at, kind, coalesce(l.channel, 'none') AS channel FROM log AS l JOIN asked AS a ON l.at <= as_of AND (since IS NULL OR l.at > since) AND (a.channel IS NULL OR l.channel = a.channel);
-- events of a channel in order, and the number of the message that each follows
CREATE TEMP TABLE ordered AS SELECT *, row_number() OVER (PARTITION BY person, asked, since, as_of, channel ORDER BY at, array_position(ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'complaint', 'referral', 'subscribe'], kind)) AS n,
    bool_or(kind = 'delivered') OVER (PARTITION BY person, asked, since, as_of, channel) AS has_receipts FROM known;
ANALYZE log, known, ordered;
-- a message that was sent bounced if a bounce comes before the next is sent: among those two kinds, right after it
CREATE TEMP VIEW arrived AS
    SELECT o.*, CASE WHEN has_receipts THEN kind = 'delivered' ELSE kind = 'sent' AND coalesce(next, 'sent') = 'sent' END AS is_delivery
    FROM ordered AS o LEFT JOIN (SELECT person, asked, since, as_of, channel, n, lead(kind) OVER (PARTITION BY person, asked, since, as_of, channel ORDER BY n) AS next FROM ordered WHERE kind IN ('sent', 'bounce')) AS b
        ON (o.person, o.as_of, o.channel, o.n) = (b.person, b.as_of, b.channel, b.n) AND o.asked IS NOT DISTINCT FROM b.asked AND o.since IS NOT DISTINCT FROM b.since;
CREATE TEMP TABLE messages AS SELECT person, asked, since, as_of, channel, message, bool_or(kind = 'open') AS opened, bool_or(kind = 'click') AS clicked
    FROM (SELECT *, count(*) FILTER (WHERE is_delivery) OVER (PARTITION BY person, asked, since, as_of, channel ORDER BY n) AS message FROM arrived) AS m
    WHERE message > 0 GROUP BY person, asked, since, as_of, channel, message;
WITH plain AS (
    SELECT person, asked, since, as_of, count(*) AS n, count(*) FILTER (WHERE kind = 'open') AS opens, max(at) AS last, max(at) FILTER (WHERE kind = 'click') AS last_click FROM known GROUP BY person, asked, since, as_of
), rates AS (
    SELECT person, asked, since, as_of, avg(opened::int)::float8 AS open_rate, avg(clicked::int)::float8 AS click_rate, count(*) AS messages FROM messages GROUP BY person, asked, since, as_of
)
SELECT a.as_of, a.since, a.channel, count(*) AS people, sum(messages) AS messages, round(avg(open_rate(e, a.since, a.channel, a.as_of))::numeric, 3) AS open_rate,
    bool_and(num_events(e, NULL, a.since, a.channel, a.as_of) = coalesce(n, 0)) AS n, bool_and(num_events(e, 'open', a.since, a.channel, a.as_of) = coalesce(opens, 0)) AS opens,
    bool_and(a.since IS NOT NULL OR last_event(e, NULL, a.channel, a.as_of) IS NOT DISTINCT FROM last) AS last, bool_and(a.since IS NOT NULL OR last_event(e, 'click', a.channel, a.as_of) IS NOT DISTINCT FROM last_click) AS last_click,
    count(*) FILTER (WHERE abs(open_rate(e, a.since, a.channel, a.as_of) - open_rate) > 1e-15 OR (open_rate(e, a.since, a.channel, a.as_of) IS NULL) <> (open_rate IS NULL)) AS open_rates_differ,
    count(*) FILTER (WHERE abs(click_rate(e, a.since, a.channel, a.as_of) - click_rate) > 1e-15 OR (click_rate(e, a.since, a.channel, a.as_of) IS NULL) <> (click_rate IS NULL)) AS click_rates_differ
FROM people CROSS JOIN asked AS a
LEFT JOIN plain AS p ON p.person = people.person AND p.as_of = a.as_of AND p.asked IS NOT DISTINCT FROM a.channel AND p.since IS NOT DISTINCT FROM a.since
LEFT JOIN rates AS r ON r.person = people.person AND r.as_of = a.as_of AND r.asked IS NOT DISTINCT FROM a.channel AND r.since IS NOT DISTINCT FROM a.since
GROUP BY a.as_of, a.since, a.channel ORDER BY a.as_of, a.since NULLS FIRST, a.channel NULLS FIRST;
-- the temperature; and the law of time travel
SELECT as_of, count(*), bool_and(engagement_temperature(e, as_of, within) = CASE WHEN reaction + within >= as_of THEN 'warm' WHEN contacted THEN 'cold' ELSE 'never_contacted' END::engagement_temperature) AS same,
    array_agg(DISTINCT engagement_temperature(e, as_of, within)) AS found, bool_and(engagement_temperature(until(e, as_of), as_of, within) = engagement_temperature(e, as_of, within) AND open_rate(until(e, as_of), as_of => as_of) IS NOT DISTINCT FROM open_rate(e, as_of => as_of)) AS travels
FROM unnest(ARRAY['2023-12-01', '2024-01-02', '2024-01-04', '2024-05-01', '2024-07-20', '2025-06-01']::timestamptz[]) AS as_of, unnest(ARRAY['3 days', '1 month']::interval[]) AS within, people,
    LATERAL (SELECT bool_or(kind NOT IN ('visit', 'referral', 'subscribe')) AS contacted, max(at) FILTER (WHERE kind IN ('open', 'click', 'visit', 'reply', 'referral', 'subscribe')) AS reaction FROM log WHERE log.person = people.person AND at <= as_of) AS p
GROUP BY as_of ORDER BY as_of;

-- without as_of it is now()
SELECT engagement_temperature(e), engagement_temperature(e) = engagement_temperature(e, now()) AS same, num_events(e), last_event(e) = now() - '1 day'::interval AS last, open_rate(e) FROM (SELECT engagement_history(now() + i * '1 day'::interval, 'open') + engagement_history(now() - '2 days'::interval, 'sent') AS e FROM unnest(ARRAY[-1, 1]) AS i) AS t;

-- arguments
SELECT last_event('{}', 'opened');
SELECT num_events('{}', channel => 'fax');
SELECT open_rate('{}', channel => 'letter');
SELECT engagement_temperature('{}', '2024-01-01', '-1 day');
\set VERBOSITY sqlstate
SELECT engagement_temperature('{}', '2024-01-01', '1 month -1 day');
SELECT engagement_temperature('{}', '2024-01-01', NULL);
SELECT engagement_temperature(NULL, NULL);
SELECT last_event('{}', as_of => NULL);
SELECT num_events('{}', since => '-infinity');
SELECT click_rate('{}', 'infinity');
SELECT count(*) FROM events('{}', 'infinity');
SELECT until('{}'::engagement_history, NULL);
\set VERBOSITY default
-- a term may be longer than time
SELECT engagement_temperature('{0001-01-01 open}', '9999-12-31', '178000000 years'), engagement_temperature('{0001-01-01 open}', '9999-12-31', '2147483647 days'), engagement_temperature('{0001-01-01 open}', '9999-12-31', '9999 years 100 days'), engagement_temperature('{0001-01-01 open}', '9999-12-31', '9998 years'), engagement_temperature('{9999-12-31 open}', '9999-12-31 12:00', '12 months');
