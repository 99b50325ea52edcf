//! The tables of a store's schema.

use super::kpi_columns::KPI;
use super::profile_columns::PROFILE;
use super::settings::Changes;
use super::{Attribute, Store, data_schema, noting, stored_settings};
use crate::domain::support::sql::{Sql, expression, sql};

/// The two sources whose rows become histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The order table.
    Orders,
    /// The table of engagement events.
    Events,
}

impl Source {
    /// The name by which the watermark and the triggers know it.
    pub fn name(self) -> &'static str {
        match self {
            Source::Orders => "orders",
            Source::Events => "events",
        }
    }

    /// The view through which the store reads it.
    pub fn view(self) -> &'static str {
        match self {
            Source::Orders => "source_orders",
            Source::Events => "source_events",
        }
    }

    /// The view of all its rows, whatever the condition, by the column that grows.
    pub fn grown_view(self) -> &'static str {
        match self {
            Source::Orders => "grown_orders",
            Source::Events => "grown_events",
        }
    }

    /// The view of the columns and the condition as they are, which tells what they are called by now.
    pub fn key_view(self) -> &'static str {
        match self {
            Source::Orders => "key_orders",
            Source::Events => "key_events",
        }
    }

    /// The table of customers whose rows have changed, which triggers fill.
    pub fn change_table(self) -> &'static str {
        match self {
            Source::Orders => "order_change",
            Source::Events => "event_change",
        }
    }

    /// The column of the history that holds what it says.
    pub fn history_column(self) -> &'static str {
        match self {
            Source::Orders => "purchases",
            Source::Events => "engagement",
        }
    }

    /// The column of the history that counts its rows.
    pub fn count_column(self) -> &'static str {
        match self {
            Source::Orders => "orders",
            Source::Events => "events",
        }
    }

    /// The column of the history that holds their checksum.
    pub fn checksum_column(self) -> &'static str {
        match self {
            Source::Orders => "order_checksum",
            Source::Events => "event_checksum",
        }
    }

    /// How its changes are found; None if the store has no such source.
    pub fn changes(self, store: &Store) -> Option<Changes> {
        match self {
            Source::Orders => store.settings.changes,
            Source::Events => store.settings.event_changes.filter(|_| store.settings.events.is_some()),
        }
    }

    /// The column of the customer's key in the source.
    pub fn customer_column(self, store: &Store) -> &str {
        match self {
            Source::Orders => &store.settings.customer,
            Source::Events => store.settings.event_customer.as_deref().unwrap_or(&store.settings.customer),
        }
    }
}

// ---- the tables -----------------------------------------------------------------------------------------------------

/// The tables of a store, but for those of its journeys.
pub const TABLES: [&str; 10] = [
    "history",
    "profile",
    "movement",
    "kpi",
    "fit",
    "watermark",
    "order_change",
    "event_change",
    noting::CRASH_MARKER,
    stored_settings::TABLE,
];

/// A column as CREATE TABLE and ALTER TABLE define it.
fn defined(name: &str, definition: impl Into<Sql>) -> Sql {
    expression!((), "{name} {definition}", name = Sql::identifier(name), definition = definition)
}

fn of_attribute(attribute: &Attribute) -> Sql {
    defined(&attribute.name, attribute.type_as_sql())
}

/// What the tables are for.
const COMMENTS: [(&str, &str); 10] = [
    ("history", "what is known of each customer: the histories from which everything else is computed"),
    ("profile", "each customer as of the last refresh"),
    ("movement", "every change of a customer's stage or segment since the first refresh"),
    ("kpi", "the base on each day that it was refreshed"),
    ("fit", "what was fitted to the base, and when; the newest row is in force"),
    ("watermark", "when a source was last read whole, and how far one whose changes a column shows"),
    (noting::CRASH_MARKER, "a row that a crash of the server takes away, as it does those of unlogged sources"),
    (
        stored_settings::TABLE,
        "the settings of the store, one row: lifecycle.store must say the same, and lifecycle.restore_store reads them. \
         Written by lifecycle.attach, configure and refresh",
    ),
    ("order_change", "customers whose orders have changed since the last refresh, NULL for all; filled by triggers"),
    ("event_change", "customers whose events have changed since the last refresh, NULL for all; filled by triggers"),
];

/// The statements that make the schema and its tables.
pub fn create(store: &Store) -> Vec<Sql> {
    let [schema, data] = [&store.name, &data_schema(&store.name)].map(|name| Sql::identifier(name));
    let channels = ["first_channel", "last_channel"].into_iter().chain(order_attributes(store));
    let profile = PROFILE.iter().map(|column| defined(column.name, column.definition));
    let profile = profile.chain(["stage_since", "segment_since"].map(|name| defined(name, "timestamptz NOT NULL")));
    let mut statements = vec![
        expression!((), "CREATE SCHEMA {schema}", schema = &schema),
        expression!((), "CREATE SCHEMA {data}", data = &data),
        expression!(
            (),
            "COMMENT ON SCHEMA {schema} IS 'the views of a store of pg_lifecycle: lifecycle.detach removes it'",
            schema = schema
        ),
        expression!(
            (),
            "COMMENT ON SCHEMA {data} IS 'the tables of a store of pg_lifecycle, for the store alone: lifecycle.detach removes it'",
            data = data
        ),
        sql!(store, "sql/create_history.sql", channels = Sql::list(channels.map(|name| defined(name, "text")))),
        sql!(
            store,
            "sql/create_profile.sql",
            columns = Sql::list(profile.chain(store.attributes.iter().map(of_attribute)))
        ),
        sql!(store, "sql/create_movement.sql"),
        sql!(store, "sql/create_movement_index_of_customer.sql"),
        sql!(store, "sql/create_movement_index_of_time.sql"),
        sql!(
            store,
            "sql/create_kpi.sql",
            columns = Sql::list(KPI.iter().map(|column| defined(column.name, column.definition)))
        ),
        sql!(store, "sql/create_fit.sql"),
        sql!(store, "sql/create_watermark.sql"),
        stored_settings::create(store),
    ];
    for source in [Source::Orders, Source::Events] {
        let notes = store.data(source.change_table());
        statements.push(sql!(store, "sql/create_notes.sql", notes = &notes));
        // Or a publication FOR ALL TABLES would forbid to take the notes out again.
        statements.push(expression!((), "ALTER TABLE {notes} REPLICA IDENTITY FULL", notes = notes));
        statements.extend(noting::create_guard(store, source));
    }
    statements.extend([noting::create_missed(store), noting::create_crash_marker(store), noting::mark(store)]);
    statements.push(expression!(
        (),
        "COMMENT ON SEQUENCE {missed} IS 'takes another value when changes could not be noted: the next refresh reads all rows'",
        missed = store.data(noting::MISSED)
    ));
    statements.extend(COMMENTS.map(|(table, what)| {
        expression!((), "COMMENT ON TABLE {table} IS {what}", table = store.data(table), what = Sql::literal(what))
    }));
    statements
}

/// The statements that drop the schema and its tables. What else is in the schema, or depends on it, keeps it there.
pub fn drop(store: &Store) -> Vec<Sql> {
    let tables = TABLES.map(|table| expression!((), "DROP TABLE IF EXISTS {table}", table = store.data(table)));
    let schemas = [data_schema(&store.name), store.name.clone()];
    let schemas =
        schemas.map(|name| expression!((), "DROP SCHEMA IF EXISTS {schema}", schema = Sql::identifier(&name)));
    tables.into_iter().chain([noting::drop_missed(store)]).chain(schemas).collect()
}

/// The attributes that come from the last order, when the store has no table of customers.
pub fn order_attributes(store: &Store) -> Vec<&str> {
    match store.settings.customers {
        Some(_) => Vec::new(),
        None => store.attributes.iter().map(|attribute| attribute.name.as_str()).collect(),
    }
}

/// The statements that make the tables fit, where other attributes are carried than before.
pub fn change_attributes(before: &Store, after: &Store) -> Vec<Sql> {
    let (history, profile) = (after.data("history"), after.data("profile"));
    let drop = |table: &Sql, name: &str| {
        expression!((), "ALTER TABLE {table} DROP COLUMN {name}", table = table, name = Sql::identifier(name))
    };
    let add = |table: &Sql, column: Sql| {
        expression!((), "ALTER TABLE {table} ADD COLUMN {column}", table = table, column = column)
    };
    let (old, new) = (order_attributes(before), order_attributes(after));
    let gone = before.attributes.iter().filter(|attribute| !after.attributes.contains(attribute));
    let come = after.attributes.iter().filter(|attribute| !before.attributes.contains(attribute));
    (old.iter().filter(|name| !new.contains(name)).map(|name| drop(&history, name)))
        .chain(new.iter().filter(|name| !old.contains(name)).map(|name| add(&history, defined(name, "text"))))
        .chain(gone.map(|attribute| drop(&profile, &attribute.name)))
        .chain(come.map(|attribute| add(&profile, of_attribute(attribute))))
        .collect()
}
