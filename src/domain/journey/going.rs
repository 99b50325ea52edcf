//! What a step has in common with others: who is due at it, and the notes that are made.
//!
//! A wait for a length of time that is over is no decision: whoever is due at one is decided on at the step after it, in the same
//! statement.

use super::definition::{Step, StepKind, Wait};
use super::desk::{Desk, Live, text};

/// The batch: the customers that this transaction has locked.
pub const BATCH: &str = "batch";

/// The step at which somebody who is due at this one is decided on.
pub fn decided_at(steps: &[Step], step: usize) -> usize {
    match &steps[step].kind {
        StepKind::Wait { wait: Wait::For(_) | Wait::Until { .. }, next }
            if !is_wait(&steps[*next]) && !is_end(&steps[*next]) =>
        {
            *next
        }
        _ => step,
    }
}

fn is_wait(step: &Step) -> bool {
    matches!(step.kind, StepKind::Wait { .. })
}

fn is_end(step: &Step) -> bool {
    matches!(step.kind, StepKind::Goal | StepKind::Exit(_))
}

/// The steps at which customers are due of which this one decides, as numbers in SQL.
fn sources(journey: &Live, step: usize) -> String {
    let steps = &journey.definition.steps;
    let at = (0..steps.len()).filter(|&from| decided_at(steps, from) == step);
    at.map(|from| (from + 1).to_string()).collect::<Vec<_>>().join(", ")
}

/// Who of the batch is due at this step: `due`, an enrollment with the round that it is in at the step itself.
pub fn due(desk: &Desk, journey: &Live, step: usize) -> String {
    let number = step + 1;
    format!(
        "due AS MATERIALIZED (
            SELECT e.customer, e.entry, e.entered_at, e.postponed_since, e.postponed_why, e.arm, e.control,
                CASE WHEN e.step = {number} THEN e.since ELSE {now} END AS since,
                CASE WHEN e.step = {number} THEN e.round ELSE e.round + 1 END AS round
            FROM {batch} AS b JOIN {enrollment} AS e ON e.customer = b.customer
            WHERE e.journey = {id} AND e.version = {version} AND e.step IN ({sources}) AND e.due_at <= {now})",
        now = desk.now(),
        batch = desk.scratch(BATCH),
        enrollment = desk.table("enrollment"),
        id = journey.journey,
        version = journey.version,
        sources = sources(journey, step),
    )
}

/// A number of a customer from 0 to below 1, for this purpose.
pub fn share(customer: &str, of: &str) -> String {
    format!("lifecycle.hash_share({customer}::pg_catalog.text, {})", text(of))
}

/// Why a journey ended, by the step that it ended at: the reason of an exit; None if none of the steps is an end.
pub fn ends(journey: &Live, targets: &[usize]) -> Option<String> {
    let steps = &journey.definition.steps;
    let reasons: String = targets
        .iter()
        .filter_map(|&to| match &steps[to].kind {
            StepKind::Goal => Some(format!(" WHEN {} THEN 'goal'", to + 1)),
            StepKind::Exit(reason) => Some(format!(" WHEN {} THEN {}", to + 1, text(reason))),
            _ => None,
        })
        .collect();
    (!reasons.is_empty()).then(|| format!("CASE j.target{reasons} END"))
}

/// The part of a statement that writes notes down; nothing if there are none to write.
pub fn noted(desk: &Desk, journey: &Live, notes: &[String]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    format!(
        ",
        noted AS (INSERT INTO {} (customer, journey, version, entry, step, round, at, what, why)
            SELECT n.customer, {}, {}, n.entry, n.step, n.round, {}, n.what, n.why FROM ({}) AS n (customer, entry, step, round, what, why))",
        desk.table("decision"),
        journey.journey,
        journey.version,
        desk.now(),
        notes.join(" UNION ALL ")
    )
}
