//! Ends sessions while they work, and twice the whole server.

use std::process::Command;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::{Duration, Instant};

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::session::Session;
use crate::{Alarm, Fire};

/// What is to be done.
pub struct Plan {
    /// How many sessions are ended.
    pub kills: usize,
    /// Between which parts of all work the server crashes, each time.
    pub crashes: &'static [(f64, f64)],
    /// Whose sessions are ended, the likelier ones more than once.
    pub whom: &'static [&'static str],
}

/// What was done.
#[derive(Default)]
pub struct Deeds {
    /// The names of the sessions that were ended.
    pub ended: Vec<String>,
    pub crashes: usize,
}

/// Kills at random parts of all work, so that no instant is after its end, however fast it goes.
pub fn kill(fire: &Fire, plan: &Plan) -> Deeds {
    let _alarm = Alarm(fire);
    let mut rng = ChaCha8Rng::seed_from_u64(fire.seed << 8 | 0xff);
    let mut kills: Vec<f64> = (0..plan.kills).map(|_| rng.random_range(0.0..0.95)).collect();
    kills.sort_by(f64::total_cmp);
    let mut kills = kills.into_iter().peekable();
    let crashes: Vec<f64> = plan.crashes.iter().map(|(from, to)| rng.random_range(*from..*to)).collect();
    let mut crashes = crashes.into_iter().peekable();
    let mut session = Session::new(fire, "killer");
    let mut deeds = Deeds::default();
    while (kills.peek().is_some() || crashes.peek().is_some()) && fire.goes_on() {
        // The steps of this are the transactions of the others: somewhat later is within the next one.
        thread::sleep(Duration::from_micros(rng.random_range(0..20_000)));
        let sequence = "SELECT last_value FROM shop_data.action_id_seq";
        let decided = session.until_done(|client| client.query_one(sequence, &[]).map(|row| row.get::<_, i64>(0)));
        let progress = fire.progress(decided);
        if crashes.next_if(|crash| *crash <= progress).is_some() {
            crash(fire);
            deeds.crashes += 1;
        }
        if kills.next_if(|kill| *kill <= progress).is_some() {
            let whom = plan.whom.choose(&mut rng).expect("somebody");
            deeds.ended.push(end_one(fire, &mut session, whom));
        }
    }
    deeds
}

/// Ends one session that is at work, of these if there is one; its name.
fn end_one(fire: &Fire, session: &mut Session, whom: &str) -> String {
    let working = "SELECT pid, application_name FROM pg_stat_activity
        WHERE application_name ~ '^fire (runner|sender|teller)' AND state = 'active'
        ORDER BY starts_with(application_name, $1) DESC, random() LIMIT 1";
    let end = format!("SELECT application_name FROM ({working}) AS w WHERE pg_terminate_backend(pid)");
    loop {
        if let Some(row) = session.until_done(|client| client.query_opt(&end, &[&whom])) {
            return row.get(0);
        }
        assert!(fire.goes_on(), "another thread has failed");
        assert!(!fire.finished.load(SeqCst), "all was done too soon for a kill: set CUSTOMERS higher");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Nobody is asked whether he has finished, nothing is written that was not: the next start recovers from the log.
fn crash(fire: &Fire) {
    let cluster = |verb: &str| {
        let status = Command::new("scripts/cluster").arg(verb).status().expect("scripts/cluster");
        assert!(status.success(), "scripts/cluster {verb}: {status}");
    };
    let start = Instant::now();
    cluster("crash");
    let down = Instant::now();
    cluster("start");
    println!(
        "{:5.1} s: the server has crashed in {:.1} s, and was up again after {:.1} s; {} completed by then",
        fire.start.elapsed().as_secs_f64(),
        (down - start).as_secs_f64(),
        down.elapsed().as_secs_f64(),
        fire.completed.load(SeqCst)
    );
}
