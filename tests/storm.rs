//! No change is lost: writers of all kinds and refreshers of three stores, which note changes by triggers, by a column and by
//! comparison, while statements time out, sessions are ended, an owner changes what the notes need, backends are killed and the
//! server crashes. After one more refresh each store is what its tables say.
//!
//! `make storm` starts the server that this needs, a durable one of its own: scripts/storm. STORM_SECONDS says how long it lasts;
//! SEED repeats the choices of a run.

// The other tests use the rest of it.
#[allow(dead_code)]
#[path = "server/harness.rs"]
mod harness;
#[path = "storm/killer.rs"]
mod killer;
#[path = "storm/owner.rs"]
mod owner;
#[path = "storm/refresher.rs"]
mod refresher;
#[path = "storm/session.rs"]
mod session;
#[path = "storm/writer.rs"]
mod writer;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use harness::{Ask, Database, config, show};
use session::Session;

const STORES: [&str; 3] = ["by_triggers", "by_column", "by_comparison"];
/// The role that owns them.
const OWNER: &str = "keeper";
const WRITERS: u64 = 3;
const REFRESHERS: u64 = 3;

/// What all threads know.
pub struct Storm {
    database: String,
    seed: u64,
    start: Instant,
    length: Duration,
    /// How often each SQLSTATE ended something.
    errors: Mutex<BTreeMap<String, u64>>,
    /// Errors that nothing of this explains.
    bad: Mutex<Vec<String>>,
}

impl Storm {
    fn lasts(&self) -> bool {
        self.start.elapsed() < self.length
    }

    /// How much of it is over, from 0 to 1.
    fn part(&self) -> f64 {
        self.start.elapsed().as_secs_f64() / self.length.as_secs_f64()
    }

    fn rng(&self, thread: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.seed << 10 | thread)
    }

    fn count(&self, what: &str) {
        *self.errors.lock().expect("no thread has failed").entry(what.to_owned()).or_default() += 1;
    }

    fn bad(&self, what: &str) {
        println!("FOUND {what}");
        self.bad.lock().expect("no thread has failed").push(what.to_owned());
    }
}

/// One of several.
fn one<'a, T>(rng: &mut ChaCha8Rng, of: &'a [T]) -> &'a T {
    &of[rng.random_range(0..of.len())]
}

/// A number that may be set from outside.
fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} must be a whole number")))
}

/// A session once the server is back.
fn connect(database: &str) -> Client {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        match config(database, "postgres").connect(NoTls) {
            Ok(client) => return client,
            Err(error) => assert!(Instant::now() < until, "the server does not come back: {}", show(&error)),
        }
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn no_change_is_lost() {
    let seed = variable("SEED").unwrap_or_else(|| rand::random_range(0..1_000_000));
    let seconds = variable("STORM_SECONDS").unwrap_or(20);
    println!("SEED={seed} STORM_SECONDS={seconds}");
    let mut database = Database::without_extension("storm");
    assert_eq!(database.get::<String>("SHOW fsync"), "on", "what is not durable is lost by a crash");
    database.run("SET client_min_messages = warning");
    database.run(include_str!("storm/base.sql"));
    database.run(&format!("SET ROLE {OWNER}"));
    for store in STORES {
        database.run(&format!("CALL lifecycle.refresh('{store}')"));
    }
    let storm = Storm {
        database: database.name().to_owned(),
        seed,
        start: Instant::now(),
        length: Duration::from_secs(seconds),
        errors: Mutex::default(),
        bad: Mutex::default(),
    };
    let (deeds, meddled) = thread::scope(|scope| {
        let storm = &storm;
        for number in 0..WRITERS {
            scope.spawn(move || writer::write(storm, number));
        }
        for number in 0..REFRESHERS {
            scope.spawn(move || refresher::refresh(storm, number));
        }
        let owner = scope.spawn(move || owner::meddle(storm));
        let deeds = scope.spawn(move || killer::kill(storm)).join().expect("the killer");
        (deeds, owner.join().expect("the owner"))
    });
    println!(
        "{deeds:?}; {meddled} changes by an owner; what was ended, by SQLSTATE: {:?}",
        storm.errors.lock().expect("all threads have ended")
    );
    check(&storm);
    assert!(deeds.killed > 0 && deeds.crashes > 0, "too short for a kill and a crash");
    assert!(meddled > 0, "too short for a change by an owner");
}

/// After all of it: one more refresh of each store, and nothing is lost.
fn check(storm: &Storm) {
    let mut client = connect(&storm.database);
    let mut session = Session::new(storm, "end");
    killer::end_prepared(&mut session, "");
    owner::undo(&mut session);
    client.run(&format!("SET ROLE {OWNER}"));
    let (mut lost, mut completed) = (Vec::new(), 0);
    for store in STORES {
        let refreshed: i64 = client.get(&format!(
            "SELECT count(*) FROM lifecycle.refresh_log WHERE store = '{store}' AND finished_at IS NOT NULL"
        ));
        client.run(&format!("SET client_min_messages = warning; CALL lifecycle.refresh('{store}', accept => true)"));
        let differing = client.texts(&format!("SELECT row_to_json(v)::text FROM lifecycle.verify('{store}') AS v"));
        let sums: String = client
            .get(&format!("SELECT count(*) || ' customers, ' || sum(orders) || ' orders' FROM {store}.customers"));
        println!("{store}: {} lost; {sums}; {refreshed} refreshes were completed", differing.len());
        completed += refreshed - 1;
        lost.extend(differing.into_iter().take(3).map(|row| format!("{store}: {row}")));
    }
    assert!(lost.is_empty(), "changes were lost:\n{}", lost.join("\n"));
    assert!(completed > 0, "no refresh was completed during the storm");
    let bad = storm.bad.lock().expect("all threads have ended");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
