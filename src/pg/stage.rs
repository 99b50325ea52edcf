//! The lifecycle stage of a customer.

use pgrx::{pg_extern, pg_sys};

use super::enum_type::Label;
use super::error::SqlResult;
use super::prediction::Fitted;
use super::rhythm::{Position, params_of};
use super::session_zone::SessionZone;
use super::varlena::Bytes;
use crate::domain::btyd::Summary;
use crate::domain::error::{Error, Kind, Result};
use crate::domain::history::History;
use crate::domain::instant::Instant;
use crate::domain::reading::purchase_days;
use crate::domain::rhythm::Params;
use crate::domain::stage::{AliveThresholds, DEFAULT_GAP_DAYS, LifecycleStage, Thresholds};

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
    let (Some(at_risk_below), Some(lapsed_below), Some(overdue_above)) = (at_risk_below, lapsed_below, overdue_above)
    else {
        let message = "at_risk_below, lapsed_below and overdue_above must not be NULL";
        return Err(Error::new(Kind::NullNotAllowed, message).into());
    };
    let thresholds = AliveThresholds::new(at_risk_below, lapsed_below, overdue_above)?;
    let Some(fitted) = Fitted::of(fcinfo, m)? else { return Ok(None) };
    let Some(customer) = fitted.summary(&h, as_of) else { return Ok(Some(Label(LifecycleStage::Prospect.label()))) };
    let process = fitted.process();
    // As of the last purchase: whoever then still bought would by now have bought again with this probability.
    let at_last = Summary { t: customer.recency, ..customer };
    let again = process.purchase_probability(&at_last, f64::INFINITY);
    let overdue = process.purchase_probability(&at_last, customer.t - customer.recency) / again;
    // Whether there was more than one; a period of a discrete model may hold several.
    let purchase_days = purchase_days(&h, as_of, &SessionZone).take(2).count() as u32;
    let stage = thresholds.stage(purchase_days, process.p_alive(&customer), if again > 0.0 { overdue } else { 1.0 });
    Ok(Some(Label(stage.label())))
}
