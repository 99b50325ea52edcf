//! How customers are forgotten: what reports count stays, under made-up keys; all else of them goes.

use super::holdings::made_up_key;
use crate::domain::journey::delivery::clock;
use crate::domain::store::Store;
use crate::domain::store::people::{hash, secret};
use crate::domain::support::sql::{Sql, expression, sql};

/// Sums up the purchases of customers `$1` that journeys are credited with, by months of the store.
pub fn keep_credit(store: &Store) -> Sql {
    sql!(store, "sql/keep_credit.sql", zone = Sql::text(store.zone()))
}

/// Writes down when customers `$1` reached the goals of their entries, and up to when that is known: the instant `$2` of the last refresh.
pub fn keep_goals(store: &Store) -> Sql {
    sql!(store, "sql/keep_goals.sql")
}

/// Puts made-up keys in the place of customers `$1` where reports count, another one in each journey; cancels what is still to be sent. Gives
/// how many entries, actions, decisions and events these are. `$2` is the instant of the last refresh.
pub fn anonymize(store: &Store) -> Sql {
    sql!(store, "sql/anonymize.sql", made_up = made_up_key(store), now = clock(store))
}

/// Writes down the hashes of keys `$1`.
pub fn remember_hashes(store: &Store) -> Sql {
    sql!(store, "sql/remember_hashes.sql", secret = secret(store), hash = hash("asked.customer::text".into()))
}

/// Takes away the hash of key `$1`.
pub fn unforget(store: &Store) -> Sql {
    let hash = hash(expression!(store, "$1::{key}::text"));
    sql!(store, "sql/unforget.sql", secret = secret(store), hash = hash)
}
