-- stores: order tables that are attached once, refreshed incrementally, and read through views

CREATE TABLE lifecycle.store (
    store text PRIMARY KEY,
    settings jsonb NOT NULL,
    key_type text NOT NULL,
    owner name NOT NULL,
    orders regclass NOT NULL,
    customers regclass,
    events regclass,
    reader name,
    made_reader boolean NOT NULL DEFAULT false,
    attached_at timestamptz NOT NULL DEFAULT now(),
    refreshed_at timestamptz,
    as_of timestamptz,
    rebuild_due boolean NOT NULL DEFAULT true,
    refit_due boolean NOT NULL DEFAULT true,
    parts oid[],
    kept_in regclass NOT NULL,
    missed bigint DEFAULT 1,
    missed_by xid[] NOT NULL DEFAULT '{}',
    layout integer NOT NULL,
    owners name[],
    has_forgotten boolean NOT NULL DEFAULT false,
    has_merged boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE lifecycle.store IS
    'the attached stores, one row each; only the extension writes it, and lifecycle.stores shows more. All roles can read '
    'the settings, so put no secret into a condition';
COMMENT ON COLUMN lifecycle.store.store IS 'the name, which is that of the schema of the views; the tables are in a schema of that name and _data';
COMMENT ON COLUMN lifecycle.store.settings IS
    'the settings of the store, by the names of the arguments of lifecycle.attach; docs/stores/settings.md explains them';
COMMENT ON COLUMN lifecycle.store.key_type IS 'the type of the customers'' key';
COMMENT ON COLUMN lifecycle.store.owner IS 'the role that attached the store';
COMMENT ON COLUMN lifecycle.store.orders IS 'the relation of the orders';
COMMENT ON COLUMN lifecycle.store.customers IS 'the relation of the customers; NULL if there is none';
COMMENT ON COLUMN lifecycle.store.events IS 'the relation of engagement events; NULL if there is none';
COMMENT ON COLUMN lifecycle.store.reader IS 'the role that may read the views; NULL if there is none';
COMMENT ON COLUMN lifecycle.store.made_reader IS 'whether the role was made for the store, and goes with it';
COMMENT ON COLUMN lifecycle.store.attached_at IS 'when it was attached';
COMMENT ON COLUMN lifecycle.store.refreshed_at IS 'when its last refresh ended; NULL before the first';
COMMENT ON COLUMN lifecycle.store.as_of IS 'the instant that its profiles are of; NULL before the first refresh';
COMMENT ON COLUMN lifecycle.store.rebuild_due IS 'whether the next refresh reads all rows again';
COMMENT ON COLUMN lifecycle.store.refit_due IS 'whether the next refresh fits again';
COMMENT ON COLUMN lifecycle.store.parts IS
    'the tables and partitions with triggers as of the last refresh; a partition that was attached or dropped since makes '
    'the next refresh read all rows';
COMMENT ON COLUMN lifecycle.store.kept_in IS
    'the table store_settings in the schema of the store''s tables, which identifies that schema and holds the same settings';
COMMENT ON COLUMN lifecycle.store.missed IS
    'the value of the sequence missed as of the last refresh; another value means that a trigger could not note a change';
COMMENT ON COLUMN lifecycle.store.missed_by IS
    'the transactions that were running when the sequence had another value; all rows are read again after their end';

COMMENT ON COLUMN lifecycle.store.layout IS
    'the number of the layout of the store''s tables, views and functions. lifecycle.refresh, configure and upgrade_store bring an '
    'older one to that of the library';

COMMENT ON COLUMN lifecycle.store.owners IS
    'the owners of the relations of orders, customers, events, refunds, consents and rates as of the last refresh, NULL for none; a table '
    'that takes the place of one of them must have the same owner';
COMMENT ON COLUMN lifecycle.store.has_forgotten IS 'whether customers were forgotten, whose rows are left out since';
COMMENT ON COLUMN lifecycle.store.has_merged IS 'whether customers were merged, whose rows count as those of the customers who were kept';

CREATE TABLE lifecycle.refresh_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store text NOT NULL REFERENCES lifecycle.store ON DELETE CASCADE,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    as_of timestamptz,
    asked_as_of timestamptz,
    pid integer NOT NULL DEFAULT pg_backend_pid(),
    step text NOT NULL DEFAULT 'histories' CHECK (step IN ('histories', 'fits', 'profiles', 'done', 'held')),
    step_started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rebuilt boolean NOT NULL DEFAULT false,
    changed_customers bigint,
    refitted boolean,
    customers bigint,
    orders bigint,
    moved bigint,
    reconciled boolean NOT NULL DEFAULT false,
    mismatches bigint,
    histories_ms double precision,
    fits_ms double precision,
    profiles_ms double precision,
    reconcile_ms double precision,
    events_left_out bigint,
    words_left_out text,
    orders_left_out jsonb,
    vanished bigint,
    returned bigint,
    corrected bigint,
    held_reason text,
    accepted boolean NOT NULL DEFAULT false,
    buyers bigint,
    order_rows bigint,
    people bigint,
    orders_read bigint,
    changed_left_out jsonb
);
CREATE INDEX ON lifecycle.refresh_log (store, id);
COMMENT ON TABLE lifecycle.refresh_log IS
    'the refreshes of the last 90 days, one row each, for roles that are members of the store''s owner or reader. A refresh '
    'that was broken off has no finished_at';
COMMENT ON SEQUENCE lifecycle.refresh_log_id_seq IS 'the numbers of the refreshes';
COMMENT ON COLUMN lifecycle.refresh_log.id IS 'the number of the refresh';
COMMENT ON COLUMN lifecycle.refresh_log.store IS 'the store';
COMMENT ON COLUMN lifecycle.refresh_log.started_at IS 'when it began';
COMMENT ON COLUMN lifecycle.refresh_log.finished_at IS 'when it ended; NULL while it runs, and if it was broken off';
COMMENT ON COLUMN lifecycle.refresh_log.as_of IS 'the instant that the profiles are of; NULL until the histories are done, unless it was given';
COMMENT ON COLUMN lifecycle.refresh_log.asked_as_of IS 'the instant that was given; NULL if none was';
COMMENT ON COLUMN lifecycle.refresh_log.pid IS 'the process id of the session';
COMMENT ON COLUMN lifecycle.refresh_log.step IS 'what it does, or did last: histories, fits, profiles, done; held if it was held back';
COMMENT ON COLUMN lifecycle.refresh_log.step_started_at IS 'since when';
COMMENT ON COLUMN lifecycle.refresh_log.rebuilt IS
    'whether all rows of the sources were read, and not only those of changed customers';
COMMENT ON COLUMN lifecycle.refresh_log.changed_customers IS 'customers whose histories were built anew; NULL if it was all of them, and until that is done';
COMMENT ON COLUMN lifecycle.refresh_log.refitted IS 'whether breaks, rhythm and models were fitted; NULL until that is decided';
COMMENT ON COLUMN lifecycle.refresh_log.customers IS 'customers with a profile after it; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.orders IS 'their purchases; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.moved IS 'movements of customers, as in the view movements; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.reconciled IS 'whether all histories were compared with the source rows';
COMMENT ON COLUMN lifecycle.refresh_log.mismatches IS
    'histories that differed from their source rows and were mended; NULL unless reconciled, and where all rows were read '
    'anyway';
COMMENT ON COLUMN lifecycle.refresh_log.histories_ms IS 'milliseconds to bring the histories up to date, but for those of reconcile_ms';
COMMENT ON COLUMN lifecycle.refresh_log.fits_ms IS 'milliseconds to fit';
COMMENT ON COLUMN lifecycle.refresh_log.profiles_ms IS 'milliseconds to score all customers, and to log and write the changes';
COMMENT ON COLUMN lifecycle.refresh_log.reconcile_ms IS
    'milliseconds to compare all histories with the source rows; NULL unless that was due';
COMMENT ON COLUMN lifecycle.refresh_log.events_left_out IS
    'rows of the relation of events that were read and left out, for no service and not the setting event_kinds knows their word; NULL '
    'without such a relation';
COMMENT ON COLUMN lifecycle.refresh_log.words_left_out IS 'the most frequent of these words; NULL if there are none';
COMMENT ON COLUMN lifecycle.refresh_log.orders_left_out IS
    'rows of the orders that count for nobody, by the reason, such as {"no customer": {"rows": 200, "amount": 6000.00}}; NULL unless all '
    'rows were read';
COMMENT ON COLUMN lifecycle.refresh_log.orders_read IS
    'rows of the orders and refunds in the histories that were built: those of all customers, or of the customers who have changed';
COMMENT ON COLUMN lifecycle.refresh_log.changed_left_out IS
    'as orders_left_out, of the rows of customers who have changed; NULL where all rows were read';
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

-- The figures of a store are for members of the owner of its schema, and of its reader. Superusers see all.
ALTER TABLE lifecycle.refresh_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY owners_and_readers ON lifecycle.refresh_log FOR SELECT USING (store OPERATOR(pg_catalog.=) ANY (
    SELECT s.store
    FROM lifecycle.store AS s
        JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) s.kept_in::pg_catalog.oid
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace AND n.nspname OPERATOR(pg_catalog.=) (s.store OPERATOR(pg_catalog.||) '_data')
    WHERE pg_catalog.pg_has_role(n.nspowner, 'USAGE')
        OR EXISTS (SELECT FROM pg_catalog.pg_roles AS r
            WHERE r.rolname OPERATOR(pg_catalog.=) s.reader AND pg_catalog.pg_has_role(r.oid, 'USAGE'))));
COMMENT ON POLICY owners_and_readers ON lifecycle.refresh_log IS 'a store''s refreshes are for its owner and its reader';

-- Nobody may write: a row holds conditions, which become code of the store's owner. pg_dump reads the rows in the name of
-- the role that calls it. A superuser's restore writes them; other roles call lifecycle.restore_store after it. The log is not
-- dumped.
GRANT SELECT ON lifecycle.store, lifecycle.refresh_log TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('lifecycle.store', '');

-- attaching and detaching

CREATE FUNCTION lifecycle.attach(store text, settings jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'attach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.attach(text, jsonb) IS
    'attaches a store with all arguments in one JSON object, as SELECT settings FROM lifecycle.store returns them';

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

CREATE FUNCTION lifecycle.configure(store text, settings jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'configure_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.configure(text, jsonb) IS
    'changes settings of a store; null sets one back to its default. The next refresh applies them; a store of an older layout is upgraded first';

CREATE FUNCTION lifecycle.detach_source(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_source_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach_source(text) IS
    'lets go of the tables that a store reads, so that a migration can change them; refreshes fail and journeys hold until lifecycle.reattach_source';

CREATE FUNCTION lifecycle.reattach_source(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'reattach_source_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.reattach_source(text) IS
    'reads the tables of a store again that lifecycle.detach_source has let go; the next refresh reads all rows';

CREATE FUNCTION lifecycle.upgrade_store(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'upgrade_store_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.upgrade_store(text) IS
    'brings a store that an older version made to the layout of this version, in one transaction, and keeps its data and grants; '
    'returns whether there was anything to do. lifecycle.refresh and lifecycle.configure do the same';

CREATE FUNCTION lifecycle.restore_store(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'restore_store_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.restore_store(text) IS
    'registers a store whose schema was restored from a dump by a role that is not a superuser; the next refresh reads all '
    'rows. Only the owner of the schema may call it';

CREATE FUNCTION lifecycle.detach(store text, discard boolean DEFAULT false) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach(text, boolean) IS
    'removes a store: its schemas, triggers, schedules and log, and its roles if attach created them. It fails with 2BP01 if another '
    'object depends on the store, and with 55000 if it holds suppressions or consents, unless discard is true';
