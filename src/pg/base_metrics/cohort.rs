//! Cohort retention: customers by the period of their first purchase, and what they did in each period since.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::timeline::{same_timeline, timeline_arguments};
use crate::domain::base_metrics::activity::Timeline;
use crate::domain::base_metrics::cohort::Cohorts;
use crate::domain::support::error::Result;
use crate::pg::ffi::composite::{array_result, column, date_column, numeric_column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, state_functions, state_of};
use crate::pg::ffi::numeric::Decimal;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::varlena::ServerValue;

#[derive(Default, Serialize, Deserialize)]
struct CohortState {
    timeline: Option<Timeline>,
    cohorts: Cohorts,
}

impl State for CohortState {
    fn merge(&mut self, other: Self) -> Result<()> {
        if let Some(timeline) = other.timeline {
            same_timeline(&mut self.timeline, timeline)?;
        }
        self.cohorts.merge(other.cohorts)
    }
}

/// (state, h, period [, as_of])
// SQL: cohort_retention_accum(internal, purchase_history, interval [, timestamptz]) internal
#[pg_extern]
fn cohort_retention_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<CohortState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<CohortState>(fcinfo);
        let timeline = timeline_arguments(&mut state.timeline, arguments, 2)?;
        state.cohorts.add_customer(&arguments.history(1), timeline, &SessionZone)?;
        Ok(Pointer::from(state))
    }
}

state_functions!(CohortState, cohort_retention_combine, cohort_retention_serialize, cohort_retention_deserialize);

// SQL: cohort_retention_final(internal) cohort_cell[]
#[pg_extern]
fn cohort_retention_final(state: Pointer<CohortState>, fcinfo: pg_sys::FunctionCallInfo) -> Option<ServerValue> {
    // SAFETY: as above.
    let state = unsafe { state.get() }?;
    let timeline = state.timeline?;
    let rows = state.cohorts.cells(timeline).map(|cell| {
        [
            date_column(cell.cohort),
            column(cell.age as i32),
            date_column(cell.start),
            column(cell.complete),
            column(cell.customers as i64),
            column(cell.active as i64),
            column(cell.active as f64 / cell.customers as f64),
            column(cell.orders as i64),
            column(Decimal(cell.revenue)),
            numeric_column(Decimal(cell.cumulative_revenue).per(cell.customers)),
        ]
    });
    // SAFETY: the composite is declared with these columns.
    Some(unsafe { array_result(fcinfo, rows) })
}
