//! The tables of a store's schema.

use super::Store;
use super::quote::identifier;
use super::settings::Changes;
use super::{kept, noting};

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

/// The columns of the profile, but for the attributes: name and type.
pub const PROFILE: [(&str, &str); 29] = [
    ("stage", "text NOT NULL"),
    ("segment", "text NOT NULL"),
    ("recency_score", "integer"),
    ("frequency_score", "integer"),
    ("monetary_score", "integer"),
    ("phase", "text NOT NULL"),
    ("relationship_stage", "text NOT NULL"),
    ("temperature", "text NOT NULL"),
    ("vip", "boolean NOT NULL"),
    ("orders", "bigint NOT NULL"),
    ("spend", "numeric NOT NULL"),
    ("average_order_value", "numeric"),
    ("first_purchase", "timestamptz"),
    ("last_purchase", "timestamptz"),
    ("recency_days", "integer"),
    ("overdue", "numeric"),
    ("next_purchase", "date"),
    ("next_purchase_from", "date"),
    ("next_purchase_to", "date"),
    ("p_alive", "numeric"),
    ("expected_purchases", "numeric"),
    ("purchase_probability", "numeric"),
    ("expected_spend", "numeric"),
    ("ltv", "numeric"),
    ("predicted_ltv", "numeric"),
    ("channel", "text"),
    ("last_channel", "text"),
    ("cohort", "date"),
    ("consented_at", "timestamptz"),
];

/// The columns of the table of key figures, but for the last: name and type.
pub const KPI: [(&str, &str); 18] = [
    ("day", "date PRIMARY KEY"),
    ("as_of", "timestamptz NOT NULL"),
    ("customers", "bigint NOT NULL"),
    ("buyers", "bigint NOT NULL"),
    ("prospects", "bigint NOT NULL"),
    ("new", "bigint NOT NULL"),
    ("active", "bigint NOT NULL"),
    ("at_risk", "bigint NOT NULL"),
    ("lapsed", "bigint NOT NULL"),
    ("vips", "bigint NOT NULL"),
    ("orders", "bigint NOT NULL"),
    ("revenue", "numeric NOT NULL"),
    ("orders_of_day", "bigint NOT NULL"),
    ("revenue_of_day", "numeric NOT NULL"),
    ("average_order_value", "numeric"),
    ("expected_purchases", "numeric"),
    ("predicted_value", "numeric"),
    ("average_p_alive", "numeric"),
];

fn columns(columns: &[(&str, &str)]) -> String {
    columns.iter().map(|(name, definition)| format!("{} {definition}", identifier(name))).collect::<Vec<_>>().join(", ")
}

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
    kept::TABLE,
];

/// The statements that make the schema and its tables.
pub fn create(store: &Store) -> Vec<String> {
    let key = store.key.sql();
    let history = store.ext("purchase_history");
    let engagement = store.ext("engagement_history");
    let carried: String = order_attributes(store).iter().map(|name| format!(", {} text", identifier(name))).collect();
    let attributes: String = store
        .attributes
        .iter()
        .map(|attribute| format!(", {} {}", identifier(&attribute.name), attribute.sql_type))
        .collect();
    let mut statements = vec![
        format!("CREATE SCHEMA {}", identifier(&store.name)),
        format!(
            "COMMENT ON SCHEMA {} IS 'a store of pg_lifecycle: lifecycle.detach removes it'",
            identifier(&store.name)
        ),
        format!(
            "CREATE TABLE {} (customer {key} PRIMARY KEY, purchases {history}, engagement {engagement},
                orders bigint NOT NULL DEFAULT 0, order_checksum numeric, events bigint NOT NULL DEFAULT 0,
                event_checksum numeric, first_channel text, last_channel text{carried})",
            store.data("history")
        ),
        // Of a base that is scored again nearly all rows change a little: half a page left free lets them change in place
        // (HOT), so that neither the table nor its index grows from refresh to refresh.
        format!(
            "CREATE TABLE {} (customer {key} PRIMARY KEY, {}, stage_since timestamptz NOT NULL,
                segment_since timestamptz NOT NULL{attributes}) WITH (fillfactor = 50)",
            store.data("profile"),
            columns(&PROFILE)
        ),
        format!(
            "CREATE TABLE {} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key} NOT NULL,
                at timestamptz NOT NULL, refitted boolean NOT NULL, stage_before text, stage_after text, segment_before text, segment_after text,
                score_before text, score_after text, orders_before bigint, orders_after bigint, spend_before numeric,
                spend_after numeric, recency_days_before integer, recency_days_after integer, overdue_before numeric,
                overdue_after numeric)",
            store.data("movement")
        ),
        // A customer's moves in order, and with them the time in a stage without a look at the table; the newest moves of all.
        format!("CREATE INDEX ON {} (customer, at, id) INCLUDE (stage_before, stage_after)", store.data("movement")),
        format!("CREATE INDEX ON {} (at, id)", store.data("movement")),
        format!("CREATE TABLE {} ({}, moved bigint NOT NULL)", store.data("kpi"), columns(&KPI)),
        format!(
            "CREATE TABLE {} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fitted_at timestamptz NOT NULL,
                as_of timestamptz NOT NULL, customers bigint NOT NULL, rfm_breaks {}, rhythm {}, purchase_model {},
                spend_model {}, vip_breaks {}, mean_spend numeric)",
            store.data("fit"),
            store.ext("rfm_breaks"),
            store.ext("purchase_rhythm"),
            store.ext("purchase_model"),
            store.ext("spend_model"),
            store.ext("vip_breaks")
        ),
        format!(
            "CREATE TABLE {} (source text PRIMARY KEY, high text, reconciled_at timestamptz)",
            store.data("watermark")
        ),
    ];
    statements.push(kept::create(store));
    for source in [Source::Orders, Source::Events] {
        let table = store.data(source.change_table());
        statements.push(format!("CREATE TABLE {table} (customer {key})"));
        // Or a publication FOR ALL TABLES would forbid to take the notes out again.
        statements.push(format!("ALTER TABLE {table} REPLICA IDENTITY FULL"));
        statements.extend(noting::create_guard(store, source));
    }
    statements.extend([noting::create_missed(store), noting::create_crash_marker(store), noting::mark(store)]);
    statements.push(format!(
        "COMMENT ON SEQUENCE {} IS 'takes another value when changes could not be noted: the next refresh reads all rows'",
        store.data(noting::MISSED)
    ));
    let comments = [
        ("history", "what is known of each customer: the histories from which everything else is computed"),
        ("profile", "each customer as of the last refresh"),
        ("movement", "every change of a customer''s stage or segment since the first refresh"),
        ("kpi", "the base on each day that it was refreshed"),
        ("fit", "what was fitted to the base, and when; the newest row is in force"),
        ("watermark", "when a source was last read whole, and how far one whose changes a column shows"),
        (noting::CRASH_MARKER, "a row that a crash of the server takes away, as it does those of unlogged sources"),
        (
            kept::TABLE,
            "the settings of the store, one row: lifecycle.store must say the same, and lifecycle.restore_store reads them. \
             Written by lifecycle.attach, configure and refresh",
        ),
        (
            "order_change",
            "customers whose orders have changed since the last refresh, NULL for all; filled by triggers",
        ),
        (
            "event_change",
            "customers whose events have changed since the last refresh, NULL for all; filled by triggers",
        ),
    ];
    statements.extend(comments.map(|(table, what)| format!("COMMENT ON TABLE {} IS '{what}'", store.data(table))));
    statements
}

/// The statements that drop the schema and its tables. What else is in the schema, or depends on it, keeps it there.
pub fn drop(store: &Store) -> Vec<String> {
    let mut statements = TABLES.map(|table| format!("DROP TABLE IF EXISTS {}", store.data(table))).to_vec();
    statements.push(format!("DROP SEQUENCE IF EXISTS {}", store.data(noting::MISSED)));
    statements.push(format!("DROP SCHEMA {}", identifier(&store.name)));
    statements
}

/// The attributes that come from the last order, for want of a table of customers.
pub fn order_attributes(store: &Store) -> Vec<&str> {
    match store.settings.customers {
        Some(_) => Vec::new(),
        None => store.attributes.iter().map(|attribute| attribute.name.as_str()).collect(),
    }
}

/// The statements that make the tables fit, where other attributes are carried than before.
pub fn change_attributes(before: &Store, after: &Store) -> Vec<String> {
    let mut statements = Vec::new();
    let (old, new) = (order_attributes(before), order_attributes(after));
    for name in old.iter().filter(|name| !new.contains(name)) {
        statements.push(format!("ALTER TABLE {} DROP COLUMN {}", after.data("history"), identifier(name)));
    }
    for name in new.iter().filter(|name| !old.contains(name)) {
        statements.push(format!("ALTER TABLE {} ADD COLUMN {} text", after.data("history"), identifier(name)));
    }
    for attribute in before.attributes.iter().filter(|attribute| !after.attributes.contains(attribute)) {
        statements.push(format!("ALTER TABLE {} DROP COLUMN {}", after.data("profile"), identifier(&attribute.name)));
    }
    for attribute in after.attributes.iter().filter(|attribute| !before.attributes.contains(attribute)) {
        statements.push(format!(
            "ALTER TABLE {} ADD COLUMN {} {}",
            after.data("profile"),
            identifier(&attribute.name),
            attribute.sql_type
        ));
    }
    statements
}
