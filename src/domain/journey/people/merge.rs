//! How a customer, `$1`, is merged into another, `$2`: one chain of each journey goes on, and the stricter word of the two holds.

use crate::domain::journey::delivery::clock;
use crate::domain::journey::engine::context::bucket_of;
use crate::domain::journey::suppressions::Reason;
use crate::domain::store::Store;
use crate::domain::store::people::{is_forgotten, secret};
use crate::domain::support::sql::{Sql, expression, sql};

/// What stands against it: whether the keys are the same, which of them are forgotten, whom each was merged into, and whether the store knows
/// the second.
pub fn state(store: &Store) -> Sql {
    let is_forgotten = |key: &'static str| is_forgotten(store, expression!((), "asked.{key}::text", key = key));
    sql!(
        store,
        "sql/state.sql",
        secret = secret(store),
        duplicate_is_forgotten = is_forgotten("duplicate"),
        kept_is_forgotten = is_forgotten("kept")
    )
}

/// Of two entries into one journey that are under way, ends the one that is less far; and one that is under way where the other customer has been
/// through by the same occasion, or through one of the journeys `$3`.
pub fn end_twins(store: &Store) -> Sql {
    sql!(store, "sql/end_twins.sql", now = clock(store))
}

/// Numbers the entries of both anew, as those of one, in the order of time. The numbers are negative until [`settle_numbers`] has run, so
/// that no two are the same on the way.
pub fn number_entries(store: &Store) -> Sql {
    sql!(store, "sql/number_entries.sql", bucket = bucket_of(expression!(store, "$2::{key}")))
}

/// The last step of that, for the customer `$1`.
pub fn settle_numbers(store: &Store) -> [Sql; 3] {
    ["enrollment", "action", "decision"].map(|table| {
        expression!(
            store,
            "UPDATE {table} AS numbered SET entry = - numbered.entry WHERE numbered.customer = $1::{key} AND numbered.entry < 0",
            table = store.data(table)
        )
    })
}

/// Has what one of them said against messages hold, also where the other subscribed later.
pub fn keep_objections(store: &Store) -> [Sql; 2] {
    let words = Reason::ALL.into_iter().filter(|reason| reason.is_word_of_customer());
    let words = Sql::list(words.map(|reason| Sql::literal(reason.name())));
    [sql!(store, "sql/keep_suppressions.sql", words_of_customer = words), sql!(store, "sql/keep_withdrawals.sql")]
}

/// Gives the rows of a table to the customer who is kept.
pub fn give(store: &Store, table: &str) -> Sql {
    expression!(
        store,
        "UPDATE {table} AS given SET customer = $2::{key} WHERE given.customer = $1::{key}",
        table = store.data(table)
    )
}

/// What the store knows of both, as of one, and for which conditions they are known. What comes of the merge is nobody's occasion.
pub fn know(store: &Store) -> [Sql; 3] {
    [sql!(store, "sql/know.sql"), sql!(store, "sql/know_conditions.sql"), sql!(store, "sql/give_recipients.sql")]
}

/// Ends the log of the customer who goes, as of the instant `$2` of the last refresh.
pub fn log_end(store: &Store) -> Sql {
    sql!(store, "sql/log_end.sql")
}

/// Writes down who was merged into whom; those who were merged before follow.
pub fn write(store: &Store) -> [Sql; 2] {
    [sql!(store, "sql/lead_on.sql"), sql!(store, "sql/write_alias.sql")]
}
