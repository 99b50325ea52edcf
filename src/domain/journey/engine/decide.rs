//! What is decided at a step, in one statement for all customers of the batch who are due there.

use super::act::act;
use super::conditions::{Subject, has_come, holds};
use super::context::{ActiveVersion, RunContext, text};
use super::step_ctes::{due, ends, go_on, noted, share};
use super::step_due::{StepDue, at_one_of};
use crate::domain::journey::definition::{Arm, Condition, StepKind, Wait};

/// The statement that decides at a step, and has the customers go on.
pub fn decide(context: &RunContext, journey: &ActiveVersion, step: usize) -> String {
    let person = Subject { customer: "d.customer", journey: Some(journey) };
    match &journey.definition.steps[step].kind {
        StepKind::Act { .. } => act(context, journey, step),
        StepKind::Branch { cases, otherwise } => branch(context, journey, step, cases, *otherwise),
        StepKind::Split(arms) => split(context, journey, step, arms),
        StepKind::Wait { wait: Wait::Event { kind, of, then, .. }, next } => {
            let came = has_come(context, person, kind, *of);
            let target = format!("CASE WHEN {came} THEN {} ELSE {} END", then + 1, next + 1);
            let extra = format!(", CASE WHEN {came} THEN 'event' ELSE 'timeout' END AS came");
            let judged = Decision {
                targets: vec![*then, *next],
                target,
                what: Some("waited"),
                why: "j.came".to_owned(),
                arm: None,
                extra,
            };
            advance(context, journey, step, judged)
        }
        StepKind::Wait { next, .. } => advance(context, journey, step, Decision::passing(*next, None, "NULL")),
        StepKind::Call { journey: called, next } => {
            advance(context, journey, step, Decision::passing(*next, Some("called"), &text(called)))
        }
        // Nobody stays at an end.
        StepKind::Goal | StepKind::Exit(_) => advance(context, journey, step, Decision::passing(step, None, "NULL")),
    }
}

/// Where customers go, and what is noted about it.
struct Decision {
    targets: Vec<usize>,
    target: String,
    what: Option<&'static str>,
    why: String,
    arm: Option<String>,
    /// Further columns that the note needs.
    extra: String,
}

impl Decision {
    fn passing(next: usize, what: Option<&'static str>, why: &str) -> Self {
        Decision {
            targets: vec![next],
            target: (next + 1).to_string(),
            what,
            why: why.to_owned(),
            arm: None,
            extra: String::new(),
        }
    }
}

fn branch(
    context: &RunContext,
    journey: &ActiveVersion,
    step: usize,
    cases: &[(Condition, usize)],
    otherwise: usize,
) -> String {
    let person = Subject { customer: "d.customer", journey: Some(journey) };
    let steps = &journey.definition.steps;
    let mut target = "CASE".to_owned();
    for (condition, to) in cases {
        target += &format!(" WHEN {} THEN {}", holds(context, person, condition), to + 1);
    }
    target += &format!(" ELSE {} END", otherwise + 1);
    let targets: Vec<usize> = cases.iter().map(|(_, to)| *to).chain([otherwise]).collect();
    let mut why = "CASE j.target".to_owned();
    for to in &targets {
        why += &format!(" WHEN {} THEN {}", to + 1, text(&steps[*to].name));
    }
    advance(
        context,
        journey,
        step,
        Decision { targets, target, what: Some("branched"), why: why + " END", arm: None, extra: String::new() },
    )
}

/// The lot of a customer at a split: the same each time, and independent of other lots.
pub fn lot(customer: &str, journey: &str, step: &str) -> String {
    share(customer, &format!("split/{journey}/{step}"))
}

fn split(context: &RunContext, journey: &ActiveVersion, step: usize, arms: &[Arm]) -> String {
    let name = &journey.definition.steps[step].name;
    let total: f64 = arms.iter().map(|arm| arm.weight).sum();
    let (mut below, mut bounds, mut target, mut label) = (0.0, Vec::new(), String::new(), String::new());
    for (i, arm) in arms.iter().enumerate() {
        bounds.push(format!("{below:?}"));
        below += arm.weight / total;
        target += &format!(" WHEN {} THEN {}", i + 1, arm.to + 1);
        label += &format!(" WHEN {} THEN {}", i + 1, text(&format!("{name}={}", arm.name)));
    }
    let drawn = |customer: &str, cases: &str| {
        let lot = lot(customer, &journey.name, name);
        format!("CASE pg_catalog.width_bucket({lot}, '{{{}}}'::pg_catalog.float8[]){cases} END", bounds.join(","))
    };
    let (target, label) = (drawn("d.customer", &target), drawn("j.customer", &label));
    let arm = format!(
        "CASE WHEN j.arm IS NULL THEN {label} WHEN {label} = ANY (pg_catalog.string_to_array(j.arm, ', ')) THEN j.arm
            ELSE j.arm || ', ' || {label} END"
    );
    let targets = arms.iter().map(|arm| arm.to).collect();
    advance(
        context,
        journey,
        step,
        Decision { targets, target, what: Some("split"), why: label, arm: Some(arm), extra: String::new() },
    )
}

/// Moves all due customers on, and notes why.
fn advance(context: &RunContext, journey: &ActiveVersion, step: usize, judged: Decision) -> String {
    let Decision { targets, target, what, why, arm, extra } = judged;
    let StepDue { due: next_due, outcome } =
        at_one_of(context, &journey.definition.steps, &targets, "j.target", "j.zone");
    let mut notes = Vec::new();
    if let Some(what) = what {
        notes.push(format!(
            "SELECT j.customer, j.entry, {} AS step, j.round, '{what}' AS what, {why} AS why FROM judged AS j",
            step + 1
        ));
    }
    if let Some(ends) = ends(journey, &targets) {
        notes.push(format!(
            "SELECT j.customer, j.entry, j.target, j.round + 1, 'left', {ends} FROM going AS j WHERE j.outcome IS NOT NULL"
        ));
    }
    let now = context.now();
    let set = format!(
        "step = j.target, round = j.round + 1, since = {now}, due_at = j.next_due, postponed_since = NULL, postponed_why = NULL{arm},
            ended_at = CASE WHEN j.outcome IS NOT NULL THEN {now} END, outcome = j.outcome,
            goal_at = CASE WHEN j.outcome = 'goal' THEN COALESCE(e.goal_at, {now}) ELSE e.goal_at END",
        arm = arm.map_or(String::new(), |arm| format!(", arm = {arm}")),
    );
    format!(
        "WITH {due},
        judged AS MATERIALIZED (SELECT d.*, {zone} AS zone, {target} AS target{extra} FROM due AS d {joined}),
        going AS MATERIALIZED (SELECT j.*, {next_due} AS next_due, {outcome} AS outcome FROM judged AS j){noted}{go_on}",
        due = due(context, journey, step),
        zone = context.zone(),
        joined = context.joined("d"),
        noted = noted(context, journey, &notes),
        go_on = go_on(context, journey, &targets, &set, "going"),
    )
}
