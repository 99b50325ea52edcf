-- Refreshes: what they find in the log, and the brake that holds one that would lose many rows.
ALTER TABLE lifecycle.refresh_log
    DROP CONSTRAINT refresh_log_step_check,
    ADD CONSTRAINT refresh_log_step_check CHECK (step IN ('histories', 'fits', 'profiles', 'done', 'held')),
    ADD COLUMN vanished bigint,
    ADD COLUMN returned bigint,
    ADD COLUMN corrected bigint,
    ADD COLUMN held_reason text,
    ADD COLUMN accepted boolean NOT NULL DEFAULT false,
    ADD COLUMN buyers bigint,
    ADD COLUMN order_rows bigint,
    ADD COLUMN people bigint;
COMMENT ON COLUMN lifecycle.refresh_log.step IS 'what it does, or did last: histories, fits, profiles, done; held if it was held back';
COMMENT ON COLUMN lifecycle.refresh_log.moved IS 'movements of customers, as in the view movements; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.vanished IS 'customers all of whose rows were gone; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.returned IS 'customers whose rows were back; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.corrected IS
    'customers who changed their stage or segment because rows of their past came, went or changed; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.held_reason IS
    'what the refresh would have lost, and was therefore held back; NULL unless step is held';
COMMENT ON COLUMN lifecycle.refresh_log.accepted IS 'whether it was called with accept, and could lose any number of rows';
COMMENT ON COLUMN lifecycle.refresh_log.buyers IS 'customers with orders; NULL until the histories are done';
COMMENT ON COLUMN lifecycle.refresh_log.order_rows IS 'their rows, also those with a future date; NULL until the histories are done';
COMMENT ON COLUMN lifecycle.refresh_log.people IS
    'rows of the relation of the customers; NULL until the histories are done, and without such a relation';

DROP PROCEDURE lifecycle.refresh(text, timestamptz, boolean, boolean);
DROP FUNCTION lifecycle.refresh_histories(bigint, boolean);
CREATE FUNCTION lifecycle.refresh_histories(refresh bigint, rebuild boolean, accept boolean) RETURNS text
    AS 'MODULE_PATHNAME', 'refresh_histories_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.refresh_histories(bigint, boolean, boolean) IS
    'implementation of lifecycle.refresh: the histories; returns why the refresh must be held, NULL if it may go on';
CREATE FUNCTION lifecycle.hold_refresh(refresh bigint, reason text) RETURNS void
    AS 'MODULE_PATHNAME', 'hold_refresh_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.hold_refresh(bigint, text) IS
    'implementation of lifecycle.refresh: enters into the log that it was held, and holds the journeys';
CREATE PROCEDURE lifecycle.refresh(
    store text, as_of timestamptz DEFAULT NULL, refit boolean DEFAULT false, rebuild boolean DEFAULT false,
    accept boolean DEFAULT false
) LANGUAGE plpgsql AS $$
DECLARE
    run pg_catalog.int8 := lifecycle.begin_refresh(store, as_of);
    held pg_catalog.text;
BEGIN
    IF lifecycle.may_commit() THEN COMMIT; END IF;
    -- A savepoint, to which a refresh that is held goes back: the exception rolls back all but the variable.
    BEGIN
        held := lifecycle.refresh_histories(run, rebuild, accept);
        IF held IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'LCYHD', MESSAGE = held;
        END IF;
    EXCEPTION WHEN SQLSTATE 'LCYHD' THEN
        IF held IS NULL THEN RAISE; END IF;
    END;
    IF held IS NOT NULL THEN
        PERFORM lifecycle.hold_refresh(run, held);
        RETURN;
    END IF;
    IF lifecycle.may_commit() THEN COMMIT; END IF;
    PERFORM lifecycle.refresh_fits(run, refit);
    IF lifecycle.may_commit() THEN COMMIT; END IF;
    PERFORM lifecycle.refresh_profiles(run);
END
$$;
COMMENT ON PROCEDURE lifecycle.refresh(text, timestamptz, boolean, boolean, boolean) IS
    'brings a store up to date as of as_of (NULL is now): histories of changed customers, fits if they are due or refit is '
    'true, profiles and the log of moves. It commits after each step unless it is called in a transaction block; rebuild '
    'reads all rows again, and accept lets it lose more customers or orders than the setting max_shrink allows';

CREATE OR REPLACE VIEW lifecycle.refresh_progress WITH (security_invoker) AS
SELECT l.store, l.id AS refresh, l.pid, l.started_at, l.step,
    CASE l.step WHEN 'histories' THEN 1 WHEN 'fits' THEN 2 ELSE 3 END AS step_number, 3 AS steps, l.step_started_at,
    extract(epoch FROM clock_timestamp() - l.step_started_at)::double precision AS step_seconds,
    CASE l.step WHEN 'histories' THEN p.histories_ms WHEN 'fits' THEN p.fits_ms ELSE p.profiles_ms END / 1000
        AS previous_step_seconds,
    l.changed_customers
FROM lifecycle.refresh_log AS l
    LEFT JOIN LATERAL (
        SELECT * FROM lifecycle.refresh_log AS p
        WHERE p.store = l.store AND p.step = 'done' AND p.id < l.id AND p.rebuilt = l.rebuilt
        ORDER BY p.id DESC LIMIT 1) AS p ON true
WHERE l.finished_at IS NULL
    AND EXISTS (
        SELECT FROM pg_locks AS k WHERE k.locktype = 'advisory' AND k.pid = l.pid AND k.granted
            AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND k.classid = 1818846821 AND k.objid = (l.id % 2147483647)::oid)
ORDER BY l.id;
CREATE OR REPLACE VIEW lifecycle.stores WITH (security_invoker) AS
SELECT s.store, pg_get_userbyid(n.nspowner) AS owner, (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.orders) AS orders,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.customers) AS customers_table,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.events) AS events, s.settings ->> 'changes' AS changes, s.settings ->> 'time_zone' AS time_zone,
    s.settings ->> 'currency' AS currency, s.reader, lifecycle.refresh_schedule(s.store) AS schedule, s.attached_at, s.refreshed_at, s.as_of,
    clock_timestamp() - s.refreshed_at AS lag, l.customers, l.orders AS purchases, l.moved,
    l.finished_at - l.started_at AS took, r.reconciled_at, r.mismatches, s.settings, s.layout, h.held_since, h.held_reason
FROM lifecycle.store AS s
    LEFT JOIN pg_namespace AS n ON n.nspname = s.store || '_data'
        AND n.oid = (SELECT c.relnamespace FROM pg_class AS c WHERE c.oid = s.kept_in)
    LEFT JOIN LATERAL (
        SELECT * FROM lifecycle.refresh_log AS l WHERE l.store = s.store AND l.step = 'done'
        ORDER BY l.id DESC LIMIT 1) AS l ON true
    LEFT JOIN LATERAL (
        SELECT COALESCE(r.finished_at, r.step_started_at) AS reconciled_at, r.mismatches
        FROM lifecycle.refresh_log AS r WHERE r.store = s.store AND r.reconciled ORDER BY r.id DESC LIMIT 1) AS r ON true
    LEFT JOIN LATERAL (
        SELECT min(h.finished_at) AS held_since, (array_agg(h.held_reason ORDER BY h.id DESC))[1] AS held_reason
        FROM lifecycle.refresh_log AS h WHERE h.store = s.store AND h.step = 'held' AND h.id > COALESCE(l.id, 0)) AS h ON true
ORDER BY s.store;
COMMENT ON COLUMN lifecycle.stores.moved IS 'movements of customers in the last refresh';
COMMENT ON COLUMN lifecycle.stores.held_since IS
    'since when its refreshes are held, because they would lose more than the setting max_shrink allows; NULL if the last one was not';
COMMENT ON COLUMN lifecycle.stores.held_reason IS 'what the last of them would have lost; NULL if it was not held';
