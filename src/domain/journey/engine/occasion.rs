//! What is known of the occasion of an entry, as expressions in SQL: the event or the order, and whether it still stands.
//!
//! An order is known by its instant, at which the history of the customer has a purchase for as long as the order counts.

use super::conditions::{numeric, or_false};
use super::context::{ActiveVersion, RunContext};
use crate::domain::journey::definition::read_occasion::ORDER;
use crate::domain::journey::definition::{
    Condition, Entry, Occasion, OccasionKey, OccasionValue, OrderPart, Scalar, Test,
};
use crate::domain::support::sql::{Sql, expression, sql};

/// The longest key: an event with a longer one is no occasion.
pub const LONGEST_KEY: usize = 500;

/// The longest text that can read as a number.
const LONGEST_NUMBER: usize = 100;

/// The row that says which occasion it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OccasionRow {
    /// The row `enrolled` of an entry.
    Entry,
    /// The row `event`, a recorded event by which a customer would enter.
    Event,
    /// The row `purchase`, an order by which a customer would enter, with the row `history`.
    Purchase,
}

impl OccasionRow {
    /// The detail of the event.
    fn detail(self, context: &RunContext) -> Sql {
        match self {
            OccasionRow::Event => "event.detail".into(),
            _ => expression!(context, "(SELECT said.detail FROM {table.event} AS said WHERE said.id = enrolled.event)"),
        }
    }

    /// The instant of the order.
    fn at(self) -> &'static str {
        if self == OccasionRow::Purchase { "purchase.purchased_at" } else { "enrolled.triggered_at" }
    }
}

/// The way to a member of a detail.
pub fn way(path: &[String]) -> Sql {
    expression!((), "ARRAY[{names}]::text[]", names = Sql::list(path.iter().map(|name| Sql::text(name))))
}

/// A member of the event's detail as `jsonb`; NULL where there is none.
pub fn member(context: &RunContext, row: OccasionRow, path: &[String]) -> Sql {
    expression!((), "({detail} #> {way})", detail = row.detail(context), way = way(path))
}

/// The instant that a member of the event's detail says; NULL where it says none.
pub fn instant_of_member(context: &RunContext, row: OccasionRow, path: &[String]) -> Sql {
    let value = text_of(&member(context, row, path));
    expression!(context, "lifecycle.written_instant({value}, {zone})", value = value)
}

/// The text in a value of JSON; NULL where it is no text.
fn text_of(value: &Sql) -> Sql {
    expression!(
        (),
        "(SELECT CASE WHEN jsonb_typeof(said.value) = 'string' THEN said.value #>> ARRAY[]::text[] END FROM (SELECT {value} AS value) AS said)",
        value = value
    )
}

/// A part of the order.
pub fn order_part(context: &RunContext, row: OccasionRow, part: OrderPart) -> Sql {
    match part {
        OrderPart::Key => "enrolled.order_key".into(),
        OrderPart::At => row.at().into(),
        OrderPart::Amount => expression!(
            context,
            "({ext.total_spend}(history.purchases, {at}) - {ext.total_spend}(history.purchases, {at} - '1 microsecond'::interval))",
            at = row.at()
        ),
    }
}

/// A condition on the occasion, which is never NULL.
pub fn compare(context: &RunContext, row: OccasionRow, value: &OccasionValue, test: &Test) -> Sql {
    let compared = |scalar: &Scalar, operator: &'static str| {
        let (left, right) = match scalar {
            Scalar::Number(number) => (number_in(context, row, value), numeric(number)),
            Scalar::Bool(is) => (boolean_in(context, row, value), if *is { "true" } else { "false" }.into()),
            Scalar::Text(text) if operator == "=" && *value != OccasionValue::Order(OrderPart::At) => {
                (text_in(context, row, value), Sql::text(text))
            }
            Scalar::Text(text) => {
                (instant_in(context, row, value), expression!((), "{text}::timestamptz", text = Sql::literal(text)))
            }
        };
        or_false(expression!((), "{left} {operator} {right}", left = left, operator = operator, right = right))
    };
    match test {
        Test::IsNull => {
            let value = match value {
                OccasionValue::Event(path) => {
                    expression!((), "NULLIF({member}, 'null'::jsonb)", member = member(context, row, path))
                }
                OccasionValue::Order(part) => order_part(context, row, *part),
            };
            expression!((), "({value} IS NULL)", value = value)
        }
        Test::In(scalars) => {
            let each: Vec<Sql> = scalars.iter().map(|scalar| compared(scalar, "=")).collect();
            expression!((), "({any})", any = Sql::join(each, " OR "))
        }
        Test::LessThan(scalar) => compared(scalar, "<"),
        Test::AtMost(scalar) => compared(scalar, "<="),
        Test::MoreThan(scalar) => compared(scalar, ">"),
        Test::AtLeast(scalar) => compared(scalar, ">="),
        Test::WithinLast(span) => {
            let at = instant_in(context, row, value);
            or_false(expression!(context, "{at} > {ago} AND {at} <= {now}", at = at, ago = context.ago(*span)))
        }
    }
}

/// The value as a number: a text that reads as one is one too.
pub fn number_in(context: &RunContext, row: OccasionRow, value: &OccasionValue) -> Sql {
    match value {
        OccasionValue::Event(path) => expression!(
            (),
            "(SELECT CASE jsonb_typeof(said.value) WHEN 'number' THEN said.value::numeric
                WHEN 'string' THEN CASE WHEN octet_length(said.value #>> ARRAY[]::text[]) <= {longest}
                    THEN substring(said.value #>> ARRAY[]::text[] FROM '^[+-]?[0-9]+(?:[.][0-9]+)?$')::numeric END END
                FROM (SELECT {member} AS value) AS said)",
            member = member(context, row, path),
            longest = LONGEST_NUMBER
        ),
        OccasionValue::Order(part) => order_part(context, row, *part),
    }
}

fn boolean_in(context: &RunContext, row: OccasionRow, value: &OccasionValue) -> Sql {
    match value {
        OccasionValue::Event(path) => expression!(
            (),
            "(SELECT CASE WHEN jsonb_typeof(said.value) = 'boolean' THEN said.value::boolean END
                FROM (SELECT {member} AS value) AS said)",
            member = member(context, row, path)
        ),
        OccasionValue::Order(part) => order_part(context, row, *part),
    }
}

fn text_in(context: &RunContext, row: OccasionRow, value: &OccasionValue) -> Sql {
    match value {
        OccasionValue::Event(path) => text_of(&member(context, row, path)),
        OccasionValue::Order(part) => order_part(context, row, *part),
    }
}

fn instant_in(context: &RunContext, row: OccasionRow, value: &OccasionValue) -> Sql {
    match value {
        OccasionValue::Event(path) => instant_of_member(context, row, path),
        OccasionValue::Order(part) => order_part(context, row, *part),
    }
}

/// What must hold of the row `event` or `purchase`, so that customers enter by it.
pub fn is_occasion(context: &RunContext, row: OccasionRow, occasion: &Occasion) -> Sql {
    let key = match (&occasion.key, row) {
        (Some(OccasionKey::Member(path)), OccasionRow::Event) => {
            expression!((), "{key} IS NOT NULL", key = key_of_event(path))
        }
        _ => "true".into(),
    };
    let asked = occasion.only_if.as_ref().map(|condition| where_holds(context, row, condition));
    Sql::all([key].into_iter().chain(asked))
}

/// The condition of `where`, of which the reader lets through only what is about the occasion.
fn where_holds(context: &RunContext, row: OccasionRow, condition: &Condition) -> Sql {
    let each = |parts: &[Condition]| -> Vec<Sql> { parts.iter().map(|part| where_holds(context, row, part)).collect() };
    match condition {
        Condition::And(parts) => expression!((), "({all})", all = Sql::all(each(parts))),
        Condition::Or(parts) => expression!((), "({any})", any = Sql::join(each(parts), " OR ")),
        Condition::Not(part) => expression!((), "(NOT {part})", part = where_holds(context, row, part)),
        Condition::Occasion { value, test } => compare(context, row, value, test),
        _ => "false".into(),
    }
}

/// The key in the detail of the row `event`, as text; NULL where it is none, or too long for one.
fn key_of_event(path: &[String]) -> Sql {
    expression!(
        (),
        "(SELECT CASE WHEN jsonb_typeof(said.value) IN ('string', 'number', 'boolean') AND octet_length(said.text) BETWEEN 1 AND {longest}
            THEN said.text END FROM (SELECT event.detail #> {way} AS value, event.detail #>> {way} AS text) AS said)",
        way = way(path),
        longest = LONGEST_KEY
    )
}

/// The key of the entry that the row `event` would make, as text; NULL where the journey has no keys.
pub fn key_of(occasion: &Occasion) -> Sql {
    match &occasion.key {
        Some(OccasionKey::Member(path)) => key_of_event(path),
        _ => "NULL::text".into(),
    }
}

/// The join that gives the row `profile` of the row `event`, whose zone conditions on the event may need.
pub fn profile_of_event(context: &RunContext, occasion: &Occasion) -> Sql {
    match occasion.only_if {
        None => Sql::default(),
        Some(_) => {
            expression!(context, "\n    LEFT JOIN {table.profile} AS profile ON profile.customer = event.customer")
        }
    }
}

/// Whether a customer can be in a journey several times at once.
pub fn has_keys(journey: &ActiveVersion) -> bool {
    matches!(&journey.definition.entry, Entry::Event(Occasion { key: Some(_), .. }))
}

/// The key of the order of a customer at an instant, as text: the first, where there are several. NULL where the store knows no keys of
/// orders.
pub fn order_key(context: &RunContext, customer: &'static str, at: &'static str) -> Sql {
    match context.store.settings.order_key {
        None => "NULL::text".into(),
        Some(_) => sql!(context, "sql/occasions/order_key.sql", customer = customer, at = at),
    }
}

/// The reason why the row `enrolled` is cancelled, as a condition; None if nothing cancels it.
pub fn is_cancelled(context: &RunContext, journey: &ActiveVersion) -> Option<Sql> {
    let Entry::Event(occasion) = &journey.definition.entry else { return None };
    let by_event = occasion.cancelled_by.iter().map(|kind| {
        let same_key = match &occasion.key {
            Some(OccasionKey::Member(path)) => {
                expression!((), " AND {key} = enrolled.occasion_key", key = key_of_event(path))
            }
            Some(OccasionKey::Order) => {
                let path = vec![ORDER.to_owned()];
                expression!((), " AND {key} = enrolled.occasion_key", key = key_of_event(&path))
            }
            None => Sql::default(),
        };
        expression!(
            context,
            "EXISTS (SELECT FROM {table.event} AS event WHERE event.customer = enrolled.customer AND event.kind = {kind}
                AND NOT event.is_machine AND event.at >= enrolled.triggered_at AND event.at <= {now}{same_key})",
            kind = Sql::text(kind),
            same_key = same_key
        )
    });
    let by_order = occasion.needs_order.then(|| {
        expression!(
            context,
            "COALESCE({ext.num_purchases}(history.purchases, enrolled.triggered_at)
                <= {ext.num_purchases}(history.purchases, enrolled.triggered_at - '1 microsecond'::interval), true)"
        )
    });
    let reasons: Vec<Sql> = by_event.chain(by_order).collect();
    if reasons.is_empty() { None } else { Some(expression!((), "({any})", any = Sql::join(reasons, " OR "))) }
}
