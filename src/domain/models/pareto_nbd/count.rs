//! How many purchases a new customer of the Pareto/NBD model makes.
//!
//! Fader and Hardie's note, section 4, gives a difference of hypergeometric functions. Here a customer either stays for the
//! time t, or leaves at a moment u before:
//!
//! P(X(t) = n) = NB(n; u = t) (β/(β+t))^s + ∫ NB(n; u) s β^s/(β+u)^(s+1) du over u from 0 to t,
//! NB(n; u) = Γ(r+n)/(Γ(r) n!) (α/(α+u))^r (u/(α+u))^n.
//!
//! In z = ln u the integrand is log-concave, with exponential tails: panels of Gauss–Legendre quadrature go out from
//! its peak to either side, until the rest is negligible or the tail is a plain exponential.

use super::ParetoNbd;
use crate::domain::math::gamma::ln_beta;
use crate::domain::math::pareto_integral::RULE_16;

/// The longest panel in z: the integrand is analytic only within π of the real line.
const MAX_LENGTH: f64 = 2.0;

/// How far the logarithm of the integrand may differ within a panel.
const MAX_DROP: f64 = 12.0;

/// From here on beyond ln α and ln β, ln(1+u/α) is ln(u/α), or 0, to the last digit.
const ASYMPTOTIC: f64 = 40.0;

/// More panels than any parameters within f64 need.
const MAX_PANELS: usize = 10_000;

/// P(X(t) = n), t ≥ 0; t may be infinite.
pub fn probability(model: &ParetoNbd, n: u32, t: f64) -> f64 {
    if t <= 0.0 {
        return if n == 0 { 1.0 } else { 0.0 };
    }
    let count = Count::new(model, n);
    let stays = if t == f64::INFINITY { 0.0 } else { count.stays(t.ln()).exp() };
    let leaves = if model.s > 0.0 { count.leaves(t.ln()) } else { 0.0 };
    (stays + leaves).clamp(0.0, 1.0)
}

/// The model with what does not depend on time.
struct Count<'a> {
    model: &'a ParetoNbd,
    n: f64,
    ln_alpha: f64,
    ln_beta: f64,
    /// ln Γ(r+n)/(Γ(r) n!)
    ln_ways: f64,
}

/// ln(1+e^y), without overflow.
fn softplus(y: f64) -> f64 {
    if y > 0.0 { y + (-y).exp().ln_1p() } else { y.exp().ln_1p() }
}

/// e^y/(1+e^y), without overflow.
fn logistic(y: f64) -> f64 {
    1.0 / (1.0 + (-y).exp())
}

impl<'a> Count<'a> {
    fn new(model: &'a ParetoNbd, n: u32) -> Self {
        let n = f64::from(n);
        // Γ(r+n)/(Γ(r) Γ(n+1)) = 1/(n B(r, n)).
        let ln_ways = if n == 0.0 { 0.0 } else { -n.ln() - ln_beta(model.r, n) };
        Count { model, n, ln_alpha: model.alpha.ln(), ln_beta: model.beta.ln(), ln_ways }
    }

    /// ln NB(n; e^z).
    fn ln_bought(&self, z: f64) -> f64 {
        let n_part = if self.n == 0.0 { 0.0 } else { self.n * softplus(self.ln_alpha - z) };
        self.ln_ways - n_part - self.model.r * softplus(z - self.ln_alpha)
    }

    /// ln of the probability to stay until e^z and to have bought n times.
    fn stays(&self, z: f64) -> f64 {
        self.ln_bought(z) - self.model.s * softplus(z - self.ln_beta)
    }

    /// ln of the density, per z, of leaving at e^z with n purchases.
    fn ln_leaving(&self, z: f64) -> f64 {
        self.stays(z) + self.model.s.ln() + (z - self.ln_beta) - softplus(z - self.ln_beta)
    }

    /// The derivative of [`Count::ln_leaving`], which decreases.
    fn slope(&self, z: f64) -> f64 {
        self.n * logistic(self.ln_alpha - z) - self.model.r * logistic(z - self.ln_alpha) + logistic(self.ln_beta - z)
            - self.model.s * logistic(z - self.ln_beta)
    }

    /// The probability to leave before e^end with n purchases.
    fn leaves(&self, end: f64) -> f64 {
        let (low, high) = (self.ln_alpha.min(self.ln_beta) - ASYMPTOTIC, self.ln_alpha.max(self.ln_beta) + ASYMPTOTIC);
        if end <= low {
            return self.ln_leaving(end).exp() / self.slope(end);
        }
        let peak = self.peak(low, high.min(end));
        let below = self.side(peak, low, 0.0);
        let above = self.side(peak, high.min(end), below);
        let tail_below = self.ln_leaving(low).exp() / (self.n + 1.0);
        // Beyond `high` the density falls with e^−(r+s)z.
        let fall = self.model.r + self.model.s;
        let tail_above =
            if end > high { self.ln_leaving(high).exp() * -(-fall * (end - high)).exp_m1() / fall } else { 0.0 };
        tail_below + below + above + tail_above
    }

    /// Where the density peaks within [low, high], by bisection.
    fn peak(&self, mut low: f64, mut high: f64) -> f64 {
        if self.slope(high) >= 0.0 {
            return high;
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.slope(middle) > 0.0 { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// The integral from the peak to an end on either side; parts that are negligible against it and `sum` are left out.
    fn side(&self, peak: f64, end: f64, mut sum: f64) -> f64 {
        let direction = if end < peak { -1.0 } else { 1.0 };
        let (mut at, mut own) = (peak, 0.0);
        let mut height = self.ln_leaving(at);
        for _ in 0..MAX_PANELS {
            let mut length = (end - at).abs().min(MAX_LENGTH);
            if length <= 0.0 {
                break;
            }
            let mut next = self.ln_leaving(at + direction * length);
            while height - next > MAX_DROP {
                // The drop is convex, at most about quadratic near the peak.
                length *= (0.8 * MAX_DROP / (height - next)).sqrt().max(0.1);
                next = self.ln_leaving(at + direction * length);
            }
            let (half, middle) = (0.5 * length, at + 0.5 * direction * length);
            let panel: f64 = RULE_16
                .iter()
                .map(|&(x, w)| {
                    w * (self.ln_leaving(middle - half * x).exp() + self.ln_leaving(middle + half * x).exp())
                })
                .sum();
            own += half * panel;
            sum += half * panel;
            at += direction * length;
            height = next;
            // Log-concave: the slope bounds the rest.
            if height.exp() <= 1e-17 * sum * self.slope(at).abs() {
                break;
            }
        }
        own
    }
}
