//! Who enters a journey, on what occasion, and whether in a control group.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use serde_json::Value;

use super::calendar::{Instant, instant, later, moved, span, time};
use super::facts::{Event, kind};
use super::interpreter::{Enrollment, Interpreter, share, strings};
use super::occasion::{Known, key};

/// An occasion to enter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occasion {
    /// When it was.
    at: Instant,
    /// The place of the event among all.
    event: Option<usize>,
    /// What it was.
    why: String,
    /// What tells it apart from others of the customer.
    key: Option<String>,
    /// The key of the order.
    order_key: Option<String>,
}

impl Occasion {
    /// An occasion of which nothing else is known.
    pub fn plain(at: Instant, why: String) -> Self {
        Occasion { at, event: None, why, key: None, order_key: None }
    }
}

impl Interpreter {
    /// The occasions, other than recorded events, to enter a journey, and what they are.
    pub fn occasions(&self, customer: i32, at: usize) -> Vec<Occasion> {
        let journey = &self.journeys[at];
        let entry = &journey.current()["entry"];
        let movements = || {
            let mine = self.facts.movements.iter().filter(|movement| movement.customer == customer);
            mine.filter(|movement| movement.id > journey.movement_seen)
        };
        if entry["event"] == "ordered" && journey.scanned == Some(self.refreshes) {
            return Vec::new();
        }
        if entry["event"] == "ordered" && (!entry["key"].is_null() || !entry["where"].is_null()) {
            return self.facts.as_refreshed(|_| self.orders(customer, entry));
        }
        if entry["event"] == "ordered" && self.is_profiled(customer) {
            let bought = self.facts.purchases.iter();
            let bought = bought.filter(|one| one.customer == customer && one.amount > 0);
            let last = bought.map(|one| one.at).filter(|at| *at <= self.facts.refreshed).max();
            let order_key = |at| self.facts.order_key(customer, at);
            let plain = last.into_iter().map(|at| (order_key(at), Occasion::plain(at, "ordered".to_owned())));
            return plain.map(|(order_key, of)| Occasion { order_key, ..of }).collect();
        }
        if entry["event"] == "registered" && (!entry["key"].is_null() || !entry["where"].is_null()) {
            return Vec::new();
        }
        if entry["event"] == "registered" {
            let mut events = self.facts.events.iter();
            if events.any(|event| event.customer == customer && event.kind == "registered") {
                return Vec::new();
            }
            let new = movements().filter_map(|movement| Some((movement.registered?, movement.at)));
            let new = new.filter(|(first, at)| *first > *at - Duration::hours(168));
            return new.map(|(first, _)| Occasion::plain(first, "registered".to_owned())).collect();
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
                .map(|of| Occasion::plain(of.at, format!("stage: {} to {}", shown(&of.before), shown(&of.after))))
                .collect();
        }
        if let Some(column) = entry["date"].as_str() {
            return self.dates(customer, column, entry);
        }
        if let Some(audience) = entry["joined"].as_str() {
            return self.joinings(customer, at, audience);
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
            return vec![Occasion::plain(self.now, "condition".to_owned())];
        }
        Vec::new()
    }

    /// Each order that the last refresh has found, of those that the entry asks for. Orders of one instant are one.
    fn orders(&self, customer: i32, entry: &Value) -> Vec<Occasion> {
        let bought = self.facts.purchases.iter().filter(|one| one.customer == customer && one.amount > 0);
        let instants: BTreeSet<Instant> =
            bought.map(|one| one.at).filter(|at| *at <= self.facts.refreshed && self.is_profiled(customer)).collect();
        let is_asked = |at: &Instant| {
            let known = Known { event: None, at: *at, order_key: None };
            entry["where"].is_null() || self.facts.known(customer, known, &entry["where"], self.now)
        };
        let order = |at: Instant| {
            let order_key = self.facts.order_key(customer, at);
            let key = match (entry["key"].is_null(), self.facts.has_order_keys) {
                (true, _) => None,
                // An order that is gone by now is none.
                (false, true) => Some(order_key.clone()?),
                (false, false) => Some(at.format("%Y-%m-%dT%H:%M:%S.000000Z").to_string()),
            };
            Some(Occasion { key, order_key, ..Occasion::plain(at, "ordered".to_owned()) })
        };
        instants.into_iter().filter(is_asked).filter_map(order).collect()
    }

    /// The occasion that an event is, if it is one that the entry asks for.
    fn by_event(&self, at: usize, number: usize) -> Option<(i32, Occasion)> {
        let (entry, event) = (&self.journeys[at].current()["entry"], &self.facts.events[number]);
        let key = key(event.detail.as_ref(), &entry["key"]);
        let known = Known { event: Some(event), at: event.at, order_key: None };
        let is_asked = entry["where"].is_null()
            || self.facts.as_refreshed(|facts| facts.known(event.customer, known, &entry["where"], self.now));
        let is_occasion = event.kind == kind(entry["event"].as_str()?) && is_asked;
        let of = Occasion { key, event: Some(number), ..Occasion::plain(event.at, event.kind.clone()) };
        (is_occasion && (entry["key"].is_null() || of.key.is_some())).then_some((event.customer, of))
    }

    /// A date of the customer's, or its anniversaries, moved.
    fn dates(&self, customer: i32, column: &str, entry: &Value) -> Vec<Occasion> {
        let Some(day) = self.facts.local_day(customer, column) else { return Vec::new() };
        let offset = entry["offset"].as_str().unwrap_or("0 days");
        let (is_back, length) = (offset.starts_with('-'), span(offset.trim_start_matches('-')));
        let at = time(entry["at"].as_str().unwrap_or("00:00")) - time("00:00");
        let years = if entry["every_year"] == true { 0..60 } else { 0..1 };
        years
            .map(|year| moved(day.into(), span(&format!("{} months", 12 * year)), false))
            .map(|day| moved(day, length, is_back) + at)
            .map(|local| Occasion::plain(instant(self.facts.zone(customer), local), format!("{column} {day}")))
            .collect()
    }

    /// Has customers enter by the events that no run has looked at yet.
    pub fn enter_by_events(&mut self) {
        let now = self.now;
        let new: Vec<(usize, Event)> = self.facts.events.iter().cloned().enumerate().collect();
        let new: Vec<(usize, Event)> = new.into_iter().filter(|(_, event)| !event.seen && event.at <= now).collect();
        let Some(first) = new.first().map(|(number, _)| *number) else { return };
        let customers: BTreeSet<i32> = new.iter().map(|(_, event)| event.customer).collect();
        for &customer in &customers {
            self.leave(customer);
        }
        let mut held = Vec::new();
        for journey in self.live() {
            let occasions = new.iter().filter_map(|(number, _)| self.by_event(journey, *number)).collect();
            if !self.enter_all(journey, occasions) {
                held.push(journey);
            }
        }
        for &customer in &customers {
            self.wake(customer);
        }
        for journey in held {
            self.pull_brake(journey, Some(first));
        }
        for (number, _) in new {
            self.facts.events[number].seen = true;
        }
    }

    /// Has customers enter a journey by what refreshes have found, and by the events that came while it was held.
    pub fn enter_by_what_is_known(&mut self, at: usize, customers: &BTreeSet<i32>) {
        let now = self.now;
        if let Some(from) = self.journeys[at].brake.event {
            let events = (from..self.facts.events.len()).filter(|number| self.facts.events[*number].seen);
            let occasions = events.filter_map(|number| self.by_event(at, number)).collect();
            if !self.enter_all(at, occasions) {
                return self.pull_brake(at, Some(from));
            }
            self.journeys[at].brake.event = None;
        }
        // Those who may not enter as of the last refresh are not looked at.
        let who = self.journeys[at].current()["who"].clone();
        let may =
            |customer: &i32| who.is_null() || self.facts.as_refreshed(|facts| facts.holds(*customer, None, &who, now));
        let those = customers.iter().copied().filter(|customer| may(customer));
        let occasions =
            those.flat_map(|customer| self.occasions(customer, at).into_iter().map(move |of| (customer, of)));
        let occasions = occasions.collect();
        if !self.enter_all(at, occasions) {
            return self.pull_brake(at, None);
        }
        let condition = self.journeys[at].current()["entry"]["condition"].clone();
        if !condition.is_null() {
            let holds = |customer: &i32| {
                self.is_profiled(*customer)
                    && self.facts.as_refreshed(|facts| facts.holds(*customer, None, &condition, now))
            };
            self.journeys[at].holds = customers.iter().copied().filter(holds).collect();
        }
        let last_movement = self.facts.movements.iter().map(|movement| movement.id).max().unwrap_or(0);
        let last_joining = self.facts.last_joining();
        let journey = &mut self.journeys[at];
        journey.joining_seen = journey.joining_seen.max(last_joining);
        journey.scanned = Some(self.refreshes);
        journey.movement_seen = journey.movement_seen.max(last_movement);
    }

    /// Has all customers enter who may, each on the first occasion of each key, unless these are too many: then nobody.
    fn enter_all(&mut self, at: usize, mut occasions: Vec<(i32, Occasion)>) -> bool {
        occasions.sort();
        let mut first: BTreeMap<(i32, Option<String>), Occasion> = BTreeMap::new();
        // What was taken back counts only where nothing of the same key was not.
        let entry = &self.journeys[at].current()["entry"];
        let is_back =
            |(customer, of): &(i32, Occasion)| self.is_taken_back(*customer, entry, of.at, &of.key, &of.order_key);
        let (back, standing): (Vec<_>, Vec<_>) = occasions.into_iter().partition(is_back);
        for (customer, occasion) in standing.into_iter().chain(back) {
            if self.is_in_time(at, occasion.at) {
                first.entry((customer, occasion.key.clone())).or_insert(occasion);
            }
        }
        first.retain(|(customer, _), occasion| self.may_enter(*customer, at, occasion));
        if !self.has_room(at, first.len()) {
            return false;
        }
        self.count_in(at, first.len());
        let mut first: Vec<(i32, Occasion)> = first.into_iter().map(|((customer, _), of)| (customer, of)).collect();
        first.sort_by_key(|(customer, of)| (*customer, of.at, of.key.clone()));
        for (customer, occasion) in first {
            self.enter(customer, at, occasion, None);
        }
        true
    }

    /// Has a customer enter now whom another journey calls, from which the customer may get nothing.
    pub fn enter_called(&mut self, customer: i32, at: usize, why: &str, caller: Option<String>) {
        let now = self.now;
        let occasion = Occasion::plain(now, why.to_owned());
        if self.is_in_time(at, now) && self.may_enter(customer, at, &occasion) {
            self.enter(customer, at, occasion, Some(caller));
        }
    }

    /// Whether it is neither too early nor too late for an occasion.
    fn is_in_time(&self, at: usize, triggered_at: Instant) -> bool {
        triggered_at > self.journeys[at].started_at
            && triggered_at > self.now - Duration::hours(168)
            && triggered_at <= self.now
    }

    fn may_enter(&self, customer: i32, at: usize, occasion: &Occasion) -> bool {
        let (now, zone, journey) = (self.now, self.facts.zone(customer), &self.journeys[at]);
        let definition = journey.current();
        let is_order = definition["entry"]["event"] == "ordered" && occasion.why == "ordered";
        let by = &definition["entry"]["cancelled_by"];
        let needs_order = by.is_null() || by == "order" || by.as_array().is_some_and(|by| by.contains(&"order".into()));
        if is_order && needs_order && !self.facts.is_ordered_at(customer, occasion.at) {
            return false;
        }
        // Another order of the same instant.
        let is_twin = |one: &Enrollment| {
            (one.customer, one.journey, one.triggered_at) == (customer, at + 1, occasion.at)
                && one.outcome.as_deref() != Some("cancelled")
        };
        if is_order && occasion.key.is_some() && self.enrollments.iter().any(is_twin) {
            return false;
        }
        let may = self.last_of_key(customer, at, &occasion.key).is_none_or(|last| {
            let again = match &definition["reentry"] {
                Value::Null if definition["entry"]["every_year"] == true => {
                    later(zone, last.entered_at, span("300 days")) <= now
                }
                Value::String(word) => word == "always",
                Value::Object(_) => {
                    let apart = span(definition["reentry"]["not_within"].as_str().expect("a span"));
                    later(zone, last.entered_at, apart) <= now
                }
                _ => false,
            };
            last.due_at.is_none() && last.entered_at < now && last.triggered_at < occasion.at && again
        });
        let who = &definition["who"];
        may && (who.is_null() || self.facts.holds(customer, None, who, now))
    }

    fn last_entry(&self, customer: i32, at: usize) -> Option<&Enrollment> {
        let mine = self.enrollments.iter();
        mine.filter(|one| one.customer == customer && one.journey == at + 1).max_by_key(|one| one.entry)
    }

    /// The last entry of a customer, of those of the same key if there are keys.
    fn last_of_key(&self, customer: i32, at: usize, key: &Option<String>) -> Option<&Enrollment> {
        let mine = self.enrollments.iter().filter(|one| one.customer == customer && one.journey == at + 1);
        let has_keys = self.journeys[at].has_keys();
        mine.filter(|one| !has_keys || one.key == *key).max_by_key(|one| one.entry)
    }

    fn enter(&mut self, customer: i32, at: usize, occasion: Occasion, caller: Option<Option<String>>) {
        let (now, zone) = (self.now, self.facts.zone(customer));
        let journey = &self.journeys[at];
        let (id, definition) = (journey.id, journey.current());
        let last = self.last_entry(customer, at);
        let is_in = |of: &str, below: &Value| share(customer, of) < below.as_f64().unwrap_or(0.0);
        let control = if is_in("store", &self.policy["control"]) {
            Some("store".to_owned())
        } else if is_in(&format!("journey/{}", journey.name), &definition["control"]) {
            Some("journey".to_owned())
        } else {
            caller.clone().flatten()
        };
        let enrollment = Enrollment {
            customer,
            journey: id,
            entry: last.map_or(1, |last| last.entry + 1),
            version: journey.versions.len(),
            step: 0,
            round: 1,
            entered_at: now,
            triggered_at: occasion.at,
            event: occasion.event,
            key: occasion.key,
            order_key: occasion.order_key,
            since: now,
            due_at: None,
            postponed_since: None,
            postponed_reason: None,
            arm: None,
            control,
            store_control: caller.is_none().then(|| self.policy["control"].as_f64().unwrap_or(0.0)),
            ended_at: None,
            outcome: None,
            goal_until: later(zone, now, span(definition["goal"]["within"].as_str().unwrap_or("30 days"))),
            goal_at: None,
            action: None,
        };
        self.enrollments.push(enrollment);
        let due = self.enrollments.len() - 1;
        self.note(due, "entered", Some(&occasion.why));
        match self.reason_to_leave(due) {
            Some(reason) => self.end(due, reason, reason),
            None => self.arrive(due, 0),
        }
    }
}
