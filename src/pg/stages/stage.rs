//! The lifecycle stage of a customer.

use pgrx::{pg_extern, pg_sys};

use crate::domain::history::History;
use crate::domain::history::summary::purchase_days;
use crate::domain::models::purchase_model::Summary;
use crate::domain::models::rhythm::Params;
use crate::domain::stages::stage::{AliveThresholds, DEFAULT_GAP_DAYS, LifecycleStage, Thresholds};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;
use crate::pg::ffi::enum_type::Label;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::varlena::Bytes;
use crate::pg::models::forecaster::{Forecaster, beside};
use crate::pg::models::rhythm::{Position, params_of};

/// The stage of a customer.
pub fn stage_of(h: &History<'_>, rhythm: Option<Params>, as_of: Instant, thresholds: Thresholds) -> LifecycleStage {
    let Some(position) = Position::of(h, as_of) else { return LifecycleStage::Prospect };
    let overdue_ratio = position.elapsed / position.expected_gap(rhythm).unwrap_or(DEFAULT_GAP_DAYS);
    thresholds.stage(position.gaps.count + 1, overdue_ratio)
}

fn thresholds(at_risk_after: Option<f64>, lapsed_after: Option<f64>) -> Result<Thresholds> {
    match (at_risk_after, lapsed_after) {
        (Some(at_risk_after), Some(lapsed_after)) => Thresholds::new(at_risk_after, lapsed_after),
        _ => Err(Error::new(Kind::NullNotAllowed, "at_risk_after and lapsed_after must not be NULL")),
    }
}

#[pg_extern]
fn lifecycle_stage(
    h: History<'_>,
    as_of: Instant,
    at_risk_after: Option<f64>,
    lapsed_after: Option<f64>,
) -> SqlResult<Label> {
    let thresholds = thresholds(at_risk_after, lapsed_after)?;
    Ok(Label(stage_of(&h, None, as_of, thresholds).label()))
}

#[pg_extern]
fn lifecycle_stage_rhythm(
    h: History<'_>,
    rhythm: Option<Bytes<'_>>,
    as_of: Instant,
    at_risk_after: Option<f64>,
    lapsed_after: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Label> {
    let thresholds = thresholds(at_risk_after, lapsed_after)?;
    Ok(Label(stage_of(&h, params_of(fcinfo, rhythm)?, as_of, thresholds).label()))
}

#[pg_extern]
fn lifecycle_stage_model(
    h: History<'_>,
    m: Option<Bytes<'_>>,
    as_of: Instant,
    at_risk_below: Option<f64>,
    lapsed_below: Option<f64>,
    overdue_above: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Label>> {
    let thresholds = alive_thresholds(at_risk_below, lapsed_below, overdue_above)?;
    let Some(model) = Forecaster::of(fcinfo, m)? else { return Ok(None) };
    let Some(customer) = model.summary(&h, as_of) else { return Ok(Some(Label(LifecycleStage::Prospect.label()))) };
    // Whether there was more than one; a period of a discrete model may hold several.
    let purchase_days = purchase_days(&h, as_of, &SessionZone).take(2).count() as u32;
    Ok(Some(stage_by_model(&model, &customer, purchase_days, thresholds)))
}

#[pg_extern]
#[allow(clippy::too_many_arguments, reason = "they are those of the SQL function")]
fn lifecycle_stage_summary(
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
    at_risk_below: Option<f64>,
    lapsed_below: Option<f64>,
    overdue_above: Option<f64>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> SqlResult<Option<Label>> {
    let thresholds = alive_thresholds(at_risk_below, lapsed_below, overdue_above)?;
    let Some((model, customer)) = beside(fcinfo, m, frequency, recency, t)? else { return Ok(None) };
    let purchase_days = if customer.frequency > 0.0 { 2 } else { 1 };
    Ok(Some(stage_by_model(&model, &customer, purchase_days, thresholds)))
}

fn alive_thresholds(
    at_risk_below: Option<f64>,
    lapsed_below: Option<f64>,
    overdue_above: Option<f64>,
) -> Result<AliveThresholds> {
    match (at_risk_below, lapsed_below, overdue_above) {
        (Some(at_risk), Some(lapsed), Some(overdue)) => AliveThresholds::new(at_risk, lapsed, overdue),
        _ => {
            let message = "at_risk_below, lapsed_below and overdue_above must not be NULL";
            Err(Error::new(Kind::NullNotAllowed, message))
        }
    }
}

fn stage_by_model(model: &Forecaster, customer: &Summary, purchase_days: u32, thresholds: AliveThresholds) -> Label {
    let process = model.process();
    // As of the last purchase: a customer who still bought then would have bought again by now with this probability.
    let at_last = Summary { t: customer.recency, ..*customer };
    let again = process.purchase_probability(&at_last, f64::INFINITY);
    let overdue = process.purchase_probability(&at_last, customer.t - customer.recency) / again;
    let overdue = if again > 0.0 { overdue } else { 1.0 };
    Label(thresholds.stage(purchase_days, process.p_alive(customer), overdue).label())
}
