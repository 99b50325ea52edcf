//! The step that acts: what is sent now, what is postponed, and what is dropped in the end.

use serde_json::{Map, Value};

use super::caps::{cap_columns, free_at, latest, over_caps};
use super::context::{ActiveVersion, RunContext};
use super::objection::objection;
use super::step_ctes::{Cte, due, ends, go_on, noted, with};
use super::step_due::{StepDue, at_one_of, time, weekdays_sql};
use crate::domain::journey::definition::StepKind;
use crate::domain::journey::definition::policy::Cap;
use crate::domain::support::sql::{Sql, expression, sql};

/// The statement of a step that acts.
pub fn act(context: &RunContext, journey: &ActiveVersion, step: usize) -> Sql {
    let steps = &journey.definition.steps;
    let StepKind::Act { channel, template, payload, deadline, next } = &steps[step].kind else { return Sql::default() };
    let here = (context, journey);
    let caps: Vec<&Cap> =
        context.policy.caps.iter().filter(|cap| cap.channel.as_ref().is_none_or(|of| of == channel)).collect();
    let zone = Sql::from("freed.zone");
    let postponed_at = expression!(context, "COALESCE(freed.postponed_since, {now})");
    let deadline = context.later(&postponed_at, deadline.unwrap_or(context.policy.deadline), &zone);
    let StepDue { due: next_due, outcome } = at_one_of(context, steps, &[*next], &"NULL".into(), &"judged.zone".into());
    let (number, after) = (step + 1, next + 1);
    let mut notes = vec![sql!((), "sql/act/note_verdict.sql", step = number)];
    if let Some(reason) = ends(journey, &[*next], &after.into()) {
        notes.push(sql!((), "sql/act/note_end.sql", step = after, reason = reason));
    }
    let update =
        sql!(context, "sql/act/update.sql", step = number, next = after, next_due = next_due, outcome = outcome);
    let (moved, end) = go_on(context, journey, &[*next], update);
    let considered = sql!(
        context,
        "sql/act/considered.sql",
        objection = objection(context, "enrolled.customer", channel, None, false),
        payload = build(&Value::Object(payload.clone())),
        latest = latest(context, &caps)
    );
    let judged = sql!(
        context,
        "sql/act/judged.sql",
        hindrance = hindrance(context, &caps),
        permitted = permitted(context, &zone),
        deadline = deadline
    );
    let acted = sql!(
        here,
        "sql/act/acted.sql",
        step = number,
        channel = Sql::text(channel),
        template = Sql::text(template),
        priority = journey.definition.priority
    );
    let parts = due(context, journey, step).into_iter().chain([
        Cte::new("considered", considered),
        Cte::new("capped", sql!((), "sql/act/capped.sql", columns = cap_columns(context, &caps))),
        Cte::new("freed", sql!((), "sql/act/freed.sql", free_at = free_at(context, caps.len()))),
        Cte::fence("judged", judged),
        Cte::new("acted", acted),
    ]);
    with(parts.chain(noted(context, journey, notes)).chain(moved), end)
}

// ---- send window ----------------------------------------------------------------------------------------------------

/// The first instant, from that on at which the caps leave room, at which the customer may be written to.
fn permitted(context: &RunContext, zone: &Sql) -> Sql {
    let from = expression!(context, "COALESCE(freed.free_at, {now})");
    if context.policy.quiet_hours.is_none() && context.policy.weekdays.is_empty() {
        return from;
    }
    let (quiet_from, quiet_to) = match context.policy.quiet_hours {
        Some((from, to)) => (time(from), time(to)),
        None => ("NULL::time".into(), "NULL::time".into()),
    };
    expression!(
        (),
        "lifecycle.next_permitted({from}, {zone}, {quiet_from}, {quiet_to}, {weekdays})",
        from = from,
        zone = zone,
        quiet_from = quiet_from,
        quiet_to = quiet_to,
        weekdays = weekdays_sql(&context.policy.weekdays)
    )
}

/// What stands in the way.
fn hindrance(context: &RunContext, caps: &[&Cap]) -> Sql {
    let is_quiet = (expression!(context, "permit.permitted_at > {now}"), "'quiet hours'".into());
    Sql::case(over_caps(context, caps).chain([is_quiet]), "NULL".into())
}

// ---- payload --------------------------------------------------------------------------------------------------------

/// A payload as an expression: what does not depend on the customer is a constant.
fn build(value: &Value) -> Sql {
    match value {
        Value::Object(members) if depends_on_profile(value) => match column_of(members) {
            Some(column) => {
                expression!((), "COALESCE(to_jsonb(profile.{column}), 'null'::jsonb)", column = Sql::identifier(column))
            }
            None => {
                let parts: Vec<Sql> =
                    members.iter().map(|(name, value)| Sql::list([Sql::text(name), build(value)])).collect();
                // A function takes a hundred arguments at most.
                let objects = parts
                    .chunks(40)
                    .map(|parts| expression!((), "jsonb_build_object({parts})", parts = Sql::list(parts.iter())));
                expression!((), "({objects})", objects = Sql::join(objects, " || "))
            }
        },
        Value::Array(values) if depends_on_profile(value) => {
            expression!((), "to_jsonb(ARRAY[{parts}])", parts = Sql::list(values.iter().map(build)))
        }
        _ => expression!((), "{value}::jsonb", value = Sql::literal(&value.to_string())),
    }
}

/// The column that a part of a payload stands for.
pub fn column_of(members: &Map<String, Value>) -> Option<&str> {
    match members.get("profile") {
        Some(Value::String(column)) if members.len() == 1 => Some(column),
        _ => None,
    }
}

fn depends_on_profile(value: &Value) -> bool {
    match value {
        Value::Object(members) => column_of(members).is_some() || members.values().any(depends_on_profile),
        Value::Array(values) => values.iter().any(depends_on_profile),
        _ => false,
    }
}
