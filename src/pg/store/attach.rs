//! Attaching a store.

use std::collections::BTreeMap;

use pgrx::{pg_extern, pg_sys};

use super::catalog::{extension_schema, relation};
use super::check_settings::{check_conditions, check_overlap, check_values};
use super::check_source::notice_findings;
use super::currency::settle_currency;
use super::roles::{Part, let_in};
use super::source_triggers::{parts_of, place_triggers, watched};
use super::stored_settings::{keep, keep_layout, table_of_settings};
use super::user_expression::{add_expressions, check_expressions, check_guests};
use super::watch_sources::notice_unlogged;
use super::{has_rows, text_argument};
use crate::domain::engagement::EventKind;
use crate::domain::journey;
use crate::domain::store::people::People;
use crate::domain::store::settings::{Settings, check_name};
use crate::domain::store::source::findings::missing_indexes;
use crate::domain::store::source::{Resolved, Sources, resolve};
use crate::domain::store::tables;
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, migrations, source_views, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::{SEARCH_PATH, as_extension, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, run, run_all, run_with, truth, value};
use crate::pg::ffi::text::jsonb_text;

/// The relations that settings name, as the caller's `search_path` finds them.
///
/// # Errors
/// As [`relation`].
pub fn sources(settings: &Settings) -> Result<Sources> {
    Ok(Sources {
        orders: relation("orders", &settings.orders)?,
        customers: settings.customers.as_ref().map(|name| relation("customers", name)).transpose()?,
        events: settings.events.as_ref().map(|name| relation("events", name)).transpose()?,
        refunds: settings.refunds.as_ref().map(|name| relation("refunds", name)).transpose()?,
        consents: settings.consents.as_ref().map(|name| relation("consents", name)).transpose()?,
        rates: settings.rates.as_ref().map(|name| relation("rates", name)).transpose()?,
    })
}

/// Makes the views of the sources, and reads no row from them: a caller who may not read them is refused.
pub fn make_source_views(store: &Store, sources: &Sources) -> Result<()> {
    // Under the caller's own search_path: the conditions are the caller's.
    run_all(&source_views::create(store, sources)?);
    read_nothing(store, sources);
    Ok(())
}

/// Reads from the views of the sources nothing, which is refused to a caller who may not read.
pub fn read_nothing(store: &Store, sources: &Sources) {
    with_settings(&[SEARCH_PATH], || {
        let read = |view: &str| run(sql!((), "sql/read_nothing.sql", table = store.data(view)));
        read("source_orders");
        if sources.events.is_some() {
            read("source_events");
            if has_rows(&store.data("key_events")) && !has_rows(&store.data("source_events")) {
                pgrx::notice!(
                    "no row of the table is an event of a known kind: {}",
                    EventKind::ALL.map(EventKind::label).join(", ")
                );
            }
        }
        if sources.refunds.is_some() {
            read("source_refunds");
        }
        if sources.customers.is_some() {
            read("source_customers");
        }
        if sources.consents.is_some() {
            read("source_consents");
        }
    });
}

/// Makes the triggers on all sources whose changes they note.
pub fn place_all_triggers(store: &Store, sources: &Sources) {
    for (source, relation) in [
        (Source::Orders, Some(&sources.orders)),
        (Source::Events, sources.events.as_ref()),
        (Source::Refunds, sources.refunds.as_ref()),
    ] {
        let Some(relation) = relation else { continue };
        let parts = watched(store, source, relation);
        place_triggers(store, source, relation, &parts, &[]);
        notice_unlogged(store, &parts_of(store, source, relation));
    }
    for index in missing_indexes(store, sources) {
        pgrx::notice!("{}", index.says());
    }
}

/// Refuses a name that a store has.
pub fn must_not_exist(name: &str) -> Result<()> {
    if holds("SELECT EXISTS (SELECT FROM lifecycle.store WHERE store OPERATOR(pg_catalog.=) $1)", &[Some(name)]) {
        return Err(Error::new(Kind::DuplicateObject, format!("store \"{}\" exists", shorten(name)))
            .hint("lifecycle.configure changes its settings, lifecycle.detach removes it."));
    }
    Ok(())
}

/// The row of a store in the table of all stores, besides what the store itself says.
pub struct Entry<'a> {
    /// The role that may read it.
    pub reader: Option<&'a str>,
    /// Whether the role was made for it.
    pub made_reader: bool,
    /// The number of its layout.
    pub layout: i32,
    /// When it was attached, if not now.
    pub attached_at: Option<&'a str>,
    /// The instant of its profiles, if it has any.
    pub as_of: Option<&'a str>,
}

/// Enters a store into the table of all stores, as the owner of that table: the caller owns the store.
pub fn register(store: &Store, sources: &Sources, entry: &Entry) -> Result<()> {
    let owner = value("SELECT current_user", &[]);
    let Some(kept_in) = table_of_settings(&store.name) else {
        return Err(Error::new(
            Kind::NotReady,
            format!("store \"{}\" has no table of its settings", shorten(&store.name)),
        ));
    };
    let arguments = [
        Some(store.name.as_str()),
        Some(&store.settings.to_json()),
        Some(store.key.name()),
        owner.as_deref(),
        Some(&sources.orders.oid),
        sources.customers.as_ref().map(|relation| relation.oid.as_str()),
        sources.events.as_ref().map(|relation| relation.oid.as_str()),
        entry.reader,
        Some(truth(entry.made_reader)),
        Some(&kept_in),
        Some(&entry.layout.to_string()),
        entry.attached_at,
        entry.as_of,
    ];
    as_extension(|| with_pinned_settings(|| run_with(sql!((), "sql/register_store.sql"), &arguments)));
    Ok(())
}

/// Attaches a store with settings as JSON.
///
/// # Errors
/// What is wrong with the name, the settings, or the relations that they name.
pub fn attach_store(name: &str, json: &str) -> Result<()> {
    check_name(name)?;
    must_not_exist(name)?;
    let mut settings = Settings::from_json(json)?;
    check_values(&mut settings)?;
    let mut sources = sources(&settings)?;
    add_expressions(&settings, &mut sources, &BTreeMap::new())?;
    let Resolved { mut settings, key, attributes } = resolve(settings, &sources)?;
    check_overlap(&settings, &sources)?;
    check_conditions(&settings, &sources)?;
    check_expressions(&settings, &sources)?;
    let status = settings.status.clone();
    settle_currency(&mut settings, &sources, status.as_deref())?;
    // An owner that names the reader, or wants none, has no sender made unasked either.
    if settings.reader.is_some() && settings.sender.is_none() {
        settings.sender = Some(String::new());
    }
    let store = Store {
        name: name.to_owned(),
        extension: extension_schema(),
        key,
        settings,
        attributes,
        people: People::default(),
    };
    check_guests(&store, &sources.orders);

    with_settings(&[SEARCH_PATH], || {
        run_all(&tables::create(&store));
        run_all(&journey::tables::create(&store));
    });
    make_source_views(&store, &sources)?;
    let (reader, made_reader) = with_settings(&[SEARCH_PATH], || {
        run_all(&views::create(&store));
        let_in(Part::Sender, &store)?;
        let_in(Part::Reader, &store)
    })?;
    keep(&store, reader.as_deref(), made_reader);
    keep_layout(&store);
    let entry =
        Entry { reader: reader.as_deref(), made_reader, layout: migrations::CURRENT, attached_at: None, as_of: None };
    register(&store, &sources, &entry)?;
    notice_findings(&store, &sources)?;
    // Last, because from here on the table is locked against writers until the end of the transaction.
    place_all_triggers(&store, &sources);
    Ok(())
}

/// The text of a JSON argument; NULL is refused by name.
pub fn json_argument(fcinfo: pg_sys::FunctionCallInfo, number: usize, name: &str) -> Result<String> {
    // SAFETY: SQL declares the argument as jsonb.
    unsafe {
        let arguments = Arguments::of(fcinfo);
        arguments.not_null(number, name)?;
        Ok(arguments.datum(number).and_then(|json| jsonb_text(json)).unwrap_or_default())
    }
}

/// (store, settings)
// SQL: attach(text, jsonb) void
#[pg_extern]
fn attach(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, settings) = (text_argument(fcinfo, 0, "store")?, json_argument(fcinfo, 1, "settings")?);
    Ok(with_settings(&[], || attach_store(&store, &settings))?)
}
