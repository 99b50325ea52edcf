//! A store comes again: its schema was restored from a dump by a role that may not write `lifecycle.store`.

use pgrx::{pg_extern, pg_sys};
use serde_json::{Value, json};

use super::attach::{Entry, must_not_exist, place_all_triggers, read_nothing, register};
use super::audiences;
use super::catalog::{described, extension_schema, relation};
use super::check_settings::{check_conditions, check_overlap, check_values};
use super::configure::reading;
use super::has_rows;
use super::refresh_step::set;
use super::remake::grant_made;
use super::renames::{followed, shown};
use super::roles::{let_sender_in_again, role_exists};
use super::stored_settings::{check_owners, keep, keep_layout, kept, owner_of_store, table_of_settings};
use super::user_expression::add_expressions;
use super::watch_sources::mend_schema;
use super::{Attached, layout, must_be, text_argument};
use crate::domain::journey;
use crate::domain::store::people::{self, People};
use crate::domain::store::quote::ascii_literal;
use crate::domain::store::settings::{Settings, check_name};
use crate::domain::store::source::{Resolved, Sources, resolve};
use crate::domain::store::source_views::{CONSENTS_KEY_VIEW, CUSTOMERS_KEY_VIEW, RATES_KEY_VIEW};
use crate::domain::store::stored_settings::{Kept, TABLE};
use crate::domain::store::tables;
use crate::domain::store::{Key, Store, migrations, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{SEARCH_PATH, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, run_all, truth, value};

/// Refuses all but the owner of a schema in which a store left its settings, and reads them.
fn settings_of(name: &str) -> Result<Kept> {
    let missing = |what: &str| {
        Error::new(Kind::UndefinedObject, format!("{what} to restore store \"{}\" from", shorten(name)))
            .hint("Restore the schema from a dump first. lifecycle.attach makes a store.")
    };
    let Some(owner) = owner_of_store(name) else { return Err(missing("there is no schema")) };
    must_be(name, &owner)?;
    if table_of_settings(name).is_none() {
        return Err(missing(&format!("the schema has no table {TABLE}")));
    }
    check_owners(name)?;
    kept(name)?.ok_or_else(|| missing(&format!("there is no row in {TABLE}")))
}

/// Refuses a schema that lacks some of what a store has. Of another layout are the tables and views that it says it has; one from
/// before layouts may have others for people to read.
fn check_is_whole(store: &Store, kept: &Kept) -> Result<()> {
    let of_tables = tables::names().into_iter().chain(journey::tables::names()).chain(["source_orders"]);
    let of_sources = layout::views_of_sources();
    let names: Vec<&str> = match kept.layout {
        migrations::CURRENT => of_tables.chain(views::names(store)).collect(),
        _ => {
            let made = kept.made.iter().filter(|name| !name.contains('(') && !of_sources.contains(name));
            made.map(String::as_str).chain(["source_orders"]).collect()
        }
    };
    let last = |name: &str| layout::schemas_of(&store.name, name).pop();
    let names = names.iter().map(|&name| json!({"schema": last(name), "name": name}));
    let names = Value::from_iter(names).to_string();
    let missing = with_pinned_settings(|| rows(sql!((), "sql/missing_relations.sql"), &[Some(&names)]));
    let missing: Vec<String> = missing.into_iter().filter_map(|row| row.into_iter().next()?).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(Kind::NotReady, format!("the schemas of store \"{}\" are not whole", shorten(&store.name)))
        .detail(format!("They lack: {}.", missing.join(", ")))
        .hint("Restore both schemas from the dump; or drop them, and attach the store anew."))
}

/// The store as its settings say, with the relations that its views read.
fn as_it_was(name: &str, kept: &Kept) -> Result<Attached> {
    let settings = Settings::from_json(kept.settings.get())?;
    let unknown = || {
        Error::new(
            Kind::NotReady,
            format!("the key of store \"{}\" is of type {}", shorten(name), shorten(&kept.key_type)),
        )
        .hint("key_type in its table of settings must be bigint, integer, uuid or text.")
    };
    let key = Key::of_type(&kept.key_type).ok_or_else(unknown)?;
    let store = Store {
        name: name.to_owned(),
        extension: extension_schema(),
        key,
        settings,
        attributes: Vec::new(),
        people: People::default(),
    };
    check_is_whole(&store, kept)?;
    let [orders, events, customers, refunds, consents, rates] =
        shown(&store).map(|shown| shown.map(|shown| shown.relation));
    for (view, relation, is_needed) in [
        ("key_orders", &orders, true),
        ("key_events", &events, store.settings.events.is_some()),
        (CUSTOMERS_KEY_VIEW, &customers, store.settings.customers.is_some()),
        ("key_refunds", &refunds, store.settings.refunds.is_some()),
        (CONSENTS_KEY_VIEW, &consents, store.settings.consents.is_some()),
        (RATES_KEY_VIEW, &rates, store.settings.rates.is_some()),
    ] {
        if is_needed != relation.is_some() {
            return Err(Error::new(
                Kind::NotReady,
                format!("the views of store \"{}\" do not match its settings", shorten(name)),
            )
            .detail(format!("The first that differs is {}.", shorten(store.data(view).as_str())))
            .hint("Restore the relations that the store reads first, then its schema."));
        }
    }
    Ok(Attached {
        store,
        relations: [orders, customers, events],
        reader: kept.reader.clone(),
        made_reader: kept.made_reader,
        rebuild_due: true,
        refit_due: true,
        as_of: None,
        parts: Vec::new(),
        layout: kept.layout,
    })
}

/// Notes whether customers of the store were forgotten or merged.
pub fn note_people(store: &Store) {
    let [forgotten, merged] = [people::FORGOTTEN, people::ALIAS].map(|table| Some(truth(has_rows(&store.data(table)))));
    set(&store.name, "has_forgotten = $2::bool, has_merged = $3::bool", &[forgotten, merged]);
}

fn restore(name: &str) -> Result<()> {
    check_name(name)?;
    must_not_exist(name)?;
    let kept = settings_of(name)?;
    migrations::check_not_newer(name, kept.layout)?;
    let is_current = kept.layout == migrations::CURRENT;
    let attached = as_it_was(name, &kept)?;
    let followed = followed(&attached)?;
    let of = |oid: &Option<String>| oid.as_ref().map(|oid| described(oid)).transpose();
    let [orders, customers, events] = &attached.relations;
    let Some(orders) = of(orders)? else {
        return Err(Error::new(Kind::NotReady, format!("store \"{}\" has no orders", shorten(name))));
    };
    let refunds = followed.store.settings.refunds.as_ref().map(|name| relation("refunds", name)).transpose()?;
    let consents = followed.store.settings.consents.as_ref().map(|name| relation("consents", name)).transpose()?;
    let rates = followed.store.settings.rates.as_ref().map(|name| relation("rates", name)).transpose()?;
    let mut sources = Sources { orders, customers: of(customers)?, events: of(events)?, refunds, consents, rates };

    // The same checks as when it was attached; the attributes by the names that their columns have by now.
    let mut settings = followed.store.settings;
    let attributes = std::mem::replace(&mut settings.attributes, followed.attributes);
    check_values(&mut settings)?;
    add_expressions(&settings, &mut sources, &followed.conditions)?;
    let Resolved { mut settings, key, .. } = resolve(settings, &sources)?;
    settings.attributes = attributes;
    check_overlap(&settings, &sources)?;
    let store = Store { settings, ..attached.store };
    check_conditions(&reading(&store, &followed.conditions, |_| false).settings, &sources)?;
    let history = store.data("history");
    let is_of_key = "SELECT atttypid OPERATOR(pg_catalog.=) $2::pg_catalog.regtype::pg_catalog.oid FROM pg_catalog.pg_attribute
        WHERE attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)::pg_catalog.oid AND attname OPERATOR(pg_catalog.=) 'customer'";
    if key != store.key || !holds(is_of_key, &[Some(history.as_str()), Some(key.sql())]) {
        return Err(Error::new(Kind::NotReady, format!("the key of store \"{}\" has changed its type", shorten(name)))
            .detail(format!("The key was {}, and the columns are {} now.", store.key.name(), key.name()))
            .hint("Drop the schema, and attach the store anew; its log is lost."));
    }
    read_nothing(&store, &sources);

    // A role that is not the one that the settings name is not let in.
    let named = store.settings.reader_of(name);
    let reader = attached.reader.filter(|role| Some(role) == named.as_ref() && role_exists(role));
    match &reader {
        Some(role) if is_current => with_settings(&[SEARCH_PATH], || {
            run_all(&[views::grant(&store, role), audiences::grant(&store, role)].concat());
        }),
        Some(role) => {
            // The next refresh upgrades the store, and the role can then use what is new.
            let made = if kept.made.is_empty() { layout::made(&store) } else { kept.made.clone() };
            let of_sources = layout::views_of_sources();
            let for_people: Vec<String> = made.into_iter().filter(|name| !of_sources.contains(name)).collect();
            grant_made(name, &for_people, role);
        }
        None if kept.reader.is_some() => pgrx::notice!(
            "only you can read the views. When the reader role exists, run: SELECT lifecycle.configure({}, '{{\"reader\": \"...\"}}')",
            ascii_literal(name)
        ),
        None => {}
    }
    if is_current || kept.made.iter().any(|name| name == "journey_actions") {
        with_settings(&[SEARCH_PATH], || let_sender_in_again(&store));
    }
    let made_reader = attached.made_reader && reader.is_some();
    keep(&store, reader.as_deref(), made_reader);
    if is_current {
        keep_layout(&store);
    }
    let as_of = with_pinned_settings(|| value(sql!(&store, "sql/last_as_of.sql"), &[]));
    let entry = Entry {
        reader: reader.as_deref(),
        made_reader,
        layout: kept.layout,
        attached_at: Some(&kept.attached_at),
        as_of: as_of.as_deref(),
    };
    register(&store, &sources, &entry)?;
    if is_current {
        note_people(&store);
    }
    mend_schema(&store);
    place_all_triggers(&store, &sources);
    Ok(())
}

/// (store)
// SQL: restore_store(text) void
#[pg_extern]
fn restore_store(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(restore(&text_argument(fcinfo, 0, "store")?)?)
}
