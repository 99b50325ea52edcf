-- purchase_history, the type: text and binary form, union, equality, order, casts, size
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
\pset null (null)

-- text form: in order of time, then of amount; equal entries stay
SELECT '{}'::purchase_history;
SELECT '{1997-01-18T00:00:00Z 29.73, 1997-01-01T00:00:00Z 29.33}'::purchase_history;
SELECT '{1997-01-01T00:00:00Z 5, 1997-01-01T00:00:00Z -5, 1997-01-01T00:00:00Z 5}'::purchase_history;

-- what is read, and its canonical form: blanks, bare dates, offsets, fractions of a second, zeros
SELECT given, given::purchase_history AS canonical FROM (VALUES
    (' { } '),
    ('{1997-01-01 5}'),
    ('  {1997-01-01   5 ,1997-01-02  6}  '),
    (E'{1997-01-01\t5,\n1997-01-02 6}'),
    ('{1997-01-01T00:30:00+01:00 5}'),
    ('{1997-01-01T00:00:00-00:30 5}'),
    ('{1997-01-01T00:00:00.5Z 5}'),
    ('{1997-01-01T00:00:00.123456Z 5}'),
    ('{1997-01-01T00:00:00.100000Z 5}'),
    ('{2024-02-29 0}'),
    ('{1997-01-01 -0}'),
    ('{1997-01-01 05.50}'),
    ('{1997-01-01 0.0001}'),
    ('{1997-01-01 -0.0100}'),
    ('{0001-01-01T00:00:00Z 922337203685477.5807}'),
    ('{9999-12-31T23:59:59.999999Z -922337203685477.5808}')
) AS t(given);
-- the text form does not depend on the session's settings
SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German';
SELECT '{1997-01-01 5}'::purchase_history;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';
-- and reads back as the same value, beyond what fits in a page as well
SELECT count(*), bool_and(h::text::purchase_history = h)
FROM (SELECT purchase_history('1997-01-01'::timestamptz + random() * '9000 days'::interval, (random() * 1000 - 100)::numeric) AS h
      FROM generate_series(1, 3000) AS i GROUP BY i % 40) AS t;

-- malformed text: 22P02 with what was wrong, where, and an example
SELECT ''::purchase_history;
SELECT '{1997-01-01 5, 1997-01-02 x}'::purchase_history;
SELECT '{1997-13-01 5}'::purchase_history;
SELECT '{1997-01-01}'::purchase_history;
SELECT ('{' || repeat('1997-01-01 5, ', 20))::purchase_history;
\set VERBOSITY sqlstate
SELECT '{'::purchase_history;
SELECT '}'::purchase_history;
SELECT '{}{}'::purchase_history;
SELECT '{{}}'::purchase_history;
SELECT '{} x'::purchase_history;
SELECT '[1997-01-01 5]'::purchase_history;
SELECT '1997-01-01 5'::purchase_history;
SELECT '{,}'::purchase_history;
SELECT '{1997-01-01 5,}'::purchase_history;
SELECT '{,1997-01-01 5}'::purchase_history;
SELECT '{1997-01-01 5,,1997-01-02 6}'::purchase_history;
SELECT '{1997-01-01 5; 1997-01-02 6}'::purchase_history;
SELECT '{1997-01-01 5 6}'::purchase_history;
SELECT '{1997-01-01 5 USD}'::purchase_history;
SELECT '{5 1997-01-01}'::purchase_history;
SELECT '{5}'::purchase_history;
SELECT '{1997-02-29 5}'::purchase_history;
SELECT '{1997-00-01 5}'::purchase_history;
SELECT '{1997-01-32 5}'::purchase_history;
SELECT '{1997 5}'::purchase_history;
SELECT '{19970101 5}'::purchase_history;
SELECT '{01.02.1997 5}'::purchase_history;
SELECT '{1997-01-01 00:00:00+00 5}'::purchase_history;
SELECT '{1997-01-01T00:00:00 5}'::purchase_history;
SELECT '{1997-01-01T24:00:00Z 5}'::purchase_history;
SELECT '{1997-01-01T23:60:00Z 5}'::purchase_history;
SELECT '{2016-12-31T23:59:60Z 5}'::purchase_history;
SELECT '{1997-01-01T00:00:00+25:00 5}'::purchase_history;
SELECT '{1997-01-01T00:00:00.1234567Z 5}'::purchase_history;
SELECT '{infinity 5}'::purchase_history;
SELECT '{now 5}'::purchase_history;
SELECT '{1997-01-01 NaN}'::purchase_history;
SELECT '{1997-01-01 Infinity}'::purchase_history;
SELECT '{1997-01-01 +5}'::purchase_history;
SELECT '{1997-01-01 --5}'::purchase_history;
SELECT '{1997-01-01 -}'::purchase_history;
SELECT '{1997-01-01 .5}'::purchase_history;
SELECT '{1997-01-01 5.}'::purchase_history;
SELECT '{1997-01-01 1e2}'::purchase_history;
SELECT '{1997-01-01 1_000}'::purchase_history;
SELECT '{1997-01-01 5.00001}'::purchase_history;
SELECT '{1997-01-01 5,50}'::purchase_history;
SELECT E'{1997-01-01\u00a05}'::purchase_history;
\set VERBOSITY default
-- well formed but out of range: 22003 and 22008
SELECT '{1997-01-01 922337203685477.5808}'::purchase_history;
SELECT '{1997-01-01 99999999999999999999999999999999999999999999999999}'::purchase_history;
SELECT '{0000-12-31 5}'::purchase_history;
\set VERBOSITY sqlstate
SELECT '{1997-01-01 -922337203685477.5809}'::purchase_history;
SELECT '{0001-01-01T00:00:00+00:01 5}'::purchase_history;
SELECT '{9999-12-31T23:59:59-00:01 5}'::purchase_history;
\set VERBOSITY default

-- binary form. A header of version 1, packed 0, units (low half the time: 5 days ... 0 microseconds; high half the money:
-- 2 whole, 1 cents, 0 ten-thousandths) and the number of entries, seven bits a byte; then for each entry the widths of the two
-- numbers (low half the time, high half the amount, 8 more for a negative one), the time since the entry before (for the
-- first since 2000-01-01), the amount; little endian, without leading zeros
SELECT purchase_history_send('{}');
SELECT purchase_history_send('{2000-01-01 0}');
SELECT purchase_history_send('{2000-01-02 29.33, 2000-01-12 -5}');
SELECT purchase_history_send('{1999-12-31T23:59:59.999999Z 0.0001}');
SELECT purchase_history_send('{2000-01-01T07:00:00Z 300}'), purchase_history_send('{2000-01-01T00:07:00Z 300}'),
       purchase_history_send('{2000-01-01T00:00:07Z 300}'), purchase_history_send('{2000-01-01T00:00:00.007Z 300}');
-- there and back, with COPY
CREATE TEMP TABLE sent (n serial, h purchase_history);
INSERT INTO sent (h) VALUES ('{}'), (NULL), ('{2000-01-02 29.33, 2000-01-12 -5}'),
    ('{0001-01-01 922337203685477.5807, 9999-12-31T23:59:59.999999Z -922337203685477.5808}');
INSERT INTO sent (h) SELECT purchase_history('2024-01-01'::timestamptz + i * '1 hour 1 microsecond'::interval, i * 1.0001) FROM generate_series(1, 3000) AS i;
CREATE TEMP TABLE received (LIKE sent);
\copy sent TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/sent"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/sent"' (FORMAT binary)
SELECT n, sent.h IS NOT DISTINCT FROM received.h AS same, num_purchases(received.h, '9999-12-31') FROM sent JOIN received USING (n) ORDER BY n;
-- bytes from outside are checked: 22P03. The column is sent as bytea and received as purchase_history
CREATE TEMP TABLE bytes (n int, b bytea);
INSERT INTO bytes VALUES
    (1, '\x01001502 2101750b a10af401'),  -- good: {2000-01-02 29.33, 2000-01-12 -5}
    (2, '\x'),  -- nothing
    (3, '\x02001502 2101750b a10af401'),  -- another version
    (4, '\x01010000000000000000000000000000'),  -- the growing state of an aggregate
    (5, '\x01003602 2101750b a10af401'),  -- units that there are not
    (6, '\x010015ffffffff0f 2101750b a10af401'),  -- a number of entries that lies
    (7, '\x01001502 2101750b a10af4'),  -- cut off
    (8, '\x01001502 2101750b a10af401 00'),  -- a byte too many
    (9, '\x01001502 2101750b a90af401'),  -- the second before the first
    (10, '\x01001501 220100750b'),  -- a number with a leading zero
    (11, '\x01000001 18 0000000000000080 01');  -- long before the year 1
TRUNCATE received;
\copy (SELECT n, b FROM bytes WHERE n = 1) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
SELECT n, h FROM received;
\copy (SELECT n, b FROM bytes WHERE n = 2) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 3) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 4) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 5) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 6) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 7) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 8) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 9) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 10) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy (SELECT n, b FROM bytes WHERE n = 11) TO PROGRAM 'cat > "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
\copy received FROM PROGRAM 'cat "$PG_ABS_BUILDDIR/bytes"' (FORMAT binary)
SELECT count(*) FROM received;

-- union: associative, commutative, with {} as identity; it counts twice what is in both
SELECT '{1997-01-01 5}'::purchase_history + '{1996-01-01 -1}';
SELECT '{1997-01-01 5}'::purchase_history + '{1997-01-01 5}';
SELECT a + b = b + a AS commutative, (a + b) + c = a + (b + c) AS associative, a + '{}' = a AND '{}' + a = a AS identity
FROM (VALUES ('{1997-01-01 5, 1998-01-01 -2.5}'::purchase_history, '{1997-06-01T12:34:56.789Z 1.0001}'::purchase_history, '{1997-01-01 5}'::purchase_history)) AS t(a, b, c);
SELECT '{1997-01-01 5}'::purchase_history + NULL AS null_plus, NULL + '{1997-01-01 5}'::purchase_history AS plus_null;

-- equality, order, hash
SELECT '{1997-01-01 5}'::purchase_history = '{1997-01-01T01:00:00+01:00 5.00}' AS eq, '{1997-01-01 5}'::purchase_history = '{1997-01-01 5.0001}' AS other_amount,
       '{1997-01-01 5}'::purchase_history = '{1997-01-01 5, 1997-01-01 5}' AS twice, '{1997-01-01 5}'::purchase_history = '{}' AS empty, '{}'::purchase_history = NULL AS with_null;
SELECT '{1997-01-01 5}'::purchase_history <> '{1997-01-01T01:00:00+01:00 5.00}' AS ne, '{}'::purchase_history <> '{1997-01-01 5}' AS ne_empty;
SELECT a < b AS lt, a <= b AS le, a > b AS gt, a >= b AS ge, a = b AS eq, sign(purchase_history_cmp(a, b)) AS cmp
FROM (VALUES ('{}'::purchase_history, '{2000-01-02 1}'::purchase_history), ('{2000-01-02 1}', '{2000-01-02 1}'), ('{2000-01-03 1}', '{2000-01-02 1}')) AS t(a, b);
SELECT purchase_history_hash('{1997-01-01 5}') = purchase_history_hash('{1997-01-01T01:00:00+01:00 5.00}') AS hash,
       purchase_history_hash_extended('{1997-01-01 5}', 42) = purchase_history_hash_extended('{1997-01-01T01:00:00+01:00 5.00}', 42) AS seeded,
       purchase_history_hash('{1997-01-01 5}') = purchase_history_hash('{1997-01-01 6}') AS another;
CREATE TEMP TABLE stored (n int, h purchase_history);
INSERT INTO stored VALUES (1, '{2000-01-03 1}'), (2, '{2000-01-02 1}'), (3, NULL), (4, '{}'), (5, '{2000-01-02T00:00:00Z 1.00}'), (6, '{2000-01-02 1, 2000-01-03 1}');
SELECT n, h FROM stored ORDER BY h, n;
SELECT DISTINCT h FROM stored ORDER BY h DESC NULLS LAST;
SELECT h, array_agg(n ORDER BY n) FROM stored GROUP BY h ORDER BY h;
SET enable_hashagg = off; SET enable_hashjoin = off;
SELECT count(*) FROM (SELECT DISTINCT h FROM stored) AS t;
SELECT a.n, b.n FROM stored AS a JOIN stored AS b USING (h) WHERE a.n < b.n;
RESET enable_hashagg; RESET enable_hashjoin; SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT a.n, b.n FROM stored AS a JOIN stored AS b USING (h) WHERE a.n < b.n;
RESET enable_mergejoin; RESET enable_nestloop;
CREATE UNIQUE INDEX ON stored (h);
DELETE FROM stored WHERE n = 5;
CREATE UNIQUE INDEX ON stored (h);
CREATE INDEX ON stored USING hash (h);
DROP INDEX stored_h_idx, stored_h_idx1;

-- casts
SELECT '{1997-01-01T12:00:00.5Z 29.33, 1997-01-18 -5, 1997-02-01 922337203685477.5807}'::purchase_history::jsonb;
SELECT '{}'::purchase_history::jsonb, NULL::purchase_history::jsonb;
SELECT x.at::timestamptz, x.amount FROM jsonb_to_recordset('{1997-01-01 29.33, 1997-01-18 -5}'::purchase_history::jsonb) AS x(at text, amount numeric);
SELECT '{1997-01-01 5}'::purchase_history::bytea;
SELECT '[]'::jsonb::purchase_history;

-- in arrays and composites
SELECT ARRAY['{1997-01-01 5, 1998-01-01 6}', '{}', NULL]::purchase_history[];
SELECT '{"{1997-01-01 5, 1998-01-01 6}","{}",NULL}'::purchase_history[] = ARRAY['{1997-01-01 5, 1998-01-01 6}', '{}', NULL]::purchase_history[] AS same;
SELECT ARRAY['{1997-01-01 5}'::purchase_history] || '{}'::purchase_history AS appended, '{}'::purchase_history = ANY (ARRAY['{1997-01-01 5}', '{}']::purchase_history[]) AS found;
CREATE TYPE pg_temp.customer AS (id int, h purchase_history);
SELECT (7, '{1997-01-01 5, 1998-01-01 6}')::pg_temp.customer;
SELECT ('(7,"{1997-01-01 5, 1998-01-01 6}")'::pg_temp.customer).h;
SELECT (7, '{1997-01-01 5}')::pg_temp.customer = (7, '{1997-01-01T00:00:00Z 5.0}')::pg_temp.customer AS same;
SELECT num_purchases((SELECT h FROM stored WHERE n = 6), '2025-01-01'), num_purchases(h, '2025-01-01') FROM (SELECT '{1997-01-01 5}'::purchase_history AS h OFFSET 0) AS t;

-- size in a table. Ten purchases on dates with cents: 1 + 7 of header, 5 for the first, 4 for each other. In microseconds
-- and ten-thousandths: 1 + 7, then 11 and 9
INSERT INTO stored SELECT 10, purchase_history('2024-01-01'::timestamptz + i * '10 days'::interval, 29.33) FROM generate_series(0, 9) AS i;
INSERT INTO stored SELECT 11, purchase_history('2024-01-01 00:00:00.000001'::timestamptz + i * '10 days 0.000001 seconds'::interval, 29.3312) FROM generate_series(0, 9) AS i;
SELECT n, num_purchases(h, '2025-01-01'), pg_column_size(h) FROM stored WHERE n IN (4, 10, 11) ORDER BY n;
-- long ones are compressed or stored out of line, as any value
INSERT INTO stored SELECT 12, purchase_history('2024-01-01'::timestamptz + i * '1 second'::interval, i) FROM generate_series(1, 20000) AS i;
INSERT INTO stored SELECT 13, purchase_history('2024-01-01'::timestamptz + i * '1 day'::interval, 5) FROM generate_series(1, 20000) AS i;
SELECT n, num_purchases(h, '9999-01-01'), total_spend(h, '9999-01-01'), pg_column_size(h) <= 12 * 20000 + 32 AS small FROM stored WHERE n > 11 ORDER BY n;

-- The jsonb is written as the server writes it: the same value, of the same length, at every offset of its parts.
SELECT count(*) AS histories, count(*) FILTER (WHERE j = t AND jsonb_hash(j) = jsonb_hash(t) AND j::text = t::text
    AND pg_column_size(j) = pg_column_size(t)) AS same
FROM (SELECT purchase_history('2020-01-01Z'::timestamptz + n * (1 + n % 7) * m * interval '1 microsecond',
        (ARRAY[0, -1, 0.0001, 922337203685477.5807, -12.34, 10000, 100000000.5, n * 0.37])[1 + (n + m) % 8]) AS h
    FROM (VALUES (0), (1), (1001), (1000001), (86400000000)) AS units (m), generate_series(1, 150) AS n, generate_series(1, 70) AS size
    WHERE n <= size * 2 GROUP BY m, size) AS histories,
    LATERAL (SELECT h::jsonb, (h::jsonb)::text::jsonb OFFSET 0) AS both_ways (j, t);
