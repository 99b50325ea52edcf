//! Fits the gamma-gamma model by maximum likelihood.
//!
//! A customer's x spends that sum to S = x·m have S/γ beta prime(px, q) distributed, so that the density of the mean m is
//! zᵖˣ (1−z)^q / (B(px, q) m) with z/(1−z) = S/γ (Fader and Hardie 2013).

use super::{GammaGamma, PARAMETERS, SpendCounts, SpendModel};
use crate::domain::math::beta::BetaPrime;
use crate::domain::math::gamma::{digamma_difference, trigamma};
use crate::domain::math::maximum_likelihood::{LogLikelihood, Parameter, Status, maximize};
use crate::domain::models::fitted_json::{matrix, version};
use crate::domain::support::error::{Result, reserve};

/// Fewer customers than this are not fitted: three parameters from nine numbers say more of the numbers than of the base.
const MIN_CUSTOMERS: u64 = 10;

/// Fits the spends of a base. `interrupt` is called at every evaluation of the likelihood; its error ends the fit.
///
/// q ≤ 1 may be the optimum: the mean spend of the base then is infinite, and `note` says so.
pub fn fit(counts: &mut SpendCounts, interrupt: &mut dyn FnMut() -> Result<()>) -> Result<SpendModel> {
    let counted = counts.customers.counts()?;
    let mut customers = Vec::new();
    reserve(&mut customers, counted.len())?;
    customers.extend(counted.iter().map(|&((x, mean), n)| (f64::from(x), f64::from_bits(mean), n as f64)));
    let summary = SpendModel {
        customers: counted.iter().fold(0, |sum, &(_, n)| sum.saturating_add(n)),
        one_time_buyers: counts.one_time_buyers,
        without_spend: counts.without_spend,
        version: version(),
        ..SpendModel::new(None)
    };
    if summary.customers < MIN_CUSTOMERS {
        let status = Status::TooFew(format!("too few repeat buyers: n = {}", summary.customers));
        return Ok(SpendModel { status: Some(status.to_string()), ..summary });
    }
    let likelihood = Likelihood::new(&customers);
    let fit = maximize(&likelihood, &likelihood.start(), interrupt)?;
    let params = |v: &[f64]| GammaGamma { p: v[0], q: v[1], gamma: v[2] };
    let found = params(&fit.params);
    let note = "q is at most 1: the mean spend of the base is infinite";
    Ok(SpendModel {
        params: Some(found),
        log_likelihood: Some(fit.log_likelihood).filter(|v| v.is_finite()),
        standard_errors: fit.standard_errors.as_deref().map(params),
        covariance: matrix(fit.covariance),
        status: Some(fit.status.to_string()),
        note: (found.q <= 1.0).then(|| note.into()),
        iterations: Some(fit.iterations),
        gradient_norm: Some(fit.gradient_norm),
        ..summary
    })
}

/// The log-likelihood of a base of customers, each (x ≥ 1, mean spend > 0, weight).
#[derive(Debug, Clone, Copy)]
pub struct Likelihood<'a> {
    customers: &'a [(f64, f64, f64)],
    observations: f64,
}

impl<'a> Likelihood<'a> {
    /// Of customers (x, mean spend, number of customers who have them).
    pub fn new(customers: &'a [(f64, f64, f64)]) -> Self {
        Likelihood { customers, observations: customers.iter().map(|c| c.2).sum() }
    }

    /// A start by the moments of the logarithms: ln S has mean ψ(px) − ψ(q) + ln γ and variance ψ′(px) + ψ′(q).
    ///
    /// Half of the variance is given to either; ψ′(z) ≈ 1/(z−½) turns it into the shape.
    pub fn start(&self) -> [f64; 3] {
        let mean_of = |f: &dyn Fn(f64, f64) -> f64| {
            self.customers.iter().map(|&(x, m, n)| n * f(x, m)).sum::<f64>() / self.observations.max(1.0)
        };
        let (mean, often) = (mean_of(&|_, m| m.ln()), mean_of(&|x, _| x.ln()).exp());
        let variance = mean_of(&|_, m| (m.ln() - mean) * (m.ln() - mean)).max(1e-2);
        let shape = 0.5 + 2.0 / variance;
        [shape / often, shape, mean.exp() * often]
    }
}

impl LogLikelihood for Likelihood<'_> {
    fn parameters(&self) -> &[Parameter] {
        &PARAMETERS
    }

    fn observations(&self) -> f64 {
        self.observations
    }

    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (p, q, gamma) = (at[0], at[1], at[2]);
        let (mut value, mut gradient) = (0.0, vec![0.0; 3]);
        for &(x, mean, n) in self.customers {
            let (shape, sum) = (p * x, x * mean);
            let odds = sum / gamma;
            value += n * (BetaPrime::new(shape, q).ln_kernel(odds) - mean.ln());
            gradient[0] += n * x * (digamma_difference(shape, q) - (gamma / sum).ln_1p());
            gradient[1] += n * (digamma_difference(q, shape) - odds.ln_1p());
            gradient[2] += n * (q * odds - shape) / (gamma + sum);
        }
        (value, gradient)
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let (p, q, gamma) = (at[0], at[1], at[2]);
        let at_q = trigamma(q);
        let (mut pp, mut pq, mut qq) = (0.0, 0.0, 0.0);
        let (mut pg, mut qg, mut gg) = (0.0, 0.0, 0.0);
        for &(x, mean, n) in self.customers {
            let (shape, sum) = (p * x, x * mean);
            let (odds, all, both) = (sum / gamma, gamma + sum, trigamma(shape + q));
            pp += n * x * x * (both - trigamma(shape));
            pq += n * x * both;
            qq += n * (both - at_q);
            pg -= n * x / all;
            qg += n * odds / all;
            // −q/γ² + (px+q)/(γ+S)², without the difference of nearly equal squares.
            gg += n * (shape - q * odds * (2.0 + odds)) / (all * all);
        }
        vec![vec![pp, pq, pg], vec![pq, qq, qg], vec![pg, qg, gg]]
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::*;
    use crate::domain::math::gamma::ln_gamma;
    use crate::domain::support::error::{Error, Kind};
    use crate::domain::support::json::JsonValue;

    fn cdnow() -> Vec<(u32, f64)> {
        let lines = include_str!("../../../../tests/data/cdnow_sample_summary.csv").lines().skip(1);
        lines
            .map(|line| {
                let v: Vec<&str> = line.split(',').collect();
                (v[1].parse().unwrap(), v[6].parse().unwrap())
            })
            .collect()
    }

    fn counted(customers: &[(u32, f64)]) -> SpendCounts {
        let mut counts = SpendCounts::default();
        customers.iter().for_each(|&(x, mean)| counts.insert(x, mean).unwrap());
        counts
    }

    fn fitted(customers: &[(u32, f64)]) -> SpendModel {
        fit(&mut counted(customers), &mut || Ok(())).unwrap()
    }

    /// tests/data/mle_reference.json, gammagamma_cdnow_exact; published_values.json, gammagamma_params.
    #[test]
    fn finds_the_optimum_of_the_cdnow_sample() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/data/mle_reference.json")).unwrap();
        let golden = &golden["gammagamma_cdnow_exact"];
        let number = |v: &serde_json::Value| v.as_str().unwrap().parse::<f64>().unwrap();
        let model = fitted(&cdnow());
        assert_eq!((model.customers, model.one_time_buyers, model.without_spend), (946, 1411, 0));
        assert_eq!((model.status.as_deref(), model.note.as_deref()), (Some("converged"), None));
        assert!((model.log_likelihood.unwrap() - number(&golden["loglik"])).abs() < 1e-8);
        let (params, errors) = (model.params.unwrap(), model.standard_errors.unwrap());
        for ((parameter, got), (_, error)) in params.named().into_iter().zip(errors.named()) {
            let want = number(&golden["params"][parameter.name]);
            assert!((got / want - 1.0).abs() < 1e-9, "{}: {got} instead of {want}", parameter.name);
            let want = number(&golden["se"][parameter.name]);
            assert!((error / want - 1.0).abs() < 1e-7, "{}: ± {error} instead of {want}", parameter.name);
        }
        let published = [(params.p, 6.25), (params.q, 3.74), (params.gamma, 15.44)];
        assert!(published.iter().all(|(got, want)| (got - want).abs() < 5e-3), "gammagamma_params: {params:?}");
    }

    #[test]
    fn likelihood_is_the_printed_one_and_derivatives_are_its() {
        let customers = [(1.0, 20.0, 3.0), (2.0, 0.5, 1.0), (17.0, 300.0, 2.0), (400.0, 31.5, 1.0)];
        let likelihood = Likelihood::new(&customers);
        for at in [[6.2, 3.7, 15.4], [0.05, 40.0, 9.0], [80.0, 0.3, 2000.0], [2.0, 1e4, 1e5], [900.0, 2.0, 1e-3]] {
            let (value, gradient) = likelihood.value_and_gradient(&at);
            let [p, q, gamma] = at;
            let printed: f64 = customers
                .iter()
                .map(|&(x, m, n)| {
                    let ln_gammas = ln_gamma(p * x + q) - ln_gamma(p * x) - ln_gamma(q);
                    let powers = q * gamma.ln() + (p * x - 1.0) * m.ln() + p * x * x.ln();
                    n * (ln_gammas + powers - (p * x + q) * (gamma + m * x).ln())
                })
                .sum();
            assert!((value - printed).abs() < 1e-9 * (1.0 + value.abs()), "{at:?}: {value} instead of {printed}");
            let hessian = likelihood.hessian(&at);
            for i in 0..3 {
                let moved = |by: f64| {
                    let mut at = at;
                    at[i] *= 1.0 + by;
                    likelihood.value_and_gradient(&at)
                };
                let (low, high, step) = (moved(-1e-5), moved(1e-5), 2e-5 * at[i]);
                let error = (high.0 - low.0) / step - gradient[i];
                assert!(error.abs() * at[i] < 1e-7 * (1.0 + value.abs()), "gradient {i} at {at:?}: {error:e}");
                for j in 0..3 {
                    let error = (high.1[j] - low.1[j]) / step - hessian[i][j];
                    let scale = (hessian[i][i] * hessian[j][j]).abs().sqrt();
                    assert!(error.abs() < 1e-7 * scale, "hessian {i} {j} at {at:?}: {error:e}");
                }
            }
        }
    }

    #[test]
    fn any_split_fits_the_same() {
        let customers = cdnow();
        let (left, right) = customers.split_at(700);
        let mut parts = counted(right);
        parts.merge(counted(left)).unwrap();
        parts.normalize().unwrap();
        assert_eq!(fit(&mut parts, &mut || Ok(())).unwrap(), fitted(&customers));
    }

    /// Customers as the model draws them.
    fn simulated(truth: GammaGamma, n: u32, seed: u64) -> Vec<(u32, f64)> {
        let (mut random, mut spends) = (ChaCha12Rng::seed_from_u64(seed), Vec::new());
        (0..n)
            .map(|i| {
                spends.clear();
                truth.draw_spends(0.0, 0.0, 1 + i as usize % 7, &mut random, &mut spends);
                (spends.len() as u32, spends.iter().sum::<f64>() / spends.len() as f64)
            })
            .collect()
    }

    #[test]
    fn recovers_what_it_was_simulated_from() {
        for (seed, p, q, gamma) in [(1, 6.0, 3.7, 15.0), (2, 0.8, 0.7, 200.0), (3, 40.0, 12.0, 1e6)] {
            let truth = GammaGamma { p, q, gamma };
            let model = fitted(&simulated(truth, 4000, seed));
            assert_eq!(model.status.as_deref(), Some("converged"));
            assert_eq!(model.note.is_some(), q < 1.0, "{:?}", model.note);
            let errors = model.standard_errors.unwrap().named();
            for (((parameter, got), (_, want)), (_, error)) in
                model.params.unwrap().named().into_iter().zip(truth.named()).zip(errors)
            {
                assert!((got - want).abs() < 4.0 * error, "{}: {got} ± {error} instead of {want}", parameter.name);
            }
        }
    }

    #[test]
    fn bases_without_a_maximum_end_in_words() {
        let repeat = |rows: &[(u32, f64)]| rows.iter().cycle().take(60).copied().collect::<Vec<_>>();
        let alike = GammaGamma { p: 3.0, q: 1e6, gamma: 1e7 };
        for (name, status, customers) in [
            ("nobody", "too few repeat buyers: n = 0", vec![]),
            ("one-time buyers", "too few repeat buyers: n = 0", vec![(0, 0.0); 50]),
            ("three", "too few repeat buyers: n = 3", vec![(1, 5.0), (2, 6.0), (1, 9.0)]),
            ("free of charge", "too few repeat buyers: n = 0", vec![(3, 0.0), (3, -2.0), (1, 1e-300)]),
            ("one price", "boundary: p → ∞, q → ∞", vec![(2, 9.99); 50]),
            ("one price, differently often", "boundary: p → ∞, q → ∞", repeat(&[(1, 9.99), (2, 9.99), (30, 9.99)])),
            ("huge, one price", "boundary: p → ∞, q → ∞", vec![(2, 1e15); 50]),
            ("tiny, one price", "boundary: p → ∞, q → ∞", vec![(2, 1e-9); 50]),
            ("alike", "boundary: q → ∞", simulated(alike, 300, 4)),
            ("one purchase each", "", repeat(&[(1, 3.0), (1, 8.0), (1, 20.0), (1, 11.0)])),
            ("all of the range", "", repeat(&[(1, 1e-9), (1, 1e15), (u32::MAX, 1.0)])),
        ] {
            let model = fitted(&customers);
            let found = model.status.clone().unwrap();
            assert!(found.starts_with(status) && !found.contains("not converged"), "{name}: {found} {model:?}");
            assert_eq!(model.params.is_some(), !found.contains("too few"), "{name}");
            assert_eq!(SpendModel::from_json(&model.to_json().unwrap()).unwrap(), model, "{name}");
        }
        let one_price = fitted(&[(2, 9.99); 50]).params.unwrap();
        assert!((one_price.expected_spend(0.0, 0.0).unwrap() - 9.99).abs() < 0.01, "{one_price:?}");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let mut counts = SpendCounts::default();
        for mean in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e16] {
            assert_eq!(counts.insert(1, mean).unwrap_err().kind, Kind::InvalidParameter, "{mean}");
        }
        counts.insert(0, f64::NAN).unwrap();
        counts.insert_times(4, 1.5, u64::MAX).unwrap();
        counts.insert_times(4, 1.5, u64::MAX).unwrap();
        assert_eq!(fit(&mut counts, &mut || Ok(())).unwrap().customers, u64::MAX);
    }

    #[test]
    fn an_interrupt_ends_the_fit() {
        let cancelled = Error::new(Kind::InvalidParameter, "cancelled");
        assert_eq!(fit(&mut counted(&cdnow()), &mut || Err(cancelled.clone())), Err(cancelled));
    }
}
