//! BG/BB: purchases in discrete periods, of which each either holds a purchase or does not.
//!
//! At the start of a period a customer leaves for good with probability θ; one who is there buys in it with probability p.
//! p is beta(α, β) distributed over the base, θ is beta(γ, δ) (Fader, Hardie, Shang, "Customer-Base Analysis in a
//! Discrete-Time Noncontractual Setting", Marketing Science 29(6), 2010, pp. 1086–1108, section 2).
//!
//! In a [`Summary`] x, t_x and T = n are whole numbers of periods, and t_x is the period of the last purchase. A time
//! ahead counts its whole periods: within 3.9 periods are 3.
//!
//! All readings rest on one fact: given that a customer was still there in period n, p is beta(α+x, β+n−x) distributed and
//! θ beta(γ, δ+n). He then is like a new customer with those parameters.

use rand::{Rng, RngCore};

use super::purchase_model::{PurchaseProcess, Summary};
use crate::domain::math::beta_geometric::{Terms, ln_survival};
use crate::domain::math::gamma::ln_gamma_ratio;
use crate::domain::math::maximum_likelihood::Parameter;

mod likelihood;

pub use likelihood::Likelihood;

/// The parameters and their bounds: beyond them a beta distribution sits at 0 and 1, or has no spread that a base could
/// show.
pub const PARAMETERS: [Parameter; 4] = [
    Parameter { name: "alpha", lower: 1e-5, upper: 1e6 },
    Parameter { name: "beta", lower: 1e-5, upper: 1e6 },
    Parameter { name: "gamma", lower: 1e-5, upper: 1e6 },
    Parameter { name: "delta", lower: 1e-5, upper: 1e6 },
];

/// Drawing and counting period by period end after so many periods.
const MAX_PERIODS: f64 = 1e6;

/// The BG/BB model with its parameters, all > 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    /// α: the weight of buying in a period, as if so many purchases had been seen.
    pub alpha: f64,
    /// β: the weight of not buying in a period.
    pub beta: f64,
    /// γ: the weight of leaving at the start of a period.
    pub gamma: f64,
    /// δ: the weight of staying.
    pub delta: f64,
}

/// The likelihood of a summary in its parts, all but the first relative to the first.
struct Parts {
    /// ln of the probability of the purchases up to t_x and of leaving right after it.
    ln_first: f64,
    /// Σ over leaving after period t_x, t_x+1, …, n−1; 0 where t_x = n.
    left: f64,
    /// Being there in period n.
    there: f64,
}

/// (x, t_x − x, n, n − t_x): purchases, periods without one up to the last, periods, and periods since.
fn periods(customer: &Summary) -> (f64, f64, f64, f64) {
    let x = customer.frequency;
    (x, (customer.recency - x).max(0.0), customer.t, (customer.t - customer.recency).max(0.0))
}

impl BgBb {
    /// The paper's likelihood, a sum over the period of leaving, whose terms fall from the first on.
    fn parts(&self, customer: &Summary) -> Parts {
        let (x, without, n, since) = periods(customer);
        let BgBb { alpha, beta, gamma, delta } = *self;
        let seen = x + without;
        let ln_bought = ln_gamma_ratio(alpha, x) + ln_gamma_ratio(beta, without) - ln_gamma_ratio(alpha + beta, seen);
        let ln_left = gamma.ln() + ln_gamma_ratio(delta, seen) - ln_gamma_ratio(gamma + delta, seen + 1.0);
        // After each further period: there, without a purchase, and then gone.
        let (buys, stays) = (beta + without, delta + seen);
        let ln_change =
            move |i: f64, t: f64| ln_survival(alpha + x, buys + i, t) + ln_survival(gamma + 1.0, stays + i, t);
        let ratio = move |i: f64| (buys + i) / (alpha + beta + seen + i) * ((stays + i) / (gamma + stays + 1.0 + i));
        let there = ln_change(0.0, since).exp() * ((gamma + delta + n) / gamma);
        let left = Terms { first: 1.0, ratio, ln_change, order: None }.sum(since);
        Parts { ln_first: ln_bought + ln_left, left, there }
    }

    /// The probability of being there in period n, and the new customer that the customer is then like.
    fn there(&self, customer: &Summary) -> (f64, BgBb) {
        let (x, without, n, since) = periods(customer);
        let parts = self.parts(customer);
        let then =
            BgBb { alpha: self.alpha + x, beta: self.beta + without + since, gamma: self.gamma, delta: self.delta + n };
        // The larger part may be infinite in no case: γ is at least 1e-5 and n finite.
        ((parts.there / (parts.left + parts.there)).clamp(0.0, 1.0), then)
    }

    /// Σ e^(−rate·i) P(there in period i) over periods i = 1, …, m of a new customer; m may be ∞ with a rate > 0.
    fn discounted_periods(&self, rate: f64, m: f64) -> f64 {
        let (gamma, delta) = (self.gamma, self.delta);
        let ln_change = move |i: f64, t: f64| ln_survival(gamma, delta + 1.0 + i, t) - rate * t;
        let step = (-rate).exp();
        let ratio = move |i: f64| (delta + 1.0 + i) / (gamma + delta + 1.0 + i) * step;
        Terms { first: delta / (gamma + delta) * step, ratio, ln_change, order: None }.sum(m)
    }

    /// The probability that a new customer buys in one of the periods 1, …, m; m may be ∞.
    ///
    /// The sum over the period i of the first purchase of E\[p (1−p)^(i−1)\] E\[(1−θ)ⁱ\].
    fn buys_within(&self, m: f64) -> f64 {
        let BgBb { alpha, beta, gamma, delta } = *self;
        let ln_change =
            move |i: f64, t: f64| ln_survival(alpha + 1.0, beta + i, t) + ln_survival(gamma, delta + 1.0 + i, t);
        let ratio =
            move |i: f64| (beta + i) / (alpha + beta + 1.0 + i) * ((delta + 1.0 + i) / (gamma + delta + 1.0 + i));
        let first = alpha / (alpha + beta) * (delta / (gamma + delta));
        Terms { first, ratio, ln_change, order: Some(alpha + gamma) }.sum(m).clamp(0.0, 1.0)
    }
}

impl PurchaseProcess for BgBb {
    /// ln of the paper's likelihood: B(α+x, β+n−x) B(γ, δ+n) / \[B(α, β) B(γ, δ)\] for being there in period n, plus the same
    /// for leaving after period t_x, t_x+1, …, n−1: B(α+x, β+t−x) B(γ+1, δ+t) / \[B(α, β) B(γ, δ)\].
    fn log_likelihood(&self, customer: &Summary) -> f64 {
        let parts = self.parts(customer);
        parts.ln_first + (parts.left + parts.there).ln()
    }

    /// The probability of being there in period n+1 (the paper's "alive at n+1"): a purchase in period n
    /// itself does not make it 1.
    fn p_alive(&self, customer: &Summary) -> f64 {
        let (there, then) = self.there(customer);
        there * (then.delta / (then.gamma + then.delta))
    }

    /// The paper's conditional expectation for the next whole periods, as a sum of positive terms:
    /// the closed form is 0/0 at γ = 1. Infinite for infinite time where γ ≤ 1.
    fn expected_purchases(&self, customer: &Summary, within: f64) -> f64 {
        let (there, then) = self.there(customer);
        let periods = match whole(within) {
            f64::INFINITY if then.gamma > 1.0 => then.delta / (then.gamma - 1.0),
            f64::INFINITY => f64::INFINITY,
            m => then.discounted_periods(0.0, m),
        };
        if there == 0.0 { 0.0 } else { there * (then.alpha / (then.alpha + then.beta)) * periods }
    }

    fn purchase_probability(&self, customer: &Summary, within: f64) -> f64 {
        let (there, then) = self.there(customer);
        there * then.buys_within(whole(within))
    }

    /// The smallest number of whole periods within which a customer who will ever buy again has bought with probability
    /// `p` or more; infinite beyond 1e300 periods.
    fn wait_quantile(&self, customer: &Summary, p: f64) -> f64 {
        let (_, then) = self.there(customer);
        let target = p.clamp(0.0, 1.0) * then.buys_within(f64::INFINITY);
        let reached = |m: f64| then.buys_within(m) >= target;
        // First the power of two: its exponent grows by half each time, and is then bisected.
        let (mut low, mut high) = (0.0, 1.0);
        while !reached(f64::exp2(high)) {
            if high >= 996.0 {
                return f64::INFINITY;
            }
            (low, high) = (high, (high * 1.5f64).ceil().min(996.0));
        }
        while high - low > 1.0 {
            let middle = (0.5 * (low + high)).floor();
            if reached(f64::exp2(middle)) { high = middle } else { low = middle }
        }
        let (mut low, mut high) = (if low == 0.0 { 0.0 } else { f64::exp2(low) }, f64::exp2(high));
        while high - low > 1.0 {
            let middle = (low + 0.5 * (high - low)).floor();
            // Beyond 2⁵³ not every whole number is one of the machine's.
            if middle <= low || middle >= high {
                break;
            }
            if reached(middle) { high = middle } else { low = middle }
        }
        high
    }

    /// Σ e^(−rate·i) E\[purchases in period n+i\] over the next whole periods: the first of them is already discounted once.
    ///
    /// With rate = ln(1+d) and infinite time the paper's DERT at a discount of d per period.
    fn discounted_purchases(&self, customer: &Summary, rate: f64, within: f64) -> f64 {
        if rate <= 0.0 {
            return self.expected_purchases(customer, within);
        }
        let (there, then) = self.there(customer);
        there * (then.alpha / (then.alpha + then.beta)) * then.discounted_periods(rate, whole(within))
    }

    /// The paper's P(X(m) = n) in the m whole periods of `within`, which must be finite, a million at most; 0 for n > m.
    ///
    /// The terms by the period after which the customer left have a rational ratio; they rise before they fall, from a
    /// first term that may be far below the smallest number.
    fn count_probability(&self, n: u32, within: f64) -> f64 {
        let (k, m) = (f64::from(n), whole(within).min(MAX_PERIODS));
        let BgBb { alpha, beta, gamma, delta } = *self;
        if k > m {
            return 0.0;
        }
        // n purchases in as many periods, and gone after them.
        let ln_first = ln_survival(beta, alpha, k) + ln_survival(gamma, delta, k) + (gamma / (gamma + delta + k)).ln();
        let (mut term, mut sum, mut ln_scale, mut i) = (1.0, 0.0, ln_first, k);
        while i < m {
            sum += term;
            let bought = (i + 1.0) / (i + 1.0 - k) * ((beta + i - k) / (alpha + beta + i));
            term *= bought * ((delta + i) / (gamma + delta + i + 1.0));
            if term > 1e200 {
                (term, sum, ln_scale) = (term * 1e-200, sum * 1e-200, ln_scale + 200.0 * std::f64::consts::LN_10);
            }
            i += 1.0;
        }
        sum += term * ((gamma + delta + m) / gamma);
        (ln_scale + sum.ln()).exp().clamp(0.0, 1.0)
    }

    /// The times are whole numbers of periods, at most a million of them.
    ///
    /// Each period is drawn given what came before it: to leave with probability γ/(γ+δ), to buy with α/(α+β), and what
    /// happened adds 1 to its parameter (the urn of Eggenberger and Pólya, whose limit is the beta distribution). So no
    /// draw from a beta distribution can underflow.
    fn draw_purchases(&self, customer: &Summary, within: f64, random: &mut dyn RngCore, times: &mut Vec<f64>) {
        let (there, mut urn) = self.there(customer);
        if random.random::<f64>() >= there {
            return;
        }
        let (m, mut i) = (whole(within).min(MAX_PERIODS), 1.0);
        while i <= m {
            if random.random::<f64>() * (urn.gamma + urn.delta) < urn.gamma {
                return;
            }
            urn.delta += 1.0;
            if random.random::<f64>() * (urn.alpha + urn.beta) < urn.alpha {
                urn.alpha += 1.0;
                times.push(i);
            } else {
                urn.beta += 1.0;
            }
            i += 1.0;
        }
    }
}

/// The whole periods in a time; none where it is not a number.
fn whole(within: f64) -> f64 {
    within.floor().max(0.0)
}

#[cfg(test)]
mod tests;
