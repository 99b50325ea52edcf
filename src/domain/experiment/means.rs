//! Means over customers: the revenue of each, orders of each, whatever can be averaged.

use super::sample_size::sample_size;
use super::tails::{student_critical, student_tails};
use super::{Comparison, Confidence, Interval, count, finite};
use crate::domain::support::error::{Error, Kind, Result};

/// A group of customers, of each of whom a number is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    customers: f64,
    mean: Option<f64>,
    variance: Option<f64>,
}

impl Means {
    /// A group by the name that messages give it, with the mean and the sample variance (by n − 1) over its customers.
    ///
    /// An empty group has no mean, and fewer than two customers have no variance, whatever is given.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for a negative number of customers, a mean that is not finite, and a variance that
    /// is negative or not finite.
    pub fn new(group: &str, customers: i64, mean: Option<f64>, variance: Option<f64>) -> Result<Self> {
        let refuse = |what: &str, value: f64, rule: &str| {
            Err(Error::new(Kind::InvalidParameter, format!("{group}_{what} out of range: {value}")).detail(rule))
        };
        let customers = count(group, customers)?;
        match (mean, variance) {
            (Some(mean), _) if !mean.is_finite() => refuse("mean", mean, "A mean must be a finite number."),
            (_, Some(variance)) if !variance.is_finite() || variance < 0.0 => {
                refuse("variance", variance, "A variance must be a finite number that is not negative.")
            }
            _ => Ok(Means {
                customers,
                mean: mean.filter(|_| customers >= 1.0),
                variance: variance.filter(|_| customers >= 2.0),
            }),
        }
    }

    /// Treated customers against control customers. Without a mean of both nothing can be said; without a variance of both, or
    /// where both are 0, only the difference and the lift.
    ///
    /// - difference and p-value: Welch's t (Welch, "The generalization of 'Student's' problem when several different
    ///   population variances are involved", Biometrika 34, 1947, pp. 28–35), with the degrees of freedom of
    ///   Satterthwaite ("An approximate distribution of estimates of variance components", Biometrics Bulletin 2,
    ///   1946, pp. 110–114);
    /// - lift: Fieller, "Some problems in interval estimation", JRSS B 16, 1954, pp. 175–185, with the same degrees of
    ///   freedom, so that 0 lies in the interval of the lift where it lies in that of the difference. No lift over a
    ///   mean of 0; no interval where the control mean does not differ significantly from 0, for it has no ends there;
    /// - sample size: see `sample_size`.
    pub fn compare(&self, control: &Means, confidence: Confidence) -> Comparison {
        let (Some(treated_mean), Some(control_mean)) = (self.mean, control.mean) else { return Comparison::default() };
        let difference = finite(treated_mean - control_mean);
        let lift = match difference {
            _ if control_mean == 0.0 => None,
            Some(difference) => finite(difference / control_mean),
            None => finite(treated_mean / control_mean - 1.0),
        };
        let estimates = Comparison { difference, lift, ..Comparison::default() };
        let (Some(treated_part), Some(control_part)) = (self.standard_error(), control.standard_error()) else {
            return estimates;
        };
        let error = treated_part.hypot(control_part);
        if error == 0.0 {
            return estimates;
        }
        // Each group's share of the squared standard error: its squares alone could leave the range of floats.
        let share = |part: f64, group: &Means| (part / error).powi(4) / (group.customers - 1.0);
        let degrees = (share(treated_part, self) + share(control_part, control)).recip();
        let t = student_critical(confidence, degrees);
        let deviation = self.deviation().hypot(control.deviation());
        Comparison {
            difference_interval: difference.and_then(|difference| Interval::around(difference, t * error, t * error)),
            lift_interval: lift.and_then(|lift| {
                let ratio = treated_mean / control_mean;
                fieller(lift, ratio, (t * treated_part / control_mean).abs(), (t * control_part / control_mean).abs())
            }),
            p_value: Some(student_tails(difference.map_or(f64::INFINITY, |difference| difference / error), degrees)),
            sample_size: difference.and_then(|difference| sample_size(confidence, deviation, deviation, difference)),
            ..estimates
        }
    }

    fn deviation(&self) -> f64 {
        self.variance.unwrap_or_default().sqrt()
    }

    /// Of the mean.
    fn standard_error(&self) -> Option<f64> {
        self.variance.map(|variance| variance.sqrt() / self.customers.sqrt())
    }
}

/// The interval of a ratio of two independent means, less 1; `above` and `below` are the arms of the mean above and of the
/// mean below the line, over the mean below.
///
/// All ratios ρ for which the mean above − ρ × the mean below does not differ significantly from 0: those between the roots
/// (ρ ± √(above² (1−g) + ρ² g)) / (1−g), g = below², if g < 1, and otherwise without an end.
fn fieller(lift: f64, ratio: f64, above: f64, below: f64) -> Option<Interval> {
    let g = below * below;
    let rest = 1.0 - g;
    if rest.is_nan() || rest <= 0.0 {
        return None;
    }
    let root = (above * rest.sqrt()).hypot(ratio * below);
    // From the estimate on: the middle of the roots lies ρ g / (1−g) beyond it.
    let shift = ratio * g;
    Interval::around(lift, ((root - shift) / rest).max(0.0), ((root + shift) / rest).max(0.0))
}
