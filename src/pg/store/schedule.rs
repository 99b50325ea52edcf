//! The schedules of a store, through pg_cron: with the caller's rights, for the jobs are the caller's.

use std::ffi::CString;

use pgrx::{pg_extern, pg_sys};

use super::{layout, must_exist, must_own, text_argument};
use crate::domain::store::schedule::{Job, Situation, schedule_of_sql, schedule_sql, times_of, unschedule_sql};
use crate::domain::store::settings::LONGEST_NAME;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::sql::Statement;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::spi::{Mode, ask};
use crate::pg::ffi::text::{Text, bytes_in_database, text_of};
use crate::pg::ffi::varlena::Bytes;

/// The first value of a statement, as [`ask`] gives it.
fn value(sql: impl Statement, mode: Mode) -> Option<String> {
    // No text of a database holds a zero.
    let sql = CString::new(bytes_in_database(sql.text())).unwrap_or_default();
    // SAFETY: there is no argument and no trigger.
    unsafe { ask(&sql, None, std::ptr::null_mut(), mode) }
}

fn situation() -> Result<Situation> {
    let json = value(Situation::QUERY, Mode::ReadOnly).unwrap_or_default();
    serde_json::from_str(&json).map_err(|error| Error::new(Kind::WrongVersion, error.to_string()))
}

/// The situation of the owner of a store; other roles are refused.
fn situation_of_owner(store: &str) -> Result<Situation> {
    must_exist(store)?;
    must_own(store)?;
    layout::check(store)?;
    situation()
}

fn schedule(job: Job, fcinfo: pg_sys::FunctionCallInfo) -> Result<i64> {
    let (store, schedule) = (text_argument(fcinfo, 0, "store")?, text_argument(fcinfo, 1, "schedule")?);
    let situation = situation_of_owner(&store)?;
    let schedule = times_of(&schedule)?;
    situation.check(job, &store, Some(&schedule))?;
    let number = value(schedule_sql(job, &store, &schedule), Mode::Write);
    Ok(number.and_then(|number| number.parse().ok()).unwrap_or_default())
}

fn unschedule(job: Job, fcinfo: pg_sys::FunctionCallInfo) -> Result<bool> {
    let store = text_argument(fcinfo, 0, "store")?;
    situation_of_owner(&store)?.check(job, &store, None)?;
    Ok(end_jobs(job, &store))
}

/// Whether there was a job.
fn end_jobs(job: Job, store: &str) -> bool {
    value(unschedule_sql(job, store), Mode::Write).is_some_and(|jobs| jobs != "0")
}

/// Ends the jobs of a store that goes, where there can be any.
///
/// # Errors
/// Those of a library that does not fit its SQL.
pub fn unschedule_quietly(store: &str) -> Result<()> {
    let situation = situation()?;
    if situation.installed && situation.allowed {
        for job in Job::ALL {
            end_jobs(job, store);
        }
    }
    Ok(())
}

fn schedule_of_job(job: Job, store: Bytes<'_>) -> Result<Option<Text>> {
    /// More bytes than the name of any store has, in any encoding.
    const LONGEST: usize = 4 * LONGEST_NAME;
    if store.0.len() > LONGEST {
        return Ok(None);
    }
    let situation = situation()?;
    if !situation.has_cron() || !situation.allowed {
        return Ok(None);
    }
    Ok(value(schedule_of_sql(job, &text_of(store.0)), Mode::ReadOnly).map(Text))
}

// SQL: schedule_store(text, text) bigint
#[pg_extern]
fn schedule_store(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    Ok(schedule(Job::Refresh, fcinfo)?)
}

// SQL: unschedule_store(text) boolean
#[pg_extern]
fn unschedule_store(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    Ok(unschedule(Job::Refresh, fcinfo)?)
}

#[pg_extern]
fn refresh_schedule(store: Bytes<'_>) -> SqlResult<Option<Text>> {
    Ok(schedule_of_job(Job::Refresh, store)?)
}

// SQL: schedule_journeys(text, text) bigint
#[pg_extern]
fn schedule_journeys(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<i64> {
    Ok(schedule(Job::Journeys, fcinfo)?)
}

// SQL: unschedule_journeys(text) boolean
#[pg_extern]
fn unschedule_journeys(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    Ok(unschedule(Job::Journeys, fcinfo)?)
}

#[pg_extern]
fn journeys_schedule(store: Bytes<'_>) -> SqlResult<Option<Text>> {
    Ok(schedule_of_job(Job::Journeys, store)?)
}
