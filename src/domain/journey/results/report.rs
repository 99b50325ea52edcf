//! What came of a journey: the counts of its steps, its arms and of groups of customers.
//!
//! All of it reads the store's own views of journeys, which say what was sent, when a goal was reached, and which action an order is
//! credited to.

use crate::domain::store::Store;
use crate::domain::store::views::Views;
use crate::domain::store::views::answers::{Answers, was};
use crate::domain::support::sql::{Gaps, Sql, expression, sql};

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// The store.
    pub store: &'a Store,
    /// The journey's name.
    pub journey: &'a str,
    /// The journey's number.
    pub number: i32,
    /// The column of the profile by which customers are grouped.
    pub group_by: Option<&'a str>,
    /// Whether arms are told apart.
    pub has_arms: bool,
    /// What comes later is left out.
    pub as_of: &'a str,
}

/// What can come of a message, as the report calls it.
const REPORTED: Answers = Answers(&[
    ("answered", "is_answer"),
    ("delivered", "is_delivery"),
    ("opened", "is_opening"),
    ("clicked", "is_click"),
    ("bounced", "is_bounce"),
    ("opted_out", "is_opt_out"),
]);

/// Besides those of the views: `{journey}`, its name, `{number}`, its number, `{as_of}`, the columns `{arm}` and `{group_value}` of the row
/// `grouped`, which are NULL where they are not asked for; those of the row `action` with what must be joined for them, `{of_action}`; those
/// of the row `enrollment`, `{columns_of_entry}`, with `{profile_of_entry}`; and what actions were answered by, up to `{as_of}`.
impl Gaps for Question<'_> {
    fn gap(&self, name: &str) -> Option<Sql> {
        let column = |is_asked: bool, column: &'static str| if is_asked { column } else { "NULL::text" }.into();
        match name {
            "journey" => Some(Sql::text(self.journey)),
            "number" => Some(self.number.into()),
            "as_of" => Some(expression!((), "{at}::timestamptz", at = Sql::literal(self.as_of))),
            "arm" => Some(column(self.has_arms, "grouped.arm")),
            "group_value" => Some(column(self.group_by.is_some(), "grouped.group_value")),
            "answers" => {
                let known = expression!((), "event.at <= {as_of}", as_of = self.gap("as_of").unwrap_or_default());
                Some(REPORTED.query(&Views(self.store), known))
            }
            "answered" => Some(REPORTED.join()),
            "was.answered" => Some(was("answered")),
            "was.bounced" => Some(was("bounced")),
            "profile_of_entry" => {
                self.group_by.map(|_| sql!(self, "sql/profile_of_entry.sql")).or(Some(Sql::default()))
            }
            "columns_of_entry" => Some(sql!(self, "sql/columns_of_entry.sql", group = self.group())),
            "of_action.arm" => Some(column(self.has_arms, "COALESCE(enrollment.arm, '(none)')")),
            "of_action.group_value" => Some(self.group()),
            "of_action" => {
                let arm = self.has_arms.then(|| sql!(self, "sql/enrollment_of_action.sql"));
                let group = self.group_by.map(|_| sql!(self, "sql/profile_of_action.sql"));
                Some(Sql::join(arm.into_iter().chain(group), "\n"))
            }
            _ => Views(self.store).gap(name),
        }
    }
}

impl Question<'_> {
    /// The group of the row `profile`.
    fn group(&self) -> Sql {
        self.group_by.map_or("NULL::text".into(), |column| {
            expression!((), "COALESCE(profile.{column}::text, '(none)')", column = Sql::identifier(column))
        })
    }

    /// By what the rows `grouped` are counted: all together, each arm, each group, and each arm of each group; each by each of these
    /// columns.
    fn sets(&self, columns: &[&'static str]) -> Sql {
        let (arm, group) = ("grouped.arm", "grouped.group_value");
        let sets = [
            (true, vec![]),
            (self.has_arms, vec![arm]),
            (self.group_by.is_some(), vec![group]),
            (self.has_arms && self.group_by.is_some(), vec![arm, group]),
        ];
        let asked = sets.into_iter().filter(|(is_asked, _)| *is_asked).flat_map(|(_, more)| {
            columns.iter().map(move |columns| {
                let columns = std::iter::once(*columns).chain(more.iter().copied());
                expression!((), "({columns})", columns = Sql::list(columns))
            })
        });
        expression!((), "GROUPING SETS ({sets})", sets = Sql::list(asked.collect::<Vec<_>>()))
    }

    /// The rows of the report, in the columns of `lifecycle.journey_report`.
    pub fn report(&self) -> Sql {
        sql!(self, "sql/report.sql", sets = self.sets(&["grouped.version", "grouped.version, grouped.step"]))
    }
}

/// Whether a version of the journey has a split.
pub fn has_arms(store: &Store, journey: &str) -> Sql {
    sql!(store, "sql/has_arms.sql", journey = Sql::text(journey))
}

/// The versions of a journey.
pub fn versions(store: &Store, number: i32) -> Sql {
    expression!(
        store,
        "SELECT version.version FROM {data.journey_version} AS version WHERE version.journey = {number} ORDER BY version.version",
        number = number
    )
}
