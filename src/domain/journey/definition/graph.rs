//! The way through the steps of a journey: every step can be reached, and no customer goes in circles without a wait.

use super::{Step, StepKind, Wait};

/// What is wrong with the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// No step leads to this one.
    Unreachable(usize),
    /// These steps lead to each other in a circle, without a wait for a time among them. What waits for an event or a
    /// date does not count: it may go on at once.
    Loop(Vec<usize>),
}

/// The steps that may come after a step.
pub fn successors(kind: &StepKind) -> Vec<usize> {
    match kind {
        StepKind::Act { next, .. } | StepKind::Call { next, .. } => vec![*next],
        StepKind::Wait { wait: Wait::Event { then, .. }, next } => vec![*then, *next],
        StepKind::Wait { wait: Wait::Date { otherwise, .. }, next } => vec![*next, *otherwise],
        StepKind::Wait { next, .. } => vec![*next],
        StepKind::Branch { cases, otherwise } => cases.iter().map(|(_, to)| *to).chain([*otherwise]).collect(),
        StepKind::Split(arms) => arms.iter().map(|arm| arm.to).collect(),
        StepKind::Goal | StepKind::Exit(_) => Vec::new(),
    }
}

fn is_rest(kind: &StepKind) -> bool {
    matches!(kind, StepKind::Wait { wait: Wait::For(_) | Wait::Until { .. }, .. })
}

/// The first flaw.
pub fn flaw(steps: &[Step]) -> Option<Flaw> {
    let next: Vec<Vec<usize>> = steps.iter().map(|step| successors(&step.kind)).collect();
    let mut reached = vec![false; steps.len()];
    let mut open = vec![0];
    while let Some(step) = open.pop() {
        if !std::mem::replace(&mut reached[step], true) {
            open.extend(&next[step]);
        }
    }
    if let Some(step) = reached.iter().position(|reached| !reached) {
        return Some(Flaw::Unreachable(step));
    }
    let mut done = vec![false; steps.len()];
    (0..steps.len()).find_map(|step| circle(steps, &next, step, &mut Vec::new(), &mut done)).map(Flaw::Loop)
}

/// The circle that is found from a step on, after the way that led there. Whoever rests is on no such circle.
fn circle(
    steps: &[Step],
    next: &[Vec<usize>],
    step: usize,
    way: &mut Vec<usize>,
    done: &mut [bool],
) -> Option<Vec<usize>> {
    if let Some(from) = way.iter().position(|earlier| *earlier == step) {
        return Some(way[from..].to_vec());
    }
    if done[step] || is_rest(&steps[step].kind) {
        return None;
    }
    way.push(step);
    let found = next[step].iter().find_map(|to| circle(steps, next, *to, way, done));
    way.pop();
    done[step] = true;
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::journey::definition::Condition;
    use crate::domain::time::span::Span;

    fn step(is_rest: bool, to: &[usize]) -> Step {
        let next = to.first().copied();
        let kind = match next {
            None => StepKind::Goal,
            Some(next) if is_rest => StepKind::Wait { wait: Wait::For(Span::days(1)), next },
            Some(otherwise) => StepKind::Branch {
                cases: to[1..].iter().map(|to| (Condition::And(Vec::new()), *to)).collect(),
                otherwise,
            },
        };
        Step { name: String::new(), kind }
    }

    /// Which steps lead to which, over one or more: by trying every way.
    fn leads(next: &[Vec<usize>]) -> Vec<Vec<bool>> {
        let n = next.len();
        let mut leads: Vec<Vec<bool>> = (0..n).map(|i| (0..n).map(|j| next[i].contains(&j)).collect()).collect();
        for via in 0..n {
            for i in 0..n {
                for j in 0..n {
                    leads[i][j] |= leads[i][via] && leads[via][j];
                }
            }
        }
        leads
    }

    proptest! {
        #[test]
        fn flaws_are_those_that_trying_every_way_finds(
            raw in prop::collection::vec((any::<bool>(), prop::collection::vec(0usize..8, 0..3)), 1..8)
        ) {
            let n = raw.len();
            let steps: Vec<Step> = raw
                .iter()
                .map(|(is_rest, to)| step(*is_rest, &to.iter().map(|to| to % n).collect::<Vec<_>>()))
                .collect();
            let next: Vec<Vec<usize>> = steps.iter().map(|step| successors(&step.kind)).collect();
            let unreachable = (1..n).find(|step| !leads(&next)[0][*step]);
            let restless: Vec<Vec<usize>> = (0..n)
                .map(|i| {
                    if is_rest(&steps[i].kind) { return Vec::new() }
                    next[i].iter().copied().filter(|to| !is_rest(&steps[*to].kind)).collect()
                })
                .collect();
            let circles = leads(&restless);
            match flaw(&steps) {
                Some(Flaw::Unreachable(step)) => prop_assert_eq!(Some(step), unreachable),
                Some(Flaw::Loop(way)) => {
                    prop_assert_eq!(unreachable, None);
                    for (i, from) in way.iter().enumerate() {
                        prop_assert!(restless[*from].contains(&way[(i + 1) % way.len()]));
                    }
                }
                None => prop_assert!(unreachable.is_none() && (0..n).all(|step| !circles[step][step])),
            }
        }
    }
}
