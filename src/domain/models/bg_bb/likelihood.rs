//! The log-likelihood of a base under BG/BB, with its first and second derivatives.

use super::{BgBb, PARAMETERS, periods};
use crate::domain::math::gamma::{digamma_difference, trigamma};
use crate::domain::math::maximum_likelihood::{LogLikelihood, Parameter};
use crate::domain::models::purchase_model::{PurchaseProcess, Summary};

/// The log-likelihood of a base of customers.
///
/// A customer costs as many steps as periods since his last purchase; fits are meant for up to some 10,000 periods.
#[derive(Debug, Clone, Copy)]
pub struct Likelihood<'a> {
    customers: &'a [(Summary, f64)],
    observations: f64,
}

impl<'a> Likelihood<'a> {
    /// Of summaries, each with the number of customers who have it.
    pub fn new(customers: &'a [(Summary, f64)]) -> Self {
        Likelihood { customers, observations: customers.iter().map(|(_, weight)| weight).sum() }
    }
}

/// The derivatives by one pair of parameters: in (α, β), and likewise in (γ, δ), nothing mixes but through the sum.
#[derive(Clone, Copy, Default)]
struct Pair {
    /// By the first and by the second.
    first: [f64; 2],
    /// By the first twice, by both, and by the second twice.
    second: [f64; 3],
}

impl Pair {
    /// Those of ln \[(b)_t / (a+b)_t\] for one more t, with b + t = `stays` and a + b + t = `all`.
    fn step(&mut self, stays: f64, all: f64) {
        let square = 1.0 / (all * all);
        self.first[0] -= 1.0 / all;
        self.first[1] += 1.0 / stays - 1.0 / all;
        self.second[0] += square;
        self.second[1] += square;
        self.second[2] += square - 1.0 / (stays * stays);
    }
}

/// The gradient and the Hessian of one customer's log-likelihood.
///
/// With the log-likelihood as ln first + ln Σ eᵘ, the derivatives of the sum are means over its terms with their weights:
/// the gradient that of u′, the Hessian that of u″ + u′u′ᵀ less the square of the gradient.
fn derivatives(model: &BgBb, customer: &Summary) -> ([f64; 4], [[f64; 4]; 4]) {
    let (x, without, n, since) = periods(customer);
    let BgBb { alpha, beta, gamma, delta } = *model;
    let seen = x + without;
    let (mut buys, mut leaves) = (Pair::default(), Pair::default());
    let (mut weight, mut total) = (1.0, 0.0);
    let (mut mean, mut square) = ([0.0; 4], [[0.0; 4]; 4]);
    let mut add = |weight: f64, buys: &Pair, leaves: &Pair| {
        let u = [buys.first[0], buys.first[1], leaves.first[0], leaves.first[1]];
        total += weight;
        for i in 0..4 {
            mean[i] += weight * u[i];
            (0..=i).for_each(|j| square[i][j] += weight * u[i] * u[j]);
        }
        for (at, pair) in [(0, buys), (2, leaves)] {
            square[at][at] += weight * pair.second[0];
            square[at + 1][at] += weight * pair.second[1];
            square[at + 1][at + 1] += weight * pair.second[2];
        }
    };
    let mut i = 0.0;
    // Terms fall; below 1e-40 neither they nor the last one, larger by (γ+δ+n)/γ, can be seen.
    while i < since && weight > 1e-40 {
        add(weight, &buys, &leaves);
        let (no, stay) = (beta + without + i, delta + seen + i);
        weight *= no / (alpha + beta + seen + i) * (stay / (gamma + stay + 1.0));
        buys.step(no, alpha + beta + seen + i);
        leaves.step(stay, gamma + stay + 1.0);
        i += 1.0;
    }
    if i >= since {
        // There in period n: times (γ+δ+n)/γ.
        let all = gamma + delta + n;
        leaves.first[0] += 1.0 / all - 1.0 / gamma;
        leaves.first[1] += 1.0 / all;
        leaves.second[0] += 1.0 / (gamma * gamma) - 1.0 / (all * all);
        leaves.second[1] -= 1.0 / (all * all);
        leaves.second[2] -= 1.0 / (all * all);
        add(weight * (all / gamma), &buys, &leaves);
    }
    mean.iter_mut().for_each(|v| *v /= total);
    let (mut gradient, mut hessian) = (mean, square);
    for i in 0..4 {
        (0..=i).for_each(|j| hessian[i][j] = hessian[i][j] / total - mean[i] * mean[j]);
    }
    // The first term: ln (α)_x (β)_(t−x) / (α+β)_t + ln γ (δ)_t / (γ+δ)_(t+1), with t = t_x.
    let both = digamma_difference(alpha + beta, seen);
    let all = digamma_difference(gamma + delta, seen + 1.0);
    gradient[0] += digamma_difference(alpha, x) - both;
    gradient[1] += digamma_difference(beta, without) - both;
    gradient[2] += 1.0 / gamma - all;
    gradient[3] += digamma_difference(delta, seen) - all;
    let bend = |a: f64, d: f64| if d == 0.0 { 0.0 } else { trigamma(a + d) - trigamma(a) };
    let (both, all) = (bend(alpha + beta, seen), bend(gamma + delta, seen + 1.0));
    hessian[0][0] += bend(alpha, x) - both;
    hessian[1][0] -= both;
    hessian[1][1] += bend(beta, without) - both;
    hessian[2][2] -= 1.0 / (gamma * gamma) + all;
    hessian[3][2] -= all;
    hessian[3][3] += bend(delta, seen) - all;
    (gradient, hessian)
}

fn model(at: &[f64]) -> BgBb {
    BgBb { alpha: at[0], beta: at[1], gamma: at[2], delta: at[3] }
}

impl LogLikelihood for Likelihood<'_> {
    fn parameters(&self) -> &[Parameter] {
        &PARAMETERS
    }

    fn observations(&self) -> f64 {
        self.observations
    }

    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let model = model(at);
        let (mut value, mut gradient) = (0.0, vec![0.0; 4]);
        for (customer, weight) in self.customers {
            value += weight * model.log_likelihood(customer);
            let own = derivatives(&model, customer).0;
            gradient.iter_mut().zip(own).for_each(|(sum, v)| *sum += weight * v);
        }
        (value, gradient)
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let model = model(at);
        let mut hessian = vec![vec![0.0; 4]; 4];
        for (customer, weight) in self.customers {
            let own = derivatives(&model, customer).1;
            for i in 0..4 {
                for j in 0..4 {
                    hessian[i][j] += weight * own[i.max(j)][i.min(j)];
                }
            }
        }
        hessian
    }
}
