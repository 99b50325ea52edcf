//! The trapezoidal rule over the whole real line, for integrands that fall off exponentially on both sides.
//!
//! For an integrand that is analytic in a strip around the real line the rule converges exponentially in 1/step
//! (Trefethen and Weideman, "The Exponentially Convergent Trapezoidal Rule", SIAM Review 56, 2014, section 5). An integral
//! over p ∈ (0, 1) comes into this form through the logit of p, one over λ > 0 through its logarithm; both have their
//! nearest singularity at a distance of at least π/2.

/// No tail is followed further than this many steps, so that no input can hold a backend.
const MAX_STEPS: u32 = 200_000;

/// The terms left out of a sum, as a share of it.
const NEGLIGIBLE: f64 = 1e-17;

/// One side of an integrand: from `exact` on, it is e^(−slope·distance) times a constant, to a double's precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    /// The rate of the fall, > 0.
    pub slope: f64,
    /// The abscissa from which on (outwards) the fall is exponential.
    pub exact: f64,
}

/// The step at which the rule is exact to some 1e-13 for an integrand whose logarithm has at most this curvature ≥ 0.
///
/// 0.25 keeps e^(−2π·(π/2)/step), the error from the strip's edge, below 1e-17; for narrow peaks the error is that of a
/// Gaussian, e^(−2π²/(curvature·step²)), with room for the skewness of gamma and beta densities.
pub fn step(curvature: f64) -> f64 {
    (0.45 / curvature.max(0.0).sqrt()).min(0.25)
}

/// Σ term(centre + n·step) over all whole n, for N integrands at once; times the step it is their integrals.
///
/// The terms must be ≥ 0. A side ends where its terms have become negligible or, by a geometric sum, where its fall is
/// exponential.
pub fn sum<const N: usize>(
    centre: f64,
    step: f64,
    left: Tail,
    right: Tail,
    mut term: impl FnMut(f64) -> [f64; N],
) -> [f64; N] {
    let mut total = term(centre);
    for (tail, sign) in [(left, -1.0), (right, 1.0)] {
        // All terms from one on, in units of that one.
        let rest = -1.0 / (-tail.slope * step).exp_m1();
        for n in 1..=MAX_STEPS {
            let at = centre + sign * f64::from(n) * step;
            let terms = term(at);
            if sign * (at - tail.exact) >= 0.0 || n == MAX_STEPS {
                total.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term * rest);
                break;
            }
            total.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
            if terms.iter().zip(&total).all(|(term, sum)| term * rest <= NEGLIGIBLE * sum) {
                break;
            }
        }
    }
    total
}

/// ln(1 + eˢ).
pub fn softplus(s: f64) -> f64 {
    s.max(0.0) + (-s.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_a_gamma_density() {
        // ∫ e^(as − eˢ) ds = Γ(a); the left tail of a = 0.01 is 4000 nats long and is closed.
        for (a, gamma) in
            [(0.01, 99.432_585_119_150_6), (0.5, 1.772_453_850_905_516), (4.0, 6.0), (20.0, 121_645_100_408_832_000.0)]
        {
            let (left, right) = (Tail { slope: a, exact: -40.0 }, Tail { slope: 1.0, exact: f64::INFINITY });
            let f = |s: f64| [(a * s - s.exp()).exp()];
            let centre = f64::ln(a);
            let [got] = sum(centre, step(a), left, right, f);
            assert!((got * step(a) / gamma - 1.0).abs() < 1e-13, "{a}: {got}");
        }
    }

    #[test]
    fn softplus_has_no_overflow() {
        assert_eq!((softplus(-800.0), softplus(800.0)), (0.0, 800.0));
        assert!((softplus(0.0) - std::f64::consts::LN_2).abs() < 1e-16);
    }
}
