//! Tracking: the repeat purchases of a base over time, beside those that a model expects.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::fit_arguments::interrupt;
use super::forecaster::Forecaster;
use crate::domain::models::tracking::{TrackingCounts, track};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::calendar::day_of;
use crate::domain::time::instant::{DAY, Instant};
use crate::pg::ffi::composite::{array_result, column, date_column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::fn_cache::as_text;
use crate::pg::ffi::internal_state::{Pointer, State, same, same_as_of, state_functions, state_of};
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::{fixed_micros, now};
use crate::pg::ffi::varlena::ServerValue;

/// The length of a step where none is given: a week.
const DEFAULT_STEP_DAYS: u32 = 7;

#[derive(Default, Serialize, Deserialize)]
struct TrackingState {
    as_of: Option<i64>,
    /// The model as JSON, the same in every row; within, None for NULL.
    model: Option<Option<Vec<u8>>>,
    step_days: Option<u32>,
    counts: TrackingCounts,
}

impl TrackingState {
    fn same_model(&mut self, model: Option<&[u8]>) -> Result<()> {
        match &self.model {
            Some(known) if known.as_deref() == model => Ok(()),
            Some(_) => Err(Error::new(Kind::InvalidParameter, "m must be the same in every row of a group")
                .hint("Group by the column that the model comes from.")),
            None => {
                self.model = Some(model.map(<[u8]>::to_vec));
                Ok(())
            }
        }
    }
}

impl State for TrackingState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        if let Some(model) = other.model {
            self.same_model(model.as_deref())?;
        }
        same(&mut self.step_days, other.step_days, "step")?;
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

/// (state, h, m [, as_of [, step]])
// SQL: tracking_accum(internal, purchase_history, purchase_model [, timestamptz [, interval]]) internal
#[pg_extern]
fn tracking_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<TrackingState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<TrackingState>(fcinfo);
        let as_of = arguments.instant(3, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        arguments.not_null(4, "step")?;
        let step = arguments.interval(4).map(step_days).transpose()?.unwrap_or(DEFAULT_STEP_DAYS);
        same(&mut state.step_days, Some(step), "step")?;
        state.same_model(arguments.bytes(2))?;
        state.counts.add_customer(&arguments.history(1), as_of, &SessionZone)?;
        Ok(Pointer::from(state))
    }
}

/// A step in whole days.
fn step_days(step: pgrx::datum::Interval) -> SqlResult<u32> {
    let micros = fixed_micros("step", step)?;
    if micros % DAY != 0 {
        return Err(Error::new(Kind::InvalidParameter, "step must be a whole number of days")
            .hint("Use an interval such as '7 days'.")
            .into());
    }
    u32::try_from(micros / DAY).map_err(|_| {
        Error::new(Kind::InvalidParameter, "step is too long").hint("Use an interval such as '7 days'.").into()
    })
}

state_functions!(TrackingState, tracking_combine, tracking_serialize, tracking_deserialize);

// SQL: tracking_final(internal) model_tracking_point[]
#[pg_extern]
fn tracking_final(state: Pointer<TrackingState>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<ServerValue>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let (Some(as_of), Some(Some(model))) = (state.as_of, &state.model) else { return Ok(None) };
    let Some(fitted) = Forecaster::read(as_text(model)?)? else { return Ok(None) };
    if fitted.process.is_discrete() {
        return Err(Error::new(Kind::InvalidParameter, "bg/bb cannot be tracked")
            .detail("bg/bb expects periods with a purchase, and tracking counts purchase days.")
            .into());
    }
    let end = day_of(Instant::from_micros(as_of)?, &SessionZone);
    let step = state.step_days.unwrap_or(DEFAULT_STEP_DAYS);
    let points = track(&mut state.counts, fitted.process(), fitted.unit.days(), step, end, &mut interrupt)?;
    let rows = points.iter().map(|p| {
        [
            date_column(p.day),
            column(p.actual as i64),
            column(p.expected),
            column(p.cumulative_actual as i64),
            column(p.cumulative_expected),
        ]
    });
    // SAFETY: the composite is declared with these columns.
    Ok(Some(unsafe { array_result(fcinfo, rows) }))
}
