//! Where a change of revenue between two periods comes from.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::base_metrics::decomposition::{PeriodFigures, RevenueCounts, TimeRange};
use crate::domain::support::error::{Error, Kind, Result};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::composite::{Row, column, numeric_column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, state_functions, state_of};
use crate::pg::ffi::numeric::Decimal;

#[derive(Default, Serialize, Deserialize)]
struct DecompositionState {
    /// The two periods, the same in every row.
    periods: Option<(TimeRange, TimeRange)>,
    counts: RevenueCounts,
}

impl DecompositionState {
    fn same_periods(&mut self, periods: (TimeRange, TimeRange)) -> Result<()> {
        let known = *self.periods.get_or_insert(periods);
        if known == periods {
            return Ok(());
        }
        let name = if known.0 == periods.0 { "after" } else { "before" };
        Err(Error::new(Kind::InvalidParameter, format!("{name} must be the same in every row of a group"))
            .hint(format!("Group by the column that {name} comes from.")))
    }
}

impl State for DecompositionState {
    fn merge(&mut self, other: Self) -> Result<()> {
        if let Some(periods) = other.periods {
            self.same_periods(periods)?;
        }
        self.counts.merge(other.counts);
        Ok(())
    }
}

/// (state, h, before, after)
// SQL: revenue_decomposition_accum(internal, purchase_history, tstzrange, tstzrange) internal
#[pg_extern]
fn revenue_decomposition_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<DecompositionState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<DecompositionState>(fcinfo);
        let (before, after) = (range(arguments, 2, "before")?, range(arguments, 3, "after")?);
        state.same_periods((before, after))?;
        state.counts.add_customer(&arguments.history(1), before, after);
        Ok(Pointer::from(state))
    }
}

/// The period in an argument.
///
/// # Safety
/// SQL must declare the argument as `tstzrange`.
unsafe fn range(arguments: Arguments, number: usize, name: &str) -> Result<TimeRange> {
    arguments.not_null(number, name)?;
    let Some(datum) = arguments.datum(number) else { return Ok(TimeRange { start: i64::MIN, end: i64::MAX }) };
    // SAFETY: a zeroed bound is one; the caller vouches for the range, whose type the server knows how to read.
    let (lower, upper, empty) = unsafe {
        let (mut lower, mut upper): (pg_sys::RangeBound, pg_sys::RangeBound) = (std::mem::zeroed(), std::mem::zeroed());
        let mut empty = false;
        let range: *mut pg_sys::RangeType = pg_sys::pg_detoast_datum(datum.cast_mut_ptr()).cast();
        let kind = pg_sys::lookup_type_cache((*range).rangetypid, pg_sys::TYPECACHE_RANGE_INFO as i32);
        pg_sys::range_deserialize(kind, range, &mut lower, &mut upper, &mut empty);
        (lower, upper, empty)
    };
    let bound = |bound: pg_sys::RangeBound, inclusive| {
        let micros = bound.val.value() as i64;
        if bound.inclusive == inclusive { micros } else { micros.saturating_add(1) }
    };
    let start = if lower.infinite { i64::MIN } else { bound(lower, true) };
    let end = if upper.infinite { i64::MAX } else { bound(upper, false) };
    if empty || start >= end {
        return Err(Error::new(Kind::InvalidParameter, format!("{name} must not be empty"))
            .hint("Give a range such as '[2025-01-01, 2026-01-01)'."));
    }
    Ok(TimeRange { start, end })
}

state_functions!(
    DecompositionState,
    revenue_decomposition_combine,
    revenue_decomposition_serialize,
    revenue_decomposition_deserialize
);

#[pg_extern]
fn revenue_decomposition_final(state: Pointer<DecompositionState>) -> SqlResult<Option<Row<14>>> {
    // SAFETY: as above.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let RevenueCounts { before, after } = state.counts;
    let effects = state.counts.effects()?;
    let order_value = |figures: PeriodFigures| {
        if figures.orders == 0 { None } else { numeric_column(Decimal(figures.revenue).per(figures.orders)) }
    };
    Ok(Some(Row([
        column(before.customers as i64),
        column(after.customers as i64),
        column(before.orders as i64),
        column(after.orders as i64),
        column(Decimal(before.revenue)),
        column(Decimal(after.revenue)),
        column(before.orders_per_customer()),
        column(after.orders_per_customer()),
        order_value(before),
        order_value(after),
        column(Decimal(effects.customers + effects.frequency + effects.value)),
        column(Decimal(effects.customers)),
        column(Decimal(effects.frequency)),
        column(Decimal(effects.value)),
    ])))
}
