//! Conditions as they are written in a definition.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::definition::{Condition, Scalar, Since, Test};
use super::place::{Place, shown};
use super::span::Span;
use crate::domain::engagement::EventKind;
use crate::domain::error::{Error, Kind, Result, shorten};
use crate::domain::nearest::nearest;

/// A column of the profile: its name, and its type as the server shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileColumn {
    /// The name.
    pub name: String,
    /// The type, such as `numeric(10,2)`.
    pub sql_type: String,
}

/// What a condition may speak of.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The columns of the profile.
    pub columns: &'a [ProfileColumn],
    /// The names of the steps, and whether each acts; None where there is no entry yet.
    pub steps: Option<&'a [(&'a str, bool)]>,
}

/// How deep conditions may lie in each other.
const DEEPEST: usize = 20;
/// How many elements an `and`, `or` or list of values may have.
const LONGEST: usize = 1000;

/// Reads a condition.
///
/// # Errors
/// [`Kind::InvalidParameter`], with its place.
pub fn condition(place: &Place<'_>, scope: Scope<'_>) -> Result<Condition> {
    nested(place, scope, 0)
}

const SHAPES: [&str; 7] = ["and", "or", "not", "profile", "bought", "event", "subscribed"];

fn nested(place: &Place<'_>, scope: Scope<'_>, depth: usize) -> Result<Condition> {
    if depth > DEEPEST {
        return Err(place.refused(format!("lies more than {DEEPEST} conditions deep")));
    }
    let Value::Object(members) = place.value else {
        return Err(place.refused(format!("must be a condition, which is an object, and is {}", shown(place.value))));
    };
    let found: Vec<&str> = SHAPES.into_iter().filter(|shape| members.contains_key(*shape)).collect();
    let [shape] = found[..] else {
        return Err(place
            .refused(match found.len() {
                0 => format!("is no condition: {}", shown(place.value)),
                _ => format!("is two conditions: {}", found.join(" and ")),
            })
            .hint(format!("A condition has one of: {}.", SHAPES.join(", "))));
    };
    let parts = |name| -> Result<Vec<Condition>> {
        place.object(&[name])?;
        let elements = place.needed(name)?.elements()?;
        if elements.len() > LONGEST {
            return Err(place.refused(format!("has more than {LONGEST} conditions")));
        }
        elements.iter().map(|part| nested(part, scope, depth + 1)).collect()
    };
    match shape {
        "and" => Ok(Condition::And(parts("and")?)),
        "or" => Ok(Condition::Or(parts("or")?)),
        "not" => {
            place.object(&["not"])?;
            Ok(Condition::Not(Box::new(nested(&place.needed("not")?, scope, depth + 1)?)))
        }
        "profile" => profile(place, scope),
        "bought" => {
            place.object(&["bought"])?;
            bought(&place.needed("bought")?, scope)
        }
        "event" => event(place, scope),
        _ => {
            place.object(&["subscribed"])?;
            Ok(Condition::Subscribed(place.needed("subscribed")?.name()?.to_owned()))
        }
    }
}

// ---- purchases and events -------------------------------------------------------------------------------------------

fn bought(place: &Place<'_>, scope: Scope<'_>) -> Result<Condition> {
    if place.value == &Value::Bool(true) {
        return Ok(Condition::Bought { at_least: 1, spend_at_least: None, since: since(place, scope)? });
    }
    place.object(&["at_least", "spend_at_least", "since", "within"])?;
    let (at_least, spend_at_least) = amounts(place)?;
    Ok(Condition::Bought { at_least, spend_at_least, since: since(place, scope)? })
}

/// How often and for how much at least.
pub fn amounts(place: &Place<'_>) -> Result<(u32, Option<f64>)> {
    let at_least = place.member("at_least").map(|n| n.whole_number(1, 1_000_000)).transpose()?.unwrap_or(1);
    let spend = place.member("spend_at_least").map(|spend| spend.number(0.0, 1e12)).transpose()?;
    Ok((at_least as u32, spend))
}

fn event(place: &Place<'_>, scope: Scope<'_>) -> Result<Condition> {
    place.object(&["event", "of", "since", "within", "at_least", "channel"])?;
    let kind = kind_at(&place.needed("event")?)?;
    let at_least = place.member("at_least").map(|n| n.whole_number(1, 1_000_000)).transpose()?.unwrap_or(1) as u32;
    let channel = place.member("channel").map(|channel| channel.name().map(str::to_owned)).transpose()?;
    let since = match place.member("of") {
        Some(of) => {
            if let Some(other) = place.member("since").or_else(|| place.member("within")) {
                return Err(other.refused("cannot be said beside of"));
            }
            Since::Of(acting_step(&of, scope)?)
        }
        None => since(place, scope)?,
    };
    Ok(Condition::Event { kind, since, at_least, channel })
}

fn since(place: &Place<'_>, scope: Scope<'_>) -> Result<Since> {
    match (place.member("since"), place.member("within")) {
        (Some(since), Some(_)) => Err(since.refused("cannot be said beside within")),
        (None, Some(within)) => Ok(Since::Within(span(&within)?)),
        (Some(since), None) if since.text()? != "entry" => Ok(Since::Step(acting_step(&since, scope)?)),
        _ if scope.steps.is_none() => Err(place
            .refused("there is no entry yet from which it could count")
            .hint("Say within, such as \"within\": \"30 days\".")),
        _ => Ok(Since::Entry),
    }
}

/// The step of this name, which must be one that acts.
pub fn acting_step(place: &Place<'_>, scope: Scope<'_>) -> Result<usize> {
    let name = place.text()?;
    let Some(steps) = scope.steps else { return Err(place.refused("there is no entry yet, and no step")) };
    match steps.iter().position(|(step, _)| *step == name) {
        Some(found) if steps[found].1 => Ok(found),
        Some(_) => Err(place.refused(format!("step \"{}\" does not act", shorten(name)))),
        None => Err(unknown_step(place, name, &steps.iter().map(|(step, _)| *step).collect::<Vec<_>>())),
    }
}

/// The refusal of a step that is not there.
pub fn unknown_step(place: &Place<'_>, name: &str, steps: &[&str]) -> Error {
    let error = place.refused(format!("step \"{}\" does not exist", shorten(name)));
    match nearest(name, steps) {
        Some(near) => error.hint(format!("Perhaps you meant \"{}\".", shorten(near))),
        None => error,
    }
}

/// A length of time.
pub fn span(place: &Place<'_>) -> Result<Span> {
    Span::parse(place.text()?).map_err(|error| place.at(error))
}

/// A kind of event.
pub fn kind_at(place: &Place<'_>) -> Result<String> {
    event_kind(place.text()?).map_err(|error| place.at(error))
}

/// A kind of event by the name that is kept of it: those that an engagement history knows, from the past tense too, and any other word.
///
/// # Errors
/// [`Kind::InvalidParameter`] for what is no word.
pub fn event_kind(word: &str) -> Result<String> {
    let word = word.to_ascii_lowercase();
    let known = match word.as_str() {
        "opened" => "open",
        "clicked" => "click",
        "visited" => "visit",
        "replied" => "reply",
        "bounced" => "bounce",
        "unsubscribed" => "unsubscribe",
        "complained" => "complaint",
        "referred" => "referral",
        "subscribed" => "subscribe",
        other => other,
    };
    if EventKind::parse(known).is_ok() || super::place::is_name(known) {
        return Ok(known.to_owned());
    }
    Err(Error::new(Kind::InvalidParameter, format!("\"{}\" is no kind of event", shorten(&word)))
        .hint("Use a word of small letters, digits and underscores, such as opened, clicked or registered."))
}

// ---- the profile ----------------------------------------------------------------------------------------------------

/// What can be compared with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparable {
    Text,
    Number,
    Bool,
    Time,
    Nothing,
}

fn comparable(sql_type: &str) -> Comparable {
    let base = sql_type.split('(').next().unwrap_or(sql_type).trim();
    match base {
        "text" | "character varying" | "character" | "name" | "citext" => Comparable::Text,
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => Comparable::Number,
        "boolean" => Comparable::Bool,
        "date" => Comparable::Time,
        _ if base.starts_with("timestamp") => Comparable::Time,
        _ => Comparable::Nothing,
    }
}

/// The column of this name.
pub fn column<'a>(place: &Place<'_>, columns: &'a [ProfileColumn]) -> Result<&'a ProfileColumn> {
    let name = place.text()?;
    columns.iter().find(|column| column.name == name).ok_or_else(|| {
        let error = place.refused(format!("column \"{}\" does not exist in the profile", shorten(name)));
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        match nearest(name, &names) {
            Some(near) => error.hint(format!("Perhaps you meant \"{}\".", shorten(near))),
            None => error.hint("The columns are those of the view customers, and the store's attributes."),
        }
    })
}

const TESTS: [&str; 11] = [
    "is",
    "is_not",
    "in",
    "not_in",
    "less_than",
    "at_most",
    "more_than",
    "at_least",
    "is_null",
    "within_last",
    "not_within_last",
];

fn profile(place: &Place<'_>, scope: Scope<'_>) -> Result<Condition> {
    let known: Vec<&str> = ["profile"].into_iter().chain(TESTS).collect();
    let members = place.object(&known)?;
    let column = column(&place.needed("profile")?, scope.columns)?;
    let tests: Vec<&String> = members.keys().filter(|name| *name != "profile").collect();
    let [test] = tests[..] else {
        return Err(place
            .refused(format!("must have one test, and has {}", tests.len()))
            .hint(format!("The tests are {}.", TESTS.join(", "))));
    };
    let Some(value) = place.member(test) else {
        return Err(place.refused(format!("{test} must not be null")).hint("is_null asks whether nothing is known."));
    };
    let asked = |test: Test| Condition::Profile { column: column.name.clone(), test };
    let scalar = || scalar(&value, column);
    let ordered = |test: fn(Scalar) -> Test| match comparable(&column.sql_type) {
        Comparable::Number | Comparable::Time | Comparable::Text => Ok(asked(test(scalar()?))),
        _ => Err(value.refused(format!("a column of type {} has no order", column.sql_type))),
    };
    let list = || -> Result<Vec<Scalar>> {
        let elements = value.elements()?;
        if elements.len() > LONGEST {
            return Err(value.refused(format!("has more than {LONGEST} values")));
        }
        elements.iter().map(|element| self::scalar(element, column)).collect()
    };
    let recent = || match comparable(&column.sql_type) {
        Comparable::Time => Ok(asked(Test::WithinLast(span(&value)?))),
        _ => Err(value.refused(format!(
            "column \"{}\" is of type {}, and no time",
            shorten(&column.name),
            column.sql_type
        ))),
    };
    let not = |condition| Condition::Not(Box::new(condition));
    match test.as_str() {
        "is" => Ok(asked(Test::In(vec![scalar()?]))),
        "is_not" => Ok(not(asked(Test::In(vec![scalar()?])))),
        "in" => Ok(asked(Test::In(list()?))),
        "not_in" => Ok(not(asked(Test::In(list()?)))),
        "less_than" => ordered(Test::LessThan),
        "at_most" => ordered(Test::AtMost),
        "more_than" => ordered(Test::MoreThan),
        "at_least" => ordered(Test::AtLeast),
        "is_null" => Ok(if value.bool()? { asked(Test::IsNull) } else { not(asked(Test::IsNull)) }),
        "within_last" => recent(),
        _ => Ok(not(recent()?)),
    }
}

fn scalar(place: &Place<'_>, column: &ProfileColumn) -> Result<Scalar> {
    let wrong = || {
        place.refused(format!(
            "column \"{}\" is of type {}, which cannot be compared with {}",
            shorten(&column.name),
            column.sql_type,
            shown(place.value)
        ))
    };
    match (comparable(&column.sql_type), place.value) {
        (Comparable::Number, Value::Number(number)) => Ok(Scalar::Number(number.to_string())),
        (Comparable::Bool, Value::Bool(bool)) => Ok(Scalar::Bool(*bool)),
        (Comparable::Time, Value::String(text)) if is_time(text) => Ok(Scalar::Text(text.clone())),
        (Comparable::Time, Value::String(_)) => {
            Err(wrong().hint("Write days as 2026-12-31, instants as 2026-12-31T23:59:59Z."))
        }
        (Comparable::Text | Comparable::Nothing, Value::String(_)) => Ok(Scalar::Text(place.text()?.to_owned())),
        _ => Err(wrong()),
    }
}

fn is_time(text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").is_ok()
        || DateTime::parse_from_rfc3339(text).is_ok()
}
