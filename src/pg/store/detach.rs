//! Detaching a store.

use pgrx::{pg_extern, pg_sys};

use super::audiences;
use super::remake::{drop_made, without_cascade};
use super::roles::{drop_role, drop_sender};
use super::schedule::unschedule_quietly;
use super::source_triggers::drop_all_triggers;
use super::stored_settings::{
    attached_by_caller, check_agrees, check_is_the_stores, check_owners, is_all_the_owners, made_of, owner_of_store,
};
use super::{layout, lock_whatever_it_is, must_be, must_exist, text_argument};
use crate::domain::journey;
use crate::domain::store::quote::select_call;
use crate::domain::store::{Store, data_schema, migrations, people, source_views, tables, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, as_extension, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, value};

/// Whether the schema of a store goes with it: the caller owns it, and it is the store's. A schema that is not the store's any more is
/// left as it is; then its owner, the role that attached the store, and superusers may remove the rest.
fn takes_schema(name: &str) -> Result<bool> {
    if let Some(owner) = owner_of_store(name) {
        let is_owner = must_be(name, &owner);
        if check_is_the_stores(name).is_ok() {
            is_owner?;
            return Ok(is_all_the_owners(name));
        }
        if is_owner.is_err() && !attached_by_caller(name) {
            is_owner?;
        }
        return Ok(false);
    }
    if attached_by_caller(name) {
        return Ok(false);
    }
    Err(Error::new(Kind::NotAllowed, format!("must be the owner of store \"{}\"", shorten(name)))
        .detail("Its schema does not exist; the role that attached the store, or a superuser, can detach it."))
}

/// Drops what was made for a store by a library of another layout, as the store says: this one does not know it. The schema stays.
fn drop_other_layout(store: &Store) -> Result<()> {
    let mut made = made_of(store)?;
    made.extend(layout::made(store));
    drop_made(&store.name, &made)?;
    let made = serde_json::to_string(&made).unwrap_or_default();
    let query = sql!((), "sql/relations_of_layout.sql");
    let relations = with_pinned_settings(|| rows(&query, &[Some(data_schema(&store.name).as_str()), Some(&made)]));
    with_settings(&[SEARCH_PATH, NO_NOTICES], || {
        without_cascade(|| {
            for row in relations {
                let [Some(kind), Some(names)] = row.as_slice() else { continue };
                let names = Sql::vouched(names);
                run(&match kind.as_str() {
                    "SEQUENCE" => expression!((), "DROP SEQUENCE {names}", names = names),
                    _ => expression!((), "DROP TABLE {names}", names = names),
                });
            }
        });
    });
    Ok(())
}

fn detach_store(name: &str, discards: bool) -> Result<()> {
    must_exist(name)?;
    let takes_schema = takes_schema(name)?;
    let attached = lock_whatever_it_is(name)?;
    let differs = if takes_schema { check_agrees(name).err() } else { None };
    let takes_schema = takes_schema && differs.is_none();
    if !takes_schema && owner_of_store(name).is_some() {
        let why = match check_is_the_stores(name).and_then(|()| check_owners(name)).err().or(differs) {
            Some(error) => error.message,
            None => "it no longer belongs to the store".to_owned(),
        };
        pgrx::notice!("the schema \"{}\" is left as it is: {why}", shorten(name));
    }
    let store = &attached.store;
    if takes_schema && !discards {
        check_is_discarded(store)?;
    }
    drop_all_triggers(store);
    unschedule_quietly(name)?;
    if takes_schema {
        if attached.layout != migrations::CURRENT {
            drop_other_layout(store)?;
        }
        with_settings(&[SEARCH_PATH, NO_NOTICES], || {
            audiences::drop_views(store);
            run_all(&views::drop(store));
            run_all(&source_views::drop(store));
            run_all(&journey::tables::drop(store));
            run_all(&tables::drop(store));
        });
    }
    // What the role could read is gone.
    if let Some(reader) = attached.reader.as_ref().filter(|_| attached.made_reader) {
        with_settings(&[SEARCH_PATH], || drop_role(reader));
    }
    if takes_schema {
        with_settings(&[SEARCH_PATH], || drop_sender(store));
    }
    as_extension(|| with_pinned_settings(|| run_with(sql!((), "sql/forget_store.sql"), &[Some(name)])));
    Ok(())
}

/// Tables of what customers and the owner have said, which no source holds: the table, its rows that are in force, and what they are.
const SAID: [(&str, &str, &str); 3] = [
    ("suppression", "lifted_at IS NULL AND until IS NULL", "suppressions"),
    ("consent", "true", "consents"),
    (people::FORGOTTEN, "true", FORGOTTEN),
];

/// Customers of whom the store knows nothing but that they are forgotten.
const FORGOTTEN: &str = "hashes of forgotten customers";

/// Refuses to drop what customers have said, for nothing would know it again.
fn check_is_discarded(store: &Store) -> Result<()> {
    for (table, condition, what) in SAID {
        let table = store.data(table);
        let is_there = || holds(sql!((), "sql/is_own_table.sql"), &[Some(table.as_str())]);
        if !with_pinned_settings(is_there) {
            continue;
        }
        let count = expression!(
            (),
            "SELECT count(*) FROM ONLY {table} WHERE {condition}",
            table = &table,
            condition = condition
        );
        let count = with_pinned_settings(|| value(count, &[])).unwrap_or_default();
        if count != "0" {
            let name = shorten(&store.name);
            return Err(Error::new(
                Kind::NotReady,
                format!("store \"{name}\" holds {what} that are in force: {count}"),
            )
            .detail(match what {
                FORGOTTEN => "A new store would take up their rows again.",
                _ => "Customers who must not be written to would be forgotten.",
            })
            .hint(how_to_carry_over(&store.name, what)));
        }
    }
    Ok(())
}

/// What to type before and after, so that nothing is forgotten.
fn how_to_carry_over(store: &str, what: &str) -> String {
    if what == FORGOTTEN {
        let detach = select_call("lifecycle.detach", &[&shorten(store)]).replace(')', ", discard => true)");
        return format!(
            "Delete their rows from the tables of the shop, or forget them again after the new attach: {detach}."
        );
    }
    let (name, kept) = (shorten(store), format!("kept_{what}"));
    let view = Sql::join([name.as_str(), what].map(Sql::identifier), ".");
    let again = match what {
        "suppressions" => {
            let store = Sql::literal(&name);
            format!("SELECT lifecycle.suppress({store}, customer::text, channel, topic, reason) FROM {kept}")
        }
        _ => format!("record them again from {kept}"),
    };
    let detach = select_call("lifecycle.detach", &[&name]).replace(')', ", discard => true)");
    format!("Keep them: CREATE TABLE {kept} AS SELECT * FROM {view}; then {detach}. After the new attach: {again}.")
}

/// (store, discard)
// SQL: detach(text, boolean) void
#[pg_extern]
fn detach(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = text_argument(fcinfo, 0, "store")?;
    // SAFETY: SQL declares the second argument as boolean.
    let discards = unsafe { Arguments::of(fcinfo) }.datum(1).is_some_and(|discard| discard.value() != 0);
    Ok(with_settings(&[], || detach_store(&store, discards))?)
}
