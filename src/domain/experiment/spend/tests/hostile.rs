//! Inputs that nobody would give, and some that everybody gives some day.

use super::{Customer, compare};
use crate::domain::experiment::spend::{SpendComparison, SpendState};
use crate::domain::support::error::Kind;

fn customer(treated: bool, spend: i64) -> Customer {
    Customer { treated, spend, before: vec![], stratum: 0 }
}

/// No figure may be NaN or infinite, and intervals hold what they are around of.
fn sane(found: &SpendComparison) {
    for effect in [Some(found.plain), found.adjusted].into_iter().flatten() {
        let all = [
            effect.difference,
            effect.difference_low,
            effect.difference_high,
            effect.lift,
            effect.lift_low,
            effect.lift_high,
            effect.p_value,
        ];
        assert!(all.iter().flatten().all(|value| value.is_finite()), "{found:?}");
        assert!(effect.p_value.is_none_or(|p| p > 0.0 && p <= 1.0), "{found:?}");
        let ordered = |low: Option<f64>, high: Option<f64>| low.zip(high).is_none_or(|(low, high)| low <= high);
        assert!(ordered(effect.difference_low, effect.difference_high), "{found:?}");
        assert!(ordered(effect.lift_low, effect.lift_high), "{found:?}");
    }
}

#[test]
fn what_cannot_be_compared_says_so() {
    let status = |customers: &[Customer]| compare(customers).status;
    assert_eq!(status(&[]), "no control customers: nothing can be compared");
    assert_eq!(status(&[customer(true, 5)]), "no control customers: nothing can be compared");
    assert_eq!(status(&[customer(false, 5)]), "no treated customers: nothing can be compared");
    let apart = [customer(true, 5), Customer { stratum: 1, ..customer(false, 5) }];
    assert_eq!(status(&apart), "no stratum with both groups: nothing can be compared");
    assert_eq!(status(&[customer(true, 0), customer(false, 0)]), "no buyers in either group: no effect can be seen");
    let left_out = [customer(true, 0), customer(false, 0), Customer { stratum: 1, ..customer(false, 5) }];
    assert_eq!(
        status(&left_out),
        "no buyers in either group: no effect can be seen; 1 customer of 1 stratum with one group alone left out"
    );
}

#[test]
fn odd_bases_give_figures_or_none() {
    let many = |spend: fn(usize) -> i64| (0..500).map(|i| customer(i % 10 != 0, spend(i))).collect::<Vec<_>>();
    let bases = [
        many(|_| 0),
        many(|_| 10_000),
        many(|_| i64::MAX),
        many(|_| i64::MIN),
        many(|i| if i % 2 == 0 { i64::MAX } else { i64::MIN }),
        many(|i| if i % 10 == 0 { 0 } else { 10_000 }),
        many(|i| if i % 10 == 0 { 10_000 } else { 0 }),
        many(|i| -(i as i64)),
        many(|i| if i % 10 == 0 { -(i as i64) } else { i as i64 }),
        many(|i| 10_000_000_000_000 + i as i64 % 2),
        many(|i| i64::from(i == 3)),
        many(|i| i64::from(i == 10)),
        vec![customer(true, 1), customer(false, 2)],
        (0..300).map(|i| customer(i != 7, 3 * i)).collect(),
        (0..300).map(|i| customer(i == 7, 3 * i)).collect(),
        (0..600).map(|i| Customer { stratum: (i % 200) as u8, ..customer(i % 3 == 0, i) }).collect(),
    ];
    for base in &bases {
        sane(&compare(base));
        let pasts: [fn(usize) -> Option<f64>; 6] = [
            |_| None,
            |_| Some(7.0),
            |i| Some(i as f64),
            |i| Some(if i % 2 == 0 { f64::MAX } else { f64::MIN }),
            |i| Some(f64::MIN_POSITIVE * i as f64),
            |i| (i % 3 == 0).then_some(1e300),
        ];
        for past in pasts {
            let with_past =
                |(i, c): (usize, &Customer)| Customer { before: vec![past(i), past(i), Some(1.0)], ..c.clone() };
            sane(&compare(&base.iter().enumerate().map(with_past).collect::<Vec<_>>()));
        }
    }
}

#[test]
fn all_alike_is_no_effect() {
    let found = compare(&(0..500).map(|i| customer(i % 10 != 0, 123_456_789_012_345)).collect::<Vec<_>>());
    assert_eq!(found.plain.p_value, Some(1.0), "{found:?}");
    assert!(found.plain.lift.is_some_and(|lift| lift.abs() < 1e-12), "{found:?}");
}

#[test]
fn covariates_must_be_finite_and_as_many_in_every_row() {
    let kind = |first: &[Option<f64>], second: &[Option<f64>]| {
        let mut state = SpendState::default();
        state.add(true, 0, Some(first), b"").and_then(|()| state.add(true, 0, Some(second), b"")).map_err(|e| e.kind)
    };
    assert_eq!(kind(&[Some(1.0)], &[Some(1.0), None]), Err(Kind::InvalidParameter));
    assert_eq!(kind(&[Some(1.0)], &[Some(f64::NAN)]), Err(Kind::InvalidParameter));
    assert_eq!(kind(&[Some(f64::INFINITY)], &[None]), Err(Kind::InvalidParameter));
    assert_eq!(kind(&[None; 101], &[None; 101]), Err(Kind::LimitExceeded));
    assert_eq!(kind(&[None; 100], &[Some(1.0); 100]), Ok(()));
    let mut one = SpendState::default();
    one.add(true, 0, Some(&[None]), b"").unwrap();
    let mut other = SpendState::default();
    other.add(true, 0, Some(&[None, None]), b"").unwrap();
    assert_eq!(one.merge(other).map_err(|error| error.kind), Err(Kind::InvalidParameter));
}
