//! Why a customer leaves a journey before its end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::calendar::{later, span};
use super::facts::{Action, OBJECTIONS, kind};
use super::interpreter::{Interpreter, strings};
use super::occasion::key;

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
        self.reason_to_go(of)
    }

    /// The same, whatever the customer wants to get.
    pub fn reason_to_go(&self, of: usize) -> Option<&'static str> {
        let (customer, now) = (self.enrollments[of].customer, self.now);
        let definition = self.definition(of);
        if definition["exit"]["on_goal"] != false && self.has_reached_goal(of) {
            return Some("goal");
        }
        if self.is_cancelled(of) {
            return Some("cancelled");
        }
        let unless = &definition["exit"]["unless"];
        let may_stay = unless.is_null() || self.facts.holds(customer, Some(self.entered(of)), unless, now);
        (!may_stay).then_some("left")
    }

    /// Whether the customer has taken back what the entry came from.
    fn is_cancelled(&self, of: usize) -> bool {
        let one = &self.enrollments[of];
        let entry = &self.definition(of)["entry"];
        let is_order = entry["event"] == "ordered";
        let by = match &entry["cancelled_by"] {
            Value::Null if is_order => vec!["order".to_owned()],
            Value::Null => Vec::new(),
            Value::String(word) => vec![word.clone()],
            words => strings(words),
        };
        let way = if is_order { json!("order") } else { entry["key"].clone() };
        let is_same =
            |detail: Option<&Value>| entry["key"].is_null() || one.key.is_some() && key(detail, &way) == one.key;
        by.iter().any(|word| match word.as_str() {
            "order" if is_order => !self.facts.is_ordered_at(one.customer, one.triggered_at),
            word => self.facts.events.iter().any(|event| {
                event.customer == one.customer
                    && event.kind == kind(word)
                    && event.at >= one.triggered_at
                    && event.at <= self.now
                    && is_same(event.detail.as_ref())
            }),
        })
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
