//! What is known of a customer, as expressions in SQL: purchases and reactions.
//!
//! The expressions are about the rows `profile` and `history` of the customer, and `enrolled` where there is an enrollment.

use super::context::{ActiveVersion, RunContext};
use super::objection::objection;
use super::occasion::{OccasionRow, compare};
use crate::domain::engagement::event_kind::{MACHINE_KINDS, ORDERED};
use crate::domain::engagement::{Channel, EventKind};
use crate::domain::journey::definition::profile_columns::Sort;
use crate::domain::journey::definition::{Condition, GoalKind, Scalar, Since, Test};
use crate::domain::support::sql::{Sql, expression};

/// Whose facts.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The expression of the customer's key.
    pub customer: &'static str,
    /// The version of the journey that the row `enrolled` is in; None where there is no enrollment.
    pub journey: Option<&'a ActiveVersion>,
}

impl<'a> Subject<'a> {
    /// The customer of the row `enrolled`, an enrollment in this version.
    pub fn enrolled(journey: &'a ActiveVersion) -> Self {
        Subject { customer: "enrolled.customer", journey: Some(journey) }
    }
}

// ---- conditions -----------------------------------------------------------------------------------------------------

/// A condition as an expression that is never NULL.
pub fn holds(context: &RunContext, person: Subject<'_>, condition: &Condition) -> Sql {
    match condition {
        Condition::And(parts) => expression!((), "({all})", all = Sql::all(each(context, person, parts))),
        Condition::Or(parts) => any(each(context, person, parts)),
        Condition::Not(part) => expression!((), "(NOT {part})", part = holds(context, person, part)),
        Condition::Profile { column, test } => profile(context, column, test),
        Condition::Occasion { value, test } => compare(context, OccasionRow::Entry, value, test),
        Condition::Bought { at_least, spend_at_least, since } => {
            let since = instant(context, person, *since);
            or_false(bought(context, *at_least, *spend_at_least, &since, &context.now()))
        }
        Condition::Event { kind, since, at_least, channel, machine } => {
            let asked = Asked { kind, channel: channel.as_deref(), machine: *machine, at_least: *at_least };
            match since {
                Since::Of(step) => reacted_to(context, person, *step, &asked),
                since => reacted_until(context, person, &asked, &instant(context, person, *since), &context.now()),
            }
        }
        Condition::Subscribed(channel) => {
            let objection = objection(context, person.customer, channel, None, false);
            expression!((), "({objection} IS NULL)", objection = objection)
        }
        Condition::Audience(name) => expression!(
            context,
            "EXISTS (SELECT FROM {data.audience_member} AS member JOIN {data.audience} AS audience ON audience.number = member.audience
        WHERE audience.name = {name} AND member.customer = {customer})",
            name = Sql::text(name),
            customer = person.customer
        ),
    }
}

fn each(context: &RunContext, person: Subject<'_>, parts: &[Condition]) -> Vec<Sql> {
    parts.iter().map(|part| holds(context, person, part)).collect()
}

/// A condition that holds where one of these does.
fn any(parts: Vec<Sql>) -> Sql {
    if parts.is_empty() { "false".into() } else { expression!((), "({any})", any = Sql::join(parts, " OR ")) }
}

/// A condition, false where it is not known.
pub fn or_false(condition: Sql) -> Sql {
    expression!((), "COALESCE({condition}, false)", condition = condition)
}

/// From when on something counts; NULL where nothing does.
fn instant(context: &RunContext, person: Subject<'_>, since: Since) -> Sql {
    match (since, person.journey) {
        (Since::Within(span), _) => context.ago(span),
        (Since::Step(step), Some(journey)) => expression!(
            context,
            "(SELECT max(COALESCE(action.completed_at, action.decided_at)) FROM {table.action} AS action WHERE {of_step})",
            of_step = of_step(person, journey, step)
        ),
        (Since::Entry, Some(_)) => "enrolled.entered_at".into(),
        // The reader lets nothing else through where there is no enrollment.
        _ => "NULL::timestamptz".into(),
    }
}

/// The condition that the row `action` was decided at a step in this entry.
fn of_step(person: Subject<'_>, journey: &ActiveVersion, step: usize) -> Sql {
    expression!(
        (),
        "action.customer = {customer} AND action.journey = {journey} AND action.version = {version}
            AND action.entry = enrolled.entry AND action.step = {step}",
        customer = person.customer,
        journey = journey.journey,
        version = journey.version,
        step = step + 1
    )
}

fn profile(context: &RunContext, column: &str, test: &Test) -> Sql {
    let column = context.column(column);
    let value = expression!((), "profile.{column}", column = Sql::identifier(&column.name));
    let is_time = matches!(column.sort(), Sort::Date | Sort::Instant);
    let compared = |scalar: &Scalar, operator: &'static str| {
        let (left, right) = match scalar {
            // An untyped literal takes the type of the column.
            Scalar::Text(text) if is_time => (value.clone(), Sql::literal(text)),
            Scalar::Text(text) => (expression!((), "{value}::text", value = &value), Sql::text(text)),
            Scalar::Number(number) => {
                (expression!((), "{value}::numeric", value = &value), numeric(&number.to_string()))
            }
            Scalar::Bool(bool) => (value.clone(), if *bool { "true" } else { "false" }.into()),
        };
        or_false(expression!((), "{left} {operator} {right}", left = left, operator = operator, right = right))
    };
    match test {
        Test::IsNull => expression!((), "({value} IS NULL)", value = value),
        Test::In(scalars) => any(scalars.iter().map(|scalar| compared(scalar, "=")).collect()),
        Test::LessThan(scalar) => compared(scalar, "<"),
        Test::AtMost(scalar) => compared(scalar, "<="),
        Test::MoreThan(scalar) => compared(scalar, ">"),
        Test::AtLeast(scalar) => compared(scalar, ">="),
        Test::WithinLast(span) => {
            let at = match column.has_zone() {
                true => value,
                false => expression!(context, "timezone({zone}, {value}::timestamp)", value = value),
            };
            or_false(expression!(context, "{at} > {ago} AND {at} <= {now}", at = at, ago = context.ago(*span)))
        }
    }
}

/// A number as a value of the type `numeric`.
pub fn numeric(number: &str) -> Sql {
    expression!((), "{number}::numeric", number = Sql::literal(number))
}

// ---- purchases ------------------------------------------------------------------------------------------------------

/// Whether so much was bought after one instant and up to another; may be NULL.
fn bought(context: &RunContext, at_least: u32, spend_at_least: Option<f64>, since: &Sql, until: &Sql) -> Sql {
    let until = context.if_known(until);
    let count = match at_least {
        1 => expression!(
            context,
            "{ext.last_purchase}(history.purchases, {until}) > {since}",
            until = &until,
            since = since
        ),
        _ => expression!(
            context,
            "({since} IS NOT NULL AND {ext.num_purchases}(history.purchases, {until}) - {ext.num_purchases}(history.purchases, {since})
                >= {at_least})",
            until = &until,
            since = since,
            at_least = at_least
        ),
    };
    match spend_at_least {
        Some(spend) => expression!(
            context,
            "({count} AND {since} IS NOT NULL
                AND {ext.total_spend}(history.purchases, {until}) - {ext.total_spend}(history.purchases, {since}) >= {spend})",
            count = count,
            since = since,
            until = until,
            spend = numeric(&spend.to_string())
        ),
        None => count,
    }
}

/// Whether the goal of the journey was reached in the row `enrolled`.
pub fn reached_goal(context: &RunContext, journey: &ActiveVersion) -> Sql {
    let (goal, entered_at) = (&journey.definition.goal, Sql::from("enrolled.entered_at"));
    let until =
        expression!(context, "LEAST({now}, {end})", end = context.later(&entered_at, goal.within, &context.zone()));
    match &goal.what {
        GoalKind::Bought { at_least, spend_at_least } => {
            or_false(bought(context, *at_least, *spend_at_least, &entered_at, &until))
        }
        GoalKind::Event(kind) => {
            reacted_until(context, Subject::enrolled(journey), &Asked::once(kind, false), &entered_at, &until)
        }
    }
}

// ---- reactions ------------------------------------------------------------------------------------------------------

/// Whether there are so many recorded events, the row `event`, for which a condition holds.
fn happened(context: &RunContext, condition: Sql, at_least: u32) -> Sql {
    match at_least {
        1 => {
            expression!(context, "EXISTS (SELECT FROM {table.event} AS event WHERE {condition})", condition = condition)
        }
        _ => expression!(
            context,
            "((SELECT count(*) FROM {table.event} AS event WHERE {condition}) >= {at_least})",
            condition = condition,
            at_least = at_least
        ),
    }
}

/// Which reactions are asked for, and how many.
struct Asked<'a> {
    kind: &'a str,
    channel: Option<&'a str>,
    /// Whether opens and clicks of machines count.
    machine: bool,
    at_least: u32,
}

impl<'a> Asked<'a> {
    fn once(kind: &'a str, machine: bool) -> Self {
        Asked { kind, channel: None, machine, at_least: 1 }
    }

    /// The condition that the row `event` is one of this customer.
    fn is_of(&self, person: Subject<'_>) -> Sql {
        let kind = Sql::text(self.kind);
        let mut conditions = vec![expression!(
            (),
            "event.customer = {customer} AND event.kind = {kind}",
            customer = person.customer,
            kind = kind
        )];
        if let Some(channel) = self.channel {
            conditions.push(expression!((), "event.channel = {channel}", channel = Sql::text(channel)));
        }
        if !self.machine && MACHINE_KINDS.contains(&self.kind) {
            conditions.push("NOT event.is_machine".into());
        }
        Sql::join(conditions, " AND ")
    }
}

fn reacted_to(context: &RunContext, person: Subject<'_>, step: usize, asked: &Asked<'_>) -> Sql {
    let Some(journey) = person.journey else { return "false".into() };
    let condition = expression!(
        context,
        "{is_of} AND event.at <= {now} AND event.action IN (SELECT action.id FROM {table.action} AS action WHERE {of_step})",
        is_of = asked.is_of(person),
        of_step = of_step(person, journey, step)
    );
    happened(context, condition, asked.at_least)
}

/// Whether there were so many events after one instant and up to another: of those that were recorded, or of those that the store
/// reads from a table, for which the two may well be the same.
fn reacted_until(context: &RunContext, person: Subject<'_>, asked: &Asked<'_>, since: &Sql, until: &Sql) -> Sql {
    let Asked { kind, channel, at_least, .. } = *asked;
    if kind == ORDERED {
        return or_false(bought(context, at_least, None, since, until));
    }
    let condition = expression!(
        (),
        "{is_of} AND event.at > {since} AND event.at <= {until}",
        is_of = asked.is_of(person),
        since = since,
        until = until
    );
    let recorded = happened(context, condition, at_least);
    let is_known = EventKind::parse(kind).is_ok() && channel.is_none_or(|channel| Channel::parse(channel).is_ok());
    if context.store.settings.events.is_none() || !is_known {
        return recorded;
    }
    expression!(
        context,
        "({recorded} OR COALESCE({since} IS NOT NULL
            AND {ext.num_events}(history.engagement, {kind}, {since}, {channel}, {until}) >= {at_least}, false))",
        recorded = recorded,
        since = since,
        kind = Sql::text(kind),
        channel = channel.map_or("NULL::text".into(), Sql::text),
        until = context.if_event_known(until),
        at_least = at_least
    )
}

/// Whether what a step waits for has come: in the row `enrolled`, which is at that step since `step_since`. Opens and clicks of machines
/// count if the step says so.
pub fn has_come(context: &RunContext, journey: &ActiveVersion, kind: &str, of: Option<usize>, machine: bool) -> Sql {
    let (person, asked) = (Subject::enrolled(journey), Asked::once(kind, machine));
    match of {
        Some(step) => reacted_to(context, person, step, &asked),
        None => reacted_until(context, person, &asked, &"enrolled.step_since".into(), &context.now()),
    }
}
