//! A refresh that is ended at any instant leaves the state before it, or the one after it, and the next refresh completes.

use std::time::{Duration, Instant};

use postgres::Client;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::harness::{Ask, Database, connect, none, show};
use crate::stores::{VIEWS, same_histories, same_profiles, verified};

/// How often a refresh is ended by pg_terminate_backend, and by pg_cancel_backend.
const KILLS: usize = 15;
const CANCELS: usize = 8;

/// Customers of the base: so many that a refresh takes about half a second.
const CUSTOMERS: usize = 20_000;

/// The profile as one value.
const PROFILE: &str = "SELECT md5(string_agg(p::text, '|' ORDER BY customer)) FROM kept_data.profile AS p";

fn base(database: &mut Database) {
    database.run("SET client_min_messages = warning; SELECT setseed(0.5)");
    database.run(&format!(
        "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer integer, at timestamptz, amount numeric);
         INSERT INTO orders (customer, at, amount)
            SELECT c, '2022-01-01Z'::timestamptz + random() * interval '800 days', round((random() * 200)::numeric, 2)
            FROM generate_series(1, {CUSTOMERS}) AS c, generate_series(1, 1 + c % 9);
         CREATE INDEX ON orders (customer);
         ANALYZE orders"
    ));
    database.run(
        "SELECT lifecycle.attach('kept', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            changes => 'triggers', settings => '{\"reader\": \"\"}')",
    );
}

/// Changes of some hundred customers: new, late, corrected and deleted orders.
fn change(client: &mut Client, round: usize) {
    client.run(&format!(
        "INSERT INTO orders (customer, at, amount)
            SELECT 1 + (c * 7919 + {round}) % {}, '2024-04-01Z'::timestamptz - c * interval '1 day', c
            FROM generate_series(1, 300) AS c;
         UPDATE orders SET amount = amount + 1 WHERE customer % 97 = {round} % 97;
         DELETE FROM orders WHERE id % 1009 = {round}",
        CUSTOMERS + 50
    ));
}

fn call(round: usize) -> String {
    // Each a day later; every other one with fits.
    format!(
        "CALL lifecycle.refresh('kept', as_of => timestamptz '2024-04-02Z' + interval '{round} days', refit => {})",
        round % 2 == 1
    )
}

/// Runs a call in a session of its own and ends it after a while. Says whether the call had been completed before that.
fn interrupted(database: &mut Database, how: &str, round: usize, delay: Duration) -> bool {
    let mut victim = connect(database.name());
    victim.run("SET client_min_messages = warning");
    let pid: i32 = victim.get("SELECT pg_backend_pid()");
    let running = std::thread::spawn(move || {
        let result = victim.batch_execute(&call(round));
        (victim, result)
    });
    std::thread::sleep(delay);
    database.get::<bool>(&format!("SELECT {how}({pid})"));
    // The old state can be read while the victim winds up.
    database.get::<i64>("SELECT count(*) FROM kept.customers");
    let (mut victim, result) = running.join().expect("the victim");
    if let Err(error) = &result {
        let code = error.code().map_or("the connection is gone", |code| code.code());
        assert!(
            // A connection that goes away in the middle of an answer has no code.
            error.as_db_error().is_none() || ["57P01", "57014"].contains(&code),
            "a refresh that was ended by {how} says: {}",
            show(error)
        );
    }
    if how == "pg_cancel_backend" {
        // The session lives on. A cancel that came late may hit its next statement.
        let _ = victim.simple_query("SELECT 1");
        assert_eq!(victim.get::<i64>("SELECT count(*) FROM kept_data.fit WHERE false"), 0);
    }
    // Its locks are gone when it is.
    while how == "pg_terminate_backend"
        && database.get::<i64>(&format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}")) > 0
    {
        std::thread::sleep(Duration::from_millis(2));
    }
    result.is_ok()
}

/// One refresh that is ended, and all that must hold then. Says whether it was ended before its end.
fn round(database: &mut Database, how: &str, number: usize, delay: Duration) -> bool {
    change(database, number);
    let before: String = database.get(PROFILE);
    let moves: i64 = database.get("SELECT count(*) FROM kept_data.movement");
    let completed = interrupted(database, how, number, delay);
    let left: String = database.get(PROFILE);
    let moves_left: i64 = database.get("SELECT count(*) FROM kept_data.movement");
    for view in VIEWS {
        database.run(&format!("SELECT * FROM kept.{view}"));
    }

    // The next one completes, and ends where the ended one would have.
    database.run(&call(number));
    let after: String = database.get(PROFILE);
    assert!(
        left == before || left == after,
        "round {number}, {how} after {delay:?}: the profile is neither the old one nor the new one"
    );
    assert!(!completed || left == after, "round {number}: a refresh that was completed left the old profile");
    // The log of moves belongs to the profile: the old one with the old, the new one with the new.
    assert_ne!(before, after, "round {number}: the changes must have changed something");
    if left == before {
        assert_eq!(moves_left, moves, "round {number}, {how} after {delay:?}: moves of a refresh that was ended");
    }
    let twice = "SELECT customer, at, count(*) FROM kept_data.movement GROUP BY 1, 2, kind HAVING count(*) > 1";
    none(database, twice).unwrap_or_else(|found| panic!("round {number}: moves are logged twice:\n{found}"));
    verified(database, "kept").unwrap_or_else(|found| panic!("round {number}, {how} after {delay:?}: {found}"));
    !completed
}

fn end_over_and_over(database: &mut Database, how: &str, times: usize, seed: u64) {
    base(database);
    database.run("CALL lifecycle.refresh('kept', as_of => '2024-04-02Z', refit => true)");
    change(database, 0);
    let start = Instant::now();
    database.run(&call(0));
    let whole = start.elapsed();

    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut ended = 0;
    for number in 1..=times {
        // Over the whole length of it, in each tenth as often, and somewhat beyond.
        let part = ((number % 10) as f64 + rng.random::<f64>()) / 10.0;
        ended += usize::from(round(database, how, number, whole.mul_f64(1.1 * part)));
    }
    println!("{ended} of {times} refreshes of {whole:?} were ended by {how}");
    assert!(ended * 2 >= times, "only {ended} of {times} refreshes were ended by {how}");

    // After all of it: a store that was never disturbed.
    database.run(
        "SELECT lifecycle.attach('anew', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
            changes => 'compare', settings => '{\"reader\": \"\"}')",
    );
    for store in ["kept", "anew"] {
        database.run(&format!("CALL lifecycle.refresh('{store}', as_of => '2024-07-01Z', refit => true)"));
    }
    same_histories(database, "kept", "anew").unwrap();
    same_profiles(database, "kept", "anew").unwrap();
}

#[test]
fn a_refresh_may_be_terminated_at_any_instant() {
    let mut database = Database::new("store_killed");
    end_over_and_over(&mut database, "pg_terminate_backend", KILLS, 1);
}

#[test]
fn a_refresh_may_be_cancelled_at_any_instant() {
    let mut database = Database::new("store_cancelled");
    end_over_and_over(&mut database, "pg_cancel_backend", CANCELS, 2);
}

#[test]
fn a_first_refresh_may_be_terminated_too() {
    let mut database = Database::new("store_killed_first");
    base(&mut database);
    let start = Instant::now();
    database.run("BEGIN");
    database.run(&call(0));
    database.run("ROLLBACK");
    let whole = start.elapsed();
    for part in 0..6 {
        interrupted(&mut database, "pg_terminate_backend", 0, whole.mul_f64(f64::from(part) / 6.0));
        for view in VIEWS {
            database.run(&format!("SELECT * FROM kept.{view}"));
        }
        verified_or_unread(&mut database);
    }
    database.run(&call(0));
    verified(&mut database, "kept").unwrap();
    let expected = "SELECT customer FROM (SELECT customer, count(*) AS n FROM orders GROUP BY 1) AS o
        FULL JOIN kept_data.profile AS p USING (customer) WHERE n IS DISTINCT FROM p.orders";
    none(&mut database, expected).unwrap();
}

/// A profile stands only where the histories stand.
fn verified_or_unread(database: &mut Database) {
    let half =
        "SELECT customer FROM kept_data.profile LEFT JOIN kept_data.history USING (customer) WHERE history IS NULL";
    none(database, half).unwrap();
    let counts = [0, CUSTOMERS as i64];
    let profiles: i64 = database.get("SELECT count(*) FROM kept_data.profile");
    assert!(counts.contains(&profiles), "{profiles} of {CUSTOMERS} profiles");
}
