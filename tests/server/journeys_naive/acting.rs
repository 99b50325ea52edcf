//! The step that acts: what may be sent to a customer now, and what is in it.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::calendar::{Instant, later, next_permitted, span, time};
use super::facts::Action;
use super::interpreter::{Interpreter, strings};

impl Interpreter {
    pub fn act(&mut self, of: usize, act: &Value, next: usize) {
        let (one, now) = (self.enrollments[of].clone(), self.now);
        let channel = act["channel"].as_str().expect("a channel");
        if let Some(objection) = self.facts.objection(one.customer, channel, now) {
            self.note(of, "passed over", Some(objection));
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
        if one.postponed_reason.as_ref() != Some(&why) {
            self.note(of, "postponed", Some(&why));
        }
        let one = &mut self.enrollments[of];
        one.postponed_since = one.postponed_since.or(Some(now));
        one.postponed_reason = Some(why);
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
}
