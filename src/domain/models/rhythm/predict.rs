//! What a purchase rhythm says of one customer, in days.
//!
//! A customer with x gaps that sum to S has, by Bayes' rule, a rate that is gamma(r+kx, α+S) distributed. His next gap
//! divided by A = α+S is beta prime(k, r+kx) distributed: P(gap > y) = 1 − I_z(k, r+kx) with z = y/(y+A).
//!
//! A customer without gaps (x = 0, S = 0) is predicted from the base alone.

use super::Params;
use crate::domain::math::beta::{BetaPrime, Tails, ln_1m_exp};
use crate::domain::math::gamma::ln_beta;

/// The most evaluations of one quantile. Three or four do; bisection alone would take some 60.
const MAX_EVALUATIONS: u32 = 200;

/// The predictive distribution of one customer's next gap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NextGap {
    k: f64,
    /// r + kx.
    b: f64,
    /// α + S in days: the unit in which a gap is beta prime distributed.
    scale: f64,
    distribution: BetaPrime,
}

impl Params {
    /// The predictive distribution for a customer with `gaps` gaps that sum to `sum` days.
    pub fn next_gap(&self, gaps: u32, sum: f64) -> NextGap {
        let b = self.r + self.k * f64::from(gaps);
        NextGap { k: self.k, b, scale: self.alpha + sum.max(0.0), distribution: BetaPrime::new(self.k, b) }
    }

    /// The expected gap k(α+S)/(r+kx−1): the mean of the base and the customer's own mean, weighted (r−1)/k to x.
    ///
    /// Where r+kx ≤ 1 that mean is infinite, and the median of the predictive distribution stands in for it.
    pub fn expected_gap(&self, gaps: u32, sum: f64) -> f64 {
        let excess = self.r + self.k * f64::from(gaps) - 1.0;
        if excess > 0.0 {
            self.k * (self.alpha + sum.max(0.0)) / excess
        } else {
            self.quantile_given_elapsed(gaps, sum, 0.0, 0.5)
        }
    }

    /// P(gap > y).
    pub fn survival(&self, gaps: u32, sum: f64, y: f64) -> f64 {
        self.ln_survival(gaps, sum, y).exp()
    }

    /// ln P(gap > y), which does not underflow.
    pub fn ln_survival(&self, gaps: u32, sum: f64, y: f64) -> f64 {
        self.next_gap(gaps, sum).ln_survival(y)
    }

    /// The y with P(gap ≤ y | gap > elapsed) = p. See [`NextGap::quantile_given_elapsed`].
    pub fn quantile_given_elapsed(&self, gaps: u32, sum: f64, elapsed: f64, p: f64) -> f64 {
        self.next_gap(gaps, sum).quantile_given_elapsed(elapsed, p)
    }

    /// P(gap ≤ elapsed + horizon | gap > elapsed). See [`NextGap::purchase_probability`].
    pub fn purchase_probability(&self, gaps: u32, sum: f64, elapsed: f64, horizon: f64) -> f64 {
        self.next_gap(gaps, sum).purchase_probability(elapsed, horizon)
    }
}

impl NextGap {
    /// ln P(gap > y).
    pub fn ln_survival(&self, y: f64) -> f64 {
        self.distribution.at(y / self.scale).ln_upper
    }

    /// The y with P(gap ≤ y | gap > elapsed) = p, for 0 < p < 1: with p = ½ the median for those who still wait.
    ///
    /// Always above `elapsed`. Infinite where it exceeds 1e300 days, as it may in bases without a finite mean gap.
    pub fn quantile_given_elapsed(&self, elapsed: f64, p: f64) -> f64 {
        let elapsed = elapsed.max(0.0);
        // Not beyond what can be told from 0 and 1.
        let p = p.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
        let from = elapsed / self.scale;
        let now = self.distribution.at(from);
        let lower = now.ln_lower.exp() + p * now.ln_upper.exp();
        let odds = if lower < 0.5 {
            // In ln t, where ln P(gap ≤ y) is concave, and linear towards 0.
            let start = self.guess(lower.ln(), (-lower).ln_1p());
            solve(start, from.ln(), |s| self.lower_residual(s.exp(), lower.ln())).exp()
        } else {
            // In ln(1+t), where ln P(gap > y) is linear for k = 1, and in the far tail for every k.
            let target = now.ln_upper + (-p).ln_1p();
            let low = from.ln_1p();
            let start = if now.ln_lower > -1.5 {
                low + halley(self.upper_residual(from, &now, target))
            } else {
                self.guess(ln_1m_exp(target), target).exp().ln_1p()
            };
            let residual = |u: f64| {
                let odds = u.exp_m1();
                self.upper_residual(odds, &self.distribution.at(odds), target)
            };
            solve(start, low, residual).exp_m1()
        };
        let y = odds * self.scale;
        if y < 1e300 { y.max(elapsed.next_up()) } else { f64::INFINITY }
    }

    /// P(gap ≤ elapsed + horizon | gap > elapsed), to full relative precision also where it is tiny.
    pub fn purchase_probability(&self, elapsed: f64, horizon: f64) -> f64 {
        let elapsed = elapsed.max(0.0);
        if horizon.is_nan() || horizon <= 0.0 {
            return 0.0;
        }
        let now = self.distribution.at(elapsed / self.scale);
        // How much the logarithm of the density may change over the horizon.
        let change = (self.k - 1.0).abs() / elapsed + (self.k + self.b) / (elapsed + self.scale);
        if change * horizon < 1.0 {
            return self.integral(elapsed, horizon, now.ln_upper).clamp(0.0, 1.0);
        }
        let then = self.distribution.at((elapsed + horizon) / self.scale);
        let probability = if then.ln_lower < -std::f64::consts::LN_2 {
            (then.ln_lower - now.ln_upper + ln_1m_exp((now.ln_lower - then.ln_lower).min(0.0))).exp()
        } else {
            -(then.ln_upper - now.ln_upper).exp_m1()
        };
        probability.clamp(0.0, 1.0)
    }

    /// The integral of the density over [elapsed, elapsed + horizon], over exp(ln_upper), by Gauss's rule of ten points:
    /// a difference of two survivals would cancel (nodes and weights: Abramowitz and Stegun, table 25.4).
    fn integral(&self, elapsed: f64, horizon: f64, ln_upper: f64) -> f64 {
        const RULE: [(f64, f64); 5] = [
            (0.148_874_338_981_631_22, 0.295_524_224_714_752_87),
            (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
            (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
            (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
            (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
        ];
        let half = 0.5 * horizon;
        let density = |y: f64| (self.distribution.ln_kernel(y / self.scale) - ln_upper).exp() / y;
        let middle = elapsed + half;
        half * RULE.iter().map(|&(at, w)| w * (density(middle - at * half) + density(middle + at * half))).sum::<f64>()
    }

    /// ln P(gap ≤ y) − target, with its first two derivatives with respect to ln t.
    fn lower_residual(&self, odds: f64, target: f64) -> [f64; 3] {
        let tails = self.distribution.at(odds);
        let first = (tails.ln_kernel - tails.ln_lower).exp();
        [tails.ln_lower - target, first, first * (self.distribution.slope(odds) - first)]
    }

    /// target − ln P(gap > y), with its first two derivatives with respect to ln(1+t): the hazard and its slope.
    fn upper_residual(&self, odds: f64, tails: &Tails, target: f64) -> [f64; 3] {
        let rest = 1.0 / (1.0 + odds);
        let z = odds * rest;
        let hazard = (tails.ln_kernel - tails.ln_upper).exp() / z;
        [target - tails.ln_upper, hazard, hazard * ((self.distribution.slope(odds) - rest) / z + hazard)]
    }

    /// About the ln t at which the tails are these: the approximation (Abramowitz and Stegun 26.5.22 and 26.2.22) for
    /// k, r+kx ≥ 1, and otherwise the leading power of the smaller tail, as in Numerical Recipes (3rd ed., p. 273).
    fn guess(&self, ln_lower: f64, ln_upper: f64) -> f64 {
        let (a, b) = (self.k, self.b);
        if a < 1.0 || b < 1.0 {
            let ln_beta = ln_beta(a, b);
            return if ln_lower < ln_upper {
                (ln_lower + a.ln() + ln_beta) / a
            } else {
                -(ln_upper + b.ln() + ln_beta) / b
            };
        }
        let t = (-2.0 * ln_lower.min(ln_upper)).sqrt();
        let normal = t - (2.30753 + t * 0.27061) / (1.0 + t * (0.99229 + t * 0.04481));
        let x = if ln_lower < ln_upper { normal } else { -normal };
        let lambda = (x * x - 3.0) / 6.0;
        let (p, q) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
        let h = 2.0 / (p + q);
        let w = x * (lambda + h).sqrt() / h - (q - p) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
        (a / b).ln() - 2.0 * w
    }
}

/// Halley's step for a value with its first two derivatives; Newton's where the second derivative would turn it back.
fn halley([value, first, second]: [f64; 3]) -> f64 {
    let newton = -value / first;
    let curve = 1.0 + 0.5 * newton * second / first;
    if curve > 0.5 { newton / curve } else { newton }
}

/// The root above `low` of an increasing function that is negative at `low`, by Halley's method within a bracket.
fn solve(start: f64, low: f64, residual: impl Fn(f64) -> [f64; 3]) -> f64 {
    let (mut low, mut high, mut reach) = (low, f64::INFINITY, 1.0);
    let mut at = if start.is_finite() { start.max(low) } else { low.max(-700.0) };
    for _ in 0..MAX_EVALUATIONS {
        let here = residual(at);
        if here[0] < 0.0 {
            low = at;
        } else {
            high = at;
        }
        let next = at + halley(here);
        // The error falls to its third power: from a 1e-5 in the logarithm of the probability to nothing.
        if here[0].abs() < 1e-5 && next.is_finite() {
            return next;
        }
        let inside = next > low && next < high;
        at = if inside {
            next
        } else if low.is_finite() && high.is_finite() {
            0.5 * (low + high)
        } else {
            // Out of the open end in growing steps.
            reach *= 2.0;
            if high.is_finite() { high - reach } else { low + reach }
        };
        if at <= low || at >= high {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CDNOW: Params = Params { k: 1.066, r: 3.489, alpha: 139.4 };

    /// Bases from the irregular to the regular, from the diverse to the uniform, and customers of all kinds.
    fn cases() -> impl Strategy<Value = (Params, u32, f64, f64)> {
        let params = (-4.6f64..6.9, -4.6f64..13.8, -3f64..20.0).prop_map(|(k, r, alpha)| Params {
            k: k.exp(),
            r: r.exp(),
            alpha: alpha.exp(),
        });
        let elapsed = prop_oneof![Just(0.0), (0u32..3000).prop_map(f64::from), (0f64..16.1).prop_map(f64::exp)];
        (params, 0u32..500, 0f64..1e6, elapsed)
            .prop_map(|(params, x, s, elapsed)| (params, x, if x == 0 { 0.0 } else { s }, elapsed))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn survival_falls_from_one((params, x, s, y) in cases(), more in 0f64..1e4) {
            let (here, there) = (params.ln_survival(x, s, y), params.ln_survival(x, s, y + more));
            prop_assert_eq!(params.survival(x, s, 0.0), 1.0);
            prop_assert!(here <= 0.0 && there <= here + 1e-11 * here.abs(), "{} then {}", here, there);
        }

        #[test]
        fn quantile_inverts_the_probability((params, x, s, v) in cases(), p in 1e-6f64..0.999_999) {
            let gap = params.next_gap(x, s);
            let y = gap.quantile_given_elapsed(v, p);
            prop_assert!(y > v, "{} is not above {}", y, v);
            if y.is_finite() {
                let ln_upper = gap.ln_survival(v);
                let (got, want) = (gap.ln_survival(y), ln_upper + (-p).ln_1p());
                // By as much as P changes over the spacing of f64 at y, too.
                let spacing = 4.0 * f64::EPSILON * (y / gap.scale * gap.b).max(gap.k);
                prop_assert!((got - want).abs() <= 1e-11 * (1.0 + want.abs()) + spacing, "{} instead of {}", got, want);
            } else {
                prop_assert!(gap.ln_survival(1e300) > gap.ln_survival(v) + (-p).ln_1p() - 1e-9);
            }
        }

        #[test]
        fn quantile_exceeds_what_elapsed((params, x, s, v) in cases(), ln_p in -700f64..-1e-15) {
            let y = params.quantile_given_elapsed(x, s, v, ln_p.exp());
            prop_assert!(y > v, "{} is not above {}", y, v);
        }

        #[test]
        fn probability_grows_with_the_horizon((params, x, s, v) in cases(), h in -14f64..14.0, more in 0f64..3.0) {
            let (h, gap) = (h.exp(), params.next_gap(x, s));
            let (here, there) = (gap.purchase_probability(v, h), gap.purchase_probability(v, h * more.exp()));
            prop_assert!((0.0..=1.0).contains(&here) && (0.0..=1.0).contains(&there));
            prop_assert!(there >= here * (1.0 - 1e-10), "{} then {}", here, there);
        }

        #[test]
        fn random_times_have_closed_forms(
            b in 0.1f64..500.0, scale in 1f64..1e5, v in 0f64..1e5, p in 1e-4f64..0.999, h in -25f64..10.0,
        ) {
            // k = 1 is the Lomax distribution: P(gap > y) = (1 + y/A)^−b.
            let gap = Params { k: 1.0, r: b, alpha: scale }.next_gap(0, 0.0);
            let exact = scale * ((v / scale).ln_1p() - (-p).ln_1p() / b).exp_m1();
            prop_assert!((gap.quantile_given_elapsed(v, p) / exact - 1.0).abs() < 1e-10);
            let h = h.exp();
            let exact = -(-b * (h / (scale + v)).ln_1p()).exp_m1();
            let got = gap.purchase_probability(v, h);
            prop_assert!((got / exact - 1.0).abs() < 1e-11, "{:e} instead of {:e}", got, exact);
        }

        #[test]
        fn probability_keeps_its_digits_where_it_is_tiny(k in 0.02f64..900.0, v in 1f64..1e4, h in -40f64..7.0) {
            // b = 1 has P(gap ≤ y) = z^k, and so P = (z₂^k − z₁^k) / (1 − z₁^k), all terms by logarithms.
            let (scale, h) = (100.0, h.exp());
            let gap = Params { k, r: 1.0, alpha: scale }.next_gap(0, 0.0);
            let ln_z = -(scale / v).ln_1p();
            let grown = (h / v).ln_1p() - (h / (v + scale)).ln_1p();
            prop_assume!(grown > 1e-4 * (h / v).ln_1p());
            let ln_difference = k * (ln_z + grown) + (-(-k * grown).exp_m1()).ln();
            let exact = ln_difference.exp() / -(k * ln_z).exp_m1();
            let got = gap.purchase_probability(v, h);
            prop_assert!((got - exact).abs() <= 1e-9 * exact, "{:e} instead of {:e}", got, exact);
        }
    }

    #[test]
    fn expects_between_the_base_and_the_customer() {
        // The base: kα/(r−1). Many gaps: the customer's own mean.
        let base = CDNOW.k * CDNOW.alpha / (CDNOW.r - 1.0);
        assert!((CDNOW.expected_gap(0, 0.0) - base).abs() < 1e-12);
        let weight = (CDNOW.r - 1.0) / CDNOW.k;
        assert!((CDNOW.expected_gap(4, 80.0) - (weight * base + 80.0) / (weight + 4.0)).abs() < 1e-12);
        assert!((CDNOW.expected_gap(1_000_000, 7e6) - 7.0).abs() < 1e-3);
    }

    #[test]
    fn expects_the_median_where_the_mean_is_infinite() {
        let diverse = Params { k: 1.0, r: 0.5, alpha: 30.0 };
        // (1 + y/30)^−½ = ½.
        assert!((diverse.expected_gap(0, 0.0) / 90.0 - 1.0).abs() < 1e-12);
        assert!(diverse.expected_gap(1, 30.0).is_finite());
    }

    #[test]
    fn stays_finite_at_the_far_ends() {
        for (k, r, alpha) in [(0.01, 0.01, 1e-6), (1000.0, 1e6, 1e15), (0.01, 1e6, 1e15), (1000.0, 0.01, 1e-6)] {
            let params = Params { k, r, alpha };
            for (x, s) in [(0, 0.0), (1, 1.0), (u32::MAX, f64::from(u32::MAX))] {
                let gap = params.next_gap(x, s);
                for v in [0.0, 1.0, 1e7, 1e300] {
                    assert!(!gap.ln_survival(v).is_nan(), "{params:?} {x} {v}");
                    assert!(gap.quantile_given_elapsed(v, 0.5) > v, "{params:?} {x} {v}");
                    let probability = gap.purchase_probability(v, 30.0);
                    assert!((0.0..=1.0).contains(&probability), "{params:?} {x} {v}: {probability}");
                }
            }
        }
    }

    #[test]
    fn no_horizon_has_no_probability() {
        assert_eq!(CDNOW.purchase_probability(2, 60.0, 10.0, 0.0), 0.0);
        assert_eq!(CDNOW.purchase_probability(2, 60.0, 10.0, -3.0), 0.0);
        assert_eq!(CDNOW.purchase_probability(2, 60.0, 10.0, f64::NAN), 0.0);
        assert_eq!(CDNOW.purchase_probability(2, 60.0, 10.0, f64::INFINITY), 1.0);
    }
}
