//! Calls, binary values and journeys at random: whatever the input, the server lives on and every error is one that is meant.
//!
//! `make fuzz` starts the server that this needs: scripts/fuzz. FUZZ_SECONDS, or CALLS, says how much is tried in all; SEED repeats a
//! run.

#[path = "fuzz/binary.rs"]
mod binary;
#[path = "fuzz/calls.rs"]
mod calls;
#[path = "fuzz/corpus.rs"]
mod corpus;
#[path = "fuzz/judge.rs"]
mod judge;
#[path = "fuzz/mutate.rs"]
mod mutate;
#[path = "fuzz/odd.rs"]
mod odd;
#[path = "fuzz/random.rs"]
mod random;
#[path = "fuzz/values.rs"]
mod values;
// The other tests use the rest of it.
#[allow(dead_code)]
#[path = "server/harness.rs"]
mod harness;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use calls::{Call, Function, functions};
use harness::{Ask, Database};
use judge::Judge;
use random::Random;
use values::Values;

/// Calls of one statement, and calls after which a store is made anew.
const BATCH: usize = 50;
const STORE_LASTS: u64 = 3000;

/// How much is tried.
pub struct Budget {
    until: Option<Instant>,
    calls: Option<u64>,
}

impl Budget {
    /// A part of the seconds of all, and a part of the calls. Without either, a few seconds.
    fn new(of_seconds: f64, of_calls: f64) -> Self {
        let calls = variable("CALLS").map(|calls| (calls as f64 * of_calls).ceil() as u64);
        let seconds = variable("FUZZ_SECONDS").unwrap_or(20) as f64 * of_seconds;
        Budget { until: calls.is_none().then(|| Instant::now() + Duration::from_secs_f64(seconds)), calls }
    }

    /// Whether there is something left after so many.
    pub fn lasts(&self, done: u64) -> bool {
        self.calls.is_none_or(|calls| done < calls) && self.until.is_none_or(|until| Instant::now() < until)
    }
}

/// A number that may be set from outside.
fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} must be a whole number")))
}

/// The seed of this run, which is printed.
fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let seed = variable("SEED").unwrap_or_else(|| rand::random_range(0..1_000_000));
        println!("SEED={seed}");
        seed
    })
}

/// Runs statements one by one, for some of them may commit.
fn statements(database: &mut Database, statements: &str) {
    database.run("SET client_min_messages = error");
    // In a function's body a line ends with a semicolon too, but not before an empty line or the end.
    let (tables, function) = statements.split_once("CREATE FUNCTION").unwrap_or((statements, ""));
    for statement in tables.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        database.run(statement);
    }
    if !function.is_empty() {
        database.run(&format!("CREATE FUNCTION{function}"));
    }
}

fn base(database: &mut Database) {
    statements(database, include_str!("fuzz/base.sql"));
    statements(database, include_str!("fuzz/store.sql"));
}

/// One of the functions, those that take long seldom.
fn draw<'a>(values: &mut Values, functions: &'a [Function]) -> &'a Function {
    loop {
        let at = values.random.below(functions.len());
        if values.random.chance(functions[at].weight()) {
            return &functions[at];
        }
    }
}

/// Calls all functions with arguments of their types until the budget is spent.
fn call_all(database: &mut Database, part: &str, budget: &Budget) {
    let mut values = Values::new(Random::new(seed(), part), database);
    let functions = functions(database);
    let mut judge = Judge::new(database.name());
    let (start, mut done) = (Instant::now(), 0);
    while budget.lasts(done) && !judge.has_enough() {
        let calls: Vec<Call> = (0..BATCH).map(|_| draw(&mut values, &functions).any(&mut values)).collect();
        judge.batch(&calls);
        done += BATCH as u64;
    }
    judge.report(part, start.elapsed());
}

#[test]
fn what_was_found_before() {
    let mut database = Database::new("fuzz_corpus");
    base(&mut database);
    let mut judge = Judge::new(database.name());
    let start = Instant::now();
    for call in corpus::calls() {
        judge.one(&call);
        judge.is_late(&call, judge::SHORT, judge::LATE);
    }
    judge.report("corpus", start.elapsed());
}

#[test]
fn calls() {
    let mut database = Database::new("fuzz_calls");
    base(&mut database);
    call_all(&mut database, "calls", &Budget::new(0.45, 0.9));
}

#[test]
fn calls_without_an_encoding() {
    let mut database = Database::in_encoding("fuzz_sql_ascii", "SQL_ASCII");
    database.run("CREATE EXTENSION pg_lifecycle");
    base(&mut database);
    // Texts that are no UTF-8, which a client that expects it could not read, only come out as hashes and lengths.
    call_all(&mut database, "calls in SQL_ASCII", &Budget::new(0.1, 0.1));
}

#[test]
fn binary_values() {
    let mut database = Database::new("fuzz_binary");
    statements(&mut database, include_str!("fuzz/base.sql"));
    binary::run(&mut database, &mut Random::new(seed(), "binary"), &Budget::new(0.15, 0.3));
}

#[test]
fn journeys_of_a_store() {
    let mut database = Database::new("fuzz_journeys");
    base(&mut database);
    let mut values = Values::new(Random::new(seed(), "journeys"), &mut database);
    let functions: Vec<Function> = functions(&mut database).into_iter().filter(Function::is_of_store).collect();
    let mut judge = Judge::new(database.name());
    let budget = Budget::new(0.3, 0.15);
    let (start, mut done, mut made_at) = (Instant::now(), 0, 0);
    while budget.lasts(done) && !judge.has_enough() {
        // Calls that are kept use a store up: its journeys end, its actions are done.
        if done >= made_at + STORE_LASTS {
            made_at = done;
            statements(&mut database, include_str!("fuzz/store.sql"));
        }
        let calls: Vec<Call> = (0..BATCH).map(|_| draw(&mut values, &functions).of_store(&mut values)).collect();
        judge.batch(&calls);
        done += BATCH as u64;
    }
    judge.report("journeys", start.elapsed());
}
