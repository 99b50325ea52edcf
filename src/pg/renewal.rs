//! Who renews a contract: renewal models, and what they say.

use pgrx::{Array, FromDatum, pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::arguments::Arguments;
use super::callsite::cached;
use super::error::SqlResult;
use super::fit_arguments::interrupt;
use super::internal_state::{Pointer, State, get_or_insert, same_as_of, state_functions};
use super::json_type::json_type;
use super::session_zone::SessionZone;
use super::time::{now, plus};
use super::varlena::Bytes;
use crate::domain::error::{Error, Kind, Result};
use crate::domain::instant::Instant;
use crate::domain::reading::Gaps;
use crate::domain::renewal::fit::fit;
use crate::domain::renewal::{Renewal, RenewalCounts, RenewalModel};

json_type!(RenewalModel, renewal_model_in, renewal_model_out, renewal_model_recv, renewal_model_send);

// ---- the renewals of a base -----------------------------------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct RenewalState {
    as_of: Option<i64>,
    counts: RenewalCounts,
}

impl State for RenewalState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        self.counts.merge(other.counts)
    }

    fn settle(&mut self) -> Result<()> {
        self.counts.settle()
    }
}

/// # Safety
/// `fcinfo` must be the current call's, and its first argument a state of this aggregate or NULL.
unsafe fn state_of(fcinfo: pg_sys::FunctionCallInfo) -> (Arguments, &'static mut RenewalState) {
    // SAFETY: the caller vouches for it.
    unsafe {
        let arguments = Arguments::of(fcinfo);
        let pointer = Pointer::<RenewalState>::from_datum(arguments.datum(0));
        (arguments, get_or_insert(pointer, fcinfo, RenewalState::default))
    }
}

/// (state, n_active)
#[pg_extern]
fn renewal_model_curve_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RenewalState>> {
    // SAFETY: SQL declares the argument as bigint[], and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of(fcinfo);
        let array = arguments.datum(1).and_then(|datum| Array::<i64>::from_datum(datum, false));
        let Some(array) = array else { return Ok(Pointer::from(state)) };
        let mut active = Vec::with_capacity(array.len());
        for (place, number) in array.iter().enumerate() {
            let number = number.ok_or_else(|| {
                Error::new(Kind::NullNotAllowed, "n_active must not hold NULL")
                    .detail(format!("Element {} is NULL.", place + 1))
            })?;
            active.push(u64::try_from(number).map_err(|_| {
                Error::new(Kind::InvalidParameter, format!("number of customers must not be negative: {number}"))
            })?);
        }
        state.counts.add_curve(&active)?;
        Ok(Pointer::from(state))
    }
}

/// (state, renewals, active [, weight])
#[pg_extern]
fn renewal_model_customer_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RenewalState>> {
    // SAFETY: SQL declares the arguments as bigint, boolean and bigint.
    unsafe {
        let (arguments, state) = state_of(fcinfo);
        let weight = if arguments.count() > 3 { arguments.bigint(3) } else { Some(1) };
        let (Some(renewals), Some(active), Some(weight)) = (arguments.bigint(1), arguments.datum(2), weight) else {
            return Ok(Pointer::from(state));
        };
        let renewals = u32::try_from(renewals).map_err(|_| {
            Error::new(Kind::InvalidParameter, format!("renewals out of range: {renewals}"))
                .detail("It is how many renewals a customer has made, 0 or more.")
        })?;
        let weight = u64::try_from(weight).map_err(|_| {
            Error::new(Kind::InvalidParameter, format!("weight must not be negative: {weight}"))
                .detail("It is how many such customers there are.")
        })?;
        state.counts.insert_times(renewals, active.value() != 0, weight)?;
        Ok(Pointer::from(state))
    }
}

/// (state, h, as_of, period [, grace])
#[pg_extern]
fn renewal_model_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RenewalState>> {
    // SAFETY: SQL declares the arguments so.
    unsafe {
        let (arguments, state) = state_of(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        arguments.not_null(3, "period")?;
        arguments.not_null(4, "grace")?;
        let Some(paid) = Gaps::of(&arguments.history(1), as_of, &SessionZone) else { return Ok(Pointer::from(state)) };
        let mut due = paid.last;
        for interval in [arguments.interval(3), arguments.interval(4)].into_iter().flatten() {
            due = plus(due, interval)?;
        }
        if due <= paid.last {
            return Err(Error::new(Kind::InvalidParameter, "period must be positive")
                .hint("Use the time for which a payment pays, such as '1 year' or '1 month'.")
                .into());
        }
        state.counts.insert(paid.count, as_of <= due)?;
        Ok(Pointer::from(state))
    }
}

state_functions!(RenewalState, renewal_model_combine, renewal_model_serialize, renewal_model_deserialize);

#[pg_extern]
fn renewal_model_final(state: Pointer<RenewalState>) -> SqlResult<Option<String>> {
    // SAFETY: as above. Putting the counts in order does not change what they hold, so that a window may go on.
    let Some(state) = (unsafe { state.get() }) else { return Ok(None) };
    let mut model = fit(&mut state.counts, &mut interrupt)?;
    model.as_of = state.as_of.map(Instant::from_micros).transpose()?.map(|as_of| as_of.to_string());
    Ok(Some(model.to_json()?))
}

// ---- what a model says ----------------------------------------------------------------------------------------------

fn params_of(fcinfo: pg_sys::FunctionCallInfo, m: Option<Bytes<'_>>) -> Result<Option<Renewal>> {
    match m {
        Some(m) => Ok(cached(fcinfo, m.0, RenewalModel::from_json)?.params),
        None => Ok(None),
    }
}

/// A number of renewals, `least` or more.
fn renewals(name: &str, number: i32, least: u32) -> Result<u32> {
    u32::try_from(number).ok().filter(|number| *number >= least).ok_or_else(|| {
        Error::new(Kind::InvalidParameter, format!("{name} out of range: {number}"))
            .detail(format!("It counts renewals, {least} or more."))
    })
}

#[pg_extern]
fn survival(m: Option<Bytes<'_>>, year: Option<i32>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<f64>> {
    let (Some(model), Some(year)) = (params_of(fcinfo, m)?, year) else { return Ok(None) };
    Ok(Some(model.survival(renewals("year", year, 0)?)))
}

#[pg_extern]
fn renewal_rate(m: Option<Bytes<'_>>, year: Option<i32>, fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Option<f64>> {
    let (Some(model), Some(year)) = (params_of(fcinfo, m)?, year) else { return Ok(None) };
    Ok(Some(model.renewal_rate(renewals("year", year, 1)?)))
}

fn check_discount(rate: f64) -> Result<f64> {
    if rate >= 0.0 && rate.is_finite() {
        return Ok(rate);
    }
    Err(Error::new(Kind::InvalidParameter, format!("discount rate out of range: {rate}"))
        .detail("It must be a finite number that is not negative, such as 0.1 for 10 % a period."))
}

#[pg_extern]
fn expected_lifetime(
    m: Option<Bytes<'_>>,
    discount_rate: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(model), Some(rate)) = (params_of(fcinfo, m)?, discount_rate) else { return Ok(None) };
    Ok(model.expected_lifetime(check_discount(rate)?))
}

#[pg_extern]
fn residual_lifetime(
    m: Option<Bytes<'_>>,
    made: Option<i32>,
    discount_rate: Option<f64>,
    before_renewal: Option<bool>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(model), Some(made)) = (params_of(fcinfo, m)?, made) else { return Ok(None) };
    let (Some(rate), Some(before_renewal)) = (discount_rate, before_renewal) else { return Ok(None) };
    let (made, rate) = (renewals("renewals", made, 0)?, check_discount(rate)?);
    if before_renewal {
        return Ok(model.residual_lifetime_before(made.saturating_add(1), rate));
    }
    Ok(model.residual_lifetime(made, rate))
}
