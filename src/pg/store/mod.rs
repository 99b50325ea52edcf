//! Stores, as the server calls them: `lifecycle.attach`, `configure`, `refresh`, `detach` and the triggers that note changes.
//!
//! This file finds a store in the table `lifecycle.store`, checks its owner, and locks it. The files below run the statements that
//! `domain::store` writes.
//!
//! It imports `ffi`, `domain::store`, and of `domain::journey` the tables that a store makes for its journeys.
//!
//! | file | what it knows |
//! |---|---|
//! | `attach`, `configure`, `check_settings` | making a store, changing its settings, and which settings only the server can refuse |
//! | `attach_preset` | making a store of the tables of a well-known shop |
//! | `detach`, `restore`, `upgrade` | removing a store, registering it after a restore, bringing it to today's layout |
//! | `remake` | making views and functions anew with the owners, options and rights that they had |
//! | `refresh`, `refresh_step`, `refresh_histories` | the steps of a refresh, what they have in common, and the step of the histories |
//! | `audiences` | the members and views of audiences, in a refresh and a change of settings |
//! | `brake`, `left_out` | holding a refresh that would lose many customers or orders; counting the rows that it leaves out |
//! | `note_changes`, `noting`, `change_table`, `customer_key` | the trigger that notes changed customers, and what it reads and writes |
//! | `source_triggers`, `watch_sources`, `tree_lock` | triggers on sources and partitions, and whether they could note everything |
//! | `renames`, `catalog`, `user_condition` | names of sources today, their types, and the conditions that users write |
//! | `stored_settings`, `layout` | what identifies the schema of a store, and the number of its layout |
//! | `roles`, `schedule` | the roles of readers and senders, and the jobs of pg_cron |

pub mod attach;
pub mod attach_preset;
pub mod audiences;
pub mod brake;
pub mod catalog;
pub mod change_table;
pub mod check_settings;
pub mod check_source;
pub mod configure;
pub mod currency;
pub mod customer_expression;
mod customer_key;
pub mod detach;
pub mod detach_source;
pub mod follow;
pub mod layout;
pub mod left_out;
pub mod note_changes;
pub mod noting;
pub mod refresh;
pub mod refresh_histories;
pub mod refresh_step;
pub mod remake;
pub mod renames;
pub mod restore;
pub mod roles;
pub mod schedule;
pub mod source_triggers;
pub mod stored_settings;
pub mod tree_lock;
pub mod upgrade;
pub mod user_condition;
pub mod user_expression;
pub mod watch_sources;

use pgrx::pg_sys;

use self::renames::relation_read_by;
use crate::domain::store::people::People;
use crate::domain::store::settings::Settings;
use crate::domain::store::source::Relation;
use crate::domain::store::tables::Source;
use crate::domain::store::{Attribute, Key, Store, data_schema, migrations};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::session::{as_extension, with_pinned_settings};
use crate::pg::ffi::spi::{Row, holds, rows, value};
use crate::pg::ffi::text::text_of;
use catalog::{described, extension_schema};
use stored_settings::{check_agrees, check_is_the_stores, check_owners, owner_of_store};

/// A store as it stands in the table, locked for the rest of the transaction.
pub struct Attached {
    /// The store.
    pub store: Store,
    /// The object ids of its relations: orders, customers, events.
    pub relations: [Option<String>; 3],
    /// The role that may read it.
    pub reader: Option<String>,
    /// Whether the role was made for it.
    pub made_reader: bool,
    /// Whether all rows are to be read again.
    pub rebuild_due: bool,
    /// Whether it is to be fitted again.
    pub refit_due: bool,
    /// The instant of its profiles.
    pub as_of: Option<String>,
    /// The object ids of what its triggers watched at the last refresh.
    pub parts: Vec<String>,
    /// The number of its layout.
    pub layout: i32,
}

/// The refusal of a name that no store has.
pub fn unknown(name: &str) -> Error {
    Error::new(Kind::UndefinedObject, format!("store \"{}\" does not exist", shorten(name)))
        .hint("SELECT store FROM lifecycle.stores shows those that do; lifecycle.attach makes one.")
}

/// Whether there is a store of this name.
///
/// # Errors
/// [`Kind::UndefinedObject`] if there is none.
pub fn must_exist(name: &str) -> Result<()> {
    if holds("SELECT EXISTS (SELECT FROM lifecycle.store WHERE store OPERATOR(pg_catalog.=) $1)", &[Some(name)]) {
        return Ok(());
    }
    Err(unknown(name))
}

/// Refuses all but the owner of the store's schema. Not even a superuser passes: what a refresh runs, such as the functions
/// in the condition on an order, is the owner's, and must not run with the rights of another. So the owner is refused too where the
/// schema is not the one that the store was made in, or where something in it is another's.
///
/// # Errors
/// [`Kind::NotAllowed`]; [`Kind::NotReady`] if the schema is gone or not that of the store.
pub fn must_own(name: &str) -> Result<()> {
    let Some(owner) = owner_of_store(name) else {
        return Err(Error::new(Kind::NotReady, format!("the schema of store \"{}\" does not exist", shorten(name)))
            .hint("Run lifecycle.detach to remove the rest of the store, then attach it again."));
    };
    must_be(name, &owner)?;
    check_is_the_stores(name)?;
    check_owners(name)
}

/// Refuses all but the owner of the schema of a store.
///
/// # Errors
/// [`Kind::NotAllowed`].
pub fn must_be(name: &str, owner: &str) -> Result<()> {
    if value("SELECT current_user", &[]).as_deref() == Some(owner) {
        return Ok(());
    }
    Err(Error::new(Kind::NotAllowed, format!("must be the owner of store \"{}\"", shorten(name)))
        .detail(format!("It belongs to {}.", shorten(owner)))
        .hint(format!("SET ROLE {}, if you may.", shorten(Sql::identifier(owner).as_str()))))
}

/// Locks a store for its owner: other sessions that refresh, change or detach it wait until the end of this transaction, or are waited
/// for.
///
/// # Errors
/// [`Kind::UndefinedObject`]; [`Kind::NotReady`] if the store's schema says other than its row, or if it has another layout.
pub fn lock(name: &str) -> Result<Attached> {
    let attached = lock_of_older_layout(name)?;
    migrations::check(name, attached.layout)?;
    Ok(attached)
}

/// The same for a store that may have an older layout.
///
/// # Errors
/// [`Kind::UndefinedObject`]; [`Kind::NotReady`] if the store's schema says other than its row, or if a newer library made it.
pub fn lock_of_older_layout(name: &str) -> Result<Attached> {
    let row = locked_row(name)?;
    check_agrees(name)?;
    attached(name, row, |layout, json| {
        migrations::check_not_newer(name, layout)?;
        Settings::from_json(json)
    })
}

/// The same for a store that goes, whatever its row says: of settings that are none the defaults are taken.
///
/// # Errors
/// [`Kind::UndefinedObject`].
pub fn lock_whatever_it_is(name: &str) -> Result<Attached> {
    attached(name, locked_row(name)?, |_, json| Ok(Settings::from_json(json).unwrap_or_default()))
}

fn locked_row(name: &str) -> Result<Row> {
    if let Some(row) = row_of(name, "FOR NO KEY UPDATE SKIP LOCKED") {
        return Ok(row);
    }
    must_exist(name)?;
    pgrx::notice!("waiting for another refresh or change of store \"{}\"", shorten(name));
    row_of(name, "FOR NO KEY UPDATE").ok_or_else(|| unknown(name))
}

/// A store as it is now, without a lock on its row. For the owner its layout is held until the end of the transaction.
///
/// # Errors
/// [`Kind::UndefinedObject`]; [`Kind::NotReady`] if it has another layout, and for the owner if the store's schema says other than its
/// row.
pub fn look_at(name: &str) -> Result<Attached> {
    if value("SELECT current_user", &[]) == owner_of_store(name) {
        check_agrees(name)?;
    }
    let row = row_of(name, "").ok_or_else(|| unknown(name))?;
    attached(name, row, |layout, json| {
        migrations::check(name, layout)?;
        Settings::from_json(json)
    })
}

fn row_of(name: &str, lock: &'static str) -> Option<Row> {
    // By the catalog alone: the caller may have no right on the schema.
    let query = sql!((), "sql/row_of_store.sql", data_schema = Sql::literal(&data_schema(name)), lock = lock);
    as_extension(|| with_pinned_settings(|| rows(&query, &[Some(name)]))).into_iter().next()
}

fn attached(name: &str, row: Row, read: impl Fn(i32, &str) -> Result<Settings>) -> Result<Attached> {
    let mut row = row.into_iter();
    let mut next = || row.next().flatten();
    let layout = next().and_then(|layout| layout.parse().ok()).unwrap_or_default();
    let settings = read(layout, &next().unwrap_or_default())?;
    let key = next().and_then(|name| Key::of_type(&name)).unwrap_or(Key::BigInt);
    let relations = [next(), next(), next()];
    let (reader, made_reader) = (next(), next().as_deref() == Some("t"));
    let (rebuild_due, refit_due) = (next().as_deref() == Some("t"), next().as_deref() == Some("t"));
    let as_of = next();
    let parts = next().and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    // The types of the attributes are those that the profile was made with.
    let columns: Vec<(String, String)> = serde_json::from_str(&next().unwrap_or_default()).unwrap_or_default();
    let attributes = settings
        .attributes
        .iter()
        .filter_map(|name| columns.iter().find(|(column, _)| column == name))
        .map(|(name, sql_type)| Attribute { name: name.clone(), sql_type: sql_type.clone() })
        .collect();
    let people = People { has_forgotten: next().as_deref() == Some("t"), has_merged: next().as_deref() == Some("t") };
    let store = Store { name: name.to_owned(), extension: extension_schema(), key, settings, attributes, people };
    Ok(Attached { store, relations, reader, made_reader, rebuild_due, refit_due, as_of, parts, layout })
}

/// Whether a relation has rows.
pub fn has_rows(table: &Sql) -> bool {
    holds(sql!((), "sql/has_rows.sql", table = table), &[])
}

/// The relation that a source of a store reads.
pub fn relation_of(attached: &Attached, source: Source) -> Result<Option<Relation>> {
    let of_refunds;
    let oid = match source {
        Source::Orders => &attached.relations[0],
        Source::Events => &attached.relations[2],
        Source::Refunds => {
            // The views know it, whatever it is called.
            of_refunds = attached
                .store
                .settings
                .refunds
                .as_ref()
                .and_then(|_| relation_read_by(&attached.store, source.key_view()));
            &of_refunds
        }
    };
    oid.as_ref().map(|oid| described(oid)).transpose()
}

/// The longest text, in bytes, that these functions take.
const LONGEST: usize = 1 << 20;

/// The text arguments of a call; NULL is refused by name.
pub fn text_argument(fcinfo: pg_sys::FunctionCallInfo, number: usize, name: &str) -> Result<String> {
    // SAFETY: SQL declares the argument as text.
    let (arguments, bytes) = unsafe {
        let arguments = Arguments::of(fcinfo);
        let bytes = arguments.bytes(number);
        (arguments, bytes)
    };
    arguments.not_null(number, name)?;
    let bytes = bytes.unwrap_or_default();
    if bytes.len() > LONGEST {
        return Err(Error::new(Kind::LimitExceeded, format!("{name} of {} bytes is too long", bytes.len()))
            .detail(format!("It can have {LONGEST} bytes.")));
    }
    Ok(text_of(bytes))
}
