//! Reading the occasion of an entry: what must hold of an event or an order, what tells entries apart, and what cancels them.

use serde_json::Value;

use super::json_path::{JsonPath, Object, perhaps};
use super::profile_columns::ProfileColumn;
use super::read_condition::{Reader, When};
use super::{Occasion, OccasionKey, OccasionValue, OrderPart};
use crate::domain::engagement::event_kind::{ORDERED, event_kind};
use crate::domain::support::error::{Kind, Result, shorten};

/// How deep a member may lie in the detail of an event.
const DEEPEST_MEMBER: usize = 20;
/// The word for the order of an entry: its key, what cancels it, and the member of a cancelling event's detail that names it.
pub const ORDER: &str = "order";
/// What can be asked of an order, with the types of the values.
const PARTS: [(&str, OrderPart, &str); 3] = [
    ("key", OrderPart::Key, "text"),
    ("at", OrderPart::At, "timestamp with time zone"),
    ("amount", OrderPart::Amount, "numeric"),
];

/// Which occasion the entries of a journey have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// None that conditions and payloads can speak of.
    Nothing,
    /// A recorded event.
    Event,
    /// An order.
    Order,
}

impl Occasion {
    /// An occasion of this kind, of which nothing else is said.
    pub fn of_kind(kind: &str) -> Self {
        let needs_order = kind == ORDERED;
        Occasion { kind: kind.to_owned(), only_if: None, key: None, cancelled_by: Vec::new(), needs_order }
    }
}

/// The occasion of an entry by an event.
pub fn occasion(object: &Object<'_>, kind: &JsonPath<'_>, reader: &mut Reader<'_>) -> Result<Occasion> {
    object.only(&["event", "where", "key", "cancelled_by"])?;
    let plain = Occasion::of_kind(&event_kind(kind.name()?)?);
    let is_order = plain.needs_order;
    reader.known = if is_order { Known::Order } else { Known::Event };
    let only_if = object.read("where", |place| reader.condition(place, When::Occasion))?;
    let key = object.read("key", |place| key(place, is_order))?;
    let by = object.read("cancelled_by", |place| match place.value {
        // An empty list says that nothing cancels the entry.
        Value::Array(values) => place.elements(values).iter().map(|word| cancelling(word, is_order)).collect(),
        _ => Ok(vec![cancelling(place, is_order)?]),
    })?;
    let by: Option<Vec<String>> = by;
    if let Some(OccasionKey::Member(path)) = &key {
        reader.members.extend(path.first().cloned());
    }
    Ok(Occasion {
        only_if,
        key,
        needs_order: by.as_ref().map_or(is_order, |by| by.iter().any(|word| word == ORDER)),
        cancelled_by: by.unwrap_or_default().into_iter().filter(|word| word != ORDER).collect(),
        ..plain
    })
}

fn key(place: &JsonPath<'_>, is_order: bool) -> Result<OccasionKey> {
    match (is_order, place.value == ORDER) {
        (true, true) => Ok(OccasionKey::Order),
        (true, false) => Err(place.must_be("\"order\", for customers enter by orders")),
        (false, _) => Ok(OccasionKey::Member(member(place)?)),
    }
}

fn cancelling(place: &JsonPath<'_>, is_order: bool) -> Result<String> {
    if is_order && place.value == ORDER {
        return Ok(ORDER.to_owned());
    }
    match event_kind(place.name()?)? {
        kind if kind == ORDERED => {
            Err(place.refuse("purchases are no events").hint("Let a purchase be the goal of the journey: it ends it."))
        }
        kind => Ok(kind),
    }
}

/// The way to a member of an event's detail: a name, or a list of names.
pub fn member(place: &JsonPath<'_>) -> Result<Vec<String>> {
    match place.value {
        Value::Array(_) => {
            let names = place.list()?;
            if names.len() > DEEPEST_MEMBER {
                return Err(place.refuse_as(Kind::LimitExceeded, format!("more than {DEEPEST_MEMBER} names")));
            }
            names.iter().map(|name| Ok(name.text()?.to_owned())).collect()
        }
        _ => Ok(vec![place.text()?.to_owned()]),
    }
}

/// The same of a way that was read before.
pub fn path_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(names) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        name => name.as_str().map(str::to_owned).into_iter().collect(),
    }
}

/// The part of an order of this name.
pub fn order_part_named(name: &str) -> Option<OrderPart> {
    PARTS.iter().find_map(|(part, found, _)| (*part == name).then_some(*found))
}

/// The value of the occasion that is named by this key, `event` or `order`, with what it is compared with if that is certain.
pub fn value(key: &str, place: &JsonPath<'_>, known: Known) -> Result<(OccasionValue, Option<ProfileColumn>)> {
    let of = |name: &str, sql_type: &str| ProfileColumn { name: name.to_owned(), sql_type: sql_type.to_owned() };
    match (key, known) {
        ("event", Known::Event) => Ok((OccasionValue::Event(member(place)?), None)),
        ("order", Known::Order) => {
            let name = place.text()?;
            let part = PARTS.iter().find(|(part, ..)| *part == name).ok_or_else(|| {
                let names: Vec<&str> = PARTS.iter().map(|(name, ..)| *name).collect();
                perhaps(place.refuse(format!("an order has no \"{}\"", shorten(name))), name, &names)
            })?;
            Ok((OccasionValue::Order(part.1), Some(of(part.0, part.2))))
        }
        ("event", _) => Err(place
            .refuse("customers do not enter this journey by a recorded event, so that there is no detail to read")
            .hint("Let the entry be an event, such as {\"event\": \"cart_left\"}.")),
        _ => Err(place
            .refuse("customers do not enter this journey by an order")
            .hint("Let the entry be {\"event\": \"ordered\"}.")),
    }
}

/// The column that a member of a detail is compared as: its type follows from the value that it is held against.
pub fn member_as(path: &[String], test: &str, place: &JsonPath<'_>) -> ProfileColumn {
    let first = match place.value {
        Value::Array(values) => values.first().unwrap_or(place.value),
        value => value,
    };
    let sql_type = match (first, test) {
        (_, "within_last" | "not_within_last") => "timestamp with time zone",
        (Value::Number(_), _) => "numeric",
        (Value::Bool(_), _) => "boolean",
        (_, "is" | "is_not" | "in" | "not_in" | "is_null") => "text",
        (Value::String(_), _) => "timestamp with time zone",
        _ => "numeric",
    };
    ProfileColumn { name: path.join("."), sql_type: sql_type.to_owned() }
}
