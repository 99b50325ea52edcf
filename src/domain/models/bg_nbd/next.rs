//! The next purchase of a living customer: whether it comes within a time, and when.
//!
//! It needs k − j more events of the Poisson process with rate λ, so that neither the coin nor what comes later matters.

use super::Living;

impl Living {
    /// P(the next purchase comes within t): Σⱼ wⱼ I_q(k−j, R+j), q = t/(A+t); 1 for ever.
    pub(super) fn bought(&self, within: f64) -> f64 {
        let odds = within / self.rate;
        if odds == f64::INFINITY {
            return 1.0;
        }
        if self.k == 1 {
            return -(-self.shape * odds.ln_1p()).exp_m1();
        }
        self.tails(odds).0.min(1.0)
    }

    /// The time within which the next purchase comes with probability p.
    pub(super) fn wait(&self, p: f64) -> f64 {
        if self.k == 1 {
            return self.rate * (-(-p).ln_1p() / self.shape).exp_m1();
        }
        // In y = ln odds, where ln P rises like (k−j)y on the left and ln(1−P) falls like −Ry on the right: Newton's
        // method on the smaller of the two, kept within a bracket.
        let upper = p > 0.5;
        let goal = if upper { (-p).ln_1p() } else { p.ln() };
        let (mut low, mut high) = (-745.0, 709.0);
        let mut y = (self.k as f64 / self.shape).ln().clamp(low, high);
        for _ in 0..200 {
            let (below, above, density) = self.tails(f64::exp(y));
            let (value, slope) = if upper { (above, -density / above) } else { (below, density / below) };
            let error = value.ln() - goal;
            if (error > 0.0) == upper {
                low = y
            } else {
                high = y
            }
            let next = y - error / slope;
            let next = if next > low && next < high { next } else { 0.5 * (low + high) };
            if (next - y).abs() <= 1e-15 * y.abs().max(1.0) || high - low < 1e-15 {
                break;
            }
            y = next;
        }
        self.rate * y.exp()
    }

    /// P(bought), 1 − P(bought), and the density of ln t, at the odds t/A; each keeps its digits where it is small.
    fn tails(&self, odds: f64) -> (f64, f64, f64) {
        let (mut below, mut above, mut density) = (0.0, 0.0, 0.0);
        let (q, ln_1p) = (odds / (1.0 + odds), odds.ln_1p());
        for j in 0..self.k {
            let (events, shape) = (self.k - j, self.shape + j as f64);
            // P(N = i) and the sum of those below the number of events needed.
            let (mut mass, mut sum) = ((-shape * ln_1p).exp(), 0.0);
            for i in 0..events {
                sum += mass;
                mass *= q * (shape + i as f64) / (i as f64 + 1.0);
            }
            above += self.phases[j] * sum.min(1.0);
            // dI_q(c, d)/d ln odds = c P(N = c).
            density += self.phases[j] * mass * events as f64;
            below += self.phases[j] * if sum < 0.9 || q > 0.99 { 1.0 - sum } else { at_least(events, shape, q, mass) };
        }
        (below, above, density)
    }
}

/// P(N ≥ events) as the sum of the terms from P(N = events) = `mass` on, where that is short: far above the mean, and
/// with q so far below 1 that the terms fall.
fn at_least(events: usize, shape: f64, q: f64, mass: f64) -> f64 {
    let (mut mass, mut sum, mut i) = (mass, 0.0, events as f64);
    for _ in 0..10_000 {
        sum += mass;
        let ratio = q * (shape + i) / (i + 1.0);
        mass *= ratio;
        if ratio < 1.0 && mass <= 1e-17 * sum * (1.0 - ratio) {
            break;
        }
        i += 1.0;
    }
    sum
}
