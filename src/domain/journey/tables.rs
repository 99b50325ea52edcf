//! The tables that journeys are kept in, in the store's schema.
//!
//! All that belongs to one customer is worked on under one lock, that of the customer's bucket: so that caps count right, whatever
//! number of workers there are.

use super::codes;
use super::suppressions::Reason;
use crate::domain::store::{Store, copies, noting, source_views, tables};
use crate::domain::support::sql::{Gaps, Sql, fill, sql};

/// A table.
struct Table {
    name: &'static str,
    /// The statement that makes it.
    create: &'static str,
    /// What it holds.
    comment: &'static str,
}

const TABLES: [Table; 12] = [
    Table {
        name: "journey",
        create: include_str!("sql/tables/journey.sql"),
        comment: "the journeys: chains of messages that follow what customers do",
    },
    Table {
        name: "journey_version",
        create: include_str!("sql/tables/journey_version.sql"),
        comment: "the versions of each journey: all of a definition but its steps",
    },
    Table {
        name: "journey_step",
        create: include_str!("sql/tables/journey_step.sql"),
        comment: "the steps of each version of a journey, in order",
    },
    Table {
        name: "journey_state",
        create: include_str!("sql/tables/journey_state.sql"),
        comment: "what holds for all journeys of the store, and how far they are",
    },
    Table {
        name: "journey_condition",
        create: include_str!("sql/tables/journey_condition.sql"),
        comment: "customers for whom the entry condition of a journey holds now",
    },
    Table {
        name: "journey_intake",
        create: include_str!("sql/tables/journey_intake.sql"),
        comment: "how many customers a run has had enter a journey, batch by batch",
    },
    Table {
        name: "enrollment",
        create: include_str!("sql/tables/enrollment.sql"),
        comment: "one row for each entry of a customer into a journey, and the step it is at",
    },
    Table {
        name: "action",
        create: include_str!("sql/tables/action.sql"),
        comment: "the actions: one row for each decision to send, with its delivery status",
    },
    Table {
        name: "decision",
        create: include_str!("sql/tables/decision.sql"),
        comment: "all decisions but actions: entries, branches, postponed and dropped actions, and exits with their reason",
    },
    Table {
        name: "event",
        create: include_str!("sql/tables/event.sql"),
        comment: "the events that lifecycle.record_event recorded",
    },
    Table {
        name: "suppression",
        create: include_str!("sql/tables/suppression.sql"),
        comment: "the customers who get nothing on a channel, or on a topic of it, and why",
    },
    Table {
        name: "code",
        create: include_str!("sql/tables/code.sql"),
        comment: "voucher codes by pool, and the action that each went to",
    },
];

/// Indexes: the table, and the rest of the definition.
const INDEXES: [(&str, &str); 10] = [
    ("enrollment", "(bucket, due_at) WHERE due_at IS NOT NULL"),
    ("journey_intake", "(journey, at)"),
    ("action", "(channel, priority DESC, claimable_at, id) WHERE claimable_at IS NOT NULL"),
    ("action", "(journey, version, step)"),
    ("action", "(id) WHERE NOT processed"),
    ("decision", "(customer, journey, entry)"),
    ("event", "(customer, kind, at)"),
    ("event", "(id) WHERE NOT processed"),
    ("suppression", "(customer, since)"),
    ("code", "(pool, number) WHERE action IS NULL"),
];

/// The triggers on versions and their steps: the name, when it is called, and for what.
const GUARDS: [(&str, &str, &str); 2] =
    [("guard_journey", "AFTER INSERT OR UPDATE OR DELETE", "ROW"), ("guard_journeys", "BEFORE TRUNCATE", "STATEMENT")];

/// Besides those of the store: `{reasons}`, the reasons of suppressions, and `{longest_code}`, how many bytes a code can have.
struct Tables<'a>(&'a Store);

impl Gaps for Tables<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        match name {
            "longest_code" => Some(codes::LONGEST.into()),
            "reasons" => Some(Sql::list(Reason::ALL.map(|reason| Sql::literal(reason.name())))),
            _ => self.0.gap(name),
        }
    }
}

/// The statements that make the tables.
pub fn create(store: &Store) -> Vec<Sql> {
    let mut statements = Vec::new();
    for Table { name, create, comment } in TABLES {
        statements.push(fill(create.trim_ascii_end(), &Tables(store), &[]));
        let comment = Sql::literal(comment);
        statements.push(sql!((), "sql/comment_on_table.sql", table = store.data(name), comment = comment));
    }
    let indexes =
        INDEXES.iter().map(|&(table, rest)| sql!((), "sql/index.sql", table = store.data(table), rest = rest));
    statements.extend(indexes);
    statements.push(sql!(store, "sql/codes/unique.sql"));
    statements.push(sql!(store, "sql/replicate_steps.sql"));
    for table in ["journey_version", "journey_step"].map(|table| store.data(table)) {
        for (name, when, each) in GUARDS {
            statements.push(sql!((), "sql/guard.sql", name = name, when = when, table = &table, each = each));
        }
    }
    statements.push(sql!(store, "sql/journey_state.sql", incarnation = copies::incarnation(), home = copies::home()));
    statements
}

/// The names of the tables.
pub fn names() -> [&'static str; 12] {
    TABLES.map(|table| table.name)
}

/// The views for people that reports read with the rights of the store's owner.
const READ_BY_REPORTS: [&str; 3] = ["journey_customers", "journey_actions", "journey_credits"];

/// The names of all relations that a store reads or writes with the rights of its owner.
pub fn named_relations() -> Vec<&'static str> {
    relations_of_store().into_iter().chain(READ_BY_REPORTS).collect()
}

/// The names of all relations in the schema of a store's tables: its own, and those of its journeys.
pub fn relations_of_store() -> Vec<&'static str> {
    tables::names().into_iter().chain([noting::MISSED]).chain(source_views::VIEWS).chain(names()).collect()
}

/// The statements that drop them.
pub fn drop(store: &Store) -> Vec<Sql> {
    TABLES.iter().rev().map(|table| drop_table(store.data(table.name))).collect()
}

/// Drops a table that may not be there.
pub fn drop_table(table: Sql) -> Sql {
    sql!((), "sql/drop_table.sql", table = table)
}
