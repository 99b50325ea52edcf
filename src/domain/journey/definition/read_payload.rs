//! Reading payloads: what a sender is handed as it is, but for objects that stand for a value of the customer, of the occasion, or for a
//! voucher code. `{"as_is": …}` stands for what is in it, whatever that looks like.

use serde_json::{Map, Value};

use super::json_path::{JsonPath, Object};
use super::profile_columns::{ProfileColumn, Sort};
use super::read_condition::Reader;
use super::read_occasion::{self, order_part_named, path_of};
use super::{OccasionValue, OrderPart};
use crate::domain::journey::local_format::{self, USUAL};
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// How deep a payload may be nested.
const DEEPEST: usize = 32;
/// The longest text in a payload, in bytes.
const LONGEST_TEXT: usize = 100_000;
/// The keys of an object that stands for a value.
const REFERENCES: [&str; 4] = ["profile", "event", "order", "code"];
/// The only key of an object that stands for what is in it.
const AS_IS: &str = "as_is";
/// What to write where an object looks like a reference, and is none.
const AS_IS_HINT: &str = "Write {\"as_is\": {...}} around an object that is meant as it is.";
/// The keys that say how the value is handed over.
const MANNERS: [&str; 6] = ["default", "before", "after", "format", "currency", "locale"];

/// An object that stands for a value.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// Which value.
    pub value: Referred<'a>,
    object: &'a Map<String, Value>,
}

/// The value that a part of a payload stands for.
#[derive(Debug, Clone, Copy)]
pub enum Referred<'a> {
    /// A column of the profile.
    Profile(&'a str),
    /// A value of the occasion: `event` or `order`, and what of it.
    Occasion(&'static str, &'a Value),
    /// A code of this pool.
    Code(&'a str),
    /// This value, in which nothing stands for another.
    AsIs(&'a Value),
}

/// The locale by which a value is written.
#[derive(Debug, Clone, Copy)]
pub enum LocaleOf<'a> {
    /// This one.
    Named(&'a str),
    /// That in a column of the profile, or the usual one where it is none.
    Profile(&'a str),
}

impl<'a> Reference<'a> {
    /// What an object stands for; None where it is an object as any other. Beside keys of other names each of these is one as any other.
    pub fn of(object: &'a Map<String, Value>) -> Option<Self> {
        if let (Some(value), 1) = (object.get(AS_IS), object.len()) {
            return Some(Reference { value: Referred::AsIs(value), object });
        }
        let mut found = REFERENCES.iter().filter_map(|key| object.get(*key).map(|value| (*key, value)));
        let (key, asked) = found.next()?;
        let is_known = |name: &String| name == key || MANNERS.contains(&name.as_str());
        // No value is named by an object: {"code": {"code": "spring"}} is an object with the member code.
        if asked.is_object() || found.next().is_some() || !object.keys().all(is_known) {
            return None;
        }
        let text = asked.as_str().unwrap_or_default();
        let value = match key {
            "profile" => Referred::Profile(text),
            "code" => Referred::Code(text),
            key => Referred::Occasion(key, asked),
        };
        Some(Reference { value, object })
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.object.get(key)?.as_str()
    }

    /// What stands in its place where there is no value.
    pub fn default(&self) -> Option<&'a Value> {
        self.object.get("default")
    }

    /// The texts before and after the value, where there is one.
    pub fn around(&self) -> (Option<&'a str>, Option<&'a str>) {
        (self.text("before"), self.text("after"))
    }

    /// Whether nothing but the value is asked for.
    pub fn is_bare(&self) -> bool {
        self.object.len() == 1
    }

    /// How the value is written; None where it is handed over as it is.
    pub fn format(&self) -> Option<&'a str> {
        self.text("format")
    }

    /// The currency of an amount, where it is not that of the store.
    pub fn currency(&self) -> Option<&'a str> {
        self.text("currency")
    }

    /// The locale by which it is written.
    pub fn locale(&self) -> LocaleOf<'a> {
        match self.object.get("locale") {
            Some(Value::String(name)) => LocaleOf::Named(name),
            Some(Value::Object(of)) => LocaleOf::Profile(of.get("profile").and_then(Value::as_str).unwrap_or_default()),
            _ => LocaleOf::Named(USUAL),
        }
    }
}

/// The word for an amount of money, as a form.
pub const MONEY: &str = "money";

/// What is handed to the sender; the values that it asks for must exist.
pub fn payload(place: &JsonPath<'_>, reader: &Reader<'_>) -> Result<Map<String, Value>> {
    let Value::Object(map) = place.value else { return Err(place.must_be("an object")) };
    match Reference::of(map).map(|reference| reference.value) {
        None | Some(Referred::AsIs(Value::Object(_))) => {}
        Some(_) => {
            return Err(place.refuse("must be an object of values, not a value").hint(AS_IS_HINT));
        }
    }
    check(place, reader, 1)?;
    Ok(map.clone())
}

fn check(place: &JsonPath<'_>, reader: &Reader<'_>, depth: usize) -> Result<()> {
    if depth > DEEPEST {
        let why = format!("a payload is nested more than {DEEPEST} deep");
        return Err(place.refuse_as(Kind::LimitExceeded, why));
    }
    match place.value {
        Value::Object(map) => match Reference::of(map) {
            Some(reference) => check_reference(place, reference, reader).map_err(|error| match error.hint {
                None if reference.is_bare() => error.hint(AS_IS_HINT),
                _ => error,
            }),
            None => map.iter().try_for_each(|(key, value)| check(&place.within(key, value), reader, depth + 1)),
        },
        Value::Array(values) => place.elements(values).iter().try_for_each(|element| check(element, reader, depth + 1)),
        Value::String(text) if text.len() > LONGEST_TEXT => Err(place
            .refuse_as(Kind::LimitExceeded, format!("a text of more than {LONGEST_TEXT} bytes: {}", shorten(text)))),
        _ => Ok(()),
    }
}

fn check_reference(place: &JsonPath<'_>, reference: Reference<'_>, reader: &Reader<'_>) -> Result<()> {
    let object = place.any_object()?;
    let sort = match reference.value {
        Referred::Profile(_) => Some(ProfileColumn::named(&object.need("profile")?, reader.columns)?.sort()),
        Referred::Code(_) => {
            object.only(&["code"])?;
            object.need("code")?.name()?;
            return Ok(());
        }
        Referred::AsIs(_) => return Ok(()),
        Referred::Occasion(key, _) => match read_occasion::value(key, &object.need(key)?, reader.known)?.0 {
            OccasionValue::Event(_) => None,
            OccasionValue::Order(OrderPart::Key) => Some(Sort::Text),
            OccasionValue::Order(OrderPart::At) => Some(Sort::Instant),
            OccasionValue::Order(OrderPart::Amount) => Some(Sort::Number),
        },
    };
    let is_scalar = |value: &JsonPath<'_>| match value.value {
        Value::Object(_) | Value::Array(_) => Err(value.must_be("a text, a number, true, false or null")),
        _ => Ok(()),
    };
    object.read("default", is_scalar)?;
    object.read("before", |place| place.text().map(drop))?;
    object.read("after", |place| place.text().map(drop))?;
    let is_money = reference.format() == Some(MONEY);
    object.read("format", |place| format(place, sort, is_money))?;
    let is_currency = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    object.read("currency", |place| match is_money && is_currency(place.text()?) {
        true => Ok(()),
        false => Err(place.refuse("a currency of three letters, such as \"EUR\", goes with \"format\": \"money\"")),
    })?;
    locale(&object, reader, reference.format().is_some())
}

fn format(place: &JsonPath<'_>, sort: Option<Sort>, is_money: bool) -> Result<()> {
    let text = place.text()?;
    let at = |error: Error| Error { message: place.refuse(&error.message).message, ..error };
    match (sort, is_money) {
        (None | Some(Sort::Number), true) => Ok(()),
        (None | Some(Sort::Date | Sort::Instant), false) => local_format::check_date_format(text).map_err(at),
        (_, true) => Err(place.refuse("the value is no number that could be an amount of money")),
        (Some(Sort::Number), false) => {
            Err(place.refuse("a number has no form of a date").hint("Write \"format\": \"money\" for an amount."))
        }
        (Some(_), false) => Err(place.refuse("the value is no date or instant")),
    }
}

fn locale(object: &Object<'_>, reader: &Reader<'_>, has_format: bool) -> Result<()> {
    object
        .read("locale", |place| {
            if !has_format {
                return Err(place.refuse("a locale goes with \"format\""));
            }
            if place.value.is_object() {
                return ProfileColumn::named(&place.object(&["profile"])?.need("profile")?, reader.columns).map(drop);
            }
            let of = local_format::locale(place.text()?);
            of.map(drop).map_err(|error| Error { message: place.refuse(&error.message).message, ..error })
        })
        .map(drop)
}

/// The occasion's value that a reference asks for.
pub fn occasion_value(key: &str, asked: &Value) -> OccasionValue {
    match key {
        "order" => OccasionValue::Order(asked.as_str().and_then(order_part_named).unwrap_or(OrderPart::Key)),
        _ => OccasionValue::Event(path_of(asked)),
    }
}

/// What a payload without references is: objects that stand for what is in them are replaced by that. References stay.
pub fn without_as_is(value: &Value) -> Value {
    match value {
        Value::Object(map) => match Reference::of(map).map(|reference| reference.value) {
            Some(Referred::AsIs(value)) => value.clone(),
            Some(_) => Value::Object(map.clone()),
            None => Value::Object(map.iter().map(|(key, value)| (key.clone(), without_as_is(value))).collect()),
        },
        Value::Array(values) => Value::Array(values.iter().map(without_as_is).collect()),
        value => value.clone(),
    }
}

/// The references of a payload, each with the way to its place.
fn references(payload: &Map<String, Value>) -> Vec<(Reference<'_>, Vec<String>)> {
    fn within<'a>(value: &'a Value, way: &mut Vec<String>, found: &mut Vec<(Reference<'a>, Vec<String>)>) {
        let mut below = |step: String, value: &'a Value, way: &mut Vec<String>| {
            way.push(step);
            within(value, way, found);
            way.pop();
        };
        match value {
            Value::Object(map) => match Reference::of(map) {
                Some(reference) => found.push((reference, way.clone())),
                None => map.iter().for_each(|(key, value)| below(key.clone(), value, way)),
            },
            Value::Array(values) => {
                values.iter().enumerate().for_each(|(i, value)| below(i.to_string(), value, way));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    if Reference::of(payload).is_none() {
        payload.iter().for_each(|(key, value)| within(value, &mut vec![key.clone()], &mut found));
    }
    found
}

/// The pools of codes that a payload takes from, each with the way to the place of the code.
pub fn codes<'a>(payload: &'a Map<String, Value>) -> Vec<(&'a str, Vec<String>)> {
    let pool = |(reference, way): (Reference<'a>, Vec<String>)| match reference.value {
        Referred::Code(pool) => Some((pool, way)),
        _ => None,
    };
    references(payload).into_iter().filter_map(pool).collect()
}

/// The way to an amount of money of which the payload does not say the currency.
pub fn without_currency(payload: &Map<String, Value>) -> Option<String> {
    let lacks = |reference: &Reference<'_>| reference.format() == Some(MONEY) && reference.currency().is_none();
    references(payload).into_iter().find_map(|(reference, way)| lacks(&reference).then(|| way.join(".")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_in_an_object_names_no_value() {
        for key in REFERENCES {
            let object = json!({key: {key: "spring"}});
            let object = object.as_object().expect("an object");
            assert!(Reference::of(object).is_none(), "{key}");
            assert!(Reference::of(object[key].as_object().expect("an object")).is_some(), "{key}");
        }
        let payload = json!({"code": {"code": "spring"}});
        assert_eq!(codes(payload.as_object().expect("an object")), [("spring", vec!["code".to_owned()])]);
    }
}
