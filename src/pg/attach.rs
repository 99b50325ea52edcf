//! Attaching a store, changing its settings, and detaching it.

use pgrx::{pg_extern, pg_sys};

use super::arguments::Arguments;
use super::catalog::{described, extension_schema, relation};
use super::condition::{check_depends_on_row, check_is_expression, naming};
use super::error::SqlResult;
use super::query::{holds, run, run_all, run_with, value};
use super::reader::{grant_reader, revoke_reader};
use super::schedule::unschedule_quietly;
use super::session::{PINNED, QUIET, as_extension, with_settings};
use super::store::{lock, must_exist, must_own, text_argument};
use super::text::jsonb_text;
use super::watch::{drop_all_triggers, place_triggers, watched};
use crate::domain::engagement::EventKind;
use crate::domain::error::{Error, Kind, Result, shorten};
use crate::domain::journey;
use crate::domain::store::settings::{Settings, check_name};
use crate::domain::store::source::{Relation, Resolved, Sources, resolve};
use crate::domain::store::tables::{self, Source};
use crate::domain::store::{Store, source_views, views};

// ---- attaching ------------------------------------------------------------------------------------------------------

fn sources(settings: &Settings) -> Result<Sources> {
    Ok(Sources {
        orders: relation("orders", &settings.orders)?,
        customers: settings.customers.as_ref().map(|name| relation("customers", name)).transpose()?,
        events: settings.events.as_ref().map(|name| relation("events", name)).transpose()?,
    })
}

/// Checks what only the server knows: zones, intervals, grids. An interval that is none is the server's own error.
fn check_values(settings: &mut Settings) -> Result<()> {
    let zone = settings.time_zone.get_or_insert_with(|| {
        value("SELECT pg_catalog.current_setting('TimeZone')", &[]).unwrap_or_else(|| "UTC".to_owned())
    });
    naming("time_zone", zone, "\nSELECT name FROM pg_timezone_names shows those that the server knows.", || {
        value("SELECT pg_catalog.timezone($1, pg_catalog.now())::pg_catalog.text", &[Some(zone)])
    });

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
    if value("SELECT grid FROM lifecycle.grid WHERE grid OPERATOR(pg_catalog.=) $1", &[Some(&settings.grid)]).is_none()
    {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("segment grid \"{}\" does not exist", shorten(&settings.grid)),
        )
        .hint("SELECT grid, description FROM lifecycle.grid shows those that do."));
    }
    for (setting, condition) in [("status", &settings.status), ("event_status", &settings.event_status)] {
        if let Some(condition) = condition {
            check_is_expression(setting, condition)?;
        }
    }
    Ok(())
}

/// Checks how far back a growing column is read again, against the type of the column.
fn check_overlap(settings: &Settings, sources: &Sources) -> Result<()> {
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
fn check_conditions(settings: &Settings, sources: &Sources) -> Result<()> {
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

/// Makes the views of the sources, and reads from them nothing: which is refused who may not read.
fn make_source_views(store: &Store, sources: &Sources) -> Result<()> {
    // Under the caller's own search_path: the conditions are the caller's.
    run_all(&source_views::create(store, sources)?);
    with_settings(&[PINNED], || {
        run(&format!("SELECT FROM {} LIMIT 0", store.own("source_orders")));
        if sources.events.is_some() {
            run(&format!("SELECT FROM {} LIMIT 0", store.own("source_events")));
            let exists = |view: &str| holds(&format!("SELECT EXISTS (SELECT FROM {})", store.own(view)), &[]);
            if exists("key_events") && !exists("source_events") {
                pgrx::notice!(
                    "no event of the table is of a kind that is known: {}",
                    EventKind::ALL.map(EventKind::label).join(", ")
                );
            }
        }
        if sources.customers.is_some() {
            run(&format!("SELECT FROM {} LIMIT 0", store.own("source_customers")));
        }
    });
    Ok(())
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

fn place_all_triggers(store: &Store, sources: &Sources) {
    for (source, relation) in [(Source::Orders, Some(&sources.orders)), (Source::Events, sources.events.as_ref())] {
        let parts = relation.map_or(Vec::new(), |relation| watched(store, source, relation));
        place_triggers(store, source, &parts, &[]);
        if let (Some(relation), false) = (relation, parts.is_empty()) {
            notice_missing_index(store, source, relation);
        }
    }
}

fn attach_store(name: &str, json: &str) -> Result<()> {
    check_name(name)?;
    if holds("SELECT EXISTS (SELECT FROM lifecycle.store WHERE store OPERATOR(pg_catalog.=) $1)", &[Some(name)]) {
        return Err(Error::new(Kind::DuplicateObject, format!("store \"{}\" exists", shorten(name)))
            .hint("lifecycle.configure changes its settings, lifecycle.detach removes it."));
    }
    let mut settings = Settings::from_json(json)?;
    check_values(&mut settings)?;
    let sources = sources(&settings)?;
    let Resolved { settings, key, attributes } = resolve(settings, &sources)?;
    check_overlap(&settings, &sources)?;
    check_conditions(&settings, &sources)?;
    let store = Store { name: name.to_owned(), extension: extension_schema(), key, settings, attributes };

    with_settings(&[PINNED], || {
        run_all(&tables::create(&store));
        run_all(&journey::tables::create(&store));
    });
    make_source_views(&store, &sources)?;
    let (reader, made_reader) = with_settings(&[PINNED], || {
        run_all(&views::create(&store));
        grant_reader(&store)
    })?;
    let owner = value("SELECT current_user", &[]);
    as_extension(|| {
        run_with(
            "INSERT INTO lifecycle.store (store, settings, key_type, owner, orders, customers, events, reader, made_reader)
            VALUES ($1, $2::pg_catalog.jsonb, $3, $4, $5::pg_catalog.oid, $6::pg_catalog.oid, $7::pg_catalog.oid, $8,
                $9::pg_catalog.bool)",
            &[
                Some(name),
                Some(&store.settings.to_json()),
                Some(key.name()),
                owner.as_deref(),
                Some(&sources.orders.oid),
                sources.customers.as_ref().map(|relation| relation.oid.as_str()),
                sources.events.as_ref().map(|relation| relation.oid.as_str()),
                reader.as_deref(),
                Some(if made_reader { "true" } else { "false" }),
            ],
        )
    });
    // Last, because from here on the table is locked against writers until the end of the transaction.
    place_all_triggers(&store, &sources);
    Ok(())
}

// ---- changing and detaching -----------------------------------------------------------------------------------------

fn configure_store(name: &str, json: &str) -> Result<()> {
    must_exist(name)?;
    must_own(name)?;
    let attached = lock(name)?;
    let before = attached.store;
    let mut settings = before.settings.changed(json)?;
    check_values(&mut settings)?;
    // What is not changed stays the relation that it is, whatever it is called by now, and whatever the search_path finds.
    let same = |setting: &str| !before.settings.changes_setting(json, setting);
    let kept = |setting: &str, name: &str, oid: &Option<String>| match oid {
        Some(oid) if same(setting) => described(oid),
        _ => relation(setting, name),
    };
    let [orders, customers, events] = &attached.relations;
    let sources = Sources {
        orders: kept("orders", &settings.orders, orders)?,
        customers: settings.customers.as_ref().map(|name| kept("customers", name, customers)).transpose()?,
        events: settings.events.as_ref().map(|name| kept("events", name, events)).transpose()?,
    };
    let Resolved { settings, key, attributes } = resolve(settings, &sources)?;
    check_overlap(&settings, &sources)?;
    check_conditions(&settings, &sources)?;
    if key != before.key {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("the key of store \"{}\" cannot change its type", shorten(name)),
        )
        .detail(format!("It is {}, and would become {}.", before.key.name(), key.name()))
        .hint("Detach the store and attach it again; its log is lost."));
    }
    let after = Store { settings, attributes, key, name: before.name.clone(), extension: before.extension.clone() };

    let views_change = views::create(&before) != views::create(&after);
    let same_relations = attached.relations
        == [
            Some(sources.orders.oid.clone()),
            sources.customers.as_ref().map(|relation| relation.oid.clone()),
            sources.events.as_ref().map(|relation| relation.oid.clone()),
        ];
    let asks_for_reader = before.settings.changes_setting(json, "reader");
    // A view of a source that is gone was dropped with what it read.
    let has_views = holds("SELECT pg_catalog.to_regclass($1) IS NOT NULL", &[Some(&after.own(Source::Orders.view()))]);
    let sources_change = !has_views || !same_relations || before.settings.reads_otherwise(&after.settings);
    let fits_change =
        before.settings.model != after.settings.model || before.settings.grid != after.settings.grid || sources_change;

    with_settings(&[PINNED, QUIET], || {
        if views_change {
            run_all(&views::drop(&before));
        }
        if sources_change {
            run_all(&source_views::drop(&before));
            run_all(&tables::change_attributes(&before, &after));
        }
    });
    if sources_change {
        make_source_views(&after, &sources)?;
        drop_all_triggers(&before);
        place_all_triggers(&after, &sources);
        run(&format!("DELETE FROM {}", after.own("watermark")));
    }
    let (reader, made_reader) = with_settings(&[PINNED], || {
        if views_change {
            run_all(&views::create(&after));
        }
        if before.settings.reader == after.settings.reader && (attached.reader.is_some() || !asks_for_reader) {
            if let (true, Some(reader)) = (views_change, &attached.reader) {
                run_all(&views::grant(&after, reader));
            }
            return Ok((attached.reader.clone(), attached.made_reader));
        }
        if let Some(reader) = &attached.reader {
            revoke_reader(&after, reader, attached.made_reader);
        }
        grant_reader(&after)
    })?;
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
                Some(if sources_change { "true" } else { "false" }),
                Some(if fits_change { "true" } else { "false" }),
            ],
        )
    });
    Ok(())
}

fn detach_store(name: &str) -> Result<()> {
    must_exist(name)?;
    let has_schema = holds(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1)",
        &[Some(name)],
    );
    if has_schema {
        must_own(name)?;
    } else if !holds(
        "SELECT s.owner OPERATOR(pg_catalog.=) current_user OR r.rolsuper FROM lifecycle.store AS s, pg_catalog.pg_roles AS r
        WHERE s.store OPERATOR(pg_catalog.=) $1 AND r.rolname OPERATOR(pg_catalog.=) current_user",
        &[Some(name)],
    ) {
        return Err(Error::new(Kind::NotAllowed, format!("must be the owner of store \"{}\"", shorten(name)))
            .detail("Its schema is gone; whoever attached it, or a superuser, can remove the rest."));
    }
    let attached = lock(name)?;
    let store = &attached.store;
    drop_all_triggers(store);
    unschedule_quietly(name)?;
    with_settings(&[PINNED, QUIET], || {
        if has_schema {
            run_all(&views::drop(store));
            run_all(&source_views::drop(store));
            run_all(&journey::tables::drop(store));
            run_all(&tables::drop(store));
        }
    });
    if let Some(reader) = &attached.reader {
        with_settings(&[PINNED], || revoke_reader(store, reader, attached.made_reader));
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
#[pg_extern]
fn attach(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(attach_store(&text_argument(fcinfo, 0, "store")?, &json_argument(fcinfo, 1, "settings")?)?)
}

/// (store, settings)
#[pg_extern]
fn configure(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(configure_store(&text_argument(fcinfo, 0, "store")?, &json_argument(fcinfo, 1, "settings")?)?)
}

/// (store)
#[pg_extern]
fn detach(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    Ok(detach_store(&text_argument(fcinfo, 0, "store")?)?)
}
