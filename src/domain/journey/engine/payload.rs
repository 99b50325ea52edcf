//! What a sender is handed, put together from the profile of that moment and the occasion of the entry.

use serde_json::Value;

use super::context::RunContext;
use super::occasion::{OccasionRow, instant_of_member, member, number_in, order_part};
use crate::domain::journey::definition::profile_columns::Sort;
use crate::domain::journey::definition::read_payload::{
    LocaleOf, MONEY, Reference, Referred, occasion_value, without_as_is,
};
use crate::domain::journey::definition::{OccasionValue, OrderPart};
use crate::domain::journey::local_format::USUAL;
use crate::domain::support::sql::{Sql, expression};

/// A payload as an expression: what does not depend on the customer is a constant. A reference to a code stays as it is.
pub fn build(context: &RunContext, value: &Value) -> Sql {
    match value {
        Value::Object(members) if depends_on_customer(value) => match Reference::of(members) {
            Some(reference) => referred_to(context, reference),
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
        _ => constant(&without_as_is(value)),
    }
}

fn constant(value: &Value) -> Sql {
    expression!((), "{value}::jsonb", value = Sql::literal(&value.to_string()))
}

/// The value that a reference stands for, as it is handed over.
fn referred_to(context: &RunContext, reference: Reference<'_>) -> Sql {
    let value = match reference.format() {
        None => expression!((), "to_jsonb({value})", value = plain(context, reference.value)),
        Some(MONEY) => {
            // An amount without a currency says nothing.
            let currency = reference.currency().or(context.store.settings.currency.as_deref());
            expression!(
                (),
                "to_jsonb(lifecycle.local_money({amount}, {currency}, {locale}))",
                amount = amount(context, reference.value),
                currency = currency.map_or_else(|| "NULL::text".into(), Sql::text),
                locale = locale(reference)
            )
        }
        Some(format) => expression!(
            (),
            "to_jsonb(lifecycle.local_date({time}, {format}, {locale}))",
            time = local_time(context, reference.value),
            format = Sql::text(format),
            locale = locale(reference)
        ),
    };
    if reference.is_bare() {
        return expression!((), "COALESCE({value}, 'null'::jsonb)", value = value);
    }
    let (before, after) = reference.around();
    // An empty text, or one of blanks, tabs and line breaks alone, is no value.
    let text = "said.value #>> ARRAY[]::text[]";
    let said = match before.or(after) {
        None => "said.value".into(),
        Some(_) => expression!(
            (),
            "to_jsonb({before} || ({text}) || {after})",
            before = Sql::text(before.unwrap_or_default()),
            text = text,
            after = Sql::text(after.unwrap_or_default())
        ),
    };
    expression!(
        (),
        "(SELECT CASE WHEN said.value IS NULL OR said.value = 'null'::jsonb OR {text} ~ '^[[:space:]]*$' THEN {default} ELSE {said} END
            FROM (SELECT {value} AS value) AS said)",
        text = text,
        default = constant(reference.default().unwrap_or(&Value::Null)),
        said = said,
        value = value
    )
}

/// The value as it is.
fn plain(context: &RunContext, value: Referred<'_>) -> Sql {
    match value {
        Referred::Profile(column) => expression!((), "profile.{column}", column = Sql::identifier(column)),
        Referred::Occasion(key, asked) => match occasion_value(key, asked) {
            OccasionValue::Event(path) => member(context, OccasionRow::Entry, &path),
            OccasionValue::Order(part) => order_part(context, OccasionRow::Entry, part),
        },
        Referred::Code(_) | Referred::AsIs(_) => "NULL::text".into(),
    }
}

/// The same as an amount.
fn amount(context: &RunContext, value: Referred<'_>) -> Sql {
    match value {
        Referred::Occasion(key, asked) => number_in(context, OccasionRow::Entry, &occasion_value(key, asked)),
        value => expression!((), "{value}::numeric", value = plain(context, value)),
    }
}

/// The same as a time by the clocks of the customer.
fn local_time(context: &RunContext, value: Referred<'_>) -> Sql {
    match value {
        Referred::Profile(name) => {
            let column = context.column(name);
            let value = plain(context, value);
            let local = match column.sort() == Sort::Instant && column.has_zone() {
                true => expression!(context, "timezone({zone}, {value})", value = &value),
                false => expression!((), "{value}::timestamp", value = &value),
            };
            // What lies beyond cannot be written as a date.
            expression!(
                (),
                "CASE WHEN {value} >= '0001-01-02' AND {value} < '9999-12-31' THEN {local} END",
                value = value,
                local = local
            )
        }
        Referred::Occasion(key, asked) => {
            let at = match occasion_value(key, asked) {
                OccasionValue::Event(path) => instant_of_member(context, OccasionRow::Entry, &path),
                OccasionValue::Order(_) => order_part(context, OccasionRow::Entry, OrderPart::At),
            };
            expression!(context, "timezone({zone}, {at})", at = at)
        }
        Referred::Code(_) | Referred::AsIs(_) => "NULL::timestamp".into(),
    }
}

fn locale(reference: Reference<'_>) -> Sql {
    match reference.locale() {
        LocaleOf::Named(name) => Sql::text(name),
        LocaleOf::Profile(column) => expression!(
            (),
            "lifecycle.known_locale(profile.{column}::text, {usual})",
            column = Sql::identifier(column),
            usual = Sql::text(USUAL)
        ),
    }
}

/// The columns of the profile that a payload asks for.
pub fn columns_of(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => match Reference::of(members).map(|reference| reference.value) {
            Some(Referred::Profile(column)) => vec![column.to_owned()],
            Some(_) => Vec::new(),
            None => members.values().flat_map(columns_of).collect(),
        },
        Value::Array(values) => values.iter().flat_map(columns_of).collect(),
        _ => Vec::new(),
    }
}

fn depends_on_customer(value: &Value) -> bool {
    match value {
        Value::Object(members) => match Reference::of(members).map(|reference| reference.value) {
            Some(Referred::Code(_) | Referred::AsIs(_)) => false,
            Some(_) => true,
            None => members.values().any(depends_on_customer),
        },
        Value::Array(values) => values.iter().any(depends_on_customer),
        _ => false,
    }
}
