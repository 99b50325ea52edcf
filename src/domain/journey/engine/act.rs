//! The step that acts: what is decided now, what is postponed, and what is dropped in the end.
//!
//! What was decided is judged again when it is handed over: see [`hand_over`](super::hand_over).

use super::caps::{When, cap_columns, free_at, latest, over_caps};
use super::conditions::has_come;
use super::context::{ActiveVersion, RunContext};
use super::objection::refusal;
use super::step_ctes::{Cte, due, ends, go_on_since, noted, with};
use super::step_due::{StepDue, at_one_of, time, weekdays_sql};
use crate::domain::journey::definition::policy::Cap;
use crate::domain::journey::definition::{Act, StepKind, Wait};
use crate::domain::support::sql::{Sql, expression, sql};

/// The statement of a step that acts.
pub fn act(context: &RunContext, journey: &ActiveVersion, step: usize) -> Sql {
    let steps = &journey.definition.steps;
    let StepKind::Act { act, next } = &steps[step].kind else { return Sql::default() };
    let here = (context, journey);
    let caps = caps_of(context, act);
    let zone = Sql::from("freed.zone");
    let postponed_at = expression!(context, "COALESCE(freed.postponed_since, {now})");
    let length = act.deadline.unwrap_or(context.policy.deadline);
    let deadline = context.later(&postponed_at, length, &zone);
    let expires_at = context.later(&context.now(), length, &"judged.zone".into());
    let StepDue { due: next_due, outcome } =
        at_one_of(context, steps, &[*next], &"NULL".into(), &"moving.since".into(), &"moving.zone".into());
    let next_due = expression!(context, "CASE WHEN moving.came THEN {now} ELSE {next_due} END", next_due = next_due);
    let (came, answer) = answer(context, journey, *next);
    let (number, after) = (step + 1, next + 1);
    let mut notes = vec![sql!((), "sql/act/note_verdict.sql", step = number)];
    if let Some(reason) = ends(journey, &[*next], &after.into()) {
        notes.push(sql!((), "sql/act/note_end.sql", step = after, reason = reason));
    }
    let update =
        sql!(context, "sql/act/update.sql", step = number, next = after, next_due = next_due, outcome = outcome);
    let (moved, end) = go_on_since(context, journey, *next, update);
    let considered = sql!(
        context,
        "sql/act/considered.sql",
        objection = refusal(context, "enrolled.customer", act),
        latest = latest(context, &caps, When::Decided)
    );
    let judged = sql!(
        context,
        "sql/act/judged.sql",
        hindrance = hindrance(context, &caps),
        permitted = permitted(context, act, &"freed.free_at".into(), &zone),
        deadline = deadline
    );
    let acted = sql!(
        here,
        "sql/act/acted.sql",
        step = number,
        channel = Sql::text(&act.channel),
        template = Sql::text(&act.template),
        priority = journey.definition.priority,
        control = if act.is_transactional { "NULL::text" } else { "judged.control" },
        expires_at = expires_at,
        topic = act.topic.as_deref().map_or("NULL::text".into(), Sql::text),
        transactional = if act.is_transactional { "true" } else { "false" }
    );
    // In a simulation a message is sent as soon as it is decided.
    let awaited = if context.is_simulation { "NULL::int8" } else { "acted.id" };
    let parts = due(context, journey, step).into_iter().chain([
        Cte::new("considered", considered),
        Cte::new("capped", sql!((), "sql/act/capped.sql", columns = cap_columns(context, &caps))),
        Cte::new("freed", sql!((), "sql/act/freed.sql", free_at = free_at(context, caps.len()))),
        Cte::fence("judged", judged),
        Cte::new("acted", acted),
        Cte::fence("moving", sql!((), "sql/act/moving.sql", awaited = awaited, came = came, answer = answer)),
    ]);
    with(parts.chain(noted(context, journey, notes)).chain(moved), end)
}

/// Whether what the step after an act waits for has come since the message was sent, and the rows that it is read from.
fn answer(context: &RunContext, journey: &ActiveVersion, next: usize) -> (Sql, Sql) {
    match &journey.definition.steps[next].kind {
        StepKind::Wait { wait: Wait::Event { kind, of, machine, .. }, .. } if !context.is_simulation => {
            let has_come = has_come(context, journey, kind, *of, *machine);
            ("answer.has_come".into(), sql!(context, "sql/act/answer.sql", has_come = has_come))
        }
        _ => ("false".into(), Sql::default()),
    }
}

// ---- send window ----------------------------------------------------------------------------------------------------

/// The caps that hold for an act.
pub fn caps_of<'a>(context: &'a RunContext, act: &Act) -> Vec<&'a Cap> {
    let holds = |cap: &&Cap| !act.is_transactional && cap.channel.as_ref().is_none_or(|of| *of == act.channel);
    context.policy.caps.iter().filter(holds).collect()
}

/// The first instant, from that on at which the caps leave room, at which the customer may be written to.
pub fn permitted(context: &RunContext, act: &Act, free_at: &Sql, zone: &Sql) -> Sql {
    let from = expression!(context, "COALESCE({free_at}, {now})", free_at = free_at);
    if act.is_transactional || context.policy.quiet_hours.is_none() && context.policy.weekdays.is_empty() {
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
