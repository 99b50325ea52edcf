//! Whether a treatment has changed what customers spend, judged by the lot itself: what the same customers would show had the lot put
//! others of them into the control group (Fisher, The Design of Experiments, 1935; Rosenbaum, Observational Studies, 2nd ed. 2002, chapter 2).
//!
//! | file | what it knows |
//! |---|---|
//! | `gathered` | the customers, in an order that does not depend on that of the rows |
//! | `terms` | the studentised difference at a supposed effect, its p-value, and the effects that are not rejected |
//! | `lots` | how lots are drawn again |
//! | `covariates` | what the customers' past leaves of their spend |
//! | `compare` | the comparison, plain and adjusted |
//! | `status` | what the comparison can see, in words |
//!
//! No assumption is made on how spend is distributed. The p-value is exact. The intervals rest on multiplied spend: that a treated customer
//! spends 1 + δ times as much as without treatment, δ being the same for all.

mod compare;
mod covariates;
mod gathered;
mod lots;
mod status;
mod terms;
#[cfg(test)]
mod tests;

pub use gathered::SpendState;
pub use lots::MOST_COMPLETE;

use super::Confidence;
use terms::Lots;

/// How many lots are drawn.
pub const LOTS: usize = 1_999;

/// How many are drawn where the p-value of [`LOTS`] leaves open on which side of 1 − confidence it lies, or where 1 − confidence is less than
/// [`FINE`].
pub const MORE_LOTS: usize = 19_999;

/// Where 1 − confidence is less, [`LOTS`] lots are too few.
pub const FINE: f64 = 0.01;

/// A group of fewer customers has no variance of its own.
const MIN_GROUP: f64 = 2.0;

/// A group of customers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Group {
    /// How many.
    pub customers: u64,
    /// Those who have spent more than 0.
    pub buyers: u64,
    /// The mean spend of a customer; with strata, weighted by the customers of both groups in each.
    pub mean: Option<f64>,
}

/// How far the treated customers are from the control customers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Effect {
    /// What the treatment has added to the spend of an average treated customer.
    pub difference: Option<f64>,
    /// The lower end of its interval; None without an end.
    pub difference_low: Option<f64>,
    /// The upper end; None without an end.
    pub difference_high: Option<f64>,
    /// The effect δ at which the groups would not differ: 0.1 is a tenth more. None where a mean is not above 0.
    pub lift: Option<f64>,
    /// The smallest lift that is not rejected, −1 or more.
    pub lift_low: Option<f64>,
    /// The largest one; None where no lift is too large.
    pub lift_high: Option<f64>,
    /// How likely a lot alone is to make so large a difference, in the direction of the difference, doubled; 0 < p ≤ 1.
    pub p_value: Option<f64>,
}

/// What treated customers have spent beside control customers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpendComparison {
    /// The treated customers.
    pub treated: Group,
    /// The control customers.
    pub control: Group,
    /// Of the spend as it is.
    pub plain: Effect,
    /// Of what the covariates leave of it; None without covariates.
    pub adjusted: Option<Effect>,
    /// The customers in each group for which a difference like this one would be found four times out of five.
    pub sample_size: Option<i64>,
    /// How it was compared, in words; None where there was nothing to compare.
    pub method: Option<String>,
    /// The strata that were compared.
    pub strata: u64,
    /// Customers of strata in which one group has nobody.
    pub left_out: u64,
    /// How many lots were looked at.
    pub permutations: u64,
    /// What the comparison can see, in words.
    pub status: String,
}

impl Effect {
    /// By the lots; `mean` is that of the treated customers.
    fn of(lots: &Lots, mean: f64, confidence: Confidence) -> Self {
        let p_value = Some(lots.p_value(1.0));
        let balance = lots.drawn.balance();
        let finite = |value: f64| value.is_finite().then_some(value);
        let difference = if mean == 0.0 { -lots.drawn.control_mean() } else { mean * (1.0 - balance) };
        let estimate = Effect { difference: finite(difference), p_value, ..Effect::default() };
        if mean == 0.0 {
            // Times whatever, nothing is nothing: no effect can be told from another.
            let lift = (lots.drawn.control_mean() > 0.0).then_some(-1.0);
            return Effect { lift, ..estimate };
        }
        let has_lift = mean > 0.0 && balance >= 0.0;
        let estimate = Effect { lift: finite(balance.recip() - 1.0).filter(|_| has_lift), ..estimate };
        let Some((least, most)) = lots.hull(1.0 - confidence.0) else { return estimate };
        let mut ends = [mean * (1.0 - most), mean * (1.0 - least)];
        ends.sort_unstable_by(f64::total_cmp);
        let [difference_low, difference_high] = ends.map(finite);
        let with_difference = Effect { difference_low, difference_high, ..estimate };
        if !has_lift {
            return with_difference;
        }
        Effect { lift_low: finite(most.recip() - 1.0), lift_high: finite(least.recip() - 1.0), ..with_difference }
    }
}
