//! How often conversions are called different where they are not: not simulated, but summed over all outcomes.

use statrs::distribution::{Binomial, Discrete};

use super::{Comparison, conversions, normal_tails};

/// The shares of experiments that are called a win and a loss at 95 %: of so many treated and control customers, all of whom convert at a rate.
fn called(treated: u64, control: u64, rate: f64, p_value: impl Fn([u64; 4]) -> Option<f64>) -> [f64; 2] {
    let likely = |customers: u64| {
        let counts = Binomial::new(rate, customers).unwrap();
        (0..=customers).map(move |x| (x, counts.pmf(x))).filter(|(_, p)| *p > 1e-9).collect::<Vec<_>>()
    };
    let (mut win, mut loss) = (0.0, 0.0);
    for (x, p) in likely(treated) {
        for (y, q) in likely(control) {
            if p_value([treated, x, control, y]).is_some_and(|p_value| p_value <= 0.05) {
                let is_win = x * control > y * treated;
                *(if is_win { &mut win } else { &mut loss }) += p * q;
            }
        }
    }
    [win, loss]
}

fn ours(groups: [u64; 4]) -> Option<f64> {
    let Comparison { p_value, .. } = conversions(groups.map(|count| count as i64), 0.95);
    p_value
}

/// Pearson's chi-square test.
fn chi_square([n, x, m, y]: [u64; 4]) -> Option<f64> {
    let [n, x, m, y] = [n, x, m, y].map(|count| count as f64);
    let rate = (x + y) / (n + m);
    let error = (rate * (1.0 - rate) * (1.0 / n + 1.0 / m)).sqrt();
    (error > 0.0).then(|| normal_tails((x / n - y / m) / error))
}

#[test]
fn few_conversions_are_seldom_called_different() {
    for (treated, control, rate) in
        [(900, 100, 0.05), (2000, 200, 0.02), (300, 300, 0.02), (900, 100, 0.02), (500, 50, 0.1)]
    {
        let [win, loss] = called(treated, control, rate, ours);
        assert!(win <= 0.034 && loss <= 0.034, "{treated} {control} {rate}: {win} {loss}");
    }
    // The balance of both sides, and what the chi-square test makes of it: one side oftener than it may.
    let [win, loss] = called(900, 100, 0.05, ours);
    assert!((0.016..0.034).contains(&win) && (0.016..0.034).contains(&loss), "{win} {loss}");
    let [_, loss] = called(900, 100, 0.02, chi_square);
    assert!(loss > 0.034, "{loss}");
}
