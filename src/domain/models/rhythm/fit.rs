//! Fits the purchase rhythm by maximum likelihood.
//!
//! For a customer with x gaps gⱼ that sum to S, the rate integrated out, the log-likelihood is
//!
//! ln Γ(r+kx) − ln Γ(r) + r ln α − (r+kx) ln(α+S) + (k−1) Σ ln gⱼ − x ln Γ(k).
//!
//! It is that of the gamma-gamma model (Fader and Hardie, "The Gamma-Gamma Model of Monetary Value", 2013)
//! where the single values are seen. So it depends on the base only through the counts of (x, S) and of the gaps.

use super::{GapCounts, Params, PurchaseRhythm};
use crate::domain::math::gamma::{digamma, digamma_difference, ln_gamma, ln_gamma_ratio, trigamma};
use crate::domain::math::maximum_likelihood::{LogLikelihood, Status, maximize};
use crate::domain::models::fitted_json::{matrix, version};
use crate::domain::support::error::Result;

pub use crate::domain::math::maximum_likelihood::Parameter;

/// The parameters and their bounds.
///
/// * k: below 0.01 gaps spread over hundreds of powers of ten; above 1000 they vary by less than 1/√1000 = 3 %, less than a
///   day in a month.
/// * r: below 0.01 rates spread likewise; from 10⁶ on customers differ by less than 0.1 %, which no base can show.
/// * α is about r times a typical gap over k, and its bounds are what the others and gaps of 1 to 10⁶ days allow.
pub const PARAMETERS: [Parameter; 3] = [
    Parameter { name: "k", lower: 1e-2, upper: 1e3 },
    Parameter { name: "r", lower: 1e-2, upper: 1e6 },
    Parameter { name: "alpha", lower: 1e-6, upper: 1e15 },
];

/// Fewer gaps than this are not fitted: three parameters from nine numbers say more of the numbers than of the base.
const MIN_GAPS: u64 = 10;

/// k and r where there are too few gaps to fit: purchases at random times (k = 1), and a base whose mean weighs as much as
/// (r−1)/k = 2 gaps of the customer. Shops whose rhythms were fitted have k = 1.1 to 2.4 and weights of 0.4 to 2.3 gaps.
const TOO_FEW: (f64, f64) = (1.0, 3.0);

/// Fits the rhythm of a base. `interrupt` is called at every evaluation of the likelihood; its error ends the fit.
///
/// With at least one gap there always are parameters to predict with; `status` says how much they are worth.
pub fn fit(counts: &mut GapCounts, interrupt: &mut dyn FnMut() -> Result<()>) -> Result<PurchaseRhythm> {
    let base = Base::new(counts)?;
    let summary = PurchaseRhythm {
        customers: base.customers,
        one_time_buyers: counts.one_time_buyers,
        gaps: base.gaps,
        version: version(),
        ..PurchaseRhythm::new(None)
    };
    if base.gaps < MIN_GAPS {
        let status = Status::TooFew(format!("too few gaps: n = {}", base.gaps)).to_string();
        let (k, r) = TOO_FEW;
        // The mean gap of the base, kα/(r−1), is that of the gaps.
        let alpha = base.sum_gaps / base.gaps as f64 * (r - 1.0) / k;
        let params = (base.gaps > 0).then_some(Params { k, r, alpha });
        return Ok(PurchaseRhythm { params, status: Some(status), ..summary });
    }
    let fit = maximize(&base, &base.start(), interrupt)?;
    let params = |v: &[f64]| Params { k: v[0], r: v[1], alpha: v[2] };
    Ok(PurchaseRhythm {
        params: Some(params(&fit.params)),
        log_likelihood: Some(fit.log_likelihood).filter(|v| v.is_finite()),
        standard_errors: fit.standard_errors.as_deref().map(params),
        covariance: matrix(fit.covariance),
        status: Some(fit.status.to_string()),
        iterations: Some(fit.iterations),
        gradient_norm: Some(fit.gradient_norm),
        ..summary
    })
}

/// The sufficient counts, laid out for the likelihood: gamma functions once for each x, one logarithm for each (x, S).
struct Base {
    /// Each distinct x with its number of customers.
    numbers: Vec<(f64, f64)>,
    /// Each distinct (x, S) with its number of customers.
    pairs: Vec<(f64, f64, f64)>,
    customers: u64,
    gaps: u64,
    sum_gaps: f64,
    sum_ln_gaps: f64,
    sum_squared_ln_gaps: f64,
}

impl Base {
    fn new(counts: &mut GapCounts) -> Result<Self> {
        let customers = counts.customers.counts()?;
        let mut numbers: Vec<(f64, f64)> = Vec::new();
        for &((x, _), n) in customers {
            match numbers.last_mut() {
                Some((last, count)) if *last == f64::from(x) => *count += n as f64,
                _ => numbers.push((f64::from(x), n as f64)),
            }
        }
        let gaps = counts.gaps.counts()?;
        let over_gaps = |f: fn(f64) -> f64| gaps.iter().map(|&(days, n)| f(f64::from(days)) * n as f64).sum::<f64>();
        Ok(Base {
            pairs: customers.iter().map(|&((x, s), n)| (f64::from(x), f64::from(s), n as f64)).collect(),
            customers: customers.iter().map(|&(_, n)| n).sum(),
            gaps: gaps.iter().map(|&(_, n)| n).sum(),
            sum_gaps: over_gaps(|days| days),
            sum_ln_gaps: over_gaps(f64::ln),
            sum_squared_ln_gaps: over_gaps(|days| days.ln() * days.ln()),
            numbers,
        })
    }

    /// A start by the moments of the logarithms: ln g has mean ψ(k) − ψ(r) + ln α and variance ψ′(k) + ψ′(r).
    ///
    /// Half of the variance is given to either; ψ′(z) ≈ 1/(z−½) turns it into the shape.
    fn start(&self) -> [f64; 3] {
        let n = self.gaps as f64;
        let mean = self.sum_ln_gaps / n;
        let variance = (self.sum_squared_ln_gaps / n - mean * mean).max(1e-2);
        let shape = 0.5 + 2.0 / variance;
        [shape, shape, mean.exp()]
    }
}

impl LogLikelihood for Base {
    fn parameters(&self) -> &[Parameter] {
        &PARAMETERS
    }

    fn observations(&self) -> f64 {
        self.customers as f64
    }

    /// r ln α − (r+kx) ln(α+S) is taken as −r ln(1+S/α) − kx ln(α+S): α may be 10⁶ times S.
    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (k, r, alpha) = (at[0], at[1], at[2]);
        let gaps = self.gaps as f64;
        let mut value = (k - 1.0) * self.sum_ln_gaps - gaps * (ln_gamma(k) + k * alpha.ln());
        let mut by_k = self.sum_ln_gaps - gaps * (digamma(k) + alpha.ln() - digamma(r));
        let (mut by_r, mut by_alpha) = (0.0, 0.0);
        for &(x, n) in &self.numbers {
            let above = digamma_difference(r, k * x);
            value += n * ln_gamma_ratio(r, k * x);
            by_k += n * x * above;
            by_r += n * above;
        }
        for &(x, s, n) in &self.pairs {
            let ln_1p = (s / alpha).ln_1p();
            value -= n * (r + k * x) * ln_1p;
            by_k -= n * x * ln_1p;
            by_r -= n * ln_1p;
            by_alpha += n * (r * s / alpha - k * x) / (alpha + s);
        }
        (value, vec![by_k, by_r, by_alpha])
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let (k, r, alpha) = (at[0], at[1], at[2]);
        let at_r = trigamma(r);
        let (mut kk, mut kr, mut rr) = (-(self.gaps as f64) * trigamma(k), 0.0, 0.0);
        let (mut ka, mut ra, mut aa) = (0.0, 0.0, 0.0);
        for &(x, n) in &self.numbers {
            let above = trigamma(r + k * x);
            kk += n * x * x * above;
            kr += n * x * above;
            rr += n * (above - at_r);
        }
        for &(x, s, n) in &self.pairs {
            let sum = alpha + s;
            ka -= n * x / sum;
            ra += n * s / (alpha * sum);
            // −r/α² + (r+kx)/(α+S)², without the difference of nearly equal squares.
            aa += n * (k * x - r * (s / alpha) * (2.0 + s / alpha)) / (sum * sum);
        }
        vec![vec![kk, kr, ka], vec![kr, rr, ra], vec![ka, ra, aa]]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use chrono::{Datelike, NaiveDate};

    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;
    use rand_distr::{Distribution, Gamma};

    use super::*;
    use crate::domain::support::error::{Error, Kind};
    use crate::domain::support::json::JsonValue;

    /// The purchase days of each customer of the CDNOW sample, as day numbers.
    fn cdnow() -> Vec<BTreeSet<i32>> {
        let mut customers: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
        for line in include_str!("../../../../tests/data/cdnow_sample.csv").lines().skip(1) {
            let mut fields = line.split(',');
            let (id, day) = (fields.next().unwrap(), fields.next().unwrap());
            customers.entry(id).or_default().insert(day.parse::<NaiveDate>().unwrap().num_days_from_ce());
        }
        customers.into_values().collect()
    }

    fn end() -> i32 {
        NaiveDate::from_ymd_opt(1997, 9, 30).unwrap().num_days_from_ce()
    }

    fn fitted(customers: impl IntoIterator<Item = Vec<i32>>) -> PurchaseRhythm {
        let mut counts = GapCounts::default();
        for days in customers {
            counts.add_customer(days.into_iter()).unwrap();
        }
        fit(&mut counts, &mut || Ok(())).unwrap()
    }

    fn cdnow_fit() -> PurchaseRhythm {
        fitted(cdnow().into_iter().map(|days| days.range(..=end()).copied().collect()))
    }

    #[track_caller]
    fn near(got: f64, want: f64, relative: f64) {
        assert!((got / want - 1.0).abs() <= relative, "{got:e} instead of {want:e}");
    }

    /// The optimum by mpmath at 50 digits: tests/reference/rhythm.py.
    #[test]
    fn finds_the_optimum_of_the_cdnow_sample() {
        let rhythm = cdnow_fit();
        assert_eq!((rhythm.customers, rhythm.one_time_buyers, rhythm.gaps), (946, 1411, 2457));
        assert_eq!(rhythm.status.as_deref(), Some("converged"));
        let params = rhythm.params.unwrap();
        near(params.k, 1.066_058_246_781_084_9, 1e-10);
        near(params.r, 3.488_675_669_059_796_6, 1e-10);
        near(params.alpha, 139.422_818_268_192_43, 1e-10);
        near(rhythm.log_likelihood.unwrap(), -11_726.109_832_047_045, 1e-14);
        let errors = rhythm.standard_errors.unwrap();
        near(errors.k, 0.030_802_867_731_141_45, 1e-8);
        near(errors.r, 0.348_680_636_373_347_94, 1e-8);
        near(errors.alpha, 16.937_343_017_444_603, 1e-8);
        let covariance = rhythm.covariance.unwrap();
        near(covariance[0][1], -0.002_781_117_059_060_641_6, 1e-8);
        near(covariance[2][0], -0.250_495_991_069_891_4, 1e-8);
        near(covariance[1][2], 5.561_331_716_225_455, 1e-8);
        assert!(rhythm.gradient_norm.unwrap() <= 1e-10);
        assert!(rhythm.iterations.unwrap() < 60, "{:?}", rhythm.iterations);
    }

    /// The next purchase of those who bought again from October 1997 to June 1998, predicted on 30 September 1997 by the
    /// median gap of those who still wait, and at least for tomorrow: 35.8 days off in the median, 56 on average, n = 491.
    #[test]
    fn predicts_the_next_purchase_of_the_cdnow_sample() {
        let params = cdnow_fit().params.unwrap();
        let mut errors = Vec::new();
        for days in cdnow() {
            let before: Vec<i32> = days.range(..=end()).copied().collect();
            let Some(&next) = days.range(end() + 1..).next().filter(|_| before.len() > 1) else { continue };
            let (first, last) = (before[0], before[before.len() - 1]);
            let (gaps, sum) = (before.len() as u32 - 1, f64::from(last - first));
            let wait = params.quantile_given_elapsed(gaps, sum, f64::from(end() - last), 0.5);
            errors.push(((f64::from(last) + wait).max(f64::from(end() + 1)) - f64::from(next)).abs());
        }
        errors.sort_by(f64::total_cmp);
        assert_eq!(errors.len(), 491);
        let (median, mean) = (errors[245], errors.iter().sum::<f64>() / 491.0);
        assert_eq!((format!("{median:.1}"), format!("{mean:.0}")), ("35.8".into(), "56".into()));
    }

    #[test]
    fn hessian_is_the_derivative_of_the_gradient() {
        /// The base with the differences of its gradient in place of the formula.
        struct Numerical<'a>(&'a Base);
        impl LogLikelihood for Numerical<'_> {
            fn parameters(&self) -> &[Parameter] {
                self.0.parameters()
            }
            fn observations(&self) -> f64 {
                self.0.observations()
            }
            fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
                self.0.value_and_gradient(at)
            }
        }
        let mut counts = GapCounts::default();
        for days in cdnow() {
            counts.add_customer(days.into_iter()).unwrap();
        }
        let base = Base::new(&mut counts).unwrap();
        for at in [[1.07, 3.5, 139.4], [0.05, 40.0, 9.0], [80.0, 0.3, 2000.0], [2.0, 1e4, 1e5]] {
            let (gradient, step) = (base.value_and_gradient(&at).1, 1e-6);
            let (exact, numerical) = (base.hessian(&at), Numerical(&base).hessian(&at));
            for i in 0..3 {
                let moved = |by: f64| {
                    let mut at = at;
                    at[i] *= 1.0 + by;
                    base.value_and_gradient(&at).0
                };
                let slope = (moved(step) - moved(-step)) / (2.0 * step * at[i]);
                let scale = base.value_and_gradient(&at).0.abs() / at[i];
                assert!((slope - gradient[i]).abs() < 1e-8 * scale, "gradient {i} at {at:?}: {slope}");
                for j in 0..3 {
                    let scale = (exact[i][i] * exact[j][j]).abs().sqrt();
                    let error = (exact[i][j] - numerical[i][j]).abs() / scale;
                    assert!(error < 1e-6, "hessian {i} {j} at {at:?}: off by {error:e}");
                }
            }
        }
    }

    /// A random number of the gamma distribution with this shape and the rate 1.
    fn gamma(shape: f64, random: &mut ChaCha12Rng) -> f64 {
        Gamma::new(shape, 1.0).unwrap().sample(random)
    }

    /// The purchase days of a customer with so many gaps.
    fn customer(truth: Params, gaps: u32, random: &mut ChaCha12Rng) -> Vec<i32> {
        let rate = gamma(truth.r, random) / truth.alpha;
        let mut days = vec![0i32];
        for _ in 0..gaps {
            let gap = (gamma(truth.k, random) / rate).round().max(1.0);
            days.extend(days[days.len() - 1].checked_add(gap as i32));
        }
        days
    }

    #[test]
    fn recovers_what_it_was_simulated_from() {
        // α is large so that counting in whole days changes little.
        for (seed, k, r, alpha) in
            [(1, 1.07, 3.5, 14_000.0), (2, 2.4, 2.5, 2_000.0), (3, 0.7, 5.0, 50_000.0), (4, 30.0, 8.0, 900.0)]
        {
            let (mut random, truth) = (ChaCha12Rng::seed_from_u64(seed), Params { k, r, alpha });
            let rhythm = fitted((0..3000).map(|i| customer(truth, 1 + i % 9, &mut random)));
            assert_eq!(rhythm.status.as_deref(), Some("converged"));
            let (found, errors) = (rhythm.params.unwrap(), rhythm.standard_errors.unwrap());
            for ((parameter, got), ((_, want), (_, error))) in
                found.named().into_iter().zip(truth.named().into_iter().zip(errors.named()))
            {
                assert!((got - want).abs() < 4.0 * error, "{}: {got} ± {error} instead of {want}", parameter.name);
            }
        }
    }

    #[test]
    fn the_start_does_not_matter() {
        let (mut random, mut counts) = (ChaCha12Rng::seed_from_u64(9), GapCounts::default());
        for i in 0..400 {
            let truth = Params { k: 1.5, r: 2.0, alpha: 60.0 };
            counts.add_customer(customer(truth, 1 + i % 5, &mut random).into_iter()).unwrap();
        }
        let base = Base::new(&mut counts).unwrap();
        let best = maximize(&base, &base.start(), &mut || Ok(())).unwrap();
        assert_eq!(best.status, Status::Converged);
        for k in [0.05, 1.0, 50.0] {
            for r in [0.1, 3.0, 1e3] {
                for alpha in [0.1, 30.0, 1e4] {
                    let other = maximize(&base, &[k, r, alpha], &mut || Ok(())).unwrap();
                    assert_eq!(other.status, Status::Converged, "from {k}, {r}, {alpha}");
                    other.params.iter().zip(&best.params).for_each(|(got, want)| near(*got, *want, 1e-7));
                }
            }
        }
    }

    #[test]
    fn bases_without_a_maximum_end_in_words_and_in_usable_parameters() {
        let every = |gap: i32, n: i32| (0..=n).map(|i| i * gap).collect::<Vec<i32>>();
        let mut random = ChaCha12Rng::seed_from_u64(5);
        let alike = Params { k: 2.0, r: 1e6, alpha: 3e7 };
        let regular = Params { k: 1e6, r: 3.0, alpha: 1e-2 };
        for (name, status, customers) in [
            ("nobody", "too few gaps: n = 0", vec![]),
            ("one-time buyers", "too few gaps: n = 0", vec![every(1, 0); 50]),
            ("one gap", "too few gaps: n = 1", vec![every(30, 1)]),
            ("three gaps", "too few gaps: n = 3", vec![every(30, 3)]),
            ("all gaps equal", "boundary: k → ∞, r → ∞", vec![every(30, 3); 50]),
            ("every day", "boundary: k → ∞, r → ∞", vec![every(1, 1); 50]),
            ("one customer", "boundary: r → ∞", vec![customer(alike, 40, &mut random)]),
            ("customers alike", "boundary: r → ∞", vec![customer(alike, 6, &mut random); 200]),
            ("regular customers", "boundary: k → ∞", (1..200).map(|i| every(i, 5)).collect()),
            ("huge gaps", "boundary: k → ∞", vec![every(1_000_000, 5), every(1, 5), every(1000, 30)]),
            ("regular, simulated", "", (0..50).map(|_| customer(regular, 3, &mut random)).collect()),
        ] {
            let rhythm = fitted(customers);
            let found = rhythm.status.clone().unwrap();
            assert!(found.starts_with(status), "{name}: {found} {:?}", rhythm.params);
            assert!(!found.contains("not converged"), "{name}: {found}");
            assert_eq!(rhythm.params.is_some(), rhythm.gaps > 0, "{name}");
            assert_eq!(rhythm.standard_errors.is_some(), found == "converged", "{name}");
            if let Some(params) = rhythm.params {
                let (gap, median) = (params.expected_gap(1, 30.0), params.quantile_given_elapsed(1, 30.0, 10.0, 0.5));
                assert!(gap.is_finite() && gap > 0.0 && median > 10.0 && median.is_finite(), "{name}: {gap} {median}");
            }
            let text = rhythm.to_json().unwrap();
            assert_eq!(PurchaseRhythm::from_json(&text).unwrap(), rhythm, "{name}");
        }
    }

    #[test]
    fn an_equal_base_predicts_its_gap() {
        let params = fitted(vec![vec![0, 30, 60, 90]; 50]).params.unwrap();
        assert!((params.expected_gap(0, 0.0) - 30.0).abs() < 0.1);
        assert!((params.quantile_given_elapsed(2, 60.0, 0.0, 0.5) - 30.0).abs() < 0.1);
    }

    #[test]
    fn an_interrupt_ends_the_fit() {
        let mut counts = GapCounts::default();
        for days in cdnow() {
            counts.add_customer(days.into_iter()).unwrap();
        }
        for limit in [0, 1, 2, 5, 9] {
            let (mut calls, cancelled) = (0, Error::new(Kind::InvalidParameter, "cancelled"));
            let mut check = || {
                calls += 1;
                if calls > limit { Err(cancelled.clone()) } else { Ok(()) }
            };
            assert_eq!(fit(&mut counts, &mut check), Err(cancelled.clone()), "{limit}");
        }
    }
}
