//! Customers who leave a journey before its end, and customers whose wait ends.

use super::conditions::{Subject, has_come, holds, reached_goal};
use super::context::{ActiveVersion, RunContext};
use super::dates::end_of_wait;
use super::objection::objection;
use super::occasion::{Orders, is_cancelled, is_cancelled_at_entry, misses_order};
use super::step_ctes::{Cte, noted, with};
use crate::domain::journey::definition::{Condition, DayOf, Since, StepKind, Test, Wait};
use crate::domain::journey::suppressions::objections;
use crate::domain::support::sql::{Sql, expression, sql};

/// The customers to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The customers of the temporary table.
    Customers,
    /// Those of them whose rows changed since the last refresh.
    Changed,
    /// Everybody in a bucket.
    Bucket(u8),
    /// Everybody.
    Everybody,
}

/// The enrollments of these customers: where the row `enrollment` comes from, and a condition on it.
fn enrollments(context: &RunContext, whom: Scope) -> (Sql, Sql) {
    match whom {
        Scope::Customers | Scope::Changed => (
            expression!(
                context,
                "{customers} AS customers JOIN {table.enrollment} AS enrollment ON enrollment.customer = customers.customer",
                customers = context.scratch(if whom == Scope::Changed { "changed" } else { "customers" })
            ),
            "true".into(),
        ),
        Scope::Everybody => (expression!(context, "{table.enrollment} AS enrollment"), "true".into()),
        Scope::Bucket(bucket) => (
            expression!(context, "{table.enrollment} AS enrollment"),
            expression!((), "enrollment.bucket = {bucket}", bucket = bucket),
        ),
    }
}

/// The outcome of an entry whose event or order was taken back.
pub const CANCELLED: &str = "'cancelled'";

/// When it is asked whether an entry ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// As the customer enters.
    Entering,
    /// Later.
    Within,
}

/// Why the row `enrolled` ends before its time, as conditions and reasons: the customer wants nothing more of the journey, has reached its
/// goal, has taken back what the entry came from, or does not belong there any more. None if no customer can leave.
pub fn reasons(context: &RunContext, journey: &ActiveVersion, when: When) -> Vec<(Sql, Sql)> {
    let person = Subject::enrolled(journey);
    let definition = &journey.definition;
    let mut ways: Vec<_> = (definition.steps.iter())
        .filter_map(|step| match &step.kind {
            StepKind::Act { act, .. } => Some((act.channel.as_str(), act.topic.as_deref(), act.is_transactional)),
            _ => None,
        })
        .collect();
    ways.sort_unstable();
    ways.dedup();
    let mut reasons = Vec::new();
    let objections: Vec<Sql> = ways
        .into_iter()
        .map(|(channel, topic, is_transactional)| objection(context, person.customer, channel, topic, is_transactional))
        .collect();
    if let Some(first) = objections.first() {
        let each = objections.iter().map(|objection| expression!((), "{objection} IS NOT NULL", objection = objection));
        reasons.push((Sql::all(each), first.clone()));
    }
    if definition.ends_on_goal {
        reasons.push((reached_goal(context, journey), "'goal'".into()));
    }
    let is_cancelled = match when {
        When::Entering => is_cancelled_at_entry(context, journey),
        When::Within => is_cancelled(context, journey, Orders::Recent),
    };
    if let Some(is_cancelled) = is_cancelled {
        reasons.push((is_cancelled, CANCELLED.into()));
    }
    if let Some(unless) = &definition.unless {
        reasons.push((expression!((), "NOT {unless}", unless = holds(context, person, unless)), "'left'".into()));
    }
    reasons
}

/// Whether a customer may have to leave with time alone: without a refresh, and without anything that was recorded.
pub fn depends_on_time(condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => parts.iter().any(depends_on_time),
        Condition::Not(part) => depends_on_time(part),
        Condition::Profile { test, .. } => matches!(test, Test::WithinLast(_)),
        Condition::Bought { since, .. } => matches!(since, Since::Within(_) | Since::Step(_)),
        Condition::Event { since, .. } => matches!(since, Since::Within(_) | Since::Step(_) | Since::Of(_)),
        Condition::Occasion { test, .. } => matches!(test, Test::WithinLast(_)),
        Condition::Subscribed(_) | Condition::Audience(_) => false,
    }
}

/// Ends what these customers are in of this version, where there is a reason. None if there can be none.
pub fn leave(context: &RunContext, journey: &ActiveVersion, whom: Scope) -> Option<Sql> {
    let reasons = reasons(context, journey, When::Within);
    if reasons.is_empty() {
        return None;
    }
    let here = (context, journey);
    let (enrollments, is_of) = enrollments(context, whom);
    let under_way = sql!(here, "sql/leave/under_way.sql", enrollments = enrollments, is_of = is_of);
    let outcome = Sql::case(reasons, "NULL".into());
    let parts = [
        Cte::fence("under_way", under_way),
        Cte::fence("judged", sql!(here, "sql/leave/judged.sql", outcome = outcome)),
        Cte::fence("leaving", sql!(here, "sql/leave/leaving.sql")),
        Cte::new("cancelled", sql!(here, "sql/leave/cancelled.sql", objections = objections())),
    ];
    let noted = noted(context, journey, vec![sql!((), "sql/leave/note.sql")]);
    Some(with(parts.into_iter().chain(noted), sql!(here, "sql/leave/end.sql")))
}

/// Puts off what is due for those of these customers whose order is not found just now: it may come back, and the next refresh tells.
/// None if that cannot be.
pub fn put_off(context: &RunContext, journey: &ActiveVersion, whom: Scope) -> Option<Sql> {
    let misses_order = misses_order(context, journey, Orders::Recent)?;
    let (enrollments, is_of) = enrollments(context, whom);
    let here = (context, journey);
    Some(sql!(here, "sql/leave/put_off.sql", enrollments = enrollments, is_of = is_of, misses_order = misses_order))
}

/// Makes due those of these customers who wait for something that has come, or for a day that has moved.
pub fn wake(context: &RunContext, journey: &ActiveVersion, whom: Scope) -> Vec<Sql> {
    let waits = journey.definition.steps.iter().enumerate().filter_map(|(step, of)| match &of.kind {
        StepKind::Wait { wait: Wait::Event { kind, of, machine, .. }, .. } => {
            Some((step, has_come(context, journey, kind, *of, *machine)))
        }
        // The detail of an event stays as it was recorded.
        StepKind::Wait { wait: Wait::Date { day: day @ DayOf::Profile { .. }, offset, at, .. }, .. } => {
            let end = end_of_wait(context, day, *offset, *at);
            Some((step, expression!((), "enrolled.due_at IS DISTINCT FROM {end}", end = end)))
        }
        _ => None,
    });
    let (enrollments, is_of) = enrollments(context, whom);
    waits
        .map(|(step, has_come)| {
            sql!(
                (context, journey),
                "sql/wake.sql",
                enrollments = &enrollments,
                is_of = &is_of,
                step = step + 1,
                has_come = has_come
            )
        })
        .collect()
}
