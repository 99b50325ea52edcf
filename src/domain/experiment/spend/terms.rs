//! The studentised difference of means under a supposed effect, of the lot as it was drawn and of lots that are drawn again.
//!
//! Under the supposed effect "a treated customer spends 1 + δ times as much", f = 1/(1+δ) times the spend of a treated customer is the
//! spend without treatment. So the spend without treatment is known of every customer, as a + f·b: a is the spend of a control customer,
//! b that of a treated one. Sums of it are linear in f and sums of squares are quadratic, so that five numbers of a lot give its
//! statistic at every δ.

use super::MIN_GROUP;

/// The spend of a customer without treatment, a + f·b, or what covariates leave of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pair {
    /// What does not depend on the supposed effect.
    pub a: f64,
    /// What is multiplied by f.
    pub b: f64,
}

/// Sums over customers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    a: f64,
    b: f64,
    aa: f64,
    ab: f64,
    bb: f64,
}

impl Moments {
    /// Adds a customer.
    #[inline]
    pub fn add(&mut self, Pair { a, b }: Pair) {
        self.a += a;
        self.b += b;
        self.aa += a * a;
        self.ab += a * b;
        self.bb += b * b;
    }

    /// The sums over the other customers.
    fn rest(&self, all: &Moments) -> Moments {
        Moments {
            a: all.a - self.a,
            b: all.b - self.b,
            aa: all.aa - self.aa,
            ab: all.ab - self.ab,
            bb: all.bb - self.bb,
        }
    }

    /// The sample variance over n customers, as a polynomial in f.
    fn variance(&self, n: f64) -> [f64; 3] {
        let square = |product: f64, one: f64, other: f64| (product - one * (other / n)) / (n - 1.0);
        [
            square(self.aa, self.a, self.a).max(0.0),
            2.0 * square(self.ab, self.a, self.b),
            square(self.bb, self.b, self.b).max(0.0),
        ]
    }
}

/// How a stratum is divided by every lot.
#[derive(Debug, Clone, Copy)]
pub struct Division {
    /// Customers whose group is drawn.
    pub customers: usize,
    /// Those that the smaller group takes.
    pub smaller: usize,
    /// Whether the smaller group is the control group.
    pub smaller_is_control: bool,
    /// The share that the stratum has in the figure.
    pub weight: f64,
}

/// The difference of the means, d₀ + d₁ f, and its squared standard error, v₀ + v₁ f + v₂ f².
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms {
    difference: [f64; 2],
    variance: [f64; 3],
}

impl Terms {
    /// Of one stratum, by the sums over the smaller group and over all. A group of one customer has no variance: that of all customers
    /// takes its place.
    pub fn of(smaller: &Moments, all: &Moments, division: Division) -> Self {
        let rest = smaller.rest(all);
        let (small, large) = (division.smaller as f64, (division.customers - division.smaller) as f64);
        let pooled = all.variance(division.customers as f64);
        let variance = |moments: &Moments, n: f64| if n < MIN_GROUP { pooled } else { moments.variance(n) };
        let (of_small, of_large) = (variance(smaller, small), variance(&rest, large));
        let sign = if division.smaller_is_control { 1.0 } else { -1.0 };
        let weight = division.weight;
        Terms {
            difference: [(rest.a, smaller.a), (rest.b, smaller.b)]
                .map(|(rest, smaller)| sign * weight * (rest / large - smaller / small)),
            variance: std::array::from_fn(|i| weight * weight * (of_small[i] / small + of_large[i] / large)),
        }
    }

    /// Of both strata together.
    pub fn plus(&self, other: &Terms) -> Terms {
        Terms {
            difference: std::array::from_fn(|i| self.difference[i] + other.difference[i]),
            variance: std::array::from_fn(|i| self.variance[i] + other.variance[i]),
        }
    }

    /// The treated mean; d₁.
    pub fn treated_mean(&self) -> f64 {
        self.difference[1]
    }

    /// The control mean; −d₀.
    pub fn control_mean(&self) -> f64 {
        -self.difference[0]
    }

    /// The f at which the groups do not differ.
    pub fn balance(&self) -> f64 {
        self.control_mean() / self.treated_mean()
    }

    /// The studentised difference at f, without end where only the standard error is 0.
    pub fn studentised(&self, f: f64) -> f64 {
        let ([d0, d1], [v0, v1, v2]) = (self.difference, self.variance);
        // Beyond 1 in powers of 1/f, so that nothing overflows; the limit of f without end is d₁/√v₂.
        let (difference, variance, size, scale) = if f <= 1.0 {
            (d0 + f * d1, v0 + f * (v1 + f * v2), v0 + f * (v1.abs() + f * v2), d0.abs() + f * d1.abs())
        } else {
            let g = f.recip();
            (d0 * g + d1, (v0 * g + v1) * g + v2, (v0 * g + v1.abs()) * g + v2, d0.abs() * g + d1.abs())
        };
        // What rounding alone can have left.
        let difference = if difference.abs() <= 1e-13 * scale { 0.0 } else { difference };
        if variance > 1e-13 * size {
            difference / variance.sqrt()
        } else if difference == 0.0 {
            0.0
        } else {
            f64::INFINITY.copysign(difference)
        }
    }
}

/// How much two statistics may differ that are equal but for rounding.
const ROUNDING: f64 = 1e-9;

/// The lots, and what the one that was drawn says beside them.
#[derive(Debug)]
pub struct Lots {
    /// The lot as it was drawn.
    pub drawn: Terms,
    /// Lots that are drawn again; all there are, the drawn one among them, where `is_complete`.
    pub again: Vec<Terms>,
    /// Whether these are all lots.
    pub is_complete: bool,
}

impl Lots {
    /// The p-value of the supposed effect, 0 < p ≤ 1: twice the smaller share of the lots whose statistic is at least, or at most, as large as the drawn
    /// one's, the drawn one counted among them.
    pub fn p_value(&self, f: f64) -> f64 {
        let drawn = self.drawn.studentised(f);
        let margin = if drawn.is_finite() { ROUNDING * (1.0 + drawn.abs()) } else { 0.0 };
        let (mut above, mut below) = (0u32, 0u32);
        for lot in &self.again {
            let again = lot.studentised(f);
            above += u32::from(again >= drawn - margin);
            below += u32::from(again <= drawn + margin);
        }
        let itself = u32::from(!self.is_complete);
        let all = self.again.len() as f64 + f64::from(itself);
        (2.0 * f64::from(above.min(below) + itself) / all).min(1.0)
    }

    /// The standard error of the difference at f where the supposed effect is true: that of the lots.
    pub fn standard_error(&self, f: f64) -> f64 {
        let squares: f64 = self.again.iter().map(|lot| lot.difference[0] + f * lot.difference[1]).map(|d| d * d).sum();
        (squares / (self.again.len() as f64).max(1.0)).sqrt()
    }

    /// The statistic that this share of the lots exceeds where the supposed effect is true.
    pub fn critical(&self, f: f64, share: f64) -> f64 {
        let mut all: Vec<f64> = self.again.iter().map(|lot| lot.studentised(f)).collect();
        all.sort_unstable_by(f64::total_cmp);
        let place = ((1.0 - share) * all.len() as f64) as usize;
        all.get(place.min(all.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    /// The smallest and the largest f that is not rejected; None where every f is rejected. 0 and infinity stand for no end.
    ///
    /// With refunds or covariates the p-value need not fall from the estimate on: a scan in growing steps away from the estimate, and one in
    /// even steps, look for all that is not rejected; bisection finds where the outermost of it ends.
    pub fn hull(&self, level: f64) -> Option<(f64, f64)> {
        let is_kept = |f: f64| self.p_value(f) > level;
        let middle = self.drawn.balance();
        let middle = if middle.is_finite() && middle > 0.0 { middle } else { 1.0 };
        // In logarithms of f.
        let steps = std::iter::successors(Some(0.002), |step| Some(step * 1.3)).take_while(|step| *step < FARTHEST);
        let even = (1..=EVEN_STEPS).map(|i| FARTHEST * f64::from(i) / f64::from(EVEN_STEPS));
        let arms = steps.chain(even).flat_map(|step| [step, -step]);
        let mut scan: Vec<f64> = arms.map(|step| middle * step.exp()).chain([0.0, middle, f64::INFINITY]).collect();
        scan.sort_unstable_by(f64::total_cmp);
        let first = scan.iter().position(|f| is_kept(*f))?;
        let last = scan.iter().rposition(|f| is_kept(*f)).unwrap_or(first);
        let end = |kept: usize, rejected: Option<usize>| match rejected.and_then(|at| scan.get(at)) {
            Some(rejected) => bisect(scan[kept], *rejected, is_kept),
            None => scan[kept],
        };
        Some((end(first, first.checked_sub(1)), end(last, Some(last + 1))))
    }
}

/// How far from the estimate the scan looks for an end, in logarithms of f: effects of −99.99 % to a ten-thousandfold of it.
const FARTHEST: f64 = 9.2;

/// The even steps of the scan to each side.
const EVEN_STEPS: i32 = 60;

/// The last f that is kept between one that is kept and one that is rejected.
fn bisect(mut kept: f64, mut rejected: f64, is_kept: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = if rejected.is_infinite() { kept * 2.0 } else { 0.5 * (kept + rejected) };
        if middle == kept || middle == rejected || !middle.is_finite() || (kept - rejected).abs() <= 1e-9 * kept.abs() {
            break;
        }
        if is_kept(middle) { kept = middle } else { rejected = middle }
    }
    kept
}
