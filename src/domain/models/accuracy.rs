//! How good forecasts of purchases were: what was forecast of each customer against what the customer then did.
//!
//! Customers with the same forecast and the same purchases are one [`Case`] with a weight. Every figure is that of the
//! list in which each case stands as often as its weight says, and takes O(n log n) for n cases. The cases are put in
//! order first, so that the result is the same to the last bit in whatever order and parts they come.

use std::cmp::Ordering;

use serde::Serialize;

use crate::domain::math::sum::Sum;
use crate::domain::support::error::{Result, reserve};

/// Probabilities are held so far from 0 and 1 for the logarithmic loss, which else were infinite after one surprise.
const LOG_LOSS_MARGIN: f64 = 1e-6;

/// So many customers of the same forecast who did the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// How many customers.
    pub weight: u64,
    /// The expected number of purchases, ≥ 0.
    pub forecast: f64,
    /// The forecast probability of at least one purchase, in [0, 1].
    pub probability: f64,
    /// The purchases that each of them made.
    pub actual: u32,
}

/// The accuracy of forecasts over a base.
///
/// Errors are in purchases per customer. Forecasts that are infinite or not a number make the figures so that rest on
/// them, and nothing worse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Accuracy {
    /// The purchases forecast of all customers together.
    pub forecast_purchases: f64,
    /// Forecast over actual purchases of all customers together: 1 is right, less is too few. None where no customer bought.
    pub total_ratio: Option<f64>,
    /// Mean absolute error: mean |forecast − actual|.
    pub mae: f64,
    /// Root mean square error: √ mean (forecast − actual)².
    pub rmse: f64,
    /// Mean error: mean (forecast − actual).
    pub bias: f64,
    /// Spearman's rank correlation of forecast and actual purchases, in [−1, 1]: Pearson's correlation of the ranks,
    /// equal values having the mean of theirs (Spearman, American Journal of Psychology 15, 1904). None where either is
    /// the same for all customers.
    pub rank_correlation: Option<f64>,
    /// The area under the ROC curve of "buys at least once" by the forecast probability, in [0, 1]: how often, of a buyer
    /// and a non-buyer drawn at random, the buyer had the higher one, equal ones counting half (Hanley and McNeil,
    /// Radiology 143, 1982). 0.5 is no better than a coin. None where all customers buy or none.
    pub auc: Option<f64>,
    /// The same by the expected number of purchases.
    pub auc_by_forecast: Option<f64>,
    /// Mean (probability − bought)², bought being 1 or 0, in [0, 1], 0 being best (Brier, Monthly Weather Review 78, 1950).
    pub brier: f64,
    /// Mean −ln of the probability that was given to what happened, with probabilities held within [10⁻⁶, 1 − 10⁻⁶].
    pub log_loss: f64,
    /// The share of all purchases that the tenth of the customers with the highest forecast made, in [0, 1]; where equal
    /// forecasts stand at the cut, the purchases of those customers are shared. None where no customer bought.
    pub top_decile_capture: Option<f64>,
}

impl Accuracy {
    /// The accuracy over these cases; None without a customer.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`](crate::domain::support::error::Kind::OutOfMemory).
    pub fn of(mut cases: Vec<Case>) -> Result<Option<Self>> {
        cases.retain(|case| case.weight > 0);
        for case in &mut cases {
            // −0 is 0, and stands nowhere else in the order.
            (case.forecast, case.probability) = (case.forecast + 0.0, case.probability + 0.0);
        }
        cases.sort_unstable_by(|a, b| {
            let by_forecast = a.forecast.total_cmp(&b.forecast);
            by_forecast.then(a.probability.total_cmp(&b.probability)).then(a.actual.cmp(&b.actual))
        });
        cases.dedup_by(|next, kept| {
            let same = (same(next.forecast, kept.forecast) && same(next.probability, kept.probability))
                && next.actual == kept.actual;
            if same {
                kept.weight = kept.weight.saturating_add(next.weight);
            }
            same
        });
        if cases.is_empty() {
            return Ok(None);
        }
        let customers: u128 = weight(&cases);
        let n = customers as f64;
        let purchases: u128 = cases.iter().map(|case| u128::from(case.weight) * u128::from(case.actual)).sum();
        let total = |of: &dyn Fn(&Case) -> f64| {
            let mut sum = Sum::default();
            cases.iter().for_each(|case| sum.add(case.weight as f64 * of(case)));
            sum.value()
        };
        let error = |case: &Case| case.forecast - f64::from(case.actual);
        let forecast_purchases = total(&|case| case.forecast);
        let (mae, rmse) = (total(&|case| error(case).abs()) / n, (total(&|case| error(case).powi(2)) / n).sqrt());
        let bias = total(&error) / n;
        let brier = total(&|case| (case.probability - f64::from(u8::from(case.actual > 0))).powi(2)) / n;
        let log_loss = -total(&|case| {
            let p = case.probability.clamp(LOG_LOSS_MARGIN, 1.0 - LOG_LOSS_MARGIN);
            if case.actual > 0 { p.ln() } else { (-p).ln_1p() }
        }) / n;
        let rank_correlation = rank_correlation(&cases, customers)?;
        let top_decile_capture = top_decile_capture(&cases, customers, purchases);
        let auc_by_forecast = auc(&cases, |case| case.forecast);
        cases.sort_unstable_by(|a, b| a.probability.total_cmp(&b.probability));
        Ok(Some(Accuracy {
            forecast_purchases,
            total_ratio: (purchases > 0).then(|| forecast_purchases / purchases as f64),
            mae,
            rmse,
            bias,
            rank_correlation,
            auc: auc(&cases, |case| case.probability),
            auc_by_forecast,
            brier,
            log_loss,
            top_decile_capture,
        }))
    }
}

fn same(a: f64, b: f64) -> bool {
    a.total_cmp(&b) == Ordering::Equal
}

/// The customers of these cases.
fn weight(cases: &[Case]) -> u128 {
    cases.iter().map(|case| u128::from(case.weight)).sum()
}

/// Runs of cases with the same score, in the order of the cases.
fn ties(cases: &[Case], score: fn(&Case) -> f64) -> impl DoubleEndedIterator<Item = &[Case]> {
    cases.chunk_by(move |a, b| same(score(a), score(b)))
}

/// The area under the ROC curve by a score by which the cases are in ascending order, in whole numbers up to the last
/// division: the Mann–Whitney statistic over the number of pairs.
fn auc(cases: &[Case], score: fn(&Case) -> f64) -> Option<f64> {
    // Buyers above non-buyers, twice.
    let (mut above, mut buyers, mut others) = (0u128, 0u128, 0u128);
    for tie in ties(cases, score) {
        let bought: u128 = tie.iter().filter(|case| case.actual > 0).map(|case| u128::from(case.weight)).sum();
        let not = weight(tie) - bought;
        above = above.saturating_add(bought.saturating_mul(2 * others + not));
        buyers += bought;
        others += not;
    }
    (buyers > 0 && others > 0).then(|| above as f64 / (2.0 * buyers as f64 * others as f64))
}

/// Spearman's rank correlation of cases in ascending order of the forecast.
fn rank_correlation(cases: &[Case], customers: u128) -> Result<Option<f64>> {
    // Ranks are taken twice and from their mean on: of so many values after `before` lower ones that is the whole number
    // 2·before + count − n.
    let centred = |before: u128, count: u128| (2 * before + count) as i128 - customers as i128;
    let mut actuals: Vec<(u32, u128)> = Vec::new();
    reserve(&mut actuals, cases.len())?;
    actuals.extend(cases.iter().map(|case| (case.actual, u128::from(case.weight))));
    actuals.sort_unstable();
    actuals.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    let mut ranks: Vec<(u32, f64)> = Vec::new();
    reserve(&mut ranks, actuals.len())?;
    let (mut before, mut actual_square) = (0, Sum::default());
    for (actual, count) in actuals {
        let rank = centred(before, count) as f64;
        actual_square.add(count as f64 * rank * rank);
        ranks.push((actual, rank));
        before += count;
    }
    let (mut before, mut forecast_square, mut product) = (0, Sum::default(), Sum::default());
    for tie in ties(cases, |case| case.forecast) {
        let count = weight(tie);
        let rank = centred(before, count) as f64;
        forecast_square.add(count as f64 * rank * rank);
        for case in tie {
            // Every actual number is among the ranks.
            let actual = ranks.binary_search_by_key(&case.actual, |&(actual, _)| actual).map_or(0.0, |i| ranks[i].1);
            product.add(case.weight as f64 * rank * actual);
        }
        before += count;
    }
    let (forecast, actual) = (forecast_square.value(), actual_square.value());
    Ok((forecast > 0.0 && actual > 0.0).then(|| (product.value() / (forecast.sqrt() * actual.sqrt())).clamp(-1.0, 1.0)))
}

/// The share of the purchases that the tenth with the highest forecast made, of cases in ascending order of it.
fn top_decile_capture(cases: &[Case], customers: u128, purchases: u128) -> Option<f64> {
    // In tenths of customers, so that the cut is a whole number.
    let mut room = customers;
    let mut captured = 0.0;
    for tie in ties(cases, |case| case.forecast).rev() {
        let tenths = 10 * weight(tie);
        let bought: u128 = tie.iter().map(|case| u128::from(case.weight) * u128::from(case.actual)).sum();
        let taken = tenths.min(room);
        captured += bought as f64 * (taken as f64 / tenths as f64);
        room -= taken;
        if room == 0 {
            break;
        }
    }
    (purchases > 0).then(|| (captured / purchases as f64).min(1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::models::reference;

    fn cases() -> impl Strategy<Value = Vec<Case>> {
        let number =
            prop_oneof![Just(0.0), Just(-0.0), Just(1.0), 0.0f64..1.0, (0u8..5).prop_map(|n| f64::from(n) / 4.0)];
        let actual = prop_oneof![Just(0u32), 0u32..4, 0u32..1000];
        let case = (0u64..6, number.clone(), number, actual).prop_map(|(weight, forecast, probability, actual)| Case {
            weight,
            forecast: forecast * 3.0,
            probability,
            actual,
        });
        prop::collection::vec(case, 0..25)
    }

    fn naive_ranks(values: &[f64]) -> Vec<f64> {
        let count = |of: &dyn Fn(f64) -> bool| values.iter().filter(|&&value| of(value)).count() as f64;
        values.iter().map(|&v| count(&|other| other < v) + (count(&|other| other == v) + 1.0) / 2.0).collect()
    }

    fn naive_pearson(a: &[f64], b: &[f64]) -> Option<f64> {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (mean_a, mean_b) = (mean(a), mean(b));
        let dot = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(&a, &b)| f(a - mean_a, b - mean_b)).sum::<f64>();
        let (aa, bb) = (dot(&|a, _| a * a), dot(&|_, b| b * b));
        (aa > 1e-9 && bb > 1e-9).then(|| dot(&|a, b| a * b) / (aa * bb).sqrt())
    }

    fn naive_auc(scores: &[f64], actual: &[u32]) -> Option<f64> {
        let (mut won, mut pairs) = (0.0, 0.0);
        for (buyer, _) in actual.iter().enumerate().filter(|(_, a)| **a > 0) {
            for (other, _) in actual.iter().enumerate().filter(|(_, a)| **a == 0) {
                pairs += 1.0;
                won += if scores[buyer] > scores[other] {
                    1.0
                } else {
                    0.5 * f64::from(u8::from(scores[buyer] == scores[other]))
                };
            }
        }
        (pairs > 0.0).then(|| won / pairs)
    }

    /// Each of a tie gets the mean of its purchases; then the tenth is taken customer by customer, the last in part.
    fn naive_top(forecasts: &[f64], actual: &[u32]) -> Option<f64> {
        let all: u32 = actual.iter().sum();
        let share = |forecast: f64| {
            let tie: Vec<u32> =
                forecasts.iter().zip(actual).filter(|(f, _)| **f == forecast).map(|(_, a)| *a).collect();
            f64::from(tie.iter().sum::<u32>()) / tie.len() as f64
        };
        let mut order = forecasts.to_vec();
        order.sort_by(|a, b| b.total_cmp(a));
        let tenth = forecasts.len() as f64 / 10.0;
        let taken: f64 = order.iter().enumerate().map(|(i, &f)| (tenth - i as f64).clamp(0.0, 1.0) * share(f)).sum();
        (all > 0).then(|| taken / f64::from(all))
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1.0)
    }

    fn near_option(a: Option<f64>, b: Option<f64>) -> bool {
        a.is_some() == b.is_some() && a.zip(b).is_none_or(|(a, b)| near(a, b))
    }

    proptest! {
        #[test]
        fn is_that_of_single_customers(given in cases()) {
            let single: Vec<Case> =
                given.iter().flat_map(|case| vec![Case { weight: 1, ..*case }; case.weight as usize]).collect();
            let found = Accuracy::of(given.clone()).unwrap();
            prop_assert_eq!(found, Accuracy::of(single.clone()).unwrap(), "to the last bit");
            prop_assert_eq!(found, Accuracy::of(given.into_iter().rev().collect()).unwrap());
            let Some(found) = found else {
                prop_assert!(single.is_empty());
                return Ok(());
            };
            let n = single.len() as f64;
            let forecasts: Vec<f64> = single.iter().map(|case| case.forecast).collect();
            let probabilities: Vec<f64> = single.iter().map(|case| case.probability).collect();
            let actual: Vec<u32> = single.iter().map(|case| case.actual).collect();
            let actual_numbers: Vec<f64> = actual.iter().map(|&a| f64::from(a)).collect();
            let bought: Vec<f64> = actual.iter().map(|&a| f64::from(u8::from(a > 0))).collect();
            let mean = |f: &dyn Fn(usize) -> f64| (0..single.len()).map(f).sum::<f64>() / n;
            let purchases: f64 = actual_numbers.iter().sum();
            prop_assert!(near(found.forecast_purchases, forecasts.iter().sum()));
            prop_assert!(near_option(found.total_ratio, (purchases > 0.0).then(|| forecasts.iter().sum::<f64>() / purchases)));
            prop_assert!(near(found.mae, mean(&|i| (forecasts[i] - actual_numbers[i]).abs())));
            prop_assert!(near(found.rmse, mean(&|i| (forecasts[i] - actual_numbers[i]).powi(2)).sqrt()));
            prop_assert!(near(found.bias, mean(&|i| forecasts[i] - actual_numbers[i])));
            prop_assert!(near(found.brier, mean(&|i| (probabilities[i] - bought[i]).powi(2))));
            let given_to = |i: usize| if actual[i] > 0 { probabilities[i] } else { 1.0 - probabilities[i] };
            prop_assert!(near(found.log_loss, mean(&|i| -given_to(i).clamp(1e-6, 1.0 - 1e-6).ln())));
            let ranks = naive_pearson(&naive_ranks(&forecasts), &naive_ranks(&actual_numbers));
            prop_assert!(near_option(found.rank_correlation, ranks), "{:?} {:?}", found.rank_correlation, ranks);
            prop_assert!(near_option(found.auc, naive_auc(&probabilities, &actual)));
            prop_assert!(near_option(found.auc_by_forecast, naive_auc(&forecasts, &actual)));
            prop_assert!(near_option(found.top_decile_capture, naive_top(&forecasts, &actual)));
        }

        #[test]
        fn weights_in_common_change_nothing(given in cases(), by in 1u64..1_000_000_000) {
            let scaled = given.iter().map(|case| Case { weight: case.weight * by, ..*case }).collect();
            let (one, many) = (Accuracy::of(given).unwrap(), Accuracy::of(scaled).unwrap());
            prop_assert_eq!(one.is_some(), many.is_some());
            let Some((one, many)) = one.zip(many) else { return Ok(()) };
            prop_assert!(near(one.rmse, many.rmse) && near(one.mae, many.mae) && near(one.log_loss, many.log_loss));
            prop_assert!(near_option(one.rank_correlation, many.rank_correlation));
            prop_assert!(near_option(one.auc, many.auc) && near_option(one.top_decile_capture, many.top_decile_capture));
        }

        #[test]
        fn nothing_panics(given in prop::collection::vec(any::<(u64, f64, f64, u32)>(), 0..8)) {
            let cases = given.iter().map(|&(weight, forecast, probability, actual)| Case { weight, forecast, probability, actual });
            let _ = Accuracy::of(cases.collect()).unwrap();
        }
    }

    #[test]
    fn a_perfect_forecast_is_perfect() {
        let case = |weight, actual| {
            let forecast = f64::from(actual);
            Case { weight, forecast, probability: forecast.min(1.0), actual }
        };
        let found = Accuracy::of(vec![case(90, 0), case(9, 1), case(1, 11)]).unwrap().unwrap();
        assert_eq!((found.mae, found.rmse, found.bias, found.brier), (0.0, 0.0, 0.0, 0.0));
        assert_eq!((found.total_ratio, found.rank_correlation, found.auc), (Some(1.0), Some(1.0), Some(1.0)));
        assert_eq!((found.auc_by_forecast, found.top_decile_capture), (Some(1.0), Some(1.0)));
        assert!(found.log_loss > 0.0 && found.log_loss < 1.1e-6);
    }

    #[test]
    fn what_cannot_be_said_is_none() {
        let nobody = Case { weight: 5, forecast: 1.0, probability: 0.5, actual: 0 };
        let found = Accuracy::of(vec![nobody]).unwrap().unwrap();
        assert_eq!((found.total_ratio, found.rank_correlation, found.auc), (None, None, None));
        assert_eq!((found.top_decile_capture, found.mae, found.brier), (None, 1.0, 0.25));
        let everybody = Accuracy::of(vec![Case { actual: 2, ..nobody }]).unwrap().unwrap();
        assert_eq!((everybody.auc, everybody.rank_correlation), (None, None));
        assert_eq!((everybody.total_ratio, everybody.top_decile_capture), (Some(0.5), Some(0.1)));
        assert_eq!(Accuracy::of(vec![Case { weight: 0, ..nobody }]).unwrap(), None);
    }

    /// The figures of the CDNOW sample's holdout, as far as they rest on expected counts, as printed: total ratio, mean
    /// absolute error, root mean square error, rank correlation, area by forecast, share of the top tenth.
    #[test]
    fn reaches_the_published_models_on_the_cdnow_sample() {
        let forecasts = reference::forecasts();
        for (model, printed) in [
            (0, ["0.879", "0.7855", "1.6080", "0.449", "0.7725", "0.469"]),
            (1, ["0.838", "0.7648", "1.6072", "0.450", "0.7728", "0.477"]),
            (2, ["0.885", "0.7545", "1.6028", "0.460", "0.7787", "0.473"]),
        ] {
            let case =
                |(summary, actual)| Case { weight: 1, forecast: forecasts[&summary][model], probability: 0.0, actual };
            let found = Accuracy::of(reference::summaries().map(case).collect()).unwrap().unwrap();
            let decimals = |value: Option<f64>, decimals: usize| format!("{:.decimals$}", value.unwrap());
            assert_eq!(decimals(found.total_ratio, 3), printed[0]);
            assert_eq!([found.mae, found.rmse].map(|error| format!("{error:.4}")), [printed[1], printed[2]]);
            assert_eq!(decimals(found.rank_correlation, 3), printed[3]);
            assert_eq!(decimals(found.auc_by_forecast, 4), printed[4]);
            assert_eq!(decimals(found.top_decile_capture, 3), printed[5]);
        }
    }
}
