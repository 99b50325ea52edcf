//! Which customers are in an audience: those for whom its condition holds on the profiles of the last refresh.
//!
//! The statements find the customers who are to join and to leave, write down what made it, and change the members. A condition that speaks
//! of columns of the profile alone is asked of the customers whose profiles changed, where the refresh has listed them; any other can change
//! with time, with an event or an objection, and is asked of all.

use std::collections::BTreeSet;

use super::definition::{Audience, columns_of, reads_history};
use crate::domain::journey::engine::conditions::{Subject, holds};
use crate::domain::journey::engine::context::RunContext;
use crate::domain::store::Store;
use crate::domain::store::moves::Before;
use crate::domain::store::scoring::{AsOf, scored_in_part};
use crate::domain::support::sql::{Sql, expression, sql};

/// The customers who are to join and to leave.
pub const MOVED: &str = "pg_temp.\"lifecycle.refresh: audiences\"";

/// Of which customers conditions are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Of all.
    All,
    /// Of those whose profiles are listed as changed in this version of the feed.
    Changed(i64),
}

/// What has the members of audiences change.
pub enum Cause<'a> {
    /// Their definition, or the first refresh.
    Definition,
    /// A refresh: what the profiles of before were scored by tells its doing from that of the customers.
    Refresh {
        /// The last movement that was logged before it.
        logged: i64,
        /// By what they were scored.
        before: &'a Before,
    },
}

/// The number of each audience and whether its condition holds of the row `profile`, as rows of VALUES; and the join of the histories, where
/// a condition reads them.
fn conditions(context: &RunContext, audiences: &[&Audience]) -> (Sql, Sql) {
    let person = Subject { customer: "profile.customer", journey: None };
    let each = audiences.iter().map(|audience| {
        expression!(
            (),
            "({number}, {holds})",
            number = audience.number,
            holds = holds(context, person, &audience.condition)
        )
    });
    let history = match audiences.iter().any(|audience| reads_history(&audience.condition)) {
        true => {
            expression!(context, "LEFT JOIN {data.history} AS history ON history.customer = profile.customer\n    ")
        }
        false => Sql::default(),
    };
    (Sql::join(each, ",\n        "), history)
}

fn numbers(audiences: &[&Audience]) -> Sql {
    Sql::list(audiences.iter().map(|audience| audience.number))
}

/// The statements that bring the members of these audiences up to date. The number of rows that the third of them writes is that of the
/// changes. The context is of the instant of the profiles.
pub fn update(context: &RunContext, audiences: &[&Audience], whom: Whom, cause: &Cause<'_>) -> Vec<Sql> {
    let at = AsOf::new(&context.store, &context.as_of);
    let (profiles, is_asked) = match whom {
        Whom::All => (context.store.data("profile"), "true".into()),
        Whom::Changed(version) => (
            sql!(at, "sql/changed_profiles.sql", version = version),
            expression!(
                at,
                "member.customer IN (SELECT change.customer FROM {data.profile_change} AS change WHERE change.version = {version})",
                version = version
            ),
        ),
    };
    let (values, history) = conditions(context, audiences);
    let found = sql!((), "sql/found.sql", profiles = profiles, history = history, conditions = values);
    let log = match cause {
        Cause::Definition => sql!(at, "sql/log_defined.sql", moved = MOVED),
        Cause::Refresh { logged, before } => log(context, audiences, *logged, before),
    };
    vec![
        end(),
        sql!(at, "sql/moved.sql", moved = MOVED, found = found, numbers = numbers(audiences), is_asked = is_asked),
        log,
        sql!(at, "sql/leave.sql", moved = MOVED),
        sql!(at, "sql/join.sql", moved = MOVED),
        sql!(at, "sql/known_since.sql", numbers = numbers(audiences)),
        end(),
    ]
}

/// Takes the customer `$1`, who is merged into another, out of all audiences, as of the instant `$2` of the last refresh.
pub fn leave_merged(store: &Store) -> Sql {
    sql!(store, "sql/leave_merged.sql")
}

/// Drops the table of the customers who are to join and to leave.
pub fn end() -> Sql {
    expression!((), "DROP TABLE IF EXISTS {moved}", moved = MOVED)
}

/// Logs the changes with what made each.
fn log(context: &RunContext, audiences: &[&Audience], logged: i64, before: &Before) -> Sql {
    let at = AsOf::new(&context.store, &context.as_of);
    let (refitted, joined) = match before {
        Before::Unknown => ("true", Sql::default()),
        Before::Same => ("false", Sql::default()),
        Before::Other(store, fit) => {
            let wanted: BTreeSet<&str> =
                audiences.iter().flat_map(|audience| columns_of(&audience.condition)).collect();
            let (_, scored) = scored_in_part(store, &context.as_of, fit, |column| wanted.contains(column));
            let (values, history) = conditions(context, audiences);
            let before =
                sql!(at, "sql/before.sql", scored = scored, history = history, conditions = values, moved = MOVED);
            ("COALESCE(before.holds, false) <> moved.joined", before)
        }
    };
    sql!(at, "sql/log.sql", moved = MOVED, logged = logged, refitted = refitted, before = joined)
}

/// The query for the customers who were in the audience of the number `$1` at the end of the day `$2`.
pub fn on_day(store: &Store) -> Sql {
    sql!(store, "sql/on_day.sql", zone = Sql::literal(store.zone()))
}
