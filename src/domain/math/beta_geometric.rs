//! A chance to leave at every step that differs between customers by a beta distribution: survival, and sums over steps.
//!
//! Where each customer leaves at a step with a probability θ, and θ is beta(a, b) distributed over the base,
//! P(still there after t steps) = E\[(1−θ)ᵗ\] = B(a, b+t)/B(a, b). It falls as a power of t and not exponentially, so that
//! sums over all steps may need millions of terms; [`Terms::sum`] takes a few thousand, and integrals for the rest.

use super::gamma::stirling_remainder;
use super::pareto_integral::RULE_10;

/// Where Stirling's formula holds to the last digit.
const LIFT: f64 = 13.0;

/// So many terms are added one by one.
const DIRECT: f64 = 4096.0;

/// Beyond this step the leading power of t is all that is left of a term without discount: parameters are ≤ 1e9.
const FAR: f64 = 1e26;

/// Beyond this step nothing is added any more.
const END: f64 = 1e300;

/// ln \[B(a, b+t)/B(a, b)\], the logarithm of the probability of still being there after t steps, for a, b > 0 and
/// t > −b.
///
/// The error grows with the result alone, however large a and b are: in ln Γ(z+a+t) + ln Γ(z) − ln Γ(z+a) − ln Γ(z+t)
/// Stirling's formula (DLMF 5.11.1) is subtracted term by term, after the recurrence has lifted b to z ≥ 13.
pub fn ln_survival(a: f64, b: f64, t: f64) -> f64 {
    let (mut z, mut lifted) = (b, 0.0);
    while z < LIFT || z + t < LIFT {
        lifted += ln_cross_ratio(z, a, t);
        z += 1.0;
    }
    let stirling = (z - 0.5) * ln_cross_ratio(z, a, t) + t * (a / (z + t)).ln_1p() + a * (t / (z + a)).ln_1p();
    let (near, far) = (stirling_remainder(z) - stirling_remainder(z + t), z + a);
    lifted - (stirling + near + (stirling_remainder(far + t) - stirling_remainder(far)))
}

/// ln \[z (z+a+t) / ((z+a) (z+t))\], to full precision near 0 and near −∞.
fn ln_cross_ratio(z: f64, a: f64, t: f64) -> f64 {
    let lost = a / (z + a) * (t / (z + t));
    if lost < 0.5 { (-lost).ln_1p() } else { (z / (z + a) * ((z + a + t) / (z + t))).ln() }
}

/// The terms of a sum: a completely monotone function f of the step, Σ over a mixture of falling exponentials.
pub struct Terms<R, L> {
    /// f(0).
    pub first: f64,
    /// f(i+1)/f(i) for a whole i.
    pub ratio: R,
    /// ln f(i+t) − ln f(i), for t > −1 and i ≥ 1.
    pub ln_change: L,
    /// s where f(t) falls as t^(−1−s) in the end, s > 0; None where it falls exponentially, or where the sum is finite.
    pub order: Option<f64>,
}

impl<R: Fn(f64) -> f64, L: Fn(f64, f64) -> f64> Terms<R, L> {
    /// f(0) + f(1) + … of so many terms, a whole number or ∞, to some 1e-13 of itself.
    ///
    /// Terms are added one by one up to a limit. Then ∫ f with the limits half a step before, less a 24th of the difference
    /// of the slopes at the limits (the Euler-Maclaurin formula, DLMF 2.10.1, in its form for midpoints; the next term is
    /// 1e-12 of the tail: f is log-convex, so that terms that have not died down change by less than 2 % a step).
    pub fn sum(&self, count: f64) -> f64 {
        let (mut term, mut before, mut sum, mut i) = (self.first, 0.0, 0.0, 0.0);
        while i < count.min(DIRECT) {
            sum += term;
            if term <= 1e-32 * sum {
                return sum;
            }
            before = term;
            term *= (self.ratio)(i);
            i += 1.0;
        }
        if i < count { sum + self.tail(before, term, i, count) } else { sum }
    }

    /// f(n) + … + f(count−1), of which f(n−1) and f(n) are known.
    fn tail(&self, before: f64, here: f64, n: f64, count: f64) -> f64 {
        let ln_f = |t: f64| (self.ln_change)(n, t - n);
        let f = |t: f64| here * ln_f(t).exp();
        let (mut from, end) = (n - 0.5, count - 0.5);
        let (mut integral, mut slope) = (0.0, before - here);
        while from < end.min(END) {
            // The function falls by no more than e⁴ in a panel, and its singularities at t ≤ 0 stay three half panels off.
            let fall = ln_f(from) - ln_f(from + 1.0);
            let width = if fall * from > 4.0 { 4.0 / fall } else { from }.min(end - from);
            let (half, middle) = (0.5 * width, from + 0.5 * width);
            let panel: f64 = RULE_10.iter().map(|&(at, w)| w * (f(middle - at * half) + f(middle + at * half))).sum();
            integral += half * panel;
            from += width;
            if half * panel < 1e-22 * integral {
                break;
            }
            if let (true, Some(order)) = (from > FAR && end == f64::INFINITY, self.order) {
                integral += f(from) * from / order;
                break;
            }
        }
        if end.is_finite() {
            slope -= f(count - 1.0) - f(count);
        }
        integral - slope / 24.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::math::gamma::ln_beta;

    fn survival(a: f64, b: f64) -> Terms<impl Fn(f64) -> f64, impl Fn(f64, f64) -> f64> {
        let ln_change = move |i: f64, t: f64| ln_survival(a, b + i, t);
        Terms { first: 1.0, ratio: move |i| (b + i) / (a + b + i), ln_change, order: Some(a - 1.0) }
    }

    #[test]
    fn the_sum_over_all_steps_has_a_closed_form() {
        // Σ B(a, b+t)/B(a, b) = E[1/θ] = (a+b−1)/(a−1).
        for a in [1.0001, 1.01, 1.3, 2.0, 7.0, 1e3, 1e6] {
            for b in [1e-5, 0.3, 2.0, 500.0, 1e6] {
                let (got, want) = (survival(a, b).sum(f64::INFINITY), (a + b - 1.0) / (a - 1.0));
                assert!((got / want - 1.0).abs() < 1e-12 / (a - 1.0f64).min(1.0), "{a} {b}: {got:e}, not {want:e}");
            }
        }
    }

    #[test]
    fn finite_sums_have_a_closed_form() {
        // Σ S(t) over t < m = [(a+b−1) − (a+b+m−1) S(m)]/(a−1), which telescopes.
        for a in [0.01, 0.5, 1.7, 3.0, 40.0] {
            for b in [0.02, 1.0, 300.0, 1e5] {
                for m in [1.0, 17.0, 4095.0, 4096.0, 4097.0, 4100.0, 10_000.0, 1e6, 1e9] {
                    let left = ln_survival(a, b, m).exp() * (a + b + m - 1.0);
                    let want = (a + b - 1.0 - left) / (a - 1.0);
                    let got = survival(a, b).sum(m);
                    let cancels = ((a + b - 1.0).abs() + left) / (want * (a - 1.0)).abs();
                    assert!((got / want - 1.0).abs() < 1e-12 + 1e-15 * cancels, "{a} {b} {m}: {got:e}, not {want:e}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn survival_is_that_of_beta_functions(ln_a in -11f64..14.0, ln_b in -11f64..14.0, t in 0u32..100_000) {
            let (a, b, t) = (ln_a.exp(), ln_b.exp(), f64::from(t));
            let (got, want) = (ln_survival(a, b, t), ln_beta(a, b + t) - ln_beta(a, b));
            let scale = 1.0 + ln_beta(a, b).abs() + ln_beta(a, b + t).abs();
            prop_assert!(got <= 0.0 && (got - want).abs() <= 1e-13 * scale, "{got:e} instead of {want:e}");
        }

        #[test]
        fn survival_is_a_product(ln_a in -11f64..14.0, ln_b in -11f64..14.0, t in 0u32..300) {
            let (a, b) = (ln_a.exp(), ln_b.exp());
            let product: f64 = (0..t).map(|i| -(a / (b + f64::from(i))).ln_1p()).sum();
            let got = ln_survival(a, b, f64::from(t));
            prop_assert!((got - product).abs() <= 1e-14 + 1e-13 * product.abs(), "{got:e} instead of {product:e}");
        }
    }
}
