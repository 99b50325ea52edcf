//! Once in a while a store is held against its sources whole: what nothing had said is found, counted and mended.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use postgres::{Client, NoTls};

use crate::harness::{Ask, Database, config, connect};
use crate::stores::verified;

fn shop(name: &str, changes: &str) -> Database {
    let mut database = Database::new(name);
    database.run(
        "SET client_min_messages = warning; SET TimeZone = 'UTC';
         CREATE TABLE orders (id serial, customer int, at timestamptz, amount numeric, upd timestamptz DEFAULT clock_timestamp());
         CREATE INDEX ON orders (customer);
         INSERT INTO orders (customer, at, amount)
            SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', n FROM generate_series(1, 60) AS n;
         CREATE TABLE events (customer int, at timestamptz, kind text);
         INSERT INTO events SELECT n % 10, '2024-01-01Z'::timestamptz + n * interval '1 day', 'open' FROM generate_series(1, 60) AS n",
    );
    database.run(&format!(
        "SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            events => 'events', happened_at => 'at', kind => 'kind', event_changes => 'triggers', {changes}
            settings => '{{\"reader\": \"\"}}')"
    ));
    database.run("CALL lifecycle.refresh('kept')");
    database
}

/// A session, and what the server tells it.
fn told(database: &Database) -> (Client, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let (keep, mut config) = (said.clone(), config(database.name(), "postgres"));
    config.notice_callback(move |notice| {
        keep.lock().unwrap().push(format!("{} {}", notice.severity(), notice.message()));
    });
    (config.connect(NoTls).unwrap(), said)
}

/// What the log says of the last refresh.
fn log(database: &mut Database) -> String {
    database.get(
        "SELECT format('%s %s %s %s', rebuilt, reconciled, mismatches, reconcile_ms IS NOT NULL)
         FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1",
    )
}

const DUE: &str = "UPDATE kept_data.watermark SET reconciled_at = reconciled_at - interval '25 hours'";

#[test]
fn what_no_trigger_has_noted_is_found_once_a_day_and_reported() {
    let mut database = shop("store_reconcile_triggers", "changes => 'triggers',");
    assert_eq!(log(&mut database), "t t  f", "a first build counts as one");
    database.run("CALL lifecycle.refresh('kept')");
    assert_eq!(log(&mut database), "f f  f", "the interval is not over");
    // One that is wrong, one that is gone, one that nobody knows, and one whose events are wrong.
    let tamper = "UPDATE kept_data.history SET purchases = '{2024-01-01T00:00:00Z 1}' WHERE customer = 3;
         DELETE FROM kept_data.history WHERE customer = 4;
         INSERT INTO kept_data.history SELECT (jsonb_populate_record(h, '{\"customer\": 99}')).* FROM kept_data.history AS h WHERE customer = 5;
         UPDATE kept_data.history SET engagement = '{2024-01-01T00:00:00Z open}' WHERE customer = 6;
         UPDATE kept_data.history SET orders = 77 WHERE customer = 7";
    database.run(tamper);
    database.run("INSERT INTO orders (customer, at, amount) VALUES (8, '2024-03-01Z', 9), (101, '2024-03-01Z', 9)");
    database.run("CALL lifecycle.refresh('kept')");
    assert!(verified(&mut database, "kept").is_err());
    database.run(DUE);
    let (mut session, said) = told(&database);
    session.run("INSERT INTO orders (customer, at, amount) VALUES (8, '2024-03-02Z', 9)");
    session.run("CALL lifecycle.refresh('kept')");
    let warnings: Vec<String> =
        said.lock().unwrap().iter().filter(|said| said.starts_with("WARNING")).cloned().collect();
    assert_eq!(
        warnings,
        [
            "WARNING store \"kept\": the histories of 4 customers were not those of their orders",
            "WARNING store \"kept\": the histories of 3 customers were not those of their events",
        ]
    );
    assert_eq!(log(&mut database), "f t 7 t");
    verified(&mut database, "kept").unwrap();
    assert!(database.get::<bool>(
        "SELECT mismatches = 7 AND reconciled_at > now() - interval '1 minute' FROM lifecycle.stores WHERE store = 'kept'"
    ));
    assert_eq!(database.get::<i64>("SELECT orders FROM kept_data.profile WHERE customer = 8"), 8);
    database.run("CALL lifecycle.refresh('kept')");
    assert_eq!(log(&mut database), "f f  f");
    // Nothing was wrong.
    database.run(DUE);
    database.run("DELETE FROM orders WHERE customer = 2");
    database.run("CALL lifecycle.refresh('kept')");
    assert_eq!(log(&mut database), "f t 0 t");
    assert_eq!(database.get::<i64>("SELECT mismatches FROM lifecycle.stores WHERE store = 'kept'"), 0);
    assert_eq!(database.get::<i64>("SELECT changed_customers FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1"), 1);
    // Each time, where the setting says so; and where everything is noted, everything is read.
    database.run("SELECT lifecycle.configure('kept', '{\"reconcile\": \"0\"}')");
    for (statement, expected) in
        [(tamper, "f t 7 t"), ("SELECT", "f t 0 t"), ("TRUNCATE orders", "t t  t"), ("SELECT", "f t 0 t")]
    {
        database.run(statement);
        database.run("SET client_min_messages = error; CALL lifecycle.refresh('kept')");
        assert_eq!(log(&mut database), expected, "{statement}");
        verified(&mut database, "kept").unwrap();
    }
}

#[test]
fn what_comes_while_a_store_is_reconciled_is_no_mismatch() {
    // A writer commits between the notes that are taken and the rows that are read: it is noted.
    let mut database = shop("store_reconcile_meanwhile", "changes => 'triggers',");
    database.run(DUE);
    let mut writer = connect(database.name());
    writer.run("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
    let name = database.name().to_owned();
    let refresh = thread::spawn(move || connect(&name).run("CALL lifecycle.refresh('kept')"));
    let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'orders'::regclass AND NOT granted)";
    while !writer.get::<bool>(waits) {
        assert!(!refresh.is_finished(), "the refresh did not read the orders");
        thread::sleep(Duration::from_millis(20));
    }
    writer.run(
        "INSERT INTO orders (customer, at, amount) VALUES (3, '2024-03-01Z', 1), (102, '2024-03-01Z', 1);
         DELETE FROM orders WHERE customer = 4; COMMIT",
    );
    refresh.join().unwrap();
    assert_eq!(log(&mut database), "f t 0 t");
    database.run("CALL lifecycle.refresh('kept')");
    verified(&mut database, "kept").unwrap();
}

#[test]
fn a_growing_column_is_believed_no_longer_than_the_clock() {
    let mut database = shop("store_reconcile_column", "changes => 'column', changed_at => 'upd',");
    database.run("CALL lifecycle.refresh('kept')");
    assert_eq!(log(&mut database), "f f  f");
    for (what, back) in [
        ("two days", "high = (now() + interval '2 days')::text, reconciled_at = now() + interval '2 days'"),
        ("a quarter of an hour", "high = (now() + interval '15 minutes')::text"),
        ("the end of time", "high = 'infinity'"),
        ("reconciled in days to come", "reconciled_at = now() + interval '3 days'"),
        ("reconciled at the end of time", "reconciled_at = 'infinity'"),
    ] {
        // Written by a clock that had been set back, long before the highest value that was seen.
        database.run(
            "INSERT INTO orders (customer, at, amount, upd) VALUES (1, '2024-03-01Z', 7, now() - interval '5 hours');
             UPDATE orders SET amount = amount + 1, upd = now() - interval '4 hours' WHERE customer = 2;
             DELETE FROM orders WHERE customer = 3 AND amount = (SELECT max(amount) FROM orders WHERE customer = 3)",
        );
        database.run(&format!(
            "UPDATE kept_data.watermark SET {back} WHERE source = 'orders'; UPDATE lifecycle.store SET as_of = now() + interval '1 hour', refreshed_at = now() + interval '1 hour'"
        ));
        database.run("CALL lifecycle.refresh('kept')");
        verified(&mut database, "kept").unwrap_or_else(|found| panic!("{what}: {found}"));
        assert!(
            database.get::<bool>(
                "SELECT bool_and(COALESCE(high::timestamptz <= now(), true) AND reconciled_at <= now()) FROM kept_data.watermark"
            ),
            "{what}: a mark lies ahead of the clock"
        );
        database.run(
            "UPDATE orders SET amount = 8, upd = clock_timestamp() WHERE customer = 4; CALL lifecycle.refresh('kept')",
        );
        verified(&mut database, "kept").unwrap_or_else(|found| panic!("{what}, then an update: {found}"));
    }
    // What the column cannot show is found when the interval is over, and counted.
    database.run("UPDATE orders SET upd = now() - interval '3 hours' WHERE customer IN (5, 6)");
    database.run("DELETE FROM orders WHERE customer IN (5, 6) AND at < '2024-02-01Z'");
    database.run("UPDATE orders SET amount = 1, upd = clock_timestamp() WHERE customer = 7");
    database.run("CALL lifecycle.refresh('kept')");
    assert!(verified(&mut database, "kept").is_err());
    database.run(DUE);
    database.run("UPDATE orders SET amount = 2, upd = clock_timestamp() WHERE customer = 7");
    database.run("SET client_min_messages = error; CALL lifecycle.refresh('kept')");
    assert_eq!(log(&mut database), "f t 2 t");
    verified(&mut database, "kept").unwrap();
}

#[test]
fn a_store_that_compares_is_reconciled_by_each_refresh() {
    let mut database = shop("store_reconcile_compare", "changes => 'compare',");
    database
        .run("SELECT lifecycle.configure('kept', '{\"event_changes\": \"compare\"}'); CALL lifecycle.refresh('kept')");
    database.run("UPDATE orders SET amount = 2 WHERE customer = 7");
    database.run("CALL lifecycle.refresh('kept')");
    assert_eq!(log(&mut database), "f t 0 f");
}

#[test]
fn a_crash_that_empties_an_unlogged_table_is_noticed() {
    let mut database = shop("store_reconcile_unlogged", "changes => 'triggers',");
    // The marker is emptied as by a crash.
    let rebuilt = "SELECT rebuilt FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1";
    database.run("TRUNCATE kept_data.crash_marker; CALL lifecycle.refresh('kept')");
    assert!(!database.get::<bool>(rebuilt), "a crash does nothing to a logged table");
    database.run("ALTER TABLE orders SET UNLOGGED; CALL lifecycle.refresh('kept')");
    verified(&mut database, "kept").unwrap();
    database.run("CALL lifecycle.refresh('kept')");
    assert!(!database.get::<bool>(rebuilt));
    database.run("TRUNCATE kept_data.crash_marker; CALL lifecycle.refresh('kept')");
    assert!(database.get::<bool>(rebuilt), "a crash empties an unlogged one");
    database.run("CALL lifecycle.refresh('kept')");
    assert!(!database.get::<bool>(rebuilt), "once");
    // Unlogged for a while only, in which there was a crash.
    database.run("ALTER TABLE orders SET LOGGED; CALL lifecycle.refresh('kept')");
    database.run("ALTER TABLE orders SET UNLOGGED; TRUNCATE kept_data.crash_marker; ALTER TABLE orders SET LOGGED; CALL lifecycle.refresh('kept')");
    assert!(database.get::<bool>(rebuilt), "it was unlogged as the server crashed");
    // Who attaches one is told.
    let (mut session, said) = told(&database);
    session.run("CREATE UNLOGGED TABLE fleeting (LIKE orders); CREATE INDEX ON fleeting (customer)");
    session.run("SELECT lifecycle.attach('other', orders => 'fleeting', customer => 'customer', ordered_at => 'at', settings => '{\"reader\": \"\"}')");
    let said = said.lock().unwrap().clone();
    assert_eq!(
        said,
        [
            "NOTICE public.fleeting is unlogged: a crash of the server empties it, and with it the histories of store \"other\""
        ]
    );
}

#[test]
fn a_subscription_that_came_and_went_is_noticed() {
    let mut database = shop("store_reconcile_subscription", "changes => 'triggers',");
    let rebuilt = "SELECT rebuilt FROM lifecycle.refresh_log ORDER BY id DESC LIMIT 1";
    database.run(
        "CREATE SUBSCRIPTION server_tests_came_and_went CONNECTION 'host=/nowhere dbname=none' PUBLICATION none
            WITH (connect = false, slot_name = NONE);
         INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate)
            SELECT oid, 'orders'::regclass, 'r' FROM pg_subscription WHERE subname = 'server_tests_came_and_went'",
    );
    assert_eq!(database.refused("CALL lifecycle.refresh('kept')").code().code(), "0A000");
    database.run(
        "DELETE FROM pg_subscription_rel;
         ALTER SUBSCRIPTION server_tests_came_and_went DISABLE; DROP SUBSCRIPTION server_tests_came_and_went",
    );
    // The server counts what came within a second, or when it is asked to.
    database.run("SELECT pg_stat_force_next_flush()");
    database.run("CALL lifecycle.refresh('kept')");
    assert!(database.get::<bool>(rebuilt), "what it wrote was not noted");
    database.run("CALL lifecycle.refresh('kept')");
    assert!(!database.get::<bool>(rebuilt), "once");
}
