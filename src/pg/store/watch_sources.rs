//! Whether the triggers of a store could note all changes since the last refresh: what was done to them, to what they write to and
//! to the tables that they are on.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode};

use super::has_rows;
use super::source_triggers::Part;
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, noting};
use crate::domain::support::error::shorten;
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::session::{SEARCH_PATH, as_extension, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all, value};

/// Makes what notes need in the store's schema, where it is missing or was altered; whether something was.
pub fn mend_schema(store: &Store) -> bool {
    let stands = |query: Sql| with_pinned_settings(|| holds(&query, &[]));
    let mut was_missing = false;
    let mut make = |statements: &[Sql]| {
        with_settings(&[SEARCH_PATH], || run_all(statements));
        was_missing = true;
    };
    if !stands(noting::has_missed(store)) {
        make(&[noting::drop_missed(store), noting::create_missed(store)]);
    }
    if !stands(noting::has_crash_marker(store)) {
        make(&[noting::drop_crash_marker(store), noting::create_crash_marker(store), noting::mark(store)]);
    }
    for source in Source::ALL {
        if !stands(noting::has_guard(store, source)) {
            make(&[&[noting::drop_guard(store, source)][..], &noting::create_guard(store, source)].concat());
        }
    }
    was_missing
}

/// Whether a crash of the server has emptied a part, as it did the marker.
pub fn crashed(store: &Store, parts: &[Part]) -> bool {
    if has_rows(&store.data(noting::CRASH_MARKER)) {
        return false;
    }
    with_settings(&[SEARCH_PATH], || run(noting::mark(store)));
    // One whose rows lie in another file may have been unlogged for a while.
    parts.iter().any(|part| part.is_unlogged || part.is_other_file)
}

/// Says that a crash of the server empties a table.
pub fn notice_unlogged(store: &Store, parts: &[Part]) {
    if let Some(first) = parts.iter().find(|part| part.is_unlogged).map(|part| shorten(part.name.as_str())) {
        ErrorReport::new(
            PgSqlErrorCode::ERRCODE_SUCCESSFUL_COMPLETION,
            format!(
                "{first} is unlogged: a crash of the server empties it, and with it the histories of store \"{}\"",
                shorten(&store.name)
            ),
            "pg_lifecycle",
        )
        .set_hint(format!(
            "ALTER TABLE {first} SET LOGGED keeps the rows; the refresh after a crash reads all rows either way."
        ))
        .report(PgLogLevel::NOTICE);
    }
}

/// What could not be noted by the last refresh that read everything, and by now.
pub struct Missed {
    /// The value of the sequence.
    now: Option<String>,
    /// The transactions that may have missed something, and were not over then.
    by: Vec<String>,
    /// Whether everything is to be read.
    pub is_due: bool,
}

impl Missed {
    /// Looks whether something was missed. What is committed from here on may be missed by this refresh; the next one sees it.
    pub fn look(store: &Store, parts: &[Part]) -> Self {
        let last = sql!((), "sql/last_missed.sql", sequence = store.data(noting::MISSED));
        let now = with_settings(&[SEARCH_PATH], || value(&last, &[]));
        let query = sql!((), "sql/missed_of_store.sql");
        let kept = as_extension(|| with_pinned_settings(|| rows(&query, &[Some(&store.name)])));
        let kept = kept.into_iter().next().unwrap_or_default();
        let [missed, before, by] = <[Option<String>; 3]>::try_from(kept).unwrap_or_default();
        let mut by: Vec<String> =
            by.unwrap_or_default().split(',').filter(|xid| !xid.is_empty()).map(str::to_owned).collect();
        let before: usize = before.and_then(|number| number.parse().ok()).unwrap_or_default();
        let has_moved = missed != now;
        // Each of them may be the one that missed something: what it wrote can be read once it is over.
        let one_is_over = by.len() < before;
        if has_moved {
            // A transaction that has just missed something may still run: what it wrote cannot be read yet.
            by.extend(writers(parts));
        }
        Missed { now, by, is_due: has_moved || one_is_over }
    }

    /// How the store's row keeps it, once everything was read: what to set, with its argument.
    pub fn kept(&self) -> (&'static str, Option<&str>, String) {
        ("missed = $3::int8, missed_by = $4::xid[]", self.now.as_deref(), format!("{{{}}}", self.by.join(",")))
    }
}

/// The transactions that have locked parts for writing, but for this one.
fn writers(parts: &[Part]) -> Vec<String> {
    let oids: Vec<&str> = parts.iter().map(|part| part.oid.as_str()).collect();
    let oids = format!("{{{}}}", oids.join(","));
    let found = with_pinned_settings(|| rows(sql!((), "sql/writers.sql"), &[Some(&oids)]));
    found.into_iter().filter_map(|row| row.into_iter().next()?).collect()
}
