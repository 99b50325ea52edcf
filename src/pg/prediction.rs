//! What a purchase model says of a customer: alive or gone, how many purchases, when the next one comes.
//!
//! Each question is asked of a history, with horizons as intervals, or of a bare summary in the model's unit of time.

use pgrx::datum::{Interval, Range, TimestampWithTimeZone};
use pgrx::{pg_extern, pg_sys};

use super::callsite::cached;
use super::error::SqlResult;
use super::session_zone::SessionZone;
use super::time::{after, check_level, horizon_end, range_of};
use super::varlena::Bytes;
use crate::domain::btyd::counts::{periods, whole_days};
use crate::domain::btyd::model::{Process, PurchaseModel, check_summary};
use crate::domain::btyd::{NEW, PurchaseProcess, Summary};
use crate::domain::error::{Error, Kind, Result};
use crate::domain::history::History;
use crate::domain::instant::Instant;
use crate::domain::time_unit::TimeUnit;

/// The days in a year by which annual rates are turned into rates per unit of time: a Gregorian year's mean.
const DAYS_PER_YEAR: f64 = 365.2425;

/// A model as predictions read it.
#[derive(Debug, Clone, Copy)]
pub struct Fitted {
    pub process: Process,
    pub unit: TimeUnit,
}

impl Fitted {
    /// The model of an argument; None for NULL, and for a model without parameters.
    pub fn of(fcinfo: pg_sys::FunctionCallInfo, model: Option<Bytes<'_>>) -> Result<Option<Fitted>> {
        match model {
            Some(model) => Ok(*cached(fcinfo, model.0, Fitted::read)?),
            None => Ok(None),
        }
    }

    /// Reads the JSON form.
    pub fn read(text: &str) -> Result<Option<Fitted>> {
        let model = PurchaseModel::from_json(text)?;
        Ok(model.process().map(|process| Fitted { process, unit: model.unit }))
    }

    /// What it says of customers.
    pub fn process(&self) -> &dyn PurchaseProcess {
        self.process.as_dyn()
    }

    /// The customer's summary in the model's unit; None without a purchase.
    pub fn summary(&self, h: &History<'_>, as_of: Instant) -> Option<Summary> {
        if self.process.is_discrete() {
            return periods(h, as_of, self.unit, &SessionZone);
        }
        whole_days(h, as_of, &SessionZone).map(|days| self.of_days(&days))
    }

    /// A summary in whole days in the model's unit.
    pub fn of_days(&self, days: &Summary) -> Summary {
        let unit = self.unit.days();
        Summary { frequency: days.frequency, recency: days.recency / unit, t: days.t / unit }
    }

    /// A horizon from an instant on, by the calendar, in the model's unit.
    pub fn horizon(&self, as_of: Instant, horizon: Interval) -> SqlResult<f64> {
        Ok(self.units(as_of, horizon_end(as_of, horizon)?))
    }

    /// The time between two instants in the model's unit.
    pub fn units(&self, from: Instant, to: Instant) -> f64 {
        to.since(from) as f64 / self.unit.micros() as f64
    }

    /// The instant so many units later; None beyond the year 9999.
    fn instant_after(&self, as_of: Instant, units: f64) -> Option<Instant> {
        after(as_of, units * self.unit.micros() as f64)
    }

    /// The continuous rate per unit of time of an annual discount rate: ln(1 + rate) / units in a year.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless it is finite and not negative.
    pub fn discount(&self, annual_rate: f64) -> Result<f64> {
        check_discount(annual_rate, "0.1 for 10 % a year")?;
        Ok(annual_rate.ln_1p() / DAYS_PER_YEAR * self.unit.days())
    }
}

fn check_discount(rate: f64, example: &str) -> Result<f64> {
    if rate >= 0.0 && rate.is_finite() {
        return Ok(rate);
    }
    Err(Error::new(Kind::InvalidParameter, format!("discount rate out of range: {rate}"))
        .detail(format!("It must be a finite number that is not negative, such as {example}.")))
}

/// Discounted purchases, which have a sum over an infinite time only if they are discounted.
pub fn discounted(fitted: &Fitted, customer: &Summary, rate: f64, within: f64) -> Result<f64> {
    if within == f64::INFINITY && rate == 0.0 {
        return Err(Error::new(Kind::InvalidParameter, "an infinite horizon needs a discount rate above 0")
            .detail("Undiscounted, the purchases of all time have no finite expectation.")
            .hint("Give a horizon, such as '5 years', or a discount rate."));
    }
    Ok(fitted.process().discounted_purchases(customer, rate, within))
}

// ---- of a history ---------------------------------------------------------------------------------------------------

#[pg_extern]
fn p_alive(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some(fitted) = Fitted::of(fcinfo, m)? else { return Ok(None) };
    Ok(fitted.summary(&h, as_of).map(|customer| fitted.process().p_alive(&customer)))
}

/// Asks the model what a customer does within a horizon; None where an argument is NULL, and without a purchase.
fn within(
    fcinfo: pg_sys::FunctionCallInfo,
    (h, m, horizon, as_of): (&History<'_>, Option<Bytes<'_>>, Option<Interval>, Instant),
    ask: impl Fn(&dyn PurchaseProcess, &Summary, f64) -> f64,
) -> SqlResult<Option<f64>> {
    let (Some(fitted), Some(horizon)) = (Fitted::of(fcinfo, m)?, horizon) else { return Ok(None) };
    let within = fitted.horizon(as_of, horizon)?;
    Ok(fitted.summary(h, as_of).map(|customer| ask(fitted.process(), &customer, within)))
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
    let Some(fitted) = Fitted::of(fcinfo, m)? else { return Ok(None) };
    Ok(fitted
        .summary(&h, as_of)
        .and_then(|customer| fitted.instant_after(as_of, fitted.process().wait_quantile(&customer, 0.5))))
}

#[pg_extern]
fn expected_next_purchase_within(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Instant>> {
    let (Some(fitted), Some(horizon)) = (Fitted::of(fcinfo, m)?, horizon) else { return Ok(None) };
    let within = fitted.horizon(as_of, horizon)?;
    let Some(customer) = fitted.summary(&h, as_of) else { return Ok(None) };
    let process = fitted.process();
    // The share of those who buy within the horizon among those who ever buy again.
    let share =
        process.purchase_probability(&customer, within) / process.purchase_probability(&customer, f64::INFINITY);
    if share.is_nan() || share <= 0.0 {
        return Ok(None);
    }
    Ok(fitted.instant_after(as_of, process.wait_quantile(&customer, share.min(1.0) / 2.0).min(within)))
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
    let Some(fitted) = Fitted::of(fcinfo, m)? else { return Ok(None) };
    let Some(customer) = fitted.summary(&h, as_of) else { return Ok(None) };
    let bound = |p| fitted.instant_after(as_of, fitted.process().wait_quantile(&customer, p));
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
    let (Some(fitted), Some(rate)) = (Fitted::of(fcinfo, m)?, annual_discount_rate) else { return Ok(None) };
    let rate = fitted.discount(rate)?;
    let within = horizon.map_or(Ok(f64::INFINITY), |horizon| fitted.horizon(as_of, horizon))?;
    Ok(fitted.summary(&h, as_of).map(|customer| discounted(&fitted, &customer, rate, within)).transpose()?)
}

// ---- of a new customer ----------------------------------------------------------------------------------------------

#[pg_extern]
fn expected_purchases_new(
    m: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(fitted), Some(horizon)) = (Fitted::of(fcinfo, m)?, horizon) else { return Ok(None) };
    Ok(Some(fitted.process().expected_purchases(&NEW, fitted.horizon(as_of, horizon)?)))
}

#[pg_extern]
fn purchase_count_probability(
    m: Option<Bytes<'_>>,
    n: Option<i32>,
    horizon: Option<Interval>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let (Some(fitted), Some(n), Some(horizon)) = (Fitted::of(fcinfo, m)?, n, horizon) else { return Ok(None) };
    let n = u32::try_from(n)
        .map_err(|_| Error::new(Kind::InvalidParameter, format!("number of purchases must not be negative: {n}")))?;
    Ok(Some(fitted.process().count_probability(n, fitted.horizon(as_of, horizon)?)))
}

// ---- of a bare summary, in the model's unit of time -----------------------------------------------------------------

/// A summary beside a model: the model, and the summary checked against it; None where any of them is NULL.
fn beside(
    fcinfo: pg_sys::FunctionCallInfo,
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
) -> Result<Option<(Fitted, Summary)>> {
    let (Some(fitted), Some(frequency), Some(recency), Some(t)) = (Fitted::of(fcinfo, m)?, frequency, recency, t)
    else {
        return Ok(None);
    };
    Ok(Some((fitted, check_summary(frequency, recency, t, fitted.process.is_discrete())?)))
}

/// Checks a horizon in units of time.
fn check_horizon(horizon: f64) -> Result<f64> {
    if horizon >= 0.0 {
        return Ok(horizon);
    }
    Err(Error::new(Kind::InvalidParameter, format!("horizon must not be negative: {horizon}"))
        .detail("It counts units of the model's time."))
}

#[pg_extern]
fn p_alive_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    Ok(beside(fcinfo, m, frequency, recency, t)?.map(|(fitted, customer)| fitted.process().p_alive(&customer)))
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
    Ok(customer.map(|(fitted, customer)| fitted.process().expected_purchases(&customer, within)))
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
    Ok(customer.map(|(fitted, customer)| fitted.process().purchase_probability(&customer, within)))
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
    let Some(p) = p else { return Ok(None) };
    if !(p > 0.0 && p < 1.0) {
        return Err(Error::new(Kind::InvalidParameter, format!("probability out of range: {p}"))
            .detail("It must lie between 0 and 1, such as 0.5.")
            .into());
    }
    let customer = beside(fcinfo, m, frequency, recency, t)?;
    Ok(customer.map(|(fitted, customer)| fitted.process().wait_quantile(&customer, p)))
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
    Ok(customer.map(|(fitted, customer)| discounted(&fitted, &customer, rate, within)).transpose()?)
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
    let Some(sum_log_gaps) = sum_log_gaps else { return Ok(None) };
    let Some((fitted, customer)) = beside(fcinfo, m, frequency, recency, t)? else { return Ok(None) };
    let regular = match fitted.process {
        Process::Cnbd(cnbd) => f64::from(cnbd.k - 1) * sum_log_gaps,
        _ => 0.0,
    };
    Ok(Some(fitted.process().log_likelihood(&customer) + regular))
}
