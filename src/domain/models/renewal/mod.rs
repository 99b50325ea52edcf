//! How long customers renew a contract: the shifted beta-geometric model (sBG).
//!
//! At every renewal a customer leaves with a probability θ of his own, and θ is beta(α, β) distributed over the base
//! (Fader and Hardie, "How to project customer retention", Journal of Interactive Marketing 21(1), 2007; "Customer-base
//! valuation in a contractual setting: the perils of ignoring heterogeneity", Marketing Science 29(1), 2010). Renewal rates
//! of a cohort rise with its age because customers who leave easily are gone.
//!
//! Time counts renewals: t = 0 is the first payment, t = 1 the first renewal.

use serde::{Deserialize, Serialize};

use super::fitted_json::{check_model, required};
use crate::domain::math::beta_geometric::{Terms, ln_survival};
use crate::domain::math::maximum_likelihood::Parameter;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::support::json::JsonValue;
use crate::domain::support::multiset::Multiset;

pub mod fit;
pub mod projection;

/// The name of the model in the JSON form.
pub const MODEL: &str = "sbg";

/// The parameters and their bounds: beyond them churn is 0 or 1, or has no spread that a base could show.
pub const PARAMETERS: [Parameter; 2] =
    [Parameter { name: "alpha", lower: 1e-6, upper: 1e6 }, Parameter { name: "beta", lower: 1e-6, upper: 1e6 }];

/// The shifted beta-geometric model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// α: the weight of leaving at a renewal.
    pub alpha: f64,
    /// β: the weight of renewing.
    pub beta: f64,
}

impl Renewal {
    /// Each parameter with its name and bounds.
    pub fn named(&self) -> [(Parameter, f64); 2] {
        let [alpha, beta] = PARAMETERS;
        [(alpha, self.alpha), (beta, self.beta)]
    }

    /// S(t) = B(α, β+t)/B(α, β): the share of a cohort that is there after t renewals, in \[0, 1\] (Fader and Hardie 2007).
    pub fn survival(&self, t: u32) -> f64 {
        ln_survival(self.alpha, self.beta, t.into()).exp()
    }

    /// S(t)/S(t−1) = (β+t−1)/(α+β+t−1): the share that renews at the t-th renewal, t ≥ 1, of those who come to it (Fader
    /// and Hardie 2007). t = 0 is read as 1.
    pub fn renewal_rate(&self, t: u32) -> f64 {
        let then = self.posterior(t.saturating_sub(1));
        then.beta / (then.alpha + then.beta)
    }

    /// What is known of a customer who has made n renewals: θ is beta(α, β+n) distributed, so that he is like a new
    /// customer with these parameters.
    pub fn posterior(&self, n: u32) -> Renewal {
        Renewal { beta: self.beta + f64::from(n), ..*self }
    }

    /// The discounted expected lifetime of a new customer, in periods: Σ S(t)/(1+d)ᵗ over t ≥ 0, with a payment at the start
    /// of each period including now, and the discount d per period (Fader and Hardie 2010: ₂F₁(1, β; α+β; 1/(1+d))).
    ///
    /// d = 0 gives (α+β−1)/(α−1). None where the sum is infinite (d = 0 and α ≤ 1) or d is not a discount (below 0, NaN).
    pub fn expected_lifetime(&self, discount: f64) -> Option<f64> {
        self.residual_lifetime(0, discount).map(|rest| 1.0 + rest)
    }

    /// The discounted expected payments still to come from a customer who has made n renewals, the last payment made not
    /// counted and the next one due in a period: Σ S(n+t)/S(n)/(1+d)ᵗ over t ≥ 1. None as in [`Self::expected_lifetime`].
    pub fn residual_lifetime(&self, n: u32, discount: f64) -> Option<f64> {
        let Renewal { alpha, beta } = self.posterior(n);
        if discount.is_nan() || discount < 0.0 {
            return None;
        }
        if discount == 0.0 {
            return (alpha > 1.0).then(|| beta / (alpha - 1.0));
        }
        let (rate, step) = (discount.ln_1p(), 1.0 / (1.0 + discount));
        let ratio = move |i: f64| (beta + 1.0 + i) / (alpha + beta + 1.0 + i) * step;
        let ln_change = move |i: f64, t: f64| ln_survival(alpha, beta + 1.0 + i, t) - rate * t;
        Some(Terms { first: beta / (alpha + beta) * step, ratio, ln_change, order: None }.sum(f64::INFINITY))
    }

    /// The same for a customer who stands right before his n-th renewal, n ≥ 1, with its payment due now and undiscounted:
    /// Σ S(t)/S(n−1)/(1+d)^(t−n) over t ≥ n (Fader and Hardie 2010, DERL). n = 0 is read as 1.
    pub fn residual_lifetime_before(&self, n: u32, discount: f64) -> Option<f64> {
        self.residual_lifetime(n.saturating_sub(1), discount).map(|rest| rest * (1.0 + discount))
    }
}

/// What the fit depends on: renewals made, and whether the next one was refused.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RenewalCounts {
    /// How many customers made r renewals and then were lost at the next (true) or are still active (false).
    customers: Multiset<(u32, bool)>,
}

impl RenewalCounts {
    /// Adds a customer who made so many renewals, and then left at the next one or is still active.
    pub fn insert(&mut self, renewals: u32, active: bool) -> Result<()> {
        self.insert_times(renewals, active, 1)
    }

    /// Adds so many of them.
    pub fn insert_times(&mut self, renewals: u32, active: bool, count: u64) -> Result<()> {
        self.customers.insert_times((renewals, !active), count)
    }

    /// Adds a cohort by how many of it were active at its start, after the first renewal, and so on.
    ///
    /// Cohorts may differ in length.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] where a number is larger than the one before it; nothing has been added then.
    pub fn add_curve(&mut self, active: &[u64]) -> Result<()> {
        if let Some(place) = active.windows(2).position(|pair| pair[1] > pair[0]) {
            let (before, then) = (active[place], active[place + 1]);
            return Err(Error::new(Kind::InvalidParameter, "a survival curve cannot rise")
                .detail(format!("Number {} is {then}, and the one before it {before}.", place + 2))
                .hint("Give one cohort at a time, as the numbers of its customers who were still active."));
        }
        let number = |place: usize| {
            u32::try_from(place).map_err(|_| Error::new(Kind::LimitExceeded, "too many renewals in one survival curve"))
        };
        for (place, pair) in active.windows(2).enumerate() {
            self.insert_times(number(place)?, false, pair[0] - pair[1])?;
        }
        match active.last() {
            Some(&rest) => self.insert_times(number(active.len() - 1)?, true, rest),
            None => Ok(()),
        }
    }

    /// Adds all customers of another part of the base.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.customers.merge(other.customers)
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    pub fn normalize(&mut self) -> Result<()> {
        self.customers.normalize()
    }
}

/// A fitted sBG model with its provenance. Its text form is one line of JSON, of which only `params` is required.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewalModel {
    /// Always [`MODEL`].
    #[serde(default = "model")]
    pub model: String,
    /// None where there were too few customers to fit.
    #[serde(deserialize_with = "required")]
    pub params: Option<Renewal>,
    /// Customers who came to at least one renewal.
    #[serde(default)]
    pub customers: u64,
    /// Those of them who were lost.
    #[serde(default)]
    pub lost: u64,
    /// Renewals that customers came to, made or not.
    #[serde(default)]
    pub renewals: u64,
    /// The log-likelihood of the customers.
    pub log_likelihood: Option<f64>,
    /// The standard errors of the parameters, from the observed information.
    pub standard_errors: Option<Renewal>,
    /// The covariance matrix of (α, β).
    pub covariance: Option<[[f64; 2]; 2]>,
    /// `converged`, or what kept the fit from it.
    pub status: Option<String>,
    /// What else a reader should know of a base without a maximum inside the bounds, in words.
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

impl RenewalModel {
    /// The model with these parameters and no provenance.
    pub fn new(params: Option<Renewal>) -> Self {
        RenewalModel { model: model(), params, ..Self::default() }
    }
}

impl JsonValue for RenewalModel {
    const TYPE: &'static str = "renewal_model";
    const EXAMPLE: &'static str = r#"A renewal model reads {"params": {"alpha": 0.668, "beta": 3.806}}."#;

    fn check(&mut self) -> std::result::Result<(), String> {
        check_model(&self.model, MODEL, self.params.iter().flat_map(Renewal::named))
    }
}

#[cfg(test)]
mod tests;
