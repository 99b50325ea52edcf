//! How a refund finds its order: the form in which the keys of both are held against each other.

use super::{Relation, Sources};
use crate::domain::store::settings::Settings;
use crate::domain::store::source_views::{as_text, of};
use crate::domain::support::sql::{Sql, expression};

/// The type in which the key of an order and that of a refund are compared. Where both are numbers, or both uuids, an index on the column
/// serves as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkType {
    /// Whole numbers.
    Integer,
    /// Uuids.
    Uuid,
    /// Everything else.
    Text,
    /// Texts whose case does not count, for one of the columns is of the type `citext`.
    TextOfAnyCase,
}

impl LinkType {
    /// That of a store's orders and refunds.
    pub fn of(settings: &Settings, sources: &Sources) -> Self {
        let is_whole = |name: &str| ["smallint", "integer", "bigint"].contains(&name);
        let order = settings.order_key.as_ref().map(|column| base_type(&sources.orders, column));
        let refund = sources.refunds.as_ref().zip(settings.refund_order.as_ref());
        match (order, refund.map(|(refunds, column)| base_type(refunds, column))) {
            (Some(order), Some(refund)) if is_whole(order) && is_whole(refund) => LinkType::Integer,
            (Some("uuid"), Some("uuid")) => LinkType::Uuid,
            (Some("citext"), _) | (_, Some("citext")) => LinkType::TextOfAnyCase,
            _ => LinkType::Text,
        }
    }

    /// That of a column of this type, in the views of a store.
    pub fn of_type(name: &str) -> Self {
        match name {
            "smallint" | "integer" | "bigint" => LinkType::Integer,
            "uuid" => LinkType::Uuid,
            _ => LinkType::Text,
        }
    }

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            LinkType::Integer => "pg_catalog.int8",
            LinkType::Uuid => "pg_catalog.uuid",
            LinkType::Text | LinkType::TextOfAnyCase => "pg_catalog.text",
        }
    }

    /// Whether the key in a column is compared in another form than it has, so that an index on the column does not serve.
    pub fn is_other(self, relation: &Relation, column: &str) -> bool {
        match self {
            LinkType::Integer | LinkType::Uuid => false,
            LinkType::Text => !["text", "character varying"].contains(&base_type(relation, column)),
            LinkType::TextOfAnyCase => true,
        }
    }

    /// The key in a column, as it is compared.
    pub fn key(self, relation: &Relation, column: &str) -> Sql {
        match self {
            LinkType::Integer | LinkType::Uuid => of(relation, column),
            // The columns of orders and refunds may have two collations.
            LinkType::TextOfAnyCase => {
                expression!(
                    (),
                    "pg_catalog.lower({text}) COLLATE pg_catalog.\"default\"",
                    text = text_of_key(relation, column)
                )
            }
            LinkType::Text => {
                expression!((), "{text} COLLATE pg_catalog.\"default\"", text = text_of_key(relation, column))
            }
        }
    }
}

/// The text of a key: of the usual types by a cast that is immutable, so that an index and a trigger can compute it.
pub fn text_of_key(relation: &Relation, column: &str) -> Sql {
    let value = &of(relation, column);
    match base_type(relation, column) {
        "smallint" | "integer" | "bigint" | "uuid" | "text" | "character varying" | "character" | "citext" => {
            expression!((), "{value}::pg_catalog.text", value = value)
        }
        "numeric" => expression!((), "pg_catalog.trim_scale({value})::pg_catalog.text", value = value),
        _ => as_text(value),
    }
}

fn base_type<'a>(relation: &'a Relation, column: &str) -> &'a str {
    relation.columns.iter().find(|known| known.name == column).map_or("", |known| known.base_type.as_str())
}

/// Whether a trigger can note the key of an order as it is compared: for that it depends on the row alone. A text, which a trigger notes as it
/// is, is compared in lower case where the orders have a `citext`.
pub fn is_notable(orders: (&Relation, &str), relation: &Relation, column: &str) -> bool {
    if base_type(orders.0, orders.1) == "citext" && base_type(relation, column) != "citext" {
        return false;
    }
    let known = relation.columns.iter().find(|known| known.name == column);
    let is_usual = known.is_some_and(|known| {
        ["smallint", "integer", "bigint", "uuid", "text", "character varying", "character", "citext"]
            .contains(&known.base_type.as_str())
            || known.base_type == "numeric" && (known.is_whole || known.computed.is_some())
    });
    is_usual && known.is_some_and(|known| known.computed.as_ref().is_none_or(|computed| computed.is_immutable))
}
