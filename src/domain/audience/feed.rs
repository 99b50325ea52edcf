//! The rows of the feeds: which profiles have changed, and which customers joined or left an audience.
//!
//! A reader that comes with nothing, or that last came before most profiles changed, is led through all customers in the order of their
//! keys, and then through the changes that were listed since that way began. Every way ends where the next one goes on, whatever is
//! refreshed meanwhile: what changes on the way comes again after it.

use super::token::{Place, too_old};
use crate::domain::store::views::audiences::profile_as_json;
use crate::domain::store::{Store, copies};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::sql::{Sql, expression, sql};

/// The most rows that a call can ask for.
pub const MOST_ROWS: i32 = 100_000;

/// Refuses a number of rows that a call cannot ask for.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn check_rows(rows: i32) -> Result<()> {
    if (1..=MOST_ROWS).contains(&rows) {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidParameter, format!("max_rows must be from 1 to {MOST_ROWS}, and is {rows}")))
}

/// How far a feed has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// What tells it from other feeds.
    pub identity: String,
    /// Its last version: of profiles, or the last row of the log.
    pub version: i64,
    /// Up to which version most profiles have changed.
    pub most_changed: i64,
    /// Up to which version profiles have had other columns.
    pub reshaped: i64,
    /// Up to which version customers who were forgotten are kept no more.
    pub purged: i64,
}

/// What is read next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The changes that are listed after this version, or after a customer of it.
    Listed(i64, Option<String>),
    /// All customers after this one, of whom the reader knows those up to this version; then what is listed after the other version.
    Through {
        /// Up to which version the reader had come.
        from: Option<i64>,
        /// From which version on changes are read after it.
        upto: i64,
        /// The customer; None for the first.
        customer: Option<String>,
    },
}

impl State {
    /// What is read from a place on.
    ///
    /// # Errors
    /// [`Kind::NotReady`] if customers were forgotten since, whose keys are not kept any more.
    pub fn next(&self, place: Place, token: Option<&str>) -> Result<Next> {
        let (next, known) = match place {
            Place::Start => {
                let through = Next::Through { from: None, upto: self.version, customer: None };
                return Ok(through);
            }
            Place::Listed { version, customer } => {
                // Of a version that was read in part the rest is not known.
                let known = version - i64::from(customer.is_some());
                (self.listed(version, customer), known)
            }
            Place::Through { from, upto, customer } => {
                (Next::Through { from, upto, customer: Some(customer) }, from.unwrap_or(upto))
            }
        };
        if known < self.purged { Err(too_old(token.unwrap_or_default())) } else { Ok(next) }
    }

    /// What is read once this version is known, and of it the customers up to this one.
    pub fn listed(&self, version: i64, customer: Option<String>) -> Next {
        if version >= self.most_changed {
            return Next::Listed(version, customer);
        }
        let from = version - i64::from(customer.is_some());
        Next::Through { from: Some(from), upto: self.version, customer: None }
    }
}

/// The query for the [`State`] of the feed of profiles: its values. `$1` tells a feed from others of the store.
pub fn state(store: &Store) -> Sql {
    sql!(store, "sql/feed_state.sql", home = copies::home())
}

/// The query for the last row of the log of the audience `$1`, up to which row customers who were forgotten are kept no more, and the last row
/// that any log may have had.
pub fn last_logged(store: &Store) -> Sql {
    sql!(store, "sql/last_logged.sql", log = Sql::literal(store.data("audience_log").as_str()))
}

fn key(store: &Store, customer: &str) -> Sql {
    expression!(store, "{customer}::{key}", customer = Sql::literal(customer))
}

/// The query for so many changes that are listed after a version, or a customer of it: customer, kind, profile, version. What is newer than
/// the state waits for the next page: a refresh that ends meanwhile may have changed most customers, and then it lists none.
pub fn listed(
    store: &Store,
    state: &State,
    sees_attributes: bool,
    version: i64,
    customer: Option<&str>,
    rows: i32,
) -> Sql {
    let is_after = match customer {
        None => expression!((), "change.version > {version}", version = version),
        Some(customer) => expression!(
            (),
            "(change.version, change.customer) > ({version}::int8, {customer})",
            version = version,
            customer = key(store, customer)
        ),
    };
    sql!(
        store,
        "sql/listed.sql",
        json = profile_as_json(store, sees_attributes),
        is_after = is_after,
        upto = state.version,
        limit = rows
    )
}

/// The query for so many customers on the way through all: customer, kind, profile.
pub fn through(
    store: &Store,
    state: &State,
    sees_attributes: bool,
    next: (Option<i64>, i64, Option<&str>),
    rows: i32,
) -> Sql {
    let (from, upto, customer) = next;
    let is_after = |row: &'static str| match customer {
        None => "true".into(),
        Some(customer) => expression!((), "{row}.customer > {customer}", row = row, customer = key(store, customer)),
    };
    let (has_changed, is_gone) = match from {
        // A reader that has nothing has nobody to forget.
        None => (Sql::from("true"), Sql::from("false")),
        Some(from) => (
            match from < state.reshaped {
                true => "true".into(),
                false => expression!((), "profile.lifecycle_version > {from}", from = from),
            },
            expression!(
                (),
                "change.kind <> 'changed' AND change.version > {from} AND change.version <= {upto}",
                from = from,
                upto = upto
            ),
        ),
    };
    sql!(
        store,
        "sql/through.sql",
        json = profile_as_json(store, sees_attributes),
        is_after_profile = is_after("profile"),
        is_after_change = is_after("change"),
        has_changed = has_changed,
        is_gone = is_gone,
        limit = rows
    )
}

/// The query for so many members of the audience `$1` after a customer: customer, kind, since.
pub fn members(store: &Store, customer: Option<&str>, rows: i32) -> Sql {
    let is_after = match customer {
        None => "true".into(),
        Some(customer) => expression!((), "member.customer > {customer}", customer = key(store, customer)),
    };
    sql!(store, "sql/members.sql", is_after = is_after, limit = rows)
}

/// The query for so many rows of the log of the audience `$1` after this one: customer, kind, at, number.
pub fn logged(store: &Store, after: i64, rows: i32) -> Sql {
    sql!(store, "sql/logged.sql", after = after, limit = rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_goes_on_in_the_list_or_through_all() {
        let state = State { version: 9, most_changed: 5, purged: 2, ..State::default() };
        let next = |place: Place| state.next(place, Some("t"));
        let listed = |version, customer: Option<&str>| Place::Listed { version, customer: customer.map(str::to_owned) };
        assert_eq!(next(Place::Start), Ok(Next::Through { from: None, upto: 9, customer: None }));
        assert_eq!(next(listed(5, None)), Ok(Next::Listed(5, None)));
        assert_eq!(next(listed(7, Some("x"))), Ok(Next::Listed(7, Some("x".to_owned()))));
        assert_eq!(next(listed(4, None)), Ok(Next::Through { from: Some(4), upto: 9, customer: None }));
        // Of version 4 a part is not known.
        assert_eq!(next(listed(4, Some("x"))), Ok(Next::Through { from: Some(3), upto: 9, customer: None }));
        assert_eq!(next(listed(1, None)).unwrap_err().kind, Kind::NotReady);
        assert_eq!(next(listed(2, Some("x"))).unwrap_err().kind, Kind::NotReady);
        let through = |from, upto| Place::Through { from, upto, customer: "x".to_owned() };
        assert!(next(through(None, 2)).is_ok() && next(through(Some(2), 3)).is_ok());
        assert!(next(through(None, 1)).is_err() && next(through(Some(1), 3)).is_err());
    }

    #[test]
    fn so_many_rows_can_be_asked_for() {
        assert!([1, MOST_ROWS].iter().all(|rows| check_rows(*rows).is_ok()));
        assert!([i32::MIN, -1, 0, MOST_ROWS + 1, i32::MAX].iter().all(|rows| check_rows(*rows).is_err()));
    }
}
