//! What a sender is handed, put together from the profile of that moment.

use serde_json::{Map, Value};

use crate::domain::support::sql::{Sql, expression};

/// A payload as an expression: what does not depend on the customer is a constant.
pub fn build(value: &Value) -> Sql {
    match value {
        Value::Object(members) if depends_on_profile(value) => match column_of(members) {
            Some(column) => {
                expression!((), "COALESCE(to_jsonb(profile.{column}), 'null'::jsonb)", column = Sql::identifier(column))
            }
            None => {
                let parts: Vec<Sql> =
                    members.iter().map(|(name, value)| Sql::list([Sql::text(name), build(value)])).collect();
                // A function takes a hundred arguments at most.
                let objects = parts
                    .chunks(40)
                    .map(|parts| expression!((), "jsonb_build_object({parts})", parts = Sql::list(parts.iter())));
                expression!((), "({objects})", objects = Sql::join(objects, " || "))
            }
        },
        Value::Array(values) if depends_on_profile(value) => {
            expression!((), "to_jsonb(ARRAY[{parts}])", parts = Sql::list(values.iter().map(build)))
        }
        _ => expression!((), "{value}::jsonb", value = Sql::literal(&value.to_string())),
    }
}

/// The column that a part of a payload stands for.
pub fn column_of(members: &Map<String, Value>) -> Option<&str> {
    match members.get("profile") {
        Some(Value::String(column)) if members.len() == 1 => Some(column),
        _ => None,
    }
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

fn depends_on_profile(value: &Value) -> bool {
    match value {
        Value::Object(members) => column_of(members).is_some() || members.values().any(depends_on_profile),
        Value::Array(values) => values.iter().any(depends_on_profile),
        _ => false,
    }
}
