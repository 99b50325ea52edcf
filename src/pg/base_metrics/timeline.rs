//! The periods over which an aggregate looks at its base: the arguments `period` and `as_of`.

use crate::domain::base_metrics::activity::Timeline;
use crate::domain::support::error::Result;
use crate::domain::time::period::Period;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{same_as_of, varies};
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::{now, show};

/// A calendar period; None where the call has no such argument.
///
/// # Errors
/// [`crate::domain::support::error::Kind::NullNotAllowed`] and those of [`Period::of_interval`].
///
/// # Safety
/// SQL must declare the argument as `interval`.
pub unsafe fn period_argument(arguments: Arguments, number: usize) -> Result<Option<Period>> {
    arguments.not_null(number, "period")?;
    // SAFETY: the caller vouches for the type.
    unsafe {
        let shown = || arguments.interval(number).map_or_else(String::new, show);
        let parts = arguments.interval_parts(number);
        parts.map(|(months, days, micros)| Period::of_interval(months, days, micros, shown)).transpose()
    }
}

/// The timeline of a row's arguments `period` and, after it, `as_of`; kept in the state, for every row must have the same.
///
/// # Errors
/// Those of [`period_argument`], of an instant, and of a parameter that varies.
///
/// # Safety
/// SQL must declare the arguments as `interval` and `timestamptz`.
pub unsafe fn timeline_arguments(
    known: &mut Option<Timeline>,
    arguments: Arguments,
    number: usize,
) -> SqlResult<Timeline> {
    // SAFETY: the caller vouches for the types.
    let period = unsafe { period_argument(arguments, number) }?.unwrap_or(Period::Months(1));
    let as_of = arguments.instant(number + 1, "as_of")?.unwrap_or_else(now);
    match *known {
        Some(timeline) if timeline.period() == period && timeline.as_of() == as_of.micros() => Ok(timeline),
        _ => Ok(same_timeline(known, Timeline::new(period, as_of, &SessionZone))?),
    }
}

/// Keeps a timeline in a state.
///
/// # Errors
/// That of [`varies`].
pub fn same_timeline(known: &mut Option<Timeline>, timeline: Timeline) -> Result<Timeline> {
    let known = *known.get_or_insert(timeline);
    if known.period() != timeline.period() {
        return Err(varies("period", known.period(), timeline.period()));
    }
    same_as_of(&mut Some(known.as_of()), Some(timeline.as_of()))?;
    Ok(known)
}
