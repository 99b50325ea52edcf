//! Runs calls and judges what comes of them: whatever the arguments are, an error must be one that the extension means, the server
//! must live on, a cancel must be heeded within a second, and memory must be in proportion to the result.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::calls::Call;
use crate::corpus;
use crate::harness::{config, show};

/// How late a statement may heed its timeout.
pub const LATE: Duration = Duration::from_secs(1);
/// How much later for each megabyte of its result, in milliseconds: PostgreSQL's output functions for arrays and composites, which
/// write it as text, do not look for a cancel.
const LATE_FOR_EACH_MB: u64 = 20;
/// The shortest timeout, and that of a call that is tried by itself.
pub const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(2);
/// What a backend may take, in MB, and how many bytes more for each byte of a result.
const MEMORY: u64 = 1024;
const BYTES_FOR_EACH: u64 = 30;
/// A session that has taken so many MB is replaced, so that the next call is measured from the start.
const REPLACED: u64 = 500;
/// So many findings are enough to work on.
const ENOUGH: usize = 25;

/// Parts of messages that tell of a bug, in small letters.
const BUGS: [&str; 22] = [
    "panicked",
    "index out of",
    "out of range for slice",
    "attempt to ",
    "unwrap()",
    "called `",
    "internal error",
    "unreachable",
    "assertion",
    "refcell",
    "already borrowed",
    "already mutably borrowed",
    "capacity overflow",
    "cache lookup failed",
    "could not open relation",
    "memory alloc",
    "problem in alloc",
    "not closed",
    "leak",
    "unrecognized node",
    "char boundary",
    "unexpected spi",
];
/// Codes besides those of class XX that no call may end with.
const BAD_STATES: [&str; 4] = ["38000", "53200", "57P01", "57P02"];

/// What a call came to.
#[derive(Debug)]
pub struct Outcome {
    pub state: String,
    pub ms: i64,
    pub bytes: i64,
    pub message: String,
}

/// A session that calls, and what it has found.
pub struct Judge {
    database: String,
    client: Client,
    /// How often each SQLSTATE was seen.
    pub states: BTreeMap<String, u64>,
    /// How often each function was called, and how often it succeeded.
    pub functions: BTreeMap<String, (u64, u64)>,
    pub findings: Vec<String>,
}

/// Whether an outcome is one that must not be: why.
pub fn bug(state: &str, message: &str) -> Option<String> {
    let small = message.to_lowercase();
    if state.starts_with("XX") || BAD_STATES.contains(&state) {
        return Some(format!("SQLSTATE {state}"));
    }
    BUGS.iter().find(|bug| small.contains(*bug)).map(|bug| format!("a message with \"{bug}\""))
}

fn connect(database: &str) -> Client {
    // After a crash the server needs a while to be back.
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        match config(database, "postgres").connect(NoTls) {
            Ok(mut client) => {
                client.batch_execute("SET client_min_messages = error").expect("a setting");
                return client;
            }
            Err(error) => assert!(Instant::now() < until, "the server does not come back: {}", show(&error)),
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// The most memory that the backend of a session has ever had, in MB; 0 where nobody can tell.
fn peak(client: &mut Client) -> u64 {
    let Ok(row) = client.query_one("SELECT pg_backend_pid()", &[]) else { return 0 };
    let status = fs::read_to_string(format!("/proc/{}/status", row.get::<_, i32>(0))).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

impl Judge {
    pub fn new(database: &str) -> Self {
        let client = connect(database);
        let (states, functions) = Default::default();
        Judge { database: database.to_owned(), client, states, functions, findings: Vec::new() }
    }

    /// The session, for statements that are not judged.
    pub fn client(&mut self) -> &mut Client {
        if self.client.is_closed() {
            self.client = connect(&self.database);
        }
        &mut self.client
    }

    pub fn has_enough(&self) -> bool {
        self.findings.len() >= ENOUGH
    }

    fn found(&mut self, what: &str, call: &Call, detail: &str) {
        let text: String = call.statement.chars().take(600).collect();
        println!("FOUND {what} in {}\n  {detail}\n  {text}", call.signature);
        // What comes from the corpus is in it.
        if !call.signature.ends_with(".sql") {
            corpus::keep_call(what, call, detail);
        }
        self.findings.push(format!("{what} in {}: {detail}", call.signature));
    }

    fn timeout(&mut self, timeout: Duration) {
        let set = format!("SET statement_timeout = {}", timeout.as_millis());
        self.client().batch_execute(&set).unwrap_or_else(|error| panic!("{}", show(&error)));
    }

    /// Calls them in one statement, which is the fast way, and one by one if that was broken off.
    pub fn batch(&mut self, calls: &[Call]) {
        self.timeout(Duration::from_secs(10));
        let statements: Vec<&str> = calls.iter().map(|call| call.statement.as_str()).collect();
        let keep: Vec<bool> = calls.iter().map(|call| call.keep).collect();
        let query = "SELECT t.state, t.ms, COALESCE(t.bytes, 0), COALESCE(t.message, '')
            FROM unnest($1::text[], $2::boolean[]) WITH ORDINALITY AS c (statement, keep, n), LATERAL fuzz_try(c.statement, c.keep) AS t
            ORDER BY n";
        let rows = self.client().query(query, &[&statements, &keep]);
        let Ok(rows) = rows else {
            // What the batch took until it was broken off is no call's own.
            self.client = connect(&self.database);
            calls.iter().for_each(|call| self.one(call));
            return;
        };
        let outcomes: Vec<Outcome> = rows
            .iter()
            .map(|row| Outcome { state: row.get(0), ms: row.get(1), bytes: row.get(2), message: row.get(3) })
            .collect();
        let explained: i64 = outcomes.iter().map(|outcome| outcome.bytes).sum();
        for (call, outcome) in calls.iter().zip(&outcomes) {
            self.judge(call, outcome);
        }
        let peak = peak(&mut self.client);
        if peak > MEMORY + explained as u64 * BYTES_FOR_EACH / (1 << 20) {
            // One of them: which one shows where each has a session of its own.
            for call in calls {
                self.client = connect(&self.database);
                self.one(call);
            }
        }
        if peak > REPLACED {
            self.client = connect(&self.database);
        }
    }

    fn judge(&mut self, call: &Call, outcome: &Outcome) {
        *self.states.entry(outcome.state.clone()).or_default() += 1;
        let (called, succeeded) = self.functions.entry(call.signature.clone()).or_default();
        *called += 1;
        *succeeded += u64::from(outcome.state == "00000");
        if let Some(why) = bug(&outcome.state, &outcome.message) {
            self.found(&why, call, &outcome.message);
        } else if outcome.ms >= LATE.as_millis() as i64 {
            self.cancel(call, outcome);
        }
    }

    /// One call by itself.
    pub fn one(&mut self, call: &Call) {
        // What an earlier call took that was cancelled is not this one's.
        if peak(self.client()) > REPLACED {
            self.client = connect(&self.database);
        }
        self.timeout(LONG);
        let start = Instant::now();
        match self.attempt(call) {
            Some(outcome) if outcome.state == "57014" && start.elapsed() > LONG + LATE => {
                self.is_late(call, LONG, LATE);
            }
            Some(outcome) => {
                self.judge(call, &outcome);
                let peak = peak(self.client());
                if peak > MEMORY + outcome.bytes as u64 * BYTES_FOR_EACH / (1 << 20) {
                    self.found("too much memory", call, &format!("{peak} MB for a result of {} bytes", outcome.bytes));
                }
                if peak > REPLACED {
                    self.client = connect(&self.database);
                }
            }
            None => {}
        }
    }

    /// A call that takes so long is cancelled early, and later on: some part of it may not listen.
    fn cancel(&mut self, call: &Call, outcome: &Outcome) {
        let takes = Duration::from_millis(outcome.ms as u64);
        let late = LATE + Duration::from_millis(LATE_FOR_EACH_MB * (outcome.bytes as u64 >> 20));
        for part in [0.05, 0.3, 0.6] {
            let timeout = SHORT.max(takes.mul_f64(part));
            if timeout + late < takes && self.is_late(call, timeout, late) {
                return;
            }
        }
    }

    /// Whether a call heeds a timeout later than it may: then it is found. A busy machine may be late once, but not three times.
    pub fn is_late(&mut self, call: &Call, timeout: Duration, late: Duration) -> bool {
        let mut least = Duration::MAX;
        for _ in 0..3 {
            self.timeout(timeout);
            let start = Instant::now();
            let Some(outcome) = self.attempt(call) else { return true };
            least = least.min(start.elapsed());
            // Not a matter of cancelling, but a bug all the same.
            if let Some(why) = bug(&outcome.state, &outcome.message) {
                self.found(&why, call, &outcome.message);
                return true;
            }
            if least <= timeout + late {
                return false;
            }
            // No machine is as busy as that.
            if least > timeout + 10 * late {
                break;
            }
        }
        self.found("late cancel", call, &format!("{:.1} s after the timeout", (least - timeout).as_secs_f64()));
        true
    }

    /// What a call comes to; None if the session was lost, which is a finding.
    fn attempt(&mut self, call: &Call) -> Option<Outcome> {
        let query = "SELECT state, ms, COALESCE(bytes, 0), COALESCE(message, '') FROM fuzz_try($1, $2)";
        let result = self.client().query_one(query, &[&call.statement, &call.keep]);
        match result {
            Ok(row) => Some(Outcome { state: row.get(0), ms: row.get(1), bytes: row.get(2), message: row.get(3) }),
            Err(error) => {
                if let Some(error) = error.as_db_error().filter(|_| !self.client.is_closed()) {
                    let (state, message) = (error.code().code().to_owned(), error.message().to_owned());
                    return Some(Outcome { state, ms: 0, bytes: 0, message });
                }
                self.found("crash", call, &show(&error));
                self.client = connect(&self.database);
                None
            }
        }
    }

    /// Says what was called, and fails if anything was found.
    pub fn report(&self, part: &str, took: Duration) {
        let calls: u64 = self.states.values().sum();
        println!("{part}: {calls} calls in {:.0} s; {}", took.as_secs_f64(), shares(&self.states, calls));
        let never: Vec<&str> =
            self.functions.iter().filter(|(_, (n, ok))| *n >= 50 && *ok == 0).map(|(name, _)| name.as_str()).collect();
        println!(
            "{part}: {} functions, of which {} never succeeded: {}",
            self.functions.len(),
            never.len(),
            never.join(", ")
        );
        assert!(self.findings.is_empty(), "{} findings:\n{}", self.findings.len(), self.findings.join("\n"));
    }
}

/// Counts by SQLSTATE, the most frequent first.
pub fn shares(states: &BTreeMap<String, u64>, of: u64) -> String {
    let mut states: Vec<(&String, &u64)> = states.iter().collect();
    states.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    let shares =
        states.iter().take(12).map(|(state, n)| format!("{state} {:.1} %", **n as f64 * 100.0 / of.max(1) as f64));
    shares.collect::<Vec<_>>().join(", ")
}
