//! The Pareto/NBD model: purchases at a customer's own constant rate until the customer leaves, at a random moment that is
//! not seen.
//!
//! Schmittlein, Morrison, Colombo, "Counting Your Customers: Who Are They and What Will They Do Next?", Management Science
//! 33(1), 1987; in the notation of Fader and Hardie, "A Note on Deriving the Pareto/NBD Model and Related Expressions",
//! 2005. A customer buys with rate λ and leaves with rate μ, both constant and independent; over the customers λ ~
//! gamma(r, rate α) and μ ~ gamma(s, rate β).
//!
//! With R = r+x, A = α+T, B = β+T everything follows from J, the odds that the customer has left,
//!
//! J = s ∫ (A/(α+y))^R (B/(β+y))^s dy/(β+y) over y from t_x to T,
//!
//! and from λ ~ gamma(R, rate A), μ ~ gamma(s, rate B) for a customer who has not. All integrals are positive
//! ([`Powers`]), so that nothing cancels for short times, at s = 1 or at α = β, where differences of hypergeometric
//! functions fail.

use rand::{Rng, RngCore};
use rand_distr::{Distribution, Exp1, Gamma, StandardUniform};

use super::purchase_model::{PurchaseProcess, Summary};
use crate::domain::math::gamma::ln_gamma_ratio;
use crate::domain::math::maximum_likelihood::Parameter;
use crate::domain::math::pareto_integral::Powers;

mod count;
pub mod likelihood;
#[cfg(test)]
mod tests;

/// The parameters and their bounds.
///
/// * r: below 10⁻⁴ rates spread over thousands of powers of ten; from 10⁶ on customers differ by less than 0.1 %, which no
///   base can show.
/// * s: with 10⁻⁴ fewer than 1 in 1000 leave within 10⁴ times β: no customer leaves. From 10⁶ on all leave at the same rate.
/// * α and β are about the shapes times a typical time, and their bounds are what the others and times of 1 to 10⁶ days
///   allow.
pub const PARAMETERS: [Parameter; 4] = [
    Parameter { name: "r", lower: 1e-4, upper: 1e6 },
    Parameter { name: "alpha", lower: 1e-6, upper: 1e15 },
    Parameter { name: "s", lower: 1e-4, upper: 1e6 },
    Parameter { name: "beta", lower: 1e-6, upper: 1e15 },
];

/// The most purchases that are drawn for a customer.
const MAX_DRAWS: usize = 1_000_000;

/// Beyond it what is left of a distribution overflows, and no wait ends.
const LONGEST_WAIT: f64 = 1e290;

/// Steps of Newton's method for a quantile: it converges from one side, in some ten steps.
const MAX_STEPS: usize = 100;

/// A Pareto/NBD model. All parameters are > 0, but s = 0 means that no customer leaves (the NBD model).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    /// The shape of the purchase rates' distribution.
    pub r: f64,
    /// The rate of the purchase rates' distribution: r/α purchases per unit of time on average.
    pub alpha: f64,
    /// The shape of the leaving rates' distribution.
    pub s: f64,
    /// The rate of the leaving rates' distribution, in units of time.
    pub beta: f64,
}

/// The distribution of a customer's rates given that the customer is alive at T.
#[derive(Debug, Clone, Copy)]
struct Alive {
    /// R = r+x, the shape of λ.
    shape: f64,
    /// A = α+T, the rate of λ.
    a: f64,
    /// s, the shape of μ.
    s: f64,
    /// B = β+T, the rate of μ.
    b: f64,
}

impl ParetoNbd {
    /// J(t_x): ln of the odds that the customer has left; −∞ where that cannot be.
    fn ln_odds_left(&self, customer: &Summary) -> f64 {
        let span = customer.t - customer.recency;
        if self.s == 0.0 || span <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let (shape, a, b) = (self.r + customer.frequency, self.alpha + customer.recency, self.beta + customer.recency);
        let integral = Powers { a, rho: shape, b, sigma: self.s + 1.0, delta: 0.0 }.integral(span);
        (self.s / b).ln() + shape * (span / a).ln_1p() + self.s * (span / b).ln_1p() + integral.ln()
    }

    fn alive(&self, customer: &Summary) -> Alive {
        Alive { shape: self.r + customer.frequency, a: self.alpha + customer.t, s: self.s, b: self.beta + customer.t }
    }
}

impl Alive {
    /// The mean of λ.
    fn rate(&self) -> f64 {
        self.shape / self.a
    }

    /// The density of the time of the next purchase, over its value at 0, which is [`Alive::rate`]:
    /// E[λ e^(−(λ+μ)u)] / E[λ].
    fn next(&self) -> Powers {
        Powers { a: self.a, rho: self.shape + 1.0, b: self.b, sigma: self.s, delta: 0.0 }
    }

    /// The probability of a purchase within a time, which may be infinite: ∫ E[λ e^(−(λ+μ)u)] du.
    fn buys(&self, within: f64) -> f64 {
        (self.rate() * self.next().integral(within)).min(1.0)
    }
}

/// a·b where 0 times whatever is 0.
fn times(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

impl PurchaseProcess for ParetoNbd {
    /// ln Γ(R)/Γ(r) − r ln(1+T/α) − x ln A − s ln(1+T/β) + ln(1+J), equation (18) of the note.
    fn log_likelihood(&self, customer: &Summary) -> f64 {
        let (x, t) = (customer.frequency, customer.t);
        let ln_odds = self.ln_odds_left(customer);
        let ln_1p_odds = if ln_odds > 0.0 { ln_odds + (-ln_odds).exp().ln_1p() } else { ln_odds.exp().ln_1p() };
        ln_gamma_ratio(self.r, x)
            - self.r * (t / self.alpha).ln_1p()
            - times(x, (self.alpha + t).ln())
            - self.s * (t / self.beta).ln_1p()
            + ln_1p_odds
    }

    fn p_alive(&self, customer: &Summary) -> f64 {
        1.0 / (1.0 + self.ln_odds_left(customer).exp())
    }

    /// P(alive) · R B/A · (1 − (B/(B+t))^(s−1))/(s−1), equation (41) of the note; infinite for infinite `within` and s ≤ 1.
    fn expected_purchases(&self, customer: &Summary, within: f64) -> f64 {
        let alive = self.alive(customer);
        let ln = (within / alive.b).ln_1p();
        let excess = alive.s - 1.0;
        let life = if excess == 0.0 { ln } else { -(-times(excess, ln)).exp_m1() / excess };
        times(self.p_alive(customer), alive.rate() * (alive.b * life))
    }

    fn purchase_probability(&self, customer: &Summary, within: f64) -> f64 {
        self.p_alive(customer) * self.alive(customer).buys(within)
    }

    /// Newton's method in ln t, on the logarithm of the distribution function up to the median and of what it leaves to
    /// its limit beyond. The density of ln t is log-concave, so both are concave, and the steps approach from one side.
    /// Infinite where the quantile is beyond 1e290.
    fn wait_quantile(&self, customer: &Summary, p: f64) -> f64 {
        if p <= 0.0 {
            return 0.0;
        }
        if p >= 1.0 {
            return f64::INFINITY;
        }
        let next = self.alive(customer).next();
        let whole = next.integral(f64::INFINITY);
        let target = if p <= 0.5 { p * whole } else { (1.0 - p) * whole };
        // The density falls from 1: the quantile is not below this. Newton's method in ln t, kept within a bracket.
        let (mut low, mut high) = ((p * whole).ln(), LONGEST_WAIT.ln());
        let mut ln_t = low;
        for _ in 0..MAX_STEPS {
            let t = ln_t.exp();
            let density = next.ln_at(t);
            let (short, step) = if p <= 0.5 {
                let value = next.integral(t);
                (value < target, (target / value).ln() * value / (density.exp() * t))
            } else {
                // What is left from t on, as a multiple of the density there, which itself may underflow.
                let rest = next.from(t).integral(f64::INFINITY);
                let excess = rest.ln() + density - target.ln();
                (excess > 0.0, excess * rest / t)
            };
            if short {
                low = ln_t
            } else {
                high = ln_t
            }
            let before = ln_t;
            let newton = ln_t + step;
            // The first point is the bracket's own end.
            ln_t = if newton >= low && newton <= high { newton } else { 0.5 * (low + high) };
            if (ln_t - before).abs() <= 4.0 * f64::EPSILON * before.abs().max(1.0) {
                break;
            }
        }
        if ln_t >= LONGEST_WAIT.ln() - 1e-9 { f64::INFINITY } else { ln_t.exp() }
    }

    /// P(alive) · R/A · ∫ (B/(B+u))^s e^(−δu) du, for a customer alive at T is at T+u with probability (B/(B+u))^s.
    fn discounted_purchases(&self, customer: &Summary, rate: f64, within: f64) -> f64 {
        if rate == 0.0 {
            return self.expected_purchases(customer, within);
        }
        let alive = self.alive(customer);
        let life = Powers { a: alive.a, rho: 0.0, b: alive.b, sigma: alive.s, delta: rate }.integral(within);
        times(self.p_alive(customer), alive.rate() * life)
    }

    fn count_probability(&self, n: u32, within: f64) -> f64 {
        count::probability(self, n, within)
    }

    fn draw_purchases(&self, customer: &Summary, within: f64, random: &mut dyn RngCore, times: &mut Vec<f64>) {
        let survives: f64 = StandardUniform.sample(random);
        if survives >= self.p_alive(customer) {
            return;
        }
        let alive = self.alive(customer);
        let mut gamma = |shape: f64, rate: f64| Gamma::new(shape, 1.0 / rate).map_or(0.0, |gamma| random.sample(gamma));
        let (rate, leaving) = (gamma(alive.shape, alive.a), gamma(alive.s, alive.b));
        let mut exponential = || -> f64 { random.sample(Exp1) };
        // A rate that underflows to 0 gives an infinite time: never.
        let end = within.min(exponential() / leaving);
        let mut at = exponential() / rate;
        let mut drawn = 0;
        while at <= end && at < f64::INFINITY && drawn < MAX_DRAWS {
            times.push(at);
            drawn += 1;
            at += exponential() / rate;
        }
    }
}
