//! Experiments whose truth is known: how often intervals hold it, and how often nothing is called something.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, LogNormal};

use super::*;
use crate::domain::math::gamma::ln_gamma;

const EXPERIMENTS: usize = 1_000;

/// Treated and control customers: fewer are held back than are treated.
const GROUPS: (i64, i64) = (2_000, 1_000);

/// How many of 1,000 hold at a level; 5 % have a standard error of 0.7 points.
#[track_caller]
fn about(what: &str, found: usize, low: f64, high: f64) {
    let share = found as f64 / EXPERIMENTS as f64;
    assert!((low..=high).contains(&share), "{what}: {share}");
}

fn holds(interval: Option<Interval>, truth: f64) -> bool {
    interval.is_some_and(|interval| interval.low <= truth && truth <= interval.high)
}

/// What experiments say that are made by the given draw.
fn count(mut experiment: impl FnMut() -> Comparison, checks: [&dyn Fn(&Comparison) -> bool; 3]) -> [usize; 3] {
    let mut counts = [0; 3];
    for _ in 0..EXPERIMENTS {
        let said = experiment();
        for (count, check) in counts.iter_mut().zip(checks) {
            *count += usize::from(check(&said));
        }
    }
    counts
}

fn drawn_conversions(random: &mut ChaCha8Rng, (p, q): (f64, f64)) -> Comparison {
    let mut converted = |customers: i64, rate: f64| (0..customers).filter(|_| random.random::<f64>() < rate).count();
    let (x, y) = (converted(GROUPS.0, p), converted(GROUPS.1, q));
    conversions([GROUPS.0, x as i64, GROUPS.1, y as i64], 0.95)
}

fn drawn_revenue(
    random: &mut ChaCha8Rng,
    mut treated: impl FnMut(&mut ChaCha8Rng) -> f64,
    mut control: impl FnMut(&mut ChaCha8Rng) -> f64,
) -> Comparison {
    let treated: Vec<f64> = (0..GROUPS.0).map(|_| treated(random)).collect();
    let control: Vec<f64> = (0..GROUPS.1).map(|_| control(random)).collect();
    means(moments(&treated), moments(&control), 0.95)
}

pub(super) fn moments(values: &[f64]) -> Figures {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (values.len() as i64, mean, variance)
}

#[test]
fn a_true_lift_of_conversions_is_held() {
    for (seed, p, q) in [(1, 0.12, 0.10), (2, 0.065, 0.05), (3, 0.45, 0.5)] {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let [difference, lift, found] = count(
            || drawn_conversions(&mut random, (p, q)),
            [&|said| holds(said.difference_interval, p - q), &|said| holds(said.lift_interval, p / q - 1.0), &|said| {
                said.p_value.is_some_and(|value| value < 0.05)
            }],
        );
        about("difference", difference, 0.93, 0.97);
        about("lift", lift, 0.93, 0.97);
        assert!(found > EXPERIMENTS / 5, "{found}");
    }
}

#[test]
fn no_lift_of_conversions_is_called_one_by_chance_only() {
    for (seed, rate) in [(14, 0.1), (15, 0.04), (16, 0.5)] {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let [significant, outside, without] = count(
            || drawn_conversions(&mut random, (rate, rate)),
            [
                &|said| said.p_value.is_some_and(|value| value < 0.05),
                &|said| !holds(said.difference_interval, 0.0),
                &|said| said.lift_interval.is_none(),
            ],
        );
        about("significant", significant, 0.04, 0.06);
        about("outside", outside, 0.03, 0.07);
        assert_eq!(without, 0);
    }
}

#[test]
fn a_true_lift_of_revenue_is_held() {
    // 30 % of the treated and 25 % of the control customers buy, for log-normal sums with mean exp(3 + 0.8²/2).
    let sums = LogNormal::new(3.0, 0.8).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(31);
    let draw = |rate: f64| {
        move |random: &mut ChaCha8Rng| if random.random::<f64>() < rate { sums.sample(random) } else { 0.0 }
    };
    let truth = (0.30 - 0.25) * (3.0f64 + 0.32).exp();
    let [difference, lift, found] = count(
        || drawn_revenue(&mut random, draw(0.30), draw(0.25)),
        [&|said| holds(said.difference_interval, truth), &|said| holds(said.lift_interval, 0.2), &|said| {
            said.p_value.is_some_and(|value| value < 0.05)
        }],
    );
    about("difference", difference, 0.93, 0.97);
    about("lift", lift, 0.93, 0.97);
    assert!(found > EXPERIMENTS / 5, "{found}");
}

#[test]
fn no_lift_of_revenue_is_called_one_by_chance_only() {
    // As many buy in both groups for as much on average, though the sums of the treated vary more.
    let (wide, narrow) = (Gamma::new(0.7, 40.0 / 0.7).unwrap(), Gamma::new(2.0, 20.0).unwrap());
    let draw = |sums: Gamma<f64>| {
        move |random: &mut ChaCha8Rng| if random.random::<f64>() < 0.2 { sums.sample(random) } else { 0.0 }
    };
    let mut random = ChaCha8Rng::seed_from_u64(41);
    let [significant, difference, lift] = count(
        || drawn_revenue(&mut random, draw(wide), draw(narrow)),
        [
            &|said| said.p_value.is_some_and(|value| value < 0.05),
            &|said| holds(said.difference_interval, 0.0),
            &|said| holds(said.lift_interval, 0.0),
        ],
    );
    about("significant", significant, 0.04, 0.06);
    about("difference", difference, 0.94, 0.96);
    assert_eq!(lift, difference);
}

/// The probability of each count of n customers who convert at a rate.
fn binomial(n: i64, rate: f64) -> Vec<f64> {
    let ln_factorial = |k: i64| ln_gamma(k as f64 + 1.0);
    (0..=n)
        .map(|k| {
            let ways = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
            (ways + k as f64 * rate.ln() + (n - k) as f64 * (1.0 - rate).ln()).exp()
        })
        .collect()
}

/// All outcomes of an experiment, each with its probability, instead of draws.
#[test]
fn the_coverage_of_newcombe_by_all_outcomes() {
    let (n, m) = (60, 30);
    let intervals: Vec<Vec<Interval>> = (0..=n)
        .map(|x| (0..=m).map(|y| conversions([n, x, m, y], 0.95).difference_interval.unwrap()).collect())
        .collect();
    let (mut sum, mut least, mut cases) = (0.0, 1.0f64, 0);
    for p in (1..20).map(|i| f64::from(i) / 20.0) {
        for q in (1..20).map(|i| f64::from(i) / 20.0) {
            let (of_treated, of_control) = (binomial(n, p), binomial(m, q));
            let mut coverage = 0.0;
            for (row, a) in intervals.iter().zip(&of_treated) {
                for (interval, b) in row.iter().zip(&of_control) {
                    if holds(Some(*interval), p - q) {
                        coverage += a * b;
                    }
                }
            }
            (sum, least, cases) = (sum + coverage, least.min(coverage), cases + 1);
        }
    }
    let mean = sum / f64::from(cases);
    assert!((0.945..0.965).contains(&mean) && least > 0.90, "{mean} on average, {least} at least");
}
