//! What the triggers of a store watch: its tables and their parts, which come and go.

use super::has_rows;
use super::tree_lock::{Strength, lock_all};
use crate::domain::store::settings::Changes;
use crate::domain::store::source::Relation;
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, noting};
use crate::domain::support::error::shorten;
use crate::domain::support::sql::Sql;
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, as_extension, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all};

/// A table or partition that triggers watch.
pub struct Part {
    /// Its object id.
    pub oid: String,
    /// Its quoted name.
    pub name: Sql,
    /// Whether all triggers are on it, as they were made, and known.
    pub is_watched: bool,
    /// Whether nothing was done to them, to the table or to the table of changes since they were last seen that may have kept
    /// changes from being noted.
    pub is_same: bool,
    /// Whether a crash of the server empties it.
    pub is_unlogged: bool,
    /// Whether its rows lie in another file than when it was last seen.
    pub is_other_file: bool,
}

/// A relation and all its parts, where triggers watch them.
pub fn watched(store: &Store, source: Source, relation: &Relation) -> Vec<Part> {
    match source.changes(store) {
        Some(Changes::Triggers) => parts_of(store, source, relation),
        _ => Vec::new(),
    }
}

/// A relation and all its parts, whether triggers watch them or not.
pub fn parts_of(store: &Store, source: Source, relation: &Relation) -> Vec<Part> {
    let query = noting::watched(store, source, &relation.oid);
    as_extension(|| with_pinned_settings(|| rows(&query, &[])))
        .into_iter()
        .filter_map(|row| {
            let is = |i: usize| row.get(i).and_then(Option::as_deref) == Some("t");
            let [Some(oid), Some(name), ..] = row.as_slice() else { return None };
            Some(Part {
                oid: oid.clone(),
                name: Sql::vouched(name),
                is_watched: is(2),
                is_same: is(3),
                is_unlogged: is(4),
                is_other_file: is(5),
            })
        })
        .collect()
}

/// Whether rows may have come or gone without a statement that a trigger could have noted: with a part that was dropped or
/// detached since the last refresh, or with one that was attached and is not empty.
pub fn parts_changed(before: &[String], parts: &[Part]) -> bool {
    let known = |oid: &String| parts.iter().any(|part| part.oid == *oid);
    !before.iter().all(known)
        || parts
            .iter()
            .filter(|part| !before.contains(&part.oid))
            .any(|part| with_settings(&[SEARCH_PATH], || has_rows(&part.name)))
}

/// A relation that has triggers of a store's source, wherever it is now.
struct Triggered {
    oid: String,
    name: Sql,
    /// Whether the caller may drop them.
    is_own: bool,
}

fn triggered(store: &Store, source: Source) -> Vec<Triggered> {
    with_pinned_settings(|| rows(noting::triggered(store, source), &[]))
        .into_iter()
        .filter_map(|row| match row.as_slice() {
            [Some(oid), Some(name), own] => {
                Some(Triggered { oid: oid.clone(), name: Sql::vouched(name), is_own: own.as_deref() == Some("t") })
            }
            _ => None,
        })
        .collect()
}

/// Makes the triggers that a part lacks, drops the triggers of tables that are no longer parts, and enters all triggers of the source
/// into `lifecycle.noting`. Returns whether changes of a known part may have gone unnoticed: it had lost a trigger, or a trigger of
/// it was altered.
///
/// All in the caller's own name: only the owner of a table may create triggers on it.
pub fn place_triggers(store: &Store, source: Source, relation: &Relation, parts: &[Part], known: &[String]) -> bool {
    let placed = triggered(store, source);
    let has_triggers = |oid: &str| placed.iter().any(|placed| placed.oid == oid);
    let gone: Vec<&Triggered> =
        placed.iter().filter(|placed| placed.is_own && !parts.iter().any(|part| part.oid == placed.oid)).collect();
    let lacking: Vec<&Part> = parts.iter().filter(|part| !part.is_watched).collect();

    let mut locks: Vec<(String, Strength)> = gone.iter().map(|gone| (gone.oid.clone(), Strength::Drop)).collect();
    locks.extend(lacking.iter().map(|part| {
        let strength = if has_triggers(&part.oid) { Strength::Drop } else { Strength::Make };
        (part.oid.clone(), strength)
    }));
    // Statements that come through the whole table lock it first, and are kept out there.
    if lacking.len() > 1 && !lacking.iter().any(|part| part.oid == relation.oid) {
        locks.push((relation.oid.clone(), Strength::Make));
    }
    lock_all(&locks);

    with_settings(&[SEARCH_PATH, NO_NOTICES], || {
        for gone in gone {
            run_all(&noting::drop_triggers(store, source, &gone.name));
        }
        for part in &lacking {
            if has_triggers(&part.oid) {
                run_all(&noting::drop_triggers(store, source, &part.name));
            }
            run_all(&noting::create_triggers(store, source, &part.name));
        }
    });
    as_extension(|| {
        with_pinned_settings(|| {
            let is_as_entered = |part: &Part| part.is_watched && part.is_same && !part.is_other_file;
            if parts.iter().all(is_as_entered) && holds(noting::all_entered(store, source, parts.len()), &[]) {
                return;
            }
            if parts.is_empty() {
                run(noting::leave(store, source));
            } else {
                run_all(&noting::enter(store, source, &relation.oid));
            }
        });
    });
    lacking.iter().any(|part| known.contains(&part.oid)) || parts.iter().any(|part| !part.is_same)
}

/// Locks what has triggers of a store, as far as it is the caller's, for dropping them.
pub fn lock_triggered(store: &Store) {
    let locks: Vec<(String, Strength)> = Source::ALL
        .into_iter()
        .flat_map(|source| triggered(store, source))
        .filter(|triggered| triggered.is_own)
        .map(|triggered| (triggered.oid, Strength::Drop))
        .collect();
    lock_all(&locks);
}

/// Drops all triggers of a store.
pub fn drop_all_triggers(store: &Store) {
    lock_triggered(store);
    for source in Source::ALL {
        drop_triggers(store, source);
    }
}

/// Drops the triggers of a source; those on tables that are no longer the caller's stay, and do nothing any more.
pub fn drop_triggers(store: &Store, source: Source) {
    for relation in triggered(store, source) {
        if relation.is_own {
            with_settings(&[SEARCH_PATH, NO_NOTICES], || {
                run_all(&noting::drop_triggers(store, source, &relation.name))
            });
        } else {
            pgrx::notice!(
                "the triggers of store \"{}\" on {} no longer do anything; only the owner of that table can drop them",
                shorten(&store.name),
                shorten(relation.name.as_str())
            );
        }
    }
    as_extension(|| with_pinned_settings(|| run(noting::leave(store, source))));
}
