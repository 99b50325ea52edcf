//! Lifetime value by model models of purchases and of spend.

use std::rc::Rc;

use pgrx::datum::{Interval, RangeBound};
use pgrx::{AnyNumeric, Range, pg_extern, pg_sys};

use super::fit_arguments::interrupt;
use super::forecaster::{Forecaster, check_horizon, discounted};
use super::spend::check_mean_spend;
use crate::domain::history::History;
use crate::domain::history::summary::BtydSummary;
use crate::domain::models::discount::check_discount;
use crate::domain::models::purchase_model::Summary;
use crate::domain::models::purchase_model::model::{PurchaseModel, check_summary};
use crate::domain::models::purchase_model::value::{Customer, Terms, Uncertain, check_drawable, check_margin};
use crate::domain::models::spend::{GammaGamma, SpendModel};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::{DAY, Instant};
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::fn_cache::{as_text, cached_pair};
use crate::pg::ffi::numeric::computed;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::check_level;
use crate::pg::ffi::varlena::{Bytes, ServerValue};

/// A model of purchases and one of spend.
type Models = (Forecaster, GammaGamma);

/// Both, read once for each place in a query; None where either has no parameters.
fn pair(fcinfo: pg_sys::FunctionCallInfo, (m, s): (Option<Bytes<'_>>, Option<Bytes<'_>>)) -> Result<Option<Models>> {
    let (Some(m), Some(s)) = (m, s) else { return Ok(None) };
    let read = |[m, s]: [&[u8]; 2]| Ok(Forecaster::read(as_text(m)?)?.zip(SpendModel::from_json(as_text(s)?)?.params));
    Ok(*cached_pair(fcinfo, [m.0, s.0], read)?)
}

/// The same with draws from what the parameters may truly be.
fn uncertain_pair(
    fcinfo: pg_sys::FunctionCallInfo,
    (m, s): (Option<Bytes<'_>>, Option<Bytes<'_>>),
) -> Result<Rc<Option<(Models, Uncertain)>>> {
    let (Some(m), Some(s)) = (m, s) else { return Ok(Rc::new(None)) };
    let read = |[m, s]: [&[u8]; 2]| {
        let (purchases, spend) = (as_text(m)?, SpendModel::from_json(as_text(s)?)?);
        let uncertain = Uncertain::new(&PurchaseModel::from_json(purchases)?, &spend);
        Ok(Forecaster::read(purchases)?.zip(spend.params).zip(uncertain))
    };
    cached_pair(fcinfo, [m.0, s.0], read)
}

/// The expected value; None where the expected spend is infinite.
fn value((model, spend): &(Forecaster, GammaGamma), customer: &Customer, terms: &Terms) -> Result<Option<f64>> {
    let Some(per_purchase) = spend.expected_spend(customer.repeats, customer.mean_spend) else { return Ok(None) };
    let purchases = discounted(model, &customer.summary, terms.rate, terms.within)?;
    Ok(Some(terms.margin * per_purchase * purchases))
}

/// The range of the value; None where the expected spend is infinite.
fn range(
    ((model, spend), uncertain): &((Forecaster, GammaGamma), Uncertain),
    customer: &Customer,
    terms: &Terms,
    level: f64,
) -> SqlResult<Option<Range<AnyNumeric>>> {
    if spend.expected_spend(customer.repeats, customer.mean_spend).is_none() {
        return Ok(None);
    }
    check_drawable(model.process().expected_purchases(&customer.summary, terms.within))?;
    let (lower, upper) = uncertain.range(customer, terms, level, &mut interrupt)?;
    let money = |value: f64| {
        AnyNumeric::try_from(value)
            .map_err(|_| Error::new(Kind::NumericOutOfRange, format!("value out of range: {value}")))
    };
    Ok(Some(Range::new(RangeBound::Inclusive(money(lower)?), RangeBound::Inclusive(money(upper)?))))
}

// ---- of a history ---------------------------------------------------------------------------------------------------

/// The customer, and the terms of the question, as both models see them; None without a purchase.
fn of_history(
    h: &History<'_>,
    model: &Forecaster,
    (horizon, annual_discount_rate, margin): (Interval, f64, f64),
    as_of: Instant,
) -> SqlResult<Option<(Customer, Terms)>> {
    let rate = model.discount(annual_discount_rate)?;
    let margin = check_margin(margin)?;
    let within = model.horizon(as_of, horizon)?;
    let Some(spends) = BtydSummary::of(h, as_of, DAY, &SessionZone)? else { return Ok(None) };
    let summary = if model.process.is_discrete() {
        model.summary(h, as_of)
    } else {
        Some(model.of_days(&Summary { frequency: spends.frequency.into(), recency: spends.recency, t: spends.t }))
    };
    let Some(summary) = summary else { return Ok(None) };
    let customer = Customer { summary, repeats: f64::from(spends.frequency), mean_spend: spends.monetary_value };
    Ok(Some((customer, Terms { within, rate, margin })))
}

// SQL: ltv_model(purchase_history, purchase_model, spend_model, interval, double precision, double precision, timestamptz) numeric
#[pg_extern]
#[allow(clippy::too_many_arguments, reason = "they are those of the SQL function")]
fn ltv_model(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    s: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    annual_discount_rate: Option<f64>,
    margin: Option<f64>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<ServerValue>> {
    let (Some(horizon), Some(rate), Some(margin)) = (horizon, annual_discount_rate, margin) else { return Ok(None) };
    let Some(models) = pair(fcinfo, (m, s))? else { return Ok(None) };
    match of_history(&h, &models.0, (horizon, rate, margin), as_of)? {
        Some((customer, terms)) => value(&models, &customer, &terms)?.map(computed).transpose(),
        None => Ok(None),
    }
}

#[pg_extern]
#[allow(clippy::too_many_arguments, reason = "they are those of the SQL function")]
fn ltv_range(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    s: Option<Bytes<'_>>,
    horizon: Option<Interval>,
    annual_discount_rate: Option<f64>,
    margin: Option<f64>,
    level: Option<f64>,
    as_of: Instant,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Range<AnyNumeric>>> {
    let level = check_level(level)?;
    let (Some(horizon), Some(rate), Some(margin)) = (horizon, annual_discount_rate, margin) else { return Ok(None) };
    let models = uncertain_pair(fcinfo, (m, s))?;
    let Some(models) = models.as_ref() else { return Ok(None) };
    match of_history(&h, &models.0.0, (horizon, rate, margin), as_of)? {
        Some((customer, terms)) => range(models, &customer, &terms, level),
        None => Ok(None),
    }
}

// ---- of a bare summary, in the model's unit of time -----------------------------------------------------------------

/// A summary with its mean spend, and the horizon and the discount rate in the model's unit of time.
type Summarised = [f64; 7];

/// The customer and the terms of numbers that came from outside.
fn of_summary(
    model: &Forecaster,
    [frequency, recency, t, mean_spend, horizon, rate, margin]: Summarised,
) -> Result<(Customer, Terms)> {
    let summary = check_summary(frequency, recency, t, model.process.is_discrete())?;
    let mean_spend = check_mean_spend(frequency, mean_spend)?;
    let rate = check_discount(rate, "0.0018 a week for 10 % a year")?;
    let terms = Terms { within: check_horizon(horizon)?, rate, margin: check_margin(margin)? };
    Ok((Customer { summary, repeats: frequency, mean_spend }, terms))
}

#[pg_extern]
#[allow(clippy::too_many_arguments, reason = "they are those of the SQL function")]
fn ltv_summary(
    m: Bytes<'_>,
    s: Bytes<'_>,
    frequency: f64,
    recency: f64,
    t: f64,
    monetary_value: f64,
    horizon: f64,
    discount_rate: f64,
    margin: f64,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<f64>> {
    let Some(models) = pair(fcinfo, (Some(m), Some(s)))? else { return Ok(None) };
    let given = [frequency, recency, t, monetary_value, horizon, discount_rate, margin];
    let (customer, terms) = of_summary(&models.0, given)?;
    Ok(value(&models, &customer, &terms)?)
}

#[pg_extern]
#[allow(clippy::too_many_arguments, reason = "they are those of the SQL function")]
fn ltv_range_summary(
    m: Bytes<'_>,
    s: Bytes<'_>,
    frequency: f64,
    recency: f64,
    t: f64,
    monetary_value: f64,
    horizon: f64,
    discount_rate: f64,
    margin: f64,
    level: f64,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Range<AnyNumeric>>> {
    let level = check_level(Some(level))?;
    let models = uncertain_pair(fcinfo, (Some(m), Some(s)))?;
    let Some(models) = models.as_ref() else { return Ok(None) };
    let given = [frequency, recency, t, monetary_value, horizon, discount_rate, margin];
    let (customer, terms) = of_summary(&models.0.0, given)?;
    range(models, &customer, &terms, level)
}
