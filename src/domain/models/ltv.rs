//! Lifetime value by the textbook formula: average order value × repeat purchases per year × retention in years.

use serde::{Deserialize, Serialize};

use crate::domain::history::money::{Amount, SCALE};
use crate::domain::history::summary::Facts;
use crate::domain::support::error::{Error, Kind, Result};
use crate::domain::time::calendar::{Zone, years_between};
use crate::domain::time::instant::Instant;

/// The value in 1/10000 of the currency unit.
///
/// # Errors
/// [`Kind::NumericOutOfRange`] beyond what an amount can hold.
pub fn lifetime_value(average_order_value: f64, repeat_purchases_per_year: f64, years: f64) -> Result<Amount> {
    let value = average_order_value * repeat_purchases_per_year * years * SCALE as f64;
    // A float of 2^63 or more, and NaN, has no place in 64 bits.
    let units = (value.abs() < i64::MAX as f64).then(|| value.round() as i128);
    Amount::from_units(units, || format!("a lifetime value of {:e}", value / SCALE as f64))
}

/// Checks a number of years to retain a customer.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it is finite and not negative.
pub fn check_years(years: f64) -> Result<f64> {
    if years.is_finite() && years >= 0.0 {
        return Ok(years);
    }
    Err(Error::new(Kind::InvalidParameter, format!("retention in years out of range: {years}"))
        .detail("years must be a finite number that is not negative."))
}

/// What the formula needs to know of a group of customers. Years are kept in whole 10⁻⁹, so that their sum does not
/// depend on the order in which customers come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSums {
    customers: u64,
    purchases: u64,
    spend: i128,
    observed: i128,
    retained: i128,
}

const NANO: f64 = 1e9;

impl GroupSums {
    /// Adds a customer. Who has not bought is no customer.
    pub fn add(&mut self, facts: &Facts, as_of: Instant, zone: &impl Zone) {
        let Some((first, last)) = facts.span else { return };
        let nano_years = |to| (years_between(first, to, zone) * NANO).round() as i128;
        self.customers += 1;
        self.purchases += u64::from(facts.purchases);
        self.spend += facts.spend;
        self.observed += nano_years(as_of);
        self.retained += nano_years(last);
    }

    /// Adds the customers of another part of the group.
    pub fn merge(&mut self, other: GroupSums) {
        self.customers += other.customers;
        self.purchases += other.purchases;
        self.spend += other.spend;
        self.observed += other.observed;
        self.retained += other.retained;
    }

    /// The inputs of the formula; None without a customer.
    pub fn inputs(&self) -> Option<LtvInputs> {
        if self.customers == 0 {
            return None;
        }
        let repeats = (self.purchases - self.customers) as f64;
        Some(LtvInputs {
            customers: self.customers,
            average_order_value: self.spend as f64 / (SCALE as f64 * self.purchases as f64),
            repeat_purchases_per_year: (self.observed > 0).then(|| repeats / (self.observed as f64 / NANO)),
            retention_years: self.retained as f64 / NANO / self.customers as f64,
        })
    }
}

/// The inputs of the formula for a group of customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LtvInputs {
    /// How many have bought.
    pub customers: u64,
    /// All spend per purchase.
    pub average_order_value: f64,
    /// All repeat purchases per year of observation; None while no time has passed.
    pub repeat_purchases_per_year: Option<f64>,
    /// The mean over customers of the years from the first purchase to the last.
    pub retention_years: f64,
}

impl LtvInputs {
    /// The formula.
    ///
    /// # Errors
    /// As [`lifetime_value`].
    pub fn ltv(&self) -> Result<Option<Amount>> {
        self.repeat_purchases_per_year
            .map(|rate| lifetime_value(self.average_order_value, rate, self.retention_years))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::history::History;
    use crate::domain::time::calendar::Utc;

    #[test]
    fn the_textbook_example() {
        // 50 a purchase, 4 repeat purchases a year, 3 years.
        assert_eq!(lifetime_value(50.0, 4.0, 3.0).unwrap(), Amount(600 * SCALE));
        for (value, rate) in [(1e15, 1e3), (f64::NAN, 1.0), (-1e30, 1.0), (f64::INFINITY, 1.0)] {
            assert_eq!(lifetime_value(value, rate, 1.0).unwrap_err().kind, Kind::NumericOutOfRange);
        }
        for years in [-0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(check_years(years).unwrap_err().kind, Kind::InvalidParameter);
        }
    }

    #[test]
    fn a_group_is_its_customers_together() {
        let as_of = Instant::parse("2025-01-01").unwrap();
        let facts = |text: &str| Facts::of(&History::parse(text).unwrap(), as_of);
        let customers = [
            facts("{2023-01-01 10, 2024-01-01 20, 2025-01-01 30}"),
            facts("{2024-01-01 40}"),
            facts("{2024-06-01 -5}"),
            facts("{}"),
        ];
        let mut forwards = GroupSums::default();
        customers.iter().for_each(|facts| forwards.add(facts, as_of, &Utc));
        let mut backwards = GroupSums::default();
        for facts in customers.iter().rev() {
            let mut one = GroupSums::default();
            one.add(facts, as_of, &Utc);
            backwards.merge(one);
        }
        assert_eq!(forwards, backwards);
        let inputs = forwards.inputs().unwrap();
        let expected = LtvInputs {
            customers: 2,
            average_order_value: 25.0,
            repeat_purchases_per_year: Some(2.0 / 3.0),
            retention_years: 1.0,
        };
        assert_eq!(inputs, expected);
        assert_eq!(inputs.ltv().unwrap(), Some(Amount(166_667)));
        assert_eq!(GroupSums::default().inputs(), None);
    }
}
