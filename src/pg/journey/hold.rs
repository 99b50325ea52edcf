//! What holds a store: while it does, journeys decide nothing and no action is handed over.

use pgrx::{pg_extern, pg_sys};

use super::delivery::optional_text;
use super::handover::home;
use super::lifecycle::owned;
use crate::domain::store::quote::{ascii_literal, select_call};
use crate::domain::store::{Store, copies};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{rows, run, run_with};
use crate::pg::store::text_argument;

/// What is said of a store that its owner has held without a reason.
const NO_REASON: &str = "by its owner";

/// Refuses a store that is held, or that was made in another database: its home, and the kind, the reason and the begin of what holds it.
///
/// # Errors
/// [`Kind::NotReady`].
pub fn check(store: &str, made_in: Option<&str>, held: [Option<String>; 3]) -> Result<()> {
    if made_in.is_some_and(|made_in| made_in != home()) {
        return Err(Error::new(
            Kind::NotReady,
            format!("store \"{}\" is a copy of one in another database", shorten(store)),
        )
        .detail("Its journeys decide nothing and hand nothing over, for the other database may do so.")
        .hint(format!(
            "If this database is the one that writes to customers from now on: {}",
            select_call("lifecycle.adopt", &[store])
        )));
    }
    let [Some(kind), Some(reason), since] = held else { return Ok(()) };
    let call = match kind.as_str() {
        "owner" => select_call("lifecycle.release", &[store]),
        "copy" => select_call("lifecycle.adopt", &[store]),
        "source" => select_call("lifecycle.reattach_source", &[store]),
        _ => format!("CALL lifecycle.refresh({}, accept => true)", ascii_literal(store)),
    };
    let since = since.unwrap_or_default();
    Err(Error::new(Kind::NotReady, format!("store \"{}\" is held: {}", shorten(store), shorten(&reason)))
        .detail(format!("Since {since} its journeys decide nothing and hand nothing over."))
        .hint(format!("To let them go on: {call}")))
}

/// The same by a look at the store.
///
/// # Errors
/// As [`check`].
pub fn check_store(store: &Store) -> Result<()> {
    let row = with_pinned_settings(|| rows(sql!(store, "sql/held.sql"), &[])).into_iter().next().unwrap_or_default();
    let mut row = row.into_iter();
    let mut next = || row.next().flatten();
    check(&store.name, next().as_deref(), [next(), next(), next()])
}

/// (store, reason)
// SQL: hold(text, text) void
#[pg_extern]
fn hold(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    let reason = optional_text(fcinfo, 1)?.unwrap_or_else(|| NO_REASON.to_owned());
    with_pinned_settings(|| run_with(sql!(store, "sql/hold.sql"), &[Some(&reason)]));
    Ok(())
}

/// (store)
// SQL: release(text) boolean
#[pg_extern]
fn release(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    Ok(with_pinned_settings(|| run(sql!(store, "sql/release.sql"))) > 0)
}

/// (store)
// SQL: adopt(text) void
#[pg_extern]
fn adopt(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = owned(&text_argument(fcinfo, 0, "store")?)?;
    with_pinned_settings(|| {
        run(sql!(store, "sql/adopt.sql", incarnation = copies::incarnation(), home = copies::home()));
        run(sql!(store, "sql/forget_copy.sql"));
    });
    Ok(())
}
