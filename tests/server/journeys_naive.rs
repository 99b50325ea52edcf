//! Rules of journeys held against a plain reading of them: random definitions, policies and histories, over days on which clocks
//! are changed, and after each run the same rows as an interpreter has that goes customer by customer and step by step.
//!
//! Each run plays other histories. JOURNEYS_SEED=N plays that one alone, as a failure names it, JOURNEYS_CASES=N so many.

#[path = "journeys_naive/accidents.rs"]
mod accidents;
#[path = "journeys_naive/acting.rs"]
mod acting;
#[path = "journeys_naive/brake.rs"]
mod brake;
#[path = "journeys_naive/calendar.rs"]
mod calendar;
#[path = "journeys_naive/comparing.rs"]
mod comparing;
#[path = "journeys_naive/details.rs"]
mod details;
#[path = "journeys_naive/entering.rs"]
mod entering;
#[path = "journeys_naive/facts.rs"]
mod facts;
#[path = "journeys_naive/generate.rs"]
mod generate;
#[path = "journeys_naive/happening.rs"]
mod happening;
#[path = "journeys_naive/history.rs"]
mod history;
#[path = "journeys_naive/interpreter.rs"]
mod interpreter;
#[path = "journeys_naive/joining.rs"]
mod joining;
#[path = "journeys_naive/leaving.rs"]
mod leaving;
#[path = "journeys_naive/occasion.rs"]
mod occasion;
#[path = "journeys_naive/people.rs"]
mod people;
#[path = "journeys_naive/recording.rs"]
mod recording;
#[path = "journeys_naive/reports.rs"]
mod reports;
#[path = "journeys_naive/rows.rs"]
mod rows;
#[path = "journeys_naive/sending.rs"]
mod sending;

use std::collections::BTreeMap;

use crate::harness::{Ask, Database};
use crate::seeds::Seeds;

use history::History;

/// Histories of each run, and of one in which something rare has not been seen after these.
const CASES: u64 = 12;
const MOST: u64 = 48;

/// What must have been there, or nothing was tested; `any` stands for any channel. What comes once in dozens of histories is tested by name
/// in tests/pg_regress: messages that a cap drops, or puts off when a sender asks for them, orders that are taken
/// back, days that move, birthdays and other dates, keys of orders, the tenth round of a loop, quiet hours at the
/// hand-over, and messages about an order that is missing.
const EXPECTED: [&str; 56] = [
    "action email pending",
    "action email done",
    "action any dead",
    "action email dropped too late",
    "action any cancelled goal",
    "action email cancelled unsubscribed",
    "passed over no",
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
    "entered joined an audience",
    "entered called",
    "waited event",
    "waited timeout",
    "waited date",
    "waited date passed",
    "waited no date",
    "entered with a key",
    "order with a key",
    "two entries at once",
    "an order changed",
    "an event taken back",
    "branched",
    "split",
    "called",
    "postponed cap",
    "postponed quiet hours",
    "passed over unsubscribed",
    "left goal",
    "left unsubscribed",
    "left left",
    "left cancelled",
    "left done",
    "left through",
    "another version",
    "in no zone",
    "on a day of change",
    "outcome none",
    "table of events",
    "paused",
    "went on",
    "unsubscribe of a topic",
    "subscribe of a topic",
    "held",
    "journey released",
    "reloaded",
    "reloaded with a refresh in between",
    "copied",
    "handed over by the original too",
];

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

#[test]
fn rules_are_what_a_plain_reading_says() {
    let mut database = Database::new("journeys_naive");
    let mut tally = BTreeMap::new();
    let cases = variable("JOURNEYS_CASES").unwrap_or(CASES);
    let seeds = Seeds::new("journeys_naive", "JOURNEYS_SEED", 0, cases as usize);
    let mut play = |seed, tally: &mut BTreeMap<String, usize>| {
        if let Err(found) = History::new(&mut database, seed).play(tally) {
            seeds.keep(seed);
            panic!("JOURNEYS_SEED={seed}\n{found}");
        }
    };
    for &seed in &seeds.seeds {
        play(seed, &mut tally);
    }
    if !seeds.alone {
        let missing = |tally: &BTreeMap<String, usize>| -> Vec<&str> {
            let was_seen = |what: &&str| match what.strip_prefix("action any ") {
                Some(rest) => tally.keys().any(|key| key.starts_with("action ") && key.ends_with(rest)),
                None => tally.contains_key(*what),
            };
            EXPECTED.into_iter().filter(|what| !was_seen(what)).collect()
        };
        for _ in seeds.seeds.len() as u64..MOST {
            if missing(&tally).is_empty() {
                break;
            }
            println!("never seen so far: {:?}", missing(&tally));
            play(seeds.another(), &mut tally);
        }
        assert!(missing(&tally).is_empty(), "never seen: {:?} in {tally:#?}", missing(&tally));
    }
    println!("{tally:#?}");
}

#[test]
fn what_came_during_a_pause_is_looked_at_after_it() {
    let mut database = Database::new("journeys_paused");
    database.run(
        "SET client_min_messages = warning;
        CREATE TABLE orders (customer integer, at timestamptz);
        SELECT lifecycle.attach('shop', orders => 'orders', customer => 'customer', ordered_at => 'at',
            settings => '{\"reader\": \"\"}');
        CALL lifecycle.refresh('shop', '2024-03-01Z');
        SELECT lifecycle.create_journey('shop', name, '{\"entry\": {\"event\": \"trial\"}, \"steps\": [
            {\"name\": \"pause\", \"wait\": {\"event\": \"click\", \"timeout\": \"3 days\", \"then\": \"clicked\"}},
            {\"name\": \"letter\", \"act\": {\"channel\": \"email\", \"template\": \"buy\"}},
            {\"name\": \"end\", \"exit\": \"done\"},
            {\"name\": \"clicked\", \"exit\": \"clicked\"}]}', start => true) FROM (VALUES ('paused'), ('live')) AS j (name);
        UPDATE shop_data.journey SET started_at = '2024-03-01Z';
        SELECT lifecycle.record_event('shop', 'trial', NULL, customer => n::text, at => '2024-03-01 01:00Z')
            FROM generate_series(1, 3) AS n;
        CALL lifecycle.run_journeys('shop', '2024-03-01 02:00Z');
        SELECT lifecycle.pause_journey('shop', 'paused');
        INSERT INTO orders VALUES (1, '2024-03-02Z');
        SELECT lifecycle.record_event('shop', 'click', NULL, customer => '2', at => '2024-03-02Z');
        CALL lifecycle.refresh('shop', '2024-03-03Z');
        CALL lifecycle.run_journeys('shop', '2024-03-03Z');
        SELECT lifecycle.start_journey('shop', 'paused');
        CALL lifecycle.run_journeys('shop', '2024-03-03 01:00Z')",
    );
    // One has bought, one has clicked, one does neither.
    let ends = |database: &mut Database| {
        database.texts(
            "SELECT format('%s %s %s', e.customer, j.name, COALESCE(d.reason, 'under way')) FROM shop_data.enrollment AS e
                JOIN shop_data.journey AS j USING (journey)
                LEFT JOIN shop_data.decision AS d ON (d.customer, d.journey, d.kind) = (e.customer, e.journey, 'left')
            ORDER BY e.customer, j.name",
        )
    };
    let expected = [
        "1 live goal",
        "1 paused goal",
        "2 live clicked",
        "2 paused clicked",
        "3 live under way",
        "3 paused under way",
    ];
    assert_eq!(ends(&mut database), expected);
}
