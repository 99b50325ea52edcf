//! The comparison of spend against a naive one, its laws, and hostile inputs.

mod hostile;
mod naive;
mod uniform;

use proptest::prelude::*;

use super::{LOTS, MORE_LOTS, SpendComparison, SpendState};
use crate::domain::experiment::Confidence;

/// A customer as a row has it.
#[derive(Debug, Clone, PartialEq)]
struct Customer {
    treated: bool,
    /// In 1/10000.
    spend: i64,
    before: Vec<Option<f64>>,
    stratum: u8,
}

fn state(customers: &[Customer]) -> SpendState {
    let mut state = SpendState::default();
    for customer in customers {
        let before = (!customer.before.is_empty()).then_some(customer.before.as_slice());
        state.add(customer.treated, customer.spend, before, &[customer.stratum]).unwrap();
    }
    state
}

fn compare(customers: &[Customer]) -> SpendComparison {
    state(customers).compare(Confidence::new(0.95).unwrap()).unwrap()
}

/// Customers of whom some spend, in so many strata, with so many covariates.
fn customers(most: usize, strata: u8, covariates: usize) -> impl Strategy<Value = Vec<Customer>> {
    let spend = prop_oneof![2 => Just(0), 3 => 1i64..2_000_000, 1 => (1i64..20).prop_map(|euros| euros * 10_000)];
    let before = proptest::collection::vec(
        prop_oneof![8 => (-100i32..100).prop_map(|x| Some(f64::from(x))), 1 => Just(None)],
        covariates,
    );
    let customer = (any::<bool>(), spend, before, 0..strata).prop_map(|(treated, spend, before, stratum)| Customer {
        treated,
        spend,
        before,
        stratum,
    });
    proptest::collection::vec(customer, 0..=most)
}

/// What was compared of a few customers, without what depends on floating-point sums in another order.
fn near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0),
        (one, other) => one == other,
    }
}

proptest! {
    #[test]
    fn few_customers_are_compared_as_the_naive_comparison_does(customers in customers(11, 1, 0)) {
        naive::check(&customers)?;
    }

    #[test]
    fn strata_too(customers in customers(11, 3, 0)) {
        naive::check(&customers)?;
    }

    #[test]
    fn covariates_too(customers in customers(10, 2, 2)) {
        naive::check(&customers)?;
    }

    #[test]
    fn neither_order_nor_workers_change_a_byte(
        (customers, shuffled) in (0usize..3).prop_flat_map(|covariates| customers(60, 3, covariates))
            .prop_flat_map(|customers| (Just(customers.clone()), Just(customers).prop_shuffle())),
        cut in 0usize..60,
    ) {
        let (left, right) = shuffled.split_at(cut.min(shuffled.len()));
        let mut merged = state(left);
        let mut sent = state(right);
        sent.normalize().unwrap();
        merged.merge(postcard::from_bytes(&postcard::to_allocvec(&sent).unwrap()).unwrap()).unwrap();
        let merged = merged.compare(Confidence::new(0.95).unwrap()).unwrap();
        prop_assert_eq!(format!("{:?}", compare(&customers)), format!("{merged:?}"));
    }

    #[test]
    fn the_interval_holds_no_effect_just_where_the_p_value_says_so(customers in customers(60, 1, 0)) {
        let found = compare(&customers);
        let Some(p) = found.plain.p_value else { return Ok(()) };
        let (low, high) = (found.plain.difference_low, found.plain.difference_high);
        if p > 0.05 && (low.is_some() || high.is_some()) {
            prop_assert!(low.is_none_or(|low| low <= 0.0) && high.is_none_or(|high| high >= 0.0), "{:?}", found);
        }
    }

    #[test]
    fn twice_the_money_is_the_same_lift(customers in customers(40, 2, 0)) {
        let doubled: Vec<Customer> = customers.iter().map(|c| Customer { spend: 2 * c.spend, ..c.clone() }).collect();
        // Other customers, other seeds: only what does not depend on the lots drawn is the same.
        let (one, other) = (compare(&customers).plain, compare(&doubled).plain);
        prop_assert!(near(one.lift, other.lift), "{one:?} {other:?}");
        prop_assert!(near(one.difference.map(|d| 2.0 * d), other.difference), "{one:?} {other:?}");
    }
}

/// So many customers of whom every `every`th buys; control customers are every tenth.
fn base(number: usize, every: usize, of_treated: i64) -> Vec<Customer> {
    let spend =
        |i: usize| if (i * 6007 % 9967).is_multiple_of(every) { 10_000 * (10 + (i * 7919 % 97) as i64) } else { 0 };
    (0..number)
        .map(|i| {
            let treated = i * 7919 % 9973 % 10 != 0;
            let spend = if treated { spend(i) * of_treated } else { spend(i) };
            Customer { treated, spend, before: vec![], stratum: 0 }
        })
        .collect()
}

#[test]
fn more_lots_are_drawn_where_the_p_value_is_near_the_level() {
    let clear = compare(&base(2000, 3, 3));
    assert_eq!((clear.permutations, clear.plain.p_value), (LOTS as u64, Some(0.001)), "{clear:?}");
    let fine = state(&base(2000, 3, 1)).compare(Confidence::new(0.999).unwrap()).unwrap();
    assert_eq!(fine.permutations, MORE_LOTS as u64);
}

#[test]
fn the_status_says_what_can_be_seen() {
    let few = compare(&base(300, 20, 1));
    assert_eq!(few.status, "1 buyer in the control group: no increase, however large, can be seen");
    let more = compare(&base(1200, 20, 1));
    assert_eq!(more.status, "7 buyers in the control group: an effect below 200 % cannot be seen", "{more:?}");
    let many = compare(&base(20_000, 2, 1));
    assert!(many.status.starts_with("1000 buyers in the control group: an effect below "), "{}", many.status);
}
