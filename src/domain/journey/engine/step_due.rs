//! What happens when a customer comes to a step: when it is due, and whether it is the end.

use super::context::Desk;
use crate::domain::journey::definition::{Step, StepKind, TimeOfDay, Wait};

/// What the arrival at a step means, as expressions in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When the step is due; NULL at the end.
    pub due: String,
    /// How the journey ended; NULL while it goes on.
    pub outcome: String,
}

const NULL_TEXT: &str = "NULL::pg_catalog.text";

/// The arrival at one step, in a zone.
fn at(desk: &Desk, step: &Step, zone: &str) -> Arrival {
    let due = |due: String| Arrival { due, outcome: NULL_TEXT.to_owned() };
    let end = |outcome: &str| Arrival {
        due: "NULL::pg_catalog.timestamptz".to_owned(),
        outcome: format!("'{outcome}'::pg_catalog.text"),
    };
    match &step.kind {
        StepKind::Wait { wait: Wait::For(span) | Wait::Event { timeout: span, .. }, .. } => {
            due(desk.later(&desk.now(), *span, zone))
        }
        StepKind::Wait { wait: Wait::Until { at, weekdays }, .. } => {
            due(format!("lifecycle.next_local_time({}, {zone}, {}, {})", desk.now(), time(*at), weekdays_sql(weekdays)))
        }
        StepKind::Goal => end("goal"),
        StepKind::Exit(_) => end("exit"),
        StepKind::Act { .. } | StepKind::Branch { .. } | StepKind::Split(_) | StepKind::Call { .. } => due(desk.now()),
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
pub fn at_one_of(desk: &Desk, steps: &[Step], targets: &[usize], target: &str, zone: &str) -> Arrival {
    let mut targets = targets.to_vec();
    targets.sort_unstable();
    targets.dedup();
    if let [only] = targets[..] {
        return at(desk, &steps[only], zone);
    }
    let mut due = format!("CASE {target}");
    let mut outcome = due.clone();
    for step in targets {
        let arrival = at(desk, &steps[step], zone);
        due += &format!(" WHEN {} THEN {}", step + 1, arrival.due);
        outcome += &format!(" WHEN {} THEN {}", step + 1, arrival.outcome);
    }
    Arrival { due: due + " END", outcome: outcome + " END" }
}
