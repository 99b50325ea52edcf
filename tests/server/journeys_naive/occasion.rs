//! What is known of the event or the order by which a customer entered.

use chrono::{TimeZone, Utc};
use serde_json::{Value, json};

use super::calendar::{Instant, earlier, instant, local, span};
use super::facts::{Event, Facts, read_day, read_instant};

/// What an entry knows of its occasion.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The event.
    pub event: Option<&'a Event>,
    /// When it was, or the order.
    pub at: Instant,
    /// The key of the order.
    pub order_key: Option<&'a str>,
}

/// The tests that only a value can be put to.
const TESTS: [&str; 10] =
    ["is", "is_not", "in", "not_in", "less_than", "at_most", "more_than", "is_null", "within_last", "not_within_last"];

/// Whether a condition in a journey is about the event or the order of the entry.
pub fn is_about_occasion(condition: &Value) -> bool {
    let compares = TESTS.iter().any(|test| !condition[*test].is_null());
    !condition["order"].is_null() || !condition["event"].is_null() && (compares || condition["of"] == "entry")
}

/// A member of a detail, by its name or the way to it.
pub fn member<'a>(detail: Option<&'a Value>, way: &Value) -> Option<&'a Value> {
    let names = match way {
        Value::Array(names) => names.clone(),
        name => vec![name.clone()],
    };
    names.iter().try_fold(detail?, |within, name| {
        let name = name.as_str()?;
        match within {
            Value::Object(members) => members.get(name),
            Value::Array(values) => values.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    })
}

/// The key that a member of a detail is.
pub fn key(detail: Option<&Value>, way: &Value) -> Option<String> {
    let key = match member(detail, way)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
        _ => return None,
    };
    (1..=500).contains(&key.len()).then_some(key)
}

/// The number that a value is, or reads as.
fn number(value: &Value) -> Option<f64> {
    let Value::String(text) = value else { return value.as_f64() };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_written = match digits.split_once('.') {
        None => is_number(digits),
        Some((whole, part)) => is_number(whole) && is_number(part),
    };
    (is_written && text.len() <= 100).then(|| text.parse().expect("a number"))
}

impl Facts {
    /// The instant that a text says: a day, a local time, or one with an offset.
    pub fn said(&self, customer: i32, text: &str) -> Option<Instant> {
        let day = |text: &str| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        if let Some(day) = day(text) {
            return Some(instant(self.zone(customer), day.into()));
        }
        if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
            return Some(at.naive_utc());
        }
        let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
        Some(instant(self.zone(customer), local))
    }

    /// The day that a member of the entry's event says, by the clocks of the customer.
    pub fn day_said(&self, customer: i32, event: Option<&Event>, way: &Value) -> Option<chrono::NaiveDate> {
        let said = member(event?.detail.as_ref(), way)?.as_str()?;
        Some(local(self.zone(customer), self.said(customer, said)?).date())
    }

    /// What the orders of an instant amount to.
    pub fn amount_at(&self, customer: i32, at: Instant) -> i64 {
        let then = self.purchases_of(customer).iter().filter(|one| one.customer == customer && one.at == at);
        then.map(|one| one.amount).sum()
    }

    /// Whether there is an order of this instant.
    pub fn is_ordered_at(&self, customer: i32, at: Instant) -> bool {
        self.purchases_of(customer).iter().any(|one| one.customer == customer && one.at == at && one.amount > 0)
    }

    /// The key of the order of an instant, as the rows say just now.
    pub fn order_key(&self, customer: i32, at: Instant) -> Option<String> {
        let then = self.purchases_now.iter().filter(|one| one.customer == customer && one.at == at);
        then.map(|one| one.number.clone()).min().filter(|_| self.has_order_keys)
    }

    /// The keys of all orders of an instant, as the rows say just now.
    pub fn order_keys(&self, customer: i32, at: Instant) -> Vec<&str> {
        let then = self.purchases_now.iter().filter(|one| one.customer == customer && one.at == at);
        then.map(|one| one.number.as_str()).collect()
    }

    /// A part of the order.
    pub fn part(&self, customer: i32, known: Known<'_>, part: &Value) -> Value {
        match part.as_str().expect("a part") {
            "key" => json!(known.order_key),
            "at" => json!(
                Utc.from_utc_datetime(&known.at).with_timezone(&self.zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
            ),
            _ => json!(self.amount_at(customer, known.at) as f64),
        }
    }

    /// Whether the event or the order by which the customer enters is what is asked.
    pub fn known(&self, customer: i32, known: Known<'_>, condition: &Value, now: Instant) -> bool {
        let each = |name: &str| condition[name].as_array().map(|parts| parts.iter());
        let holds = |part: &Value| self.known(customer, known, part, now);
        if let Some(mut parts) = each("and") {
            return parts.all(holds);
        }
        if let Some(mut parts) = each("or") {
            return parts.any(holds);
        }
        if !condition["not"].is_null() {
            return !holds(&condition["not"]);
        }
        let value = match &condition["order"] {
            Value::Null => member(known.event.and_then(|event| event.detail.as_ref()), &condition["event"])
                .cloned()
                .unwrap_or_default(),
            part => self.part(customer, known, part),
        };
        let is_instant = condition["order"] == "at";
        let said = || {
            value
                .as_str()
                .and_then(|text| if is_instant { Some(read_instant(text)) } else { self.said(customer, text) })
        };
        // What the definition says is by the clocks of the store.
        let asked = |text: &str| if text.len() == 10 { instant(self.zone, read_day(text)) } else { read_instant(text) };
        let same = |other: &Value| match other {
            Value::Number(_) => number(&value).is_some_and(|number| Some(number) == other.as_f64()),
            Value::String(text) if is_instant => said() == Some(asked(text)),
            _ => value == *other,
        };
        let among = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(same));
        let compared = |other: &Value| match other {
            Value::String(text) => Some(said()?.cmp(&asked(text))),
            other => number(&value)?.partial_cmp(&other.as_f64()?),
        };
        let within =
            |text: &str| said().is_some_and(|at| at > earlier(self.zone(customer), now, span(text)) && at <= now);
        let (test, other) = condition
            .as_object()
            .and_then(|members| members.iter().find(|(name, _)| !["event", "order", "of"].contains(&name.as_str())))
            .expect("a condition on the occasion");
        match test.as_str() {
            "is" => same(other),
            "is_not" => !same(other),
            "in" => among(other),
            "not_in" => !among(other),
            "less_than" => compared(other).is_some_and(|found| found.is_lt()),
            "at_most" => compared(other).is_some_and(|found| found.is_le()),
            "more_than" => compared(other).is_some_and(|found| found.is_gt()),
            "at_least" => compared(other).is_some_and(|found| found.is_ge()),
            "is_null" => value.is_null() == (other == true),
            "within_last" => within(other.as_str().expect("a span")),
            "not_within_last" => !within(other.as_str().expect("a span")),
            test => panic!("test {test}"),
        }
    }
}
