//! A refresh that takes its time is seen by other sessions, and says now and then how far it is.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use postgres::{Client, Config, NoTls};

use crate::harness::{Ask, Database, connect};

/// A store that compares, of a view: the step of the histories takes as many seconds as the table `pause` says, for the row of
/// one customer. (A trigger's store could not be slowed down from outside.)
fn slow_store(name: &str) -> Database {
    let mut database = Database::new(name);
    database.run(
        "SET client_min_messages = warning;
         CREATE TABLE orders AS SELECT n % 10 AS customer, '2024-01-01Z'::timestamptz + n * interval '1 day' AS at, n AS amount
            FROM generate_series(0, 59) AS n;
         CREATE TABLE pause (seconds float8);
         INSERT INTO pause VALUES (0);
         CREATE FUNCTION slowly(amount int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN
            IF amount = 59 THEN PERFORM pg_sleep((SELECT seconds FROM public.pause)); END IF;
            RETURN amount;
         END $$;
         CREATE VIEW slow AS SELECT customer, at, slowly(amount) AS amount FROM orders;
         SELECT lifecycle.attach('shop', orders => 'slow', customer => 'customer', ordered_at => 'at', amount => 'amount',
            settings => '{\"reader\": \"\"}')",
    );
    database.run("CALL lifecycle.refresh('shop', as_of => '2024-03-15Z')");
    database
}

/// Asks until there is an answer.
fn wait_for(client: &mut Client, query: &str) -> String {
    let start = Instant::now();
    loop {
        if let Some(found) = client.texts(query).into_iter().next() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "nothing was found in 20 seconds: {query}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The client may hear of an error before the server has let go of the locks by which a refresh is seen.
fn nothing_runs(client: &mut Client) {
    wait_for(client, "SELECT 'nothing' WHERE NOT EXISTS (SELECT FROM lifecycle.refresh_progress)");
}

const PROGRESS: &str = "SELECT format('%s %s %s/%s', store, step, step_number, steps) FROM lifecycle.refresh_progress";

#[test]
fn a_refresh_that_runs_is_seen_by_others_and_one_that_is_over_is_not() {
    let mut database = slow_store("store_progress");
    assert!(database.texts(PROGRESS).is_empty());
    database.run("UPDATE pause SET seconds = 0.7");
    let mut runner = connect(database.name());
    runner.run("SET client_min_messages = warning");
    let pid: i32 = runner.get("SELECT pg_backend_pid()");
    let running = std::thread::spawn(move || {
        runner.run("CALL lifecycle.refresh('shop', as_of => '2024-03-16Z')");
        runner
    });
    assert_eq!(wait_for(&mut database, PROGRESS), "shop histories 1/3");
    let shown: bool = database.get(&format!(
        "SELECT pid = {pid} AND started_at BETWEEN now() - interval '1 minute' AND clock_timestamp()
            AND step_started_at >= started_at AND step_seconds BETWEEN 0 AND 60 AND previous_step_seconds IS NULL
            AND refresh = (SELECT max(id) FROM lifecycle.refresh_log) AND changed_customers IS NULL
         FROM lifecycle.refresh_progress"
    ));
    assert!(shown, "what is shown of a refresh is not so");
    // A refresh of an inside of a transaction block cannot be seen yet, and disturbs nothing.
    assert_eq!(database.get::<i64>("SELECT count(*) FROM lifecycle.stores"), 1);
    let runner = running.join().expect("the refresh");
    assert!(database.texts(PROGRESS).is_empty(), "it is over");
    assert_eq!(
        database.get::<String>(
            "SELECT step FROM lifecycle.refresh_log WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1"
        ),
        "done"
    );
    drop(runner);
    // The next one of its kind is told how long the last one took.
    database.run("UPDATE pause SET seconds = 0.3");
    let mut runner = connect(database.name());
    runner.run("SET client_min_messages = warning");
    let running = std::thread::spawn(move || runner.run("CALL lifecycle.refresh('shop', as_of => '2024-03-17Z')"));
    wait_for(&mut database, PROGRESS);
    let before: f64 = database.get("SELECT previous_step_seconds FROM lifecycle.refresh_progress");
    assert!((0.7..20.0).contains(&before), "the step before took {before} seconds");
    running.join().expect("the refresh");
}

#[test]
fn a_refresh_that_was_killed_is_not_shown_and_one_after_it_is() {
    let mut database = slow_store("store_progress_killed");
    database.run("UPDATE pause SET seconds = 30");
    let mut runner = connect(database.name());
    runner.run("SET client_min_messages = warning");
    let pid: i32 = runner.get("SELECT pg_backend_pid()");
    let running =
        std::thread::spawn(move || runner.batch_execute("CALL lifecycle.refresh('shop', as_of => '2024-03-16Z')"));
    wait_for(&mut database, PROGRESS);
    assert!(database.get::<bool>(&format!("SELECT pg_terminate_backend({pid}, 10000)")));
    running.join().expect("the thread").expect_err("it was killed");
    nothing_runs(&mut database);
    let left: i64 = database.get("SELECT count(*) FROM lifecycle.refresh_log WHERE finished_at IS NULL");
    assert_eq!(left, 1, "the log keeps what was broken off");
    // Who is cancelled is not shown either, though his session lives on and may hold the same number of a process.
    let mut runner = connect(database.name());
    runner.run("SET client_min_messages = warning");
    let pid: i32 = runner.get("SELECT pg_backend_pid()");
    let running = std::thread::spawn(move || {
        let result = runner.batch_execute("CALL lifecycle.refresh('shop', as_of => '2024-03-16Z')");
        (runner, result)
    });
    wait_for(&mut database, PROGRESS);
    assert!(database.get::<bool>(&format!("SELECT pg_cancel_backend({pid})")));
    let (mut runner, result) = running.join().expect("the thread");
    assert_eq!(result.expect_err("it was cancelled").code().map(|code| code.code()), Some("57014"));
    nothing_runs(&mut database);
    runner.run("UPDATE pause SET seconds = 0");
    runner.run("CALL lifecycle.refresh('shop', as_of => '2024-03-16Z')");
    assert!(database.texts(PROGRESS).is_empty());
}

#[test]
fn a_long_refresh_says_how_far_it_is_and_never_twice_within_a_second() {
    let mut database = slow_store("store_notices");
    let said: Arc<Mutex<Vec<(Instant, String)>>> = Arc::default();
    let mut listener = {
        let said = Arc::clone(&said);
        let port = std::env::var("PGPORT").expect("PGPORT").parse().expect("PGPORT must be a number");
        Config::new()
            .host(&std::env::var("PGHOST").expect("PGHOST"))
            .port(port)
            .user(&std::env::var("PGUSER").expect("PGUSER"))
            .dbname(database.name())
            .notice_callback(move |notice| {
                said.lock().expect("the notices").push((Instant::now(), notice.message().to_owned()));
            })
            .connect(NoTls)
            .expect("connecting")
    };
    // A quick one says nothing; on a slow machine it is not quick.
    let start = Instant::now();
    listener.run("CALL lifecycle.refresh('shop', as_of => '2024-03-16Z', refit => true)");
    let is_quick = start.elapsed() < Duration::from_secs(1);
    let notices = std::mem::take(&mut *said.lock().expect("the notices"));
    assert!(!is_quick || notices.is_empty(), "{notices:?}");

    // The first step takes longer than a second; the other two, which follow at once, are said to be done with it.
    database.run("UPDATE pause SET seconds = 1.2");
    listener.run("CALL lifecycle.refresh('shop', as_of => '2024-03-17Z', refit => true)");
    let notices = std::mem::take(&mut *said.lock().expect("the notices"));
    assert!(!notices.is_empty(), "a refresh of more than a second said nothing");
    for (_, message) in &notices {
        assert!(message.starts_with("store \"shop\": "), "{message}");
    }
    for pair in notices.windows(2) {
        // A little less, for the way from there to here.
        assert!(pair[1].0 - pair[0].0 >= Duration::from_millis(900), "within a second: {notices:?}");
    }
    // Who does not want to hear it does not.
    listener.run("SET client_min_messages = warning");
    listener.run("CALL lifecycle.refresh('shop', as_of => '2024-03-18Z', refit => true)");
    assert!(said.lock().expect("the notices").is_empty());
}
