-- engagement_history, the type and the aggregate; what it shares with purchase_history is tested there
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- text form: in order of time, then of the kind, then of the channel; equal events stay
SELECT '{}'::engagement_history, ' { } '::engagement_history;
SELECT '{2024-01-02T00:00:00Z visit, 2024-01-01T10:00:00Z open email}'::engagement_history;
SELECT '{2024-01-01 subscribe, 2024-01-01 open web, 2024-01-01 open, 2024-01-01 open email, 2024-01-01 open email, 2024-01-01 sent store}'::engagement_history;
SELECT E'  {2024-01-01\topen   email ,\n2024-01-01T00:30:00+01:00 call  call}  '::engagement_history;
SELECT E'  {2024-01-01\topen   email ,\n2024-01-01T00:30:00.5+01:00 reply  call}  '::engagement_history;
-- every kind on every channel, there and back
SELECT count(*), bool_and(e::text::engagement_history = e), count(DISTINCT e)
FROM (SELECT format('{2024-01-01 %s %s}', kind, channel)::engagement_history AS e
      FROM unnest(ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'complaint', 'referral', 'subscribe']) AS kind,
           unnest(ARRAY['', 'email', 'sms', 'call', 'push', 'web', 'store']) AS channel) AS t;

-- malformed text: 22P02 with what was wrong, where, and an example
SELECT ''::engagement_history;
SELECT '{2024-01-01 open, 2024-01-02 opened}'::engagement_history;
SELECT '{2024-01-01 open fax}'::engagement_history;
SELECT '{2024-01-01}'::engagement_history;
SELECT '{2024-01-01 5}'::engagement_history;
\set VERBOSITY sqlstate
SELECT '{2024-01-01 open email web}'::engagement_history;
SELECT '{2024-01-01 email}'::engagement_history;
SELECT '{2024-01-01 Open}'::engagement_history;
SELECT '{open 2024-01-01}'::engagement_history;
SELECT '{2024-01-01 open,}'::engagement_history;
SELECT '{2024-13-01 open}'::engagement_history;
SELECT '{infinity open}'::engagement_history;
SELECT '{0000-01-01 open}'::engagement_history;
\set VERBOSITY default

-- binary form: as of purchases, the form 2 instead of 0, the number eight times the kind's plus the channel's
SELECT engagement_history_send('{}'), engagement_history_send('{2000-01-02 sent}'), engagement_history_send('{2000-01-02 open email, 2000-01-12 subscribe store}');
CREATE TEMP TABLE sent (n serial, e engagement_history);
INSERT INTO sent (e) VALUES ('{}'), (NULL), ('{2000-01-02 open email, 2000-01-12 visit}'), ('{0001-01-01 sent, 9999-12-31T23:59:59.999999Z subscribe store}');
CREATE TEMP TABLE received (LIKE sent);
\copy sent TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/engagement_sent"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/engagement_sent"' (FORMAT binary)
SELECT n, sent.e IS NOT DISTINCT FROM received.e AS same, received.e FROM sent JOIN received USING (n) ORDER BY n;
-- bytes from outside are checked: 22P03
CREATE TEMP TABLE bytes (n int, b bytea);
INSERT INTO bytes VALUES
    (1, '\x0102050111 01 11'),  -- good: {2000-01-02 open email}
    (2, '\x0100050111 01 11'),  -- a purchase history
    (3, '\x0102050111 01 17'),  -- no channel
    (4, '\x0102050111 01 58'),  -- no kind
    (5, '\x0103000000000000000000000000000000');  -- the growing state of an aggregate
TRUNCATE received;
\copy (SELECT n, b FROM bytes WHERE n = 1) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
SELECT n, e FROM received;
\copy (SELECT n, b FROM bytes WHERE n = 2) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 3) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 4) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 5) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
-- nor the other way round
CREATE TEMP TABLE purchases_received (n int, h purchase_history);
\copy (SELECT n, b FROM bytes WHERE n = 1) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)
\copy purchases_received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/engagement_bytes"' (FORMAT binary)

-- union, equality, order, hash, JSON
SELECT '{2024-01-02 open}'::engagement_history + '{2024-01-01 sent email}', e + e, e + '{}' = e AS identity, e + NULL FROM (SELECT '{2024-01-01 visit}'::engagement_history AS e) AS t;
SELECT a = b AS eq, a <> b AS ne, a < b AS lt, a <= b AS le, a > b AS gt, a >= b AS ge FROM (SELECT '{2024-01-01 open}'::engagement_history AS a, '{2024-01-01 click}'::engagement_history AS b) AS t;
SELECT count(*), count(DISTINCT e) FROM (SELECT format('{2024-01-01 open, 2024-01-0%s visit}', 1 + i % 3)::engagement_history AS e FROM generate_series(1, 9) AS i) AS t;
SELECT e, count(*) FROM (SELECT format('{2024-01-0%s visit}', 1 + i % 2)::engagement_history AS e FROM generate_series(1, 9) AS i) AS t GROUP BY e ORDER BY e;
SELECT jsonb_pretty('{2024-01-01T10:00:00Z open email, 2024-01-02 visit}'::engagement_history::jsonb), '{}'::engagement_history::jsonb;

-- the aggregate: rows in any order; a channel that is NULL is none; rows without instant or kind are skipped
CREATE TEMP TABLE log (person int, at timestamptz, kind text, channel text);
INSERT INTO log VALUES (1, '2024-01-03', 'open', 'email'), (1, '2024-01-01', 'subscribe', NULL), (1, '2024-01-02', 'sent', 'email'), (1, NULL, 'open', 'email'), (1, '2024-01-04', NULL, 'email'),
    (2, '2024-01-01', 'visit', 'web'), (2, '2024-01-01', 'visit', 'web'), (3, NULL, NULL, NULL), (3, NULL, 'nonsense', NULL);
SELECT person, engagement_history(at, kind, channel), engagement_history(at, kind) AS without_channel FROM log GROUP BY person ORDER BY person;
SELECT engagement_history(at, kind), engagement_history(at, kind, channel) IS NULL AS is_null, rollup(NULL::engagement_history) FROM log WHERE false;
SELECT rollup(e), rollup(e) = (SELECT engagement_history(at, kind, channel) FROM log WHERE person < 3) AS same FROM (SELECT engagement_history(at, kind, channel) AS e FROM log GROUP BY person) AS t;
SELECT at, engagement_history(at, kind, channel) OVER (ORDER BY at) FROM log WHERE person = 1 AND kind IS NOT NULL ORDER BY at;
-- instants and names of other types
SELECT engagement_history('2024-01-01'::date, 'open'::varchar), engagement_history('2024-01-01 10:00'::timestamp, 'open'::char(4), 'web'::name);
-- an unknown name is an error that says what there is
SELECT engagement_history('2024-01-01', 'opened');
SELECT engagement_history('2024-01-01', 'open', 'fax');
SELECT engagement_history('2024-01-01', 'open', '');
SELECT engagement_history('infinity', 'open');
\set VERBOSITY sqlstate
SELECT engagement_history('0044-03-15 BC', 'open');
SELECT engagement_history('2024-01-01', U&'\00f6ffnen');
SELECT engagement_history_accum('{}', '2024-01-01', 'open');
SELECT engagement_history_accum(NULL, '2024-01-01', 'open', NULL);
SELECT engagement_history_accum('{}', NULL, 'nonsense', NULL);
SELECT engagement_history_combine('{}', '{}');
\set VERBOSITY default
SELECT engagement_history_final('{2024-01-01 open}');

-- the same value in parallel and over spilled hash tables
CREATE TABLE engagement_log AS SELECT (i * 7919) % 500 AS person, '2024-01-01'::timestamptz + (i * 104729) % 60000 * '7 minutes 0.5 seconds'::interval AS at,
    (ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'complaint', 'referral', 'subscribe'])[1 + (i * 31) % 11] AS kind,
    (ARRAY['email', 'sms', 'call', 'push', 'web', 'store', NULL])[1 + (i * 17) % 7] AS channel FROM generate_series(1, 20000) AS i;
ANALYZE engagement_log;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT person, engagement_history(at, kind, channel) AS e FROM engagement_log GROUP BY person;
SELECT count(*), sum(num_events(e, as_of => '2026-01-01')) AS events, max(pg_column_size(e)) AS largest, bool_and(rows = array(SELECT (at, kind, channel)::text FROM engagement_log AS l WHERE l.person = t.person ORDER BY at, array_position(ARRAY['sent', 'delivered', 'open', 'click', 'visit', 'reply', 'bounce', 'unsubscribe', 'complaint', 'referral', 'subscribe'], kind), array_position(ARRAY[NULL, 'email', 'sms', 'call', 'push', 'web', 'store'], channel))) AS same_rows
FROM (SELECT *, array(SELECT (happened_at, kind, channel)::text FROM events(e, '2026-01-01') WITH ORDINALITY ORDER BY ordinality) AS rows FROM serial) AS t;
SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT engagement_history(at, kind, channel) FROM engagement_log;
SELECT engagement_history(at, kind, channel) = (SELECT rollup(e) FROM serial) AS same FROM engagement_log;
SELECT count(*), bool_and(a.e = b.e) AS same FROM (SELECT person, engagement_history(at, kind, channel) AS e FROM engagement_log GROUP BY person) AS a JOIN serial AS b USING (person);
SET max_parallel_workers_per_gather = 0; SET work_mem = '64kB'; SET enable_sort = off;
SELECT count(*), bool_and(a.e = b.e) AS same FROM (SELECT person, engagement_history(at, kind, channel) AS e FROM engagement_log GROUP BY person) AS a JOIN serial AS b USING (person);
RESET ALL; SET TimeZone = 'UTC';
DROP TABLE engagement_log;

-- a bare literal means purchases where both types would do
SELECT pg_typeof(until('{}', '2024-01-01')), pg_typeof(rollup(NULL)), pg_typeof(until('{}'::engagement_history, '2024-01-01'));

-- The jsonb is written as the server writes it.
SELECT count(*) AS histories, count(*) FILTER (WHERE j = t AND jsonb_hash(j) = jsonb_hash(t) AND j::text = t::text
    AND pg_column_size(j) = pg_column_size(t)) AS same
FROM (SELECT engagement_history('2020-01-01Z'::timestamptz + n * interval '1001 microseconds',
        (ARRAY['sent', 'open', 'unsubscribe'])[1 + n % 3], (ARRAY['email', NULL, 'store'])[1 + (n + size) % 3]) AS e
    FROM generate_series(1, 140) AS n, generate_series(1, 70) AS size WHERE n <= size * 2 GROUP BY size) AS histories,
    LATERAL (SELECT e::jsonb, (e::jsonb)::text::jsonb OFFSET 0) AS both_ways (j, t);
