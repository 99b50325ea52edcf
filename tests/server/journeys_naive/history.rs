//! A history of some customers: what happens, tick by tick, told to the database and to the interpreter alike, and both held
//! against each other.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Timelike};
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::calendar::Instant;
use super::facts::{Event, Facts, Purchase, shown};
use super::generate::{CHANNELS, Lots, WINDOWS, longest_wait, minutes};
use super::interpreter::{Enrollment, Interpreter, Journey};
use super::people::{order, person};
use super::reports;
use super::sending::Keys;
use crate::harness::{Ask, Database};

/// Customers of the table of customers; there are some more who only order, or are only heard of.
pub const CUSTOMERS: i64 = 27;
pub const OTHERS: i64 = 3;

/// How often the clock moves on in a history.
const TICKS: usize = 30;

/// How a session begins.
pub const SESSION: &str = "SET client_min_messages = error; SET timezone = 'UTC'";

/// A history in the making.
pub struct History<'a> {
    pub(super) client: &'a mut Database,
    pub(super) lots: Lots,
    /// How often a sender asks for actions, from 0 to 1.
    sender_comes: f64,
    pub(super) naive: Interpreter,
    /// All rows of the table of orders; the store knows those that were there at its last refresh.
    pub(super) orders: Vec<Purchase>,
    /// Likewise of the table of events, if the store has one.
    pub(super) contacts: Option<Vec<Event>>,
    pub(super) now: Instant,
    end: Instant,
    pub(super) log: Vec<String>,
    /// Under which keys actions were handed over.
    pub(super) keys: Keys,
}

impl<'a> History<'a> {
    /// Tables, a store, a policy and journeys.
    pub fn new(client: &'a mut Database, seed: u64) -> Self {
        let mut lots = Lots { random: rand_chacha::ChaCha8Rng::seed_from_u64(seed), speaks_of: None };
        let (start, days) = *WINDOWS.choose(&mut lots.random).expect("a window");
        let start = DateTime::parse_from_rfc3339(start).expect("an instant").naive_utc();
        let zone = lots.one_of(&["Europe/Berlin", "UTC", "America/New_York"]);
        let contacts = lots.is(0.5).then(Vec::new);
        let events = match &contacts {
            Some(_) => "events => 'contacts', happened_at => 'at', kind => 'kind', event_channel => 'channel',",
            None => "",
        };
        let has_order_keys = lots.is(0.5);
        let order_key = if has_order_keys { "order_key => 'number'," } else { "" };
        client.run(SESSION);
        client.run(&format!(
            "SELECT lifecycle.detach(store, discard => true) FROM lifecycle.store;
            DROP TABLE IF EXISTS orders, people, contacts;
            CREATE TABLE contacts (customer integer, at timestamptz, kind text, channel text);
            CREATE TABLE orders (customer integer, at timestamptz, amount numeric, number text, state text DEFAULT 'paid');
            CREATE TABLE people (customer integer PRIMARY KEY, consented timestamptz, tier text, points integer, insider boolean,
                joined timestamptz, born date, zone text);
            SELECT lifecycle.attach('naive', orders => 'orders', customer => 'customer', ordered_at => 'at', amount => 'amount',
                status => $$state = 'paid'$$, {order_key} customers => 'people', consented_at => 'consented', attributes => '{{tier,points,insider,joined,born,zone}}',
                {events} time_zone => '{zone}', settings => '{{\"reader\": \"\", \"event_kinds\": [\"trial\", \"visit_shop\", \"cart\", \"emptied\", \"returned\"], \"machine_within\": \"0\"}}')"
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
            all_changed: false,
            is_fresh: Cell::new(true),
            refreshed: start,
            has_order_keys,
            contacts: contacts.clone(),
            movements: Vec::new(),
            joinings: Vec::new(),
            past_changed: BTreeMap::new(),
            events: Vec::new(),
            actions: Vec::new(),
        };
        // A sender who comes rarely finds several actions for a customer.
        let sender_comes = if lots.is(0.5) { 0.3 } else { 0.07 };
        let naive = Interpreter::new(facts, policy, Vec::new());
        let mut made = History {
            client,
            lots,
            naive,
            orders,
            contacts,
            sender_comes,
            now: start,
            end: start + Duration::days(days),
            log,
            keys: Keys::default(),
        };
        made.insert(0);
        made.refresh(start - Duration::hours(1));
        made.naive.refreshes = 1;
        made.create_audiences();
        made.create(start);
        made
    }

    fn create(&mut self, start: Instant) {
        let policy = self.naive.policy.to_string();
        self.log.push(format!("policy {policy}"));
        self.client.run(&format!("SELECT lifecycle.set_journey_policy('naive', '{policy}')"));
        let number = if self.lots.is(0.2) { 1 } else { self.lots.number(2, 3) as usize };
        // What is called must exist: the later ones call the earlier ones.
        for id in 1..=number {
            let name = format!("way_{id}");
            let called: Vec<String> = (1..id).map(|id| format!("way_{id}")).collect();
            let called: Vec<&str> = called.iter().map(String::as_str).collect();
            let definition = self.lots.journey(&called, id < number, None);
            let definition = self.serve(definition);
            self.define(&name, &definition);
            let mut journey = Journey::new(id, &name, definition, start);
            journey.movement_seen = self.last_movement();
            journey.joining_seen = self.naive.facts.last_joining();
            self.naive.journeys.push(journey);
        }
        self.client.run(&format!("UPDATE naive_data.journey SET started_at = '{}'", shown(start)));
        // Those that were started although more customers would enter at once than may.
        let accepted = "SELECT journey::text FROM naive_data.journey WHERE released_up_to IS NOT NULL";
        for journey in self.client.texts(accepted) {
            let at = journey.parse::<usize>().expect("a number") - 1;
            self.naive.journeys[at].brake.released = Some((usize::MAX / 2, None));
        }
    }

    /// Lengthens the deadlines that are over before anything may be sent.
    pub(super) fn serve(&self, mut definition: Value) -> Value {
        let wait = longest_wait(&self.naive.policy);
        for step in definition["steps"].as_array_mut().into_iter().flatten() {
            if step["act"]["deadline"].as_str().is_some_and(|deadline| minutes(deadline) < wait) {
                step["act"]["deadline"] = json!(format!("{wait} minutes"));
            }
        }
        definition
    }

    pub(super) fn define(&mut self, name: &str, definition: &Value) {
        self.log.push(format!("{name}: {definition}"));
        self.client.run(&format!(
            "SELECT lifecycle.create_journey('naive', '{name}', '{definition}');
            SELECT lifecycle.start_journey('naive', '{name}', accept => true)"
        ));
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
            let mut of = order(&mut self.lots, CUSTOMERS + OTHERS - 1, at);
            // Often of those who are about to get something.
            let open = self.naive.facts.actions.iter().filter(|action| action.is_open());
            let open: Vec<i32> = open.map(|action| action.key.0).collect();
            if let Some(customer) = open.choose(&mut self.lots.random).filter(|_| self.lots.is(0.5)) {
                of.customer = *customer;
            }
            // Or two orders of one instant.
            if let Some(twin) = self.orders.last().filter(|_| self.lots.is(0.15)) {
                (of.customer, of.at) = (twin.customer, twin.at);
            }
            self.orders.push(of);
        }
        self.insert(known);
        if self.lots.is(0.5) {
            self.change_order();
        }
        for _ in 0..self.lots.number(0, 6) {
            let at = now - Duration::seconds(self.lots.number(-3600, passed + 3600));
            self.contact(at);
        }
        if self.lots.is(0.35) {
            // Often of those who wait for a day that moves with it.
            let wait = |of: &&Enrollment| {
                let steps = &self.naive.definition_of(of)["steps"];
                of.due_at.is_some() && steps[of.step]["wait"]["date"].is_string() && i64::from(of.customer) <= CUSTOMERS
            };
            let wait: Vec<i64> = self.naive.enrollments.iter().filter(wait).map(|of| of.customer.into()).collect();
            let any = self.lots.number(1, CUSTOMERS + 1);
            let customer = wait.choose(&mut self.lots.random).copied().filter(|_| self.lots.is(0.6)).unwrap_or(any);
            let person = person(&mut self.lots, customer, now);
            self.client.run(&person);
            self.log.push(person);
            if wait.contains(&customer) && self.lots.is(0.4) {
                self.refresh(now.max(self.naive.facts.refreshed));
            }
        }
        if self.lots.is(0.09) {
            let back = if self.lots.is(0.6) { 0 } else { self.lots.number(0, 3600) };
            self.refresh((now - Duration::seconds(back)).max(self.naive.facts.refreshed));
        }
        self.go_on_after_accidents();
        match self.lots.number(0, 59) {
            0 => self.define_anew(),
            1..=3 => self.pause(),
            4..=5 => self.hold(),
            6..=7 => self.reload(),
            8 => self.reload_slowly(now.max(self.naive.facts.refreshed))?,
            _ => {}
        }
        self.now = now;
        self.log.push(format!("run at {}", shown(now)));
        self.client.run(&format!("CALL lifecycle.run_journeys('naive', '{}')", shown(now)));
        self.naive.run(now);
        if self.lots.is(self.sender_comes) {
            for channel in CHANNELS {
                self.send(channel)?;
            }
        }
        if self.lots.is(0.03) {
            self.copy()?;
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
}
