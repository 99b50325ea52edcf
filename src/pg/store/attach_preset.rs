//! Attaching the tables of a well-known shop in one call.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgSqlErrorCode, pg_extern, pg_sys};

use super::attach::{attach_store, must_not_exist};
use super::catalog::relation;
use super::text_argument;
use super::user_condition::reworded;
use crate::domain::store::preset::Preset;
use crate::domain::store::settings::check_name;
use crate::domain::support::error::{Kind, Result};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::with_settings;
use crate::pg::ffi::text::{Jsonb, jsonb_text};

/// The preset that two arguments say: its name, and the schema of the tables, which may be NULL.
fn preset_argument(fcinfo: pg_sys::FunctionCallInfo, name: usize, schema: usize) -> Result<Preset> {
    // SAFETY: SQL declares the argument as text.
    let has_schema = unsafe { Arguments::of(fcinfo) }.datum(schema).is_some();
    let schema = if has_schema { Some(text_argument(fcinfo, schema, "schema")?) } else { None };
    Preset::named(&text_argument(fcinfo, name, "preset")?, schema.as_deref())
}

fn attach(store: &str, preset: &Preset, change: &str) -> Result<()> {
    check_name(store)?;
    must_not_exist(store)?;
    let settings = preset.changed(change)?;
    for (setting, name) in preset.relations_in(&settings) {
        relation(setting, &name).map_err(|error| match error.kind {
            Kind::UndefinedTable => preset.missing(setting, &name),
            _ => error,
        })?;
    }
    let hint = preset.hint_for_parts();
    let also = |said: Option<&str>| said.map_or_else(|| hint.clone(), |said| format!("{said} {hint}"));
    let attached = reworded(
        || attach_store(store, &settings.to_json()),
        |report| {
            let is_missing = [PgSqlErrorCode::ERRCODE_UNDEFINED_COLUMN, PgSqlErrorCode::ERRCODE_UNDEFINED_TABLE]
                .contains(&report.sql_error_code());
            if !is_missing {
                return None;
            }
            let same = ErrorReport::new(report.sql_error_code(), report.message().to_owned(), "pg_lifecycle");
            let same = match report.detail() {
                Some(detail) => same.set_detail(detail.to_owned()),
                None => same,
            };
            Some(same.set_hint(also(report.hint())))
        },
    );
    attached.map_err(|error| match error.kind {
        Kind::UndefinedColumn => {
            let hint = also(error.hint.as_deref());
            error.hint(hint)
        }
        _ => error,
    })
}

/// (preset, schema)
// SQL: preset(text, text) jsonb
#[pg_extern]
fn preset(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Jsonb> {
    Ok(Jsonb(preset_argument(fcinfo, 0, 1)?.to_json()))
}

/// (store, preset, settings, schema)
// SQL: attach_preset(text, text, jsonb, text) void
#[pg_extern]
fn attach_preset(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<()> {
    let store = text_argument(fcinfo, 0, "store")?;
    let preset = preset_argument(fcinfo, 1, 3)?;
    // SAFETY: SQL declares the argument as jsonb.
    let settings = unsafe { Arguments::of(fcinfo).datum(2).and_then(|json| jsonb_text(json)) };
    let settings = settings.unwrap_or_else(|| "{}".to_owned());
    Ok(with_settings(&[], || attach(&store, &preset, &settings))?)
}
