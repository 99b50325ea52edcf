//! What treated customers have spent beside control customers, for readers who look every day.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::DEFAULT_CONFIDENCE;
use crate::domain::experiment::Confidence;
use crate::domain::experiment::looks::LooksState;
use crate::domain::support::error::Result;
use crate::pg::ffi::composite::{Row, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same, state_functions, state_of};
use crate::pg::ffi::numeric::amount_of;

#[derive(Default, Serialize, Deserialize)]
struct CompareSpendAnytimeState {
    /// The same in every row.
    confidence: Option<f64>,
    customers: LooksState,
}

impl State for CompareSpendAnytimeState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same(&mut self.confidence, other.confidence, "confidence")?;
        self.customers.merge(&other.customers)
    }

    fn normalize(&mut self) -> Result<()> {
        self.customers.normalize();
        Ok(())
    }
}

/// (state, treated, spend, treated_share, ended_at, customer [, confidence])
// SQL: compare_spend_anytime_accum(internal, boolean, numeric, double precision, timestamptz, text [, double precision]) internal
#[pg_extern]
fn compare_spend_anytime_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<CompareSpendAnytimeState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<CompareSpendAnytimeState>(fcinfo);
        arguments.not_null(6, "confidence")?;
        let confidence = Confidence::new(arguments.float(6).unwrap_or(DEFAULT_CONFIDENCE))?;
        same(&mut state.confidence, Some(confidence.value()), "confidence")?;
        let (Some(treated), Some(share)) = (arguments.datum(1), arguments.float(3)) else {
            return Ok(Pointer::from(state));
        };
        arguments.not_null(5, "customer")?;
        let spend = match arguments.datum(2) {
            Some(spend) => amount_of(spend)?.map_or(0, |amount| amount.0),
            None => 0,
        };
        let at = arguments.instant(4, "ended_at")?.map_or(0, |at| at.micros());
        let customer = arguments.bytes(5).unwrap_or_default();
        state.customers.add(treated.value() != 0, spend, share, at, customer)?;
        Ok(Pointer::from(state))
    }
}

state_functions!(
    CompareSpendAnytimeState,
    compare_spend_anytime_combine,
    compare_spend_anytime_serialize,
    compare_spend_anytime_deserialize
);

#[pg_extern]
fn compare_spend_anytime_final(state: Pointer<CompareSpendAnytimeState>) -> SqlResult<Option<Row<3>>> {
    // SAFETY: as above. Putting the customers in order does not change what they are, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some(confidence) = state.confidence else { return Ok(None) };
    let found = state.customers.anytime(Confidence::new(confidence)?)?;
    Ok(Some(Row([
        found.p_value.and_then(column),
        found.lift.and_then(|lift| column(lift.low)),
        found.lift.and_then(|lift| lift.high).and_then(column),
    ])))
}
