-- When a customer may be written to, by the customer's own clock, and shares by lot.
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

-- quiet hours, over midnight, and days of the week; a permitted instant stays as it is
SELECT at, zone, lifecycle.next_permitted(at::timestamptz, zone, '21:00', '09:00', '{1,2,3,4,5}')
FROM (VALUES ('2024-01-10 12:00:00.5Z', 'Europe/Berlin'), ('2024-01-10 20:00Z', 'Europe/Berlin'),
    ('2024-01-12 20:00Z', 'Europe/Berlin'), ('2024-01-12 20:00Z', 'america/new_york'), ('2024-03-30 12:00Z', 'Europe/Berlin'),
    ('2024-01-10 20:00Z', 'UTC'), ('2024-01-10 20:00Z', 'MSK'), ('2024-01-10 20:00Z', 'CET-1CEST'), ('2024-07-10 20:30Z', 'CET')) AS v (at, zone);
-- the same twice is no quiet hours, and NULL and nothing are none
SELECT lifecycle.next_permitted('2024-01-13 03:00Z', 'UTC', '08:00', '08:00', NULL) AS twice,
    lifecycle.next_permitted('2024-01-13 03:00Z', 'UTC', NULL, '08:00', '{}') AS no_quiet_from,
    lifecycle.next_permitted('2024-01-13 03:00Z', 'UTC', NULL, NULL, '{1}') AS monday,
    lifecycle.next_permitted(NULL, 'UTC', NULL, NULL, NULL) AS no_instant,
    lifecycle.next_permitted('2024-01-13 03:00Z', NULL, NULL, NULL, NULL) AS no_zone;

-- days in any number and order, as often as they come, also with what an array keeps of a NULL that was there
SELECT days, lifecycle.next_permitted('2025-06-01 12:00Z', 'UTC', NULL, NULL, days::integer[]) AS sunday_noon,
    lifecycle.next_permitted('2025-06-03 12:00Z', 'UTC', NULL, NULL, days::integer[]) AS tuesday_noon
FROM unnest(ARRAY['{1,2,3,4,5,6,7}', '{1,2,3,4,5,6,7,1}', '{1,1,1,1,1,1,2,3}', '{7,7,7,7,7,7,7,7,7,2}', '[0:8]={1,1,1,1,1,1,1,1,7}', '{3}']) AS days;
SELECT lifecycle.next_permitted('2025-06-01 12:00Z', 'UTC', NULL, NULL, array_agg(1 + n % 6) || 7) AS thousand FROM generate_series(1, 1000) AS n;
SELECT lifecycle.next_local_time('2025-06-01 12:00Z', 'UTC', '09:00', array_agg(1 + n % 2)) AS monday FROM generate_series(1, 50) AS n;
DO $$ DECLARE days integer[] := '{NULL,2,NULL,7,7,7,7,7,7,7}'; BEGIN
    days[1] := 2; days[3] := 7;
    ASSERT lifecycle.next_permitted('2025-06-01 12:00Z', 'UTC', NULL, NULL, days) = '2025-06-01 12:00Z', 'sunday';
    ASSERT lifecycle.next_permitted('2025-06-02 12:00Z', 'UTC', NULL, NULL, days) = '2025-06-03Z', 'tuesday';
END $$;

-- a time that is skipped, and one that comes twice
SELECT at, lifecycle.next_local_time(at::timestamptz, 'Europe/Berlin', '02:30', NULL)
FROM unnest(ARRAY['2024-03-30 00:00Z', '2024-03-31 00:00Z', '2024-03-31 01:30Z', '2024-10-27 00:00Z', '2024-10-27 01:00Z', '2024-10-27 01:30Z']) AS at;
SELECT lifecycle.next_local_time('2024-01-10 09:00Z', 'UTC', '09:00', NULL) AS next_day,
    lifecycle.next_local_time('2024-01-10 09:00Z', 'UTC', '09:00', '{7,1}') AS sunday,
    lifecycle.next_local_time('2024-01-10 09:00Z', 'UTC', NULL, NULL) AS no_time;

-- against a search with timezone() through the days and minutes around changes of clocks
WITH asked AS (
    SELECT zone, start::timestamptz + n * interval '23 minutes' AS at, make_time((n * 7 + hour) % 24, n * 13 % 60, 0) AS local, days
    FROM unnest(ARRAY['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC', 'CET', 'EST', 'MSK', 'CET-1CEST']) AS zone,
        unnest(ARRAY['2024-03-30Z', '2024-10-26Z', '2011-12-29Z', '2024-04-06Z', '2014-10-25Z', '2024-11-02Z']) AS start,
        generate_series(0, 80) AS n, generate_series(0, 2) AS hour, unnest(ARRAY['{}', '{7}', '{1,6}']) AS days)
SELECT count(*) AS asked, count(*) FILTER (WHERE lifecycle.next_local_time(at, zone, local, days::integer[]) IS DISTINCT FROM first) AS different
FROM asked, LATERAL (
    SELECT min(timezone(zone, day::date + local)) AS first
    FROM generate_series(timezone(zone, at)::date - 2, timezone(zone, at)::date + 15, interval '1 day') AS day
    WHERE timezone(zone, day::date + local) > at AND (days = '{}' OR extract(isodow FROM day::date) = ANY (days::integer[]))) AS naive;
WITH asked AS (
    SELECT zone, start::timestamptz + n * interval '173 minutes' AS at, make_time((n * 7) % 24, n * 13 % 60, 0) AS since,
        make_time(n * 11 % 24, 30, 0) AS till, days
    FROM unnest(ARRAY['Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'CET']) AS zone,
        unnest(ARRAY['2024-03-30Z', '2024-10-26Z', '2011-12-29Z', '2024-04-06Z']) AS start,
        generate_series(0, 8) AS n, unnest(ARRAY['{}', '{7,1}']) AS days)
SELECT count(*) AS asked, count(*) FILTER (WHERE lifecycle.next_permitted(at, zone, since, till, days::integer[]) IS DISTINCT FROM first) AS different
FROM asked, LATERAL (
    SELECT minute AS first FROM generate_series(at, at + interval '9 days', interval '1 minute') AS minute, timezone(zone, minute) AS shown
    WHERE NOT CASE WHEN since <= till THEN shown::time >= since AND shown::time < till ELSE shown::time >= since OR shown::time < till END
        AND (days = '{}' OR extract(isodow FROM shown) = ANY (days::integer[])) ORDER BY minute LIMIT 1) AS naive;

-- what cannot be
\set VERBOSITY sqlstate
SELECT lifecycle.next_permitted(now(), 'Mars/Olympus', NULL, NULL, NULL);
SELECT lifecycle.next_permitted('infinity', 'UTC', NULL, NULL, NULL);
SELECT lifecycle.next_permitted('-infinity', 'UTC', NULL, NULL, NULL);
SELECT lifecycle.next_permitted('9999-12-31 22:00Z', 'UTC', '21:00', '09:00', NULL);
SELECT lifecycle.next_permitted(now(), 'UTC', '21:00:01', '09:00', NULL);
SELECT lifecycle.next_permitted(now(), 'UTC', '21:00', '24:00', NULL);
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{0}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{1,8}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{1,NULL}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{{1},{2}}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{1,2,3,4,5,6,7,8}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{1,2,3,4,5,6,7,0}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{1,2,3,4,5,6,7,-2147483647}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{1,2,3,4,5,6,7,NULL}');
SELECT lifecycle.next_permitted(now(), 'UTC', NULL, NULL, '{{1,2},{3,4}}');
SELECT lifecycle.next_local_time(now(), 'UTC', '09:00', '{7,6,5,4,3,2,1,9}');
SELECT lifecycle.next_local_time(now(), '', '09:00', NULL);
SELECT lifecycle.next_local_time(now(), 'UTC', '24:00', NULL);
SELECT lifecycle.next_local_time('infinity', 'UTC', '09:00', NULL);
\set VERBOSITY default
SELECT lifecycle.next_local_time(now(), 'Mars/Olympus', '09:00', NULL);

-- zones that are known: what it takes, timezone() takes too
SELECT left(zone, 20) AS zone, lifecycle.known_zone(zone, 'otherwise')
FROM unnest(ARRAY['Europe/Berlin', 'europe/berlin', 'UTC', 'CET', 'CET-1CEST', 'MSK', 'Mars/Olympus', '', ' UTC', 'Europe', '../../etc/passwd',
    'Europe/Berlin''; DROP', repeat('x', 300), NULL]) AS zone;
SELECT lifecycle.known_zone('Mars', NULL) IS NULL AS nothing;
SELECT count(timezone(lifecycle.known_zone(name, 'Mars'), now())) > 300 AS every_zone_of_the_server,
    count(*) FILTER (WHERE timezone(lifecycle.known_zone(name, 'Mars'), now()) <> timezone(name, now())) AS other_time FROM pg_timezone_names;

-- shares
SELECT count(*) FILTER (WHERE lifecycle.hash_share(customer, draw)
        <> ('x' || left(encode(sha256(convert_to(draw || '/' || customer, 'UTF8')), 'hex'), 13))::bit(52)::bigint / 2 ^ 52) AS different,
    round(avg(lifecycle.hash_share(customer, draw))::numeric, 1) AS average
FROM (SELECT n::text || ' é' AS customer, 'journey/' || n % 3 AS draw FROM generate_series(1, 10000) AS n) AS draws;
SELECT lifecycle.hash_share(NULL, 'store') IS NULL AND lifecycle.hash_share('1', NULL) IS NULL AS nothing;
