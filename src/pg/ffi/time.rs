//! Instants and intervals between SQL and the domain.

use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::{Datum, Interval, Range, RangeBound, TimestampWithTimeZone};
use pgrx::{IntoDatum, direct_function_call, direct_function_call_as_datum, pg_sys};

use super::error::{SqlResult, or_raise};
use super::varlena::raw_argument;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::{DAY, Instant};

// SAFETY: SQL declares these arguments as timestamptz, which is passed by value. NULL is refused by name.
unsafe impl<'fcx> ArgAbi<'fcx> for Instant {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        match raw_argument(arg) {
            Some(datum) => or_raise(Instant::from_micros(datum.value() as i64)),
            None => or_raise(Err(Error::new(Kind::NullNotAllowed, "as_of must not be NULL")
                .hint("Leave the argument out to mean now()."))),
        }
    }
}

// SAFETY: a timestamptz is returned by value.
unsafe impl BoxRet for Instant {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: as above.
        unsafe { fcinfo.return_raw_datum(pg_sys::Datum::from(self.micros())) }
    }
}

impl IntoDatum for Instant {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        Some(pg_sys::Datum::from(self.micros()))
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TIMESTAMPTZOID
    }
}

/// The start of the transaction: what `now()` says.
pub fn now() -> Instant {
    // SAFETY: reads a variable of the backend.
    or_raise(Instant::from_micros(unsafe { pg_sys::GetCurrentTransactionStartTimestamp() }))
}

/// An interval of so many microseconds, in days of 24 hours and the rest: what `timestamptz - timestamptz` gives.
pub fn interval_of(micros: i64) -> Interval {
    or_raise(
        Interval::new(0, (micros / DAY) as i32, micros % DAY)
            .map_err(|error| Error::new(Kind::DatetimeOutOfRange, error.to_string())),
    )
}

/// An interval of so many days, to the microsecond.
pub fn interval_of_days(days: f64) -> Interval {
    // The gaps of a history are within ten thousand years, some 3 * 10^17 microseconds; a rhythm written by hand may
    // say more, and ends at what an interval of days can hold.
    let whole = days.floor().min(f64::from(i32::MAX));
    let rest = if whole < f64::from(i32::MAX) { ((days - whole) * DAY as f64).round() as i64 } else { 0 };
    or_raise(
        Interval::new(0, whole as i32 + (rest / DAY) as i32, rest % DAY)
            .map_err(|error| Error::new(Kind::DatetimeOutOfRange, error.to_string())),
    )
}

/// The instant an interval later, by the calendar of the session's time zone: a month is a month.
///
/// # Errors
/// [`Kind::DatetimeOutOfRange`] outside the years 1 to 9999.
pub fn plus(at: Instant, interval: Interval) -> Result<Instant> {
    Instant::from_micros(micros_plus(at, interval))
}

/// The same as microseconds since 2000-01-01, of any year that the server knows.
fn micros_plus(at: Instant, interval: Interval) -> i64 {
    // SAFETY: the server's own function over a timestamptz and an interval.
    let later = unsafe {
        direct_function_call::<i64Datum>(
            pg_sys::timestamptz_pl_interval,
            &[Some(pg_sys::Datum::from(at.micros())), interval.into_datum()],
        )
    };
    later.map_or(i64::MAX, |later| later.0)
}

/// A length of time by the calendar of the session's time zone, within which something counts.
#[derive(Debug)]
pub struct Term(Interval);

impl Term {
    /// Checks an argument of that name.
    ///
    /// # Errors
    /// [`Kind::NullNotAllowed`] for NULL, [`Kind::InvalidParameter`] if a part of it is negative.
    pub fn of(name: &str, interval: Option<Interval>) -> Result<Self> {
        let interval = interval.ok_or_else(|| Error::new(Kind::NullNotAllowed, format!("{name} must not be NULL")))?;
        if interval.months() < 0 || interval.days() < 0 || interval.micros() < 0 {
            return Err(Error::new(Kind::InvalidParameter, format!("{name} must not be negative: {}", show(interval)))
                .hint("Use an interval such as '90 days' or '12 months'."));
        }
        Ok(Term(interval))
    }

    /// Whether `as_of` comes no later than the end of the term that began at `at`.
    pub fn holds(&self, at: Instant, as_of: Instant) -> bool {
        // A month has 28 to 31 days, and clocks and date lines move a day by less than two. Only what is closer to the end
        // than that takes the server's calendar.
        const UNSURE: i128 = 2 * DAY as i128;
        let elapsed = i128::from(as_of.since(at));
        let length = |month: i128| {
            let days = i128::from(self.0.months()) * month + i128::from(self.0.days());
            days * i128::from(DAY) + i128::from(self.0.micros())
        };
        elapsed <= length(28) - UNSURE || elapsed <= length(31) + UNSURE && micros_plus(at, self.0) >= as_of.micros()
    }
}

/// A 64-bit datum as a number.
#[allow(non_camel_case_types)]
struct i64Datum(i64);

impl pgrx::FromDatum for i64Datum {
    unsafe fn from_polymorphic_datum(datum: pg_sys::Datum, is_null: bool, _: pg_sys::Oid) -> Option<Self> {
        (!is_null).then(|| i64Datum(datum.value() as i64))
    }
}

/// An interval as SQL shows it, for messages.
pub fn show(interval: Interval) -> String {
    // SAFETY: the server's own output function over an interval gives a C string, which it allocated.
    unsafe {
        direct_function_call_as_datum(pg_sys::interval_out, &[interval.into_datum()])
            .and_then(|text| std::ffi::CStr::from_ptr(text.cast_mut_ptr()).to_str().ok())
            .map_or_else(String::new, str::to_owned)
    }
}

/// The microseconds of an interval that serves as a unit of time, and so must be positive and have a fixed length.
pub fn fixed_micros(what: &str, unit: Interval) -> SqlResult<i64> {
    if unit.months() != 0 {
        return Err(Error::new(Kind::InvalidParameter, format!("{what} has no fixed length: {}", show(unit)))
            .detail("Months and years differ in length, and a unit must not.")
            .hint("Use an interval of days, such as '7 days' or '30 days'.")
            .into());
    }
    let micros = i64::from(unit.days()).checked_mul(DAY).and_then(|days| days.checked_add(unit.micros()));
    let micros =
        micros.ok_or_else(|| Error::new(Kind::InvalidParameter, format!("{what} out of range: {}", show(unit))))?;
    if micros > 0 {
        return Ok(micros);
    }
    Err(Error::new(Kind::InvalidParameter, format!("{what} must be positive: {}", show(unit)))
        .hint("Use an interval such as '7 days' or '1 day'.")
        .into())
}

/// The instant at which a horizon ends.
pub fn horizon_end(as_of: Instant, horizon: Interval) -> SqlResult<Instant> {
    let end = plus(as_of, horizon).map_err(|error| {
        Error::new(error.kind, format!("horizon ends beyond the year 9999: {}", show(horizon)))
            .hint("Use a shorter horizon, such as '10 years'.")
    })?;
    if end < as_of {
        return Err(Error::new(Kind::InvalidParameter, format!("horizon must not be negative: {}", show(horizon)))
            .detail(format!("From {as_of} it would end at {end}."))
            .into());
    }
    Ok(end)
}

/// The instant so many microseconds later, at least one of them; None beyond the year 9999.
pub fn after(at: Instant, micros: f64) -> Option<Instant> {
    // Beyond 2^62 microseconds lie more than a hundred thousand years.
    let micros = (micros.ceil() < (1i64 << 62) as f64).then_some(micros.ceil().max(1.0) as i64)?;
    Instant::from_micros(at.micros().checked_add(micros)?).ok()
}

/// An instant as the server's own type.
fn timestamp(at: Instant) -> SqlResult<TimestampWithTimeZone> {
    TimestampWithTimeZone::try_from(at.micros())
        .map_err(|error| Error::new(Kind::DatetimeOutOfRange, format!("instant out of range: {error}")).into())
}

/// Checks the level of a range.
pub fn check_level(level: Option<f64>) -> Result<f64> {
    let level = level.ok_or_else(|| Error::new(Kind::NullNotAllowed, "level must not be NULL"))?;
    if level > 0.0 && level < 1.0 {
        return Ok(level);
    }
    Err(Error::new(Kind::InvalidParameter, format!("level out of range: {level}"))
        .detail("level must lie between 0 and 1, such as 0.8."))
}

/// The range between two quantiles of an instant, as likely below as above; None where already the lower one lies beyond
/// the year 9999, and unbounded where the upper one does.
pub fn range_of(
    level: f64,
    quantile: impl Fn(f64) -> Option<Instant>,
) -> SqlResult<Option<Range<TimestampWithTimeZone>>> {
    let Some(lower) = quantile((1.0 - level) / 2.0) else { return Ok(None) };
    let upper = match quantile((1.0 + level) / 2.0) {
        // Solved apart, the two may cross by a rounding where the level is next to nothing.
        Some(upper) => RangeBound::Inclusive(timestamp(upper.max(lower))?),
        None => RangeBound::Infinite,
    };
    Ok(Some(Range::new(RangeBound::Inclusive(timestamp(lower)?), upper)))
}
