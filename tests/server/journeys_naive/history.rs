//! A history of some customers: what happens, tick by tick, told to the database and to the interpreter alike, and both held
//! against each other.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Timelike};
use chrono_tz::Tz;
use postgres::Client;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::calendar::{Instant, local};
use super::facts::{Action, ActionKey, Event, Facts, Movement, Purchase, kind, shown};
use super::generate::{CHANNELS, KINDS, Lots, WINDOWS};
use super::interpreter::{Interpreter, Journey};
use super::reports;
use crate::harness::Ask;

/// Customers of the table of customers; there are some more who only order, or are only heard of.
const CUSTOMERS: i64 = 27;
const OTHERS: i64 = 3;

/// How often the clock moves on in a history.
const TICKS: usize = 30;

/// A history in the making.
pub struct History<'a> {
    client: &'a mut Client,
    lots: Lots,
    naive: Interpreter,
    /// All rows of the table of orders; the store knows those that were there at its last refresh.
    orders: Vec<Purchase>,
    /// Likewise of the table of events, if the store has one.
    contacts: Option<Vec<Event>>,
    now: Instant,
    end: Instant,
    log: Vec<String>,
}

/// An instant from the microseconds since 1970.
fn in_micros(micros: i64) -> Option<Instant> {
    DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc())
}

fn text(value: Option<&str>) -> String {
    value.map_or("NULL".to_owned(), |value| format!("'{value}'"))
}

/// An order that is given at an instant.
fn order(lots: &mut Lots, customers: i64, at: Instant) -> Purchase {
    let amount = if lots.is(0.15) { -lots.number(1, 10) } else { lots.number(3, 40) };
    Purchase { customer: lots.number(1, customers) as i32, at, amount }
}

impl<'a> History<'a> {
    /// Tables, a store, a policy and journeys.
    pub fn new(client: &'a mut Client, seed: u64) -> Self {
        let mut lots = Lots { random: rand_chacha::ChaCha8Rng::seed_from_u64(seed) };
        let (start, days) = *WINDOWS.choose(&mut lots.random).expect("a window");
        let start = DateTime::parse_from_rfc3339(start).expect("an instant").naive_utc();
        let zone = lots.one_of(&["Europe/Berlin", "UTC", "America/New_York"]);
        let contacts = lots.is(0.5).then(Vec::new);
        let events = match &contacts {
            Some(_) => "events => 'contacts', happened_at => 'at', kind => 'kind', event_channel => 'channel',",
            None => "",
        };
        client.run(&format!(
            "SET client_min_messages = warning; SET timezone = 'UTC';
            SELECT lifecycle.detach(store, discard => true) FROM lifecycle.store;
            DROP TABLE IF EXISTS orders, people, contacts;
            CREATE TABLE contacts (customer integer, at timestamptz, kind text, channel text);
            CREATE TABLE orders (customer integer, at timestamptz, amount numeric);
            CREATE TABLE people (customer integer PRIMARY KEY, consented timestamptz, tier text, points integer, insider boolean,
                joined timestamptz, born date, zone text);
            SELECT lifecycle.attach('naive', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
                customers => 'people', consented_at => 'consented', attributes => '{{tier,points,insider,joined,born,zone}}',
                {events} time_zone => '{zone}', settings => '{{\"reader\": \"\", \"event_kinds\": [\"trial\", \"visit_shop\", \"cart\"], \"machine_within\": \"0\"}}')"
        ));
        let mut log = vec![format!("store in {zone}")];
        for customer in 1..=CUSTOMERS {
            let person = person(&mut lots, customer, start);
            client.run(&person);
            log.push(person);
        }
        let mut orders = Vec::new();
        for _ in 0..40 {
            let at = start - Duration::seconds(lots.number(1, 60 * 86400));
            orders.push(order(&mut lots, CUSTOMERS, at));
        }
        let mut policy = lots.policy();
        let wait = longest_wait(&policy);
        if minutes(policy["deadline"].as_str().unwrap_or("7 days")) < wait {
            policy["deadline"] = json!(format!("{wait} minutes"));
        }
        let facts = Facts {
            zone: zone.parse().expect("a zone"),
            zone_column: policy["time_zone"].as_str().map(str::to_owned),
            profiles: BTreeMap::new(),
            purchases: Vec::new(),
            purchases_now: Vec::new(),
            contacts_now: contacts.clone(),
            changed: BTreeSet::new(),
            is_fresh: Cell::new(true),
            refreshed: start,
            contacts: contacts.clone(),
            movements: Vec::new(),
            past_changed: BTreeMap::new(),
            events: Vec::new(),
            actions: Vec::new(),
        };
        let naive = Interpreter::new(facts, policy, Vec::new());
        let mut made =
            History { client, lots, naive, orders, contacts, now: start, end: start + Duration::days(days), log };
        made.insert(0);
        made.refresh(start - Duration::hours(1));
        made.naive.refreshes = 1;
        made.create(start);
        made
    }

    fn create(&mut self, start: Instant) {
        let policy = self.naive.policy.to_string();
        self.log.push(format!("policy {policy}"));
        self.client.run(&format!("SELECT lifecycle.set_journey_policy('naive', '{policy}')"));
        let number = self.lots.number(1, 3) as usize;
        // What is called must exist: the later ones call the earlier ones.
        for id in 1..=number {
            let name = format!("way_{id}");
            let called: Vec<String> = (1..id).map(|id| format!("way_{id}")).collect();
            let called: Vec<&str> = called.iter().map(String::as_str).collect();
            let definition = self.lots.journey(&called, id < number);
            let definition = self.serve(definition);
            self.define(&name, &definition);
            let mut journey = Journey::new(id, &name, definition, start);
            journey.movement_seen = self.last_movement();
            self.naive.journeys.push(journey);
        }
        self.client.run(&format!("UPDATE naive_data.journey SET started_at = '{}'", shown(start)));
    }

    /// Lengthens the deadlines that are over before anything may be sent.
    fn serve(&self, mut definition: Value) -> Value {
        let wait = longest_wait(&self.naive.policy);
        for step in definition["steps"].as_array_mut().into_iter().flatten() {
            if step["act"]["deadline"].as_str().is_some_and(|deadline| minutes(deadline) < wait) {
                step["act"]["deadline"] = json!(format!("{wait} minutes"));
            }
        }
        definition
    }

    fn define(&mut self, name: &str, definition: &Value) {
        self.log.push(format!("{name}: {definition}"));
        self.client.run(&format!("SELECT lifecycle.create_journey('naive', '{name}', '{definition}', start => true)"));
    }

    fn last_movement(&self) -> i64 {
        self.naive.facts.movements.iter().map(|movement| movement.id).max().unwrap_or(0)
    }

    // ---- what happens -----------------------------------------------------------------------------------------------

    /// Plays all of it; the first difference ends it.
    pub fn play(mut self, tally: &mut BTreeMap<String, usize>) -> Result<(), String> {
        let start = self.now;
        for _ in 0..TICKS {
            if self.now > self.end {
                break;
            }
            self.tick()?;
            self.compare()?;
        }
        let half = start + (self.now - start) / 2;
        reports::compare(self.client, &[self.now, half]).map_err(|differs| format!("{:#?}\n{differs}", self.log))?;
        self.count(tally);
        Ok(())
    }

    fn tick(&mut self) -> Result<(), String> {
        let (now, before) = (self.next_instant(), self.now);
        let passed = (now - before).num_seconds();
        for _ in 0..self.lots.number(0, 14) {
            let at = match self.lots.number(0, 9) {
                0 => now + Duration::seconds(self.lots.number(1, 4 * 3600)),
                1 => now,
                2 => now - Duration::seconds(self.lots.number(1, 9 * 86400)),
                _ => now - Duration::seconds(self.lots.number(0, passed)),
            };
            self.happen(at);
        }
        let known = self.orders.len();
        for _ in 0..self.lots.number(0, 3) {
            let at = now - Duration::seconds(self.lots.number(-3600, passed + 3600));
            let of = order(&mut self.lots, CUSTOMERS + OTHERS - 1, at);
            self.orders.push(of);
        }
        self.insert(known);
        for _ in 0..self.lots.number(0, 6) {
            let at = now - Duration::seconds(self.lots.number(-3600, passed + 3600));
            self.contact(at);
        }
        if self.lots.is(0.15) {
            let customer = self.lots.number(1, CUSTOMERS + 1);
            let person = person(&mut self.lots, customer, now);
            self.client.run(&person);
            self.log.push(person);
        }
        if self.lots.is(0.09) {
            let back = if self.lots.is(0.6) { 0 } else { self.lots.number(0, 3600) };
            self.refresh((now - Duration::seconds(back)).max(self.naive.facts.refreshed));
        }
        match self.lots.number(0, 49) {
            0 => self.define_anew(),
            1..=3 => self.pause(),
            _ => {}
        }
        self.now = now;
        self.log.push(format!("run at {}", shown(now)));
        self.client.run(&format!("CALL lifecycle.run_journeys('naive', '{}')", shown(now)));
        self.naive.run(now);
        if self.lots.is(0.35) {
            for channel in CHANNELS {
                self.send(channel)?;
            }
        }
        Ok(())
    }

    /// A sender asks for all that there is, and says what became of it. The clocks of both stand still meanwhile.
    fn send(&mut self, channel: &str) -> Result<(), String> {
        let now = shown(self.now);
        let key = "customer, journey, version, entry, step, round";
        self.client.run(&format!(
            "UPDATE naive_data.action SET claimable_at = '{now}' WHERE status = 'claimed';
            UPDATE naive_data.journey_state SET ran_at = clock_timestamp()"
        ));
        let order = format!(
            "SELECT {key} FROM naive_data.action AS a
            WHERE channel = '{channel}' AND claimable_at <= '{now}' AND status IN ('pending', 'claimed')
                AND journey IN (SELECT journey FROM naive_data.journey WHERE status = 'live')
            ORDER BY priority DESC, claimable_at, id"
        );
        let read = |row: &postgres::Row, from: usize| -> ActionKey {
            let number = |place: usize| row.get::<_, i32>(from + place) as usize;
            (row.get(from), number(1), number(2), number(3), number(4), number(5))
        };
        let order: Vec<ActionKey> =
            self.client.query(&order, &[]).expect("actions").iter().map(|row| read(row, 0)).collect();
        self.log.push(format!("a sender asks for {channel}"));
        let mut expected = self.naive.hand_over(&order);
        let claim = format!(
            "SELECT c.action, a.customer, a.journey, a.version, a.entry, a.step, a.round, c.payload::text
            FROM lifecycle.claim_actions('{channel}', 10000, store => 'naive') AS c JOIN naive_data.action AS a ON a.id = c.action"
        );
        let rows = self.client.query(&claim, &[]).expect("a claim");
        let payload = |row: &postgres::Row| serde_json::from_str::<Value>(&row.get::<_, String>(7)).expect("JSON");
        let mut found: Vec<(ActionKey, Value)> = rows.iter().map(|row| (read(row, 1), payload(row))).collect();
        let order = |one: &(ActionKey, Value)| one.0;
        expected.sort_by_key(order);
        found.sort_by_key(order);
        self.client
            .run(&format!("UPDATE naive_data.action SET handed_over_at = '{now}' WHERE handed_over_at > '{now}'"));
        if found != expected {
            let all: std::collections::BTreeSet<i32> = found
                .iter()
                .chain(&expected)
                .filter(|one| !found.contains(one) || !expected.contains(one))
                .map(|one| one.0.0)
                .collect();
            let customer = all.into_iter().next().map_or(Value::Null, Value::from);
            let lines = |of: &[(ActionKey, Value)]| of.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>();
            return Err(self.difference("claims", &lines(&found), &lines(&expected), &customer));
        }
        for row in &rows {
            let (id, key): (i64, ActionKey) = (row.get(0), read(row, 1));
            let action = self.naive.facts.actions.iter_mut().find(|action| action.key == key).expect("an action");
            match self.lots.number(0, 9) {
                // The sender says nothing.
                0 => {}
                1 => {
                    self.client
                        .run(&format!("SELECT lifecycle.fail_action('naive', {id}, 'no route', permanent => true)"));
                    (action.status, action.processed) = ("dead".to_owned(), false);
                }
                2 => {
                    self.client.run(&format!(
                        "SELECT lifecycle.fail_action('naive', {id}, 'no route');
                        UPDATE naive_data.action SET claimable_at = date_trunc('second', claimable_at) WHERE id = {id}"
                    ));
                    let is_dead = action.attempts % 8 == 0;
                    action.status = if is_dead { "dead" } else { "pending" }.to_owned();
                    action.processed = !is_dead;
                }
                _ => {
                    self.client.run(&format!(
                        "SELECT lifecycle.complete_action('naive', {id});
                        UPDATE naive_data.action SET completed_at = '{now}' WHERE id = {id}"
                    ));
                    (action.status, action.processed, action.completed_at) = ("done".to_owned(), false, Some(self.now));
                }
            }
        }
        Ok(())
    }

    /// Some time later: often when something is due, or just before.
    fn next_instant(&mut self) -> Instant {
        let due = self.naive.enrollments.iter().filter_map(|one| one.due_at).filter(|due| *due > self.now);
        let due: Vec<Instant> = due.filter(|due| *due < self.now + Duration::hours(20)).collect();
        let mean = (self.end - self.now).num_seconds().max(3600 * 4) / 10;
        match (due.choose(&mut self.lots.random), self.lots.number(0, 5)) {
            (Some(due), 0 | 1) => *due,
            (Some(due), 2) => (*due - Duration::seconds(1)).max(self.now + Duration::seconds(1)),
            (_, 3) => self.now + Duration::seconds(self.lots.number(60, 3600)),
            (_, 4) => {
                let next = self.now + Duration::minutes(self.lots.number(60, 600));
                next - Duration::seconds((next.minute() * 60 + next.second()).into())
            }
            _ => self.now + Duration::seconds(self.lots.number(60, 2 * mean)),
        }
    }

    /// Something that is recorded: often of an action, and often what somebody waits for.
    fn happen(&mut self, at: Instant) {
        let waits: Vec<usize> =
            (0..self.naive.enrollments.len()).filter(|of| self.naive.waits_for(*of).is_some()).collect();
        let waiting = waits.choose(&mut self.lots.random).copied().filter(|_| self.lots.is(0.2));
        let words: Vec<String> = self.naive.journeys.iter().filter_map(Journey::word_of_entry).collect();
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
            let word = match self.lots.number(0, 13) {
                0 => self.lots.one_of(&["unsubscribed", "complaint", "subscribe"]).to_owned(),
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
        let of = match &action {
            Some(action) => {
                let (customer, journey, version, entry, step, round) = action.key;
                format!(
                    "action => (SELECT id FROM naive_data.action WHERE (customer, journey, version, entry, step, round)
                        = ({customer}, {journey}, {version}, {entry}, {step}, {round}))"
                )
            }
            None => format!("customer => '{customer}', channel => {}", text(channel.as_deref())),
        };
        self.client
            .run(&format!("SELECT lifecycle.record_event('naive', '{word}', NULL, at => '{}', {of})", shown(at)));
        let action = action.map(|action| action.key);
        let event = Event { customer, kind: kind(&word).to_owned(), at, channel, action, seen: false };
        self.log.push(format!("{event:?}"));
        self.naive.record(event);
    }

    /// Inserts the orders from this one on.
    fn insert(&mut self, from: usize) {
        let rows: Vec<String> = self.orders[from..]
            .iter()
            .map(|of| format!("({}, '{}', {})", of.customer, shown(of.at), of.amount))
            .collect();
        if !rows.is_empty() {
            self.client.run(&format!("INSERT INTO orders VALUES {}", rows.join(", ")));
        }
        let facts = &mut self.naive.facts;
        facts.changed.extend(self.orders[from..].iter().map(|of| of.customer));
        facts.purchases_now.clone_from(&self.orders);
        self.log.extend(self.orders[from..].iter().map(|of| format!("{of:?}")));
    }

    /// A row of the store's own table of events.
    fn contact(&mut self, at: Instant) {
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
        let event = Event { customer, kind: kind(word).to_owned(), at, channel, action: None, seen: true };
        self.log.push(format!("in the table of events: {event:?}"));
        contacts.push(event);
        self.naive.facts.changed.insert(customer);
        self.naive.facts.contacts_now.clone_from(&self.contacts);
    }

    /// Refreshes the store. What it says of profiles and stages is not in question here.
    fn refresh(&mut self, as_of: Instant) {
        self.log.push(format!("refresh as of {}", shown(as_of)));
        self.client.run(&format!("CALL lifecycle.refresh('naive', '{}')", shown(as_of)));
        let profiles = self.client.texts("SELECT to_jsonb(p)::text FROM naive_data.profile AS p");
        let read = |text: &String| serde_json::from_str::<Value>(text).expect("JSON");
        let key = |profile: &Value| profile["customer"].as_i64().expect("a key") as i32;
        let facts = &mut self.naive.facts;
        facts.profiles = profiles.iter().map(read).map(|profile| (key(&profile), profile)).collect();
        facts.purchases = self.orders.clone();
        facts.contacts = self.contacts.clone();
        facts.refreshed = as_of;
        facts.changed.clear();
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

    /// Pauses a journey, or has it go on.
    fn pause(&mut self) {
        let any = self.lots.number(0, self.naive.journeys.len() as i64 - 1) as usize;
        let at = self.naive.journeys.iter().position(|journey| !journey.is_live).unwrap_or(any);
        let (is_live, name) = (self.naive.journeys[at].is_live, self.naive.journeys[at].name.clone());
        let function = if is_live { "pause_journey" } else { "start_journey" };
        self.log.push(format!("{function} {name}"));
        self.client.run(&format!("SELECT lifecycle.{function}('naive', '{name}')"));
        self.naive.pause(at, !is_live);
    }

    /// Another version of a journey, with the same way in: its name stays, so that it may be called.
    fn define_anew(&mut self) {
        let at = self.lots.number(0, self.naive.journeys.len() as i64 - 1) as usize;
        let definition = self.lots.journey(&[], false);
        let mut definition = self.serve(definition);
        let journey = &self.naive.journeys[at];
        definition["entry"] = journey.versions[0]["entry"].clone();
        let name = journey.name.clone();
        self.define(&name, &definition);
        self.naive.journeys[at].versions.push(definition);
        if !self.naive.journeys[at].is_live {
            self.naive.pause(at, true);
        }
    }

    // ---- what came of it --------------------------------------------------------------------------------------------

    fn compare(&mut self) -> Result<(), String> {
        for (table, expected) in self.naive.rows() {
            let columns = match table {
                "action" => "to_jsonb(t) - '{id,claimable_at,claimed_by,message_id,error,incarnation}'::text[]",
                "enrollment" => "to_jsonb(t) - '{bucket,action}'::text[]",
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

    fn difference(&self, table: &str, more: &[String], less: &[String], customer: &Value) -> String {
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
    fn count(&self, tally: &mut BTreeMap<String, usize>) {
        let mut add = |what: String| *tally.entry(what).or_default() += 1;
        for line in &self.log {
            if line.starts_with("pause_journey") {
                add("paused".to_owned());
            } else if line.starts_with("start_journey") {
                add("went on".to_owned());
            }
        }
        if self.contacts.as_ref().is_some_and(|contacts| !contacts.is_empty()) {
            add("table of events".to_owned());
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
                ("postponed" | "dropped", "quiet") => format!("{} quiet hours", of.what),
                (what, short) => format!("{what} {short}"),
            });
        }
    }
}

/// The minutes of a length of time without months.
fn minutes(text: &str) -> i64 {
    let zero = DateTime::UNIX_EPOCH.naive_utc();
    (super::calendar::moved(zero, super::calendar::span(text), false) - zero).num_minutes()
}

/// The longest time, in minutes, in which a policy permits nothing.
fn longest_wait(policy: &Value) -> i64 {
    use super::calendar::{next_permitted, time};
    let hours = &policy["quiet_hours"];
    let quiet = hours["from"].as_str().map(|from| (time(from), time(hours["to"].as_str().expect("a time"))));
    let days = super::interpreter::strings(&policy["weekdays"]);
    let zero = DateTime::UNIX_EPOCH.naive_utc();
    let wait = |minute| {
        let from = zero + Duration::minutes(minute);
        (next_permitted(Tz::UTC, from, quiet, &days) - from).num_minutes()
    };
    // Where nothing is permitted any more, or a day begins.
    let ends = (0..14).flat_map(|day| {
        let to = quiet.map_or(0, |(from, _)| i64::from(from.hour() * 60 + from.minute()));
        [day * 1440, day * 1440 + to]
    });
    ends.map(wait).max().unwrap_or(0)
}

/// The statement that makes a person, or makes the person anew.
fn person(lots: &mut Lots, customer: i64, now: Instant) -> String {
    let maybe = |lots: &mut Lots, value: String| if lots.is(0.2) { "NULL".to_owned() } else { value };
    let zone = lots.one_of(&["Europe/Berlin", "America/New_York", "UTC", "Mars/Phobos", "Europe/Berlin"]);
    let (tier, points) = (format!("'{}'", lots.one_of(&["gold", "silver"])), lots.number(0, 10).to_string());
    let joined = shown(now + Duration::seconds(lots.number(-6 * 86400, 2 * 86400)));
    let born = (now + Duration::days(lots.number(-4, 8))).date();
    let years = lots.number(0, 40) as u32;
    let born = born.checked_sub_months(chrono::Months::new(12 * years)).expect("a day");
    let values: Vec<String> =
        [tier, points, lots.is(0.5).to_string(), format!("'{joined}'"), format!("'{born}'"), format!("'{zone}'")]
            .into_iter()
            .map(|value| maybe(lots, value))
            .collect();
    let values = values.join(", ");
    // A customer without earlier rows is new by a recent consent.
    let consented = match lots.is(0.4) {
        true => shown(now - Duration::seconds(lots.number(0, 3 * 86400))),
        false => "2023-12-01".to_owned(),
    };
    format!(
        "INSERT INTO people VALUES ({customer}, '{consented}', {values}) ON CONFLICT (customer) DO UPDATE
            SET (tier, points, insider, joined, born, zone) = ({values})"
    )
}
