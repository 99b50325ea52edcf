//! Where a change of revenue comes from: more customers, more orders of each, or larger orders.
//!
//! Revenue is the product of three factors, customers × orders per customer × average order value. A change of it is split
//! into three effects that add up to it: the Shapley value of each factor, which is what changing that factor alone makes,
//! averaged over the six orders in which the factors can be changed one after the other (Shapley, "A value for n-person
//! games", Contributions to the Theory of Games II, Princeton 1953). No factor comes first, and nothing is left over.

use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::history::money::Total;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::instant::Instant;

/// A range of time, in microseconds as instants count them: `start <= at < end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    /// The first instant of it.
    pub start: i64,
    /// The first instant after it.
    pub end: i64,
}

impl TimeRange {
    fn holds(self, at: Instant) -> bool {
        self.start <= at.micros() && at.micros() < self.end
    }
}

/// What happened in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PeriodFigures {
    /// Customers with a purchase in it.
    pub customers: u64,
    /// Purchases in it.
    pub orders: u64,
    /// All amounts paid less refunds in it, in 1/10000.
    pub revenue: Total,
}

impl PeriodFigures {
    fn merge(&mut self, other: Self) {
        self.customers += other.customers;
        self.orders += other.orders;
        self.revenue += other.revenue;
    }

    /// Orders per customer; None without a customer.
    pub fn orders_per_customer(self) -> Option<f64> {
        (self.customers > 0).then(|| self.orders as f64 / self.customers as f64)
    }
}

/// What happened in two periods, in whole numbers: the same in whatever order customers were read and however they were
/// split over workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RevenueCounts {
    /// The period that is compared with.
    pub before: PeriodFigures,
    /// The period that is compared.
    pub after: PeriodFigures,
}

impl RevenueCounts {
    /// Adds a customer. Periods may overlap. A refund lowers the revenue of the period that it falls into, also where its
    /// customer bought nothing in it.
    pub fn add_customer(&mut self, history: &History, before: TimeRange, after: TimeRange) {
        let (mut of_before, mut of_after) = (PeriodFigures::default(), PeriodFigures::default());
        for entry in history.entries() {
            for (figures, range) in [(&mut of_before, before), (&mut of_after, after)] {
                if range.holds(entry.at) {
                    figures.revenue += Total::from(entry.amount.0);
                    figures.orders += u64::from(!entry.amount.is_refund());
                }
            }
        }
        of_before.customers = u64::from(of_before.orders > 0);
        of_after.customers = u64::from(of_after.orders > 0);
        self.before.merge(of_before);
        self.after.merge(of_after);
    }

    /// Adds all customers of another part of the base.
    pub fn merge(&mut self, other: Self) {
        self.before.merge(other.before);
        self.after.merge(other.after);
    }

    /// The effects of the three factors, which add up to the change of revenue.
    ///
    /// Customers and frequency are rounded to 1/10000, halves away from zero, and the value is what is left. Where a period
    /// has no order it has neither a frequency nor an order value, and the whole change is that of customers.
    ///
    /// # Errors
    /// [`Kind::NumericOutOfRange`] where an effect does not fit into 127 bits.
    pub fn effects(&self) -> Result<Effects> {
        let (zero, one) = (self.before, self.after);
        let too_large = || Error::new(Kind::NumericOutOfRange, "an effect on revenue is out of range");
        let change = one.revenue.checked_sub(zero.revenue).ok_or_else(too_large)?;
        if zero.orders == 0 || one.orders == 0 {
            return Ok(Effects { customers: change, frequency: 0, value: 0 });
        }
        let [c0, o0, c1, o1] = [zero.customers, zero.orders, one.customers, one.orders].map(BigInt::from);
        let [r0, r1] = [zero.revenue, one.revenue].map(BigInt::from);
        // With C, F = O/C and V = R/O, the effect of C is ΔC ((F₀V₀ + F₁V₁)/3 + (F₀V₁ + F₁V₀)/6), and so on; here over the
        // common denominator of all of them.
        let denominator = 6 * &c0 * &c1 * &o0 * &o1;
        let customers = (&c1 - &c0)
            * (2 * &r0 * &c1 * &o0 * &o1 + 2 * &r1 * &c0 * &o0 * &o1 + &o0 * &o0 * &r1 * &c1 + &o1 * &o1 * &r0 * &c0);
        let frequency =
            (&o1 * &c0 - &o0 * &c1) * (2 * &c0 * &r0 * &o1 + 2 * &c1 * &r1 * &o0 + &c0 * &r1 * &o0 + &c1 * &r0 * &o1);
        let customers = rounded(customers, &denominator).ok_or_else(too_large)?;
        let frequency = rounded(frequency, &denominator).ok_or_else(too_large)?;
        let value = change.checked_sub(customers).and_then(|rest| rest.checked_sub(frequency)).ok_or_else(too_large)?;
        Ok(Effects { customers, frequency, value })
    }
}

/// The quotient as a whole number, halves away from zero; None where it does not fit.
fn rounded(numerator: BigInt, denominator: &BigInt) -> Option<Total> {
    // Division drops the fraction.
    let half = if numerator < BigInt::ZERO { -denominator } else { denominator.clone() };
    Total::try_from((2 * numerator + half) / (2 * denominator)).ok()
}

/// What each factor made of a change of revenue, in 1/10000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effects {
    /// More or fewer customers.
    pub customers: Total,
    /// More or fewer orders of each.
    pub frequency: Total,
    /// Larger or smaller orders.
    pub value: Total,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::arbitrary::{entries, instant};
    use crate::domain::history::encoding::Entry;
    use crate::domain::history::money::Amount;

    fn figures(customers: u64, orders: u64, revenue: Total) -> PeriodFigures {
        PeriodFigures { customers, orders, revenue }
    }

    fn effects(before: PeriodFigures, after: PeriodFigures) -> (Total, Total, Total) {
        let found = RevenueCounts { before, after }.effects().unwrap();
        assert_eq!(found.customers + found.frequency + found.value, after.revenue - before.revenue);
        (found.customers, found.frequency, found.value)
    }

    #[test]
    fn a_factor_that_changes_alone_makes_the_whole_change() {
        let before = figures(10, 20, 2000);
        assert_eq!(effects(before, before), (0, 0, 0));
        assert_eq!(effects(before, figures(15, 30, 3000)), (1000, 0, 0));
        assert_eq!(effects(before, figures(10, 30, 3000)), (0, 1000, 0));
        assert_eq!(effects(before, figures(10, 20, 3000)), (0, 0, 1000));
        // All double: the same effect of each, a third of 7 times what there was.
        assert_eq!(effects(figures(1, 1, 3), figures(2, 4, 24)), (7, 7, 7));
    }

    #[test]
    fn the_rest_of_the_rounding_is_with_the_value() {
        assert_eq!(effects(figures(1, 1, 1), figures(2, 4, 8)), (2, 2, 3));
        assert_eq!(effects(figures(2, 4, 8), figures(1, 1, 1)), (-2, -2, -3));
        // Halves away from zero: from one customer to two, at a revenue of 1 to 2 and back.
        assert_eq!(effects(figures(1, 2, 1), figures(2, 2, 1)).0, 1);
        assert_eq!(effects(figures(2, 2, 1), figures(1, 2, 1)).0, -1);
    }

    #[test]
    fn without_orders_the_change_is_that_of_customers() {
        let nobody = figures(0, 0, 0);
        assert_eq!(effects(nobody, nobody), (0, 0, 0));
        assert_eq!(effects(nobody, figures(3, 5, 70)), (70, 0, 0));
        assert_eq!(effects(figures(3, 5, 70), nobody), (-70, 0, 0));
        assert_eq!(effects(figures(3, 5, 70), figures(0, 0, -5)), (-75, 0, 0));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut counts = RevenueCounts { before: figures(1, 1, Total::MIN), after: figures(1, 1, 1) };
        assert_eq!(counts.effects().unwrap_err().kind, Kind::NumericOutOfRange);
        counts = RevenueCounts { before: figures(1, u64::MAX, 1 << 120), after: figures(u64::MAX, 1 << 63, 1 << 120) };
        assert_eq!(counts.effects().unwrap_err().kind, Kind::NumericOutOfRange);
    }

    #[test]
    fn a_customer_counts_where_he_buys_and_a_refund_where_it_falls() {
        let micros = |text: &str| Instant::parse(text).unwrap().micros();
        let range = |start, end| TimeRange { start: micros(start), end: micros(end) };
        let (january, february) = (range("2024-01-01", "2024-02-01"), range("2024-02-01", "2024-03-01"));
        let mut counts = RevenueCounts::default();
        for text in [
            "{2023-12-31T23:59:59.999999Z 1, 2024-01-01 2, 2024-01-31T23:59:59.999999Z 3, 2024-02-01 4}",
            "{2024-01-15 10, 2024-02-15 -6}",
            "{2024-02-15 -1}",
            "{}",
        ] {
            counts.add_customer(&History::parse(text).unwrap(), january, february);
        }
        assert_eq!(
            counts,
            RevenueCounts { before: figures(2, 3, 150_000), after: figures(1, 1, -30_000) },
            "{counts:?}"
        );
    }

    /// The mean over the six orders of substitution.
    fn shapley(before: [f64; 3], after: [f64; 3]) -> [f64; 3] {
        let mut effects = [0.0; 3];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut now = before;
            for factor in order {
                let was: f64 = now.iter().product();
                now[factor] = after[factor];
                effects[factor] += (now.iter().product::<f64>() - was) / 6.0;
            }
        }
        effects
    }

    fn period() -> impl Strategy<Value = PeriodFigures> {
        (1u64..100_000, 0u64..1_000_000, -1_000_000_000i64..1_000_000_000_000)
            .prop_map(|(customers, more, revenue)| figures(customers, customers + more, revenue.into()))
    }

    proptest! {
        #[test]
        fn is_the_mean_over_all_orders_of_substitution(before in period(), after in period()) {
            let factors = |p: PeriodFigures| {
                let (c, o) = (p.customers as f64, p.orders as f64);
                [c, o / c, p.revenue as f64 / o]
            };
            let (customers, frequency, value) = effects(before, after);
            let expected = shapley(factors(before), factors(after));
            let scale = expected.iter().map(|e| e.abs()).sum::<f64>() + before.revenue.abs() as f64;
            for (found, expected) in [customers, frequency, value].into_iter().zip(expected) {
                prop_assert!((found as f64 - expected).abs() <= 1.5 + 1e-9 * scale, "{found} {expected}");
            }
            let back = effects(after, before);
            prop_assert_eq!((back.0, back.1, back.2), (-customers, -frequency, -value));
        }

        #[test]
        fn counts_what_falls_into_each_period_in_any_parts(
            base in prop::collection::vec(entries(), 0..6), bounds in prop::array::uniform4(instant()), at in 0usize..6,
        ) {
            let [a, b, c, d] = bounds.map(Instant::micros);
            let (before, after) = (TimeRange { start: a, end: b }, TimeRange { start: c, end: d });
            let count = |base: &[Vec<Entry>]| {
                let mut counts = RevenueCounts::default();
                for customer in base {
                    counts.add_customer(&History::from_entries(&mut customer.clone()).unwrap(), before, after);
                }
                counts
            };
            let (left, right) = base.split_at(at.min(base.len()));
            let mut parts = count(right);
            parts.merge(count(left));
            let whole = count(&base);
            prop_assert_eq!(whole, parts);
            let naive = |range: TimeRange| {
                let within = |e: &&Entry| (range.start..range.end).contains(&e.at.micros());
                let orders = |customer: &[Entry]| customer.iter().filter(within).filter(|e| e.amount >= Amount(0)).count();
                figures(
                    base.iter().filter(|customer| orders(customer) > 0).count() as u64,
                    base.iter().map(|customer| orders(customer) as u64).sum(),
                    base.iter().flatten().filter(within).map(|e| Total::from(e.amount.0)).sum(),
                )
            };
            prop_assert_eq!(whole, RevenueCounts { before: naive(before), after: naive(after) });
        }
    }
}
