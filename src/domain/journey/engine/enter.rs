//! Who enters a journey, and on what occasion.
//!
//! Those who may enter are found first, and locked; then they are looked at again, for in the meantime another worker may have had
//! them enter.

use super::batch::at_step;
use super::conditions::{Subject, holds};
use super::context::{ActiveVersion, RunContext, bucket_of, share};
use super::dates::{day_of_column, moved};
use super::leave::{CANCELLED, When, reasons};
use super::occasion::{
    OccasionRow, has_keys, is_found_taken_back, is_occasion, is_there, key_of, order_key, profile_of_event,
};
use super::step_due::{StepDue, at_one_of, time};
use crate::domain::engagement::event_kind::{ORDERED, REGISTERED};
use crate::domain::journey::definition::{
    Condition, Dimension, Entry, Occasion, OccasionKey, Offset, Reentry, TimeOfDay,
};
use crate::domain::support::sql::{Sql, expression, sql};

// ---- occasions ------------------------------------------------------------------------------------------------------

/// The occasions that recorded events are: a query for `customer, triggered_at, reason`. None if the journey is not entered by such a
/// one.
pub fn by_event(context: &RunContext, journey: &ActiveVersion) -> Option<Sql> {
    let Entry::Event(occasion) = &journey.definition.entry else { return None };
    if occasion.kind == ORDERED {
        return None;
    }
    // What was taken down of the events does not hold their details.
    let events = match occasion.only_if.is_some() || occasion.key.is_some() {
        true => sql!(context, "sql/occasions/detailed_events.sql"),
        false => expression!(context, "(SELECT taken.*, NULL::jsonb AS detail FROM {scratch.events} AS taken)"),
    };
    Some(sql!(
        (),
        "sql/occasions/by_event.sql",
        events = events,
        kind = Sql::text(&occasion.kind),
        key = key_of(occasion),
        profile = profile_of_event(context, occasion),
        is_occasion = is_occasion(context, OccasionRow::Event, occasion)
    ))
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
        Entry::Event(occasion) if occasion.kind == ORDERED => {
            seen.has_new_profiles.then(|| by_order(context, occasion))
        }
        // What the store finds itself has no detail.
        Entry::Event(occasion)
            if occasion.kind == REGISTERED && occasion.only_if.is_none() && occasion.key.is_none() =>
        {
            Some(sql!(
                context,
                "sql/occasions/by_registration.sql",
                is_new = is_new,
                within = Sql::literal(&context.store.settings.newcomer_within)
            ))
        }
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
        Entry::Joined { audience, include_refitted } => {
            // A customer whose first row is from before the start has not come since, whenever the store saw it.
            let is_own = match include_refitted {
                true => expression!((), "log.kind NOT IN ('defined', 'forgotten')"),
                false => expression!(
                    (),
                    "(log.kind = 'moved' OR log.kind = 'appeared' AND log.registered_at > {started_at}::timestamptz)",
                    started_at = Sql::literal(&journey.started_at)
                ),
            };
            Some(sql!(
                (context, journey),
                "sql/occasions/by_joining.sql",
                what = Sql::text(&format!("joined: {audience}")),
                audience = Sql::text(audience),
                is_own = is_own
            ))
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

/// The last order of each customer; each order where they are told apart, or something must hold of them.
fn by_order(context: &RunContext, occasion: &Occasion) -> Sql {
    if occasion.key.is_none() && occasion.only_if.is_none() {
        return sql!(context, "sql/occasions/by_order.sql");
    }
    let none = Sql::from("NULL::text");
    let (key, order_key, is_known) = match (occasion.key.is_some(), &context.store.settings.order_key) {
        // An order that is not there any more since the last refresh has no key, and is no occasion.
        (true, Some(_)) => (
            "placed.order_key".into(),
            order_key(context, "profile.customer", "purchase.purchased_at"),
            "placed.order_key IS NOT NULL",
        ),
        // A store that knows no keys of orders tells them apart by their instants.
        (true, None) => {
            ("to_char(timezone('UTC', placed.triggered_at), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')".into(), none, "true")
        }
        // What cancels an order names it.
        (false, Some(_)) if !occasion.cancelled_by.is_empty() => {
            (none, order_key(context, "profile.customer", "purchase.purchased_at"), "true")
        }
        (false, _) => (none.clone(), none, "true"),
    };
    sql!(
        context,
        "sql/occasions/by_each_order.sql",
        key = key,
        order_key = order_key,
        is_known = is_known,
        known_until = context.known_until(),
        is_occasion = is_occasion(context, OccasionRow::Purchase, occasion)
    )
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
    let day = day_of_column(context, column, is_date);
    // The day itself, or those of its anniversaries that can be near.
    let years = match every_year {
        false => "0".into(),
        true => expression!(
            context,
            "date_part('year', timezone({zone}, {now}))::int4 - date_part('year', origin.day)::int4 + around.years"
        ),
    };
    let instant = moved("origin.day + make_interval(years => anniversary.years)".into(), offset);
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
        Entry::Event(occasion) if occasion.kind == REGISTERED => expression!(
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
    let entries = expression!(
        (context, journey),
        "(SELECT max(entered.entry) FROM {table.enrollment} AS entered
            WHERE entered.customer = occasion.customer AND entered.journey = {journey})"
    );
    let (entry, one_of, same_key) = match has_keys(journey) {
        false => ("COALESCE(previous.entry, 0) + 1".into(), "found.customer", ""),
        true => (
            expression!(
                (),
                "COALESCE({entries}, 0) + row_number() OVER (PARTITION BY occasion.customer ORDER BY occasion.triggered_at, occasion.key COLLATE pg_catalog.\"C\")::int4",
                entries = entries
            ),
            "found.customer, found.key",
            " AND enrollment.occasion_key IS NOT DISTINCT FROM occasion.key",
        ),
    };
    // Orders of one instant are one occasion, by whichever of their keys it goes.
    let is_new = match &definition.entry {
        Entry::Event(Occasion { key: Some(OccasionKey::Order), .. }) => {
            Some(sql!((context, journey), "sql/occasions/is_no_twin.sql", cancelled = CANCELLED))
        }
        _ => None,
    };
    let and_may = [is_new, is_there(context, journey)].into_iter().flatten();
    let and_may: Vec<Sql> = and_may.map(|may| expression!((), "\n    AND {may}", may = may)).collect();
    let taken_back = is_found_taken_back(context, journey);
    sql!(
        (context, journey),
        "sql/eligible.sql",
        occasions = occasions,
        entry = entry,
        one_of = one_of,
        stands_first = taken_back.map_or_else(Sql::default, |is| expression!((), ", {is}", is = is)),
        and_may = Sql::join(and_may, ""),
        same_key = same_key,
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
        is_called = if caller.is_some() { "true" } else { "false" },
        store_control = if caller.is_some() { "NULL::float8".into() } else { Sql::from(context.policy.control) },
        order_key = match &journey.definition.entry {
            Entry::Event(occasion) if occasion.kind == ORDERED && occasion.key.is_none() && caller.is_none() => {
                order_key(context, "occasion.customer", "occasion.triggered_at")
            }
            _ => "NULL::text".into(),
        },
        known = if context.is_simulation { Sql::default() } else { sql!(context, "sql/known.sql") },
        due = due,
        goal_until = context.later(&context.now(), journey.definition.goal.within, &zone),
        outcome = Sql::case(reasons(context, journey, When::Entering), outcome),
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
                WHERE due.customer = occasion.customer AND {at_step} ORDER BY due.entry LIMIT 1))",
            own = own,
            at_step = at_step(journey, step)
        ),
    }
}
