//! The views through which a store reads its sources, so that names in the user's conditions are looked up once, when a store is
//! attached, and columns that are renamed are followed.
//!
//! The conditions are looked up in the caller's `search_path`, and the rest with them. So the rest names the schema of all that it
//! calls, operators included, and has no `IN`, `BETWEEN` or `CASE value WHEN`, whose operators have no place for one.

use super::Store;
use super::order_row::{OrderRow, is_amount, is_instant};
use super::refund_row;
use super::settings::Changes;
use super::source::{Column, Relation, Sources};
use super::tables::{Source, order_attributes, since_of_orders};
use crate::domain::engagement::event_kind::Class;
use crate::domain::engagement::provider_words::{Meaning, words_on};
use crate::domain::engagement::{Channel, EventKind};
use crate::domain::support::error::Result;
use crate::domain::support::sql::{Sql, expression, sql};

/// A column of a relation, under the relation's own name, so that conditions may use that name too; or an expression over its row.
pub fn of(relation: &Relation, column: &str) -> Sql {
    match relation.columns.iter().find(|known| known.name == column) {
        Some(known) => known.sql(relation),
        None => Sql::join([relation.name.as_str(), column].map(Sql::identifier), "."),
    }
}

/// The key of the customer of a row: NULL where the row has none.
pub fn key(store: &Store, relation: &Relation, column: &str) -> Sql {
    let value = of(relation, column);
    let is_citext = relation.columns.iter().any(|known| known.name == column && known.base_type == "citext");
    match is_citext {
        // Two that are one to their type are one customer.
        true => expression!((), "pg_catalog.lower({value}::pg_catalog.text)", value = value),
        false => expression!(store, "{value}::{key}", value = value),
    }
}

/// A column of instants as `timestamptz`, what has no zone being in that of the store.
pub fn instant(relation: &Relation, column: &Column, zone: &str) -> Sql {
    let value = column.sql(relation);
    match column.base_type.as_str() {
        "timestamp with time zone" => expression!((), "{value}::pg_catalog.timestamptz", value = value),
        _ => expression!(
            (),
            "pg_catalog.timezone({zone}, {value}::pg_catalog.timestamp)",
            zone = Sql::literal(zone),
            value = value
        ),
    }
}

/// The instant of a column that a setting names, or NULL.
fn optional_instant(store: &Store, relation: &Relation, setting: &str, column: Option<&String>) -> Result<Sql> {
    match column {
        Some(column) => Ok(instant(relation, relation.column(setting, column)?, store.source_zone())),
        None => Ok("NULL::pg_catalog.timestamptz".into()),
    }
}

/// The user's condition, which stands in lines of its own, so that a comment at its end ends there. The server's parser has found it to be
/// one expression.
pub fn condition_of(user: &str) -> Sql {
    expression!((), "(\n{user}\n)", user = Sql::vouched(user))
}

/// The same, or what holds for every row.
pub fn condition(user: Option<&str>) -> Sql {
    user.map_or("true".into(), condition_of)
}

/// A value under a name.
fn named(value: Sql, name: &str) -> Sql {
    expression!((), "{value} AS {name}", value = value, name = Sql::identifier(name))
}

/// The text form of a value, by its type's own output: a cast to text may be somebody's function.
pub fn as_text(value: &Sql) -> Sql {
    expression!((), "CASE WHEN {value} IS DISTINCT FROM NULL THEN pg_catalog.format('%s', {value}) END", value = value)
}

/// The words that services use, each with what `kind` makes of it, as an expression that looks up a word in any form; NULL where none is
/// found.
fn looked_up(column: &Sql, kind: fn(Meaning) -> &'static str) -> Sql {
    let kinds: serde_json::Map<String, serde_json::Value> =
        words_on(None).map(|one| (one.word.to_owned(), kind(one.meaning).into())).collect();
    sql!(
        (),
        "sql/kind_of_word.sql",
        kinds = Sql::literal(&serde_json::Value::Object(kinds).to_string()),
        word = expression!((), "pg_catalog.lower({column}::pg_catalog.text)", column = column)
    )
}

/// The kind of an event as journeys know it, from the words that services use.
pub fn kind_of_event(column: &Sql) -> Sql {
    let word = expression!((), "pg_catalog.lower({column}::pg_catalog.text)", column = column);
    expression!((), "COALESCE({kind}, {word})", kind = looked_up(column, Meaning::kind), word = word)
}

/// The kind of an event of the store's own table, of which a history keeps those of [`EventKind`]: what lasts for now or is a machine's, it
/// does not keep. NULL for a word that no service uses.
fn kind_in_history(column: &Sql) -> Sql {
    looked_up(column, |meaning| match meaning {
        Meaning::Bounce(Some(Class::Soft)) => "soft bounce",
        Meaning::MachineOpen => "machine open",
        meaning => meaning.kind(),
    })
}

/// The condition that a text is one of these.
fn is_one_of<const N: usize>(value: &Sql, labels: [&str; N]) -> Sql {
    expression!(
        (),
        "{value} OPERATOR(pg_catalog.=) ANY (ARRAY[{labels}]::pg_catalog.text[])",
        value = value,
        labels = Sql::list(labels.map(Sql::literal))
    )
}

/// A column of this type that a setting names, or NULL.
fn optional(relation: &Relation, column: Option<&String>, sql_type: &'static str) -> Sql {
    let value = column.map_or("NULL".into(), |column| of(relation, column));
    expression!((), "{value}::{type}", value = value, type = sql_type)
}

/// The statements that make the views of the sources. Names in the user's conditions are those that the caller sees.
///
/// # Errors
/// Where a column does not exist.
pub fn create(store: &Store, sources: &Sources) -> Result<Vec<Sql>> {
    let settings = &store.settings;
    let mut statements = vec![source_orders(store, sources)?];
    if let Some(refunds) = &sources.refunds {
        statements.push(refund_row::source_refunds(store, sources, refunds)?);
        statements.push(keys(store, Source::Refunds.key_view(), refunds));
    }
    statements.push(left_out_orders(store, sources)?);
    if let Some(refunds) = &sources.refunds {
        statements.push(refund_row::left_out(store, sources, refunds)?);
    }
    statements.extend(grown(store, Source::Orders, &sources.orders, settings.changed_at.as_deref()));
    statements.push(keys(store, Source::Orders.key_view(), &sources.orders));
    if let Some(events) = &sources.events
        && let Some(view) = source_events(store, events)?
    {
        statements.push(view);
        statements.extend(left_out_events(store, events)?);
        statements.extend(grown(store, Source::Events, events, settings.event_changed_at.as_deref()));
        statements.push(keys(store, Source::Events.key_view(), events));
    }
    if let Some(customers) = &sources.customers {
        statements.push(source_customers(store, customers)?);
        statements.push(keys(store, CUSTOMERS_KEY_VIEW, customers));
    }
    if let Some(consents) = &sources.consents {
        statements.push(source_consents(store, consents)?);
        statements.push(keys(store, CONSENTS_KEY_VIEW, consents));
    }
    if let Some(rates) = &sources.rates {
        statements.push(keys(store, RATES_KEY_VIEW, rates));
    }
    statements.extend(comments(store, sources));
    Ok(statements)
}

fn source_orders(store: &Store, sources: &Sources) -> Result<Sql> {
    let (settings, orders) = (&store.settings, &sources.orders);
    let row = OrderRow::of(store, sources)?;
    let amount =
        row.amount.as_ref().map_or("NULL::pg_catalog.numeric".into(), |amount| amount.counted(settings.null_amount));
    let carried = order_attributes(store)
        .into_iter()
        .map(|name| named(as_text(&of(orders, settings.attribute_text(name))), name));
    let columns = [
        named(row.customer.clone(), "customer"),
        named(row.ordered_at.clone(), "ordered_at"),
        named(amount, "amount"),
        named(optional(orders, settings.channel.as_ref(), "pg_catalog.text"), "channel"),
    ];
    let order_key = row.order_key.clone().map(|value| named(value, "order_key"));
    let code = settings.code.as_ref().map(|column| named(as_text(&of(orders, column)), "voucher_code"));
    let for_refunds = refund_row::columns_of_orders(store, sources, row.rate.clone());
    let for_refunds = for_refunds.into_iter().map(|(value, name)| named(value, name));
    let since = since_of_orders(store).map(|column| optional_instant(store, orders, "customer_since", Some(column)));
    let since = since.transpose()?.map(|value| named(value, "earliest_since"));
    Ok(sql!(
        (),
        "sql/source_orders.sql",
        view = store.data(Source::Orders.view()),
        columns =
            Sql::list(columns.into_iter().chain(order_key).chain(code).chain(since).chain(carried).chain(for_refunds)),
        relation = orders.from(),
        is_order = Sql::all(row.needs(store)),
        condition = condition(settings.status.as_deref())
    ))
}

/// The view of the rows that would be orders if a history could hold them, each with the reason why it cannot.
fn left_out_orders(store: &Store, sources: &Sources) -> Result<Sql> {
    let row = OrderRow::of(store, sources)?;
    let status = store.settings.status.as_deref();
    let is_unknown =
        status.map(|status| ("status is NULL", expression!((), "{status} IS NULL", status = condition_of(status))));
    let reasons = is_unknown.into_iter().chain(row.hindrances(store));
    let amount = row.amount.as_ref().map_or("NULL::pg_catalog.numeric".into(), |amount| {
        expression!(
            (),
            "CASE WHEN {is_amount} THEN {value} END",
            is_amount = is_amount(&amount.value),
            value = &amount.value
        )
    });
    let for_refunds = refund_row::columns_of_orders(store, sources, row.rate.clone());
    let columns = [(row.customer.clone(), "customer")].into_iter().chain(for_refunds);
    let columns = columns.map(|(value, name)| named(value, name));
    Ok(sql!(
        (),
        "sql/left_out_orders.sql",
        view = store.data(LEFT_OUT_ORDERS),
        reason = Sql::case(reasons.map(|(reason, holds)| (holds, Sql::literal(reason))), "NULL".into()),
        columns = Sql::list(columns),
        amount = amount,
        relation = sources.orders.from(),
        condition = condition(status)
    ))
}

fn source_events(store: &Store, events: &Relation) -> Result<Option<Sql>> {
    let settings = &store.settings;
    let (Some(kind), Some(happened_at)) = (&settings.kind, &settings.happened_at) else { return Ok(None) };
    let happened_at = instant(events, events.column("happened_at", happened_at)?, store.source_zone());
    let kind = kind_in_history(&of(events, kind));
    // A way that has no name in a history is none.
    let channel = settings.event_channel.as_ref().map_or("NULL::pg_catalog.text".into(), |channel| {
        let channel = expression!((), "pg_catalog.lower({channel}::pg_catalog.text)", channel = of(events, channel));
        let is_known = is_one_of(&channel, Channel::ALL.map(Channel::label));
        expression!((), "CASE WHEN {is_known} THEN {channel} END", is_known = is_known, channel = channel)
    });
    Ok(Some(sql!(
        store,
        "sql/source_events.sql",
        view = store.data(Source::Events.view()),
        customer = key(store, events, Source::Events.customer_column(store)),
        happened_at = &happened_at,
        kind = &kind,
        channel = channel,
        relation = events.from(),
        is_instant = is_instant(&happened_at),
        is_known = is_one_of(&kind, EventKind::ALL.map(EventKind::label)),
        condition = condition(settings.event_status.as_deref())
    )))
}

/// The view of the rows that are events but for their word, which no service uses.
fn left_out_events(store: &Store, events: &Relation) -> Result<Option<Sql>> {
    let settings = &store.settings;
    let (Some(kind), Some(happened_at)) = (&settings.kind, &settings.happened_at) else { return Ok(None) };
    let happened_at = instant(events, events.column("happened_at", happened_at)?, store.source_zone());
    let word = of(events, kind);
    Ok(Some(sql!(
        store,
        "sql/left_out_events.sql",
        view = store.data(LEFT_OUT_EVENTS),
        customer = key(store, events, Source::Events.customer_column(store)),
        word = as_text(&word),
        relation = events.from(),
        is_instant = is_instant(&happened_at),
        kind = kind_in_history(&word),
        condition = condition(settings.event_status.as_deref())
    )))
}

/// Counts the rows that are left out for a word that nothing knows, and names a few words: of the customers who have changed, or of all.
pub fn count_left_out(store: &Store, changed: Option<&'static str>) -> Sql {
    let whom = match changed {
        Some(changed) => expression!(
            (),
            "EXISTS (SELECT FROM {changed} AS changed WHERE changed.customer = left_out.customer)",
            changed = changed
        ),
        None => "true".into(),
    };
    let own = store.settings.event_kinds.iter().flatten().map(|kind| Sql::text(&kind.to_lowercase()));
    sql!((), "sql/count_left_out.sql", view = store.data(LEFT_OUT_EVENTS), whom = whom, own = Sql::list(own),)
}

fn source_customers(store: &Store, customers: &Relation) -> Result<Sql> {
    let settings = &store.settings;
    let key_name = settings.customers_key.as_deref().unwrap_or(&settings.customer);
    let customer = key(store, customers, key_name);
    let of_setting =
        |setting: &str, column: &Option<String>| optional_instant(store, customers, setting, column.as_ref());
    let consented_at = of_setting("consented_at", &settings.consented_at)?;
    let customer_since = of_setting("customer_since", &settings.customer_since)?;
    let attributes = store.attributes.iter().map(|attribute| {
        let value = of(customers, settings.attribute_text(&attribute.name));
        let value = match attribute.sql_type.as_str() {
            "text" => as_text(&value),
            _ => expression!((), "{value}::{type}", value = value, type = attribute.type_as_sql()),
        };
        named(value, &attribute.name)
    });
    let columns = [
        named(customer.clone(), "customer"),
        named(consented_at, "consented_at"),
        named(customer_since, "earliest_since"),
    ];
    let (distinct, order) = if customers.unique.iter().any(|column| column == key_name) {
        (Sql::default(), Sql::default())
    } else {
        (
            expression!((), "DISTINCT ON ({customer})", customer = &customer),
            expression!((), "ORDER BY {customer}", customer = &customer),
        )
    };
    Ok(sql!(
        store,
        "sql/source_customers.sql",
        distinct = distinct,
        columns = Sql::list(columns.into_iter().chain(attributes)),
        relation = customers.from(),
        customer = customer,
        order = order
    ))
}

fn source_consents(store: &Store, consents: &Relation) -> Result<Sql> {
    let settings = &store.settings;
    let at = |setting: &str, column: &Option<String>| optional_instant(store, consents, setting, column.as_ref());
    let channel = settings.consent_channel.as_ref().map_or("NULL::pg_catalog.text".into(), |channel| {
        // In the form of journeys, whatever its case, its blanks and its dashes; an empty one is for all.
        expression!(
            (),
            "CASE WHEN {word} OPERATOR(pg_catalog.<>) ''::pg_catalog.text THEN {word} END",
            word = expression!(
                (),
                "pg_catalog.regexp_replace(pg_catalog.lower({channel}::pg_catalog.text), '[^[:alnum:]_]', '', 'g')",
                channel = of(consents, channel)
            )
        )
    });
    let customer = key(store, consents, settings.consent_customer.as_deref().unwrap_or(&settings.customer));
    Ok(sql!(
        store,
        "sql/source_consents.sql",
        customer = customer,
        channel = channel,
        given_at = at("consent_given_at", &settings.consent_given_at)?,
        withdrawn_at = at("consent_withdrawn_at", &settings.consent_withdrawn_at)?,
        relation = consents.from()
    ))
}

/// The view of all rows with the growing column, where changes are found by it.
fn grown(store: &Store, source: Source, relation: &Relation, column: Option<&str>) -> Option<Sql> {
    let column = column.filter(|_| source.changes(store) == Some(Changes::Column))?;
    Some(sql!(
        store,
        "sql/grown_view.sql",
        view = store.data(source.grown_view()),
        customer = key(store, relation, source.customer_column(store)),
        changed_at = of(relation, column),
        relation = relation.from()
    ))
}

/// The view by which the server knows where each of the columns that settings name comes from, whatever it is called by now.
fn keys(store: &Store, view: &str, relation: &Relation) -> Sql {
    let settings = &store.settings;
    let columns = settings.columns_of(view);
    let columns = columns.iter().map(|(setting, column)| named(of(relation, column), setting));
    let condition = match view {
        "key_orders" => settings.status.as_deref().map(|condition| ("status", condition)),
        "key_events" => settings.event_status.as_deref().map(|condition| ("event_status", condition)),
        "key_refunds" => settings.refund_status.as_deref().map(|condition| ("refund_status", condition)),
        _ => None,
    };
    // NOT makes the server read it as a condition, and as nothing but that.
    let condition = condition
        .map(|(setting, user)| named(expression!((), "NOT {condition}", condition = condition_of(user)), setting));
    sql!(
        (),
        "sql/key_view.sql",
        view = store.data(view),
        columns = Sql::list(columns.chain(condition)),
        relation = relation.from()
    )
}

fn comments(store: &Store, sources: &Sources) -> Vec<Sql> {
    let mut comments = vec![
        ("source_orders", "the rows that are orders, as the store reads them"),
        (LEFT_OUT_ORDERS, "the rows that would be orders if a history could hold them, and why it cannot"),
    ];
    if sources.events.is_some() {
        comments
            .push(("source_events", "the rows that are engagement events of a known kind, as the store reads them"));
        comments.push((LEFT_OUT_EVENTS, "the rows that would be engagement events if their word were known"));
    }
    if sources.customers.is_some() {
        comments.push(("source_customers", "the known people, as the store reads them"));
        comments.push((CUSTOMERS_KEY_VIEW, "the columns of the known people, which tells what they are called by now"));
    }
    if sources.consents.is_some() {
        comments.push(("source_consents", "what customers agreed to, and took back, as the store reads it"));
    }
    if sources.refunds.is_some() {
        comments.push((Source::Refunds.view(), "the refunds that have a table of their own, as the store reads them"));
        comments.push((LEFT_OUT_REFUNDS, "the refunds that count for no customer, and why"));
    }
    if sources.consents.is_some() {
        comments.push((CONSENTS_KEY_VIEW, "the columns of the consents, which tells what they are called by now"));
    }
    if sources.rates.is_some() {
        comments.push((RATES_KEY_VIEW, "the rates of currencies, which tells what their table is called by now"));
    }
    for (source, has) in [
        (Source::Orders, true),
        (Source::Events, sources.events.is_some()),
        (Source::Refunds, sources.refunds.is_some()),
    ] {
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
    let comment = |(view, what)| {
        expression!((), "COMMENT ON VIEW {view} IS {what}", view = store.data(view), what = Sql::literal(what))
    };
    comments.into_iter().map(comment).collect()
}

/// The view of the rows that no history can hold.
pub const LEFT_OUT_ORDERS: &str = "left_out_orders";

/// The view of the refunds that no history can hold, or whose order does not count.
pub const LEFT_OUT_REFUNDS: &str = "left_out_refunds";

/// The view of the rows whose word nothing knows.
pub const LEFT_OUT_EVENTS: &str = "left_out_events";

/// The view that tells what the columns of the known people are called by now.
pub const CUSTOMERS_KEY_VIEW: &str = "key_customers";

/// The view that tells what the columns of the consents are called by now.
pub const CONSENTS_KEY_VIEW: &str = "key_consents";

/// The view that tells what the table of rates is called by now.
pub const RATES_KEY_VIEW: &str = "key_rates";

/// The views that tell what the columns of the sources are called by now.
pub const KEY_VIEWS: [&str; 6] =
    ["key_orders", "key_events", CUSTOMERS_KEY_VIEW, "key_refunds", CONSENTS_KEY_VIEW, RATES_KEY_VIEW];

/// All views of the sources, those that read others before them.
pub const VIEWS: [&str; 16] = [
    LEFT_OUT_REFUNDS,
    LEFT_OUT_ORDERS,
    "source_orders",
    "source_refunds",
    "source_consents",
    "source_events",
    "source_customers",
    "grown_orders",
    "grown_events",
    LEFT_OUT_EVENTS,
    KEY_VIEWS[0],
    KEY_VIEWS[1],
    KEY_VIEWS[2],
    KEY_VIEWS[3],
    KEY_VIEWS[4],
    KEY_VIEWS[5],
];

/// The statements that drop the views of the sources.
pub fn drop(store: &Store) -> Vec<Sql> {
    VIEWS.map(|view| expression!((), "DROP VIEW IF EXISTS {view}", view = store.data(view))).to_vec()
}
