//! Maximum likelihood over positive parameters within bounds: the one way in which the product fits anything.
//!
//! The search runs in the logarithms of the parameters. L-BFGS with the line search of Moré and Thuente (argmin) comes
//! near; damped Newton steps on the Hessian, with the coordinates that press against a bound held there, go to the
//! stopping rule: the gradient norm per observation is at most [`TOLERANCE`], or no step increases the likelihood. The
//! result is a function of the likelihood alone, never NaN, and bounded in its number of evaluations.

use std::cell::RefCell;
use std::fmt;

use argmin::core::{Error as ArgminError, Executor, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

use super::cholesky::Cholesky;
use crate::domain::support::error::{Error, Kind, Result};

mod search;

use search::{Point, Search, norm};

/// The gradient norm per observation, with respect to the logarithms of the parameters, at which a search ends: a parameter
/// then is off by some 1e-10 of itself where the likelihood is curved, and by 1e-7 along the ridges of these models.
pub const TOLERANCE: f64 = 1e-10;

/// Where no step increases the likelihood any more though the gradient is larger, rounding is the reason up to here, and
/// the fit has converged.
const ROUNDING: f64 = 1e-6;

/// L-BFGS hands over to Newton's method here: from a gradient that small, Newton squares the error with each step.
const HANDOVER: f64 = 1e-4;

/// Iterations of L-BFGS, and then of Newton's method: several times what hard likelihoods were seen to need.
const MAX_ITERATIONS: u64 = 100;

/// A parameter of a model: its name and the bounds within which it is sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The name as users read it.
    pub name: &'static str,
    /// The smallest value, > 0.
    pub lower: f64,
    /// The largest value, finite.
    pub upper: f64,
}

/// A log-likelihood of positive parameters.
pub trait LogLikelihood {
    /// The parameters in the order in which vectors hold them.
    fn parameters(&self) -> &[Parameter];

    /// How many independent observations (customers) it sums over; the gradient is judged per observation.
    fn observations(&self) -> f64;

    /// The log-likelihood and its gradient with respect to the parameters.
    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>);

    /// The matrix of second derivatives with respect to the parameters.
    ///
    /// Where no formula is given: central differences of the gradient, with relative steps of the cube root of the
    /// machine's precision (Numerical Recipes, 3rd ed., section 5.7).
    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let mut rows = Vec::with_capacity(at.len());
        for i in 0..at.len() {
            let (mut above, mut below) = (at.to_vec(), at.to_vec());
            let step = at[i] * f64::EPSILON.cbrt();
            above[i] += step;
            below[i] -= step;
            let width = above[i] - below[i];
            let (high, low) = (self.value_and_gradient(&above).1, self.value_and_gradient(&below).1);
            rows.push(high.iter().zip(&low).map(|(h, l)| (h - l) / width).collect::<Vec<f64>>());
        }
        (0..at.len()).map(|i| (0..at.len()).map(|j| 0.5 * (rows[i][j] + rows[j][i])).collect()).collect()
    }

    /// The log-likelihood, its gradient and its second derivatives: for Newton's method, which needs all of them.
    fn derivatives(&self, at: &[f64]) -> Derivatives {
        let (value, gradient) = self.value_and_gradient(at);
        (value, gradient, self.hessian(at))
    }
}

/// All three together, where one pass over the data gives them.
pub type Derivatives = (f64, Vec<f64>, Vec<Vec<f64>>);

/// How a fit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// At a maximum inside the bounds.
    Converged,
    /// At the largest likelihood within the bounds, which some parameters press against: `k → ∞`.
    Boundary(String),
    /// There were not enough data to fit, in words such as `too few gaps: n = 3`. Given by the model, not by [`maximize`].
    TooFew(String),
    /// Neither, and why.
    NotConverged(String),
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Converged => f.write_str("converged"),
            Status::Boundary(limit) => write!(f, "boundary: {limit}"),
            Status::TooFew(what) => f.write_str(what),
            Status::NotConverged(why) => write!(f, "not converged: {why}"),
        }
    }
}

/// A fit by maximum likelihood.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The parameters with the largest likelihood found.
    pub params: Vec<f64>,
    /// The log-likelihood there.
    pub log_likelihood: f64,
    /// The square roots of the covariance matrix's diagonal.
    pub standard_errors: Option<Vec<f64>>,
    /// The inverse of the observed information: of minus the Hessian in the parameters themselves. None at a bound, where
    /// the information is not positive definite, and without convergence.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Iterations of L-BFGS and of Newton's method together.
    pub iterations: u64,
    /// The Euclidean norm of the gradient per observation, with respect to the logarithms of the parameters, without the
    /// components that press against a bound.
    pub gradient_norm: f64,
    /// How the fit ended.
    pub status: Status,
}

/// Maximises a log-likelihood from a start, which is moved into the bounds.
///
/// `check` is called before each evaluation; its error ends the fit and is returned.
pub fn maximize(likelihood: &dyn LogLikelihood, start: &[f64], check: &mut dyn FnMut() -> Result<()>) -> Result<Fit> {
    climb(likelihood, start, check, true)
}

/// Maximises as [`maximize`] does, by Newton's method alone: for a start that is near the maximum.
pub fn refine(likelihood: &dyn LogLikelihood, start: &[f64], check: &mut dyn FnMut() -> Result<()>) -> Result<Fit> {
    climb(likelihood, start, check, false)
}

fn climb(
    likelihood: &dyn LogLikelihood,
    start: &[f64],
    check: &mut dyn FnMut() -> Result<()>,
    from_afar: bool,
) -> Result<Fit> {
    let parameters = likelihood.parameters();
    let bounds: Vec<(f64, f64)> = parameters.iter().map(|p| (p.lower.ln(), p.upper.ln())).collect();
    if start.len() != bounds.len() || start.iter().any(|v| v.is_nan() || *v <= 0.0) {
        return Err(Error::new(Kind::InvalidParameter, format!("a fit cannot start from {start:?}")));
    }
    let search = Search {
        likelihood,
        bounds,
        observed: likelihood.observations().max(1.0),
        check: RefCell::new(check),
        memory: RefCell::default(),
    };
    let origin = search.clamp(&start.iter().map(|v| v.ln()).collect::<Vec<f64>>());
    let mut iterations = if from_afar { lbfgs(&search, &origin)? } else { 0 };
    let best = search.memory.borrow_mut().best.take();
    let Some(mut point) = best.map_or_else(|| search.evaluate_with_hessian(&origin), |best| Ok(Some(best)))? else {
        return Ok(Fit {
            params: search.params(&origin),
            log_likelihood: f64::NEG_INFINITY,
            standard_errors: None,
            covariance: None,
            iterations,
            gradient_norm: 0.0,
            status: Status::NotConverged("the log-likelihood is not finite at the start".into()),
        });
    };
    iterations += newton(&search, &mut point)?;
    Ok(conclude(&search, point, iterations))
}

/// Minimises by L-BFGS, leaves the best point in the search's memory, and returns the number of iterations.
///
/// How argmin ends (an error of the line search included) does not matter: Newton's method judges and goes on.
fn lbfgs(search: &Search<'_>, origin: &[f64]) -> Result<u64> {
    let internal = |error: ArgminError| Error::new(Kind::InvalidParameter, error.to_string());
    // A first step of length 1 in log parameters would be a factor of e; the gradient per observation is a good scale.
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 5)
        .with_tolerance_grad(HANDOVER)
        .and_then(|solver| solver.with_tolerance_cost(f64::EPSILON))
        .map_err(internal)?;
    let run = Executor::new(search, solver)
        .configure(|state| state.param(origin.to_vec()).max_iters(MAX_ITERATIONS))
        .ctrlc(false)
        .run();
    match search.memory.borrow_mut().interrupt.take() {
        Some(error) => Err(error),
        None => Ok(run.map_or(0, |result| result.state().get_iter())),
    }
}

/// Climbs by damped Newton steps over the free coordinates, and returns the number of iterations.
///
/// The damping is that of Levenberg and Marquardt: a multiple of the identity is added to the negative Hessian until it is
/// positive definite and the step increases the likelihood (Nocedal and Wright, Numerical Optimization, 2nd ed., section 3.4).
fn newton(search: &Search<'_>, point: &mut Point) -> Result<u64> {
    for iteration in 0..MAX_ITERATIONS {
        let free = search.free(point);
        if norm(&point.gradient, &free) <= TOLERANCE {
            return Ok(iteration);
        }
        let information = information(search, point);
        let mut better = None;
        let mut damping = 0.0;
        while better.is_none() && damping < 1e12 {
            if let Some(at) = search.newton_step(point, &information, damping) {
                better = search.evaluate_with_hessian(&at)?.filter(|next| improves(search, point, next));
            }
            damping = if damping == 0.0 { 1e-8 } else { damping * 10.0 };
        }
        match better.map_or_else(|| onto_bounds(search, point), |next| Ok(Some(next)))? {
            Some(next) => *point = next,
            None => return Ok(iteration),
        }
    }
    Ok(MAX_ITERATIONS)
}

/// How near to a bound, as a part of the parameter, a search that goes no further is taken to be on its way there.
const NEARLY: f64 = 1e-4;

/// The point with the coordinates that are nearly at a bound, and climb towards it, on the bound: within rounding no step
/// leads there. None where there are none, or where that is worse.
fn onto_bounds(search: &Search<'_>, point: &Point) -> Result<Option<Point>> {
    let mut at = point.at.clone();
    for (i, v) in at.iter_mut().enumerate() {
        let ((low, high), slope) = (search.bounds[i], point.gradient[i]);
        if high - *v < NEARLY && slope > 0.0 {
            *v = high;
        } else if *v - low < NEARLY && slope < 0.0 {
            *v = low;
        }
    }
    if at == point.at {
        return Ok(None);
    }
    let rounding = 1e-12 * point.value.abs().max(1.0);
    Ok(search.evaluate_with_hessian(&at)?.filter(|next| next.value >= point.value - rounding))
}

/// Whether a point is better: of larger likelihood, or, within the rounding of the likelihood, of smaller gradient.
fn improves(search: &Search<'_>, point: &Point, next: &Point) -> bool {
    let gain = next.value - point.value;
    let rounding = 1e-13 * point.value.abs().max(1.0);
    gain > rounding
        || gain.abs() <= rounding
            && norm(&next.gradient, &search.free(next)) < 0.9 * norm(&point.gradient, &search.free(point))
}

/// Minus the Hessian per observation with respect to the log parameters: −(pᵢ pⱼ Hᵢⱼ + δᵢⱼ gᵢ).
fn information(search: &Search<'_>, point: &Point) -> Vec<Vec<f64>> {
    let params = search.params(&point.at);
    let hessian = point.hessian.clone().unwrap_or_else(|| search.likelihood.hessian(&params));
    let entry = |i: usize, j: usize| {
        let own = if i == j { point.gradient[i] } else { 0.0 };
        -(hessian[i][j] * params[i] * params[j] / search.observed + own)
    };
    (0..params.len()).map(|i| (0..params.len()).map(|j| entry(i, j)).collect()).collect()
}

/// Says how the search ended, and how sure the parameters are.
fn conclude(search: &Search<'_>, point: Point, iterations: u64) -> Fit {
    let params = search.params(&point.at);
    let free = search.free(&point);
    let gradient_norm = norm(&point.gradient, &free);
    let parameters = search.likelihood.parameters();
    let limits: Vec<String> = (0..params.len())
        .filter(|i| !free.contains(i))
        .map(|i| format!("{} → {}", parameters[i].name, if point.at[i] >= search.bounds[i].1 { "∞" } else { "0" }))
        .collect();
    let status = if gradient_norm > ROUNDING {
        Status::NotConverged(format!("the gradient norm per observation is {gradient_norm:.1e}"))
    } else if !limits.is_empty() {
        Status::Boundary(limits.join(", "))
    } else {
        Status::Converged
    };
    let covariance = (status == Status::Converged).then(|| covariance(search, &point)).flatten();
    Fit {
        standard_errors: covariance.as_ref().map(|c| (0..c.len()).map(|i| c[i][i].sqrt()).collect()),
        covariance,
        log_likelihood: point.value * search.observed,
        params,
        iterations,
        gradient_norm,
        status,
    }
}

/// The inverse of the observed information, computed in log parameters, where it is well scaled, and scaled back.
fn covariance(search: &Search<'_>, point: &Point) -> Option<Vec<Vec<f64>>> {
    let params = search.params(&point.at);
    let mut scaled = information(search, point);
    // The observed information of the parameters themselves has no gradient term.
    (0..params.len()).for_each(|i| scaled[i][i] += point.gradient[i]);
    let mut inverse = Cholesky::new(&scaled)?.inverse();
    for (i, row) in inverse.iter_mut().enumerate() {
        row.iter_mut().enumerate().for_each(|(j, v)| *v *= (params[i] * params[j]) / search.observed);
    }
    inverse.iter().flatten().all(|v| v.is_finite()).then_some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −½ Σ wᵢ (ln θᵢ − ln cᵢ)², with its maximum at c and the information wᵢ/cᵢ² there.
    struct Hill {
        parameters: [Parameter; 2],
        top: [f64; 2],
        weights: [f64; 2],
    }

    impl LogLikelihood for Hill {
        fn parameters(&self) -> &[Parameter] {
            &self.parameters
        }

        fn observations(&self) -> f64 {
            10.0
        }

        fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
            let d: Vec<f64> = (0..2).map(|i| (at[i] / self.top[i]).ln()).collect();
            let value = (0..2).map(|i| -0.5 * self.weights[i] * d[i] * d[i]).sum();
            (value, (0..2).map(|i| -self.weights[i] * d[i] / at[i]).collect())
        }
    }

    fn hill(top: [f64; 2], weights: [f64; 2]) -> Hill {
        let parameter = |name| Parameter { name, lower: 1e-3, upper: 1e3 };
        Hill { parameters: [parameter("a"), parameter("b")], top, weights }
    }

    fn climb(likelihood: &dyn LogLikelihood, start: &[f64]) -> Result<Fit> {
        maximize(likelihood, start, &mut || Ok(()))
    }

    #[test]
    fn finds_the_top_and_how_sure_it_is() {
        let fit = climb(&hill([2.0, 50.0], [100.0, 4.0]), &[500.0, 0.01]).unwrap();
        assert_eq!(fit.status, Status::Converged);
        assert!((fit.params[0] - 2.0).abs() < 1e-9 && (fit.params[1] - 50.0).abs() < 1e-7, "{fit:?}");
        let errors = fit.standard_errors.unwrap();
        assert!((errors[0] - 0.2).abs() < 1e-7 && (errors[1] - 25.0).abs() < 1e-4, "{errors:?}");
        assert!(fit.covariance.unwrap()[0][1].abs() < 1e-6);
        assert!(fit.gradient_norm <= TOLERANCE && fit.iterations > 0);
    }

    #[test]
    fn names_the_bounds_that_hold_it() {
        let fit = climb(&hill([1e5, 1e-5], [10.0, 10.0]), &[1.0, 1.0]).unwrap();
        assert_eq!(fit.status, Status::Boundary("a → ∞, b → 0".into()));
        assert_eq!((fit.params, fit.standard_errors, fit.covariance), (vec![1e3, 1e-3], None, None));
        // One at its bound, the other free.
        let fit = climb(&hill([1e5, 7.0], [10.0, 10.0]), &[1e9, 1e-9]).unwrap();
        assert_eq!(fit.status, Status::Boundary("a → ∞".into()));
        assert!(fit.params[0] == 1e3 && (fit.params[1] - 7.0).abs() < 1e-8, "{fit:?}");
    }

    #[test]
    fn has_no_errors_where_nothing_is_known() {
        // The second parameter does not matter: the information is singular.
        let fit = climb(&hill([2.0, 2.0], [10.0, 0.0]), &[1.0, 1.0]).unwrap();
        assert_eq!((fit.status, fit.standard_errors), (Status::Converged, None));
    }

    #[test]
    fn survives_a_likelihood_that_is_not_one() {
        /// A function of the parameter that may be anything.
        struct Bad(fn(f64) -> (f64, f64));
        impl LogLikelihood for Bad {
            fn parameters(&self) -> &[Parameter] {
                &[Parameter { name: "a", lower: 1e-3, upper: 1e3 }]
            }
            fn observations(&self) -> f64 {
                0.0
            }
            fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
                let (value, gradient) = self.0(at[0]);
                (value, vec![gradient])
            }
        }
        let bad: [fn(f64) -> (f64, f64); 6] = [
            |_| (f64::NAN, 1.0),
            |_| (1.0, f64::INFINITY),
            // A gradient that lies, that never ends, and that turns to NaN on the way.
            |a| (-a, 1.0),
            |a| (a.sin() * 1e300, a.cos() * 1e300),
            |a| if a < 2.0 { (a, 1.0) } else { (f64::NAN, f64::NAN) },
            |_| (0.0, 0.0),
        ];
        for (i, function) in bad.into_iter().enumerate() {
            let fit = climb(&Bad(function), &[1.0]).unwrap();
            assert!(fit.params[0].is_finite() && fit.gradient_norm.is_finite() && !fit.log_likelihood.is_nan(), "{i}");
            assert_eq!(matches!(fit.status, Status::NotConverged(_)), i != 5, "{i}: {fit:?}");
        }
    }

    #[test]
    fn refuses_a_start_that_is_none() {
        for start in [&[1.0][..], &[1.0, f64::NAN], &[0.0, 1.0], &[-1.0, 1.0]] {
            assert_eq!(climb(&hill([1.0, 1.0], [1.0, 1.0]), start).unwrap_err().kind, Kind::InvalidParameter);
        }
    }

    #[test]
    fn status_reads_as_words() {
        assert_eq!(Status::Boundary("k → ∞".into()).to_string(), "boundary: k → ∞");
        assert_eq!(Status::TooFew("too few gaps: n = 3".into()).to_string(), "too few gaps: n = 3");
    }
}
