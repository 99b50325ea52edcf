//! Why a customer leaves a journey before its end.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::{Value, json};

use super::calendar::{Instant, later, span};
use super::facts::{Action, OBJECTIONS, kind};
use super::interpreter::{Decision, Interpreter, strings};
use super::occasion::key;

/// What ends an entry: kinds of events, and `order` where it needs its order.
fn cancelled_by(entry: &Value) -> Vec<String> {
    match &entry["cancelled_by"] {
        Value::Null if entry["event"] == "ordered" => vec!["order".to_owned()],
        Value::Null => Vec::new(),
        Value::String(word) => vec![word.clone()],
        words => strings(words),
    }
}

impl Interpreter {
    pub fn reason_to_leave(&self, of: usize) -> Option<&'static str> {
        let (customer, now) = (self.enrollments[of].customer, self.now);
        // The acts of a version by channel and topic, and whether they answer the customer.
        let acts = self.steps(of).iter().map(|step| &step["act"]);
        let ways: BTreeSet<(&str, Option<&str>, bool)> = acts
            .filter_map(|act| Some((act["channel"].as_str()?, act["topic"].as_str(), act["transactional"] == true)))
            .collect();
        let objections: Option<Vec<&str>> = ways
            .into_iter()
            .map(|(channel, topic, is_transactional)| {
                self.facts.objection(customer, (channel, topic), is_transactional, now)
            })
            .collect();
        if let Some(first) = objections.and_then(|all| all.first().copied()) {
            return Some(first);
        }
        self.reason_to_go(of, false)
    }

    /// The same, whatever the customer wants to get.
    pub fn reason_to_go(&self, of: usize, is_hand_over: bool) -> Option<&'static str> {
        let (customer, now) = (self.enrollments[of].customer, self.now);
        let definition = self.definition(of);
        if definition["exit"]["on_goal"] != false && self.has_reached_goal(of) {
            return Some("goal");
        }
        if self.is_cancelled(of, is_hand_over) {
            return Some("cancelled");
        }
        let unless = &definition["exit"]["unless"];
        let may_stay = unless.is_null() || self.facts.holds(customer, Some(self.entered(of)), unless, now);
        (!may_stay).then_some("left")
    }

    /// Whether the customer has taken back what the entry came from.
    fn is_cancelled(&self, of: usize, is_hand_over: bool) -> bool {
        let one = &self.enrollments[of];
        let entry = &self.definition(of)["entry"];
        self.is_taken_back(one.customer, entry, one.triggered_at, &one.key, &one.order_key)
            || self.needs_order(of) && self.is_order_gone(of, is_hand_over)
    }

    /// Whether an event takes back what was at an instant, and has this key, or is the order of that key.
    pub fn is_taken_back(
        &self,
        customer: i32,
        entry: &Value,
        at: Instant,
        own: &Option<String>,
        order_key: &Option<String>,
    ) -> bool {
        let is_order = entry["event"] == "ordered";
        let is_same = |detail: Option<&Value>| match (is_order, entry["key"].is_null()) {
            (true, true) => order_key.is_none() || key(detail, &json!("order")) == *order_key,
            (false, true) => true,
            (true, false) => own.is_some() && key(detail, &json!("order")) == *own,
            (false, false) => own.is_some() && key(detail, &entry["key"]) == *own,
        };
        cancelled_by(entry).iter().filter(|word| !is_order || *word != "order").any(|word| {
            self.facts.events.iter().any(|event| {
                event.customer == customer
                    && event.kind == kind(word)
                    && event.at >= at
                    && event.at <= self.now
                    && is_same(event.detail.as_ref())
            })
        })
    }

    /// Whether an entry began with an order, without which it ends.
    fn needs_order(&self, of: usize) -> bool {
        let (one, entry) = (&self.enrollments[of], &self.definition(of)["entry"]);
        let is_first = |note: &&Decision| {
            (note.customer, note.journey, note.entry) == (one.customer, one.journey, one.entry)
                && note.what == "entered"
        };
        let note = self.decisions.iter().find(is_first).expect("a note of the entry");
        entry["event"] == "ordered"
            && cancelled_by(entry).iter().any(|word| word == "order")
            && note.why.as_deref() == Some("ordered")
    }

    /// Whether there is no such order any more by the rows as they are now.
    fn is_order_missing(&self, of: usize, is_hand_over: bool) -> bool {
        let one = &self.enrollments[of];
        !self.facts.is_ordered_at(one.customer, one.triggered_at) || self.is_order_replaced(of, is_hand_over)
    }

    /// Whether there are other orders of that instant alone, asked of an old one only if something is about to be sent.
    fn is_order_replaced(&self, of: usize, is_hand_over: bool) -> bool {
        let one = &self.enrollments[of];
        let is_asked = is_hand_over || one.triggered_at > self.now - Duration::hours(168);
        let Some(key) = one.order_key.as_ref().filter(|_| is_asked) else { return false };
        let then: Vec<&str> = self.facts.order_keys(one.customer, one.triggered_at);
        !then.is_empty() && !then.contains(&key.as_str())
    }

    /// The same as of the last refresh and still.
    fn is_order_gone(&self, of: usize, is_hand_over: bool) -> bool {
        let one = &self.enrollments[of];
        let was_there = self.facts.as_refreshed(|facts| facts.is_ordered_at(one.customer, one.triggered_at));
        let is_there = self.facts.is_ordered_at(one.customer, one.triggered_at);
        !was_there && !is_there || !self.facts.is_read(one.customer) && self.is_order_replaced(of, is_hand_over)
    }

    /// Whether the order may come back: nothing is done about the entry until a refresh has looked.
    pub fn awaits_order(&self, of: usize, is_hand_over: bool) -> bool {
        self.needs_order(of)
            && self.facts.is_read(self.enrollments[of].customer)
            && self.is_order_missing(of, is_hand_over)
    }

    /// Puts off what is due for a customer whose order is not found.
    pub fn put_off_missing(&mut self, customer: i32) {
        for of in self.under_way(customer) {
            if self.enrollments[of].due_at <= Some(self.now) && self.awaits_order(of, false) {
                self.enrollments[of].due_at = Some(self.now + Duration::minutes(10));
                self.put_off.insert("order not found");
            }
        }
    }

    fn has_reached_goal(&self, of: usize) -> bool {
        let one = &self.enrollments[of];
        let goal = &self.definition(of)["goal"];
        let within = span(goal["within"].as_str().unwrap_or("30 days"));
        let until = later(self.facts.zone(one.customer), one.entered_at, within).min(self.now);
        match goal["event"].as_str() {
            Some(event) => self.facts.happened(one.customer, event, (one.entered_at, until), None) > 0,
            None => self.facts.has_bought(one.customer, &goal["bought"], one.entered_at, until),
        }
    }

    pub fn under_way(&self, customer: i32) -> Vec<usize> {
        let all = self.enrollments.iter().enumerate();
        all.filter(|(_, one)| one.customer == customer && one.due_at.is_some())
            .filter(|(_, one)| self.journeys[one.journey - 1].is_live)
            .map(|(of, _)| of)
            .collect()
    }

    pub fn leave(&mut self, customer: i32) {
        for of in self.under_way(customer) {
            if let Some(reason) = self.reason_to_leave(of) {
                self.end(of, reason, reason);
            }
        }
    }

    pub fn end(&mut self, of: usize, outcome: &str, why: &str) {
        self.note(of, "left", Some(why));
        let now = self.now;
        let one = &mut self.enrollments[of];
        (one.due_at, one.ended_at, one.outcome) = (None, Some(now), Some(outcome.to_owned()));
        (one.postponed_since, one.postponed_reason) = (None, None);
        if outcome == "goal" {
            one.goal_at = Some(now);
        }
        if OBJECTIONS.contains(&outcome) {
            let left = (one.customer, one.journey, one.entry);
            let of_it = |action: &&mut Action| (action.key.0, action.key.1, action.key.3) == left;
            for action in self.facts.actions.iter_mut().filter(of_it).filter(|action| action.is_open()) {
                (action.status, action.reason) = ("cancelled".to_owned(), Some(outcome.to_owned()));
            }
        }
    }
}
