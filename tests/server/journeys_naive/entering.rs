//! Who enters a journey, on what occasion, and whether in a control group.

use chrono::Duration;
use serde_json::Value;

use super::calendar::{Instant, instant, later, moved, span, time};
use super::interpreter::{Enrollment, Interpreter, share, strings};

impl Interpreter {
    /// The occasions, other than recorded events, to enter a journey, and what they are.
    pub fn occasions(&self, customer: i32, at: usize) -> Vec<(Instant, String)> {
        let journey = &self.journeys[at];
        let entry = &journey.current()["entry"];
        let movements = || {
            let mine = self.facts.movements.iter().filter(|movement| movement.customer == customer);
            mine.filter(|movement| movement.id > journey.movement_seen)
        };
        if entry["event"] == "ordered" && journey.scanned != Some(self.refreshes) && self.is_profiled(customer) {
            let bought = self.facts.purchases.iter();
            let bought = bought.filter(|one| one.customer == customer && one.amount > 0);
            let last = bought.map(|one| one.at).filter(|at| *at <= self.facts.refreshed).max();
            return last.into_iter().map(|at| (at, "ordered".to_owned())).collect();
        }
        if entry["event"] == "registered" {
            let mut events = self.facts.events.iter();
            if events.any(|event| event.customer == customer && event.kind == "registered") {
                return Vec::new();
            }
            let new = movements().filter_map(|movement| Some((movement.registered?, movement.at)));
            let new = new.filter(|(first, at)| *first > *at - Duration::hours(168));
            return new.map(|(first, _)| (first, "registered".to_owned())).collect();
        }
        if entry["movement"]["what"] == "stage" {
            let (from, to) = (strings(&entry["movement"]["from"]), strings(&entry["movement"]["to"]));
            let is_among = |stage: &Option<String>, among: &[String]| {
                among.is_empty() || stage.as_ref().is_some_and(|stage| among.contains(stage))
            };
            let shown = |stage: &Option<String>| stage.clone().unwrap_or("(none)".to_owned());
            return movements()
                .filter(|movement| movement.before != movement.after && movement.after.is_some())
                .filter(|movement| entry["include_refitted"] == true || movement.is_own)
                .filter(|movement| {
                    entry["include_refitted"] == true
                        || movement.registered.is_none_or(|first| first > journey.started_at)
                })
                .filter(|movement| is_among(&movement.before, &from) && is_among(&movement.after, &to))
                .map(|of| (of.at, format!("stage: {} to {}", shown(&of.before), shown(&of.after))))
                .collect();
        }
        if let Some(column) = entry["date"].as_str() {
            return self.dates(customer, column, entry);
        }
        let condition = &entry["condition"];
        let is_let_in = journey.scanned.is_some() || entry["existing"] == true;
        let scanned = journey.scanned.unwrap_or(0);
        let is_by_past = self.facts.past_changed.get(&customer).is_some_and(|(_, refresh)| *refresh > scanned);
        if !condition.is_null()
            && !is_by_past
            && is_let_in
            && !journey.holds.contains(&customer)
            && self.is_profiled(customer)
            && self.facts.as_refreshed(|facts| facts.holds(customer, None, condition, self.now))
        {
            return vec![(self.now, "condition".to_owned())];
        }
        Vec::new()
    }

    /// A date of the customer's, or its anniversaries, moved.
    fn dates(&self, customer: i32, column: &str, entry: &Value) -> Vec<(Instant, String)> {
        let Some(day) = self.facts.local_day(customer, column) else { return Vec::new() };
        let offset = entry["offset"].as_str().unwrap_or("0 days");
        let (is_back, length) = (offset.starts_with('-'), span(offset.trim_start_matches('-')));
        let at = time(entry["at"].as_str().unwrap_or("00:00")) - time("00:00");
        let years = if entry["every_year"] == true { 0..60 } else { 0..1 };
        years
            .map(|year| moved(day.into(), span(&format!("{} months", 12 * year)), false))
            .map(|day| moved(day, length, is_back) + at)
            .map(|local| (instant(self.facts.zone(customer), local), format!("{column} {day}")))
            .collect()
    }

    /// Has a customer enter on the first of these occasions, unless it is too late for it, or the customer may not.
    pub fn enter_on(&mut self, customer: i32, journey: usize, occasions: Vec<(Instant, String)>) {
        self.enter_from(customer, journey, occasions, None);
    }

    /// The same, called by another journey, from which the customer may get nothing.
    pub fn enter_from(
        &mut self,
        customer: i32,
        journey: usize,
        mut occasions: Vec<(Instant, String)>,
        caller: Option<String>,
    ) {
        let (started_at, earliest) = (self.journeys[journey].started_at, self.now - Duration::hours(168));
        occasions.retain(|(at, _)| *at > started_at && *at > earliest && *at <= self.now);
        occasions.sort();
        if let Some((at, why)) = occasions.into_iter().next() {
            self.enter(customer, journey, at, &why, caller);
        }
    }

    fn enter(&mut self, customer: i32, at: usize, triggered_at: Instant, why: &str, caller: Option<String>) {
        let (now, zone) = (self.now, self.facts.zone(customer));
        let journey = &self.journeys[at];
        let (id, definition) = (journey.id, journey.current());
        let mine = self.enrollments.iter().filter(|one| one.customer == customer && one.journey == id);
        let last = mine.max_by_key(|one| one.entry);
        let may = last.is_none_or(|last| {
            let again = match &definition["reentry"] {
                Value::String(word) => word == "always",
                Value::Object(_) => {
                    let apart = span(definition["reentry"]["not_within"].as_str().expect("a span"));
                    later(zone, last.entered_at, apart) <= now
                }
                _ => false,
            };
            last.due_at.is_none() && last.entered_at < now && last.triggered_at < triggered_at && again
        });
        let who = &definition["who"];
        if !may || !who.is_null() && !self.facts.holds(customer, None, who, now) {
            return;
        }
        let is_in = |of: &str, below: &Value| share(customer, of) < below.as_f64().unwrap_or(0.0);
        let control = if is_in("store", &self.policy["control"]) {
            Some("store".to_owned())
        } else if is_in(&format!("journey/{}", journey.name), &definition["control"]) {
            Some("journey".to_owned())
        } else {
            caller
        };
        let enrollment = Enrollment {
            customer,
            journey: id,
            entry: last.map_or(1, |last| last.entry + 1),
            version: journey.versions.len(),
            step: 0,
            round: 1,
            entered_at: now,
            triggered_at,
            since: now,
            due_at: None,
            postponed_since: None,
            postponed_reason: None,
            arm: None,
            control,
            ended_at: None,
            outcome: None,
            goal_until: later(zone, now, span(definition["goal"]["within"].as_str().unwrap_or("30 days"))),
            goal_at: None,
            action: None,
        };
        self.enrollments.push(enrollment);
        let due = self.enrollments.len() - 1;
        self.note(due, "entered", Some(why));
        match self.reason_to_leave(due) {
            Some(reason) => self.end(due, reason, reason),
            None => self.arrive(due, 0),
        }
    }
}
