//! The lifecycle stage of a customer.

use pgrx::{pg_extern, pg_sys};

use super::enum_type::Label;
use super::error::SqlResult;
use super::rhythm::{Position, params_of};
use super::varlena::Bytes;
use crate::domain::error::{Error, Kind, Result};
use crate::domain::history::History;
use crate::domain::instant::Instant;
use crate::domain::rhythm::Params;
use crate::domain::stage::{DEFAULT_GAP_DAYS, LifecycleStage, Thresholds};

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
