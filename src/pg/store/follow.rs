//! Tables that were replaced by others of the same name, as tools that build tables anew replace them: a refresh takes up the new one.

use serde_json::json;

use super::configure::configure_store;
use super::refresh_step::set;
use super::renames::relation_read_by;
use super::{Attached, lock};
use crate::domain::store::quote::select_call;
use crate::domain::store::settings::{Follow, Settings};
use crate::domain::store::source_views::{CONSENTS_KEY_VIEW, RATES_KEY_VIEW};
use crate::domain::store::tables::Source;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::pg::ffi::session::{SEARCH_PATH, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, value};

/// The settings that name a relation, in the order of the owners that a store remembers.
pub const RELATIONS: [&str; 6] = ["orders", "customers", "events", "refunds", "consents", "rates"];

/// The names that settings say, each with its setting.
fn named(settings: &Settings) -> [(&'static str, Option<&String>); 3] {
    [
        ("orders", Some(&settings.orders)),
        ("customers", settings.customers.as_ref()),
        ("events", settings.events.as_ref()),
    ]
}

/// Has a store read the relations that have the names of its settings by now, where others have taken the place of those that it was
/// attached to. Not one that has let go of its tables.
///
/// # Errors
/// [`Kind::NotReady`] if the new one has another owner, and what [`configure_store`] refuses, such as a column that is not there any more.
pub fn take_up_replaced(name: &str) -> Result<()> {
    let attached = lock(name)?;
    let settings = &attached.store.settings;
    let let_go = || with_settings(&[SEARCH_PATH], || holds(sql!(attached.store, "sql/sources_are_let_go.sql"), &[]));
    if settings.follow == Follow::Oid || let_go() {
        return Ok(());
    }
    let mut change = serde_json::Map::new();
    for ((setting, called), oid) in named(settings).into_iter().zip(&attached.relations) {
        let (Some(called), Some(oid)) = (called, oid) else { continue };
        let now = with_settings(&[SEARCH_PATH], || {
            value("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.text", &[Some(called)])
        });
        let Some(now) = now.filter(|now| now != oid) else { continue };
        check_owner(&attached, setting, called, oid, &now)?;
        change.insert(setting.to_owned(), json!(called));
        pgrx::notice!(
            "store \"{}\": {setting} is another table by now, {}, which is read whole",
            shorten(name),
            shorten(called)
        );
    }
    for (setting, called, view) in [
        ("refunds", settings.refunds.as_ref(), "source_refunds"),
        ("rates", settings.rates.as_ref(), "source_orders"),
        ("consents", settings.consents.as_ref(), "source_consents"),
    ] {
        let Some(called) = called else { continue };
        let is_read = with_settings(&[SEARCH_PATH], || {
            let view = attached.store.data(view);
            rows(sql!((), "sql/is_read_by_view.sql"), &[Some(called), Some(view.as_str())])
        });
        let row = is_read.into_iter().next().unwrap_or_default();
        let Ok([Some(oid), Some(is_read)]) = <[Option<String>; 2]>::try_from(row) else { continue };
        if is_read == "f" {
            check_owner(&attached, setting, called, "0", &oid)?;
            change.insert(setting.to_owned(), json!(called));
            pgrx::notice!("store \"{}\": {setting} is another table by now, {}", shorten(name), shorten(called));
        }
    }
    if change.is_empty() {
        return Ok(());
    }
    // How changes are found stays as it was.
    for (relation, setting, changes) in
        [("orders", "changes", settings.changes), ("events", "event_changes", settings.event_changes)]
    {
        if let (true, Some(changes)) = (change.contains_key(relation), changes) {
            change.insert(setting.to_owned(), json!(changes.name()));
        }
    }
    configure_store(name, &serde_json::Value::Object(change).to_string())
}

/// Refuses a relation that has another owner than the one whose place it has taken.
fn check_owner(attached: &Attached, setting: &str, called: &str, oid: &str, now: &str) -> Result<()> {
    let owner = |oid: &str| {
        value(
            "SELECT pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text FROM pg_catalog.pg_class AS c
            WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid",
            &[Some(oid)],
        )
    };
    let name = &attached.store.name;
    let known = || {
        let known =
            with_pinned_settings(|| rows("SELECT unnest(owners) FROM lifecycle.store WHERE store = $1", &[Some(name)]));
        let place = RELATIONS.iter().position(|other| *other == setting)?;
        known.into_iter().nth(place)?.into_iter().next()?
    };
    let (before, after) = (owner(oid).or_else(known), owner(now));
    // Where nothing is known of the owner before, only the store's own relations will do. To have the rights of another role is not
    // enough: a superuser has those of all.
    let expected = before.clone().or_else(|| value("SELECT current_user", &[]));
    if expected == after {
        return Ok(());
    }
    let shown =
        |owner: Option<String>| owner.map_or("not known".to_owned(), |owner| format!("\"{}\"", shorten(&owner)));
    Err(Error::new(
        Kind::NotReady,
        format!(
            "store \"{}\": {setting} is another table by now, {}, of another owner",
            shorten(name),
            shorten(called)
        ),
    )
    .detail(format!("The owner of the table before is {}, and that of the new one is {}.", shown(before), shown(after)))
    .hint(format!(
        "To read it nevertheless: {}.",
        select_call("lifecycle.configure", &[&shorten(name), &json!({ setting: called }).to_string()])
    )))
}

/// Remembers the owners of the relations that a store reads.
pub fn remember_owners(attached: &Attached) {
    let of_views = [Source::Refunds.key_view(), CONSENTS_KEY_VIEW, RATES_KEY_VIEW];
    let of_views = of_views.map(|view| relation_read_by(&attached.store, view));
    let oids = attached.relations.iter().chain(&of_views);
    let oids = oids.map(|oid| oid.clone().unwrap_or_else(|| "0".to_owned()));
    let oids = format!("{{{}}}", oids.collect::<Vec<_>>().join(","));
    let owners = value(
        "SELECT pg_catalog.array_agg(pg_catalog.pg_get_userbyid(c.relowner) ORDER BY u.place)::pg_catalog.text
        FROM pg_catalog.unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS u (oid, place)
            LEFT JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) u.oid",
        &[Some(&oids)],
    );
    set(&attached.store.name, "owners = $2::name[]", &[owners.as_deref()]);
}
