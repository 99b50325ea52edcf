//! The tables of a store's schema, the views through which it reads its sources, and the triggers that note changes.

use super::Store;
use super::quote::{identifier, literal};
use super::settings::Changes;
use super::source::{Column, Relation, Sources};
use crate::domain::engagement::{Channel, EventKind};
use crate::domain::error::Result;

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
    fn customer_column(self, store: &Store) -> &str {
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
            store.own("history")
        ),
        // Of a base that is scored again nearly all rows change a little: half a page left free lets them change in place
        // (HOT), so that neither the table nor its index grows from refresh to refresh.
        format!(
            "CREATE TABLE {} (customer {key} PRIMARY KEY, {}, stage_since timestamptz NOT NULL,
                segment_since timestamptz NOT NULL{attributes}) WITH (fillfactor = 50)",
            store.own("profile"),
            columns(&PROFILE)
        ),
        format!(
            "CREATE TABLE {} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer {key} NOT NULL,
                at timestamptz NOT NULL, refitted boolean NOT NULL, stage_before text, stage_after text, segment_before text, segment_after text,
                score_before text, score_after text, orders_before bigint, orders_after bigint, spend_before numeric,
                spend_after numeric, recency_days_before integer, recency_days_after integer, overdue_before numeric,
                overdue_after numeric)",
            store.own("movement")
        ),
        // A customer's moves in order, and with them the time in a stage without a look at the table; the newest moves of all.
        format!("CREATE INDEX ON {} (customer, at, id) INCLUDE (stage_before, stage_after)", store.own("movement")),
        format!("CREATE INDEX ON {} (at, id)", store.own("movement")),
        format!("CREATE TABLE {} ({}, moved bigint NOT NULL)", store.own("kpi"), columns(&KPI)),
        format!(
            "CREATE TABLE {} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fitted_at timestamptz NOT NULL,
                as_of timestamptz NOT NULL, customers bigint NOT NULL, rfm_breaks {}, rhythm {}, purchase_model {},
                spend_model {}, vip_breaks {}, mean_spend numeric)",
            store.own("fit"),
            store.ext("rfm_breaks"),
            store.ext("purchase_rhythm"),
            store.ext("purchase_model"),
            store.ext("spend_model"),
            store.ext("vip_breaks")
        ),
        format!(
            "CREATE TABLE {} (source text PRIMARY KEY, high text, reconciled_at timestamptz)",
            store.own("watermark")
        ),
    ];
    for source in [Source::Orders, Source::Events] {
        let table = store.own(source.change_table());
        statements.push(format!("CREATE TABLE {table} (customer {key})"));
        // Or a publication FOR ALL TABLES would forbid to take the notes out again.
        statements.push(format!("ALTER TABLE {table} REPLICA IDENTITY FULL"));
    }
    let comments = [
        ("history", "what is known of each customer: the histories from which everything else is computed"),
        ("profile", "each customer as of the last refresh"),
        ("movement", "every change of a customer''s stage or segment since the first refresh"),
        ("kpi", "the base on each day that it was refreshed"),
        ("fit", "what was fitted to the base, and when; the newest row is in force"),
        ("watermark", "how far a source was read whose changes a column shows"),
        (
            "order_change",
            "customers whose orders have changed since the last refresh, NULL for all; filled by triggers",
        ),
        (
            "event_change",
            "customers whose events have changed since the last refresh, NULL for all; filled by triggers",
        ),
    ];
    statements.extend(comments.map(|(table, what)| format!("COMMENT ON TABLE {} IS '{what}'", store.own(table))));
    statements
}

/// The statements that drop the schema and its tables. What else is in the schema, or depends on it, keeps it there.
pub fn drop(store: &Store) -> Vec<String> {
    let tables = ["history", "profile", "movement", "kpi", "fit", "watermark", "order_change", "event_change"];
    let mut statements = tables.map(|table| format!("DROP TABLE IF EXISTS {}", store.own(table))).to_vec();
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
        statements.push(format!("ALTER TABLE {} DROP COLUMN {}", after.own("history"), identifier(name)));
    }
    for name in new.iter().filter(|name| !old.contains(name)) {
        statements.push(format!("ALTER TABLE {} ADD COLUMN {} text", after.own("history"), identifier(name)));
    }
    for attribute in before.attributes.iter().filter(|attribute| !after.attributes.contains(attribute)) {
        statements.push(format!("ALTER TABLE {} DROP COLUMN {}", after.own("profile"), identifier(&attribute.name)));
    }
    for attribute in after.attributes.iter().filter(|attribute| !before.attributes.contains(attribute)) {
        statements.push(format!(
            "ALTER TABLE {} ADD COLUMN {} {}",
            after.own("profile"),
            identifier(&attribute.name),
            attribute.sql_type
        ));
    }
    statements
}

// ---- the sources ----------------------------------------------------------------------------------------------------

/// A column of a relation, under the relation's own name, so that conditions may use that name too.
fn of(relation: &Relation, column: &str) -> String {
    format!("{}.{}", identifier(&relation.name), identifier(column))
}

/// A column of instants as `timestamptz`, what has no zone being in that of the store.
fn instant(relation: &Relation, column: &Column, zone: &str) -> String {
    let value = of(relation, &column.name);
    match column.base_type.as_str() {
        "timestamp with time zone" => format!("{value}::pg_catalog.timestamptz"),
        _ => format!("pg_catalog.timezone({}, {value}::pg_catalog.timestamp)", literal(zone)),
    }
}

fn from(relation: &Relation) -> String {
    format!("{}.{}", identifier(&relation.schema), identifier(&relation.name))
}

/// What stands between the user's condition and the rest: a line of its own, so that a comment at its end ends there.
fn condition(user: Option<&str>) -> String {
    user.map_or(String::new(), |user| format!(" AND (\n{user}\n)"))
}

/// The text form of a value, by its type's own output: a cast to text may be somebody's function.
fn as_text(value: &str) -> String {
    format!("CASE WHEN {value} IS NOT NULL THEN pg_catalog.format('%s', {value}) END")
}

/// The condition that an instant is one that a history can hold.
fn is_instant(value: &str) -> String {
    format!(
        "{value} >= '0001-01-01 00:00:00+00'::pg_catalog.timestamptz AND {value} < '10000-01-01 00:00:00+00'::pg_catalog.timestamptz"
    )
}

/// The kind of an event as a history knows it, from the words that mail systems use: any case, and the past tense too.
fn kind_of_event(column: &str) -> String {
    let past: String = [
        ("opened", "open"),
        ("clicked", "click"),
        ("visited", "visit"),
        ("replied", "reply"),
        ("bounced", "bounce"),
        ("unsubscribed", "unsubscribe"),
        ("complained", "complaint"),
        ("referred", "referral"),
        ("subscribed", "subscribe"),
    ]
    .iter()
    .map(|(word, kind)| format!(" WHEN '{word}' THEN '{kind}'"))
    .collect();
    format!(
        "CASE pg_catalog.lower({column}::pg_catalog.text){past} ELSE pg_catalog.lower({column}::pg_catalog.text) END"
    )
}

fn labels(labels: &[&str]) -> String {
    labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ")
}

/// The statements that make the views of the sources. Names in the user's conditions are those that the caller sees.
///
/// # Errors
/// Where a column does not exist.
pub fn source_views(store: &Store, sources: &Sources) -> Result<Vec<String>> {
    let settings = &store.settings;
    let zone = settings.time_zone.as_deref().unwrap_or("UTC");
    let key = store.key.sql();
    let optional = |relation: &Relation, column: &Option<String>, sql_type: &str, name: &str| {
        column.as_ref().map_or(format!("NULL::{sql_type} AS {name}"), |column| {
            format!("{}::{sql_type} AS {name}", of(relation, column))
        })
    };
    let grown = |source: Source, relation: &Relation, column: &Option<String>| {
        let column = column.as_ref().filter(|_| source.changes(store) == Some(Changes::Column))?;
        let customer = of(relation, source.customer_column(store));
        Some(format!(
            "CREATE VIEW {} AS SELECT {customer}::{key} AS customer, {} AS changed_at FROM {} WHERE {customer} IS NOT NULL",
            store.own(source.grown_view()),
            of(relation, column),
            from(relation)
        ))
    };
    let orders = &sources.orders;
    let at = instant(orders, orders.column("ordered_at", &settings.ordered_at)?, zone);
    let carried: String = order_attributes(store)
        .iter()
        .map(|name| format!(", {} AS {}", as_text(&of(orders, name)), identifier(name)))
        .collect();
    let customer = of(orders, &settings.customer);
    let mut statements = vec![format!(
        "CREATE VIEW {} AS SELECT {customer}::{key} AS customer, {at} AS ordered_at, {}, {}{carried}
            FROM {} WHERE {customer} IS NOT NULL AND {}{}",
        store.own(Source::Orders.view()),
        optional(orders, &settings.amount, "pg_catalog.numeric", "amount"),
        optional(orders, &settings.channel, "pg_catalog.text", "channel"),
        from(orders),
        is_instant(&at),
        condition(settings.status.as_deref()),
    )];

    statements.extend(grown(Source::Orders, orders, &settings.changed_at));

    if let (Some(events), Some(kind), Some(happened_at)) = (&sources.events, &settings.kind, &settings.happened_at) {
        let customer = of(events, Source::Events.customer_column(store));
        let at = instant(events, events.column("happened_at", happened_at)?, zone);
        let kind = kind_of_event(&of(events, kind));
        // A way that has no name in a history is none.
        let channel = settings.event_channel.as_ref().map_or("NULL::pg_catalog.text".to_owned(), |channel| {
            let channel = of(events, channel);
            format!(
                "CASE WHEN pg_catalog.lower({channel}::pg_catalog.text) IN ({}) THEN pg_catalog.lower({channel}::pg_catalog.text) END",
                labels(&Channel::ALL.map(Channel::label))
            )
        });
        statements.push(format!(
            "CREATE VIEW {} AS SELECT {customer}::{key} AS customer, {at} AS happened_at,
                {kind} AS kind, {channel} AS channel FROM {}
            WHERE {customer} IS NOT NULL AND {} AND {kind} IN ({}){}",
            store.own(Source::Events.view()),
            from(events),
            is_instant(&at),
            labels(&EventKind::ALL.map(EventKind::label)),
            condition(settings.event_status.as_deref()),
        ));
        statements.extend(grown(Source::Events, events, &settings.event_changed_at));
    }

    if let Some(customers) = &sources.customers {
        let key_name = settings.customers_key.as_deref().unwrap_or(&settings.customer);
        let key_column = of(customers, key_name);
        let consented_at = match &settings.consented_at {
            Some(column) => instant(customers, customers.column("consented_at", column)?, zone),
            None => "NULL::pg_catalog.timestamptz".to_owned(),
        };
        let attributes: String = store
            .attributes
            .iter()
            .map(|attribute| {
                let value = of(customers, &attribute.name);
                let value = match attribute.sql_type.as_str() {
                    "text" => as_text(&value),
                    sql_type => format!("{value}::{sql_type}"),
                };
                format!(", {value} AS {}", identifier(&attribute.name))
            })
            .collect();
        // A key that occurs twice, where nothing keeps it from that, is one customer still.
        let (distinct, order) = if customers.unique.iter().any(|column| column == key_name) {
            (String::new(), String::new())
        } else {
            (format!("DISTINCT ON ({key_column}) "), format!(" ORDER BY {key_column}"))
        };
        statements.push(format!(
            "CREATE VIEW {} AS SELECT {distinct}{key_column}::{key} AS customer, {consented_at} AS consented_at{attributes}
                FROM {} WHERE {key_column} IS NOT NULL{order}",
            store.own("source_customers"),
            from(customers),
        ));
    }
    statements.extend(comments(store, sources));
    Ok(statements)
}

fn comments(store: &Store, sources: &Sources) -> Vec<String> {
    let mut comments = vec![("source_orders", "the rows that are orders, as the store reads them")];
    if sources.events.is_some() {
        comments
            .push(("source_events", "the rows that are engagement events of a known kind, as the store reads them"));
    }
    if sources.customers.is_some() {
        comments.push(("source_customers", "the known people, as the store reads them"));
    }
    for (source, has) in [(Source::Orders, true), (Source::Events, sources.events.is_some())] {
        if has && source.changes(store) == Some(Changes::Column) {
            comments
                .push((source.grown_view(), "all rows by the column that grows, by which the store finds what is new"));
        }
    }
    comments.iter().map(|(view, what)| format!("COMMENT ON VIEW {} IS '{what}'", store.own(view))).collect()
}

/// The statements that drop the views of the sources.
pub fn drop_source_views(store: &Store) -> Vec<String> {
    ["source_orders", "source_events", "source_customers", "grown_orders", "grown_events"]
        .map(|view| format!("DROP VIEW IF EXISTS {}", store.own(view)))
        .to_vec()
}

// ---- the triggers ---------------------------------------------------------------------------------------------------

/// The names of the triggers on a source.
pub fn trigger_names(store: &Store, source: Source) -> [String; 4] {
    ["inserted", "updated", "deleted", "truncated"].map(|what| format!("{}_{}_{what}", store.name, source.name()))
}

/// The statements that make the triggers of a source on a relation, given by its quoted name.
pub fn create_triggers(store: &Store, source: Source, relation: &str) -> Vec<String> {
    let when = [
        "INSERT ON {} REFERENCING NEW TABLE AS come",
        "UPDATE ON {} REFERENCING OLD TABLE AS gone NEW TABLE AS come",
        "DELETE ON {} REFERENCING OLD TABLE AS gone",
        "TRUNCATE ON {}",
    ];
    let arguments = [&store.name, source.change_table(), source.customer_column(store)].map(literal).join(", ");
    let names = trigger_names(store, source);
    let mut statements = Vec::new();
    for (name, when) in names.iter().zip(when) {
        let name = identifier(name);
        statements.push(format!(
            "CREATE TRIGGER {name} AFTER {} FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.note_changes({arguments})",
            when.replace("{}", relation)
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
