//! Exactly once under fire: many runners decide and many senders claim and complete, while their sessions are ended at random
//! instants and the server crashes; then not one action was decided twice, none was lost, and each was completed once.
//! One cart, one chain under fire: entries by key, cancelled ones, voucher codes, customers who are merged and forgotten.
//! No harm under fire: the same while customers object and come back, the store is held, its source is reloaded, and the database copied.
//!
//! `make test-fire` starts the server that this needs, a durable one of its own: scripts/test-fire.

#[path = "fire/carts.rs"]
mod carts;
#[path = "fire/chain.rs"]
mod chain;
#[path = "fire/killer.rs"]
mod killer;
#[path = "fire/ledger.rs"]
mod ledger;
#[path = "fire/no_harm.rs"]
mod no_harm;
#[path = "fire/runner.rs"]
mod runner;
#[path = "fire/sender.rs"]
mod sender;
#[path = "fire/session.rs"]
mod session;
// The other tests use the rest of it.
#[allow(dead_code)]
#[path = "server/harness.rs"]
mod harness;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use postgres::Client;

use harness::{Ask, Database, assert_none};
use killer::{Deeds, Plan};
use ledger::Ledger;
use session::Session;

const RUNNERS: u64 = 8;
const SENDERS: u64 = 4;

const PLAN: Plan = Plan {
    kills: 100,
    crashes: &[(0.1, 0.45), (0.5, 0.9)],
    whom: &["fire runner", "fire runner", "fire runner", "fire sender", "fire sender"],
};

/// Longer than any of it takes, even where the machine is busy: then something is stuck.
const PATIENCE: Duration = Duration::from_secs(900);

/// What all threads know.
pub struct Fire {
    database: String,
    seed: u64,
    start: Instant,
    /// As of which of these instants journeys are run.
    instants: &'static [&'static str],
    at: AtomicUsize,
    /// Runners, and then senders, have nothing more to do.
    decided: AtomicBool,
    finished: AtomicBool,
    /// One of the threads has failed, so that the others need not go on.
    failed: AtomicBool,
    /// How many actions there will be at least, and how many of them to send.
    actions: i64,
    to_send: i64,
    completed: AtomicI64,
    /// Sessions that were lost.
    lost: AtomicU64,
    runs: AtomicU64,
}

/// Says that a thread has failed.
struct Alarm<'a>(&'a Fire);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.failed.store(true, SeqCst);
        }
    }
}

impl Fire {
    /// Nothing has happened yet in a database in which there will be so many actions, and so many of them to send.
    fn new(database: &str, seed: u64, instants: &'static [&'static str], actions: i64, to_send: i64) -> Self {
        Fire {
            database: database.to_owned(),
            seed,
            start: Instant::now(),
            instants,
            at: AtomicUsize::new(0),
            decided: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            actions,
            to_send,
            completed: AtomicI64::new(0),
            lost: AtomicU64::new(0),
            runs: AtomicU64::new(0),
        }
    }

    /// The time since the begin: what is called before another thing by this clock was before it, whatever the server's clock does.
    fn clock(&self) -> Duration {
        self.start.elapsed()
    }

    fn goes_on(&self) -> bool {
        assert!(self.start.elapsed() < PATIENCE, "this takes too long: something is stuck");
        !self.failed.load(SeqCst)
    }

    /// How much of all work is done, from 0 to 1.
    fn progress(&self, decided: i64) -> f64 {
        let share = |n: i64, of: i64| (n as f64 / of as f64).min(1.0);
        (share(decided, self.actions) + share(self.completed.load(SeqCst), self.to_send)) / 2.0
    }
}

/// A number that may be set from outside.
fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is a whole number")))
}

/// The seed, the number of customers, and a database of a server that loses nothing.
fn begin(name: &str) -> (u64, u64, Database) {
    let seed = variable("SEED").unwrap_or_else(|| rand::random_range(0..1_000_000));
    let customers = variable("CUSTOMERS").unwrap_or(100_000);
    println!("SEED={seed} CUSTOMERS={customers}");
    let mut database = Database::new(name);
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let is: String = database.get(&format!("SHOW {setting}"));
        assert_eq!(is, "on", "{setting}: what is not durable is lost by a crash");
    }
    (seed, customers, database)
}

#[test]
fn exactly_once_under_fire() {
    let (seed, customers, mut database) = begin("fire");
    chain::create(&mut database, customers);
    let (actions, to_send) = (
        database.get("SELECT count(*) FROM expected_action"),
        database.get("SELECT count(*) FROM expected_action WHERE status = 'done'"),
    );
    let fire = Fire::new(database.name(), seed, &chain::INSTANTS, actions, to_send);

    let (ledgers, deeds) = thread::scope(|scope| {
        let fire = &fire;
        let _alarm = Alarm(fire);
        let runners: Vec<_> = (0..RUNNERS).map(|number| scope.spawn(move || runner::run(fire, number))).collect();
        let senders: Vec<_> = (0..SENDERS).map(|number| scope.spawn(move || sender::send(fire, number))).collect();
        let killer = scope.spawn(move || killer::kill(fire, &PLAN));
        lead(fire);
        for runner in runners {
            runner.join().expect("a runner");
        }
        let ledgers: Vec<Ledger> = senders.into_iter().map(|sender| sender.join().expect("a sender")).collect();
        (ledgers, killer.join().expect("the killer"))
    });
    let took = fire.start.elapsed();

    // The first session has not outlived the crashes.
    let mut client = harness::connect(&fire.database);
    chain::check(&mut client);
    let ledger = Ledger::all(ledgers);
    ledger.check(&mut client, true);
    the_key_stands(&mut client);
    report(&mut client, &fire, &ledger, &deeds, took);
}

/// Goes from instant to instant when all is decided, and ends when all is done.
fn lead(fire: &Fire) {
    let mut session = Session::new(fire, "lead");
    for at in 0..chain::INSTANTS.len() {
        fire.at.store(at, SeqCst);
        while !session.until_done(|client| chain::is_decided(client, at)) && fire.goes_on() {
            thread::sleep(Duration::from_millis(50));
        }
        println!("{:5.1} s: as of {} all is decided", fire.start.elapsed().as_secs_f64(), chain::INSTANTS[at]);
        if at == chain::BOUGHT_AFTER {
            session.until_done(chain::buy);
        }
    }
    fire.decided.store(true, SeqCst);
    let open = "SELECT EXISTS (SELECT FROM shop_data.action WHERE status IN ('pending', 'claimed'))";
    while session.until_done(|client| client.query_one(open, &[]).map(|row| row.get::<_, bool>(0))) && fire.goes_on() {
        thread::sleep(Duration::from_millis(200));
    }
    fire.finished.store(true, SeqCst);
}

/// That nothing is decided twice is the key's doing: it refuses what is decided already, and a state that was set back adds nothing.
fn the_key_stands(client: &mut Client) {
    let again = "INSERT INTO shop_data.action (customer, journey, version, entry, step, round, decided_at, channel, template, payload, priority, status)
        SELECT customer, journey, version, entry, step, round, now(), 'sms', 'again', '{}', 0, 'pending'
        FROM shop_data.action WHERE customer = 77 LIMIT 1";
    let error = client.refused(again);
    assert_eq!(
        (error.code().code(), error.constraint()),
        ("23505", Some("action_decided_once")),
        "{}",
        error.message()
    );

    let actions: i64 = client.get("SELECT count(*) FROM shop_data.action");
    client.run(
        "BEGIN;
        UPDATE shop_data.enrollment SET step = 1, round = 1, due_at = entered_at, ended_at = NULL, outcome = NULL
            WHERE journey = 1 AND customer <= 1000",
    );
    let last = chain::INSTANTS[chain::INSTANTS.len() - 1];
    client.run(&format!("CALL lifecycle.run_journeys('shop', '{last}')"));
    let moved: i64 =
        client.get("SELECT count(*) FROM shop_data.enrollment WHERE journey = 1 AND customer <= 1000 AND step > 1");
    assert_eq!(moved, 1000);
    assert_eq!(client.get::<i64>("SELECT count(*) FROM shop_data.action"), actions);
    client.run("ROLLBACK");
}

fn report(client: &mut Client, fire: &Fire, ledger: &Ledger, deeds: &Deeds, took: Duration) {
    assert_eq!((deeds.ended.len(), deeds.crashes), (PLAN.kills, PLAN.crashes.len()));
    let count = |what: &str| deeds.ended.iter().filter(|ended| ended.starts_with(what)).count();
    let statuses =
        client.texts("SELECT count(*) || ' ' || status FROM shop_data.action GROUP BY status ORDER BY status");
    let decisions: i64 = client.get("SELECT count(*) FROM shop_data.decision");
    println!(
        "{} actions ({}), {decisions} other decisions, {} runs that came to their end, in {:.0} s",
        fire.actions,
        statuses.join(", "),
        fire.runs.load(SeqCst),
        took.as_secs_f64()
    );
    println!(
        "{} sessions ended at work: {} of runners, {} of senders; {} restarts; {} sessions lost in all",
        deeds.ended.len(),
        count("fire runner"),
        count("fire sender"),
        deeds.crashes,
        fire.lost.load(SeqCst)
    );
    println!("{ledger}");
}

#[test]
fn without_its_key_nothing_is_decided() {
    let mut database = Database::new("fire_keyless");
    chain::create(&mut database, 1000);
    database.run("ALTER TABLE shop_data.action DROP CONSTRAINT action_decided_once");
    for _ in 0..3 {
        let error = database.refused(&format!("CALL lifecycle.run_journeys('shop', '{}', 100)", chain::INSTANTS[0]));
        assert_eq!(error.code().code(), "42P10", "{}", error.message());
    }
    assert_eq!(database.get::<i64>("SELECT count(*) FROM shop_data.action"), 0);
    // Those who entered wait for it to be put back.
    assert_none(&mut database, "went on", "SELECT * FROM shop_data.enrollment WHERE step > 1 OR ended_at IS NOT NULL");
    database.run(
        "ALTER TABLE shop_data.action ADD CONSTRAINT action_decided_once UNIQUE (customer, journey, version, entry, step, round)",
    );
    database.run(&format!("CALL lifecycle.run_journeys('shop', '{}', 100)", chain::INSTANTS[0]));
    let expected = format!("SELECT count(*) FROM expected_action WHERE decided_at = '{}'", chain::INSTANTS[0]);
    let expected: i64 = database.get(&expected);
    assert_eq!(database.get::<i64>("SELECT count(*) FROM shop_data.action"), expected);
}
