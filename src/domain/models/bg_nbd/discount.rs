//! Discounted expected purchases of a living customer.

use super::Living;
use crate::domain::math::gamma::ln_gamma;
use crate::domain::math::trapezoid;
use crate::domain::math::trapezoid::{Tail, softplus};

/// The positive half of the Gauss–Legendre rule with 12 nodes, on [0, 1]: (distance from the nearer end, weight); mpmath.
pub(super) const GAUSS: [(f64, f64); 6] = [
    (0.009_219_682_876_640_375, 0.023_587_668_193_255_914),
    (0.047_941_371_814_762_57, 0.053_469_662_997_659_21),
    (0.115_048_662_902_847_66, 0.080_039_164_271_673_11),
    (0.206_341_022_856_691_3, 0.101_583_713_361_532_96),
    (0.316_084_250_500_909_9, 0.116_746_268_269_177_4),
    (0.437_383_295_744_265_54, 0.124_573_522_906_701_39),
];

/// From here on e^(−x) is nothing against what came before.
const NOTHING: f64 = 45.0;

impl Living {
    /// ∫₀ᵗ e^(−δu) dE(u), given that the customer has not left.
    ///
    /// Where there is no faster way: by parts it is e^(−δt) E(t) + δ ∫₀ᵗ e^(−δu) E(u) du, in which all is positive and E is smooth. The panels grow with
    /// u, since E changes over times of the order of A + u, or of one purchase of those who leave soon.
    pub(super) fn discounted(&self, rate: f64, within: f64) -> f64 {
        if rate.is_nan() || rate <= 0.0 {
            return self.expected(within);
        }
        if self.coin.is_none() && self.k == 1 {
            return self.shape / self.rate * -(-rate * within).exp_m1() / rate;
        }
        if rate * within > NOTHING {
            return self.discounted_for_ever(rate);
        }
        if let Some(sum) = self.by_rate(rate, within) {
            return sum;
        }
        let grain = self.grain();
        let (mut from, mut sum) = (0.0, 0.0);
        while from < within {
            let width = (1.5 * (from + grain)).min(3.0 / rate);
            // No crumb of a panel at the end.
            let to = if from + 1.2 * width >= within { within } else { from + width };
            sum += self.panel(rate, from, to);
            if to <= from {
                break;
            }
            from = to;
        }
        (-rate * within).exp() * self.expected(within) + rate * sum
    }

    /// The time over which E(u) bends near 0.
    fn grain(&self) -> f64 {
        // Nearly all who leave have p below this.
        let largest = self.coin.map_or(0.0, |(a, b)| ((a + 6.0 * a.sqrt() + 3.0) / (a + b)).min(1.0));
        let bend = self.rate / (1.0 + self.shape * largest);
        // For k > 1 the phases of one gap show too.
        if self.k == 1 { bend } else { bend.min(2.0 * self.rate / self.shape) }
    }

    /// ∫ e^(−δu) E(u) du over a panel, by Gauss and Legendre's rule.
    fn panel(&self, rate: f64, from: f64, to: f64) -> f64 {
        let (mut odds, mut weights) = ([0.0; 12], [0.0; 12]);
        for (i, (x, weight)) in GAUSS.into_iter().enumerate() {
            for (i, x) in [(i, x), (11 - i, 1.0 - x)] {
                let u = from + (to - from) * x;
                odds[i] = u / self.rate;
                weights[i] = (to - from) * weight * (-rate * u).exp();
            }
        }
        self.expected_at(&odds).iter().zip(weights).map(|(e, w)| e * w).sum()
    }

    /// Σⱼ wⱼ E[z^(k−j)/(1−(1−p)zᵏ)], z = λ/(λ+δ): the trapezoidal rule in ln λ and in the logit of p.
    ///
    /// 1−(1−p)zᵏ = (1−zᵏ) + pzᵏ, and p meets λ only in there: the nodes of p and their weights are made once.
    fn discounted_for_ever(&self, rate: f64) -> f64 {
        let k = self.k as f64;
        let nodes = self.coin.map_or_else(|| vec![(0.0, 1.0)], |coin| nodes(coin, self.least(rate)));
        let all: f64 = nodes.iter().map(|(_, weight)| weight).sum();
        // ln of a common scale of rates: λ = g/A.
        let product = rate * self.rate;
        let weight = |s: f64| self.shape * s - s.exp();
        let mode = self.shape.ln();
        let peak = weight(mode);
        // The weights sum up to Γ(R), of which a logarithm would lose digits where R is large. Where it is small their left
        // tail is long, while what is wanted falls faster by the power of λ at least that z^(k−j) has. On the right the
        // weight falls doubly exponentially.
        let small = self.shape < 1.0;
        let left = Tail { slope: if small { self.shape + 1.0 } else { self.shape }, exact: f64::NEG_INFINITY };
        let right = Tail { slope: 1.0, exact: f64::INFINITY };
        let step = trapezoid::step(self.shape + k);
        let [total, wanted] = trapezoid::sum(mode, step, left, right, |s| {
            let weight = (weight(s) - peak).exp();
            let g = s.exp();
            let ln_z = -(product / g).ln_1p();
            let (power, less) = ((k * ln_z).exp(), -(k * ln_z).exp_m1());
            // Σⱼ wⱼ gʲ/(R)ⱼ z^(k−j): the density of Gamma(R+j) over that of Gamma(R) is gʲ/(R)ⱼ.
            let (mut ratio, mut above) = (1.0, 0.0);
            for (j, phases) in self.phases[..self.k].iter().enumerate() {
                above += phases * ratio * ((k - j as f64) * ln_z).exp();
                ratio *= g / (self.shape + j as f64);
            }
            let below: f64 = nodes.iter().map(|(p, weight)| weight / (less + p * power)).sum();
            [if small { 0.0 } else { weight }, weight * above * below / all]
        });
        wanted / if small { (ln_gamma(self.shape) - peak).exp() / step } else { total }
    }

    /// A p so small that it does not matter against 1 − zᵏ for any λ that does.
    fn least(&self, rate: f64) -> f64 {
        // λ is hardly ever above (R + 12√R + 60)/A.
        let largest = (self.shape + 12.0 * self.shape.sqrt() + 60.0) / (rate * self.rate);
        1e-17 / (1.0 + largest)
    }
}

/// Nodes p and weights of the trapezoidal rule for Beta(a, b) in the logit; what lies below `least` is put there.
fn nodes((a, b): (f64, f64), least: f64) -> Vec<(f64, f64)> {
    // pᵃ(1−p)ᵇ.
    let weight = |s: f64| -a * softplus(-s) - b * softplus(s);
    let mode = (a / b).ln();
    let peak = weight(mode);
    let step = trapezoid::step(a);
    let mut nodes = vec![(1.0 / (1.0 + (-mode).exp()), 1.0)];
    let small = least.min(1e-17 / (1.0 + a + b)).max(f64::MIN_POSITIVE).ln();
    let large = 40.0 + (a + b).ln_1p();
    for (sign, slope, exact) in [(-1.0, a, -small), (1.0, b, large)] {
        let rest = -1.0 / (-slope * step).exp_m1();
        for n in 1..200_000 {
            let s = mode + sign * f64::from(n) * step;
            let value = (weight(s) - peak).exp();
            let p = 1.0 / (1.0 + (-s).exp());
            let last = sign * s >= exact;
            nodes.push((p, if last { value * rest } else { value }));
            // 1/(y+p) may be 1/p larger at the smaller p.
            if last || value * rest < 1e-18 * if sign < 0.0 { p } else { 1.0 } {
                break;
            }
        }
    }
    nodes
}
