//! How far out a value lies in both tails together, and where the tails begin that hold so much.

use std::f64::consts::SQRT_2;

use statrs::function::erf::{erf_inv, erfc, erfc_inv};

use super::Confidence;
use crate::domain::math::beta::BetaPrime;
use crate::domain::models::rhythm::Params;

/// From so many degrees of freedom on Student's distribution is taken as the normal one: its tail at t differs from the
/// normal one by a share of about t⁴/4ν, and sums for it become long.
const MANY_DEGREES: f64 = 1e10;

/// P(|Z| > z) of a standard normal Z: 1 at 0.
pub fn normal_tails(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2)
}

/// The z with P(|Z| ≤ z) = confidence for a standard normal Z: 1.96 at 0.95.
pub fn normal_critical(confidence: Confidence) -> f64 {
    let Confidence(inside) = confidence;
    // Each from its own side, so that neither end of the range loses its digits.
    let z = SQRT_2 * if inside < 0.5 { erf_inv(inside) } else { erfc_inv(1.0 - inside) };
    // So that it can be divided by.
    z.max(f64::MIN_POSITIVE)
}

/// P(|T| > t) of Student's T with ν > 0 degrees of freedom.
///
/// T²/ν is the ratio of two gammas with shapes ½ and ν/2, hence beta prime (½, ν/2) distributed (Abramowitz and Stegun
/// 26.7.1).
pub fn student_tails(t: f64, degrees: f64) -> f64 {
    if degrees >= MANY_DEGREES {
        return normal_tails(t);
    }
    let root = t / degrees.sqrt();
    BetaPrime::new(0.5, 0.5 * degrees).at(root * root).ln_upper.exp()
}

/// The t with P(|T| ≤ t) = confidence for Student's T with ν > 0 degrees of freedom: 12.7 at 0.95 and ν = 1.
///
/// T²/ν is distributed as the next gap of a rhythm with k = ½, r = ν/2 and α = 1, whose quantile is at hand.
pub fn student_critical(confidence: Confidence, degrees: f64) -> f64 {
    if degrees >= MANY_DEGREES {
        return normal_critical(confidence);
    }
    let squares = Params { k: 0.5, r: 0.5 * degrees, alpha: 1.0 };
    (degrees * squares.quantile_given_elapsed(0, 0.0, 0.0, confidence.0)).sqrt()
}
