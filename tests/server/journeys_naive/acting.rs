//! The step that acts: what may be sent to a customer now, and what is in it.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::calendar::{Instant, later, next_permitted, span, time};
use super::facts::{Action, ActionKey, FOREVER, OBJECTIONS};
use super::interpreter::{Enrollment, Interpreter, strings};
use super::occasion::member;

impl Interpreter {
    pub fn act(&mut self, of: usize, act: &Value, next: usize) {
        let (one, now) = (self.enrollments[of].clone(), self.now);
        let channel = act["channel"].as_str().expect("a channel");
        if one.action.is_some() {
            self.go_on_since(of, next, one.since);
            return self.look(of);
        }
        let is_transactional = act["transactional"] == true;
        if let Some(why) = self.refusal(one.customer, (channel, act["topic"].as_str()), is_transactional) {
            self.note(of, "passed over", Some(why));
            return self.go_on(of, next);
        }
        let zone = self.facts.zone(one.customer);
        let length = act["deadline"].as_str().or(self.policy["deadline"].as_str()).unwrap_or("7 days");
        let (permitted, why) = match is_transactional {
            true => (now, String::new()),
            false => self.permitted(one.customer, channel, zone, None),
        };
        if permitted <= now {
            let control = one.control.clone().filter(|_| !is_transactional);
            let key = (one.customer, one.journey, one.version, one.entry, one.step + 1, one.round);
            let is_sent = control.is_none();
            self.facts.actions.push(Action {
                key,
                at: now,
                arm: one.arm,
                status: if is_sent { "pending" } else { "withheld" }.to_owned(),
                control,
                channel: channel.to_owned(),
                template: act["template"].as_str().expect("a template").to_owned(),
                payload: Value::Null,
                priority: self.definition(of)["priority"].as_i64().unwrap_or(0),
                reason: None,
                expires_at: later(zone, now, span(length)),
                handed_over_at: None,
                completed_at: None,
                attempts: 0,
                processed: true,
                is_transactional,
                topic: act["topic"].as_str().map(str::to_owned),
            });
            if !is_sent {
                return self.go_on(of, next);
            }
            // Until it was sent, nothing comes after it.
            let one = &mut self.enrollments[of];
            (one.action, one.due_at) = (Some(key), Some(FOREVER));
            (one.postponed_since, one.postponed_reason) = (None, None);
            return;
        }
        let deadline = later(zone, one.postponed_since.unwrap_or(now), span(length));
        if one.postponed_since.is_some() && deadline <= now {
            self.note(of, "dropped", Some(&why));
            return self.go_on(of, next);
        }
        if one.postponed_reason.as_ref() != Some(&why) {
            self.note(of, "postponed", Some(&why));
        }
        let one = &mut self.enrollments[of];
        one.postponed_since = one.postponed_since.or(Some(now));
        one.postponed_reason = Some(why);
        one.due_at = Some(permitted.min(deadline));
    }

    /// When a customer may get something next, and what stands in the way until then.
    /// What was handed over counts when an action is about to be, and what was decided when it is decided.
    fn permitted(&self, customer: i32, channel: &str, zone: Tz, about: Option<ActionKey>) -> (Instant, String) {
        let (mut free_at, mut why) = (self.now, None);
        let caps = self.policy["caps"].as_array().map_or(&[][..], Vec::as_slice);
        for cap in caps.iter().filter(|cap| cap["channel"].is_null() || cap["channel"] == channel) {
            let (per, most) = (span(cap["per"].as_str().expect("a span")), cap["most"].as_u64().expect("a number"));
            let counts = |action: &&Action| {
                action.key.0 == customer
                    && !action.is_transactional
                    && (cap["channel"].is_null() || cap["channel"] == action.channel)
            };
            let at = |action: &Action| match about {
                Some(about) => action.handed_over_at.filter(|_| action.key != about),
                None => {
                    let is_void = ["cancelled", "dropped"].contains(&action.status.as_str());
                    let is_withheld = action.status == "withheld" && action.control.is_none();
                    (!is_void && !is_withheld).then_some(action.at)
                }
            };
            let mut sent: Vec<Instant> = self.facts.actions.iter().filter(counts).filter_map(at).collect();
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

    /// Why a customer may not get something.
    fn refusal(&self, customer: i32, about: (&str, Option<&str>), is_transactional: bool) -> Option<&'static str> {
        let objection = self.facts.objection(customer, about, is_transactional, self.now);
        if objection.is_some() {
            return objection;
        }
        // The store knows who has agreed.
        let is_required = !is_transactional && self.policy["consent"] != "assumed";
        (is_required && !self.facts.has_consented(customer, self.now)).then_some("no consent")
    }

    /// Judges what a sender asks for, one after the other; what it gets, with the payloads.
    pub fn hand_over(&mut self, order: &[ActionKey]) -> Vec<(ActionKey, Value)> {
        let mut handed = Vec::new();
        if self.is_held {
            return handed;
        }
        for key in order {
            let at = self.facts.actions.iter().position(|action| action.key == *key).expect("an action");
            let (status, reason) = self.judged(at);
            let (customer, journey, version, _, step, _) = *key;
            let act = &self.journeys[journey - 1].versions[version - 1]["steps"][step - 1]["act"];
            let payload = self.filled(customer, self.of_entry(*key), act.get("payload").unwrap_or(&json!({})));
            let now = self.now;
            if status == "pending" {
                let why = ["cap", "order not found"];
                let is = |why: &&str| reason.as_ref().is_some_and(|reason| reason.starts_with(why));
                self.put_off.insert(why.into_iter().find(is).unwrap_or("quiet hours"));
            }
            let action = &mut self.facts.actions[at];
            action.processed = ["claimed", "pending"].contains(&status);
            (action.status, action.reason) = (status.to_owned(), reason);
            if status == "claimed" {
                if action.payload.is_null() {
                    action.payload = payload;
                }
                (action.handed_over_at, action.attempts) = (Some(now), action.attempts + 1);
                handed.push((*key, action.payload.clone()));
            }
        }
        handed
    }

    /// The enrollment that an action belongs to.
    fn of_entry(&self, (customer, journey, _, entry, _, _): ActionKey) -> usize {
        let is_meant = |one: &Enrollment| (one.customer, one.journey, one.entry) == (customer, journey, entry);
        self.enrollments.iter().position(is_meant).expect("an enrollment")
    }

    /// What becomes of an action that a sender asks for, and why.
    fn judged(&self, at: usize) -> (&'static str, Option<String>) {
        let action = &self.facts.actions[at];
        let (customer, _, _, _, step, round) = action.key;
        if action.expires_at <= self.now {
            return ("dropped", Some("too late".to_owned()));
        }
        let of = self.of_entry(action.key);
        let one = &self.enrollments[of];
        let early = one.outcome.clone().filter(|outcome| {
            let is_early = ["goal", "left", "cancelled"].iter().chain(&OBJECTIONS).any(|early| early == outcome);
            (one.step + 1, one.round) == (step, round) && is_early
        });
        let left = || self.reason_to_go(of, true).map(str::to_owned);
        if let Some(reason) = early.or_else(left) {
            return ("cancelled", Some(reason));
        }
        match self.refusal(customer, (&action.channel, action.topic.as_deref()), action.is_transactional) {
            Some("no consent") if action.attempts == 0 => return ("withheld", Some("no consent".to_owned())),
            Some(reason) => return ("cancelled", Some(reason.to_owned())),
            None => {}
        }
        if !action.is_transactional {
            let zone = self.facts.zone(customer);
            let (permitted, why) = self.permitted(customer, &action.channel, zone, Some(action.key));
            if permitted > self.now {
                return ("pending", Some(why));
            }
        }
        if self.awaits_order(of, true) {
            return ("pending", Some("order not found".to_owned()));
        }
        ("claimed", None)
    }

    /// A payload with the values of the profile, and of the occasion of an entry, in it.
    fn filled(&self, customer: i32, of: usize, value: &Value) -> Value {
        let known = self.occasion(of);
        match value {
            Value::Object(members) if members.len() == 1 && value["profile"].is_string() => {
                self.facts.profile(customer, value["profile"].as_str().unwrap_or_default()).clone()
            }
            Value::Object(members) if members.len() == 1 && !value["event"].is_null() => {
                member(known.event.and_then(|event| event.detail.as_ref()), &value["event"])
                    .cloned()
                    .unwrap_or_default()
            }
            Value::Object(members) if members.len() == 1 && !value["order"].is_null() => {
                self.facts.part(customer, known, &value["order"])
            }
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.filled(customer, of, value))).collect()
            }
            Value::Array(values) => values.iter().map(|value| self.filled(customer, of, value)).collect(),
            value => value.clone(),
        }
    }
}
