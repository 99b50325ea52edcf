//! The relations that a store reads: whether they fit, and in which way their changes can be found.
//!
//! | file | what it knows |
//! |---|---|
//! | [`mod@column`] | a column, or an expression over the row in its place |
//! | [`expressions`] | which settings say an expression, and keys of several columns |
//! | [`findings`] | what looks odd in the rows, and what to set |
//! | [`refunds`] | whether a relation of refunds fits, and how its changes are found |
//! | [`order_link`] | how a refund finds its order |

use serde::Deserialize;

use super::changes::GrowingType;
use super::expression_hint::{is_expression, is_surely_expression};
use super::profile_columns::PROFILE;
use super::quote::{ascii_literal, plain_identifier, unquoted};
use super::settings::{Changes, Settings};
use super::{Attribute, Key};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::Sql;
use crate::domain::support::suggest::nearest;
pub use column::{Column, Computed};
pub use order_link::LinkType;

/// A relation as the catalog describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Relation {
    /// Its object id, as text.
    pub oid: String,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `r` table, `p` partitioned table, `v` view, `m` materialized view, `f` foreign table.
    pub kind: String,
    /// Whether it ends with the session.
    #[serde(default)]
    pub is_temporary: bool,
    /// The columns in their order.
    pub columns: Vec<Column>,
    /// Whether the caller owns it and all its parts, and so may create triggers there, and drop them again.
    pub is_own: bool,
    /// Whether one of its parts is a foreign table.
    pub has_foreign_part: bool,
    /// Whether a subscription writes to it: then statement triggers do not fire.
    pub is_subscribed: bool,
    /// Whether it is a hypertable of TimescaleDB, where a trigger with transition tables can make inserts fail.
    #[serde(default)]
    pub is_hypertable: bool,
    /// The columns that an index begins with.
    pub indexed: Vec<String>,
    /// Whether an index begins with an expression.
    #[serde(default)]
    pub has_index_on_expression: bool,
    /// The columns that are unique by themselves.
    pub unique: Vec<String>,
}

/// The relations of a store.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The orders.
    pub orders: Relation,
    /// The customers, where they have a relation of their own.
    pub customers: Option<Relation>,
    /// The engagement events, if there are any.
    pub events: Option<Relation>,
    /// The refunds, where they have a relation of their own.
    pub refunds: Option<Relation>,
    /// The consents, where they have a relation of their own.
    pub consents: Option<Relation>,
    /// The rates of currencies, if there are any.
    pub rates: Option<Relation>,
}

/// What follows from the settings and the relations together.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The settings, with everything chosen that was left open.
    pub settings: Settings,
    /// The type of the customers' key.
    pub key: Key,
    /// The columns that profiles carry along.
    pub attributes: Vec<Attribute>,
}

pub mod column;
pub mod expressions;
pub mod findings;
pub mod order_link;
pub mod refunds;

const INSTANTS: [&str; 3] = ["timestamp with time zone", "timestamp without time zone", "date"];
const AMOUNTS: [&str; 10] = [
    "numeric",
    "integer",
    "bigint",
    "smallint",
    "double precision",
    "real",
    "money",
    "text",
    "character varying",
    "character",
];
const KEYS: [&str; 9] = [
    "bigint",
    "integer",
    "smallint",
    "numeric with at most 18 digits and no decimals",
    "uuid",
    "text",
    "varchar",
    "char",
    "citext",
];

impl Relation {
    /// The name as it is shown.
    pub fn shown(&self) -> String {
        format!("\"{}.{}\"", shorten(&self.schema), shorten(&self.name))
    }

    /// The relation in a FROM clause.
    pub fn from(&self) -> Sql {
        Sql::join([&self.schema, &self.name].map(|name| Sql::identifier(name)), ".")
    }

    /// The name as SQL, with its schema: in quotes where it needs them.
    pub fn qualified(&self) -> String {
        [&self.schema, &self.name].map(|name| plain_identifier(name)).join(".")
    }

    /// The names of its columns, without what settings compute over them.
    fn own_columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| column.computed.is_none()).map(|column| column.name.as_str())
    }

    /// The same, as they are shown.
    pub fn shown_columns(&self) -> String {
        self.own_columns().take(60).map(shorten).collect::<Vec<_>>().join(", ")
    }

    /// The column of this name, which a setting says.
    ///
    /// # Errors
    /// [`Kind::UndefinedColumn`].
    pub fn column(&self, setting: &str, name: &str) -> Result<&Column> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.own_columns().collect();
            let error = Error::new(
                Kind::UndefinedColumn,
                format!("column \"{}\" of {} does not exist ({setting})", shorten(name), self.shown()),
            )
            .detail(format!("Its columns are: {}.", self.shown_columns()));
            let written = unquoted(name).unwrap_or_else(|| name.to_owned());
            let last = name.rsplit('.').next().map(|last| unquoted(last).unwrap_or_else(|| last.to_owned()));
            let near =
                nearest(&written, &names).or_else(|| names.iter().copied().find(|name| last.as_deref() == Some(name)));
            match near {
                Some(near) if !is_surely_expression(name) => {
                    error.hint(format!("Perhaps you meant {setting} => {}.", ascii_literal(near)))
                }
                _ if is_expression(name) => error.hint(self.instead_of_expression(setting, name)),
                _ => error,
            }
        })
    }

    /// The column that a text names, as it is called or as in SQL.
    pub fn names(&self, text: &str) -> Option<&Column> {
        let called = |name: &str| self.columns.iter().find(|column| column.name == name);
        called(text).or_else(|| called(&unquoted(text)?))
    }

    /// What the expression of this text is, where a setting says it.
    pub fn computed(&self, text: &str) -> Option<&Computed> {
        self.columns.iter().find(|column| column.name == text)?.computed.as_ref()
    }

    /// The same of a column of one of these types.
    fn column_of(&self, setting: &str, name: &str, types: &[&str]) -> Result<&Column> {
        let column = self.column(setting, name)?;
        if types.contains(&column.base_type.as_str()) {
            Ok(column)
        } else {
            Err(self.wrong_type(setting, column, types))
        }
    }

    /// The same of a column of words.
    fn text_column(&self, setting: &str, name: &str) -> Result<&Column> {
        let column = self.column(setting, name)?;
        if column.is_text { Ok(column) } else { Err(self.wrong_type(setting, column, &["text", "varchar", "an enum"])) }
    }

    fn wrong_type(&self, setting: &str, column: &Column, types: &[&str]) -> Error {
        Error::new(
            Kind::WrongType,
            format!("{} is of type {} ({setting})", column.shown(self), shorten(&column.sql_type)),
        )
        .detail(format!("The type must be one of: {}.", types.join(", ")))
        .hint("Name another column, or an expression over the row of such a type.")
    }

    fn key(&self, setting: &str, name: &str) -> Result<Key> {
        let column = self.column(setting, name)?;
        let key = Key::of_type(&column.base_type).filter(|_| column.base_type != "numeric" || column.is_whole);
        key.ok_or_else(|| match column.base_type.as_str() {
            "numeric" => self.wrong_type(setting, column, &KEYS).hint(format!(
                "Where the numbers are whole, write {setting} => {}.",
                ascii_literal(&format!("({}::bigint)", column.written()))
            )),
            _ => self.wrong_type(setting, column, &KEYS),
        })
    }

    /// Why triggers cannot note the changes of this relation, if they cannot.
    pub fn no_triggers(&self) -> Option<(Kind, &'static str)> {
        if self.kind != "r" && self.kind != "p" {
            Some((Kind::NotSupported, "It is not a local table."))
        } else if self.has_foreign_part {
            Some((Kind::NotSupported, "One of its partitions is a foreign table, whose rows triggers cannot collect."))
        } else if self.is_subscribed {
            Some((Kind::NotSupported, "A subscription writes to it, and does not fire statement triggers."))
        } else if self.is_hypertable {
            Some((
                Kind::NotSupported,
                "It is a hypertable of TimescaleDB, which refuses inserts where a trigger collects the rows of a statement.",
            ))
        } else if !self.is_own {
            Some((
                Kind::NotAllowed,
                "To create triggers on it and all its parts, and to drop them again, you must own them.",
            ))
        } else {
            None
        }
    }

    /// The way in which changes are found: the one that was asked for, if it can be, or the best there is.
    fn changes(&self, setting: &str, asked: Option<Changes>, has_column: bool) -> Result<Changes> {
        match (asked, self.no_triggers()) {
            (Some(Changes::Triggers), Some((kind, why))) => {
                Err(Error::new(kind, format!("triggers cannot note the changes of {} ({setting})", self.shown()))
                    .detail(why)
                    .hint(format!("Leave {setting} out, or write {setting} => 'column' or 'compare'.")))
            }
            (Some(asked), _) => Ok(asked),
            (None, _) if has_column => Ok(Changes::Column),
            (None, None) => Ok(Changes::Triggers),
            (None, Some(_)) => Ok(Changes::Compare),
        }
    }
}

/// The columns of the tables of a store and of its view `customers` besides those of the profile, which attributes must not be called
/// either.
const TAKEN: [&str; 21] = [
    "customer",
    "stage_since",
    "segment_since",
    "lifecycle_version",
    "purchases",
    "engagement",
    "order_checksum",
    "event_checksum",
    "events",
    "first_channel",
    "first_event_at",
    "earliest_since",
    "past_changed",
    "as_of",
    "stage_order",
    "segment_order",
    "rfm",
    "first_purchase_day",
    "last_purchase_day",
    "overdue_ratio",
    "cohort_month",
];

/// The columns of the view of the orders, which attributes of orders must not be called either.
const ORDER_COLUMNS: [&str; 7] = ["ordered_at", "amount", "channel", "order_key", "voucher_code", "link", "rate"];

/// Whether a table of the store has a column of this name.
pub fn is_taken(name: &str) -> bool {
    PROFILE.iter().any(|column| column.name == name) || TAKEN.contains(&name)
}

/// Holds the settings against the relations, and chooses what they leave open.
///
/// # Errors
/// [`Kind::UndefinedColumn`], [`Kind::WrongType`] and [`Kind::InvalidParameter`], naming the setting and what exists;
/// [`Kind::NotSupported`] and [`Kind::NotAllowed`] where triggers were asked for and cannot be.
pub fn resolve(mut settings: Settings, sources: &Sources) -> Result<Resolved> {
    let orders = &sources.orders;
    name_columns_as_called(&mut settings, sources);
    // What is kept is the name that every search_path finds.
    settings.orders = orders.qualified();
    settings.customers = sources.customers.as_ref().map(Relation::qualified);
    settings.events = sources.events.as_ref().map(Relation::qualified);
    settings.refunds = sources.refunds.as_ref().map(Relation::qualified);
    settings.consents = sources.consents.as_ref().map(Relation::qualified);
    settings.rates = sources.rates.as_ref().map(Relation::qualified);
    let mut keys = vec![("customer", settings.customer.clone(), orders, orders.key("customer", &settings.customer)?)];
    orders.column_of("ordered_at", &settings.ordered_at, &INSTANTS)?;
    if let Some(amount) = &settings.amount {
        orders.column_of("amount", amount, &AMOUNTS)?;
    }
    if let Some(currency) = &settings.currency_column {
        orders.text_column("currency_column", currency)?;
    }
    if let Some(rates) = &sources.rates {
        rates.text_column("rates", "currency")?;
        rates.column_of("rates", "day", &["date"])?;
        rates.column_of("rates", "rate", &["numeric", "double precision", "real"])?;
    }
    if let Some(order_key) = &settings.order_key {
        orders.column("order_key", order_key)?;
    }
    if let Some(channel) = &settings.channel {
        orders.column("channel", channel)?;
    }
    if let Some(code) = &settings.code {
        orders.column("code", code)?;
    }
    if let Some(changed_at) = &settings.changed_at {
        orders.column_of("changed_at", changed_at, &GrowingType::NAMES)?;
    }
    if let Some(refunds) = &sources.refunds {
        refunds.fit_as_refunds(&settings, &mut keys)?;
        settings.changes = Some(refunds.changes_with_refunds(&settings, orders)?);
    }
    settings.changes = Some(orders.changes("changes", settings.changes, settings.changed_at.is_some())?);

    if let Some(events) = &sources.events {
        let customer = settings.event_customer.get_or_insert_with(|| settings.customer.clone());
        keys.push(("event_customer", customer.clone(), events, events.key("event_customer", customer)?));
        if let Some(happened_at) = &settings.happened_at {
            events.column_of("happened_at", happened_at, &INSTANTS)?;
        }
        if let Some(kind) = &settings.kind {
            events.text_column("kind", kind)?;
        }
        if let Some(channel) = &settings.event_channel {
            events.text_column("event_channel", channel)?;
        }
        if let Some(changed_at) = &settings.event_changed_at {
            events.column_of("event_changed_at", changed_at, &GrowingType::NAMES)?;
        }
        settings.event_changes =
            Some(events.changes("event_changes", settings.event_changes, settings.event_changed_at.is_some())?);
    }

    if let Some(customers) = &sources.customers {
        let key = settings.customers_key.get_or_insert_with(|| settings.customer.clone());
        keys.push(("customers_key", key.clone(), customers, customers.key("customers_key", key)?));
        if let Some(consented_at) = &settings.consented_at {
            customers.column_of("consented_at", consented_at, &INSTANTS)?;
        }
    }
    if let Some(consents) = &sources.consents {
        let customer = settings.consent_customer.get_or_insert_with(|| settings.customer.clone());
        keys.push(("consent_customer", customer.clone(), consents, consents.key("consent_customer", customer)?));
        for (setting, column) in
            [("consent_given_at", &settings.consent_given_at), ("consent_withdrawn_at", &settings.consent_withdrawn_at)]
        {
            if let Some(column) = column {
                consents.column_of(setting, column, &INSTANTS)?;
            }
        }
        if let Some(channel) = &settings.consent_channel {
            consents.text_column("consent_channel", channel)?;
        }
    }
    if let Some(since) = &settings.customer_since {
        sources.customers.as_ref().unwrap_or(orders).column_of("customer_since", since, &INSTANTS)?;
    }

    Ok(Resolved { key: common_key(&keys)?, attributes: attributes(&settings, sources)?, settings })
}

/// Takes the quotes off columns that are written as in SQL, unless a column is called so, quotes and all.
fn name_columns_as_called(settings: &mut Settings, sources: &Sources) {
    let call = |relation: &Relation, name: &mut String| {
        if let Some(column) = relation.names(name) {
            name.clone_from(&column.name);
        }
    };
    let (orders, customers, events) = (&sources.orders, sources.customers.as_ref(), sources.events.as_ref());
    let (consents, refunds) = (sources.consents.as_ref(), sources.refunds.as_ref());
    call(orders, &mut settings.customer);
    call(orders, &mut settings.ordered_at);
    for (relation, name) in [
        (Some(orders), &mut settings.amount),
        (Some(orders), &mut settings.order_key),
        (Some(orders), &mut settings.currency_column),
        (Some(orders), &mut settings.channel),
        (Some(orders), &mut settings.code),
        (Some(orders), &mut settings.changed_at),
        (customers, &mut settings.customers_key),
        (customers, &mut settings.consented_at),
        (Some(customers.unwrap_or(orders)), &mut settings.customer_since),
        (refunds, &mut settings.refund_order),
        (refunds, &mut settings.refund_customer),
        (refunds, &mut settings.refunded_at),
        (refunds, &mut settings.refund_amount),
        (consents, &mut settings.consent_customer),
        (consents, &mut settings.consent_channel),
        (consents, &mut settings.consent_given_at),
        (consents, &mut settings.consent_withdrawn_at),
        (events, &mut settings.event_customer),
        (events, &mut settings.happened_at),
        (events, &mut settings.kind),
        (events, &mut settings.event_channel),
        (events, &mut settings.event_changed_at),
    ] {
        if let (Some(relation), Some(name)) = (relation, name) {
            call(relation, name);
        }
    }
    let said = settings.attribute_expressions.get_or_insert_default();
    for name in settings.attributes.iter_mut().filter(|name| !said.contains_key(*name)) {
        call(customers.unwrap_or(orders), name);
    }
    said.values_mut().for_each(|text| call(customers.unwrap_or(orders), text));
    if said.is_empty() {
        settings.attribute_expressions = None;
    }
}

/// One type that holds the keys of all relations.
fn common_key(keys: &[(&str, String, &Relation, Key)]) -> Result<Key> {
    let (_, ref first_column, first, key) = keys[0];
    let integers = |key: Key| matches!(key, Key::Integer | Key::BigInt);
    for (setting, column, relation, other) in keys {
        if *other != key && !(integers(*other) && integers(key)) {
            return Err(Error::new(
                Kind::WrongType,
                format!("{} and {} have keys of different types ({setting})", first.shown(), relation.shown()),
            )
            .detail(format!(
                "Column \"{}\" is {}, and column \"{}\" is {}.",
                shorten(first_column),
                key.name(),
                shorten(column),
                other.name()
            ))
            .hint(format!(
                "Name another column, or an expression over the row: {setting} => {}.",
                ascii_literal(&match relation.computed(column) {
                    Some(_) => format!("({column})::{}", key.name()),
                    None => format!("{}::{}", plain_identifier(column), key.name()),
                })
            )));
        }
    }
    Ok(if keys.iter().any(|(_, _, _, other)| *other == Key::BigInt) { Key::BigInt } else { key })
}

fn attributes(settings: &Settings, sources: &Sources) -> Result<Vec<Attribute>> {
    let relation = sources.customers.as_ref().unwrap_or(&sources.orders);
    let mut attributes: Vec<Attribute> = Vec::new();
    for name in &settings.attributes {
        let column = relation.column("attributes", settings.attribute_text(name))?;
        let is_of_view = sources.customers.is_none() && ORDER_COLUMNS.contains(&name.as_str());
        let refused = if is_taken(name) || is_of_view {
            Some("The store has a column of this name.")
        } else if attributes.iter().any(|other| other.name == *name) {
            Some("The column is named twice.")
        } else {
            None
        };
        if let Some(why) = refused {
            return Err(Error::new(
                Kind::InvalidParameter,
                format!("column \"{}\" of {} cannot be an attribute", shorten(name), relation.shown()),
            )
            .detail(why)
            .hint(format!(
                "Give it another name: {{\"attributes\": [\"my_{name}\"], \"attribute_expressions\": {{\"my_{name}\": {text}}}}}.",
                name = shorten(name),
                text = serde_json::Value::String(shorten(settings.attribute_text(name)))
            )));
        }
        attributes.push(Attribute { name: name.clone(), sql_type: column.carried_type.clone() });
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests;
