//! What each role tries against the store of another: none gains a right, reads what is not its own, or changes another's session.
//!
//! Every row of the victim holds the word `vsecret`. After each call the word is in nothing that the role was told; roles,
//! memberships, owners and rights, the victim's rows, and the settings, locks and cursors of a session that the victim has open
//! are what they were.

use std::sync::mpsc::{Receiver, channel};

use postgres::{Client, NoTls, SimpleQueryMessage};

use crate::harness::{Ask, Database, config, connect, connect_as};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// May connect, has a schema of its own, and nothing else.
    Stranger,
    /// May read the views of the victim's store.
    Reader,
    /// May send the actions of the victim's store, and of the hostile owner's.
    Sender,
    /// Owns a store itself.
    Owner,
    /// Has installed the extension, with CREATE on the database, and is no superuser.
    Installer,
}

use Role::{Installer, Owner, Reader, Sender, Stranger};

impl Role {
    fn name(self) -> &'static str {
        match self {
            Stranger => "hostile_stranger",
            Reader => "hostile_reader",
            Sender => "hostile_sender",
            Owner => "hostile_owner",
            Installer => "hostile_installer",
        }
    }
}

/// Role, what it tries, the statements, and the SQLSTATE that ends them; `ok` where they do no harm.
type Call = (Role, &'static str, &'static str, &'static str);

const CALLS: &[Call] = &[
    // Tables, views and functions of the store.
    (Stranger, "reads customers", "SELECT * FROM vshop.customers", "42501"),
    (Stranger, "reads profiles", "SELECT * FROM vshop_data.profile", "42501"),
    (Stranger, "reads actions", "SELECT * FROM vshop_data.action", "42501"),
    (Stranger, "reads events", "SELECT * FROM vshop_data.event", "42501"),
    (Stranger, "reads journeys", "SELECT * FROM vshop.journeys", "42501"),
    (Stranger, "reads changes", "SELECT * FROM vshop_data.order_change", "42501"),
    (Stranger, "copies out", "COPY vshop_data.profile TO STDOUT", "42501"),
    (Stranger, "copies a query out", "COPY (SELECT * FROM vshop.customers) TO STDOUT", "42501"),
    (Stranger, "copies to a program", "COPY (SELECT 1) TO PROGRAM 'cat'", "42501"),
    (Stranger, "explains with rows", "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM vshop_data.profile", "42501"),
    (Stranger, "reads by a view", "CREATE VIEW hostile_stranger.v AS SELECT * FROM vshop.customers", "42501"),
    (Stranger, "reads statistics", "SELECT * FROM pg_stats WHERE schemaname = 'vshop'", "ok"),
    (Stranger, "reads definitions", "SELECT pg_get_viewdef(oid) FROM pg_class WHERE relnamespace = 'vshop'::regnamespace AND relkind = 'v'", "ok"),
    (Stranger, "reads the settings", "SELECT * FROM lifecycle.store", "ok"),
    (Stranger, "reads the stores", "SELECT store, owner FROM lifecycle.stores", "ok"),
    (Stranger, "reads by a definer's function", "CREATE FUNCTION hostile_stranger.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER
        AS 'SELECT count(*) FROM vshop_data.profile'; SELECT hostile_stranger.f()", "42501"),
    (Stranger, "calls a function of the store", "SELECT * FROM vshop.stages_at(now())", "42501"),
    (Stranger, "writes actions", "UPDATE vshop_data.action SET status = 'done'", "42501"),
    (Stranger, "deletes events", "DELETE FROM vshop_data.event", "42501"),
    (Stranger, "truncates", "TRUNCATE vshop_data.profile", "42501"),
    (Stranger, "copies in", "COPY vshop_data.order_change FROM STDIN", "42501"),
    (Stranger, "locks a table", "BEGIN; LOCK TABLE vshop_data.action IN ACCESS SHARE MODE", "42501"),
    // What is the owner's to do.
    (Stranger, "puts a trigger on", "CREATE TRIGGER t BEFORE UPDATE ON vshop_data.action EXECUTE FUNCTION lifecycle.note_changes('vshop', 'order_change', 'id')", "42501"),
    (Stranger, "puts a rule on", "CREATE RULE r AS ON UPDATE TO vshop_data.action DO INSTEAD NOTHING", "42501"),
    (Stranger, "puts a policy on", "CREATE POLICY p ON vshop_data.action USING (true)", "42501"),
    (Stranger, "puts an index on", "CREATE INDEX ON vshop_data.action (customer)", "42501"),
    (Stranger, "turns row security on", "ALTER TABLE vshop_data.action ENABLE ROW LEVEL SECURITY", "42501"),
    (Stranger, "changes a view", "CREATE OR REPLACE VIEW vshop.customers AS SELECT 1 AS customer", "42501"),
    (Stranger, "makes a table there", "CREATE TABLE vshop.mine (n int)", "42501"),
    (Stranger, "takes the schema", "ALTER SCHEMA vshop OWNER TO hostile_stranger", "42501"),
    (Stranger, "renames the schema", "ALTER SCHEMA vshop RENAME TO other", "42501"),
    (Stranger, "drops the schema", "DROP SCHEMA vshop CASCADE", "42501"),
    (Stranger, "grants itself the views", "GRANT SELECT ON vshop.customers TO hostile_stranger", "42501"),
    (Stranger, "grants itself the reader", "GRANT hostile_reader TO hostile_stranger", "42501"),
    (Stranger, "grants itself the owner", "GRANT hostile_victim TO hostile_stranger", "42501"),
    (Stranger, "becomes the owner", "SET ROLE hostile_victim", "42501"),
    (Stranger, "becomes the owner's session", "SET SESSION AUTHORIZATION hostile_victim", "42501"),
    (Stranger, "sets the owner's settings", "ALTER ROLE hostile_victim SET search_path = hostile_stranger", "42501"),
    (Stranger, "sets the database's", "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = hostile_stranger', current_database()); END $$", "42501"),
    (Stranger, "takes what the owner makes", "ALTER DEFAULT PRIVILEGES FOR ROLE hostile_victim GRANT SELECT ON TABLES TO PUBLIC", "42501"),
    (Stranger, "takes the owner's things", "REASSIGN OWNED BY hostile_victim TO hostile_stranger", "42501"),
    (Stranger, "drops the owner's things", "DROP OWNED BY hostile_victim", "42501"),
    (Stranger, "ends the owner's session", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'hostile_victim'", "42501"),
    (Stranger, "makes an event trigger", "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION lifecycle.note_changes()", "42501"),
    // The functions of stores.
    (Stranger, "refreshes", "CALL lifecycle.refresh('vshop')", "42501"),
    (Stranger, "begins a refresh", "SELECT lifecycle.begin_refresh('vshop', NULL)", "42501"),
    (Stranger, "takes part in one: histories", "SELECT lifecycle.refresh_histories(1000, true, false)", "42501"),
    (Stranger, "takes part in one: fits", "SELECT lifecycle.refresh_fits(1000, true)", "42501"),
    (Stranger, "takes part in one: profiles", "SELECT lifecycle.refresh_profiles(1000)", "42501"),
    (Stranger, "takes part in one that has ended", "SELECT lifecycle.refresh_histories(min(id), true, false) FROM lifecycle.refresh_log", "42704,42501"),
    (Stranger, "takes part in none", "SELECT lifecycle.refresh_profiles(-1)", "42704"),
    (Stranger, "asks whether it may commit", "SELECT lifecycle.may_commit()", "ok"),
    (Stranger, "verifies", "SELECT * FROM lifecycle.verify('vshop')", "42501"),
    (Stranger, "configures", "SELECT lifecycle.configure('vshop', '{\"reader\": \"hostile_stranger\"}')", "42501"),
    (Stranger, "detaches", "SELECT lifecycle.detach('vshop')", "42501"),
    (Stranger, "attaches in its place", "SELECT lifecycle.attach('vshop', orders => 'hostile_stranger.orders', customer => 'customer', ordered_at => 'at')", "42710"),
    (Stranger, "schedules", "SELECT lifecycle.schedule('vshop', '* * * * *')", "42501,0A000"),
    (Stranger, "unschedules", "SELECT lifecycle.unschedule('vshop')", "42501,0A000"),
    (Stranger, "schedules journeys", "SELECT lifecycle.schedule_journeys('vshop', '* * * * *')", "42501,0A000"),
    (Stranger, "unschedules journeys", "SELECT lifecycle.unschedule_journeys('vshop')", "42501,0A000"),
    (Stranger, "looks at schedules", "SELECT lifecycle.refresh_schedule('vshop'), lifecycle.journeys_schedule('vshop')", "ok"),
    // The functions of journeys.
    (Stranger, "makes a journey", "SELECT lifecycle.create_journey('vshop', 'mine', '{}')", "42501"),
    (Stranger, "makes a ready-made one", "SELECT lifecycle.create_ready_made('vshop', 'welcome')", "42501"),
    (Stranger, "drafts", "SELECT lifecycle.draft_journey('vshop', 'welcome')", "42501"),
    (Stranger, "starts", "SELECT lifecycle.start_journey('vshop', 'welcome')", "42501"),
    (Stranger, "releases", "SELECT lifecycle.release_journey('vshop', 'welcome')", "42501"),
    (Stranger, "pauses", "SELECT lifecycle.pause_journey('vshop', 'welcome')", "42501"),
    (Stranger, "ends", "SELECT lifecycle.end_journey('vshop', 'welcome')", "42501"),
    (Stranger, "reads a definition", "SELECT lifecycle.journey_definition('vshop', 'welcome')", "42501"),
    (Stranger, "reads the policy", "SELECT lifecycle.journey_policy('vshop')", "42501"),
    (Stranger, "changes the policy", "SELECT lifecycle.set_journey_policy('vshop', '{}')", "42501"),
    (Stranger, "runs", "CALL lifecycle.run_journeys('vshop')", "42501"),
    (Stranger, "works", "SELECT lifecycle.work_journeys('vshop', now(), 10, NULL)", "42501"),
    (Stranger, "simulates", "SELECT * FROM lifecycle.simulate_journey('vshop', '{}', now() - interval '1 day', now())", "42501"),
    (Stranger, "asks how large it must be", "SELECT * FROM lifecycle.experiment_power('vshop', 'welcome', 0.1)", "42501"),
    (Stranger, "reads the report", "SELECT * FROM lifecycle.journey_report('vshop', 'welcome')", "42501"),
    (Stranger, "reads the comparison", "SELECT * FROM lifecycle.journey_lift('vshop', 'welcome')", "42501"),
    (Stranger, "reads one customer's", "SELECT * FROM lifecycle.explain_journey('vshop', 'welcome', 'vsecr' || 'et-1')", "42501"),
    (Stranger, "claims by name", "SELECT * FROM lifecycle.claim_actions('email', store => 'vshop')", "42501"),
    (Stranger, "claims by several names", "SELECT * FROM lifecycle.claim_actions('email', stores => '{oshop,vshop}')", "42501"),
    (Stranger, "claims without a name", "SELECT * FROM lifecycle.claim_actions('email')", "ok"),
    (Stranger, "claims by a definer's function", "CREATE FUNCTION hostile_stranger.g() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS
        $$ SELECT count(*) FROM lifecycle.claim_actions('email', store => 'vshop') $$; SELECT hostile_stranger.g()", "42501"),
    (Stranger, "completes", "SELECT lifecycle.complete_action('vshop', 1)", "42501"),
    (Stranger, "completes many", "SELECT lifecycle.complete_actions('vshop', '{1,2,3}')", "42501"),
    (Stranger, "fails", "SELECT lifecycle.fail_action('vshop', 1, 'x', true)", "42501"),
    (Stranger, "retries", "SELECT lifecycle.retry_action('vshop', 1)", "42501"),
    (Stranger, "records of an action", "SELECT lifecycle.record_event('vshop', 'open', 'e', action => 1)", "42501"),
    (Stranger, "unsubscribes a customer", "SELECT lifecycle.record_event('vshop', 'unsubscribe', 'e', customer => 'x')", "42501"),
    (Stranger, "names a store with quotes", "SELECT * FROM lifecycle.claim_actions('email', store => 'vshop\".action; DROP TABLE vshop_data.action; --')", "42704"),
    (Stranger, "names one with an apostrophe", "SELECT lifecycle.complete_action('vshop''; DROP TABLE vshop_data.action; --', 1)", "42704"),
    (Stranger, "lays traps in its path", "CREATE FUNCTION hostile_stranger.has_table_privilege(oid, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE FUNCTION hostile_stranger.pg_has_role(oid, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE FUNCTION hostile_stranger.f(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR hostile_stranger.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile_stranger.f);
        CREATE TEMP TABLE store (store text); CREATE TEMP TABLE pg_namespace (nspname name, nspowner oid, oid oid);
        SET search_path = hostile_stranger, pg_temp, pg_catalog; SELECT lifecycle.complete_action('vshop', 1)", "42501"),
    (Stranger, "holds temporary tables of the same names", "CREATE TEMP TABLE action (LIKE pg_class); CREATE TEMP TABLE lifecycle_changed (n int);
        CALL lifecycle.refresh('vshop')", "42501"),
    // The extension.
    (Stranger, "drops the extension", "DROP EXTENSION pg_lifecycle CASCADE", "42501"),
    (Stranger, "adds to the extension", "ALTER EXTENSION pg_lifecycle ADD TABLE hostile_stranger.orders", "42501"),
    (Stranger, "replaces a function", "CREATE OR REPLACE FUNCTION lifecycle.hash_share(customer text, \"of\" text) RETURNS float8 LANGUAGE sql AS 'SELECT 1.0::float8'", "42501"),
    (Stranger, "takes a function", "ALTER FUNCTION lifecycle.detach(text, boolean) OWNER TO hostile_stranger", "42501"),
    (Stranger, "makes a function there", "CREATE FUNCTION lifecycle.extra() RETURNS int LANGUAGE sql AS 'SELECT 1'", "42501"),
    (Stranger, "makes one of the library's", "CREATE FUNCTION hostile_stranger.f(text) RETURNS void LANGUAGE c AS 'pg_lifecycle', 'detach_wrapper'", "42501"),
    (Stranger, "calls a trigger's function", "SELECT lifecycle.note_changes()", "22023,0A000"),
    (Stranger, "calls another trigger's", "SELECT lifecycle.guard_journey()", "22023,0A000"),
    (Stranger, "guards its own table", "CREATE TABLE hostile_stranger.j (name text, status text, journey int, version int);
        CREATE TRIGGER g BEFORE UPDATE ON hostile_stranger.j FOR EACH ROW EXECUTE FUNCTION lifecycle.guard_journey('vshop');
        INSERT INTO hostile_stranger.j VALUES ('a', 'live', 1, 1); UPDATE hostile_stranger.j SET name = 'b'", "*"),
    (Stranger, "accumulates by itself", "SELECT lifecycle.first_accum('\\x00ff'::bytea, 'x', now())", "*"),
    (Stranger, "makes an aggregate of parts", "CREATE AGGREGATE hostile_stranger.a(text, timestamptz) (SFUNC = lifecycle.first_accum, STYPE = bytea);
        SELECT hostile_stranger.a('x', now())", "*"),
    (Stranger, "calls with internal arguments", "SELECT growth_accum(NULL, NULL)", "42883,42804,42725"),
    (Stranger, "writes grids", "UPDATE lifecycle.segment_grid SET description = 'mine'", "42501"),
    (Stranger, "writes rules of grids", "DELETE FROM lifecycle.segment_rule", "42501"),
    (Stranger, "turns the numbers of refreshes", "SELECT setval('lifecycle.refresh_log_id_seq', 1)", "42501"),
    (Stranger, "writes stores", "UPDATE lifecycle.store SET settings = settings || '{\"status\": \"true\"}'", "42501"),
    (Stranger, "adds a store", "INSERT INTO lifecycle.store (store, settings, key_type, owner, orders) VALUES ('x', '{}', 'text', 'x', 0)", "42501"),
    (Stranger, "removes stores", "DELETE FROM lifecycle.store", "42501"),
    (Stranger, "locks rows of stores", "SELECT * FROM lifecycle.store FOR UPDATE", "42501"),
    (Stranger, "locks the stores", "BEGIN; LOCK TABLE lifecycle.store IN EXCLUSIVE MODE", "42501"),
    (Stranger, "writes the log", "UPDATE lifecycle.refresh_log SET store = 'oshop'", "42501"),
    // A reader.
    (Reader, "reads what lies below the views", "SELECT * FROM vshop_data.profile", "42501"),
    (Reader, "reads actions", "SELECT * FROM vshop_data.action", "42501"),
    (Reader, "reads the orders", "SELECT * FROM victim_tables.orders", "42501"),
    (Reader, "writes through a view", "UPDATE vshop.customers SET customer = 'x'", "42501,55000"),
    (Reader, "deletes through a view", "DELETE FROM vshop.customers", "42501,55000"),
    (Reader, "grants the views on", "GRANT SELECT ON vshop.customers TO hostile_stranger", "ok"),
    (Reader, "puts a rule on a view", "CREATE RULE r AS ON INSERT TO vshop.customers DO INSTEAD NOTHING", "42501"),
    (Reader, "groups by an unknown column", "SELECT * FROM lifecycle.journey_report('vshop', 'welcome', group_by => 'customer\") FROM vshop_data.profile --')", "42703"),
    (Reader, "groups the comparison by one", "SELECT * FROM lifecycle.journey_lift('vshop', 'welcome', group_by => 'customer\") FROM vshop_data.profile --')", "42703"),
    (Reader, "asks for a journey with quotes", "SELECT * FROM lifecycle.explain_journey('vshop', 'x'' OR true --', 'y')", "42704"),
    (Reader, "claims", "SELECT * FROM lifecycle.claim_actions('email', store => 'vshop')", "42501"),
    (Reader, "completes", "SELECT lifecycle.complete_action('vshop', 1)", "42501"),
    (Reader, "records", "SELECT lifecycle.record_event('vshop', 'open', 'e', action => 1)", "42501"),
    (Reader, "refreshes", "CALL lifecycle.refresh('vshop')", "42501"),
    (Reader, "configures", "SELECT lifecycle.configure('vshop', '{\"refit\": \"1 day\"}')", "42501"),
    (Reader, "drops the store", "SELECT lifecycle.detach('vshop')", "42501"),
    (Reader, "reads a definition", "SELECT lifecycle.journey_definition('vshop', 'welcome')", "42501"),
    (Reader, "verifies", "SELECT * FROM lifecycle.verify('vshop')", "42501"),
    // A sender.
    (Sender, "reads actions", "SELECT * FROM vshop_data.action", "42501"),
    (Sender, "reads by RETURNING", "UPDATE vshop_data.action SET status = 'done' RETURNING customer", "42501"),
    (Sender, "updates actions past the functions", "UPDATE vshop_data.action SET status = 'done'", "42501"),
    (Sender, "reads customers", "SELECT * FROM vshop.customers", "42501"),
    (Sender, "reads the report", "SELECT * FROM lifecycle.journey_report('vshop', 'welcome')", "42501"),
    (Sender, "reads one customer's", "SELECT * FROM lifecycle.explain_journey('vshop', 'welcome', 'x')", "42501"),
    (Sender, "puts an action into the view of its right", "INSERT INTO vshop.journey_actions (action) VALUES (1)", "42501"),
    (Sender, "locks the view of its right", "SELECT 1; LOCK vshop.journey_actions", "42501"),
    (Sender, "lets itself read", "GRANT hostile_reader TO hostile_sender", "42501"),
    (Sender, "writes events", "INSERT INTO vshop_data.event (customer, kind, at) VALUES ('x', 'open', now())", "42501"),
    (Sender, "claims without a name", "SELECT * FROM lifecycle.claim_actions('email')", "ok"),
    (Sender, "completes what is not there", "SELECT lifecycle.complete_action('vshop', -1)", "42704"),
    (Sender, "grants its right on", "GRANT INSERT ON vshop.journey_actions TO hostile_stranger", "42501"),
    (Sender, "ends journeys", "SELECT lifecycle.end_journey('vshop', 'welcome')", "42501"),
    (Sender, "runs journeys", "CALL lifecycle.run_journeys('vshop')", "42501"),
    // A sender who serves a hostile owner: what that store's trigger tries.
    (Sender, "serves a trigger that reads the victim's", "SELECT * FROM lifecycle.claim_actions('reads', stores => '{oshop}')", "ok"),
    (Sender, "serves one that becomes the sender", "SELECT * FROM lifecycle.claim_actions('becomes', stores => '{oshop}')", "ok"),
    (Sender, "serves one that sends for the victim", "SELECT * FROM lifecycle.claim_actions('sends', stores => '{oshop}')", "ok"),
    (Sender, "serves one that sleeps", "SELECT * FROM lifecycle.claim_actions('sleeps', stores => '{oshop}', budget => '200 ms')", "ok"),
    (Sender, "serves one that grants", "SELECT * FROM lifecycle.claim_actions('grants', stores => '{oshop}')", "ok"),
    // The owner of another store.
    (Owner, "attaches the victim's orders", "SELECT lifecycle.attach('o1', orders => 'victim_tables.orders', customer => 'customer', ordered_at => 'at')", "42501,42P01"),
    (Owner, "attaches the victim's profiles", "SELECT lifecycle.attach('o1', orders => 'vshop_data.profile', customer => 'customer', ordered_at => 'last_order')", "42501,42P01"),
    (Owner, "attaches the victim's events", "SELECT lifecycle.attach('o1', orders => 'hostile_owner.orders', customer => 'customer', ordered_at => 'at',
        events => 'vshop_data.event', happened_at => 'at', kind => 'kind')", "42501,42P01"),
    (Owner, "points its store at the victim's", "SELECT lifecycle.configure('oshop', '{\"orders\": \"victim_tables.orders\"}')", "42501,42P01"),
    (Owner, "points its customers at the victim's", "SELECT lifecycle.configure('oshop', '{\"customers\": \"victim_tables.orders\"}')", "42501,42P01"),
    (Owner, "reads by a condition", "SELECT lifecycle.configure('oshop', '{\"status\": \"EXISTS (SELECT FROM victim_tables.orders)\"}')", "0A000,42501"),
    (Owner, "ends the condition", "SELECT lifecycle.configure('oshop', '{\"status\": \"true) UNION SELECT * FROM victim_tables.orders --\"}')", "42601"),
    (Owner, "attaches under a server's name", "SELECT lifecycle.attach('pg_shop', orders => 'hostile_owner.orders', customer => 'customer', ordered_at => 'at')", "42602"),
    (Owner, "attaches under the extension's", "SELECT lifecycle.attach('lifecycle', orders => 'hostile_owner.orders', customer => 'customer', ordered_at => 'at')", "42602"),
    (Owner, "attaches into the victim's schema", "SELECT lifecycle.attach('victim_tables', orders => 'hostile_owner.orders', customer => 'customer', ordered_at => 'at')", "42P06"),
    (Owner, "attaches under a name with quotes", "SELECT lifecycle.attach('x\"; DROP TABLE vshop_data.action; --', orders => 'hostile_owner.orders', customer => 'customer',
        ordered_at => 'at', settings => '{\"reader\": \"\"}'); SELECT lifecycle.detach('x\"; DROP TABLE vshop_data.action; --')", "ok"),
    (Owner, "makes the victim its reader", "SELECT lifecycle.configure('oshop', '{\"reader\": \"hostile_victim\"}'); SELECT lifecycle.configure('oshop', '{\"reader\": \"\"}')", "ok"),
    (Owner, "makes a superuser its reader", "SELECT lifecycle.configure('oshop', '{\"reader\": \"postgres\"}'); SELECT lifecycle.configure('oshop', '{\"reader\": \"\"}')", "ok"),
    (Owner, "makes a predefined role its reader", "SELECT lifecycle.configure('oshop', '{\"reader\": \"pg_read_all_data\"}'); SELECT lifecycle.configure('oshop', '{\"reader\": \"\"}')", "ok"),
    (Owner, "makes everybody its reader", "SELECT lifecycle.configure('oshop', '{\"reader\": \"public\"}')", "42939,42704"),
    (Owner, "has a reader made", "SELECT lifecycle.configure('oshop', '{\"reader\": \"hostile_made\"}')", "42704"),
    (Owner, "takes a reader's role that is there", "SELECT lifecycle.attach('hostile_other', orders => 'hostile_owner.orders', customer => 'customer', ordered_at => 'at');
        SELECT lifecycle.detach('hostile_other')", "ok"),
    (Owner, "names the victim's reader and detaches", "SELECT lifecycle.attach('o2', orders => 'hostile_owner.orders', customer => 'customer', ordered_at => 'at',
        settings => '{\"reader\": \"hostile_reader\"}'); SELECT lifecycle.detach('o2')", "ok"),
    (Owner, "refreshes another's", "CALL lifecycle.refresh('vshop')", "42501"),
    (Owner, "works on another's refresh", "SELECT lifecycle.refresh_profiles(1000)", "42501"),
    (Owner, "verifies another's", "SELECT * FROM lifecycle.verify('vshop')", "42501"),
    (Owner, "claims another's", "SELECT * FROM lifecycle.claim_actions('email', stores => '{oshop,vshop}')", "42501"),
    (Owner, "schedules a job of another's name", "SELECT lifecycle.schedule('vshop', '* * * * *')", "42501,0A000"),
    (Owner, "drops what the guard keeps", "ALTER TABLE oshop_data.journey DISABLE TRIGGER ALL", "42501,ok"),
    // Who has installed the extension.
    (Installer, "reads the victim's", "SELECT * FROM vshop.customers", "42501"),
    (Installer, "refreshes", "CALL lifecycle.refresh('vshop')", "42501"),
    (Installer, "configures", "SELECT lifecycle.configure('vshop', '{\"reader\": \"hostile_installer\"}')", "42501"),
    (Installer, "detaches", "SELECT lifecycle.detach('vshop')", "42501"),
    (Installer, "claims by name", "SELECT * FROM lifecycle.claim_actions('email', store => 'vshop')", "42501"),
    (Installer, "claims without a name", "SELECT * FROM lifecycle.claim_actions('email')", "ok"),
    (Installer, "replaces a function", "CREATE OR REPLACE FUNCTION lifecycle.hash_share(customer text, \"of\" text) RETURNS float8 LANGUAGE sql AS 'SELECT 1.0::float8'", "42501"),
    (Installer, "takes a function", "ALTER FUNCTION lifecycle.detach(text, boolean) OWNER TO hostile_installer", "42501"),
    (Installer, "takes a function out", "ALTER EXTENSION pg_lifecycle DROP FUNCTION lifecycle.detach(text, boolean)", "42501"),
    (Installer, "adds a function", "CREATE FUNCTION hostile_installer.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        ALTER EXTENSION pg_lifecycle ADD FUNCTION hostile_installer.f(); ALTER EXTENSION pg_lifecycle DROP FUNCTION hostile_installer.f()", "ok"),
    (Installer, "puts a trigger on the stores", "CREATE TRIGGER t BEFORE UPDATE ON lifecycle.store EXECUTE FUNCTION lifecycle.note_changes()", "42501"),
    (Installer, "puts a rule on the stores", "CREATE RULE r AS ON UPDATE TO lifecycle.store DO INSTEAD NOTHING", "42501"),
    (Installer, "puts a policy on the stores", "CREATE POLICY p ON lifecycle.store USING (true)", "42501"),
    (Installer, "changes a view of the extension", "CREATE OR REPLACE VIEW lifecycle.stores AS SELECT 1 AS store", "42501"),
    (Installer, "makes a table there", "CREATE TABLE lifecycle.mine (n int)", "42501"),
    (Installer, "takes the schema", "ALTER SCHEMA lifecycle OWNER TO hostile_installer", "42501"),
    (Installer, "moves the extension", "ALTER EXTENSION pg_lifecycle SET SCHEMA hostile_installer", "0A000,42501"),
    (Installer, "drops it with a store", "DROP EXTENSION pg_lifecycle", "2BP01"),
    (Installer, "becomes the objects' owner", "SET ROLE postgres", "42501"),
    (Installer, "installs it once more", "CREATE EXTENSION IF NOT EXISTS pg_lifecycle SCHEMA hostile_installer", "ok"),
];

/// Only the extension writes the rows of stores and refreshes, and a store's refreshes are for its owner and its reader.
const REGISTRY_CALLS: &[Call] = &[
    (
        Stranger,
        "finds refreshes in the log",
        "SELECT 1 / (count(*) = 0)::int FROM lifecycle.refresh_log WHERE store = 'vshop'",
        "ok",
    ),
    (Reader, "writes the log", "UPDATE lifecycle.refresh_log SET customers = 0", "42501"),
    (
        Sender,
        "finds refreshes in the log",
        "SELECT 1 / (count(*) = 0)::int FROM lifecycle.refresh_log WHERE store = 'vshop'",
        "ok",
    ),
    (
        Owner,
        "finds refreshes in the log",
        "SELECT 1 / (count(*) = 0)::int FROM lifecycle.refresh_log WHERE store = 'vshop'",
        "ok",
    ),
    (
        Stranger,
        "sees figures of a store",
        "SELECT 1 / (count(customers) = 0 AND count(purchases) = 0 AND count(moved) = 0 AND count(took) = 0)::int
            FROM lifecycle.stores WHERE store = 'vshop'",
        "ok",
    ),
    (
        Installer,
        "writes a condition into a store",
        "UPDATE lifecycle.store SET settings = settings || '{\"status\": \"hostile_installer.f(customer)\"}' WHERE store = 'vshop'",
        "42501",
    ),
    (
        Installer,
        "adds a store",
        "INSERT INTO lifecycle.store (store, settings, key_type, owner, orders) VALUES ('x', '{}', 'text', 'x', 1259)",
        "42501",
    ),
    (Installer, "removes a store", "DELETE FROM lifecycle.store WHERE store = 'vshop'", "42501"),
    (Installer, "grants the right to write", "GRANT UPDATE ON lifecycle.store TO hostile_stranger", "42501,ok"),
    (Installer, "writes the log", "UPDATE lifecycle.refresh_log SET finished_at = NULL", "42501"),
    (Installer, "removes from the log", "DELETE FROM lifecycle.refresh_log", "42501"),
    (Installer, "copies into the stores", "COPY lifecycle.store FROM STDIN", "42501"),
    (Installer, "locks the stores", "BEGIN; LOCK TABLE lifecycle.store IN EXCLUSIVE MODE", "42501"),
    (
        Installer,
        "finds refreshes in the log",
        "SELECT 1 / (count(*) = 0)::int FROM lifecycle.refresh_log WHERE store = 'vshop'",
        "ok",
    ),
];

/// A trigger that the extension did not make notes nothing, whatever its arguments say.
const NOTING_CALLS: &[Call] = &[
    (
        Stranger,
        "notes into the victim's store",
        "CREATE TABLE hostile_stranger.t1 (id text);
        CREATE TRIGGER n AFTER INSERT ON hostile_stranger.t1 REFERENCING NEW TABLE AS come FOR EACH STATEMENT
            EXECUTE FUNCTION lifecycle.note_changes('vshop', 'order_change', 'id');
        INSERT INTO hostile_stranger.t1 VALUES ('noted')",
        "*",
    ),
    (
        Owner,
        "notes into another's table of that name",
        "CREATE TABLE hostile_owner.t1 (id text);
        CREATE TRIGGER n AFTER INSERT ON hostile_owner.t1 REFERENCING NEW TABLE AS come FOR EACH STATEMENT
            EXECUTE FUNCTION lifecycle.note_changes('victim_tables', 'order_change', 'id');
        INSERT INTO hostile_owner.t1 VALUES ('noted')",
        "*",
    ),
];

const VICTIM: &str = "
    SET client_min_messages = warning;
    CREATE SCHEMA victim_tables;
    CREATE TABLE victim_tables.orders (customer text, at timestamptz, channel text);
    CREATE TABLE victim_tables.order_change (customer text);
    INSERT INTO victim_tables.orders SELECT 'vsecret-' || i % 20, now() - i * interval '1 day', 'vsecret' FROM generate_series(1, 60) AS i;
    SELECT lifecycle.attach('vshop', orders => 'victim_tables.orders', customer => 'customer', ordered_at => 'at',
        settings => '{\"reader\": \"hostile_reader\", \"sender\": \"hostile_sender\"}');
    CALL lifecycle.refresh('vshop');
    SELECT lifecycle.create_journey('vshop', 'welcome', '{\"entry\": {\"condition\": {\"profile\": \"orders\", \"at_least\": 1}, \"existing\": true},
        \"steps\": [{\"name\": \"a\", \"act\": {\"channel\": \"email\", \"template\": \"vsecret\"}}, {\"name\": \"e\", \"exit\": \"done\"}]}', start => true);
    CALL lifecycle.run_journeys('vshop');
    SELECT lifecycle.record_event('vshop', 'open', 'vsecret', customer => 'vsecret-1')";

const HOSTILE_STORE: &str = "
    SET client_min_messages = warning;
    CREATE TABLE hostile_owner.orders (customer bigint, at timestamptz);
    CREATE TABLE hostile_owner.stolen (what text);
    SELECT lifecycle.attach('oshop', orders => 'hostile_owner.orders', customer => 'customer', ordered_at => 'at', settings => '{\"reader\": \"\"}');
    INSERT INTO oshop_data.journey (name, status, version) VALUES ('welcome', 'live', 1);
    INSERT INTO oshop_data.journey_version VALUES (1, 1, '{\"entry\": {\"call\": true}}');
    INSERT INTO oshop_data.journey_step VALUES (1, 1, 1, 'letter', '{\"act\": {\"channel\": \"email\", \"template\": \"x\"}}'), (1, 1, 2, 'end', '{\"exit\": \"done\"}');
    INSERT INTO oshop_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority, status, claimable_at)
        SELECT n, 1, 1, 1, n, 1, now(), (ARRAY['reads', 'becomes', 'sends', 'sleeps', 'grants'])[n], 'x', '{}', 0, 'pending', now()
        FROM generate_series(1, 5) AS n;
    CREATE FUNCTION hostile_owner.act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        CASE NEW.channel
            WHEN 'reads' THEN INSERT INTO hostile_owner.stolen SELECT customer FROM vshop_data.action;
            WHEN 'becomes' THEN SET ROLE hostile_sender;
            WHEN 'sends' THEN PERFORM lifecycle.complete_action('vshop', 1);
            WHEN 'sleeps' THEN PERFORM pg_sleep(60);
            ELSE GRANT hostile_sender TO hostile_owner;
        END CASE;
        RETURN NEW; END $$;
    CREATE TRIGGER act BEFORE UPDATE ON oshop_data.action FOR EACH ROW EXECUTE FUNCTION hostile_owner.act();
    GRANT INSERT ON oshop.journey_actions TO hostile_sender";

/// Roles, memberships, owners, rights, and what the roles' settings are.
const RIGHTS: &str = "SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (
    SELECT r::text FROM pg_roles AS r WHERE rolname ~ '^(hostile|pg_|postgres)'
    UNION ALL SELECT roleid::regrole || ' to ' || member::regrole FROM pg_auth_members
        WHERE roleid::regrole::text LIKE 'hostile%' OR member::regrole::text LIKE 'hostile%'
    UNION ALL SELECT s::text FROM pg_db_role_setting AS s WHERE setrole = 0 OR setrole::regrole::text ~ '^(hostile|pg_|postgres)'
    UNION ALL SELECT d.datname || d.datdba || coalesce(d.datacl::text, '') FROM pg_database AS d WHERE datname = current_database()
    UNION ALL SELECT n.nspname || n.nspowner || coalesce(n.nspacl::text, '') FROM pg_namespace AS n
        WHERE nspname IN ('vshop', 'victim_tables', 'lifecycle', 'public', 'pg_catalog')
    UNION ALL SELECT c.oid::regclass || c.relkind::text || c.relowner || coalesce(c.relacl::text, '') || c.relrowsecurity || c.relhastriggers || c.relhasrules
        FROM pg_class AS c WHERE relnamespace IN ('vshop'::regnamespace, 'victim_tables'::regnamespace, 'lifecycle'::regnamespace)
    UNION ALL SELECT p.oid::regprocedure || p.proowner::text || coalesce(p.proacl::text, '') || md5(p.prosrc) FROM pg_proc AS p
        WHERE pronamespace IN ('vshop'::regnamespace, 'lifecycle'::regnamespace, 'public'::regnamespace)
    UNION ALL SELECT a::text FROM pg_default_acl AS a
    UNION ALL SELECT evtname FROM pg_event_trigger
    UNION ALL SELECT e::text FROM pg_extension AS e) AS lines (line)";

/// A table of the extension, and the rows in it that are about the victim.
const REGISTRY: [(&str, &str); 4] = [
    ("lifecycle.store", "store = 'vshop'"),
    ("lifecycle.refresh_log", "store = 'vshop'"),
    ("lifecycle.segment_grid", "true"),
    ("lifecycle.segment_rule", "true"),
];

const SESSION: &str = "SELECT concat_ws(E'\\n',
    (SELECT string_agg(name || ' = ' || setting, E'\\n' ORDER BY name) FROM pg_settings WHERE name <> 'pg_lifecycle.handover' OR setting <> boot_val),
    (SELECT string_agg(locktype || objid || mode, E'\\n' ORDER BY objid) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
    (SELECT string_agg(name, E'\\n') FROM pg_cursors), current_user, session_user, (SELECT count(*) FROM kept))";

struct Scene {
    database: Database,
    victim: Client,
    tables: Vec<String>,
}

/// A session of a hostile role, and the notices and warnings that it receives.
struct Hostile {
    client: Client,
    notices: Receiver<String>,
}

fn hostile(database: &str, role: Role) -> Hostile {
    let (say, notices) = channel();
    let client = config(database, role.name())
        .notice_callback(move |notice| say.send(format!("{notice:?}")).unwrap_or(()))
        .connect(NoTls)
        .expect("a hostile session");
    Hostile { client, notices }
}

impl Scene {
    fn new() -> Self {
        let mut database = Database::without_extension("hostile_calls");
        let all = [
            "hostile_victim",
            "hostile_stranger",
            "hostile_reader",
            "hostile_sender",
            "hostile_owner",
            "hostile_installer",
        ];
        for role in all {
            if database.get(&format!("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')")) {
                database.run(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
            }
            database.run(&format!("CREATE ROLE {role} LOGIN; CREATE SCHEMA {role} AUTHORIZATION {role}"));
        }
        let name = database.name().to_owned();
        database.run(&format!(
            "DROP ROLE IF EXISTS hostile_other_reader; CREATE ROLE hostile_other_reader;
            GRANT CREATE ON DATABASE {name} TO hostile_victim, hostile_owner, hostile_installer;
            GRANT CREATE ON SCHEMA public TO hostile_installer"
        ));
        connect_as(&name, "hostile_installer").run("CREATE EXTENSION pg_lifecycle SCHEMA public");
        database.run("REVOKE CREATE ON SCHEMA public FROM hostile_installer");
        let mut victim = connect_as(&name, "hostile_victim");
        victim.run(VICTIM);
        connect_as(&name, "hostile_owner").run(HOSTILE_STORE);
        connect_as(&name, "hostile_stranger")
            .run("CREATE TABLE hostile_stranger.orders (customer bigint, at timestamptz)");
        // A refresh that runs.
        database.run("INSERT INTO lifecycle.refresh_log (id, store) OVERRIDING SYSTEM VALUE VALUES (1000, 'vshop')");
        let tables = database.texts(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('vshop'::regnamespace, 'victim_tables'::regnamespace) ORDER BY 1",
        );
        victim.run(
            "SET work_mem = '7MB'; CREATE TEMP TABLE kept AS SELECT 'vsecret' AS what; SELECT pg_advisory_lock(4711);
            BEGIN; DECLARE mine CURSOR WITH HOLD FOR SELECT 'vsecret'; COMMIT",
        );
        Scene { database, victim, tables }
    }

    /// All that no hostile call may change.
    fn state(&mut self) -> String {
        let mut state: String = self.database.get(RIGHTS);
        let tables = self.tables.iter().map(|table| (table.as_str(), "true"));
        let rows: Vec<String> = tables
            .chain(REGISTRY)
            .map(|(table, whose)| {
                format!("SELECT '{table} ' || count(*) || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {table} AS t WHERE {whose}")
            })
            .collect();
        for line in self.database.texts(&rows.join(" UNION ALL ")) {
            state.push('\n');
            state.push_str(&line);
        }
        state.push_str(&self.victim.get::<String>(SESSION));
        state
    }

    /// Makes a call; what is wrong with what comes of it.
    fn attempt(&mut self, hostile: &mut Hostile, call: &Call) -> Vec<String> {
        let (role, what, statements, expected) = *call;
        let before = self.state();
        let (code, mut told) = match hostile.client.simple_query(statements) {
            Ok(messages) => ("ok".to_owned(), messages.iter().map(shown).collect::<Vec<_>>().join("\n")),
            Err(error) => match error.as_db_error() {
                Some(error) => (error.code().code().to_owned(), format!("{error:?}")),
                None => ("lost".to_owned(), error.to_string()),
            },
        };
        let _ = hostile.client.batch_execute("ROLLBACK");
        let _ = hostile.client.batch_execute("RESET ALL; DISCARD TEMP");
        told.extend(hostile.notices.try_iter());
        let mut wrong = Vec::new();
        let named = format!("{role:?} {what}");
        if expected != "*" && !expected.split(',').any(|one| one == code) || ["lost", "XX000"].contains(&code.as_str())
        {
            wrong.push(format!(
                "{named}: {code} in place of {expected}: {}",
                told.chars().take(300).collect::<String>()
            ));
        }
        // What the statement says itself is no secret.
        if told.replace(statements, "").contains("vsecret") {
            wrong.push(format!("{named}: was told {}", told.chars().take(300).collect::<String>()));
        }
        let after = self.state();
        if before != after {
            let lines: Vec<&str> = before.lines().collect();
            let changed: Vec<&str> = after.lines().filter(|line| !lines.contains(line)).collect();
            wrong.push(format!("{named}: changed {changed:#?}"));
        }
        let user: String = hostile.client.get("SELECT current_user || session_user");
        if user != role.name().repeat(2) {
            wrong.push(format!("{named}: is {user}"));
        }
        wrong
    }
}

/// What a row says.
fn shown(message: &SimpleQueryMessage) -> String {
    match message {
        SimpleQueryMessage::Row(row) => (0..row.len()).filter_map(|i| row.get(i)).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}

#[test]
fn hostile_calls_gain_nothing() {
    let mut scene = Scene::new();
    let name = scene.database.name().to_owned();
    let calls = [CALLS, REGISTRY_CALLS, NOTING_CALLS].concat();
    assert!(calls.len() >= 100, "{}", calls.len());
    let mut wrong = Vec::new();
    for role in [Stranger, Reader, Sender, Owner, Installer] {
        let mut hostile = hostile(&name, role);
        for call in calls.iter().filter(|call| call.0 == role) {
            wrong.extend(scene.attempt(&mut hostile, call));
        }
    }
    // Nor was anything put aside.
    let theirs = scene.database.texts(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace NOT IN ('vshop_data'::regnamespace, 'victim_tables'::regnamespace)
            AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)' AND oid <> 'lifecycle.refresh_log'::regclass",
    );
    for table in theirs {
        let rows: i64 =
            scene.database.get(&format!("SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%vsecret%'"));
        if rows > 0 {
            wrong.push(format!("{table} holds the victim's"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} calls:\n{}", wrong.len(), calls.len(), wrong.join("\n"));
    scene.end();
}

impl Scene {
    fn end(self) {
        let Scene { mut database, victim, .. } = self;
        drop(victim);
        let installer = connect(database.name());
        drop(installer);
        database.run(
            "DROP EXTENSION pg_lifecycle CASCADE; DROP OWNED BY hostile_victim, hostile_stranger, hostile_reader, hostile_sender, hostile_owner,
                hostile_installer CASCADE;
            DROP ROLE hostile_victim, hostile_stranger, hostile_reader, hostile_sender, hostile_owner, hostile_installer, hostile_other_reader",
        );
    }
}
