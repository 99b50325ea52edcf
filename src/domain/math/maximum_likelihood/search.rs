//! A likelihood as the searches see it: in log parameters, within bounds, per observation.

use std::cell::RefCell;

use argmin::core::{CostFunction, Error as ArgminError, Gradient};

use super::{LogLikelihood, Parameter, TOLERANCE};
use crate::domain::math::cholesky::Cholesky;
use crate::domain::support::error::{Error, Result};

/// Evaluations within L-BFGS, so that a line search on a ragged likelihood ends too.
const MAX_EVALUATIONS: u32 = 1000;

/// The likelihood in log parameters, per observation and with its sign turned, as argmin minimises it.
pub struct Search<'a> {
    pub likelihood: &'a dyn LogLikelihood,
    pub bounds: Vec<(f64, f64)>,
    pub observed: f64,
    pub check: RefCell<&'a mut dyn FnMut() -> Result<()>>,
    pub memory: RefCell<Memory>,
}

/// What the evaluations leave behind.
#[derive(Default)]
pub struct Memory {
    /// argmin asks for the cost and then for the gradient at the same point: both come from one evaluation.
    pub last: Option<Point>,
    pub best: Option<Point>,
    pub evaluations: u32,
    /// argmin may swallow an error of a line search; an interrupt must not be lost.
    pub interrupt: Option<Error>,
}

/// A log-likelihood with its derivatives with respect to the parameters.
type Evaluation = (f64, Vec<f64>, Option<Vec<Vec<f64>>>);

/// A point in log parameters within the bounds, with the log-likelihood per observation and its gradient there.
#[derive(Debug, Clone)]
pub struct Point {
    pub at: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
    /// Of the log-likelihood itself with respect to the parameters, where it is known.
    pub hessian: Option<Vec<Vec<f64>>>,
}

impl Search<'_> {
    /// The nearest point within the bounds.
    pub fn clamp(&self, at: &[f64]) -> Vec<f64> {
        at.iter().zip(&self.bounds).map(|(v, &(low, high))| v.clamp(low, high)).collect()
    }

    /// The parameters at a point in log parameters; at a bound the bound itself, without the rounding of exp.
    pub fn params(&self, at: &[f64]) -> Vec<f64> {
        let exact = |i: usize, p: &Parameter| match (at[i], self.bounds[i]) {
            (v, (low, _)) if v <= low => p.lower,
            (v, (_, high)) if v >= high => p.upper,
            (v, _) => v.exp().clamp(p.lower, p.upper),
        };
        self.likelihood.parameters().iter().enumerate().map(|(i, p)| exact(i, p)).collect()
    }

    /// Evaluates within the bounds; None where the likelihood is not a finite number.
    pub fn evaluate(&self, at: &[f64]) -> Result<Option<Point>> {
        self.evaluate_by(at, |params| {
            let (value, gradient) = self.likelihood.value_and_gradient(params);
            (value, gradient, None)
        })
    }

    /// The same with the second derivatives.
    pub fn evaluate_with_hessian(&self, at: &[f64]) -> Result<Option<Point>> {
        self.evaluate_by(at, |params| {
            let (value, gradient, hessian) = self.likelihood.derivatives(params);
            (value, gradient, Some(hessian))
        })
    }

    fn evaluate_by(&self, at: &[f64], evaluate: impl Fn(&[f64]) -> Evaluation) -> Result<Option<Point>> {
        (self.check.borrow_mut())()?;
        if at.iter().any(|v| !v.is_finite()) {
            return Ok(None);
        }
        let at = self.clamp(at);
        let params = self.params(&at);
        let (value, gradient, hessian) = evaluate(&params);
        let gradient: Vec<f64> = gradient.iter().zip(&params).map(|(g, p)| g * p / self.observed).collect();
        let value = value / self.observed;
        let finite = value.is_finite() && gradient.iter().all(|g| g.is_finite());
        Ok(finite.then_some(Point { at, value, gradient, hessian }))
    }

    /// Evaluates for argmin: remembers the point, and ends the search at an interrupt, a limit or a NaN.
    fn remembered(&self, at: &[f64]) -> std::result::Result<Point, ArgminError> {
        let inside = self.clamp(at);
        if let Some(point) = self.memory.borrow().last.as_ref().filter(|p| p.at == inside) {
            return Ok(point.clone());
        }
        let found = self.evaluate(at);
        let mut memory = self.memory.borrow_mut();
        memory.evaluations += 1;
        match found {
            Err(error) => {
                memory.interrupt = Some(error);
                Err(ArgminError::msg("interrupted"))
            }
            Ok(Some(point)) if memory.evaluations <= MAX_EVALUATIONS => {
                if memory.best.as_ref().is_none_or(|best| point.value > best.value) {
                    memory.best = Some(point.clone());
                }
                memory.last = Some(point.clone());
                Ok(point)
            }
            Ok(_) => Err(ArgminError::msg("no finite log-likelihood")),
        }
    }

    /// Goes a step, shortened as a whole to a factor of e² in each parameter (beyond, the quadratic model knows nothing)
    /// and to the first bound in its way: cut one by one, the coordinates would leave the ridge that they climb together.
    fn step(&self, point: &Point, free: &[usize], step: &[f64]) -> Vec<f64> {
        let longest = step.iter().fold(2.0, |longest: f64, s| longest.max(s.abs()));
        let mut length = 2.0 / longest;
        for (&i, s) in free.iter().zip(step) {
            let bound = if *s > 0.0 { self.bounds[i].1 } else { self.bounds[i].0 };
            if s.abs() > 0.0 {
                length = length.min((bound - point.at[i]) / s);
            }
        }
        let mut at = point.at.clone();
        for (&i, s) in free.iter().zip(step) {
            let (low, high) = self.bounds[i];
            at[i] += length * s;
            // Onto the bound and not beside it by a rounding.
            at[i] = if high - at[i] < 1e-12 { high } else { at[i] };
            at[i] = if at[i] - low < 1e-12 { low } else { at[i] };
        }
        at
    }

    /// The point a Newton step away, the damping added to the information; None where that is not positive definite.
    pub fn newton_step(&self, point: &Point, information: &[Vec<f64>], damping: f64) -> Option<Vec<f64>> {
        let mut moving = self.free(point);
        loop {
            let damped: Vec<Vec<f64>> = moving
                .iter()
                .map(|&i| moving.iter().map(|&j| information[i][j] + if i == j { damping } else { 0.0 }).collect())
                .collect();
            let slope: Vec<f64> = moving.iter().map(|&i| point.gradient[i]).collect();
            let step = Cholesky::new(&damped)?.solve(&slope);
            // Along a ridge a step may leave the bounds from a bound, though the gradient points inwards.
            let leaves = |i: usize, s: f64| {
                let ((low, high), v) = (self.bounds[i], point.at[i]);
                (v <= low && s < 0.0) || (v >= high && s > 0.0)
            };
            let inner: Vec<usize> =
                moving.iter().zip(&step).filter(|&(&i, &s)| !leaves(i, s)).map(|(&i, _)| i).collect();
            if inner.len() == moving.len() || norm(&point.gradient, &inner) <= TOLERANCE {
                return Some(self.step(point, &moving, &step));
            }
            moving = inner;
        }
    }

    /// The components of the gradient, and of a step, that may move: those that do not press against a bound.
    pub fn free(&self, point: &Point) -> Vec<usize> {
        let presses = |i: usize| {
            let ((low, high), v, g) = (self.bounds[i], point.at[i], point.gradient[i]);
            (v <= low && g <= 0.0) || (v >= high && g >= 0.0)
        };
        (0..point.at.len()).filter(|&i| !presses(i)).collect()
    }
}

impl CostFunction for &Search<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    /// Outside the bounds: the likelihood at the nearest point within, plus a bowl that leads back.
    fn cost(&self, at: &Vec<f64>) -> std::result::Result<f64, ArgminError> {
        let point = self.remembered(at)?;
        let outside: f64 = at.iter().zip(&point.at).map(|(v, inside)| (v - inside).powi(2)).sum();
        Ok(0.5 * outside - point.value)
    }
}

impl Gradient for &Search<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, at: &Vec<f64>) -> std::result::Result<Vec<f64>, ArgminError> {
        let point = self.remembered(at)?;
        let inside = point.at.iter().zip(&point.gradient);
        Ok(at.iter().zip(inside).map(|(v, (inside, g))| if v == inside { -g } else { v - inside }).collect())
    }
}

/// The Euclidean norm over some of the components.
pub fn norm(vector: &[f64], of: &[usize]) -> f64 {
    of.iter().fold(0.0, |norm: f64, &i| norm.hypot(vector[i]))
}
