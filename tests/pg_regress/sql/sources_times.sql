-- instants as they come: in a zone of their own, at the changes of the clock, none, and far away
\i modes.sql
CREATE SCHEMA sources_times;
SET search_path = sources_times, public;
CREATE SEQUENCE tick;
CREATE FUNCTION ticked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed_at := nextval('sources_times.tick'); RETURN NEW; END $$;
CREATE TABLE o (customer int, at timestamp, day date, tz timestamptz, epoch bigint, txt text, amount numeric DEFAULT 1, changed_at bigint DEFAULT nextval('tick'));
CREATE INDEX ON o (customer);
CREATE TRIGGER ticked BEFORE UPDATE ON o FOR EACH ROW EXECUTE FUNCTION ticked();
INSERT INTO o (customer, at) VALUES (1, '2025-03-30 02:30'), (2, '2025-10-26 02:30'), (3, '2025-01-01 00:30'), (4, '2025-07-01 00:30'),
    (5, NULL), (6, 'infinity'), (7, '-infinity'), (8, '0001-01-01 BC'), (9, '12000-01-01'), (10, '1970-01-01'), (11, '0001-01-01'), (12, '2040-01-01');
UPDATE o SET day = CASE WHEN isfinite(at) THEN at::date WHEN at > '2000-01-01' THEN 'infinity' ELSE '-infinity' END, tz = at, txt = at::text,
    epoch = CASE WHEN isfinite(at) THEN extract(epoch FROM at)::bigint END;
INSERT INTO kept VALUES ('st_1_same', '{"ordered_at": "at"}'), ('st_2_utc', '{"ordered_at": "at", "ordered_at_zone": "UTC"}'),
    ('st_3_ny', '{"ordered_at": "at", "ordered_at_zone": "America/New_York"}'), ('st_4_half', '{"ordered_at": "at", "ordered_at_zone": "Asia/Kolkata"}'),
    ('st_5_day', '{"ordered_at": "day", "ordered_at_zone": "America/New_York"}'), ('st_6_tz', '{"ordered_at": "tz", "ordered_at_zone": "America/New_York"}'),
    ('st_7_epoch', '{"ordered_at": "to_timestamp(epoch)"}'), ('st_8_at', '{"ordered_at": "at AT TIME ZONE ''UTC''"}');
CALL pg_temp.attach_kept('{"orders": "o", "customer": "customer", "amount": "amount", "time_zone": "Europe/Berlin"}');
CALL pg_temp.refresh_kept('2026-01-01');
SELECT said ->> 'ordered_at' AS ordered_at, said ->> 'ordered_at_zone' AS zone, customer::int, first_purchase FROM found JOIN kept USING (prefix) ORDER BY prefix, 3;
SELECT prefix, reason, rows FROM pg_temp.left_out() ORDER BY 1, 2;
-- the cohort is the month in the store's zone: half past midnight of 1 January in New York is 1 January in Berlin, and of UTC too
SELECT customer, cohort FROM st_2_utc_triggers.customers WHERE customer IN (3, 4) ORDER BY 1;
SELECT customer, cohort FROM st_4_half_triggers.customers WHERE customer IN (3, 4) ORDER BY 1;
-- a row gets its time, and one loses it
UPDATE o SET at = '2025-05-05', day = '2025-05-05', tz = '2025-05-05', epoch = 1746403200 WHERE customer IN (5, 6);
UPDATE o SET at = NULL, day = NULL, tz = NULL, epoch = NULL WHERE customer = 1;
CALL pg_temp.refresh_kept('2026-01-02');
SELECT prefix, count(*), sum(orders), min(first_purchase), max(first_purchase) FROM found WHERE orders > 0 GROUP BY 1 ORDER BY 1;
-- the zone of the rows is said later: all are read anew
SELECT lifecycle.configure('st_1_same_' || mode, '{"ordered_at_zone": "UTC"}') FROM unnest('{triggers, column, compare}'::text[]) AS mode;
SELECT r.customer::int, r.first_purchase FROM pg_temp.refreshed('st_1_same', '2026-01-02') AS r ORDER BY 1;
CALL pg_temp.detach_kept();
DROP SCHEMA sources_times CASCADE;
