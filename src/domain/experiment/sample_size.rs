//! How many customers a difference needs to be seen.

use super::Confidence;
use super::power::{ControlShare, Lift};
use super::tails::normal_critical;

/// The z that a standard normal variable stays below with probability 0.8, the usual power of an experiment: Φ(z) = 0.8.
const POWER_80: f64 = 0.841_621_233_572_914_2;

/// Customers in each group for which a two-sided test at this confidence finds a difference with probability 0.8:
///
/// n = ((z_(α/2) s₀ + z_β s₁) / difference)², rounded up,
///
/// with s₀² and s₁² the sum of both groups' variances of one customer, as the test takes it where there is no difference, and
/// as it is (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed. 2003, chapter 4, without
/// the correction for continuity; for means s₀ = s₁).
///
/// None where there is no difference or no variance, and beyond what 64 bits hold.
pub fn sample_size(confidence: Confidence, null_deviation: f64, deviation: f64, difference: f64) -> Option<i64> {
    let root = (normal_critical(confidence) * null_deviation + POWER_80 * deviation) / difference;
    let size = (root * root).ceil().max(1.0);
    // 2^63 is the first float too large; NaN is none.
    (difference != 0.0 && null_deviation > 0.0 && size < i64::MAX as f64).then_some(size as i64)
}

/// All customers of an experiment that finds a lift of their mean with probability 0.8, by the mean and the variance of one customer
/// without it, where the lift multiplies what each customer spends: near enough where so many are needed that means are near normal.
///
/// None where there is no variance or the mean is not positive, and beyond what 64 bits hold.
pub fn customers_needed(
    control: ControlShare,
    lift: Lift,
    confidence: Confidence,
    mean: f64,
    variance: f64,
) -> Option<i64> {
    let (held_back, treated) = (control.get(), 1.0 - control.get());
    let null_deviation = (variance / held_back + variance / treated).sqrt();
    let deviation = (variance / held_back + variance * (1.0 + lift.get()).powi(2) / treated).sqrt();
    if mean > 0.0 { sample_size(confidence, null_deviation, deviation, lift.get() * mean) } else { None }
}
