//! The rules of journeys as they are told, customer by customer and step by step: no sets, no indexes, nothing shared with what is
//! tested. It reads definitions and policies as the JSON that they are.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::brake::Brake;
use super::calendar::{Instant, instant, later, moved, next_local_time, span, time};
use super::facts::{ActionKey, Entered, FOREVER, Facts, step_named};
use super::occasion::Known;

/// A journey that was started.
pub struct Journey {
    /// Its number, from 1.
    pub id: usize,
    pub name: String,
    /// Its versions, of which the last is in force.
    pub versions: Vec<Value>,
    pub started_at: Instant,
    /// Whether it is live, and not paused.
    pub is_live: bool,
    /// The refresh whose profiles were looked through.
    pub scanned: Option<u32>,
    /// The last movement that was looked at.
    pub movement_seen: i64,
    /// The last line of the log of the audiences that was looked at.
    pub joining_seen: i64,
    /// For whom the condition of its entry holds by now.
    pub holds: BTreeSet<i32>,
    pub brake: Brake,
}

/// A customer's way through a journey.
#[derive(Debug, Clone)]
pub struct Enrollment {
    pub customer: i32,
    pub journey: usize,
    pub entry: usize,
    pub version: usize,
    /// From 0.
    pub step: usize,
    pub round: usize,
    pub entered_at: Instant,
    pub triggered_at: Instant,
    /// The place of the event by which the customer entered, among all.
    pub event: Option<usize>,
    /// What tells the entry apart from others of the customer.
    pub key: Option<String>,
    pub order_key: Option<String>,
    pub since: Instant,
    pub due_at: Option<Instant>,
    pub postponed_since: Option<Instant>,
    pub postponed_reason: Option<String>,
    pub arm: Option<String>,
    pub control: Option<String>,
    /// How large the store's control group was; None where another journey called the customer in.
    pub store_control: Option<f64>,
    pub ended_at: Option<Instant>,
    pub outcome: Option<String>,
    pub goal_until: Instant,
    pub goal_at: Option<Instant>,
    /// What the customer waits for to be sent.
    pub action: Option<ActionKey>,
}

/// What was decided, but for actions.
#[derive(Debug, Clone)]
pub struct Decision {
    pub customer: i32,
    pub journey: usize,
    pub version: usize,
    pub entry: usize,
    pub step: usize,
    pub round: usize,
    pub at: Instant,
    pub what: String,
    pub why: Option<String>,
}

/// The journeys of a store, and how far everybody is.
pub struct Interpreter {
    pub facts: Facts,
    pub policy: Value,
    pub journeys: Vec<Journey>,
    pub enrollments: Vec<Enrollment>,
    pub decisions: Vec<Decision>,
    /// How many refreshes there were, and up to which one everybody was looked at.
    pub refreshes: u32,
    pub swept: u32,
    pub now: Instant,
    /// Whether the owner holds the store.
    pub is_held: bool,
    /// Why a sender who asked for actions did not get some of them yet.
    pub put_off: BTreeSet<&'static str>,
    /// How often a day that a customer waits for has moved.
    pub days_moved: usize,
}

/// Where a customer stands in a draw.
pub fn share(customer: i32, of: &str) -> f64 {
    let digest = Sha256::digest(format!("{of}/{customer}"));
    let hex: String = digest.iter().take(7).map(|byte| format!("{byte:02x}")).collect();
    u64::from_str_radix(&hex[..13], 16).expect("digits") as f64 / 2f64.powi(52)
}

/// The words of a list.
pub fn strings(list: &Value) -> Vec<String> {
    let words = list.as_array().map_or(&[][..], Vec::as_slice);
    words.iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
}

impl Journey {
    pub fn new(id: usize, name: &str, definition: Value, started_at: Instant) -> Self {
        let (versions, name) = (vec![definition], name.to_owned());
        Journey {
            id,
            name,
            versions,
            started_at,
            is_live: true,
            scanned: None,
            movement_seen: 0,
            joining_seen: 0,
            holds: BTreeSet::new(),
            brake: Brake::default(),
        }
    }

    /// The word for the event that one enters by, if it can be recorded.
    pub fn word_of_entry(&self) -> Option<String> {
        self.current()["entry"]["event"].as_str().filter(|word| *word != "ordered").map(str::to_owned)
    }

    pub fn current(&self) -> &Value {
        self.versions.last().expect("a version")
    }

    /// Whether a customer can be in it several times at once.
    pub fn has_keys(&self) -> bool {
        !self.current()["entry"]["key"].is_null()
    }
}

impl Interpreter {
    pub fn new(facts: Facts, policy: Value, journeys: Vec<Journey>) -> Self {
        let now = facts.refreshed;
        Interpreter {
            facts,
            policy,
            journeys,
            enrollments: Vec::new(),
            decisions: Vec::new(),
            refreshes: 1,
            swept: 0,
            now,
            is_held: false,
            put_off: BTreeSet::new(),
            days_moved: 0,
        }
    }

    /// Everything that is due at an instant.
    pub fn run(&mut self, now: Instant) {
        if self.is_held || !self.journeys.iter().any(|journey| journey.is_live) {
            return;
        }
        self.now = now;
        self.begin_releases();
        let of_events = self.facts.events.iter().map(|event| event.customer);
        let customers: BTreeSet<i32> = self.facts.profiles.keys().copied().chain(of_events).collect();
        if self.swept != self.refreshes {
            self.expire();
            for &customer in &customers {
                self.leave(customer);
                self.wake(customer);
            }
            self.swept = self.refreshes;
        }
        self.enter_by_events();
        for journey in self.live() {
            self.enter_by_what_is_known(journey, &customers);
        }
        // The brake may have held the last one.
        if self.live().is_empty() {
            return;
        }
        for &customer in &customers {
            self.settle(customer);
            let mut has_looked = false;
            while let Some(due) = self.next_due(customer) {
                if !has_looked {
                    has_looked = true;
                    self.leave(customer);
                    self.put_off_missing(customer);
                    continue;
                }
                self.execute(due);
            }
        }
    }

    /// Drops the actions that no sender has asked for until their deadline.
    fn expire(&mut self) {
        let (now, live) = (self.now, self.live());
        for action in
            self.facts.actions.iter_mut().filter(|action| action.status == "pending" && action.expires_at <= now)
        {
            if live.contains(&(action.key.1 - 1)) {
                (action.status, action.reason) = ("dropped".to_owned(), Some("too late".to_owned()));
                action.processed = false;
            }
        }
    }

    /// Has a customer go on whose message was sent, or will not be.
    fn settle(&mut self, customer: i32) {
        let now = self.now;
        for action in self.facts.actions.iter_mut().filter(|action| action.key.0 == customer && !action.processed) {
            action.processed = true;
            let waits = |one: &&mut Enrollment| one.action == Some(action.key) && one.due_at == Some(FOREVER);
            for one in self.enrollments.iter_mut().filter(waits) {
                (one.due_at, one.since) = (Some(now), action.completed_at.unwrap_or(now));
            }
        }
    }

    /// The places of the journeys that are live.
    pub fn live(&self) -> Vec<usize> {
        (0..self.journeys.len()).filter(|at| self.journeys[*at].is_live).collect()
    }

    /// Pauses a journey, or has it go on: then everybody is looked at, for it has missed what came meanwhile.
    pub fn pause(&mut self, at: usize, is_live: bool) {
        self.journeys[at].is_live = is_live;
        if is_live {
            self.swept = 0;
        }
    }

    pub fn is_profiled(&self, customer: i32) -> bool {
        self.facts.profiles.contains_key(&customer)
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    pub fn steps(&self, of: usize) -> &[Value] {
        self.definition(of)["steps"].as_array().expect("steps")
    }

    pub fn definition(&self, of: usize) -> &Value {
        self.definition_of(&self.enrollments[of])
    }

    pub fn definition_of(&self, enrollment: &Enrollment) -> &Value {
        &self.journeys[enrollment.journey - 1].versions[enrollment.version - 1]
    }

    pub fn entered(&self, of: usize) -> Entered<'_> {
        let one = &self.enrollments[of];
        let (journey, version, entry, at) = (one.journey, one.version, one.entry, one.entered_at);
        Entered { steps: self.steps(of), journey, version, entry, at, occasion: self.occasion(of) }
    }

    pub fn occasion(&self, of: usize) -> Known<'_> {
        let one = &self.enrollments[of];
        let event = one.event.map(|event| &self.facts.events[event]);
        Known { event, at: one.triggered_at, order_key: one.order_key.as_deref() }
    }

    /// Makes due who waits for something that has come.
    pub fn wake(&mut self, customer: i32) {
        for of in self.under_way(customer) {
            self.look(of);
        }
    }

    /// Makes an enrollment due if it waits for something that has come.
    pub fn look(&mut self, of: usize) {
        let is_under_way = self.enrollments[of].due_at.is_some();
        let wait = &self.steps(of)[self.enrollments[of].step]["wait"];
        // The day of the profile has moved.
        if wait["date"].is_string()
            && self.enrollments[of].due_at.is_some_and(|due| due > self.now && Some(due) != self.end_of_wait(of, wait))
        {
            self.enrollments[of].due_at = Some(self.now);
            self.days_moved += 1;
        }
        if is_under_way && self.has_come(of) {
            let one = &mut self.enrollments[of];
            one.due_at = one.due_at.map(|due| due.min(self.now));
        }
    }

    /// Whether the enrollment is at a wait for an event, and that has come.
    fn has_come(&self, of: usize) -> bool {
        let one = &self.enrollments[of];
        let wait = &self.steps(of)[one.step]["wait"];
        let Some(event) = wait["event"].as_str() else { return false };
        if event == "ordered" {
            return self.facts.has_bought(one.customer, &json!({}), one.since, self.now);
        }
        if wait["of"].is_null() {
            return self.facts.happened(one.customer, event, (one.since, self.now), None) > 0;
        }
        let step = step_named(self.steps(of), &wait["of"]);
        self.facts.reactions(one.customer, event, (self.entered(of), step), None, self.now) > 0
    }

    /// When a wait for a day ends; None where the day is not known.
    fn end_of_wait(&self, of: usize, wait: &Value) -> Option<Instant> {
        let customer = self.enrollments[of].customer;
        let day = match wait["date"].as_str() {
            Some(column) => self.facts.local_day(customer, column),
            None => self.facts.day_said(customer, self.occasion(of).event, &wait["date"]["event"]),
        }?;
        let offset = wait["offset"].as_str();
        let day = offset.map_or(day.into(), |offset| {
            moved(day.into(), span(offset.trim_start_matches('-')), offset.starts_with('-'))
        });
        let at = time(wait["at"].as_str().unwrap_or("00:00")) - time("00:00");
        Some(instant(self.facts.zone(customer), day + at))
    }

    /// What an enrollment waits for, and of which step's actions.
    pub fn waits_for(&self, of: usize) -> Option<(String, Option<usize>)> {
        let one = &self.enrollments[of];
        let wait = &self.steps(of)[one.step]["wait"];
        let word = wait["event"].as_str().filter(|word| *word != "ordered" && one.due_at.is_some())?;
        Some((word.to_owned(), wait["of"].is_string().then(|| step_named(self.steps(of), &wait["of"]))))
    }

    // ---- going on ---------------------------------------------------------------------------------------------------

    pub fn note(&mut self, of: usize, what: &str, why: Option<&str>) {
        let one = &self.enrollments[of];
        self.decisions.push(Decision {
            customer: one.customer,
            journey: one.journey,
            version: one.version,
            entry: one.entry,
            step: one.step + 1,
            round: one.round,
            at: self.now,
            what: what.to_owned(),
            why: why.map(str::to_owned),
        });
    }

    pub fn go_on(&mut self, of: usize, step: usize) {
        self.go_on_since(of, step, self.now);
    }

    /// The same of a customer who is at the next step since an instant.
    pub fn go_on_since(&mut self, of: usize, step: usize, since: Instant) {
        let one = &mut self.enrollments[of];
        (one.step, one.round, one.since, one.action) = (step, one.round + 1, since, None);
        (one.postponed_since, one.postponed_reason) = (None, None);
        self.arrive(of, step);
    }

    pub fn arrive(&mut self, of: usize, step: usize) {
        let (now, since) = (self.now, self.enrollments[of].since);
        let zone = self.facts.zone(self.enrollments[of].customer);
        let step = self.steps(of)[step].clone();
        if step["goal"] == true {
            return self.end(of, "goal", "goal");
        }
        if let Some(why) = step["exit"].as_str() {
            return self.end(of, "exit", why);
        }
        let wait = &step["wait"];
        let length = wait["for"].as_str().or(wait["timeout"].as_str());
        self.enrollments[of].due_at = Some(match (length, wait["until"].as_str()) {
            (Some(length), _) => later(zone, since, span(length)),
            (None, Some(until)) => next_local_time(zone, since, time(until), &strings(&wait["weekdays"])),
            (None, None) => now,
        });
    }

    /// What is to be done next for a customer.
    fn next_due(&self, customer: i32) -> Option<usize> {
        let due = self.under_way(customer).into_iter().filter(|of| self.enrollments[*of].due_at <= Some(self.now));
        due.min_by_key(|of| {
            let one = &self.enrollments[*of];
            let priority = -self.definition(*of)["priority"].as_i64().unwrap_or(0);
            (priority, one.journey, one.version, self.decided_at(*of), one.entry)
        })
    }

    /// The step at which it is decided on: a wait for a time that is over leads on to the next one with it, unless that is a wait itself.
    fn decided_at(&self, of: usize) -> usize {
        let (steps, at) = (self.steps(of), self.enrollments[of].step);
        let is_rest = |step: &Value| !step["wait"]["for"].is_null() || !step["wait"]["until"].is_null();
        let next = match &steps[at]["next"] {
            Value::Null => at + 1,
            name => step_named(steps, name),
        };
        let is_decided = |step: &Value| {
            ["act", "call", "branch", "split"].iter().any(|what| !step[*what].is_null())
                || !step["wait"]["date"].is_null()
        };
        if is_rest(&steps[at]) && is_decided(&steps[next]) { next } else { at }
    }

    fn execute(&mut self, of: usize) {
        let one = self.enrollments[of].clone();
        let steps = self.steps(of).to_vec();
        let step = &steps[one.step];
        let onward = |key: &str| match &step[key] {
            Value::Null => one.step + 1,
            name => step_named(&steps, name),
        };
        let name = |step: usize| steps[step]["name"].as_str().expect("a name").to_owned();
        if !step["act"].is_null() {
            return self.act(of, &step["act"], onward("next"));
        }
        if let Some(called) = step["call"].as_str() {
            if let Some(at) = self.journeys.iter().position(|journey| journey.is_live && journey.name == called) {
                let why = format!("called by {}", self.journeys[one.journey - 1].name);
                self.enter_called(one.customer, at, &why, one.control.clone());
            }
            self.note(of, "called", Some(called));
            return self.go_on(of, onward("next"));
        }
        if let Some(cases) = step["branch"].as_array() {
            let entered = Some(self.entered(of));
            let holds = |case: &&Value| self.facts.holds(one.customer, entered, &case["if"], self.now);
            let case = cases.iter().find(holds);
            let to = case.map_or_else(|| onward("else"), |case| step_named(&steps, &case["then"]));
            self.note(of, "branched", Some(&name(to)));
            return self.go_on(of, to);
        }
        if let Some(arms) = step["split"].as_array() {
            let lot = share(one.customer, &format!("split/{}/{}", self.journeys[one.journey - 1].name, name(one.step)));
            let weight = |arm: &Value| arm["weight"].as_f64().expect("a weight");
            let total: f64 = arms.iter().map(weight).sum();
            let mut above = 0.0;
            let arm = arms.iter().find(|arm| {
                above += weight(arm) / total;
                lot < above
            });
            let arm = arm.or(arms.last()).expect("an arm");
            let label = format!("{}={}", name(one.step), arm["arm"].as_str().expect("an arm"));
            self.note(of, "split", Some(&label));
            let kept = &mut self.enrollments[of].arm;
            match kept {
                Some(arms) if arms.split(", ").any(|arm| arm == label) => {}
                Some(arms) => *arms += &format!(", {label}"),
                None => *kept = Some(label),
            }
            return self.go_on(of, step_named(&steps, &arm["then"]));
        }
        let wait = &step["wait"];
        if !wait["date"].is_null() {
            let end = self.end_of_wait(of, wait);
            let (why, to) = match end {
                None => ("no date", step_named(&steps, &wait["else"])),
                Some(end) if end < one.since => ("date passed", step_named(&steps, &wait["else"])),
                Some(end) if end <= self.now => ("date", onward("next")),
                end => {
                    self.enrollments[of].due_at = end;
                    return;
                }
            };
            self.note(of, "waited", Some(why));
            return self.go_on(of, to);
        }
        if wait["event"].is_null() {
            return self.go_on(of, onward("next"));
        }
        let has_come = self.has_come(of);
        self.note(of, "waited", Some(if has_come { "event" } else { "timeout" }));
        match &wait["then"] {
            then if has_come && !then.is_null() => self.go_on(of, step_named(&steps, then)),
            _ => self.go_on(of, onward("next")),
        }
    }
}
