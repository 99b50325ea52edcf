//! Rules of journeys held against a plain reading of them: random definitions, policies and histories, over days on which clocks
//! are changed, and after each run the same rows as an interpreter has that goes customer by customer and step by step.
//!
//! JOURNEYS_SEED=N runs that one history alone, JOURNEYS_CASES=N so many of them.

#[path = "journeys_naive/calendar.rs"]
mod calendar;
#[path = "journeys_naive/facts.rs"]
mod facts;
#[path = "journeys_naive/generate.rs"]
mod generate;
#[path = "journeys_naive/history.rs"]
mod history;
#[path = "journeys_naive/interpreter.rs"]
mod interpreter;

use std::collections::BTreeMap;

use crate::harness::Database;
use history::History;

/// Histories of each run.
const CASES: u64 = 16;

/// What must have been there, or nothing was tested.
const EXPECTED: [&str; 34] = [
    "action email pending",
    "action email withheld",
    "action email cancelled",
    "control store",
    "control journey",
    "entered again",
    "entered condition",
    "entered ordered",
    "entered registered",
    "entered trial",
    "entered stage",
    "entered joined",
    "entered born",
    "entered called",
    "waited event",
    "waited timeout",
    "branched",
    "split",
    "called",
    "postponed cap",
    "postponed quiet hours",
    "dropped cap",
    "dropped quiet hours",
    "passed over unsubscribed",
    "left goal",
    "left unsubscribed",
    "left left",
    "left done",
    "left through",
    "round 10",
    "another version",
    "in no zone",
    "on a day of change",
    "outcome none",
];

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

#[test]
fn rules_are_what_a_plain_reading_says() {
    let mut database = Database::new("journeys_naive");
    let mut tally = BTreeMap::new();
    let alone = variable("JOURNEYS_SEED");
    let seeds = match alone {
        Some(seed) => seed..seed + 1,
        None => 0..variable("JOURNEYS_CASES").unwrap_or(CASES),
    };
    for seed in seeds {
        if let Err(found) = History::new(&mut database, seed).play(&mut tally) {
            panic!("JOURNEYS_SEED={seed}\n{found}");
        }
    }
    println!("{tally:#?}");
    if alone.is_none() {
        let missing: Vec<&str> = EXPECTED.into_iter().filter(|what| !tally.contains_key(*what)).collect();
        assert!(missing.is_empty(), "never seen: {missing:?} in {tally:#?}");
    }
}
