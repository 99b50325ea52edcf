//! How regularly a base buys, told from neighbouring gaps alone, without a model to fit.
//!
//! Wheat and Morrison, "Estimating purchase regularity with two interpurchase times", Journal of Marketing Research 27,
//! 1990: where a customer's gaps are gamma distributed with shape k, the share of the later of two neighbouring gaps in
//! both is Beta(k, k) distributed, whatever the customer's rate.

use serde::{Deserialize, Serialize};

use crate::domain::support::error::Result;

/// Squares are counted in 2⁻⁶²: so the sum is exact and does not depend on the order, and 2⁶⁴ customers fit it.
const FRACTION_BITS: i32 = 62;

/// What regularity counts of a base: the sum of (M − ½)² over customers with at least two gaps, M being the share of the
/// last gap in the last two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regularity {
    customers: u64,
    squares: u128,
}

impl Regularity {
    /// Adds a customer who bought on these days, as ascending day numbers. Fewer than three days say nothing.
    ///
    /// A day that does not come after the one before it is passed over.
    pub fn add_customer(&mut self, purchase_days: impl Iterator<Item = i32>) {
        let mut last_three: [Option<i32>; 3] = [None; 3];
        for day in purchase_days {
            if last_three[2].is_none_or(|last| day > last) {
                last_three = [last_three[1], last_three[2], Some(day)];
            }
        }
        let [Some(first), Some(second), Some(third)] = last_three else { return };
        let (previous, last) = (u128::from(second.abs_diff(first)), u128::from(third.abs_diff(second)));
        // (M − ½)² = (last − previous)² / 4(last + previous)², of 64 and 68 bits, rounded to the nearest 2⁻⁶².
        let (above, below) = (last.abs_diff(previous).pow(2), (last + previous).pow(2));
        self.squares = self.squares.saturating_add(((above << (FRACTION_BITS - 2)) + below / 2) / below);
        self.customers = self.customers.saturating_add(1);
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// None so far; the same form as the other counts of a base.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.customers = self.customers.saturating_add(other.customers);
        self.squares = self.squares.saturating_add(other.squares);
        Ok(())
    }

    /// Customers with at least two gaps.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// The shape k of the gaps, ≥ 0: 1 is buying at random times, more is more regular, less is in bursts. Infinite where
    /// both gaps of every customer are equal; None without a customer who has two.
    ///
    /// k = (1 − 4v) / 8v with v = mean (M − ½)², the variance of Beta(k, k) being 1 / 4(2k + 1).
    pub fn value(&self) -> Option<f64> {
        let v = self.squares as f64 / (self.customers as f64) * 2f64.powi(-FRACTION_BITS);
        (self.customers > 0).then(|| ((1.0 - 4.0 * v) / (8.0 * v)).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, Gamma};

    use super::*;
    use crate::domain::history::summary::purchase_days;
    use crate::domain::models::reference;
    use crate::domain::time::calendar::Utc;
    use crate::domain::time::instant::Instant;

    fn count(customers: &[Vec<i32>]) -> Regularity {
        let mut regularity = Regularity::default();
        for days in customers {
            regularity.add_customer(days.iter().copied());
        }
        regularity
    }

    fn naive(customers: &[Vec<i32>]) -> Option<f64> {
        let squares: Vec<f64> = customers
            .iter()
            .filter_map(|days| {
                let gaps: Vec<f64> = days.windows(2).map(|pair| f64::from(pair[1]) - f64::from(pair[0])).collect();
                let [.., previous, last] = gaps[..] else { return None };
                Some((last / (last + previous) - 0.5).powi(2))
            })
            .collect();
        let v = squares.iter().sum::<f64>() / squares.len() as f64;
        (!squares.is_empty()).then(|| (1.0 - 4.0 * v) / (8.0 * v))
    }

    proptest! {
        #[test]
        fn is_the_formula_in_any_split(
            customers in prop::collection::vec(prop::collection::btree_set(-400i32..400, 0..8), 0..60), at in 0usize..60,
        ) {
            let customers: Vec<Vec<i32>> = customers.into_iter().map(|days| days.into_iter().collect()).collect();
            let whole = count(&customers);
            let (left, right) = customers.split_at(at.min(customers.len()));
            let mut parts = count(right);
            parts.merge(count(left)).unwrap();
            prop_assert_eq!(whole, parts);
            let (found, expected) = (whole.value(), naive(&customers));
            prop_assert_eq!(found.is_some(), expected.is_some());
            if let Some((found, expected)) = found.zip(expected) {
                prop_assert!(found == expected || (found - expected).abs() <= 1e-9 * expected.max(1e-6), "{found} {expected}");
            }
        }
    }

    #[test]
    fn extremes_have_an_answer() {
        assert_eq!(count(&[vec![], vec![1], vec![1, 5], vec![1, 1, 5]]).value(), None);
        assert_eq!(count(&[vec![0, 7, 14], vec![3, 5, 6, 7, 7]]).value(), Some(f64::INFINITY));
        let bursts = count(&[vec![i32::MIN, i32::MIN + 1, i32::MAX]]).value().unwrap();
        assert!((0.0..1e-9).contains(&bursts), "{bursts}");
    }

    #[test]
    fn finds_the_shape_that_gaps_were_drawn_with() {
        let mut random = ChaCha8Rng::seed_from_u64(1990);
        for k in [1.0, 2.0, 3.0, 6.0] {
            let rates = Gamma::new(2.0, 1.0).unwrap();
            let mut regularity = Regularity::default();
            for _ in 0..100_000 {
                // Long gaps, so that whole days blur nothing.
                let gaps = Gamma::new(k, 1e4 / rates.sample(&mut random)).unwrap();
                let (mut day, mut days) = (0.0, vec![0]);
                for _ in 0..3 {
                    day += gaps.sample(&mut random);
                    days.push(day as i32);
                }
                regularity.add_customer(days.into_iter());
            }
            let found = regularity.value().unwrap();
            assert!((found / k - 1.0).abs() < 0.02, "{found} for {k}");
        }
    }

    #[test]
    fn the_cdnow_sample_buys_at_random() {
        let as_of = Instant::parse("1998-06-30").unwrap();
        let histories = reference::histories();
        let customers: Vec<Vec<i32>> =
            histories.iter().map(|history| purchase_days(history, as_of, &Utc).collect()).collect();
        let regularity = count(&customers);
        let found = regularity.value().unwrap();
        assert!((found / naive(&customers).unwrap() - 1.0).abs() < 1e-12);
        // In exact fractions, by the formula.
        assert_eq!(regularity.customers(), 736);
        assert!((found / 0.985_053_458_731_763_8 - 1.0).abs() < 1e-13, "{found}");
    }
}
