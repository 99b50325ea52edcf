//! Purchases with Erlang-k gaps whose rate is gamma distributed, and a coin after each purchase whether to leave.
//!
//! One family holds five models:
//!
//! | model | k | the coin | source |
//! |---|---|---|---|
//! | NBD | 1 | none | Ehrenberg, "The Pattern of Consumer Purchases", Applied Statistics 8(1), 1959, p. 26 |
//! | BG/NBD | 1 | after each repeat purchase | Fader, Hardie, Lee, Marketing Science 24(2), 2005, pp. 277–279 |
//! | MBG/NBD | 1 | after each purchase | Batislam, Denizel, Filiztekin, Int. J. of Research in Marketing 24(3), 2007, pp. 203–204 |
//! | BG/CNBD-k, MBG/CNBD-k | > 1 | likewise | Reutterer, Platzer, Schröder, Int. J. of Research in Marketing, 2020 |
//!
//! A living customer's gaps are Erlang(k, λ) distributed, λ ~ Gamma(r, rate α). After a purchase the customer leaves for
//! good with probability p ~ Beta(a, b), independent of λ. With x purchases, the last at t_x, and T, let
//! R = r + kx, A = α + T, v = T − t_x, n = x + [the coin is tossed at first], b₁ = b + n, and
//!
//! S = Σ sⱼ, sⱼ = (R)ⱼ/j! (v/A)ʲ for j < k;  D = a/(b+n−1) · (A/(α+t_x))ᴿ, and D = 0 where no coin was tossed.
//!
//! sⱼ/S is the probability that j of the k phases of the open gap are over, S belongs to the customers who are still there
//! and D to those who left at t_x: P(alive) = S/(S+D). Given that, λ ~ Gamma(R+j, A) and p ~ Beta(a, b₁).
//!
//! This file has the likelihood of one customer, [`Cnbd::log_likelihood`](PurchaseProcess::log_likelihood). The files:
//!
//! | file | what it knows |
//! |---|---|
//! | `likelihood` | the likelihood of a base and its derivatives, for fits |
//! | `expectation`, `rate`, `discount` | expected purchases: as a sum, as the integral of a rate, and discounted |
//! | `next` | whether and when the next purchase comes |
//! | `draw` | a future drawn at random |

use rand::RngCore;

use super::purchase_model::{PurchaseProcess, Summary};
use crate::domain::math::beta::BetaPrime;
use crate::domain::math::gamma::{ln_gamma, ln_gamma_ratio};
use crate::domain::math::maximum_likelihood::Parameter;

mod discount;
mod draw;
mod expectation;
mod likelihood;
mod next;
mod rate;
#[cfg(test)]
mod tests;

pub use likelihood::{Likelihood, NbdLikelihood};

/// The largest k: such gaps vary by 1/√12 = 29 %.
pub const MAX_K: u32 = 12;

/// The parameters and their bounds.
///
/// * r: below 10⁻³ all but a thousandth of a base never buys again; from 10⁶ on customers differ by less than 0.1 %.
/// * alpha is about r times a typical gap over k: gaps from a second in days (10⁻⁵) to 10⁶ and r within its bounds.
/// * a, b: a/(a+b) is the mean probability to leave, and 1/(a+b) says how much customers differ in it. Below 10⁻³ it is 0
///   or 1 for almost everyone; at 10⁵ it is the same for all to 0.3 %.
pub const PARAMETERS: [Parameter; 4] = [
    Parameter { name: "r", lower: 1e-3, upper: 1e6 },
    Parameter { name: "alpha", lower: 1e-6, upper: 1e12 },
    Parameter { name: "a", lower: 1e-3, upper: 1e5 },
    Parameter { name: "b", lower: 1e-3, upper: 1e5 },
];

/// How customers leave: the coin after a purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    /// The first parameter of the beta distribution of p, > 0.
    pub a: f64,
    /// The second parameter, > 0.
    pub b: f64,
    /// Whether the coin is tossed after the first purchase too (MBG).
    pub at_first: bool,
}

/// A model of the family with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cnbd {
    /// The phases of a gap, 1 to [`MAX_K`] (values outside are taken as the nearest); 1: purchases at random times.
    pub k: u32,
    /// The shape of the purchase rates' gamma distribution, > 0.
    pub r: f64,
    /// Its rate, > 0, in units of time.
    pub alpha: f64,
    /// How customers leave; None: they do not.
    pub dropout: Option<Dropout>,
}

/// What is known of a customer who has not left.
#[derive(Debug, Clone, Copy)]
struct Living {
    /// k.
    k: usize,
    /// R: the rate λ has the shape R + j.
    shape: f64,
    /// A: and the rate parameter A.
    rate: f64,
    /// wⱼ = sⱼ/S: the probability that j phases of the open gap are over.
    phases: [f64; MAX_K as usize],
    /// a and b₁ of the coin.
    coin: Option<(f64, f64)>,
}

impl Cnbd {
    /// k within its bounds.
    fn k(&self) -> u32 {
        self.k.clamp(1, MAX_K)
    }

    /// The terms sⱼ of S, and their sum.
    fn phases(&self, customer: &Summary) -> ([f64; MAX_K as usize], f64) {
        let mut terms = [0.0; MAX_K as usize];
        let shape = self.r + f64::from(self.k()) * customer.frequency;
        let share = (customer.t - customer.recency) / (self.alpha + customer.t);
        let (mut term, mut sum) = (1.0, 1.0);
        terms[0] = 1.0;
        for (j, place) in terms.iter_mut().enumerate().take(self.k() as usize).skip(1) {
            term *= (shape + j as f64 - 1.0) / j as f64 * share;
            *place = term;
            sum += term;
        }
        (terms, sum)
    }

    /// ln D; −∞ where no coin was tossed.
    fn ln_left(&self, customer: &Summary) -> f64 {
        let Some(Dropout { a, b, at_first }) = self.dropout else { return f64::NEG_INFINITY };
        let coins = customer.frequency + if at_first { 1.0 } else { 0.0 };
        if coins < 1.0 {
            return f64::NEG_INFINITY;
        }
        let shape = self.r + f64::from(self.k()) * customer.frequency;
        let silence = (customer.t - customer.recency) / (self.alpha + customer.recency);
        (a / (b + coins - 1.0)).ln() + shape * silence.ln_1p()
    }

    /// The customer, given that he has not left.
    fn living(&self, customer: &Summary) -> Living {
        let (mut phases, sum) = self.phases(customer);
        phases.iter_mut().for_each(|term| *term /= sum);
        Living {
            k: self.k() as usize,
            shape: self.r + f64::from(self.k()) * customer.frequency,
            rate: self.alpha + customer.t,
            phases,
            coin: self.dropout.map(|d| (d.a, d.b + customer.frequency + if d.at_first { 1.0 } else { 0.0 })),
        }
    }
}

impl PurchaseProcess for Cnbd {
    /// −x ln (k−1)! + ln Γ(R) − ln Γ(r) + r ln α − R ln A + ln B(a, b₁) − ln B(a, b) + ln(S + D).
    fn log_likelihood(&self, customer: &Summary) -> f64 {
        let k = f64::from(self.k());
        let events = k * customer.frequency;
        let purchases = ln_gamma_ratio(self.r, events)
            - self.r * (customer.t / self.alpha).ln_1p()
            - events * (self.alpha + customer.t).ln()
            - customer.frequency * ln_gamma(k);
        let coins = self.dropout.map_or(0.0, |d| {
            let tossed = customer.frequency + if d.at_first { 1.0 } else { 0.0 };
            ln_gamma_ratio(d.b, tossed) - ln_gamma_ratio(d.a + d.b, tossed)
        });
        let (here, left) = (self.phases(customer).1.ln(), self.ln_left(customer));
        let (high, low) = if here > left { (here, left) } else { (left, here) };
        purchases + coins + high + (low - high).exp().ln_1p()
    }

    fn p_alive(&self, customer: &Summary) -> f64 {
        let left = self.ln_left(customer);
        if left == f64::NEG_INFINITY { 1.0 } else { 1.0 / (1.0 + left.exp() / self.phases(customer).1) }
    }

    /// P(alive) Σⱼ wⱼ Σᵢ P(N = i) C(⌊(i+j)/k⌋) with C(M) = Σ (b₁)ₙ/(a+b₁)ₙ, n < M, for N negative binomial(R+j, t/(A+t))
    /// (k = 1: Fader, Hardie, Lee 2005, p. 279, eq. 10, in another form). Relative error some 1e-13.
    fn expected_purchases(&self, customer: &Summary, within: f64) -> f64 {
        self.p_alive(customer) * self.living(customer).expected(within)
    }

    /// P(alive) Σⱼ wⱼ I_q(k−j, R+j), q = t/(A+t); P(alive) for ever.
    fn purchase_probability(&self, customer: &Summary, within: f64) -> f64 {
        self.p_alive(customer) * self.living(customer).bought(within)
    }

    /// The solution of Σⱼ wⱼ I_q(k−j, R+j) = p; A((1−p)^(−1/R) − 1) for k = 1. Infinite where a double ends.
    fn wait_quantile(&self, customer: &Summary, p: f64) -> f64 {
        self.living(customer).wait(p)
    }

    /// e^(−δt) E(t) + δ ∫₀ᵗ e^(−δu) E(u) du; for ever P(alive) Σⱼ wⱼ E[z^(k−j)/(1−(1−p)zᵏ)], z = λ/(λ+δ).
    fn discounted_purchases(&self, customer: &Summary, rate: f64, within: f64) -> f64 {
        self.p_alive(customer) * self.living(customer).discounted(rate, within)
    }

    /// B(a, b+n+m)/B(a, b) P(kn ≤ N < kn+k) + B(a+1, b+n+m−1)/B(a, b) P(N ≥ kn), the second where n+m > 0, with N
    /// negative binomial(r, t/(α+t)) and m = 1 if the coin is tossed at first, else 0.
    fn count_probability(&self, n: u32, within: f64) -> f64 {
        let (k, odds) = (self.k(), within / self.alpha);
        // kn fits: 12 · 2³² is far below 2⁵³.
        let first = f64::from(k) * f64::from(n);
        let exactly: f64 = (0..k).map(|i| negative_binomial(first + f64::from(i), self.r, odds)).sum();
        let Some(Dropout { a, b, at_first }) = self.dropout else { return exactly.min(1.0) };
        let coins = f64::from(n) + if at_first { 1.0 } else { 0.0 };
        // B(a, b+c)/B(a, b) = (b)c/(a+b)c.
        let stayed = |c: f64| (ln_gamma_ratio(b, c) - ln_gamma_ratio(a + b, c)).exp();
        let left = if coins >= 1.0 {
            let at_least = if n == 0 { 1.0 } else { BetaPrime::new(first, self.r).at(odds).ln_lower.exp() };
            stayed(coins - 1.0) * a / (a + b + coins - 1.0) * at_least
        } else {
            0.0
        };
        (stayed(coins) * exactly + left).min(1.0)
    }

    fn draw_purchases(&self, customer: &Summary, within: f64, random: &mut dyn RngCore, times: &mut Vec<f64>) {
        draw::purchases(self, customer, within, random, times);
    }
}

/// P(N = i) = (r)ᵢ/i! qⁱ (1−q)ʳ of the negative binomial distribution, at the odds q/(1−q) ≥ 0, which may be infinite.
fn negative_binomial(i: f64, r: f64, odds: f64) -> f64 {
    if i == 0.0 {
        (-r * odds.ln_1p()).exp()
    } else if odds == 0.0 || odds == f64::INFINITY {
        0.0
    } else {
        // (r)ᵢ/i! = 1/(i B(i, r)).
        BetaPrime::new(i, r).ln_kernel(odds).exp() / i
    }
}
