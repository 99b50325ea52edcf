//! Long work ends when it is told to, and leaves a session that works.

use crate::harness::{Ask, Database, show};

/// Runs a query under ever longer timeouts until it comes to its end. It must have been cancelled before, and the session
/// must work after each time.
fn cancel_over_and_over(database: &mut Database, query: &str) {
    let mut cancelled = 0;
    let mut timeout = 5;
    loop {
        database.run(&format!("SET statement_timeout = {timeout}"));
        let result = database.query(query, &[]);
        database.run("SET statement_timeout = 0");
        let purchases: i64 =
            database.get("SELECT num_purchases(purchase_history(now(), 1)) FROM generate_series(1, 1)");
        assert_eq!(purchases, 1);
        match result {
            Ok(_) => break,
            Err(error) if error.code().is_some_and(|code| code.code() == "57014") => cancelled += 1,
            Err(error) => panic!("{}\n{query}", show(&error)),
        }
        timeout *= 2;
    }
    assert!(cancelled >= 2, "cancelled {cancelled} times: {query}");
}

#[test]
fn a_big_aggregate_can_be_cancelled() {
    let mut database = Database::new("cancelling_aggregate");
    let rows = "(SELECT n % 1000 AS k, now() - n * interval '1 minute' AS at, n % 97 AS amount
        FROM generate_series(1, 300000) AS n) AS rows";
    cancel_over_and_over(
        &mut database,
        &format!(
            "SELECT sum(length(h::text)) FROM (SELECT k, purchase_history(at, amount) AS h FROM {rows} GROUP BY k) AS s"
        ),
    );
    cancel_over_and_over(&mut database, &format!("SELECT total_spend(purchase_history(at, amount)) FROM {rows}"));
}

#[test]
fn a_rhythm_fit_can_be_cancelled() {
    let mut database = Database::new("cancelling_fit");
    // Of as many different (gaps, days) as can be, which is what the fit goes through again and again.
    database.run(
        "SELECT setseed(0.5);
         CREATE TABLE histories AS
         SELECT c, purchase_history(date '2000-01-01' + (random() ^ 2 * 9000)::int) AS h
         FROM generate_series(1, 30000) AS c, generate_series(1, 2 + c % 13) GROUP BY c",
    );
    cancel_over_and_over(&mut database, "SELECT purchase_rhythm(h, '2026-01-01') FROM histories");
}
