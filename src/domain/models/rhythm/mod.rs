//! The purchase rhythm of a customer base: how long customers wait between purchases, and how they differ in it.
//!
//! The gaps of one customer are gamma(k, rate) distributed, and his rate is gamma(r, α) distributed over the base: an
//! empirical Bayes model (Casella, "An introduction to empirical Bayes data analysis", The American Statistician 39, 1985)
//! with the compound gamma distribution as its predictive distribution (Dubey, Metrika 16, 1970). k is the regularity of
//! purchases (1: at random times), r the likeness of the customers, α in days the scale.
//!
//! This file holds the counts and the fitted value; [`fit`] makes the value of the counts, and [`predict`] reads it.

use serde::{Deserialize, Serialize};

use super::fitted_json::{check_model, required};
use crate::domain::support::error::Result;
use crate::domain::support::json::JsonValue;
use crate::domain::support::multiset::Multiset;

pub mod fit;
pub mod predict;

/// The name of the model in the JSON form: gamma gaps, gamma rates.
pub const MODEL: &str = "gamma/gamma";

/// The time unit of α and of everything that is read from a rhythm.
pub const UNIT: &str = "1 day";

/// What the fit depends on, in whole numbers: so it is the same to the last bit in whatever order customers were read and
/// however they were split over workers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GapCounts {
    /// How many customers have x gaps that sum to S days, for each (x, S).
    customers: Multiset<(u32, u32)>,
    /// How many gaps have each length in days.
    gaps: Multiset<u32>,
    /// Customers who bought on a single day.
    one_time_buyers: u64,
}

impl GapCounts {
    /// Adds a customer who bought on these days, as ascending day numbers. One day makes a one-time buyer, none nothing.
    ///
    /// A day that does not come after the one before it is passed over.
    pub fn add_customer(&mut self, purchase_days: impl Iterator<Item = i32>) -> Result<()> {
        let mut days = purchase_days;
        let Some(first) = days.next() else { return Ok(()) };
        let (mut last, mut count) = (first, 0);
        for day in days {
            if day > last {
                self.gaps.insert(day.abs_diff(last))?;
                last = day;
                count += 1;
            }
        }
        if count == 0 {
            self.one_time_buyers += 1;
            return Ok(());
        }
        self.customers.insert((count, last.abs_diff(first)))
    }

    /// Adds all customers of another part of the base.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.customers.merge(other.customers)?;
        self.gaps.merge(other.gaps)?;
        self.one_time_buyers += other.one_time_buyers;
        Ok(())
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    pub fn normalize(&mut self) -> Result<()> {
        self.customers.normalize()?;
        self.gaps.normalize()
    }
}

/// The three parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The shape of a customer's gaps: 1 is buying at random times, more is more regular.
    pub k: f64,
    /// The shape of the rates over the base: the larger, the more alike the customers.
    pub r: f64,
    /// The rate of the rates over the base, in days.
    pub alpha: f64,
}

impl Params {
    /// Each with its name and with the bounds within which it is fitted and may be given.
    pub fn named(&self) -> [(fit::Parameter, f64); 3] {
        let [k, r, alpha] = fit::PARAMETERS;
        [(k, self.k), (r, self.r), (alpha, self.alpha)]
    }
}

/// A fitted purchase rhythm with its provenance. Its text form is one line of JSON, of which only `params` is required.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseRhythm {
    /// Always [`MODEL`].
    #[serde(default = "model")]
    pub model: String,
    /// None where there was no gap at all.
    #[serde(deserialize_with = "required")]
    pub params: Option<Params>,
    /// Always [`UNIT`].
    #[serde(default = "unit")]
    pub unit: String,
    /// Customers with at least one gap.
    #[serde(default)]
    pub customers: u64,
    /// Customers who bought on a single day.
    #[serde(default)]
    pub one_time_buyers: u64,
    /// Gaps between purchase days.
    #[serde(default)]
    pub gaps: u64,
    /// The log-likelihood of the gaps at the parameters.
    pub log_likelihood: Option<f64>,
    /// The standard errors of the parameters, from the observed information.
    pub standard_errors: Option<Params>,
    /// The covariance matrix of (k, r, α).
    pub covariance: Option<[[f64; 3]; 3]>,
    /// `converged`, or what kept the fit from it.
    pub status: Option<String>,
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

fn unit() -> String {
    UNIT.into()
}

impl PurchaseRhythm {
    /// The rhythm with these parameters and no provenance.
    pub fn new(params: Option<Params>) -> Self {
        PurchaseRhythm { model: model(), params, unit: unit(), ..Self::default() }
    }
}

impl JsonValue for PurchaseRhythm {
    const TYPE: &'static str = "purchase_rhythm";
    const EXAMPLE: &'static str =
        r#"A purchase rhythm reads {"params": {"k": 1.07, "r": 3.49, "alpha": 139.4}}, alpha in days."#;

    fn check(&mut self) -> std::result::Result<(), String> {
        if self.unit != UNIT {
            return Err(format!("The unit is \"{}\" and not \"{UNIT}\".", self.unit));
        }
        check_model(&self.model, MODEL, self.params.iter().flat_map(Params::named))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::support::error::Kind;

    fn bought() -> impl Strategy<Value = Vec<Vec<i32>>> {
        let days = prop::collection::btree_set(-2000i32..2000, 0..8).prop_map(|days| days.into_iter().collect());
        prop::collection::vec(days, 0..60)
    }

    fn count(customers: &[Vec<i32>]) -> GapCounts {
        let mut counts = GapCounts::default();
        for days in customers {
            counts.add_customer(days.iter().copied()).unwrap();
        }
        counts
    }

    type Content = (Vec<((u32, u32), u64)>, Vec<(u32, u64)>, u64);

    fn content(counts: &mut GapCounts) -> Content {
        let gaps = counts.gaps.counts().unwrap().to_vec();
        (counts.customers.counts().unwrap().to_vec(), gaps, counts.one_time_buyers)
    }

    proptest! {
        #[test]
        fn any_split_counts_and_fits_the_same(customers in bought(), at in 0usize..60) {
            let mut whole = count(&customers);
            let (left, right) = customers.split_at(at.min(customers.len()));
            let (mut one, mut other) = (count(left), count(right));
            one.merge(count(right)).unwrap();
            other.merge(count(left)).unwrap();
            prop_assert_eq!(content(&mut whole), content(&mut one));
            prop_assert_eq!(content(&mut whole), content(&mut other));
            let fitted = fit::fit(&mut whole, &mut || Ok(())).unwrap().to_json();
            prop_assert_eq!(fit::fit(&mut other, &mut || Ok(())).unwrap().to_json(), fitted);
        }

        #[test]
        fn json_reads_back_to_the_same_bits(
            k in 0.01f64..1000.0, r in 0.01f64..1e6, alpha in 1e-6f64..1e13,
            log_likelihood in any::<f64>().prop_filter("finite", |v| v.is_finite()),
            counts in any::<(u64, u64, u64)>(), as_of in prop::option::of(".*"),
        ) {
            let rhythm = PurchaseRhythm {
                customers: counts.0,
                one_time_buyers: counts.1,
                gaps: counts.2,
                log_likelihood: Some(log_likelihood),
                standard_errors: Some(Params { k: alpha, r: k, alpha: r }),
                covariance: Some([[k, r, alpha], [-r, 0.1 + k, 1.0 / 3.0], [1e-300, -0.0, 5e-324]]),
                as_of,
                ..PurchaseRhythm::new(Some(Params { k, r, alpha }))
            };
            let text = rhythm.to_json().unwrap();
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(PurchaseRhythm::from_json(&text).unwrap(), rhythm);
        }
    }

    #[test]
    fn days_count_once_and_extremes_fit() {
        let mut counts = count(&[vec![], vec![5], vec![5, 5], vec![i32::MIN, i32::MAX], vec![3, 3, 10, 4, 12, 12]]);
        let expected = (vec![((1, u32::MAX), 1), ((2, 9), 1)], vec![(2, 1), (7, 1), (u32::MAX, 1)], 2);
        assert_eq!(content(&mut counts), expected);
    }

    #[test]
    fn reads_what_a_person_writes() {
        let rhythm = PurchaseRhythm::from_json(r#" { "params": {"alpha": 139.4, "k": 1.07, "r": 3} } "#).unwrap();
        assert_eq!(rhythm.params, Some(Params { k: 1.07, r: 3.0, alpha: 139.4 }));
        assert_eq!((rhythm.model.as_str(), rhythm.unit.as_str(), rhythm.status), (MODEL, UNIT, None));
        assert_eq!(PurchaseRhythm::from_json(r#"{"params": null}"#).unwrap().params, None);
        let order = PurchaseRhythm::new(None).to_json().unwrap();
        let fields = ["model", "params", "unit", "customers", "one_time_buyers", "gaps", "log_likelihood"];
        let rest = ["standard_errors", "covariance", "status", "iterations", "gradient_norm", "as_of", "version"];
        let found: Vec<_> = fields.iter().chain(&rest).map(|f| order.find(&format!("\"{f}\":")).unwrap()).collect();
        assert!(found.is_sorted(), "{order}");
    }

    #[test]
    fn refuses_what_is_not_a_rhythm() {
        let with = |params: &str| format!(r#"{{"params": {params}}}"#);
        for (text, detail) in [
            ("".to_string(), "not a JSON object"),
            ("{".into(), "EOF"),
            ("{}".into(), "missing field `params`"),
            ("[1.07, 3.49]".into(), "not a JSON object"),
            (with(r#"{"k": 1.07, "r": 3.49}"#), "missing field `alpha`"),
            (with(r#"{"k": NaN, "r": 3.49, "alpha": 139}"#), "expected value"),
            (with(r#"{"k": 1e999, "r": 3.49, "alpha": 139}"#), "number out of range"),
            (with(r#"{"k": null, "r": 3.49, "alpha": 139}"#), "invalid type: null"),
            (with(r#"{"k": "1", "r": 3.49, "alpha": 139}"#), "invalid type: string"),
            (with(r#"{"k": 0, "r": 3.49, "alpha": 139}"#), "The parameter k is 0,"),
            (with(r#"{"k": 1, "r": -3.49, "alpha": 139}"#), "The parameter r is -3.49,"),
            (with(r#"{"k": 1, "r": 3.49, "alpha": 1e300}"#), "The parameter alpha is 1e300"),
            (with(r#"{"k": 1, "r": 3.49, "alpha": 139, "s": 1}"#), "unknown field `s`"),
            (with(r#"{"k": 1, "k": 1, "r": 3.49, "alpha": 139}"#), "duplicate field `k`"),
            (with(r#"{"k": 1, "r": 3.49, "alpha": 139}"#) + "}", "trailing characters"),
            (with("null").replace('}', r#", "gaps": -1}"#), "invalid value: integer `-1`"),
            (with("null").replace('}', r#", "model": "bg/nbd"}"#), "The model is \"bg/nbd\""),
            (with("null").replace('}', r#", "unit": "1 week"}"#), "The unit is \"1 week\""),
            (with("null").replace('}', r#", "fitted_by": "me"}"#), "unknown field `fitted_by`"),
        ] {
            let error = PurchaseRhythm::from_json(&text).expect_err(&text);
            assert_eq!(error.kind, Kind::InvalidText, "{text}");
            assert!(error.detail.as_deref().unwrap().contains(detail), "{text}: {error:?}");
            assert!(error.hint.is_some(), "{text}");
        }
    }
}
