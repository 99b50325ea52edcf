//! Stores go with a database: through pg_dump, DROP EXTENSION and detach.

use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::Client;

use crate::harness::{Ask, Database, connect, connect_as};
use crate::stores::{differences, everything, refuses, same_histories, same_profiles, verified};

/// A program of the server's own version, for that of another refuses to dump a newer one; psql, which reads what any of them
/// writes, is the one of all tests.
pub fn program(name: &str) -> PathBuf {
    if name == "psql" {
        return PathBuf::from(name);
    }
    let config = std::env::var("PG_CONFIG").expect("PG_CONFIG is not set: run `make test-server`");
    let output = Command::new(config).arg("--bindir").output().expect("running pg_config");
    let own = Path::new(String::from_utf8(output.stdout).expect("a path").trim()).join(name);
    if own.exists() { own } else { PathBuf::from(name) }
}

#[track_caller]
fn call(name: &str, arguments: &[&str]) {
    let output = Command::new(program(name)).args(arguments).output().expect("running a program");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !errors.contains("error:"), "{name} {arguments:?}:\n{errors}");
}

fn two_stores(database: &mut Database) {
    database.run(
        "SET client_min_messages = warning;
         CREATE SCHEMA sales;
         CREATE TABLE sales.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer bigint, at timestamptz,
            amount numeric, status text, channel text);
         INSERT INTO sales.orders (customer, at, amount, status, channel)
            SELECT n % 50, '2023-06-01Z'::timestamptz + (n * 7919 % 280) * interval '1 day', n % 90, 'paid', 'web'
            FROM generate_series(1, 600) AS n;
         CREATE TABLE sales.events (customer bigint, at timestamptz, kind text);
         INSERT INTO sales.events SELECT n % 60, '2024-01-01Z'::timestamptz + n * interval '1 hour', 'open' FROM generate_series(1, 200) AS n;
         CREATE TABLE sales.customers (customer bigint PRIMARY KEY, consented date, country text);
         INSERT INTO sales.customers SELECT n, date '2023-01-01' + n, 'DE' FROM generate_series(0, 70) AS n",
    );
    database.run(
        "SELECT lifecycle.attach('dump_noted', orders => 'sales.orders', customer => 'customer', ordered_at => 'at',
            amount => 'amount', status => $$status = 'paid'$$, channel => 'channel', changes => 'triggers',
            customers => 'sales.customers', consented_at => 'consented', attributes => ARRAY['country'],
            events => 'sales.events', event_customer => 'customer', happened_at => 'at', kind => 'kind',
            time_zone => 'Europe/Berlin', currency => 'EUR', settings => '{\"horizon\": \"90 days\", \"margin\": 0.4}')",
    );
    database.run(
        "SELECT lifecycle.attach('dump_compared', orders => 'sales.orders', customer => 'customer', ordered_at => 'at',
            changes => 'compare')",
    );
    for (day, refit) in [(1, true), (12, false), (25, true)] {
        for store in ["dump_noted", "dump_compared"] {
            database.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-03-{day}Z', refit => {refit})"));
        }
        database.run(&format!(
            "INSERT INTO sales.orders (customer, at, amount, status, channel) VALUES ({day}, '2024-03-05Z', 7, 'paid', 'store')"
        ));
    }
}

/// All that is in the stores, as text. The last change is not refreshed: it is among what the triggers have noted.
fn contents(client: &mut Client) -> Vec<String> {
    let tables = client.texts(
        "SELECT format('%I.%I', relnamespace::regnamespace, relname) FROM pg_class
         WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('dump_noted_data', 'dump_compared_data', 'lifecycle')
             AND relname NOT IN ('refresh_log', 'noting') ORDER BY 1",
    );
    let mut contents = Vec::new();
    for table in &tables {
        // What is unlogged or of a session is not carried over.
        contents.extend(client.texts(&format!("SELECT '{table} ' || t::text FROM {table} AS t ORDER BY 1")));
    }
    for part in ["history", "profile", "movement", "fit", "kpi"] {
        for store in ["dump_noted", "dump_compared"] {
            let begin = format!("{store}_data.{part} ");
            assert!(contents.iter().any(|row| row.starts_with(&begin)), "nothing in {begin}: {tables:?}");
        }
    }
    for table in ["lifecycle.store ", "dump_noted_data.store_settings ", "dump_noted_data.order_change "] {
        assert!(contents.iter().any(|row| row.starts_with(table)), "nothing in {table}: {tables:?}");
    }
    contents
}

/// Definitions and comments of what people read, and who may read it.
fn views(client: &mut Client) -> Vec<String> {
    client.texts(
        "SELECT format('%s %s %s %s', c.oid::regclass, relkind, relacl, obj_description(c.oid, 'pg_class')) FROM pg_class AS c
         WHERE relnamespace::regnamespace::text ~ '^dump_' AND relkind IN ('v', 'r', 'm', 'S', 'i')
         UNION ALL SELECT format('%s %s', c.oid::regclass, pg_get_viewdef(c.oid)) FROM pg_class AS c
         WHERE relnamespace::regnamespace::text ~ '^dump_' AND relkind = 'v'
         UNION ALL SELECT format('%s %s', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
         UNION ALL SELECT format('%s %s', oid::regprocedure, proacl) FROM pg_proc WHERE pronamespace::regnamespace::text ~ '^dump_'
         UNION ALL SELECT format('%s %s', nspname, nspacl) FROM pg_namespace WHERE nspname ~ '^dump_' ORDER BY 1",
    )
}

/// What a restored store must be able to do.
fn goes_on(database: &mut Database, source: &mut Database) {
    let (was, is) = (contents(source), contents(database));
    let changed = differences(&was, &is);
    assert!(changed.is_empty(), "{changed:#?}");
    let changed = differences(&views(source), &views(database));
    assert!(changed.is_empty(), "{changed:#?}");

    database.run("SET client_min_messages = warning");
    let last: i64 = database.get("SELECT max(id) FROM dump_noted_data.movement");
    let fits: i64 = database.get("SELECT max(id) FROM dump_noted_data.fit");
    let log: i64 = database.get("SELECT count(*) FROM lifecycle.refresh_log");
    // The triggers work, and what they had noted before is not lost.
    database.run(
        "UPDATE sales.orders SET amount = 1000 WHERE customer = 3; DELETE FROM sales.orders WHERE customer = 4;
         INSERT INTO sales.orders (customer, at, amount, status, channel) VALUES (900, '2024-03-26Z', 5, 'paid', 'web');
         INSERT INTO sales.events VALUES (901, '2024-03-26Z', 'click')",
    );
    for store in ["dump_noted", "dump_compared"] {
        database.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-03-28Z', refit => true)"));
        verified(database, store).unwrap();
    }
    assert!(
        database.get::<i64>(
            "SELECT count(*) FROM dump_noted_data.movement WHERE id > $last"
                .replace("$last", &last.to_string())
                .as_str()
        ) > 0
    );
    assert_eq!(database.get::<i64>(&format!("SELECT count(*) FROM dump_noted_data.fit WHERE id > {fits}")), 1);
    // The log is not dumped: it begins anew.
    assert_eq!((log, database.get::<i64>("SELECT count(*) FROM lifecycle.refresh_log")), (0, 2));
    assert_eq!(database.get::<i64>("SELECT orders FROM dump_noted_data.profile WHERE customer = 900"), 1);
    assert_eq!(database.get::<i64>("SELECT orders FROM dump_noted_data.profile WHERE customer = 25"), 13);

    database.run(
        "SELECT lifecycle.attach('anew', orders => 'sales.orders', customer => 'customer', ordered_at => 'at',
            changes => 'compare', settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('anew', as_of => '2024-03-28Z', refit => true)");
    same_histories(database, "dump_compared", "anew").unwrap();
    same_profiles(database, "dump_compared", "anew").unwrap();
    database.run("SET ROLE dump_noted_reader");
    assert!(database.get::<i64>("SELECT count(*) FROM dump_noted.customers") > 70);
    database.run("RESET ROLE");
    for store in ["anew", "dump_noted", "dump_compared"] {
        database.run(&format!("SELECT lifecycle.detach('{store}')"));
    }
}

#[test]
fn stores_go_through_a_dump() {
    let mut source = Database::new("store_dump");
    two_stores(&mut source);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(directory).expect("making a directory");
    let file = |name: &str| directory.join(name).to_str().expect("a path").to_owned();
    let (custom, plain) = (file("store_dump.custom"), file("store_dump.sql"));
    call("pg_dump", &["-Fc", "-d", source.name(), "-f", &custom]);
    call("pg_dump", &["-d", source.name(), "-f", &plain]);

    // The reader is a role of the server, not of the database: it is there already, or pg_dumpall brings it.
    let mut restored = Database::without_extension("store_restored");
    call("pg_restore", &["--exit-on-error", "-d", restored.name(), &custom]);
    let mut replayed = Database::without_extension("store_replayed");
    call("psql", &["-qX", "-v", "ON_ERROR_STOP=1", "-d", replayed.name(), "-f", &plain]);
    // The readers have rights in three databases: the stores of two can be detached, and the roles stay until the last.
    goes_on(&mut restored, &mut source);
    goes_on(&mut replayed, &mut source);
    for store in ["dump_noted", "dump_compared"] {
        source.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-03-28Z')"));
        source.run(&format!("SELECT lifecycle.detach('{store}')"));
    }
    let roles = source.texts("SELECT rolname::text FROM pg_roles WHERE rolname ~ '^dump_'");
    assert!(roles.is_empty(), "{roles:?}");
}

/// What a program says, which may fail.
fn says(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(program(name)).args(arguments).output().expect("running a program");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_owner_of_a_database_restores_stores_without_a_superuser() {
    const KEEPER: &str = "kept_keeper";
    let mut admin = connect("postgres");
    let targets = ["server_tests_store_kept_target", "server_tests_store_kept_quiet", "server_tests_store_kept_torn"];
    let mut source = Database::without_extension("store_kept");
    for target in targets {
        admin.run(&format!("DROP DATABASE IF EXISTS {target} WITH (FORCE)"));
    }
    for role in [KEEPER, "kept_readers", "kept_senders", "kept_compared_sender"] {
        admin.run(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN"));
    }
    let name = source.name().to_owned();
    source.run(&format!("ALTER DATABASE {name} OWNER TO {KEEPER}"));
    for target in targets {
        admin.run(&format!("CREATE DATABASE {target} OWNER {KEEPER}"));
    }
    let mut keeper = connect_as(source.name(), KEEPER);
    keeper.run(
        "SET client_min_messages = warning; CREATE EXTENSION pg_lifecycle; CREATE SCHEMA crm;
         CREATE FUNCTION crm.is_paid(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT $1 = 'paid' $$;
         CREATE TABLE crm.orders (customer bigint, at timestamptz, amount numeric, status text, region text);
         INSERT INTO crm.orders SELECT n % 50, '2023-06-01Z'::timestamptz + (n * 7919 % 280) * interval '1 day', n % 90,
            CASE WHEN n % 7 = 0 THEN 'open' ELSE 'paid' END, 'eu' FROM generate_series(1, 600) AS n;
         CREATE TABLE crm.events (customer bigint, at timestamptz, kind text);
         INSERT INTO crm.events SELECT n % 60, '2024-01-01Z'::timestamptz + n * interval '1 hour', 'open' FROM generate_series(1, 200) AS n;
         CREATE TABLE crm.people (customer bigint PRIMARY KEY, country text);
         INSERT INTO crm.people SELECT n, 'DE' FROM generate_series(0, 70) AS n;
         SET search_path = crm, public",
    );
    keeper.run(
        "SELECT lifecycle.attach('kept_noted', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            status => 'is_paid(status)', customers => 'people', attributes => ARRAY['country'], events => 'events', happened_at => 'at',
            kind => 'kind', time_zone => 'Europe/Berlin', settings => '{\"reader\": \"kept_readers\", \"sender\": \"kept_senders\", \"margin\": 0.4}')",
    );
    keeper.run(
        "SELECT lifecycle.attach('kept_compared', orders => 'orders', customer => 'customer', ordered_at => 'at', changes => 'compare',
            attributes => ARRAY['region'], settings => '{\"reader\": \"\"}')",
    );
    // A sender by its default name, which is another role's here: it is not let in unasked.
    keeper.run("SELECT lifecycle.configure('kept_compared', '{\"sender\": null}')");
    let stores = ["kept_noted", "kept_compared"];
    for day in [1, 25] {
        for store in stores {
            keeper.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-03-{day}Z', refit => true)"));
        }
        keeper.run("INSERT INTO orders VALUES (1, '2024-03-05Z', 7, 'paid', 'us')");
    }
    // What was renamed since the last refresh is followed by the restore too.
    keeper.run("ALTER TABLE orders RENAME amount TO total; ALTER TABLE orders RENAME status TO state; ALTER TABLE people RENAME country TO land;
        ALTER FUNCTION is_paid(text) RENAME TO was_paid");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(directory).expect("making a directory");
    let file = |name: &str| directory.join(name).to_str().expect("a path").to_owned();
    let (all, quiet) = (file("store_kept.custom"), file("store_kept_quiet.custom"));
    call("pg_dump", &["-Fc", "-U", KEEPER, "-d", source.name(), "-f", &all]);
    call("pg_dump", &["-Fc", "-U", KEEPER, "-d", source.name(), "--exclude-table-data=lifecycle.store", "-f", &quiet]);

    // It is one error that is said: the rows of lifecycle.store are nobody's to write.
    let said = says("pg_restore", &["--no-owner", "-U", KEEPER, "-d", targets[0], &all]);
    assert!(
        said.contains("permission denied for table store") && said.contains("errors ignored on restore: 1"),
        "{said}"
    );
    call("pg_restore", &["--no-owner", "--exit-on-error", "-U", KEEPER, "-d", targets[1], &quiet]);
    for target in &targets[..2] {
        let mut restored = connect_as(target, KEEPER);
        restored.run("SET client_min_messages = warning");
        assert_eq!(restored.get::<i64>("SELECT count(*) FROM lifecycle.store"), 0);
        refuses(&mut restored, "CALL lifecycle.refresh('kept_noted')", "42704", &["kept_noted"]);
        let mut superuser = connect(target);
        refuses(&mut superuser, "SELECT lifecycle.restore_store('kept_noted')", "42501", &["kept_noted", KEEPER]);
        // What comes before the store is registered is not lost.
        restored.run("INSERT INTO crm.orders VALUES (901, '2024-03-05Z', 7, 'paid', 'us'), (902, '2024-03-05Z', 7, 'open', 'us')");
        // As if the roles had come after the rights of the dump.
        restored.run("REVOKE ALL ON kept_noted.journey_actions FROM kept_senders");
        for store in stores {
            let (moves, kept): (i64, String) =
                (restored.get(&format!("SELECT max(id) FROM {store}_data.movement")), keeper.get(&format!(
                    "SELECT (attached_at, as_of, reader, made_reader, key_type)::text FROM lifecycle.store WHERE store = '{store}'"
                )));
            restored.run(&format!("SELECT lifecycle.restore_store('{store}')"));
            assert_eq!(restored.get::<String>(&format!(
                "SELECT (attached_at, as_of, reader, made_reader, key_type)::text FROM lifecycle.store WHERE store = '{store}'"
            )), kept);
            restored.run("INSERT INTO crm.orders VALUES (903, '2024-03-05Z', 7, 'paid', 'us')");
            restored.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-04-20Z')"));
            verified(&mut restored, store).unwrap();
            assert!(
                restored.get::<i64>(&format!("SELECT count(*) FROM {store}_data.movement WHERE id > {moves}")) > 0,
                "the log goes on"
            );
            assert_eq!(
                restored.get::<i64>(&format!("SELECT orders FROM {store}_data.profile WHERE customer = 901")),
                1
            );
            // From here on it is as any store: noted changes, settings, another of the same settings.
            restored.run("INSERT INTO crm.orders VALUES (904, '2024-03-05Z', 7, 'paid', 'us')");
            restored.run(&format!("SELECT lifecycle.configure('{store}', '{{\"lapsed_after\": 3}}')"));
            restored.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-04-21Z', refit => true)"));
            verified(&mut restored, store).unwrap();
            let settings: String = restored.get(&format!(
                "SELECT (settings || '{{\"reader\": \"\"}}')::text FROM lifecycle.store WHERE store = '{store}'"
            ));
            restored.run(&format!("SELECT lifecycle.attach('anew', $s${settings}$s$)"));
            restored.run("CALL lifecycle.refresh('anew', as_of => '2024-04-21Z', refit => true)");
            same_histories(&mut restored, store, "anew").unwrap();
            same_profiles(&mut restored, store, "anew").unwrap();
            restored.run("SELECT lifecycle.detach('anew')");
        }
        assert_eq!(restored.get::<i64>("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'crm.orders'::regclass"), 4);
        assert!(restored.get::<bool>("SELECT has_table_privilege('kept_readers', 'kept_noted.customers', 'SELECT')"));
        for (sender, store, may) in
            [("kept_senders", "kept_noted", true), ("kept_compared_sender", "kept_compared", false)]
        {
            let asked = format!("SELECT has_table_privilege('{sender}', '{store}.journey_actions', 'INSERT')");
            assert_eq!(restored.get::<bool>(&asked), may, "{sender}");
        }
        for store in stores {
            restored.run(&format!("SELECT lifecycle.detach('{store}')"));
        }
    }
    // A schema that is not whole is no store.
    call("pg_restore", &["--no-owner", "--exit-on-error", "-U", KEEPER, "-d", targets[2], &quiet]);
    let mut torn = connect_as(targets[2], KEEPER);
    for (tear, words) in [
        ("DROP TABLE kept_compared_data.kpi CASCADE", "kpi"),
        ("DROP VIEW kept_compared_data.key_orders", "key_orders"),
        ("DROP VIEW kept_compared.at_risk", "at_risk"),
        ("ALTER TABLE kept_compared_data.action RENAME TO actions", "action"),
        ("DROP TABLE crm.orders CASCADE", "source_orders"),
        ("UPDATE kept_compared_data.store_settings SET key_type = 'text'", "key"),
        ("UPDATE kept_compared_data.store_settings SET key_type = 'money'", "money"),
    ] {
        torn.run(&format!("SET client_min_messages = warning; BEGIN; {tear}; SAVEPOINT torn"));
        refuses(&mut torn, "SELECT lifecycle.restore_store('kept_compared')", "55000", &["kept_compared", words]);
        torn.run("ROLLBACK");
    }
    torn.run("DELETE FROM kept_compared_data.store_settings");
    refuses(&mut torn, "SELECT lifecycle.restore_store('kept_compared')", "42704", &["store_settings"]);
    drop((torn, keeper));
    for target in targets {
        admin.run(&format!("DROP DATABASE {target} WITH (FORCE)"));
    }
    source.run(&format!(
        "ALTER DATABASE {name} OWNER TO CURRENT_USER; DROP OWNED BY {KEEPER} CASCADE; DROP ROLE {KEEPER}; DROP ROLE kept_readers;
            DROP ROLE kept_senders; DROP ROLE kept_compared_sender"
    ));
}

#[test]
fn the_extension_says_which_stores_hold_it() {
    let mut database = Database::new("store_drop");
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders AS SELECT n % 10 AS customer, '2024-01-01Z'::timestamptz + n * interval '1 day' AS at, n::numeric AS amount
            FROM generate_series(1, 60) AS n;
         SELECT lifecycle.attach('holding', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('holding', as_of => '2024-03-15Z')");
    refuses(&mut database, "DROP EXTENSION pg_lifecycle", "2BP01", &["holding_data.history", "CASCADE"]);
    // The order table cannot go from under the store either, nor a column that it reads.
    refuses(&mut database, "DROP TABLE orders", "2BP01", &["holding_data.source_orders"]);
    refuses(&mut database, "ALTER TABLE orders DROP COLUMN amount", "2BP01", &["holding_data.source_orders"]);
    refuses(&mut database, "ALTER TABLE orders ALTER amount TYPE text", "0A000", &["amount"]);
    // A column or a table that is renamed stays what it is.
    database.run(
        "ALTER TABLE orders RENAME amount TO total; ALTER TABLE orders RENAME TO purchases; CREATE SCHEMA sales;
         ALTER TABLE purchases SET SCHEMA sales; INSERT INTO sales.purchases VALUES (11, '2024-03-03Z', 5);
         ALTER TABLE sales.purchases ADD COLUMN note text",
    );
    database.run("CALL lifecycle.refresh('holding', as_of => '2024-03-16Z')");
    verified(&mut database, "holding").unwrap();
    assert_eq!(database.get::<i64>("SELECT count(*) FROM holding.customers"), 11);
    // A schema that was dropped by hand: the store can be detached, and the table is free.
    database.run("DROP SCHEMA holding CASCADE");
    database.run("SELECT lifecycle.detach('holding')");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.store"), 0);
    database.run("INSERT INTO sales.purchases VALUES (12, '2024-03-03Z', 5); DROP TABLE sales.purchases; DROP EXTENSION pg_lifecycle");
}

#[test]
fn detaching_removes_a_store_and_nothing_else() {
    let mut database = Database::new("store_detach");
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, customer bigint, at timestamptz, amount numeric, country text);
         INSERT INTO orders (customer, at, amount)
            SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n::numeric FROM generate_series(1, 60) AS n;
         CREATE TABLE events (customer bigint, at timestamptz, kind text);
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
         CREATE TRIGGER ours AFTER INSERT ON orders FOR EACH STATEMENT EXECUTE FUNCTION note();
         CREATE SCHEMA gone_reader; CREATE TABLE gone_reader.history (n int)",
    );
    let before = everything(&mut database, "gone_reader");
    for changes in ["triggers", "compare", "column"] {
        let changed_at = if changes == "column" { ", changed_at => 'id', event_changed_at => 'at'" } else { "" };
        database.run(&format!(
            "SELECT lifecycle.attach('gone', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
                changes => '{changes}', events => 'events', event_customer => 'customer', happened_at => 'at', kind => 'kind',
                event_changes => '{changes}', attributes => ARRAY['country']{changed_at})"
        ));
        assert!(differences(&before, &everything(&mut database, "gone_reader")).len() > 20);
        database.run("CALL lifecycle.refresh('gone', as_of => '2024-03-15Z')");
        // Rolled back, it is all there again.
        database.run("BEGIN; SELECT lifecycle.detach('gone'); ROLLBACK");
        database.run("CALL lifecycle.refresh('gone', as_of => '2024-03-16Z')");
        // Something of the user's in the store's schema is not removed silently.
        database.run("CREATE VIEW mine AS SELECT * FROM gone.customers");
        refuses(&mut database, "SELECT lifecycle.detach('gone')", "2BP01", &["mine"]);
        database.run("DROP VIEW mine");
        database.run("SELECT lifecycle.detach('gone')");
        let left = differences(&before, &everything(&mut database, "gone_reader"));
        assert!(left.is_empty(), "{changes}: {left:?}");
    }
    assert_eq!(database.get::<i64>("SELECT count(*) FROM orders"), 60);
}
