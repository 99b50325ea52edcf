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
    layout integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE lifecycle.store IS
    'the attached stores, one row each; lifecycle.stores shows more of them. Written by lifecycle.attach, configure, '
    'refresh, detach and lifecycle.restore_store only: no role is granted a right to write. A store is refused where its row and '
    'the table store_settings of its schema differ. All roles may read the settings of all stores, since pg_dump must: so write no '
    'secret into a condition. The tables and views of a store are in the schema of its name';
COMMENT ON COLUMN lifecycle.store.store IS 'the name, which is that of the schema';
COMMENT ON COLUMN lifecycle.store.settings IS
    'what the store was told, by the names of the arguments of lifecycle.attach: orders, customer, ordered_at, amount, '
    'status (the condition on an order), channel, changes (triggers, column or compare), changed_at; customers, '
    'customers_key, consented_at, attributes; events, event_customer, happened_at, kind, event_channel, event_status, '
    'event_changes, event_changed_at; time_zone, currency. And these: grid, the segment grid (rfm_25); model, the model of '
    'purchases (mbg/nbd); refit, how long a fit is used (7 days); horizon, how far predictions look ahead (1 year); '
    'ltv_years, those of the simple ltv (3); annual_discount_rate (0.1) and margin (1) of the predicted ltv; at_risk_after '
    '(1.1) and lapsed_after (2), the overdue ratios at which stages begin; overlap, how far before the highest value of '
    'changed_at is read again (1 hour, or 10000); reconcile, how often all histories are held against the rows of the sources, for '
    'what was not noticed (1 day; 0 each time); reader, the role that may read the views (the store''s name and _reader; the empty text for none)';
COMMENT ON COLUMN lifecycle.store.key_type IS 'the type of the customers'' key';
COMMENT ON COLUMN lifecycle.store.owner IS 'who attached it, and owned its schema then';
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
    'the tables and partitions that triggers watch, as of the last refresh: rows of one that was dropped or attached since came '
    'and went without a statement';
COMMENT ON COLUMN lifecycle.store.kept_in IS
    'the table store_settings in the store''s schema, which holds the same settings: by it a schema that was dropped and made again '
    'is told from that of the store';
COMMENT ON COLUMN lifecycle.store.missed IS
    'the value of the sequence missed of the store''s schema as of the last refresh: another one says that changes could not be noted';
COMMENT ON COLUMN lifecycle.store.missed_by IS
    'the transactions that were under way when the sequence had another value: once they are over, all rows are read again';

COMMENT ON COLUMN lifecycle.store.layout IS
    'the number of the layout of the tables, views and functions in the store''s schema; 0 for a store from before layouts had '
    'numbers. lifecycle.refresh, configure and upgrade_store bring an older one to that of the library';

CREATE TABLE lifecycle.refresh_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    store text NOT NULL REFERENCES lifecycle.store ON DELETE CASCADE,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    as_of timestamptz,
    asked_as_of timestamptz,
    pid integer NOT NULL DEFAULT pg_backend_pid(),
    step text NOT NULL DEFAULT 'histories' CHECK (step IN ('histories', 'fits', 'profiles', 'done')),
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
    reconcile_ms double precision
);
CREATE INDEX ON lifecycle.refresh_log (store, id);
COMMENT ON TABLE lifecycle.refresh_log IS
    'the refreshes of the stores, one row each: to each role those of stores whose owner or reader it is or is a member of, to '
    'superusers all. One that was broken off has no finished_at, and is in no row of '
    'lifecycle.refresh_progress. Rows of refreshes that ended more than 90 days ago are removed, but for the last of a store. '
    'Dumps leave the log out: after a restore it begins anew';
COMMENT ON SEQUENCE lifecycle.refresh_log_id_seq IS 'the numbers of the refreshes';
COMMENT ON COLUMN lifecycle.refresh_log.id IS 'the number of the refresh';
COMMENT ON COLUMN lifecycle.refresh_log.store IS 'the store';
COMMENT ON COLUMN lifecycle.refresh_log.started_at IS 'when it began';
COMMENT ON COLUMN lifecycle.refresh_log.finished_at IS 'when it ended; NULL while it runs, and if it was broken off';
COMMENT ON COLUMN lifecycle.refresh_log.as_of IS 'the instant that the profiles are of; NULL until the histories are done, unless it was given';
COMMENT ON COLUMN lifecycle.refresh_log.asked_as_of IS 'the instant that was given; NULL if none was';
COMMENT ON COLUMN lifecycle.refresh_log.pid IS 'the process id of the session';
COMMENT ON COLUMN lifecycle.refresh_log.step IS 'what it does, or did last: histories, fits, profiles, done';
COMMENT ON COLUMN lifecycle.refresh_log.step_started_at IS 'since when';
COMMENT ON COLUMN lifecycle.refresh_log.rebuilt IS 'whether all rows of the sources were read, and not only those of customers who had changed';
COMMENT ON COLUMN lifecycle.refresh_log.changed_customers IS 'customers whose histories were built anew; NULL if it was all of them, and until that is done';
COMMENT ON COLUMN lifecycle.refresh_log.refitted IS 'whether breaks, rhythm and models were fitted; NULL until that is decided';
COMMENT ON COLUMN lifecycle.refresh_log.customers IS 'customers with a profile after it; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.orders IS 'their purchases; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.moved IS 'customers whose stage or segment changed; NULL until it ended';
COMMENT ON COLUMN lifecycle.refresh_log.reconciled IS 'whether all histories were held against the rows of the sources';
COMMENT ON COLUMN lifecycle.refresh_log.mismatches IS
    'customers whose histories were not those of their rows though nothing had said so, and were mended; NULL unless reconciled, '
    'and where all rows were read anyway';
COMMENT ON COLUMN lifecycle.refresh_log.histories_ms IS 'milliseconds to bring the histories up to date, but for those of reconcile_ms';
COMMENT ON COLUMN lifecycle.refresh_log.fits_ms IS 'milliseconds to fit';
COMMENT ON COLUMN lifecycle.refresh_log.profiles_ms IS 'milliseconds to score all customers, and to log and write the changes';
COMMENT ON COLUMN lifecycle.refresh_log.reconcile_ms IS
    'milliseconds to hold all histories against the rows of the sources; NULL unless that was due';

-- The figures of a store are for members of the owner of its schema, and of its reader. Superusers see all.
ALTER TABLE lifecycle.refresh_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY owners_and_readers ON lifecycle.refresh_log FOR SELECT USING (store OPERATOR(pg_catalog.=) ANY (
    SELECT s.store
    FROM lifecycle.store AS s
        JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) s.kept_in::pg_catalog.oid
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace AND n.nspname OPERATOR(pg_catalog.=) s.store
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
    'the same with all arguments in one JSON object, such as SELECT settings FROM lifecycle.store gives. Errors as there';

CREATE FUNCTION lifecycle.attach(
    store text, orders text, customer text, ordered_at text, amount text DEFAULT NULL, status text DEFAULT NULL,
    channel text DEFAULT NULL, changes text DEFAULT NULL, changed_at text DEFAULT NULL,
    customers text DEFAULT NULL, customers_key text DEFAULT NULL, consented_at text DEFAULT NULL,
    attributes text[] DEFAULT '{}', events text DEFAULT NULL, event_customer text DEFAULT NULL,
    happened_at text DEFAULT NULL, kind text DEFAULT NULL, event_channel text DEFAULT NULL,
    event_status text DEFAULT NULL, event_changes text DEFAULT NULL, event_changed_at text DEFAULT NULL,
    time_zone text DEFAULT NULL, currency text DEFAULT NULL, settings jsonb DEFAULT '{}'
) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT lifecycle.attach(store, jsonb_build_object(
        'orders', orders, 'customer', customer, 'ordered_at', ordered_at, 'amount', amount, 'status', status,
        'channel', channel, 'changes', changes, 'changed_at', changed_at, 'customers', customers,
        'customers_key', customers_key, 'consented_at', consented_at, 'attributes', attributes, 'events', events,
        'event_customer', event_customer, 'happened_at', happened_at, 'kind', kind, 'event_channel', event_channel,
        'event_status', event_status, 'event_changes', event_changes, 'event_changed_at', event_changed_at,
        'time_zone', time_zone, 'currency', currency) || COALESCE(settings, '{}'));
END;
COMMENT ON FUNCTION lifecycle.attach(
    text, text, text, text, text, text, text, text, text, text, text, text, text[], text, text, text, text, text, text,
    text, text, text, text, jsonb
) IS
    'attaches a table of orders as a store: makes the schema of that name with tables, views and the role that may read '
    'them. orders is a table, view, foreign or partitioned table, as in the search_path; the other arguments name its columns '
    '(ordered_at of type timestamptz, timestamp or date), but for status: a condition that makes a row an order, such as '
    '$$status <> ''cancelled''$$. The key customer is bigint, integer, uuid or text. customers may name a relation with a row '
    'for each known person: who has no order is a prospect; attributes are columns of it (or, without it, of the orders: '
    'those of the last one count) that the profile carries along. events may name a relation of engagement events (columns '
    'happened_at, kind, event_channel). changes says how changed rows are found: triggers (by default, where orders is a local '
    'table of the caller''s), column (changed_at names one that grows with every insert and update) or '
    'compare (numbers and checksums of each customer''s rows, by default elsewhere). time_zone is where days and months end, by default '
    'the session''s. settings holds any further ones: see the comment on lifecycle.store.settings. What the caller may not '
    'read is not read; the caller becomes the owner. SQLSTATE 22004 if store, orders, customer or ordered_at is NULL; 42P01, '
    '42703 if a relation or column does not exist, 42804 if it is of a type that does not serve; 42601 if a condition is no '
    'expression; 22023 for a setting that does not exist or is out of range, and for a volatile condition; 42602 for a name '
    'that cannot be one, 42710 and 42P06 for one that is taken; 42501 without the rights, which are SELECT on the relations, '
    'ownership for triggers and CREATE on the database; 0A000 if triggers are asked for where none can be';

CREATE FUNCTION lifecycle.configure(store text, settings jsonb) RETURNS void
    AS 'MODULE_PATHNAME', 'configure_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.configure(text, jsonb) IS
    'changes settings of a store: an object of some of the settings of lifecycle.attach; null sets one back to its default. '
    'What follows from them is done by the next refresh. The settings that it leaves alone follow tables and columns that were '
    'renamed, and an attribute is called by its new name from then on. The type of the key cannot change. Only the store''s owner '
    'may. A store of an older layout is upgraded first: see lifecycle.upgrade_store. SQLSTATE 42704 if there is no such store, 22004 if an '
    'argument is NULL, 2BP01 if something of yours depends on what would change, 55000 if the schema is not that of the store any more, otherwise as lifecycle.attach';

CREATE FUNCTION lifecycle.upgrade_store(store text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'upgrade_store_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.upgrade_store(text) IS
    'brings a store that an older version made to the layout of this one, as lifecycle.refresh and configure do by themselves: '
    'changes its tables, and makes its views and functions anew with the rights that were granted on them; whether there was '
    'anything to do. Only the owner may (42501). SQLSTATE 2BP01 if something of yours depends on a view or function, 55000 if a '
    'newer version made the store or its schema is gone, 42704 if there is no such store, 22004 for NULL';

CREATE FUNCTION lifecycle.restore_store(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'restore_store_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.restore_store(text) IS
    'registers a store whose schema came from a dump that was restored without the rights of a superuser, which lifecycle.store '
    'takes to write: from the table store_settings of the schema, after the same checks as lifecycle.attach makes. The next '
    'refresh reads all rows; the log of moves goes on. Only the owner of the schema may. SQLSTATE 42710 if the store is registered, '
    '42704 if there is no schema of this name or no such table with a row in it, 42501 if the schema is another role''s, 55000 if '
    'tables or views of the store are missing or another role''s, 22004 for NULL, otherwise as lifecycle.attach';

CREATE FUNCTION lifecycle.detach(store text) RETURNS void
    AS 'MODULE_PATHNAME', 'detach_wrapper' LANGUAGE C VOLATILE COST 100000;
COMMENT ON FUNCTION lifecycle.detach(text) IS
    'removes a store: its schema with all that lifecycle.attach made there, its triggers, its scheduled job, its log, and '
    'its role if it was made for the store, the caller may drop it, and nothing else of the server depends on it. Nothing else is '
    'removed: SQLSTATE 2BP01 if something of yours is in the schema or depends on it. A schema that is not the store''s any more '
    'stays as it is. Only the owner may (42501). 42704 if there is no such store, 22004 '
    'for NULL';
