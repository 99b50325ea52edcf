//! Lifetime value by fitted models of purchases and of spend.

use pgrx::datum::{Interval, RangeBound};
use pgrx::{AnyNumeric, Range, pg_extern, pg_sys};

use super::callsite::{as_text, cached_pair};
use super::error::SqlResult;
use super::fit_arguments::interrupt;
use super::numeric::computed;
use super::prediction::{Fitted, discounted};
use super::session_zone::SessionZone;
use super::time::check_level;
use super::varlena::{Bytes, ServerValue};
use crate::domain::btyd::Summary;
use crate::domain::btyd::model::PurchaseModel;
use crate::domain::btyd::value::{Customer, Terms, Uncertain, check_drawable, check_margin};
use crate::domain::error::{Error, Kind};
use crate::domain::gamma_gamma::SpendModel;
use crate::domain::history::History;
use crate::domain::instant::{DAY, Instant};
use crate::domain::reading::BtydSummary;

/// The customer, and the terms of the question, as both models see them; None without a purchase.
fn customer_and_terms(
    h: &History<'_>,
    fitted: &Fitted,
    (horizon, annual_discount_rate, margin): (Interval, f64, f64),
    as_of: Instant,
) -> SqlResult<Option<(Customer, Terms)>> {
    let rate = fitted.discount(annual_discount_rate)?;
    let margin = check_margin(margin)?;
    let within = fitted.horizon(as_of, horizon)?;
    let Some(spends) = BtydSummary::of(h, as_of, DAY, &SessionZone)? else { return Ok(None) };
    let summary = if fitted.process.is_discrete() {
        fitted.summary(h, as_of)
    } else {
        Some(fitted.of_days(&Summary { frequency: spends.frequency.into(), recency: spends.recency, t: spends.t }))
    };
    let Some(summary) = summary else { return Ok(None) };
    let customer = Customer { summary, repeats: f64::from(spends.frequency), mean_spend: spends.monetary_value };
    Ok(Some((customer, Terms { within, rate, margin })))
}

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
    let (Some(m), Some(s)) = (m, s) else { return Ok(None) };
    let (Some(horizon), Some(rate), Some(margin)) = (horizon, annual_discount_rate, margin) else { return Ok(None) };
    let models = cached_pair(fcinfo, [m.0, s.0], |[m, s]| {
        Ok(Fitted::read(as_text(m)?)?.zip(SpendModel::from_json(as_text(s)?)?.params))
    })?;
    let Some((fitted, spend)) = models else { return Ok(None) };
    let Some((customer, terms)) = customer_and_terms(&h, fitted, (horizon, rate, margin), as_of)? else {
        return Ok(None);
    };
    let Some(per_purchase) = spend.expected_spend(customer.repeats, customer.mean_spend) else { return Ok(None) };
    let purchases = discounted(fitted, &customer.summary, terms.rate, terms.within)?;
    computed(terms.margin * per_purchase * purchases).map(Some)
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
    let (Some(m), Some(s)) = (m, s) else { return Ok(None) };
    let (Some(horizon), Some(rate), Some(margin)) = (horizon, annual_discount_rate, margin) else { return Ok(None) };
    let models = cached_pair(fcinfo, [m.0, s.0], |[m, s]| {
        let (purchases, spend) = (as_text(m)?, SpendModel::from_json(as_text(s)?)?);
        let uncertain = Uncertain::new(&PurchaseModel::from_json(purchases)?, &spend);
        Ok(Fitted::read(purchases)?.zip(spend.params).zip(uncertain))
    })?;
    let Some(((fitted, spend), uncertain)) = models else { return Ok(None) };
    let Some((customer, terms)) = customer_and_terms(&h, fitted, (horizon, rate, margin), as_of)? else {
        return Ok(None);
    };
    if spend.expected_spend(customer.repeats, customer.mean_spend).is_none() {
        return Ok(None);
    }
    check_drawable(fitted.process().expected_purchases(&customer.summary, terms.within))?;
    let (lower, upper) = uncertain.range(&customer, &terms, level, &mut interrupt)?;
    let money = |value: f64| {
        AnyNumeric::try_from(value)
            .map_err(|_| Error::new(Kind::NumericOutOfRange, format!("value out of range: {value}")))
    };
    Ok(Some(Range::new(RangeBound::Inclusive(money(lower)?), RangeBound::Inclusive(money(upper)?))))
}
