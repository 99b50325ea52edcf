//! What the customers' past leaves of their spend: the residuals of a regression on all customers, in which the treatment has no term.
//!
//! The regression knows nothing of the groups, so that every lot has the same residuals and the test stays exact (Rosenbaum, "Covariance
//! adjustment in randomized experiments and observational studies", Statistical Science 17, 2002, pp. 286–327). Least squares is linear in
//! the spend: the residuals are a + f·b as the spend is.

use super::terms::Pair;
use crate::domain::experiment::regression::Regression;
use crate::domain::support::error::{Result, reserve};

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

/// What rounding can leave of a spend that the covariates explain, and of a covariate that is constant, as a share of the largest one.
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
    let customers = strata.iter().map(|stratum| stratum.spends.len()).sum();
    let column = |value: &dyn Fn(&Past, usize) -> f64| {
        let mut column = Vec::new();
        reserve(&mut column, customers)?;
        column.extend(strata.iter().flat_map(|past| (0..past.spends.len()).map(move |i| value(past, i))));
        Ok(column)
    };
    let columns = (0..covariates).map(|x| column(&|past, i| past.before[i * covariates + x]));
    let regression = Regression::on(&columns.collect::<Result<Vec<_>>>()?, customers)?;
    let fitted_a = regression.fitted(&column(&|past, i| past.spends[i].a)?)?;
    let fitted_b = regression.fitted(&column(&|past, i| past.spends[i].b)?)?;
    let largest = |part: fn(&Pair) -> f64| {
        strata.iter().flat_map(|stratum| &stratum.spends).map(|pair| part(pair).abs()).fold(0.0, f64::max)
    };
    let least = Pair { a: NOTHING * largest(|pair| pair.a), b: NOTHING * largest(|pair| pair.b) };
    let rest = |spend: f64, fitted: f64, least: f64| {
        let rest = spend - fitted;
        if rest.abs() <= least { 0.0 } else { rest }
    };
    let mut fitted = fitted_a.into_iter().zip(fitted_b);
    let of_stratum = |stratum: &Past| {
        let mut rests = Vec::new();
        reserve(&mut rests, stratum.spends.len())?;
        rests.extend(
            stratum
                .spends
                .iter()
                .zip(fitted.by_ref())
                .map(|(pair, (a, b))| Pair { a: rest(pair.a, a, least.a), b: rest(pair.b, b, least.b) }),
        );
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
                // A constant differs from its mean by rounding alone.
                let rest = value(*x) - mean_here;
                *x = if rest.abs() <= NOTHING { 0.0 } else { rest };
            }
        }
    }
}
