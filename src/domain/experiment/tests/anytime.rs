//! Looking every day: fair bets by all lots, the same bets customer by customer, and hostile customers.

use proptest::prelude::*;

use super::*;
use crate::domain::experiment::anytime::{Lot, Supposed};

/// A customer by what would be spent without treatment and the share.
type Without = (f64, f64);

/// The customers as a lot makes them: bit i says whether the ith is treated, whose spend is (1 + lift) times what it would be.
fn drawn(without: &[Without], lot: u32, lift: f64) -> (Vec<Looked>, f64) {
    let mut probability = 1.0;
    let customers = without.iter().enumerate().map(|(i, &(spend, share))| {
        let treated = lot >> i & 1 == 1;
        probability *= if treated { share } else { 1.0 - share };
        Looked { treated, spend: if treated { spend * (1.0 + lift) } else { spend }, share }
    });
    (customers.collect(), probability)
}

fn wealth(customers: &[Looked], supposed: f64) -> Vec<f64> {
    let mut shown = Vec::new();
    Lot::of(customers).unwrap().bet(Supposed::lift(supposed), |wealth| {
        shown.push(wealth);
        true
    });
    shown
}

/// Over all lots: the mean of the last wealth, and how likely it was ever to reach the bar.
fn over_all_lots(without: &[Without], lift: f64, supposed: f64, bar: f64) -> (f64, f64) {
    let (mut mean, mut reached) = (0.0, 0.0);
    for lot in 0..1 << without.len() {
        let (customers, probability) = drawn(without, lot, lift);
        let shown = wealth(&customers, supposed);
        mean += probability * shown.last().copied().unwrap_or(1.0);
        reached += if shown.iter().any(|wealth| *wealth >= bar) { probability } else { 0.0 };
    }
    (mean, reached)
}

/// The same bets by the formula, one customer after the other.
fn one_by_one(customers: &[Looked], supposed: f64) -> Vec<f64> {
    let bets = [(0.03, 0.07, 0.5), (0.1, 0.11, 0.5), (0.3, 0.2, 0.5), (0.6, 0.12, 0.9)];
    let mut bets: Vec<_> =
        bets.into_iter().flat_map(|(l, part, stake)| [(l, part, stake), (-l, part, stake)]).collect();
    let mut past: Vec<f64> = vec![0.0; 10];
    let (mut shown, mut waiting, mut share) = (Vec::new(), 0, f64::NAN);
    for customer in customers {
        let spend = if customer.treated { customer.spend / (1.0 + supposed) } else { customer.spend };
        // What was learnt is used from the next customer on who spends or has another share.
        if spend != 0.0 || customer.share != share {
            past.extend(std::iter::repeat_n(0.0, std::mem::take(&mut waiting)));
        }
        share = customer.share;
        let mean = past.iter().sum::<f64>() / past.len() as f64;
        let variance = past.iter().map(|spend| (spend - mean).powi(2)).sum::<f64>() / past.len() as f64;
        let group = if customer.treated { 1.0 } else { 0.0 };
        if variance > 0.0 {
            for (lift, wealth, stake) in &mut bets {
                let bet = *lift * (spend - mean) * mean / variance;
                let bet = bet.min(*stake / customer.share).max(-*stake / (1.0 - customer.share));
                *wealth *= 1.0 + bet * (group - customer.share);
            }
        }
        if spend == 0.0 {
            waiting += 1;
        } else {
            past.push(spend);
            shown.push(bets.iter().map(|(_, wealth, _)| wealth).sum());
        }
    }
    shown
}

fn shares() -> impl Strategy<Value = f64> {
    prop_oneof![0.05f64..0.95, prop::sample::select(vec![0.5, 0.9, 10.0 / 11.0])]
}

fn spends() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(0.0), 4 => 1f64..100.0, 1 => 100f64..10_000.0, 1 => -50f64..0.0]
}

fn looked(spend: impl Strategy<Value = f64>, share: impl Strategy<Value = f64>) -> impl Strategy<Value = Looked> {
    (any::<bool>(), spend, share).prop_map(|(treated, spend, share)| Looked { treated, spend, share })
}

fn sound(said: &Anytime) -> std::result::Result<(), TestCaseError> {
    prop_assert!(said.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)), "{said:?}");
    if let Some(Ends { low, high }) = said.lift {
        prop_assert!((-1.0..=f64::MAX).contains(&low), "{said:?}");
        prop_assert!(high.is_none_or(|high| low <= high && high.is_finite()), "{said:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn bets_are_fair_at_the_true_lift(
        without in prop::collection::vec((spends(), shares()), 1..10), lift in -0.9f64..3.0, confidence in 0.5f64..0.99,
    ) {
        let alpha = 1.0 - confidence;
        let (mean, reached) = over_all_lots(&without, lift, lift, alpha.recip());
        prop_assert!((mean - 1.0).abs() < 1e-9, "{mean}");
        prop_assert!(reached <= alpha + 1e-9, "{reached} for {alpha}");
    }

    #[test]
    fn runs_of_customers_without_spend_change_nothing(
        customers in prop::collection::vec(looked(spends(), prop_oneof![9 => Just(0.9), 1 => Just(0.5)]), 1..200),
        supposed in prop_oneof![Just(0.0), -0.9f64..5.0],
    ) {
        let (fast, slow) = (wealth(&customers, supposed), one_by_one(&customers, supposed));
        prop_assert_eq!(fast.len(), slow.len());
        for (fast, slow) in fast.iter().zip(slow) {
            prop_assert!((fast / slow - 1.0).abs() < 1e-8, "{fast} instead of {slow}");
        }
    }

    #[test]
    fn a_call_is_never_taken_back(customers in prop::collection::vec(looked(spends(), Just(0.5)), 1..200)) {
        let mut least = 1.0;
        for n in 1..=customers.len() {
            let Some(p) = anytime_p_value(&customers[..n]).unwrap() else { continue };
            prop_assert!(p <= least, "{p} after {least}");
            least = p;
        }
    }

    #[test]
    fn the_currency_changes_nothing(customers in prop::collection::vec(looked(spends(), shares()), 1..100), power in -900i32..900) {
        let unit = 2f64.powi(power);
        let other: Vec<_> = customers.iter().map(|c| Looked { spend: c.spend * unit, ..*c }).collect();
        prop_assert_eq!(anytime(&customers, level(0.9)).unwrap(), anytime(&other, level(0.9)).unwrap());
    }

    /// No effect lies in the interval where the p-value says that it may be, and the reverse for spend that is never negative.
    #[test]
    fn interval_and_p_value_agree(
        customers in prop::collection::vec(looked(prop_oneof![Just(0.0), 1f64..100.0], Just(0.7)), 1..400), confidence in 0.01f64..0.99,
    ) {
        let said = anytime(&customers, level(confidence)).unwrap();
        sound(&said)?;
        if said.p_value.is_some_and(|p| p > 1.0 - confidence) {
            let Ends { low, high } = said.lift.unwrap();
            prop_assert!(low <= 0.0 && high.is_none_or(|high| high >= 0.0), "{said:?}");
        }
    }

    #[test]
    fn any_customers_have_an_answer(
        customers in prop::collection::vec(
            looked(prop_oneof![spends(), wild(), Just(f64::NAN), Just(f64::INFINITY)], prop_oneof![shares(), wild(), 0f64..1e-300, Just(1.0 - f64::EPSILON / 2.0)]),
            0..60,
        ),
        confidence in confidences(),
    ) {
        sound(&anytime(&customers, level(confidence)).unwrap())?;
    }
}

/// So many customers one like the other, by turns.
fn repeated(pattern: &[Looked], times: usize) -> Vec<Looked> {
    pattern.iter().copied().cycle().take(pattern.len() * times).collect()
}

fn customer(treated: bool, spend: f64) -> Looked {
    Looked { treated, spend, share: 0.5 }
}

#[test]
fn bets_are_not_fair_at_a_wrong_lift() {
    let without = [(10.0, 0.5), (30.0, 0.5), (0.0, 0.5), (20.0, 0.5), (90.0, 0.5), (15.0, 0.5), (40.0, 0.5)];
    assert!(over_all_lots(&without, 3.0, 0.0, f64::INFINITY).0 > 1.01);
}

#[test]
fn a_large_effect_is_called_and_lies_in_the_interval() {
    let lot = [true, false, false, true, true, false];
    let pattern: Vec<_> = lot.iter().map(|&treated| customer(treated, if treated { 15.0 } else { 10.0 })).collect();
    let said = anytime(&repeated(&pattern, 100), level(0.95)).unwrap();
    let Ends { low, high } = said.lift.unwrap();
    assert!(said.p_value.unwrap() < 1e-6, "{said:?}");
    assert!(0.2 < low && low < 0.5 && high.is_some_and(|high| 0.5 < high && high < 1.0), "{said:?}");
}

#[test]
fn what_cannot_be_said_is_unknown_at_any_time() {
    let nothing = Anytime::default();
    for customers in [
        vec![],
        repeated(&[customer(true, 10.0)], 50),
        repeated(&[customer(false, 10.0)], 50),
        repeated(&[customer(true, 0.0), customer(false, -0.0)], 50),
        repeated(&[customer(true, 10.0), Looked { share: 1.0, ..customer(false, 5.0) }], 50),
        repeated(&[customer(true, 10.0), Looked { share: 0.0, ..customer(false, 5.0) }], 50),
        repeated(&[customer(true, 10.0), Looked { share: f64::NAN, ..customer(false, 5.0) }], 50),
        repeated(&[customer(true, 0.0), customer(false, f64::NAN), customer(true, f64::INFINITY)], 50),
    ] {
        assert_eq!(anytime(&customers, level(0.95)).unwrap(), nothing, "{customers:?}");
    }
    // Two customers say nothing yet: any lift may be.
    let said = anytime(&[customer(true, 10.0), customer(false, 20.0)], level(0.95)).unwrap();
    assert_eq!(said, Anytime { p_value: Some(1.0), lift: Some(Ends { low: -1.0, high: None }) });
}

#[test]
fn customers_all_alike_and_groups_without_spend_have_an_answer() {
    let alike = anytime(&repeated(&[customer(true, 7.0), customer(false, 7.0)], 500), level(0.95)).unwrap();
    assert_eq!(alike.p_value, Some(1.0));
    let Ends { low, high } = alike.lift.unwrap();
    assert!(low < 0.0 && high.is_some_and(|high| high > 0.0), "{alike:?}");
    // No control customer has spent: the lift has no upper end.
    let none = anytime(&repeated(&[customer(true, 7.0), customer(false, 0.0)], 500), level(0.95)).unwrap();
    assert!(
        none.p_value.unwrap() < 1e-6 && none.lift.is_some_and(|lift| lift.low > 1.0 && lift.high.is_none()),
        "{none:?}"
    );
    // Refunds that leave a group nothing: no lift.
    let refunded = anytime(&repeated(&[customer(true, -10.0), customer(false, 10.0)], 500), level(0.95)).unwrap();
    assert!(refunded.p_value.is_some() && refunded.lift.is_none(), "{refunded:?}");
    // No treated customer has.
    let all_lost = anytime(&repeated(&[customer(true, 0.0), customer(false, 7.0)], 500), level(0.95)).unwrap();
    let Ends { low, high } = all_lost.lift.unwrap();
    assert!(low == -1.0 && high.is_some_and(|high| high < 0.0), "{all_lost:?}");
}
