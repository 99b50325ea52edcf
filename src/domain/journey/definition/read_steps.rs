//! Reading the steps of a journey.

use std::collections::HashSet;

use super::graph::{Flaw, flaw};
use super::json_path::{JsonPath, Object};
use super::profile_columns::Sort;
use super::read_condition::{Reader, When};
use super::read_definition::{date_column, offset};
use super::read_occasion::{self, member};
use super::read_payload::payload;
use super::{Act, Arm, DayOf, Step, StepKind, TimeOfDay, Wait};
use crate::domain::engagement::event_kind::event_kind;
use crate::domain::support::error::{Error, Kind, Result};

/// How many steps a journey may have.
const MOST_STEPS: usize = 200;
/// The largest weight of an arm.
const LARGEST_WEIGHT: f64 = 1e9;
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
                payload: object.read("payload", |place| payload(place, reader))?.unwrap_or_default(),
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
    let (what, value) = object.one_of(&["for", "until", "event", "date"])?;
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
        "date" => {
            object.only(&["date", "offset", "at", "else"])?;
            let wait = Wait::Date {
                day: day(&value, reader)?,
                offset: offset(&object)?,
                at: object.read("at", JsonPath::time_of_day)?.unwrap_or(TimeOfDay(0)),
                otherwise: reader.step(&object.need("else").map_err(|error| {
                    error.hint(
                        "It names the step for customers whose date is not known, or has passed when they come here.",
                    )
                })?)?,
            };
            Ok((wait, next?))
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

/// Where the day is said that is waited for: a column of the profile by its name, or a member of the event's detail.
fn day(place: &JsonPath<'_>, reader: &Reader<'_>) -> Result<DayOf> {
    if place.value.is_object() {
        let object = place.object(&["event"])?;
        let event = object.need("event")?;
        read_occasion::value("event", &event, reader.known)?;
        return Ok(DayOf::Event(member(&event)?));
    }
    let (column, sort) = date_column(place, reader.columns)?;
    Ok(DayOf::Profile { column: column.name.clone(), is_date: sort == Sort::Date })
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
