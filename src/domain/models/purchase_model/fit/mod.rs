//! Fits purchase models by maximum likelihood.
//!
//! A large base is fitted twice: a sample of it from two starts, and all of it from where the better of those ended, by
//! Newton's method alone, which needs few passes over the whole base. Where the sample is on the wrong one of two hills so
//! is the base; but large bases were only ever seen to have one.

use serde::Deserialize;

use super::Summary;
use super::counts::Base;
use super::model::{ModelKind, Named, PurchaseModel};
use crate::domain::math::maximum_likelihood::{Derivatives, Fit, LogLikelihood, Parameter, Status, maximize, refine};
use crate::domain::models::bg_nbd::MAX_K;
use crate::domain::models::fitted_json::version;
use crate::domain::models::{bg_bb, bg_nbd, pareto_nbd};
use crate::domain::support::error::{Error, Kind, Result, shorten, show_number};
use crate::domain::support::json::check_length;
use crate::domain::time::unit::TimeUnit;

/// With fewer repeat buyers than there are parameters and one, the parameters say nothing of the base.
const MIN_REPEAT_BUYERS: u64 = 5;

/// Bases of more distinct summaries than this are fitted to a sample first.
const SAMPLED_FROM: usize = 20_000;

/// A model in which customers leave must be so much more likely than the one in which no customer does: less is rounding.
const COLLAPSE: f64 = 1e-5;

/// A parameter of leaving whose standard error is a smaller part of it than this is not 0.
const SURE: f64 = 0.5;

/// How a fit is asked for. Its JSON form has these fields, all of them optional.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The weight ρ ≥ 0 of the penalty ρ n Σ θ² that is taken from the log-likelihood of n customers.
    #[serde(default)]
    pub ridge: f64,
    /// Where the search starts; the parameters that are not named start where they would have.
    #[serde(default)]
    pub start: Named,
    /// Parameters that are held at a value, k of regular models among them.
    #[serde(default)]
    pub fixed: Named,
    /// Σ ln gap over all gaps of the base, where the base is given by summaries, which do not know it: in the model's unit.
    pub sum_log_gaps: Option<f64>,
}

impl Options {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for an unknown field, and for a number that the model does not allow.
    pub fn read(text: &str, model: ModelKind) -> Result<Self> {
        let refuse = |detail: String| {
            Error::new(Kind::InvalidParameter, format!("invalid options of a fit: {}", shorten(text)))
                .detail(detail)
                .hint(
                    r#"Options read {"ridge": 0.01, "start": {"r": 0.5}, "fixed": {"b": 2}, "sum_log_gaps": 123.4}; all are optional. Where no customer leaves, fit nbd."#,
                )
        };
        check_length(text)?;
        if !text.trim_start().starts_with('{') {
            return Err(refuse("The options are not a JSON object.".into()));
        }
        let options: Options = serde_json::from_str(text)
            .map_err(|error| refuse(format!("{error}.").replace("expected f64", "expected a number")))?;
        if !(options.ridge >= 0.0 && options.ridge.is_finite()) {
            return Err(refuse(format!("ridge is {}, and not a number of at least 0.", options.ridge)));
        }
        if options.sum_log_gaps.is_some_and(|sum| sum.is_nan() || sum.abs() > 1e15) {
            return Err(refuse("sum_log_gaps is not a number between -1e15 and 1e15.".into()));
        }
        for (name, value) in options.start.0.iter().chain(&options.fixed.0) {
            match model.parameters().iter().find(|parameter| parameter.name == name) {
                Some(p) if (p.lower..=p.upper).contains(value) => {}
                Some(p) => {
                    let [value, lower, upper] = [*value, p.lower, p.upper].map(show_number);
                    return Err(refuse(format!("{name} is {value}, and not between {lower} and {upper}.")));
                }
                None if name == "k" && model.is_regular() && options.start.get("k").is_none() => {
                    if !(1..=MAX_K).any(|k| f64::from(k) == *value) {
                        return Err(refuse(format!("k is {value}, and not a whole number from 1 to {MAX_K}.")));
                    }
                }
                None => return Err(refuse(format!("{} has no such parameter: {}.", model.name(), shorten(name)))),
            }
        }
        Ok(options)
    }
}

/// Fits a model to a base. `interrupt` is called at every evaluation of the likelihood; its error ends the fit.
///
/// A base that no model fits is no error: the status says why.
///
/// # Errors
/// That of `interrupt`, and of options that are none.
pub fn fit(
    kind: ModelKind,
    unit: TimeUnit,
    base: &Base,
    options: &Options,
    interrupt: &mut dyn FnMut() -> Result<()>,
) -> Result<PurchaseModel> {
    let given = |named: &Named| (!named.0.is_empty()).then(|| named.clone());
    let model = PurchaseModel {
        customers: base.customers,
        repeat_buyers: base.repeat_buyers,
        ridge: Some(options.ridge).filter(|ridge| *ridge > 0.0),
        fixed: given(&options.fixed),
        version: version(),
        ..PurchaseModel::new(kind, None, unit)
    };
    if base.repeat_buyers < MIN_REPEAT_BUYERS {
        let status = Status::TooFew(format!("too few repeat buyers: n = {}", base.repeat_buyers));
        return Ok(PurchaseModel { status: Some(status.to_string()), ..model });
    }
    if kind.is_regular() && options.fixed.get("k").is_none() && options.sum_log_gaps.or(base.sum_ln_gaps).is_none() {
        return Err(Error::new(
            Kind::InvalidParameter,
            format!("{} cannot choose k from summaries alone", kind.name()),
        )
        .detail("The likelihoods of different k are comparable only with the sum of ln gap over all gaps.")
        .hint(r#"Fit to histories, or give the option {"sum_log_gaps": ...} or {"fixed": {"k": 2}}."#));
    }
    let mut search = Search { kind, base, sample: sample(&base.rows), options, interrupt };
    let (best, by_k) = search.over_k()?;
    Ok(PurchaseModel {
        params: Some(best.params),
        log_likelihood: Some(best.fit.log_likelihood).filter(|v| v.is_finite()),
        standard_errors: best
            .fit
            .standard_errors
            .filter(|errors| !errors.is_empty())
            .map(|errors| Named(best.fitted.iter().map(|name| (*name).to_string()).zip(errors).collect())),
        covariance: best.fit.covariance.filter(|covariance| !covariance.is_empty()),
        status: Some(best.status),
        collapses_to: best.collapses.then_some(ModelKind::Nbd),
        log_likelihood_by_k: by_k,
        iterations: Some(best.fit.iterations),
        gradient_norm: Some(best.fit.gradient_norm),
        ..model
    })
}

/// The end of one fit.
struct Outcome {
    /// All parameters of the model.
    params: Named,
    /// Those that were fitted.
    fitted: Vec<&'static str>,
    fit: Fit,
    status: String,
    collapses: bool,
}

struct Search<'a> {
    kind: ModelKind,
    base: &'a Base,
    /// A part that stands for the whole, where that is large.
    sample: Option<Vec<(Summary, f64)>>,
    options: &'a Options,
    interrupt: &'a mut dyn FnMut() -> Result<()>,
}

impl Search<'_> {
    /// Fits at the k that makes the purchases most likely, and what the other k gave.
    ///
    /// The likelihood rises and then falls with k; two falls end the search.
    fn over_k(&mut self) -> Result<(Outcome, Option<Vec<f64>>)> {
        if !self.kind.is_regular() {
            return Ok((self.at_k(1, None)?, None));
        }
        if let Some(k) = self.options.fixed.get("k") {
            return Ok((self.at_k(k as u32, None)?, None));
        }
        let mut best = self.at_k(1, None)?;
        let mut by_k = vec![best.fit.log_likelihood];
        let mut previous = best.fit.params.clone();
        for k in 2..=MAX_K {
            let next = self.at_k(k, Some(&previous))?;
            by_k.push(next.fit.log_likelihood);
            previous.clone_from(&next.fit.params);
            if next.fit.log_likelihood > best.fit.log_likelihood {
                best = next;
            }
            if by_k.len() > 2 && by_k[by_k.len() - 2..].iter().all(|ll| *ll < best.fit.log_likelihood) {
                break;
            }
        }
        Ok((best, Some(by_k)))
    }

    /// Fits at this k.
    fn at_k(&mut self, k: u32, near: Option<&[f64]>) -> Result<Outcome> {
        let parameters = self.kind.parameters();
        let constant = self.constant(k);
        let fit = self.climb(k, self.kind, near)?;
        let held = |name: &str| self.options.fixed.get(name);
        let leaving = self.kind.leaving().filter(|i| held(parameters[*i].name).is_none() && self.options.ridge == 0.0);
        let free: Vec<&'static str> = parameters.iter().map(|p| p.name).filter(|name| held(name).is_none()).collect();
        let surely_left = |i: usize| {
            let error = fit.standard_errors.as_ref().and_then(|errors| errors.get(i));
            fit.status == Status::Converged && error.is_some_and(|error| *error < SURE * fit.params[i])
        };
        // Only where no parameter is fixed do the places of the fitted ones and of the model's agree; else it is looked at.
        let Some(leaving) = leaving.filter(|i| !(self.options.fixed.0.is_empty() && surely_left(*i))) else {
            return Ok(self.outcome(k, fit, free, constant));
        };
        // Where no customer seems to leave the other parameters of leaving mean nothing: the model is NBD, and says so.
        let staying = self.climb(k, ModelKind::Nbd, None)?;
        if fit.log_likelihood - staying.log_likelihood > COLLAPSE {
            let fit = self.or_from_two_kinds(k, fit)?;
            return Ok(self.outcome(k, all_or_none(fit, &free, parameters, leaving), free, constant));
        }
        let limit = format!("{} → 0", parameters[leaving].name);
        let status = match (self.kind, &staying.status) {
            (ModelKind::ParetoNbd, Status::Converged) => format!("no interior optimum: {limit}"),
            (ModelKind::ParetoNbd, Status::Boundary(other)) => format!("no interior optimum: {other}, {limit}"),
            (_, Status::Converged) => format!("boundary: {limit}"),
            (_, Status::Boundary(other)) => format!("boundary: {other}, {limit}"),
            (_, other) => other.to_string(),
        };
        let free = free.into_iter().filter(|name| ["r", "alpha"].contains(name)).collect();
        let mut outcome = self.outcome(k, staying, free, constant);
        for (i, parameter) in parameters.iter().enumerate().skip(2) {
            // What was held is there already.
            if outcome.params.get(parameter.name).is_none() {
                outcome.params.0.push((parameter.name.to_string(), if i == leaving { 0.0 } else { 1.0 }));
            }
        }
        // k stands last.
        outcome.params.0.sort_by_key(|(name, _)| name == "k");
        Ok(Outcome { status, collapses: true, ..outcome })
    }

    /// The better of a fit and one that starts, as the third start of the models with a coin does, from customers of two
    /// kinds, who leave at once or never. Pareto/NBD needs it only where leaving is not sure, but not nothing.
    fn or_from_two_kinds(&mut self, k: u32, fit: Fit) -> Result<Fit> {
        if self.kind != ModelKind::ParetoNbd || self.sample.is_some() || fit.params.len() < 4 {
            return Ok(fit);
        }
        let start = vec![fit.params[0], fit.params[1], 0.01, 0.1 * fit.params[1]];
        let other = climb_all(self.kind, k, &self.base.rows, self.options, &[start], self.interrupt)?;
        Ok(if other.log_likelihood > fit.log_likelihood + COLLAPSE { other } else { fit })
    }

    /// What the log-likelihoods leave out because no parameter but k moves it: (k−1) Σ ln gap.
    ///
    /// Not a number where k > 1 and the gaps are not known: no likelihood is better than one that lacks a part.
    fn constant(&self, k: u32) -> f64 {
        let sum_ln_gaps = self.options.sum_log_gaps.or(self.base.sum_ln_gaps);
        if k == 1 { 0.0 } else { sum_ln_gaps.map_or(f64::NAN, |sum| f64::from(k - 1) * sum) }
    }

    fn outcome(&self, k: u32, mut fit: Fit, fitted: Vec<&'static str>, constant: f64) -> Outcome {
        // The penalty counts in the maximum, but not in the reported likelihood.
        let penalty = self.options.ridge * self.base.customers as f64 * fit.params.iter().map(|v| v * v).sum::<f64>();
        fit.log_likelihood += constant + penalty;
        let mut values = fit.params.iter();
        let mut params: Vec<(String, f64)> = Vec::new();
        for parameter in self.kind.parameters() {
            let fixed = self.options.fixed.get(parameter.name);
            if let Some(value) = fixed.or_else(|| fitted.contains(&parameter.name).then(|| values.next().copied())?) {
                params.push((parameter.name.to_string(), value));
            }
        }
        if self.kind.is_regular() {
            params.push(("k".into(), k.into()));
        }
        let mut status = fit.status.to_string();
        if self.kind.is_regular()
            && k == MAX_K
            && self.options.fixed.get("k").is_none()
            && fit.status == Status::Converged
        {
            status = format!("boundary: k = {MAX_K}");
        }
        Outcome { params: Named(params), fitted, fit, status, collapses: false }
    }

    /// Climbs from every start, on a sample if there is one, and then on the whole base.
    fn climb(&mut self, k: u32, kind: ModelKind, near: Option<&[f64]>) -> Result<Fit> {
        let starts = self.starts(k, kind, near);
        let Some(sample) = &self.sample else {
            return climb_all(kind, k, &self.base.rows, self.options, &starts, self.interrupt);
        };
        let rough = climb_all(kind, k, sample, self.options, &starts, self.interrupt)?;
        with_likelihood(kind, k, &self.base.rows, self.options, |likelihood| {
            let fit = refine(likelihood, &rough.params, self.interrupt)?;
            Ok(Fit { iterations: fit.iterations + rough.iterations, ..fit })
        })
    }

    /// The starts, over the parameters that are not fixed.
    ///
    /// The first is a base in which half of what customers could buy is lost to leaving, the second one of few who stay
    /// long and many who soon leave, the third one of two kinds, who leave at once (BG/BB: buy always) or never: a hill of
    /// its own on small bases. `near` is an optimum of a similar model.
    fn starts(&self, k: u32, kind: ModelKind, near: Option<&[f64]>) -> Vec<Vec<f64>> {
        let sum = |of: fn(&Summary) -> f64| self.base.rows.iter().map(|(c, n)| of(c) * n).sum::<f64>();
        let (purchases, time) = (sum(|c| c.frequency), sum(|c| c.t).max(f64::MIN_POSITIVE));
        let span = time / self.base.customers.max(1) as f64;
        // Within what the parameters can be, whatever the unit of time.
        let rate = (f64::from(k) * purchases / time).clamp(1e-5, 1e5);
        let span = span.clamp(1e-5, 1e14);
        let full = match kind {
            ModelKind::Nbd => vec![vec![1.0, 1.0 / rate], vec![0.3, 0.3 / rate]],
            ModelKind::ParetoNbd => {
                vec![vec![1.0, 0.5 / rate, 1.0, span], vec![0.3, 0.2 / rate, 0.3, span / 4.0]]
            }
            ModelKind::BgBb => vec![vec![1.0, 1.0, 1.0, 1.0], vec![1.0, 1.0, 0.5, 3.0], vec![0.05, 0.05, 0.5, 3.0]],
            _ => vec![
                vec![1.0, 0.7 / rate, 1.0, 3.0],
                vec![0.3, 0.2 / rate, 0.3, 1.0],
                vec![1.0, 0.7 / rate, 0.03, 0.03],
            ],
        };
        let asked = !self.options.start.0.is_empty();
        let named = |values: Vec<f64>| -> Vec<f64> {
            let parameters = kind.parameters().iter().zip(values);
            let free = parameters.filter(|(p, _)| self.options.fixed.get(p.name).is_none());
            free.map(|(p, value)| self.options.start.get(p.name).unwrap_or(value)).collect()
        };
        let mut starts: Vec<Vec<f64>> = full.into_iter().map(named).collect();
        if asked {
            starts.truncate(1);
        } else if self.sample.is_some() && starts.len() > 2 {
            starts.truncate(2);
        } else if let Some(near) = near.filter(|near| near.len() == starts[0].len()) {
            starts.insert(0, near.to_vec());
        }
        starts
    }
}

/// A parameter of leaving that ran to 0 while some do leave takes the one beside it along: a share of the customers leaves at
/// once, and the others never. The status then says so, for that is another limit than a base that no customer leaves.
fn all_or_none(mut fit: Fit, free: &[&str], parameters: &[Parameter], leaving: usize) -> Fit {
    let (first, second) = (parameters[leaving].name, parameters[leaving + 1].name);
    if let Status::Boundary(limits) = &mut fit.status
        && free.contains(&second)
        && limits.split(", ").any(|limit| limit == format!("{first} → 0"))
        && !limits.contains(second)
    {
        limits.push_str(&format!(", {second} → 0"));
    }
    fit
}

/// The best end over the starts.
fn climb_all(
    kind: ModelKind,
    k: u32,
    rows: &[(Summary, f64)],
    options: &Options,
    starts: &[Vec<f64>],
    interrupt: &mut dyn FnMut() -> Result<()>,
) -> Result<Fit> {
    with_likelihood(kind, k, rows, options, |likelihood| {
        let mut best: Option<Fit> = None;
        for start in starts {
            let fit = maximize(likelihood, start, interrupt)?;
            let better = |best: &Fit| {
                let gain = fit.log_likelihood - best.log_likelihood;
                // Of two ends of the same height the one that knows where it is.
                gain > 1e-7 || gain > -1e-7 && best.status != Status::Converged && fit.status == Status::Converged
            };
            if best.as_ref().is_none_or(better) {
                best = Some(fit);
            }
        }
        best.ok_or_else(|| Error::new(Kind::InvalidParameter, "a fit needs a start"))
    })
}

/// Calls with the log-likelihood of the model over these rows, as the options want it.
fn with_likelihood<T>(
    kind: ModelKind,
    k: u32,
    rows: &[(Summary, f64)],
    options: &Options,
    call: impl FnOnce(&dyn LogLikelihood) -> Result<T>,
) -> Result<T> {
    let constrained = |inner: &dyn LogLikelihood| call(&Constrained::new(inner, options));
    match kind {
        ModelKind::ParetoNbd => constrained(&pareto_nbd::likelihood::Likelihood::new(rows)),
        ModelKind::BgBb => constrained(&bg_bb::Likelihood::new(rows)),
        ModelKind::Nbd => constrained(&bg_nbd::NbdLikelihood::new(rows, k)),
        _ => constrained(&bg_nbd::Likelihood::new(rows, k, kind.drops_at_first())),
    }
}

/// A log-likelihood with some parameters held, less the ridge penalty.
struct Constrained<'a> {
    inner: &'a dyn LogLikelihood,
    /// All parameters, those that are held at their values.
    values: Vec<f64>,
    free: Vec<usize>,
    parameters: Vec<Parameter>,
    penalty: f64,
}

impl<'a> Constrained<'a> {
    fn new(inner: &'a dyn LogLikelihood, options: &Options) -> Self {
        let all = inner.parameters();
        let free: Vec<usize> = (0..all.len()).filter(|i| options.fixed.get(all[*i].name).is_none()).collect();
        Constrained {
            inner,
            values: all.iter().map(|p| options.fixed.get(p.name).unwrap_or(p.lower)).collect(),
            parameters: free.iter().map(|i| all[*i]).collect(),
            free,
            penalty: options.ridge * inner.observations(),
        }
    }

    fn all(&self, at: &[f64]) -> Vec<f64> {
        let mut values = self.values.clone();
        self.free.iter().zip(at).for_each(|(i, v)| values[*i] = *v);
        values
    }

    fn penalise(&self, at: &[f64], value: f64, gradient: &[f64]) -> (f64, Vec<f64>) {
        let penalised = self.free.iter().zip(at).map(|(i, v)| gradient[*i] - 2.0 * self.penalty * v);
        (value - self.penalty * at.iter().map(|v| v * v).sum::<f64>(), penalised.collect())
    }

    /// The second derivatives by the free parameters, less the penalty's.
    fn free_part(&self, full: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let row = |&i: &usize| {
            let entry = |&j: &usize| full[i][j] - if i == j { 2.0 * self.penalty } else { 0.0 };
            self.free.iter().map(entry).collect()
        };
        self.free.iter().map(row).collect()
    }
}

impl LogLikelihood for Constrained<'_> {
    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn observations(&self) -> f64 {
        self.inner.observations()
    }

    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (value, gradient) = self.inner.value_and_gradient(&self.all(at));
        self.penalise(at, value, &gradient)
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        self.free_part(&self.inner.hessian(&self.all(at)))
    }

    fn derivatives(&self, at: &[f64]) -> Derivatives {
        let (value, gradient, hessian) = self.inner.derivatives(&self.all(at));
        let (value, gradient) = self.penalise(at, value, &gradient);
        (value, gradient, self.free_part(&hessian))
    }
}

/// A part of a large base that stands for the whole: all summaries that many customers share, and of the others every
/// n-th with n times its weight. They are in order, so that each region is represented.
fn sample(rows: &[(Summary, f64)]) -> Option<Vec<(Summary, f64)>> {
    if rows.len() <= SAMPLED_FROM {
        return None;
    }
    let stride = rows.len() / (SAMPLED_FROM / 4);
    let shared = rows.iter().map(|(_, n)| n).sum::<f64>() / (SAMPLED_FROM / 4) as f64;
    let mut passed = 0;
    let mut sampled = Vec::new();
    for &(customer, n) in rows {
        if n > shared {
            sampled.push((customer, n));
        } else {
            if passed % stride == stride / 2 {
                sampled.push((customer, n * stride as f64));
            }
            passed += 1;
        }
    }
    Some(sampled)
}

#[cfg(test)]
mod tests;
