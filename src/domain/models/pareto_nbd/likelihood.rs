//! The log-likelihood of a base under the Pareto/NBD model, with its first and second derivatives, for fitting.
//!
//! A customer contributes ln Γ(R)/Γ(r) − r ln(1+T/α) − x ln A − s ln(1+T/β) + ln(1+J). The derivatives of J are taken
//! under the integral sign, at the nodes of the integral itself: with d_a = (T−y)/(α+y) and d_b = (T−y)/(β+y) the
//! logarithm f of the integrand has
//!
//! f_r = ln(1+d_a), f_α = −(R/A) d_a, f_s = 1/s + ln(1+d_b), f_β = −(1 + (s+1) d_b)/B.
//!
//! With p = J/(1+J) and means E over y weighted by the integrand, ln(1+J) has the gradient p E f′ and the
//! Hessian p E[f″ + f′f′ᵀ] − p² E f′ E f′ᵀ.

use std::ops::Range;

use super::PARAMETERS;
use crate::domain::math::gamma::{digamma_difference, ln_gamma_ratio, trigamma};
use crate::domain::math::maximum_likelihood::{Derivatives, LogLikelihood, Parameter};
use crate::domain::math::pareto_integral::{Powers, ln_1p};
use crate::domain::models::purchase_model::Summary;

/// The log-likelihood of weighted summaries. Parameters in the order of [`PARAMETERS`].
#[derive(Debug, Clone)]
pub struct Likelihood<'a> {
    rows: &'a [(Summary, f64)],
    /// Runs of equal frequency: the frequency, the rows, and their weight.
    runs: Vec<(f64, Range<usize>, f64)>,
    /// The weight of all rows.
    customers: f64,
}

/// Means over the nodes of J's integral of ln(1+d_a), d_a, ln(1+d_b), d_b, and of their products, row by row of the upper
/// triangle.
struct Moments {
    integral: f64,
    first: [f64; 4],
    second: [f64; 10],
}

/// The parameters, and what all customers share.
struct At {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
    ln_alpha: f64,
    ln_beta: f64,
    ln_s: f64,
}

/// Positions in the upper triangle of a matrix of order 4.
const UPPER: [(usize, usize); 10] = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)];

impl<'a> Likelihood<'a> {
    /// The likelihood of summaries with their weights (the number of such customers).
    ///
    /// Gamma functions are computed once for each run of equal frequencies, so the rows better come sorted by frequency.
    pub fn new(rows: &'a [(Summary, f64)]) -> Self {
        let mut runs: Vec<(f64, Range<usize>, f64)> = Vec::new();
        for (i, (summary, weight)) in rows.iter().enumerate() {
            match runs.last_mut() {
                Some((x, range, total)) if *x == summary.frequency => {
                    range.end = i + 1;
                    *total += weight;
                }
                _ => runs.push((summary.frequency, i..i + 1, *weight)),
            }
        }
        let customers = rows.iter().map(|(_, weight)| weight).sum();
        Likelihood { rows, runs, customers }
    }

    /// Value, gradient, and the Hessian's upper triangle where ORDER is 2.
    fn evaluate<const ORDER: usize>(&self, at: &[f64]) -> (f64, [f64; 4], [f64; 10]) {
        let at = At {
            r: at[0],
            alpha: at[1],
            s: at[2],
            beta: at[3],
            ln_alpha: at[1].ln(),
            ln_beta: at[3].ln(),
            ln_s: at[2].ln(),
        };
        let (mut value, mut gradient, mut hessian) = (0.0, [0.0; 4], [0.0; 10]);
        let own = if ORDER == 2 { trigamma(at.r) } else { 0.0 };
        for (x, rows, weight) in &self.runs {
            value += weight * ln_gamma_ratio(at.r, *x);
            gradient[0] += weight * digamma_difference(at.r, *x);
            if ORDER == 2 {
                hessian[0] += weight * (trigamma(at.r + x) - own);
            }
            for (customer, weight) in &self.rows[rows.clone()] {
                at.add::<ORDER>(customer, *weight, &mut value, &mut gradient, &mut hessian);
            }
        }
        (value, gradient, hessian)
    }
}

impl At {
    /// Adds a customer, without the gamma functions.
    #[inline(always)]
    fn add<const ORDER: usize>(
        &self,
        customer: &Summary,
        weight: f64,
        value: &mut f64,
        gradient: &mut [f64; 4],
        hessian: &mut [f64; 10],
    ) {
        let At { r, alpha, s, beta, .. } = *self;
        let Summary { frequency: x, recency, t } = *customer;
        let (shape, a, b) = (r + x, alpha + t, beta + t);
        let (by_alpha, by_beta) = (t / alpha, t / beta);
        let (ln_a, ln_b) = (ln_1p(by_alpha), ln_1p(by_beta));
        *value -= weight * (r * ln_a + x * (self.ln_alpha + ln_a) + s * ln_b);
        gradient[0] -= weight * ln_a;
        gradient[1] += weight * (r * by_alpha - x) / a;
        gradient[2] -= weight * ln_b;
        gradient[3] += weight * s * by_beta / b;
        if ORDER == 2 {
            hessian[1] += weight * by_alpha / a;
            // −r/α² + R/A² and −s/β² + s/B², without the difference of nearly equal squares.
            hessian[4] += weight * (x - r * by_alpha * (2.0 + by_alpha)) / (a * a);
            hessian[8] += weight * by_beta / b;
            hessian[9] -= weight * s * by_beta * (2.0 + by_beta) / (b * b);
        }
        let span = t - recency;
        if span <= 0.0 {
            return;
        }
        let (near_a, near_b) = (alpha + recency, beta + recency);
        let (ln_span_a, ln_span_b) = (ln_1p(span / near_a), ln_1p(span / near_b));
        let moments = Moments::new::<ORDER>(shape, near_a, s + 1.0, near_b, span, ln_span_a, ln_span_b);
        // 1/(β+t_x) is e^(ln_span_b)/B.
        let ln_odds =
            self.ln_s - (self.ln_beta + ln_b) + shape * ln_span_a + (s + 1.0) * ln_span_b + moments.integral.ln();
        let (part, ln_1p_odds) = if ln_odds > 0.0 {
            let inverse = (-ln_odds).exp();
            (1.0 / (1.0 + inverse), ln_odds + ln_1p(inverse))
        } else {
            let odds = ln_odds.exp();
            (odds / (1.0 + odds), ln_1p(odds))
        };
        *value += weight * ln_1p_odds;
        // f′ = offset + factor · (ln(1+d_a), d_a, ln(1+d_b), d_b).
        let factor = [1.0, -shape / a, 1.0, -(s + 1.0) / b];
        let offset = [0.0, 0.0, 1.0 / s, -1.0 / b];
        let mean: [f64; 4] = std::array::from_fn(|i| offset[i] + factor[i] * moments.first[i]);
        let weight = weight * part;
        for i in 0..4 {
            gradient[i] += weight * mean[i];
        }
        if ORDER < 2 {
            return;
        }
        for (k, &(i, j)) in UPPER.iter().enumerate() {
            // E f′f′ᵀ − p E f′ E f′ᵀ
            let covariance = factor[i] * factor[j] * (moments.second[k] - moments.first[i] * moments.first[j]);
            hessian[k] += weight * (covariance + (1.0 - part) * mean[i] * mean[j]);
        }
        // E f″; 1/(α+y) = (1+d_a)/A.
        let [_, d_a, _, d_b] = moments.first;
        hessian[1] -= weight * d_a / a;
        hessian[4] += weight * shape * (2.0 * d_a + moments.second[4]) / (a * a);
        hessian[7] -= weight / (s * s);
        hessian[8] -= weight * d_b / b;
        hessian[9] += weight * (1.0 + (s + 1.0) * (2.0 * d_b + moments.second[9])) / (b * b);
    }
}

impl Moments {
    /// Over u = y − t_x from 0 to the span.
    #[inline(always)]
    fn new<const ORDER: usize>(
        shape: f64,
        a: f64,
        sigma: f64,
        b: f64,
        span: f64,
        ln_span_a: f64,
        ln_span_b: f64,
    ) -> Self {
        let mut sum = Moments { integral: 0.0, first: [0.0; 4], second: [0.0; 10] };
        Powers { a, rho: shape, b, sigma, delta: 0.0 }.nodes(span, &mut |node| {
            let rest = span - node.u;
            let at = [ln_span_a - node.ln_a, rest / (a + node.u), ln_span_b - node.ln_b, rest / (b + node.u)];
            sum.integral += node.weight;
            if ORDER < 2 {
                sum.first.iter_mut().zip(at).for_each(|(sum, v)| *sum += node.weight * v);
                return;
            }
            let weighted = at.map(|v| v * node.weight);
            sum.first.iter_mut().zip(weighted).for_each(|(sum, v)| *sum += v);
            for (k, &(i, j)) in UPPER.iter().enumerate() {
                sum.second[k] += weighted[i] * at[j];
            }
        });
        let scale = if sum.integral > 0.0 { 1.0 / sum.integral } else { 0.0 };
        sum.first.iter_mut().chain(&mut sum.second).for_each(|v| *v *= scale);
        sum
    }
}

impl LogLikelihood for Likelihood<'_> {
    fn parameters(&self) -> &[Parameter] {
        &PARAMETERS
    }

    fn observations(&self) -> f64 {
        self.customers
    }

    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (value, gradient, _) = self.evaluate::<1>(at);
        (value, gradient.to_vec())
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        self.derivatives(at).2
    }

    fn derivatives(&self, at: &[f64]) -> Derivatives {
        let (value, gradient, upper) = self.evaluate::<2>(at);
        let mut matrix = vec![vec![0.0; 4]; 4];
        for (&(i, j), v) in UPPER.iter().zip(upper) {
            matrix[i][j] = v;
            matrix[j][i] = v;
        }
        (value, gradient.to_vec(), matrix)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::math::maximum_likelihood::{Status, maximize};
    use crate::domain::models::pareto_nbd::ParetoNbd;
    use crate::domain::models::purchase_model::PurchaseProcess;

    /// The summaries of the CDNOW sample in exact weeks, with their numbers.
    fn cdnow() -> Vec<(Summary, f64)> {
        let mut counts: BTreeMap<[u32; 3], f64> = BTreeMap::new();
        for line in include_str!("../../../../tests/data/cdnow_sample_summary.csv").lines().skip(1) {
            let mut fields = line.split(',').skip(1).map(|field| field.parse().unwrap());
            *counts.entry(std::array::from_fn(|_| fields.next().unwrap())).or_default() += 1.0;
        }
        let weeks = |days: u32| f64::from(days) / 7.0;
        let summary =
            |[x, recency, t]: [u32; 3]| Summary { frequency: f64::from(x), recency: weeks(recency), t: weeks(t) };
        counts.into_iter().map(|(key, n)| (summary(key), n)).collect()
    }

    fn near(what: &str, got: f64, want: f64, relative: f64) {
        assert!((got / want - 1.0).abs() <= relative, "{what}: {got:e} instead of {want:e}");
    }

    /// The optimum by Newton's method at 40 digits: tests/data/mle_reference.json.
    #[test]
    fn finds_the_optimum_of_the_cdnow_sample() {
        let rows = cdnow();
        let reference: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/data/mle_reference.json")).unwrap();
        let reference = &reference["pnbd_cdnow_exact_weeks"];
        let number = |value: &serde_json::Value| value.as_str().unwrap().parse::<f64>().unwrap();
        for start in [[1.0, 1.0, 1.0, 1.0], [1.0, 10.0, 1.0, 10.0], [0.1, 100.0, 5.0, 1000.0]] {
            let fit = maximize(&Likelihood::new(&rows), &start, &mut || Ok(())).unwrap();
            assert_eq!(fit.status, Status::Converged, "{fit:?}");
            near("log-likelihood", fit.log_likelihood, number(&reference["loglik"]), 1e-13);
            for (i, parameter) in PARAMETERS.iter().enumerate() {
                near(parameter.name, fit.params[i], number(&reference["params"][parameter.name]), 1e-7);
                let error = fit.standard_errors.as_ref().unwrap()[i];
                near(parameter.name, error, number(&reference["se"][parameter.name]), 1e-6);
            }
            println!("{start:?}: {} iterations, {:?}", fit.iterations, fit.params);
        }
    }

    #[test]
    fn is_the_sum_of_the_customers() {
        let rows = cdnow();
        for at in [[0.55, 10.6, 0.61, 11.7], [1e-3, 1e3, 200.0, 0.1], [50.0, 1e-3, 1e-4, 1e6]] {
            let model = ParetoNbd { r: at[0], alpha: at[1], s: at[2], beta: at[3] };
            let sum: f64 = rows.iter().map(|(customer, n)| n * model.log_likelihood(customer)).sum();
            near("sum", Likelihood::new(&rows).value_and_gradient(&at).0, sum, 1e-12);
        }
    }

    /// Values of a parameter or a time, over many powers of ten.
    fn power(low: f64, high: f64) -> impl Strategy<Value = f64> {
        (low..high).prop_map(|exponent| 10f64.powf(exponent))
    }

    fn customer() -> impl Strategy<Value = Summary> {
        (0u32..200, 0.0..=1.0f64, power(-2.0, 4.0)).prop_map(|(x, part, t)| Summary {
            frequency: f64::from(x),
            recency: if x == 0 { 0.0 } else { part * t },
            t,
        })
    }

    proptest! {
        /// In logarithms of the parameters: central differences with steps of 10⁻⁵ are off by their square, and by
        /// the rounding of the terms over the step.
        #[test]
        fn derivatives_are_those_of_the_value(
            customer in customer(),
            at in [power(-2.0, 3.0), power(-3.0, 4.0), power(-3.0, 3.0), power(-3.0, 4.0)],
        ) {
            let rows = [(customer, 2.0)];
            let likelihood = Likelihood::new(&rows);
            let (_, gradient) = likelihood.value_and_gradient(&at);
            let hessian = likelihood.hessian(&at);
            let step = 1e-5f64;
            let terms = 10.0 + (at[0] + customer.frequency + at[2]) * (10.0 + (customer.t / at[1]).ln_1p());
            for i in 0..4 {
                let moved = |by: f64| {
                    let mut moved = at;
                    moved[i] *= by.exp();
                    (likelihood.value_and_gradient(&moved), moved)
                };
                let (((above, up), high), ((below, down), low)) = (moved(step), moved(-step));
                let slope = (above - below) / (2.0 * step);
                let error = (slope - gradient[i] * at[i]).abs();
                prop_assert!(error <= 1e-8 * terms, "gradient {i}: {} and {slope}", gradient[i] * at[i]);
                for j in 0..4 {
                    let slope = (up[j] * high[j] - down[j] * low[j]) / (2.0 * step);
                    let own = if i == j { gradient[i] * at[i] } else { 0.0 };
                    let exact = hessian[i][j] * at[i] * at[j] + own;
                    prop_assert!((slope - exact).abs() <= 1e-7 * terms, "hessian {i} {j}: {exact} and {slope}");
                }
            }
        }

        #[test]
        fn is_finite_within_the_bounds(
            customer in customer(),
            at in [power(-4.0, 6.0), power(-6.0, 15.0), power(-4.0, 6.0), power(-6.0, 15.0)],
        ) {
            let rows = [(customer, 1.0)];
            let likelihood = Likelihood::new(&rows);
            let (value, gradient) = likelihood.value_and_gradient(&at);
            prop_assert!(value.is_finite() && gradient.iter().all(|v| v.is_finite()), "{value} {gradient:?}");
            let hessian = likelihood.hessian(&at);
            prop_assert!(hessian.iter().flatten().all(|v| v.is_finite()), "{hessian:?}");
        }
    }
}
