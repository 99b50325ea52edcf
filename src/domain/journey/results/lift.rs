//! What a journey has changed: its treated customers beside a control group, and its arms beside one another.

use super::experiment::{BEFORE, before_entry};
use super::report::Question;
use crate::domain::journey::definition::graph::successors;
use crate::domain::journey::definition::{Definition, StepKind};
use crate::domain::store::profile_columns::{Scores, some};
use crate::domain::store::scoring::{Fit, base};
use crate::domain::store::views::{JOURNEY_CONTROL, STORE_CONTROL};
use crate::domain::support::sql::{Gaps, Sql, expression, sql};

/// A control group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Of the journey: they get everything but this.
    Journey,
    /// Of the store: they get nothing from any journey.
    Store,
}

impl Control {
    /// As the views call it, as a literal.
    fn treatment(self) -> Sql {
        Sql::literal(match self {
            Control::Journey => JOURNEY_CONTROL,
            Control::Store => STORE_CONTROL,
        })
    }
}

/// An arm that customers draw at their entry, before anything is sent to them.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryArm {
    /// The version of the journey.
    pub version: i32,
    /// The split.
    pub split: String,
    /// The arm's name.
    pub arm: String,
    /// With which probability it is drawn.
    pub weight: f64,
}

/// The arms of a version that are drawn at the entry: those of the splits that customers come to without a message, a wait or
/// another journey before them. Arms that are drawn later divide customers by what they did; so would those of a split that some customers
/// come to first after a message.
pub fn entry_arms(version: i32, definition: &Definition) -> Vec<EntryArm> {
    let mut arms = Vec::new();
    for (place, step) in definition.steps.iter().enumerate() {
        let StepKind::Split(of) = &step.kind else { continue };
        if ways_to(place, definition) != [true, false] {
            continue;
        }
        let total: f64 = of.iter().map(|arm| arm.weight).sum();
        arms.extend(of.iter().map(|arm| EntryArm {
            version,
            split: step.name.clone(),
            arm: arm.name.clone(),
            weight: arm.weight / total,
        }));
    }
    arms
}

/// Whether customers first come to a step at the entry, and whether they first come to it after a message, a wait or another journey.
fn ways_to(place: usize, definition: &Definition) -> [bool; 2] {
    let mut seen = vec![[false; 2]; definition.steps.len()];
    let mut open = vec![(0, false)];
    while let Some((at, is_later)) = open.pop() {
        let Some(step) = definition.steps.get(at) else { continue };
        if std::mem::replace(&mut seen[at][usize::from(is_later)], true) || at == place {
            continue;
        }
        let is_later = is_later || !matches!(step.kind, StepKind::Split(_) | StepKind::Branch { .. });
        open.extend(successors(&step.kind).into_iter().map(|next| (next, is_later)));
    }
    seen.get(place).copied().unwrap_or_default()
}

/// Arms of a split that has more of them are compared with the control group alone: pairs are as many as the square of arms.
const MOST_PAIRED: i32 = 20;

/// A comparison that is asked for.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// Of which journey, and by which groups.
    pub question: &'a Question<'a>,
    /// Until when orders are known.
    pub known_until: &'a str,
    /// The control group; None for the journey's own, or the store's if it has none.
    pub against: Option<Control>,
    /// Of the intervals.
    pub confidence: f64,
    /// The arms to tell apart, of all versions.
    pub arms: &'a [EntryArm],
    /// By which profiles are scored.
    pub fit: &'a Fit,
}

/// Besides those of [`Question`]: `{known_until}`, `{confidence}`, and what each part of the query says of the row `entry`, `grouped` or `judged`.
impl Gaps for Comparison<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        let has_arms = !self.arms.is_empty();
        let is_grouped = self.question.group_by.is_some();
        Some(match name {
            "known_until" => expression!(
                self.question,
                "least({as_of}, {known}::timestamptz)",
                known = Sql::literal(self.known_until)
            ),
            "confidence" => self.confidence.into(),
            "against" => self.against.map_or_else(
                || {
                    let own = "COALESCE((version.head ->> 'control')::float8, 0) > 0".into();
                    Sql::case([(own, Control::Journey.treatment())], Control::Store.treatment())
                },
                Control::treatment,
            ),
            "group_value" if is_grouped => "grouped.group_value".into(),
            "group_value" => "NULL::text".into(),
            "group_sets" if is_grouped => ", GROUPING SETS ((), (grouped.group_value))".into(),
            "rows_by_arm" if has_arms => "\n            UNION ALL\n            SELECT * FROM by_arm".into(),
            "may_be_best" if has_arms => sql!(self, "sql/lift/may_be_best.sql"),
            "may_be_best" => "NULL::boolean".into(),
            "arms" if has_arms => {
                sql!(self, "sql/lift/arms.sql", weights = self.weights(), most_paired = MOST_PAIRED)
            }
            "group_sets" | "rows_by_arm" | "arms" => Sql::default(),
            "splits" => self.splits(),
            "customers" => self.customers(),
            _ => return self.question.gap(name),
        })
    }
}

impl Comparison<'_> {
    /// The query, in the columns of `lifecycle.journey_lift`.
    pub fn lift(&self) -> Sql {
        sql!(self, "sql/lift/lift.sql")
    }

    /// The rows (version, label, weight) of the arms.
    fn weights(&self) -> Sql {
        Sql::list(self.arms.iter().map(|arm| {
            expression!(
                (),
                "({version}, {label}, {weight})",
                version = arm.version,
                label = Sql::text(&format!("{}={}", arm.split, arm.arm)),
                weight = arm.weight
            )
        }))
    }

    /// The names of the splits at the entry into the row `version`.
    fn splits(&self) -> Sql {
        let mut versions: Vec<i32> = self.arms.iter().map(|arm| arm.version).collect();
        versions.dedup();
        let names = |version: &i32| {
            let mut names: Vec<&str> =
                self.arms.iter().filter(|arm| arm.version == *version).map(|arm| arm.split.as_str()).collect();
            names.dedup();
            expression!((), "ARRAY[{names}]", names = Sql::list(names.into_iter().map(Sql::text)))
        };
        let cases: Vec<(Sql, Sql)> = versions
            .iter()
            .map(|version| (expression!((), "version.version = {version}", version = *version), names(version)))
            .collect();
        Sql::case(cases, "ARRAY[]::text[]".into())
    }

    /// The customers that are compared.
    fn customers(&self) -> Sql {
        let (joined, group) = self.group_at_entry();
        sql!(
            self,
            "sql/lift/customers.sql",
            arm = if self.arms.is_empty() { "'(none)'".into() } else { sql!((), "sql/lift/arm_at_entry.sql") },
            group_value = group,
            treated_share = sql!((), "sql/lift/treated_share.sql"),
            before = Sql::list(BEFORE.map(|column| expression!((), "before.{column}", column = column))),
            before_entry = before_entry(self, &"lot.at".into(), &"(lot.at + (entry.until - entry.entered_at))".into()),
            profile_at_entry = joined
        )
    }

    /// The group that the customer of the row `entry` was in at the entry, and what is joined to know it.
    fn group_at_entry(&self) -> (Sql, Sql) {
        let Some(column) = self.question.group_by else { return (Sql::default(), "NULL::text".into()) };
        let now = "entry.entered_at".into();
        let scores = Scores { store: self.question.store, now: &now, fit: self.fit };
        let value = some(&scores, |name| name == column).into_iter().next().map(|(_, value)| value);
        let value = value.unwrap_or_else(|| expression!((), "base.{column}", column = Sql::identifier(column)));
        let joined = expression!(
            (),
            "LEFT JOIN ({base}) AS base ON base.customer = entry.customer",
            base = base(self.question.store)
        );
        (joined, expression!((), "COALESCE(({value})::text, '(none)')", value = value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::entry_arms;
    use crate::domain::journey::definition::read_definition::read;

    /// The splits at the entry of a journey that leads back to a step after a letter, and the weights of their arms.
    fn arms(has_greeting: bool, back: &str) -> Vec<(String, String, f64)> {
        let mut steps = vec![
            json!({"name": "subject", "split": [{"arm": "a", "weight": 3, "then": "letter"}, {"arm": "b", "weight": 1, "then": "tone"}]}),
            json!({"name": "tone", "split": [{"arm": "x", "weight": 1, "then": "letter"}, {"arm": "y", "weight": 1, "then": "letter"}]}),
            json!({"name": "letter", "act": {"channel": "email", "template": "letter"}, "next": "pause"}),
            json!({"name": "pause", "wait": {"for": "2 days"}, "next": "clicked"}),
            json!({"name": "clicked", "wait": {"event": "clicked", "of": "letter", "timeout": "2 days", "then": back}, "next": "late"}),
            json!({"name": "late", "split": [{"arm": "soon", "weight": 1, "then": "end"}, {"arm": "never", "weight": 1, "then": "end"}]}),
            json!({"name": "end", "exit": "through"}),
        ];
        if has_greeting {
            steps.insert(
                0,
                json!({"name": "hello", "act": {"channel": "email", "template": "hello"}, "next": "subject"}),
            );
        }
        let definition =
            json!({"entry": {"event": "invited"}, "goal": {"bought": true, "within": "10 days"}, "steps": steps});
        let definition = read(&definition, "spring", &[]).expect("a definition");
        entry_arms(1, &definition).into_iter().map(|arm| (arm.split, arm.arm, arm.weight)).collect()
    }

    #[test]
    fn arms_at_the_entry_are_those_that_nobody_draws_first_after_a_message() {
        let arm = |split: &str, arm: &str, weight| (split.to_owned(), arm.to_owned(), weight);
        let subject = [arm("subject", "a", 0.75), arm("subject", "b", 0.25)];
        let tone = [arm("tone", "x", 0.5), arm("tone", "y", 0.5)];
        assert_eq!(arms(false, "end"), [&subject[..], &tone[..]].concat());
        // Those of arm a come to the tone once they have clicked.
        assert_eq!(arms(false, "tone"), subject);
        assert_eq!(arms(true, "end"), []);
    }
}
