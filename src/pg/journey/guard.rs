//! `lifecycle.guard_journey`: the trigger that keeps versions of journeys as they were when they were started, for customers are
//! under way in them and results are counted by them.

use std::ffi::CStr;

use pgrx::{pg_extern, pg_sys};

use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::sql::{Sql, sql};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session::with_pinned_settings;
use crate::pg::ffi::spi::holds;
use crate::pg::ffi::text::text_of;
use crate::pg::ffi::trigger::{DONE, trigger};
use crate::pg::ffi::varlena::ServerValue;

/// After a row of `journey_version` or `journey_step` was written, and before either is emptied.
// SQL: guard_journey() trigger
#[pg_extern]
fn guard_journey(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<ServerValue> {
    let data = trigger(fcinfo)?;
    // SAFETY: the data are those of this call, and live as long as it.
    unsafe { guard(&*data)? };
    Ok(DONE)
}

fn frozen(what: &str) -> Error {
    Error::new(Kind::NotReady, format!("{what} cannot be changed"))
        .detail("The version was started: customers are in it, and reports count by it.")
        .hint("Run lifecycle.draft_journey for a version that can be changed.")
}

/// # Safety
/// The data must be those of the current call.
unsafe fn guard(data: &pg_sys::TriggerData) -> Result<()> {
    let event = data.tg_event & pg_sys::TRIGGER_EVENT_OPMASK;
    if event == pg_sys::TRIGGER_EVENT_TRUNCATE {
        return Err(Error::new(Kind::NotReady, "versions of journeys cannot be truncated")
            .detail("Customers may be in them.")
            .hint("Run lifecycle.end_journey to end a journey; its versions stay for the reports."));
    }
    let wrong = || {
        Error::new(
            Kind::InvalidParameter,
            "lifecycle.guard_journey must be called by a trigger that lifecycle.attach created",
        )
        .hint("lifecycle.attach creates the triggers of a store.")
    };
    if data.tg_event & pg_sys::TRIGGER_EVENT_ROW == 0 || data.tg_event & pg_sys::TRIGGER_EVENT_TIMINGMASK != 0 {
        return Err(wrong());
    }
    // SAFETY: the relation is open, and the tuples are of its columns.
    unsafe {
        let columns = (*data.tg_relation).rd_att;
        let Some(started_at) = column(columns, c"started_at") else {
            // A step, and whose it was and is.
            let schema = pg_sys::get_namespace_name((*(*data.tg_relation).rd_rel).relnamespace);
            let schema = text_of(CStr::from_ptr(schema).to_bytes());
            for row in [data.tg_trigtuple, data.tg_newtuple].into_iter().filter(|row| !row.is_null()) {
                let number = |name| Some(value(row, columns, column(columns, name)?)?.value() as i32);
                let (Some(journey), Some(version)) = (number(c"journey"), number(c"version")) else {
                    return Err(wrong());
                };
                // The lock keeps the version from being started until the change is committed. Of a version that is gone, the
                // steps go with it.
                let query = sql!(
                    (),
                    "sql/version_is_started.sql",
                    schema = Sql::identifier(&schema),
                    journey = journey,
                    version = version
                );
                if with_pinned_settings(|| holds(&query, &[])) {
                    return Err(frozen(&format!("the steps of version {version}")));
                }
            }
            return Ok(());
        };
        if event != pg_sys::TRIGGER_EVENT_INSERT && value(data.tg_trigtuple, columns, started_at).is_some() {
            return Err(frozen("the version"));
        }
    }
    Ok(())
}

/// The number of a column.
///
/// # Safety
/// The columns must be those of an open relation.
unsafe fn column(columns: pg_sys::TupleDesc, name: &CStr) -> Option<i32> {
    // SAFETY: the caller vouches for the columns; the name is a C string.
    let number = unsafe { pg_sys::SPI_fnumber(columns, name.as_ptr()) };
    (number > 0).then_some(number)
}

/// The value of a column; None for NULL.
///
/// # Safety
/// The row must be one with these columns, and the number one of theirs.
unsafe fn value(row: pg_sys::HeapTuple, columns: pg_sys::TupleDesc, number: i32) -> Option<pg_sys::Datum> {
    let mut is_null = false;
    // SAFETY: the caller vouches for all.
    let value = unsafe { pg_sys::SPI_getbinval(row, columns, number, &mut is_null) };
    (!is_null).then_some(value)
}
