//! The health of a store and of its journeys, for people and for alerts.
//!
//! The statements read stores of every layout: a store that waits for its upgrade is one to watch. So a column that an older layout lacks
//! is read by its name from the row as JSON, and is NULL there.

use crate::domain::store::Store;
use crate::domain::support::sql::{Sql, sql};

/// How long one store may take to answer, in microseconds.
pub const BUDGET: i64 = 10_000_000;

/// The status of a store that cannot be read.
pub const UNREADABLE: &str = "unreadable";

/// Whether the store has a table of holds.
pub fn has_holds(store: &Store) -> Sql {
    sql!(store, "sql/has_holds.sql")
}

/// A row of the store, and one of each journey, in the columns of `lifecycle.health`.
pub fn health(store: &Store, has_holds: bool) -> Sql {
    let holds = match has_holds {
        true => sql!(store, "sql/holds.sql"),
        false => "SELECT NULL::timestamptz AS since, NULL::text AS reason WHERE false".into(),
    };
    sql!(store, "sql/health.sql", holds = holds)
}
