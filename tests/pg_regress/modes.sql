-- One source in each of the three modes. After each round of edits all stores must say the same, verify must find nothing, and the
-- triggers must have missed nothing.
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET client_min_messages = warning;
\pset null (null)
CREATE SEQUENCE pg_temp.tick;
-- Attaches PREFIX_triggers, PREFIX_column and PREFIX_compare.
CREATE FUNCTION pg_temp.attach(prefix text, settings jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE mode text;
BEGIN
    FOREACH mode IN ARRAY '{triggers, column, compare}'::text[] LOOP
        PERFORM lifecycle.attach(prefix || '_' || mode, jsonb_build_object('changes', mode, 'reader', '', 'time_zone', 'UTC',
            'max_shrink', 1, 'reconcile', '0') || CASE mode WHEN 'column' THEN '{"changed_at": "changed_at"}' ELSE '{}' END::jsonb || settings);
    END LOOP;
END $$;
-- Refreshes all three, and gives what they say.
CREATE FUNCTION pg_temp.refreshed(prefix text, as_of timestamptz)
    RETURNS TABLE (customer text, orders bigint, spend numeric, first_purchase timestamptz, last_purchase timestamptz) LANGUAGE plpgsql AS $$
DECLARE mode text; store text; found text; missed bigint;
BEGIN
    FOREACH mode IN ARRAY '{triggers, column, compare}'::text[] LOOP
        store := prefix || '_' || mode;
        CALL lifecycle.refresh(store, as_of);
        SELECT string_agg(v::text, '; ') INTO found FROM lifecycle.verify(store) AS v;
        IF found IS NOT NULL THEN RAISE EXCEPTION 'verify of % finds %', store, found; END IF;
        SELECT log.mismatches INTO missed FROM lifecycle.refresh_log AS log WHERE log.store = prefix || '_' || mode ORDER BY log.id DESC LIMIT 1;
        IF mode = 'triggers' AND missed > 0 THEN RAISE EXCEPTION 'the triggers of % missed %', store, missed; END IF;
        EXECUTE format('WITH a AS (SELECT customer, orders, spend, first_purchase, last_purchase FROM %I.customers),
                b AS (SELECT customer, orders, spend, first_purchase, last_purchase FROM %I.customers)
            SELECT string_agg(one::text, ''; '') FROM ((TABLE a EXCEPT TABLE b) UNION ALL (TABLE b EXCEPT TABLE a)) AS one',
            prefix || '_triggers', store) INTO found;
        IF found IS NOT NULL THEN RAISE EXCEPTION '% differs: %', store, found; END IF;
    END LOOP;
    RETURN QUERY EXECUTE format('SELECT customer::text, orders::bigint, spend, first_purchase, last_purchase FROM %I.customers ORDER BY customer', prefix || '_triggers');
END $$;
-- Many sources, each in a transaction of its own: what of them is kept, and what the last refresh said.
CREATE TEMPORARY TABLE kept (prefix text, said jsonb);
CREATE TEMPORARY TABLE found (prefix text, customer text, orders bigint, spend numeric, first_purchase timestamptz, last_purchase timestamptz);
CREATE PROCEDURE pg_temp.attach_kept(settings jsonb) LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    FOR one IN SELECT * FROM kept LOOP PERFORM pg_temp.attach(one.prefix, settings || one.said); COMMIT; END LOOP;
END $$;
CREATE PROCEDURE pg_temp.configure_kept(settings jsonb) LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    FOR one IN SELECT prefix || '_' || mode AS store FROM kept, unnest('{triggers, column, compare}'::text[]) AS mode LOOP
        PERFORM lifecycle.configure(one.store, settings); COMMIT;
    END LOOP;
END $$;
CREATE PROCEDURE pg_temp.refresh_kept(as_of timestamptz) LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    DELETE FROM found;
    FOR one IN SELECT * FROM kept LOOP INSERT INTO found SELECT one.prefix, r.* FROM pg_temp.refreshed(one.prefix, as_of) AS r; COMMIT; END LOOP;
END $$;
CREATE FUNCTION pg_temp.left_out() RETURNS TABLE (prefix text, reason text, rows bigint, amount numeric) LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    FOR one IN SELECT * FROM kept LOOP
        RETURN QUERY EXECUTE format('SELECT %L, reason, count(*), sum(amount) FROM %I.left_out_orders GROUP BY reason', one.prefix, one.prefix || '_triggers_data');
    END LOOP;
END $$;
CREATE PROCEDURE pg_temp.detach_kept() LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    FOR one IN SELECT DISTINCT store FROM lifecycle.store JOIN kept ON store LIKE prefix || '\_%' LOOP PERFORM lifecycle.detach(one.store); COMMIT; END LOOP;
    DELETE FROM kept;
END $$;
