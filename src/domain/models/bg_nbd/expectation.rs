//! How many purchases a living customer makes within a time, without a formula that cancels.
//!
//! With τ = t/A, N ~ negative binomial(R+j, τ/(1+τ)) phases end within t, and M = ⌊(N+j)/k⌋ of them are purchases or would
//! be if the customer stayed. Of M possible purchases C(M) = Σ (b₁)ₙ/(a+b₁)ₙ, n < M, are expected: E = Σⱼ wⱼ E[C(M)]. That
//! sum is taken as it stands where it is short, for one time or for several at once. Elsewhere p is integrated numerically:
//! C(M) is the mean of (1 − (1−p)ᴹ)/p over p ~ Beta(a, b₁), so that E = E_p[f(p)] with
//!
//! f(p) = (1 − Σⱼ wⱼ E[(1−p)^⌊(N+j)/k⌋])/p;  for k = 1: (1 − (1+pτ)^(−R))/p.
//!
//! For k > 1 the floor is removed by the k-th roots of unity ω: with ζ = (1−p)^(1/k) and Z_l = ζωˡ,
//! ζ^(k⌊m/k⌋) = Σ_l c_l Z_lᵐ with c_l = (p/(1−p)) Z_l/(k(1−Z_l)), and E[Zᴺ] = (1+τ(1−Z))^(−R−j). The root l = 0 is nearly 1
//! where p is small, and is computed as 1 minus itself.

use std::f64::consts::{LN_2, TAU};

use super::{Living, MAX_K};
use crate::domain::math::trapezoid;
use crate::domain::math::trapezoid::{Tail, softplus};

/// The sum is used where it takes about this many terms.
const SHORT: f64 = 2000.0;

/// The sum's first term is e^(−R ln(1+τ)), which must not underflow.
const MAX_EXPONENT: f64 = 600.0;

/// (1−p)ᴹ is below 2⁻⁵⁴ for p > ½ from this M on.
const BLOCKS: usize = 56;

impl Living {
    /// The expected number of purchases within t, given that the customer has not left; +∞ only where t is, or overflows.
    pub(super) fn expected(&self, within: f64) -> f64 {
        self.by_rate(0.0, within).unwrap_or_else(|| self.expected_at(&[within / self.rate])[0])
    }

    /// The same at several odds τ = t/A, ascending.
    pub(super) fn expected_at<const N: usize>(&self, odds: &[f64; N]) -> [f64; N] {
        match self.coin {
            None if self.k == 1 => odds.map(|odds| self.shape * odds),
            _ if self.is_short(odds[N - 1]) => self.sums(odds),
            None => odds.map(|odds| if self.is_short(odds) { self.sums(&[odds])[0] } else { self.counted(odds) }),
            Some(coin) => {
                odds.map(|odds| if self.is_short(odds) { self.sums(&[odds])[0] } else { self.over_coins(odds, coin) })
            }
        }
    }

    /// Whether the sum over N is short: N's mean, a dozen of its standard deviations, and 40 times its tail's length.
    fn is_short(&self, odds: f64) -> bool {
        let shape = self.shape + self.k as f64;
        let mean = shape * odds;
        mean + 12.0 * (mean * (1.0 + odds)).sqrt() + 40.0 * (1.0 + odds) < SHORT && shape * odds.ln_1p() < MAX_EXPONENT
    }

    /// By the sum and by the other way, for the tests.
    #[cfg(test)]
    pub(super) fn both_ways(&self, odds: f64) -> (f64, f64) {
        let other = self.coin.map_or_else(|| self.counted(odds), |coin| self.over_coins(odds, coin));
        (self.sums(&[odds])[0], other)
    }

    /// By the sum, for the tests.
    #[cfg(test)]
    pub(super) fn by_sum(&self, odds: f64) -> f64 {
        self.sums(&[odds])[0]
    }

    /// Σⱼ wⱼ Σᵢ P(N = i) C(⌊(i+j)/k⌋).
    fn sums<const N: usize>(&self, odds: &[f64; N]) -> [f64; N] {
        let mut total = [0.0; N];
        let q = odds.map(|odds| odds / (1.0 + odds));
        let (a, b) = self.coin.unwrap_or((0.0, 1.0));
        for j in 0..self.k {
            let shape = self.shape + j as f64;
            let mut mass = odds.map(|odds| (-shape * odds.ln_1p()).exp());
            let mut sum = [0.0; N];
            let (mut phase, mut purchases, mut counted, mut next) = (j, 0.0, 0.0, 1.0);
            // As in the estimate above; a bound that is not reached, but a loop must have one.
            for i in 0..(10.0 * SHORT) as u32 {
                let i = f64::from(i);
                phase += 1;
                let mut ratio = shape + i;
                if phase == self.k {
                    phase = 0;
                    counted += next;
                    // One division for both quotients.
                    let (stays, n) = (a + b + purchases, i + 1.0);
                    let quotient = 1.0 / (stays * n);
                    next *= (b + purchases) * n * quotient;
                    ratio *= stays * quotient;
                    purchases += 1.0;
                } else {
                    ratio /= i + 1.0;
                }
                for ((mass, sum), q) in mass.iter_mut().zip(&mut sum).zip(&q) {
                    *mass *= q * ratio;
                    *sum += *mass * counted;
                }
                // The largest time's tail is the heaviest.
                let growth = q[N - 1] * ratio;
                if growth < 1.0 && mass[N - 1] * (counted + 1.0) <= 1e-17 * (1.0 - growth) * sum[N - 1] {
                    break;
                }
            }
            total.iter_mut().zip(sum).for_each(|(total, sum)| *total += self.phases[j] * sum);
        }
        total
    }

    /// E_p[f(p)], p ~ Beta(a, b₁), by the trapezoidal rule in the logit of p.
    fn over_coins(&self, odds: f64, (a, b): (f64, f64)) -> f64 {
        if odds == f64::INFINITY {
            // E[1/p].
            return if a > 1.0 { (a + b - 1.0) / (a - 1.0) } else { f64::INFINITY };
        }
        let roots = Roots::new(self, odds);
        // pᵃ(1−p)ᵇ.
        let weight = |s: f64| -a * softplus(-s) - b * softplus(s);
        let mode = (a / b).ln();
        let peak = weight(mode);
        // Where eˢ no longer changes f and the weight, and where e^(−s/k) no longer does.
        let scale = (self.shape + self.k as f64 + 1.0) * (1.0 + odds) + a + b;
        let left = Tail { slope: a, exact: -40.0 - scale.min(f64::MAX).ln() };
        let right = Tail { slope: b, exact: self.k as f64 * (40.0 + (self.shape + a + b).ln_1p()) };
        // The curvature of every integrand between p = 0 and here is at most a.
        let [all, wanted] = trapezoid::sum(mode, trapezoid::step(a), left, right, |s| {
            let weight = (weight(s) - peak).exp();
            [weight, weight * roots.at(s)]
        });
        wanted / all
    }

    /// Without a coin: Σⱼ wⱼ ((R+j)τ + j − E[(N+j) mod k])/k, the last by the roots of unity:
    /// m mod k = (k−1)/2 + Σ_l ω^(lm)/(ω^(−l)−1), l = 1 … k−1.
    fn counted(&self, odds: f64) -> f64 {
        let k = self.k as f64;
        let mut sum = 0.0;
        for (j, phases) in self.phases[..self.k].iter().enumerate() {
            sum += phases * (j as f64 - 0.5 * (k - 1.0) + (self.shape + j as f64) * odds);
        }
        for l in 1..=self.k / 2 {
            let angle = TAU * l as f64 / k;
            let root = (angle.cos(), angle.sin());
            let power = powers(self, odds, root);
            // 1/(ω⁻ˡ − 1), and the two roots l and k−l together.
            let (re, _) = divide(power, (root.0 - 1.0, -root.1));
            sum -= if 2 * l == self.k { re } else { 2.0 * re };
        }
        sum / k
    }
}

/// f(p) at one time.
struct Roots<'a> {
    living: &'a Living,
    odds: f64,
    /// P(M = m) for k > 1.
    blocks: [f64; BLOCKS],
}

impl<'a> Roots<'a> {
    fn new(living: &'a Living, odds: f64) -> Self {
        let mut blocks = [0.0; BLOCKS];
        if living.k > 1 {
            let q = odds / (1.0 + odds);
            for j in 0..living.k {
                let shape = living.shape + j as f64;
                let mut mass = living.phases[j] * (-shape * odds.ln_1p()).exp();
                for i in 0..BLOCKS * living.k - j {
                    blocks[(i + j) / living.k] += mass;
                    mass *= q * (shape + i as f64) / (i as f64 + 1.0);
                }
            }
        }
        Roots { living, odds, blocks }
    }

    /// f at the logit of p.
    fn at(&self, logit: f64) -> f64 {
        let (living, odds) = (self.living, self.odds);
        let p = 1.0 / (1.0 + (-logit).exp());
        if living.k == 1 {
            return if p > 0.0 { -(-living.shape * (p * odds).ln_1p()).exp_m1() / p } else { living.shape * odds };
        }
        // −ln(1−p).
        let epsilon = softplus(logit);
        if epsilon > LN_2 {
            // The coefficients of the roots grow without bound, but few M matter.
            let stay = (-epsilon).exp();
            return (1.0 - self.blocks.iter().rev().fold(0.0, |sum, block| sum * stay + block)) / p;
        }
        let k = living.k as f64;
        let zeta = (-epsilon / k).exp();
        let less = -(-epsilon / k).exp_m1();
        let ln_first = ln_mean_exp(epsilon) - ln_mean_exp(epsilon / k);
        let ln_1p = (odds * less).ln_1p();
        let mut value = 0.0;
        for (j, phases) in living.phases[..living.k].iter().enumerate() {
            let j = j as f64;
            value -= phases * (ln_first - j * epsilon / k - (living.shape + j) * ln_1p).exp_m1();
        }
        value /= p;
        for l in 1..=living.k / 2 {
            let angle = TAU * l as f64 / k;
            let root = (zeta * angle.cos(), zeta * angle.sin());
            let power = powers(living, odds, root);
            // c_l/p times the power, and the two roots l and k−l together.
            let product = multiply(root, power);
            let (re, _) = divide(product, (1.0 - root.0, -root.1));
            let term = re / (k * (1.0 - p));
            value -= if 2 * l == living.k { term } else { 2.0 * term };
        }
        value.max(0.0)
    }
}

/// ln((eˣ−1)/x) for 0 ≤ x < 1: x/2 + ln(sinh(x/2)/(x/2)), the latter by its series (DLMF 4.19.7 with ix for z).
fn ln_mean_exp(x: f64) -> f64 {
    let w = x * x;
    let series = 1.0 / 24.0
        - w * (1.0 / 2880.0
            - w * (1.0 / 181_440.0
                - w * (1.0 / 9_676_800.0 - w * (1.0 / 479_001_600.0 - w * 691.0 / 15_692_092_416_000.0))));
    0.5 * x + w * series
}

type Complex = (f64, f64);

fn multiply(x: Complex, y: Complex) -> Complex {
    (x.0 * y.0 - x.1 * y.1, x.0 * y.1 + x.1 * y.0)
}

fn divide(x: Complex, y: Complex) -> Complex {
    let norm = y.0 * y.0 + y.1 * y.1;
    ((x.0 * y.0 + x.1 * y.1) / norm, (x.1 * y.0 - x.0 * y.1) / norm)
}

/// Σⱼ wⱼ Zʲ (1+τ(1−Z))^(−R−j).
fn powers(living: &Living, odds: f64, z: Complex) -> Complex {
    debug_assert!(living.k <= MAX_K as usize);
    let base = (1.0 + odds * (1.0 - z.0), -odds * z.1);
    let ln_norm = base.0.hypot(base.1).ln();
    let angle = base.1.atan2(base.0);
    let norm = (-living.shape * ln_norm).exp();
    if norm == 0.0 {
        return (0.0, 0.0);
    }
    let turn = -living.shape * angle;
    let first = (norm * turn.cos(), norm * turn.sin());
    // Z/(1+τ(1−Z)), with the norm taken out so that nothing overflows.
    let step = {
        let (cos, sin) = (angle.cos(), angle.sin());
        let (re, im) = multiply(z, (cos, -sin));
        let scale = (-ln_norm).exp();
        (re * scale, im * scale)
    };
    let mut sum = (0.0, 0.0);
    for phases in living.phases[..living.k].iter().rev() {
        sum = multiply(sum, step);
        sum.0 += phases;
    }
    multiply(sum, first)
}
