//! What treated customers have spent beside control customers, judged by the lot itself.

use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::DEFAULT_CONFIDENCE;
use crate::domain::experiment::Confidence;
use crate::domain::experiment::spend::{Effect, SpendComparison, SpendState};
use crate::domain::support::error::{Error, Kind, Result};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::composite::{Column, Row, column};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same, state_functions, state_of};
use crate::pg::ffi::numeric::amount_of;
use crate::pg::ffi::text::Text;

#[derive(Default, Serialize, Deserialize)]
struct CompareSpendState {
    /// The same in every row.
    confidence: Option<f64>,
    customers: SpendState,
}

impl State for CompareSpendState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same(&mut self.confidence, other.confidence, "confidence")?;
        self.customers.merge(other.customers)
    }

    fn normalize(&mut self) -> Result<()> {
        self.customers.normalize()
    }
}

/// (state, treated, spend [, before [, stratum [, confidence]]])
// SQL: compare_spend_accum(internal, boolean, numeric [, double precision[] [, text [, double precision]]]) internal
#[pg_extern]
fn compare_spend_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<CompareSpendState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<CompareSpendState>(fcinfo);
        arguments.not_null(5, "confidence")?;
        let confidence = Confidence::new(arguments.float(5).unwrap_or(DEFAULT_CONFIDENCE))?;
        same(&mut state.confidence, Some(confidence.value()), "confidence")?;
        let Some(treated) = arguments.datum(1) else { return Ok(Pointer::from(state)) };
        let spend = match arguments.datum(2) {
            Some(spend) => amount_of(spend)?.map_or(0, |amount| amount.0),
            None => 0,
        };
        let before = before(arguments, 3)?;
        let stratum = arguments.bytes(4).map_or(Vec::new(), |stratum| [b"=", stratum].concat());
        state.customers.add(treated.value() != 0, spend, before.as_deref(), &stratum)?;
        Ok(Pointer::from(state))
    }
}

/// The covariates of a customer; None for NULL.
///
/// # Safety
/// SQL must declare the argument as `double precision[]`.
unsafe fn before(arguments: Arguments, number: usize) -> Result<Option<Vec<Option<f64>>>> {
    // SAFETY: the caller vouches for the type.
    let Some((dimensions, values)) = (unsafe { arguments.array::<f64>(number) }) else { return Ok(None) };
    if dimensions > 1 {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("before must have one dimension, and has {dimensions}"),
        )
        .hint("Write it as ARRAY[spend_before, orders_before]."));
    }
    Ok(Some(values.iter().collect()))
}

state_functions!(CompareSpendState, compare_spend_combine, compare_spend_serialize, compare_spend_deserialize);

#[pg_extern]
fn compare_spend_final(state: Pointer<CompareSpendState>) -> SqlResult<Option<Row<26>>> {
    // SAFETY: as above. Putting the customers in order does not change what they are, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let Some(confidence) = state.confidence else { return Ok(None) };
    let found = state.customers.compare(Confidence::new(confidence)?)?;
    Ok(Some(Row(columns(&found))))
}

/// All that was found, in the columns of `lifecycle.spend_comparison`.
fn columns(found: &SpendComparison) -> [Option<Column>; 26] {
    let SpendComparison { treated, control, .. } = found;
    let [a, b, c, d, e, f, g] = effect(&found.plain);
    let [i, j, k, l, m, n, o] = effect(&found.adjusted.unwrap_or_default());
    [
        column(treated.customers as i64),
        column(control.customers as i64),
        column(treated.buyers as i64),
        column(control.buyers as i64),
        treated.mean.and_then(column),
        control.mean.and_then(column),
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        found.sample_size.and_then(column),
        i,
        j,
        k,
        l,
        m,
        n,
        o,
        column(found.strata as i64),
        column(found.left_out as i64),
        found.method.clone().and_then(|method| column(Text(method))),
        column(found.permutations as i64),
        column(Text(found.status.clone())),
    ]
}

fn effect(effect: &Effect) -> [Option<Column>; 7] {
    [
        effect.difference,
        effect.difference_low,
        effect.difference_high,
        effect.lift,
        effect.lift_low,
        effect.lift_high,
        effect.p_value,
    ]
    .map(|value| value.and_then(column))
}
