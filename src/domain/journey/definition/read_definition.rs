//! Reading a whole definition: everything that can be wrong with it is found here, and named by its place.

use serde_json::Value;

use super::json_path::{JsonPath, Object};
use super::profile_columns::{ProfileColumn, Sort};
use super::read_condition::{Reader, When, purchases, reaction};
use super::{Definition, Dimension, Entry, Goal, GoalKind, Offset, Reentry, TimeOfDay};
use super::{read_occasion, read_steps};
use crate::domain::stages::stage::LifecycleStage;
use crate::domain::store::journey_defaults::GOAL_WITHIN;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::span::Span;

const KEYS: [&str; 9] = ["entry", "who", "reentry", "steps", "goal", "exit", "priority", "control", "description"];

/// Within which time after an entry by a date of every year the next one comes of a correction, and not of another year.
const EACH_ANNIVERSARY: Span = Span::days(300);

/// The definition that a JSON value holds, of a journey of this name in a store whose profile has these columns.
///
/// # Errors
/// [`Kind::InvalidParameter`] and [`Kind::LimitExceeded`], the message of which begins with the place.
pub fn read(json: &Value, name: &str, columns: &[ProfileColumn]) -> Result<Definition> {
    let whole = JsonPath::of(json, "definition").object(&KEYS)?;
    let steps = read_steps::list(&whole.need("steps")?)?;
    let mut reader = Reader::new(columns, steps.iter().map(|step| (step.name, step.is_act())).collect());
    let entry = entry(&whole.need("entry")?, &mut reader)?;
    let who = whole.read("who", |place| reader.condition(place, When::Before))?;
    let reentry = whole.read("reentry", reentry)?.unwrap_or(match &entry {
        // A date that comes every year is meant every year, and not again where a customer corrects it.
        Entry::Date { every_year: true, .. } => Reentry::NotWithin(EACH_ANNIVERSARY),
        _ => Reentry::Once,
    });
    let steps = read_steps::read(&steps, &mut reader, name)?;
    let goal = whole.read("goal", goal)?.unwrap_or(Goal { what: BOUGHT, within: GOAL_WITHIN });
    let (ends_on_goal, unless) = whole
        .read("exit", |place| {
            let exit = place.object(&["on_goal", "unless"])?;
            Ok((
                exit.read("on_goal", JsonPath::boolean)?.unwrap_or(true),
                exit.read("unless", |place| reader.condition(place, When::Within))?,
            ))
        })?
        .unwrap_or((true, None));
    whole.read("description", |place| place.text().map(drop))?;
    Ok(Definition {
        entry,
        who,
        reentry,
        steps,
        goal,
        ends_on_goal,
        unless,
        priority: whole.read("priority", |place| place.whole(-1000, 1000))?.unwrap_or(0),
        control: whole.read("control", JsonPath::share)?.unwrap_or(0.0),
    })
}

/// Checks the name of a journey.
///
/// # Errors
/// [`Kind::InvalidName`].
pub fn check_name(name: &str) -> Result<()> {
    if super::json_path::is_name(name) {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidName, format!("\"{}\" cannot be the name of a journey", shorten(name))).hint(
        "Names begin with a small letter, and go on with small letters, digits and _; they have at most 63 characters.",
    ))
}

// ---- entering -------------------------------------------------------------------------------------------------------

fn entry(place: &JsonPath<'_>, reader: &mut Reader<'_>) -> Result<Entry> {
    let object = place.any_object()?;
    let (what, value) = object.one_of(&["event", "movement", "date", "condition", "joined", "call"])?;
    match what {
        "event" => Ok(Entry::Event(read_occasion::occasion(&object, &value, reader)?)),
        "movement" => {
            object.only(&["movement", "include_refitted"])?;
            movement(&value, object.read("include_refitted", JsonPath::boolean)?.unwrap_or(false))
        }
        "date" => {
            object.only(&["date", "offset", "every_year", "at"])?;
            date(&object, &value, reader.columns)
        }
        "condition" => {
            object.only(&["condition", "existing"])?;
            let condition = reader.condition(&value, When::Before)?;
            Ok(Entry::Condition { condition, existing: object.read("existing", JsonPath::boolean)?.unwrap_or(false) })
        }
        "joined" => {
            object.only(&["joined", "include_refitted"])?;
            let include_refitted = object.read("include_refitted", JsonPath::boolean)?.unwrap_or(false);
            Ok(Entry::Joined { audience: value.text()?.to_owned(), include_refitted })
        }
        _ => {
            object.only(&["call"])?;
            value.is_true()?;
            Ok(Entry::Call)
        }
    }
}

fn movement(place: &JsonPath<'_>, include_refitted: bool) -> Result<Entry> {
    let object = place.object(&["what", "from", "to"])?;
    let what = match object.need("what")?.word(&["stage", "segment"])? {
        "stage" => Dimension::Stage,
        _ => Dimension::Segment,
    };
    // Segments are those of the grid, which may change; stages are what they are.
    let stages = LifecycleStage::ALL.map(LifecycleStage::label);
    let name = |place: &JsonPath<'_>| {
        let name = if what == Dimension::Stage { place.word(&stages) } else { place.text() };
        name.map(str::to_owned)
    };
    let names = |place: &JsonPath<'_>| match place.value {
        Value::Array(_) => place.list()?.iter().map(name).collect(),
        _ => Ok(vec![name(place)?]),
    };
    let from: Vec<String> = object.read("from", names)?.unwrap_or_default();
    let to: Vec<String> = object.read("to", names)?.unwrap_or_default();
    if from.is_empty() && to.is_empty() {
        return Err(place.refuse("must have \"from\" or \"to\""));
    }
    Ok(Entry::Movement { what, from, to, include_refitted })
}

fn date(object: &Object<'_>, place: &JsonPath<'_>, columns: &[ProfileColumn]) -> Result<Entry> {
    let (column, sort) = date_column(place, columns)?;
    Ok(Entry::Date {
        column: column.name.clone(),
        is_date: sort == Sort::Date,
        offset: offset(object)?,
        every_year: object.read("every_year", JsonPath::boolean)?.unwrap_or(false),
        at: object.read("at", JsonPath::time_of_day)?.unwrap_or(TimeOfDay(0)),
    })
}

/// A column of days or instants.
pub fn date_column<'c>(place: &JsonPath<'_>, columns: &'c [ProfileColumn]) -> Result<(&'c ProfileColumn, Sort)> {
    let column = ProfileColumn::named(place, columns)?;
    let sort = column.sort();
    if !matches!(sort, Sort::Date | Sort::Instant) {
        let name = shorten(&column.name);
        return Err(place.refuse(format!("\"{name}\" of type {} is no date or instant", column.sql_type)));
    }
    Ok((column, sort))
}

/// How long before or after a day something is.
pub fn offset(object: &Object<'_>) -> Result<Offset> {
    let offset = object.read("offset", |place| {
        let text = place.text()?;
        let (before, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        Ok(Offset { before, span: place.span_of(text)? })
    })?;
    Ok(offset.unwrap_or(Offset { before: false, span: Span::days(0) }))
}

fn reentry(place: &JsonPath<'_>) -> Result<Reentry> {
    if place.value.is_object() {
        let object = place.object(&["not_within"])?;
        return Ok(Reentry::NotWithin(object.need("not_within")?.span()?));
    }
    match place.word(&["once", "always"])? {
        "once" => Ok(Reentry::Once),
        _ => Ok(Reentry::Always),
    }
}

// ---- the goal -------------------------------------------------------------------------------------------------------

const BOUGHT: GoalKind = GoalKind::Bought { at_least: 1, spend_at_least: None };

fn goal(place: &JsonPath<'_>) -> Result<Goal> {
    let object = place.any_object()?;
    let (what, value) = object.one_of(&["bought", "event"])?;
    object.only(&[what, "within"])?;
    let what = match what {
        "event" => GoalKind::Event(reaction(&value)?),
        _ if value.value.is_object() => {
            let (at_least, spend_at_least) = purchases(&value.object(&["at_least", "spend_at_least"])?)?;
            GoalKind::Bought { at_least, spend_at_least }
        }
        _ => {
            value.is_true()?;
            BOUGHT
        }
    };
    Ok(Goal { what, within: object.read("within", JsonPath::span)?.unwrap_or(GOAL_WITHIN) })
}
