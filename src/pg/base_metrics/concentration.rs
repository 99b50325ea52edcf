//! Concentration of value: Lorenz curve, Gini coefficient, and the share of the best customers.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use crate::domain::base_metrics::concentration::{DEFAULT_TARGET_SHARE, DEFAULT_TOP_SHARE, SpendCounts, check_share};
use crate::domain::support::error::Result;
use crate::pg::ffi::composite::{Row, RowType, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of, varies};
use crate::pg::ffi::numeric::Decimal;
use crate::pg::ffi::time::now;

#[derive(Default, Serialize, Deserialize)]
struct ConcentrationState {
    as_of: Option<i64>,
    /// The shares that are asked for, the same in every row.
    shares: Option<Shares>,
    spends: SpendCounts,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Shares {
    top: f64,
    target: f64,
}

impl ConcentrationState {
    fn same_shares(&mut self, shares: Shares) -> Result<()> {
        let known = *self.shares.get_or_insert(shares);
        if known.top != shares.top {
            return Err(varies("top_share", known.top, shares.top));
        }
        if known.target != shares.target {
            return Err(varies("target_share", known.target, shares.target));
        }
        Ok(())
    }
}

impl State for ConcentrationState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        if let Some(shares) = other.shares {
            self.same_shares(shares)?;
        }
        self.spends.merge(other.spends)
    }

    fn normalize(&mut self) -> Result<()> {
        self.spends.normalize()
    }
}

/// (state, h [, as_of [, top_share [, target_share]]])
// SQL: value_concentration_accum(internal, purchase_history [, timestamptz [, double precision [, double precision]]]) internal
#[pg_extern]
fn value_concentration_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<ConcentrationState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<ConcentrationState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        let share = |number, name, default| {
            arguments.not_null(number, name)?;
            check_share(name, arguments.float(number).unwrap_or(default))
        };
        state.same_shares(Shares {
            top: share(3, "top_share", DEFAULT_TOP_SHARE)?,
            target: share(4, "target_share", DEFAULT_TARGET_SHARE)?,
        })?;
        state.spends.add_customer(&arguments.history(1), as_of)?;
        Ok(Pointer::from(state))
    }
}

state_functions!(
    ConcentrationState,
    value_concentration_combine,
    value_concentration_serialize,
    value_concentration_deserialize
);

/// The column that holds the Lorenz curve.
const LORENZ: usize = 7;

#[pg_extern]
fn value_concentration_final(
    state: Pointer<ConcentrationState>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Row<8>>> {
    // SAFETY: as above. Putting the spends in order does not change what they are, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some(shares) = state.shares else { return Ok(None) };
    let found = state.spends.concentration(shares.top, shares.target)?;
    let of_revenue = found.of_revenue.as_ref();
    let lorenz = of_revenue.and_then(|of_revenue| {
        // SAFETY: the composites are declared with these columns.
        unsafe {
            let point = RowType::of_result(fcinfo).of_column(LORENZ);
            let rows = of_revenue.lorenz.iter().map(|p| point.row([column(p.customers), column(p.revenue)]));
            point.array_column(point.array(rows))
        }
    });
    Ok(Some(Row([
        column(found.customers as i64),
        column(Decimal(found.revenue)),
        column(of_revenue.map(|r| r.gini)),
        column(shares.top),
        column(of_revenue.map(|r| r.share_of_top)),
        column(shares.target),
        column(of_revenue.map(|r| r.smallest_share)),
        lorenz,
    ])))
}
