//! Settings that say an expression over the row where others name a column, and keys of several columns.

use super::{Column, Relation, Sources};
use crate::domain::store::expression_hint::is_expression;
use crate::domain::store::quote::{ascii_literal, plain_identifier};
use crate::domain::store::settings::Settings;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression};

/// A relation of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The orders.
    Orders,
    /// The customers.
    Customers,
    /// The events.
    Events,
    /// The consents.
    Consents,
    /// The refunds.
    Refunds,
}

impl Place {
    /// The relation, where the store has it.
    pub fn of(self, sources: &Sources) -> Option<&Relation> {
        match self {
            Place::Orders => Some(&sources.orders),
            Place::Customers => sources.customers.as_ref(),
            Place::Events => sources.events.as_ref(),
            Place::Consents => sources.consents.as_ref(),
            Place::Refunds => sources.refunds.as_ref(),
        }
    }

    /// The same, to add the columns that are computed.
    pub fn of_mut(self, sources: &mut Sources) -> Option<&mut Relation> {
        match self {
            Place::Orders => Some(&mut sources.orders),
            Place::Customers => sources.customers.as_mut(),
            Place::Events => sources.events.as_mut(),
            Place::Consents => sources.consents.as_mut(),
            Place::Refunds => sources.refunds.as_mut(),
        }
    }
}

/// An expression that a setting says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The setting.
    pub setting: &'static str,
    /// What the views of `key_...` call it.
    pub called: String,
    /// What it says.
    pub text: String,
    /// The relation over whose rows it is.
    pub place: Place,
    /// The expression as SQL: what the setting says, or the columns of a key as one text.
    pub sql: String,
}

/// The settings that take a column or an expression, with what they say.
fn takers(settings: &Settings) -> Vec<(&'static str, Option<&String>, Place)> {
    let customer = Some(&settings.customer);
    let since = if settings.customers.is_some() { Place::Customers } else { Place::Orders };
    vec![
        ("customer", customer, Place::Orders),
        ("ordered_at", Some(&settings.ordered_at), Place::Orders),
        ("amount", settings.amount.as_ref(), Place::Orders),
        ("order_key", settings.order_key.as_ref(), Place::Orders),
        ("currency_column", settings.currency_column.as_ref(), Place::Orders),
        ("channel", settings.channel.as_ref(), Place::Orders),
        ("code", settings.code.as_ref(), Place::Orders),
        ("changed_at", settings.changed_at.as_ref(), Place::Orders),
        ("event_customer", settings.event_customer.as_ref().or(customer), Place::Events),
        ("happened_at", settings.happened_at.as_ref(), Place::Events),
        ("kind", settings.kind.as_ref(), Place::Events),
        ("event_channel", settings.event_channel.as_ref(), Place::Events),
        ("event_changed_at", settings.event_changed_at.as_ref(), Place::Events),
        ("customers_key", settings.customers_key.as_ref().or(customer), Place::Customers),
        ("consented_at", settings.consented_at.as_ref(), Place::Customers),
        ("customer_since", settings.customer_since.as_ref(), since),
        ("refund_order", settings.refund_order.as_ref(), Place::Refunds),
        ("refund_customer", settings.refund_customer.as_ref(), Place::Refunds),
        ("refunded_at", settings.refunded_at.as_ref(), Place::Refunds),
        ("refund_amount", settings.refund_amount.as_ref(), Place::Refunds),
        ("consent_customer", settings.consent_customer.as_ref().or(customer), Place::Consents),
        ("consent_channel", settings.consent_channel.as_ref(), Place::Consents),
        ("consent_given_at", settings.consent_given_at.as_ref(), Place::Consents),
        ("consent_withdrawn_at", settings.consent_withdrawn_at.as_ref(), Place::Consents),
    ]
}

/// The expressions among the settings of a store.
///
/// # Errors
/// [`Kind::InvalidParameter`] for a list of columns that is not written as one, [`Kind::UndefinedColumn`] for a column in such a list that
/// does not exist, and [`Kind::WrongType`] for one that cannot be a part of a key.
pub fn asked(settings: &Settings, sources: &Sources) -> Result<Vec<Asked>> {
    let mut asked = Vec::new();
    let of_people = if settings.customers.is_some() { Place::Customers } else { Place::Orders };
    let attributes = (1..).zip(&settings.attributes).map(|(number, name)| {
        let text = settings.attribute_expressions.as_ref().and_then(|all| all.get(name));
        ("attribute_expressions", text, of_people, format!("attribute_{number}"))
    });
    let others = takers(settings).into_iter().map(|(setting, text, place)| (setting, text, place, setting.to_owned()));
    for (setting, text, place, called) in others.chain(attributes) {
        let (Some(text), Some(relation)) = (text, place.of(sources)) else { continue };
        if relation.names(text).is_some_and(|column| column.computed.is_none()) {
            continue;
        }
        let sql = match columns_in_braces(text) {
            Some(names) if is_key(setting) => relation.key_of_columns(setting, &names)?.as_str().to_owned(),
            _ if is_expression(text) => {
                relation.must_be_no_list(setting, text)?;
                text.clone()
            }
            _ => continue,
        };
        asked.push(Asked { setting, called, text: text.clone(), place, sql });
    }
    Ok(asked)
}

/// Whether a setting names a key, which can have several columns.
fn is_key(setting: &str) -> bool {
    ["customer", "event_customer", "customers_key", "consent_customer", "order_key", "refund_order", "refund_customer"]
        .contains(&setting)
}

/// The names in a list such as `{tenant, number}`. A comma within quotes is of the name.
fn columns_in_braces(text: &str) -> Option<Vec<&str>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut is_within = false;
    let is_comma = |char| {
        is_within ^= char == '"';
        char == ',' && !is_within
    };
    Some(inner.split(is_comma).map(str::trim).collect())
}

impl Relation {
    /// Several columns as one text, which tells any two keys apart: the parts stand between slashes, and a slash within a part has a
    /// backslash before it. NULL if one of them is.
    fn key_of_columns(&self, setting: &str, names: &[&str]) -> Result<Sql> {
        let mut parts = Vec::new();
        for name in names {
            let column = match self.names(name) {
                Some(column) => column,
                None if is_expression(name) => {
                    return Err(Error::new(Kind::InvalidParameter, format!("{setting} is not a list of columns: {}", shorten(name)))
                        .hint(format!("Within braces stand columns. Or say one expression: {setting} => $$tenant || '/' || lower(email)$$.")));
                }
                None => self.column(setting, name)?,
            };
            parts.push(self.part_of_key(setting, column)?);
        }
        Ok(Sql::join(parts, " OPERATOR(pg_catalog.||) '/'::pg_catalog.text OPERATOR(pg_catalog.||) "))
    }

    fn part_of_key(&self, setting: &str, column: &Column) -> Result<Sql> {
        let value = column.sql(self);
        let text = expression!((), "{value}::pg_catalog.text", value = value);
        match column.base_type.as_str() {
            "bigint" | "integer" | "smallint" | "uuid" => Ok(text),
            "text" | "character varying" | "character" => Ok(expression!(
                (),
                "pg_catalog.replace(pg_catalog.replace({text}, {backslash}, {two}), '/'::pg_catalog.text, {escaped})",
                text = text,
                backslash = Sql::text(r"\"),
                two = Sql::text(r"\\"),
                escaped = Sql::text(r"\/")
            )),
            _ => Err(self.wrong_type(
                setting,
                column,
                &["bigint", "integer", "smallint", "uuid", "text", "varchar", "char"],
            )),
        }
    }

    /// Refuses columns in a row, which mean a key of several.
    fn must_be_no_list(&self, setting: &str, text: &str) -> Result<()> {
        let names: Vec<&str> = text.trim().trim_matches(['(', ')']).split(',').map(str::trim).collect();
        if names.len() < 2 || names.iter().any(|name| self.names(name).is_none()) {
            return Ok(());
        }
        let error =
            Error::new(Kind::InvalidParameter, format!("{setting} names {} columns: {}", names.len(), shorten(text)));
        Err(if is_key(setting) {
            let names: Vec<String> =
                names.iter().filter_map(|name| self.names(name)).map(|column| plain_identifier(&column.name)).collect();
            error.hint(format!(
                "Write a key of several columns in braces: {setting} => {}.",
                ascii_literal(&format!("{{{}}}", names.join(", ")))
            ))
        } else {
            error.hint("Name one column, or say one expression over the row.")
        })
    }
}
