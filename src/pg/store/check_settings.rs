//! What is wrong with the settings of a store, as far as only the server knows it.

use super::user_condition::{check_depends_on_row, check_is_expression, naming};
use crate::domain::store::retain::SHORTEST;
use crate::domain::store::settings::Settings;
use crate::domain::store::source::Sources;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::sql;
use crate::domain::time::zone_names::nearest_zones;
use crate::pg::ffi::named_zone::{must_serve_as_time_zone, named_zone};
use crate::pg::ffi::session::{SEARCH_PATH, with_settings};
use crate::pg::ffi::spi::{holds, rows, truth, value};
use crate::pg::ffi::text::bytes_in_database;

/// Checks what only the server knows: zones, intervals, grids. An interval that is none is the server's own error.
pub fn check_values(settings: &mut Settings) -> Result<()> {
    let zone = settings.time_zone.get_or_insert_with(|| {
        value("SELECT pg_catalog.current_setting('TimeZone')", &[]).unwrap_or_else(|| "UTC".to_owned())
    });
    for (setting, zone) in [("time_zone", Some(&*zone)), ("ordered_at_zone", settings.ordered_at_zone.as_ref())] {
        let Some(zone) = zone else { continue };
        must_be_zone(setting, zone)?;
        naming(setting, zone, "\nSELECT name FROM pg_timezone_names shows those that the server knows.", || {
            value("SELECT pg_catalog.timezone($1, pg_catalog.now())::pg_catalog.text", &[Some(zone)]);
            // What runs for the store runs in its zone, and not every name that the function takes is one: MSK is an abbreviation only.
            must_serve_as_time_zone(setting, zone)
        })?;
    }

    let machine_within = settings.machine_within.as_ref().map(|within| ("machine_within", within, true));
    for (name, interval, may_be_nothing) in [
        ("refit", &settings.refit, true),
        ("horizon", &settings.horizon, false),
        ("reconcile", &settings.reconcile, true),
        ("newcomer_within", &settings.newcomer_within, true),
    ]
    .into_iter()
    .chain(machine_within)
    {
        let fits = || {
            let arguments = [Some(interval.as_str()), Some(truth(may_be_nothing))];
            with_settings(&[SEARCH_PATH], || holds(sql!((), "sql/interval_fits.sql"), &arguments))
        };
        if !naming(name, interval, "", fits) {
            let range = if may_be_nothing {
                "must not be negative, nor lead beyond the year 5000"
            } else {
                "must be positive, and not lead beyond the year 5000"
            };
            return Err(Error::new(Kind::InvalidParameter, format!("{name} {range}, and is {}", shorten(interval))));
        }
    }
    for (kind, interval) in settings.retain.iter().flatten() {
        let setting = format!("retain: {kind}");
        let arguments = [Some(interval.as_str()), Some(SHORTEST)];
        let fits = || with_settings(&[SEARCH_PATH], || holds(sql!((), "sql/is_kept_long_enough.sql"), &arguments));
        if !naming(&setting, interval, "", fits) {
            return Err(Error::new(
                Kind::InvalidParameter,
                format!(
                    "{setting} must be {SHORTEST} or longer, and not lead before the year 1000, and is {}",
                    shorten(interval)
                ),
            )
            .hint("What is not named in retain is kept until the customer is forgotten."));
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
    for (setting, condition) in settings.conditions() {
        if let Some(condition) = condition {
            check_is_expression(setting, condition)?;
        }
    }
    Ok(())
}

/// Refuses what is the name of no zone, with the zones that were probably meant: those of a city, or those that an abbreviation
/// stands for. What else does not serve is the server's own error.
fn must_be_zone(setting: &str, zone: &str) -> Result<()> {
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
        Error::new(Kind::InvalidParameter, format!("{setting}: \"{}\" is not the name of a time zone", shorten(zone)));
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
        ("refund_status", &settings.refund_status, sources.refunds.as_ref(), settings.changes),
    ] {
        if let (Some(condition), Some(relation), Some(changes)) = (condition, relation, changes) {
            check_depends_on_row(setting, condition, relation, changes)?;
        }
    }
    Ok(())
}
