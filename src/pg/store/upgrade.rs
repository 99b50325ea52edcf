//! A store is brought to the layout of this library: its tables by the migrations, its views and functions by making them anew.

use pgrx::{pg_extern, pg_sys};

use super::audiences;
use super::catalog::{described, relation};
use super::configure::reading;
use super::refresh_step::set;
use super::remake::{drop_made, without_cascade};
use super::renames::{Followed, followed};
use super::roles::role_exists;
use super::stored_settings::{keep, keep_layout, made_of};
use super::user_expression::add_expressions;
use super::{Attached, layout, lock, lock_of_older_layout, must_exist, must_own, text_argument};
use crate::domain::store::renames::{rename_attributes_of_tables, renamed_attributes, with_attributes};
use crate::domain::store::source::Sources;
use crate::domain::store::{feed, migrations, source_views, views};
use crate::domain::support::error::Result;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, with_settings};
use crate::pg::ffi::spi::{run, run_all};

/// A store, locked for its owner as by [`lock`], which has the layout of this library: one of an older layout is upgraded.
///
/// # Errors
/// Those of [`lock`], and `Kind::Dependent` if something of the caller's depends on what is made anew.
pub fn lock_upgraded(name: &str) -> Result<Attached> {
    let attached = lock_of_older_layout(name)?;
    if attached.layout == migrations::CURRENT {
        return Ok(attached);
    }
    upgrade(&attached)?;
    lock(name)
}

/// The relations that a store reads; None if one of them is gone, or a view that knows what the store reads of it.
fn sources(attached: &Attached, has_conditions: bool, followed: &Followed) -> Option<Sources> {
    let [orders, customers, events] = &attached.relations;
    if !has_conditions {
        return None;
    }
    let mut sources = Sources {
        orders: described(orders.as_ref()?).ok()?,
        customers: customers.as_ref().map(|oid| described(oid)).transpose().ok()?,
        events: events.as_ref().map(|oid| described(oid)).transpose().ok()?,
        refunds: attached.store.settings.refunds.as_ref().map(|name| relation("refunds", name)).transpose().ok()?,
        consents: attached.store.settings.consents.as_ref().map(|name| relation("consents", name)).transpose().ok()?,
        rates: attached.store.settings.rates.as_ref().map(|name| relation("rates", name)).transpose().ok()?,
    };
    add_expressions(&followed.store.settings, &mut sources, &followed.conditions).ok()?;
    Some(sources)
}

fn upgrade(attached: &Attached) -> Result<()> {
    let name = &attached.store.name;
    layout::lock_for_upgrade(&attached.store);
    let followed = followed(attached)?;
    // Columns of the sources may have been renamed. The views are made with the new names, and attributes take theirs, by which
    // the tables and views of the store are called too; all else is followed by the next refresh.
    let reads = with_attributes(&followed.store, &followed.attributes);
    let mut store = with_attributes(&attached.store, &followed.attributes);
    store.settings.attributes.clone_from(&followed.attributes);
    let has_conditions = attached
        .store
        .settings
        .conditions()
        .into_iter()
        .all(|(setting, condition)| condition.is_none() || followed.conditions.contains_key(setting));
    let sources = sources(attached, has_conditions, &followed);

    let mut names = made_of(&attached.store)?;
    let of_sources = layout::views_of_sources();
    if sources.is_none() {
        // They stay as they are: lifecycle.configure makes them anew, once it is told what to read.
        names.retain(|name| !of_sources.contains(name));
    }
    let dropped = drop_made(name, &names)?;
    let migrations = || migrations::since(attached.layout);
    with_settings(&[SEARCH_PATH, NO_NOTICES], || -> Result<()> {
        without_cascade(|| {
            run_all(&rename_attributes_of_tables(&attached.store, &store));
            audiences::rename_columns(&store, &renamed_attributes(&attached.store, &store));
            for migration in migrations() {
                run_all(&(migration.statements)(&store));
            }
        });
        if let Some(sources) = &sources {
            // All names in the conditions are qualified.
            let reads = reading(&reads, &followed.conditions, |_| false);
            run_all(&source_views::create(&reads, sources)?);
        }
        run_all(&views::create(&store));
        audiences::create_views(&store);
        run(feed::reshape(&store));
        if let Some(reader) = attached.reader.as_ref().filter(|role| role_exists(role)) {
            run_all(&[views::grant(&store, reader), audiences::grant(&store, reader)].concat());
        }
        Ok(())
    })?;
    dropped.restore();

    keep(&store, attached.reader.as_deref(), attached.made_reader);
    keep_layout(&store);
    let sql = |yes: bool| Some(if yes { "true" } else { "false" });
    set(
        name,
        "layout = $2::int4, settings = $3::jsonb, rebuild_due = rebuild_due OR $4::bool, refit_due = refit_due OR $5::bool",
        &[
            Some(&migrations::CURRENT.to_string()),
            Some(&store.settings.to_json()),
            sql(migrations().any(|migration| migration.rebuilds)),
            sql(migrations().any(|migration| migration.refits)),
        ],
    );
    Ok(())
}

/// (store)
// SQL: upgrade_store(text) boolean
#[pg_extern]
fn upgrade_store(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let name = text_argument(fcinfo, 0, "store")?;
    must_exist(&name)?;
    must_own(&name)?;
    let attached = lock_of_older_layout(&name)?;
    if attached.layout == migrations::CURRENT {
        return Ok(false);
    }
    upgrade(&attached)?;
    Ok(true)
}
