//! Where memory ends the statement ends, and not the server: every function in sessions whose address space is limited to a
//! little more than they have.
//!
//! `make check-memory` does the same in more steps and with more data.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use postgres::{Client, NoTls};

use crate::every_call::{Call, calls, prepare};
use crate::harness::{Ask, Database, config, show};

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// How many megabytes a session may take beyond what it has.
fn steps() -> Vec<u64> {
    let steps = setting("MEMORY_STEPS", "2,12");
    steps.split(',').map(|step| step.trim().parse().expect("MEMORY_STEPS must be numbers, such as 2,12")).collect()
}

/// A session that has loaded the library.
fn session(database: &str) -> Client {
    let user = setting("PGUSER", "postgres");
    let mut client = config(database, &user).connect(NoTls).expect("a session: has the server ended?");
    client.run(
        "SET client_min_messages = error; SET statement_timeout = '60s'; SET work_mem = '1GB'; SET jit = off;
         SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
         SELECT num_purchases('{}'::purchase_history), '{2024-01-01 5}'::purchase_history::text",
    );
    client
}

/// Limits a process to so many megabytes more than it has.
fn limit(pid: i32, megabytes: u64) {
    let place = format!("/proc/{pid}");
    let status = std::fs::read_to_string(format!("{place}/status")).expect("the state of a session's process");
    let line = status.lines().find(|line| line.starts_with("VmSize")).expect("its size");
    let size: u64 = line.split_ascii_whitespace().nth(1).and_then(|size| size.parse().ok()).expect("in kilobytes");
    let owner = std::fs::metadata(place).expect("its owner");
    let mut command = Command::new("prlimit");
    command.args(["--pid", &pid.to_string(), &format!("--as={}", size * 1024 + (megabytes << 20))]).current_dir("/");
    let own = std::fs::metadata("/proc/self").expect("this process").uid();
    if own != owner.uid() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let done = command.status().expect("prlimit must be installed: it comes with util-linux");
    assert!(done.success(), "prlimit of a session failed");
}

/// What came of a statement: its SQLSTATE, or None if it succeeded. The error is of a session that was lost.
fn outcome(database: &str, call: &Call, megabytes: Option<u64>) -> Result<Option<(String, String)>, String> {
    let mut client = session(database);
    if call.in_transaction {
        client.run("BEGIN");
    }
    if let Some(megabytes) = megabytes {
        let pid: i32 = client.get("SELECT pg_backend_pid()");
        limit(pid, megabytes);
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
    let number = |name: &str, default: &str| setting(name, default).parse().expect("a number");
    prepare(&mut database, number("MEMORY_ENTRIES", "150000"), number("MEMORY_CUSTOMERS", "4000"));
    let calls = calls(&mut database);
    let wanted = setting("MEMORY_CALLS", "");
    let (mut wrong, mut counts) = (Vec::new(), BTreeMap::new());
    for call in calls.iter().filter(|call| call.function.contains(&wanted)) {
        let told = |what: &str| format!("{}: {what}\n    {}", call.function, call.statement);
        let free = match outcome(database.name(), call, None) {
            Ok(free) => free,
            Err(lost) => {
                wrong.push(told(&format!("without a limit: {lost}")));
                continue;
            }
        };
        for step in steps() {
            let found = outcome(database.name(), call, Some(step));
            let code = |outcome: &Option<(String, String)>| outcome.as_ref().map_or("ok", |(code, _)| code).to_owned();
            match &found {
                Ok(ended) if ended.is_none() || ["53200", "54000", &code(&free)].contains(&code(ended).as_str()) => {
                    if code(ended) == "XX000" {
                        wrong.push(told(&format!("with {step} MB: {ended:?}")));
                    }
                    *counts.entry(code(ended)).or_insert(0) += 1;
                }
                Ok(ended) => wrong.push(told(&format!("with {step} MB: {ended:?}, and without a limit {free:?}"))),
                Err(lost) => wrong.push(told(&format!("with {step} MB the session was lost: {lost}"))),
            }
        }
    }
    println!("memory: {} statements, {counts:?}", calls.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A crash of one session ends all others.
    assert_eq!(database.get::<i32>("SELECT 1"), 1);
    assert!(
        !wanted.is_empty() || counts.get("53200").is_some_and(|&count| count > 20),
        "the limits are too wide: {counts:?}"
    );
}
