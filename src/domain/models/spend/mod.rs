//! Spend per purchase: how much customers spend each time, and how they differ in it.
//!
//! The spends of one customer are gamma(p, ν) distributed, and his rate ν is gamma(q, γ) distributed over the base,
//! independently of how often he buys (Fader, Hardie, Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base
//! Analysis", Journal of Marketing Research 42, 2005; Fader and Hardie, "The Gamma-Gamma Model of Monetary Value", 2013).
//! p is the regularity of spends, q the likeness of the customers, γ the scale in units of money.

use rand::RngCore;
use rand_distr::{Distribution, Gamma};
use serde::{Deserialize, Serialize};

use super::fitted_json::{check_model, required};
use crate::domain::math::maximum_likelihood::Parameter;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::support::multiset::Multiset;

pub mod fit;

/// The name of the model in the JSON form.
pub const MODEL: &str = "gamma-gamma";

/// The parameters and their bounds.
///
/// * p: below 0.01 spends spread over hundreds of powers of ten; above 10⁴ they vary by less than 1 %.
/// * q: below 0.01 customers spread likewise; from 10⁶ on they differ by less than 0.1 %.
/// * γ is about (q−1)/p mean spends, in whatever currency.
pub const PARAMETERS: [Parameter; 3] = [
    Parameter { name: "p", lower: 1e-2, upper: 1e4 },
    Parameter { name: "q", lower: 1e-2, upper: 1e6 },
    Parameter { name: "gamma", lower: 1e-12, upper: 1e18 },
];

/// Mean spends below this count as none: the bounds of γ could not follow them.
const SMALLEST_SPEND: f64 = 1e-9;

/// Mean spends above this are refused, for the same reason.
const LARGEST_SPEND: f64 = 1e15;

/// The gamma-gamma model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GammaGamma {
    /// The shape of a customer's spends: the larger, the more equal they are.
    pub p: f64,
    /// The shape of the customers' rates: the larger, the more alike the customers.
    pub q: f64,
    /// The rate of the customers' rates, in units of money.
    pub gamma: f64,
}

impl GammaGamma {
    /// Each parameter with its name and bounds.
    pub fn named(&self) -> [(Parameter, f64); 3] {
        let [p, q, gamma] = PARAMETERS;
        [(p, self.p), (q, self.q), (gamma, self.gamma)]
    }

    /// The expected mean spend per purchase of a customer with `x` repeat purchases of `mean` each, in units of money:
    /// p (γ + x·mean) / (px + q − 1) (Fader and Hardie 2013). x = 0 gives the mean of the base, pγ/(q−1).
    ///
    /// None where px + q ≤ 1: that mean is infinite.
    pub fn expected_spend(&self, x: f64, mean: f64) -> Option<f64> {
        let excess = self.p * x + (self.q - 1.0);
        (excess > 0.0).then(|| self.p * (self.gamma + sum_of(x, mean)) / excess)
    }

    /// Draws the mean level of one customer and from it `count` spends, which it appends, each > 0 and finite.
    ///
    /// ν is gamma(px + q) distributed with the rate γ + x·mean, and each spend gamma(p) with the rate ν. What a number
    /// cannot hold becomes its largest or smallest value.
    pub fn draw_spends(&self, x: f64, mean: f64, count: usize, random: &mut dyn RngCore, spends: &mut Vec<f64>) {
        let mut draw = |shape: f64| Gamma::new(shape, 1.0).map_or(shape, |gamma| gamma.sample(random));
        // ν (γ + x·mean), which has no unit.
        let level = draw(self.p * x + self.q).max(f64::MIN_POSITIVE);
        let scale = self.gamma + sum_of(x, mean);
        spends.extend((0..count).map(|_| (draw(self.p) * (scale / level)).clamp(f64::MIN_POSITIVE, f64::MAX)));
    }
}

/// x·mean, 0 where there is no purchase whatever the mean is.
fn sum_of(x: f64, mean: f64) -> f64 {
    if x > 0.0 { x * mean.max(0.0) } else { 0.0 }
}

/// What the fit depends on: it is the same to the last bit in whatever order customers were read and however they were
/// split over workers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SpendCounts {
    /// How many customers have x repeat purchases of this mean, by its bits: for positive numbers they are in order.
    customers: Multiset<(u32, u64)>,
    /// Customers left out because they bought only once.
    one_time_buyers: u64,
    /// Customers left out because their mean spend is not positive: the model knows only positive spends.
    without_spend: u64,
}

impl SpendCounts {
    /// Adds a customer with x repeat purchases of this mean spend.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for a mean that is NaN, infinite or above 1e15.
    pub fn insert(&mut self, x: u32, mean: f64) -> Result<()> {
        self.insert_times(x, mean, 1)
    }

    /// Adds so many customers with the same x and mean. See [`Self::insert`].
    pub fn insert_times(&mut self, x: u32, mean: f64, count: u64) -> Result<()> {
        if x == 0 {
            self.one_time_buyers = self.one_time_buyers.saturating_add(count);
            return Ok(());
        }
        if mean.is_nan() || mean > LARGEST_SPEND || mean == f64::NEG_INFINITY {
            return Err(Error::new(Kind::InvalidParameter, format!("a mean spend of {mean:e} cannot be fitted"))
                .detail(format!("Mean spends are finite numbers up to {LARGEST_SPEND:e}.")));
        }
        if mean < SMALLEST_SPEND {
            self.without_spend = self.without_spend.saturating_add(count);
            return Ok(());
        }
        self.customers.insert_times((x, mean.to_bits()), count)
    }

    /// Adds all customers of another part of the base.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.customers.merge(other.customers)?;
        self.one_time_buyers = self.one_time_buyers.saturating_add(other.one_time_buyers);
        self.without_spend = self.without_spend.saturating_add(other.without_spend);
        Ok(())
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    pub fn normalize(&mut self) -> Result<()> {
        self.customers.normalize()
    }
}

/// A fitted gamma-gamma model with its provenance. Its text form is one line of JSON, of which only `params` is required.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendModel {
    /// Always [`MODEL`].
    #[serde(default = "model")]
    pub model: String,
    /// None where there were too few customers to fit.
    #[serde(deserialize_with = "required")]
    pub params: Option<GammaGamma>,
    /// Customers with a repeat purchase and a positive mean spend: those who were fitted.
    #[serde(default)]
    pub customers: u64,
    /// Customers left out because they bought only once.
    #[serde(default)]
    pub one_time_buyers: u64,
    /// Customers left out because their mean spend is not positive.
    #[serde(default)]
    pub without_spend: u64,
    /// The log-likelihood of the customers' mean spends.
    pub log_likelihood: Option<f64>,
    /// The standard errors of the parameters, from the observed information.
    pub standard_errors: Option<GammaGamma>,
    /// The covariance matrix of (p, q, γ).
    pub covariance: Option<[[f64; 3]; 3]>,
    /// `converged`, or what kept the fit from it.
    pub status: Option<String>,
    /// What else a reader should know: that the mean spend of the base is infinite (q ≤ 1).
    pub note: Option<String>,
    /// Iterations of the fit.
    pub iterations: Option<u64>,
    /// The gradient norm per customer, with respect to the logarithms of the parameters.
    pub gradient_norm: Option<f64>,
    /// The instant as of which the base was read, in ISO 8601. The caller sets it.
    pub as_of: Option<String>,
    /// The version of the extension that fitted.
    pub version: Option<String>,
}

fn model() -> String {
    MODEL.into()
}

impl SpendModel {
    /// The model with these parameters and no provenance.
    pub fn new(params: Option<GammaGamma>) -> Self {
        SpendModel { model: model(), params, ..Self::default() }
    }
}

impl JsonValue for SpendModel {
    const TYPE: &'static str = "spend_model";
    const EXAMPLE: &'static str =
        r#"A spend model reads {"params": {"p": 6.25, "q": 3.74, "gamma": 15.44}}, gamma in units of money."#;

    fn check(&mut self) -> std::result::Result<(), String> {
        check_model(&self.model, MODEL, self.params.iter().flat_map(GammaGamma::named))
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::*;

    const CDNOW: GammaGamma =
        GammaGamma { p: 6.249_572_271_323_757, q: 3.744_224_667_132_024_4, gamma: 15.443_520_962_589_238 };

    #[test]
    fn expected_spend_is_that_of_the_golden_customers() {
        let mut rows = 0;
        for line in include_str!("../../../../tests/data/cdnow_sample_mle.csv").lines().skip(1) {
            let v: Vec<&str> = line.split(',').collect();
            let number = |i: usize| v[i].parse::<f64>().unwrap();
            let (got, want) = (CDNOW.expected_spend(number(1), number(6)).unwrap(), number(8));
            assert!((got / want - 1.0).abs() < 1e-13, "customer {}: {got} instead of {want}", v[0]);
            rows += 1;
        }
        assert_eq!(rows, 2357);
    }

    /// tests/data/published_values.json: gammagamma_cond_mean.
    #[test]
    fn expected_spend_is_that_of_the_published_sheet() {
        let want = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17];
        for (line, want) in include_str!("../../../../tests/data/cdnow_sample_summary.csv").lines().skip(1).zip(want) {
            let v: Vec<&str> = line.split(',').collect();
            let got = CDNOW.expected_spend(v[1].parse().unwrap(), v[6].parse().unwrap()).unwrap();
            assert!((got - want).abs() < 6e-3, "gammagamma_cond_mean {}: {got} instead of {want}", v[0]);
        }
    }

    #[test]
    fn an_infinite_mean_is_none() {
        let heavy = GammaGamma { p: 0.2, q: 0.5, gamma: 10.0 };
        assert_eq!((heavy.expected_spend(0.0, 0.0), heavy.expected_spend(2.0, 9.0)), (None, None));
        let got = heavy.expected_spend(5.0, 10.0).unwrap();
        assert!((got - 0.2 * 60.0 / 0.5).abs() < 1e-12, "{got}");
        assert_eq!(CDNOW.expected_spend(0.0, f64::NAN), CDNOW.expected_spend(0.0, 7.0));
        assert_eq!(GammaGamma { q: 1.0, ..heavy }.expected_spend(0.0, 0.0), None);
    }

    #[test]
    fn draws_have_the_expected_mean() {
        let (mut random, mut spends) = (ChaCha12Rng::seed_from_u64(3), Vec::new());
        for (x, mean) in [(0.0, 0.0), (2.0, 22.0), (40.0, 100.0)] {
            spends.clear();
            (0..40_000).for_each(|_| CDNOW.draw_spends(x, mean, 3, &mut random, &mut spends));
            let (got, want) = (spends.iter().sum::<f64>() / 120_000.0, CDNOW.expected_spend(x, mean).unwrap());
            assert!((got / want - 1.0).abs() < 0.02, "x = {x}: {got} instead of {want}");
        }
        for extreme in [
            GammaGamma { p: 0.01, q: 0.01, gamma: 1e18 },
            GammaGamma { p: 1e4, q: 0.01, gamma: 1e-12 },
            GammaGamma { p: 1e4, q: 1e6, gamma: 1e18 },
        ] {
            spends.clear();
            extreme.draw_spends(0.0, 0.0, 1000, &mut random, &mut spends);
            assert!(spends.len() == 1000 && spends.iter().all(|v| *v > 0.0 && v.is_finite()), "{extreme:?}");
        }
    }

    #[test]
    fn reads_what_a_person_writes_and_refuses_the_rest() {
        let model = SpendModel::from_json(r#"{"params":{"p":6.25,"q":3.74,"gamma":15.44}}"#).unwrap();
        assert_eq!(model, SpendModel::new(Some(GammaGamma { p: 6.25, q: 3.74, gamma: 15.44 })));
        assert_eq!(SpendModel::from_json(&model.to_json().unwrap()).unwrap(), model);
        assert_eq!(SpendModel::from_json(r#"{"params":null}"#).unwrap().params, None);
        for (text, detail) in [
            ("{}", "missing field `params`"),
            (r#"{"params":{"p":6.25,"q":3.74}}"#, "missing field `gamma`"),
            (r#"{"params":{"p":0,"q":3.74,"gamma":15}}"#, "The parameter p is 0,"),
            (r#"{"params":{"p":1,"q":-1,"gamma":15}}"#, "The parameter q is -1,"),
            (r#"{"params":{"p":1,"q":1,"gamma":1e30}}"#, "The parameter gamma is 1e30"),
            (r#"{"params":{"p":1,"q":1,"gamma":1,"v":1}}"#, "unknown field `v`"),
            (r#"{"params":null,"model":"gamma/gamma"}"#, "The model is \"gamma/gamma\""),
        ] {
            let error = SpendModel::from_json(text).expect_err(text);
            assert!(error.kind == Kind::InvalidText && error.hint.is_some(), "{text}: {error:?}");
            assert!(error.message.starts_with("invalid input syntax for type spend_model"), "{error}");
            assert!(error.detail.as_deref().unwrap().contains(detail), "{text}: {error:?}");
        }
    }
}
