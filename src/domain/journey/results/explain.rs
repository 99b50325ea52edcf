//! What happened to one customer in a journey, when, and why.

use crate::domain::store::Store;
use crate::domain::store::views::{JOURNEY_CONTROL, STORE_CONTROL};
use crate::domain::support::sql::{Sql, expression, sql};

/// All that is known of a customer's entries into a journey, in order, in the columns of `lifecycle.explain_journey`.
pub fn explain(store: &Store, journey: &str, customer: &str) -> Sql {
    let customer = expression!(store, "{customer}::{key}", customer = Sql::literal(customer));
    sql!(
        store,
        "sql/explain.sql",
        journey = Sql::text(journey),
        customer = customer,
        journey_control = Sql::literal(JOURNEY_CONTROL),
        store_control = Sql::literal(STORE_CONTROL)
    )
}
