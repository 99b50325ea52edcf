//! Gauss's hypergeometric function 2F1(a, b; c; z) in log space, for c > b > 0, a ≥ 0 and z < 1: for tests.
//!
//! The literature writes expectations and probabilities as differences of such functions. These cancel where times are
//! short and have no value at a = 1 or s = 1, so the models sum and integrate positive terms instead, and are tested
//! against the closed forms where those hold.
//!
//! There it is positive: Euler's integral (DLMF 15.6.1) has a positive integrand,
//!
//! 2F1(a, b; c; z) = 1/B(b, c−b) ∫₀¹ p^(b−1) (1−p)^(c−b−1) (1−zp)^(−a) dp,
//!
//! and so has, after Pfaff's transformation (DLMF 15.8.1) where z < 0, the power series. The series is summed where it is
//! short, the integral in the logit of p elsewhere; neither has terms that cancel. DLMF is the NIST Digital Library of
//! Mathematical Functions.

use super::gamma::ln_beta;
use super::trapezoid;
use super::trapezoid::{Tail, softplus};

/// The series is used where it takes about this many terms.
const SHORT: f64 = 300.0;

/// ln 2F1(a, b; c; z) for c > b > 0, a ≥ 0, z < 1, all finite.
///
/// The error is at most 1e-11 + 1e-13·|ln 2F1| while no parameter exceeds 10⁵ and |ln(1−z)| is below 20, and a few
/// roundings of a·ln(1−z) and of ln B(b, c−b) beyond; NaN outside the range of the arguments.
pub fn ln_2f1(a: f64, b: f64, c: f64, z: f64) -> f64 {
    if !(a >= 0.0 && b > 0.0 && c > b && z < 1.0 && a.is_finite() && c.is_finite() && z.is_finite()) {
        return f64::NAN;
    }
    // The distance of z from the pole, as ln(1−z).
    let log = (-z).ln_1p();
    if z >= 0.0 {
        series(a, b, c, z, 1.0 - z).unwrap_or_else(|| integral(a, b, c, z, log))
    } else {
        match series(a, c - b, c, z / (z - 1.0), 1.0 / (1.0 - z)) {
            Some(value) => value - a * log,
            None => integral(a, b, c, z, log),
        }
    }
}

/// ln Σ (a)ₙ(b)ₙ/(c)ₙ zⁿ/n! (DLMF 15.2.1) for 0 ≤ z < 1, where that is short; `rest` is 1−z.
fn series(a: f64, b: f64, c: f64, z: f64, rest: f64) -> Option<f64> {
    // The terms grow up to n ≈ az/(1−z), and then fall like zⁿ.
    if a * z + 40.0 > SHORT * rest {
        return None;
    }
    let (mut term, mut sum, mut n) = (1.0, 1.0, 0.0);
    loop {
        let ratio = (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        term *= ratio;
        sum += term;
        n += 1.0;
        if ratio < 1.0 && term <= 1e-17 * sum * (1.0 - ratio) || n > 20.0 * SHORT {
            return Some(sum.ln());
        }
    }
}

/// ln of Euler's integral, in s = ln(p/(1−p)); `log` is ln(1−z).
///
/// The integrand is p^b (1−p)^(c−b) (1−zp)^(−a), or exp(bs − (c−a) ln(1+eˢ) − a ln(1+eˢ(1−z))), for 1−zp = (1+eˢ(1−z))/(1+eˢ). It has one mode: the
/// slope b − (c−a)σ(s) − aσ(s+log), with the logistic function σ, falls from b to b−c, or first moves away from zero.
fn integral(a: f64, b: f64, c: f64, z: f64, log: f64) -> f64 {
    let slope = |s: f64| b - (c - a) * logistic(s) - a * logistic(s + log);
    let (mut low, mut high) = ((b / c).ln() - 2.0 - log.abs(), -((c - b) / c).ln() + 2.0 + log.abs());
    while slope(low) < 0.0 && low > -1e4 {
        low -= 20.0;
    }
    while slope(high) > 0.0 && high < 1e4 {
        high += 20.0;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if slope(middle) > 0.0 { low = middle } else { high = middle }
    }
    let mode = 0.5 * (low + high);
    let bend = |x: f64| logistic(x) * logistic(-x);
    let curvature = (c - a) * bend(mode) + a * bend(mode + log);
    // p^b (1−p)^(c−b) and ln(1−zp), each without a difference of large terms.
    let exponent = |s: f64| {
        let (p, q) = (logistic(s), logistic(-s));
        let ln = if z * p < 0.5 { (-z * p).ln_1p() } else { (q + (1.0 - z) * p).ln() };
        -b * softplus(-s) - (c - b) * softplus(s) - a * ln
    };
    let peak = exponent(mode);
    // There eˢ, and then e⁻ˢ, no longer change the two logarithms.
    let far = 40.0 + (a + c).ln_1p() + log.abs();
    let (left, right) = (Tail { slope: b, exact: -far }, Tail { slope: c - b, exact: far });
    let step = trapezoid::step(curvature);
    let [sum] = trapezoid::sum(mode, step, left, right, |s| [(exponent(s) - peak).exp()]);
    peak + (sum * step).ln() - ln_beta(b, c - b)
}

/// The logistic function 1/(1 + e⁻ˣ).
fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agrees_with_mpmath() {
        let (mut cases, mut worst) = (0, 0.0);
        for line in include_str!("../../../tests/data/hypergeometric.csv").lines().skip(2) {
            let v: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let got = ln_2f1(v[0], v[1], v[2], v[3]);
            // Of the function, and where its logarithm is huge, of that.
            let error = (got - v[4]).abs() / v[4].abs().max(1.0);
            let relative = (got - v[4]).abs();
            assert!(relative <= 1e-11 + 1e-13 * v[4].abs(), "{v:?}: {got}, off by {relative:e}");
            worst = f64::max(worst, error);
            cases += 1;
        }
        assert!(cases >= 300, "only {cases} cases");
        println!("{cases} cases, worst {worst:e}");
    }

    #[test]
    fn is_nan_outside() {
        for (a, b, c, z) in [(1.0, 1.0, 1.0, 0.5), (1.0, 0.0, 1.0, 0.5), (1.0, 1.0, 2.0, 1.0), (-1.0, 1.0, 2.0, 0.0)] {
            assert!(ln_2f1(a, b, c, z).is_nan());
        }
        assert!(ln_2f1(0.0, 1.0, 2.0, -1e300).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn closed_forms_hold(ln_a in -5f64..11.0, ln_c in -5f64..11.0, ln_z in -20f64..18.0) {
            // Nearly c = b: 2F1(a, b; b; z) = (1−z)^(−a); and ln(1−z) = −z 2F1(1, 1; 2; z).
            let (a, z) = (ln_a.exp(), -ln_z.exp());
            let got = ln_2f1(1.0, 1.0, 2.0, z);
            prop_assert!((got - ((-z).ln_1p() / -z).ln()).abs() < 1e-13 * (1.0 + got.abs()));
            // The integrand's own transformation: Euler's (DLMF 15.8.1).
            let (b, c) = (0.5 * ln_c.exp(), ln_c.exp());
            if c > a {
                let other = (c - a - b) * (-z).ln_1p() + ln_2f1(c - a, c - b, c, z);
                let got = ln_2f1(a, b, c, z);
                prop_assert!((got - other).abs() < 1e-10 + 1e-13 * c * (1.0 + (-z).ln_1p()), "{got} {other}");
            }
        }

        #[test]
        fn never_nan(ln_a in -30f64..30.0, ln_b in -30f64..30.0, ln_d in -30f64..30.0, ln_z in -40f64..40.0) {
            let (a, b) = (ln_a.exp(), ln_b.exp());
            let c = b + ln_d.exp();
            if c > b {
                prop_assert!(!ln_2f1(a, b, c, -ln_z.exp()).is_nan());
                prop_assert!(!ln_2f1(a, b, c, 1.0 - 1.0 / (1.0 + ln_z.exp())).is_nan() || 1.0 + ln_z.exp() == 1.0
                    || ln_z > 36.0);
            }
        }
    }
}
