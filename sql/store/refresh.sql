-- refreshing a store

CREATE FUNCTION lifecycle.begin_refresh(store text, as_of timestamptz) RETURNS bigint
    AS 'MODULE_PATHNAME', 'begin_refresh_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.begin_refresh(text, timestamptz) IS 'implementation of lifecycle.refresh: enters it into the log';
CREATE FUNCTION lifecycle.refresh_histories(refresh bigint, rebuild boolean, accept boolean) RETURNS text
    AS 'MODULE_PATHNAME', 'refresh_histories_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.refresh_histories(bigint, boolean, boolean) IS
    'implementation of lifecycle.refresh: the histories; returns why the refresh must be held, NULL if it may go on';
CREATE FUNCTION lifecycle.hold_refresh(refresh bigint, reason text) RETURNS void
    AS 'MODULE_PATHNAME', 'hold_refresh_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.hold_refresh(bigint, text) IS
    'implementation of lifecycle.refresh: enters into the log that it was held, and holds the journeys';
CREATE FUNCTION lifecycle.refresh_fits(refresh bigint, refit boolean) RETURNS void
    AS 'MODULE_PATHNAME', 'refresh_fits_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.refresh_fits(bigint, boolean) IS 'implementation of lifecycle.refresh: breaks, rhythm and models';
CREATE FUNCTION lifecycle.refresh_profiles(refresh bigint) RETURNS void
    AS 'MODULE_PATHNAME', 'refresh_profiles_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.refresh_profiles(bigint) IS 'implementation of lifecycle.refresh: the profiles and the log of moves';
CREATE FUNCTION lifecycle.may_commit() RETURNS boolean
    AS 'MODULE_PATHNAME', 'may_commit_wrapper' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION lifecycle.may_commit() IS
    'implementation of lifecycle.refresh: whether the calling procedure may end its transaction';

-- PL/pgSQL, because only a procedure can commit between the steps. It runs with the caller's search_path (a procedure that commits
-- cannot have one of its own), so all names have their schema, and the arguments are of exactly the types declared. Every step
-- locks the store for itself and leaves it in a state from which the next refresh goes on, so that one that is broken off anywhere
-- does no harm.
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
    'brings a store up to date as of as_of (NULL is now): histories, fits if due or with refit, profiles and the log of moves; '
    'rebuild reads all rows again. It is held if it would lose more rows than max_shrink allows, unless accept is true';

CREATE FUNCTION lifecycle.verify(store text, OUT customer text, OUT source text, OUT stored text, OUT rebuilt text)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'verify_wrapper' LANGUAGE C VOLATILE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.verify(text) IS
    'compares every stored history with its source rows and returns one row per mismatch; an empty result means the store '
    'is consistent. Refresh first: changes since the last refresh are mismatches too';

-- With the rights of the caller, so that both views show those rows of the log that the caller may see.
CREATE VIEW lifecycle.refresh_progress WITH (security_invoker) AS
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
COMMENT ON VIEW lifecycle.refresh_progress IS
    'one row for each running refresh of a store whose owner or reader the role is a member of; superusers see all';
COMMENT ON COLUMN lifecycle.refresh_progress.store IS 'the store';
COMMENT ON COLUMN lifecycle.refresh_progress.refresh IS 'the number of the refresh, as in lifecycle.refresh_log';
COMMENT ON COLUMN lifecycle.refresh_progress.pid IS 'the process id of the session, for pg_cancel_backend';
COMMENT ON COLUMN lifecycle.refresh_progress.started_at IS 'when it began';
COMMENT ON COLUMN lifecycle.refresh_progress.step IS 'what it does: histories, fits, profiles';
COMMENT ON COLUMN lifecycle.refresh_progress.step_number IS 'the same as a number from 1';
COMMENT ON COLUMN lifecycle.refresh_progress.steps IS 'how many steps there are';
COMMENT ON COLUMN lifecycle.refresh_progress.step_started_at IS 'since when it does so';
COMMENT ON COLUMN lifecycle.refresh_progress.step_seconds IS 'for how many seconds it has done so';
COMMENT ON COLUMN lifecycle.refresh_progress.previous_step_seconds IS
    'how many seconds the same step took in the last refresh of the same kind (a rebuild or not); NULL if there was none';
COMMENT ON COLUMN lifecycle.refresh_progress.changed_customers IS
    'customers whose histories were built anew; NULL if it is all of them, and until that is known';

CREATE VIEW lifecycle.stores WITH (security_invoker) AS
SELECT s.store, pg_get_userbyid(n.nspowner) AS owner, (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.orders) AS orders,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.customers) AS customers_table,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.events) AS events, s.settings ->> 'changes' AS changes, s.settings ->> 'time_zone' AS time_zone,
    s.settings ->> 'currency' AS currency, s.reader, lifecycle.refresh_schedule(s.store) AS schedule, s.attached_at, s.refreshed_at, s.as_of,
    clock_timestamp() - s.refreshed_at AS lag, l.customers, l.orders AS purchases, l.moved,
    l.finished_at - l.started_at AS took, r.reconciled_at, r.mismatches, s.settings, s.layout, h.held_since, h.held_reason,
    e.events_left_out, e.words_left_out, o.orders_left_out
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
    LEFT JOIN LATERAL (
        SELECT e.events_left_out, e.words_left_out FROM lifecycle.refresh_log AS e
        WHERE e.store = s.store AND (e.events_left_out > 0 OR (e.rebuilt AND e.finished_at IS NOT NULL))
        ORDER BY e.id DESC LIMIT 1) AS e ON true
    LEFT JOIN LATERAL (
        SELECT o.orders_left_out FROM lifecycle.refresh_log AS o WHERE o.store = s.store AND o.orders_left_out IS NOT NULL
        ORDER BY o.id DESC LIMIT 1) AS o ON true
ORDER BY s.store;
COMMENT ON VIEW lifecycle.stores IS
    'one row for each attached store: its settings, and what its last refresh did. The figures (customers, purchases, '
    'moved, took) are NULL for roles that are not members of the owner or the reader';
COMMENT ON COLUMN lifecycle.stores.store IS 'the name, which is that of the schema';
COMMENT ON COLUMN lifecycle.stores.owner IS
    'the owner of the schema, which may refresh and detach the store; NULL if the schema does not exist or was created '
    'again';
COMMENT ON COLUMN lifecycle.stores.orders IS 'the relation of the orders; NULL if it is gone';
COMMENT ON COLUMN lifecycle.stores.customers_table IS 'the relation of the customers; NULL if there is none';
COMMENT ON COLUMN lifecycle.stores.events IS 'the relation of engagement events; NULL if there is none';
COMMENT ON COLUMN lifecycle.stores.changes IS 'how changes of orders are found: triggers, column or compare';
COMMENT ON COLUMN lifecycle.stores.time_zone IS 'where days and months end';
COMMENT ON COLUMN lifecycle.stores.currency IS 'the currency of the amounts; NULL if it was not said';
COMMENT ON COLUMN lifecycle.stores.reader IS 'the role that may read the views; NULL if there is none';
COMMENT ON COLUMN lifecycle.stores.schedule IS
    'when it is refreshed, as given to lifecycle.schedule; NULL if it is not, without pg_cron, and where the job is another''s';
COMMENT ON COLUMN lifecycle.stores.attached_at IS 'when it was attached';
COMMENT ON COLUMN lifecycle.stores.refreshed_at IS 'when its last refresh ended; NULL before the first, as are the following';
COMMENT ON COLUMN lifecycle.stores.as_of IS 'the instant that its profiles are of';
COMMENT ON COLUMN lifecycle.stores.lag IS 'how long ago the last refresh ended';
COMMENT ON COLUMN lifecycle.stores.customers IS 'customers with a profile, prospects included';
COMMENT ON COLUMN lifecycle.stores.purchases IS 'their purchases';
COMMENT ON COLUMN lifecycle.stores.moved IS 'movements of customers in the last refresh';
COMMENT ON COLUMN lifecycle.stores.took IS 'how long the last refresh took';
COMMENT ON COLUMN lifecycle.stores.reconciled_at IS
    'when all histories were last compared with the source rows, or built from all of them';
COMMENT ON COLUMN lifecycle.stores.mismatches IS
    'histories that differed from their source rows at the last comparison and were mended, 0 if no change was missed; NULL '
    'where all rows were read anyway';
COMMENT ON COLUMN lifecycle.stores.settings IS 'the settings; docs/stores/settings.md explains them';
COMMENT ON COLUMN lifecycle.stores.held_since IS
    'since when its refreshes are held, because they would lose more than the setting max_shrink allows; NULL if the last one was not';
COMMENT ON COLUMN lifecycle.stores.held_reason IS 'what the last of them would have lost; NULL if it was not held';
COMMENT ON COLUMN lifecycle.stores.layout IS 'the number of the layout of its tables and views: see the comment on lifecycle.store.layout';
COMMENT ON COLUMN lifecycle.stores.events_left_out IS
    'rows of the relation of events that are left out, for no service and not the setting event_kinds knows their word, as the last '
    'refresh that has found such rows, or read all, has counted them';
COMMENT ON COLUMN lifecycle.stores.words_left_out IS 'the most frequent of these words; NULL if there are none';
COMMENT ON COLUMN lifecycle.stores.orders_left_out IS
    'rows of the orders that count for nobody, by the reason, as the last refresh that read all rows has counted them; the view left_out of '
    'the store shows them';

GRANT SELECT ON lifecycle.refresh_progress, lifecycle.stores TO PUBLIC;
