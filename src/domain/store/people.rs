//! People: customers who were forgotten, of whom nothing is known but a keyed hash of their key, and customers who were merged into
//! others, whose rows count as those of the customer who was kept.
//!
//! The sources may hold rows of both still. A store that has forgotten and merged nobody runs statements that know nothing of this.

use super::Store;
use crate::domain::support::sql::{Sql, expression, sql};

/// What has happened to customers of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct People {
    /// Whether customers were forgotten.
    pub has_forgotten: bool,
    /// Whether customers were merged.
    pub has_merged: bool,
}

/// The table of the hashes of the keys that are forgotten.
pub const FORGOTTEN: &str = "forgotten";
/// The table of the key that the hashes depend on, one row.
pub const FORGOTTEN_KEY: &str = "forgotten_key";
/// The table of customers who were merged, each with the customer who was kept.
pub const ALIAS: &str = "alias";
/// The table of the keys that stand for forgotten customers in the results of journeys.
pub const ANONYMOUS: &str = "anonymous";
/// The table of what journeys are credited with of forgotten customers.
pub const FORGOTTEN_CREDIT: &str = "forgotten_credit";

/// The table of how many forgotten customers joined and left audiences.
pub const FORGOTTEN_MEMBER: &str = "forgotten_member";

/// All of them.
pub const TABLES: [&str; 5] = [FORGOTTEN, FORGOTTEN_KEY, ALIAS, ANONYMOUS, FORGOTTEN_CREDIT];

/// The statement that draws the key of the hashes.
pub fn draw_key(store: &Store) -> Sql {
    sql!(store, "sql/people/draw_key.sql")
}

// ---- forgotten ------------------------------------------------------------------------------------------------------

/// The hash of a key, given as its text: an HMAC with SHA-256, whose key is the row `secret`, see [`secret`].
pub fn hash(text: Sql) -> Sql {
    expression!((), "sha256(secret.outer_pad || sha256(secret.inner_pad || convert_to({text}, 'UTF8')))", text = text)
}

/// The row that [`hash`] reads, as an item of a FROM clause. A join with one row, and no query within the expression, leaves the
/// statement to parallel workers.
pub fn secret(store: &Store) -> Sql {
    expression!(store, "{data.forgotten_key} AS secret")
}

/// That the key of this text is forgotten. The row `secret` must be there.
pub fn is_forgotten(store: &Store, text: Sql) -> Sql {
    expression!(store, "{hash} IN (SELECT known.hash FROM {data.forgotten} AS known)", hash = hash(text))
}

/// Takes those who are forgotten out of a temporary table with a column `customer`. Of customers with a history no hash is made: they are
/// known.
pub fn leave_out(store: &Store, table: &'static str) -> Sql {
    sql!(
        store,
        "sql/people/leave_out.sql",
        found = table,
        secret = secret(store),
        is_forgotten = is_forgotten(store, "found.customer::text".into())
    )
}

/// The same of what [`verify`](super::changes::verify) finds: rows that the sources have and the store has not.
pub fn verify_without(store: &Store, verify: Sql) -> Sql {
    sql!(
        store,
        "sql/people/verify_without.sql",
        found = verify,
        secret = secret(store),
        is_forgotten = is_forgotten(store, "found.customer".into())
    )
}

// ---- merged ---------------------------------------------------------------------------------------------------------

/// Puts the customers who were kept in the place of those who were merged, in a temporary table with a column `customer`.
pub fn follow_merged(store: &Store, table: &'static str) -> Sql {
    sql!(store, "sql/people/follow_merged.sql", found = table)
}

/// The rows of a source as those of the customers who were kept. `rows` gives the rows of the customers for whom a condition on the column
/// `customer` holds; `names` are the other columns.
///
/// Rows of others come from the source as they did, and those of merged customers by an index on the customer, if there is one.
pub fn with_merged(store: &Store, names: &[Sql], condition: &Sql, rows: impl Fn(&Sql) -> Sql) -> Sql {
    let own = expression!(
        store,
        "({condition}) AND customer NOT IN (SELECT merged.duplicate FROM {data.alias} AS merged)",
        condition = condition
    );
    let of_merged = sql!(store, "sql/people/duplicates.sql", condition = condition);
    let of_merged = expression!((), "customer IN ({of_merged})", of_merged = of_merged);
    sql!(
        store,
        "sql/people/with_merged.sql",
        names = Sql::list(names),
        names_of_merged = Sql::list(names.iter().map(|name| expression!((), "of_merged.{name}", name = name))),
        own = rows(&own),
        is_own = own,
        merged = rows(&of_merged),
        is_merged = of_merged
    )
}

/// The customers of a relation, and those who were merged into them.
pub fn with_duplicates(store: &Store, among: &Sql) -> Sql {
    sql!(store, "sql/people/with_duplicates.sql", among = among)
}

/// The customers that a query finds, each as the one who was kept.
pub fn kept_of(store: &Store, query: &Sql) -> Sql {
    sql!(store, "sql/people/kept_of.sql", found = query)
}

/// What must hold besides for a row `known` of the known people to be a customer, and what must be joined for that.
pub fn is_customer(store: &Store) -> (Sql, Sql) {
    let People { has_forgotten, has_merged } = store.people;
    let joined = has_forgotten.then(|| expression!((), " CROSS JOIN {secret}", secret = secret(store)));
    let not_forgotten = has_forgotten.then(|| {
        let is_forgotten = is_forgotten(store, "known.customer::text".into());
        expression!((), " AND NOT ({is_forgotten})", is_forgotten = is_forgotten)
    });
    let not_merged = has_merged.then(|| {
        expression!(store, " AND known.customer NOT IN (SELECT merged.duplicate FROM {data.alias} AS merged)")
    });
    (joined.unwrap_or_default(), Sql::join(not_forgotten.into_iter().chain(not_merged), ""))
}
