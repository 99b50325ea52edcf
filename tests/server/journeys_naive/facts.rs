//! What is known of customers, and conditions on it, each asked of one customer and answered by going through everything.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde_json::Value;

use super::calendar::{Instant, earlier, instant, local, span, zone_or};
use super::joining::Joining;
use super::occasion::{Known, is_about_occasion};

/// A purchase, or a refund if its amount is negative.
#[derive(Debug, Clone)]
pub struct Purchase {
    pub customer: i32,
    pub at: Instant,
    pub amount: i64,
    /// By which the store knows it, if it knows keys.
    pub number: String,
    /// Whether it does not count.
    pub is_cancelled: bool,
}

/// By which an action is known: customer, journey, version, entry, step, round.
pub type ActionKey = (i32, usize, usize, usize, usize, usize);

/// Something that was recorded.
#[derive(Debug, Clone)]
pub struct Event {
    pub customer: i32,
    pub kind: String,
    pub at: Instant,
    pub channel: Option<String>,
    pub topic: Option<String>,
    pub action: Option<ActionKey>,
    pub detail: Option<Value>,
    pub seen: bool,
}

/// A change of stage.
#[derive(Debug, Clone)]
pub struct Movement {
    pub id: i64,
    pub customer: i32,
    pub at: Instant,
    pub before: Option<String>,
    pub after: Option<String>,
    /// Whether the customer or time made it: moved, or a newcomer's first.
    pub is_own: bool,
    /// The first date of a customer who registers with it.
    pub registered: Option<Instant>,
}

/// An action.
#[derive(Debug, Clone)]
pub struct Action {
    pub key: ActionKey,
    pub at: Instant,
    pub arm: Option<String>,
    pub control: Option<String>,
    pub channel: String,
    pub template: String,
    pub payload: Value,
    pub priority: i64,
    pub status: String,
    pub reason: Option<String>,
    pub expires_at: Instant,
    pub handed_over_at: Option<Instant>,
    pub completed_at: Option<Instant>,
    pub attempts: u32,
    /// Whether a run has looked at what became of it.
    pub processed: bool,
    pub is_transactional: bool,
    pub topic: Option<String>,
}

impl Action {
    /// Whether it may still be sent.
    pub fn is_open(&self) -> bool {
        ["pending", "claimed"].contains(&self.status.as_str())
    }
}

/// What can stand against a message, the strongest first.
pub const OBJECTIONS: [&str; 3] = ["hard bounce", "complaint", "unsubscribed"];

/// When a customer is due who waits until a message was sent.
pub const FOREVER: Instant = Instant::MAX;

/// All that is known.
pub struct Facts {
    /// The zone of the store.
    pub zone: Tz,
    /// The attribute that holds the customer's zone.
    pub zone_column: Option<String>,
    /// The profiles as of the last refresh.
    pub profiles: BTreeMap<i32, Value>,
    /// The purchases that the last refresh has found.
    pub purchases: Vec<Purchase>,
    /// All that there are now, and the rows of the store's own table of events: a run reads those of customers whose rows changed.
    pub purchases_now: Vec<Purchase>,
    pub contacts_now: Option<Vec<Event>>,
    /// Customers whose rows changed since the last refresh, and whether those of all may have.
    pub changed: BTreeSet<i32>,
    pub all_changed: bool,
    /// Whether what changed is looked at: not where entries are found.
    pub is_fresh: Cell<bool>,
    /// When that was.
    pub refreshed: Instant,
    /// Whether the store knows orders by their keys.
    pub has_order_keys: bool,
    /// The events of the store's own table that it has found; None if it has no such table.
    pub contacts: Option<Vec<Event>>,
    pub movements: Vec<Movement>,
    /// What the log of the audiences says of those who joined.
    pub joinings: Vec<Joining>,
    /// In which refresh the past of a customer changed last, of those who have bought nothing since.
    pub past_changed: BTreeMap<i32, (String, u32)>,
    pub events: Vec<Event>,
    pub actions: Vec<Action>,
}

impl Facts {
    /// The last line of the log of the audiences.
    pub fn last_joining(&self) -> i64 {
        self.joinings.last().map_or(0, |last| last.id)
    }
}

/// In which entry something is asked, and since when that is.
#[derive(Debug, Clone, Copy)]
pub struct Entered<'a> {
    pub steps: &'a [Value],
    pub journey: usize,
    pub version: usize,
    pub entry: usize,
    pub at: Instant,
    pub occasion: Known<'a>,
}

/// The present word for an event, of those that the tests use in the past tense.
pub fn kind(word: &str) -> &str {
    match word {
        "opened" => "open",
        "clicked" => "click",
        "bounced" => "bounce",
        "unsubscribed" => "unsubscribe",
        word => word,
    }
}

/// The number of a step, from 0.
pub fn step_named(steps: &[Value], name: &Value) -> usize {
    steps.iter().position(|step| step["name"] == *name).expect("a step of this name")
}

/// An instant as JSON has it: only whole seconds are in use.
pub fn shown(at: Instant) -> String {
    if at == FOREVER {
        return "infinity".to_owned();
    }
    at.format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

pub fn read_instant(text: &str) -> Instant {
    chrono::DateTime::parse_from_rfc3339(text).expect("an instant").naive_utc()
}

pub fn read_day(text: &str) -> Instant {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a day").into()
}

impl Facts {
    pub fn profile(&self, customer: i32, column: &str) -> &Value {
        self.profiles.get(&customer).map_or(&Value::Null, |profile| &profile[column])
    }

    pub fn zone(&self, customer: i32) -> Tz {
        let name = self.zone_column.as_ref().and_then(|column| self.profile(customer, column).as_str());
        zone_or(name, self.zone)
    }

    /// A day or an instant of the profile by local time.
    pub fn local_day(&self, customer: i32, column: &str) -> Option<chrono::NaiveDate> {
        let text = self.profile(customer, column).as_str()?;
        Some(if text.len() == 10 { read_day(text) } else { local(self.zone(customer), read_instant(text)) }.date())
    }

    /// Whether the rows of a customer are read anew.
    pub fn is_read(&self, customer: i32) -> bool {
        self.is_fresh.get() && (self.all_changed || self.changed.contains(&customer))
    }

    /// Up to when the rows of a customer are known in a run.
    fn known_until(&self, customer: i32, until: Instant) -> Instant {
        if self.is_read(customer) { until } else { until.min(self.refreshed) }
    }

    /// The rows that tell of a customer's purchases.
    pub fn purchases_of(&self, customer: i32) -> &[Purchase] {
        if self.is_read(customer) { &self.purchases_now } else { &self.purchases }
    }

    fn contacts_of(&self, customer: i32) -> &[Event] {
        let contacts = if self.is_read(customer) { &self.contacts_now } else { &self.contacts };
        contacts.as_deref().unwrap_or_default()
    }

    /// Answers as of the last refresh.
    pub fn as_refreshed<T>(&self, ask: impl FnOnce(&Self) -> T) -> T {
        self.is_fresh.set(false);
        let answer = ask(self);
        self.is_fresh.set(true);
        answer
    }

    /// What stands against a message on a channel, about a topic: the first thing recorded that was not taken back, or what the store's own
    /// table says. What the customer said does not stop a transactional message.
    pub fn objection(
        &self,
        customer: i32,
        (channel, topic): (&str, Option<&str>),
        is_transactional: bool,
        now: Instant,
    ) -> Option<&'static str> {
        let is_about = |event: &&Event| {
            event.customer == customer
                && event.at <= now
                && event.channel.as_deref().is_none_or(|of| of == channel)
                && event.topic.as_deref().is_none_or(|of| Some(of) == topic)
        };
        let until = self.known_until(customer, now);
        let recorded: Vec<&Event> = self.events.iter().filter(is_about).collect();
        let contacts: Vec<&Event> =
            self.contacts_of(customer).iter().filter(|event| event.at <= until).filter(is_about).collect();
        let back =
            |events: &[&Event]| events.iter().filter(|event| event.kind == "subscribe").map(|event| event.at).max();
        let back = back(&recorded).max(back(&contacts));
        let stands = |event: &Event| match event.kind.as_str() {
            "bounce" => Some("hard bounce"),
            _ if is_transactional => None,
            "complaint" if back.is_none_or(|back| event.at >= back) => Some("complaint"),
            "unsubscribe" if back.is_none_or(|back| event.at >= back) => Some("unsubscribed"),
            _ => None,
        };
        let against = recorded.iter().filter_map(|event| Some((event.at, stands(event)?))).min_by_key(|(at, _)| *at);
        let heard: Vec<&str> = contacts.iter().filter_map(|event| stands(event)).collect();
        let strongest = OBJECTIONS.into_iter().find(|one| heard.contains(one));
        against.map(|(_, reason)| reason).or(strongest)
    }

    /// Whether a customer has agreed to get something, as the profile says.
    pub fn has_consented(&self, customer: i32, now: Instant) -> bool {
        self.profile(customer, "consented_at").as_str().is_some_and(|at| read_instant(at) <= now)
    }

    /// Whether so much was bought after one instant and up to another, as far as it is known.
    pub fn has_bought(&self, customer: i32, what: &Value, since: Instant, until: Instant) -> bool {
        let until = self.known_until(customer, until);
        let bought: Vec<i64> = (self.purchases_of(customer))
            .iter()
            .filter(|one| one.customer == customer && one.at > since && one.at <= until)
            .map(|one| one.amount)
            .collect();
        let times = bought.iter().filter(|amount| **amount > 0).count() as i64;
        times >= what["at_least"].as_i64().unwrap_or(1)
            && what["spend_at_least"].as_i64().is_none_or(|spend| bought.iter().sum::<i64>() >= spend)
    }

    /// How many events of a kind there were after one instant and up to another: recorded, or by the store's own table, which may
    /// tell of the same ones.
    pub fn happened(
        &self,
        customer: i32,
        of: &str,
        (since, until): (Instant, Instant),
        channel: Option<&str>,
    ) -> usize {
        let count = |events: &[Event], until: Instant| {
            let of_kind = events.iter().filter(|event| event.customer == customer && event.kind == kind(of));
            let on_channel =
                of_kind.filter(|event| channel.is_none_or(|channel| event.channel.as_deref() == Some(channel)));
            on_channel.filter(|event| event.at > since && event.at <= until).count()
        };
        count(&self.events, until).max(count(self.contacts_of(customer), self.known_until(customer, until)))
    }

    /// How many events of a kind are tied to the actions of a step in an entry.
    pub fn reactions(
        &self,
        customer: i32,
        of: &str,
        (entered, step): (Entered<'_>, usize),
        channel: Option<&str>,
        now: Instant,
    ) -> usize {
        self.events
            .iter()
            .filter(|event| event.customer == customer && event.kind == kind(of) && event.at <= now)
            .filter(|event| channel.is_none_or(|channel| event.channel.as_deref() == Some(channel)))
            .filter(|event| Self::is_of(event, entered, step))
            .count()
    }

    /// Whether an event belongs to an action of this step in this entry.
    fn is_of(event: &Event, entered: Entered<'_>, step: usize) -> bool {
        event.action.is_some_and(|(_, journey, version, entry, at, _)| {
            (journey, version, entry, at) == (entered.journey, entered.version, entered.entry, step + 1)
        })
    }

    /// The last action of a step in an entry.
    fn acted(&self, customer: i32, entered: Entered<'_>, step: usize) -> Option<Instant> {
        let here = (customer, entered.journey, entered.version, entered.entry, step + 1);
        self.actions
            .iter()
            .filter(|action| {
                let (customer, journey, version, entry, step, _) = action.key;
                (customer, journey, version, entry, step) == here
            })
            .map(|action| action.completed_at.unwrap_or(action.at))
            .max()
    }

    /// Whether a condition holds; in an entry, or before there is one.
    pub fn holds(&self, customer: i32, entered: Option<Entered<'_>>, condition: &Value, now: Instant) -> bool {
        let each = |name: &str| condition[name].as_array().map(|parts| parts.iter());
        let holds = |part: &Value| self.holds(customer, entered, part, now);
        if let Some(mut parts) = each("and") {
            return parts.all(holds);
        }
        if let Some(mut parts) = each("or") {
            return parts.any(holds);
        }
        if !condition["not"].is_null() {
            return !holds(&condition["not"]);
        }
        if is_about_occasion(condition) {
            return self.known(customer, entered.expect("an entry").occasion, condition, now);
        }
        if let Some(column) = condition["profile"].as_str() {
            return self.asked(customer, column, condition, now);
        }
        if let Some(channel) = condition["subscribed"].as_str() {
            return self.objection(customer, (channel, None), false, now).is_none();
        }
        let since = |form: &Value| match (form["within"].as_str(), &form["since"]) {
            (Some(within), _) => Some(earlier(self.zone(customer), now, span(within))),
            (None, since) if since.is_null() || since == "entry" => Some(entered.expect("an entry").at),
            (None, step) => {
                let entered = entered.expect("an entry");
                self.acted(customer, entered, step_named(entered.steps, step))
            }
        };
        if !condition["bought"].is_null() {
            let what = &condition["bought"];
            return since(what).is_some_and(|since| self.has_bought(customer, what, since, now));
        }
        let of = condition["event"].as_str().expect("a condition");
        let channel = condition["channel"].as_str();
        let at_least = condition["at_least"].as_u64().unwrap_or(1) as usize;
        if !condition["of"].is_null() {
            let entered = entered.expect("an entry");
            let step = step_named(entered.steps, &condition["of"]);
            return self.reactions(customer, of, (entered, step), channel, now) >= at_least;
        }
        since(condition).is_some_and(|since| self.happened(customer, of, (since, now), channel) >= at_least)
    }

    /// Whether a column of the profile is what is asked.
    fn asked(&self, customer: i32, column: &str, condition: &Value, now: Instant) -> bool {
        let value = self.profile(customer, column);
        let same = |other: &Value| !value.is_null() && value == other;
        let among = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(same));
        let compared = |other: &Value| match (value, other) {
            (Value::Number(one), Value::Number(other)) => one.as_f64().partial_cmp(&other.as_f64()),
            (Value::String(one), Value::String(other)) => {
                let read = |text: &str| if text.len() == 10 { read_day(text) } else { read_instant(text) };
                Some(read(one).cmp(&read(other)))
            }
            _ => None,
        };
        let within = |text: &str| {
            let zone = self.zone(customer);
            value.as_str().is_some_and(|value| {
                let at = if value.len() == 10 { instant(zone, read_day(value)) } else { read_instant(value) };
                at > earlier(zone, now, span(text)) && at <= now
            })
        };
        let (test, other) = condition
            .as_object()
            .and_then(|members| members.iter().find(|(name, _)| *name != "profile"))
            .expect("a condition on a column");
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
