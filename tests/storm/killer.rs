//! Cancels and ends sessions, kills backends and has the server crash.

use std::process::Command;
use std::thread;
use std::time::Duration;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::session::Session;
use crate::{Storm, one};

/// What was done.
#[derive(Debug, Default)]
pub struct Deeds {
    pub cancelled: usize,
    pub terminated: usize,
    pub killed: usize,
    pub crashes: usize,
}

/// The parts of the storm after which a backend is killed and the server crashes for the first time, however short it is.
const FIRST_KILL: f64 = 0.3;
const FIRST_CRASH: f64 = 0.6;

/// Kills until the storm is over.
pub fn kill(storm: &Storm) -> Deeds {
    let mut rng = storm.rng(200);
    let mut session = Session::new(storm, "killer");
    let mut deeds = Deeds::default();
    while storm.lasts() {
        thread::sleep(Duration::from_millis(rng.random_range(0..1500)));
        end_prepared(&mut session, OLD);
        let drawn = rng.random_range(0..1000);
        if deeds.crashes == 0 && storm.part() > FIRST_CRASH || drawn < 15 {
            crash();
            deeds.crashes += 1;
            continue;
        }
        let Some(pid) = victim(&mut session, &mut rng) else { continue };
        if deeds.killed == 0 && storm.part() > FIRST_KILL || drawn < 60 {
            // All others lose their sessions too, and the server recovers by itself. The process may have ended by now.
            deeds.killed += usize::from(cluster(&["kill", &pid.to_string()]));
            thread::sleep(Duration::from_millis(1000));
        } else if drawn < 650 {
            deeds.cancelled += usize::from(session.run(&format!("SELECT pg_cancel_backend({pid})")));
        } else {
            deeds.terminated += usize::from(session.run(&format!("SELECT pg_terminate_backend({pid})")));
        }
    }
    deeds
}

/// That a prepared transaction was left by the session that prepared it.
pub const OLD: &str = "AND prepared < now() - interval '2 seconds'";

/// Commits what was prepared and then left.
pub fn end_prepared(session: &mut Session, which: &str) {
    let query = format!("SELECT gid FROM pg_prepared_xacts WHERE database = current_database() {which}");
    let left = session.attempt(|client| client.query(&query, &[])).unwrap_or_default();
    for row in left {
        session.run(&format!("COMMIT PREPARED '{}'", row.get::<_, String>(0)));
    }
}

fn victim(session: &mut Session, rng: &mut ChaCha8Rng) -> Option<i32> {
    let query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (application_name LIKE 'storm writer%' OR application_name LIKE 'storm refresher%') ORDER BY pid";
    let pids: Vec<i32> = session.attempt(|client| client.query(query, &[]))?.iter().map(|row| row.get(0)).collect();
    (!pids.is_empty()).then(|| *one(rng, &pids))
}

fn cluster(arguments: &[&str]) -> bool {
    Command::new("scripts/cluster").args(arguments).status().expect("scripts/cluster").success()
}

/// The server ends with no shutdown, and is started again.
fn crash() {
    assert!(cluster(&["crash"]), "scripts/cluster crash");
    assert!(cluster(&["start"]), "scripts/cluster start");
}
