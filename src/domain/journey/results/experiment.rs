//! How large an experiment must be: what customers spent who would have entered a journey, and what was known of them before.

use crate::domain::journey::engine::context::{RunContext, interval, share};
use crate::domain::store::Store;
use crate::domain::support::sql::{Gaps, Sql, expression, sql};
use crate::domain::time::span::Span;

/// What is known of a customer before an entry: the columns of [`before_entry`], in their order.
pub const BEFORE: [&str; 5] = ["spend_before", "orders_before", "recency", "spend_year", "orders_year"];

/// The columns [`BEFORE`] of the row `history`, for an entry at an instant whose window ends at another.
pub fn before_entry(gaps: &impl Gaps, entered_at: &Sql, until: &Sql) -> Sql {
    sql!(gaps, "sql/before_entry.sql", entered_at = entered_at, until = until)
}

fn first_entries(context: &RunContext) -> Sql {
    sql!(context, "sql/first_entries.sql")
}

fn instant(at: &str) -> Sql {
    expression!((), "{at}::timestamptz", at = Sql::literal(at))
}

/// The customers of a simulation, so many at most, with what each spent and the columns [`BEFORE`]; purchases are known up to an instant.
pub fn past_customers(context: &RunContext, as_of: &str, most: u64) -> Sql {
    sql!(
        context,
        "sql/past_customers.sql",
        first_entries = first_entries(context),
        as_of = instant(as_of),
        drawn = share("entry.customer", "power"),
        most = most,
        before_entry = before_entry(context, &"entry.entered_at".into(), &"entry.goal_until".into())
    )
}

/// How many customers enter within each of the durations `$1`, by a simulation between two instants.
pub fn expected_customers(context: &RunContext, since: &str, until: &str) -> Sql {
    sql!(
        context,
        "sql/expected_customers.sql",
        first_entries = first_entries(context),
        since = instant(since),
        until = instant(until)
    )
}

/// What customers with orders have spent in the time before an instant: how many of them bought, the mean and the variance.
pub fn recent_spend(store: &Store, as_of: &str, within: Span) -> Sql {
    let history = store.data("history");
    sql!(
        store,
        "sql/recent_spend.sql",
        as_of = instant(as_of),
        within = interval(within),
        table = Sql::literal(history.as_str())
    )
}
