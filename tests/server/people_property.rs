//! The law of stores, of people: however customers were forgotten and merged, after a refresh the store is equal to one that is attached to
//! plain tables: without the rows of the forgotten, and with the kept key on the rows of the merged.

use std::collections::{BTreeMap, BTreeSet};

use pg_lifecycle::domain::journey::people::holdings::HOLDINGS;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::harness::{Ask, Database, none, show};
use crate::seeds::Seeds;
use crate::stores::{same_fits, same_histories, same_profiles, verified};

/// Sequences of each run, the same ones and others, and steps of each sequence.
const SEQUENCES: u64 = 1;
const FRESH: usize = 1;
const STEPS: usize = 60;

/// Keys of customers go from 1 to this.
const CUSTOMERS: i32 = 14;

/// A kind of stores.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    key: &'static str,
    /// The key of customer `$`.
    expression: &'static str,
    changes: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind { name: "numbers", key: "integer", expression: "$::integer", changes: "triggers" },
    Kind { name: "words", key: "text", expression: "('client ' || $)::text", changes: "compare" },
    Kind { name: "uuids", key: "uuid", expression: "md5(($)::text)::uuid", changes: "triggers" },
];

/// What was asked of the store, by plain rules.
#[derive(Default)]
struct People {
    forgotten: BTreeSet<i32>,
    /// Who was merged, and into whom in the end.
    merged: BTreeMap<i32, i32>,
}

impl People {
    fn person(&self, customer: i32) -> i32 {
        self.merged.get(&customer).copied().unwrap_or(customer)
    }

    fn forget(&mut self, customer: i32) {
        let person = self.person(customer);
        let all: Vec<i32> = (0..=CUSTOMERS).filter(|other| self.person(*other) == person).chain([customer]).collect();
        self.merged.retain(|duplicate, _| !all.contains(duplicate));
        self.forgotten.extend(all);
    }

    /// The SQLSTATE with which a merge must be refused, if these keys say so.
    fn refusal(&self, duplicate: i32, kept: i32) -> Option<&'static str> {
        if duplicate == kept {
            return Some("22023");
        }
        if self.forgotten.contains(&duplicate) || self.forgotten.contains(&kept) {
            return Some("55000");
        }
        match self.merged.get(&duplicate) {
            Some(into) if *into == self.person(kept) => None,
            Some(_) => Some("55000"),
            None => (self.person(kept) == duplicate).then_some("22023"),
        }
    }

    fn merge(&mut self, duplicate: i32, kept: i32) {
        let kept = self.person(kept);
        self.merged.values_mut().filter(|into| **into == duplicate).for_each(|into| *into = kept);
        self.merged.insert(duplicate, kept);
    }
}

struct Sequence<'a> {
    kind: Kind,
    client: &'a mut Database,
    rng: ChaCha8Rng,
    log: Vec<String>,
    people: People,
    /// Minutes of the last refresh.
    clock: i64,
    merges: usize,
}

impl Sequence<'_> {
    fn key(&self, customer: i32) -> String {
        self.kind.expression.replace('$', &customer.to_string())
    }

    fn customer(&mut self) -> i32 {
        self.rng.random_range(1..=CUSTOMERS)
    }

    fn run(&mut self, statement: String) -> Result<(), String> {
        let done = self.client.batch_execute(&statement).map_err(|error| show(&error));
        self.log.push(statement);
        done
    }

    /// One that may be rolled back first: then it must have done nothing.
    fn call(&mut self, call: &str) -> Result<(), String> {
        if self.rng.random_bool(0.2) {
            self.run(format!("BEGIN; {call}; ROLLBACK"))?;
        }
        self.run(call.to_owned())
    }

    fn step(&mut self) -> Result<(), String> {
        let (one, other) = (self.customer(), self.customer());
        let (key, other_key) = (self.key(one), self.key(other));
        let (day, amount) = (self.rng.random_range(0..300), self.rng.random_range(1..90));
        let at = format!("timestamptz '2024-01-01Z' + interval '{day} days'");
        match self.rng.random_range(0..20) {
            0..=5 => self.run(format!("INSERT INTO orders (customer, at, amount) VALUES ({key}, {at}, {amount}), ({other_key}, {at}, 7)")),
            6 => self.run(format!("UPDATE orders SET customer = {other_key} WHERE customer = {key} AND id % 2 = 0")),
            7 => self.run(format!("UPDATE orders SET amount = {amount}, at = {at} WHERE customer = {key} AND id % 3 = 0")),
            8 => self.run(format!("DELETE FROM orders WHERE customer = {key}")),
            9 => self.run(format!("INSERT INTO heard VALUES ({key}, {at}, 'open', 'email')")),
            10 => self.run(format!("INSERT INTO people VALUES ({key}, 'tier {amount}') ON CONFLICT (customer) DO UPDATE SET tier = excluded.tier")),
            11 => self.run(format!("DELETE FROM people WHERE customer = {key}")),
            12 => {
                let all: Vec<i32> = (0..self.rng.random_range(1..=2)).map(|_| self.customer()).collect();
                let keys: Vec<String> = all.iter().map(|one| format!("({})::text", self.key(*one))).collect();
                self.call(&format!("SELECT lifecycle.forget('kept', ARRAY[{}])", keys.join(", ")))?;
                let before = std::mem::take(&mut self.people.forgotten);
                all.into_iter().for_each(|one| self.people.forget(one));
                let gone = self.check_gone();
                self.people.forgotten.extend(before);
                gone
            }
            13 => {
                let again = self.people.forgotten.iter().next().copied().unwrap_or(one);
                self.call(&format!("SELECT lifecycle.unforget('kept', ({})::text)", self.key(again)))?;
                self.people.forgotten.remove(&again);
                Ok(())
            }
            14..=16 => self.merge(one, other),
            _ => self.refresh(),
        }
    }

    fn merge(&mut self, duplicate: i32, kept: i32) -> Result<(), String> {
        let call = format!(
            "SELECT lifecycle.merge_customers('kept', ({})::text, ({})::text)",
            self.key(duplicate),
            self.key(kept)
        );
        self.log.push(call.clone());
        let refusal = self.people.refusal(duplicate, kept);
        match (self.client.batch_execute(&call), refusal) {
            (Ok(()), None) => {
                self.people.merge(duplicate, kept);
                self.merges += 1;
                Ok(())
            }
            (Ok(()), Some(code)) => Err(format!("not refused with {code}")),
            (Err(error), refusal) => match error.code().map(|code| code.code()) {
                // The store has seen no row of the customer who is to be kept.
                Some("42704") => Ok(()),
                code if code.is_some() && code == refusal => Ok(()),
                _ => Err(show(&error)),
            },
        }
    }

    /// No table of the store holds a key of the forgotten. What the shop has written of them since is noted until the next refresh.
    fn check_gone(&mut self) -> Result<(), String> {
        let keys: Vec<String> = self.people.forgotten.iter().map(|one| format!("({})::text", self.key(*one))).collect();
        if keys.is_empty() {
            return Ok(());
        }
        for holding in HOLDINGS {
            for column in holding.columns {
                let found = format!(
                    "SELECT * FROM kept_data.{} AS held WHERE held.{column}::text IN ({})",
                    holding.table,
                    keys.join(", ")
                );
                none(self.client, &found)
                    .map_err(|found| format!("{} holds one who is forgotten:\n{found}", holding.table))?;
            }
        }
        Ok(())
    }

    fn refresh(&mut self) -> Result<(), String> {
        self.clock += self.rng.random_range(60..20_000);
        let as_of: String =
            self.client.get(&format!("SELECT (timestamptz '2024-11-01Z' + interval '{} minutes')::text", self.clock));
        let rebuild = self.rng.random_bool(0.2);
        self.run(format!(
            "CALL lifecycle.refresh('kept', as_of => '{as_of}', refit => true, rebuild => {rebuild}, accept => true)"
        ))?;
        self.check(&as_of)
    }

    fn check(&mut self, as_of: &str) -> Result<(), String> {
        let persons: Vec<String> = (1..=CUSTOMERS)
            .filter(|one| !self.people.forgotten.contains(one))
            .map(|one| format!("({}, {})", self.key(one), self.key(self.people.person(one))))
            .collect();
        self.client.run("TRUNCATE person");
        if !persons.is_empty() {
            self.client.run(&format!("INSERT INTO person VALUES {}", persons.join(", ")));
        }
        self.client.run(&attach("anew", "plain_orders", "plain_people", "plain_heard", "compare"));
        self.client.run(&format!("CALL lifecycle.refresh('anew', as_of => '{as_of}', refit => true)"));
        same_histories(self.client, "kept", "anew")?;
        same_fits(self.client, "kept", "anew")?;
        same_profiles(self.client, "kept", "anew")?;
        verified(self.client, "kept")?;
        self.client.run("SELECT lifecycle.detach('anew')");
        self.check_gone()
    }
}

fn attach(store: &str, orders: &str, people: &str, heard: &str, changes: &str) -> String {
    format!(
        "SELECT lifecycle.attach('{store}', orders => '{orders}', customer => 'customer', ordered_at => 'at', amount => 'amount', changes => '{changes}',
            customers => '{people}', attributes => '{{tier}}', events => '{heard}', event_customer => 'customer', happened_at => 'at', kind => 'kind',
            event_channel => 'channel', event_changes => '{changes}', time_zone => 'UTC', settings => '{{\"reader\": \"\", \"sender\": \"\"}}')"
    )
}

fn play(kind: Kind) {
    let mut database = Database::new(&format!("people_{}", kind.name));
    database.run("SET client_min_messages = warning");
    let key = kind.key;
    database.run(&format!(
        "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key}, at timestamptz, amount numeric);
         CREATE TABLE people (customer {key} PRIMARY KEY, tier text);
         CREATE TABLE heard (customer {key}, at timestamptz, kind text, channel text);
         CREATE TABLE person (key {key}, customer {key});
         CREATE VIEW plain_orders AS SELECT person.customer, o.at, o.amount FROM orders AS o JOIN person ON person.key = o.customer;
         CREATE VIEW plain_heard AS SELECT person.customer, h.at, h.kind, h.channel FROM heard AS h JOIN person ON person.key = h.customer;
         CREATE VIEW plain_people AS SELECT p.customer, p.tier FROM people AS p JOIN person ON person.key = p.customer AND person.customer = p.customer"
    ));
    let seeds = Seeds::new(&format!("people_{}", kind.name), "PEOPLE_SEED", SEQUENCES, FRESH);
    let (mut merges, mut forgotten) = (0, 0);
    for &seed in &seeds.seeds {
        database.run("TRUNCATE orders, people, heard RESTART IDENTITY");
        database.run(&attach("kept", "orders", "people", "heard", kind.changes));
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let mut sequence = Sequence {
            kind,
            client: &mut database,
            rng,
            log: Vec::new(),
            people: People::default(),
            clock: 0,
            merges: 0,
        };
        let played = (0..STEPS).try_for_each(|_| sequence.step()).and_then(|()| sequence.refresh());
        if let Err(found) = played {
            seeds.keep(seed);
            panic!("PEOPLE_SEED={seed}\n{}\n{found}", sequence.log.join(";\n"));
        }
        merges += sequence.merges;
        forgotten += sequence.people.forgotten.len();
        database.run("SELECT lifecycle.detach('kept', discard => true)");
    }
    assert!(seeds.alone || merges > 0 && forgotten > 0, "{merges} merges, {forgotten} forgotten");
}

#[test]
fn stores_by_numbers_leave_out_the_forgotten_and_join_the_merged() {
    play(KINDS[0]);
}

#[test]
fn stores_by_words_leave_out_the_forgotten_and_join_the_merged() {
    play(KINDS[1]);
}

#[test]
fn stores_by_uuids_leave_out_the_forgotten_and_join_the_merged() {
    play(KINDS[2]);
}
