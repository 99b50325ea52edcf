//! The rhythm of a base, and when the next purchase of a customer is due.

use pgrx::datum::{Interval, Range, TimestampWithTimeZone};
use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::fit_arguments::interrupt;
use crate::domain::history::History;
use crate::domain::history::summary::{Gaps, purchase_days};
use crate::domain::models::rhythm::fit::fit;
use crate::domain::models::rhythm::predict::NextGap;
use crate::domain::models::rhythm::{GapCounts, Params, PurchaseRhythm};
use crate::domain::support::error::Result;
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of};
use crate::pg::ffi::json_type::{json_argument, json_type};
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::{check_level, horizon_end, interval_of_days, now, plus, range_of};
use crate::pg::ffi::varlena::Bytes;

json_type!(PurchaseRhythm, purchase_rhythm_in, purchase_rhythm_recv);

// ---- the rhythm of a base -------------------------------------------------------------------------------------------

/// The gaps, and the instant, which must be the same in every row.
#[derive(Default, Serialize, Deserialize)]
struct RhythmState {
    as_of: Option<i64>,
    gaps: GapCounts,
}

impl State for RhythmState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        self.gaps.merge(other.gaps)
    }

    fn normalize(&mut self) -> Result<()> {
        self.gaps.normalize()
    }
}

/// (state, h [, as_of])
// SQL: purchase_rhythm_accum(internal, purchase_history [, timestamptz]) internal
#[pg_extern]
fn purchase_rhythm_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RhythmState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<RhythmState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        state.gaps.add_customer(purchase_days(&arguments.history(1), as_of, &SessionZone))?;
        Ok(Pointer::from(state))
    }
}

#[pg_extern]
fn purchase_rhythm_final(state: Pointer<RhythmState>) -> SqlResult<Option<String>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some(as_of) = state.as_of else { return Ok(None) };
    let mut rhythm = fit(&mut state.gaps, &mut interrupt)?;
    rhythm.as_of = Some(Instant::from_micros(as_of)?.to_string());
    Ok(Some(rhythm.to_json()?))
}

state_functions!(RhythmState, purchase_rhythm_combine, purchase_rhythm_serialize, purchase_rhythm_deserialize);

// ---- a customer in the rhythm ---------------------------------------------------------------------------------------

/// Where a customer stands between two purchases.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// The gaps so far.
    pub gaps: Gaps,
    /// Days of 24 hours since the last purchase.
    pub elapsed: f64,
}

impl Position {
    /// None without a purchase.
    pub fn of(h: &History<'_>, as_of: Instant) -> Option<Self> {
        let gaps = Gaps::of(h, as_of, &SessionZone)?;
        Some(Position { gaps, elapsed: as_of.days_since(gaps.last) })
    }

    /// The gap in days that is expected of this customer: the own mean, or shrunk towards the base if that is known.
    pub fn expected_gap(&self, rhythm: Option<Params>) -> Option<f64> {
        match rhythm {
            Some(rhythm) => Some(rhythm.expected_gap(self.gaps.count, f64::from(self.gaps.days))),
            None => self.gaps.mean(),
        }
    }

    /// The distribution of this customer's next gap.
    fn next_gap(&self, rhythm: Params) -> NextGap {
        rhythm.next_gap(self.gaps.count, f64::from(self.gaps.days))
    }

    /// The last purchase and so many days; None beyond the year 9999.
    fn date_after(&self, days: f64, as_of: Instant) -> Option<Instant> {
        let date = self.gaps.last.plus_days(days)?;
        // The gap is longer than the time elapsed, but may be less than a microsecond longer.
        if date > as_of { Some(date) } else { Instant::from_micros(as_of.micros() + 1).ok() }
    }
}

/// The parameters of a rhythm; None for NULL, and where the base had too few gaps to fit any.
pub fn params_of(fcinfo: pg_sys::FunctionCallInfo, rhythm: Option<Bytes<'_>>) -> Result<Option<Params>> {
    Ok(json_argument::<PurchaseRhythm>(fcinfo, rhythm)?.and_then(|rhythm| rhythm.params))
}

#[pg_extern]
fn expected_gap(h: History<'_>, as_of: Instant) -> Option<Interval> {
    Position::of(&h, as_of)?.expected_gap(None).map(interval_of_days)
}

#[pg_extern]
fn expected_gap_rhythm(
    h: History<'_>,
    rhythm: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Interval>> {
    let rhythm = params_of(fcinfo, rhythm)?;
    Ok(Position::of(&h, as_of).and_then(|position| position.expected_gap(rhythm)).map(interval_of_days))
}

#[pg_extern]
fn overdue_ratio(h: History<'_>, as_of: Instant) -> Option<f64> {
    let position = Position::of(&h, as_of)?;
    Some(position.elapsed / position.expected_gap(None)?)
}

#[pg_extern]
fn overdue_ratio_rhythm(
    h: History<'_>,
    rhythm: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let rhythm = params_of(fcinfo, rhythm)?;
    Ok(Position::of(&h, as_of).and_then(|position| Some(position.elapsed / position.expected_gap(rhythm)?)))
}

/// The last purchase and the own mean gap, by the calendar: `last_purchase(h) + mean_gap(h)`. None beyond the year 9999.
pub fn next_by_mean_gap(h: &History<'_>, as_of: Instant) -> Option<Instant> {
    let gaps = Position::of(h, as_of)?.gaps;
    // Not even the longest gap after the last instant leaves the server's own calendar, so that what fails is the range.
    plus(gaps.last, interval_of_days(gaps.mean()?)).ok()
}

#[pg_extern]
fn expected_next_purchase(h: History<'_>, as_of: Instant) -> Option<Instant> {
    next_by_mean_gap(&h, as_of)
}

#[pg_extern]
fn expected_next_purchase_rhythm(
    h: History<'_>,
    rhythm: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Instant>> {
    let Some(rhythm) = params_of(fcinfo, rhythm)? else { return Ok(None) };
    Ok(Position::of(&h, as_of)
        .and_then(|p| p.date_after(p.next_gap(rhythm).quantile_given_elapsed(p.elapsed, 0.5), as_of)))
}

#[pg_extern]
fn expected_next_purchase_range_rhythm(
    h: History<'_>,
    rhythm: Option<Bytes<'_>>,
    level: Option<f64>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Range<TimestampWithTimeZone>>> {
    let level = check_level(level)?;
    let Some(rhythm) = params_of(fcinfo, rhythm)? else { return Ok(None) };
    let Some(position) = Position::of(&h, as_of) else { return Ok(None) };
    let next_gap = position.next_gap(rhythm);
    let bound = |p| position.date_after(next_gap.quantile_given_elapsed(position.elapsed, p), as_of);
    range_of(level, bound)
}

#[pg_extern]
fn purchase_probability_rhythm(
    h: History<'_>,
    rhythm: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(rhythm), Some(horizon)) = (params_of(fcinfo, rhythm)?, horizon) else { return Ok(None) };
    let days = horizon_end(as_of, horizon)?.days_since(as_of);
    Ok(Position::of(&h, as_of).map(|p| p.next_gap(rhythm).purchase_probability(p.elapsed, days)))
}
