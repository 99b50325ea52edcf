//! The tables of a store's schema.

use super::kpi_columns::KPI;
use super::profile_columns::PROFILE;
use super::settings::Changes;
use super::{Attribute, Store, copies, data_schema, noting, people, stored_settings};
use crate::domain::support::sql::{Sql, expression, sql};

/// The sources whose rows become histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The order table.
    Orders,
    /// The table of engagement events.
    Events,
    /// The table of refunds, whose rows are in the histories of the orders.
    Refunds,
}

impl Source {
    /// Those that have histories of their own.
    pub const WITH_HISTORIES: [Source; 2] = [Source::Orders, Source::Events];

    /// All that triggers may watch.
    pub const ALL: [Source; 3] = [Source::Orders, Source::Events, Source::Refunds];

    /// The name by which the watermark and the triggers know it.
    pub fn name(self) -> &'static str {
        match self {
            Source::Orders => "orders",
            Source::Events => "events",
            Source::Refunds => "refunds",
        }
    }

    /// The view through which the store reads it.
    pub fn view(self) -> &'static str {
        match self {
            Source::Orders => "source_orders",
            Source::Events => "source_events",
            Source::Refunds => "source_refunds",
        }
    }

    /// The view of all its rows, whatever the condition, by the column that grows.
    pub fn grown_view(self) -> &'static str {
        match self {
            Source::Orders | Source::Refunds => "grown_orders",
            Source::Events => "grown_events",
        }
    }

    /// The view of the columns and the condition as they are, which tells what they are called by now.
    pub fn key_view(self) -> &'static str {
        match self {
            Source::Orders => "key_orders",
            Source::Events => "key_events",
            Source::Refunds => "key_refunds",
        }
    }

    /// The table that triggers fill: of customers whose rows have changed, or of orders whose refunds have.
    pub fn change_table(self) -> &'static str {
        match self {
            Source::Orders => "order_change",
            Source::Events => "event_change",
            Source::Refunds => "refund_change",
        }
    }

    /// The column of the history that holds what it says.
    pub fn history_column(self) -> &'static str {
        match self {
            Source::Orders | Source::Refunds => "purchases",
            Source::Events => "engagement",
        }
    }

    /// The column of the history that counts its rows.
    pub fn count_column(self) -> &'static str {
        match self {
            Source::Orders | Source::Refunds => "orders",
            Source::Events => "events",
        }
    }

    /// The column of the history that holds their checksum.
    pub fn checksum_column(self) -> &'static str {
        match self {
            Source::Orders | Source::Refunds => "order_checksum",
            Source::Events => "event_checksum",
        }
    }

    /// How its changes are found; None if the store has no such source.
    pub fn changes(self, store: &Store) -> Option<Changes> {
        match self {
            Source::Orders => store.settings.changes,
            Source::Events => store.settings.event_changes.filter(|_| store.settings.events.is_some()),
            // They are compared along with the orders.
            Source::Refunds => store.settings.changes.filter(|_| store.settings.refunds.is_some()),
        }
    }

    /// The column of the customer's key in the source; of refunds that name their order, that of the order's.
    pub fn customer_column(self, store: &Store) -> &str {
        let settings = &store.settings;
        match self {
            Source::Orders => &settings.customer,
            Source::Events => settings.event_customer.as_deref().unwrap_or(&settings.customer),
            Source::Refunds => {
                settings.refund_order.as_deref().or(settings.refund_customer.as_deref()).unwrap_or(&settings.customer)
            }
        }
    }
}

// ---- the tables -----------------------------------------------------------------------------------------------------

/// A table.
struct Table {
    name: &'static str,
    /// The statements that make it.
    create: fn(&Store) -> Vec<Sql>,
    /// What it holds.
    comment: &'static str,
}

/// The tables of a store, but for those of its journeys.
const TABLES: [Table; 26] = [
    Table {
        name: "history",
        create: |store| vec![create_history(store)],
        comment: "what is known of each customer: the histories from which everything else is computed",
    },
    Table {
        name: "profile",
        create: |store| vec![create_profile(store)],
        comment: "each customer as of the last refresh",
    },
    Table {
        name: "movement",
        create: |store| {
            vec![
                sql!(store, "sql/create_movement.sql"),
                sql!(store, "sql/create_movement_index_of_customer.sql"),
                sql!(store, "sql/create_movement_index_of_time.sql"),
            ]
        },
        comment: "every change of a customer's stage or segment since the first refresh, and what made it",
    },
    Table {
        name: "known_customer",
        create: |store| vec![sql!(store, "sql/create_known_customer.sql")],
        comment: "every customer that the store has ever seen, also those whose rows have vanished",
    },
    Table {
        name: "borders",
        create: |store| vec![sql!(store, "sql/create_borders.sql")],
        comment: "by which fit, grid and settings the profiles were scored, one row; without it that is not known",
    },
    Table {
        name: "hold",
        create: |store| vec![sql!(store, "sql/create_hold.sql")],
        comment: "why the journeys of the store decide and hand over nothing, a row for each reason; empty while they run",
    },
    Table {
        name: "consent",
        create: |store| vec![sql!(store, "sql/create_consent.sql"), sql!(store, "sql/create_consent_index.sql")],
        comment: "what lifecycle.record_consent and lifecycle.withdraw_consent recorded, one row each",
    },
    Table {
        name: people::FORGOTTEN,
        create: |store| vec![sql!(store, "sql/people/create_forgotten.sql")],
        comment: "the customers who were forgotten: nothing but a keyed hash of the key, by which their rows are left out",
    },
    Table {
        name: people::FORGOTTEN_KEY,
        create: |store| vec![sql!(store, "sql/people/create_forgotten_key.sql"), people::draw_key(store)],
        comment: "the key that the hashes of forgotten customers depend on, one row, drawn at random for each store",
    },
    Table {
        name: people::ALIAS,
        create: |store| {
            vec![sql!(store, "sql/people/create_alias.sql"), sql!(store, "sql/people/create_alias_index.sql")]
        },
        comment: "customers who were merged into others: their rows count as those of the customer who was kept",
    },
    Table {
        name: people::ANONYMOUS,
        create: |store| vec![sql!(store, "sql/people/create_anonymous.sql")],
        comment: "the keys that stand for forgotten customers in journeys, another one for each journey, and what was spent",
    },
    Table {
        name: people::FORGOTTEN_CREDIT,
        create: |store| vec![sql!(store, "sql/people/create_forgotten_credit.sql")],
        comment: "the purchases of forgotten customers that journeys are credited with, summed up by months",
    },
    Table {
        name: "kpi",
        create: |store| vec![create_kpi(store)],
        comment: "the base on each day that it was refreshed",
    },
    Table {
        name: "fit",
        create: |store| vec![sql!(store, "sql/create_fit.sql")],
        comment: "what was fitted to the base, and when; the newest row is in force",
    },
    Table {
        name: "watermark",
        create: |store| vec![sql!(store, "sql/create_watermark.sql")],
        comment: "when a source was last read whole, and how far one whose changes a column shows",
    },
    Table {
        name: "order_change",
        create: |store| create_notes(store, Source::Orders),
        comment: "customers whose orders have changed since the last refresh, NULL for all; filled by triggers",
    },
    Table {
        name: "event_change",
        create: |store| create_notes(store, Source::Events),
        comment: "customers whose events have changed since the last refresh, NULL for all; filled by triggers",
    },
    Table {
        name: "refund_change",
        create: |store| create_notes(store, Source::Refunds),
        comment: "orders, or customers, whose refunds have changed since the last refresh, NULL for all; filled by triggers",
    },
    Table {
        name: "audience",
        create: |store| vec![sql!(store, "sql/create_audience.sql")],
        comment: "the audiences: conditions on customers, each with its name",
    },
    Table {
        name: "audience_member",
        create: |store| vec![sql!(store, "sql/create_audience_member.sql")],
        comment: "the customers who are in an audience as of the last refresh, and since when",
    },
    Table {
        name: "audience_log",
        create: |store| {
            vec![
                sql!(store, "sql/create_audience_log.sql"),
                sql!(store, "sql/create_audience_log_index.sql"),
                sql!(store, "sql/create_audience_log_index_of_customer.sql"),
                sql!(store, "sql/create_audience_log_index_of_forgotten.sql"),
            ]
        },
        comment: "which customer joined or left an audience, when, and what made it",
    },
    Table {
        name: people::FORGOTTEN_MEMBER,
        create: |store| vec![sql!(store, "sql/people/create_forgotten_member.sql")],
        comment: "how many of the customers who were forgotten joined an audience, and left it, on each day",
    },
    Table {
        name: "profile_change",
        create: |store| {
            vec![
                sql!(store, "sql/create_profile_change.sql"),
                sql!(store, "sql/create_profile_change_index.sql"),
                sql!(store, "sql/create_profile_change_index_of_forgotten.sql"),
            ]
        },
        comment: "when the profiles of customers last changed, and which customers are gone, for lifecycle.changes_since",
    },
    Table {
        name: "feed",
        create: |store| {
            vec![
                sql!(store, "sql/create_feed.sql"),
                sql!(store, "sql/begin_feed.sql", identity = copies::incarnation()),
            ]
        },
        comment: "how far the changes of profiles have come, one row",
    },
    Table {
        name: noting::CRASH_MARKER,
        create: |store| vec![noting::create_crash_marker(store), noting::mark(store)],
        comment: "a row that a crash of the server takes away, as it does those of unlogged sources",
    },
    Table {
        name: stored_settings::TABLE,
        create: |store| vec![stored_settings::create(store)],
        comment: "the settings of the store, one row: lifecycle.store must say the same, and lifecycle.restore_store reads them. \
                  Written by lifecycle.attach, configure and refresh",
    },
];

/// Their names.
pub fn names() -> [&'static str; 26] {
    TABLES.map(|table| table.name)
}

/// A column as CREATE TABLE and ALTER TABLE define it.
fn defined(name: &str, definition: impl Into<Sql>) -> Sql {
    expression!((), "{name} {definition}", name = Sql::identifier(name), definition = definition)
}

fn of_attribute(attribute: &Attribute) -> Sql {
    defined(&attribute.name, attribute.type_as_sql())
}

fn create_history(store: &Store) -> Sql {
    let channels = ["first_channel", "last_channel"].into_iter().chain(order_attributes(store));
    sql!(store, "sql/create_history.sql", channels = Sql::list(channels.map(|name| defined(name, "text"))))
}

fn create_profile(store: &Store) -> Sql {
    let columns = PROFILE.iter().map(|column| defined(column.name, column.definition));
    let since = ["stage_since", "segment_since"].map(|name| defined(name, "timestamptz NOT NULL"));
    let version = [defined("lifecycle_version", "bigint NOT NULL DEFAULT 0")];
    let columns = columns.chain(since).chain(version).chain(store.attributes.iter().map(of_attribute));
    sql!(store, "sql/create_profile.sql", columns = Sql::list(columns))
}

fn create_kpi(store: &Store) -> Sql {
    let columns = KPI.iter().map(|column| defined(column.name, column.definition));
    sql!(store, "sql/create_kpi.sql", columns = Sql::list(columns))
}

fn create_notes(store: &Store, source: Source) -> Vec<Sql> {
    let notes = store.data(source.change_table());
    let noted = match source {
        Source::Orders | Source::Events => expression!(store, "customer {key}"),
        // In the form of texts, whether they are keys of orders or of customers: a change of settings does not change the table.
        Source::Refunds => "refund_of text".into(),
    };
    let table = sql!((), "sql/create_notes.sql", notes = &notes, noted = noted);
    // Or a publication FOR ALL TABLES would forbid to take the notes out again.
    let identity = expression!((), "ALTER TABLE {notes} REPLICA IDENTITY FULL", notes = notes);
    [table, identity].into_iter().chain(noting::create_guard(store, source)).collect()
}

/// The statements that make the schema and its tables.
pub fn create(store: &Store) -> Vec<Sql> {
    let [schema, data] = [&store.name, &data_schema(&store.name)].map(|name| Sql::identifier(name));
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
    ];
    statements.extend(create_some(store, &names()));
    statements.push(noting::create_missed(store));
    statements.push(expression!(
        (),
        "COMMENT ON SEQUENCE {missed} IS 'takes another value when changes could not be noted: the next refresh reads all rows'",
        missed = store.data(noting::MISSED)
    ));
    statements
}

/// The statements that make the tables of these names, with their comments.
pub fn create_some(store: &Store, names: &[&str]) -> Vec<Sql> {
    let made = TABLES.into_iter().filter(|table| names.contains(&table.name));
    made.flat_map(|Table { name, create, comment }| {
        let comment = expression!(
            (),
            "COMMENT ON TABLE {table} IS {comment}",
            table = store.data(name),
            comment = Sql::literal(comment)
        );
        create(store).into_iter().chain([comment])
    })
    .collect()
}

/// What the table of this name holds.
pub fn comment(name: &str) -> &'static str {
    TABLES.iter().find(|table| table.name == name).map_or("", |table| table.comment)
}

/// The statements that drop the schema and its tables. What else is in the schema, or depends on it, keeps it there.
pub fn drop(store: &Store) -> Vec<Sql> {
    let tables = names().into_iter().rev();
    let tables = tables.map(|table| expression!((), "DROP TABLE IF EXISTS {table}", table = store.data(table)));
    let schemas = [data_schema(&store.name), store.name.clone()];
    let schemas =
        schemas.map(|name| expression!((), "DROP SCHEMA IF EXISTS {schema}", schema = Sql::identifier(&name)));
    tables.chain([noting::drop_missed(store)]).chain(schemas).collect()
}

/// The attributes that come from the last order, when the store has no table of customers.
pub fn order_attributes(store: &Store) -> Vec<&str> {
    match store.settings.customers {
        Some(_) => Vec::new(),
        None => store.attributes.iter().map(|attribute| attribute.name.as_str()).collect(),
    }
}

/// The column of the orders that says since when a person is a customer, when the store has no table of customers.
pub fn since_of_orders(store: &Store) -> Option<&String> {
    store.settings.customer_since.as_ref().filter(|_| store.settings.customers.is_none())
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
