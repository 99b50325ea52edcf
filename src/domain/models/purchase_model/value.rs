//! What a customer is still worth: expected spend per purchase times discounted expected purchases, and how far that may
//! be off.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::Summary;
use super::model::{Process, PurchaseModel};
use crate::domain::math::cholesky::Cholesky;
use crate::domain::math::maximum_likelihood::Parameter;
use crate::domain::models::spend;
use crate::domain::models::spend::{GammaGamma, SpendModel};
use crate::domain::support::error::{Error, Kind, Result, show_number};

/// How many futures a range is read from: its ends are then sure to about a hundredth of its probability.
pub const DRAWS: usize = 1000;

/// With more purchases to expect than this the draws of one customer would take seconds.
const MAX_EXPECTED: f64 = 1e4;

/// The seed of all draws: the same question has the same answer.
const SEED: u64 = 20_050_401;

/// The stream of draws of parameters, and that of futures: independent of each other.
const PARAMETERS: u64 = 0;
const FUTURES: u64 = 1;

/// Draws from the start of a stream.
fn draws_from(stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    random.set_stream(stream);
    random
}

/// How the value of future purchases is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// The horizon in the model's unit.
    pub within: f64,
    /// The continuous discount rate per unit of time.
    pub rate: f64,
    /// The share of spend that is kept.
    pub margin: f64,
}

/// Checks a margin.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it lies between 0 and 1.
pub fn check_margin(margin: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&margin) {
        return Ok(margin);
    }
    Err(Error::new(Kind::InvalidParameter, format!("margin out of range: {margin}"))
        .detail("margin is the share of spend that is kept, between 0 and 1."))
}

/// Checks that a range can be drawn for a customer with so many expected purchases.
///
/// # Errors
/// [`Kind::LimitExceeded`] where there are far too many.
pub fn check_drawable(expected_purchases: f64) -> Result<()> {
    if expected_purchases <= MAX_EXPECTED {
        return Ok(());
    }
    Err(Error::new(
        Kind::LimitExceeded,
        format!("too many purchases to draw: {} are expected", show_number(expected_purchases.round())),
    )
    .detail(format!("There may be {MAX_EXPECTED}, because {DRAWS} futures are drawn."))
    .hint("Ask for a shorter horizon."))
}

/// A customer as both models see him.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Customer {
    /// His purchases, in the model's unit.
    pub summary: Summary,
    /// Repeat purchase days, over which the mean spend is taken.
    pub repeats: f64,
    /// Mean spend of a repeat purchase day; 0 without one.
    pub mean_spend: f64,
}

/// Models of purchases and of spend, with draws from what their parameters may truly be.
#[derive(Debug, Clone)]
pub struct Uncertain {
    draws: Vec<(Process, GammaGamma)>,
}

impl Uncertain {
    /// Draws the parameters from the asymptotic distribution of their maximum-likelihood estimates: normal in the
    /// logarithms, where the parameters are positive and the likelihood is closer to quadratic. A model without a
    /// covariance matrix is taken as certain. None where either model has no parameters.
    pub fn new(purchases: &PurchaseModel, spend: &SpendModel) -> Option<Self> {
        let mut random = draws_from(PARAMETERS);
        let params = purchases.params.as_ref()?;
        let fitted: Vec<&str> =
            purchases.standard_errors.iter().flat_map(|errors| &errors.0).map(|(name, _)| name.as_str()).collect();
        let values: Vec<f64> = fitted.iter().filter_map(|name| params.get(name)).collect();
        let bound = |name: &&str| purchases.model.parameters().iter().find(|p| p.name == *name).copied();
        let bounds: Vec<Parameter> = fitted.iter().filter_map(bound).collect();
        // A value written by hand may name errors of what is no parameter: then nothing is known of how sure they are.
        let known = values.len() == fitted.len() && bounds.len() == fitted.len();
        let factor = log_factor(&values, purchases.covariance.clone().filter(|_| known));
        let of_spend = spend.params?.named().map(|(_, value)| value);
        let spend_factor = log_factor(&of_spend, spend.covariance.map(|rows| rows.map(|row| row.to_vec()).to_vec()));
        let draws = (0..DRAWS).map(|_| {
            let drawn = perturbed(&values, factor.as_ref(), &bounds, &mut random);
            let mut named = params.clone();
            for (name, value) in fitted.iter().filter(|_| known).zip(drawn) {
                named.0.iter_mut().filter(|(known, _)| known == name).for_each(|(_, old)| *old = value);
            }
            let process = PurchaseModel::new(purchases.model, Some(named), purchases.unit).process()?;
            let [p, q, gamma] =
                perturbed(&of_spend, spend_factor.as_ref(), &spend::PARAMETERS, &mut random).try_into().ok()?;
            Some((process, GammaGamma { p, q, gamma }))
        });
        draws.collect::<Option<Vec<_>>>().map(|draws| Uncertain { draws })
    }

    /// The range that the discounted value of a customer's future lies in with probability `level`, as likely below as
    /// above: both what the parameters may be and what the customer may do. One future is drawn for each draw of the
    /// parameters.
    ///
    /// It takes as long as there are purchases to draw: see [`check_drawable`].
    ///
    /// # Errors
    /// That of `interrupt`.
    pub fn range(
        &self,
        customer: &Customer,
        terms: &Terms,
        level: f64,
        interrupt: &mut dyn FnMut() -> Result<()>,
    ) -> Result<(f64, f64)> {
        let mut random = draws_from(FUTURES);
        let (mut times, mut spends) = (Vec::new(), Vec::new());
        let mut values = Vec::with_capacity(self.draws.len());
        for (process, spend) in &self.draws {
            interrupt()?;
            times.clear();
            spends.clear();
            process.as_dyn().draw_purchases(&customer.summary, terms.within, &mut random, &mut times);
            spend.draw_spends(customer.repeats, customer.mean_spend, times.len(), &mut random, &mut spends);
            let discounted = times.iter().zip(&spends).map(|(time, spend)| spend * (-terms.rate * time).exp());
            values.push(terms.margin * discounted.sum::<f64>());
        }
        values.sort_by(f64::total_cmp);
        let at = |p: f64| values[((p * values.len() as f64).ceil() as usize).clamp(1, values.len()) - 1];
        Ok((at((1.0 - level) / 2.0), at((1.0 + level) / 2.0)))
    }
}

/// The factor of the covariance matrix of the logarithms, cov / (θᵢ θⱼ).
fn log_factor(values: &[f64], covariance: Option<Vec<Vec<f64>>>) -> Option<Cholesky> {
    let mut scaled = covariance?;
    if scaled.len() != values.len() || scaled.iter().any(|row| row.len() != values.len()) {
        return None;
    }
    for (row, a) in scaled.iter_mut().zip(values) {
        row.iter_mut().zip(values).for_each(|(c, b)| *c /= a * b);
    }
    Cholesky::new(&scaled)
}

/// The values, each times e to the power of a normal number, within their bounds.
fn perturbed(values: &[f64], factor: Option<&Cholesky>, bounds: &[Parameter], random: &mut ChaCha8Rng) -> Vec<f64> {
    let Some(factor) = factor else { return values.to_vec() };
    let normal: Vec<f64> = values.iter().map(|_| StandardNormal.sample(random)).collect();
    let shifts = factor.lower_times(&normal);
    let drawn = values.iter().zip(shifts).zip(bounds);
    drawn.map(|((value, shift), bound)| (value * f64::exp(shift)).clamp(bound.lower, bound.upper)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::support::json::JsonValue;

    /// Models of a small base, with wide errors and with none.
    fn models(covariance: bool) -> (PurchaseModel, SpendModel) {
        let mut purchases =
            r#"{"model": "bg/nbd", "params": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}"#.to_string();
        if covariance {
            purchases += r#", "standard_errors": {"r": 0.0243, "alpha": 0.4414, "a": 0.0793, "b": 0.2426}, "covariance":
                [[0.00059, 0, 0, 0], [0, 0.195, 0, 0], [0, 0, 0.0063, 0], [0, 0, 0, 0.0589]]"#;
        }
        let spend = SpendModel::from_json(r#"{"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}"#).unwrap();
        (PurchaseModel::from_json(&(purchases + "}")).unwrap(), spend)
    }

    fn customer() -> Customer {
        let summary = Summary { frequency: 9.0, recency: 36.0, t: 38.0 };
        Customer { summary, repeats: 9.0, mean_spend: 40.0 }
    }

    const TERMS: Terms = Terms { within: 52.0, rate: 0.0, margin: 1.0 };

    fn range(with: &Uncertain, terms: &Terms, level: f64) -> (f64, f64) {
        with.range(&customer(), terms, level, &mut || Ok(())).unwrap()
    }

    #[test]
    fn the_same_question_has_the_same_answer_and_wider_levels_are_wider() {
        let (purchases, spend) = models(true);
        let with = Uncertain::new(&purchases, &spend).unwrap();
        assert_eq!(range(&with, &TERMS, 0.8), range(&Uncertain::new(&purchases, &spend).unwrap(), &TERMS, 0.8));
        let (narrow, wide) = (range(&with, &TERMS, 0.5), range(&with, &TERMS, 0.95));
        assert!(wide.0 <= narrow.0 && narrow.1 <= wide.1, "{narrow:?} {wide:?}");
        let half = range(&with, &Terms { margin: 0.5, ..TERMS }, 0.5);
        assert!((half.1 - 0.5 * narrow.1).abs() < 1e-9 * narrow.1, "{half:?}");
        assert!(range(&with, &Terms { rate: 0.01, ..TERMS }, 0.95).1 < wide.1);
    }

    /// The middle of the draws is the expected value: the mean over many customers of the same kind.
    #[test]
    fn lies_around_what_is_expected() {
        let (purchases, spend) = models(false);
        let process = purchases.process().unwrap();
        let expected = process.as_dyn().expected_purchases(&customer().summary, TERMS.within)
            * spend.params.unwrap().expected_spend(9.0, 40.0).unwrap();
        let (low, high) = range(&Uncertain::new(&purchases, &spend).unwrap(), &TERMS, 0.5);
        assert!(low < expected && expected < 1.2 * high, "{expected} and {low} to {high}");
    }

    #[test]
    fn errors_of_what_is_no_parameter_say_nothing() {
        let (purchases, spend) = models(true);
        let certain = Uncertain::new(&models(false).0, &spend).unwrap();
        let mut odd = purchases;
        odd.standard_errors.as_mut().unwrap().0[0].0 = "x".into();
        assert_eq!(range(&Uncertain::new(&odd, &spend).unwrap(), &TERMS, 0.9), range(&certain, &TERMS, 0.9));
    }

    #[test]
    fn far_too_many_purchases_are_refused() {
        assert_eq!(check_drawable(MAX_EXPECTED), Ok(()));
        for expected in [MAX_EXPECTED + 1.0, f64::INFINITY, f64::NAN] {
            assert_eq!(check_drawable(expected).unwrap_err().kind, Kind::LimitExceeded);
        }
    }

    /// Where the parameters are hardly known, some futures are far busier than expected: they end all the same.
    #[test]
    fn a_future_ends_however_little_is_known_of_the_parameters() {
        let (mut purchases, spend) = models(true);
        purchases.covariance.as_mut().unwrap()[1][1] = 1e4;
        let with = Uncertain::new(&purchases, &spend).unwrap();
        let (low, high) = range(&with, &Terms { within: 1e5, ..TERMS }, 0.9);
        assert!((0.0..f64::INFINITY).contains(&low) && high.is_finite(), "{low} {high}");
    }
}
