//! The schedule of a store, through pg_cron: with the caller's rights, for the job is the caller's.

use std::ffi::CString;

use pgrx::pg_extern;

use super::error::SqlResult;
use super::query::{Mode, ask};
use super::text::{Text, bytes_in_database, text_of};
use super::varlena::{Bytes, new_value};
use crate::domain::error::{Error, Kind, Result};
use crate::domain::store::schedule::{Situation, schedule_of_sql, schedule_sql, unschedule_sql};

/// The first value of a statement, as [`ask`] gives it.
fn value(sql: &str, argument: Option<&[u8]>, mode: Mode) -> Option<String> {
    // No text of a database holds a zero.
    let sql = CString::new(bytes_in_database(sql)).unwrap_or_default();
    // SAFETY: the argument is a text, and there is no trigger.
    unsafe { ask(&sql, argument.map(new_value), std::ptr::null_mut(), mode) }
}

fn situation(store: &[u8]) -> Result<Situation> {
    let json = value(Situation::QUERY, Some(store), Mode::ReadOnly).unwrap_or_default();
    serde_json::from_str(&json).map_err(|error| Error::new(Kind::WrongVersion, error.to_string()))
}

fn not_null<'a>(value: Option<Bytes<'a>>, name: &str) -> Result<&'a [u8]> {
    value.map(|bytes| bytes.0).ok_or_else(|| Error::new(Kind::NullNotAllowed, format!("{name} must not be NULL")))
}

#[pg_extern]
fn schedule_store(store: Option<Bytes<'_>>, schedule: Option<Bytes<'_>>) -> SqlResult<i64> {
    let (store, schedule) = (not_null(store, "store")?, text_of(not_null(schedule, "schedule")?));
    let name = text_of(store);
    situation(store)?.check(&name, Some(&schedule))?;
    let job = value(&schedule_sql(&name, &schedule), None, Mode::Write);
    Ok(job.and_then(|job| job.parse().ok()).unwrap_or_default())
}

#[pg_extern]
fn unschedule_store(store: Option<Bytes<'_>>) -> SqlResult<bool> {
    let store = not_null(store, "store")?;
    let name = text_of(store);
    situation(store)?.check(&name, None)?;
    Ok(end_jobs(&name))
}

/// Whether there was a job.
fn end_jobs(store: &str) -> bool {
    value(&unschedule_sql(store), None, Mode::Write).is_some_and(|jobs| jobs != "0")
}

/// Ends the jobs of a store that goes, where there can be any.
///
/// # Errors
/// Those of a library that does not fit its SQL.
pub fn unschedule_quietly(store: &str) -> Result<()> {
    let situation = situation(&bytes_in_database(store))?;
    if situation.installed && situation.allowed {
        end_jobs(store);
    }
    Ok(())
}

#[pg_extern]
fn schedule_of_store(store: Bytes<'_>) -> SqlResult<Option<Text>> {
    let situation = situation(store.0)?;
    if !situation.has_cron() || !situation.allowed {
        return Ok(None);
    }
    Ok(value(&schedule_of_sql(&text_of(store.0)), None, Mode::ReadOnly).map(Text))
}
