//! What the interpreter has decided, as the rows that the tables must hold.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::calendar::Instant;
use super::facts::shown;
use super::interpreter::Interpreter;

impl Interpreter {
    /// The rows that the tables must hold, by table.
    pub fn rows(&self) -> BTreeMap<&'static str, Vec<String>> {
        let time = |at: Option<Instant>| at.map(shown);
        let actions = self.facts.actions.iter().map(|of| {
            let (customer, journey, version, entry, step, round) = of.key;
            json!({"customer": customer, "journey": journey, "version": version, "entry": entry, "step": step,
                "round": round, "decided_at": shown(of.at), "arm": of.arm, "control": of.control, "channel": of.channel,
                "template": of.template, "payload": of.payload, "priority": of.priority, "status": of.status, "reason": of.reason,
                "expires_at": shown(of.expires_at), "handed_over_at": time(of.handed_over_at),
                "completed_at": time(of.completed_at), "attempts": of.attempts, "processed": of.processed,
                "transactional": of.is_transactional, "topic": of.topic})
        });
        let enrollments = self.enrollments.iter().map(|of| {
            json!({"customer": of.customer, "journey": of.journey, "version": of.version, "entry": of.entry,
                "step": of.step + 1, "round": of.round, "entered_at": shown(of.entered_at),
                "triggered_at": shown(of.triggered_at), "step_since": shown(of.since), "due_at": time(of.due_at),
                "postponed_since": time(of.postponed_since), "postponed_reason": of.postponed_reason, "arm": of.arm,
                "control": of.control, "ended_at": time(of.ended_at), "outcome": of.outcome,
                "goal_until": shown(of.goal_until), "goal_at": time(of.goal_at), "event": of.event.map(|event| event + 1),
                "occasion_key": of.key, "order_key": of.order_key, "is_called": of.store_control.is_none(),
                "store_control": of.store_control.map(|share| if share == 0.0 { json!(0) } else { json!(share) })})
        });
        let decisions = self.decisions.iter().map(|of| {
            json!({"customer": of.customer, "journey": of.journey, "version": of.version, "entry": of.entry,
                "step": of.step, "round": of.round, "decided_at": shown(of.at), "kind": of.what, "reason": of.why})
        });
        let sorted = |rows: &mut dyn Iterator<Item = Value>| {
            let mut rows: Vec<String> = rows.map(|row| row.to_string()).collect();
            rows.sort();
            rows
        };
        BTreeMap::from([
            ("action", sorted(&mut { actions })),
            ("enrollment", sorted(&mut { enrollments })),
            ("decision", sorted(&mut { decisions })),
        ])
    }
}
