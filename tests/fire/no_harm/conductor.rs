//! What befalls the store in the middle: it is held, a journey is paused, its orders are emptied and filled again, its database is copied.

use std::thread;
use std::time::Duration;

use postgres::{Client, Error};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::copy;
use crate::session::Session;
use crate::{Alarm, Fire};

/// A time in which nothing of a journey, or of the store, may be handed over: after one instant and before another.
pub struct Stop {
    pub what: &'static str,
    pub journey: Option<&'static str>,
    pub after: Duration,
    pub before: Duration,
}

/// What was done.
#[derive(Default)]
pub struct Conducted {
    pub stops: Vec<Stop>,
    /// Between which instants the database was copied.
    pub copied: Option<(Duration, Duration)>,
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    Hold,
    Pause,
    /// In one transaction, or with a refresh while the table is empty.
    Reload,
    ReloadSlowly,
    Copy,
}

/// Does each once, two of them twice, at random parts of all work.
pub fn conduct(fire: &Fire) -> Conducted {
    let _alarm = Alarm(fire);
    let mut rng = ChaCha8Rng::seed_from_u64(fire.seed << 8 | 0x20);
    let mut deeds = [Deed::Hold, Deed::Hold, Deed::Pause, Deed::Reload, Deed::Reload, Deed::ReloadSlowly, Deed::Copy];
    deeds.shuffle(&mut rng);
    let mut session = Session::new(fire, "conductor");
    let mut conducted = Conducted::default();
    for (place, deed) in deeds.into_iter().enumerate() {
        let share = (place as f64 + rng.random_range(0.2..1.0)) * 0.9 / deeds.len() as f64;
        while fire.goes_on() && progress(fire, &mut session) < share {
            thread::sleep(Duration::from_millis(20));
        }
        let begin = fire.clock();
        match deed {
            Deed::Hold => hold(fire, &mut session, &mut conducted),
            Deed::Pause => pause(fire, &mut session, &mut conducted),
            Deed::Reload => {
                session.until_done(|client| client.batch_execute(&format!("BEGIN; {EMPTY}; {FILL}; COMMIT")));
                session.until_done(refresh);
            }
            Deed::ReloadSlowly => reload_slowly(fire, &mut session, &mut conducted),
            Deed::Copy => conducted.copied = Some(copy::make(fire)),
        }
        println!("{:5.1} s: {deed:?} took {:.1} s", begin.as_secs_f64(), (fire.clock() - begin).as_secs_f64());
    }
    conducted
}

fn progress(fire: &Fire, session: &mut Session<'_>) -> f64 {
    let sequence = "SELECT last_value FROM shop_data.action_id_seq";
    fire.progress(session.until_done(|client| client.query_one(sequence, &[]).map(|row| row.get(0))))
}

// ---- held, and paused -----------------------------------------------------------------------------------------------

fn hold(fire: &Fire, session: &mut Session<'_>, conducted: &mut Conducted) {
    session.until_done(|client| client.batch_execute("SELECT lifecycle.hold('shop', 'the shop moves')"));
    let after = fire.clock();
    nothing_is_decided(session, "true");
    let before = fire.clock();
    session.until_done(|client| client.batch_execute("SELECT lifecycle.release('shop')"));
    conducted.stops.push(Stop { what: "held", journey: None, after, before });
}

fn pause(fire: &Fire, session: &mut Session<'_>, conducted: &mut Conducted) {
    session.until_done(|client| client.batch_execute("SELECT lifecycle.pause_journey('shop', 'news')"));
    let after = fire.clock();
    nothing_is_decided(session, "journey = (SELECT journey FROM shop_data.journey WHERE name = 'news')");
    let before = fire.clock();
    session.until_done(|client| client.batch_execute("SELECT lifecycle.start_journey('shop', 'news')"));
    conducted.stops.push(Stop { what: "paused", journey: Some("news"), after, before });
}

/// Once the units of runs that began before are over, nothing is decided for a while of what is held.
fn nothing_is_decided(session: &mut Session<'_>, what: &str) {
    let now = "SELECT clock_timestamp()::text";
    let held: String = session.until_done(|client| client.query_one(now, &[]).map(|row| row.get(0)));
    let under_way = format!(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'fire runner%' AND state <> 'idle'
            AND xact_start <= '{held}')"
    );
    while session.until_done(|client| client.query_one(&under_way, &[]).map(|row| row.get::<_, bool>(0))) {
        thread::sleep(Duration::from_millis(10));
    }
    let query = format!(
        "SELECT (SELECT count(*) FROM shop_data.action WHERE {what}), (SELECT count(*) FROM shop_data.decision WHERE {what})"
    );
    let count = |client: &mut Client| -> Result<(i64, i64), Error> {
        client.query_one(&query, &[]).map(|row| (row.get(0), row.get(1)))
    };
    let begin = session.until_done(count);
    thread::sleep(Duration::from_millis(700));
    assert_eq!(session.until_done(count), begin, "actions and other decisions while it was held");
}

// ---- the source is reloaded -----------------------------------------------------------------------------------------

const EMPTY: &str = "TRUNCATE orders";
/// Whatever is there already, since it may be done again.
const FILL: &str = "TRUNCATE orders; INSERT INTO orders SELECT * FROM kept_orders ORDER BY random()";

fn refresh(client: &mut Client) -> Result<(), Error> {
    client.batch_execute("CALL lifecycle.refresh('shop')")
}

/// The refresh that finds no order is held, and so is the store, until the orders are back.
fn reload_slowly(fire: &Fire, session: &mut Session<'_>, conducted: &mut Conducted) {
    let is_held = |client: &mut Client| {
        client.query_one("SELECT EXISTS (SELECT FROM shop_data.hold)", &[]).map(|row| row.get::<_, bool>(0))
    };
    session.until_done(|client| client.batch_execute(EMPTY));
    session.until_done(refresh);
    let after = fire.clock();
    assert!(session.until_done(is_held), "a refresh without any order is held");
    nothing_is_decided(session, "true");
    let before = fire.clock();
    session.until_done(|client| client.batch_execute(&format!("BEGIN; {FILL}; COMMIT")));
    session.until_done(refresh);
    assert!(!session.until_done(is_held), "the orders are back");
    conducted.stops.push(Stop { what: "held by the brake", journey: None, after, before });
}
