//! Renewal models: fitted to contracts, and what they say of customers.

use pgrx::datum::Interval;
use pgrx::{pg_extern, pg_sys};
use serde::{Deserialize, Serialize};

use super::fit_arguments::interrupt;
use crate::domain::history::summary::Gaps;
use crate::domain::models::discount::check_discount;
use crate::domain::models::renewal::fit::fit;
use crate::domain::models::renewal::{Renewal, RenewalCounts, RenewalModel};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::internal_state::{Pointer, State, same_as_of, state_functions, state_of};
use crate::pg::ffi::json_type::{json_argument, json_type};
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::{now, plus, show};
use crate::pg::ffi::varlena::Bytes;

json_type!(RenewalModel, renewal_model_in, renewal_model_recv);

// ---- the renewals of a base -----------------------------------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct RenewalState {
    as_of: Option<i64>,
    /// Where the base is read from payments: the same in every row.
    terms: Option<Terms>,
    counts: RenewalCounts,
}

/// For how long a payment pays, and how late the next one may come: intervals as they stood in the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Terms {
    period: (i32, i32, i64),
    grace: (i32, i32, i64),
}

impl RenewalState {
    fn same_terms(&mut self, terms: Option<Terms>) -> Result<()> {
        let Some(terms) = terms else { return Ok(()) };
        let known = *self.terms.get_or_insert(terms);
        if known == terms {
            return Ok(());
        }
        let name = if known.period == terms.period { "grace" } else { "period" };
        Err(Error::new(Kind::InvalidParameter, format!("{name} must be the same in every row of a group"))
            .hint(format!("Group by the column that {name} comes from.")))
    }
}

impl State for RenewalState {
    fn merge(&mut self, other: Self) -> Result<()> {
        same_as_of(&mut self.as_of, other.as_of)?;
        self.same_terms(other.terms)?;
        self.counts.merge(other.counts)
    }

    fn normalize(&mut self) -> Result<()> {
        self.counts.normalize()
    }
}

/// (state, n_active)
// SQL: renewal_model_curve_accum(internal, bigint[]) internal
#[pg_extern]
fn renewal_model_curve_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RenewalState>> {
    // SAFETY: SQL declares the argument as bigint[], and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<RenewalState>(fcinfo);
        let Some((dimensions, array)) = arguments.array::<i64>(1) else { return Ok(Pointer::from(state)) };
        if dimensions > 1 {
            return Err(Error::new(Kind::InvalidParameter, "n_active must have one dimension")
                .detail(format!("The array has {dimensions} dimensions."))
                .hint("Give each cohort as an array of its own, in a row of its own.")
                .into());
        }
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
// SQL: renewal_model_customer_accum(internal, double precision, boolean [, double precision]) internal
#[pg_extern]
fn renewal_model_customer_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RenewalState>> {
    // SAFETY: SQL declares the arguments so, and passes states of this aggregate only.
    unsafe {
        let (arguments, state) = state_of::<RenewalState>(fcinfo);
        let (renewals, weight) = (arguments.whole(1, "renewals")?, arguments.weight(3)?);
        let (Some(renewals), Some(active), Some(weight)) = (renewals, arguments.datum(2), weight) else {
            return Ok(Pointer::from(state));
        };
        let renewals = u32::try_from(renewals).map_err(|_| {
            Error::new(Kind::InvalidParameter, format!("renewals out of range: {renewals}"))
                .detail(format!("renewals is how many a customer has made, {} at most.", u32::MAX))
        })?;
        state.counts.insert_times(renewals, active.value() != 0, weight)?;
        Ok(Pointer::from(state))
    }
}

/// (state, h, as_of, period [, grace])
// SQL: renewal_model_accum(internal, purchase_history, timestamptz, interval [, interval]) internal
#[pg_extern]
fn renewal_model_accum(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<Pointer<RenewalState>> {
    // SAFETY: SQL declares the arguments so.
    unsafe {
        let (arguments, state) = state_of::<RenewalState>(fcinfo);
        let as_of = arguments.instant(2, "as_of")?.unwrap_or_else(now);
        same_as_of(&mut state.as_of, Some(as_of.micros()))?;
        arguments.not_null(3, "period")?;
        arguments.not_null(4, "grace")?;
        let terms = Terms {
            period: arguments.interval_parts(3).unwrap_or_default(),
            grace: arguments.interval_parts(4).unwrap_or_default(),
        };
        if state.terms.is_none() {
            check_terms(as_of, arguments.interval(3), arguments.interval(4))?;
        }
        state.same_terms(Some(terms))?;
        let Some(paid) = Gaps::of(&arguments.history(1), as_of, &SessionZone) else { return Ok(Pointer::from(state)) };
        let mut due = paid.last;
        for interval in [arguments.interval(3), arguments.interval(4)].into_iter().flatten() {
            due = plus(due, interval)?;
        }
        state.counts.insert(paid.count, as_of <= due)?;
        Ok(Pointer::from(state))
    }
}

/// Checks for how long a payment pays and how late the next one may come, by the calendar from an instant on.
fn check_terms(at: Instant, period: Option<Interval>, grace: Option<Interval>) -> Result<()> {
    if let Some(period) = period
        && plus(at, period)? <= at
    {
        return Err(Error::new(Kind::InvalidParameter, format!("period must be positive: {}", show(period)))
            .hint("Use the time for which a payment pays, such as '1 year' or '1 month'."));
    }
    if let Some(grace) = grace
        && plus(at, grace)? < at
    {
        return Err(Error::new(Kind::InvalidParameter, format!("grace must not be negative: {}", show(grace)))
            .hint("Use the time by which a payment may be late, such as '5 days'."));
    }
    Ok(())
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
    Ok(json_argument::<RenewalModel>(fcinfo, m)?.and_then(|model| model.params))
}

/// A number of renewals, `least` or more.
fn renewals(name: &str, number: i32, least: u32) -> Result<u32> {
    u32::try_from(number).ok().filter(|number| *number >= least).ok_or_else(|| {
        Error::new(Kind::InvalidParameter, format!("{name} out of range: {number}"))
            .detail(format!("{name} counts renewals, {least} or more."))
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

/// An example of a discount rate per period.
const A_PERIOD: &str = "0.1 for 10 % a period";

#[pg_extern]
fn expected_lifetime(
    m: Option<Bytes<'_>>,
    discount_rate: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(model), Some(rate)) = (params_of(fcinfo, m)?, discount_rate) else { return Ok(None) };
    Ok(model.expected_lifetime(check_discount(rate, A_PERIOD)?))
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
    let (made, rate) = (renewals("renewals", made, 0)?, check_discount(rate, A_PERIOD)?);
    if before_renewal {
        return Ok(model.residual_lifetime_before(made.saturating_add(1), rate));
    }
    Ok(model.residual_lifetime(made, rate))
}
