//! Which actions were answered, and how: counted from the events and the actions by themselves, with no look from one into the other.
//!
//! A query of two parts: `WITH answers AS MATERIALIZED (…)` reads each event once and keeps a bit for each action, 64 to a row, so that
//! what millions of actions were answered by fits into the memory of a session. The rows are handed on as arrays, whose
//! elements are all in the order of that query, for a WITH query cannot be read by several workers.

use super::template::Views;
use crate::domain::support::sql::{Gaps, Sql, expression, sql};

/// What an action can have been answered by: the name, and the condition on the row `event`, as a gap of the views.
#[derive(Debug, Clone, Copy)]
pub struct Answers(pub &'static [(&'static str, &'static str)]);

impl Answers {
    /// The query of the answers, of those events that are `known`, a condition on the row `event`.
    pub fn query(self, views: &Views<'_>, known: Sql) -> Sql {
        let bits = self.0.iter().map(|(name, condition)| {
            let is_such = views.gap(condition).unwrap_or_default();
            expression!((), "bit_or(event.bit) FILTER (WHERE {is_such}) AS {name}", is_such = is_such, name = *name)
        });
        sql!(views, "sql/answers.sql", bits = Sql::list(bits), known = known)
    }

    /// Joins them to the row `action`.
    pub fn join(self) -> Sql {
        let names = || std::iter::once("actions").chain(self.0.iter().map(|(name, _)| *name));
        let arrays =
            names().map(|name| expression!((), "(SELECT array_agg(answers.{name}) FROM answers)", name = name));
        sql!((), "sql/answered.sql", arrays = Sql::list(arrays), names = Sql::list(names()))
    }
}

/// Whether the row `action` was answered so, by the row `answered` that is joined to it. NULL if nothing came.
pub fn was(name: &'static str) -> Sql {
    expression!((), "((answered.{name} >> (action.id & 63)::int4) & 1 = 1)", name = name)
}
