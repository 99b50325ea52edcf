use proptest::prelude::*;

use super::*;
use crate::domain::history::arbitrary::{entries, instant};
use crate::domain::history::encoding::Entry;

fn counts(spends: &[Total]) -> SpendCounts {
    let mut counts = SpendCounts::default();
    spends.iter().for_each(|&spend| counts.spends.insert(spend).unwrap());
    counts
}

fn of(spends: &[Total], top: f64, target: f64) -> OfRevenue {
    counts(spends).concentration(top, target).unwrap().of_revenue.unwrap()
}

#[track_caller]
fn near(got: f64, want: f64) {
    assert!((got - want).abs() <= 1e-14, "{got} instead of {want}");
}

#[test]
fn equal_customers_and_one_who_spends_all() {
    let equal = of(&[7; 10], 0.2, 0.8);
    assert_eq!((equal.gini, equal.share_of_top, equal.smallest_share), (0.0, 0.2, 0.8));
    assert!(equal.lorenz.iter().all(|point| point.customers == point.revenue));
    let one = of(&[0, 0, 0, 10], 0.25, 0.8);
    assert_eq!((one.gini, one.share_of_top, one.smallest_share), (0.75, 1.0, 0.2));
    let points: Vec<_> = one.lorenz.iter().map(|p| (p.customers, p.revenue)).collect();
    assert_eq!(points, [(0.0, 0.0), (0.25, 0.0), (0.5, 0.0), (0.75, 0.0), (1.0, 1.0)]);
}

#[test]
fn a_customer_at_the_cut_counts_in_part() {
    let spends = [10, 20, 30, 40];
    // The upper 0.3 of four are 1.2 customers, who bring 40 + 0.2 · 30.
    near(of(&spends, 0.3, 0.5).share_of_top, 0.46);
    // Half of 100 are 40 and a third of 30.
    near(of(&spends, 0.3, 0.5).smallest_share, (1.0 + 1.0 / 3.0) / 4.0);
    near(of(&spends, 0.0, 0.0).share_of_top, 0.0);
    near(of(&spends, 0.0, 0.0).smallest_share, 0.0);
    near(of(&spends, 1.0, 1.0).share_of_top, 1.0);
    near(of(&spends, 1.0, 1.0).smallest_share, 1.0);
    near(of(&[0, 0, 5, 5], 1.0, 1.0).smallest_share, 0.5);
    near(of(&spends, 0.2, 0.8).gini, 0.25);
}

#[test]
fn without_revenue_there_are_no_shares() {
    let nobody = counts(&[]).concentration(0.2, 0.8).unwrap();
    assert_eq!(nobody, Concentration { customers: 0, revenue: 0, of_revenue: None });
    assert_eq!(counts(&[0, 0]).concentration(0.2, 0.8).unwrap().of_revenue, None);
    let mut base = SpendCounts::default();
    for text in ["{2024-01-01 10, 2024-02-01 -30}", "{2024-01-01 -5}", "{}", "{2024-03-01 10}"] {
        base.add_customer(&History::parse(text).unwrap(), Instant::parse("2024-02-02").unwrap()).unwrap();
    }
    assert_eq!(base.concentration(0.2, 0.8).unwrap(), Concentration { customers: 1, revenue: 0, of_revenue: None });
}

#[test]
fn what_is_too_large_is_refused() {
    for spends in [&[Total::MAX / 2, Total::MAX / 2][..], &[Total::MAX - 1, 1], &[Total::MAX, 1], &[1 << 125; 3]] {
        assert_eq!(counts(spends).concentration(0.2, 0.8).unwrap_err().kind, Kind::NumericOutOfRange, "{spends:?}");
    }
    for share in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(check_share("top_share", share).unwrap_err().kind, Kind::InvalidParameter);
    }
}

/// The revenue share of the lower share of customers, straight from the definition.
fn curve(sorted: &[Total], share: f64) -> f64 {
    let place = share * sorted.len() as f64;
    let below: Total = sorted[..place as usize].iter().sum();
    let part = sorted.get(place as usize).map_or(0.0, |&spend| spend as f64 * place.fract());
    (below as f64 + part) / sorted.iter().sum::<Total>() as f64
}

proptest! {
    #[test]
    fn is_what_the_definitions_say(
        spends in prop::collection::vec(prop_oneof![Just(0 as Total), 0..30 as Total, 0..1_000_000_000 as Total], 1..260),
        top in 0.0..=1.0, target in 0.0..=1.0,
    ) {
        prop_assume!(spends.iter().any(|&spend| spend > 0));
        let found = of(&spends, top, target);
        let mut sorted = spends.clone();
        sorted.sort_unstable();
        let (n, total) = (sorted.len() as f64, sorted.iter().sum::<Total>() as f64);
        // The mean difference of all pairs over twice the mean.
        let differences: Total = sorted.iter().flat_map(|a| sorted.iter().map(move |b| (a - b).abs())).sum();
        prop_assert!((found.gini - differences as f64 / (2.0 * n * total)).abs() < 1e-12);
        prop_assert!((found.share_of_top - (1.0 - curve(&sorted, 1.0 - top))).abs() < 1e-9);
        // Either is the other's inverse, and fewer customers would not do.
        prop_assert!((1.0 - curve(&sorted, 1.0 - found.smallest_share) - target).abs() < 1e-9);
        prop_assert_eq!(found.lorenz.len(), sorted.len().min(100) + 1);
        for point in &found.lorenz {
            prop_assert!((point.revenue - curve(&sorted, point.customers)).abs() < 1e-9);
        }
        let last = found.lorenz.last().unwrap();
        prop_assert!(found.lorenz[0].revenue == 0.0 && last.customers == 1.0 && last.revenue == 1.0);
        prop_assert!(found.lorenz.is_sorted_by(|a, b| a.customers < b.customers && a.revenue <= b.revenue));
        prop_assert!((0.0..1.0).contains(&found.gini));
    }

    #[test]
    fn travels_in_time_and_comes_in_any_parts(
        base in prop::collection::vec(entries(), 0..6), as_of in instant(), at in 0usize..6,
    ) {
        let count = |base: &[Vec<Entry>], cut: bool| {
            let mut counts = SpendCounts::default();
            for customer in base {
                let h = History::from_entries(&mut customer.clone()).unwrap();
                let h = if cut { h.until(as_of).unwrap() } else { h };
                counts.add_customer(&h, as_of).unwrap();
            }
            counts
        };
        let (left, right) = base.split_at(at.min(base.len()));
        let (mut whole, mut parts) = (count(&base, false), count(right, true));
        parts.merge(count(left, true)).unwrap();
        prop_assert_eq!(whole.concentration(0.2, 0.8), parts.concentration(0.2, 0.8));
        whole.normalize().unwrap();
        parts.normalize().unwrap();
        prop_assert_eq!(postcard::to_allocvec(&whole).unwrap(), postcard::to_allocvec(&parts).unwrap());
    }
}
