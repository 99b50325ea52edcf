//! What a purchase model says of a customer: alive or gone, how many purchases, when the next one comes.
//!
//! Each question is asked of a history, with horizons as intervals, or of a bare summary in the model's unit of time.

use pgrx::datum::{Interval, Range, TimestampWithTimeZone};
use pgrx::{pg_extern, pg_sys};

use super::forecaster::{Forecaster, beside, check_horizon, discounted};
use crate::domain::history::History;
use crate::domain::models::discount::check_discount;
use crate::domain::models::purchase_model::model::Process;
use crate::domain::models::purchase_model::{NEW, PurchaseProcess, Summary};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::time::{check_level, range_of};
use crate::pg::ffi::varlena::Bytes;

// ---- of a history ---------------------------------------------------------------------------------------------------

#[pg_extern]
fn p_alive(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some(model) = Forecaster::of(fcinfo, m)? else { return Ok(None) };
    Ok(model.summary(&h, as_of).map(|customer| model.process().p_alive(&customer)))
}

/// Asks the model what a customer does within a horizon; None where an argument is NULL, and without a purchase.
fn within(
    fcinfo: pg_sys::FunctionCallInfo,
    (h, m, horizon, as_of): (&History<'_>, Option<Bytes<'_>>, Option<Interval>, Instant),
    ask: impl Fn(&dyn PurchaseProcess, &Summary, f64) -> f64,
) -> SqlResult<Option<f64>> {
    let (Some(model), Some(horizon)) = (Forecaster::of(fcinfo, m)?, horizon) else { return Ok(None) };
    let within = model.horizon(as_of, horizon)?;
    Ok(model.summary(h, as_of).map(|customer| ask(model.process(), &customer, within)))
}

#[pg_extern]
fn expected_purchases(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    within(fcinfo, (&h, m, horizon, as_of), |process, customer, within| process.expected_purchases(customer, within))
}

#[pg_extern]
fn purchase_probability(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    within(fcinfo, (&h, m, horizon, as_of), |process, customer, within| process.purchase_probability(customer, within))
}

#[pg_extern]
fn expected_next_purchase_model(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Instant>> {
    let Some(model) = Forecaster::of(fcinfo, m)? else { return Ok(None) };
    Ok(model
        .summary(&h, as_of)
        .and_then(|customer| model.instant_after(as_of, model.process().wait_quantile(&customer, 0.5))))
}

#[pg_extern]
fn expected_next_purchase_within(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Instant>> {
    let (Some(model), Some(horizon)) = (Forecaster::of(fcinfo, m)?, horizon) else { return Ok(None) };
    let within = model.horizon(as_of, horizon)?;
    let Some(customer) = model.summary(&h, as_of) else { return Ok(None) };
    Ok(wait_within(model.process(), &customer, within, 0.5).and_then(|wait| model.instant_after(as_of, wait)))
}

/// The time by which a customer who buys within a time has bought with probability p; None where no customer can.
fn wait_within(process: &dyn PurchaseProcess, customer: &Summary, within: f64, p: f64) -> Option<f64> {
    // The share of those who buy within the time among those who ever buy again.
    let share = process.purchase_probability(customer, within) / process.purchase_probability(customer, f64::INFINITY);
    (share > 0.0).then(|| process.wait_quantile(customer, share.min(1.0) * p).min(within))
}

#[pg_extern]
fn expected_next_purchase_range_model(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    level: Option<f64>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Range<TimestampWithTimeZone>>> {
    let level = check_level(level)?;
    let Some(model) = Forecaster::of(fcinfo, m)? else { return Ok(None) };
    let Some(customer) = model.summary(&h, as_of) else { return Ok(None) };
    let bound = |p| model.instant_after(as_of, model.process().wait_quantile(&customer, p));
    range_of(level, bound)
}

#[pg_extern]
fn residual_value(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    annual_discount_rate: Option<f64>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(model), Some(rate)) = (Forecaster::of(fcinfo, m)?, annual_discount_rate) else { return Ok(None) };
    let rate = model.discount(rate)?;
    let within = horizon.map_or(Ok(f64::INFINITY), |horizon| model.horizon(as_of, horizon))?;
    Ok(model.summary(&h, as_of).map(|customer| discounted(&model, &customer, rate, within)).transpose()?)
}

// ---- of a new customer ----------------------------------------------------------------------------------------------

#[pg_extern]
fn expected_purchases_new(
    m: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(model), Some(horizon)) = (Forecaster::of(fcinfo, m)?, horizon) else { return Ok(None) };
    Ok(Some(model.process().expected_purchases(&NEW, model.horizon(as_of, horizon)?)))
}

#[pg_extern]
fn purchase_count_probability(
    m: Option<Bytes<'_>>,
    n: Option<i32>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(model), Some(n), Some(horizon)) = (Forecaster::of(fcinfo, m)?, n, horizon) else { return Ok(None) };
    let n = u32::try_from(n)
        .map_err(|_| Error::new(Kind::InvalidParameter, format!("number of purchases must not be negative: {n}")))?;
    Ok(Some(model.process().count_probability(n, model.horizon(as_of, horizon)?)))
}

// ---- of a bare summary, in the model's unit of time -----------------------------------------------------------------

#[pg_extern]
fn p_alive_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    Ok(beside(fcinfo, m, frequency, recency, t)?.map(|(model, customer)| model.process().p_alive(&customer)))
}

#[pg_extern]
fn expected_purchases_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    horizon: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some(horizon) = horizon else { return Ok(None) };
    let within = check_horizon(horizon)?;
    if within == f64::INFINITY {
        return Err(Error::new(Kind::InvalidParameter, "horizon must be finite")
            .hint("Use residual_value for the discounted purchases of all time.")
            .into());
    }
    let customer = beside(fcinfo, m, frequency, recency, t)?;
    Ok(customer.map(|(model, customer)| model.process().expected_purchases(&customer, within)))
}

#[pg_extern]
fn purchase_probability_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    horizon: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some(horizon) = horizon else { return Ok(None) };
    let within = check_horizon(horizon)?;
    let customer = beside(fcinfo, m, frequency, recency, t)?;
    Ok(customer.map(|(model, customer)| model.process().purchase_probability(&customer, within)))
}

/// A probability that is neither 0 nor 1.
fn check_probability(p: f64) -> Result<f64> {
    if p > 0.0 && p < 1.0 {
        return Ok(p);
    }
    Err(Error::new(Kind::InvalidParameter, format!("probability out of range: {p}"))
        .detail("p must lie between 0 and 1, such as 0.5."))
}

#[pg_extern]
fn expected_wait_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    p: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some(p) = p.map(check_probability).transpose()? else { return Ok(None) };
    let customer = beside(fcinfo, m, frequency, recency, t)?;
    Ok(customer.map(|(model, customer)| model.process().wait_quantile(&customer, p)))
}

#[pg_extern]
fn expected_wait_within_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    horizon: Option<f64>,
    p: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(horizon), Some(p)) = (horizon, p) else { return Ok(None) };
    let (within, p) = (check_horizon(horizon)?, check_probability(p)?);
    let customer = beside(fcinfo, m, frequency, recency, t)?;
    Ok(customer.and_then(|(model, customer)| wait_within(model.process(), &customer, within, p)))
}

#[pg_extern]
fn residual_value_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    discount_rate: Option<f64>,
    horizon: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some(rate) = discount_rate else { return Ok(None) };
    let rate = check_discount(rate, "0.0027 a week for 15 % a year")?;
    let within = horizon.map_or(Ok(f64::INFINITY), check_horizon)?;
    let customer = beside(fcinfo, m, frequency, recency, t)?;
    Ok(customer.map(|(model, customer)| discounted(&model, &customer, rate, within)).transpose()?)
}

#[pg_extern]
fn log_likelihood_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    sum_log_gaps: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some((model, customer)) = beside(fcinfo, m, frequency, recency, t)? else { return Ok(None) };
    let log_likelihood = model.process().log_likelihood(&customer);
    Ok(match model.process {
        // Without the gaps a part is missing, and the rest compares with nothing.
        Process::Cnbd(cnbd) if cnbd.k > 1 => sum_log_gaps.map(|sum| log_likelihood + f64::from(cnbd.k - 1) * sum),
        _ => Some(log_likelihood),
    })
}
