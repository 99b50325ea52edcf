//! Reading the steps of a journey.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::graph::{Flaw, flaw};
use super::json_path::{JsonPath, Object};
use super::profile_columns::ProfileColumn;
use super::read_condition::{Reader, When};
use super::{Act, Arm, Step, StepKind, Wait};
use crate::domain::engagement::event_kind::event_kind;
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// How many steps a journey may have.
const MOST_STEPS: usize = 200;
/// The largest weight of an arm.
const LARGEST_WEIGHT: f64 = 1e9;
/// How deep a payload may be nested.
const DEEPEST_PAYLOAD: usize = 32;
/// What a step can do.
const KINDS: [&str; 7] = ["act", "wait", "branch", "split", "goal", "exit", "call"];

/// A step as far as others can speak of it.
pub struct Named<'a> {
    object: Object<'a>,
    /// Its name.
    pub name: &'a str,
    what: &'static str,
    value: JsonPath<'a>,
}

impl Named<'_> {
    /// Whether it acts.
    pub fn is_act(&self) -> bool {
        self.what == "act"
    }
}

/// The steps that are listed here.
pub fn list<'a>(place: &JsonPath<'a>) -> Result<Vec<Named<'a>>> {
    let places = place.list()?;
    if places.len() > MOST_STEPS {
        return Err(place.refuse_as(Kind::LimitExceeded, format!("more than {MOST_STEPS} steps")));
    }
    let mut names = HashSet::new();
    let mut steps = Vec::new();
    for place in places {
        let object = place.any_object()?;
        let (what, value) = object.one_of(&KINDS)?;
        let onward = match what {
            "act" | "wait" | "call" => "next",
            "branch" => "else",
            // What leads nowhere else has no key for it.
            _ => "name",
        };
        object.only(&["name", what, onward])?;
        let place = object.need("name")?;
        let name = place.name()?;
        if name == "entry" {
            return Err(place
                .refuse("\"entry\" cannot be the name of a step")
                .hint("\"since\": \"entry\" means the entry into the journey."));
        }
        if !names.insert(name) {
            return Err(place.refuse(format!("there are two steps \"{name}\"")));
        }
        steps.push(Named { object, name, what, value });
    }
    Ok(steps)
}

/// What the steps do, and that their order serves. The journey's name is known, for it cannot call itself.
pub fn read(steps: &[Named<'_>], reader: &mut Reader<'_>, journey: &str) -> Result<Vec<Step>> {
    let mut read = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let kind = kind(number, step, reader, journey)?;
        read.push(Step { name: step.name.to_owned(), kind });
    }
    match flaw(&read) {
        None => Ok(read),
        Some(Flaw::Unreachable(step)) => {
            let Named { object, name, .. } = &steps[step];
            Err(object
                .place
                .refuse(format!("step \"{name}\" is never reached"))
                .hint("Let another step lead to it by \"next\", \"then\" or \"else\", or take it out."))
        }
        Some(Flaw::Loop(way)) => {
            let names: Vec<&str> = way.iter().chain(&way[..1]).map(|step| steps[*step].name).collect();
            Err(steps[way[0]]
                .object
                .place
                .refuse(format!("loop without a wait: {}", names.join(" -> ")))
                .hint("Put a step into it that waits \"for\" a time or \"until\" a time of day."))
        }
    }
}

fn kind(number: usize, step: &Named<'_>, reader: &mut Reader<'_>, journey: &str) -> Result<StepKind> {
    let last = reader.steps.len() - 1;
    // Where the step leads by this key: by default to the one after it.
    let onward = |reader: &Reader<'_>, key: &str| match step.object.get(key) {
        Some(place) => reader.step(&place),
        None if number < last => Ok(number + 1),
        None => Err(dead_end(step, key)),
    };
    let value = &step.value;
    Ok(match step.what {
        "act" => {
            let object = value.object(&["channel", "template", "payload", "deadline", "topic", "transactional"])?;
            let act = Act {
                channel: object.need("channel")?.channel()?,
                template: object.need("template")?.text()?.to_owned(),
                payload: object.read("payload", |place| payload(place, reader.columns))?.unwrap_or_default(),
                deadline: object.read("deadline", JsonPath::span)?,
                topic: object.read("topic", |place| Ok(place.name()?.to_owned()))?,
                is_transactional: object.read("transactional", JsonPath::boolean)?.unwrap_or(false),
            };
            StepKind::Act { act, next: onward(reader, "next")? }
        }
        "wait" => {
            let next = onward(reader, "next");
            let (wait, next) = wait(value, reader, next)?;
            StepKind::Wait { wait, next }
        }
        "branch" => {
            let mut cases = Vec::new();
            for place in value.list()? {
                let object = place.object(&["if", "then"])?;
                let condition = reader.condition(&object.need("if")?, When::Within)?;
                cases.push((condition, reader.step(&object.need("then")?)?));
            }
            StepKind::Branch { cases, otherwise: onward(reader, "else")? }
        }
        "split" => StepKind::Split(arms(value, reader)?),
        "call" => {
            let name = value.name()?;
            if name == journey {
                return Err(value.refuse("a journey cannot call itself"));
            }
            StepKind::Call { journey: name.to_owned(), next: onward(reader, "next")? }
        }
        "goal" => {
            value.is_true()?;
            StepKind::Goal
        }
        _ => StepKind::Exit(value.text()?.to_owned()),
    })
}

fn dead_end(step: &Named<'_>, key: &str) -> Error {
    step.object
        .place
        .refuse(format!("dead end: nothing comes after step \"{}\"", step.name))
        .hint(format!("Let the last step be a goal or an exit, or say by \"{key}\" where it goes on."))
}

/// What is waited for, and where it goes on after it.
fn wait(place: &JsonPath<'_>, reader: &Reader<'_>, next: Result<usize>) -> Result<(Wait, usize)> {
    let object = place.any_object()?;
    let (what, value) = object.one_of(&["for", "until", "event"])?;
    match what {
        "for" => {
            object.only(&["for"])?;
            Ok((Wait::For(value.span()?), next?))
        }
        "until" => {
            object.only(&["until", "weekdays"])?;
            let weekdays = object.read("weekdays", JsonPath::weekdays)?.unwrap_or_default();
            Ok((Wait::Until { at: value.time_of_day()?, weekdays }, next?))
        }
        _ => {
            object.only(&["event", "of", "timeout", "then", "machine"])?;
            let kind = event_kind(value.name()?)?;
            let of = object.read("of", |place| {
                if kind == "ordered" {
                    return Err(place.refuse("purchases are not tied to an act"));
                }
                reader.act(place)
            })?;
            let timeout = object.need("timeout")?.span()?;
            let then = object.read("then", |place| reader.step(place))?;
            let next = next?;
            let machine = object.read("machine", JsonPath::boolean)?.unwrap_or(false);
            Ok((Wait::Event { kind, of, machine, timeout, then: then.unwrap_or(next) }, next))
        }
    }
}

fn arms(place: &JsonPath<'_>, reader: &Reader<'_>) -> Result<Vec<Arm>> {
    let mut arms: Vec<Arm> = Vec::new();
    for place in place.list()? {
        let object = place.object(&["arm", "weight", "then"])?;
        let name_place = object.need("arm")?;
        let name = name_place.name()?;
        if arms.iter().any(|arm| arm.name == name) {
            return Err(name_place.refuse(format!("there are two arms \"{name}\"")));
        }
        let weight = object
            .need("weight")?
            .number(|weight| weight > 0.0 && weight <= LARGEST_WEIGHT, "above 0, and at most 1000000000")?;
        arms.push(Arm { name: name.to_owned(), weight, to: reader.step(&object.need("then")?)? });
    }
    if arms.len() < 2 {
        return Err(place.refuse("a split needs at least two arms"));
    }
    Ok(arms)
}

// ---- payloads -------------------------------------------------------------------------------------------------------

/// What is handed to the sender: as it is, but for the columns that it asks for, which must exist.
fn payload(place: &JsonPath<'_>, columns: &[ProfileColumn]) -> Result<Map<String, Value>> {
    let Value::Object(map) = place.value else { return Err(place.must_be("an object")) };
    if map.contains_key("profile") && map.len() == 1 {
        return Err(place.refuse("must be an object of values, not a value"));
    }
    check_payload(place, columns, 1)?;
    Ok(map.clone())
}

fn check_payload(place: &JsonPath<'_>, columns: &[ProfileColumn], depth: usize) -> Result<()> {
    if depth > DEEPEST_PAYLOAD {
        let why = format!("a payload is nested more than {DEEPEST_PAYLOAD} deep");
        return Err(place.refuse_as(Kind::LimitExceeded, why));
    }
    match place.value {
        Value::Object(map) => {
            // Beside other keys it is a key as any other.
            if let (Some(column), 1) = (map.get("profile"), map.len()) {
                return ProfileColumn::named(&place.within("profile", column), columns).map(drop);
            }
            map.iter().try_for_each(|(key, value)| check_payload(&place.within(key, value), columns, depth + 1))
        }
        Value::Array(values) => {
            place.elements(values).iter().try_for_each(|element| check_payload(element, columns, depth + 1))
        }
        Value::String(text) if text.len() > 100_000 => {
            Err(place.refuse_as(Kind::LimitExceeded, format!("a text of more than 100000 bytes: {}", shorten(text))))
        }
        _ => Ok(()),
    }
}
