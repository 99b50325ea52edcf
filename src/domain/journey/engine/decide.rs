//! What is decided at a step, in one statement for all customers of the batch who are due there.

use super::act::act;
use super::conditions::{Subject, has_come, holds};
use super::context::{ActiveVersion, RunContext, share};
use super::dates::end_of_wait;
use super::step_ctes::{Cte, due, ends, go_on, noted, with};
use super::step_due::{StepDue, at_one_of};
use crate::domain::journey::definition::{Arm, Condition, StepKind, Wait};
use crate::domain::support::sql::{Sql, expression, sql};

/// The statement that decides at a step, and has the customers go on.
pub fn decide(context: &RunContext, journey: &ActiveVersion, step: usize) -> Sql {
    let decision = match &journey.definition.steps[step].kind {
        StepKind::Act { .. } => return act(context, journey, step),
        StepKind::Branch { cases, otherwise } => branch(context, journey, cases, *otherwise),
        StepKind::Split(arms) => split(journey, step, arms),
        StepKind::Wait { wait: Wait::Event { kind, of, machine, then, .. }, next } => Decision {
            targets: vec![*then, *next],
            target: Sql::case([("waited.came".into(), (then + 1).into())], (next + 1).into()),
            came: has_come(context, journey, kind, *of, *machine),
            note: Some(("waited", "CASE WHEN judged.came THEN 'event' ELSE 'timeout' END".into())),
            arm: None,
            stays: false,
        },
        StepKind::Wait { wait: Wait::Date { day, offset, at, otherwise }, next } => Decision {
            targets: vec![*next, *otherwise],
            target: Sql::case(
                [
                    ("waited.came IS NULL OR waited.came < enrolled.step_since".into(), (otherwise + 1).into()),
                    (expression!(context, "waited.came <= {now}"), (next + 1).into()),
                ],
                (step + 1).into(),
            ),
            came: end_of_wait(context, day, *offset, *at),
            note: Some((
                "waited",
                "CASE WHEN judged.came IS NULL THEN 'no date' WHEN judged.came < judged.step_since THEN 'date passed' ELSE 'date' END".into(),
            )),
            arm: None,
            stays: true,
        },
        StepKind::Wait { next, .. } => Decision::passing(*next, None),
        StepKind::Call { journey: called, next } => Decision::passing(*next, Some(("called", Sql::text(called)))),
        // Nobody stays at an end.
        StepKind::Goal | StepKind::Exit(_) => Decision::passing(step, None),
    };
    advance(context, journey, step, decision)
}

/// Where customers go, and what is noted about it.
struct Decision {
    /// The steps that customers can go to.
    targets: Vec<usize>,
    /// The number of the step that the customer of the row `enrolled` goes to, from 1; `waited.came` is the column below.
    target: Sql,
    /// Whether what that customer waits for has come; of a wait for a day, when it is over.
    came: Sql,
    /// The kind and the reason of the note, by the row `judged`.
    note: Option<(&'static str, Sql)>,
    /// The arms of the customer from now on, by the row `judged`.
    arm: Option<Sql>,
    /// Whether a customer may stay at the step until the instant `judged.came`: the target is the step itself then.
    stays: bool,
}

impl Decision {
    fn passing(next: usize, note: Option<(&'static str, Sql)>) -> Self {
        Decision {
            targets: vec![next],
            target: (next + 1).into(),
            came: "NULL::bool".into(),
            note,
            arm: None,
            stays: false,
        }
    }
}

fn branch(context: &RunContext, journey: &ActiveVersion, cases: &[(Condition, usize)], otherwise: usize) -> Decision {
    let steps = &journey.definition.steps;
    let arms =
        cases.iter().map(|(condition, to)| (holds(context, Subject::enrolled(journey), condition), (to + 1).into()));
    let targets: Vec<usize> = cases.iter().map(|(_, to)| *to).chain([otherwise]).collect();
    let names = targets.iter().map(|to| (to + 1, Sql::text(&steps[*to].name)));
    let reason = Sql::case_of(&"judged.target".into(), names);
    Decision {
        target: Sql::case(arms, (otherwise + 1).into()),
        note: Some(("branched", reason)),
        targets,
        ..Decision::passing(otherwise, None)
    }
}

/// The draw of a customer at a split: the same each time, and independent of other draws.
fn lot(customer: &'static str, journey: &str, step: &str) -> Sql {
    share(customer, &format!("split/{journey}/{step}"))
}

fn split(journey: &ActiveVersion, step: usize, arms: &[Arm]) -> Decision {
    let name = &journey.definition.steps[step].name;
    let total: f64 = arms.iter().map(|arm| arm.weight).sum();
    let (mut below, mut bounds) = (0.0, Vec::new());
    for arm in arms {
        bounds.push(Sql::from(below));
        below += arm.weight / total;
    }
    let drawn = |customer: &'static str| {
        let lot = lot(customer, &journey.name, name);
        expression!((), "width_bucket({lot}, ARRAY[{bounds}])", lot = lot, bounds = Sql::list(&bounds))
    };
    let targets: Vec<usize> = arms.iter().map(|arm| arm.to).collect();
    let label = |arm: &Arm| Sql::text(&format!("{name}={}", arm.name));
    let label = Sql::case_of(&drawn("judged.customer"), (1..).zip(arms.iter().map(label)));
    let arm = expression!(
        (),
        "CASE WHEN judged.arm IS NULL THEN {label} WHEN {label} = ANY (string_to_array(judged.arm, ', ')) THEN judged.arm
            ELSE judged.arm || ', ' || {label} END",
        label = &label
    );
    Decision {
        target: Sql::case_of(&drawn("enrolled.customer"), (1..).zip(targets.iter().map(|to| Sql::from(to + 1)))),
        targets,
        note: Some(("split", label)),
        arm: Some(arm),
        ..Decision::passing(step, None)
    }
}

/// Moves all due customers on, and notes why.
fn advance(context: &RunContext, journey: &ActiveVersion, step: usize, decision: Decision) -> Sql {
    let Decision { targets, target, came, note, arm, stays } = decision;
    // Of a customer who stays, nothing changes but how long.
    let (is_staying, changes) = match stays {
        true => (
            Some(expression!((), "judged.target = {step}", step = step + 1)),
            expression!((), "judged.target <> {step}", step = step + 1),
        ),
        false => (None, "true".into()),
    };
    let chosen = Sql::from("judged.target");
    let StepDue { due: next_due, outcome } =
        at_one_of(context, &journey.definition.steps, &targets, &chosen, &context.now(), &"judged.zone".into());
    let mut notes = Vec::new();
    if let Some((kind, reason)) = note {
        let note = sql!(
            (),
            "sql/advance/note.sql",
            step = step + 1,
            kind = Sql::text(kind),
            reason = reason,
            changes = &changes
        );
        notes.push(note);
    }
    if let Some(reason) = ends(journey, &targets, &"advanced.target".into()) {
        notes.push(sql!((), "sql/advance/note_end.sql", reason = reason));
    }
    let arm = arm.unwrap_or_else(|| "judged.arm".into());
    let (next_due, outcome) = match is_staying {
        Some(is_staying) => (
            Sql::case([(is_staying.clone(), "judged.came".into())], next_due),
            Sql::case([(is_staying, "NULL".into())], outcome),
        ),
        None => (next_due, outcome),
    };
    let update = sql!(context, "sql/advance/update.sql");
    let (moved, end) = go_on(context, journey, &targets, update);
    let parts = due(context, journey, step).into_iter().chain([
        Cte::fence("judged", sql!(context, "sql/advance/judged.sql", target = target, came = came)),
        Cte::fence(
            "advanced",
            sql!(
                (),
                "sql/advance/advanced.sql",
                next_due = next_due,
                outcome = outcome,
                next_arm = arm,
                changes = changes
            ),
        ),
    ]);
    with(parts.chain(noted(context, journey, notes)).chain(moved), end)
}
