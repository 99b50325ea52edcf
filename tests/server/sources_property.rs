//! The law of stores over sources whose orders have several rows, whose customers are computed, whose amounts are texts or of several
//! currencies, and whose refunds have a table of their own: whatever was done to the tables, in whatever transactions, after a refresh a
//! store is what plain SQL says of them. An expression may fail on a row: the shop's statement succeeds, a refresh is refused as long as the
//! row is there, and the next one reads everything.
//!
//! SOURCES_SEED=N plays that sequence alone, as a failure names it, SOURCES_CASES=N so many of each kind.

#[path = "sources_property/kinds.rs"]
mod kinds;
#[path = "sources_property/sessions.rs"]
mod sessions;
#[path = "sources_property/statements.rs"]
mod statements;

use std::thread;
use std::time::Duration;

use postgres::Client;
use rand::Rng;

use crate::harness::{Ask, Database, connect, none, show};
use crate::seeds::Seeds;
use crate::stores::{same_histories, verified};
use kinds::{Kind, TABLES};
use sessions::Writers;
use statements::{Random, shows_in_column};

/// Sequences of each kind, the same ones and others, and steps of each sequence.
const SEQUENCES: u64 = 2;
const FRESH: usize = 1;
const STEPS: usize = 40;

/// What was seen in all sequences of a kind, so that none of it is missing.
#[derive(Default)]
struct Seen {
    refreshes: usize,
    refused: usize,
    orders: i64,
    refunds: i64,
    by_changes: i64,
    swaps: usize,
    suspended: usize,
    migrations: usize,
    waited: usize,
    prepared: usize,
    while_busy: usize,
    shown: usize,
}

/// A sequence in the making.
struct Sequence<'a> {
    kind: Kind,
    random: Random,
    client: &'a mut Client,
    database: String,
    writers: Writers,
    log: Vec<String>,
    days: u32,
    /// Whether the store's column is read again from far before, so that what commits late is found.
    is_patient: bool,
    /// Whether the next refresh puts triggers on tables, and would wait for transactions that write to them.
    needs_locks: bool,
    /// Whether rates have changed that a refresh of what changed does not see.
    rates_changed: bool,
    seen: &'a mut Seen,
}

impl Sequence<'_> {
    /// The shop alone does this.
    fn shop(&mut self, statements: &str) -> Result<(), String> {
        self.log.push(statements.to_owned());
        self.writers.hidden = true;
        self.client.batch_execute(statements).map_err(|error| format!("the shop's statement failed: {}", show(&error)))
    }

    fn as_of(&mut self) -> String {
        self.days += self.random.rng.random_range(0..8);
        let query = format!("SELECT (timestamptz '2024-04-01 00:00Z' + interval '{} days')::text", self.days);
        self.client.get::<String>(&query)
    }

    /// What happens rarely happens in each sequence.
    fn step(&mut self, step: usize) -> Result<(), String> {
        match step % 10 {
            9 => match step / 10 % 4 {
                0 => self.swap(),
                1 => self.suspend(),
                2 => self.migrate(),
                _ => self.refresh_while_it_waits(),
            },
            _ => match self.random.rng.random_range(0..40) {
                0 => self.swap(),
                1..=4 => self.refresh(),
                5 | 6 if self.kind.has_currencies() => {
                    self.rates_changed = true;
                    let statement = self.random.on_rates();
                    self.shop(&statement)
                }
                _ => self.writers.step(&mut self.random, &mut self.log),
            },
        }
    }

    fn swap(&mut self) -> Result<(), String> {
        self.writers.settle(&mut self.log);
        self.needs_locks = true;
        self.seen.swaps += 1;
        let swap = self.random.swap();
        self.shop(&swap)
    }

    fn suspend(&mut self) -> Result<(), String> {
        self.writers.settle(&mut self.log);
        self.needs_locks = true;
        self.seen.suspended += 1;
        let suspended = self.random.suspended();
        self.shop(&suspended)
    }

    /// The store lets go of its tables, the type of a column changes, and the store reads them again.
    fn migrate(&mut self) -> Result<(), String> {
        self.writers.settle(&mut self.log);
        self.seen.migrations += 1;
        self.shop("SELECT lifecycle.detach_source('kept')")?;
        if self.random.rng.random_bool(0.5) {
            match self.client.batch_execute("CALL lifecycle.refresh('kept')") {
                Err(error) if error.code().is_some_and(|code| code.code() == "55000") => {}
                Err(error) => return Err(format!("a refresh of tables that were let go: {}", show(&error))),
                Ok(()) => return Err("a refresh has read tables that were let go".to_owned()),
            }
        }
        let migration = self.random.migration();
        self.shop(&migration)?;
        self.shop("SELECT lifecycle.reattach_source('kept')")
    }

    /// A transaction commits, or is taken back, while a refresh waits for it; what it has written is found by the next refresh.
    fn refresh_while_it_waits(&mut self) -> Result<(), String> {
        if self.needs_locks {
            self.refresh()?;
        }
        self.writers.settle(&mut self.log);
        let call = format!("CALL lifecycle.refresh('kept', as_of => '{}')", self.as_of());
        let locks =
            ["lines IN ACCESS EXCLUSIVE", "kept_data.history IN SHARE", "kept_data.profile IN SHARE ROW EXCLUSIVE"];
        let lock = self.random.one_of(&locks);
        let (relation, _) = lock.split_once(' ').unwrap_or_default();
        let (one, other) = (self.random.statement(), self.random.statement());
        self.writers.hold(0, &one, lock, &mut self.log)?;
        self.log.push(format!("{call} -- begins"));
        let mut refresher = connect(&self.database);
        refresher.run("SET client_min_messages = error; SET lock_timeout = '20s'");
        let refresh = thread::spawn(move || refresher.batch_execute(&call));
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while !refresh.is_finished() {
            if self.client.get::<i64>(waits) > 0 {
                self.seen.waited += 1;
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        if relation != "lines" {
            self.writers.write(1, &other, &mut self.log)?;
        }
        match self.random.rng.random_range(0..4) {
            0 => self.writers.end(0, "ROLLBACK", &mut self.log),
            1 if relation == "lines" => {
                self.writers.prepare(0, &mut self.log);
                self.writers.settle(&mut self.log);
            }
            _ => self.writers.end(0, "COMMIT", &mut self.log),
        }
        self.log.push("-- ends".to_owned());
        // What comes late is a matter of the overlap.
        self.writers.hidden = true;
        match refresh.join().expect("a refresh does not panic") {
            Err(error) if self.kind.fails.is_empty() || error.code().is_none_or(|code| code.code() != "22P02") => {
                Err(show(&error))
            }
            _ => self.refresh(),
        }
    }

    /// A refresh, in one of the ways to call it, after which the store is checked.
    fn refresh(&mut self) -> Result<(), String> {
        let as_of = self.as_of();
        self.refresh_as_of(&as_of)?;
        if self.kind.changes() == "column" && self.random.rng.random_bool(0.3) {
            // Something that the column shows, and nothing else.
            let shown = (0..).map(|_| self.random.statement()).find(|statement| shows_in_column(statement));
            self.writers.write(0, &shown.unwrap_or_default(), &mut self.log)?;
            self.refresh_as_of(&as_of)?;
        }
        Ok(())
    }

    fn refresh_as_of(&mut self, as_of: &str) -> Result<(), String> {
        let is_alone =
            self.needs_locks || !self.is_patient && self.kind.changes() == "column" || !self.kind.fails.is_empty();
        if is_alone {
            self.writers.settle(&mut self.log);
        } else {
            if !self.writers.are_busy() && self.random.rng.random_bool(0.5) {
                self.writers.begin(0, &self.random.statement(), &mut self.log)?;
            }
            self.writers.let_read(&mut self.log);
        }
        self.seen.while_busy += usize::from(self.writers.are_busy());
        // Rates are no rows of the source: a refresh of what changed goes on with those that it knows.
        let rebuilds = std::mem::take(&mut self.rates_changed) && self.kind.changes() == "triggers";
        let call = format!("CALL lifecycle.refresh('kept', as_of => '{as_of}', rebuild => {rebuilds})");
        let failing = match self.kind.fails {
            "" => 0,
            fails => self.client.get::<i64>(&format!("SELECT count(*) FROM lines WHERE {fails}")),
        };
        let way = if failing > 0 { 9 } else { self.random.rng.random_range(0..10) };
        let earlier = call.replace("true", "false");
        let calls = match way {
            // Rolled back, it must have lost nothing.
            0 => vec!["BEGIN", &earlier, "ROLLBACK", &call],
            1 => vec!["BEGIN", &call, "COMMIT"],
            2 => vec![earlier.as_str(), &call],
            _ => vec![call.as_str()],
        };
        self.log.push(calls.join("; "));
        match calls.iter().try_for_each(|call| self.client.batch_execute(call)) {
            Ok(()) if failing == 0 => {}
            Ok(()) => return Err(format!("a refresh has read {failing} rows on which the expression fails")),
            Err(error) if failing > 0 && error.code().is_some_and(|code| code.code() == "22P02") => {
                self.seen.refused += 1;
                self.client.run(&format!("UPDATE lines SET number = '5' WHERE {}", self.kind.fails));
                self.client
                    .batch_execute(&call)
                    .map_err(|error| format!("after the row was mended: {}", show(&error)))?;
            }
            Err(error) => return Err(show(&error)),
        }
        self.seen.refreshes += 1;
        self.needs_locks = false;
        self.check(as_of)
    }

    fn check(&mut self, as_of: &str) -> Result<(), String> {
        let (client, kind) = (&mut *self.client, self.kind);
        let last = "FROM (SELECT * FROM lifecycle.refresh_log WHERE store = 'kept' ORDER BY id DESC LIMIT 1) AS last";
        self.seen.by_changes += client.get::<i64>(&format!("SELECT count(*) {last} WHERE NOT rebuilt"));
        // What the column shows needs no comparison to be found.
        if kind.changes() == "column" && !self.writers.hidden {
            self.seen.shown += 1;
            none(client, &format!("SELECT mismatches {last} WHERE mismatches > 0"))
                .map_err(|found| format!("the column has shown all that was done, and yet:\n{found}"))?;
        }
        self.writers.were_read();
        verified(client, "kept")?;
        let plain = kind.plain();
        let mut plainly = |what: &str, query: &str| {
            none(client, query).map_err(|found| format!("{what} is not what plain SQL says:\n{found}\n{query}"))
        };
        plainly(
            "history.purchases",
            &format!(
                "SELECT customer, h.purchases AS stored, b.purchases AS built FROM kept_data.history AS h FULL JOIN
                    (SELECT customer, purchase_history(at, amount) AS purchases FROM ({plain}) AS o GROUP BY customer) AS b USING (customer)
                 WHERE COALESCE(h.purchases, '{{}}') <> COALESCE(b.purchases, '{{}}')"
            ),
        )?;
        plainly(
            "the profile",
            &format!(
                "SELECT customer, p.orders, b.orders AS counted, p.spend, b.spend AS summed, p.first_purchase, b.first, p.last_purchase, b.last
                 FROM kept_data.profile AS p FULL JOIN
                    (SELECT customer, count(*) FILTER (WHERE bought) AS orders, sum(round(amount, 4)) AS spend,
                        min(at) FILTER (WHERE bought) AS first, max(at) FILTER (WHERE bought) AS last
                     FROM ({plain}) AS o WHERE at <= '{as_of}' GROUP BY customer) AS b USING (customer)
                 WHERE (p.customer IS NULL AND b.orders > 0) OR (p.customer IS NOT NULL AND (p.orders <> COALESCE(b.orders, 0)
                    OR p.spend <> COALESCE(b.spend, 0) OR p.first_purchase IS DISTINCT FROM b.first
                    OR p.last_purchase IS DISTINCT FROM b.last))"
            ),
        )?;
        // Each row is an order's, or is counted with a reason, or the condition leaves it out.
        let counts = format!("SELECT * FROM ({}) AS c WHERE rows <> read + left_out OR lost <> nobodys", kind.counts());
        plainly("left_out", &counts)?;
        self.seen.orders += client.get::<i64>("SELECT COALESCE(sum(orders), 0)::bigint FROM kept_data.profile");
        self.seen.refunds += client.get::<i64>(&format!("SELECT count(*) FROM ({plain}) AS o WHERE NOT bought"));
        Ok(())
    }

    fn play(&mut self) -> Result<(), String> {
        let first = self.random.rng.random_range(0..STEPS);
        for step in first..first + STEPS {
            self.step(step)?;
        }
        self.writers.settle(&mut self.log);
        let as_of = "2025-06-01 00:00:00+00";
        self.refresh_as_of(as_of)?;
        // The same tables, attached anew.
        self.client.run(&self.kind.attach("anew", "compare", 0));
        self.client.run(&format!("CALL lifecycle.refresh('anew', as_of => '{as_of}')"));
        same_histories(self.client, "kept", "anew")?;
        self.client.run("SELECT lifecycle.detach('anew')");
        self.seen.prepared += self.writers.prepared_so_far();
        Ok(())
    }
}

/// Sequences of one kind, each with a seed of its own.
fn play(kind: Kind) {
    let mut database = Database::new(&format!("sources_{}", kind.name));
    assert_ne!(
        database.get::<String>("SHOW max_prepared_transactions"),
        "0",
        "scripts/cluster makes a server with some"
    );
    database.run("SET client_min_messages = error; SET TimeZone = 'UTC'; SET lock_timeout = '20s'");
    let cases = std::env::var("SOURCES_CASES")
        .map_or(SEQUENCES, |cases| cases.parse().expect("SOURCES_CASES must be a number"));
    let seeds = Seeds::new(&format!("sources_{}", kind.name), "SOURCES_SEED", cases, FRESH);
    let mut seen = Seen::default();
    let name = database.name().to_owned();
    for &seed in &seeds.seeds {
        database.run(TABLES);
        let is_patient = seed % 2 == 0;
        database.run(&kind.attach("kept", kind.changes(), if is_patient { 1_000_000 } else { 0 }));
        let mut sequence = Sequence {
            kind,
            random: Random::new(kind, seed),
            client: &mut database,
            database: name.clone(),
            writers: Writers::new(&name),
            log: Vec::new(),
            days: 0,
            is_patient,
            needs_locks: false,
            rates_changed: false,
            seen: &mut seen,
        };
        if let Err(found) = sequence.play() {
            seeds.keep(seed);
            panic!("{}, SOURCES_SEED={seed}: {found}\n{}", kind.name, sequence.log.join(";\n"));
        }
        drop(sequence);
        database.run("SELECT lifecycle.detach('kept')");
    }
    if seeds.alone {
        return;
    }
    let cases = cases as usize;
    assert!(seen.refreshes >= 3 * cases, "only {} refreshes", seen.refreshes);
    assert!(seen.orders >= 10 * cases as i64, "only {} orders", seen.orders);
    assert!(seen.refunds >= 5 * cases as i64 || kind.refunds == kinds::Refunds::None, "only {} refunds", seen.refunds);
    let by_changes = seen.by_changes >= cases as i64 || kind.changes() == "compare";
    assert!(by_changes, "only {} refreshes of what changed", seen.by_changes);
    let refused = seen.refused >= 2 || kind.fails.is_empty() || kind.settings.0.contains("status");
    assert!(refused, "only {} refreshes were refused", seen.refused);
    let rare = [seen.swaps, seen.suspended, seen.migrations, seen.waited, seen.prepared];
    assert!(rare.iter().all(|times| *times > 0), "swaps, suspended, migrations, waited, prepared: {rare:?}");
    assert!(seen.while_busy > 0 || !kind.fails.is_empty(), "no refresh while a transaction was open");
    assert!(seen.shown > 0 || kind.changes() != "column", "no refresh by what the column shows alone");
}
