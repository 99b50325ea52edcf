//! The triggers that note changes of a store's sources, what they need in the store's schema, and how they are recognised.
//!
//! | what | for what |
//! |---|---|
//! | the triggers on a source | note the customers of the rows that a statement wrote |
//! | `order_change`, `event_change` | the notes; a trigger on them tells of notes that others than a refresh take away |
//! | `missed` | a sequence that takes another value when changes could not be noted, which no rollback takes back |
//! | `crash_marker` | an unlogged table of one row, which a crash of the server empties along with unlogged sources |
//! | `lifecycle.noting` | the triggers that were made, each with what it writes to |

use super::Store;
use super::tables::Source;
use crate::domain::support::sql::{Sql, expression, fill, sql};

/// A trigger on a source.
struct Trigger {
    /// The end of its name.
    what: &'static str,
    /// When it fires, as a template.
    when: &'static str,
    /// What it is in the catalog: `tgtype`.
    kind: i16,
    /// The names of its transition tables.
    old: Option<&'static str>,
    new: Option<&'static str>,
}

const TRIGGERS: [Trigger; 4] = [
    Trigger {
        what: "inserted",
        when: "INSERT ON {relation} REFERENCING NEW TABLE AS come FOR EACH STATEMENT",
        kind: 4,
        old: None,
        new: Some("come"),
    },
    Trigger {
        what: "updated",
        when: "UPDATE ON {relation} REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT",
        kind: 16,
        old: Some("gone"),
        new: Some("come"),
    },
    Trigger {
        what: "deleted",
        when: "DELETE ON {relation} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
        kind: 8,
        old: Some("gone"),
        new: None,
    },
    Trigger { what: "truncated", when: "TRUNCATE ON {relation} FOR EACH STATEMENT", kind: 32, old: None, new: None },
];

/// The name of the trigger on a table of changes.
const GUARD: &str = "guard";

/// The sequence that tells of changes that could not be noted.
pub const MISSED: &str = "missed";

/// The table that a crash empties.
pub const CRASH_MARKER: &str = "crash_marker";

fn trigger_name(store: &Store, source: Source, trigger: &Trigger) -> String {
    format!("{}_{}_{}", store.name, source.name(), trigger.what)
}

/// The names of the triggers on a source.
pub fn trigger_names(store: &Store, source: Source) -> Vec<String> {
    TRIGGERS.iter().map(|trigger| trigger_name(store, source, trigger)).collect()
}

/// The statements that make the triggers of a source on a relation, given by its quoted name.
pub fn create_triggers(store: &Store, source: Source, relation: &Sql) -> Vec<Sql> {
    let arguments = Sql::list([&store.name, source.change_table(), source.customer_column(store)].map(Sql::literal));
    let create = |trigger: &Trigger| {
        let name = Sql::identifier(&trigger_name(store, source, trigger));
        [
            expression!(
                (),
                "CREATE TRIGGER {name} AFTER {when} EXECUTE FUNCTION lifecycle.note_changes({arguments})",
                name = &name,
                when = fill(trigger.when, &(), &[("relation", relation.clone())]),
                arguments = &arguments
            ),
            // What runs with session_replication_role = replica changes rows too.
            enable_always(relation, &name),
        ]
    };
    TRIGGERS.iter().flat_map(create).collect()
}

fn enable_always(relation: &Sql, trigger: &Sql) -> Sql {
    expression!((), "ALTER TABLE {relation} ENABLE ALWAYS TRIGGER {trigger}", relation = relation, trigger = trigger)
}

/// The statements that drop them.
pub fn drop_triggers(store: &Store, source: Source, relation: &Sql) -> Vec<Sql> {
    let names = trigger_names(store, source);
    names.iter().map(|name| drop_trigger(&Sql::identifier(name), relation)).collect()
}

fn drop_trigger(trigger: &Sql, relation: &Sql) -> Sql {
    expression!((), "DROP TRIGGER IF EXISTS {trigger} ON {relation}", trigger = trigger, relation = relation)
}

// ---- in the store's schema ------------------------------------------------------------------------------------------

/// The statements that make the trigger on a table of changes.
pub fn create_guard(store: &Store, source: Source) -> [Sql; 2] {
    let (guard, notes) = (Sql::identifier(GUARD), store.data(source.change_table()));
    [sql!((), "sql/create_guard.sql", guard = &guard, notes = &notes), enable_always(&notes, &guard)]
}

/// The statement that drops it.
pub fn drop_guard(store: &Store, source: Source) -> Sql {
    drop_trigger(&Sql::identifier(GUARD), &store.data(source.change_table()))
}

/// The statement that makes the sequence.
pub fn create_missed(store: &Store) -> Sql {
    expression!((), "CREATE SEQUENCE {missed}", missed = store.data(MISSED))
}

/// The statement that drops it.
pub fn drop_missed(store: &Store) -> Sql {
    expression!((), "DROP SEQUENCE IF EXISTS {missed}", missed = store.data(MISSED))
}

/// The statement that makes the table that a crash empties.
pub fn create_crash_marker(store: &Store) -> Sql {
    expression!((), "CREATE UNLOGGED TABLE {marker} (made_at timestamptz NOT NULL)", marker = store.data(CRASH_MARKER))
}

/// The statement that drops it.
pub fn drop_crash_marker(store: &Store) -> Sql {
    expression!((), "DROP TABLE IF EXISTS {marker}", marker = store.data(CRASH_MARKER))
}

/// The statement that fills it again.
pub fn mark(store: &Store) -> Sql {
    sql!(store, "sql/mark_crash.sql")
}

/// Whether the guard of a table of changes is as it was made: `t` or `f`.
pub fn has_guard(store: &Store, source: Source) -> Sql {
    sql!(store, "sql/has_guard.sql", notes = Sql::literal(source.change_table()), guard = Sql::literal(GUARD))
}

/// Whether the sequence is as it was made: `t` or `f`.
pub fn has_missed(store: &Store) -> Sql {
    sql!(store, "sql/has_missed.sql", missed = Sql::literal(MISSED))
}

/// Whether the table that a crash empties is as it was made: `t` or `f`.
pub fn has_crash_marker(store: &Store) -> Sql {
    sql!(store, "sql/has_crash_marker.sql", marker = Sql::literal(CRASH_MARKER))
}

// ---- in the catalog -------------------------------------------------------------------------------------------------

/// The common table expressions that find the triggers of a source on a relation, given by its object id.
fn triggers_made(store: &Store, source: Source, relation: &str) -> Sql {
    let wanted = TRIGGERS.iter().map(|trigger| {
        let text = |name: Option<&str>| name.map_or("NULL".into(), Sql::literal);
        expression!(
            (),
            "({name}, {kind}::int2, {old}::name, {new}::name)",
            name = Sql::literal(&trigger_name(store, source, trigger)),
            kind = trigger.kind,
            old = text(trigger.old),
            new = text(trigger.new)
        )
    });
    let arguments = [&store.name, source.change_table(), source.customer_column(store)].map(|argument| {
        expression!(
            (),
            "convert_to({argument}, getdatabaseencoding()) || decode('00', 'hex')",
            argument = Sql::literal(argument)
        )
    });
    sql!(
        store,
        "sql/triggers_made.sql",
        relation = Sql::literal(relation),
        wanted = Sql::list(wanted),
        missed = Sql::literal(MISSED),
        change_table = Sql::literal(source.change_table()),
        customer = Sql::literal(source.customer_column(store)),
        arguments = Sql::join(arguments, " || ")
    )
}

/// The parts of a relation: object id, quoted name, whether all triggers are on it, as they were made and as they are known,
/// whether nothing was done to them since, whether a crash empties it, and whether its rows lie in another file.
pub fn watched(store: &Store, source: Source, relation: &str) -> Sql {
    sql!(
        store,
        "sql/watched_parts.sql",
        triggers_made = triggers_made(store, source, relation),
        all = TRIGGERS.len(),
        source = Sql::literal(source.name())
    )
}

/// The statements that enter the triggers of a source as they are now, and nothing else of it, into the table of those that note.
pub fn enter(store: &Store, source: Source, relation: &str) -> [Sql; 2] {
    let (made, source) = (triggers_made(store, source, relation), Sql::literal(source.name()));
    [
        sql!(store, "sql/forget_other_triggers.sql", triggers_made = &made, source = &source),
        sql!(store, "sql/enter_triggers.sql", triggers_made = made, source = source),
    ]
}

/// Whether the table of those that note has an entry for each trigger on so many parts, and no other of the source: `t` or `f`.
pub fn all_entered(store: &Store, source: Source, parts: usize) -> Sql {
    let source = Sql::literal(source.name());
    sql!(store, "sql/all_triggers_entered.sql", all = parts * TRIGGERS.len(), source = source)
}

/// The statement that forgets the triggers of a source, where none are to note any more.
pub fn leave(store: &Store, source: Source) -> Sql {
    sql!(store, "sql/forget_triggers.sql", source = Sql::literal(source.name()))
}

/// The relations with triggers of a source, wherever they are now: object id, quoted name, and whether the caller may drop them.
pub fn triggered(store: &Store, source: Source) -> Sql {
    let names = trigger_names(store, source);
    sql!((), "sql/triggered_relations.sql", names = Sql::list(names.iter().map(|name| Sql::literal(name))))
}

/// Relations, given as a list of object ids, in the order in which statements lock them.
pub fn in_order_of_locks(relations: &[&str]) -> Sql {
    let relations = Sql::list(relations.iter().map(|oid| Sql::literal(oid)));
    sql!((), "sql/relations_in_order_of_locks.sql", relations = relations)
}
