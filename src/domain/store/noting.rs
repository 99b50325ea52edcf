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
use super::quote::{identifier, literal};
use super::tables::Source;

/// A trigger on a source.
struct Trigger {
    /// The end of its name.
    what: &'static str,
    /// When it fires, with `{}` for the relation.
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
        when: "INSERT ON {} REFERENCING NEW TABLE AS come FOR EACH STATEMENT",
        kind: 4,
        old: None,
        new: Some("come"),
    },
    Trigger {
        what: "updated",
        when: "UPDATE ON {} REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT",
        kind: 16,
        old: Some("gone"),
        new: Some("come"),
    },
    Trigger {
        what: "deleted",
        when: "DELETE ON {} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT",
        kind: 8,
        old: Some("gone"),
        new: None,
    },
    Trigger { what: "truncated", when: "TRUNCATE ON {} FOR EACH STATEMENT", kind: 32, old: None, new: None },
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
pub fn create_triggers(store: &Store, source: Source, relation: &str) -> Vec<String> {
    let arguments = [&store.name, source.change_table(), source.customer_column(store)].map(literal).join(", ");
    let mut statements = Vec::new();
    for trigger in &TRIGGERS {
        let name = identifier(&trigger_name(store, source, trigger));
        statements.push(format!(
            "CREATE TRIGGER {name} AFTER {} EXECUTE FUNCTION lifecycle.note_changes({arguments})",
            trigger.when.replace("{}", relation)
        ));
        // What runs with session_replication_role = replica changes rows too.
        statements.push(format!("ALTER TABLE {relation} ENABLE ALWAYS TRIGGER {name}"));
    }
    statements
}

/// The statements that drop them.
pub fn drop_triggers(store: &Store, source: Source, relation: &str) -> Vec<String> {
    trigger_names(store, source)
        .iter()
        .map(|name| format!("DROP TRIGGER IF EXISTS {} ON {relation}", identifier(name)))
        .collect()
}

// ---- in the store's schema ------------------------------------------------------------------------------------------

/// The statements that make the trigger on a table of changes.
pub fn create_guard(store: &Store, source: Source) -> [String; 2] {
    let table = store.data(source.change_table());
    [
        format!(
            "CREATE TRIGGER {GUARD} AFTER UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT
            EXECUTE FUNCTION lifecycle.guard_changes()"
        ),
        format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {GUARD}"),
    ]
}

/// The statement that makes the sequence.
pub fn create_missed(store: &Store) -> String {
    format!("CREATE SEQUENCE {}", store.data(MISSED))
}

/// The statement that makes the table that a crash empties.
pub fn create_crash_marker(store: &Store) -> String {
    format!("CREATE UNLOGGED TABLE {} (made_at timestamptz NOT NULL)", store.data(CRASH_MARKER))
}

/// The statement that fills it again.
pub fn mark(store: &Store) -> String {
    format!("INSERT INTO {} VALUES (pg_catalog.clock_timestamp())", store.data(CRASH_MARKER))
}

/// Whether the guard of a table of changes is as it was made: `t` or `f`.
pub fn has_guard(store: &Store, source: Source) -> String {
    format!(
        "SELECT EXISTS (SELECT FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = {} AND c.relname = {} AND t.tgname = '{GUARD}' AND t.tgfoid = 'lifecycle.guard_changes()'::regprocedure
                AND t.tgtype = 56 AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr::text = '')",
        literal(&store.name),
        literal(source.change_table())
    )
}

/// Whether the sequence is one that always takes another value: `t` or `f`.
pub fn has_missed(store: &Store) -> String {
    format!(
        "SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                JOIN pg_sequence AS s ON s.seqrelid = c.oid
            WHERE n.nspname = {} AND c.relname = '{MISSED}' AND c.relpersistence = 'p'
                AND s.seqmin <= 1 AND s.seqmax >= 4611686018427387904)",
        literal(&store.name)
    )
}

/// Whether the table that a crash empties is one that a crash empties: `t` or `f`.
pub fn has_crash_marker(store: &Store) -> String {
    format!(
        "SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = {} AND c.relname = '{CRASH_MARKER}' AND c.relkind = 'r' AND c.relpersistence = 'u')",
        literal(&store.name)
    )
}

// ---- in the catalog -------------------------------------------------------------------------------------------------

/// The parts of a relation, `part`, and the triggers on them that are as they were made, `made`, as common table expressions. Of
/// each trigger its mark: what was done to it, to its table and to the table of changes since it was made shows there, and whether
/// a subscription came, and may have gone again: what it writes fires no triggers of statements.
fn made(store: &Store, source: Source, relation: &str) -> String {
    let wanted: Vec<String> = TRIGGERS
        .iter()
        .map(|trigger| {
            let text = |name: Option<&str>| name.map_or("NULL".to_owned(), literal);
            format!(
                "({}, {}::int2, {}::name, {}::name)",
                literal(&trigger_name(store, source, trigger)),
                trigger.kind,
                text(trigger.old),
                text(trigger.new)
            )
        })
        .collect();
    let arguments: Vec<String> = [&store.name, source.change_table(), source.customer_column(store)]
        .iter()
        .map(|argument| format!("convert_to({}, getdatabaseencoding()) || decode('00', 'hex')", literal(argument)))
        .collect();
    format!(
        "WITH RECURSIVE part AS (
            SELECT {relation}::oid AS oid
            UNION SELECT i.inhrelid FROM part JOIN pg_inherits AS i ON i.inhparent = part.oid
        ), own AS (
            SELECT c.oid, c.relname, c.relpersistence FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = {schema}
        ), wanted (name, kind, old, new) AS (VALUES {wanted}),
        notes AS MATERIALIZED (
            SELECT o.oid, s.seqrelid AS missed, concat_ws(' ', o.relpersistence, (
                    SELECT string_agg(t.oid::text || ':' || t.xmin::text || t.ctid::text, ',' ORDER BY t.oid) FROM pg_trigger AS t WHERE t.tgrelid = o.oid),
                s.seqrelid, s.xmin, s.at, s.relpersistence, pg_stat_get_tuples_inserted('pg_subscription_rel'::regclass)) AS mark
            FROM own AS o LEFT JOIN (
                SELECT s.seqrelid, s.xmin, s.ctid AS at, q.relpersistence FROM own AS q JOIN pg_sequence AS s ON s.seqrelid = q.oid
                WHERE q.relname = '{MISSED}') AS s ON true
            WHERE o.relname = {change_table}
        ), seen AS MATERIALIZED (
            SELECT c.oid AS relation, c.relfilenode AS file, (
                    SELECT a.attnum FROM pg_attribute AS a
                    WHERE a.attrelid = c.oid AND a.attname = {customer} AND a.attnum > 0 AND NOT a.attisdropped) AS customer,
                concat_ws(' ', c.relpersistence, (
                    SELECT string_agg(i.inhparent::text || ':' || i.xmin::text || i.ctid::text, ',' ORDER BY i.inhparent)
                    FROM pg_inherits AS i WHERE i.inhrelid = c.oid), (
                    SELECT string_agg(d.oid::text || ':' || d.xmin::text || d.ctid::text, ',' ORDER BY d.oid)
                    FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                    WHERE d.adrelid = c.oid AND a.attgenerated <> ''),
                    CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN concat('rows ', (
                        SELECT string_agg(p.oid::text || ':' || p.xmin::text || p.ctid::text, ',' ORDER BY p.oid)
                        FROM pg_policy AS p WHERE p.polrelid = c.oid)) END) AS mark
            FROM part JOIN pg_class AS c ON c.oid = part.oid
        ), made AS MATERIALIZED (
            SELECT t.oid AS trigger, seen.relation, notes.oid AS changes, notes.missed, seen.customer, seen.file,
                concat_ws(' ', t.xmin, t.ctid, seen.mark, notes.mark) AS mark
            FROM seen CROSS JOIN notes JOIN pg_trigger AS t ON t.tgrelid = seen.relation
                JOIN wanted AS w ON w.name = t.tgname AND w.kind = t.tgtype AND w.old IS NOT DISTINCT FROM t.tgoldtable
                    AND w.new IS NOT DISTINCT FROM t.tgnewtable
            WHERE t.tgfoid = 'lifecycle.note_changes()'::regprocedure AND t.tgenabled = 'A' AND NOT t.tgisinternal
                AND t.tgparentid = 0 AND t.tgconstraint = 0 AND NOT t.tgdeferrable
                AND t.tgqual IS NULL AND t.tgattr::text = '' AND t.tgargs = {arguments}
        )",
        wanted = wanted.join(", "),
        schema = literal(&store.name),
        change_table = literal(source.change_table()),
        customer = literal(source.customer_column(store)),
        arguments = arguments.join(" || "),
    )
}

/// The parts of a relation: object id, quoted name, whether all triggers are on it, as they were made and as they are known,
/// whether nothing was done to them since, and whether a crash empties it.
pub fn watched(store: &Store, source: Source, relation: &str) -> String {
    let all = TRIGGERS.len();
    format!(
        "{} SELECT c.oid, format('%I.%I', n.nspname, c.relname), COALESCE(m.known, 0) = {all},
            COALESCE(m.is_same, true), c.relpersistence = 'u', COALESCE(m.is_other_file, false)
        FROM part JOIN pg_class AS c ON c.oid = part.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
            LEFT JOIN (
                SELECT m.relation, count(*) AS known, bool_and(k.mark = m.mark) AS is_same, bool_or(k.file <> m.file) AS is_other_file
                FROM made AS m JOIN lifecycle.noting AS k ON k.trigger = m.trigger AND k.relation = m.relation AND k.changes = m.changes
                    AND k.missed = m.missed AND k.customer = m.customer AND k.store = {} AND k.source = {}
                GROUP BY m.relation
            ) AS m ON m.relation = c.oid
        ORDER BY c.oid",
        made(store, source, relation),
        literal(&store.name),
        literal(source.name())
    )
}

/// The statements that enter the triggers of a source as they are now, and nothing else of it, into the table of those that note.
pub fn enter(store: &Store, source: Source, relation: &str) -> [String; 2] {
    let made = made(store, source, relation);
    let (name, source) = (literal(&store.name), literal(source.name()));
    [
        format!(
            "{made} DELETE FROM lifecycle.noting AS k WHERE k.store = {name} AND k.source = {source}
                AND k.trigger NOT IN (SELECT m.trigger FROM made AS m)"
        ),
        format!(
            "{made} INSERT INTO lifecycle.noting AS k (trigger, relation, changes, missed, customer, file, store, source, mark)
            SELECT m.trigger, m.relation, m.changes, m.missed, m.customer, m.file, {name}, {source}, m.mark FROM made AS m
            WHERE m.missed IS NOT NULL AND m.customer IS NOT NULL
            ON CONFLICT (trigger) DO UPDATE SET relation = excluded.relation, changes = excluded.changes, missed = excluded.missed,
                customer = excluded.customer, file = excluded.file, store = excluded.store, source = excluded.source,
                mark = excluded.mark
            WHERE (k.relation, k.changes, k.missed, k.customer, k.file, k.store, k.source, k.mark)
                IS DISTINCT FROM (excluded.relation, excluded.changes, excluded.missed, excluded.customer, excluded.file,
                    excluded.store, excluded.source, excluded.mark)"
        ),
    ]
}

/// Whether the table of those that note has an entry for each trigger on so many parts, and no other of the source: `t` or `f`.
pub fn all_entered(store: &Store, source: Source, parts: usize) -> String {
    format!(
        "SELECT count(*) = {} FROM lifecycle.noting WHERE store = {} AND source = {}",
        parts * TRIGGERS.len(),
        literal(&store.name),
        literal(source.name())
    )
}

/// The statement that forgets the triggers of a source, where none are to note any more.
pub fn leave(store: &Store, source: Source) -> String {
    format!(
        "DELETE FROM lifecycle.noting WHERE store = {} AND source = {}",
        literal(&store.name),
        literal(source.name())
    )
}

/// The relations with triggers of a source, wherever they are now: object id, quoted name, and whether the caller may drop them.
pub fn triggered(store: &Store, source: Source) -> String {
    let names: Vec<String> = trigger_names(store, source).iter().map(|name| literal(name)).collect();
    format!(
        "SELECT DISTINCT c.oid, format('%I.%I', n.nspname, c.relname), pg_has_role(c.relowner, 'USAGE')
        FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE t.tgfoid = 'lifecycle.note_changes()'::regprocedure
            AND t.tgname IN ({}) ORDER BY 1",
        names.join(", ")
    )
}

/// Relations, given as a list of object ids, in the order in which statements lock them: what others inherit from before them.
pub fn in_order_of_locks(relations: &[&str]) -> String {
    format!(
        "SELECT r.oid FROM unnest(ARRAY[{}]::oid[]) AS r (oid) ORDER BY (
            WITH RECURSIVE above AS (
                SELECT i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = r.oid
                UNION SELECT i.inhparent FROM above JOIN pg_inherits AS i ON i.inhrelid = above.inhparent
            )
            SELECT count(*) FROM above), r.oid",
        relations.join(", ")
    )
}
