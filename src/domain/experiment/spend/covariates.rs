//! What the customers' past leaves of their spend: the residuals of a regression on all customers, in which the treatment has no term.
//!
//! The regression knows nothing of the groups, so that every lot has the same residuals and the test stays exact (Rosenbaum, "Covariance
//! adjustment in randomized experiments and observational studies", Statistical Science 17, 2002, pp. 286–327). Least squares is linear in
//! the spend: the residuals are a + f·b as the spend is.

use super::terms::Pair;
use crate::domain::math::cholesky::Cholesky;
use crate::domain::support::error::{Result, reserve};
use crate::domain::support::interrupt::Turns;

/// The customers of a stratum, those of the smaller group first.
#[derive(Debug, Default)]
pub struct Past {
    /// The spend of each.
    pub spends: Vec<Pair>,
    /// How many of them are in the smaller group.
    pub smaller: usize,
    /// The covariates of each, one customer after the other; NaN where one is not known.
    pub before: Vec<f64>,
}

/// A covariate is left out where the others leave less than this share of its variance: rounding, if anything.
const DEPENDENT: f64 = 1e-9;

/// What rounding can leave of a spend that the covariates explain, as a share of the largest one.
const NOTHING: f64 = 1e-10;

/// Each spend less the mean over its stratum.
pub fn centred(spends: &mut [Pair]) {
    let n = spends.len() as f64;
    let mean_a = spends.iter().map(|pair| pair.a).sum::<f64>() / n;
    let mean_b = spends.iter().map(|pair| pair.b).sum::<f64>() / n;
    for pair in spends {
        pair.a -= mean_a;
        pair.b -= mean_b;
    }
}

/// The residuals of the spends, which are those of [`centred`], on so many covariates within the strata. A covariate that is not known of a customer
/// counts as the mean over the others.
///
/// # Errors
/// [`crate::domain::support::error::Kind::OutOfMemory`].
pub fn residuals(strata: &mut [Past], covariates: usize) -> Result<Vec<Vec<Pair>>> {
    standardise(strata, covariates);
    let mut turns = Turns::default();
    let mut gram = vec![vec![0.0; covariates]; covariates];
    let mut with_spend = vec![Pair::default(); covariates];
    for stratum in strata.iter() {
        for (pair, x) in stratum.spends.iter().zip(stratum.before.chunks_exact(covariates)) {
            turns.turn();
            for (i, xi) in x.iter().enumerate() {
                with_spend[i].a += xi * pair.a;
                with_spend[i].b += xi * pair.b;
                for (sum, xj) in gram[i].iter_mut().zip(&x[..=i]) {
                    *sum += xi * xj;
                }
            }
        }
    }
    let (kept, cholesky) = independent(&gram);
    let right = |part: fn(&Pair) -> f64| kept.iter().map(|i| part(&with_spend[*i])).collect::<Vec<f64>>();
    let slopes = cholesky.map(|cholesky| (cholesky.solve(&right(|pair| pair.a)), cholesky.solve(&right(|pair| pair.b))));
    let (slopes_a, slopes_b) = slopes.unwrap_or_default();
    let largest = |part: fn(&Pair) -> f64| {
        strata.iter().flat_map(|stratum| &stratum.spends).map(|pair| part(pair).abs()).fold(0.0, f64::max)
    };
    let least = Pair { a: NOTHING * largest(|pair| pair.a), b: NOTHING * largest(|pair| pair.b) };
    let rest = |spend: f64, x: &[f64], slopes: &[f64], least: f64| {
        let rest = spend - kept.iter().zip(slopes).map(|(i, slope)| x[*i] * slope).sum::<f64>();
        if rest.abs() <= least { 0.0 } else { rest }
    };
    let of_stratum = |stratum: &Past| {
        let mut rests = Vec::new();
        reserve(&mut rests, stratum.spends.len())?;
        let customers = stratum.spends.iter().zip(stratum.before.chunks_exact(covariates));
        rests.extend(customers.map(|(pair, x)| Pair {
            a: rest(pair.a, x, &slopes_a, least.a),
            b: rest(pair.b, x, &slopes_b, least.b),
        }));
        Ok(rests)
    };
    strata.iter().map(of_stratum).collect()
}

/// Makes the covariates numbers of the order of 1 whose mean is 0 in each stratum.
fn standardise(strata: &mut [Past], covariates: usize) {
    for i in 0..covariates {
        let known = || {
            let all = strata.iter().flat_map(|stratum| stratum.before.iter().skip(i).step_by(covariates));
            all.copied().filter(|value| !value.is_nan())
        };
        let largest = known().map(f64::abs).fold(0.0, f64::max);
        // A power of 2, so that nothing is rounded, and no sum overflows.
        let scale = if largest > 0.0 { 2f64.powi(largest.log2().floor() as i32).max(f64::MIN_POSITIVE) } else { 1.0 };
        let (count, sum) = known().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value / scale));
        let mean = if count > 0.0 { sum / count } else { 0.0 };
        for stratum in strata.iter_mut() {
            let n = stratum.spends.len() as f64;
            let of_stratum = || stratum.before.iter().skip(i).step_by(covariates);
            let value = |value: f64| if value.is_nan() { mean } else { value / scale };
            let mean_here = of_stratum().map(|x| value(*x)).sum::<f64>() / n;
            for x in stratum.before.iter_mut().skip(i).step_by(covariates) {
                *x = value(*x) - mean_here;
            }
        }
    }
    // Each with the same sum of squares, so that what is left of one is compared with 1.
    for i in 0..covariates {
        let squares: f64 =
            strata.iter().flat_map(|stratum| stratum.before.iter().skip(i).step_by(covariates)).map(|x| x * x).sum();
        let root = squares.sqrt();
        // A constant differs from its mean by rounding alone.
        let customers = strata.iter().map(|stratum| stratum.spends.len()).sum::<usize>() as f64;
        let factor = if root > NOTHING * customers.sqrt() { root.recip() } else { 0.0 };
        for stratum in strata.iter_mut() {
            stratum.before.iter_mut().skip(i).step_by(covariates).for_each(|x| *x *= factor);
        }
    }
}

/// The covariates that the ones before them do not determine, and the factor of their matrix.
fn independent(gram: &[Vec<f64>]) -> (Vec<usize>, Option<Cholesky>) {
    let matrix = |of: &[usize]| {
        of.iter().map(|i| of.iter().map(|j| gram[*i.max(j)][*i.min(j)]).collect()).collect::<Vec<Vec<f64>>>()
    };
    let mut kept: Vec<usize> = Vec::new();
    let mut factor: Option<Cholesky> = None;
    for i in 0..gram.len() {
        let with_kept: Vec<f64> = kept.iter().map(|j| gram[i][*j]).collect();
        let explained: f64 = factor.as_ref().map_or(0.0, |factor| {
            factor.solve(&with_kept).iter().zip(&with_kept).map(|(slope, product)| slope * product).sum()
        });
        if gram[i][i] - explained <= DEPENDENT * gram[i][i] || gram[i][i] == 0.0 {
            continue;
        }
        kept.push(i);
        match Cholesky::new(&matrix(&kept)) {
            Some(new) => factor = Some(new),
            None => drop(kept.pop()),
        }
    }
    (kept, factor)
}
