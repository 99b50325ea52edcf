//! The settings of a store in its own schema: by them the schema is known as the store's, and a store is made again after a restore.

use pgrx::pg_sys;

use super::renames::conditions;
use super::{layout, must_exist};
use crate::domain::journey::tables::named_relations;
use crate::domain::store::stored_settings::{COLUMNS, Kept, TABLE, read, write, write_layout};
use crate::domain::store::{Store, data_of, data_schema, migrations};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::{Row, holds, rows, run_with, value};

/// Keeps the settings of a store in its schema, in the name of the caller, who owns it.
pub fn keep(store: &Store, reader: Option<&str>, made_reader: bool) {
    let conditions = serde_json::to_string(&conditions(store)).unwrap_or_default();
    with_pinned_settings(|| {
        run_with(
            write(store),
            &[
                Some(&store.settings.to_json()),
                Some(store.key.name()),
                reader,
                Some(if made_reader { "true" } else { "false" }),
                Some(&conditions),
            ],
        )
    });
}

/// Keeps the layout of a store there too, with what was made for it: it is the layout of this library.
pub fn keep_layout(store: &Store) {
    let made = serde_json::to_string(&layout::made(store)).unwrap_or_default();
    with_pinned_settings(|| run_with(write_layout(store), &[Some(&migrations::CURRENT.to_string()), Some(&made)]));
}

/// The names of what was made for a store of any layout. A store from before layouts does not say it, and has what this library
/// makes.
///
/// # Errors
/// As [`kept`].
pub fn made_of(store: &Store) -> Result<Vec<String>> {
    let made = kept(&store.name)?.map(|kept| kept.made).unwrap_or_default();
    Ok(if made.is_empty() { layout::made(store) } else { made })
}

/// What the table of this store says; None if it has no row. There must be such a table, of the caller's own.
///
/// # Errors
/// [`Kind::NotReady`] if it cannot be read.
pub fn kept(name: &str) -> Result<Option<Kept>> {
    with_pinned_settings(|| value(read(&data_of(name, TABLE)), &[]))
        .map(|json| Kept::from_json(name, &json))
        .transpose()
}

/// The owner of a store of this name: the owner of the schema of its tables.
pub fn owner_of_store(name: &str) -> Option<String> {
    value(
        "SELECT pg_catalog.pg_get_userbyid(nspowner) FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1",
        &[Some(&data_schema(name))],
    )
}

/// The object id of the table of settings in the schema of this name, if there is one with the columns of such a table.
pub fn table_of_settings(name: &str) -> Option<String> {
    let columns = COLUMNS.map(|(column, of_type)| {
        let type_name = format!("pg_catalog.{of_type}");
        expression!(
            (),
            "({column}, {type}::regtype)",
            column = Sql::literal(column),
            type = Sql::literal(&type_name)
        )
    });
    let query = sql!(
        (),
        "sql/table_of_settings.sql",
        table = Sql::literal(TABLE),
        number = COLUMNS.len(),
        columns = Sql::list(columns)
    );
    with_pinned_settings(|| value(&query, &[Some(data_schema(name).as_str())]))
}

/// What of a store does not belong to the owner of its tables' schema: kind, name, owner and that owner; a schema of views that is not there
/// has no owner, and comes last.
fn foreign(name: &str) -> Option<Row> {
    let names = serde_json::to_string(&named_relations()).unwrap_or_default();
    let query = sql!((), "sql/foreign_relations.sql");
    with_pinned_settings(|| rows(&query, &[Some(name), Some(&data_schema(name)), Some(&names)])).into_iter().next()
}

/// Whether all that there is of a store belongs to the owner of its tables' schema.
pub fn is_all_the_owners(name: &str) -> bool {
    foreign(name).is_none_or(|row| row.get(2).is_some_and(Option::is_none))
}

/// Refuses a store of which a schema, a table or a view belongs to another role than the owner of its tables' schema, or is missing: to write
/// there, or to read what another has made, would run what that other has put on it.
///
/// # Errors
/// [`Kind::NotReady`].
pub fn check_owners(name: &str) -> Result<()> {
    let foreign = foreign(name);
    let Some([Some(kind), Some(shown), other, Some(owner)]) = foreign.as_deref() else {
        return Ok(());
    };
    let (shown, owner) = (shorten(shown), shorten(owner));
    let Some(other) = other else {
        return Err(Error::new(
            Kind::NotReady,
            format!("the schema {shown} of store \"{}\" does not exist", shorten(name)),
        )
        .hint("Run lifecycle.detach to remove the rest of the store, then attach it again."));
    };
    Err(Error::new(Kind::NotReady, format!("{shown} does not belong to the owner of store \"{}\"", shorten(name)))
        .detail(format!("Its owner is {}, and the owner of the store is {owner}.", shorten(other)))
        .hint(format!(
            "Look at its triggers and its definition, then: ALTER {kind} {shown} OWNER TO {}.",
            Sql::identifier(&owner)
        )))
}

fn not_the_stores(name: &str, detail: &str, hint: &str) -> Error {
    Error::new(Kind::NotReady, format!("the schema \"{}\" no longer belongs to the store", shorten(&data_schema(name))))
        .detail(detail)
        .hint(hint)
}

/// Refuses a schema of a store's name that is not the one that the store was made in. Looks at the catalog only, and waits for nothing.
///
/// # Errors
/// [`Kind::NotReady`].
pub fn check_is_the_stores(name: &str) -> Result<()> {
    let is_known = table_of_settings(name).is_some_and(|oid| {
        holds(
            "SELECT kept_in::pg_catalog.oid OPERATOR(pg_catalog.=) $2::pg_catalog.oid FROM lifecycle.store
            WHERE store OPERATOR(pg_catalog.=) $1",
            &[Some(name), Some(&oid)],
        )
    });
    if is_known {
        return Ok(());
    }
    Err(not_the_stores(
        name,
        &format!("It was dropped and made again since, or its table {TABLE} was."),
        "Run lifecycle.detach to remove the rest of the store; the schema stays.",
    ))
}

/// Refuses a store of which `lifecycle.store` says other than its own schema. For the owner of the schema, who alone may read that; with
/// the store's row locked, or with nothing locked: the lock that this takes must not be held while that of the row is waited for.
///
/// # Errors
/// [`Kind::NotReady`]; [`Kind::UndefinedObject`] if the store was detached meanwhile.
pub fn check_agrees(name: &str) -> Result<()> {
    // The table may go while its lock is waited for.
    let is_there = table_of_settings(name)
        .and_then(|oid| oid.parse::<u32>().ok())
        .is_some_and(|oid| layout::hold(pg_sys::Oid::from(oid)));
    if !is_there {
        must_exist(name)?;
        return check_is_the_stores(name);
    }
    let query = sql!((), "sql/settings_agree.sql", table = data_of(name, TABLE));
    let agrees = with_pinned_settings(|| holds(&query, &[Some(name)]));
    if agrees {
        return Ok(());
    }
    Err(not_the_stores(
        name,
        &format!("lifecycle.store says something else of it than its table {TABLE}."),
        "lifecycle.detach removes the store from lifecycle.store, and leaves the schema as it is; lifecycle.restore_store makes it again \
         from what the schema says.",
    ))
}

/// Whether the caller attached the store of this name, or is a superuser.
pub fn attached_by_caller(name: &str) -> bool {
    holds(
        "SELECT s.owner OPERATOR(pg_catalog.=) current_user OR r.rolsuper FROM lifecycle.store AS s, pg_catalog.pg_roles AS r
        WHERE s.store OPERATOR(pg_catalog.=) $1 AND r.rolname OPERATOR(pg_catalog.=) current_user",
        &[Some(name)],
    )
}
