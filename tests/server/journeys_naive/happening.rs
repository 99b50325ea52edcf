//! What customers do, and what the store gets to know of it.

use chrono::{DateTime, Duration};
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::calendar::Instant;
use super::facts::{Action, Event, Movement, kind, shown};
use super::generate::{CANCELLING, CHANNELS, KINDS};
use super::history::{CUSTOMERS, History, OTHERS};
use super::interpreter::{Enrollment, Journey};
use super::people::counted;
use crate::harness::Ask;

/// An instant from the microseconds since 1970.
pub fn in_micros(micros: i64) -> Option<Instant> {
    DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc())
}

fn text(value: Option<&str>) -> String {
    value.map_or("NULL".to_owned(), |value| format!("'{value}'"))
}

impl History<'_> {
    /// Something that is recorded: often of an action, and often what somebody waits for.
    pub(super) fn happen(&mut self, at: Instant) {
        let waits: Vec<usize> =
            (0..self.naive.enrollments.len()).filter(|of| self.naive.waits_for(*of).is_some()).collect();
        let waiting = waits.choose(&mut self.lots.random).copied().filter(|_| self.lots.is(0.2));
        let words: Vec<String> = self.naive.journeys.iter().filter_map(Journey::word_of_entry).collect();
        if self.lots.is(0.2) && self.cancel(at) {
            return;
        }
        let (word, action, customer) = if let Some(of) = waiting {
            let one = &self.naive.enrollments[of];
            let (word, step) = self.naive.waits_for(of).expect("a wait");
            let is_meant = |action: &&Action| {
                let (customer, journey, _, entry, at, _) = action.key;
                (customer, journey, entry, Some(at))
                    == (one.customer, one.journey, one.entry, step.map(|step| step + 1))
            };
            let action = self.naive.facts.actions.iter().find(is_meant).cloned();
            (word, action, one.customer)
        } else {
            let word = match self.lots.number(0, 12) {
                0 => self.lots.one_of(&["unsubscribed", "unsubscribed", "complaint", "subscribe"]).to_owned(),
                1..=5 if !words.is_empty() => words.choose(&mut self.lots.random).expect("a word").clone(),
                _ => self.lots.one_of(&KINDS).to_owned(),
            };
            let actions = &self.naive.facts.actions;
            let recent = &actions[actions.len().saturating_sub(20)..];
            let is_own = words.contains(&word) || self.lots.is(0.3);
            let action = recent.choose(&mut self.lots.random).cloned().filter(|_| !is_own);
            (word, action, self.lots.number(1, CUSTOMERS + OTHERS) as i32)
        };
        // An address that bounces gets nothing for ever.
        let word = if kind(&word) == "bounce" && self.lots.is(0.8) { "delivered".to_owned() } else { word };
        // Nobody reacts to what a control group did not get.
        let action = action.filter(|action| action.control.is_none());
        let (customer, channel) = match &action {
            Some(action) => (action.key.0, Some(action.channel.clone())),
            None => (customer, self.lots.is(0.5).then(|| self.lots.one_of(&CHANNELS).to_owned())),
        };
        let has_topic = action.is_none() && ["unsubscribe", "subscribe"].contains(&kind(&word)) && self.lots.is(0.6);
        let detail = self.lots.detail(at);
        let topic = has_topic.then(|| self.lots.one_of(&["offers", "news"]).to_owned());
        let said = text(detail.as_ref().map(Value::to_string).as_deref());
        let of = match &action {
            Some(action) => {
                let (customer, journey, version, entry, step, round) = action.key;
                format!(
                    "action => (SELECT id FROM naive_data.action WHERE (customer, journey, version, entry, step, round)
                        = ({customer}, {journey}, {version}, {entry}, {step}, {round}))"
                )
            }
            None => format!(
                "customer => '{customer}', channel => {}, topic => {}",
                text(channel.as_deref()),
                text(topic.as_deref())
            ),
        };
        self.client.run(&format!(
            "SELECT lifecycle.record_event('naive', '{word}', NULL, at => '{}', detail => {said}, {of})",
            shown(at)
        ));
        let action = action.map(|action| action.key);
        let event = Event { customer, kind: kind(&word).to_owned(), at, channel, topic, action, detail, seen: false };
        self.log.push(format!("{event:?}"));
        let is_plain = event.action.is_none() && event.channel.is_none() && words.contains(&word);
        self.naive.record(event.clone());
        if is_plain && self.lots.is(0.3) {
            self.take_back(&event);
        }
    }

    /// Records that a customer has taken back what an entry came from, or something else that looks like it; whether there was an entry.
    fn cancel(&mut self, at: Instant) -> bool {
        let by_event = |of: &&Enrollment| {
            let by = self.naive.definition_of(of)["entry"]["cancelled_by"].to_string();
            of.due_at.is_some() && CANCELLING.iter().any(|word| by.contains(word))
        };
        let under_way: Vec<&Enrollment> = self.naive.enrollments.iter().filter(by_event).collect();
        let Some(one) = under_way.choose(&mut self.lots.random).map(|one| (*one).clone()) else { return false };
        let own = one.key.clone().or(one.order_key.clone());
        let key = if self.lots.is(0.8) { json!(own) } else { json!(self.lots.one_of(&["a", "b", "n00042"])) };
        let detail = json!({"cart_id": key, "basket": {"id": key}, "order": key});
        let (word, customer) = (self.lots.one_of(&CANCELLING), one.customer);
        // Before the entry, at the same instant, or later.
        let at = match self.lots.number(0, 4) {
            0 => one.triggered_at - Duration::seconds(1),
            1 => one.triggered_at,
            _ => at,
        };
        let (kind, detail) = (word.to_owned(), Some(detail));
        self.tell(Event { customer, kind, at, channel: None, topic: None, action: None, detail, seen: false });
        true
    }

    /// Records that something is taken back as soon as it was done, and often that it is done once more.
    fn take_back(&mut self, event: &Event) {
        let kind = self.lots.one_of(&CANCELLING).to_owned();
        let after = |minutes| event.at + Duration::minutes(minutes);
        self.tell(Event { kind, at: after(1), ..event.clone() });
        if self.lots.is(0.7) {
            self.tell(Event { at: after(2), ..event.clone() });
        }
    }

    /// Records what a customer does.
    fn tell(&mut self, event: Event) {
        let Event { customer, kind, at, detail, .. } = &event;
        let said = text(detail.as_ref().map(Value::to_string).as_deref());
        self.client.run(&format!(
            "SELECT lifecycle.record_event('naive', '{kind}', NULL, at => '{}', detail => {said}, customer => '{customer}')",
            shown(*at)
        ));
        self.log.push(format!("{event:?}"));
        self.naive.record(event);
    }

    /// Inserts the orders from this one on.
    pub(super) fn insert(&mut self, from: usize) {
        for (number, of) in self.orders.iter_mut().enumerate().skip(from) {
            of.number = format!("n{number:05}");
        }
        let rows: Vec<String> = self.orders[from..]
            .iter()
            .map(|of| format!("({}, '{}', {}, '{}')", of.customer, shown(of.at), of.amount, of.number))
            .collect();
        if !rows.is_empty() {
            self.client.run(&format!("INSERT INTO orders (customer, at, amount, number) VALUES {}", rows.join(", ")));
        }
        let facts = &mut self.naive.facts;
        facts.changed.extend(self.orders[from..].iter().map(|of| of.customer));
        facts.purchases_now = counted(&self.orders);
        self.log.extend(self.orders[from..].iter().map(|of| format!("{of:?}")));
    }

    /// A row of the store's own table of events.
    pub(super) fn contact(&mut self, at: Instant) {
        let Some(contacts) = &mut self.contacts else { return };
        let customer = self.lots.number(1, CUSTOMERS + 1) as i32;
        let word = self.lots.one_of(&["opened", "click", "click", "delivered", "bounced", "unsubscribed", "subscribe"]);
        let word = if word == "bounced" && self.lots.is(0.8) { "delivered" } else { word };
        let channel = self.lots.is(0.8).then(|| self.lots.one_of(&CHANNELS).to_owned());
        self.client.run(&format!(
            "INSERT INTO contacts VALUES ({customer}, '{}', '{word}', {})",
            shown(at),
            text(channel.as_deref())
        ));
        let event = Event {
            customer,
            kind: kind(word).to_owned(),
            at,
            channel,
            topic: None,
            action: None,
            detail: None,
            seen: true,
        };
        self.log.push(format!("in the table of events: {event:?}"));
        contacts.push(event);
        self.naive.facts.changed.insert(customer);
        self.naive.facts.contacts_now.clone_from(&self.contacts);
    }

    /// Refreshes the store. What it says of profiles and stages is not in question here.
    pub(super) fn refresh(&mut self, as_of: Instant) {
        self.log.push(format!("refresh as of {}", shown(as_of)));
        self.client.run(&format!("CALL lifecycle.refresh('naive', '{}')", shown(as_of)));
        let profiles = self.client.texts("SELECT to_jsonb(p)::text FROM naive_data.profile AS p");
        let read = |text: &String| serde_json::from_str::<Value>(text).expect("JSON");
        let key = |profile: &Value| profile["customer"].as_i64().expect("a key") as i32;
        let facts = &mut self.naive.facts;
        facts.profiles = profiles.iter().map(read).map(|profile| (key(&profile), profile)).collect();
        facts.purchases = counted(&self.orders);
        facts.contacts = self.contacts.clone();
        facts.refreshed = as_of;
        facts.changed.clear();
        facts.all_changed = false;
        let last = facts.movements.iter().map(|movement| movement.id).max().unwrap_or(0);
        let moved = format!(
            "SELECT id, customer, stage_before, stage_after, (extract(epoch FROM registered_at) * 1000000)::int8,
                    kind = 'moved' AND NOT stage_refitted OR kind = 'appeared' AND registered_at IS NOT NULL
                FROM naive_data.movement WHERE id > {last} ORDER BY id"
        );
        for row in self.client.query(&moved, &[]).expect("movements") {
            let movement = Movement {
                id: row.get(0),
                customer: row.get(1),
                at: as_of,
                before: row.get(2),
                after: row.get(3),
                registered: row.get::<_, Option<i64>>(4).and_then(in_micros),
                is_own: row.get(5),
            };
            self.log.push(format!("{movement:?}"));
            facts.movements.push(movement);
        }
        self.naive.refreshes += 1;
        self.read_joinings();
        let changed =
            "SELECT customer, past_changed_at::text FROM naive_data.known_customer WHERE past_changed_at IS NOT NULL";
        let before = std::mem::take(&mut self.naive.facts.past_changed);
        for row in self.client.query(changed, &[]).expect("customers") {
            let (customer, at): (i32, String) = (row.get(0), row.get(1));
            let refresh = match before.get(&customer) {
                Some((known, refresh)) if *known == at => *refresh,
                _ => self.naive.refreshes,
            };
            self.naive.facts.past_changed.insert(customer, (at, refresh));
        }
    }
}
