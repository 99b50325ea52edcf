//! What is known of a customer, as expressions in SQL: purchases, reactions, who may not be written to.
//!
//! The expressions are about the rows `profile` and `history` of the customer, and `enrolled` where there is an enrollment.

use super::context::{ActiveVersion, RunContext};
use crate::domain::engagement::event_kind::{OPT_OUT_KINDS, ORDERED};
use crate::domain::engagement::{Channel, EventKind};
use crate::domain::journey::definition::profile_columns::Sort;
use crate::domain::journey::definition::{Act, Condition, GoalKind, Scalar, Since, Test};
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
        Condition::Bought { at_least, spend_at_least, since } => {
            let since = instant(context, person, *since);
            or_false(bought(context, *at_least, *spend_at_least, &since, &context.now()))
        }
        Condition::Event { kind, since: Since::Of(step), at_least, channel } => {
            reacted_to(context, person, *step, kind, *at_least, channel.as_deref())
        }
        Condition::Event { kind, since, at_least, channel } => {
            reacted(context, person, kind, &instant(context, person, *since), *at_least, channel.as_deref())
        }
        Condition::Subscribed(channel) => {
            expression!((), "(NOT {opted_out})", opted_out = unsubscribed(context, person.customer, channel))
        }
    }
}

fn each(context: &RunContext, person: Subject<'_>, parts: &[Condition]) -> Vec<Sql> {
    parts.iter().map(|part| holds(context, person, part)).collect()
}

/// A condition that holds where one of these does.
fn any(parts: Vec<Sql>) -> Sql {
    if parts.is_empty() { "false".into() } else { expression!((), "({any})", any = Sql::join(parts, " OR ")) }
}

fn or_false(condition: Sql) -> Sql {
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

fn numeric(number: &str) -> Sql {
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
        GoalKind::Event(kind) => reacted_until(context, Subject::enrolled(journey), kind, &entered_at, &until, 1, None),
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

/// The condition that the row `event` is of this customer, kind and channel.
fn is_of(person: Subject<'_>, kind: &str, channel: Option<&str>) -> Sql {
    let is_of_kind = expression!(
        (),
        "event.customer = {customer} AND event.kind = {kind}",
        customer = person.customer,
        kind = Sql::text(kind)
    );
    match channel {
        Some(channel) => expression!(
            (),
            "{is_of_kind} AND event.channel = {channel}",
            is_of_kind = is_of_kind,
            channel = Sql::text(channel)
        ),
        None => is_of_kind,
    }
}

fn reacted_to(
    context: &RunContext,
    person: Subject<'_>,
    step: usize,
    kind: &str,
    at_least: u32,
    channel: Option<&str>,
) -> Sql {
    let Some(journey) = person.journey else { return "false".into() };
    let condition = expression!(
        context,
        "{is_of} AND event.at <= {now} AND event.action IN (SELECT action.id FROM {table.action} AS action WHERE {of_step})",
        is_of = is_of(person, kind, channel),
        of_step = of_step(person, journey, step)
    );
    happened(context, condition, at_least)
}

fn reacted(
    context: &RunContext,
    person: Subject<'_>,
    kind: &str,
    since: &Sql,
    at_least: u32,
    channel: Option<&str>,
) -> Sql {
    reacted_until(context, person, kind, since, &context.now(), at_least, channel)
}

/// Whether there were so many events after one instant and up to another: of those that were recorded, or of those that the store
/// reads from a table, for which the two may well be the same.
fn reacted_until(
    context: &RunContext,
    person: Subject<'_>,
    kind: &str,
    since: &Sql,
    until: &Sql,
    at_least: u32,
    channel: Option<&str>,
) -> Sql {
    if kind == ORDERED {
        return or_false(bought(context, at_least, None, since, until));
    }
    let condition = expression!(
        (),
        "{is_of} AND event.at > {since} AND event.at <= {until}",
        is_of = is_of(person, kind, channel),
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
        until = context.if_known(until),
        at_least = at_least
    )
}

/// Whether what a step waits for has come: in the row `enrolled`, which is at that step since `step_since`.
pub fn has_come(context: &RunContext, journey: &ActiveVersion, kind: &str, of: Option<usize>) -> Sql {
    let person = Subject::enrolled(journey);
    match of {
        Some(step) => reacted_to(context, person, step, kind, 1, None),
        None => reacted(context, person, kind, &"enrolled.step_since".into(), 1, None),
    }
}

/// Why a customer may not get what a step sends, at this instant; NULL where nothing is against it.
pub fn refusal(context: &RunContext, customer: &'static str, act: &Act) -> Sql {
    let objection = objection(context, customer, &act.channel, act.topic.as_deref(), act.is_transactional);
    if act.is_transactional || !context.requires_consent() {
        return objection;
    }
    let no_consent = expression!(
        (),
        "CASE WHEN NOT {has_consented} THEN 'no consent'::pg_catalog.text END",
        has_consented = has_consented(context, customer, &act.channel)
    );
    expression!((), "COALESCE({objection}, {no_consent})", objection = objection, no_consent = no_consent)
}

/// Whether a customer has agreed to messages by this way, and not taken it back since: as the store's customers say, or as was recorded.
fn has_consented(context: &RunContext, customer: &'static str, channel: &str) -> Sql {
    let last = |at: &'static str| {
        expression!(
            context,
            "(SELECT max(consent.{at}) FROM {data.consent} AS consent
                WHERE consent.customer = {customer} AND consent.{at} <= {now} AND (consent.channel IS NULL OR consent.channel = {channel}))",
            at = at,
            customer = customer,
            channel = Sql::text(channel)
        )
    };
    expression!(
        context,
        "COALESCE(GREATEST(CASE WHEN profile.consented_at <= {now} THEN profile.consented_at END, {given})
            > COALESCE({withdrawn}, '-infinity'), false)",
        given = last("given_at"),
        withdrawn = last("withdrawn_at")
    )
}

/// Why a customer wants nothing of this topic by this way; NULL where nothing is against it. A message that the customer asked for by an act of
/// the customer's own is sent all the same.
pub fn objection(
    context: &RunContext,
    customer: &'static str,
    channel: &str,
    _topic: Option<&str>,
    is_transactional: bool,
) -> Sql {
    if is_transactional {
        return "NULL::text".into();
    }
    expression!(
        (),
        "CASE WHEN {unsubscribed} THEN 'unsubscribed'::pg_catalog.text END",
        unsubscribed = unsubscribed(context, customer, channel)
    )
}

/// Whether a customer wants nothing by this way: the last word on it was an unsubscription or a complaint.
pub fn unsubscribed(context: &RunContext, customer: &'static str, channel: &str) -> Sql {
    // The word back is looked for only where there was one against.
    expression!(
        (),
        "COALESCE((SELECT spoken.against >= COALESCE({back}, '-infinity') FROM (SELECT {against} AS against OFFSET 0) AS spoken
            WHERE spoken.against IS NOT NULL), false)",
        back = last_event(context, customer, channel, &["subscribe"]),
        against = last_event(context, customer, channel, &OPT_OUT_KINDS)
    )
}

/// When there was an event of one of these kinds last that is about a channel, or about all; NULL if there was none.
fn last_event(context: &RunContext, customer: &'static str, channel: &str, kinds: &[&str]) -> Sql {
    let (kinds, channel) = (Sql::list(kinds.iter().map(|kind| Sql::text(kind))), Sql::text(channel));
    let recorded = expression!(
        context,
        "(SELECT max(event.at) FROM {table.event} AS event
            WHERE event.customer = {customer} AND event.kind IN ({kinds}) AND event.at <= {now}
                AND (event.channel IS NULL OR event.channel = {channel}))",
        customer = customer,
        kinds = &kinds,
        channel = &channel
    );
    if context.store.settings.events.is_none() {
        return recorded;
    }
    expression!(
        context,
        "GREATEST({recorded}, (SELECT max(event.happened_at) FROM {ext.events}(history.engagement, {until}) AS event
            WHERE event.kind IN ({kinds}) AND (event.channel IS NULL OR event.channel = {channel})))",
        recorded = recorded,
        until = context.if_known(&context.now()),
        kinds = kinds,
        channel = channel
    )
}
