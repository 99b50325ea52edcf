//! Buy-till-you-die models: how customers buy, and when they silently leave.
//!
//! A customer is known by three numbers (Fader, Hardie, Lee, "Counting Your Customers" the Easy Way, Marketing Science
//! 24(2), 2005, p. 277): x repeat purchases, the last of them t_x after the first purchase, in a time T since the first
//! purchase. All times are in the model's unit.

use rand::RngCore;

pub mod counts;
pub mod fit;
pub mod model;
pub mod value;

/// What a model needs to know of a customer: (x, t_x, T), with 0 ≤ t_x ≤ T, and t_x = 0 where x = 0.
///
/// (0, 0, 0) is a new customer, who has just made the first purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// x: purchases after the first; a whole number.
    pub frequency: f64,
    /// t_x: from the first purchase to the last.
    pub recency: f64,
    /// T: from the first purchase to now.
    pub t: f64,
}

/// A new customer, who has just made the first purchase.
pub const NEW: Summary = Summary { frequency: 0.0, recency: 0.0, t: 0.0 };

/// A fitted model of purchases: what it says of a customer.
///
/// No method panics or returns NaN for parameters within their bounds and a valid [`Summary`]; probabilities lie in
/// [0, 1] and expectations are ≥ 0. Times (`within`) are ≥ 0 and may be infinite where that is said.
pub trait PurchaseProcess {
    /// The log-likelihood of the customer's summary.
    ///
    /// For regular models (k > 1) without the terms (k−1) Σ ln gap, which depend on no parameter but k and which the
    /// summary does not know.
    fn log_likelihood(&self, customer: &Summary) -> f64;

    /// P(alive): the probability that the customer has not left by T.
    fn p_alive(&self, customer: &Summary) -> f64;

    /// The expected number of purchases in (T, T + within].
    fn expected_purchases(&self, customer: &Summary, within: f64) -> f64;

    /// The probability of at least one purchase in (T, T + within]; `within` may be infinite.
    fn purchase_probability(&self, customer: &Summary, within: f64) -> f64;

    /// The time after T by which a customer who will ever buy again has bought with probability `p`, 0 < p < 1.
    fn wait_quantile(&self, customer: &Summary, p: f64) -> f64;

    /// Discounted expected purchases in (T, T + within]: ∫ e^(−rate·t) dE(t), `rate` ≥ 0 continuous, per unit of time.
    ///
    /// `within` may be infinite, and then `rate` must be > 0: discounted expected residual transactions (DERT; Fader,
    /// Hardie, Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", Journal of Marketing Research 42,
    /// 2005).
    fn discounted_purchases(&self, customer: &Summary, rate: f64, within: f64) -> f64;

    /// The probability that a new customer makes n repeat purchases within a time.
    fn count_probability(&self, n: u32, within: f64) -> f64;

    /// Draws one future of the customer: appends the times after T of the purchases in (T, T + within], ascending.
    fn draw_purchases(&self, customer: &Summary, within: f64, random: &mut dyn RngCore, times: &mut Vec<f64>);
}
