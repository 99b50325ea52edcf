//! Access checks for roles other than the owner of a store: senders (INSERT on `journey_actions`, which the role of
//! the setting `sender` has), readers of reports (SELECT on `journeys`) and of feeds (SELECT on `customers`).
//!
//! The statements run as the owner of the store for every caller. So a sender needs no other right on the store's tables, and
//! triggers of the owner do not run with the sender's rights.

use pgrx::pg_sys;

use crate::domain::journey::tables::named_relations;
use crate::domain::store::settings::sender_role;
use crate::domain::store::{Key, Store};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::session::{as_owner, with_pinned_settings};
use crate::pg::ffi::spi::{Row, holds, rows_of_kept};
use crate::pg::store::stored_settings::check_owners;
use crate::pg::store::{layout, unknown};

/// A store, for a caller with access to it.
pub struct StoreAccess {
    /// The store: its name and the type of its customers' key, and no more.
    pub store: Store,
    /// The number of its layout.
    pub layout: i32,
    owner: pg_sys::Oid,
    kept_in: pg_sys::Oid,
}

/// What a right on a relation of a store opens to others than its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Its actions, for senders. Into the view no row can be put, and INSERT lets nothing be locked that the functions do not lock.
    Actions,
    /// The results of its journeys, for roles that may read its views.
    Results,
    /// The profiles of its customers and its audiences, for the same roles.
    Customers,
}

impl Grant {
    /// The relation, the right on it, and what it opens, in words.
    const fn by(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Grant::Actions => ("journey_actions", "INSERT", "the actions"),
            Grant::Results => ("journeys", "SELECT", "the journeys"),
            Grant::Customers => ("customers", "SELECT", "the customers"),
        }
    }
}

/// A store's name and key, the owner of the schema that it was made in (NULL if that is gone), whether the caller is a member of that
/// role, the relation that opens something, and whether all relations belong to that role.
fn stores_of(opened: Grant) -> Sql {
    let relations = Sql::list(named_relations().into_iter().map(Sql::literal));
    sql!((), "sql/stores_of.sql", relations = relations, opened = Sql::literal(opened.by().0))
}

/// The role of the setting `sender`, if it may send the actions: its members may too. Of a row of `store_named.sql`.
fn sender_of(store: &str, opened: Grant, row: &Row) -> Option<String> {
    let text = |column: usize| row.get(column).and_then(Option::as_deref);
    if opened != Grant::Actions {
        return None;
    }
    let sender = sender_role(text(9), store)?;
    let query = sql!((), "sql/has_right.sql", right = Sql::literal(opened.by().1));
    with_pinned_settings(|| holds(&query, &[Some(&sender), text(8)])).then_some(sender)
}

impl StoreAccess {
    fn of(row: Row) -> Option<Self> {
        let mut row = row.into_iter();
        let mut next = || row.next().flatten();
        let (store, key, owner, kept_in, layout) = (next()?, next()?, next()?, next()?, next()?);
        Some(StoreAccess {
            store: Store::bare(store, Key::of_type(&key).unwrap_or(Key::BigInt)),
            layout: layout.parse().ok()?,
            owner: pg_sys::Oid::from(owner.parse::<u32>().ok()?),
            kept_in: pg_sys::Oid::from(kept_in.parse::<u32>().ok()?),
        })
    }

    /// The store of this name, which has the layout of this library.
    ///
    /// # Errors
    /// Those of [`StoreAccess::of_any_layout`], and [`Kind::NotReady`] if it has another layout.
    pub fn named(store: &str, opened: Grant) -> Result<Self> {
        let access = Self::of_any_layout(store, opened)?;
        layout::check(store)?;
        Ok(access)
    }

    /// Refuses a store of another layout than that of this library. The layout stays what it is until the end of the transaction.
    ///
    /// # Errors
    /// [`Kind::NotReady`].
    pub fn check_layout(&self) -> Result<()> {
        layout::hold(self.kept_in);
        layout::check(&self.store.name)
    }

    /// Whether the store has the layout of this library.
    pub fn has_current_layout(&self) -> bool {
        layout::check(&self.store.name).is_ok()
    }

    /// The store of this name, whatever its layout, which stays what it is until the end of the transaction.
    ///
    /// # Errors
    /// [`Kind::UndefinedObject`] if there is none, [`Kind::NotReady`] if its schema is gone or holds tables of another role, and [`Kind::NotAllowed`] unless the
    /// caller is a member of its owner or has the right that opens it.
    pub fn of_any_layout(store: &str, opened: Grant) -> Result<Self> {
        let (relation, right, what) = opened.by();
        let query = sql!((), "sql/store_named.sql", stores = stores_of(opened), right = Sql::literal(right));
        let row = with_pinned_settings(|| rows_of_kept(&query, &[Some(store)]))
            .into_iter()
            .next()
            .ok_or_else(|| unknown(store))?;
        let may = row.get(5).cloned().flatten();
        let caller = row.get(6).cloned().flatten().unwrap_or_default();
        match may.as_deref() {
            Some("t") => {
                // What another role has put on its tables must not run as the owner of the schema.
                if row.get(7).and_then(Option::as_deref) != Some("t") {
                    check_owners(store)?;
                }
                let access = Self::of(row).ok_or_else(|| unknown(store))?;
                layout::hold(access.kept_in);
                Ok(access)
            }
            None => {
                Err(Error::new(Kind::NotReady, format!("the schema of store \"{}\" does not exist", shorten(store)))
                    .hint("Run lifecycle.detach to remove the rest of the store, then attach it again."))
            }
            Some(_) => Err(Error::new(
                Kind::NotAllowed,
                format!("permission denied for {what} of store \"{}\"", shorten(store)),
            )
            .hint({
                let opens = match sender_of(store, opened, &row) {
                    Some(sender) => Sql::identifier(&shorten(&sender)),
                    None => {
                        expression!(
                            (),
                            "{right} ON {store}.{relation}",
                            right = right,
                            store = Sql::identifier(&shorten(store)),
                            relation = relation
                        )
                    }
                };
                format!("Its owner opens them: GRANT {opens} TO {}", Sql::identifier(&shorten(&caller)))
            })),
        }
    }

    /// All stores of which the caller is the owner, in any order. That the caller is a member of an owner, was granted a right on
    /// a store or is a superuser does not count: the owner would have his actions sent by a sender that did not agree to it. Each may
    /// have any layout.
    pub fn own() -> Vec<Self> {
        let query = sql!((), "sql/own_stores.sql", stores = stores_of(Grant::Actions));
        with_pinned_settings(|| rows_of_kept(&query, &[])).into_iter().filter_map(Self::of).collect()
    }

    /// The table that identifies the store: another store of this name has another.
    pub fn identity(&self) -> u32 {
        self.kept_in.to_u32()
    }

    /// Runs something as the store's owner.
    pub fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        with_pinned_settings(|| as_owner(self.owner, run))
    }
}
