//! The way through a journey: every step is on it, and it does not go round in circles without a wait.

use super::definition::{Step, StepKind, Wait};
use super::place::Place;
use crate::domain::error::Result;

/// Where a step leads.
pub fn targets(step: &Step) -> Vec<usize> {
    match &step.kind {
        StepKind::Wait { wait: Wait::Event { then, .. }, next } => vec![*then, *next],
        StepKind::Act { next, .. } | StepKind::Wait { next, .. } | StepKind::Call { next, .. } => vec![*next],
        StepKind::Branch { cases, otherwise } => cases.iter().map(|(_, to)| *to).chain([*otherwise]).collect(),
        StepKind::Split(arms) => arms.iter().map(|arm| arm.to).collect(),
        StepKind::Goal | StepKind::Exit(_) => Vec::new(),
    }
}

/// Whether a step takes time, whatever happens: what it waits for may have happened already.
fn takes_time(step: &Step) -> bool {
    matches!(step.kind, StepKind::Wait { wait: Wait::For(_) | Wait::Until { .. }, .. })
}

/// Refuses steps that nothing leads to, and loops without a wait.
///
/// # Errors
/// [`crate::domain::error::Kind::InvalidParameter`], with the place of a step.
pub fn check_graph(steps: &[Step], places: &[Place<'_>]) -> Result<()> {
    let mut reached = vec![false; steps.len()];
    let mut rest = vec![0];
    while let Some(step) = rest.pop() {
        if !std::mem::replace(&mut reached[step], true) {
            rest.extend(targets(&steps[step]));
        }
    }
    if let Some(step) = reached.iter().position(|reached| !reached) {
        return Err(places[step].refused(format!("nothing leads to step \"{}\"", steps[step].name)));
    }
    // Without the steps that take time, there must be an order of all others: who leads nowhere but to steps that are done is done.
    let mut done: Vec<bool> = steps.iter().map(takes_time).collect();
    loop {
        let free = (0..steps.len()).filter(|&step| !done[step] && targets(&steps[step]).iter().all(|&to| done[to]));
        let free: Vec<usize> = free.collect();
        if free.is_empty() {
            break;
        }
        free.into_iter().for_each(|step| done[step] = true);
    }
    match on_a_loop(steps, &done) {
        Some(step) => Err(places[step]
            .refused(format!("step \"{}\" comes back to itself without a wait", steps[step].name))
            .hint("Put a step such as {\"wait\": {\"for\": \"1 day\"}} on the way; a wait for an event may be over at once.")),
        None => Ok(()),
    }
}

/// A step on a loop, of those that are not done.
fn on_a_loop(steps: &[Step], done: &[bool]) -> Option<usize> {
    let mut step = done.iter().position(|done| !done)?;
    let mut seen = vec![false; steps.len()];
    while !std::mem::replace(&mut seen[step], true) {
        step = targets(&steps[step]).into_iter().find(|&to| !done[to])?;
    }
    Some(step)
}
