//! Lifetime value by the textbook formula, of a customer and of a group.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::history::money::SCALE;
use crate::domain::history::summary::Facts;
use crate::domain::models::ltv::{GroupSums, check_years, lifetime_value};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::composite::{Row, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of};
use crate::pg::ffi::numeric::Decimal;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::now;

/// The value of a customer who is retained so many years; None without a purchase, and while no time has passed.
pub fn value_of(h: &History<'_>, years: f64, as_of: Instant) -> Result<Option<Decimal>> {
    check_years(years)?;
    let facts = Facts::of(h, as_of);
    let Some(rate) = facts.repeat_purchases_per_year(as_of, &SessionZone) else { return Ok(None) };
    let average_order_value = facts.spend as f64 / (SCALE as f64 * f64::from(facts.purchases));
    Ok(Some(lifetime_value(average_order_value, rate, years)?.into()))
}

#[pg_extern]
fn ltv(h: History<'_>, years: Option<f64>, as_of: Instant) -> SqlResult<Option<Decimal>> {
    Ok(years.map_or(Ok(None), |years| value_of(&h, years, as_of))?)
}

/// A value without years, which could be of one customer or of the base: says what to write.
// SQL: ltv_without_years(purchase_history) numeric
#[pg_extern]
fn ltv_without_years(_fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<Decimal>> {
    Err(Error::new(Kind::InvalidParameter, "ltv needs the years for which a customer is retained")
        .hint("Write ltv(h, 3) for the value of each customer in three years, or average_ltv(h) for that of a customer of the base.")
        .into())
}

#[pg_extern]
fn repeat_purchases_per_year(h: History<'_>, as_of: Instant) -> Option<f64> {
    Facts::of(&h, as_of).repeat_purchases_per_year(as_of, &SessionZone)
}

#[pg_extern]
fn retention_years(h: History<'_>, as_of: Instant) -> Option<f64> {
    Facts::of(&h, as_of).retention_years(&SessionZone)
}

// ---- a group --------------------------------------------------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct GroupState {
    as_of: Option<i64>,
    sums: GroupSums,
}

impl State for GroupState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        self.sums.merge(other.sums);
        Ok(())
    }
}

/// (state, h [, as_of])
// SQL: ltv_group_accum(internal, purchase_history [, timestamptz]) internal
#[pg_extern]
fn ltv_group_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<GroupState>> {
    // SAFETY: SQL declares the arguments so, and passes states of these aggregates only.
    unsafe {
        let (arguments, state) = state_of::<GroupState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        state.sums.add(&Facts::of(&arguments.history(1), as_of), as_of, &SessionZone);
        Ok(Pointer::from(state))
    }
}

state_functions!(GroupState, ltv_group_combine, ltv_group_serialize, ltv_group_deserialize);

#[pg_extern]
fn ltv_group_final(state: Pointer<GroupState>) -> SqlResult<Option<Decimal>> {
    // SAFETY: as above.
    let inputs = unsafe { state.get() }.and_then(|state| state.sums.inputs());
    Ok(inputs.map_or(Ok(None), |inputs| inputs.ltv())?.map(Decimal::from))
}

#[pg_extern]
fn ltv_inputs_final(state: Pointer<GroupState>) -> SqlResult<Option<Row<5>>> {
    // SAFETY: as above.
    let Some(inputs) = (unsafe { state.get() }).and_then(|state| state.sums.inputs()) else {
        return Ok(None);
    };
    Ok(Some(Row([
        column(inputs.customers as i64),
        column(inputs.average_order_value),
        inputs.repeat_purchases_per_year.and_then(column),
        column(inputs.retention_years),
        inputs.ltv()?.map(Decimal::from).and_then(column),
    ])))
}
