//! The health of all stores that the caller owns or may read, and the diagram of a journey.
//!
//! Each store is asked in a part of the transaction of its own and for so long, so that one that cannot be read is a row that says so.

use pgrx::pg_sys::panic::CaughtError;
use pgrx::{pg_extern, pg_sys};

use super::access::{Grant, StoreAccess};
use super::definition::{found, load, profile_columns};
use crate::domain::journey::results::flowchart::{Count, counts, flowchart};
use crate::domain::journey::results::health::{BUDGET, UNREADABLE, has_holds, health};
use crate::domain::support::error::{Kind, Result, shorten};
use crate::pg::ffi::cancel::{cancel_now, take_spent, was_canceled, within};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::row_set::return_rows;
use crate::pg::ffi::session::{with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{Row, holds, rows};
use crate::pg::ffi::subtransaction::in_subtransaction;
use crate::pg::ffi::text::Text;
use crate::pg::store::{look_at, text_argument};

/// How many columns `lifecycle.health` has.
const COLUMNS: usize = 19;

/// The row of a store that cannot be read, and why.
fn unreadable(store: &str, problem: String) -> Vec<Row> {
    let mut row = vec![None; COLUMNS];
    (row[0], row[2], row[3]) = (Some(store.to_owned()), Some(UNREADABLE.to_owned()), Some(problem));
    vec![row]
}

/// The rows of a store. A cancel by the session's user is passed on.
fn rows_of(access: &StoreAccess) -> Vec<Row> {
    let store = &access.store;
    let read = || {
        let has_holds = holds(has_holds(store), &[]);
        with_settings(&[("jit", "off")], || rows(health(store, has_holds), &[]))
    };
    let result = in_subtransaction(|| within(BUDGET, || access.run(read)));
    let is_spent = take_spent();
    let error = match result {
        Ok(rows) => return rows,
        Err(error) => error,
    };
    let message = match &error {
        CaughtError::PostgresError(report) | CaughtError::ErrorReport(report) => shorten(report.message()),
        CaughtError::RustPanic { .. } => error.rethrow(),
    };
    if was_canceled() {
        cancel_now();
    }
    let problem = if is_spent { "it took longer than 10 seconds to answer".to_owned() } else { message };
    unreadable(&store.name, problem)
}

// SQL: health_of_stores() SETOF record
#[pg_extern]
fn health_of_stores(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let names = "SELECT store.store FROM lifecycle.store AS store ORDER BY store.store COLLATE \"C\"";
    let mut found = Vec::new();
    for row in with_pinned_settings(|| rows(names, &[])) {
        pgrx::check_for_interrupts!();
        let Some(Some(name)) = row.into_iter().next() else { continue };
        match StoreAccess::of_any_layout(&name, Grant::Results) {
            Ok(access) => found.extend(rows_of(&access)),
            // It is another's.
            Err(error) if error.kind == Kind::NotAllowed => {}
            Err(error) => found.extend(unreadable(&name, error.message)),
        }
    }
    // SAFETY: the call is this function's, and each row has its columns.
    unsafe { return_rows(fcinfo, &found) };
    Ok(())
}

/// The diagram of a journey, for a caller who may read the results.
fn graph(store: &str, journey: &str) -> Result<String> {
    let access = StoreAccess::named(store, Grant::Results)?;
    let store = look_at(store)?.store;
    access.run(|| {
        let journey = found(&store, journey)?;
        let version = journey.version.unwrap_or(journey.newest);
        let definition = load(&store, &profile_columns(&store), journey.id, version)?;
        let counted = with_settings(&[("jit", "off")], || rows(counts(&store, journey.id, version), &[]));
        let counted: Vec<Count> = counted
            .into_iter()
            .filter_map(|row| match <[Option<String>; 4]>::try_from(row) {
                Ok([Some(step), Some(what), reason, Some(n)]) => {
                    Some(Count { step: step.parse().ok()?, what, reason, n: n.parse().ok()? })
                }
                _ => None,
            })
            .collect();
        Ok(flowchart(&definition, &counted))
    })
}

// SQL: journey_graph(text, text) text
#[pg_extern]
fn journey_graph(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Text> {
    let (store, journey) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "journey")?);
    Ok(Text(graph(&store, &journey)?))
}
