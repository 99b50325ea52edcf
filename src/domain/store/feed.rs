//! Which profiles have changed, in an order that no later commit can slip behind: what a copy in another place needs to keep in step.
//!
//! Refreshes of a store wait for each other, so that each that changes a profile has a version of its own, and a later one a higher one. Where
//! few profiles have changed the table `profile_change` lists their customers. Where most have, as on a new day, it does not: the profiles
//! are read in the order of their keys, and say themselves of which version they are. So such a refresh costs no more than without a feed.

use super::Store;
use super::scoring::AsOf;
use crate::domain::support::sql::{Sql, expression, sql};

/// For how long the key of a customer who was forgotten is kept, so that others can be told to forget the customer too.
pub const FORGOTTEN_KEPT: &str = "30 days";

/// Whether so many changed profiles are most of them: then to list them would cost more than to read all.
pub fn is_most(changed: u64, customers: u64) -> bool {
    changed > customers / 4
}

/// The query for the version of a refresh that changes profiles now.
pub fn next_version(store: &Store) -> Sql {
    sql!(store, "sql/feed/next_version.sql")
}

/// Lists the customers whose profiles are of this version.
pub fn list_changed(store: &Store, as_of: &str, version: i64) -> Sql {
    sql!(AsOf::new(store, as_of), "sql/feed/list_changed.sql", version = version)
}

/// Forgets which customers are listed, where most profiles have changed.
pub fn forget_changed(store: &Store) -> Sql {
    sql!(store, "sql/feed/forget_changed.sql")
}

/// Says that a refresh has changed profiles, or most of them.
pub fn set_version(store: &Store, version: i64, most: bool) -> Sql {
    sql!(store, "sql/feed/set_version.sql", version = version, most = if most { "true" } else { "false" })
}

/// Says that profiles have other columns than before, or the same by other names: all are to be read again.
pub fn reshape(store: &Store) -> Sql {
    sql!(store, "sql/feed/reshape.sql")
}

/// Forgets the keys of customers who were forgotten: of all, or of those who were so long ago. Gives how many there were.
pub fn purge(store: &Store, all: bool) -> Sql {
    let before = match all {
        true => "'infinity'::timestamptz".into(),
        false => expression!((), "clock_timestamp() - {kept}::interval", kept = Sql::literal(FORGOTTEN_KEPT)),
    };
    sql!(store, "sql/feed/purge.sql", before = before)
}

/// Notes that a feed is read: its readers must be told of customers who are forgotten.
pub fn follow(store: &Store) -> Sql {
    expression!(store, "UPDATE {data.feed} AS feed SET is_followed = true WHERE NOT feed.is_followed")
}

/// The statement that tells the feed of customers who were merged into others, the array `$1` of their keys as texts. The store must be locked
/// as for a refresh.
pub fn leave(store: &Store) -> Sql {
    sql!(store, "sql/feed/leave.sql")
}

/// The statements that tell the feeds of customers who are to be forgotten, the array `$1` of their keys as texts. Their profiles are deleted
/// beside it. Where nobody has read a feed, no key is kept, and a token that was given nevertheless is too old from then on. The store must be locked until the end of the transaction, as for a refresh, so that the versions stay in order.
pub fn forget(store: &Store) -> [Sql; 2] {
    let of_members = sql!(
        store,
        "sql/feed/forget_member.sql",
        zone = Sql::text(store.zone()),
        log = Sql::literal(store.data("audience_log").as_str())
    );
    [sql!(store, "sql/feed/forget_profile.sql"), of_members]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_listed_and_more_is_read() {
        assert!(!is_most(0, 0) && is_most(1, 0) && is_most(1, 3));
        assert!(!is_most(25, 100) && is_most(26, 100));
    }
}
