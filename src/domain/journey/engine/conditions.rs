//! What is known of a customer, as expressions in SQL: purchases, reactions, who may not be written to.
//!
//! The expressions are about one row: the profile `p` and histories `h` of the customer, and the enrollment `d` where there is one.

use super::context::{ActiveVersion, RunContext, text};
use crate::domain::engagement::event_kind::{OPT_OUT_KINDS, ORDERED};
use crate::domain::engagement::{Channel, EventKind};
use crate::domain::journey::definition::profile_columns::Sort;
use crate::domain::journey::definition::{Condition, GoalKind, Scalar, Since, Test};
use crate::domain::store::quote::{identifier, literal};

/// Whose facts.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The expression of the customer's key.
    pub customer: &'a str,
    /// The version of the journey that the enrollment `d` is in; None where there is no enrollment.
    pub journey: Option<&'a ActiveVersion>,
}

// ---- conditions -----------------------------------------------------------------------------------------------------

/// A condition as an expression that is never NULL.
pub fn holds(context: &RunContext, person: Subject<'_>, condition: &Condition) -> String {
    let all = |parts: &[Condition], between: &str, none: &str| {
        let parts: Vec<String> = parts.iter().map(|part| holds(context, person, part)).collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(between)) }
    };
    match condition {
        Condition::And(parts) => all(parts, " AND ", "true"),
        Condition::Or(parts) => all(parts, " OR ", "false"),
        Condition::Not(part) => format!("(NOT {})", holds(context, person, part)),
        Condition::Profile { column, test } => profile(context, column, test),
        Condition::Bought { at_least, spend_at_least, since } => {
            let (since, now) = (instant(context, person, *since), context.now());
            format!("COALESCE({}, false)", bought(context, *at_least, *spend_at_least, &since, &now))
        }
        Condition::Event { kind, since: Since::Of(step), at_least, channel } => {
            reacted_to(context, person, *step, kind, *at_least, channel.as_deref())
        }
        Condition::Event { kind, since, at_least, channel } => {
            reacted(context, person, kind, &instant(context, person, *since), *at_least, channel.as_deref())
        }
        Condition::Subscribed(channel) => format!("(NOT {})", unsubscribed(context, person.customer, channel)),
    }
}

/// From when on something counts; NULL where nothing does.
fn instant(context: &RunContext, person: Subject<'_>, since: Since) -> String {
    match (since, person.journey) {
        (Since::Within(span), _) => context.ago(span),
        (Since::Step(step), Some(journey)) => {
            format!("(SELECT pg_catalog.max(a.at) {})", actions(context, person, journey, step))
        }
        (Since::Entry, Some(_)) => "d.entered_at".to_owned(),
        // The reader lets nothing else through where there is no enrollment.
        _ => "NULL::pg_catalog.timestamptz".to_owned(),
    }
}

/// The actions of a step in this entry.
fn actions(context: &RunContext, person: Subject<'_>, journey: &ActiveVersion, step: usize) -> String {
    format!(
        "FROM {} AS a WHERE a.customer = {} AND a.journey = {} AND a.version = {} AND a.entry = d.entry AND a.step = {}",
        context.table("action"),
        person.customer,
        journey.journey,
        journey.version,
        step + 1
    )
}

fn profile(context: &RunContext, column: &str, test: &Test) -> String {
    let column = context.column(column);
    let value = format!("p.{}", identifier(&column.name));
    let is_time = matches!(column.sort(), Sort::Date | Sort::Instant);
    let side = |scalar: &Scalar| match scalar {
        // An untyped literal takes the type of the column.
        Scalar::Text(text) if is_time => (value.clone(), literal(text)),
        Scalar::Text(of) => (format!("{value}::pg_catalog.text"), text(of)),
        Scalar::Number(number) => {
            (format!("{value}::pg_catalog.numeric"), format!("{}::pg_catalog.numeric", literal(number)))
        }
        Scalar::Bool(bool) => (value.clone(), bool.to_string()),
    };
    let compared = |scalar: &Scalar, operator: &str| {
        let (left, right) = side(scalar);
        format!("COALESCE({left} {operator} {right}, false)")
    };
    match test {
        Test::IsNull => format!("({value} IS NULL)"),
        Test::In(scalars) => {
            let each: Vec<String> = scalars.iter().map(|scalar| compared(scalar, "=")).collect();
            if each.is_empty() { "false".to_owned() } else { format!("({})", each.join(" OR ")) }
        }
        Test::LessThan(scalar) => compared(scalar, "<"),
        Test::AtMost(scalar) => compared(scalar, "<="),
        Test::MoreThan(scalar) => compared(scalar, ">"),
        Test::AtLeast(scalar) => compared(scalar, ">="),
        Test::WithinLast(span) => {
            let at = match column.has_zone() {
                true => value,
                false => format!("pg_catalog.timezone({}, {value}::pg_catalog.timestamp)", context.zone()),
            };
            format!("COALESCE({at} > {} AND {at} <= {}, false)", context.ago(*span), context.now())
        }
    }
}

// ---- purchases ------------------------------------------------------------------------------------------------------

/// Whether so much was bought after one instant and up to another; may be NULL.
fn bought(context: &RunContext, at_least: u32, spend_at_least: Option<f64>, since: &str, until: &str) -> String {
    let until = context.if_known(until);
    let difference = |function: &str| {
        let function = context.store.ext(function);
        format!("{function}(h.purchases, {until}) - {function}(h.purchases, {since})")
    };
    let count = match at_least {
        1 => format!("{}(h.purchases, {until}) > {since}", context.store.ext("last_purchase")),
        _ => format!("({since} IS NOT NULL AND {} >= {at_least})", difference("num_purchases")),
    };
    match spend_at_least {
        Some(spend) => format!(
            "({count} AND {since} IS NOT NULL AND {} >= {}::pg_catalog.numeric)",
            difference("total_spend"),
            literal(&spend.to_string())
        ),
        None => count,
    }
}

/// Whether the goal of the journey was reached in the enrollment `d`.
pub fn reached_goal(context: &RunContext, person: Subject<'_>, journey: &ActiveVersion) -> String {
    let goal = &journey.definition.goal;
    let until = format!("LEAST({}, {})", context.now(), context.later("d.entered_at", goal.within, &context.zone()));
    match &goal.what {
        GoalKind::Bought { at_least, spend_at_least } => {
            format!("COALESCE({}, false)", bought(context, *at_least, *spend_at_least, "d.entered_at", &until))
        }
        GoalKind::Event(kind) => reacted_until(context, person, kind, "d.entered_at", &until, 1, None),
    }
}

// ---- reactions ------------------------------------------------------------------------------------------------------

fn reacted_to(
    context: &RunContext,
    person: Subject<'_>,
    step: usize,
    kind: &str,
    at_least: u32,
    channel: Option<&str>,
) -> String {
    let Some(journey) = person.journey else { return "false".to_owned() };
    let channel = channel.map_or(String::new(), |channel| format!(" AND v.channel = {}", text(channel)));
    let events = format!(
        "FROM {} AS v WHERE v.customer = {} AND v.kind = {} AND v.at <= {} AND v.action IN (SELECT a.id {}){channel}",
        context.table("event"),
        person.customer,
        text(kind),
        context.now(),
        actions(context, person, journey, step)
    );
    match at_least {
        1 => format!("EXISTS (SELECT {events})"),
        _ => format!("((SELECT pg_catalog.count(*) {events}) >= {at_least})"),
    }
}

fn reacted(
    context: &RunContext,
    person: Subject<'_>,
    kind: &str,
    since: &str,
    at_least: u32,
    channel: Option<&str>,
) -> String {
    reacted_until(context, person, kind, since, &context.now(), at_least, channel)
}

/// Whether there were so many events after one instant and up to another: of those that were recorded, or of those that the store
/// reads from a table, for which the two may well be the same.
fn reacted_until(
    context: &RunContext,
    person: Subject<'_>,
    kind: &str,
    since: &str,
    until: &str,
    at_least: u32,
    channel: Option<&str>,
) -> String {
    if kind == ORDERED {
        return format!("COALESCE({}, false)", bought(context, at_least, None, since, until));
    }
    let on = channel.map_or(String::new(), |channel| format!(" AND v.channel = {}", text(channel)));
    let events = format!(
        "FROM {} AS v WHERE v.customer = {} AND v.kind = {} AND v.at > {since} AND v.at <= {until}{on}",
        context.table("event"),
        person.customer,
        text(kind)
    );
    let recorded = match at_least {
        1 => format!("EXISTS (SELECT {events})"),
        _ => format!("(SELECT pg_catalog.count(*) {events}) >= {at_least}"),
    };
    let is_known = EventKind::parse(kind).is_ok() && channel.is_none_or(|channel| Channel::parse(channel).is_ok());
    if context.store.settings.events.is_none() || !is_known {
        return format!("({recorded})");
    }
    let channel = channel.map_or("NULL::pg_catalog.text".to_owned(), text);
    format!(
        "({recorded} OR COALESCE({since} IS NOT NULL AND {}(h.engagement, {}, {since}, {channel}, {}) >= {at_least}, false))",
        context.store.ext("num_events"),
        text(kind),
        context.if_known(until)
    )
}

/// Whether what a step waits for has come: in the enrollment `d`, which is at that step since `d.since`.
pub fn has_come(context: &RunContext, person: Subject<'_>, kind: &str, of: Option<usize>) -> String {
    match of {
        Some(step) => reacted_to(context, person, step, kind, 1, None),
        None => reacted(context, person, kind, "d.since", 1, None),
    }
}

/// Whether a customer wants nothing by this way: the last word on it was an unsubscription or a complaint.
pub fn unsubscribed(context: &RunContext, customer: &str, channel: &str) -> String {
    let last = |kinds: &[&str]| {
        let kinds = kinds.iter().map(|kind| text(kind)).collect::<Vec<_>>().join(", ");
        let recorded = format!(
            "(SELECT pg_catalog.max(v.at) FROM {} AS v WHERE v.customer = {customer} AND v.kind IN ({kinds})
                AND v.at <= {} AND (v.channel IS NULL OR v.channel = {}))",
            context.table("event"),
            context.now(),
            text(channel)
        );
        if context.store.settings.events.is_none() {
            return recorded;
        }
        format!(
            "GREATEST({recorded}, (SELECT pg_catalog.max(v.happened_at) FROM {}(h.engagement, {}) AS v
                WHERE v.kind IN ({kinds}) AND (v.channel IS NULL OR v.channel = {})))",
            context.store.ext("events"),
            context.if_known(&context.now()),
            text(channel)
        )
    };
    // The word back is looked for only where there was one against.
    let (out, back) = (last(&OPT_OUT_KINDS), last(&["subscribe"]));
    format!(
        "COALESCE(CASE WHEN {out} IS NOT NULL THEN {out} >= COALESCE({back}, '-infinity'::pg_catalog.timestamptz) END, false)"
    )
}
