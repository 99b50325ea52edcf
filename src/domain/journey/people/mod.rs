//! People: all that a store holds of a customer, how a customer is forgotten, and how two customers become one.
//!
//! | file | what it knows |
//! |---|---|
//! | [`holdings`] | which tables hold customers, and what becomes of their rows; what is held of a customer, as JSON |
//! | [`forget`] | how a customer is forgotten |
//! | [`merge`] | how a customer is merged into another |
//!
//! All of it runs under the lock of the store and those of the customers, so that no refresh, no run and no sender works on them meanwhile.

pub mod forget;
pub mod holdings;
pub mod merge;

use super::engine::batch::people_lock;
use super::engine::context::bucket_of;
use crate::domain::store::people::{is_forgotten, secret};
use crate::domain::store::{Key, Store};
use crate::domain::support::sql::{Sql, expression, sql};

/// The journeys that were started, and the version of each that is in force.
pub fn journeys_in_force(store: &Store) -> Sql {
    expression!(
        store,
        "SELECT journey.journey, journey.version FROM {data.journey} AS journey WHERE journey.version IS NOT NULL"
    )
}

/// Locks the journeys, so that no run has customers enter one.
pub fn lock_journeys(store: &Store) -> Sql {
    sql!(store, "sql/lock_journeys.sql")
}

/// Keeps a customer, `$1`, from being forgotten or merged until the end of the transaction, or waits for the end of that.
pub fn hold_customer(store: &Store) -> Sql {
    let bucket = bucket_of(expression!(store, "$1::{key}"));
    expression!((), "SELECT pg_advisory_xact_lock_shared({lock})", lock = people_lock(store, bucket))
}

/// Waits for all who hold these customers, `$1`, and keeps others from it until the end of the transaction.
pub fn lock_people(store: &Store) -> Sql {
    sql!(
        store,
        "sql/lock_people.sql",
        lock = people_lock(store, "buckets.bucket"),
        bucket = bucket_of("asked.customer")
    )
}

/// Locks the events of these customers that no run has looked at, once the runs that look at them are done.
pub fn lock_events(store: &Store) -> Sql {
    sql!(store, "sql/lock_events.sql")
}

/// Has transactions that see but the state at their beginning fail where they write about customers: see [`see_changes`].
pub fn note_change(store: &Store) -> Sql {
    expression!(store, "UPDATE {data.forgotten_key} SET one = one")
}

/// Fails with 40001 in a transaction whose snapshot is older than the last change of customers.
pub fn see_changes(store: &Store) -> Sql {
    expression!(store, "SELECT secret.one FROM {data.forgotten_key} AS secret FOR SHARE")
}

/// Locks the actions of these customers, in the order in which senders complete them.
pub fn lock_actions(store: &Store) -> Sql {
    sql!(store, "sql/lock_actions.sql")
}

/// The customer who was kept where customer `$1` was merged, or that customer; and whether that key is forgotten.
pub fn whose(store: &Store) -> Sql {
    // Of a type that does not tell capitals apart the store has the keys in small letters.
    let asked = match store.key {
        Key::Text => sql!(store, "sql/as_in_orders.sql"),
        _ => expression!(store, "$1::{key}"),
    };
    sql!(
        store,
        "sql/whose.sql",
        asked = asked,
        secret = secret(store),
        is_forgotten = is_forgotten(store, "asked.customer::text".into())
    )
}
