//! A purchase model as an argument, ready to forecast: of a history, with horizons as intervals, or of a bare summary in
//! the model's unit of time.

use pgrx::datum::Interval;
use pgrx::pg_sys;

use crate::domain::history::History;
use crate::domain::models::discount::continuous;
use crate::domain::models::purchase_model::counts::{periods, whole_days};
use crate::domain::models::purchase_model::model::{Process, PurchaseModel, check_summary};
use crate::domain::models::purchase_model::{PurchaseProcess, Summary};
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::time::instant::Instant;
use crate::domain::time::unit::TimeUnit;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::fn_cache::cached;
use crate::pg::ffi::session_zone::SessionZone;
use crate::pg::ffi::time::{after, horizon_end};
use crate::pg::ffi::varlena::Bytes;

/// A model as predictions read it.
#[derive(Debug, Clone, Copy)]
pub struct Forecaster {
    pub process: Process,
    pub unit: TimeUnit,
}

impl Forecaster {
    /// The model of an argument; None for NULL, and for a model without parameters.
    pub fn of(fcinfo: pg_sys::FunctionCallInfo, model: Option<Bytes<'_>>) -> Result<Option<Forecaster>> {
        match model {
            Some(model) => Ok(*cached(fcinfo, model.0, Forecaster::read)?),
            None => Ok(None),
        }
    }

    /// Reads the JSON form.
    pub fn read(text: &str) -> Result<Option<Forecaster>> {
        let model = PurchaseModel::from_json(text)?;
        Ok(model.process().map(|process| Forecaster { process, unit: model.unit }))
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
    pub fn instant_after(&self, as_of: Instant, units: f64) -> Option<Instant> {
        after(as_of, units * self.unit.micros() as f64)
    }

    /// The continuous rate per unit of time of an annual discount rate.
    ///
    /// # Errors
    /// Those of [`continuous`].
    pub fn discount(&self, annual_rate: f64) -> Result<f64> {
        continuous(annual_rate, self.unit.days())
    }
}

/// Discounted purchases, which have a sum over an infinite time only if they are discounted.
pub fn discounted(forecaster: &Forecaster, customer: &Summary, rate: f64, within: f64) -> Result<f64> {
    if within == f64::INFINITY && rate == 0.0 {
        return Err(Error::new(Kind::InvalidParameter, "an infinite horizon needs a discount rate above 0")
            .detail("Undiscounted, the purchases of all time have no finite expectation.")
            .hint("Give a horizon, such as '5 years', or a discount rate."));
    }
    Ok(forecaster.process().discounted_purchases(customer, rate, within))
}

/// A summary beside a model: the model, and the summary checked against it; None where any of them is NULL.
pub fn beside(
    fcinfo: pg_sys::FunctionCallInfo,
    m: Option<Bytes<'_>>,
    frequency: Option<f64>,
    recency: Option<f64>,
    t: Option<f64>,
) -> Result<Option<(Forecaster, Summary)>> {
    let (Some(model), Some(frequency), Some(recency), Some(t)) = (Forecaster::of(fcinfo, m)?, frequency, recency, t)
    else {
        return Ok(None);
    };
    Ok(Some((model, check_summary(frequency, recency, t, model.process.is_discrete())?)))
}

/// Checks a horizon in units of time.
pub fn check_horizon(horizon: f64) -> Result<f64> {
    if horizon >= 0.0 {
        return Ok(horizon);
    }
    Err(Error::new(Kind::InvalidParameter, format!("horizon must not be negative: {horizon}"))
        .detail("horizon counts units of the model's time."))
}
