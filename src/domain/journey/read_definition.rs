//! Definitions as they are written: everything is checked here, so that what comes out can be made into SQL.

use serde_json::Value;

use super::definition::{
    Arm, Definition, Dimension, Entry, Goal, GoalKind, Offset, Reentry, Step, StepKind, TimeOfDay, Wait,
};
use super::graph::check_graph;
use super::place::{Place, shown};
use super::read_condition::{
    ProfileColumn, Scope, acting_step, amounts, column, condition, kind_at, span, unknown_step,
};
use super::span::Span;
use crate::domain::error::{Error, Kind, Result, shorten};

/// The most steps of a journey.
const MOST_STEPS: usize = 200;

/// Reads the definition of the journey of this name, over these columns of the profile.
///
/// # Errors
/// [`Kind::InvalidParameter`], whose message begins with the place.
pub fn read(json: &Value, name: &str, columns: &[ProfileColumn]) -> Result<Definition> {
    let place = Place::whole(json);
    place.object(&["description", "entry", "who", "reentry", "steps", "goal", "exit", "priority", "control"])?;
    if let Some(description) = place.member("description") {
        description.text()?;
    }
    let before = Scope { columns, steps: None };
    let entry = entry(&place.needed("entry")?, before)?;
    let who = place.member("who").map(|who| condition(&who, before)).transpose()?;
    let reentry = place.member("reentry").map_or(Ok(Reentry::Once), |reentry| self::reentry(&reentry))?;
    let steps = place.needed("steps")?;
    let elements = steps.elements()?;
    if elements.is_empty() {
        return Err(steps.refused("must not be empty"));
    }
    if elements.len() > MOST_STEPS {
        return Err(steps.refused(format!("must be at most {MOST_STEPS}, and are {}", elements.len())));
    }
    let mut names: Vec<(&str, bool)> = Vec::new();
    for element in &elements {
        element.object(&["name", "next", "else", "act", "wait", "branch", "split", "goal", "exit", "call"])?;
        let step = element.needed("name")?;
        let step_name = step.name()?;
        if names.iter().any(|(other, _)| *other == step_name) {
            return Err(step.refused(format!("step \"{step_name}\" is there twice")));
        }
        names.push((step_name, element.member("act").is_some()));
    }
    let during = Scope { columns, steps: Some(&names) };
    let reader = Reader { scope: during, names: names.iter().map(|(name, _)| *name).collect(), journey: name };
    let read: Vec<Step> =
        elements.iter().enumerate().map(|(i, element)| reader.step(element, i)).collect::<Result<_>>()?;
    check_graph(&read, &elements)?;

    let goal = place.member("goal").map_or_else(|| Ok(default_goal()), |goal| self::goal(&goal))?;
    let exit = place.member("exit");
    if let Some(exit) = &exit {
        exit.object(&["on_goal", "unless"])?;
    }
    let of_exit = |name: &str| exit.as_ref().and_then(|exit| exit.member(name));
    let ends_on_goal = of_exit("on_goal").map_or(Ok(true), |on_goal| on_goal.bool())?;
    let unless = of_exit("unless").map(|unless| condition(&unless, during)).transpose()?;
    let priority = place.member("priority").map_or(Ok(0), |priority| priority.whole_number(-1000, 1000))? as i32;
    let control = match place.member("control") {
        Some(control) => share(&control)?,
        None => 0.0,
    };
    Ok(Definition { entry, who, reentry, steps: read, goal, ends_on_goal, unless, priority, control })
}

/// A share from 0 to below 1.
pub fn share(place: &Place<'_>) -> Result<f64> {
    let share = place.number(0.0, 1.0)?;
    if share < 1.0 { Ok(share) } else { Err(place.refused("must be below 1, or nobody would get anything")) }
}

// ---- who enters -----------------------------------------------------------------------------------------------------

fn one_of<'a>(place: &Place<'_>, names: &[&'a str], what: &str) -> Result<&'a str> {
    let found: Vec<&str> = names.iter().copied().filter(|name| place.member(name).is_some()).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(place.refused(format!("{what} is missing")).hint(format!("Say one of: {}.", names.join(", ")))),
        _ => Err(place.refused(format!("must be one of {}, and is {}", names.join(", "), found.join(" and ")))),
    }
}

fn entry(place: &Place<'_>, scope: Scope<'_>) -> Result<Entry> {
    place.object(&["event", "movement", "date", "offset", "every_year", "at", "condition", "existing", "call"])?;
    let kind = one_of(place, &["event", "movement", "date", "condition", "call"], "the occasion")?;
    let only = |known: &[&str]| place.object(known).map(|_| ());
    match kind {
        "event" => {
            only(&["event"])?;
            Ok(Entry::Event(kind_at(&place.needed("event")?)?))
        }
        "movement" => {
            only(&["movement"])?;
            movement(&place.needed("movement")?)
        }
        "date" => {
            only(&["date", "offset", "every_year", "at"])?;
            let of = place.needed("date")?;
            let column = column(&of, scope.columns)?;
            if column.sql_type != "date" && !column.sql_type.starts_with("timestamp") {
                return Err(of.refused(format!(
                    "column \"{}\" is of type {}, and no date",
                    shorten(&column.name),
                    column.sql_type
                )));
            }
            Ok(Entry::Date {
                column: column.name.clone(),
                is_date: column.sql_type == "date",
                offset: match place.member("offset") {
                    Some(offset) => self::offset(&offset)?,
                    None => Offset { before: false, span: Span { months: 0, days: 0, minutes: 0 } },
                },
                every_year: place.member("every_year").map_or(Ok(false), |every| every.bool())?,
                at: place.member("at").map_or(Ok(TimeOfDay(0)), |at| time_of_day(&at))?,
            })
        }
        "condition" => {
            only(&["condition", "existing"])?;
            Ok(Entry::Condition {
                condition: condition(&place.needed("condition")?, scope)?,
                existing: place.member("existing").map_or(Ok(false), |existing| existing.bool())?,
            })
        }
        _ => {
            only(&["call"])?;
            let call = place.needed("call")?;
            if call.bool()? { Ok(Entry::Call) } else { Err(call.refused("must be true")) }
        }
    }
}

fn movement(place: &Place<'_>) -> Result<Entry> {
    place.object(&["what", "from", "to"])?;
    let of = place.needed("what")?;
    let what = match of.text()? {
        "stage" => Dimension::Stage,
        "segment" => Dimension::Segment,
        other => return Err(of.refused(format!("must be stage or segment, and is \"{}\"", shorten(other)))),
    };
    let names = |side: &str| -> Result<Vec<String>> {
        let Some(place) = place.member(side) else { return Ok(Vec::new()) };
        if place.value.is_array() {
            let elements = place.elements()?;
            if elements.is_empty() {
                return Err(place.refused("must not be empty"));
            }
            return elements.iter().map(|name| self::moved(name, what)).collect();
        }
        Ok(vec![moved(&place, what)?])
    };
    let (from, to) = (names("from")?, names("to")?);
    if from.is_empty() && to.is_empty() {
        return Err(place.refused("must say from or to"));
    }
    Ok(Entry::Movement { what, from, to })
}

const STAGES: [&str; 5] = ["prospect", "new", "active", "at_risk", "lapsed"];

/// The name of a stage, or of a segment, which can be anything: grids differ, and can be changed.
fn moved(place: &Place<'_>, what: Dimension) -> Result<String> {
    let name = place.text()?;
    if what == Dimension::Stage && !STAGES.contains(&name) {
        return Err(place
            .refused(format!("stage \"{}\" does not exist", shorten(name)))
            .hint(format!("The stages are {}.", STAGES.join(", "))));
    }
    Ok(name.to_owned())
}

fn offset(place: &Place<'_>) -> Result<Offset> {
    let text = place.text()?.trim();
    let (before, span) = match text.strip_prefix('-') {
        Some(span) => (true, span),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    Ok(Offset { before, span: Span::parse(span).map_err(|error| place.at(error))? })
}

/// A time of day, such as 09:30.
pub fn time_of_day(place: &Place<'_>) -> Result<TimeOfDay> {
    let text = place.text()?;
    let digits = |text: &str| (text.len() == 2).then(|| text.parse::<u16>().ok()).flatten();
    match text.split_once(':').map(|(hour, minute)| (digits(hour), digits(minute))) {
        Some((Some(hour @ 0..=23), Some(minute @ 0..=59))) => Ok(TimeOfDay(hour * 60 + minute)),
        _ => Err(place.refused(format!("\"{}\" is no time of day", shorten(text))).hint("Write it as 09:30.")),
    }
}

/// Days of the week, Monday being 0.
pub fn weekdays(place: &Place<'_>) -> Result<Vec<u8>> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let elements = place.elements()?;
    if elements.is_empty() {
        return Err(place.refused("must not be empty"));
    }
    let mut days = elements
        .iter()
        .map(|day| {
            let text = day.text()?;
            let found = DAYS.iter().position(|known| *known == text);
            found.map(|found| found as u8).ok_or_else(|| {
                day.refused(format!("\"{}\" is no day of the week", shorten(text)))
                    .hint(format!("They are {}.", DAYS.join(", ")))
            })
        })
        .collect::<Result<Vec<u8>>>()?;
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

fn reentry(place: &Place<'_>) -> Result<Reentry> {
    match place.value {
        Value::String(text) if text == "once" => Ok(Reentry::Once),
        Value::String(text) if text == "always" => Ok(Reentry::Always),
        Value::Object(_) => {
            place.object(&["not_within"])?;
            Ok(Reentry::NotWithin(span(&place.needed("not_within")?)?))
        }
        other => Err(place
            .refused(format!("must be once, always or not_within, and is {}", shown(other)))
            .hint("Such as \"once\", \"always\" or {\"not_within\": \"90 days\"}.")),
    }
}

fn default_goal() -> Goal {
    Goal { what: GoalKind::Bought { at_least: 1, spend_at_least: None }, within: Span::days(30) }
}

fn goal(place: &Place<'_>) -> Result<Goal> {
    place.object(&["bought", "event", "within"])?;
    let within = place.member("within").map_or(Ok(Span::days(30)), |within| span(&within))?;
    let what = match one_of(place, &["bought", "event"], "what the goal is")? {
        "event" => GoalKind::Event(kind_at(&place.needed("event")?)?),
        _ => {
            let bought = place.needed("bought")?;
            match bought.value {
                Value::Bool(true) => GoalKind::Bought { at_least: 1, spend_at_least: None },
                Value::Bool(false) => return Err(bought.refused("must be true, or say how much")),
                _ => {
                    bought.object(&["at_least", "spend_at_least"])?;
                    let (at_least, spend_at_least) = amounts(&bought)?;
                    GoalKind::Bought { at_least, spend_at_least }
                }
            }
        }
    };
    Ok(Goal { what, within })
}

// ---- steps ----------------------------------------------------------------------------------------------------------

struct Reader<'a> {
    scope: Scope<'a>,
    names: Vec<&'a str>,
    journey: &'a str,
}

impl Reader<'_> {
    /// The step of this name.
    fn target(&self, place: &Place<'_>) -> Result<usize> {
        let name = place.text()?;
        self.names.iter().position(|known| *known == name).ok_or_else(|| unknown_step(place, name, &self.names))
    }

    /// The step that a member names, or the following one.
    fn next(&self, place: &Place<'_>, member: &str, number: usize) -> Result<usize> {
        match place.member(member) {
            Some(next) => self.target(&next),
            None if number + 1 < self.names.len() => Ok(number + 1),
            None => Err(place
                .refused(format!(
                    "step \"{}\" is a dead end: it is the last, and does not say {member}",
                    self.names[number]
                ))
                .hint("End with a step such as {\"name\": \"end\", \"exit\": \"done\"}.")),
        }
    }

    fn step(&self, place: &Place<'_>, number: usize) -> Result<Step> {
        let kind = one_of(place, &["act", "wait", "branch", "split", "goal", "exit", "call"], "what the step does")?;
        let allowed: &[&str] = match kind {
            "branch" => &["name", "branch", "else"],
            "split" => &["name", "split"],
            "goal" => &["name", "goal"],
            "exit" => &["name", "exit"],
            other => &["name", other, "next"],
        };
        place.object(allowed)?;
        let of = place.needed(kind)?;
        let kind = match kind {
            "act" => self.act(&of, self.next(place, "next", number)?)?,
            "wait" => self.wait(&of, self.next(place, "next", number)?)?,
            "branch" => self.branch(&of, self.next(place, "else", number)?)?,
            "split" => self.split(&of)?,
            "call" => {
                let journey = of.name()?;
                if journey == self.journey {
                    return Err(of.refused("a journey cannot call itself"));
                }
                StepKind::Call { journey: journey.to_owned(), next: self.next(place, "next", number)? }
            }
            "goal" if !of.bool()? => return Err(of.refused("must be true")),
            "goal" => StepKind::Goal,
            _ => StepKind::Exit(of.text()?.to_owned()),
        };
        Ok(Step { name: self.names[number].to_owned(), kind })
    }

    fn act(&self, place: &Place<'_>, next: usize) -> Result<StepKind> {
        place.object(&["channel", "template", "payload", "deadline"])?;
        let payload = match place.member("payload") {
            None => serde_json::Map::new(),
            Some(payload) => match payload.value {
                Value::Object(members) => {
                    self.check_payload(&payload, 0)?;
                    members.clone()
                }
                other => return Err(payload.refused(format!("must be an object, and is {}", shown(other)))),
            },
        };
        Ok(StepKind::Act {
            channel: place.needed("channel")?.name()?.to_owned(),
            template: place.needed("template")?.text()?.to_owned(),
            payload,
            deadline: place.member("deadline").map(|deadline| span(&deadline)).transpose()?,
            next,
        })
    }

    /// What stands for values of the profile must name columns that exist.
    fn check_payload(&self, place: &Place<'_>, depth: usize) -> Result<()> {
        if depth > 20 {
            return Err(place.refused("lies more than 20 values deep"));
        }
        match place.value {
            Value::Object(members) => {
                if let (1, Some(of)) = (members.len(), place.member("profile")) {
                    if of.value.is_string() {
                        return column(&of, self.scope.columns).map(|_| ());
                    }
                }
                for name in members.keys() {
                    if name.contains('\0') {
                        return Err(place.refused("must not hold a zero character"));
                    }
                    if let Some(member) = place.member(name) {
                        self.check_payload(&member, depth + 1)?;
                    }
                }
                Ok(())
            }
            Value::Array(_) => place.elements()?.iter().try_for_each(|element| self.check_payload(element, depth + 1)),
            Value::String(_) => place.text().map(|_| ()),
            _ => Ok(()),
        }
    }

    fn wait(&self, place: &Place<'_>, next: usize) -> Result<StepKind> {
        place.object(&["for", "until", "weekdays", "event", "of", "timeout", "then"])?;
        let kind = one_of(place, &["for", "until", "event"], "what it waits for")?;
        let allowed: &[&str] = match kind {
            "for" => &["for"],
            "until" => &["until", "weekdays"],
            _ => &["event", "of", "timeout", "then"],
        };
        place.object(allowed)?;
        let wait = match kind {
            "for" => Wait::For(span(&place.needed("for")?)?),
            "until" => Wait::Until {
                at: time_of_day(&place.needed("until")?)?,
                weekdays: place.member("weekdays").map_or(Ok(Vec::new()), |days| weekdays(&days))?,
            },
            _ => Wait::Event {
                kind: kind_at(&place.needed("event")?)?,
                of: place.member("of").map(|of| acting_step(&of, self.scope)).transpose()?,
                timeout: span(&place.needed("timeout")?)?,
                then: place.member("then").map_or(Ok(next), |then| self.target(&then))?,
            },
        };
        Ok(StepKind::Wait { wait, next })
    }

    fn branch(&self, place: &Place<'_>, otherwise: usize) -> Result<StepKind> {
        let cases = place.elements()?;
        if cases.is_empty() {
            return Err(place.refused("must not be empty"));
        }
        let cases = cases
            .iter()
            .map(|case| {
                case.object(&["if", "then"])?;
                Ok((condition(&case.needed("if")?, self.scope)?, self.target(&case.needed("then")?)?))
            })
            .collect::<Result<_>>()?;
        Ok(StepKind::Branch { cases, otherwise })
    }

    fn split(&self, place: &Place<'_>) -> Result<StepKind> {
        let mut arms: Vec<Arm> = Vec::new();
        for arm in place.elements()? {
            arm.object(&["arm", "weight", "then"])?;
            let name = arm.needed("arm")?;
            if arms.iter().any(|other| Ok(other.name.as_str()) == name.text()) {
                return Err(name.refused("is there twice"));
            }
            let weight = arm.needed("weight")?;
            let share = weight.number(0.0, 1e9)?;
            if share < 1e-9 {
                return Err(weight.refused("must be positive"));
            }
            arms.push(Arm { name: name.name()?.to_owned(), weight: share, to: self.target(&arm.needed("then")?)? });
        }
        if arms.len() < 2 {
            return Err(place.refused("must have at least two arms"));
        }
        Ok(StepKind::Split(arms))
    }
}

/// The names of the journeys that a definition calls, with their places.
pub fn called<'a>(json: &'a Value) -> Result<Vec<(String, Place<'a>)>> {
    let steps = Place::whole(json).needed("steps")?.elements()?;
    let calls = steps.iter().filter_map(|step| step.member("call"));
    calls.map(|call| Ok((call.text()?.to_owned(), call))).collect()
}

/// The refusal of text that is no JSON.
pub fn no_json(error: &serde_json::Error) -> Error {
    Error::new(Kind::InvalidParameter, format!("definition: {error}"))
}
