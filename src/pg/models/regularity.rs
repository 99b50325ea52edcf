//! How regularly a base buys, without a model to fit.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::history::summary::purchase_days;
use crate::domain::models::regularity::Regularity;
use crate::domain::support::error::Result;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of};
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::now;

#[derive(Default, Serialize, Deserialize)]
struct RegularityState {
    as_of: Option<i64>,
    gaps: Regularity,
}

impl State for RegularityState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        self.gaps.merge(other.gaps)
    }
}

/// (state, h [, as_of])
// SQL: regularity_accum(internal, purchase_history [, timestamptz]) internal
#[pg_extern]
fn regularity_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RegularityState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<RegularityState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        state.gaps.add_customer(purchase_days(&arguments.history(1), as_of, &SessionZone));
        Ok(Pointer::from(state))
    }
}

state_functions!(RegularityState, regularity_combine, regularity_serialize, regularity_deserialize);

#[pg_extern]
fn regularity_final(state: Pointer<RegularityState>) -> Option<f64> {
    // SAFETY: as above.
    unsafe { state.get() }.and_then(|state| state.gaps.value())
}
