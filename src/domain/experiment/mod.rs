//! What an experiment says: treated customers against control customers who were drawn at random from the same base.
//!
//! | file | what it knows |
//! |---|---|
//! | `tails` | how far out a value lies under the normal and under Student's distribution |
//! | `hypergeometric_counts` | how many customers of a kind the lot puts into a group |
//! | `sample_ratio` | whether the groups are as large as the lot should have made them |
//! | `sample_size` | how many customers a difference needs to be seen |
//! | `conversions` | shares of customers who did something |
//! | `spend` | what the treated customers have spent, judged by the lot itself |
//! | `looks` | the customers for that, gathered in whatever order |
//! | `means` | means over customers, such as the revenue of each |
//! | `anytime` | the lift of spend for readers who look every day |
//! | `regression` | what was to be expected of customers by what is known of them |
//! | [`power`] | how often an experiment on spend would find an effect, by what customers have spent before |
//!
//! Whatever cannot be said is None: so is a figure beyond what a float can hold.

mod anytime;
mod conversions;
mod hypergeometric_counts;
pub mod looks;
mod means;
pub mod power;
mod regression;
pub mod sample_ratio;
mod sample_size;
pub mod spend;
mod tails;
#[cfg(test)]
mod tests;

pub use anytime::{Anytime, Ends, Looked, anytime, anytime_p_value};
pub use conversions::Conversions;
pub use means::Means;
pub use sample_size::customers_needed;

use crate::domain::support::error::{Error, Kind, Result};

/// How often intervals hold the truth in the long run, 0 < confidence < 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence(f64);

impl Confidence {
    /// Checks a confidence.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless it lies between 0 and 1.
    pub fn new(confidence: f64) -> Result<Self> {
        if confidence > 0.0 && confidence < 1.0 {
            return Ok(Confidence(confidence));
        }
        Err(Error::new(Kind::InvalidParameter, format!("confidence out of range: {confidence}"))
            .detail("confidence must lie strictly between 0 and 1.")
            .hint("0.95 is usual."))
    }

    /// The share.
    pub fn value(self) -> f64 {
        self.0
    }
}

/// A confidence interval, both ends of which are finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// So far below a value and so far above it; None where an end is beyond a float.
    fn around(value: f64, below: f64, above: f64) -> Option<Self> {
        let (low, high) = (value - below, value + above);
        (low.is_finite() && high.is_finite()).then_some(Interval { low, high })
    }
}

/// Treated customers against control customers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Comparison {
    /// The figure of the treated less that of the control customers.
    pub difference: Option<f64>,
    /// The confidence interval of the difference.
    pub difference_interval: Option<Interval>,
    /// The figure of the treated over that of the control customers, less 1: 0.1 is a tenth more.
    pub lift: Option<f64>,
    /// The confidence interval of the lift.
    pub lift_interval: Option<Interval>,
    /// How likely at least so large a difference would be, in either direction, if the treatment did nothing; 0 to 1.
    pub p_value: Option<f64>,
    /// The customers in each group for which a true difference as large as the one observed would be found significant
    /// at this confidence four times out of five; at least 1.
    pub sample_size: Option<i64>,
}

/// Checks a number of customers.
fn count(name: &str, value: i64) -> Result<f64> {
    if value >= 0 {
        return Ok(value as f64);
    }
    Err(Error::new(Kind::InvalidParameter, format!("{name} out of range: {value}"))
        .detail("A number of customers is 0 or more."))
}

/// A value that a float holds.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
