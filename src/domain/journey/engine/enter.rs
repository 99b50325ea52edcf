//! Who enters a journey, and on what occasion.
//!
//! Those who may enter are found first, and locked; then they are looked at again, for in the meantime another worker may have had
//! them enter.

use super::batch::at_step;
use super::conditions::{Subject, holds};
use super::context::{ActiveVersion, RunContext, bucket_of, interval, share};
use super::leave::reasons;
use super::step_due::{StepDue, at_one_of, time};
use crate::domain::engagement::event_kind::{ORDERED, REGISTERED};
use crate::domain::journey::definition::{Condition, Dimension, Entry, Offset, Reentry, TimeOfDay};
use crate::domain::support::sql::{Sql, expression, sql};

// ---- occasions ------------------------------------------------------------------------------------------------------

/// The occasions that recorded events are: a query for `customer, triggered_at, reason`. None if the journey is not entered by such a
/// one.
pub fn by_event(context: &RunContext, journey: &ActiveVersion) -> Option<Sql> {
    match &journey.definition.entry {
        Entry::Event(kind) if kind != ORDERED => {
            Some(sql!(context, "sql/occasions/by_event.sql", kind = Sql::text(kind)))
        }
        _ => None,
    }
}

/// How far the log of movements, and the profiles, were looked through for a journey.
#[derive(Debug, Clone)]
pub struct ScanPosition {
    /// The last movement that was seen.
    pub movement: String,
    /// The last movement that there is to see.
    pub last_movement: String,
    /// Whether the profiles are new since they were looked through.
    pub has_new_profiles: bool,
    /// Whether they are looked through for the first time.
    pub is_first: bool,
}

/// The other occasions. None if there can be none now.
pub fn by_profile(context: &RunContext, journey: &ActiveVersion, seen: &ScanPosition) -> Option<Sql> {
    let is_new = expression!(
        (),
        "movement.id > {seen} AND movement.id <= {last}",
        seen = Sql::literal(&seen.movement),
        last = Sql::literal(&seen.last_movement)
    );
    match &journey.definition.entry {
        Entry::Event(kind) if kind == ORDERED => {
            seen.has_new_profiles.then(|| sql!(context, "sql/occasions/by_order.sql"))
        }
        Entry::Event(kind) if kind == REGISTERED => Some(sql!(
            context,
            "sql/occasions/by_registration.sql",
            is_new = is_new,
            within = Sql::literal(&context.store.settings.newcomer_within)
        )),
        Entry::Movement { what, from, to, include_refitted } => {
            let (what, before, after, refitted) = match what {
                Dimension::Stage => {
                    ("stage: ", "movement.stage_before", "movement.stage_after", "movement.stage_refitted")
                }
                Dimension::Segment => {
                    ("segment: ", "movement.segment_before", "movement.segment_after", "movement.segment_refitted")
                }
            };
            // A customer whose first row is from before the start has not come since, whenever the store saw it.
            let is_own = (!include_refitted).then(|| {
                expression!(
                    (),
                    "movement.kind = 'moved' AND NOT {refitted} OR movement.kind = 'appeared' AND movement.registered_at > {started_at}::timestamptz",
                    refitted = refitted,
                    started_at = Sql::literal(&journey.started_at)
                )
            });
            let among = |side: &'static str, names: &[String]| {
                let names = Sql::list(names.iter().map(|name| Sql::text(name)));
                (!names.is_empty()).then(|| expression!((), "{side} IN ({names})", side = side, names = names))
            };
            let is_asked =
                Sql::all([Some(is_new), is_own, among(before, from), among(after, to)].into_iter().flatten());
            Some(sql!(
                context,
                "sql/occasions/by_movement.sql",
                what = Sql::text(what),
                before = before,
                after = after,
                is_asked = is_asked
            ))
        }
        Entry::Date { column, is_date, offset, every_year, at } => {
            Some(by_date(context, column, *is_date, *offset, *every_year, *at))
        }
        Entry::Condition { condition, existing } => {
            if seen.is_first && !existing {
                return None;
            }
            let holds = holds(context, Subject { customer: "profile.customer", journey: None }, condition);
            let (query, not_by_past) = ((context, journey), has_not_changed_past(context, journey));
            Some(sql!(query, "sql/occasions/by_condition.sql", holds = holds, not_by_past = not_by_past))
        }
        _ => None,
    }
}

/// That since the profiles were last looked through no rows of the customer's past have come, gone or changed: what holds then may hold
/// because of those, and not because of the customer. In a simulation the past is as it is.
fn has_not_changed_past(context: &RunContext, journey: &ActiveVersion) -> Sql {
    match context.is_simulation {
        true => "true".into(),
        false => expression!(
            (context, journey),
            "NOT EXISTS (SELECT FROM {data.known_customer} AS person JOIN {data.journey} AS looked ON looked.journey = {journey}
        WHERE person.customer = profile.customer AND person.past_changed_at > COALESCE(looked.scanned_at, looked.started_at))"
        ),
    }
}

fn by_date(context: &RunContext, column: &str, is_date: bool, offset: Offset, every_year: bool, at: TimeOfDay) -> Sql {
    let value = expression!((), "profile.{column}", column = Sql::identifier(column));
    let day = match !is_date && context.column(column).has_zone() {
        true => expression!(context, "timezone({zone}, {value})::date", value = value),
        false => expression!((), "{value}::date", value = value),
    };
    // The day itself, or those of its anniversaries that can be near.
    let years = match every_year {
        false => "0".into(),
        true => expression!(
            context,
            "date_part('year', timezone({zone}, {now}))::int4 - date_part('year', origin.day)::int4 + around.years"
        ),
    };
    let (instant, span) = ("origin.day + make_interval(years => anniversary.years)", interval(offset.span));
    let instant = match (offset.span.is_nothing(), offset.before) {
        (true, _) => instant.into(),
        (false, true) => expression!((), "{instant} - {span}", instant = instant, span = span),
        (false, false) => expression!((), "{instant} + {span}", instant = instant, span = span),
    };
    // In which years, before and after that of the run, the day must lie so that the offset leads to the run.
    let reach = if every_year { offset.span.years_at_most() + 1 } else { 0 };
    sql!(
        context,
        "sql/occasions/by_date.sql",
        what = Sql::text(&format!("{column} ")),
        day = day,
        first = -reach,
        last = reach,
        years = years,
        instant = instant,
        time = time(at)
    )
}

/// Updates `journey_condition`: the customers who meet the entry condition now. While some could not enter, only those who just
/// entered are added.
pub fn note_condition(context: &RunContext, journey: &ActiveVersion, condition: &Condition, is_all: bool) -> Vec<Sql> {
    if !is_all {
        return vec![sql!((context, journey), "sql/condition/note_entering.sql")];
    }
    let holds = holds(context, Subject { customer: "profile.customer", journey: None }, condition);
    vec![
        sql!((context, journey), "sql/condition/note.sql", holds = &holds),
        sql!((context, journey), "sql/condition/forget.sql", holds = holds),
    ]
}

// ---- entering -------------------------------------------------------------------------------------------------------

/// Before which there is no occasion to enter. Customers who are new count for as long as the store calls them new.
fn earliest(context: &RunContext, journey: &ActiveVersion) -> Sql {
    match &journey.definition.entry {
        Entry::Event(kind) if kind == REGISTERED => expression!(
            context,
            "LEAST({earliest}, {now} - {within}::interval)",
            within = Sql::literal(&context.store.settings.newcomer_within)
        ),
        _ => expression!(context, "{earliest}"),
    }
}

/// Customers with an occasion who may enter: a query for the row `occasion`, the number of the entry, and the zone.
pub fn eligible(context: &RunContext, journey: &ActiveVersion, occasions: &Sql) -> Sql {
    let definition = &journey.definition;
    let person = Subject { customer: "occasion.customer", journey: None };
    let again = match definition.reentry {
        Reentry::Once => "false".into(),
        Reentry::Always => "true".into(),
        Reentry::NotWithin(span) => expression!(
            context,
            "{then} <= {now}",
            then = context.later(&"previous.entered_at".into(), span, &context.zone())
        ),
    };
    sql!(
        (context, journey),
        "sql/eligible.sql",
        occasions = occasions,
        started_at = expression!((), "{at}::timestamptz", at = Sql::literal(&journey.started_at)),
        earliest = earliest(context, journey),
        again = again,
        recipients = recipients(context, journey),
        who = definition.who.as_ref().map_or("true".into(), |who| holds(context, person, who))
    )
}

/// Whether the customer is one of those whom the journey was started for, if it was not started for all.
fn recipients(context: &RunContext, journey: &ActiveVersion) -> Sql {
    if context.is_simulation {
        return "true".into();
    }
    expression!(
        (context, journey),
        "NOT EXISTS (SELECT FROM {data.journey} AS journey
            WHERE journey.journey = {journey} AND NOT occasion.customer::text = ANY (journey.recipients))"
    )
}

/// Takes so many of those with an occasion as are about to enter.
pub fn take(context: &RunContext, journey: &ActiveVersion, occasions: &Sql, batch: u32) -> Sql {
    sql!(context, "sql/take_entering.sql", eligible = eligible(context, journey, occasions), limit = batch)
}

/// Enters all locked customers who have an occasion and may enter. Customers who do not belong there leave at once. Those who are called
/// by a step of another journey, and get nothing from it, get nothing from this one either.
pub fn enter(
    context: &RunContext,
    journey: &ActiveVersion,
    occasions: &Sql,
    caller: Option<(&ActiveVersion, usize)>,
) -> Sql {
    let steps = &journey.definition.steps;
    let zone = Sql::from("enrolled.zone");
    let StepDue { due, outcome } = at_one_of(context, steps, &[0], &"1".into(), &context.now(), &zone);
    sql!(
        (context, journey),
        "sql/enter.sql",
        eligible = eligible(context, journey, occasions),
        control = control(context, journey, caller),
        known = if context.is_simulation { Sql::default() } else { sql!(context, "sql/known.sql") },
        due = due,
        goal_until = context.later(&context.now(), journey.definition.goal.within, &zone),
        outcome = Sql::case(reasons(context, journey), outcome),
        bucket = bucket_of("entering.customer")
    )
}

/// The occasions of those who were taken.
pub fn taken(context: &RunContext) -> Sql {
    sql!(context, "sql/occasions/of_entering.sql")
}

/// The occasions of those who come to a step that calls another journey.
pub fn by_call(context: &RunContext, journey: &ActiveVersion, step: usize) -> Sql {
    sql!(
        context,
        "sql/occasions/by_call.sql",
        reason = Sql::text(&format!("called by {}", journey.name)),
        at_step = at_step(journey, step)
    )
}

/// Of which control group a customer is: NULL for none.
fn control(context: &RunContext, journey: &ActiveVersion, caller: Option<(&ActiveVersion, usize)>) -> Sql {
    let groups = [
        (context.policy.control, "store".to_owned(), "'store'"),
        (journey.definition.control, format!("journey/{}", journey.name), "'journey'"),
    ];
    let cases = groups.into_iter().filter(|(size, ..)| *size > 0.0).map(|(size, purpose, group)| {
        let drawn = share("occasion.customer", &purpose);
        (expression!((), "{drawn} < {size}", drawn = drawn, size = size), group.into())
    });
    let own = Sql::case(cases, "NULL::text".into());
    match caller {
        None => own,
        Some((journey, step)) => expression!(
            context,
            "COALESCE({own}, (SELECT due.control FROM {scratch.due} AS due
                WHERE due.customer = occasion.customer AND {at_step} LIMIT 1))",
            own = own,
            at_step = at_step(journey, step)
        ),
    }
}
