//! Shares of customers who did something: bought, came back, renewed.

use super::hypergeometric_counts::HypergeometricCounts;
use super::sample_size::sample_size;
use super::tails::{normal_critical, normal_tails};
use super::{Comparison, Confidence, Interval, count, finite};
use crate::domain::support::error::{Error, Kind, Result};

/// The expected count below which the chi-square test is not near enough. Where 900 and 100 customers convert at 5 %, it calls wins and losses in 1.1
/// and 3.0 of 100 experiments, Boschloo's test in 1.4 and 1.6, and the mid-P value in 2.1 and 2.0, where 2.5 of each are allowed.
const EXACT_BELOW: f64 = 10.0;

/// A group of customers, some of whom converted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conversions {
    customers: f64,
    converted: f64,
    /// Counted before anything is rounded, so that all and all but one stay apart.
    others: f64,
}

impl Conversions {
    /// A group by the name that messages give it.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for a negative number, and where more converted than there are.
    pub fn new(group: &str, customers: i64, converted: i64) -> Result<Self> {
        let name = format!("{group}_converted");
        let (all, some) = (count(group, customers)?, count(&name, converted)?);
        if converted > customers {
            return Err(Error::new(Kind::InvalidParameter, format!("{name} out of range: {converted}"))
                .detail(format!("There are {customers} customers in the group."))
                .hint("Count each customer once, however often the customer converted."));
        }
        Ok(Conversions { customers: all, converted: some, others: (customers - converted) as f64 })
    }

    /// The share that converted, 0 to 1; None of an empty group.
    pub fn rate(&self) -> Option<f64> {
        (self.customers > 0.0).then(|| self.converted / self.customers)
    }

    /// Treated customers against control customers; nothing can be said where a group is empty.
    ///
    /// - difference: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    ///   Medicine 17, 1998, pp. 873–890, method 10: Wilson's intervals of both rates, joined by squares;
    /// - lift: Katz, Baptista, Azen and Pike, "Obtaining confidence intervals for the risk ratio in cohort studies",
    ///   Biometrics 34, 1978, pp. 469–474, on the logarithm of the ratio. No lift over a rate of 0; no interval
    ///   either of a lift to 0, and where all converted, whose standard error would be 0;
    /// - p-value: the z-test with the pooled rate, which is Pearson's chi-square test of the four counts (Fleiss, Levin and Paik
    ///   2003, chapter 3, without the correction for continuity). Where one of the counts is expected to be less than 10, the mid-P value
    ///   of Fisher's exact test (Lancaster, "Significance tests in discrete distributions", JASA 56, 1961, pp. 223–234), doubled.
    ///   None where all customers did the same;
    /// - sample size: see `sample_size`.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn compare(&self, control: &Conversions, confidence: Confidence) -> Result<Comparison> {
        let (Some(p), Some(q)) = (self.rate(), control.rate()) else { return Ok(Comparison::default()) };
        let z = normal_critical(confidence);
        let difference = p - q;
        let (treated_arms, control_arms) = (self.wilson_arms(z), control.wilson_arms(z));
        let below = treated_arms.0.hypot(control_arms.1);
        let above = treated_arms.1.hypot(control_arms.0);
        let lift = if control.converted > 0.0 { finite(difference / q) } else { None };
        Ok(Comparison {
            difference: Some(difference),
            // Only rounding could lead beyond the ends.
            difference_interval: Interval::around(difference, below, above)
                .map(|interval| Interval { low: interval.low.max(-1.0), high: interval.high.min(1.0) }),
            lift,
            lift_interval: lift.and_then(|lift| self.lift_interval(control, lift, z)),
            p_value: self.p_value(control, difference)?,
            sample_size: {
                let middle = 0.5 * (p + q);
                let rest = 0.5 * (self.others / self.customers + control.others / control.customers);
                let deviation = (self.variance() + control.variance()).sqrt();
                // Without a variance in either group there still is one of both together.
                sample_size(confidence, (2.0 * middle * rest).sqrt(), deviation, difference)
            },
        })
    }

    /// p (1−p), the variance of one customer.
    fn variance(&self) -> f64 {
        (self.converted / self.customers) * (self.others / self.customers)
    }

    /// How far Wilson's interval reaches below the rate and above it ("Probable inference", JASA 22, 1927, pp. 209–212).
    ///
    /// The ends are (2np + z² ∓ z s) / 2(n+z²), s² = z² + 4np(1−p); hence p − low = z (s − z(1−2p)) / 2(n+z²), where
    /// (s − z(1−2p)) (s + z(1−2p)) = 4p(1−p)(n+z²) takes the place of a difference of nearly equal numbers.
    fn wilson_arms(&self, z: f64) -> (f64, f64) {
        let (n, variance) = (self.customers, self.variance());
        let s = (z * z + 4.0 * n * variance).sqrt();
        let lean = z * ((self.others - self.converted) / n);
        let (long, short) = (0.5 * z * (s + lean.abs()) / (n + z * z), 2.0 * z * variance / (s + lean.abs()));
        if lean >= 0.0 { (short, long) } else { (long, short) }
    }

    fn lift_interval(&self, control: &Conversions, lift: f64, z: f64) -> Option<Interval> {
        // 1/x − 1/n, without the cancellation of nearly all customers.
        let part = |group: &Conversions| group.others / group.customers / group.converted;
        if self.converted == 0.0 || self.others + control.others == 0.0 {
            return None;
        }
        let arm = z * (part(self) + part(control)).sqrt();
        let ratio = (self.converted / self.customers) / (control.converted / control.customers);
        Interval::around(lift, ratio * -(-arm).exp_m1(), ratio * arm.exp_m1())
    }

    fn p_value(&self, control: &Conversions, difference: f64) -> Result<Option<f64>> {
        let converted = self.converted + control.converted;
        let others = self.others + control.others;
        if converted == 0.0 || others == 0.0 {
            return Ok(None);
        }
        let all = self.customers + control.customers;
        let least = self.customers.min(control.customers) * (converted.min(others) / all);
        if difference == 0.0 {
            return Ok(Some(1.0));
        }
        if least < EXACT_BELOW {
            let [all, converted, taken, number] =
                [all, converted, self.customers, self.converted].map(|count| count as u64);
            return HypergeometricCounts::new(all, converted, taken).map(|counts| Some(counts.mid_p(number)));
        }
        Ok(self.chi_square_p_value(control, difference))
    }

    fn chi_square_p_value(&self, control: &Conversions, difference: f64) -> Option<f64> {
        let all = self.customers + control.customers;
        let pooled = ((self.converted + control.converted) / all) * ((self.others + control.others) / all);
        let error = (pooled * (self.customers.recip() + control.customers.recip())).sqrt();
        (error > 0.0).then(|| normal_tails(difference / error))
    }
}
