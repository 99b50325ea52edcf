//! What a run of journeys has done so far, over all its units, which are transactions of one session.

use std::cell::Cell;

use crate::domain::support::error::shorten;

/// How much was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Customers who entered a journey.
    pub entered: u64,
    /// Decisions at steps.
    pub decided: u64,
    /// Customers who left a journey before its end.
    pub left: u64,
    /// Journeys that were held.
    pub held: u64,
}

thread_local! {
    static TALLY: Cell<Tally> = const { Cell::new(Tally { entered: 0, decided: 0, left: 0, held: 0 }) };
}

/// Adds to it.
pub fn tally(add: impl FnOnce(&mut Tally)) {
    let mut now = TALLY.get();
    add(&mut now);
    TALLY.set(now);
}

/// Begins a run.
pub fn begin() {
    TALLY.set(Tally::default());
}

/// Says what was done, and begins anew; says nothing of a run that has found nothing to do.
pub fn report(store: &str) {
    let Tally { entered, decided, left, held } = TALLY.take();
    if entered + decided + left + held == 0 {
        return;
    }
    let held = if held > 0 { format!(", held {held}") } else { String::new() };
    pgrx::notice!(
        "journeys of store \"{}\": entered {entered}, decided {decided}, left early {left}{held}",
        shorten(store)
    );
}
