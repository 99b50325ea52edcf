//! The quick question: stage, next purchase and value straight on the rows of an order table, in a GROUP BY.
//!
//! Each is the aggregate of a history and a reading of it in one. The state also holds the parameters of the reading,
//! which a final function does not see.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::history::encoding::Entry;
use crate::domain::history::money::Amount;
use crate::domain::models::ltv::check_years;
use crate::domain::stages::stage::Thresholds;
use crate::domain::support::error::{Result, reserve};
use crate::domain::support::{interrupt, received};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::enum_type::Label;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of, varies};
use crate::pg::ffi::numeric::{Decimal, amount_of};
use crate::pg::ffi::time::now;
use crate::pg::models::ltv::value_of;
use crate::pg::models::rhythm::next_by_mean_gap;
use crate::pg::stages::stage::stage_of;

/// What the reading needs beside the history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Parameters {
    as_of: i64,
    /// None for NULL, and where the reading has no such parameter.
    years: Option<f64>,
}

/// The purchases of one group as (microseconds, 1/10000), and the parameters, which must be the same in every row.
#[derive(Default, Serialize, Deserialize)]
struct RowsState {
    parameters: Option<Parameters>,
    #[serde(deserialize_with = "received::vec")]
    entries: Vec<(i64, i64)>,
}

impl RowsState {
    fn same_parameters(&mut self, parameters: Option<Parameters>) -> Result<()> {
        let Some(parameters) = parameters else { return Ok(()) };
        let known = *self.parameters.get_or_insert(parameters);
        same_as_of(&mut Some(known.as_of), Some(parameters.as_of))?;
        if known.years == parameters.years {
            return Ok(());
        }
        let show = |years: Option<f64>| years.map_or("NULL".to_owned(), |years| years.to_string());
        Err(varies("years", show(known.years), show(parameters.years)))
    }

    fn history(&self) -> Result<History<'static>> {
        let mut entries = Vec::new();
        reserve(&mut entries, self.entries.len())?;
        for &(micros, units) in &self.entries {
            entries.push(Entry { at: Instant::from_micros(micros)?, amount: Amount(units) });
        }
        History::from_entries(&mut entries)
    }
}

impl State for RowsState {
    fn merge(&mut self, mut other: Self) -> Result<()> {
        self.same_parameters(other.parameters)?;
        reserve(&mut self.entries, other.entries.len())?;
        self.entries.append(&mut other.entries);
        Ok(())
    }

    fn normalize(&mut self) -> Result<()> {
        interrupt::sort(&mut self.entries);
        Ok(())
    }
}

state_functions!(RowsState, rows_combine, rows_serialize, rows_deserialize);

/// Adds a row: the instant in argument 1, the amount and the years in arguments of these numbers, and `as_of` after them. A NULL
/// instant or amount adds nothing, but the parameters count.
fn add(fcinfo: pg_sys::FunctionCallInfo, amount: Option<usize>, years: Option<usize>) -> SqlResult<Pointer<RowsState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this module's aggregates only.
    unsafe {
        let (arguments, state) = state_of::<RowsState>(fcinfo);
        let as_of = arguments.instant(years.or(amount).unwrap_or(1) + 1, "as_of")?.unwrap_or_else(now);
        let amount = match amount {
            Some(number) => arguments.datum(number).map_or(Ok(None), |datum| amount_of(datum))?,
            None => Some(Amount(0)),
        };
        let years = years.and_then(|number| arguments.float(number)).map(check_years).transpose()?;
        state.same_parameters(Some(Parameters { as_of: as_of.micros(), years }))?;
        if let (Some(at), Some(amount)) = (arguments.datum(1), amount) {
            let at = Instant::from_micros(at.value() as i64)?;
            if state.entries.len() == state.entries.capacity() {
                let room = state.entries.len().max(4);
                reserve(&mut state.entries, room)?;
            }
            state.entries.push((at.micros(), amount.0));
        }
        Ok(Pointer::from(state))
    }
}

/// (state, ordered_at [, as_of])
// SQL: rows_accum(internal, timestamptz [, timestamptz]) internal
#[pg_extern]
fn rows_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RowsState>> {
    add(fcinfo, None, None)
}

/// (state, ordered_at, amount [, as_of])
// SQL: rows_accum_amount(internal, timestamptz, numeric [, timestamptz]) internal
#[pg_extern]
fn rows_accum_amount(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RowsState>> {
    add(fcinfo, Some(2), None)
}

/// (state, ordered_at, amount, years [, as_of])
// SQL: rows_accum_years(internal, timestamptz, numeric, double precision [, timestamptz]) internal
#[pg_extern]
fn rows_accum_years(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RowsState>> {
    add(fcinfo, Some(2), Some(3))
}

/// The history and the parameters, if there has been a row.
fn finished(state: Pointer<RowsState>) -> Result<Option<(History<'static>, Instant, Option<f64>)>> {
    // SAFETY: as above.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some(parameters) = state.parameters else { return Ok(None) };
    Ok(Some((state.history()?, Instant::from_micros(parameters.as_of)?, parameters.years)))
}

#[pg_extern]
fn rows_lifecycle_stage(state: Pointer<RowsState>) -> SqlResult<Label> {
    let (h, as_of, _) = finished(state)?.unwrap_or((History::empty(), now(), None));
    Ok(Label(stage_of(&h, None, as_of, Thresholds::default()).label()))
}

#[pg_extern]
fn rows_expected_next_purchase(state: Pointer<RowsState>) -> SqlResult<Option<Instant>> {
    Ok(finished(state)?.and_then(|(h, as_of, _)| next_by_mean_gap(&h, as_of)))
}

#[pg_extern]
fn rows_ltv(state: Pointer<RowsState>) -> SqlResult<Option<Decimal>> {
    match finished(state)? {
        Some((h, as_of, Some(years))) => Ok(value_of(&h, years, as_of)?),
        _ => Ok(None),
    }
}
