//! The layout of a store: its number, what was made for it, and the lock under which it does not change.

use pgrx::pg_sys;

use super::{audiences, unknown};
use crate::domain::journey;
use crate::domain::journey::tables::relations_of_store;
use crate::domain::store::{Store, data_schema, migrations, noting, source_views, stored_settings, tables, views};
use crate::domain::support::error::Result;
use crate::domain::support::sql::expression;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{rows, rows_of_kept, run};

/// Holds the layout of a store as it is until the end of the transaction: locks the table of its settings, whose object id this is,
/// which an upgrade waits for before it locks anything else of the store's. False if there is no such table.
///
/// pg_dump does not take part in this: its lock is weaker.
pub fn hold(kept_in: pg_sys::Oid) -> bool {
    // SAFETY: within a transaction, until whose end the lock is kept; what is opened is closed.
    unsafe {
        let table = pg_sys::try_relation_open(kept_in, pg_sys::RowShareLock as i32);
        if table.is_null() {
            return false;
        }
        pg_sys::relation_close(table, pg_sys::NoLock as i32);
        true
    }
}

/// Waits for all that hold the layout of a store, and keeps others from it until the end of the transaction.
pub fn lock_for_upgrade(store: &Store) {
    run(expression!((), "LOCK TABLE ONLY {table} IN EXCLUSIVE MODE", table = store.data(stored_settings::TABLE)));
}

/// Refuses a store of another layout than this library's, as it is now.
///
/// # Errors
/// [`NotReady`](crate::domain::support::error::Kind::NotReady); [`UndefinedObject`](crate::domain::support::error::Kind::UndefinedObject)
/// if there is no such store.
pub fn check(name: &str) -> Result<()> {
    let query = "SELECT layout FROM lifecycle.store WHERE store OPERATOR(pg_catalog.=) $1";
    let layout = rows_of_kept(query, &[Some(name)]).into_iter().next().and_then(|row| row.into_iter().next()?);
    migrations::check(name, layout.and_then(|layout| layout.parse().ok()).ok_or_else(|| unknown(name))?)
}

/// The views through which a store reads its sources, as [`made`] names them.
pub fn views_of_sources() -> Vec<String> {
    source_views::VIEWS.map(str::to_owned).to_vec()
}

/// The schemas in which an object of a store can lie, by its name as [`made`] gives it. A name that this library does not know may be one of
/// a newer layout: in either schema.
pub fn schemas_of(store: &str, name: &str) -> Vec<String> {
    let shown = (!relations_of_store().contains(&name)).then(|| store.to_owned());
    [data_schema(store)].into_iter().chain(shown).collect()
}

/// The views and functions for people that this library makes for a store, as [`made`] names them. The functions must be there.
pub fn views_for_people(store: &Store) -> Vec<String> {
    let signatures = serde_json::to_string(&views::signatures(store)).unwrap_or_default();
    let functions = with_pinned_settings(|| {
        rows(
            "SELECT p.proname || '(' || oidvectortypes(p.proargtypes) || ')'
            FROM json_array_elements_text($1::json) AS signature JOIN pg_proc AS p ON p.oid = to_regprocedure(signature)",
            &[Some(&signatures)],
        )
    });
    let functions = functions.into_iter().filter_map(|row| row.into_iter().next()?);
    views::names(store).into_iter().map(str::to_owned).chain(functions).chain(audiences::names(store)).collect()
}

/// The names of all that this library makes for a store: tables, sequences and views, and functions with the types of their
/// arguments.
pub fn made(store: &Store) -> Vec<String> {
    let of_tables = tables::names().into_iter().chain([noting::MISSED]).chain(journey::tables::names());
    of_tables.map(str::to_owned).chain(views_of_sources()).chain(views_for_people(store)).collect()
}
