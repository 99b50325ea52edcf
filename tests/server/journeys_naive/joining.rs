//! Audiences that customers join, and the journeys that they enter by it. The log of an audience itself is held against a plain reading of its
//! condition in tests/server/audiences.rs.

use serde_json::{Value, json};

use super::calendar::Instant;
use super::entering::Occasion;
use super::generate::Lots;
use super::happening::in_micros;
use super::history::History;
use super::interpreter::Interpreter;
use crate::harness::Ask;

/// The audiences, each with its condition.
const AUDIENCES: [(&str, &str); 2] = [
    ("rich", r#"{"profile": "points", "at_least": 5}"#),
    ("golden", r#"{"or": [{"profile": "tier", "is": "gold"}, {"profile": "orders", "at_least": 3}]}"#),
];

/// A line of the log of an audience: a customer has joined.
#[derive(Debug, Clone)]
pub struct Joining {
    pub id: i64,
    audience: String,
    customer: i32,
    at: Instant,
    kind: String,
    /// The first date of a customer who registers with it.
    registered: Option<Instant>,
}

impl Lots {
    pub fn joined(&mut self) -> Value {
        json!({"joined": self.one_of(&AUDIENCES.map(|(name, _)| name)), "include_refitted": self.is(0.3)})
    }
}

impl History<'_> {
    pub(super) fn create_audiences(&mut self) {
        for (name, condition) in AUDIENCES {
            self.log.push(format!("audience {name}: {condition}"));
            self.client.run(&format!("SELECT lifecycle.create_audience('naive', '{name}', '{condition}')"));
        }
        self.read_joinings();
    }

    /// Takes down what the log of the audiences has said since.
    pub(super) fn read_joinings(&mut self) {
        let joined = format!(
            "SELECT log.id, audience.name, log.customer, (extract(epoch FROM log.at) * 1000000)::int8, log.kind,
                    (extract(epoch FROM log.registered_at) * 1000000)::int8
                FROM naive_data.audience_log AS log JOIN naive_data.audience AS audience ON audience.number = log.audience
                WHERE log.joined AND log.id > {} ORDER BY log.id",
            self.naive.facts.last_joining()
        );
        for row in self.client.query(&joined, &[]).expect("the log of the audiences") {
            let joining = Joining {
                id: row.get(0),
                audience: row.get(1),
                customer: row.get(2),
                at: in_micros(row.get(3)).expect("an instant"),
                kind: row.get(4),
                registered: row.get::<_, Option<i64>>(5).and_then(in_micros),
            };
            self.log.push(format!("{joining:?}"));
            self.naive.facts.joinings.push(joining);
        }
    }
}

impl Interpreter {
    /// The occasions to enter by joining an audience that no run has looked at yet.
    pub fn joinings(&self, customer: i32, at: usize, audience: &str) -> Vec<Occasion> {
        let journey = &self.journeys[at];
        let is_own = |of: &&Joining| match (of.kind.as_str(), journey.current()["entry"]["include_refitted"] == true) {
            ("defined", _) => false,
            (_, true) | ("moved", _) => true,
            ("appeared", _) => of.registered.is_some_and(|first| first > journey.started_at),
            _ => false,
        };
        let all = self.facts.joinings.iter();
        let new = all.filter(|of| of.customer == customer && of.audience == audience && of.id > journey.joining_seen);
        new.filter(is_own).map(|of| Occasion::plain(of.at, format!("joined: {audience}"))).collect()
    }
}
