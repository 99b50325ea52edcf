use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use super::*;
use crate::domain::math::gamma::{ln_beta, ln_gamma};
use crate::domain::math::maximum_likelihood::{Fit, LogLikelihood, Status, maximize};
use crate::domain::models::purchase_model::NEW;

/// The optimum of the donations, tests/data/mle_reference.json.
const DONATIONS: BgBb = BgBb {
    alpha: 1.203_522_351_601_914,
    beta: 0.749_716_358_172_938_9,
    gamma: 0.656_718_208_441_832_4,
    delta: 2.783_442_232_577_381,
};

fn customer(x: u32, t_x: u32, n: u32) -> Summary {
    Summary { frequency: x.into(), recency: t_x.into(), t: n.into() }
}

fn donations() -> Vec<(Summary, f64)> {
    let lines = include_str!("../../../../tests/data/donations.csv").lines().skip(1);
    lines
        .map(|line| {
            let v: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            (Summary { frequency: v[0], recency: v[1], t: v[2] }, v[3])
        })
        .collect()
}

#[track_caller]
fn near(what: &str, got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{what}: {got:e} instead of {want:e}");
}

#[test]
fn agrees_with_the_golden_donations() {
    let mut rows = 0;
    for line in include_str!("../../../../tests/data/bgbb_donations_mle_btyd.csv").lines().skip(1) {
        let v: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let customer = Summary { frequency: v[0], recency: v[1], t: v[2] };
        near("p_alive", DONATIONS.p_alive(&customer), v[5], 1e-13);
        for (within, want) in [(1.0, v[6]), (5.0, v[7]), (10.9, v[8])] {
            near("expected", DONATIONS.expected_purchases(&customer, within), want, 1e-13);
        }
        near("dert", DONATIONS.discounted_purchases(&customer, 0.1f64.ln_1p(), f64::INFINITY), v[9], 1e-12);
        near("log-likelihood", DONATIONS.log_likelihood(&customer), v[10], 1e-13);
        rows += 1;
    }
    assert_eq!(rows, 22);
}

fn fit(customers: &[(Summary, f64)]) -> Fit {
    maximize(&Likelihood::new(customers), &[1.0, 1.0, 1.0, 3.0], &mut || Ok(())).unwrap()
}

#[test]
fn finds_the_optimum_of_the_donations() {
    let text = include_str!("../../../../tests/data/mle_reference.json");
    let golden: serde_json::Value = serde_json::from_str(text).unwrap();
    let golden = &golden["bgbb_donations"];
    let number = |v: &serde_json::Value| v.as_str().unwrap().parse::<f64>().unwrap();
    let fit = fit(&donations());
    assert_eq!(fit.status, Status::Converged);
    near("log-likelihood", fit.log_likelihood, number(&golden["loglik"]), 1e-13);
    for (i, parameter) in PARAMETERS.iter().enumerate() {
        let (got, error) = (fit.params[i], fit.standard_errors.as_ref().unwrap()[i]);
        let want = number(&golden["params"][parameter.name]);
        assert!((got / want - 1.0).abs() < 1e-9, "{}: {got} instead of {want}", parameter.name);
        let want = number(&golden["se"][parameter.name]);
        assert!((error / want - 1.0).abs() < 1e-7, "{}: ± {error} instead of {want}", parameter.name);
    }
    let (paper, digits) = ([1.204, 0.750, 0.657, 2.783], 5e-4);
    assert!(fit.params.iter().zip(paper).all(|(got, want)| (got - want).abs() <= digits), "{:?}", fit.params);
    assert!((fit.log_likelihood - -33_225.6).abs() < 0.05);
}

/// tests/data/published_values.json: bgbb_palive2002, bgbb_total_5, bgbb_tracking, bgbb_btyd_vignette,
/// bgbb_dert_example.
#[test]
fn agrees_with_what_was_published() {
    for (x, t_x, want) in [(0, 0, 0.11), (2, 4, 0.59), (6, 6, 0.93)] {
        assert!((DONATIONS.p_alive(&customer(x, t_x, 6)) - want).abs() < 5e-3, "bgbb_palive2002");
    }
    let total: f64 = donations().iter().map(|(c, weight)| weight * DONATIONS.expected_purchases(c, 5.0)).sum();
    assert!((total - 12_884.2).abs() < 0.05, "bgbb_total_5: {total}");
    let tracking = [0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285, 2.9603, 3.1798, 3.3887];
    for (n, want) in (1..).zip(tracking) {
        let got = DONATIONS.expected_purchases(&NEW, f64::from(n));
        assert!((got - want).abs() < 6e-5, "bgbb_tracking {n}: {got}");
    }
    for (got, want) in [
        (DONATIONS.expected_purchases(&NEW, 10.0), 3.179_805),
        (DONATIONS.expected_purchases(&customer(0, 0, 6), 10.0), 0.130_216_9),
        (DONATIONS.expected_purchases(&customer(4, 5, 6), 10.0), 3.627_858),
    ] {
        assert!((got / want - 1.0).abs() < 5e-5, "bgbb_btyd_vignette: {got}");
    }
    let manual = BgBb { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 };
    let dert = manual.discounted_purchases(&customer(3, 4, 6), 0.1f64.ln_1p(), f64::INFINITY);
    near("bgbb_dert_example", dert, 1.621_379_185_842_64, 1e-12);
}

fn plain(v: [f64; 4]) -> BgBb {
    BgBb { alpha: v[0], beta: v[1], gamma: v[2], delta: v[3] }
}

/// The paper's likelihood as it is printed.
fn naive_likelihood(m: &BgBb, x: f64, t_x: f64, n: f64) -> f64 {
    let bought = |y: f64| (ln_beta(m.alpha + x, m.beta + y) - ln_beta(m.alpha, m.beta)).exp();
    let left = |a: f64, t: f64| (ln_beta(m.gamma + a, m.delta + t) - ln_beta(m.gamma, m.delta)).exp();
    let gone = (0..(n - t_x) as u32).map(|i| bought(t_x - x + f64::from(i)) * left(1.0, t_x + f64::from(i)));
    bought(n - x) * left(0.0, n) + gone.sum::<f64>()
}

/// P(X(m) = k) of a new customer by going through all histories' counts.
fn naive_counts(m: &BgBb, periods: u32) -> Vec<f64> {
    let ln_choose = |n: f64, k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
    (0..=periods)
        .map(|k| {
            (k..=periods)
                .map(|i| {
                    let (k, t) = (f64::from(k), f64::from(i));
                    let bought = ln_choose(t, k) + ln_beta(m.alpha + k, m.beta + t - k) - ln_beta(m.alpha, m.beta);
                    let dies = if i < periods { 1.0 } else { 0.0 };
                    (bought + ln_beta(m.gamma + dies, m.delta + t) - ln_beta(m.gamma, m.delta)).exp()
                })
                .sum()
        })
        .collect()
}

fn models() -> impl Strategy<Value = BgBb> {
    [-3f64..4.0, -3f64..4.0, -3f64..4.0, -3f64..4.0].prop_map(|v| plain(v.map(f64::exp)))
}

fn extreme_models() -> impl Strategy<Value = BgBb> {
    let log = || -11.5f64..13.8;
    [log(), log(), log(), log()].prop_map(|v| plain(v.map(|v| v.exp().clamp(1e-5, 1e6))))
}

fn customers(n: u32) -> impl Strategy<Value = Summary> {
    (0..=n).prop_flat_map(|n| (0..=n, Just(n))).prop_flat_map(|(t_x, n)| {
        let least = t_x.min(1);
        (least..=t_x, Just(t_x), Just(n)).prop_map(|(x, t_x, n)| customer(x, t_x, n))
    })
}

proptest! {
    #[test]
    fn likelihood_is_the_plain_sum(model in models(), c in customers(30)) {
        let want = naive_likelihood(&model, c.frequency, c.recency, c.t);
        let got = model.log_likelihood(&c);
        prop_assert!((got - want.ln()).abs() < 1e-11 * (1.0 + want.ln().abs()), "{got} instead of {}", want.ln());
    }

    #[test]
    fn forecasts_are_the_plain_sums(model in models(), c in customers(12), m in 1u32..9) {
        // The futures of the customer are new customers' futures given the past: by Bayes' rule over the likelihood.
        let (x, t_x, n) = (c.frequency, c.recency, c.t);
        let past = naive_likelihood(&model, x, t_x, n);
        let none = naive_likelihood(&model, x, t_x, n + f64::from(m)) / past;
        let buys = model.purchase_probability(&c, f64::from(m) + 0.7);
        prop_assert!((buys - (1.0 - none)).abs() < 1e-11, "{buys} instead of {}", 1.0 - none);
        let (there, then) = model.there(&c);
        let counts = naive_counts(&then, m);
        let expected: f64 = (0..).zip(&counts).map(|(k, p)| f64::from(k) * p).sum::<f64>() * there;
        let got = model.expected_purchases(&c, f64::from(m));
        prop_assert!((got - expected).abs() < 1e-11 * (1.0 + expected), "{got} instead of {expected}");
        for (k, want) in (0..).zip(&counts) {
            let got = then.count_probability(k, f64::from(m));
            prop_assert!((got - want).abs() < 1e-12, "P(X = {k}): {got} instead of {want}");
        }
        prop_assert_eq!(then.count_probability(m + 1, f64::from(m)), 0.0);
    }

    #[test]
    fn nothing_breaks_and_all_grows(model in extreme_models(), c in customers(10_000), p in 0.01f64..0.99) {
        let ln = model.log_likelihood(&c);
        prop_assert!(ln.is_finite() && ln <= 1e-9, "{ln}");
        let alive = model.p_alive(&c);
        prop_assert!((0.0..=1.0).contains(&alive));
        let (mut expected, mut buys) = (0.0, 0.0);
        for m in [0.5, 1.0, 2.0, 100.0, 4095.0, 4096.0, 4097.0, 10_000.0, 1e6, 1e12] {
            let (e, b) = (model.expected_purchases(&c, m), model.purchase_probability(&c, m));
            prop_assert!(e >= expected * (1.0 - 1e-12) && e <= m && b >= buys * (1.0 - 1e-12) && b <= 1.0);
            // Below it numbers have lost their digits.
            prop_assert!(b <= e * (1.0 + 1e-9) + 1e-300, "{} of {}", b, e);
            (expected, buys) = (e, b);
        }
        let ever = model.purchase_probability(&c, f64::INFINITY);
        prop_assert!(ever >= buys * (1.0 - 1e-11) && ever <= 1.0, "{ever:e} after {buys:e}");
        prop_assert!(!model.expected_purchases(&c, f64::INFINITY).is_nan());
        let dert = model.discounted_purchases(&c, 0.01, f64::INFINITY);
        prop_assert!(dert >= 0.0 && dert <= 1.0 / 0.01f64.exp_m1() * (1.0 + 1e-9));
        prop_assert!(model.discounted_purchases(&c, 0.01, 1000.0) <= dert * (1.0 + 1e-12));
        let k = model.count_probability(c.frequency as u32, c.t);
        prop_assert!((0.0..=1.0).contains(&k));
        let wait = model.wait_quantile(&c, p);
        prop_assert!(wait >= 1.0);
        if wait < 1e15 {
            let then = model.there(&c).1;
            let target = p * then.buys_within(f64::INFINITY);
            prop_assert!(then.buys_within(wait) >= target && then.buys_within(wait - 1.0) < target);
        }
    }

    #[test]
    fn derivatives_are_those_of_the_likelihood(model in models(), c in prop::collection::vec(customers(40), 1..6)) {
        let customers: Vec<(Summary, f64)> = c.into_iter().zip([1.0, 2.0, 0.5, 4.0, 1.5]).collect();
        let likelihood = Likelihood::new(&customers);
        let at = [model.alpha, model.beta, model.gamma, model.delta];
        let ((value, gradient), hessian) = (likelihood.value_and_gradient(&at), likelihood.hessian(&at));
        for i in 0..4 {
            let moved = |by: f64| {
                let mut at = at;
                at[i] *= 1.0 + by;
                likelihood.value_and_gradient(&at)
            };
            let (low, high) = (moved(-1e-5), moved(1e-5));
            let slope = (high.0 - low.0) / (2e-5 * at[i]);
            prop_assert!((slope - gradient[i]).abs() * at[i] < 1e-8 * (1.0 + value.abs()), "{slope} {}", gradient[i]);
            for j in 0..4 {
                let bend = (high.1[j] - low.1[j]) / (2e-5 * at[i]);
                let error = (bend - hessian[i][j]).abs() * at[i] * at[j];
                prop_assert!(error < 1e-7 * (1.0 + value.abs()), "{i} {j}: {bend} {}", hessian[i][j]);
            }
        }
    }
}

#[test]
fn slow_tails_are_summed_to_the_end() {
    // mpmath at 40 digits, the 3F2(1) of the first purchase: slow.
    for (v, want) in SLOW {
        let got = plain(v).buys_within(f64::INFINITY);
        assert!((got / want - 1.0).abs() < 1e-11, "{v:?}: {got:e} instead of {want:e}");
    }
}

/// Parameters and P(ever buys), by tests/reference/beta_geometric.py.
const SLOW: [([f64; 4], f64); 6] = [
    ([0.05, 0.5, 0.05, 1.0], 0.526_174_619_669_144_4),
    ([1.2, 0.75, 0.65, 2.8], 0.715_576_898_293_497_8),
    ([0.3, 40.0, 0.2, 3.0], 0.387_013_661_799_806_4),
    ([0.01, 5.0, 2.0, 100.0], 0.023_007_785_635_221_55),
    ([3.0, 100000.0, 0.5, 20000.0], 0.654_195_170_784_977),
    ([50.0, 1000000.0, 20.0, 1000000.0], 0.714_275_654_063_126_9),
];

#[test]
fn draws_are_as_expected() {
    let mut random = ChaCha12Rng::seed_from_u64(7);
    for (c, within) in [(NEW, 10.0), (customer(3, 4, 6), 5.5), (customer(6, 6, 6), 1.0), (customer(1, 1, 6), 20.0)] {
        let (mut sum, mut none, mut times, draws) = (0.0, 0.0, Vec::new(), 40_000);
        for _ in 0..draws {
            times.clear();
            DONATIONS.draw_purchases(&c, within, &mut random, &mut times);
            assert!(times.is_sorted_by(|a, b| a < b) && times.iter().all(|t| *t >= 1.0 && *t <= within));
            sum += times.len() as f64;
            none += if times.is_empty() { 1.0 } else { 0.0 };
        }
        let n = f64::from(draws);
        let (expected, buys) = (DONATIONS.expected_purchases(&c, within), DONATIONS.purchase_probability(&c, within));
        assert!((sum / n - expected).abs() < 0.05 * expected.max(0.3), "{c:?}: {} for {expected}", sum / n);
        assert!((1.0 - none / n - buys).abs() < 0.01, "{c:?}: {} for {buys}", 1.0 - none / n);
    }
}

#[test]
fn bases_without_a_maximum_end_in_words() {
    let base =
        |rows: &[(u32, u32, u32)]| rows.iter().map(|&(x, t_x, n)| (customer(x, t_x, n), 50.0)).collect::<Vec<_>>();
    for rows in [
        &[(6, 6, 6)][..],
        &[(0, 0, 6)],
        &[(0, 0, 1), (1, 1, 1)],
        &[(3, 6, 6), (3, 6, 6)],
        &[(0, 0, 10_000), (10_000, 10_000, 10_000), (5_000, 9_999, 10_000)],
        &[(0, 0, 0)],
    ] {
        let fit = fit(&base(rows));
        assert!(!fit.log_likelihood.is_nan() && fit.params.iter().all(|v| v.is_finite()), "{rows:?}: {fit:?}");
        assert!(!matches!(fit.status, Status::NotConverged(_)), "{rows:?}: {fit:?}");
    }
}
