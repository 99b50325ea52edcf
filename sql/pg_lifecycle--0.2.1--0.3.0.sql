-- First of all: no name is looked up where another role may have put an object of that name.
--
-- The server runs this script as a superuser, with the extension's schema in the path, and a role that owns that schema (any role
-- with CREATE on the database may install the extension) can have made functions, operators, types and casts there that fit a
-- call better than those of pg_catalog. So names without a schema are those of pg_catalog alone. pg_temp is named, because the
-- server searches it first for types and tables where it is not. What belongs to the extension is written @extschema@.name or
-- lifecycle.name, and is called with arguments of exactly its types, so that no other function of that name fits better.

SET LOCAL search_path = pg_catalog, pg_temp;
-- Lines for the upgrade script to 0.3.0: objections.

DROP FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb);
DROP FUNCTION lifecycle.detach(text);

CREATE FUNCTION lifecycle.detach(store text, discard boolean DEFAULT false) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach(text, boolean) IS
    'removes a store: its schemas, triggers, schedules and log, and its roles if attach created them. It fails with 2BP01 if another '
    'object depends on the store, and with 55000 if it holds suppressions or consents, unless discard is true';

CREATE FUNCTION lifecycle.record_event(
    store text, kind text, provider_id text, action bigint DEFAULT NULL, customer text DEFAULT NULL, at timestamptz DEFAULT now(),
    channel text DEFAULT NULL, detail jsonb DEFAULT NULL, topic text DEFAULT NULL
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'record_event_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_event(text, text, text, bigint, text, timestamptz, text, jsonb, text) IS
    'records an event of an action or of a customer, in a provider''s word or one that a journey or event_kinds names; returns false '
    'if its provider_id is known. An objection or a hard bounce stops further messages on the channel';

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

ALTER TABLE lifecycle.refresh_log ADD COLUMN events_left_out bigint, ADD COLUMN words_left_out text, ADD COLUMN orders_left_out jsonb;
COMMENT ON COLUMN lifecycle.refresh_log.events_left_out IS
    'rows of the relation of events that were read and left out, for no service and not the setting event_kinds knows their word; NULL '
    'without such a relation';
COMMENT ON COLUMN lifecycle.refresh_log.words_left_out IS 'the most frequent of these words; NULL if there are none';
COMMENT ON COLUMN lifecycle.refresh_log.orders_left_out IS
    'rows of the orders that count for nobody, by the reason, such as {"no customer": {"rows": 200, "amount": 6000.00}}; NULL unless all '
    'rows were read';

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
    ADD COLUMN people bigint,
    ADD COLUMN orders_read bigint,
    ADD COLUMN changed_left_out jsonb;
COMMENT ON COLUMN lifecycle.refresh_log.orders_read IS
    'rows of the orders and refunds in the histories that were built: those of all customers, or of the customers who have changed';
COMMENT ON COLUMN lifecycle.refresh_log.changed_left_out IS
    'as orders_left_out, of the rows of customers who have changed; NULL where all rows were read';
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
    'brings a store up to date as of as_of (NULL is now): histories, fits if due or with refit, profiles and the log of moves; '
    'rebuild reads all rows again. It is held if it would lose more rows than max_shrink allows, unless accept is true';

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
COMMENT ON COLUMN lifecycle.stores.events_left_out IS
    'rows of the relation of events that are left out, for no service and not the setting event_kinds knows their word, as the last '
    'refresh that has found such rows, or read all, has counted them';
COMMENT ON COLUMN lifecycle.stores.words_left_out IS 'the most frequent of these words; NULL if there are none';
COMMENT ON COLUMN lifecycle.stores.orders_left_out IS
    'rows of the orders that count for nobody, by the reason, as the last refresh that read all rows has counted them; the view left_out of '
    'the store shows them';
COMMENT ON COLUMN lifecycle.stores.moved IS 'movements of customers in the last refresh';
COMMENT ON COLUMN lifecycle.stores.held_since IS
    'since when its refreshes are held, because they would lose more than the setting max_shrink allows; NULL if the last one was not';
COMMENT ON COLUMN lifecycle.stores.held_reason IS 'what the last of them would have lost; NULL if it was not held';

-- Journeys: the brake of entries.

CREATE FUNCTION lifecycle.release_journey(store text, name text, up_to integer DEFAULT NULL) RETURNS boolean
    AS 'MODULE_PATHNAME', 'release_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.release_journey(text, text, integer) IS
    'lets a journey go on that is held: for 24 hours from its next run up to up_to customers may enter, without it any number, or as '
    'many as before where voucher codes had run out. Returns whether the journey was held';

DROP FUNCTION lifecycle.start_journey(text, text);
CREATE FUNCTION lifecycle.start_journey(
    store text, name text, started_at timestamptz DEFAULT NULL, only_customers text[] DEFAULT NULL, accept boolean DEFAULT false
) RETURNS integer
    AS 'MODULE_PATHNAME', 'start_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.start_journey(text, text, timestamptz, text[], boolean) IS
    'starts or resumes a journey; returns the version in force. Events before started_at, by default the first start, enter no '
    'customer; only_customers lets no others in, and accept more at once than max_entries allows';

-- how stores and their journeys are, and the way through a journey

CREATE FUNCTION lifecycle.health_of_stores(
    OUT store text, OUT journey text, OUT status text, OUT problem text, OUT refreshed_at timestamptz, OUT refresh_lag interval,
    OUT failed_refreshes bigint, OUT ran_at timestamptz, OUT run_lag interval, OUT held_since timestamptz, OUT held_reason text,
    OUT schedule text, OUT pending bigint, OUT oldest_pending interval, OUT dead bigint, OUT dropped jsonb, OUT messages bigint,
    OUT bounces float8, OUT complaints float8
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'health_of_stores_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 20;
COMMENT ON FUNCTION lifecycle.health_of_stores() IS 'implementation of lifecycle.health';

CREATE VIEW lifecycle.health WITH (security_invoker) AS
SELECT h.store, h.journey, h.status, h.problem, h.refreshed_at, h.refresh_lag, h.failed_refreshes, h.ran_at, h.run_lag, h.held_since,
    h.held_reason, h.schedule, h.pending, h.oldest_pending, h.dead, h.dropped, h.messages, h.bounces, h.complaints
FROM lifecycle.health_of_stores() AS h;
COMMENT ON VIEW lifecycle.health IS
    'for alerts: one row for each store that the role owns or may read, and one for each of its journeys. A store that cannot be read '
    'has a row that says why';
COMMENT ON COLUMN lifecycle.health.store IS 'the store';
COMMENT ON COLUMN lifecycle.health.journey IS 'the journey; NULL in the row of the store itself, which sums up its journeys';
COMMENT ON COLUMN lifecycle.health.status IS
    'of a store ready, held or unreadable; of a journey draft, live, paused, held or ended';
COMMENT ON COLUMN lifecycle.health.problem IS 'why the store cannot be read; NULL if it can';
COMMENT ON COLUMN lifecycle.health.refreshed_at IS 'when the last refresh of the store ended; NULL before the first, and for journeys';
COMMENT ON COLUMN lifecycle.health.refresh_lag IS 'how long ago that was';
COMMENT ON COLUMN lifecycle.health.failed_refreshes IS 'refreshes since then that were broken off; NULL for journeys';
COMMENT ON COLUMN lifecycle.health.ran_at IS 'when the journeys of the store were last run; NULL before the first run';
COMMENT ON COLUMN lifecycle.health.run_lag IS 'how long ago that was';
COMMENT ON COLUMN lifecycle.health.held_since IS 'since when the store or the journey is held; NULL if it is not';
COMMENT ON COLUMN lifecycle.health.held_reason IS 'why it is held; NULL if it is not';
COMMENT ON COLUMN lifecycle.health.schedule IS
    'when pg_cron refreshes the store or runs its journeys, by the jobs of its owner; NULL if it does not, and without pg_cron';
COMMENT ON COLUMN lifecycle.health.pending IS 'actions that wait for a sender, or are with one';
COMMENT ON COLUMN lifecycle.health.oldest_pending IS 'how long ago the oldest of them was decided; NULL if there is none';
COMMENT ON COLUMN lifecycle.health.dead IS 'actions that were given up after too many failures';
COMMENT ON COLUMN lifecycle.health.dropped IS
    'messages of the last day that are not sent, counted by the reason; NULL if there are none';
COMMENT ON COLUMN lifecycle.health.messages IS 'messages that were sent in the last 7 days';
COMMENT ON COLUMN lifecycle.health.bounces IS 'share of them that bounced, without soft bounces; NULL if none was sent';
COMMENT ON COLUMN lifecycle.health.complaints IS 'share of them that were answered by a complaint; NULL if none was sent';
GRANT SELECT ON lifecycle.health TO PUBLIC;

CREATE FUNCTION lifecycle.journey_graph(store text, journey text) RETURNS text
    AS 'MODULE_PATHNAME', 'journey_graph_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
COMMENT ON FUNCTION lifecycle.journey_graph(text, text) IS
    'draws a journey as a Mermaid flowchart: a node for each step of the version that customers enter, and on each arrow the number of '
    'entries that went there';

-- Journeys: when they start and for which customers, what holds them, and consent.
DROP FUNCTION lifecycle.create_journey(text, text, jsonb, boolean);
CREATE FUNCTION lifecycle.create_journey(
    store text, name text, definition jsonb, start boolean DEFAULT false, started_at timestamptz DEFAULT NULL, only_customers text[] DEFAULT NULL
) RETURNS integer
    AS 'MODULE_PATHNAME', 'create_journey_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_journey(text, text, jsonb, boolean, timestamptz, text[]) IS
    'checks the definition of a journey and stores it as a draft, or as a new version in force if the journey was started; '
    'returns the version. Customers in the journey finish on the version that they entered';

CREATE FUNCTION lifecycle.hold(store text, reason text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'hold_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.hold(text, text) IS
    'holds a store: until lifecycle.release its journeys decide nothing, and no action is handed over';

CREATE FUNCTION lifecycle.release(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'release_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.release(text) IS
    'lets the journeys of a store go on that lifecycle.hold has held; returns whether it was held so';

CREATE FUNCTION lifecycle.adopt(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'adopt_wrapper' LANGUAGE C VOLATILE COST 10000;
COMMENT ON FUNCTION lifecycle.adopt(text) IS
    'says that this database, a copy of the one that a store was attached in, is the one that writes to customers from now on: '
    'its journeys go on, and what they decide has idempotency keys that no other copy has';

CREATE FUNCTION lifecycle.record_consent(
    store text, customer text, channel text DEFAULT NULL, at timestamptz DEFAULT now(), evidence text DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME', 'record_consent_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.record_consent(text, text, text, timestamptz, text) IS
    'records that a customer has agreed to messages by a channel, or by all without one, and by what evidence';

CREATE FUNCTION lifecycle.withdraw_consent(
    store text, customer text, channel text DEFAULT NULL, at timestamptz DEFAULT now()
) RETURNS void
    AS 'MODULE_PATHNAME', 'withdraw_consent_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.withdraw_consent(text, text, text, timestamptz) IS
    'records that a customer has taken back the consent to messages by a channel, or by all without one';

-- rows of which several make one order

CREATE TYPE @extschema@.purchase_history_rows;

CREATE FUNCTION @extschema@.purchase_history_rows_in(cstring) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_in_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_in(cstring) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_history_rows_out(@extschema@.purchase_history_rows) RETURNS cstring
    AS 'MODULE_PATHNAME', 'purchase_history_rows_out_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_out(@extschema@.purchase_history_rows) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_history_rows_recv(internal) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_recv_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_recv(internal) IS 'I/O';
CREATE FUNCTION @extschema@.purchase_history_rows_send(@extschema@.purchase_history_rows) RETURNS bytea
    AS 'MODULE_PATHNAME', 'purchase_history_rows_send_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_send(@extschema@.purchase_history_rows) IS 'I/O';

CREATE TYPE @extschema@.purchase_history_rows (
    INPUT = @extschema@.purchase_history_rows_in,
    OUTPUT = @extschema@.purchase_history_rows_out,
    RECEIVE = @extschema@.purchase_history_rows_recv,
    SEND = @extschema@.purchase_history_rows_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE @extschema@.purchase_history_rows IS
    'the rows of orders while the aggregate purchase_history(ordered_at, amount, order_key) collects them; no column need be of it';

CREATE FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, text) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_accum_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, text) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, bigint) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_accum_bigint' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_accum(@extschema@.purchase_history_rows, timestamptz, numeric, bigint) IS 'aggregate transition function';
CREATE FUNCTION @extschema@.purchase_history_rows_combine(@extschema@.purchase_history_rows, @extschema@.purchase_history_rows) RETURNS @extschema@.purchase_history_rows
    AS 'MODULE_PATHNAME', 'purchase_history_rows_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_combine(@extschema@.purchase_history_rows, @extschema@.purchase_history_rows) IS 'aggregate combine function';
CREATE FUNCTION @extschema@.purchase_history_rows_final(@extschema@.purchase_history_rows) RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_rows_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.purchase_history_rows_final(@extschema@.purchase_history_rows) IS 'aggregate final function';

CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz, amount numeric, order_key text) (
    SFUNC = @extschema@.purchase_history_rows_accum, STYPE = @extschema@.purchase_history_rows, SSPACE = 256, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_rows_final, COMBINEFUNC = @extschema@.purchase_history_rows_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz, numeric, text) IS
    'the orders of a group as one value: rows with one order_key are one order, over their sum, at the first of their instants. '
    'Rows with NULL are skipped; a history knows no keys, so all rows of an order must be in one group';
CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz, amount numeric, order_key bigint) (
    SFUNC = @extschema@.purchase_history_rows_accum, STYPE = @extschema@.purchase_history_rows, SSPACE = 256, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_rows_final, COMBINEFUNC = @extschema@.purchase_history_rows_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz, numeric, bigint) IS
    'as with an order_key of type text';

-- amounts that are floating point numbers

CREATE FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz, double precision)
    RETURNS @extschema@.purchase_history
    AS 'MODULE_PATHNAME', 'purchase_history_accum_timestamptz_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.purchase_history_accum(@extschema@.purchase_history, timestamptz, double precision) IS
    'aggregate transition function';
CREATE AGGREGATE @extschema@.purchase_history(ordered_at timestamptz, amount double precision) (
    SFUNC = @extschema@.purchase_history_accum, STYPE = @extschema@.purchase_history, SSPACE = 128, INITCOND = '{}',
    FINALFUNC = @extschema@.purchase_history_final, COMBINEFUNC = @extschema@.purchase_history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE @extschema@.purchase_history(timestamptz, double precision) IS
    'as over numeric, each amount read with 15 digits and rounded to four decimals';

-- more columns of sources

DROP FUNCTION lifecycle.attach(
    text, text, text, text, text, text, text, text, text, text, text, text, text[], text, text, text, text, text, text,
    text, text, text, text, jsonb
);
CREATE FUNCTION lifecycle.attach(
    store text, orders text, customer text, ordered_at text, amount text DEFAULT NULL, status text DEFAULT NULL,
    channel text DEFAULT NULL, changes text DEFAULT NULL, changed_at text DEFAULT NULL,
    customers text DEFAULT NULL, customers_key text DEFAULT NULL, consented_at text DEFAULT NULL,
    attributes text[] DEFAULT '{}', events text DEFAULT NULL, event_customer text DEFAULT NULL,
    happened_at text DEFAULT NULL, kind text DEFAULT NULL, event_channel text DEFAULT NULL,
    event_status text DEFAULT NULL, event_changes text DEFAULT NULL, event_changed_at text DEFAULT NULL,
    time_zone text DEFAULT NULL, currency text DEFAULT NULL, settings jsonb DEFAULT '{}', order_key text DEFAULT NULL,
    currency_column text DEFAULT NULL, rates text DEFAULT NULL, consents text DEFAULT NULL,
    consent_customer text DEFAULT NULL, consent_channel text DEFAULT NULL, consent_given_at text DEFAULT NULL,
    consent_withdrawn_at text DEFAULT NULL, refunds text DEFAULT NULL, refund_order text DEFAULT NULL,
    refund_customer text DEFAULT NULL, refunded_at text DEFAULT NULL, refund_amount text DEFAULT NULL,
    refund_status text DEFAULT NULL
) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT lifecycle.attach(store, jsonb_build_object(
        'orders', orders, 'customer', customer, 'ordered_at', ordered_at, 'amount', amount, 'status', status,
        'channel', channel, 'changes', changes, 'changed_at', changed_at, 'customers', customers,
        'customers_key', customers_key, 'consented_at', consented_at, 'attributes', attributes, 'events', events,
        'event_customer', event_customer, 'happened_at', happened_at, 'kind', kind, 'event_channel', event_channel,
        'event_status', event_status, 'event_changes', event_changes, 'event_changed_at', event_changed_at,
        'time_zone', time_zone, 'currency', currency, 'order_key', order_key,
        'currency_column', currency_column, 'rates', rates, 'consents', consents,
        'consent_customer', consent_customer, 'consent_channel', consent_channel, 'consent_given_at', consent_given_at,
        'consent_withdrawn_at', consent_withdrawn_at, 'refunds', refunds, 'refund_order', refund_order,
        'refund_customer', refund_customer, 'refunded_at', refunded_at, 'refund_amount', refund_amount, 'refund_status', refund_status)
        || COALESCE(settings, '{}'));
END;
COMMENT ON FUNCTION lifecycle.attach(
    text, text, text, text, text, text, text, text, text, text, text, text, text[], text, text, text, text, text, text,
    text, text, text, text, jsonb, text, text, text, text, text, text, text, text, text, text, text, text, text, text
) IS
    'attaches a table or view of orders as a store: creates the schema of that name, its views, and the role that may read '
    'them. Each column can be an expression over the row, status is a condition; '
    'docs/stores/settings.md explains the settings';

CREATE FUNCTION lifecycle.preset(
    preset text, schema text DEFAULT NULL
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'preset_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION lifecycle.preset(text, text) IS
    'returns the settings for the tables of a shop, for lifecycle.attach: shopify_fivetran, shopify_airbyte, stripe, medusa, saleor or '
    'spree. schema is where the tables are; docs/stores/presets.md says what each reads';

CREATE FUNCTION lifecycle.attach_preset(
    store text, preset text, settings jsonb DEFAULT '{}', schema text DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME', 'attach_preset_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.attach_preset(text, text, jsonb, text) IS
    'attaches a store with the settings of lifecycle.preset, changed by settings: null takes one out, and with a table its columns';

CREATE FUNCTION lifecycle.check_source(settings jsonb)
    RETURNS TABLE (finding text, rows bigint, says text, advice text)
    AS 'MODULE_PATHNAME', 'check_source_wrapper' LANGUAGE C VOLATILE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.check_source(jsonb) IS
    'what looks odd in up to 20,000 rows of the orders, and what to set, with the settings that lifecycle.attach takes; nothing is attached';

CREATE FUNCTION lifecycle.check_source(store text)
    RETURNS TABLE (finding text, rows bigint, says text, advice text)
    AS 'MODULE_PATHNAME', 'check_source_of_wrapper' LANGUAGE C VOLATILE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.check_source(text) IS
    'what looks odd in up to 20,000 rows of the orders of a store, and what to set';

ALTER TABLE lifecycle.store ADD COLUMN owners name[];
COMMENT ON COLUMN lifecycle.store.owners IS
    'the owners of the relations of orders, customers, events, refunds, consents and rates as of the last refresh, NULL for none; a table '
    'that takes the place of one of them must have the same owner';

CREATE FUNCTION lifecycle.detach_source(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_source_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach_source(text) IS
    'lets go of the tables that a store reads, so that a migration can change them; refreshes fail and journeys hold until lifecycle.reattach_source';

CREATE FUNCTION lifecycle.reattach_source(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'reattach_source_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.reattach_source(text) IS
    'reads the tables of a store again that lifecycle.detach_source has let go; the next refresh reads all rows';

CREATE FUNCTION lifecycle.written_instant(value text, zone text) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'written_instant_wrapper' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.written_instant(text, text) IS
    'returns the instant that a text in ISO 8601 says, and NULL if it says none: by the clocks of the zone where it gives no '
    'offset, and at midnight where it gives no time. Never an error';

CREATE FUNCTION lifecycle.goal_reached_at(
    h @extschema@.purchase_history, after timestamptz, until timestamptz, at_least bigint, spend_at_least numeric
) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'goal_reached_at_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lifecycle.goal_reached_at(@extschema@.purchase_history, timestamptz, timestamptz, bigint, numeric) IS
    'returns the first instant after one instant, up to another, by which a customer has made so many purchases and, unless it is '
    'NULL, spent so much since; NULL if there is none';

-- Refunds of a table of their own are noted by triggers.

ALTER TABLE lifecycle.noting DROP CONSTRAINT noting_source_check;
ALTER TABLE lifecycle.noting ADD CONSTRAINT noting_source_check CHECK (source IN ('orders', 'events', 'refunds'));
COMMENT ON COLUMN lifecycle.noting.customer IS
    'the number of the column of the customers, or of the orders of refunds; 0 where an expression says them';
COMMENT ON COLUMN lifecycle.noting.source IS 'orders, events or refunds';

-- What letters carry: voucher codes, dates and money.

CREATE FUNCTION lifecycle.add_codes(store text, pool text, codes text[]) RETURNS bigint
    AS 'MODULE_PATHNAME', 'add_codes_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.add_codes(text, text, text[]) IS
    'adds voucher codes to a pool, from which actions with {"code": pool} in their payload take one each; returns how many are new. '
    'SQLSTATE 42710 for a code of another pool';

CREATE FUNCTION lifecycle.remove_codes(store text, pool text, codes text[] DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'remove_codes_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.remove_codes(text, text, text[]) IS
    'removes those of the codes, or of all codes of the pool where codes is NULL, that no action has taken; returns how many';

CREATE FUNCTION lifecycle.local_date(at timestamp, format text, locale text) RETURNS text
    AS 'MODULE_PATHNAME', 'local_date_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lifecycle.local_date(timestamp, text, text) IS
    'returns a date and time in a form of strftime, such as %e %B %Y, with the names of a locale such as de_AT. NULL for infinity; '
    'SQLSTATE 22023 for a form or locale that does not exist';

CREATE FUNCTION lifecycle.local_money(amount numeric, currency text, locale text) RETURNS text
    AS 'MODULE_PATHNAME', 'local_money_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION lifecycle.local_money(numeric, text, text) IS
    'returns an amount in a currency (ISO 4217) as a locale such as de_AT writes it, rounded to its smallest unit. NULL for NaN and '
    'beyond 922337203685477.5807; SQLSTATE 22023 for a locale that does not exist';

CREATE FUNCTION lifecycle.known_locale(locale text, otherwise text) RETURNS text
    AS 'MODULE_PATHNAME', 'known_locale_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.known_locale(text, text) IS
    'returns locale if it names a language and country, such as de_AT, de-AT or de, and otherwise if not. Never an error';

-- Customers who are forgotten, and customers who are merged.
ALTER TABLE lifecycle.store ADD COLUMN has_forgotten boolean NOT NULL DEFAULT false, ADD COLUMN has_merged boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN lifecycle.store.has_forgotten IS 'whether customers were forgotten, whose rows are left out since';
COMMENT ON COLUMN lifecycle.store.has_merged IS 'whether customers were merged, whose rows count as those of the customers who were kept';

CREATE FUNCTION lifecycle.forget(store text, customer text) RETURNS TABLE (kind text, rows bigint, result text)
    AS 'MODULE_PATHNAME', 'forget_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.forget(text, text) IS
    'removes all that a store holds of a customer, cancels what is still to be sent, and leaves rows of the customer out from then on; returns how '
    'many rows were deleted, and how many stay anonymous for reports';

CREATE FUNCTION lifecycle.forget(store text, customers text[]) RETURNS TABLE (kind text, rows bigint, result text)
    AS 'MODULE_PATHNAME', 'forget_all_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.forget(text, text[]) IS
    'removes all that a store holds of these customers, as lifecycle.forget does of one, in one transaction';

CREATE FUNCTION lifecycle.unforget(store text, customer text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'unforget_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.unforget(text, text) IS
    'lets a store take a customer up again who was forgotten: the next refresh reads the rows that there are by then. Returns false if the customer '
    'was not forgotten';

CREATE FUNCTION lifecycle.export_customer(store text, customer text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'export_customer_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION lifecycle.export_customer(text, text) IS
    'returns all that a store holds of a customer, and the tables of the shop that hold more';

CREATE FUNCTION lifecycle.merge_customers(store text, duplicate text, kept text) RETURNS TABLE (kind text, rows bigint)
    AS 'MODULE_PATHNAME', 'merge_customers_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION lifecycle.merge_customers(text, text, text) IS
    'makes two customers one: rows of the duplicate count as those of the customer who is kept from then on, and one chain of each journey goes on. '
    'It cannot be undone; returns how many rows went over';

-- audiences: conditions on customers that have a name

CREATE FUNCTION lifecycle.create_audience(store text, name text, condition jsonb) RETURNS bigint
    AS 'MODULE_PATHNAME', 'create_audience_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.create_audience(text, text, jsonb) IS
    'saves a condition on customers, in the language of journeys, as an audience: a view of that name in the schema of the store, which '
    'refreshes keep up to date, and a log of changes; returns how many customers are in it';

CREATE FUNCTION lifecycle.change_audience(store text, name text, condition jsonb) RETURNS bigint
    AS 'MODULE_PATHNAME', 'change_audience_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.change_audience(text, text, jsonb) IS
    'gives an audience another condition; returns how many customers are in it then. The log calls these changes defined, and no journey '
    'enters customers for them';

CREATE FUNCTION lifecycle.drop_audience(store text, name text) RETURNS void
    AS 'MODULE_PATHNAME', 'drop_audience_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.drop_audience(text, text) IS
    'removes an audience with its view and its log. It fails with 2BP01 if a started journey names the audience, or another object depends on '
    'the view';

CREATE FUNCTION lifecycle.audience_on(store text, name text, day date, OUT customer text, OUT since timestamptz)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'audience_on_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.audience_on(text, text, date) IS
    'returns the customers who were in an audience at the end of a day, in the time zone of the store, and since when; it fails for days '
    'before the audience was created';

-- feeds: what has changed, for copies in other places

CREATE FUNCTION lifecycle.changes_since(
    store text, token text DEFAULT NULL, max_rows integer DEFAULT 1000,
    OUT customer text, OUT kind text, OUT profile jsonb, OUT next_token text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'changes_since_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.changes_since(text, text, integer) IS
    'returns customers whose profiles changed since a token, each with the profile as of the last refresh, and customers who left or were '
    'forgotten; without a token all. The next call takes next_token of the last row';

CREATE FUNCTION lifecycle.audience_changes_since(
    store text, audience text, token text DEFAULT NULL, max_rows integer DEFAULT 1000,
    OUT customer text, OUT kind text, OUT at timestamptz, OUT next_token text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'audience_changes_since_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION lifecycle.audience_changes_since(text, text, text, integer) IS
    'returns customers who joined or left an audience since a token, in order; without a token the members. The next call takes '
    'next_token of the last row';

CREATE FUNCTION lifecycle.forget_departures(store text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'forget_departures_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.forget_departures(text) IS
    'forgets the keys of forgotten customers at once, which are otherwise kept for 30 days so that feeds can tell of them; returns how many. '
    'Readers with older tokens must begin anew';

-- How large the experiment of a journey must be, by simulating it.
CREATE FUNCTION lifecycle.experiment_power(
    store text, definition jsonb, lift float8, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL,
    control_shares float8[] DEFAULT '{0.05,0.1,0.2,0.3,0.5}', durations interval[] DEFAULT '{30 days,60 days,90 days,180 days}',
    confidence float8 DEFAULT 0.95, every interval DEFAULT '1 day',
    OUT control_share float8, OUT duration interval, OUT customers bigint, OUT buyers_in_control bigint,
    OUT power float8, OUT power_adjusted float8, OUT smallest_lift float8, OUT smallest_lift_adjusted float8
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'experiment_power_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 20;
CREATE FUNCTION lifecycle.experiment_power(
    store text, journey text, lift float8, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL,
    control_shares float8[] DEFAULT '{0.05,0.1,0.2,0.3,0.5}', durations interval[] DEFAULT '{30 days,60 days,90 days,180 days}',
    confidence float8 DEFAULT 0.95, every interval DEFAULT '1 day',
    OUT control_share float8, OUT duration interval, OUT customers bigint, OUT buyers_in_control bigint,
    OUT power float8, OUT power_adjusted float8, OUT smallest_lift float8, OUT smallest_lift_adjusted float8
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'experiment_power_named_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 20;
COMMENT ON FUNCTION lifecycle.experiment_power(
    text, jsonb, float8, timestamptz, timestamptz, float8[], interval[], float8, interval
) IS
    'computes how often a journey of this definition would find a lift of spend, for each control share and duration, from what customers '
    'have spent who would have entered between since and until. It simulates the journey and writes nothing';
COMMENT ON FUNCTION lifecycle.experiment_power(
    text, text, float8, timestamptz, timestamptz, float8[], interval[], float8, interval
) IS
    'does the same for a journey of the store by its name, in its version in force, or else the newest. Text that begins with { is '
    'taken as a definition';

-- comparisons of spend by the lot itself, and what journey_lift says by them

COMMENT ON FUNCTION lifecycle.compare_conversions(bigint, bigint, bigint, bigint, double precision) IS
    'compares the conversions of two groups: difference (Newcombe 1998, method 10), lift (Katz 1978), sample size for a power of 80 %, and the '
    'p-value of the pooled z-test. Where an expected count is below 10 it is Fisher''s exact mid-P';
COMMENT ON FUNCTION lifecycle.compare_means(
    bigint, double precision, double precision, bigint, double precision, double precision, double precision
) IS
    'compares means of two groups, given as count(*), avg and var_samp: Welch''s t-test, Fieller''s interval of the lift, sample size for a '
    'power of 80 %. For spend use compare_spend: few large spenders make this test call wins that are none';
CREATE FUNCTION lifecycle.sample_ratio_p_value(treated bigint, control bigint, treated_share double precision) RETURNS double precision
    AS 'MODULE_PATHNAME', 'sample_ratio_p_value_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION lifecycle.sample_ratio_p_value(bigint, bigint, double precision) IS
    'returns how likely the lot alone makes groups at least as far from treated_share, the share of customers it gives to the treated group, '
    'by the exact binomial test. Below 0.001, something moved customers after the lot';

CREATE TYPE lifecycle.spend_comparison AS (
    treated_customers bigint,
    control_customers bigint,
    treated_buyers bigint,
    control_buyers bigint,
    treated_mean double precision,
    control_mean double precision,
    difference double precision,
    difference_low double precision,
    difference_high double precision,
    lift double precision,
    lift_low double precision,
    lift_high double precision,
    p_value double precision,
    sample_size bigint,
    adjusted_difference double precision,
    adjusted_difference_low double precision,
    adjusted_difference_high double precision,
    adjusted_lift double precision,
    adjusted_lift_low double precision,
    adjusted_lift_high double precision,
    adjusted_p_value double precision,
    strata bigint,
    left_out_customers bigint,
    method text,
    permutations bigint,
    status text
);
COMMENT ON TYPE lifecycle.spend_comparison IS 'what the customers of two groups spent, and how far the groups differ, judged by drawing the lot again';
COMMENT ON COLUMN lifecycle.spend_comparison.treated_customers IS 'treated customers that were compared; all of them where nothing was';
COMMENT ON COLUMN lifecycle.spend_comparison.control_customers IS 'control customers that were compared; all of them where nothing was';
COMMENT ON COLUMN lifecycle.spend_comparison.treated_buyers IS 'treated customers who spent more than 0';
COMMENT ON COLUMN lifecycle.spend_comparison.control_buyers IS 'control customers who spent more than 0';
COMMENT ON COLUMN lifecycle.spend_comparison.treated_mean IS
    'mean spend of a treated customer; with strata, each stratum weighs as its customers of both groups do';
COMMENT ON COLUMN lifecycle.spend_comparison.control_mean IS 'mean spend of a control customer, weighed likewise';
COMMENT ON COLUMN lifecycle.spend_comparison.difference IS 'treated_mean - control_mean';
COMMENT ON COLUMN lifecycle.spend_comparison.difference_low IS
    'lower end of the confidence interval of what the treatment added to the spend of an average treated customer; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.difference_high IS 'upper end of that interval; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.lift IS
    'treated_mean / control_mean - 1: 0.1 is a tenth more; NULL unless control_mean is above 0 and treated_mean is not below 0';
COMMENT ON COLUMN lifecycle.spend_comparison.lift_low IS 'lower end of the confidence interval of the lift, at least -1; NULL where lift is not defined';
COMMENT ON COLUMN lifecycle.spend_comparison.lift_high IS 'upper end of the confidence interval of the lift; NULL where no lift is too large';
COMMENT ON COLUMN lifecycle.spend_comparison.p_value IS
    'twice the share of lots that make at least so large a difference in the same direction, if the treatment did nothing; at most 1';
COMMENT ON COLUMN lifecycle.spend_comparison.sample_size IS
    'customers in each group for which a true difference as large as this one would be found significant four times out of five; NULL '
    'without a difference or without spend, and beyond what a bigint holds';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_difference IS
    'difference after the spend that the covariates in before explain is taken off; NULL without covariates, as are the following';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_difference_low IS 'lower end of its confidence interval; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_difference_high IS 'upper end of its confidence interval; NULL where it has no end';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_lift IS 'lift at which both groups, adjusted, do not differ';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_lift_low IS 'lower end of its confidence interval, at least -1';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_lift_high IS 'upper end of its confidence interval; NULL where no lift is too large';
COMMENT ON COLUMN lifecycle.spend_comparison.adjusted_p_value IS 'p-value of the adjusted difference, in the same way';
COMMENT ON COLUMN lifecycle.spend_comparison.strata IS 'strata that were compared; 1 without strata';
COMMENT ON COLUMN lifecycle.spend_comparison.left_out_customers IS 'customers of strata in which one group has nobody';
COMMENT ON COLUMN lifecycle.spend_comparison.method IS
    'all lots or random lots, within how many strata, and for how many covariates it was adjusted; NULL where nothing was compared';
COMMENT ON COLUMN lifecycle.spend_comparison.permutations IS
    'number of lots that were looked at: all where there are at most 19,999, else 1,999, or 19,999 where p_value is near 1 - confidence';
COMMENT ON COLUMN lifecycle.spend_comparison.status IS
    'what the comparison can see: how many buyers the smaller group has, and the smallest lift that is found more often than missed';

CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[]) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[]) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text) IS 'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_accum(internal, boolean, numeric, double precision[], text, double precision) IS
    'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.compare_spend_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'compare_spend_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION lifecycle.compare_spend_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION lifecycle.compare_spend_final(internal) RETURNS lifecycle.spend_comparison
    AS 'MODULE_PATHNAME', 'compare_spend_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION lifecycle.compare_spend_final(internal) IS 'aggregate final function';

CREATE AGGREGATE lifecycle.compare_spend(treated boolean, spend numeric) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric) IS
    'compare_spend(treated, spend, NULL): no covariates';
CREATE AGGREGATE lifecycle.compare_spend(treated boolean, spend numeric, before double precision[]) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric, double precision[]) IS
    'compare_spend(treated, spend, before, NULL): one stratum';
CREATE AGGREGATE lifecycle.compare_spend(treated boolean, spend numeric, before double precision[], stratum text) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric, double precision[], text) IS
    'compare_spend(treated, spend, before, stratum, 0.95)';
CREATE AGGREGATE lifecycle.compare_spend(
    treated boolean, spend numeric, before double precision[], stratum text, confidence double precision
) (
    SFUNC = lifecycle.compare_spend_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_final,
    COMBINEFUNC = lifecycle.compare_spend_combine, SERIALFUNC = lifecycle.compare_spend_serialize,
    DESERIALFUNC = lifecycle.compare_spend_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend(boolean, numeric, double precision[], text, double precision) IS
    'compares what treated and control customers spent, a row a customer, by redrawing the lot within each stratum; also adjusted for what '
    'was known before. Rows whose treated is NULL are skipped, and a NULL spend is 0';

CREATE TYPE lifecycle.anytime_comparison AS (
    p_value_anytime double precision,
    lift_low_anytime double precision,
    lift_high_anytime double precision
);
COMMENT ON TYPE lifecycle.anytime_comparison IS
    'how far treated customers differ from control customers in spend, for readers who look every day and stop when they see an effect';
COMMENT ON COLUMN lifecycle.anytime_comparison.p_value_anytime IS
    'without an effect at most a share p of all experiments ever has so small a value, however often a reader looks; NULL where a group is '
    'empty and where no customer spent';
COMMENT ON COLUMN lifecycle.anytime_comparison.lift_low_anytime IS
    'lower end of the lifts that hold the true one at every look, in as many experiments as confidence says, if the treatment multiplies spend; -1 '
    'without an end; NULL where p_value_anytime is, and where no lift is left';
COMMENT ON COLUMN lifecycle.anytime_comparison.lift_high_anytime IS 'upper end of those lifts; NULL where no lift is too large, and where the lower end is NULL';

CREATE FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text) IS
    'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text, double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_accum_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text, double precision) IS
    'aggregate transition function';
CREATE FUNCTION lifecycle.compare_spend_anytime_combine(internal, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_combine_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_combine(internal, internal) IS 'aggregate combine function';
CREATE FUNCTION lifecycle.compare_spend_anytime_serialize(internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_serialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_serialize(internal) IS 'aggregate serialize function';
CREATE FUNCTION lifecycle.compare_spend_anytime_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_deserialize_wrapper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_deserialize(bytea, internal) IS 'aggregate deserialize function';
CREATE FUNCTION lifecycle.compare_spend_anytime_final(internal) RETURNS lifecycle.anytime_comparison
    AS 'MODULE_PATHNAME', 'compare_spend_anytime_final_wrapper' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION lifecycle.compare_spend_anytime_final(internal) IS 'aggregate final function';

CREATE AGGREGATE lifecycle.compare_spend_anytime(
    treated boolean, spend numeric, treated_share double precision, ended_at timestamptz, customer text
) (
    SFUNC = lifecycle.compare_spend_anytime_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_anytime_final,
    COMBINEFUNC = lifecycle.compare_spend_anytime_combine, SERIALFUNC = lifecycle.compare_spend_anytime_serialize,
    DESERIALFUNC = lifecycle.compare_spend_anytime_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend_anytime(boolean, numeric, double precision, timestamptz, text) IS
    'compare_spend_anytime(treated, spend, treated_share, ended_at, customer, 0.95)';
CREATE AGGREGATE lifecycle.compare_spend_anytime(
    treated boolean, spend numeric, treated_share double precision, ended_at timestamptz, customer text, confidence double precision
) (
    SFUNC = lifecycle.compare_spend_anytime_accum, STYPE = internal, SSPACE = 65536, FINALFUNC = lifecycle.compare_spend_anytime_final,
    COMBINEFUNC = lifecycle.compare_spend_anytime_combine, SERIALFUNC = lifecycle.compare_spend_anytime_serialize,
    DESERIALFUNC = lifecycle.compare_spend_anytime_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE lifecycle.compare_spend_anytime(boolean, numeric, double precision, timestamptz, text, double precision) IS
    'compares spend so that a reader may look at any time: bets on each customer''s group, drawn with probability treated_share, in the order in '
    'which windows ended. Rows whose treated or treated_share is NULL are skipped, and a NULL spend is 0';

DROP FUNCTION lifecycle.journey_lift(text, text, text, timestamptz, text, float8);
CREATE FUNCTION lifecycle.journey_lift(
    store text, journey text, group_by text DEFAULT NULL, as_of timestamptz DEFAULT now(), against text DEFAULT NULL,
    confidence float8 DEFAULT 0.95,
    OUT version integer, OUT arm text, OUT group_value text, OUT compared_with text,
    OUT treated_customers bigint, OUT control_customers bigint, OUT open_customers bigint,
    OUT treated_conversion float8, OUT control_conversion float8, OUT conversion_difference float8,
    OUT conversion_difference_low float8, OUT conversion_difference_high float8, OUT conversion_lift float8,
    OUT conversion_lift_low float8, OUT conversion_lift_high float8, OUT conversion_p_value float8, OUT conversion_q_value float8,
    OUT conversion_sample_size bigint,
    OUT treated_spend float8, OUT control_spend float8, OUT spend_difference float8, OUT spend_difference_low float8,
    OUT spend_difference_high float8, OUT spend_lift float8, OUT spend_lift_low float8, OUT spend_lift_high float8,
    OUT spend_p_value float8, OUT spend_q_value float8, OUT spend_sample_size bigint,
    OUT adjusted_spend_difference float8, OUT adjusted_spend_difference_low float8, OUT adjusted_spend_difference_high float8,
    OUT adjusted_spend_lift float8, OUT adjusted_spend_lift_low float8, OUT adjusted_spend_lift_high float8,
    OUT adjusted_spend_p_value float8, OUT adjusted_spend_q_value float8,
    OUT p_value_anytime float8, OUT lift_low_anytime float8, OUT lift_high_anytime float8,
    OUT sample_ratio_p_value float8, OUT control_customers_reached bigint, OUT treated_customers_missed bigint,
    OUT may_be_best boolean, OUT status text
) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'journey_lift_wrapper' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10;
COMMENT ON FUNCTION lifecycle.journey_lift(text, text, text, timestamptz, text, float8) IS
    'compares treated customers of a journey with its control group, by first entries whose goal time is over: a row for each version, arm '
    'drawn at the entry, pair of arms, and value of group_by at the entry (of an attribute: now)';
