//! The regularised incomplete beta function in log space, so that neither tail underflows.
//!
//! The argument is the odds t = z/(1−z) and not z. With t both z and 1−z keep their digits, and t is what the models
//! have: where a gap is gamma(k) distributed with a rate that is gamma(r, α) distributed, the gap divided by α is beta
//! prime distributed (Dubey, "Compound gamma, beta and F distributions", Metrika 16, 1970), and
//! P(gap ≤ y) = I_z(k, r) at the odds t = y/α.

use super::gamma::{LN_SQRT_2PI, ln_1p_minus, ln_beta, stirling_remainder};

/// From here on for both parameters, the kernel is computed around its mode: its plain terms are thousands that cancel.
const LARGE: f64 = 10.0;

/// The most steps of the continued fraction. It takes O(√max(a, b)): a dozen usually, and 10⁵ are never reached below
/// parameters of 10⁹; the limit is there so that no input can hold a backend.
const MAX_STEPS: u32 = 100_000;

/// The beta prime distribution with parameters a and b: t has P(t ≤ odds) = I_z(a, b), z = odds/(1+odds).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaPrime {
    a: f64,
    b: f64,
    /// What the kernel does not take from t: −ln B(a, b), or its part around the mode.
    ln_constant: f64,
}

/// The distribution at one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tails {
    /// ln I_z(a, b), the logarithm of P(t ≤ odds).
    pub ln_lower: f64,
    /// ln(1 − I_z(a, b)), the logarithm of P(t > odds).
    pub ln_upper: f64,
    /// ln [zᵃ (1−z)ᵇ / B(a, b)], the logarithm of the density with respect to ln t.
    pub ln_kernel: f64,
}

impl BetaPrime {
    /// The distribution with shape parameters a, b > 0.
    pub fn new(a: f64, b: f64) -> Self {
        let ln_constant = if a.min(b) < LARGE {
            -ln_beta(a, b)
        } else {
            let remainder = stirling_remainder(a) + stirling_remainder(b) - stirling_remainder(a + b);
            0.5 * (a / (1.0 + a / b)).ln() - LN_SQRT_2PI - remainder
        };
        BetaPrime { a, b, ln_constant }
    }

    /// ln [zᵃ (1−z)ᵇ / B(a, b)] at the odds 0 < t < ∞: the logarithm of t times the density of t.
    ///
    /// For large parameters as −a φ(−λ/a) − b φ(λ/b) + constant, with φ(u) = u − ln(1+u) and λ = a − (a+b)z
    /// (DiDonato and Morris, "Algorithm 708", ACM TOMS 18, 1992, function BRCOMP).
    pub fn ln_kernel(&self, odds: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        let (ln_z, ln_rest) = if odds < 1.0 {
            let ln_1p = odds.ln_1p();
            (odds.ln() - ln_1p, -ln_1p)
        } else {
            let ln_1p = odds.recip().ln_1p();
            (-ln_1p, -ln_1p - odds.ln())
        };
        if a.min(b) < LARGE {
            return self.ln_constant + a * ln_z + b * ln_rest;
        }
        let slope = self.slope(odds);
        // Far from the mode 1 + u is tiny, and its logarithm is better taken from the odds.
        let side = |p: f64, u: f64, ln: f64| p * if u > -0.4 { ln_1p_minus(u) } else { ln - u };
        let left = side(a, -slope / a, ln_z + (b / a).ln_1p());
        self.ln_constant + left + side(b, slope / b, ln_rest + (a / b).ln_1p())
    }

    /// λ = a − (a+b)z, the slope of the log-kernel with respect to ln t.
    pub fn slope(&self, odds: f64) -> f64 {
        if odds < 1.0 {
            (self.a - self.b * odds) / (1.0 + odds)
        } else {
            (self.a / odds - self.b) / (1.0 + odds.recip())
        }
    }

    /// Both tails and the kernel at the odds t ≥ 0.
    ///
    /// The tail on the near side of the mean comes from the continued fraction, the other one from it:
    /// 1 − I_z(a, b) = I_(1−z)(b, a) (DLMF 8.17.4).
    pub fn at(&self, odds: f64) -> Tails {
        if odds <= 0.0 {
            return Tails { ln_lower: f64::NEG_INFINITY, ln_upper: 0.0, ln_kernel: f64::NEG_INFINITY };
        }
        if odds == f64::INFINITY {
            return Tails { ln_lower: 0.0, ln_upper: f64::NEG_INFINITY, ln_kernel: f64::NEG_INFINITY };
        }
        let (a, b) = (self.a, self.b);
        let (slope, rest) = (self.slope(odds), 1.0 / (1.0 + odds));
        let ln_kernel = self.ln_kernel(odds);
        if odds * (b + 1.0) < a + 1.0 {
            let ln_lower = (ln_kernel - ln_fraction(a, b, odds * rest, slope)).min(0.0);
            Tails { ln_lower, ln_upper: ln_1m_exp(ln_lower), ln_kernel }
        } else {
            let ln_upper = (ln_kernel - ln_fraction(b, a, rest, -slope)).min(0.0);
            Tails { ln_lower: ln_1m_exp(ln_upper), ln_upper, ln_kernel }
        }
    }
}

/// ln(1 − eˣ) for x ≤ 0 (Mächler, "Accurately computing log(1 − exp(−|a|))", 2012).
pub fn ln_1m_exp(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 { (-x.exp_m1()).ln() } else { (-x.exp()).ln_1p() }
}

/// ln of the continued fraction f with I_z(a, b) = kernel / f, for z < (a+1)/(a+b+2); `slope` is a − (a+b)z.
///
/// The even part of DLMF 8.17.22, which takes half the steps of the fraction itself (DiDonato and Morris 1992, function
/// BFRAC), by the modified method of Lentz (Thompson and Barnett, J. Comput. Phys. 64, 1986; Numerical
/// Recipes, 3rd ed., p. 207). Step m is multiplied by a+2m+1, so that one division is left in its coefficients.
fn ln_fraction(a: f64, b: f64, z: f64, slope: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut value = (a * (slope + 1.0)).max(TINY);
    let (mut c, mut d) = (value, 0.0);
    let mut m = 1.0;
    for _ in 0..MAX_STEPS {
        let (low, high) = (a + 2.0 * m - 1.0, a + 2.0 * m + 1.0);
        let ratio = high / low;
        let over = (b - m) * z;
        let numerator = m * (m + a - 1.0) * ratio * ((a + b + m - 1.0) * z) * over;
        let denominator = m * high + m * over * ratio + (a + m) * (slope + 1.0 + m * (2.0 - z));
        d = denominator + numerator * d;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = denominator + numerator / c;
        c = if c.abs() < TINY { TINY } else { c };
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() <= f64::EPSILON {
            break;
        }
        m += 1.0;
    }
    (value / (a + 1.0)).ln()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn agrees_with_mpmath() {
        let mut cases = 0;
        for line in include_str!("../../../tests/data/ln_beta_inc.csv").lines().skip(2) {
            let v: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
            let tails = BetaPrime::new(v[0], v[1]).at(v[2]);
            for (what, got, want) in [("lower", tails.ln_lower, v[3]), ("upper", tails.ln_upper, v[4])] {
                let error = (got - want).abs();
                assert!(
                    error <= 1e-12 || error <= 1e-11 * want.abs(),
                    "ln {what} at a = {}, b = {}, odds = {:e}: {got:e} instead of {want:e}",
                    v[0],
                    v[1],
                    v[2]
                );
            }
            cases += 1;
        }
        assert!(cases >= 200, "only {cases} cases");
    }

    #[test]
    fn the_ends_are_exact() {
        let beta = BetaPrime::new(2.0, 3.0);
        assert_eq!((beta.at(0.0).ln_lower, beta.at(0.0).ln_upper), (f64::NEG_INFINITY, 0.0));
        assert_eq!((beta.at(f64::INFINITY).ln_lower, beta.at(f64::INFINITY).ln_upper), (0.0, f64::NEG_INFINITY));
        assert_eq!(beta.at(f64::MAX).ln_lower, 0.0);
        assert!(beta.at(f64::MIN_POSITIVE).ln_lower.is_finite());
    }

    proptest! {
        #[test]
        fn closed_forms_hold(b in 0.01f64..1e4, ln_odds in -20f64..20.0) {
            // I_z(1, b) = 1 − (1−z)^b, and I_z(a, 1) = z^a.
            let odds = ln_odds.exp();
            let upper = BetaPrime::new(1.0, b).at(odds).ln_upper;
            prop_assert!((upper + b * odds.ln_1p()).abs() <= 1e-12 + 1e-12 * upper.abs());
            let lower = BetaPrime::new(b, 1.0).at(odds).ln_lower;
            prop_assert!((lower + b * (1.0 / odds).ln_1p()).abs() <= 1e-12 + 1e-12 * lower.abs());
        }

        #[test]
        fn tails_sum_to_one_and_mirror(ln_a in -4.6f64..7.0, ln_b in -4.6f64..14.0, ln_odds in -40f64..40.0) {
            let (a, b) = (ln_a.exp(), ln_b.exp());
            let tails = BetaPrime::new(a, b).at(ln_odds.exp());
            prop_assert!(tails.ln_lower <= 0.0 && tails.ln_upper <= 0.0 && !tails.ln_kernel.is_nan());
            prop_assert!((tails.ln_lower.exp() + tails.ln_upper.exp() - 1.0).abs() < 1e-14);
            let mirror = BetaPrime::new(b, a).at((-ln_odds).exp());
            prop_assert!((mirror.ln_lower - tails.ln_upper).abs() <= 1e-11 * (1.0 + tails.ln_upper.abs()));
        }
    }
}
