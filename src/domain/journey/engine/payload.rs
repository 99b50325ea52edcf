//! What a sender is handed, put together from the profile of that moment and the occasion of the entry.

use serde_json::{Map, Value};

use super::context::RunContext;
use super::occasion::{OccasionRow, member, order_part};
use crate::domain::journey::definition::OrderPart;
use crate::domain::journey::definition::read_occasion::{order_part_named, path_of};
use crate::domain::journey::definition::read_steps::reference;
use crate::domain::support::sql::{Sql, expression};

/// A payload as an expression: what does not depend on the customer is a constant.
pub fn build(context: &RunContext, value: &Value) -> Sql {
    match value {
        Value::Object(members) if depends_on_customer(value) => match reference(members) {
            Some((key, asked)) => {
                let value = referred_to(context, key, asked);
                expression!((), "COALESCE(to_jsonb({value}), 'null'::jsonb)", value = value)
            }
            None => {
                let parts: Vec<Sql> =
                    members.iter().map(|(name, value)| Sql::list([Sql::text(name), build(context, value)])).collect();
                // A function takes a hundred arguments at most.
                let objects = parts
                    .chunks(40)
                    .map(|parts| expression!((), "jsonb_build_object({parts})", parts = Sql::list(parts.iter())));
                expression!((), "({objects})", objects = Sql::join(objects, " || "))
            }
        },
        Value::Array(values) if depends_on_customer(value) => {
            let parts = values.iter().map(|value| build(context, value));
            expression!((), "to_jsonb(ARRAY[{parts}])", parts = Sql::list(parts))
        }
        _ => expression!((), "{value}::jsonb", value = Sql::literal(&value.to_string())),
    }
}

/// The value that a reference stands for.
fn referred_to(context: &RunContext, key: &str, asked: &Value) -> Sql {
    match key {
        "event" => member(context, OccasionRow::Entry, &path_of(asked)),
        "order" => {
            let part = asked.as_str().and_then(order_part_named).unwrap_or(OrderPart::Key);
            order_part(context, OccasionRow::Entry, part)
        }
        _ => expression!((), "profile.{column}", column = Sql::identifier(asked.as_str().unwrap_or_default())),
    }
}

/// The column that a part of a payload stands for.
pub fn column_of(members: &Map<String, Value>) -> Option<&str> {
    reference(members).filter(|(key, _)| *key == "profile")?.1.as_str()
}

/// The columns of the profile that a payload asks for.
pub fn columns_of(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => match column_of(members) {
            Some(column) => vec![column.to_owned()],
            None => members.values().flat_map(columns_of).collect(),
        },
        Value::Array(values) => values.iter().flat_map(columns_of).collect(),
        _ => Vec::new(),
    }
}

fn depends_on_customer(value: &Value) -> bool {
    match value {
        Value::Object(members) => reference(members).is_some() || members.values().any(depends_on_customer),
        Value::Array(values) => values.iter().any(depends_on_customer),
        _ => false,
    }
}
