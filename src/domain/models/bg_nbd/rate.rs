//! Expected purchases, discounted or not, as the integral of the rate at which a living customer will buy: the fast way
//! for k = 1 over times of the order of those that the customer is known.
//!
//! With τ = u/A, c = a + b₁ and q = τ/(1+τ), customers who were there at T buy at u after it at the rate
//! dE/du = (R/A) 2F1(R+1, a; c; −τ), which by Pfaff's and Euler's transformations (DLMF 15.8.1) is
//! (R/A)(1+τ)^(−a) 2F1(a, c−R−1; c; q) = (R/A)(1+τ)^(−R−1) 2F1(R+1, b₁; c; q). One of the two has no negative term; it is
//! summed for all nodes of a Gauss–Legendre rule at once. In w = ln(1+τ) the rate is analytic within π of the real line.

use super::Living;
use super::discount::GAUSS;

/// The longest time as w = ln(1+t/A): the rule is good to 1e-15 for such panels.
const LONGEST: f64 = 2.5;

/// How far the logarithms of the rate and of the discount may drop within the panel.
const MAX_DROP: f64 = 8.0;

/// More terms than this are not worth it.
const MAX_TERMS: u32 = 250;

impl Living {
    /// ∫₀ᵗ e^(−δu) dE(u), given that the customer has not left; None where the other ways are better.
    pub(super) fn by_rate(&self, rate: f64, within: f64) -> Option<f64> {
        let (a, b) = self.coin.filter(|_| self.k == 1)?;
        let length = (within / self.rate).ln_1p();
        // Nearly all who leave have p below this: (1+pτ)^(−R−1) falls no faster.
        let largest = ((a + 6.0 * a.sqrt() + 3.0) / (a + b)).min(1.0);
        let drop = (self.shape + 1.0) * (largest * (within / self.rate)).ln_1p();
        if !(length <= LONGEST && rate * within <= MAX_DROP && drop <= MAX_DROP) {
            return None;
        }
        let (c, other) = (a + b, a + b - self.shape - 1.0);
        let (upper, second, power) = if other >= 0.0 { (a, other, a) } else { (self.shape + 1.0, b, self.shape + 1.0) };
        let (mut q, mut weights) = ([0.0; 12], [0.0; 12]);
        for (i, (x, weight)) in GAUSS.into_iter().enumerate() {
            for (i, x) in [(i, x), (11 - i, 1.0 - x)] {
                let w = length * x;
                let odds = w.exp_m1();
                q[i] = odds / (1.0 + odds);
                weights[i] = length * weight * ((1.0 - power) * w - rate * self.rate * odds).exp();
            }
        }
        let (mut terms, mut sums) = ([1.0; 12], [1.0; 12]);
        for n in 0..MAX_TERMS {
            let n = f64::from(n);
            let ratio = (upper + n) * (second + n) / ((c + n) * (n + 1.0));
            for ((term, sum), q) in terms.iter_mut().zip(&mut sums).zip(&q) {
                *term *= ratio * q;
                *sum += *term;
            }
            // The last node has the largest q. What is left is less than a geometric series from here.
            let growth = ratio.max(1.0) * q[11];
            if growth < 1.0 && terms[11] <= 1e-16 * (1.0 - growth) * sums[11] {
                let integral: f64 = sums.iter().zip(weights).map(|(sum, weight)| sum * weight).sum();
                return Some(self.shape * integral);
            }
        }
        None
    }
}
