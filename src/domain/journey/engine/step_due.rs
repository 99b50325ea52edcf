//! What happens when a customer comes to a step: when it is due, and whether it is the end.

use super::context::RunContext;
use crate::domain::journey::definition::{Step, StepKind, TimeOfDay, Wait};

/// What the arrival at a step means, as expressions in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDue {
    /// When the step is due; NULL at the end.
    pub due: String,
    /// How the journey ended; NULL while it goes on.
    pub outcome: String,
}

const NULL_TEXT: &str = "NULL::pg_catalog.text";

/// The arrival at one step, in a zone.
fn at(context: &RunContext, step: &Step, zone: &str) -> StepDue {
    let due = |due: String| StepDue { due, outcome: NULL_TEXT.to_owned() };
    let end = |outcome: &str| StepDue {
        due: "NULL::pg_catalog.timestamptz".to_owned(),
        outcome: format!("'{outcome}'::pg_catalog.text"),
    };
    match &step.kind {
        StepKind::Wait { wait: Wait::For(span) | Wait::Event { timeout: span, .. }, .. } => {
            due(context.later(&context.now(), *span, zone))
        }
        StepKind::Wait { wait: Wait::Until { at, weekdays }, .. } => due(format!(
            "lifecycle.next_local_time({}, {zone}, {}, {})",
            context.now(),
            time(*at),
            weekdays_sql(weekdays)
        )),
        StepKind::Goal => end("goal"),
        StepKind::Exit(_) => end("exit"),
        StepKind::Act { .. } | StepKind::Branch { .. } | StepKind::Split(_) | StepKind::Call { .. } => {
            due(context.now())
        }
    }
}

/// A time of day in SQL.
pub fn time(at: TimeOfDay) -> String {
    format!("'{:02}:{:02}'::pg_catalog.time", at.0 / 60, at.0 % 60)
}

/// Days of the week in SQL, Monday being 1; NULL for all.
pub fn weekdays_sql(weekdays: &[u8]) -> String {
    match weekdays.is_empty() {
        true => "NULL::pg_catalog.int4[]".to_owned(),
        false => {
            let days: Vec<String> = weekdays.iter().map(|day| (day + 1).to_string()).collect();
            format!("'{{{}}}'::pg_catalog.int4[]", days.join(","))
        }
    }
}

/// The arrival at whichever of these steps an expression gives the number of (from 1).
pub fn at_one_of(context: &RunContext, steps: &[Step], targets: &[usize], target: &str, zone: &str) -> StepDue {
    let mut targets = targets.to_vec();
    targets.sort_unstable();
    targets.dedup();
    if let [only] = targets[..] {
        return at(context, &steps[only], zone);
    }
    let mut due = format!("CASE {target}");
    let mut outcome = due.clone();
    for step in targets {
        let arrival = at(context, &steps[step], zone);
        due += &format!(" WHEN {} THEN {}", step + 1, arrival.due);
        outcome += &format!(" WHEN {} THEN {}", step + 1, arrival.outcome);
    }
    StepDue { due: due + " END", outcome: outcome + " END" }
}
