//! The rules of journeys as they are told, customer by customer and step by step: no sets, no indexes, nothing shared with what is
//! tested. It reads definitions and policies as the JSON that they are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use chrono_tz::Tz;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::calendar::{Instant, instant, later, moved, next_local_time, next_permitted, span, time};
use super::facts::{Action, Entered, Event, Facts, kind, shown, step_named};

/// A journey that is live.
pub struct Journey {
    /// Its number, from 1.
    pub id: usize,
    pub name: String,
    /// Its versions, of which the last is in force.
    pub versions: Vec<Value>,
    pub started_at: Instant,
    /// The refresh whose profiles were looked through.
    scanned: Option<u32>,
    /// The last movement that was looked at.
    pub movement_seen: i64,
    /// For whom the condition of its entry holds by now.
    holds: BTreeSet<i32>,
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
    triggered_at: Instant,
    since: Instant,
    pub due_at: Option<Instant>,
    postponed_since: Option<Instant>,
    postponed_why: Option<String>,
    arm: Option<String>,
    pub control: Option<String>,
    ended_at: Option<Instant>,
    pub outcome: Option<String>,
    goal_at: Option<Instant>,
}

/// What was decided, but for actions.
#[derive(Debug, Clone)]
pub struct Decision {
    pub customer: i32,
    journey: usize,
    version: usize,
    entry: usize,
    step: usize,
    round: usize,
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
    swept: u32,
    now: Instant,
}

/// Where a customer stands in a draw.
fn share(customer: i32, of: &str) -> f64 {
    let digest = Sha256::digest(format!("{of}/{customer}"));
    let hex: String = digest.iter().take(7).map(|byte| format!("{byte:02x}")).collect();
    u64::from_str_radix(&hex[..13], 16).expect("digits") as f64 / 2f64.powi(52)
}

fn strings(list: &Value) -> Vec<String> {
    let words = list.as_array().map_or(&[][..], Vec::as_slice);
    words.iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
}

impl Journey {
    pub fn new(id: usize, name: &str, definition: Value, started_at: Instant) -> Self {
        let (versions, name) = (vec![definition], name.to_owned());
        Journey { id, name, versions, started_at, scanned: None, movement_seen: 0, holds: BTreeSet::new() }
    }

    fn current(&self) -> &Value {
        self.versions.last().expect("a version")
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
        }
    }

    /// Takes note of an event: of what the customer was still to get, nothing is sent that is wanted no more.
    pub fn record(&mut self, event: Event) {
        let facts = &mut self.facts;
        facts.events.push(event.clone());
        if !["unsubscribe", "complaint"].contains(&event.kind.as_str()) {
            return;
        }
        let is_back = |channel: &str| {
            facts.events.iter().any(|other| {
                other.customer == event.customer
                    && other.kind == "subscribe"
                    && other.at > event.at
                    && other.channel.as_deref().is_none_or(|of| of == channel)
            })
        };
        for action in facts.actions.iter_mut().filter(|action| action.key.0 == event.customer) {
            let is_meant = event.channel.as_ref().is_none_or(|channel| *channel == action.channel);
            if action.status == "pending" && is_meant && !is_back(&action.channel) {
                action.status = "cancelled".to_owned();
            }
        }
    }

    /// Everything that is due at an instant.
    pub fn run(&mut self, now: Instant) {
        self.now = now;
        let of_events = self.facts.events.iter().map(|event| event.customer);
        let customers: BTreeSet<i32> = self.facts.profiles.keys().copied().chain(of_events).collect();
        for &customer in &customers {
            self.run_customer(customer);
        }
        self.swept = self.refreshes;
        let last_movement = self.facts.movements.iter().map(|movement| movement.id).max().unwrap_or(0);
        for journey in &mut self.journeys {
            journey.scanned = Some(self.refreshes);
            journey.movement_seen = journey.movement_seen.max(last_movement);
        }
    }

    fn run_customer(&mut self, customer: i32) {
        let now = self.now;
        if self.swept != self.refreshes {
            self.leave(customer);
            self.wake(customer);
        }
        let is_new = |event: &Event| event.customer == customer && !event.seen && event.at <= now;
        let new: Vec<Event> = self.facts.events.iter().filter(|event| is_new(event)).cloned().collect();
        if !new.is_empty() {
            self.leave(customer);
            for journey in 0..self.journeys.len() {
                if let Some(word) = self.journeys[journey].current()["entry"]["event"].as_str() {
                    let of_kind = new.iter().filter(|event| event.kind == kind(word));
                    let occasions = of_kind.map(|event| (event.at, event.kind.clone())).collect();
                    self.enter_on(customer, journey, occasions);
                }
            }
            self.wake(customer);
            self.facts.events.iter_mut().filter(|event| is_new(event)).for_each(|event| event.seen = true);
        }
        for journey in 0..self.journeys.len() {
            let occasions = self.occasions(customer, journey);
            self.enter_on(customer, journey, occasions);
            let condition = self.journeys[journey].current()["entry"]["condition"].clone();
            if !condition.is_null() {
                let holds = self.is_profiled(customer) && self.facts.holds(customer, None, &condition, now);
                let kept = &mut self.journeys[journey].holds;
                if holds { kept.insert(customer) } else { kept.remove(&customer) };
            }
        }
        let mut has_looked = false;
        while let Some(due) = self.next_due(customer) {
            if !has_looked {
                has_looked = true;
                self.leave(customer);
                continue;
            }
            self.execute(due);
        }
    }

    fn is_profiled(&self, customer: i32) -> bool {
        self.facts.profiles.contains_key(&customer)
    }

    // ---- entering ---------------------------------------------------------------------------------------------------

    /// The occasions, other than recorded events, to enter a journey, and what they are.
    fn occasions(&self, customer: i32, at: usize) -> Vec<(Instant, String)> {
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
            let new = movements().filter(|movement| movement.before.is_none());
            return new.map(|movement| (movement.at, "registered".to_owned())).collect();
        }
        if entry["movement"]["what"] == "stage" {
            let (from, to) = (strings(&entry["movement"]["from"]), strings(&entry["movement"]["to"]));
            let is_among = |stage: &Option<String>, among: &[String]| {
                among.is_empty() || stage.as_ref().is_some_and(|stage| among.contains(stage))
            };
            let shown = |stage: &Option<String>| stage.clone().unwrap_or("(none)".to_owned());
            return movements()
                .filter(|movement| movement.before != movement.after && movement.after.is_some())
                .filter(|movement| is_among(&movement.before, &from) && is_among(&movement.after, &to))
                .map(|of| (of.at, format!("stage: {} to {}", shown(&of.before), shown(&of.after))))
                .collect();
        }
        if let Some(column) = entry["date"].as_str() {
            return self.dates(customer, column, entry);
        }
        let condition = &entry["condition"];
        let is_let_in = journey.scanned.is_some() || entry["existing"] == true;
        if !condition.is_null()
            && is_let_in
            && !journey.holds.contains(&customer)
            && self.is_profiled(customer)
            && self.facts.holds(customer, None, condition, self.now)
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
    fn enter_on(&mut self, customer: i32, journey: usize, mut occasions: Vec<(Instant, String)>) {
        let (started_at, earliest) = (self.journeys[journey].started_at, self.now - Duration::hours(168));
        occasions.retain(|(at, _)| *at > started_at && *at > earliest && *at <= self.now);
        occasions.sort();
        if let Some((at, why)) = occasions.into_iter().next() {
            self.enter(customer, journey, at, &why);
        }
    }

    fn enter(&mut self, customer: i32, at: usize, triggered_at: Instant, why: &str) {
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
            None
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
            postponed_why: None,
            arm: None,
            control,
            ended_at: None,
            outcome: None,
            goal_at: None,
        };
        self.enrollments.push(enrollment);
        let due = self.enrollments.len() - 1;
        self.note(due, "entered", Some(why));
        match self.reason_to_leave(due) {
            Some(reason) => self.end(due, reason, reason),
            None => self.arrive(due, 0),
        }
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    fn steps(&self, of: usize) -> &[Value] {
        self.definition(of)["steps"].as_array().expect("steps")
    }

    fn definition(&self, of: usize) -> &Value {
        let enrollment = &self.enrollments[of];
        &self.journeys[enrollment.journey - 1].versions[enrollment.version - 1]
    }

    fn entered(&self, of: usize) -> Entered<'_> {
        let one = &self.enrollments[of];
        let (journey, version, entry, at) = (one.journey, one.version, one.entry, one.entered_at);
        Entered { steps: self.steps(of), journey, version, entry, at }
    }

    fn reason_to_leave(&self, of: usize) -> Option<&'static str> {
        let (customer, now) = (self.enrollments[of].customer, self.now);
        let definition = self.definition(of);
        let mut channels = self.steps(of).iter().filter_map(|step| step["act"]["channel"].as_str()).peekable();
        if channels.peek().is_some() && channels.all(|channel| self.facts.is_unsubscribed(customer, channel, now)) {
            return Some("unsubscribed");
        }
        if definition["exit"]["on_goal"] != false && self.has_reached_goal(of) {
            return Some("goal");
        }
        let unless = &definition["exit"]["unless"];
        let may_stay = unless.is_null() || self.facts.holds(customer, Some(self.entered(of)), unless, now);
        (!may_stay).then_some("left")
    }

    fn has_reached_goal(&self, of: usize) -> bool {
        let one = &self.enrollments[of];
        let goal = &self.definition(of)["goal"];
        let within = span(goal["within"].as_str().unwrap_or("30 days"));
        let until = later(self.facts.zone(one.customer), one.entered_at, within).min(self.now);
        match goal["event"].as_str() {
            Some(event) => !self.facts.happened(one.customer, event, one.entered_at, until, None).is_empty(),
            None => self.facts.has_bought(one.customer, &goal["bought"], one.entered_at, until),
        }
    }

    fn under_way(&self, customer: i32) -> Vec<usize> {
        let all = self.enrollments.iter().enumerate();
        all.filter(|(_, one)| one.customer == customer && one.due_at.is_some()).map(|(of, _)| of).collect()
    }

    fn leave(&mut self, customer: i32) {
        for of in self.under_way(customer) {
            if let Some(reason) = self.reason_to_leave(of) {
                self.end(of, reason, reason);
            }
        }
    }

    fn end(&mut self, of: usize, outcome: &str, why: &str) {
        self.note(of, "left", Some(why));
        let now = self.now;
        let one = &mut self.enrollments[of];
        (one.due_at, one.ended_at, one.outcome) = (None, Some(now), Some(outcome.to_owned()));
        (one.postponed_since, one.postponed_why) = (None, None);
        if outcome == "goal" {
            one.goal_at = Some(now);
        }
    }

    /// Makes due who waits for something that has come.
    fn wake(&mut self, customer: i32) {
        for of in self.under_way(customer) {
            if self.has_come(of) {
                let one = &mut self.enrollments[of];
                one.due_at = one.due_at.map(|due| due.min(self.now));
            }
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
            return !self.facts.happened(one.customer, event, one.since, self.now, None).is_empty();
        }
        let step = step_named(self.steps(of), &wait["of"]);
        let all = self.facts.happened(one.customer, event, Instant::MIN, self.now, None);
        all.into_iter().any(|event| Facts::is_of(event, self.entered(of), step))
    }

    // ---- going on ---------------------------------------------------------------------------------------------------

    fn note(&mut self, of: usize, what: &str, why: Option<&str>) {
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

    fn go_on(&mut self, of: usize, step: usize) {
        let now = self.now;
        let one = &mut self.enrollments[of];
        (one.step, one.round, one.since) = (step, one.round + 1, now);
        (one.postponed_since, one.postponed_why) = (None, None);
        self.arrive(of, step);
    }

    fn arrive(&mut self, of: usize, step: usize) {
        let now = self.now;
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
            (Some(length), _) => later(zone, now, span(length)),
            (None, Some(until)) => next_local_time(zone, now, time(until), &strings(&wait["weekdays"])),
            (None, None) => now,
        });
    }

    /// What is to be done next for a customer.
    fn next_due(&self, customer: i32) -> Option<usize> {
        let due = self.under_way(customer).into_iter().filter(|of| self.enrollments[*of].due_at <= Some(self.now));
        due.min_by_key(|of| (-self.definition(*of)["priority"].as_i64().unwrap_or(0), self.enrollments[*of].journey))
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
            if let Some(at) = self.journeys.iter().position(|journey| journey.name == called) {
                let why = format!("called by {}", self.journeys[one.journey - 1].name);
                self.enter_on(one.customer, at, vec![(self.now, why)]);
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

    // ---- acting -----------------------------------------------------------------------------------------------------

    fn act(&mut self, of: usize, act: &Value, next: usize) {
        let (one, now) = (self.enrollments[of].clone(), self.now);
        let channel = act["channel"].as_str().expect("a channel");
        if self.facts.is_unsubscribed(one.customer, channel, now) {
            self.note(of, "passed over", Some("unsubscribed"));
            return self.go_on(of, next);
        }
        let zone = self.facts.zone(one.customer);
        let (permitted, why) = self.permitted(one.customer, channel, zone);
        if permitted <= now {
            self.facts.actions.push(Action {
                key: (one.customer, one.journey, one.version, one.entry, one.step + 1, one.round),
                at: now,
                arm: one.arm,
                status: if one.control.is_none() { "pending" } else { "withheld" }.to_owned(),
                control: one.control,
                channel: channel.to_owned(),
                template: act["template"].as_str().expect("a template").to_owned(),
                payload: self.filled(one.customer, act.get("payload").unwrap_or(&json!({}))),
                priority: self.definition(of)["priority"].as_i64().unwrap_or(0),
            });
            return self.go_on(of, next);
        }
        let length = act["deadline"].as_str().or(self.policy["deadline"].as_str()).unwrap_or("3 days");
        let deadline = later(zone, one.postponed_since.unwrap_or(now), span(length));
        if one.postponed_since.is_some() && deadline <= now {
            self.note(of, "dropped", Some(&why));
            return self.go_on(of, next);
        }
        if one.postponed_why.as_ref() != Some(&why) {
            self.note(of, "postponed", Some(&why));
        }
        let one = &mut self.enrollments[of];
        one.postponed_since = one.postponed_since.or(Some(now));
        one.postponed_why = Some(why);
        one.due_at = Some(permitted.min(deadline));
    }

    /// When a customer may get something next, and what stands in the way until then.
    fn permitted(&self, customer: i32, channel: &str, zone: Tz) -> (Instant, String) {
        let (mut free_at, mut why) = (self.now, None);
        let caps = self.policy["caps"].as_array().map_or(&[][..], Vec::as_slice);
        for cap in caps.iter().filter(|cap| cap["channel"].is_null() || cap["channel"] == channel) {
            let (per, most) = (span(cap["per"].as_str().expect("a span")), cap["most"].as_u64().expect("a number"));
            let counts = |action: &&Action| {
                action.key.0 == customer
                    && action.status != "cancelled"
                    && (cap["channel"].is_null() || cap["channel"] == action.channel)
            };
            let mut sent: Vec<Instant> = self.facts.actions.iter().filter(counts).map(|action| action.at).collect();
            sent.sort();
            // Of the latest ones, so many as there may be, the first tells: when it counts no more, there is room.
            let tells = (sent.len() as u64).checked_sub(most).map(|at| later(zone, sent[at as usize], per));
            if let Some(end) = tells.filter(|end| *end > self.now) {
                let on = cap["channel"].as_str().map_or(String::new(), |channel| format!(" on {channel}"));
                why.get_or_insert(format!("cap: {most} in {per}{on}"));
                free_at = free_at.max(end);
            }
        }
        let quiet = self.policy["quiet_hours"]["from"]
            .as_str()
            .map(|from| (time(from), time(self.policy["quiet_hours"]["to"].as_str().expect("a time"))));
        let permitted = next_permitted(zone, free_at, quiet, &strings(&self.policy["weekdays"]));
        (permitted, why.unwrap_or("quiet hours".to_owned()))
    }

    /// A payload with the values of the profile in it.
    fn filled(&self, customer: i32, value: &Value) -> Value {
        match value {
            Value::Object(members) if members.len() == 1 && value["profile"].is_string() => {
                self.facts.profile(customer, value["profile"].as_str().unwrap_or_default()).clone()
            }
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.filled(customer, value))).collect()
            }
            Value::Array(values) => values.iter().map(|value| self.filled(customer, value)).collect(),
            value => value.clone(),
        }
    }

    // ---- as rows ----------------------------------------------------------------------------------------------------

    /// The rows that the tables must hold, by table.
    pub fn rows(&self) -> BTreeMap<&'static str, Vec<String>> {
        let time = |at: Option<Instant>| at.map(shown);
        let actions = self.facts.actions.iter().map(|of| {
            let (customer, journey, version, entry, step, round) = of.key;
            json!({"customer": customer, "journey": journey, "version": version, "entry": entry, "step": step,
                "round": round, "at": shown(of.at), "arm": of.arm, "control": of.control, "channel": of.channel,
                "template": of.template, "payload": of.payload, "priority": of.priority, "status": of.status})
        });
        let enrollments = self.enrollments.iter().map(|of| {
            json!({"customer": of.customer, "journey": of.journey, "version": of.version, "entry": of.entry,
                "step": of.step + 1, "round": of.round, "entered_at": shown(of.entered_at),
                "triggered_at": shown(of.triggered_at), "since": shown(of.since), "due_at": time(of.due_at),
                "postponed_since": time(of.postponed_since), "postponed_why": of.postponed_why, "arm": of.arm,
                "control": of.control, "ended_at": time(of.ended_at), "outcome": of.outcome,
                "goal_at": time(of.goal_at)})
        });
        let decisions = self.decisions.iter().map(|of| {
            json!({"customer": of.customer, "journey": of.journey, "version": of.version, "entry": of.entry,
                "step": of.step, "round": of.round, "at": shown(of.at), "what": of.what, "why": of.why})
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
