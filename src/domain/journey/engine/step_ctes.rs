//! What a step has in common with others: who is due at it, how they go on, and the notes that are made.

use super::batch::{DUE, at_step, is_immediate};
use super::context::{ActiveVersion, RunContext, text};
use crate::domain::journey::definition::StepKind;

/// Who is due at this step, of those who were taken down, with the round that they are in at the step itself.
pub fn due(context: &RunContext, journey: &ActiveVersion, step: usize) -> String {
    let number = step + 1;
    // In the order of the key, so that what is looked up and inserted for one customer lies beside what was for the one before.
    format!(
        "taken AS (
            DELETE FROM {} AS d WHERE {}
            RETURNING d.place, d.customer, d.entry, d.entered_at, d.postponed_since, d.postponed_why, d.arm, d.control,
                CASE WHEN d.step = {number} THEN d.since ELSE {} END AS since,
                CASE WHEN d.step = {number} THEN d.round ELSE d.round + 1 END AS round),
        due AS MATERIALIZED (SELECT * FROM taken AS d ORDER BY d.customer)",
        context.scratch(DUE),
        at_step(journey, step),
        context.now()
    )
}

/// The end of a statement: the enrollments are brought up to date, and customers who are due again at once are written down again. `set` is
/// about the enrollment `e` and the row `j` of what was decided.
pub fn go_on(context: &RunContext, journey: &ActiveVersion, targets: &[usize], set: &str, decided: &str) -> String {
    let update =
        format!("UPDATE {} AS e SET {set} FROM {decided} AS j WHERE e.ctid = j.place", context.table("enrollment"));
    if !targets.iter().any(|&to| is_immediate(&journey.definition.steps[to])) {
        return format!(" {update}");
    }
    format!(
        ",
        moved AS ({update} RETURNING {}, e.due_at)
        INSERT INTO {} SELECT {} FROM moved AS m WHERE m.due_at <= {}",
        super::batch::TAKEN,
        context.scratch(DUE),
        super::batch::TAKEN.replace("e.", "m."),
        context.now()
    )
}

/// Why a journey ended, by the step `j.target` that it ended at: the reason of an exit; None if none of the steps is an end.
pub fn ends(journey: &ActiveVersion, targets: &[usize]) -> Option<String> {
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
pub fn noted(context: &RunContext, journey: &ActiveVersion, notes: &[String]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    format!(
        ",
        noted AS (INSERT INTO {} (customer, journey, version, entry, step, round, at, what, why)
            SELECT n.customer, {}, {}, n.entry, n.step, n.round, {}, n.what, n.why FROM ({}) AS n (customer, entry, step, round, what, why))",
        context.table("decision"),
        journey.journey,
        journey.version,
        context.now(),
        notes.join(" UNION ALL ")
    )
}

/// A number of a customer from 0 to below 1, for this purpose.
pub fn share(customer: &str, of: &str) -> String {
    format!("lifecycle.hash_share({customer}::pg_catalog.text, {})", text(of))
}
