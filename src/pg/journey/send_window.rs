//! When a customer may be written to, and shares drawn at random. Called once for each customer, hundreds of thousands of times in a
//! statement.

use std::rc::Rc;

use pgrx::{pg_extern, pg_sys};

use crate::domain::journey::definition::TimeOfDay;
use crate::domain::journey::draw;
use crate::domain::journey::send_window;
use crate::domain::journey::send_window::{Hours, Weekdays};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::Instant;
use crate::domain::time::written;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::named_zone::{NamedZone, named_zone};
use crate::pg::ffi::text::text_of;
use crate::pg::ffi::varlena::{Bytes, ServerValue};

const MINUTE: i64 = 60_000_000;

/// The arguments that both functions begin with: an instant and a zone. None if one is NULL.
fn instant_and_zone(arguments: Arguments) -> Result<Option<(Instant, Rc<NamedZone>)>> {
    // SAFETY: SQL declares the argument as text.
    let (Some(at), Some(name)) = (arguments.datum(0), unsafe { arguments.bytes(1) }) else { return Ok(None) };
    let at = Instant::from_micros(at.value() as i64)?;
    let zone = named_zone(name).ok_or_else(|| {
        Error::new(
            Kind::InvalidParameter,
            format!("time zone \"{}\" is not recognized", shorten(&text_of(name))),
        )
        .hint("SELECT name FROM pg_timezone_names shows those that are; lifecycle.known_zone takes another for those that are not.")
    })?;
    Ok(Some((at, zone)))
}

/// A time of day, which SQL declares as `time`; None for NULL.
fn time_of_day(arguments: Arguments, number: usize, name: &str) -> Result<Option<TimeOfDay>> {
    let Some(datum) = arguments.datum(number) else { return Ok(None) };
    let micros = datum.value() as i64;
    match u16::try_from(micros / MINUTE) {
        Ok(minutes) if micros % MINUTE == 0 && minutes < 24 * 60 => Ok(Some(TimeOfDay(minutes))),
        _ => Err(Error::new(Kind::InvalidParameter, format!("{name} must be a whole minute before 24:00"))),
    }
}

/// Days of the week, which SQL declares as `integer[]`: any of them, in any order, as often as they occur. NULL is all of them.
fn weekdays(arguments: Arguments, number: usize) -> Result<Weekdays> {
    let refused = |detail: String| {
        Error::new(Kind::InvalidParameter, "weekdays must be numbers from 1 (Monday) to 7 (Sunday)")
            .detail(detail)
            .hint("NULL and an empty array mean every day.")
    };
    // SAFETY: SQL declares the argument so.
    let Some((dimensions, array)) = (unsafe { arguments.array::<i32>(number) }) else { return Ok(Weekdays::ALL) };
    if dimensions == 0 {
        return Ok(Weekdays::ALL);
    }
    if dimensions > 1 {
        return Err(refused(format!("The array has {dimensions} dimensions, and must have one.")));
    }
    let mut days = Vec::with_capacity(7);
    for day in array.iter() {
        match day {
            Some(day @ 1..=7) if !days.contains(&(day as u8 - 1)) => days.push(day as u8 - 1),
            Some(1..=7) => {}
            Some(day) => return Err(refused(format!("One is {day}."))),
            None => return Err(refused("The array has an element that is NULL.".into())),
        }
    }
    Ok(Weekdays::of(&days))
}

fn found(instant: Option<Instant>) -> Result<Option<Instant>> {
    instant
        .map(Some)
        .ok_or_else(|| Error::new(Kind::DatetimeOutOfRange, "there is no such instant before the year 10000"))
}

/// (at, zone, quiet_from, quiet_to, weekdays)
// SQL: next_permitted(timestamptz, text, time, time, integer[]) timestamptz
#[pg_extern]
fn next_permitted(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Instant>> {
    // SAFETY: the call's own arguments.
    let arguments = unsafe { Arguments::of(fcinfo) };
    let quiet = time_of_day(arguments, 2, "quiet_from")?.zip(time_of_day(arguments, 3, "quiet_to")?);
    let hours = Hours { quiet, weekdays: weekdays(arguments, 4)? };
    let Some((at, zone)) = instant_and_zone(arguments)? else { return Ok(None) };
    Ok(found(send_window::next_permitted(at, &*zone, hours))?)
}

/// (at, zone, local, weekdays)
// SQL: next_local_time(timestamptz, text, time, integer[]) timestamptz
#[pg_extern]
fn next_local_time(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Instant>> {
    // SAFETY: the call's own arguments.
    let arguments = unsafe { Arguments::of(fcinfo) };
    let (time, weekdays) = (time_of_day(arguments, 2, "local")?, weekdays(arguments, 3)?);
    let (Some((at, zone)), Some(time)) = (instant_and_zone(arguments)?, time) else { return Ok(None) };
    Ok(found(send_window::next_local_time(at, &*zone, time, weekdays))?)
}

/// (value, zone)
// SQL: written_instant(text, text) timestamptz
#[pg_extern]
fn written_instant(fcinfo: pg_sys::FunctionCallInfo) -> Option<Instant> {
    // SAFETY: the call's own arguments, of which SQL declares both as text.
    let (value, zone) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments.bytes(0)?, named_zone(arguments.bytes(1)?)?)
    };
    written::instant(std::str::from_utf8(value).ok()?, &*zone)
}

/// (zone, otherwise)
// SQL: known_zone(text, text) text
#[pg_extern]
fn known_zone(fcinfo: pg_sys::FunctionCallInfo) -> Option<ServerValue> {
    // SAFETY: the call's own arguments, of which SQL declares both as text.
    let (arguments, name) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments, arguments.bytes(0))
    };
    let is_known = name.is_some_and(|name| named_zone(name).is_some_and(|zone| zone.is_zone));
    arguments.datum(if is_known { 0 } else { 1 }).map(ServerValue)
}

#[pg_extern]
fn hash_share(customer: Bytes<'_>, of: Bytes<'_>) -> f64 {
    // SAFETY: asks for the encoding of the database.
    if unsafe { pg_sys::GetDatabaseEncoding() } == pg_sys::pg_enc::PG_UTF8 as i32 {
        return draw::hash_share(customer.0, of.0);
    }
    draw::hash_share(text_of(customer.0).as_bytes(), text_of(of.0).as_bytes())
}
