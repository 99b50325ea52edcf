//! What the triggers of a store watch: its tables and their parts, which come and go.

use super::query::{holds, rows, run_all};
use super::session::{PINNED, QUIET, as_extension, with_settings};
use crate::domain::store::Store;
use crate::domain::store::settings::Changes;
use crate::domain::store::source::Relation;
use crate::domain::store::tables::{self, Source};

/// A table or partition that triggers watch.
pub struct Part {
    /// Its object id.
    pub oid: String,
    /// Its quoted name.
    pub name: String,
}

/// A relation and all its parts, where triggers watch them.
pub fn watched(store: &Store, source: Source, relation: &Relation) -> Vec<Part> {
    if source.changes(store) != Some(Changes::Triggers) {
        return Vec::new();
    }
    rows(
        "WITH RECURSIVE part AS (
            SELECT $1::pg_catalog.oid AS oid
            UNION SELECT i.inhrelid FROM part JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) part.oid
        )
        SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname)
        FROM part JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) part.oid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace ORDER BY c.oid",
        &[Some(&relation.oid)],
    )
    .into_iter()
    .filter_map(|row| match row.as_slice() {
        [Some(oid), Some(name)] => Some(Part { oid: oid.clone(), name: name.clone() }),
        _ => None,
    })
    .collect()
}

/// Whether rows may have come or gone without a statement that a trigger could have noted: with a part that was dropped or
/// detached since the last refresh, or with one that was attached and is not empty.
pub fn parts_changed(before: &[String], parts: &[Part]) -> bool {
    let known = |oid: &String| parts.iter().any(|part| part.oid == *oid);
    !before.iter().all(known)
        || parts.iter().filter(|part| !before.contains(&part.oid)).any(|part| {
            as_extension(|| {
                with_settings(&[PINNED], || holds(&format!("SELECT EXISTS (SELECT FROM {})", part.name), &[]))
            })
        })
}

/// The quoted names of the relations that have triggers of a store's source, wherever they are now.
fn triggered(store: &Store, source: Source) -> Vec<String> {
    rows(
        "SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_trigger AS t
            JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) t.tgrelid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE t.tgfoid OPERATOR(pg_catalog.=) 'lifecycle.note_changes()'::pg_catalog.regprocedure
            AND t.tgname OPERATOR(pg_catalog.=) ANY (ARRAY[$1, $2, $3, $4]) ORDER BY 1",
        &tables::trigger_names(store, source).each_ref().map(|name| Some(name.as_str())),
    )
    .into_iter()
    .filter_map(|row| row.into_iter().next()?)
    .collect()
}

/// Makes triggers on those parts that have none, and drops those of what is no part any more.
///
/// As the extension's owner, who alone may make triggers that call the extension's function; that the owner of the store may
/// make triggers there has been seen to.
pub fn place_triggers(store: &Store, source: Source, parts: &[Part]) {
    let placed = triggered(store, source);
    as_extension(|| {
        with_settings(&[PINNED, QUIET], || {
            for gone in placed.iter().filter(|placed| !parts.iter().any(|part| part.name == **placed)) {
                run_all(&tables::drop_triggers(store, source, gone));
            }
            for new in parts.iter().filter(|part| !placed.contains(&part.name)) {
                run_all(&tables::create_triggers(store, source, &new.name));
            }
        });
    });
}

/// Drops all triggers of a store.
pub fn drop_all_triggers(store: &Store) {
    for source in [Source::Orders, Source::Events] {
        let placed = triggered(store, source);
        as_extension(|| {
            with_settings(&[PINNED, QUIET], || {
                for relation in &placed {
                    run_all(&tables::drop_triggers(store, source, relation));
                }
            });
        });
    }
}
