//! What happens when a customer comes to a step: when it is due, and whether it is the end.

use super::context::RunContext;
use crate::domain::journey::definition::{Step, StepKind, TimeOfDay, Wait};
use crate::domain::support::sql::{Sql, expression};

/// When a step is due for a customer who comes to it, as expressions in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDue {
    /// When the step is due; NULL at the end.
    pub due: Sql,
    /// How the journey ended; NULL while it goes on.
    pub outcome: Sql,
}

/// When one step is due for a customer who is there since an instant, in a zone.
fn at(context: &RunContext, step: &Step, since: &Sql, zone: &Sql) -> StepDue {
    let due = |due: Sql| StepDue { due, outcome: "NULL::text".into() };
    let end = |outcome: &str| StepDue { due: "NULL::timestamptz".into(), outcome: Sql::text(outcome) };
    match &step.kind {
        StepKind::Wait { wait: Wait::For(span) | Wait::Event { timeout: span, .. }, .. } => {
            due(context.later(since, *span, zone))
        }
        StepKind::Wait { wait: Wait::Until { at, weekdays }, .. } => due(expression!(
            (),
            "lifecycle.next_local_time({since}, {zone_there}, {time}, {weekdays})",
            since = since,
            zone_there = zone,
            time = time(*at),
            weekdays = weekdays_sql(weekdays)
        )),
        // It is decided at once whether the day is over, and until when the customer stays.
        StepKind::Wait { wait: Wait::Date { .. }, .. } => due(context.now()),
        StepKind::Goal => end("goal"),
        StepKind::Exit(_) => end("exit"),
        StepKind::Act { .. } | StepKind::Branch { .. } | StepKind::Split(_) | StepKind::Call { .. } => {
            due(context.now())
        }
    }
}

/// A time of day in SQL.
pub fn time(at: TimeOfDay) -> Sql {
    expression!((), "{time}::time", time = Sql::literal(&format!("{:02}:{:02}", at.0 / 60, at.0 % 60)))
}

/// Days of the week in SQL, Monday being 1; NULL for all.
pub fn weekdays_sql(weekdays: &[u8]) -> Sql {
    match weekdays.is_empty() {
        true => "NULL::int4[]".into(),
        false => expression!((), "ARRAY[{days}]::int4[]", days = Sql::list(weekdays.iter().map(|day| day + 1))),
    }
}

/// When that one of these steps is due of which an expression gives the number, from 1, for a customer who
/// is there since an instant.
pub fn at_one_of(
    context: &RunContext,
    steps: &[Step],
    targets: &[usize],
    target: &Sql,
    since: &Sql,
    zone: &Sql,
) -> StepDue {
    let mut targets = targets.to_vec();
    targets.sort_unstable();
    targets.dedup();
    if let [only] = targets[..] {
        return at(context, &steps[only], since, zone);
    }
    let due_steps: Vec<(usize, StepDue)> =
        targets.into_iter().map(|step| (step + 1, at(context, &steps[step], since, zone))).collect();
    StepDue {
        due: Sql::case_of(target, due_steps.iter().map(|(step, step_due)| (*step, step_due.due.clone()))),
        outcome: Sql::case_of(target, due_steps.iter().map(|(step, step_due)| (*step, step_due.outcome.clone()))),
    }
}
