//! What the database has come to, held against the interpreter, and what was seen of all that can happen.

use std::collections::BTreeMap;

use chrono::Duration;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::calendar::{Instant, local};
use super::history::History;
use super::interpreter::Enrollment;
use crate::harness::Ask;

impl History<'_> {
    pub(super) fn compare(&mut self) -> Result<(), String> {
        for (table, expected) in self.naive.rows() {
            let columns = match table {
                "action" => {
                    "to_jsonb(t) - '{id,claimable_at,claimed_by,message_id,error,incarnation,is_anonymous}'::text[]"
                }
                // The events are numbered in the order in which they were recorded.
                "enrollment" => {
                    "to_jsonb(t) - '{bucket,action}'::text[] || jsonb_build_object('event',
                        (SELECT NULLIF(count(*), 0) FROM naive_data.event AS e WHERE e.id <= t.event))"
                }
                _ => "to_jsonb(t) - 'id'",
            };
            let found = self.client.texts(&format!("SELECT ({columns})::text FROM naive_data.{table} AS t"));
            let mut found: Vec<String> =
                found.iter().map(|row| serde_json::from_str::<Value>(row).expect("JSON").to_string()).collect();
            found.sort();
            if found == expected {
                continue;
            }
            let only = |side: &[String], other: &[String]| -> Vec<String> {
                side.iter().filter(|row| !other.contains(row)).cloned().collect()
            };
            let (more, less) = (only(&found, &expected), only(&expected, &found));
            let customer = more.iter().chain(&less).next().map_or(Value::Null, |row| {
                serde_json::from_str::<Value>(row).map_or(Value::Null, |row| row["customer"].clone())
            });
            return Err(self.difference(table, &more, &less, &customer));
        }
        Ok(())
    }

    pub(super) fn difference(&self, table: &str, more: &[String], less: &[String], customer: &Value) -> String {
        let is_of = |line: &&String| {
            !line.contains("customer: ") && !line.starts_with("INSERT INTO people")
                || line.contains(&format!("customer: {customer},"))
                || line.starts_with(&format!("INSERT INTO people VALUES ({customer},"))
        };
        let log: Vec<&String> = self.log.iter().filter(is_of).collect();
        let mine = format!("\"customer\":{customer},");
        let rows: Vec<String> = self.naive.rows().into_values().flatten().filter(|row| row.contains(&mine)).collect();
        let profile = self.naive.facts.profiles.get(&(customer.as_i64().unwrap_or(0) as i32));
        format!(
            "{log:#?}\nprofile now: {}\nall that the interpreter has of customer {customer}:\n{}\n\n{table}: the database alone has\n{}\nthe interpreter alone has\n{}",
            profile.map_or(String::new(), Value::to_string),
            rows.join("\n"),
            more.join("\n"),
            less.join("\n")
        )
    }

    /// Counts what happened.
    pub(super) fn count(&self, tally: &mut BTreeMap<String, usize>) {
        let mut add = |what: String| *tally.entry(what).or_default() += 1;
        // What happened to the store, or to a journey, by the beginning of its line.
        let lines = [
            ("pause_journey", "paused"),
            ("start_journey", "went on"),
            ("hold", "held"),
            ("release_journey", "journey released"),
            ("reload with", "reloaded with a refresh in between"),
            ("reload", "reloaded"),
            ("copy", "copied"),
            ("changed", "an order changed"),
        ];
        for line in &self.log {
            if let Some((_, what)) = lines.iter().find(|(begin, _)| line.starts_with(begin)) {
                add((*what).to_owned());
            }
        }
        for why in &self.naive.put_off {
            add(format!("put off for {why}"));
        }
        if self.naive.days_moved > 0 {
            add("a day moved".to_owned());
        }
        if self.keys.has_elsewhere() {
            add("handed over by the original too".to_owned());
        }
        if self.contacts.as_ref().is_some_and(|contacts| !contacts.is_empty()) {
            add("table of events".to_owned());
        }
        for event in self.naive.facts.events.iter().filter(|event| event.topic.is_some()) {
            add(format!("{} of a topic", event.kind));
        }
        let zone = |customer: i32| self.naive.facts.zone(customer);
        for of in &self.naive.facts.actions {
            add(format!("action {} {}", of.channel, of.status));
            if let Some(reason) = &of.reason {
                let reason = if reason.starts_with("cap") { "cap" } else { reason };
                add(format!("action {} {} {reason}", of.channel, of.status));
            }
            let offset = |at: Instant, zone: Tz| local(zone, at) - at;
            let (zone, day) = (zone(of.key.0), Duration::hours(12));
            if offset(of.at - day, zone) != offset(of.at + day, zone) {
                add("on a day of change".to_owned());
            }
            if self.naive.facts.profile(of.key.0, "zone") == &json!("Mars/Phobos") {
                add("in no zone".to_owned());
            }
        }
        for of in &self.naive.enrollments {
            add(format!("outcome {}", of.outcome.as_deref().unwrap_or("none")));
            if let Some(control) = &of.control {
                add(format!("control {control}"));
            }
            if of.entry > 1 {
                add("entered again".to_owned());
            }
            if of.outcome.as_deref() == Some("cancelled") {
                let is_order = self.naive.definition_of(of)["entry"]["event"] == "ordered";
                add(if is_order { "an order taken back" } else { "an event taken back" }.to_owned());
            }
            if of.key.is_some() {
                add(if of.event.is_some() { "entered with a key" } else { "entered with an order" }.to_owned());
            }
            if of.order_key.is_some() {
                add("order with a key".to_owned());
            }
            let is_beside = |other: &&Enrollment| {
                let is_same = (other.customer, other.journey) == (of.customer, of.journey) && other.entry < of.entry;
                is_same && other.ended_at.is_none_or(|end| end > of.entered_at)
            };
            if self.naive.enrollments.iter().any(|other| is_beside(&other)) {
                add("two entries at once".to_owned());
            }
            if of.version > 1 {
                add("another version".to_owned());
            }
            if of.round >= 10 {
                add("round 10".to_owned());
            }
        }
        for of in &self.naive.decisions {
            let why = of.why.as_deref().unwrap_or_default();
            let short = why.split([':', ' ']).next().unwrap_or_default();
            add(match (of.what.as_str(), short) {
                ("branched" | "split" | "called", _) => of.what.clone(),
                ("entered", "joined") if why.starts_with("joined: ") => "entered joined an audience".to_owned(),
                ("waited", _) => format!("waited {why}"),
                ("postponed" | "dropped", "quiet") => format!("{} quiet hours", of.what),
                (what, short) => format!("{what} {short}"),
            });
        }
    }
}
