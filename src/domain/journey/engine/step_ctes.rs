//! The parts that statements about a step have in common: customers who are due at it, how they go on, and the notes that are made.

use super::batch::{at_step, is_first, is_immediate, taken_names, taken_of};
use super::context::{ActiveVersion, RunContext};
use crate::domain::journey::definition::{Step, StepKind};
use crate::domain::support::sql::{Sql, expression, sql};

/// A part of a statement that has a name.
#[derive(Debug, Clone)]
pub struct Cte {
    name: &'static str,
    /// Whether the planner must take it as it is.
    is_fence: bool,
    body: Sql,
}

impl Cte {
    /// A part that the planner may write into those that read it. One that changes rows it takes as it is.
    pub fn new(name: &'static str, body: Sql) -> Self {
        Cte { name, is_fence: false, body }
    }

    /// A part that is computed once, before those that read it.
    pub fn fence(name: &'static str, body: Sql) -> Self {
        Cte { name, is_fence: true, body }
    }
}

/// The statement with these parts.
pub fn with(parts: impl IntoIterator<Item = Cte>, statement: Sql) -> Sql {
    let parts = parts.into_iter().map(|Cte { name, is_fence, body }| match is_fence {
        true => expression!((), "{name} AS MATERIALIZED (\n{body})", name = name, body = body),
        false => expression!((), "{name} AS (\n{body})", name = name, body = body),
    });
    expression!((), "WITH {parts}\n{statement}", parts = Sql::join(parts, ",\n"), statement = statement)
}

/// The enrollments that are due at this step, of those that were taken down, with the round that they are in at the step itself: `due`.
pub fn due(context: &RunContext, journey: &ActiveVersion, step: usize) -> [Cte; 2] {
    let taken = sql!(
        context,
        "sql/taken.sql",
        at_step = at_step(journey, step),
        is_first = is_first(context, journey, step),
        step = step + 1
    );
    [Cte::new("taken", taken), Cte::fence("due", sql!((), "sql/due.sql"))]
}

/// The end of a statement: an update brings the enrollments up to date, and customers who are due again at once are written down again.
pub fn go_on(context: &RunContext, journey: &ActiveVersion, targets: &[usize], update: Sql) -> (Option<Cte>, Sql) {
    again(context, journey, targets, update, is_immediate)
}

/// The same of customers who may be at the next step since an instant of the past, so that a wait may be over already.
pub fn go_on_since(context: &RunContext, journey: &ActiveVersion, target: usize, update: Sql) -> (Option<Cte>, Sql) {
    let is_no_end = |step: &Step| !matches!(step.kind, StepKind::Goal | StepKind::Exit(_));
    again(context, journey, &[target], update, is_no_end)
}

fn again(
    context: &RunContext,
    journey: &ActiveVersion,
    targets: &[usize],
    update: Sql,
    may_be_due: impl Fn(&Step) -> bool,
) -> (Option<Cte>, Sql) {
    if !targets.iter().any(|&to| may_be_due(&journey.definition.steps[to])) {
        return (None, update);
    }
    let moved = sql!((), "sql/moved.sql", update = update, columns = taken_of("enrollment"));
    let take = sql!(context, "sql/take_moved.sql", names = taken_names(), columns = taken_of("moved"));
    (Some(Cte::new("moved", moved)), take)
}

/// Why a journey ended, by the step that it ended at: the reason of an exit; None if none of the steps is an end.
pub fn ends(journey: &ActiveVersion, targets: &[usize], target: &Sql) -> Option<Sql> {
    let reason = |to: &usize| match &journey.definition.steps[*to].kind {
        StepKind::Goal => Some((to + 1, "'goal'".into())),
        StepKind::Exit(reason) => Some((to + 1, Sql::text(reason))),
        _ => None,
    };
    let reasons: Vec<(usize, Sql)> = targets.iter().filter_map(reason).collect();
    (!reasons.is_empty()).then(|| Sql::case_of(target, reasons))
}

/// The part that writes notes down, each a query for customer, entry, step, round, kind and reason; None if there are none to write.
pub fn noted(context: &RunContext, journey: &ActiveVersion, notes: Vec<Sql>) -> Option<Cte> {
    if notes.is_empty() {
        return None;
    }
    let notes = Sql::join(notes, "\nUNION ALL\n");
    Some(Cte::new("noted", sql!((context, journey), "sql/noted.sql", notes = notes)))
}
