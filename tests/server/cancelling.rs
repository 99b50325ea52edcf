//! Long work ends when it is told to, and leaves a session that works.

use std::time::{Duration, Instant};

use crate::every_call::{calls, prepare};
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

/// How long after its time has come a statement may still run: a pass over the base, on a busy machine.
const GRACE: Duration = Duration::from_secs(3);

/// Runs a query under ever longer timeouts until it comes to its end, or the longest of them is over. It must have been
/// cancelled before, each time soon after its time, and the session must work then.
fn ends_soon(database: &mut Database, query: &str) {
    let mut cancelled = 0;
    for timeout in [10, 30, 100, 300, 700, 1_500, 3_000] {
        database.run(&format!("SET statement_timeout = {timeout}"));
        let start = Instant::now();
        let result = database.simple_query(query);
        let late = start.elapsed().saturating_sub(Duration::from_millis(timeout));
        // On a busy machine the shorter ones are over before this is done.
        let is_off = (0..100).any(|_| database.simple_query("SET statement_timeout = 0").is_ok());
        assert!(is_off, "the timeout cannot be taken back");
        assert_eq!(
            database.get::<i64>("SELECT num_purchases(purchase_history(now(), 1)) FROM generate_series(1, 1)"),
            1
        );
        match result {
            Ok(_) => break,
            Err(error) if error.code().is_some_and(|code| code.code() == "57014") => cancelled += 1,
            Err(error) => panic!("{}\n{query}", show(&error)),
        }
        println!("{timeout} ms: {} ms late: {query}", late.as_millis());
        assert!(late < GRACE, "{} ms after {timeout} ms: {query}", late.as_millis());
    }
    assert!(cancelled >= 2, "cancelled {cancelled} times: {query}");
}

/// So many customers of whom hardly two are alike.
fn summaries(database: &mut Database, customers: u32) {
    database.run(&format!(
        "SELECT setseed(0.5);
         CREATE TABLE summaries AS
         SELECT x, CASE WHEN x > 0 THEN t * (0.01 + 0.99 * random()) ELSE 0 END AS recency, t
         FROM (SELECT floor(-ln(1 - random()) * 3 * random())::bigint AS x, 10 + random() * 200 AS t
            FROM generate_series(1, {customers}) OFFSET 0) AS drawn"
    ));
}

#[test]
fn fits_of_purchase_models_can_be_cancelled() {
    let mut database = Database::new("cancelling_models");
    summaries(&mut database, 1_000_000);
    database.run("SET max_parallel_workers_per_gather = 0");
    for model in ["pareto/nbd", "mbg/nbd"] {
        let query = format!("SELECT purchase_model(x, recency, t, '{model}') FROM summaries");
        ends_soon(&mut database, &query);
    }
    let regular =
        "SELECT purchase_model(x, recency, t, 1, 'mbg/cnbd-k', '7 days', '{\"sum_log_gaps\": 500000}') FROM summaries";
    ends_soon(&mut database, regular);
}

#[test]
fn tests_against_the_past_can_be_cancelled() {
    let mut database = Database::new("cancelling_backtest");
    database.run(
        "SELECT setseed(0.5);
         CREATE TABLE histories AS
         SELECT c, purchase_history(date '2005-01-01' + (c % 5000) + (random() ^ 2 * 2000)::int) AS h
         FROM generate_series(1, 60000) AS c, generate_series(1, 2 + c % 7) GROUP BY c;
         SET max_parallel_workers_per_gather = 0",
    );
    let backtest = "SELECT backtest(h, 'pareto/nbd', '2022-01-01', '2 years', '1 day') FROM histories";
    ends_soon(&mut database, backtest);
    let model =
        r#"'{"model": "pareto/nbd", "params": {"r": 0.55, "alpha": 10.58, "s": 0.61, "beta": 11.67}}'::purchase_model"#;
    let tracking = format!("SELECT tracking(h, {model}, timestamptz '2026-01-01', '1 day') FROM histories");
    ends_soon(&mut database, &tracking);
    let spend = r#"'{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}'::spend_model"#;
    let range =
        format!("SELECT max(upper(ltv_range(h, {model}, {spend}, '10 years', as_of => '2012-01-01'))) FROM histories");
    ends_soon(&mut database, &range);
    // Customers with nearly as many purchases to come as a range is drawn of: 2.5 a week for 70 years, 9,100.
    let busy = r#"'{"model": "nbd", "params": {"r": 1e6, "alpha": 4e5}}'::purchase_model"#;
    let range = format!("SELECT max(upper(ltv_range(h, {busy}, {spend}, '70 years'))) FROM histories");
    ends_soon(&mut database, &range);
}

#[test]
fn a_fit_ends_when_another_session_says_so() {
    let mut database = Database::new("cancelling_by_another");
    summaries(&mut database, 300_000);
    let mut other = crate::harness::connect(database.name());
    let pid: i32 = database.get("SELECT pg_backend_pid()");
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1_500));
        let sent = Instant::now();
        assert!(other.get::<bool>(&format!("SELECT pg_cancel_backend({pid})")));
        sent
    });
    // So many fits that the cancel comes in the middle of them on any machine.
    let error = database.refused(
        "SELECT count(m) FROM generate_series(1, 100) AS i,
            LATERAL (SELECT purchase_model(x, recency, t + i, 'pareto/nbd') FROM summaries) AS fits (m)",
    );
    let sent = canceller.join().expect("the canceller");
    assert_eq!(error.code().code(), "57014");
    assert!(sent.elapsed() < GRACE, "{:?}", sent.elapsed());
    assert_eq!(database.get::<i64>("SELECT num_purchases(purchase_history(now(), 1))"), 1);
}

#[test]
fn every_function_over_a_giant_history_can_be_cancelled() {
    /// The timeout, and how late a statement may end: a second, and what a busy machine adds.
    const TIMEOUT: Duration = Duration::from_millis(100);
    const LATE: Duration = Duration::from_millis(2_000);
    let mut database = Database::new("cancelling_giants");
    let entries = std::env::var("GIANT_ENTRIES").map_or(2_000_000, |entries| entries.parse().expect("a number"));
    prepare(&mut database, entries, 4_000);
    let calls = calls(&mut database);
    database.run("SET client_min_messages = error; SET max_parallel_workers_per_gather = 0");
    let (mut cancelled, mut late) = (0, Vec::new());
    for call in &calls {
        // A busy machine may be late once, but not three times.
        let mut least = Duration::MAX;
        for _ in 0..3 {
            database.run(&format!("SET statement_timeout = {}", TIMEOUT.as_millis()));
            if call.in_transaction {
                database.run("BEGIN");
            }
            let start = Instant::now();
            let result = database.simple_query(&call.statement);
            least = least.min(start.elapsed());
            database.run("ROLLBACK");
            database.run("SET statement_timeout = 0");
            match result.as_ref().err().map(|error| error.as_db_error().map(|error| error.code().code())) {
                Some(Some("57014")) => cancelled += 1,
                Some(None) => panic!("the session was lost: {}", call.statement),
                Some(Some("XX000")) => panic!("{:?}: {}", result.err(), call.statement),
                _ => {}
            }
            if least <= TIMEOUT + LATE {
                break;
            }
        }
        if least > TIMEOUT + LATE {
            late.push(format!("{} ms: {}", least.as_millis(), call.statement));
        }
    }
    println!("{cancelled} of {} statements were cancelled", calls.len());
    assert!(late.is_empty(), "{}", late.join("\n"));
    assert!(cancelled > 20, "{cancelled}");
}
