//! How decided actions are handed over: the statements that claim them, and that take note of what became of them.
//!
//! An action is handed over at least once: a sender that claims it has it for the time of a lease, and when that has ended without a
//! word it can be claimed again, under the same idempotency key.

use crate::domain::engagement::event_kind::{DELIVERY_EVIDENCE_KINDS, OPT_OUT_KINDS, ORDERED};
use crate::domain::journey::definition::read_condition::{AMBIGUOUS_TEST, TESTS};
use crate::domain::journey::definition::read_occasion::ORDER;
use crate::domain::journey::suppressions::{Reason, stops_action};
use crate::domain::store::Store;
use crate::domain::store::settings::MACHINE_WITHIN;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::sql::{Sql, expression, sql};

/// So many actions may be claimed at once.
pub const MOST: i32 = 10_000;

/// After so many attempts an action is dead; once it is put back, after so many more.
pub const ATTEMPTS: i32 = 8;

/// A lease may last so long, in microseconds.
const LONGEST_LEASE: i64 = 86_400_000_000;

/// How long a lease lasts, in microseconds, from the parts of an interval.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is positive and a day at most.
pub fn lease(months: i32, days: i32, micros: i64) -> Result<i64> {
    let length = i64::from(months) * 30 + i64::from(days);
    length
        .checked_mul(LONGEST_LEASE)
        .and_then(|length| length.checked_add(micros))
        .filter(|length| (1..=LONGEST_LEASE).contains(length))
        .ok_or_else(|| Error::new(Kind::InvalidParameter, "lease must be positive, and a day at most"))
}

/// How many actions are asked for.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is from 1 to [`MOST`].
pub fn count(n: i32) -> Result<i32> {
    if (1..=MOST).contains(&n) {
        return Ok(n);
    }
    Err(Error::new(Kind::InvalidParameter, format!("n must be from 1 to {MOST}, and is {n}")))
}

/// A store may take so long over its claims, in microseconds.
const LONGEST_BUDGET: i64 = 3_600_000_000;

/// How long each store may take, in microseconds, from the parts of an interval.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is positive and an hour at most.
pub fn budget(months: i32, days: i32, micros: i64) -> Result<i64> {
    (i64::from(months) * 30 + i64::from(days))
        .checked_mul(LONGEST_LEASE)
        .and_then(|length| length.checked_add(micros))
        .filter(|length| (1..=LONGEST_BUDGET).contains(length))
        .ok_or_else(|| {
            Error::new(Kind::InvalidParameter, "budget must be positive, and an hour at most")
                .hint("budget limits the time for each store, 5 seconds by default.")
        })
}

/// An interval of up to an hour, for a message.
pub fn shown(micros: i64) -> String {
    if micros % 1_000_000 == 0 { format!("{} s", micros / 1_000_000) } else { format!("{} ms", micros as f64 / 1000.0) }
}

/// The first layout of stores whose runs learn what became of each action, and that have a clock of their own.
const SETTLES_SINCE: i32 = 3;

/// The present of a store: that of the server, unless its journeys were last run as of an instant more than a day before it. Then the store
/// is played in the past: its present is that instant, and goes on from there.
pub fn clock(store: &Store) -> Sql {
    expression!(
        store,
        "COALESCE((SELECT state.ran_as_of + (clock_timestamp() - state.ran_at) FROM {data.journey_state} AS state
            WHERE state.ran_as_of < state.ran_at - '24 hours'::interval), clock_timestamp())"
    )
}

fn clock_of(store: &Store, layout: i32) -> Sql {
    if layout >= SETTLES_SINCE { clock(store) } else { "clock_timestamp()".into() }
}

/// Has the next run look at what became of an action.
fn settled(layout: i32) -> &'static str {
    if layout >= SETTLES_SINCE { ", processed = false" } else { "" }
}

/// The layout, the policy and the present of a store, and what else a claim depends on: see the columns.
pub fn head(store: &Store) -> Sql {
    let profile = Sql::literal(store.data("profile").as_str());
    sql!(store, "sql/head.sql", clock = clock(store), profile = profile)
}

/// Completes the actions of `$1`, an array, with the message id `$2`. How many are known, how many of these are withheld, and
/// how many were completed now.
///
/// What was delivered was delivered: an action that was given up or cancelled is completed, too. In the order of their numbers,
/// so that two sessions that complete the same ones do not wait for each other in turn.
pub fn complete(store: &Store, layout: i32) -> Sql {
    // Of a customer who was forgotten meanwhile no number of a message is kept.
    let message_id = if layout >= SETTLES_SINCE { "CASE WHEN NOT known.is_anonymous THEN $2 END" } else { "$2" };
    sql!(
        store,
        "sql/complete.sql",
        clock = clock_of(store, layout),
        is_anonymous = is_anonymous(layout),
        message_id = message_id,
        settled = settled(layout)
    )
}

/// Takes note that action `$1` has failed with error `$2`, for good if `$3` says so, and gives its status: it waits for the next
/// attempt, a minute after the first and twice as long after each, six hours at most; or it is dead. Nothing waits in a journey that
/// has ended. What is done, dead, cancelled or withheld stays so.
pub fn fail(store: &Store, layout: i32) -> Sql {
    let (column, value) = if layout >= SETTLES_SINCE { (", processed", ", next.status = 'pending'") } else { ("", "") };
    let clock = clock_of(store, layout);
    sql!(store, "sql/fail.sql", attempts = ATTEMPTS, clock = clock, settled_column = column, settled_value = value)
}

/// Puts the dead action `$1` back; its channel if it was one that can be sent. It is cancelled if its journey has ended, or its customer
/// has since said to want nothing more by this way.
pub fn retry(store: &Store) -> Sql {
    sql!(store, "sql/retry.sql", is_stopped = stops_action(store), clock = clock(store))
}

/// The customer and the channel of action `$1`, whether it is withheld, and whether its customer was forgotten.
pub fn action(store: &Store, layout: i32) -> Sql {
    sql!(store, "sql/action.sql", is_anonymous = is_anonymous(layout))
}

/// The mark of the row `action` that its customer was forgotten, after other columns.
fn is_anonymous(layout: i32) -> &'static str {
    if layout >= SETTLES_SINCE { ", action.is_anonymous" } else { "" }
}

// ---- what came back -------------------------------------------------------------------------------------------------

/// Records an event, if its provider's id is new: customer, kind, instant, action, channel, id and detail. Its number, or no row.
/// The class of a bounce, whether it is a machine's, and the topic come after them.
pub fn record(store: &Store) -> Sql {
    let answers = DELIVERY_EVIDENCE_KINDS.iter().filter(|kind| **kind != "delivered");
    sql!(
        store,
        "sql/record_event.sql",
        answers = Sql::list(answers.map(|kind| Sql::literal(kind))),
        within = machine_within(store)
    )
}

/// The same for a store of an older layout, which knows no more of an event.
pub fn record_of_older_layout(store: &Store) -> Sql {
    sql!(store, "sql/record_event_of_older_layout.sql")
}

/// How soon after the delivery an open or a click is a machine's.
fn machine_within(store: &Store) -> Sql {
    sql!(store, "sql/machine_within.sql", default = Sql::literal(MACHINE_WITHIN))
}

/// Takes the opens and clicks of action `$1` of customer `$2` for a machine's that came with the delivery, at `$3`.
pub fn opened_at_once(store: &Store) -> Sql {
    sql!(store, "sql/opened_at_once.sql", within = machine_within(store))
}

/// The words of a store's own: of what (`event`, `channel` and `topic`), each; those of settings are of `setting event` and `setting channel`.
pub fn own_words(store: &Store) -> Sql {
    let tests = TESTS.iter().filter(|test| **test != AMBIGUOUS_TEST).map(|test| format!("exists(@.\"{test}\")"));
    let is_of_entry = "exists(@.of ? (@ == \"entry\"))".to_owned();
    let compares = tests.chain([is_of_entry]).collect::<Vec<_>>().join(" || ");
    let kinds = format!("lax $.** ? (@.type() == \"object\" && exists(@.event) && !({compares})).event");
    sql!(
        store,
        "sql/own_words.sql",
        ordered = Sql::literal(ORDERED),
        order = Sql::literal(ORDER),
        kinds = Sql::literal(&kinds)
    )
}

/// Cancels what customer `$1` was still to get on channel `$2` (NULL for all), unless a later event than of `$3` has subscribed again.
/// What a sender holds just now is not handed over a second time either. What the customer says stops no transactional message.
pub fn cancel(store: &Store, layout: i32, reason: Reason) -> Sql {
    let objection = Sql::literal(reason.objection());
    let is_known = layout >= SETTLES_SINCE;
    let cancelled = match is_known {
        true => expression!((), ", processed = false, reason = {objection}", objection = objection),
        false => Sql::default(),
    };
    let spared = if is_known && reason.is_word_of_customer() { " AND NOT action.transactional" } else { "" };
    sql!(store, "sql/cancel.sql", cancelled = cancelled, spared = spared)
}

/// Completes action `$1`, which was handed over and of which no customer has said so, at the instant `$2` of one of the [`DELIVERY_EVIDENCE_KINDS`].
pub fn prove(store: &Store, layout: i32) -> Sql {
    sql!(store, "sql/prove.sql", settled = settled(layout))
}

/// Whether an event of this kind is an objection of the customer.
pub fn unsubscribes(kind: &str) -> bool {
    OPT_OUT_KINDS.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_positive_and_short() {
        assert_eq!(lease(0, 0, 300_000_000).unwrap(), 300_000_000);
        assert_eq!(lease(0, 1, 0).unwrap(), LONGEST_LEASE);
        assert_eq!(lease(0, 1, -1).unwrap(), LONGEST_LEASE - 1);
        for (months, days, micros) in
            [(0, 0, 0), (0, 0, -1), (0, 1, 1), (1, 0, 0), (i32::MAX, i32::MAX, i64::MAX), (i32::MIN, 0, i64::MIN)]
        {
            assert_eq!(
                lease(months, days, micros).unwrap_err().kind,
                Kind::InvalidParameter,
                "{months} {days} {micros}"
            );
        }
    }

    #[test]
    fn a_budget_is_positive_and_an_hour_at_most() {
        for (months, days, micros, expected) in
            [(0, 0, 1, 1), (0, 0, LONGEST_BUDGET, LONGEST_BUDGET), (0, 1, 1 - LONGEST_LEASE, 1)]
        {
            assert_eq!(budget(months, days, micros).unwrap(), expected);
        }
        for (months, days, micros) in [
            (0, 0, 0),
            (0, 0, -1),
            (0, 0, LONGEST_BUDGET + 1),
            (0, 1, 0),
            (1, -30, 0),
            (i32::MAX, i32::MAX, i64::MAX),
            (i32::MIN, i32::MIN, i64::MIN),
        ] {
            assert_eq!(
                budget(months, days, micros).unwrap_err().kind,
                Kind::InvalidParameter,
                "{months} {days} {micros}"
            );
        }
        assert_eq!([5_000_000, 500_000, 1].map(shown), ["5 s", "500 ms", "0.001 ms"]);
    }

    #[test]
    fn so_many_may_be_claimed() {
        assert_eq!([1, 100, MOST].map(|n| count(n).unwrap()), [1, 100, MOST]);
        for n in [0, -1, MOST + 1, i32::MIN] {
            assert_eq!(count(n).unwrap_err().kind, Kind::InvalidParameter, "{n}");
        }
    }
}
