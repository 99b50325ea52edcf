//! The likelihood's derivatives and the fits.

use proptest::prelude::*;

use super::*;
use crate::domain::math::maximum_likelihood::{LogLikelihood, Status, maximize};
use crate::domain::models::bg_nbd::{Likelihood, NbdLikelihood};

/// The CDNOW sample in weeks, sorted by frequency, each customer once, and those alike counted.
fn cdnow() -> Vec<(Summary, f64)> {
    let mut days: Vec<[i64; 3]> = table(include_str!("../../../../../tests/data/cdnow_sample_summary.csv"))
        .map(|row| ["frequency", "recency_days", "T_days"].map(|name| row(name).parse().unwrap()))
        .collect();
    days.sort_unstable();
    days.chunk_by(|a, b| a == b)
        .map(|same| {
            let [x, last, t] = same[0].map(|v| v as f64);
            (customer(x, last / 7.0, t / 7.0), same.len() as f64)
        })
        .collect()
}

#[test]
fn finds_the_optimum_of_the_cdnow_sample() {
    let base = cdnow();
    let reference: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../tests/data/cnbdk_reference.json")).unwrap();
    for (name, at_first) in [("bg", false), ("mbg", true)] {
        for k in 1..=6u32 {
            let want = &reference["cdnow_sample"][format!("{name}_cnbd_k")]["by_k"][k.to_string()];
            for start in [[1.0, 3.0 * f64::from(k), 1.0, 3.0], [0.3, 2.0 * f64::from(k), 0.3, 1.0]] {
                let fit = maximize(&Likelihood::new(&base, k, at_first), &start, &mut || Ok(())).unwrap();
                assert_eq!(fit.status, Status::Converged);
                let errors = fit.standard_errors.unwrap();
                for (i, parameter) in ["r", "alpha", "a", "b"].into_iter().enumerate() {
                    let text = |field: &str| number(want[field][parameter].as_str().unwrap());
                    near(&format!("{name} k = {k}: {parameter}"), fit.params[i], text("params"), 1e-8);
                    near(&format!("{name} k = {k}: error of {parameter}"), errors[i], text("se"), 1e-6);
                }
                let terms = reference["cdnow_sample"]["sum_litt_weeks"].as_f64().unwrap() * (f64::from(k) - 1.0);
                near("log-likelihood", fit.log_likelihood + terms, number(want["loglik"].as_str().unwrap()), 1e-13);
            }
        }
    }
    let reference: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../tests/data/mle_reference.json")).unwrap();
    for (name, at_first) in [("bgnbd", false), ("mbgnbd", true)] {
        let want = &reference[format!("{name}_cdnow_exact_weeks")];
        let fit = maximize(&Likelihood::new(&base, 1, at_first), &[1.0, 3.0, 1.0, 3.0], &mut || Ok(())).unwrap();
        for (i, parameter) in ["r", "alpha", "a", "b"].into_iter().enumerate() {
            near(parameter, fit.params[i], number(want["params"][parameter].as_str().unwrap()), 1e-8);
        }
    }
}

#[test]
fn nobody_leaves() {
    // A likelihood with a coin that hardly ever says leave is that without one, where no customer has been silent for long.
    let mut base = cdnow();
    base.iter_mut().filter(|(c, _)| c.frequency > 0.0).for_each(|(c, _)| c.recency = c.t);
    for k in [1, 3] {
        let fit = maximize(&NbdLikelihood::new(&base, k), &[1.0, 3.0 * f64::from(k)], &mut || Ok(())).unwrap();
        assert_eq!(fit.status, Status::Converged);
        let [r, alpha] = fit.params[..] else { panic!() };
        let sum: f64 = base.iter().map(|(c, n)| n * Cnbd { k, r, alpha, dropout: None }.log_likelihood(c)).sum();
        near("log-likelihood", fit.log_likelihood, sum, 1e-13);
        let with = Likelihood::new(&base, k, false).value_and_gradient(&[r, alpha, 1e-9, 1e5]).0;
        near("log-likelihood", with, sum, 1e-8);
    }
}

/// A few customers of any kind.
fn any_base() -> impl Strategy<Value = Vec<(Summary, f64)>> {
    let any = (0u32..40, 0.0f64..=1.0, 0.1f64..500.0, 0.5f64..9.0)
        .prop_map(|(x, share, t, weight)| (customer(f64::from(x), if x == 0 { 0.0 } else { share * t }, t), weight));
    proptest::collection::vec(any, 1..12)
}

proptest! {
    #[test]
    fn derivatives_are_the_differences(
        base in any_base(), k in 1u32..=12, at_first: bool, coin: bool,
        ln_r in -4f64..4.0, ln_alpha in -3f64..6.0, ln_a in -4f64..4.0, ln_b in -4f64..4.0,
    ) {
        let mut at = vec![ln_r.exp(), ln_alpha.exp(), ln_a.exp(), ln_b.exp()];
        let (with, without) = (Likelihood::new(&base, k, at_first), NbdLikelihood::new(&base, k));
        let likelihood: &dyn LogLikelihood = if coin { &with } else { &without };
        if !coin {
            at.truncate(2);
        }
        let model = Cnbd { k, r: at[0], alpha: at[1], dropout: coin.then(|| Dropout { a: at[2], b: at[3], at_first }) };
        let (value, gradient) = likelihood.value_and_gradient(&at);
        let sum: f64 = base.iter().map(|(c, n)| n * model.log_likelihood(c)).sum();
        prop_assert!((value - sum).abs() <= 1e-11 * (1.0 + sum.abs()), "{value} {sum}");
        let hessian = likelihood.hessian(&at);
        let scale: f64 = base.iter().map(|(c, n)| n * (1.0 + f64::from(k) * c.frequency + at[0])).sum();
        for i in 0..at.len() {
            let step = 1e-4;
            // Richardson's extrapolation of central differences by ln of the parameter.
            let moved = |by: f64| {
                let mut there = at.clone();
                there[i] *= f64::exp(by);
                likelihood.value_and_gradient(&there)
            };
            let points = [-2.0, -1.0, 1.0, 2.0].map(|n| moved(n * step));
            let slope = |f: &dyn Fn(usize) -> f64| (8.0 * (f(2) - f(1)) - (f(3) - f(0))) / (12.0 * step) / at[i];
            let by_value = slope(&|p| points[p].0);
            prop_assert!((by_value - gradient[i]).abs() * at[i] <= 1e-8 * (scale + value.abs()), "gradient {i}: {by_value} {}", gradient[i]);
            for j in 0..at.len() {
                let second = slope(&|p| points[p].1[j]);
                let error = (second - hessian[i][j]).abs() * at[i] * at[j];
                prop_assert!(error <= 1e-8 * scale, "hessian {i} {j}: {second} {}", hessian[i][j]);
            }
        }
    }
}

#[test]
fn customers_in_any_order() {
    let base = cdnow();
    let mut mixed = base.clone();
    mixed.sort_by(|a, b| a.0.t.total_cmp(&b.0.t));
    let at = [0.3, 5.0, 0.8, 2.0];
    let values = [&base, &mixed].map(|base| Likelihood::new(base, 2, true).value_and_gradient(&at));
    near("value", values[0].0, values[1].0, 1e-13);
    assert_eq!(Likelihood::new(&[], 1, true).value_and_gradient(&at), (0.0, vec![0.0; 4]));
}
