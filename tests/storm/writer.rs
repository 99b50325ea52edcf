//! Writes to the tables of the stores in all ways that transactions have.

use std::io::Write;
use std::thread;
use std::time::Duration;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::session::Session;
use crate::{Storm, one};

const LEVELS: [&str; 5] = ["", "", "", "ISOLATION LEVEL REPEATABLE READ", "ISOLATION LEVEL SERIALIZABLE"];
const TIMEOUTS: [u32; 6] = [0, 0, 0, 5, 50, 500];

/// One of the writers.
pub fn write(storm: &Storm, number: u64) {
    let mut rng = storm.rng(number);
    let mut session = Session::new(storm, &format!("writer {number}"));
    let mut prepared = 0;
    while storm.lasts() {
        let (timeout, level) = (*one(&mut rng, &TIMEOUTS), *one(&mut rng, &LEVELS));
        if !session.run(&format!("SET statement_timeout = {timeout}; SET lock_timeout = '1s'")) {
            continue;
        }
        let mut goes_on = session.run(&format!("BEGIN {level}"));
        for _ in 0..rng.random_range(1..=4) {
            goes_on = goes_on && statement(&mut session, &mut rng);
        }
        if goes_on {
            prepared += 1;
            end(&mut session, &mut rng, &format!("storm_{number}_{prepared}"));
        }
        thread::sleep(Duration::from_millis(rng.random_range(0..20)));
    }
}

fn end(session: &mut Session, rng: &mut ChaCha8Rng, name: &str) {
    let how = *one(rng, &["COMMIT", "COMMIT", "COMMIT", "ROLLBACK"]);
    if !rng.random_bool(0.06) {
        session.run(how);
    } else if session.run(&format!("PREPARE TRANSACTION '{name}'")) {
        thread::sleep(Duration::from_millis(rng.random_range(0..300)));
        // If this fails, the killer ends it.
        session.run(&format!("{how} PREPARED '{name}'"));
    }
}

fn statement(session: &mut Session, rng: &mut ChaCha8Rng) -> bool {
    let customer = rng.random_range(0..=600);
    let other = rng.random_range(0..=600);
    let statement = match rng.random_range(0..100) {
        0..35 => {
            let rows = *one(rng, &[1, 3, 50]);
            format!(
                "INSERT INTO orders (customer, at, amount, state)
                SELECT {customer}, '2023-01-01Z'::timestamptz + random() * interval '900 days', random() * 50,
                    CASE WHEN random() < 0.2 THEN 'cancelled' ELSE 'paid' END FROM generate_series(1, {rows})"
            )
        }
        35..50 => format!(
            "UPDATE orders SET amount = amount + 1, state = CASE WHEN random() < 0.5 THEN 'paid' ELSE 'cancelled' END WHERE customer = {customer}"
        ),
        // From partition to partition.
        50..58 => format!("UPDATE orders SET at = at + interval '200 days' WHERE customer = {customer}"),
        58..66 => format!("UPDATE orders SET customer = {other} WHERE customer = {customer}"),
        66..74 => format!("DELETE FROM orders WHERE customer = {customer}"),
        74..78 => return copy(session, customer),
        78 => "TRUNCATE orders_early".to_owned(),
        79..84 => {
            let how = *one(rng, &["ROLLBACK TO", "RELEASE"]);
            format!(
                "SAVEPOINT storm; DELETE FROM orders WHERE customer = {customer};
                INSERT INTO orders (customer, at, amount) VALUES ({other}, '2024-06-01Z', 7); {how} SAVEPOINT storm"
            )
        }
        84..88 => format!(
            "MERGE INTO orders USING (VALUES ({customer}), ({other})) AS v (c) ON customer = c
            WHEN MATCHED THEN UPDATE SET amount = amount / 2
            WHEN NOT MATCHED THEN INSERT (customer, at, amount) VALUES (c, '2024-03-01Z', 5)"
        ),
        88..94 => format!(
            "INSERT INTO events SELECT {customer}, '2024-01-01Z'::timestamptz + random() * interval '1 year', 'click'"
        ),
        94..97 => format!("UPDATE events SET customer = {other} WHERE customer = {customer}"),
        97..99 => format!("DELETE FROM events WHERE customer = {customer}"),
        _ => "SAVEPOINT storm; TRUNCATE events; ROLLBACK TO SAVEPOINT storm".to_owned(),
    };
    session.run(&statement)
}

fn copy(session: &mut Session, customer: i32) -> bool {
    let copied = session.attempt(|client| {
        let mut writer = client.copy_in("COPY orders_2024 (customer, at, amount) FROM STDIN")?;
        // What cannot be written, because the session was ended, finish reports.
        let _ = writer.write_all(format!("{customer}\t2024-05-05Z\t3\n").repeat(20).as_bytes());
        writer.finish()
    });
    copied.is_some()
}
