//! What the triggers of a store watch: its tables and their parts, which come and go.

use super::query::{holds, rows, run_all};
use super::session::{PINNED, QUIET, with_settings};
use crate::domain::error::shorten;
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
    /// Whether all four triggers are on it, and enabled as they were made.
    pub is_watched: bool,
}

/// A relation and all its parts, where triggers watch them.
pub fn watched(store: &Store, source: Source, relation: &Relation) -> Vec<Part> {
    if source.changes(store) != Some(Changes::Triggers) {
        return Vec::new();
    }
    let names = tables::trigger_names(store, source);
    let arguments: Vec<Option<&str>> =
        std::iter::once(relation.oid.as_str()).chain(names.iter().map(String::as_str)).map(Some).collect();
    rows(
        "WITH RECURSIVE part AS (
            SELECT $1::pg_catalog.oid AS oid
            UNION SELECT i.inhrelid FROM part JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) part.oid
        )
        SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname), (
            SELECT pg_catalog.count(*) OPERATOR(pg_catalog.=) 4 FROM pg_catalog.pg_trigger AS t
            WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND t.tgname OPERATOR(pg_catalog.=) ANY (ARRAY[$2, $3, $4, $5])
                AND t.tgfoid OPERATOR(pg_catalog.=) 'lifecycle.note_changes()'::pg_catalog.regprocedure
                AND t.tgenabled OPERATOR(pg_catalog.=) 'A')
        FROM part JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) part.oid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace ORDER BY c.oid",
        &arguments,
    )
    .into_iter()
    .filter_map(|row| match row.as_slice() {
        [Some(oid), Some(name), is_watched] => {
            Some(Part { oid: oid.clone(), name: name.clone(), is_watched: is_watched.as_deref() == Some("t") })
        }
        _ => None,
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
            .any(|part| with_settings(&[PINNED], || holds(&format!("SELECT EXISTS (SELECT FROM {})", part.name), &[])))
}

/// The quoted names of the relations that have triggers of a store's source, wherever they are now, and whether the caller may
/// drop them.
fn triggered(store: &Store, source: Source) -> Vec<(String, bool)> {
    rows(
        "SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.pg_has_role(c.relowner, 'USAGE')
        FROM pg_catalog.pg_trigger AS t
            JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) t.tgrelid
            JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE t.tgfoid OPERATOR(pg_catalog.=) 'lifecycle.note_changes()'::pg_catalog.regprocedure
            AND t.tgname OPERATOR(pg_catalog.=) ANY (ARRAY[$1, $2, $3, $4]) ORDER BY 1",
        &tables::trigger_names(store, source).each_ref().map(|name| Some(name.as_str())),
    )
    .into_iter()
    .filter_map(|row| match row.as_slice() {
        [Some(name), own] => Some((name.clone(), own.as_deref() == Some("t"))),
        _ => None,
    })
    .collect()
}

/// Makes the triggers on those parts that lack some, and drops those of what is no part any more. Whether a part that was known
/// had lost some, so that changes may have gone unnoticed.
///
/// All in the caller's own name: whoever owns a table may put triggers there, and nobody else.
pub fn place_triggers(store: &Store, source: Source, parts: &[Part], known: &[String]) -> bool {
    let placed = triggered(store, source);
    let lacking: Vec<&Part> = parts.iter().filter(|part| !part.is_watched).collect();
    with_settings(&[PINNED, QUIET], || {
        for (gone, _) in placed.iter().filter(|(placed, own)| *own && !parts.iter().any(|part| part.name == *placed)) {
            run_all(&tables::drop_triggers(store, source, gone));
        }
        for part in &lacking {
            run_all(&tables::drop_triggers(store, source, &part.name));
            run_all(&tables::create_triggers(store, source, &part.name));
        }
    });
    lacking.iter().any(|part| known.contains(&part.oid))
}

/// Drops all triggers of a store.
pub fn drop_all_triggers(store: &Store) {
    for source in [Source::Orders, Source::Events] {
        drop_triggers(store, source);
    }
}

/// Drops the triggers of a source; those on tables that are no longer the caller's stay, and do nothing any more.
pub fn drop_triggers(store: &Store, source: Source) {
    for (relation, own) in triggered(store, source) {
        if own {
            with_settings(&[PINNED, QUIET], || run_all(&tables::drop_triggers(store, source, &relation)));
        } else {
            pgrx::notice!(
                "the triggers of store \"{}\" on {} are left for the owner of that table to drop; they do nothing any more",
                shorten(&store.name),
                shorten(&relation)
            );
        }
    }
}
