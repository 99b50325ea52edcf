//! A model against the holdout of a back-test.

use serde::Serialize;

use super::{BacktestCounts, Customer, check_unit};
use crate::domain::math::sum::Sum;
use crate::domain::models::accuracy::{Accuracy, Case};
use crate::domain::models::purchase_model::PurchaseProcess;
use crate::domain::models::purchase_model::counts::DaySummary;
use crate::domain::support::error::{Result, reserve};

/// After so many predictions the caller may stop the judgement.
const INTERRUPT_EVERY: usize = 1000;

/// The bins of the calibration table by repeat purchases: from, and up to and including.
const BINS: [(u32, Option<u32>); 5] = [(0, Some(0)), (1, Some(1)), (2, Some(2)), (3, Some(5)), (6, None)];

/// The purchases of the customers with so many repeat purchases in the calibration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// The fewest repeat purchases.
    pub from: u32,
    /// The most; None without a limit.
    pub to: Option<u32>,
    /// Customers.
    pub customers: u64,
    /// Their purchases in the holdout.
    pub actual: u64,
    /// The purchases that the model forecast of them; None without a model.
    pub forecast: Option<f64>,
}

impl CalibrationBin {
    /// `2`, `3-5` or `6+`.
    pub fn label(&self) -> String {
        match self.to {
            Some(to) if to == self.from => to.to_string(),
            Some(to) => format!("{}-{to}", self.from),
            None => format!("{}+", self.from),
        }
    }
}

/// A model against the holdout, beside two rules that need no model and that it should beat.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// Customers of the calibration.
    pub customers: u64,
    /// Those of them who bought in the holdout.
    pub buyers: u64,
    /// Their purchase days in the holdout.
    pub actual_purchases: u64,
    /// The model; None where there is none.
    pub model: Option<Accuracy>,
    /// Everyone goes on at his own rate: count = x/T × days of the holdout, 0 where T = 0; probability = 1 − e^(−count).
    pub own_rate: Accuracy,
    /// Everyone does the same as in the last days of the calibration, as many as the holdout has, the first purchase
    /// included; probability = 1 − e^(−count).
    pub last_window: Accuracy,
    /// Actual and forecast purchases by repeat purchases in the calibration: 0, 1, 2, 3–5, 6+. A model that is right on
    /// the whole may be wrong on either end.
    pub calibration: Vec<CalibrationBin>,
}

/// Judges a model by the holdout, and without one only the rules that need none. None without a customer.
///
/// The model counts time in units of `days_per_unit` days; the holdout has `horizon_days` days, see [`super::holdout_days`].
/// `interrupt` is called every 1,000 predictions, and its error ends the judgement.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless `days_per_unit` is positive and finite; what `interrupt` says;
/// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
///
/// [`Kind::InvalidParameter`]: crate::domain::support::error::Kind::InvalidParameter
/// [`Kind::LimitExceeded`]: crate::domain::support::error::Kind::LimitExceeded
/// [`Kind::OutOfMemory`]: crate::domain::support::error::Kind::OutOfMemory
pub fn judge(
    counts: &mut BacktestCounts,
    process: Option<&dyn PurchaseProcess>,
    days_per_unit: f64,
    horizon_days: u32,
    interrupt: &mut dyn FnMut() -> Result<()>,
) -> Result<Option<Judgement>> {
    check_unit(days_per_unit)?;
    let horizon = f64::from(horizon_days);
    let customers = counts.customers.counts()?;
    let mut calibration: Vec<CalibrationBin> =
        BINS.map(|(from, to)| CalibrationBin { from, to, customers: 0, actual: 0, forecast: None }).into();
    let mut forecasts = [Sum::default(); BINS.len()];
    let mut predicted: Option<(DaySummary, f64, f64)> = None;
    let mut predictions = 0;
    let mut cases = Vec::new();
    reserve(&mut cases, customers.len())?;
    for &(Customer { summary, actual, .. }, weight) in customers {
        let bin = BINS.iter().rposition(|&(from, _)| from <= summary.frequency).unwrap_or(0);
        calibration[bin].customers = calibration[bin].customers.saturating_add(weight);
        calibration[bin].actual = calibration[bin].actual.saturating_add(weight.saturating_mul(actual.into()));
        let Some(process) = process else { continue };
        let (forecast, probability) = match predicted {
            Some((same, forecast, probability)) if same == summary => (forecast, probability),
            _ => {
                if predictions % INTERRUPT_EVERY == 0 {
                    interrupt()?;
                }
                predictions += 1;
                let (customer, within) = (summary.in_units(days_per_unit), horizon / days_per_unit);
                let forecast = process.expected_purchases(&customer, within);
                let probability = process.purchase_probability(&customer, within);
                predicted = Some((summary, forecast, probability));
                (forecast, probability)
            }
        };
        cases.push(Case { weight, forecast, probability, actual });
        forecasts[bin].add(weight as f64 * forecast);
    }
    if process.is_some() {
        calibration.iter_mut().zip(forecasts).for_each(|(bin, forecast)| bin.forecast = Some(forecast.value()));
    }
    let model = Accuracy::of(cases)?;
    // One list of cases after the other: a large base should not have three of them in memory.
    let rule = |count: &dyn Fn(&Customer) -> f64| -> Result<Option<Accuracy>> {
        let mut cases = Vec::new();
        reserve(&mut cases, customers.len())?;
        cases.extend(customers.iter().map(|(customer, weight)| {
            let forecast = count(customer);
            Case { weight: *weight, forecast, probability: -(-forecast).exp_m1(), actual: customer.actual }
        }));
        Accuracy::of(cases)
    };
    let own_rate = rule(&|Customer { summary, .. }| match summary.t {
        0 => 0.0,
        t => f64::from(summary.frequency) / f64::from(t) * horizon,
    })?;
    interrupt()?;
    let last_window = rule(&|customer| f64::from(customer.last_window))?;
    let (Some(own_rate), Some(last_window)) = (own_rate, last_window) else { return Ok(None) };
    let total = |of: &dyn Fn(&CalibrationBin) -> u64| calibration.iter().map(of).fold(0, u64::saturating_add);
    let buyers = customers.iter().filter(|(customer, _)| customer.actual > 0).map(|&(_, weight)| weight);
    Ok(Some(Judgement {
        customers: total(&|bin| bin.customers),
        buyers: buyers.fold(0, u64::saturating_add),
        actual_purchases: total(&|bin| bin.actual),
        model,
        own_rate,
        last_window,
        calibration,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::models::backtest::tests::cdnow;
    use crate::domain::models::reference;
    use crate::domain::models::reference::{BG_NBD, MBG_NBD};
    use crate::domain::support::error::{Error, Kind};

    /// Ratio, mean absolute error, root mean square error, rank correlation, area by probability, area by forecast, Brier
    /// score, logarithmic loss, share of the top tenth.
    fn printed(a: &Accuracy) -> String {
        let (ratio, ranks, top) = (a.total_ratio.unwrap(), a.rank_correlation, a.top_decile_capture.unwrap());
        let (auc, by_forecast) = (a.auc.unwrap(), a.auc_by_forecast.unwrap());
        let ranks = ranks.map_or("-".into(), |ranks| format!("{ranks:.3}"));
        let (mae, rmse, brier, loss) = (a.mae, a.rmse, a.brier, a.log_loss);
        format!("{ratio:.3} {mae:.4} {rmse:.4} {ranks} {auc:.4} {by_forecast:.4} {brier:.4} {loss:.3} {top:.3}")
    }

    #[test]
    fn the_cdnow_sample_is_judged_as_computed_elsewhere() {
        let (mut counts, days) = cdnow();
        for (model, figures) in [
            (BG_NBD, "0.879 0.7855 1.6080 0.449 0.7569 0.7725 0.1612 0.506 0.469"),
            (MBG_NBD, "0.838 0.7648 1.6072 0.450 0.7601 0.7728 0.1614 0.505 0.477"),
        ] {
            let judgement = judge(&mut counts, Some(&model), 7.0, days, &mut || Ok(())).unwrap().unwrap();
            assert_eq!((judgement.customers, judgement.buyers, judgement.actual_purchases), (2357, 684, 1882));
            assert_eq!(printed(judgement.model.as_ref().unwrap()), figures);
            let own_rate = "1.557 1.0237 2.2119 0.490 0.7598 0.7598 0.2120 1.582 0.459";
            assert_eq!(printed(&judgement.own_rate), own_rate);
            let last_window = "2.558 1.5961 2.3180 0.488 0.7576 0.7576 0.3774 1.113 0.454";
            assert_eq!(printed(&judgement.last_window), last_window);
            if model == MBG_NBD {
                let bins = judgement.calibration.iter();
                let found: Vec<String> =
                    bins.map(|bin| format!("x={}: {:.0}/{}", bin.label(), bin.forecast.unwrap(), bin.actual)).collect();
                assert_eq!(found.join(", "), "x=0: 261/334, x=1: 242/306, x=2: 224/298, x=3-5: 377/425, x=6+: 472/519");
            }
        }
        let cases = reference::summaries();
        let cases = cases.map(|(_, actual)| Case { weight: 1, forecast: 0.0, probability: 0.0, actual }).collect();
        let nothing = Accuracy::of(cases).unwrap().unwrap();
        assert_eq!(printed(&nothing), "0.000 0.7985 2.2064 - 0.5000 0.5000 0.2902 4.009 0.100");
    }

    #[test]
    fn without_a_model_the_rules_are_judged_all_the_same() {
        let (mut counts, days) = cdnow();
        let with = judge(&mut counts, Some(&BG_NBD), 7.0, days, &mut || Ok(())).unwrap().unwrap();
        let without = judge(&mut counts, None, 7.0, days, &mut || Ok(())).unwrap().unwrap();
        assert_eq!(without.model, None);
        assert!(without.calibration.iter().all(|bin| bin.forecast.is_none() && bin.customers > 0));
        assert_eq!((without.buyers, &without.own_rate, &without.last_window), (684, &with.own_rate, &with.last_window));
    }

    #[test]
    fn what_cannot_be_judged() {
        let mut none = BacktestCounts::default();
        assert_eq!(judge(&mut none, Some(&BG_NBD), 7.0, 10, &mut || Ok(())).unwrap(), None);
        for unit in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = judge(&mut none, Some(&BG_NBD), unit, 10, &mut || Ok(())).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidParameter);
        }
        let (mut counts, days) = cdnow();
        let stop = || Err(Error::new(Kind::LimitExceeded, "enough"));
        assert_eq!(judge(&mut counts, Some(&BG_NBD), 7.0, days, &mut { stop }).unwrap_err().message, "enough");
    }
}
