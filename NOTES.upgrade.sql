-- Lines for the upgrade script to 0.3.0: objections.

DROP FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb);
DROP FUNCTION lifecycle.detach(text);

CREATE FUNCTION lifecycle.detach(store text, discard boolean DEFAULT false) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach(text, boolean) IS
    'removes a store: its schemas, triggers, schedules and log, and its roles if attach created them. It removes nothing '
    'else, fails with 2BP01 if another object depends on the store, and with 55000 if it holds suppressions or consents, unless discard'
    ' is true';

CREATE FUNCTION lifecycle.record_event(
    store text, kind text, provider_id text, action bigint DEFAULT NULL, customer text DEFAULT NULL, at timestamptz DEFAULT now(),
    channel text DEFAULT NULL, detail jsonb DEFAULT NULL, topic text DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'record_event_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb, text) IS
    'records an event of an action or of a customer, in the word of a provider such as open, spamreport or STOP, or in a word that a '
    'journey or the setting event_kinds names; returns false if the store has an event with this provider_id. Objections and hard '
    'bounces suppress the customer on the channel and cancel pending actions';

CREATE FUNCTION lifecycle.suppress(
    store text, customer text, channel text DEFAULT NULL, topic text DEFAULT NULL, note text DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'suppress_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.suppress(text, text, text, text, text) IS
    'puts a customer on the list of suppressions of a channel and topic, or of all, and cancels pending actions; returns false if '
    'the owner has put the customer there before';

CREATE FUNCTION lifecycle.unsuppress(
    store text, customer text, channel text DEFAULT NULL, topic text DEFAULT NULL
) RETURNS bigint
    AS 'MODULE_PATHNAME', 'unsuppress_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unsuppress(text, text, text, text) IS
    'lifts all suppressions of a customer on a channel and topic, or on all, whatever their reason; returns how many';

ALTER TABLE lifecycle.refresh_log ADD COLUMN events_left_out bigint, ADD COLUMN words_left_out text;
COMMENT ON COLUMN lifecycle.refresh_log.events_left_out IS
    'rows of the relation of events that were read and left out, for no service and not the setting event_kinds knows their word; NULL '
    'without such a relation';
COMMENT ON COLUMN lifecycle.refresh_log.words_left_out IS 'the most frequent of these words; NULL if there are none';

CREATE OR REPLACE VIEW lifecycle.stores WITH (security_invoker) AS
SELECT s.store, pg_get_userbyid(n.nspowner) AS owner, (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.orders) AS orders,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.customers) AS customers_table,
    (SELECT c.oid::regclass::text FROM pg_class AS c WHERE c.oid = s.events) AS events, s.settings ->> 'changes' AS changes, s.settings ->> 'time_zone' AS time_zone,
    s.settings ->> 'currency' AS currency, s.reader, lifecycle.refresh_schedule(s.store) AS schedule, s.attached_at, s.refreshed_at, s.as_of,
    clock_timestamp() - s.refreshed_at AS lag, l.customers, l.orders AS purchases, l.moved,
    l.finished_at - l.started_at AS took, r.reconciled_at, r.mismatches, s.settings, s.layout,
    e.events_left_out, e.words_left_out
FROM lifecycle.store AS s
    LEFT JOIN pg_namespace AS n ON n.nspname = s.store || '_data'
        AND n.oid = (SELECT c.relnamespace FROM pg_class AS c WHERE c.oid = s.kept_in)
    LEFT JOIN LATERAL (
        SELECT * FROM lifecycle.refresh_log AS l WHERE l.store = s.store AND l.finished_at IS NOT NULL
        ORDER BY l.id DESC LIMIT 1) AS l ON true
    LEFT JOIN LATERAL (
        SELECT COALESCE(r.finished_at, r.step_started_at) AS reconciled_at, r.mismatches
        FROM lifecycle.refresh_log AS r WHERE r.store = s.store AND r.reconciled ORDER BY r.id DESC LIMIT 1) AS r ON true
    LEFT JOIN LATERAL (
        SELECT e.events_left_out, e.words_left_out FROM lifecycle.refresh_log AS e
        WHERE e.store = s.store AND (e.events_left_out > 0 OR (e.rebuilt AND e.finished_at IS NOT NULL))
        ORDER BY e.id DESC LIMIT 1) AS e ON true
ORDER BY s.store;
COMMENT ON COLUMN lifecycle.stores.events_left_out IS
    'rows of the relation of events that are left out, for no service and not the setting event_kinds knows their word, as the last '
    'refresh that has found such rows, or read all, has counted them';
COMMENT ON COLUMN lifecycle.stores.words_left_out IS 'the most frequent of these words; NULL if there are none';

-- Its rows are all columns of the log.
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
        WHERE p.store = l.store AND p.finished_at IS NOT NULL AND p.id < l.id AND p.rebuilt = l.rebuilt
        ORDER BY p.id DESC LIMIT 1) AS p ON true
WHERE l.finished_at IS NULL
    AND EXISTS (
        SELECT FROM pg_locks AS k WHERE k.locktype = 'advisory' AND k.pid = l.pid AND k.granted
            AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND k.classid = 1818846821 AND k.objid = (l.id % 2147483647)::oid)
ORDER BY l.id;
