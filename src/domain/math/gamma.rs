//! The gamma function's logarithm and its derivatives, and their differences without loss of digits.
//!
//! [`ln_gamma`] and [`digamma`] are those of statrs. What statrs lacks stands here: the trigamma function, and ln Γ(a+d)
//! − ln Γ(a) and ψ(a+d) − ψ(a), which a plain difference of two large numbers would blur: a base without heterogeneity
//! has a = 10⁶ and d = 1.
//!
//! Method throughout: the recurrence lifts the argument to 13 or more, and there the asymptotic series holds to
//! the last digit. DLMF is the NIST Digital Library of Mathematical Functions.

pub use statrs::function::gamma::{digamma, ln_gamma};

/// Where the asymptotic series are good to 1e-16: their first left-out terms there are below 3e-17.
const LIFT: f64 = 13.0;

/// ln √(2π).
pub const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// The trigamma function ψ′(x), the second derivative of ln Γ, for x > 0; NaN otherwise.
///
/// ψ′(x) = ψ′(x+1) + 1/x² (DLMF 5.15.5); ψ′(x) ~ 1/x + 1/(2x²) + Σ B₂ₙ/x²ⁿ⁺¹ (DLMF 5.15.8).
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut z, mut sum) = (x, 0.0);
    while z < LIFT {
        sum += 1.0 / (z * z);
        z += 1.0;
    }
    let w = 1.0 / (z * z);
    let series = 1.0 / 6.0
        - w * (1.0 / 30.0
            - w * (1.0 / 42.0 - w * (1.0 / 30.0 - w * (5.0 / 66.0 - w * (691.0 / 2730.0 - w * 7.0 / 6.0)))));
    sum + 1.0 / z + w * 0.5 + w / z * series
}

/// What Stirling's formula leaves of ln Γ(x): ln Γ(x) − [(x−½) ln x − x + ln √(2π)], for x ≥ 10.
///
/// Σ B₂ₙ / (2n(2n−1) x²ⁿ⁻¹) (DLMF 5.11.1), good to 1e-16 from 10 on.
pub fn stirling_remainder(x: f64) -> f64 {
    let w = 1.0 / (x * x);
    let series = 1.0 / 12.0
        - w * (1.0 / 360.0
            - w * (1.0 / 1260.0
                - w * (1.0 / 1680.0 - w * (1.0 / 1188.0 - w * (691.0 / 360_360.0 - w * (1.0 / 156.0))))));
    series / x
}

/// ln Γ(a+d) − ln Γ(a), the logarithm of Pochhammer's symbol (a)_d (DLMF 5.2.5), for a > 0 and d ≥ 0.
///
/// The error does not grow with ln Γ(a) but only with the result: Stirling's formula is subtracted term by term.
pub fn ln_gamma_ratio(a: f64, d: f64) -> f64 {
    let (mut z, mut below, mut above) = (a, 1.0, 1.0);
    while z < LIFT {
        below *= z;
        above *= z + d;
        z += 1.0;
    }
    // (z+d−½) ln(z+d) − (z−½) ln z − d, with ln(z+d) = ln z + ln(1 + d/z) where it multiplies z.
    let stirling = (z - 0.5) * (d / z).ln_1p() + d * ((z + d).ln() - 1.0);
    stirling + (stirling_remainder(z + d) - stirling_remainder(z)) - (above / below).ln()
}

/// ψ(a+d) − ψ(a), for a > 0 and d ≥ 0, to full relative precision however large a is against d.
///
/// ψ(x+1) = ψ(x) + 1/x (DLMF 5.5.2); ψ(x) ~ ln x − 1/(2x) − Σ B₂ₙ/(2n x²ⁿ) (DLMF 5.11.2).
pub fn digamma_difference(a: f64, d: f64) -> f64 {
    let (mut z, mut sum) = (a, 0.0);
    while z < LIFT {
        sum += d / (z * (z + d));
        z += 1.0;
    }
    let series = |w: f64| {
        w * (1.0 / 12.0
            - w * (1.0 / 120.0
                - w * (1.0 / 252.0
                    - w * (1.0 / 240.0 - w * (1.0 / 132.0 - w * (691.0 / 32_760.0 - w * (1.0 / 12.0)))))))
    };
    let top = z + d;
    sum + (d / z).ln_1p() + 0.5 * d / (z * top) - (series(1.0 / (top * top)) - series(1.0 / (z * z)))
}

/// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a+b) (DLMF 5.12.1), for a, b > 0.
///
/// Where both are large, Stirling's formula for the three is combined first, so that what cancels is never computed
/// (DiDonato and Morris, "Algorithm 708", ACM TOMS 18, 1992, function BETALN).
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (p, q) = if a < b { (a, b) } else { (b, a) };
    if p < 10.0 {
        return ln_gamma(p) - ln_gamma_ratio(q, p);
    }
    let remainder = stirling_remainder(p) + stirling_remainder(q) - stirling_remainder(p + q);
    LN_SQRT_2PI - 0.5 * q.ln() + (p - 0.5) * (p / (p + q)).ln() - q * (p / q).ln_1p() + remainder
}

/// ln(1+u) − u for u > −1, without the cancellation near 0.
///
/// With r = u/(2+u): ln(1+u) = 2(r + r³/3 + r⁵/5 + …) (DLMF 4.6.4), hence ln(1+u) − u = r (2 Σ r²ⁿ/(2n+1) − u), n ≥ 1.
pub fn ln_1p_minus(u: f64) -> f64 {
    if !(-0.4..=0.6).contains(&u) {
        return u.ln_1p() - u;
    }
    let r = u / (2.0 + u);
    let w = r * r;
    let (mut power, mut sum, mut n) = (w, w / 3.0, 3.0);
    // w ≤ 1/16, so that some 14 terms suffice.
    while power > w * 1e-17 {
        power *= w;
        n += 2.0;
        sum += power / n;
    }
    r * (2.0 * sum - u)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within `ulps` roundings of the value, or of 1 where the value is smaller.
    #[track_caller]
    fn close(what: &str, a: f64, d: f64, got: f64, want: f64, ulps: f64) {
        let error = (got - want).abs() / want.abs().max(1.0) / f64::EPSILON;
        assert!(error <= ulps, "{what} at a = {a}, d = {d}: {got} instead of {want}, {error:.1} ulps");
    }

    #[test]
    fn agrees_with_mpmath() {
        for line in include_str!("../../../tests/data/gamma.csv").lines().skip(2) {
            let v: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let (a, d) = (v[0], v[1]);
            close("ln_gamma", a, d, ln_gamma(a), v[2], 32.0);
            close("digamma", a, d, digamma(a), v[3], 16.0);
            close("trigamma", a, d, trigamma(a), v[4], 4.0);
            close("ln_gamma_ratio", a, d, ln_gamma_ratio(a, d), v[5], 16.0);
            close("digamma_difference", a, d, digamma_difference(a, d), v[6], 8.0);
            close("ln_beta", a, d, ln_beta(a, d), v[7], 32.0);
            let relative = digamma_difference(a, d) / v[6] - 1.0;
            assert!(relative.abs() < 8.0 * f64::EPSILON, "a = {a}, d = {d}: {relative:e}");
        }
    }

    #[test]
    fn ln_1p_minus_keeps_its_digits_near_zero() {
        // mpmath: log1p(u) - u at 50 digits.
        for (u, want) in [
            (1e-9, -4.999_999_996_666_667e-19),
            (-1e-5, -5.000_033_333_583_336_4e-11),
            (0.25, -0.026_856_448_685_790_246),
            (-0.4, -0.110_825_623_765_990_7),
            (3.0, -1.613_705_638_880_109_3),
        ] {
            let got = ln_1p_minus(u);
            assert!((got / want - 1.0).abs() < 4.0 * f64::EPSILON, "{u}: {got:e} instead of {want:e}");
        }
    }

    #[test]
    fn trigamma_refuses_what_is_not_positive() {
        assert!(trigamma(0.0).is_nan() && trigamma(-1.5).is_nan() && trigamma(f64::NAN).is_nan());
    }
}
