//! The Pareto/NBD model against values computed independently at high precision, and its laws.

use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::domain::math::hypergeometric::ln_2f1;
use crate::domain::models::purchase_model::NEW;

/// The optimum of the CDNOW sample in exact weeks: `mle_reference.json`.
const CDNOW: ParetoNbd = ParetoNbd {
    r: 0.553_277_046_853_179_6,
    alpha: 10.577_683_463_302_314,
    s: 0.606_239_989_127_826,
    beta: 11.668_735_288_855,
};

/// A CSV file's rows of a model (all rows where `model` is empty), as numbers by the names of their columns.
fn rows<'a>(text: &'a str, model: &'a str) -> impl Iterator<Item = impl Fn(&str) -> f64 + 'a> + 'a {
    let mut lines = text.lines().skip_while(|line| line.starts_with('#'));
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines.filter(move |line| line.starts_with(model)).map(move |line| {
        let names = names.clone();
        move |name: &str| {
            let column = names.iter().position(|n| *n == name).unwrap();
            line.split(',').nth(column).unwrap().parse().unwrap()
        }
    })
}

fn summary(frequency: f64, recency: f64, t: f64) -> Summary {
    Summary { frequency, recency, t }
}

/// The largest error of a kind seen, for the message of a test that passes or fails.
#[derive(Default)]
struct Worst(std::collections::BTreeMap<String, (f64, String)>);

impl Worst {
    fn see(&mut self, what: &str, got: f64, want: f64, at: impl std::fmt::Debug) {
        let error = if got == want { 0.0 } else { ((got - want) / want).abs() };
        self.note(what, error, at);
    }

    fn note(&mut self, what: &str, error: f64, at: impl std::fmt::Debug) {
        let worst = self.0.entry(what.into()).or_insert((-1.0, String::new()));
        if error.is_nan() || error > worst.0 {
            *worst = (if error.is_nan() { f64::INFINITY } else { error }, format!("{at:?}"));
        }
    }

    #[track_caller]
    fn below(&self, limit: f64) {
        for (what, (error, at)) in &self.0 {
            println!("{what}: {error:.1e} at {at}");
        }
        for (what, (error, at)) in &self.0 {
            assert!(*error <= limit, "{what}: {error:.1e} at {at}");
        }
    }
}

#[test]
fn agrees_with_the_reference_on_every_customer_of_the_cdnow_sample() {
    let mut worst = Worst::default();
    let dert = include_str!("../../../../tests/data/cdnow_pnbd_dert_btyd_mle.csv");
    let customers = include_str!("../../../../tests/data/cdnow_sample_mle.csv");
    let mut seen = 0;
    for (row, dert) in rows(customers, "").zip(rows(dert, "")) {
        let customer = summary(row("frequency"), row("recency_days") / 7.0, row("T_days") / 7.0);
        worst.see("p_alive", CDNOW.p_alive(&customer), row("pnbd_p_alive"), customer);
        for weeks in ["1", "4.345", "39", "52"] {
            let expected = CDNOW.expected_purchases(&customer, weeks.parse().unwrap());
            worst.see("expected", expected, row(&format!("pnbd_exp_purch_{weeks}w")), customer);
        }
        assert_eq!(row("id"), dert("id"));
        let discounted = CDNOW.discounted_purchases(&customer, 0.0027, f64::INFINITY);
        worst.see("discounted", discounted, dert("pnbd_dert_weekly_d0.0027"), customer);
        seen += 1;
    }
    assert_eq!(seen, 2357);
    worst.below(1e-9);
}

#[test]
fn agrees_with_the_reference_on_hard_cases() {
    let mut worst = Worst::default();
    let mut seen = 0;
    for row in rows(include_str!("../../../../tests/data/stress_mpmath.csv"), "pnbd") {
        let model = ParetoNbd { r: row("p1"), alpha: row("p2"), s: row("p3"), beta: row("p4") };
        let customer = summary(row("frequency"), row("recency"), row("T"));
        let at = (model, customer, row("horizon"));
        worst.see("log-likelihood", model.log_likelihood(&customer), row("loglik"), at);
        // Where the customer surely has left, only the absolute value says anything.
        let relative = |got: f64, want: f64| if want < 1e-250 { (got - want).abs() } else { (got / want - 1.0).abs() };
        worst.note("p_alive", relative(model.p_alive(&customer), row("p_alive")), at);
        let expected = model.expected_purchases(&customer, row("horizon"));
        worst.note("expected", relative(expected, row("expected_purchases")), at);
        let discounted = model.discounted_purchases(&customer, 0.0027, f64::INFINITY);
        worst.note("discounted", relative(discounted, row("dert_d0.0027")), at);
        seen += 1;
    }
    assert_eq!(seen, 174);
    worst.below(1e-10);
}

#[test]
fn agrees_with_the_reference_on_the_next_purchase() {
    let mut worst = Worst::default();
    for row in rows(include_str!("../../../../tests/data/purchase_probability.csv"), "pnbd") {
        let customer = summary(row("x"), row("t_x_weeks"), row("T_weeks"));
        for weeks in ["1", "4", "13", "39"] {
            let got = CDNOW.purchase_probability(&customer, weeks.parse().unwrap());
            worst.see("within", got, row(&format!("p_at_least_one_{weeks}w")), (customer, weeks));
        }
        worst.see("ever", CDNOW.purchase_probability(&customer, f64::INFINITY), row("p_ever_again"), customer);
        worst.see("median", CDNOW.wait_quantile(&customer, 0.5), row("median_wait_weeks_given_purchase"), customer);
    }
    for row in rows(include_str!("../../../../tests/data/dert.csv"), "pnbd") {
        let customer = summary(row("x"), row("t_x_weeks"), row("T_weeks"));
        worst.see("DERT", CDNOW.discounted_purchases(&customer, 0.0027, f64::INFINITY), row("dert_d0.0027"), customer);
    }
    for row in rows(include_str!("../../../../tests/data/cdnow_expected_curve_mle.csv"), "") {
        let weeks = row("t_weeks");
        worst.see("curve", CDNOW.expected_purchases(&NEW, weeks), row("pnbd_E_X_t"), weeks);
    }
    worst.below(1e-11);
}

/// 240 cases at 33 digits, by tests/reference/pareto_nbd.py: x to 10⁵, T to 10⁵ and far below, s at and near 1, α at and
/// near β, all parameters tiny and huge.
#[test]
fn agrees_with_the_reference_over_the_range_of_the_parameters() {
    let mut worst = Worst::default();
    let mut seen = 0;
    for row in rows(include_str!("../../../../tests/data/pareto_nbd.csv"), "") {
        let model = ParetoNbd { r: row("r"), alpha: row("alpha"), s: row("s"), beta: row("beta") };
        let customer = summary(row("frequency"), row("recency"), row("T"));
        let (within, rate, n) = (row("within"), row("rate"), row("n"));
        let at = (model, customer, within, rate, n);
        // Where the log-likelihood is near 0 its terms are not.
        let terms = row("log_likelihood").abs().max(1.0);
        worst.note("log-likelihood", (model.log_likelihood(&customer) - row("log_likelihood")).abs() / terms, at);
        let mut see = |what: &str, got: f64, want: &str| {
            let want = row(want);
            // Where the customer surely has left, only the absolute value says anything.
            worst.note(what, if want.abs() < 1e-250 { (got - want).abs() } else { (got / want - 1.0).abs() }, at);
        };
        see("p_alive", model.p_alive(&customer), "p_alive");
        see("expected", model.expected_purchases(&customer, within), "expected");
        see("within", model.purchase_probability(&customer, within), "within_p");
        see("ever", model.purchase_probability(&customer, f64::INFINITY), "ever_p");
        see("discounted", model.discounted_purchases(&customer, rate, f64::INFINITY), "discounted");
        see("count", model.count_probability(n as u32, customer.t), "count_p");
        for p in [1e-9, 0.3, 0.5, 0.9] {
            let (alive, wait) = (model.alive(&customer), model.wait_quantile(&customer, p));
            if wait < f64::INFINITY {
                let part = alive.buys(wait) / alive.buys(f64::INFINITY);
                worst.see("quantile", part, p, at);
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 240);
    worst.below(1e-10);
}

/// Values over many powers of ten.
fn power(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|exponent| 10f64.powf(exponent))
}

proptest! {
    /// E[λ/(λ+μ)] for λ ~ gamma(R, rate A) and μ ~ gamma(s, rate B), of its two series the one that converges.
    #[test]
    fn who_ever_buys_again_is_the_closed_form(
        r in power(-3.0, 3.0), alpha in power(-2.0, 4.0), s in prop_oneof![power(-3.0, 3.0), Just(1.0)],
        beta in power(-2.0, 4.0), x in 0u32..10_000, t in power(-2.0, 4.0), alike in any::<bool>(),
    ) {
        let model = ParetoNbd { r, alpha, s, beta: if alike { alpha } else { beta } };
        let customer = summary(f64::from(x), if x == 0 { 0.0 } else { 0.9 * t }, t);
        let (shape, a, b) = (r + f64::from(x), alpha + t, model.beta + t);
        let buys = if b <= a {
            shape / (shape + s) * (b / a) * ln_2f1(1.0, shape + 1.0, shape + s + 1.0, 1.0 - b / a).exp()
        } else {
            1.0 - s / (shape + s) * (a / b) * ln_2f1(1.0, s + 1.0, shape + s + 1.0, 1.0 - a / b).exp()
        };
        let (found, closed) = (model.alive(&customer).buys(f64::INFINITY), buys);
        prop_assert!((found - closed).abs() <= 1e-10 * closed + 1e-14, "{found} {closed}");
    }

    #[test]
    fn says_something_sensible_of_everyone(
        model in (power(-4.0, 6.0), power(-6.0, 15.0), prop_oneof![power(-4.0, 6.0), Just(1.0), Just(0.0)], power(-6.0, 15.0)),
        x in 0u32..100_000,
        (part, t) in (0.0..=1.0f64, prop_oneof![power(-3.0, 5.0), Just(0.0)]),
        (within, more) in (power(-6.0, 8.0), 1.0..10.0f64),
        (rate, p, n) in (power(-9.0, 2.0), 0.0..1.0f64, 0u32..1000),
    ) {
        let (r, alpha, s, beta) = model;
        let model = ParetoNbd { r, alpha, s, beta };
        let customer = summary(if t == 0.0 { 0.0 } else { f64::from(x) }, if x == 0 { 0.0 } else { part * t }, t);
        prop_assert!(model.log_likelihood(&customer).is_finite());
        let alive = model.p_alive(&customer);
        prop_assert!((0.0..=1.0).contains(&alive), "P(alive) {alive}");
        let rounding = 1.0 + 1e-12;
        let at = |within: f64| (
            model.expected_purchases(&customer, within),
            model.purchase_probability(&customer, within),
            model.discounted_purchases(&customer, rate, within),
        );
        let ((expected, bought, discounted), later) = (at(within), at(within * more));
        prop_assert!(expected >= 0.0 && expected <= later.0 * rounding, "expected {expected} {}", later.0);
        prop_assert!(bought >= 0.0 && bought <= later.1 * rounding, "bought {bought} {}", later.1);
        prop_assert!(discounted >= 0.0 && discounted <= later.2 * rounding, "discounted {discounted} {}", later.2);
        prop_assert!(discounted <= expected * rounding && bought <= expected * rounding);
        let ever = model.purchase_probability(&customer, f64::INFINITY);
        prop_assert!(later.1 <= ever * rounding && ever <= alive * rounding, "ever {ever}");
        prop_assert!(model.discounted_purchases(&customer, rate, f64::INFINITY) >= later.2 / rounding);
        let wait = model.wait_quantile(&customer, p);
        prop_assert!(wait >= 0.0 && wait <= model.wait_quantile(&customer, 0.5 + 0.5 * p) * rounding, "wait {wait}");
        let count = model.count_probability(n, within);
        prop_assert!((0.0..=1.0).contains(&count), "count {count}");
        prop_assert_eq!(at(0.0), (0.0, 0.0, 0.0));
    }
}

#[test]
fn the_longest_waits_do_not_end() {
    let model = ParetoNbd { r: 5.7e-4, alpha: 0.055, s: 0.0, beta: 1.0 };
    let waits = [0.1, 0.3, 0.46, 0.5, 0.73, 0.99].map(|p| model.wait_quantile(&summary(0.0, 0.0, 0.13), p));
    assert!(waits.is_sorted() && waits[0] < 1e100 && waits[4..] == [f64::INFINITY; 2], "{waits:?}");
}

#[test]
fn counts_sum_to_one_and_have_the_expected_mean() {
    for (model, within) in
        [(CDNOW, 39.0), (ParetoNbd { s: 1.0, beta: 0.5, ..CDNOW }, 1e3), (ParetoNbd { s: 0.0, ..CDNOW }, 20.0)]
    {
        let (mut sum, mut mean) = (0.0, 0.0);
        for n in 0..4000 {
            let p = model.count_probability(n, within);
            sum += p;
            mean += f64::from(n) * p;
        }
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        let want = model.expected_purchases(&NEW, within);
        assert!((mean / want - 1.0).abs() < 1e-11, "{mean} instead of {want}");
    }
    assert_eq!((CDNOW.count_probability(0, 0.0), CDNOW.count_probability(3, 0.0)), (1.0, 0.0));
}

/// Beyond the bounds of the times: nothing may be NaN.
#[test]
fn limits_are_not_nan() {
    let nobody_leaves = ParetoNbd { s: 0.0, ..CDNOW };
    let customer = summary(3.0, 20.0, 30.0);
    assert_eq!(nobody_leaves.p_alive(&customer), 1.0);
    assert!(
        (nobody_leaves.expected_purchases(&customer, 10.0) / (3.0 + CDNOW.r) * (30.0 + CDNOW.alpha) - 10.0).abs()
            < 1e-13
    );
    assert!((nobody_leaves.purchase_probability(&customer, f64::INFINITY) - 1.0).abs() < 1e-14);
    for model in [CDNOW, nobody_leaves, ParetoNbd { s: 1.0, ..CDNOW }] {
        assert_eq!(model.expected_purchases(&customer, f64::INFINITY), f64::INFINITY);
        assert!(!model.count_probability(5, f64::INFINITY).is_nan());
        assert_eq!((model.wait_quantile(&customer, 0.0), model.wait_quantile(&customer, 1.0)), (0.0, f64::INFINITY));
    }
    assert!(ParetoNbd { s: 1.5, ..CDNOW }.expected_purchases(&customer, f64::INFINITY) < 100.0);
    // Quantiles beyond the range of f64.
    let slow = ParetoNbd { r: 1e-4, s: 1e-4, ..CDNOW };
    assert_eq!(slow.wait_quantile(&NEW, 0.9), f64::INFINITY);
}

#[test]
fn draws_as_many_purchases_as_expected() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for customer in [NEW, summary(3.0, 20.0, 30.0)] {
        let (mut times, draws, within) = (Vec::new(), 200_000, 52.0);
        let (mut buyers, mut squares) = (0.0, 0.0);
        for _ in 0..draws {
            let before = times.len();
            CDNOW.draw_purchases(&customer, within, &mut random, &mut times);
            let drawn = &times[before..];
            assert!(drawn.is_sorted() && drawn.iter().all(|t| *t > 0.0 && *t <= within));
            buyers += f64::from(u8::from(!drawn.is_empty()));
            squares += (drawn.len() as f64).powi(2);
        }
        let n = f64::from(draws);
        let (mean, want) = (times.len() as f64 / n, CDNOW.expected_purchases(&customer, within));
        let error = ((squares / n - mean * mean) / n).sqrt();
        assert!((mean - want).abs() < 4.0 * error, "{mean} instead of {want} ± {error}");
        let (part, want) = (buyers / n, CDNOW.purchase_probability(&customer, within));
        assert!((part - want).abs() < 4.0 * (want * (1.0 - want) / n).sqrt(), "{part} instead of {want}");
    }
}
