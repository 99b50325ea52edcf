//! Histories that are fresher than the last refresh: of those customers of a batch whose rows changed since, before anything is decided
//! about them.

use super::batch;
use super::context::RunContext;
use super::leave::Scope;
use crate::domain::store::fresh::{changed, histories};
use crate::domain::support::sql::{Sql, expression, sql};

/// The statement that takes down those of the customers of a relation whose rows changed. None if the store watches no source.
pub fn take_changed(context: &RunContext, among: &Sql) -> Option<Sql> {
    let changed = changed(&context.store, context.watched, among)?;
    Some(sql!(context, "sql/fresh/take_changed.sql", changed = changed))
}

/// The statements that build their histories.
pub fn build(context: &RunContext) -> [Sql; 3] {
    let histories = histories(&context.store, context.watched, &context.scratch("changed"));
    [
        // A few customers are found by an index only if the planner knows that they are few.
        expression!(context, "ANALYZE {scratch.changed}"),
        sql!(context, "sql/fresh/build.sql", histories = histories),
        expression!(context, "ANALYZE {scratch.fresh} (customer)"),
    ]
}

/// The statements that forget those of the batch before.
pub fn forget(context: &RunContext) -> [Sql; 2] {
    ["changed", "fresh"].map(|table| batch::empty(context, table))
}

/// The customers to look at, as a relation.
pub fn customers(context: &RunContext, whom: Scope) -> Sql {
    match whom {
        Scope::Customers => context.scratch(batch::CUSTOMERS),
        Scope::Changed => context.scratch("changed"),
        Scope::Everybody => {
            expression!(context, "(SELECT DISTINCT enrollment.customer FROM {table.enrollment} AS enrollment)")
        }
        Scope::Bucket(bucket) => expression!(
            context,
            "(SELECT DISTINCT enrollment.customer FROM {table.enrollment} AS enrollment
                WHERE enrollment.bucket = {bucket} AND enrollment.due_at IS NOT NULL)",
            bucket = bucket
        ),
    }
}
