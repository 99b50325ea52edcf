//! What must hold for any parameters and customers.

use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use super::*;
use crate::domain::math::hypergeometric::ln_2f1;
use crate::domain::models::bg_nbd::PARAMETERS;
use crate::domain::models::purchase_model::NEW;

/// Any model whose parameters are within their bounds.
fn any_model() -> impl Strategy<Value = Cnbd> {
    let ln = |i: usize| PARAMETERS[i].lower.ln()..=PARAMETERS[i].upper.ln();
    (1u32..=12, ln(0), ln(1), ln(2), ln(3), any::<bool>(), 0..5).prop_map(|(k, r, alpha, a, b, at_first, coin)| Cnbd {
        k: if k > 6 { 1 } else { k * 2 },
        r: r.exp(),
        alpha: alpha.exp(),
        dropout: (coin > 0).then(|| Dropout { a: a.exp(), b: b.exp(), at_first }),
    })
}

/// Any customer: x to 10⁵, T to 10⁶.
fn any_customer() -> impl Strategy<Value = Summary> {
    (0f64..11.5, 0f64..=1.0, -7f64..14.0, 0..4).prop_map(|(x, share, t, kind)| {
        let (x, t) = (if kind == 0 { 0.0 } else { x.exp().floor() }, t.exp());
        customer(
            x,
            if x == 0.0 {
                0.0
            } else if kind == 1 {
                t
            } else {
                t * share
            },
            t,
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn figures_are_what_they_must_be(model in any_model(), c in any_customer(), ln_within in -9f64..16.0, p in 1e-6f64..1.0) {
        let within = ln_within.exp();
        prop_assert!(model.log_likelihood(&c).is_finite());
        let alive = model.p_alive(&c);
        prop_assert!((0.0..=1.0).contains(&alive));
        let (one, more) = (model.expected_purchases(&c, within), model.expected_purchases(&c, 2.0 * within));
        prop_assert!(one >= 0.0 && one.is_finite() && more >= one * (1.0 - 1e-11), "{one} {more}");
        // As if no customer left, all of them.
        let most = alive * (model.r + f64::from(model.k) * (c.frequency + 1.0)) * within / (model.alpha + c.t);
        prop_assert!(one <= most * (1.0 + 1e-10), "{one} {most}");
        let (first, later) = (model.purchase_probability(&c, within), model.purchase_probability(&c, 2.0 * within));
        prop_assert!(first >= 0.0 && first <= later * (1.0 + 1e-12) && later <= alive * (1.0 + 1e-14), "{first} {later} {alive}");
        prop_assert!(first <= one * (1.0 + 1e-10) + 1e-300, "{first} {one}");
        prop_assert_eq!(model.purchase_probability(&c, f64::INFINITY), alive);
        let wait = model.wait_quantile(&c, p);
        prop_assert!(wait >= 0.0, "{wait}");
        // Beyond it the true wait may be more than a number can hold.
        if wait < 1e290 && wait > 0.0 && alive > 1e-200 {
            let share = model.purchase_probability(&c, wait) / alive;
            prop_assert!((share - p).abs() < 1e-9 * p.max(1e-3), "{share} after {wait} instead of {p}");
        }
        let rate = 0.1 / within;
        let worth = model.discounted_purchases(&c, rate, within);
        prop_assert!(worth <= one * (1.0 + 1e-10) && worth >= one * (-0.1f64).exp() * (1.0 - 1e-10), "{worth} {one}");
        let ever = model.discounted_purchases(&c, rate, f64::INFINITY);
        prop_assert!(ever >= worth * (1.0 - 1e-10) && ever.is_finite(), "{ever} {worth}");
        let count = model.count_probability((c.frequency / 3.0) as u32, within);
        prop_assert!((0.0..=1.0).contains(&count));
    }

    /// Fader, Hardie, Lee 2005, eq. 10, where its difference does not cancel.
    #[test]
    fn expected_purchases_are_the_closed_form_of_the_literature(
        ln_r in -5f64..9.0, ln_alpha in -2f64..9.0, a in 1.2f64..50.0, b in 0.05f64..50.0, ln_x in 0f64..9.0,
        t in 0.1f64..5e3, odds in 1e-2f64..1e3, at_first in any::<bool>(),
    ) {
        let model = Cnbd { k: 1, r: ln_r.exp(), alpha: ln_alpha.exp(), dropout: Some(Dropout { a, b, at_first }) };
        let c = customer(ln_x.exp().floor(), 0.9 * t, t);
        let (shape, scale, b) = (model.r + c.frequency, model.alpha + t, b + c.frequency + f64::from(u8::from(at_first)));
        let within = odds * scale;
        let kept = -shape * odds.ln_1p() + ln_2f1(shape, b, a + b - 1.0, odds / (1.0 + odds));
        let most = model.p_alive(&c) * (a + b - 1.0) / (a - 1.0);
        let (found, closed) = (model.expected_purchases(&c, within), most * -kept.exp_m1());
        prop_assert!((found - closed).abs() <= 1e-10 * closed + 1e-11 * most, "{found} {closed}");
    }

    #[test]
    fn the_sum_and_the_rate_agree(r in 0.01f64..20.0, alpha in 1f64..50.0, a in 0.01f64..20.0, b in 0.01f64..20.0,
                                  x in 0u32..40, odds in 1e-6f64..10.0, at_first in any::<bool>(), rate in 0f64..0.1) {
        let model = Cnbd { k: 1, r, alpha, dropout: Some(Dropout { a, b, at_first }) };
        let living = model.living(&customer(f64::from(x), if x == 0 { 0.0 } else { 20.0 }, 30.0));
        if let Some(by_rate) = living.by_rate(0.0, odds * living.rate) {
            let sum = living.by_sum(odds);
            prop_assert!((by_rate / sum - 1.0).abs() < 1e-12, "{by_rate} and {sum}");
        }
        // By parts, with the sum at each node.
        let (within, panels) = (odds * living.rate, 8);
        if let Some(by_rate) = living.by_rate(rate, within) {
            let mut parts = (-rate * within).exp() * living.by_sum(odds);
            for i in 0..panels {
                for (x, weight) in crate::domain::models::bg_nbd::discount::GAUSS {
                    for x in [x, 1.0 - x] {
                        let u = within * (f64::from(i) + x) / f64::from(panels);
                        let width = within / f64::from(panels);
                        parts += rate * width * weight * (-rate * u).exp() * living.by_sum(u / living.rate);
                    }
                }
            }
            prop_assert!((by_rate / parts - 1.0).abs() < 1e-10, "{by_rate} and {parts}");
        }
    }

    #[test]
    fn the_sum_and_the_integral_agree(k in 1u32..=12, r in 0.1f64..60.0, alpha in 1f64..50.0, a in 0.01f64..20.0,
                                      b in 0.01f64..20.0, x in 0u32..9, ln_odds in -1f64..3.0) {
        let model = Cnbd { k, r, alpha, dropout: Some(Dropout { a, b, at_first: true }) };
        let living = model.living(&customer(f64::from(x), 20.0, 30.0));
        let odds = ln_odds.exp();
        let (sum, integral) = living.both_ways(odds);
        // The roots of unity cancel where less than a purchase is expected.
        prop_assert!((sum - integral).abs() <= 1e-12 * sum.max(1.0) * f64::from(k), "{sum} {integral}");
        let mut staying = living;
        staying.coin = None;
        let (sum, counted) = staying.both_ways(odds);
        prop_assert!((sum - counted).abs() <= 1e-12 * sum.max(1.0) * f64::from(k), "{sum} {counted}");
    }

    #[test]
    fn discounting_for_ever_is_the_limit(k in 1u32..=6, r in 0.1f64..20.0, a in 0.05f64..9.0, b in 0.05f64..9.0,
                                         x in 0u32..9, ln_rate in -8f64..1.0, coin: bool) {
        let dropout = coin.then_some(Dropout { a, b, at_first: true });
        let model = Cnbd { k, r, alpha: 10.0, dropout };
        let (c, rate) = (customer(f64::from(x), 20.0, 30.0), ln_rate.exp());
        let limit = model.discounted_purchases(&c, rate, f64::INFINITY);
        near("for ever", model.discounted_purchases(&c, rate, 44.0 / rate), limit, 1e-10);
    }

    #[test]
    fn counts_sum_to_one_and_to_the_expectation(k in 1u32..=12, r in 0.1f64..5.0, a in 0.05f64..9.0, b in 0.05f64..9.0,
                                                within in 0.1f64..30.0, at_first: bool, coin: bool) {
        let model = Cnbd { k, r, alpha: 10.0, dropout: coin.then_some(Dropout { a, b, at_first }) };
        let (mut all, mut mean) = (0.0, 0.0);
        for n in 0..600 {
            let p = model.count_probability(n, within);
            all += p;
            mean += p * f64::from(n);
        }
        near("all", all, 1.0, 1e-12);
        near("mean", mean, model.expected_purchases(&NEW, within), 1e-11);
    }
}

#[test]
fn ends_are_exact() {
    for model in [BG, MBG, Cnbd { k: 3, ..BG }, Cnbd { dropout: None, ..BG }, Cnbd { k: 4, dropout: None, ..MBG }] {
        let c = customer(3.0, 20.0, 30.0);
        assert_eq!(model.expected_purchases(&c, 0.0), 0.0);
        assert_eq!(model.purchase_probability(&c, 0.0), 0.0);
        assert_eq!(model.discounted_purchases(&c, 0.1, 0.0), 0.0);
        assert_eq!(model.count_probability(1, 0.0), 0.0);
        near("nothing", model.count_probability(0, 0.0), 1.0, 1e-15);
        near("no discount", model.discounted_purchases(&c, 0.0, 9.0), model.expected_purchases(&c, 9.0), 0.0);
    }
    // E[1/p] = (a+b₁−1)/(a−1), and for a ≤ 1 none.
    let ever = Cnbd { dropout: Some(Dropout { a: 3.0, b: 2.0, at_first: false }), ..BG };
    near("ever", ever.expected_purchases(&NEW, f64::INFINITY), 2.0, 1e-15);
    near("ever", ever.expected_purchases(&NEW, 1e300), 2.0, 1e-12);
    assert_eq!(BG.expected_purchases(&NEW, f64::INFINITY), f64::INFINITY);
}

#[test]
fn draws_agree_with_the_expectation() {
    for (k, at_first) in [(1, false), (1, true), (3, true)] {
        let model = Cnbd { k, r: 2.0, alpha: 8.0, dropout: Some(Dropout { a: 0.8, b: 2.4, at_first }) };
        for c in [NEW, customer(2.0, 20.0, 26.0)] {
            let (mut random, draws) = (ChaCha12Rng::seed_from_u64(11), 40_000);
            let (mut sum, mut squares, mut any, mut times) = (0.0, 0.0, 0.0, Vec::new());
            for _ in 0..draws {
                times.clear();
                model.draw_purchases(&c, 39.0, &mut random, &mut times);
                assert!(times.is_sorted() && times.iter().all(|t| (0.0..=39.0).contains(t)));
                let n = times.len() as f64;
                sum += n;
                squares += n * n;
                any += n.min(1.0);
            }
            let draws = f64::from(draws);
            let (mean, error) = (sum / draws, ((squares / draws - (sum / draws).powi(2)) / draws).sqrt());
            let want = model.expected_purchases(&c, 39.0);
            assert!((mean - want).abs() < 4.0 * error, "{mean} ± {error} instead of {want}");
            let want = model.purchase_probability(&c, 39.0);
            assert!((any / draws - want).abs() < 2.0 / draws.sqrt(), "{} instead of {want}", any / draws);
        }
    }
}
