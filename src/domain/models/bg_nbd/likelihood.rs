//! The likelihood of a base, with its first and second derivatives.
//!
//! Gamma functions are needed once for each number of purchases, logarithms of α + t once for each time that occurs as a
//! t_x or T; a customer takes an exponential and a logarithm, or for k > 1 k terms.

use super::{MAX_K, PARAMETERS};
use crate::domain::math::gamma::{digamma_difference, ln_gamma, ln_gamma_ratio, trigamma};
use crate::domain::math::maximum_likelihood::{LogLikelihood, Parameter};
use crate::domain::models::purchase_model::Summary;

/// The parameters of the models in which no customer leaves.
const NBD_PARAMETERS: [Parameter; 2] = [PARAMETERS[0], PARAMETERS[1]];

/// The log-likelihood of a base as a function of (r, alpha, a, b).
///
/// Without the terms (k−1) Σ ln gap, as [`PurchaseProcess::log_likelihood`](crate::domain::models::purchase_model::PurchaseProcess).
pub struct Likelihood<'a> {
    base: Base<'a>,
    /// m: whether the coin is tossed after the first purchase too.
    at_first: bool,
}

impl<'a> Likelihood<'a> {
    /// The likelihood of customers and how many there are of each, k from 1 to [`MAX_K`]. Customers with the same
    /// frequency should follow each other; that saves time.
    pub fn new(customers: &'a [(Summary, f64)], k: u32, at_first: bool) -> Self {
        Likelihood { base: Base::new(customers, k), at_first }
    }
}

impl LogLikelihood for Likelihood<'_> {
    fn parameters(&self) -> &[Parameter] {
        &PARAMETERS
    }

    fn observations(&self) -> f64 {
        self.base.customers
    }

    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (value, gradient) = self.base.gradient(at[0], at[1], Some((at[2], at[3], self.at_first)));
        (value, gradient.to_vec())
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let hessian = self.base.hessian(at[0], at[1], Some((at[2], at[3], self.at_first)));
        hessian.iter().map(|row| row.to_vec()).collect()
    }
}

/// The log-likelihood of a base in which no customer leaves, as a function of (r, alpha).
pub struct NbdLikelihood<'a> {
    base: Base<'a>,
}

impl<'a> NbdLikelihood<'a> {
    /// As [`Likelihood::new`].
    pub fn new(customers: &'a [(Summary, f64)], k: u32) -> Self {
        NbdLikelihood { base: Base::new(customers, k) }
    }
}

impl LogLikelihood for NbdLikelihood<'_> {
    fn parameters(&self) -> &[Parameter] {
        &NBD_PARAMETERS
    }

    fn observations(&self) -> f64 {
        self.base.customers
    }

    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (value, gradient) = self.base.gradient(at[0], at[1], None);
        (value, gradient[..2].to_vec())
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let hessian = self.base.hessian(at[0], at[1], None);
        hessian[..2].iter().map(|row| row[..2].to_vec()).collect()
    }
}

/// a, b and m of the coin.
type Coin = Option<(f64, f64, bool)>;

/// A base, laid out for the likelihood.
struct Base<'a> {
    customers_of: &'a [(Summary, f64)],
    k: u32,
    /// The weights' sum.
    customers: f64,
    /// The distinct values of t_x and T.
    times: Vec<f64>,
    /// Where t_x and T of each customer stand among them.
    places: Vec<[u32; 2]>,
}

/// A distinct time t at a value of α.
#[derive(Clone, Copy)]
struct Time {
    /// ln(1 + t/α).
    ln_1p: f64,
    /// 1/(α + t).
    reciprocal: f64,
}

/// S and its derivatives by r and α, divided by S, and ln S.
#[derive(Default)]
struct Here {
    ln: f64,
    by_r: f64,
    by_alpha: f64,
    rr: f64,
    ra: f64,
    aa: f64,
}

impl<'a> Base<'a> {
    fn new(customers_of: &'a [(Summary, f64)], k: u32) -> Self {
        let mut times: Vec<f64> = customers_of.iter().flat_map(|(c, _)| [c.recency, c.t]).collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        // Beyond 2³² times the places would wrap; a base of that size does not fit into memory.
        let place = |t: f64| times.partition_point(|other| other.total_cmp(&t).is_lt()) as u32;
        let places = customers_of.iter().map(|(c, _)| [place(c.recency), place(c.t)]).collect();
        let customers = customers_of.iter().map(|(_, weight)| weight).sum();
        Base { customers_of, k: k.clamp(1, MAX_K), customers, times, places }
    }

    fn times(&self, alpha: f64) -> Vec<Time> {
        self.times.iter().map(|t| Time { ln_1p: (t / alpha).ln_1p(), reciprocal: 1.0 / (alpha + t) }).collect()
    }

    /// The customers with one frequency after the other: x, the range, and their weight.
    fn groups(&self) -> impl Iterator<Item = (f64, std::ops::Range<usize>, f64)> {
        let mut from = 0;
        self.customers_of.chunk_by(|a, b| a.0.frequency == b.0.frequency).map(move |group| {
            let range = from..from + group.len();
            from = range.end;
            (group[0].0.frequency, range, group.iter().map(|(_, weight)| weight).sum())
        })
    }

    /// S with its first derivatives, and the second ones if wanted.
    fn here(&self, customer: &Summary, shape: f64, reciprocal: f64, second: bool) -> Here {
        if self.k == 1 {
            return Here::default();
        }
        let share = (customer.t - customer.recency) * reciprocal;
        let (mut term, mut sum) = (1.0, 1.0);
        // Of (R)ⱼ: the derivative of its logarithm is Σ 1/(R+i), the next one −Σ 1/(R+i)², i < j.
        let (mut slope, mut bend) = (0.0, 0.0);
        let mut here = Here::default();
        for j in 1..self.k {
            let j = f64::from(j);
            let factor = shape + j - 1.0;
            term *= factor / j * share;
            slope += 1.0 / factor;
            sum += term;
            here.by_r += term * slope;
            here.by_alpha -= term * j;
            if second {
                bend += 1.0 / (factor * factor);
                here.rr += term * (slope * slope - bend);
                here.ra -= term * slope * j;
                here.aa += term * j * (j + 1.0);
            }
        }
        Here {
            ln: sum.ln(),
            by_r: here.by_r / sum,
            by_alpha: here.by_alpha / sum * reciprocal,
            rr: here.rr / sum,
            ra: here.ra / sum * reciprocal,
            aa: here.aa / sum * reciprocal * reciprocal,
        }
    }

    /// The value and its derivatives by r, α, a, b.
    fn gradient(&self, r: f64, alpha: f64, coin: Coin) -> (f64, [f64; 4]) {
        let (times, k, ln_alpha) = (self.times(alpha), f64::from(self.k), alpha.ln());
        let ln_factorial = ln_gamma(k);
        let (mut value, mut total) = (0.0, [0.0; 4]);
        for (x, range, weight) in self.groups() {
            let (events, shape) = (k * x, r + k * x);
            let coins = coin.map_or(0.0, |(.., at_first)| x + if at_first { 1.0 } else { 0.0 });
            let tossed = coin.filter(|_| coins >= 1.0).map(|(a, b, _)| (a, b + coins - 1.0));
            let ln_share = tossed.map_or(f64::NEG_INFINITY, |(a, b)| (a / b).ln());
            // The sums over the group: of the value, of the derivatives by r and α, and of P(left).
            let (mut sum, mut by_r, mut by_alpha, mut gone) = (0.0, 0.0, 0.0, 0.0);
            for ((customer, weight), [recency, end]) in self.customers_of[range.clone()].iter().zip(&self.places[range])
            {
                let (last, now) = (times[*recency as usize], times[*end as usize]);
                let here = self.here(customer, shape, now.reciprocal, false);
                // ln D − ln S, and from it ln(S + D) and P(left).
                let silence = now.ln_1p - last.ln_1p;
                let odds = ln_share + shape * silence - here.ln;
                let small = (-odds.abs()).exp();
                let left = if odds > 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
                // ln(1 + small): its absolute error is what counts in a sum.
                sum += weight * (here.ln + odds.max(0.0) + (1.0 + small).ln() - shape * now.ln_1p);
                by_r += weight * ((1.0 - left) * here.by_r + left * silence - now.ln_1p);
                let gap = (customer.t - customer.recency) * last.reciprocal;
                by_alpha += weight
                    * ((r * customer.t / alpha - events - left * shape * gap) * now.reciprocal
                        + (1.0 - left) * here.by_alpha);
                gone += weight * left;
            }
            value += sum + weight * (ln_gamma_ratio(r, events) - events * ln_alpha - x * ln_factorial);
            total[0] += by_r + weight * digamma_difference(r, events);
            total[1] += by_alpha;
            if let Some((a, b, _)) = coin {
                value += weight * (ln_gamma_ratio(b, coins) - ln_gamma_ratio(a + b, coins));
                let both = digamma_difference(a + b, coins);
                total[2] -= weight * both;
                total[3] += weight * (digamma_difference(b, coins) - both);
            }
            if let Some((a, b)) = tossed {
                total[2] += gone / a;
                total[3] -= gone / b;
            }
        }
        (value, total)
    }

    /// The second derivatives by r, α, a, b.
    ///
    /// Those of ln(S + D) are P(here)·(ln S)″ + P(left)·(ln D)″ + P(here) P(left)·dd′, with d = (ln S)′ − (ln D)′.
    fn hessian(&self, r: f64, alpha: f64, coin: Coin) -> [[f64; 4]; 4] {
        let (times, k) = (self.times(alpha), f64::from(self.k));
        let mut h = [[0.0; 4]; 4];
        for (x, range, weight) in self.groups() {
            let (events, shape) = (k * x, r + k * x);
            let coins = coin.map_or(0.0, |(.., at_first)| x + if at_first { 1.0 } else { 0.0 });
            let tossed = coin.filter(|_| coins >= 1.0).map(|(a, b, _)| (a, b + coins - 1.0));
            let ln_share = tossed.map_or(f64::NEG_INFINITY, |(a, b)| (a / b).ln());
            for ((customer, weight), [recency, end]) in self.customers_of[range.clone()].iter().zip(&self.places[range])
            {
                let (last, now) = (times[*recency as usize], times[*end as usize]);
                let Summary { recency, t, .. } = *customer;
                h[0][1] += weight * t / alpha * now.reciprocal;
                // −r/α² + R/A² without the difference of nearly equal squares.
                h[1][1] += weight * (events - r * (t / alpha) * (2.0 + t / alpha)) * now.reciprocal * now.reciprocal;
                let here = self.here(customer, shape, now.reciprocal, true);
                let silence = now.ln_1p - last.ln_1p;
                let left = 1.0 / (1.0 + (here.ln - ln_share - shape * silence).exp());
                let stayed = 1.0 - left;
                h[0][0] += weight * stayed * (here.rr - here.by_r * here.by_r);
                h[0][1] += weight * stayed * (here.ra - here.by_r * here.by_alpha);
                h[1][1] += weight * stayed * (here.aa - here.by_alpha * here.by_alpha);
                let Some((a, b)) = tossed else { continue };
                // −(1/(α+t_x) − 1/A), the derivative of ln(A/(α+t_x)).
                let closer = -(t - recency) * now.reciprocal * last.reciprocal;
                h[0][1] += weight * left * closer;
                h[1][1] -= weight * left * shape * closer * (now.reciprocal + last.reciprocal);
                h[2][2] -= weight * left / (a * a);
                h[3][3] += weight * left / (b * b);
                let d = [here.by_r - silence, here.by_alpha - shape * closer, -1.0 / a, 1.0 / b];
                let spread = weight * stayed * left;
                for i in 0..4 {
                    for j in i..4 {
                        h[i][j] += spread * d[i] * d[j];
                    }
                }
            }
            h[0][0] += weight * (trigamma(shape) - trigamma(r));
            if let Some((a, b, _)) = coin {
                let both = trigamma(a + b + coins) - trigamma(a + b);
                h[2][2] -= weight * both;
                h[2][3] -= weight * both;
                h[3][3] += weight * (trigamma(b + coins) - trigamma(b) - both);
            }
        }
        std::array::from_fn(|i| std::array::from_fn(|j| h[i.min(j)][i.max(j)]))
    }
}
