//! The quick question: stage, next purchase and value straight on the rows of an order table, in a GROUP BY.
//!
//! Each is the aggregate of a history and a reading of it in one. The state also holds the parameters of the reading,
//! which a final function does not see.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::enum_type::Label;
use super::error::{SqlResult, same_as_of, varies};
use super::internal_state::{Pointer, State, get_or_insert, state_functions};
use super::ltv::value_of;
use super::numeric::{AmountArgument, Decimal};
use super::rhythm::next_by_mean_gap;
use super::stage::stage_of;
use super::time::now;
use crate::domain::error::{Error, Kind, Result};
use crate::domain::history::History;
use crate::domain::instant::Instant;
use crate::domain::layout::Entry;
use crate::domain::ltv::check_years;
use crate::domain::money::Amount;
use crate::domain::stage::Thresholds;

/// What the reading needs beside the history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Parameters {
    as_of: i64,
    years: f64,
}

/// The purchases of one group as (microseconds, 1/10000), and the parameters, which must be the same in every row.
#[derive(Default, Serialize, Deserialize)]
struct RowsState {
    parameters: Option<Parameters>,
    entries: Vec<(i64, i64)>,
}

impl RowsState {
    fn same_parameters(&mut self, parameters: Option<Parameters>) -> Result<()> {
        let Some(parameters) = parameters else { return Ok(()) };
        let known = *self.parameters.get_or_insert(parameters);
        same_as_of(&mut Some(known.as_of), Some(parameters.as_of))?;
        if known.years == parameters.years { Ok(()) } else { Err(varies("years", known.years, parameters.years)) }
    }

    fn history(&self) -> Result<History<'static>> {
        let entries: Result<Vec<Entry>> = self
            .entries
            .iter()
            .map(|&(micros, units)| Ok(Entry { at: Instant::from_micros(micros)?, amount: Amount(units) }))
            .collect();
        History::from_entries(&mut entries?)
    }
}

impl State for RowsState {
    fn merge(&mut self, mut other: Self) -> Result<()> {
        self.same_parameters(other.parameters)?;
        self.entries.append(&mut other.entries);
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        self.entries.sort_unstable();
        Ok(())
    }
}

state_functions!(RowsState, rows_combine, rows_serialize, rows_deserialize);

/// Adds a row. A NULL instant or amount adds nothing, but the parameters count.
fn add(
    state: Pointer<RowsState>,
    row: Option<(Instant, Amount)>,
    years: f64,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Pointer<RowsState>> {
    // SAFETY: SQL passes states of this module's aggregates only.
    let state: &mut RowsState = unsafe { get_or_insert(state, fcinfo, RowsState::default) };
    state.same_parameters(Some(Parameters { as_of: as_of.micros(), years }))?;
    state.entries.extend(row.map(|(at, amount)| (at.micros(), amount.0)));
    Ok(Pointer::from(state))
}

const NO_AMOUNT: Amount = Amount(0);

#[pg_extern]
fn rows_accum(
    state: Pointer<RowsState>,
    at: Option<Instant>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Pointer<RowsState>> {
    add(state, at.map(|at| (at, NO_AMOUNT)), 0.0, now(), fcinfo)
}

#[pg_extern]
fn rows_accum_as_of(
    state: Pointer<RowsState>,
    at: Option<Instant>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Pointer<RowsState>> {
    add(state, at.map(|at| (at, NO_AMOUNT)), 0.0, as_of, fcinfo)
}

#[pg_extern]
fn rows_accum_amount(
    state: Pointer<RowsState>,
    at: Option<Instant>,
    amount: AmountArgument,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Pointer<RowsState>> {
    add(state, at.zip(amount.0), 0.0, now(), fcinfo)
}

#[pg_extern]
fn rows_accum_amount_as_of(
    state: Pointer<RowsState>,
    at: Option<Instant>,
    amount: AmountArgument,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Pointer<RowsState>> {
    add(state, at.zip(amount.0), 0.0, as_of, fcinfo)
}

#[pg_extern]
fn rows_accum_years(
    state: Pointer<RowsState>,
    at: Option<Instant>,
    amount: AmountArgument,
    years: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Pointer<RowsState>> {
    add(state, at.zip(amount.0), checked(years)?, now(), fcinfo)
}

#[pg_extern]
fn rows_accum_years_as_of(
    state: Pointer<RowsState>,
    at: Option<Instant>,
    amount: AmountArgument,
    years: Option<f64>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Pointer<RowsState>> {
    add(state, at.zip(amount.0), checked(years)?, as_of, fcinfo)
}

fn checked(years: Option<f64>) -> Result<f64> {
    check_years(years.ok_or_else(|| Error::new(Kind::NullNotAllowed, "years must not be NULL"))?)
}

/// The history and the parameters, if there has been a row.
fn finished(state: Pointer<RowsState>) -> Result<Option<(History<'static>, Instant, f64)>> {
    // SAFETY: as above.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some(parameters) = state.parameters else { return Ok(None) };
    Ok(Some((state.history()?, Instant::from_micros(parameters.as_of)?, parameters.years)))
}

#[pg_extern]
fn rows_lifecycle_stage(state: Pointer<RowsState>) -> SqlResult<Label> {
    let (h, as_of, _) = finished(state)?.unwrap_or((History::empty(), now(), 0.0));
    Ok(Label(stage_of(&h, None, as_of, Thresholds::default()).label()))
}

#[pg_extern]
fn rows_expected_next_purchase(state: Pointer<RowsState>) -> SqlResult<Option<Instant>> {
    Ok(finished(state)?.and_then(|(h, as_of, _)| next_by_mean_gap(&h, as_of)))
}

#[pg_extern]
fn rows_ltv(state: Pointer<RowsState>) -> SqlResult<Option<Decimal>> {
    Ok(finished(state)?.map_or(Ok(None), |(h, as_of, years)| value_of(&h, years, as_of))?)
}
