//! Changes that the triggers of a store could not note: each is known of at the next refresh, and so is what was done to the triggers.

use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Ask, Database, assert_none, connect, connect_as};
use crate::stores::verified;

const ROW: &str = "INSERT INTO orders (customer, other, at, amount) VALUES (1, 77, '2024-03-01Z', 9);";

/// A table, and a store of it that was refreshed.
fn shop(name: &str) -> Database {
    let mut database = Database::new(name);
    database.run(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE orders (id serial, customer int, other int DEFAULT 77, at timestamptz, amount numeric);
         CREATE INDEX ON orders (customer);
         INSERT INTO orders (customer, at, amount)
            SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n FROM generate_series(1, 60) AS n;
         SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            changes => 'triggers', settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('kept')");
    database
}

/// Whether the last refresh has read everything.
fn rebuilt(database: &mut Database) -> bool {
    database.get("SELECT rebuilt FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1")
}

/// Refreshes, holds the store against its rows, and refreshes once more, which must not read everything again.
#[track_caller]
fn sees(database: &mut Database, what: &str) {
    database.run("CALL lifecycle.refresh('kept')");
    verified(database, "kept").unwrap_or_else(|found| panic!("{what}: {found}"));
    database.run(&format!("{ROW} CALL lifecycle.refresh('kept')"));
    verified(database, "kept").unwrap_or_else(|found| panic!("{what}, then a row: {found}"));
    assert!(!rebuilt(database), "{what}: everything was read for one row");
}

#[test]
fn what_is_done_to_the_table_of_changes_loses_nothing() {
    let mut database = shop("store_noting_table");
    database.run("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$");
    for (before, after) in [
        ("CREATE INDEX added ON kept_data.order_change (customer)", "DROP INDEX kept_data.added"),
        ("ALTER TABLE kept_data.order_change ADD CONSTRAINT c CHECK (true)", "ALTER TABLE kept_data.order_change DROP CONSTRAINT c"),
        (
            "CREATE TRIGGER added BEFORE INSERT ON kept_data.order_change EXECUTE FUNCTION nothing()",
            "DROP TRIGGER added ON kept_data.order_change",
        ),
        ("CREATE RULE r AS ON INSERT TO kept_data.order_change DO INSTEAD NOTHING", "DROP RULE r ON kept_data.order_change"),
        (
            "ALTER TABLE kept_data.order_change ADD COLUMN more int NOT NULL DEFAULT 1",
            "ALTER TABLE kept_data.order_change DROP COLUMN more",
        ),
        (
            "ALTER TABLE kept_data.order_change RENAME customer TO buyer",
            "ALTER TABLE kept_data.order_change RENAME buyer TO customer",
        ),
        ("ALTER TABLE kept_data.order_change RENAME TO away", "ALTER TABLE kept_data.away RENAME TO order_change"),
        (
            "ALTER TABLE kept_data.order_change SET SCHEMA public",
            "ALTER TABLE public.order_change SET SCHEMA kept_data",
        ),
        ("ALTER SCHEMA kept RENAME TO away", "ALTER SCHEMA away RENAME TO kept"),
        ("ALTER TABLE kept_data.order_change SET UNLOGGED", "ALTER TABLE kept_data.order_change SET LOGGED"),
        (
            "DROP TABLE kept_data.order_change",
            "CREATE TABLE kept_data.order_change (customer int); ALTER TABLE kept_data.order_change REPLICA IDENTITY FULL",
        ),
        (
            "DROP TABLE kept_data.order_change",
            "CREATE TABLE kept_data.order_change (customer int);
             CREATE TRIGGER guard AFTER UPDATE OR DELETE OR TRUNCATE ON kept_data.order_change EXECUTE FUNCTION lifecycle.guard_changes();
             ALTER TABLE kept_data.order_change ENABLE ALWAYS TRIGGER guard",
        ),
        ("DROP SEQUENCE kept_data.missed; CREATE INDEX added ON kept_data.order_change (customer)", "DROP INDEX kept_data.added"),
        (
            "ALTER SEQUENCE kept_data.missed RESTART 1 MAXVALUE 5; CREATE INDEX added ON kept_data.order_change (customer)",
            "DROP INDEX kept_data.added; ALTER SEQUENCE kept_data.missed NO MAXVALUE",
        ),
        ("ALTER TABLE kept_data.order_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", "ALTER TABLE kept_data.order_change NO FORCE ROW LEVEL SECURITY"),
        // What was noted is taken away.
        ("", "TRUNCATE kept_data.order_change"),
        ("", "DELETE FROM kept_data.order_change"),
        ("", "DELETE FROM kept_data.order_change WHERE customer = 1"),
        ("", "UPDATE kept_data.order_change SET customer = 2"),
        (
            "",
            "SET session_replication_role = replica; DELETE FROM kept_data.order_change; RESET session_replication_role",
        ),
        (
            "",
            "ALTER TABLE kept_data.order_change DISABLE TRIGGER ALL; DELETE FROM kept_data.order_change;
             ALTER TABLE kept_data.order_change ENABLE ALWAYS TRIGGER guard",
        ),
        ("", "DROP TRIGGER guard ON kept_data.order_change; DELETE FROM kept_data.order_change"),
    ] {
        database.run(&format!("{before}; {ROW} {after};"));
        sees(&mut database, &format!("{before}; {after}"));
    }
}

#[test]
fn a_sequence_that_was_altered_takes_other_values_again_after_a_refresh() {
    let mut database = shop("store_noting_sequence");
    for alter in [
        "ALTER SEQUENCE kept_data.missed SET UNLOGGED",
        "ALTER SEQUENCE kept_data.missed RESTART 1 MAXVALUE 5",
        "DROP SEQUENCE kept_data.missed; CREATE SEQUENCE kept_data.missed MINVALUE 3 START 3",
        "DROP SEQUENCE kept_data.missed",
    ] {
        database.run(&format!("{alter}; CALL lifecycle.refresh('kept')"));
        database
            .run(&format!("CREATE INDEX added ON kept_data.order_change (customer); {ROW} DROP INDEX kept_data.added"));
        sees(&mut database, alter);
    }
    database.run("ALTER TABLE kept_data.crash_marker SET LOGGED; CALL lifecycle.refresh('kept')");
    let persistence: String =
        database.get("SELECT relpersistence::text FROM pg_class WHERE oid = 'kept_data.crash_marker'::regclass");
    assert_eq!(persistence, "u");
}

#[test]
fn what_is_done_to_the_triggers_loses_nothing_and_is_mended() {
    let mut database = shop("store_noting_triggers");
    let definitions = "SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE tgrelid = 'orders'::regclass ORDER BY 1";
    let made = database.texts(definitions);
    let inserted =
        "CREATE TRIGGER kept_orders_inserted AFTER INSERT ON orders REFERENCING NEW TABLE AS come FOR EACH STATEMENT";
    let changes = "EXECUTE FUNCTION lifecycle.note_changes('kept', 'order_change', 'customer')";
    let drop = "DROP TRIGGER kept_orders_inserted ON orders";
    let drop_updated = "DROP TRIGGER kept_orders_updated ON orders";
    let updated = "REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT";
    let always = "ALTER TABLE orders ENABLE ALWAYS TRIGGER kept_orders_inserted";
    let each = |how: &str| {
        ["inserted", "updated", "deleted", "truncated"]
            .map(|what| format!("ALTER TABLE orders {how} TRIGGER kept_orders_{what};"))
            .concat()
    };
    let write = format!("{ROW} UPDATE orders SET amount = amount + 1 WHERE customer = 2;");
    for (before, after) in [
        ("ALTER TABLE orders DISABLE TRIGGER ALL".to_owned(), "ALTER TABLE orders ENABLE TRIGGER ALL".to_owned()),
        (each("DISABLE"), each("ENABLE ALWAYS")),
        (
            "ALTER TABLE orders DISABLE TRIGGER kept_orders_updated".to_owned(),
            "ALTER TABLE orders ENABLE ALWAYS TRIGGER kept_orders_updated".to_owned(),
        ),
        (
            "ALTER TABLE orders ENABLE TRIGGER kept_orders_inserted; SET session_replication_role = replica".to_owned(),
            format!("RESET session_replication_role; {always}"),
        ),
        ("ALTER TABLE orders ENABLE REPLICA TRIGGER kept_orders_inserted".to_owned(), always.to_owned()),
        (drop.to_owned(), format!("{inserted} {changes}; {always}")),
        (drop.to_owned(), String::new()),
        (format!("{drop}; {inserted} WHEN (false) {changes}; {always}"), String::new()),
        (format!("{drop}; {inserted} {}; {always}", changes.replace("'customer'", "'other'")), String::new()),
        (format!("{drop}; {inserted} {}; {always}", changes.replace("order_change", "event_change")), String::new()),
        (format!("{drop}; {inserted} {}; {always}", changes.replace("'kept'", "'another'")), String::new()),
        (
            format!(
                "{drop_updated}; CREATE TRIGGER kept_orders_updated AFTER DELETE ON orders
                 REFERENCING OLD TABLE AS gone FOR EACH STATEMENT {changes};
                 ALTER TABLE orders ENABLE ALWAYS TRIGGER kept_orders_updated"
            ),
            String::new(),
        ),
        (
            format!(
                "{drop_updated}; CREATE TRIGGER kept_orders_updated AFTER UPDATE ON orders {updated} WHEN (pg_trigger_depth() > 5) {changes};
                 ALTER TABLE orders ENABLE ALWAYS TRIGGER kept_orders_updated"
            ),
            String::new(),
        ),
        (
            "ALTER TRIGGER kept_orders_inserted ON orders RENAME TO away".to_owned(),
            "ALTER TRIGGER away ON orders RENAME TO kept_orders_inserted".to_owned(),
        ),
    ] {
        database.run(&format!("{before}; {write} {after};"));
        sees(&mut database, &format!("{before}; {after}"));
        assert_eq!(database.texts(definitions), made, "{before}; {after}");
    }
}

#[test]
fn columns_that_exchange_their_names_and_rights_that_are_taken_away_lose_nothing() {
    let mut database = shop("store_noting_columns");
    let swap = |one: &str, other: &str| {
        format!(
            "ALTER TABLE orders RENAME {one} TO swapped; ALTER TABLE orders RENAME {other} TO {one};
             ALTER TABLE orders RENAME swapped TO {other};"
        )
    };
    for (before, write, after) in [
        (
            swap("customer", "other"),
            "INSERT INTO orders (other, customer, at, amount) VALUES (1, 77, '2024-03-01Z', 9);",
            swap("customer", "other"),
        ),
        (swap("customer", "id"), "UPDATE orders SET amount = 5 WHERE id = 4;", swap("customer", "id")),
        (
            "ALTER TABLE orders RENAME customer TO buyer;".to_owned(),
            "UPDATE orders SET amount = 6 WHERE buyer = 4;",
            "ALTER TABLE orders RENAME buyer TO customer;".to_owned(),
        ),
    ] {
        database.run(&format!("{before} {write} {after}"));
        sees(&mut database, &before);
    }
    // Rows that a policy hides, or a generated column that is computed otherwise.
    database.run(
        "CREATE ROLE store_noting_owner LOGIN; GRANT CREATE ON DATABASE server_tests_store_noting_columns TO store_noting_owner;
         CREATE TABLE theirs (customer int, at timestamptz, amount numeric); ALTER TABLE theirs OWNER TO store_noting_owner;
         INSERT INTO theirs SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n FROM generate_series(1, 60) AS n;
         ALTER TABLE theirs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
         CREATE POLICY few ON theirs USING (customer < 5)",
    );
    let mut owner = connect_as(database.name(), "store_noting_owner");
    owner.run(
        "SET client_min_messages = warning;
         SELECT lifecycle.attach('hers', orders => 'public.theirs', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}')",
    );
    for statement in [
        "SELECT",
        "ALTER POLICY few ON theirs USING (customer < 7)",
        "ALTER TABLE theirs NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE theirs FORCE ROW LEVEL SECURITY",
        "CREATE POLICY more ON theirs USING (customer = 9)",
        "REVOKE SELECT ON theirs FROM store_noting_owner; INSERT INTO theirs VALUES (1, '2024-03-01Z', 5);
         GRANT SELECT ON theirs TO store_noting_owner",
        "REVOKE SELECT ON theirs FROM store_noting_owner; TRUNCATE theirs; GRANT SELECT ON theirs TO store_noting_owner",
    ] {
        database.run(statement);
        owner.run("CALL lifecycle.refresh('hers')");
        verified(&mut owner, "hers").unwrap_or_else(|found| panic!("{statement}: {found}"));
    }
    owner.run("SELECT lifecycle.detach('hers')");
    drop(owner);
    database.run("DROP OWNED BY store_noting_owner; DROP ROLE store_noting_owner");
}

#[test]
fn what_is_missed_by_a_transaction_that_goes_on_is_read_once_it_is_over() {
    let mut database = Database::new("store_noting_late");
    database.run(
        "CREATE ROLE store_late_owner LOGIN; GRANT CREATE ON DATABASE server_tests_store_noting_late TO store_late_owner;
         CREATE TABLE orders (customer int, other int, at timestamptz, amount numeric); ALTER TABLE orders OWNER TO store_late_owner;
         INSERT INTO orders SELECT n % 10, 1, '2024-01-01Z'::timestamptz + n * interval '1 day', n FROM generate_series(1, 60) AS n",
    );
    let mut owner = connect_as(database.name(), "store_late_owner");
    owner.run(
        "SET client_min_messages = warning;
         SELECT lifecycle.attach('kept', orders => 'public.orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}')",
    );
    owner.run("CALL lifecycle.refresh('kept')");
    // One that goes on for longer, and has missed nothing.
    let mut other = connect(database.name());
    other.run("BEGIN; SELECT FROM orders LIMIT 1 FOR UPDATE");
    for end in ["COMMIT", "ROLLBACK"] {
        let mut writer = connect(database.name());
        database.run("REVOKE ALL ON orders FROM store_late_owner");
        writer.run(&format!("BEGIN; SAVEPOINT s; {ROW} RELEASE s;"));
        database.run("GRANT ALL ON orders TO store_late_owner");
        owner.run("CALL lifecycle.refresh('kept')");
        assert!(rebuilt(&mut database), "the sequence says that something was missed");
        owner.run("CALL lifecycle.refresh('kept')");
        assert!(!rebuilt(&mut database), "the writer goes on: there is nothing new to read");
        writer.run(end);
        owner.run("CALL lifecycle.refresh('kept')");
        verified(&mut owner, "kept").unwrap_or_else(|found| panic!("{end}: {found}"));
        assert!(rebuilt(&mut database), "the writer is over");
        owner.run("CALL lifecycle.refresh('kept')");
        assert!(!rebuilt(&mut database), "all is known");
    }
    other.run("ROLLBACK");
    owner.run("SELECT lifecycle.detach('kept')");
    drop(owner);
    database.run("DROP OWNED BY store_late_owner; DROP ROLE store_late_owner");
}

#[test]
fn what_an_old_snapshot_writes_is_noted_by_a_store_that_is_newer() {
    let mut database = shop("store_noting_snapshot");
    let mut writer = connect(database.name());
    writer.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
    database.run("SELECT lifecycle.detach('kept')");
    database.run(
        "SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('kept')");
    writer.run(ROW);
    writer.run("COMMIT");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM kept_data.order_change"), 1);
    sees(&mut database, "an old snapshot");
    // In one transaction with the store, and where the store is rolled back.
    database.run("SELECT lifecycle.detach('kept')");
    let attach = "SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
        settings => '{\"reader\": \"\"}')";
    database.run(&format!("BEGIN; SAVEPOINT s; {attach}; {ROW} ROLLBACK TO s; {ROW} {attach}; {ROW} COMMIT"));
    assert_eq!(database.get::<i64>("SELECT count(*) FROM kept_data.order_change"), 1);
    sees(&mut database, "in one transaction");
}

#[test]
fn triggers_of_another_store_of_the_same_name_are_made_anew() {
    let mut database = Database::new("store_noting_stale");
    database.run(
        "CREATE ROLE store_stale_alice LOGIN; CREATE ROLE store_stale_bob LOGIN;
         GRANT CREATE ON DATABASE server_tests_store_noting_stale TO store_stale_alice, store_stale_bob; GRANT ALL ON SCHEMA public TO PUBLIC;
         CREATE TABLE orders (buyer int, payer int, at timestamptz, amount numeric);
         INSERT INTO orders SELECT n % 10, 100 + n % 7, '2024-01-01Z'::timestamptz + n * interval '1 day', 5 FROM generate_series(1, 50) AS n;
         ALTER TABLE orders OWNER TO store_stale_alice",
    );
    let attach = |customer: &str| {
        format!(
            "SET client_min_messages = error;
             SELECT lifecycle.attach('shop', orders => 'orders', customer => '{customer}', ordered_at => 'at', amount => 'amount',
                settings => '{{\"reader\": \"\"}}')"
        )
    };
    let mut alice = connect_as(database.name(), "store_stale_alice");
    let mut bob = connect_as(database.name(), "store_stale_bob");
    alice.run(&attach("buyer"));
    alice.run("CALL lifecycle.refresh('shop')");
    database.run("ALTER TABLE orders OWNER TO store_stale_bob; GRANT SELECT ON orders TO store_stale_alice");
    alice.run("SELECT lifecycle.detach('shop')");
    assert_eq!(database.get::<i64>("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'orders'::regclass"), 4);
    // They note nothing while they are nobody's.
    bob.run("INSERT INTO orders VALUES (1, 101, '2024-03-01Z', 9)");
    bob.run(&attach("payer"));
    bob.run("CALL lifecycle.refresh('shop')");
    bob.run("INSERT INTO orders VALUES (1, 101, '2024-03-01Z', 9)");
    assert_eq!(bob.texts("SELECT customer::text FROM shop_data.order_change"), ["101"]);
    bob.run("CALL lifecycle.refresh('shop')");
    verified(&mut bob, "shop").unwrap();
    bob.run("SELECT lifecycle.detach('shop')");
    assert_none(&mut bob, "triggers are left", "SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders'::regclass");
    assert_none(&mut database, "entries are left", "SELECT * FROM lifecycle.noting");
    drop((alice, bob));
    database.run("DROP OWNED BY store_stale_alice, store_stale_bob; DROP ROLE store_stale_alice, store_stale_bob");
}

#[test]
fn a_table_that_a_store_notes_into_is_nobody_elses_to_write() {
    let mut database = shop("store_noting_stranger");
    database.run(
        "CREATE ROLE store_noting_mallory LOGIN; GRANT CREATE ON DATABASE server_tests_store_noting_stranger TO store_noting_mallory;
         CREATE SCHEMA app; CREATE TABLE app.order_change (id int, customer int, note text); CREATE TABLE app.event_change (customer int);
         CREATE SEQUENCE app.missed",
    );
    let mut mallory = connect_as(database.name(), "store_noting_mallory");
    mallory.run("CREATE SCHEMA m; CREATE TABLE m.t (customer int); GRANT SELECT ON m.t TO PUBLIC");
    for (store, schema, table, column) in [
        ("kept", "kept_data", "order_change", "customer"),
        ("kept", "kept_data", "event_change", "customer"),
        ("app", "app", "order_change", "customer"),
        ("app", "app", "event_change", "none"),
    ] {
        mallory.run(&format!(
            "CREATE TRIGGER kept_orders_inserted AFTER INSERT ON m.t REFERENCING NEW TABLE AS come FOR EACH STATEMENT
                EXECUTE FUNCTION lifecycle.note_changes('{store}', '{table}', '{column}');
             ALTER TABLE m.t ENABLE ALWAYS TRIGGER kept_orders_inserted;
             CREATE TRIGGER kept_orders_truncated AFTER TRUNCATE ON m.t EXECUTE FUNCTION lifecycle.note_changes('{store}', '{table}', '{column}');
             INSERT INTO m.t VALUES (5), (6); TRUNCATE m.t;"
        ));
        // Nor does a table of changes that cannot take notes make her force the store to read everything, again and again.
        database.run(&format!("CREATE INDEX added ON {schema}.{table} (customer)"));
        mallory.run("INSERT INTO m.t VALUES (5), (6); TRUNCATE m.t; DROP TRIGGER kept_orders_inserted ON m.t; DROP TRIGGER kept_orders_truncated ON m.t");
        database.run(&format!("DROP INDEX {schema}.added"));
        assert_none(&mut database, "written by a stranger", &format!("SELECT * FROM {schema}.{table}"));
        assert_none(&mut database, "set by a stranger", &format!("SELECT * FROM {schema}.missed WHERE is_called"));
    }
    assert_eq!(mallory.refused("INSERT INTO lifecycle.noting SELECT * FROM lifecycle.noting").code().code(), "42501");
    database.run("CALL lifecycle.refresh('kept')");
    assert!(!rebuilt(&mut database));
    drop(mallory);
    database.run("DROP OWNED BY store_noting_mallory; DROP ROLE store_noting_mallory");
}

#[test]
fn what_is_done_to_a_partition_while_it_is_none_loses_nothing() {
    let mut database = Database::new("store_noting_parts");
    database.run(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE orders (customer int, other int, at timestamptz, amount numeric) PARTITION BY RANGE (at);
         CREATE TABLE old PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
         CREATE TABLE new PARTITION OF orders FOR VALUES FROM ('2024-02-01') TO ('2024-04-01');
         INSERT INTO orders SELECT n % 10, n % 7, '2024-01-01'::timestamptz + n * interval '1 day', n FROM generate_series(1, 60) AS n;
         SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('kept')");
    let (detach, attach) = (
        "ALTER TABLE orders DETACH PARTITION old;",
        "ALTER TABLE orders ATTACH PARTITION old FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');",
    );
    for meanwhile in [
        "ALTER TABLE old RENAME customer TO x; ALTER TABLE old RENAME other TO customer; ALTER TABLE old RENAME x TO other;",
        "DROP TRIGGER kept_orders_updated ON old; UPDATE old SET customer = 5;",
        "ALTER TABLE old DISABLE TRIGGER ALL; DELETE FROM old WHERE customer = 5 AND amount > 10; ALTER TABLE old ENABLE ALWAYS TRIGGER kept_orders_deleted;",
        "DELETE FROM old WHERE amount > 5;",
        "TRUNCATE old; INSERT INTO old VALUES (3, 3, '2024-01-05', 5);",
        "ALTER TABLE old RENAME TO older; CREATE TABLE old (LIKE orders); INSERT INTO old VALUES (4, 4, '2024-01-06', 5);",
    ] {
        database.run(&format!("{detach} {meanwhile} {attach}"));
        sees(&mut database, meanwhile);
    }
    // One of them alone, as it is.
    let statement =
        "ALTER TABLE new DISABLE TRIGGER ALL; UPDATE new SET amount = 7; ALTER TABLE new ENABLE TRIGGER ALL";
    database.run(statement);
    sees(&mut database, statement);
}

#[test]
fn stores_that_come_and_go_deadlock_with_nobody_who_writes() {
    let mut database = Database::new("store_noting_locks");
    database.run(
        "CREATE TABLE orders (customer int, at timestamptz, amount numeric) PARTITION BY HASH (customer);
         CREATE TABLE a1 PARTITION OF orders FOR VALUES WITH (MODULUS 2, REMAINDER 1);
         CREATE TABLE a0 PARTITION OF orders FOR VALUES WITH (MODULUS 2, REMAINDER 0) PARTITION BY HASH (customer);
         CREATE TABLE a00 PARTITION OF a0 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
         CREATE TABLE events (customer int, at timestamptz, kind text)",
    );
    let until = Instant::now() + Duration::from_secs(8);
    let name = database.name().to_owned();
    let writers = [
        "INSERT INTO orders SELECT g, now(), 1 FROM generate_series(1, 400) AS g",
        "INSERT INTO a1 SELECT customer, now(), 1 FROM (SELECT g AS customer FROM generate_series(1, 200) AS g) AS g
            WHERE satisfies_hash_partition('orders'::regclass, 2, 1, customer)",
        "UPDATE orders SET amount = 2 WHERE customer < 20",
    ]
    .map(|statement| {
        let name = name.clone();
        thread::spawn(move || {
            let mut client = connect(&name);
            let mut failed = Vec::new();
            while Instant::now() < until {
                if let Err(error) = client.batch_execute(statement) {
                    failed.push(format!("{statement}: {}", crate::harness::show(&error)));
                }
            }
            failed
        })
    });
    let keepers = ["one", "two"].map(|store| {
        let name = name.clone();
        thread::spawn(move || {
            let mut client = connect(&name);
            client.run("SET client_min_messages = error");
            let mut rounds = 0;
            while Instant::now() < until {
                client.run(&format!(
                    "SELECT lifecycle.attach('{store}', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
                        events => 'events', happened_at => 'at', kind => 'kind', settings => '{{\"reader\": \"\"}}')"
                ));
                client.run(&format!("SELECT lifecycle.detach('{store}')"));
                rounds += 1;
            }
            rounds
        })
    });
    let failed: Vec<String> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    let rounds: Vec<i32> = keepers.into_iter().map(|keeper| keeper.join().unwrap()).collect();
    assert!(failed.is_empty(), "{} statements failed: {failed:#?}", failed.len());
    assert!(rounds.iter().all(|rounds| *rounds > 0), "{rounds:?}");
}
