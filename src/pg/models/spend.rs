//! What customers spend per purchase: spend models, and what they say of a customer.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::fit_arguments::interrupt;
use crate::domain::history::History;
use crate::domain::history::summary::BtydSummary;
use crate::domain::models::spend::fit::fit;
use crate::domain::models::spend::{GammaGamma, SpendCounts, SpendModel};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::{DAY, Instant};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of};
use crate::pg::ffi::json_type::{json_argument, json_type};
use crate::pg::ffi::numeric::computed;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::now;
use crate::pg::ffi::varlena::{Bytes, ServerValue};

json_type!(SpendModel, spend_model_in, spend_model_recv);

// ---- the spend of a base --------------------------------------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct SpendState {
    as_of: Option<i64>,
    counts: SpendCounts,
}

impl State for SpendState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

/// (state, h [, as_of])
// SQL: spend_model_accum(internal, purchase_history [, timestamptz]) internal
#[pg_extern]
fn spend_model_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<SpendState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<SpendState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        if let Some(summary) = BtydSummary::of(&arguments.history(1), as_of, DAY, &SessionZone)? {
            state.counts.insert(summary.frequency, summary.monetary_value)?;
        }
        Ok(Pointer::from(state))
    }
}

/// (state, frequency, monetary_value [, weight])
// SQL: spend_model_summary_accum(internal, double precision, double precision [, double precision]) internal
#[pg_extern]
fn spend_model_summary_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<SpendState>> {
    // SAFETY: as above.
    unsafe {
        let (arguments, state) = state_of::<SpendState>(fcinfo);
        let (frequency, weight) = (arguments.whole(1, "frequency")?, arguments.weight(3)?);
        if let (Some(frequency), Some(mean), Some(weight)) = (frequency, arguments.float(2), weight) {
            let frequency = u32::try_from(frequency).map_err(|_| {
                Error::new(Kind::InvalidParameter, format!("frequency out of range: {frequency}"))
                    .detail(format!("frequency is a number of repeat purchases, {} at most.", u32::MAX))
            })?;
            state.counts.insert_times(frequency, mean, weight)?;
        }
        Ok(Pointer::from(state))
    }
}

state_functions!(SpendState, spend_model_combine, spend_model_serialize, spend_model_deserialize);

#[pg_extern]
fn spend_model_final(state: Pointer<SpendState>) -> SqlResult<Option<String>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let mut model = fit(&mut state.counts, &mut interrupt)?;
    model.as_of = state.as_of.map(Instant::from_micros).transpose()?.map(|as_of| as_of.to_string());
    Ok(Some(model.to_json()?))
}

// ---- of a customer --------------------------------------------------------------------------------------------------

fn params_of(fcinfo: pg_sys::FunctionCallInfo, s: Option<Bytes<'_>>) -> Result<Option<GammaGamma>> {
    Ok(json_argument::<SpendModel>(fcinfo, s)?.and_then(|model| model.params))
}

// SQL: expected_spend(purchase_history, spend_model, timestamptz) numeric
#[pg_extern]
fn expected_spend(
    h: History<'_>,
    s: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<ServerValue>> {
    let Some(spend) = params_of(fcinfo, s)? else { return Ok(None) };
    let Some(summary) = BtydSummary::of(&h, as_of, DAY, &SessionZone)? else { return Ok(None) };
    spend.expected_spend(f64::from(summary.frequency), summary.monetary_value).map(computed).transpose()
}

#[pg_extern]
fn expected_spend_summary(
    s: Option<Bytes<'_>>,
    frequency: Option<f64>,
    monetary_value: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(spend), Some(frequency), Some(mean)) = (params_of(fcinfo, s)?, frequency, monetary_value) else {
        return Ok(None);
    };
    Ok(spend.expected_spend(frequency, check_mean_spend(frequency, mean)?))
}

/// Checks a mean spend of so many repeat purchases: beyond what a base can hold the products overflow.
///
/// # Errors
/// [`Kind::InvalidParameter`].
pub fn check_mean_spend(frequency: f64, mean: f64) -> Result<f64> {
    if (0.0..=f64::from(u32::MAX)).contains(&frequency) && mean.abs() <= 1e18 {
        return Ok(mean);
    }
    Err(Error::new(
        Kind::InvalidParameter,
        format!("not a customer's summary: frequency {frequency}, monetary_value {mean}"),
    )
    .detail("frequency is a number of repeat purchases, 0 or more, and monetary_value their mean spend, up to 1e18."))
}
