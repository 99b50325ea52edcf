//! Growth accounting: the customers of a base who come, stay, go and come back, by calendar periods.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::timeline::{same_timeline, timeline_arguments};
use crate::domain::base_metrics::activity::Timeline;
use crate::domain::base_metrics::growth::{Growth, lifecycle};
use crate::domain::support::error::Result;
use crate::pg::ffi::composite::{RowType, array_result, column, date_column};
use crate::pg::ffi::enum_type::Label;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, state_functions, state_of};
use crate::pg::ffi::numeric::Decimal;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::varlena::ServerValue;

#[derive(Default, Serialize, Deserialize)]
struct GrowthState {
    timeline: Option<Timeline>,
    growth: Growth,
}

impl State for GrowthState {
    fn merge(&mut self, other: Self) -> Result<()> {
        if let Some(timeline) = other.timeline {
            same_timeline(&mut self.timeline, timeline)?;
        }
        self.growth.merge(other.growth)
    }
}

/// (state, h, period [, as_of])
// SQL: growth_accum(internal, purchase_history, interval [, timestamptz]) internal
#[pg_extern]
fn growth_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<GrowthState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<GrowthState>(fcinfo);
        let timeline = timeline_arguments(&mut state.timeline, arguments, 2)?;
        state.growth.add_customer(&arguments.history(1), timeline, &SessionZone)?;
        Ok(Pointer::from(state))
    }
}

state_functions!(GrowthState, growth_combine, growth_serialize, growth_deserialize);

// SQL: growth_accounting_final(internal) growth_point[]
#[pg_extern]
fn growth_accounting_final(state: Pointer<GrowthState>, fcinfo: pg_sys::FunctionCallInfo) -> Option<ServerValue> {
    // SAFETY: as above.
    let state = unsafe { state.get() }?;
    let timeline = state.timeline?;
    let rows = state.growth.points(timeline).map(|point| {
        let m = &point.movements;
        [
            date_column(point.start),
            column(point.complete),
            column(m.new.customers as i64),
            column(m.retained.customers as i64),
            column(m.resurrected.customers as i64),
            column(m.churned.customers as i64),
            column(m.active() as i64),
            column(m.quick_ratio()),
            column(Decimal(m.revenue())),
            column(Decimal(m.new.revenue)),
            column(Decimal(m.retained.revenue)),
            column(Decimal(m.resurrected.revenue)),
            column(Decimal(m.inactive_revenue)),
            column(Decimal(m.churned.revenue)),
        ]
    });
    // SAFETY: the composite is declared with these columns.
    Some(unsafe { array_result(fcinfo, rows) })
}

// SQL: growth_lifecycle_final(internal) growth_status_point[]
#[pg_extern]
fn growth_lifecycle_final(state: Pointer<GrowthState>, fcinfo: pg_sys::FunctionCallInfo) -> Option<ServerValue> {
    /// Where the composite has the status.
    const STATUS: usize = 2;
    // SAFETY: as above.
    let state = unsafe { state.get() }?;
    let timeline = state.timeline?;
    // SAFETY: the composite is declared with these columns.
    let array = unsafe {
        let row_type = RowType::of_result(fcinfo);
        let rows = state.growth.points(timeline).flat_map(|point| {
            pgrx::check_for_interrupts!();
            lifecycle(&point.movements).map(|(status, customers, revenue)| {
                row_type.row([
                    date_column(point.start),
                    column(point.complete),
                    Label(status.name()).in_column(row_type, STATUS),
                    column(customers as i64),
                    column(Decimal(revenue)),
                ])
            })
        });
        row_type.array(rows)
    };
    Some(ServerValue(array))
}
