//! The views through which a store reads its sources, so that names in the user's conditions are looked up once, when a store is
//! attached, and columns that are renamed are followed.
//!
//! The conditions are looked up in the caller's `search_path`, and the rest with them. So the rest names the schema of all that it
//! calls, operators included, and has no `IN`, `BETWEEN` or `CASE value WHEN`, whose operators have no place for one.

use super::Store;
use super::quote::{identifier, literal};
use super::settings::Changes;
use super::source::{Column, Relation, Sources};
use super::tables::{Source, order_attributes};
use crate::domain::engagement::event_kind::KIND_ALIASES;
use crate::domain::engagement::{Channel, EventKind};
use crate::domain::support::error::Result;
use crate::domain::support::sql::{Sql, expression};

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
    format!("CASE WHEN {value} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', {value}) END")
}

/// The condition that an instant is one that a history can hold.
fn is_instant(value: &str) -> String {
    format!(
        "{value} OPERATOR(pg_catalog.>=) '0001-01-01 00:00:00+00'::pg_catalog.timestamptz
            AND {value} OPERATOR(pg_catalog.<) '10000-01-01 00:00:00+00'::pg_catalog.timestamptz"
    )
}

/// The kind of an event as a history knows it, from the words that mail systems use: any case, and the past tense too.
pub fn kind_of_event(column: &Sql) -> Sql {
    let kinds: serde_json::Map<String, serde_json::Value> =
        KIND_ALIASES.iter().map(|(word, kind)| ((*word).to_owned(), (*kind).into())).collect();
    expression!(
        (),
        "COALESCE({kinds}::pg_catalog.jsonb OPERATOR(pg_catalog.->>) pg_catalog.lower({column}::pg_catalog.text), \
         pg_catalog.lower({column}::pg_catalog.text))",
        kinds = Sql::literal(&serde_json::Value::Object(kinds).to_string()),
        column = column
    )
}

/// The condition that a text is one of these.
fn is_one_of(value: &str, labels: &[&str]) -> String {
    let labels = labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
    format!("{value} OPERATOR(pg_catalog.=) ANY (ARRAY[{labels}]::pg_catalog.text[])")
}

/// The statements that make the views of the sources. Names in the user's conditions are those that the caller sees.
///
/// # Errors
/// Where a column does not exist.
pub fn create(store: &Store, sources: &Sources) -> Result<Vec<String>> {
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
            store.data(source.grown_view()),
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
        store.data(Source::Orders.view()),
        optional(orders, &settings.amount, "pg_catalog.numeric", "amount"),
        optional(orders, &settings.channel, "pg_catalog.text", "channel"),
        from(orders),
        is_instant(&at),
        condition(settings.status.as_deref()),
    )];

    statements.extend(grown(Source::Orders, orders, &settings.changed_at));
    statements.push(keys(store, Source::Orders.key_view(), orders));

    if let (Some(events), Some(kind), Some(happened_at)) = (&sources.events, &settings.kind, &settings.happened_at) {
        let customer = of(events, Source::Events.customer_column(store));
        let at = instant(events, events.column("happened_at", happened_at)?, zone);
        let kind = kind_of_event(&expression!(
            (),
            "{event}.{kind}",
            event = Sql::identifier(&events.name),
            kind = Sql::identifier(kind)
        ))
        .to_string();
        // A way that has no name in a history is none.
        let channel = settings.event_channel.as_ref().map_or("NULL::pg_catalog.text".to_owned(), |channel| {
            let channel = format!("pg_catalog.lower({}::pg_catalog.text)", of(events, channel));
            format!("CASE WHEN {} THEN {channel} END", is_one_of(&channel, &Channel::ALL.map(Channel::label)))
        });
        statements.push(format!(
            "CREATE VIEW {} AS SELECT {customer}::{key} AS customer, {at} AS happened_at,
                {kind} AS kind, {channel} AS channel FROM {}
            WHERE {customer} IS NOT NULL AND {} AND {}{}",
            store.data(Source::Events.view()),
            from(events),
            is_instant(&at),
            is_one_of(&kind, &EventKind::ALL.map(EventKind::label)),
            condition(settings.event_status.as_deref()),
        ));
        statements.extend(grown(Source::Events, events, &settings.event_changed_at));
        statements.push(keys(store, Source::Events.key_view(), events));
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
            store.data("source_customers"),
            from(customers),
        ));
        statements.push(keys(store, CUSTOMERS_KEY_VIEW, customers));
    }
    statements.extend(comments(store, sources));
    Ok(statements)
}

/// The view of nothing but the columns that settings name, each under the name of its setting, and of the condition: all as they
/// are, so that the server knows where each of them comes from, whatever it is called by now.
fn keys(store: &Store, view: &str, relation: &Relation) -> String {
    let settings = &store.settings;
    let mut columns: Vec<String> = settings
        .columns_of(view)
        .iter()
        .map(|(setting, column)| format!("{} AS {}", of(relation, column), identifier(setting)))
        .collect();
    let condition = match view {
        "key_orders" => settings.status.as_deref().map(|condition| ("status", condition)),
        "key_events" => settings.event_status.as_deref().map(|condition| ("event_status", condition)),
        _ => None,
    };
    // NOT makes the server read it as a condition, and as nothing but that.
    columns.extend(condition.map(|(setting, condition)| format!("NOT (\n{condition}\n) AS {}", identifier(setting))));
    format!("CREATE VIEW {} AS SELECT {} FROM {}", store.data(view), columns.join(", "), from(relation))
}

fn comments(store: &Store, sources: &Sources) -> Vec<String> {
    let mut comments = vec![("source_orders", "the rows that are orders, as the store reads them")];
    if sources.events.is_some() {
        comments
            .push(("source_events", "the rows that are engagement events of a known kind, as the store reads them"));
    }
    if sources.customers.is_some() {
        comments.push(("source_customers", "the known people, as the store reads them"));
        comments.push((CUSTOMERS_KEY_VIEW, "the columns of the known people, which tells what they are called by now"));
    }
    for (source, has) in [(Source::Orders, true), (Source::Events, sources.events.is_some())] {
        if has {
            comments.push((
                source.key_view(),
                "the columns that settings name, of all rows, which tells what they are called by now",
            ));
        }
        if has && source.changes(store) == Some(Changes::Column) {
            comments.push((source.grown_view(), "all rows with the growing column, by which the store finds new rows"));
        }
    }
    comments.iter().map(|(view, what)| format!("COMMENT ON VIEW {} IS '{what}'", store.data(view))).collect()
}

/// The view that tells what the columns of the known people are called by now.
pub const CUSTOMERS_KEY_VIEW: &str = "key_customers";

/// The views that tell what the columns of the sources are called by now.
pub const KEY_VIEWS: [&str; 3] = ["key_orders", "key_events", CUSTOMERS_KEY_VIEW];

/// All views of the sources.
pub const VIEWS: [&str; 8] = [
    "source_orders",
    "source_events",
    "source_customers",
    "grown_orders",
    "grown_events",
    KEY_VIEWS[0],
    KEY_VIEWS[1],
    KEY_VIEWS[2],
];

/// The statements that drop the views of the sources.
pub fn drop(store: &Store) -> Vec<String> {
    VIEWS.map(|view| format!("DROP VIEW IF EXISTS {}", store.data(view))).to_vec()
}
