//! Attaching a store, changing its settings, and detaching it.

use std::collections::BTreeMap;

use pgrx::{pg_extern, pg_sys};

use super::catalog::{described, extension_schema, relation};
use super::followed::followed;
use super::kept::{
    attached_by_caller, check_agrees, check_is_the_stores, check_owners, keep, keep_layout, made_of, owner_of_schema,
    table_of_settings,
};
use super::remake::{drop_made, without_cascade};
use super::roles::{Part, drop_role, drop_sender, let_in, may_send, revoke_sending, revoke_views, role_exists};
use super::schedule::unschedule_quietly;
use super::source_triggers::{drop_all_triggers, lock_triggered, parts_of, place_triggers, watched};
use super::upgrade::lock_upgraded;
use super::user_condition::{check_depends_on_row, check_is_expression, naming};
use super::watch_sources::notice_unlogged;
use super::{layout, lock_whatever_it_is, must_be, must_exist, must_own, text_argument};
use crate::domain::engagement::EventKind;
use crate::domain::journey;
use crate::domain::store::followed::{rename_attributes, with_attributes};
use crate::domain::store::quote::literal;
use crate::domain::store::settings::{Settings, check_name};
use crate::domain::store::source::{Relation, Resolved, Sources, resolve};
use crate::domain::store::tables;
use crate::domain::store::tables::Source;
use crate::domain::store::{Store, migrations, source_views, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::zone_names::nearest_zones;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::named_zone::{must_serve_as_time_zone, named_zone};
use crate::pg::ffi::session::{NO_NOTICES, SEARCH_PATH, as_extension, with_pinned_settings, with_settings};
use crate::pg::ffi::spi::{holds, rows, run, run_all, run_with, value};
use crate::pg::ffi::text::{bytes_in_database, jsonb_text};

// ---- attaching ------------------------------------------------------------------------------------------------------

fn sources(settings: &Settings) -> Result<Sources> {
    Ok(Sources {
        orders: relation("orders", &settings.orders)?,
        customers: settings.customers.as_ref().map(|name| relation("customers", name)).transpose()?,
        events: settings.events.as_ref().map(|name| relation("events", name)).transpose()?,
    })
}

/// Checks what only the server knows: zones, intervals, grids. An interval that is none is the server's own error.
pub fn check_values(settings: &mut Settings) -> Result<()> {
    let zone = settings.time_zone.get_or_insert_with(|| {
        value("SELECT pg_catalog.current_setting('TimeZone')", &[]).unwrap_or_else(|| "UTC".to_owned())
    });
    must_be_zone(zone)?;
    naming("time_zone", zone, "\nSELECT name FROM pg_timezone_names shows those that the server knows.", || {
        value("SELECT pg_catalog.timezone($1, pg_catalog.now())::pg_catalog.text", &[Some(zone)]);
        // What runs for the store runs in its zone, and not every name that the function takes is one: MSK is an abbreviation only.
        must_serve_as_time_zone(zone)
    })?;

    for (name, interval, may_be_nothing) in [
        ("refit", &settings.refit, true),
        ("horizon", &settings.horizon, false),
        ("reconcile", &settings.reconcile, true),
    ] {
        let least = if may_be_nothing { ">=" } else { ">" };
        let fits = format!(
            "SELECT pg_catalog.now() OPERATOR(pg_catalog.+) $1::pg_catalog.interval OPERATOR(pg_catalog.<) '5000-01-01'::pg_catalog.timestamptz
                AND pg_catalog.now() OPERATOR(pg_catalog.+) $1::pg_catalog.interval OPERATOR(pg_catalog.{least}) pg_catalog.now()"
        );
        if !naming(name, interval, "", || holds(&fits, &[Some(interval)])) {
            let range = if may_be_nothing {
                "must not be negative, nor lead beyond the year 5000"
            } else {
                "must be positive, and not lead beyond the year 5000"
            };
            return Err(Error::new(Kind::InvalidParameter, format!("{name} {range}, and is {}", shorten(interval))));
        }
    }
    if value("SELECT grid FROM lifecycle.segment_grid WHERE grid OPERATOR(pg_catalog.=) $1", &[Some(&settings.grid)])
        .is_none()
    {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("segment grid \"{}\" does not exist", shorten(&settings.grid)),
        )
        .hint("SELECT grid, description FROM lifecycle.segment_grid shows those that do."));
    }
    for (setting, condition) in [("status", &settings.status), ("event_status", &settings.event_status)] {
        if let Some(condition) = condition {
            check_is_expression(setting, condition)?;
        }
    }
    Ok(())
}

/// Refuses what is the name of no zone, with the zones that were probably meant: those of a city, or those that an abbreviation
/// stands for. What else does not serve is the server's own error.
fn must_be_zone(zone: &str) -> Result<()> {
    if named_zone(&bytes_in_database(zone)).is_some_and(|named| named.is_zone) || zone.trim().parse::<f64>().is_ok() {
        return Ok(());
    }
    // The view reads a file for each name, so it is asked only here.
    let names = rows("SELECT name, abbrev FROM pg_catalog.pg_timezone_names ORDER BY 1", &[]);
    let names: Vec<[String; 2]> = names
        .into_iter()
        .filter_map(|row| <[Option<String>; 2]>::try_from(row).ok())
        .map(|row| row.map(Option::unwrap_or_default))
        .collect();
    let of_abbreviation = |[name, abbreviation]: &&[String; 2]| {
        abbreviation.eq_ignore_ascii_case(zone.trim()) && name.contains('/') && !name.starts_with("posix/")
    };
    let mut near: Vec<&str> = names.iter().filter(of_abbreviation).map(|[name, _]| name.as_str()).take(3).collect();
    if near.is_empty() {
        near = nearest_zones(zone, &names.iter().map(|[name, _]| name.as_str()).collect::<Vec<_>>());
    }
    let error =
        Error::new(Kind::InvalidParameter, format!("time_zone: \"{}\" is not the name of a time zone", shorten(zone)));
    let all = "SELECT name FROM pg_timezone_names shows all names.";
    Err(if near.is_empty() {
        error.hint(format!("Write a name such as Europe/London. {all}"))
    } else {
        error.hint(format!("Perhaps you meant {}. {all}", near.join(" or ")))
    })
}

/// Checks how far back a growing column is read again, against the type of the column.
pub fn check_overlap(settings: &Settings, sources: &Sources) -> Result<()> {
    let Some(overlap) = &settings.overlap else { return Ok(()) };
    for (relation, column) in
        [(Some(&sources.orders), &settings.changed_at), (sources.events.as_ref(), &settings.event_changed_at)]
    {
        let (Some(relation), Some(column)) = (relation, column) else { continue };
        let base_type = &relation.column("changed_at", column)?.base_type;
        let fits = if base_type.starts_with("timestamp") || base_type == "date" {
            "SELECT $1::pg_catalog.interval OPERATOR(pg_catalog.>=) '0'::pg_catalog.interval"
        } else {
            "SELECT $1::pg_catalog.numeric OPERATOR(pg_catalog.>=) 0"
        };
        if !naming("overlap", overlap, "", || holds(fits, &[Some(overlap)])) {
            return Err(Error::new(
                Kind::InvalidParameter,
                format!("overlap must not be negative, and is {}", shorten(overlap)),
            ));
        }
    }
    Ok(())
}

/// The conditions, now that the relations are known: names in them are the server's to find, its errors included.
pub fn check_conditions(settings: &Settings, sources: &Sources) -> Result<()> {
    for (setting, condition, relation, changes) in [
        ("status", &settings.status, Some(&sources.orders), settings.changes),
        ("event_status", &settings.event_status, sources.events.as_ref(), settings.event_changes),
    ] {
        if let (Some(condition), Some(relation), Some(changes)) = (condition, relation, changes) {
            check_depends_on_row(setting, condition, relation, changes)?;
        }
    }
    Ok(())
}

/// Makes the views of the sources, and reads no row from them: a caller who may not read them is refused.
fn make_source_views(store: &Store, sources: &Sources) -> Result<()> {
    // Under the caller's own search_path: the conditions are the caller's.
    run_all(&source_views::create(store, sources)?);
    read_nothing(store, sources);
    Ok(())
}

/// Reads from the views of the sources nothing, which is refused to a caller who may not read.
pub fn read_nothing(store: &Store, sources: &Sources) {
    with_settings(&[SEARCH_PATH], || {
        run(&format!("SELECT FROM {} LIMIT 0", store.data("source_orders")));
        if sources.events.is_some() {
            run(&format!("SELECT FROM {} LIMIT 0", store.data("source_events")));
            let exists = |view: &str| holds(&format!("SELECT EXISTS (SELECT FROM {})", store.data(view)), &[]);
            if exists("key_events") && !exists("source_events") {
                pgrx::notice!(
                    "no row of the table is an event of a known kind: {}",
                    EventKind::ALL.map(EventKind::label).join(", ")
                );
            }
        }
        if sources.customers.is_some() {
            run(&format!("SELECT FROM {} LIMIT 0", store.data("source_customers")));
        }
    });
}

fn notice_missing_index(store: &Store, source: Source, relation: &Relation) {
    let column = match source {
        Source::Orders => &store.settings.customer,
        Source::Events => store.settings.event_customer.as_ref().unwrap_or(&store.settings.customer),
    };
    if (relation.kind == "r" || relation.kind == "p") && !relation.indexed.contains(column) {
        pgrx::notice!(
            "no index of {} begins with \"{}\": every refresh will read the whole table",
            relation.shown(),
            shorten(column)
        );
    }
}

pub fn place_all_triggers(store: &Store, sources: &Sources) {
    for (source, relation) in [(Source::Orders, Some(&sources.orders)), (Source::Events, sources.events.as_ref())] {
        let Some(relation) = relation else { continue };
        let parts = watched(store, source, relation);
        place_triggers(store, source, relation, &parts, &[]);
        if !parts.is_empty() {
            notice_missing_index(store, source, relation);
        }
        notice_unlogged(store, &parts_of(store, source, relation));
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

/// Enters a store into the table of all stores, as the owner of that table: the caller owns the store. `further` are columns beside
/// those that every store has, and their values as SQL reads them.
pub fn register(
    store: &Store,
    sources: &Sources,
    reader: Option<&str>,
    made_reader: bool,
    further: &[(&str, &str)],
) -> Result<()> {
    let owner = value("SELECT current_user", &[]);
    let Some(kept_in) = table_of_settings(&store.name) else {
        return Err(Error::new(
            Kind::NotReady,
            format!("store \"{}\" has no table of its settings", shorten(&store.name)),
        ));
    };
    let columns: String = further.iter().map(|(column, _)| format!(", {column}")).collect();
    let values: String = further.iter().map(|(_, value)| format!(", {}", literal(value))).collect();
    as_extension(|| {
        run_with(
            &format!(
                "INSERT INTO lifecycle.store
                    (store, settings, key_type, owner, orders, customers, events, reader, made_reader, kept_in{columns})
                VALUES ($1, $2::pg_catalog.jsonb, $3, $4, $5::pg_catalog.oid, $6::pg_catalog.oid, $7::pg_catalog.oid, $8,
                    $9::pg_catalog.bool, $10::pg_catalog.oid{values})"
            ),
            &[
                Some(&store.name),
                Some(&store.settings.to_json()),
                Some(store.key.name()),
                owner.as_deref(),
                Some(&sources.orders.oid),
                sources.customers.as_ref().map(|relation| relation.oid.as_str()),
                sources.events.as_ref().map(|relation| relation.oid.as_str()),
                reader,
                Some(if made_reader { "true" } else { "false" }),
                Some(&kept_in),
            ],
        )
    });
    Ok(())
}

fn attach_store(name: &str, json: &str) -> Result<()> {
    check_name(name)?;
    must_not_exist(name)?;
    let mut settings = Settings::from_json(json)?;
    check_values(&mut settings)?;
    let sources = sources(&settings)?;
    let Resolved { mut settings, key, attributes } = resolve(settings, &sources)?;
    check_overlap(&settings, &sources)?;
    check_conditions(&settings, &sources)?;
    // An owner that names the reader, or wants none, has no sender made unasked either.
    if settings.reader.is_some() && settings.sender.is_none() {
        settings.sender = Some(String::new());
    }
    let store = Store { name: name.to_owned(), extension: extension_schema(), key, settings, attributes };

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
    let layout = migrations::CURRENT.to_string();
    register(&store, &sources, reader.as_deref(), made_reader, &[("layout", &layout)])?;
    // Last, because from here on the table is locked against writers until the end of the transaction.
    place_all_triggers(&store, &sources);
    Ok(())
}

// ---- changing and detaching -----------------------------------------------------------------------------------------

/// A store as its settings make it read its sources: with the conditions that did not change as the server has written them down, so
/// that names in them stay what they were looked up to be, whatever was renamed and whatever the search_path finds by now.
pub fn reading(store: &Store, conditions: &BTreeMap<String, String>, changes: impl Fn(&str) -> bool) -> Store {
    let mut reading = store.clone();
    for (setting, relation) in [("status", "orders"), ("event_status", "events")] {
        if let Some(condition) = conditions.get(setting).filter(|_| !changes(setting) && !changes(relation)) {
            reading.settings.follow(setting, condition);
        }
    }
    reading
}

fn configure_store(name: &str, json: &str) -> Result<()> {
    must_exist(name)?;
    must_own(name)?;
    let attached = lock_upgraded(name)?;
    let followed = followed(&attached)?;
    let changes = |setting: &str| attached.store.settings.changes_setting(json, setting);
    // Attributes that are named anew, or are those of another table, come and go by their names; else they are called otherwise.
    let keeps_attributes = !["attributes", "customers", "orders"].iter().any(|setting| changes(setting));
    let renamed = followed.attributes != attached.store.settings.attributes;
    let mut before = followed.store;
    let mut now = before.settings.clone();
    now.attributes.clone_from(&followed.attributes);
    let mut settings = now.changed(json)?;
    check_values(&mut settings)?;
    // What is not changed stays the relation that it is, whatever it is called by now, and whatever the search_path finds.
    let kept = |setting: &str, name: &str, oid: &Option<String>| match oid {
        Some(oid) if !changes(setting) => described(oid),
        _ => relation(setting, name),
    };
    let [orders, customers, events] = &attached.relations;
    let sources = Sources {
        orders: kept("orders", &settings.orders, orders)?,
        customers: settings.customers.as_ref().map(|name| kept("customers", name, customers)).transpose()?,
        events: settings.events.as_ref().map(|name| kept("events", name, events)).transpose()?,
    };
    let Resolved { settings, key, attributes } = resolve(settings, &sources)?;
    if key != before.key {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("the key of store \"{}\" cannot change its type", shorten(name)),
        )
        .detail(format!("The key is {}, and would become {}.", before.key.name(), key.name()))
        .hint("Detach the store and attach it again; its log is lost."));
    }
    let after = Store { settings, attributes, key, name: before.name.clone(), extension: before.extension.clone() };
    let reads = reading(&after, &followed.conditions, changes);
    check_overlap(&after.settings, &sources)?;
    let same_relations = attached.relations
        == [
            Some(sources.orders.oid.clone()),
            sources.customers.as_ref().map(|relation| relation.oid.clone()),
            sources.events.as_ref().map(|relation| relation.oid.clone()),
        ];
    if !same_relations || before.settings.reads_otherwise(&after.settings) {
        // Before anything is read, which would lock the tables more weakly: two sessions that then want the stronger lock wait for
        // each other.
        lock_triggered(&before);
    }
    check_conditions(&reads.settings, &sources)?;

    let called = with_attributes(&before, &followed.attributes);
    let rename = if renamed && keeps_attributes { rename_attributes(&before, &called) } else { None };
    let attributes_change = renamed && rename.is_none();
    if let Some(statements) = rename {
        with_settings(&[SEARCH_PATH, NO_NOTICES], || run_all(&statements));
        before = called;
    }
    // A column whose type changes is made anew too.
    let views_change = views::create(&before) != views::create(&after) || before.attributes != after.attributes;
    let asks_for_reader = changes("reader");
    // A view of a source that is gone was dropped with what it read.
    let has_views =
        holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(after.data(Source::Orders.view()).as_str())]);
    let sources_change =
        !has_views || !same_relations || attributes_change || before.settings.reads_otherwise(&after.settings);
    let fits_change =
        before.settings.model != after.settings.model || before.settings.grid != after.settings.grid || sources_change;

    if sources_change {
        lock_triggered(&before);
    }
    let mut names = if views_change { layout::views_for_people(&before) } else { Vec::new() };
    if sources_change {
        names.extend(layout::views_of_sources());
    }
    let dropped = drop_made(name, &names)?;
    if sources_change {
        with_settings(&[SEARCH_PATH, NO_NOTICES], || {
            without_cascade(|| run_all(&tables::change_attributes(&before, &after)));
        });
    }
    if sources_change {
        make_source_views(&reads, &sources)?;
        run(&format!("DELETE FROM {}", after.data("watermark")));
    }
    let triggers_change = sources_change || !followed.keys.is_empty();
    if triggers_change {
        drop_all_triggers(&before);
        place_all_triggers(&after, &sources);
    }
    let (reader, made_reader) = with_settings(&[SEARCH_PATH], || {
        if views_change {
            run_all(&views::create(&after));
            if let Some(reader) = attached.reader.as_ref().filter(|role| role_exists(role)) {
                run_all(&views::grant(&after, reader));
            }
        }
        dropped.restore();
        let other_sender = before.settings.sender != after.settings.sender;
        if other_sender {
            revoke_sending(&before);
        }
        if other_sender || changes("sender") && !may_send(&after) {
            let_in(Part::Sender, &after)?;
        }
        if before.settings.reader == after.settings.reader && (attached.reader.is_some() || !asks_for_reader) {
            return Ok((attached.reader.clone(), attached.made_reader));
        }
        if let Some(reader) = &attached.reader {
            revoke_views(&after, reader);
            if attached.made_reader {
                drop_role(reader);
            }
        }
        let_in(Part::Reader, &after)
    })?;
    keep(&after, reader.as_deref(), made_reader);
    keep_layout(&after);
    as_extension(|| {
        run_with(
            "UPDATE lifecycle.store SET settings = $2::pg_catalog.jsonb, orders = $3::pg_catalog.oid,
                customers = $4::pg_catalog.oid, events = $5::pg_catalog.oid, reader = $6, made_reader = $7::pg_catalog.bool,
                rebuild_due = rebuild_due OR $8::pg_catalog.bool, refit_due = refit_due OR $9::pg_catalog.bool
            WHERE store OPERATOR(pg_catalog.=) $1",
            &[
                Some(name),
                Some(&after.settings.to_json()),
                Some(&sources.orders.oid),
                sources.customers.as_ref().map(|relation| relation.oid.as_str()),
                sources.events.as_ref().map(|relation| relation.oid.as_str()),
                reader.as_deref(),
                Some(if made_reader { "true" } else { "false" }),
                Some(if triggers_change { "true" } else { "false" }),
                Some(if fits_change { "true" } else { "false" }),
            ],
        )
    });
    Ok(())
}

/// Whether the schema of a store goes with it: the caller owns it, and it is the store's. A schema that is not the store's any more is
/// left as it is; then its owner, the role that attached the store, and superusers may remove the rest.
fn takes_schema(name: &str) -> Result<bool> {
    if let Some(owner) = owner_of_schema(name) {
        let is_owner = must_be(name, &owner);
        if check_is_the_stores(name).is_ok() {
            is_owner?;
            return Ok(check_owners(name).is_ok());
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
    let relations = with_pinned_settings(|| {
        rows(
            "SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, string_agg(format('%I.%I', $1, c.relname), ', ')
            FROM pg_class AS c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind IN ('r', 'S')
                AND c.relname::text IN (SELECT json_array_elements_text($2::json)) GROUP BY 1 ORDER BY 1 DESC",
            &[Some(&store.name), Some(&made)],
        )
    });
    with_settings(&[SEARCH_PATH, NO_NOTICES], || {
        without_cascade(|| {
            for row in relations {
                // All at once: they may refer to each other.
                run(&format!("DROP {}", row.into_iter().flatten().collect::<Vec<_>>().join(" ")));
            }
        });
    });
    Ok(())
}

fn detach_store(name: &str) -> Result<()> {
    must_exist(name)?;
    let takes_schema = takes_schema(name)?;
    let attached = lock_whatever_it_is(name)?;
    let differs = if takes_schema { check_agrees(name).err() } else { None };
    let takes_schema = takes_schema && differs.is_none();
    if !takes_schema && owner_of_schema(name).is_some() {
        let why = match check_is_the_stores(name).and_then(|()| check_owners(name)).err().or(differs) {
            Some(error) => error.message,
            None => "it no longer belongs to the store".to_owned(),
        };
        pgrx::notice!("the schema \"{}\" is left as it is: {why}", shorten(name));
    }
    let store = &attached.store;
    drop_all_triggers(store);
    unschedule_quietly(name)?;
    if takes_schema {
        if attached.layout != migrations::CURRENT {
            drop_other_layout(store)?;
        }
        with_settings(&[SEARCH_PATH, NO_NOTICES], || {
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
    as_extension(|| run_with("DELETE FROM lifecycle.store WHERE store OPERATOR(pg_catalog.=) $1", &[Some(name)]));
    Ok(())
}

// ---- as SQL calls them ----------------------------------------------------------------------------------------------

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

/// (store, settings)
// SQL: configure(text, jsonb) void
#[pg_extern]
fn configure(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let (store, settings) = (text_argument(fcinfo, 0, "store")?, json_argument(fcinfo, 1, "settings")?);
    Ok(with_settings(&[], || configure_store(&store, &settings))?)
}

/// (store)
// SQL: detach(text) void
#[pg_extern]
fn detach(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = text_argument(fcinfo, 0, "store")?;
    Ok(with_settings(&[], || detach_store(&store))?)
}
