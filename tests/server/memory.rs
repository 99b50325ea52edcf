//! Where memory ends the statement ends, and not the server: every function in sessions whose address space is limited to a
//! little more than they have.
//!
//! `make check-memory` does the same in more steps and with more data.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::every_call::{Call, calls, prepare};
use crate::harness::{Ask, Database, config, show};

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// How many megabytes a session may take beyond what it has.
fn steps() -> Vec<u64> {
    let steps = setting("MEMORY_STEPS", "2,10");
    steps.split(',').map(|step| step.trim().parse().expect("MEMORY_STEPS must be numbers, such as 2,12")).collect()
}

/// A session that has loaded the library.
fn session(database: &str) -> Client {
    let user = setting("PGUSER", "postgres");
    // After a crash, which is found, the server needs a while to be back.
    let until = Instant::now() + Duration::from_secs(60);
    let mut client = loop {
        match config(database, &user).connect(NoTls) {
            Ok(client) => break client,
            Err(error) => assert!(Instant::now() < until, "the server does not come back: {}", show(&error)),
        }
        thread::sleep(Duration::from_millis(200));
    };
    client.run(
        "SET client_min_messages = error; SET statement_timeout = '60s'; SET work_mem = '1GB'; SET jit = off;
         SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
         SELECT num_purchases('{}'::purchase_history), '{2024-01-01 5}'::purchase_history::text",
    );
    client
}

fn number(name: &str, default: &str) -> u32 {
    setting(name, default).parse().expect("a number")
}

/// Limits a process to so many kilobytes more than it has.
fn limit(pid: i32, kilobytes: u64) {
    let place = format!("/proc/{pid}");
    let status = std::fs::read_to_string(format!("{place}/status")).expect("the state of a session's process");
    let line = status.lines().find(|line| line.starts_with("VmSize")).expect("its size");
    let size: u64 = line.split_ascii_whitespace().nth(1).and_then(|size| size.parse().ok()).expect("in kilobytes");
    let owner = std::fs::metadata(place).expect("its owner");
    let mut command = Command::new("prlimit");
    command.args(["--pid", &pid.to_string(), &format!("--as={}", (size + kilobytes) << 10)]).current_dir("/");
    let own = std::fs::metadata("/proc/self").expect("this process").uid();
    if own != owner.uid() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let done = command.status().expect("prlimit must be installed: it comes with util-linux");
    assert!(done.success(), "prlimit of a session failed");
}

/// Statements that make many tables, which the server removes when it rolls them back.
const MAKERS_OF_TABLES: [&str; 5] = [
    "SELECT count(*) FROM lifecycle.simulate_journey('shop', lifecycle.ready_made_journey('welcome'), '2020-02-01', '2020-02-04', '1 day')",
    "SELECT count(*) FROM lifecycle.experiment_power('shop', 'welcome', 0.1, '2020-02-01', '2020-02-04')",
    "CALL lifecycle.refresh('shop')",
    "SELECT lifecycle.attach('other', orders => 'orders', customer => 'customer', ordered_at => 'at', settings => '{\"reader\": \"\"}')",
    "BEGIN; SAVEPOINT s; SELECT lifecycle.detach('shop'); SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer',
        ordered_at => 'at', settings => '{\"reader\": \"\"}'); ROLLBACK TO s; SELECT 1",
];

/// What came of a statement: its SQLSTATE, or None if it succeeded. The error is of a session that was lost.
fn outcome(database: &str, call: &Call, megabytes: Option<u64>) -> Result<Option<(String, String)>, String> {
    let mut client = session(database);
    if call.in_transaction {
        client.run("BEGIN");
    }
    if let Some(megabytes) = megabytes {
        let pid: i32 = client.get("SELECT pg_backend_pid()");
        limit(pid, megabytes << 10);
    }
    match client.simple_query(&call.statement) {
        Ok(_) => Ok(None),
        Err(error) => match error.as_db_error() {
            Some(known) if known.severity() == "ERROR" => {
                Ok(Some((known.code().code().to_owned(), known.message().to_owned())))
            }
            _ => Err(show(&error)),
        },
    }
}

#[test]
fn no_function_takes_the_server_down() {
    let mut database = Database::new("memory");
    prepare(&mut database, number("MEMORY_ENTRIES", "100000"), number("MEMORY_CUSTOMERS", "2000"));
    let calls = calls(&mut database);
    let wanted = setting("MEMORY_CALLS", "");
    let (mut wrong, mut counts) = (Vec::new(), BTreeMap::new());
    for call in calls.iter().filter(|call| call.function.contains(&wanted)) {
        let told = |what: &str| format!("{}: {what}\n    {}", call.function, call.statement);
        for step in steps() {
            let found = outcome(database.name(), call, Some(step));
            let ended = match &found {
                Ok(None) => "ok",
                Ok(Some((code, _))) => code,
                Err(lost) => {
                    wrong.push(told(&format!("with {step} MB the session was lost: {lost}")));
                    continue;
                }
            };
            *counts.entry(ended.to_owned()).or_insert(0) += 1;
            // What is wrong with the arguments is so with all the memory there is.
            if !["ok", "53200", "54000"].contains(&ended) {
                let free = outcome(database.name(), call, None);
                let is_same = free.as_ref().is_ok_and(|free| free.as_ref().is_some_and(|(code, _)| code == ended));
                if ended == "XX000" || !is_same {
                    wrong.push(told(&format!("with {step} MB {found:?}, and without a limit {free:?}")));
                }
            }
        }
    }
    println!("memory: {} statements, {counts:?}", calls.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A crash of one session ends all others, and this one with them.
    assert_eq!(database.get::<i32>("SELECT 1"), 1);
    assert!(
        !wanted.is_empty() || counts.get("53200").is_some_and(|&count| count > 20),
        "the limits are too wide: {counts:?}"
    );
}

#[test]
fn a_rollback_of_many_tables_needs_memory_that_is_kept_for_it() {
    let mut database = Database::new("memory_rollback");
    prepare(&mut database, 4000, 100);
    let mut counts = BTreeMap::new();
    for statement in MAKERS_OF_TABLES {
        for kilobytes in (500..12_000).step_by(number("MEMORY_STEP", "500") as usize) {
            let mut client = session(database.name());
            let pid: i32 = client.get("SELECT pg_backend_pid()");
            limit(pid, kilobytes);
            let ended = match client.simple_query(statement) {
                Ok(_) => "ok".to_owned(),
                Err(error) => match error.as_db_error() {
                    Some(known) if known.severity() == "ERROR" => known.code().code().to_owned(),
                    _ => panic!("with {kilobytes} kB the session was lost: {}\n{statement}", show(&error)),
                },
            };
            *counts.entry(ended).or_insert(0) += 1;
            drop(client);
            database.run("SET client_min_messages = error; SELECT lifecycle.detach(s.store) FROM lifecycle.store AS s WHERE s.store = 'other'");
        }
    }
    println!("memory: {counts:?}");
    assert_eq!(database.get::<i32>("SELECT 1"), 1);
    assert!(counts.get("53200").is_some_and(|&count| count > 20), "the limits are too wide: {counts:?}");
}

#[test]
fn a_session_goes_on_after_memory_has_ended() {
    let mut database = Database::new("memory_again");
    prepare(&mut database, 400_000, 20_000);
    let mut client = session(database.name());
    let pid: i32 = client.get("SELECT pg_backend_pid()");
    limit(pid, 6 << 10);
    let too_much = [
        "SELECT length(h::text) FROM d",
        "SELECT length(h::purchase_history::text) FROM texts",
        "SELECT pg_column_size(h::jsonb) FROM d",
        "SELECT length(cohort_retention(h, '1 day', '2024-01-01Z')::text) FROM many",
        "SELECT num_purchases(rollup(x)) FROM (SELECT h AS x FROM d UNION ALL SELECT h FROM d) AS s",
    ];
    let mut ended = 0;
    for statement in too_much.into_iter().cycle().take(40) {
        if let Err(error) = client.simple_query(statement) {
            let error = error.as_db_error().unwrap_or_else(|| panic!("lost the session: {error}\n{statement}"));
            assert_eq!(error.code().code(), "53200", "{}\n{statement}", error.message());
            ended += 1;
        }
        assert_eq!(client.get::<i64>("SELECT num_purchases('{2024-01-01 5, 2024-01-02 6}')"), 2);
    }
    assert!(ended >= 20, "{ended}");
    // And within one transaction, by savepoints; and where one function calls the other.
    client.run(
        "CREATE FUNCTION pg_temp.deep(n integer) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
            RETURN CASE WHEN n > 0 THEN pg_temp.deep(n - 1) ELSE (SELECT length(h::text) FROM d) END; END $$;
         DO $$ DECLARE ended integer := 0; BEGIN
            FOR i IN 1..30 LOOP
                BEGIN
                    PERFORM pg_temp.deep(i % 5);
                EXCEPTION WHEN out_of_memory THEN ended := ended + 1;
                END;
            END LOOP;
            ASSERT ended = 30, ended;
         END $$",
    );
    assert_eq!(client.get::<i64>("SELECT num_purchases('{2024-01-01 5, 2024-01-02 6}')"), 2);
}
