//! Purchase models: the type, and the aggregates that fit one to histories or to summaries.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::fit_arguments::{ParsedFitArguments, interrupt};
use crate::domain::models::purchase_model::counts::PurchaseCounts;
use crate::domain::models::purchase_model::fit::fit;
use crate::domain::models::purchase_model::model::{ModelKind, PurchaseModel, check_summary};
use crate::domain::support::error::Result;
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of};
use crate::pg::ffi::json_type::{json_argument, json_type};
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::now;
use crate::pg::ffi::varlena::Bytes;

json_type!(PurchaseModel, purchase_model_in, purchase_model_recv);

#[derive(Default, Serialize, Deserialize)]
struct ModelState {
    wanted: Option<ParsedFitArguments>,
    as_of: Option<i64>,
    /// Or in the unit of the fit.
    counted_in_days: bool,
    counts: PurchaseCounts,
}

impl State for ModelState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        match (&self.wanted, other.wanted) {
            (Some(known), Some(wanted)) => known.same(&wanted.asked)?,
            (None, wanted) => {
                self.wanted = wanted;
                self.counted_in_days = other.counted_in_days;
            }
            (Some(_), None) => {}
        }
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

/// The state with what this row asks for, which must be what all rows ask for.
///
/// # Safety
/// As [`ParsedFitArguments::read`]; argument 0 must be a state of this aggregate or NULL.
unsafe fn asking(
    fcinfo: pg_sys::FunctionCallInfo,
    model: usize,
    unit: usize,
    options: usize,
) -> SqlResult<(Arguments, &'static mut ModelState)> {
    // SAFETY: the caller vouches for all of it.
    unsafe {
        let (arguments, state) = state_of::<ModelState>(fcinfo);
        match &state.wanted {
            None => state.wanted = Some(ParsedFitArguments::read(arguments, model, unit, options)?),
            Some(known) => known.same_row(arguments, model, unit, options)?,
        }
        Ok((arguments, state))
    }
}

/// (state, h [, model [, as_of [, unit [, options]]]])
// SQL: purchase_model_accum(internal, purchase_history [, text [, timestamptz [, interval [, jsonb]]]]) internal
#[pg_extern]
fn purchase_model_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<ModelState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = asking(fcinfo, 2, 4, 5)?;
        let as_of = arguments.instant(3, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        let h = arguments.history(1);
        let Some(wanted) = &state.wanted else { return Ok(Pointer::from(state)) };
        let kind = wanted.kind();
        if kind == ModelKind::BgBb {
            state.counts.add_periods(&h, as_of, wanted.unit(), &SessionZone)?;
        } else {
            state.counted_in_days = true;
            state.counts.add_customer(&h, as_of, &SessionZone, kind.is_regular())?;
        }
        Ok(Pointer::from(state))
    }
}

/// (state, frequency, recency, t [, model])
// SQL: purchase_model_summary_accum(internal, double precision, double precision, double precision [, text]) internal
#[pg_extern]
fn purchase_model_summary_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<ModelState>> {
    // SAFETY: SQL declares the arguments so.
    unsafe { add_summary(fcinfo, usize::MAX, 4, usize::MAX) }
}

/// (state, frequency, recency, t, weight [, model [, unit [, options]]])
// SQL: purchase_model_weighted_accum(internal, double precision, double precision, double precision, double precision [, text [, interval [, jsonb]]]) internal
#[pg_extern]
fn purchase_model_weighted_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<ModelState>> {
    // SAFETY: SQL declares the arguments so.
    unsafe { add_summary(fcinfo, 4, 5, 6) }
}

/// # Safety
/// Arguments 1 to 3 must be frequency, recency and t; the others at these positions, as [`ParsedFitArguments::read`] wants them.
unsafe fn add_summary(
    fcinfo: pg_sys::FunctionCallInfo,
    weight: usize,
    model: usize,
    unit: usize,
) -> SqlResult<Pointer<ModelState>> {
    // SAFETY: the caller vouches for it; argument 0 is a state of this aggregate.
    unsafe {
        let (arguments, state) = asking(fcinfo, model, unit, unit.saturating_add(1))?;
        let (frequency, recency, t) = (arguments.float(1), arguments.float(2), arguments.float(3));
        if let (Some(frequency), Some(recency), Some(t), Some(weight)) =
            (frequency, recency, t, arguments.weight(weight)?)
        {
            let discrete = state.wanted.as_ref().is_some_and(|wanted| wanted.kind() == ModelKind::BgBb);
            state.counts.add_summary(&check_summary(frequency, recency, t, discrete)?, weight)?;
        }
        Ok(Pointer::from(state))
    }
}

state_functions!(ModelState, purchase_model_combine, purchase_model_serialize, purchase_model_deserialize);

#[pg_extern]
fn purchase_model_final(state: Pointer<ModelState>) -> SqlResult<Option<String>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some(wanted) = &state.wanted else { return Ok(None) };
    let (kind, unit, options) = (wanted.kind(), wanted.unit(), wanted.options()?);
    let base = state.counts.base(if state.counted_in_days { unit.days() } else { 1.0 })?;
    let mut model = fit(kind, unit, &base, &options, &mut interrupt)?;
    model.as_of = state.as_of.map(Instant::from_micros).transpose()?.map(|as_of| as_of.to_string());
    Ok(Some(model.to_json()?))
}

// ---- what a model says of itself ------------------------------------------------------------------------------------

#[pg_extern]
fn aic(m: Option<Bytes<'_>>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<f64>> {
    Ok(json_argument::<PurchaseModel>(fcinfo, m)?.and_then(|model| model.aic()))
}

#[pg_extern]
fn bic(m: Option<Bytes<'_>>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<f64>> {
    Ok(json_argument::<PurchaseModel>(fcinfo, m)?.and_then(|model| model.bic()))
}
