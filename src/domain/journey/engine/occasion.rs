//! What is known of the occasion of an entry, as expressions in SQL: the event or the order, and whether it still stands.
//!
//! An order is known by its instant, at which the history of the customer has a purchase for as long as the order counts.

use super::conditions::{numeric, or_false};
use super::context::{ActiveVersion, Fresh, RunContext};
use crate::domain::engagement::event_kind::ORDERED;
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

/// That an event after the occasion of a row takes it back, as conditions, one for each kind: `key` is the row's key. Where the journey has
/// keys, the event has the same one; where it has none, an event that cancels an order names that order, if the row knows its key.
fn taken_back(context: &RunContext, occasion: &Occasion, row: &'static str, key: &'static str) -> Vec<Sql> {
    let named = key_of_event(&[ORDER.to_owned()]);
    let same = match &occasion.key {
        Some(OccasionKey::Member(path)) => {
            expression!((), " AND {of} = {row}.{key}", of = key_of_event(path), row = row, key = key)
        }
        Some(OccasionKey::Order) => expression!((), " AND {named} = {row}.{key}", named = named, row = row, key = key),
        None if occasion.kind == ORDERED => {
            expression!((), " AND ({row}.order_key IS NULL OR {named} = {row}.order_key)", named = named, row = row)
        }
        None => Sql::default(),
    };
    let by_event = occasion.cancelled_by.iter().map(|kind| {
        expression!(
            context,
            "EXISTS (SELECT FROM {table.event} AS event WHERE event.customer = {row}.customer AND event.kind = {kind}
                AND NOT event.is_machine AND event.at >= {row}.triggered_at AND event.at <= {now}{same})",
            row = row,
            kind = Sql::text(kind),
            same = &same
        )
    });
    by_event.collect()
}

/// Whether an event takes back the occasion of the row `found`, by which a customer would enter. None if no event does.
pub fn is_found_taken_back(context: &RunContext, journey: &ActiveVersion) -> Option<Sql> {
    let Entry::Event(occasion) = &journey.definition.entry else { return None };
    let each = taken_back(context, occasion, "found", "key");
    (!each.is_empty()).then(|| expression!((), "({any})", any = Sql::join(each, " OR ")))
}

/// That a history has no purchase at an instant.
fn has_no_purchase(context: &RunContext, purchases: &'static str, at: &'static str) -> Sql {
    expression!(
        context,
        "COALESCE({ext.num_purchases}({purchases}, {at}) <= {ext.num_purchases}({purchases}, {at} - '1 microsecond'::interval), true)",
        purchases = purchases,
        at = at
    )
}

/// That the order of the row `occasion` counts by what is known now. None if entries need no order. A call needs none either.
pub fn is_there(context: &RunContext, journey: &ActiveVersion) -> Option<Sql> {
    let Entry::Event(Occasion { needs_order: true, .. }) = &journey.definition.entry else { return None };
    Some(expression!(
        (),
        "(occasion.reason <> {ordered} OR NOT {has_none})",
        ordered = Sql::text(ORDERED),
        has_none = has_no_purchase(context, "history.purchases", "occasion.triggered_at")
    ))
}

/// Which orders are looked up by their keys in the rows of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orders {
    /// Those of the time in which another order of the same instant can take the place of one.
    Recent,
    /// All.
    All,
}

/// That the order of the row `enrolled` does not count any more.
struct Gone {
    /// As of the last refresh, and still.
    for_good: Sql,
    /// By rows that changed since the last refresh alone. A table that is being loaded again looks like that, too.
    for_now: Option<Sql>,
}

/// The same of entries that need their order. None for the others.
fn gone(context: &RunContext, journey: &ActiveVersion, orders: Orders) -> Option<Gone> {
    let Entry::Event(Occasion { needs_order: true, .. }) = &journey.definition.entry else { return None };
    // A customer who is called enters at the instant of the call, as one may by an order: then the note of the entry says which it was.
    let began_with_order = expression!(
        (context, journey),
        "(enrolled.triggered_at < enrolled.entered_at OR enrolled.order_key IS NOT NULL OR enrolled.occasion_key IS NOT NULL
                OR EXISTS (SELECT FROM {table.decision} AS note WHERE note.customer = enrolled.customer AND note.journey = {journey}
                    AND note.entry = enrolled.entry AND note.kind = 'entered' AND note.reason = {ordered}))",
        ordered = Sql::text(ORDERED)
    );
    // Of several orders of one instant the entry has one.
    let is_replaced = context.store.settings.order_key.as_ref().map(|_| {
        expression!(
            context,
            "(enrolled.order_key IS NOT NULL AND {is_asked} AND {replaced})",
            is_asked = match orders {
                Orders::Recent => expression!(context, "enrolled.triggered_at > {earliest}"),
                Orders::All => "true".into(),
            },
            replaced = sql!(context, "sql/occasions/order_replaced.sql")
        )
    });
    let at = "enrolled.triggered_at";
    let is_gone = has_no_purchase(context, "history.purchases", at);
    let any =
        |parts: [Option<Sql>; 2]| expression!((), "({any})", any = Sql::join(parts.into_iter().flatten(), " OR "));
    let and_began = |is: Sql| expression!((), "({is} AND {began})", is = is, began = &began_with_order);
    if context.fresh.get() == Fresh::Nowhere {
        return Some(Gone { for_good: and_began(any([Some(is_gone), is_replaced])), for_now: None });
    }
    let was_gone = has_no_purchase(context, "stored.purchases", at);
    let both = expression!((), "({was_gone} AND {is_gone})", was_gone = was_gone, is_gone = &is_gone);
    let by_refresh = is_replaced.as_ref().map(|is| expression!((), "({is} AND fresh.customer IS NULL)", is = is));
    let by_rows = any([Some(is_gone), is_replaced]);
    Some(Gone {
        for_good: and_began(any([Some(both), by_refresh])),
        for_now: Some(and_began(expression!((), "(fresh.customer IS NOT NULL AND {by_rows})", by_rows = by_rows))),
    })
}

/// The reason why the row `enrolled` is cancelled, as a condition; None if nothing cancels it.
pub fn is_cancelled(context: &RunContext, journey: &ActiveVersion, orders: Orders) -> Option<Sql> {
    let Entry::Event(occasion) = &journey.definition.entry else { return None };
    let by_event = taken_back(context, occasion, "enrolled", "occasion_key");
    let by_order = gone(context, journey, orders).map(|gone| gone.for_good);
    let reasons: Vec<Sql> = by_event.into_iter().chain(by_order).collect();
    if reasons.is_empty() { None } else { Some(expression!((), "({any})", any = Sql::join(reasons, " OR "))) }
}

/// The same of the row `enrolled` of an entry that is just made: its order is there.
pub fn is_cancelled_at_entry(context: &RunContext, journey: &ActiveVersion) -> Option<Sql> {
    let Entry::Event(occasion) = &journey.definition.entry else { return None };
    let by_event = taken_back(context, occasion, "enrolled", "occasion_key");
    (!by_event.is_empty()).then(|| expression!((), "({any})", any = Sql::join(by_event, " OR ")))
}

/// That the order of the row `enrolled` is not found just now, and may be again, where it was as of the last refresh. None if that cannot be.
pub fn misses_order(context: &RunContext, journey: &ActiveVersion, orders: Orders) -> Option<Sql> {
    gone(context, journey, orders)?.for_now
}
