//! A journey as a Mermaid flowchart: a node for each step, and on the arrows how often customers went there.

use std::fmt::Write;

use crate::domain::journey::definition::{DayOf, Definition, Step, StepKind, Wait};
use crate::domain::store::Store;
use crate::domain::support::sql::{Sql, sql};

/// What was counted at a step, of a version of a journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The number of the step, from 1.
    pub step: usize,
    /// `entered`, `standing` (entries at the step that have not ended), `ended` (at the step), `acted` (decisions of an act after which
    /// entries went on), or the kind of a decision.
    pub what: String,
    /// The reason of the decision.
    pub reason: Option<String>,
    /// How many.
    pub n: u64,
}

/// The statement that counts: rows of step, what, reason and number.
pub fn counts(store: &Store, journey: i32, version: i32) -> Sql {
    sql!(store, "sql/flowchart_counts.sql", journey = journey, version = version)
}

/// An arrow between steps, which are given by their place from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Arrow {
    from: usize,
    to: usize,
    label: Option<String>,
    /// None where that is not known.
    n: Option<u64>,
}

/// A text that stands in quotes and cannot end them, nor mean anything: all but letters, digits and a few signs by its number.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_ascii_alphanumeric() || " _-.,=".contains(char) || !char.is_ascii() && char.is_alphanumeric() {
            escaped.push(char);
        } else {
            // Writing into a String does not fail.
            let _ = write!(escaped, "#{};", u32::from(char));
        }
    }
    escaped
}

/// The counts of a version, by step and what was counted.
struct Counts<'a>(&'a [Count]);

impl Counts<'_> {
    /// How many at a step, from 0; of any reason where none is given.
    fn of(&self, step: usize, what: &str, reason: Option<&str>) -> u64 {
        let counted = self.0.iter().filter(|count| count.step == step + 1 && count.what == what);
        counted.filter(|count| reason.is_none() || count.reason.as_deref() == reason).map(|count| count.n).sum()
    }
}

/// The arrows of the steps that leave a note of where customers went; those of waits for a time have no number yet.
fn arrows(steps: &[Step], counts: &Counts<'_>) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for (from, step) in steps.iter().enumerate() {
        let mut lead = |to, label: Option<&str>, n| arrows.push(Arrow { from, to, label: label.map(str::to_owned), n });
        match &step.kind {
            StepKind::Act { next, .. } => lead(*next, None, Some(counts.of(from, "acted", None))),
            StepKind::Call { next, .. } => lead(*next, None, Some(counts.of(from, "called", None))),
            StepKind::Wait { wait: Wait::Event { then, .. }, next } => {
                lead(*then, Some("then"), Some(counts.of(from, "waited", Some("event"))));
                lead(*next, Some("timeout"), Some(counts.of(from, "waited", Some("timeout"))));
            }
            StepKind::Wait { wait: Wait::Date { otherwise, .. }, next } => {
                let n = |reason| counts.of(from, "waited", Some(reason));
                lead(*next, Some("date"), Some(n("date")));
                lead(*otherwise, Some("else"), Some(n("no date") + n("date passed")));
            }
            StepKind::Wait { next, .. } => lead(*next, None, None),
            StepKind::Branch { cases, otherwise } => {
                // The note of a branch says where customers went: cases that lead to the same step share an arrow.
                let mut seen: Vec<usize> = Vec::new();
                for (to, label) in cases.iter().map(|(_, to)| (*to, "then")).chain([(*otherwise, "else")]) {
                    if !seen.contains(&to) {
                        seen.push(to);
                        let is_both = label == "then" && to == *otherwise;
                        let n = counts.of(from, "branched", Some(&steps[to].name));
                        lead(to, Some(if is_both { "then or else" } else { label }), Some(n));
                    }
                }
            }
            StepKind::Split(arms) => {
                for arm in arms {
                    let n = counts.of(from, "split", Some(&format!("{}={}", step.name, arm.name)));
                    lead(arm.to, Some(&arm.name), Some(n));
                }
            }
            StepKind::Goal | StepKind::Exit(_) => {}
        }
    }
    arrows
}

/// Counts customers who have passed a wait for a time, which leaves no note: all who came there but those who are there and those whose
/// journey ended there.
fn count_waits(arrows: &mut [Arrow], counts: &Counts<'_>) {
    for _ in 0..arrows.len() {
        for i in 0..arrows.len() {
            let from = arrows[i].from;
            if arrows[i].n.is_some() {
                continue;
            }
            let came = arrows.iter().filter(|arrow| arrow.to == from).map(|arrow| arrow.n).sum::<Option<u64>>();
            arrows[i].n = came.map(|came| {
                let stayed = counts.of(from, "standing", None) + counts.of(from, "ended", None);
                (came + counts.of(from, "entered", None)).saturating_sub(stayed)
            });
        }
    }
}

fn node(place: usize, step: &Step) -> String {
    let (open, close, what) = match &step.kind {
        StepKind::Act { act, .. } => ("[", "]", format!("{}, {}", act.channel, act.template)),
        StepKind::Wait { wait: Wait::For(span), .. } => ("(", ")", format!("wait for {span}")),
        StepKind::Wait { wait: Wait::Until { .. }, .. } => ("(", ")", "wait until a time of day".to_owned()),
        StepKind::Wait { wait: Wait::Event { kind, timeout, .. }, .. } => {
            ("(", ")", format!("wait for {kind}, {timeout} at most"))
        }
        StepKind::Wait { wait: Wait::Date { day: DayOf::Profile { column, .. }, .. }, .. } => {
            ("(", ")", format!("wait until {column}"))
        }
        StepKind::Wait { wait: Wait::Date { day: DayOf::Event(path), .. }, .. } => {
            ("(", ")", format!("wait until {}", path.join(".")))
        }
        StepKind::Branch { .. } => ("{", "}", "branch".to_owned()),
        StepKind::Split(_) => ("{", "}", "split".to_owned()),
        StepKind::Call { journey, .. } => ("[[", "]]", format!("enter {journey}")),
        StepKind::Goal => ("([", "])", "goal".to_owned()),
        StepKind::Exit(reason) => ("([", "])", format!("exit, {reason}")),
    };
    format!("    s{}{open}\"{}<br/>{}\"{close}\n", place + 1, escaped(&step.name), escaped(&what))
}

/// The flowchart of a version.
pub fn flowchart(definition: &Definition, counted: &[Count]) -> String {
    let counts = Counts(counted);
    let mut arrows = arrows(&definition.steps, &counts);
    count_waits(&mut arrows, &counts);
    let mut chart = "flowchart TD\n    entered([\"entered\"])\n".to_owned();
    for (place, step) in definition.steps.iter().enumerate() {
        chart.push_str(&node(place, step));
    }
    let entered: u64 = (0..definition.steps.len()).map(|step| counts.of(step, "entered", None)).sum();
    let _ = writeln!(chart, "    entered -->|\"{entered}\"| s1");
    for Arrow { from, to, label, n } in arrows {
        let label = label.map(|label| format!("{}: ", escaped(&label))).unwrap_or_default();
        let n = n.map_or_else(|| "not known".to_owned(), |n| n.to_string());
        let _ = writeln!(chart, "    s{} -->|\"{label}{n}\"| s{}", from + 1, to + 1);
    }
    chart
}

#[cfg(test)]
#[path = "flowchart_tests.rs"]
mod tests;
