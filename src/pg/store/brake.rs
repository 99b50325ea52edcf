//! The brake of a refresh: what it would lose is counted while its histories are built, and a refresh that would lose too much is held.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_extern, pg_sys};

use super::refresh_step::{Step, log};
use super::text_argument;
use crate::domain::store::Store;
use crate::domain::store::brake::{self, Losses, Shrinking};
use crate::domain::store::changes::{FRESH, Scope};
use crate::domain::store::quote::ascii_literal;
use crate::domain::support::error::shorten;
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{as_extension, with_pinned_settings};
use crate::pg::ffi::spi::{rows, run, run_with};

/// The numbers of a row.
fn numbers<const N: usize>(query: &Sql, arguments: &[Option<&str>]) -> [u64; N] {
    let row = rows(query, arguments).pop().unwrap_or_default();
    std::array::from_fn(|i| row.get(i).and_then(|text| text.as_ref()?.parse().ok()).unwrap_or_default())
}

/// How many customers with orders there are, and how many orders.
pub fn count(store: &Store) -> [u64; 2] {
    numbers(&brake::count(store), &[])
}

/// How many of them the new histories would take away.
pub fn lost(store: &Store, scope: Scope) -> [u64; 2] {
    numbers(&brake::lost(store, FRESH, scope), &[])
}

/// What the histories that were built have lost: of the customers with orders and of the orders there were so many before, and so many of
/// them are gone.
pub fn losses(step: &Step, before: [u64; 2], lost: [u64; 2]) -> Losses {
    let (after, [profiles, vanished, people]) =
        step.run(|store| (count(store), numbers::<3>(&brake::people(store), &[])));
    let highest = sql!((), "sql/highest_of_day.sql");
    let arguments = [Some(step.name.as_str()), step.as_of.as_deref()];
    let [buyers, orders, listed, listed_before] =
        as_extension(|| with_pinned_settings(|| numbers::<4>(&highest, &arguments)));
    let of = |i: usize, highest: u64| Shrinking { before: before[i], lost: lost[i], after: after[i], highest };
    Losses {
        buyers: of(0, buyers),
        orders: of(1, orders),
        people: Shrinking { before: profiles, lost: vanished, after: people, highest: 0 },
        listed: match step.attached.store.settings.customers {
            Some(_) => {
                let [after] = step.run(|store| numbers::<1>(&brake::listed(store), &[]));
                Shrinking { before: listed_before, lost: 0, after, highest: listed }
            }
            None => Shrinking::default(),
        },
    }
}

/// Writes into the log what there is, for the brake of the refreshes to come.
pub fn write(step: &Step, losses: &Losses) {
    let Losses { buyers, orders, listed, .. } = losses;
    let [buyers, orders, listed] = [buyers, orders, listed].map(|of| Some(of.after.to_string()));
    let listed = listed.filter(|_| step.attached.store.settings.customers.is_some());
    log(
        &step.refresh,
        "buyers = $2::int8, order_rows = $3::int8, people = $4::int8",
        &[buyers.as_deref(), orders.as_deref(), listed.as_deref()],
    );
}

/// (refresh, reason)
// SQL: hold_refresh(bigint, text) void
#[pg_extern]
fn hold_refresh(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let reason = text_argument(fcinfo, 1, "reason")?;
    let step = Step::begin(fcinfo, "histories")?;
    step.run(|store| run_with(brake::hold(store), &[Some(&reason)]));
    log(&step.refresh, "step = 'held', finished_at = clock_timestamp(), held_reason = $2", &[Some(&reason)]);
    let message = serde_json::json!({ "store": step.name, "reason": reason }).to_string();
    // The longest that a notification can be.
    if message.len() < 8000 {
        with_pinned_settings(|| run_with("SELECT pg_catalog.pg_notify('lifecycle_held', $1)", &[Some(&message)]));
    }
    // A caller can give any text as the reason: a text that no refresh makes is shortened.
    let reason = if reason.is_ascii() && reason.len() < 1000 { reason } else { shorten(&reason) };
    let message = format!("the refresh of store \"{}\" is held: {reason}", shorten(&step.name));
    ErrorReport::new(PgSqlErrorCode::ERRCODE_WARNING, message, "pg_lifecycle")
        .set_detail(
            "The store keeps the state of its last refresh, and its journeys decide and hand over nothing. The next refresh goes on by \
             itself if the rows are back.",
        )
        .set_hint(format!("CALL lifecycle.refresh({}, accept => true)", ascii_literal(&shorten(&step.name))))
        .report(PgLogLevel::WARNING);
    Ok(())
}

/// Lets the journeys of a store go on after a refresh that was not held.
pub fn release(store: &Store) {
    run(brake::release(store));
}
