//! Runs the journeys, again and again, whatever happens to the session.

use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::session::Session;
use crate::{Alarm, Fire};

/// One of the runners.
pub fn run(fire: &Fire, number: u64) {
    let _alarm = Alarm(fire);
    let mut rng = ChaCha8Rng::seed_from_u64(fire.seed << 8 | number);
    let mut session = Session::new(fire, &format!("runner {number}"));
    while !fire.decided.load(SeqCst) && fire.goes_on() {
        // As of one of the instants, or of the present where there are none.
        let as_of = fire.instants.get(fire.at.load(SeqCst)).map_or(String::new(), |at| format!("as_of => '{at}', "));
        let call = format!("CALL lifecycle.run_journeys('shop', {as_of}batch => {})", rng.random_range(1000..=4000));
        if session.attempt(|client| client.batch_execute(&call)).is_some() {
            fire.runs.fetch_add(1, SeqCst);
            // Nothing was left for it.
            thread::sleep(Duration::from_millis(rng.random_range(50..300)));
        }
    }
}
