//! Customers who leave a journey before its end, and customers whose wait ends.

use std::collections::BTreeSet;

use super::batch::CUSTOMERS;
use super::conditions::{Subject, has_come, holds, reached_goal, unsubscribed};
use super::context::{ActiveVersion, RunContext};
use super::step_ctes::noted;
use crate::domain::journey::definition::{Condition, Since, StepKind, Test, Wait};

/// The customers to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The customers of the temporary table.
    Customers,
    /// Everybody in a bucket.
    Bucket(u8),
}

/// The enrollments `e` of these customers in a version.
fn enrollments(context: &RunContext, journey: &ActiveVersion, whom: Scope) -> String {
    let enrollment = context.table("enrollment");
    let from = match whom {
        Scope::Customers => {
            format!("FROM {} AS b JOIN {enrollment} AS e ON e.customer = b.customer WHERE", context.scratch(CUSTOMERS))
        }
        Scope::Bucket(bucket) => format!("FROM {enrollment} AS e WHERE e.bucket = {bucket} AND"),
    };
    format!("{from} e.journey = {} AND e.version = {}", journey.journey, journey.version)
}

/// Why the enrollment `d` of a customer ends before its time, as cases: the customer wants nothing more of it, has reached its goal,
/// or does not belong there any more. Empty if no customer can leave.
pub fn reasons(context: &RunContext, journey: &ActiveVersion) -> String {
    let person = Subject { customer: "d.customer", journey: Some(journey) };
    let definition = &journey.definition;
    let channels: BTreeSet<&str> = definition
        .steps
        .iter()
        .filter_map(|step| match &step.kind {
            StepKind::Act { channel, .. } => Some(channel.as_str()),
            _ => None,
        })
        .collect();
    let mut cases = String::new();
    if !channels.is_empty() {
        let each: Vec<String> =
            channels.iter().map(|channel| unsubscribed(context, person.customer, channel)).collect();
        cases += &format!(" WHEN {} THEN 'unsubscribed'", each.join(" AND "));
    }
    if definition.ends_on_goal {
        cases += &format!(" WHEN {} THEN 'goal'", reached_goal(context, person, journey));
    }
    if let Some(unless) = &definition.unless {
        cases += &format!(" WHEN NOT {} THEN 'left'", holds(context, person, unless));
    }
    cases
}

/// Whether a customer may have to leave with time alone: without a refresh, and without anything that was recorded.
pub fn depends_on_time(condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => parts.iter().any(depends_on_time),
        Condition::Not(part) => depends_on_time(part),
        Condition::Profile { test, .. } => matches!(test, Test::WithinLast(_)),
        Condition::Bought { since, .. } => matches!(since, Since::Within(_) | Since::Step(_)),
        Condition::Event { since, .. } => matches!(since, Since::Within(_) | Since::Step(_) | Since::Of(_)),
        Condition::Subscribed(_) => false,
    }
}

/// Ends what these customers are in of this version, where there is a reason. None if there can be none.
pub fn leave(context: &RunContext, journey: &ActiveVersion, whom: Scope) -> Option<String> {
    let cases = reasons(context, journey);
    if cases.is_empty() {
        return None;
    }
    let now = context.now();
    let note = "SELECT j.customer, j.entry, j.step, j.round, 'left', j.outcome FROM leaving AS j".to_owned();
    Some(format!(
        "WITH under_way AS MATERIALIZED (
            SELECT e.customer, e.entry, e.step, e.round, e.entered_at, e.since
            {enrollments} AND e.due_at IS NOT NULL),
        judged AS MATERIALIZED (SELECT d.*, CASE{cases} END AS outcome FROM under_way AS d {joined}),
        leaving AS MATERIALIZED (SELECT * FROM judged AS j WHERE j.outcome IS NOT NULL),
        cancelled AS (
            UPDATE {action} AS a SET status = 'cancelled', claimable_at = NULL FROM leaving AS j
            WHERE a.customer = j.customer AND a.journey = {id} AND a.entry = j.entry AND j.outcome = 'unsubscribed'
                AND a.status IN ('pending', 'claimed')){noted}
        UPDATE {enrollment} AS e SET due_at = NULL, ended_at = {now}, outcome = j.outcome, postponed_since = NULL, postponed_why = NULL,
            goal_at = CASE WHEN j.outcome = 'goal' THEN COALESCE(e.goal_at, {now}) ELSE e.goal_at END
        FROM leaving AS j WHERE e.customer = j.customer AND e.journey = {id} AND e.entry = j.entry",
        enrollments = enrollments(context, journey, whom),
        enrollment = context.table("enrollment"),
        action = context.table("action"),
        id = journey.journey,
        joined = context.joined("d"),
        noted = noted(context, journey, &[note]),
    ))
}

/// Makes due who of these customers waits for something that has come.
pub fn wake(context: &RunContext, journey: &ActiveVersion, whom: Scope) -> Vec<String> {
    let person = Subject { customer: "d.customer", journey: Some(journey) };
    let (now, enrollment) = (context.now(), context.table("enrollment"));
    let waits = journey.definition.steps.iter().enumerate().filter_map(|(step, of)| match &of.kind {
        StepKind::Wait { wait: Wait::Event { kind, of, .. }, .. } => Some((step, kind, *of)),
        _ => None,
    });
    waits
        .map(|(step, kind, of)| {
            format!(
                "WITH waiting AS MATERIALIZED (
                    SELECT e.customer, e.entry, e.entered_at, e.since {} AND e.step = {} AND e.due_at > {now})
                UPDATE {enrollment} AS e SET due_at = {now}
                FROM (SELECT d.customer, d.entry FROM waiting AS d {} WHERE {}) AS j
                WHERE e.customer = j.customer AND e.journey = {id} AND e.entry = j.entry",
                enrollments(context, journey, whom),
                step + 1,
                context.joined("d"),
                has_come(context, person, kind, of),
                id = journey.journey,
            )
        })
        .collect()
}
