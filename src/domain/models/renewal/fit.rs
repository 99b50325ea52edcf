//! Fits the shifted beta-geometric model by maximum likelihood.
//!
//! A customer who made r renewals adds ln S(r), and one who then left adds ln P(T = r+1) = ln S(r) + ln \[α/(α+β+r)\]
//! (Fader and Hardie 2007).

use super::{PARAMETERS, Renewal, RenewalCounts, RenewalModel};
use crate::domain::math::beta_geometric::ln_survival;
use crate::domain::math::gamma::{digamma_difference, trigamma};
use crate::domain::math::maximum_likelihood::{LogLikelihood, Parameter, Status, maximize};
use crate::domain::models::fitted_json::{matrix, version};
use crate::domain::support::error::{Result, reserve};

/// Fewer customers than this are not fitted.
const MIN_CUSTOMERS: u64 = 10;

/// From here on α+β stands for a base in which all leave at the same rate: θ then differs by less than 0.2 %.
const ALIKE: f64 = 1e5;

/// Fits the renewals of a base. `interrupt` is called at every evaluation of the likelihood; its error ends the fit.
///
/// Where the likelihood grows to a bound, `status` names the bound and `note` says what it means.
pub fn fit(counts: &mut RenewalCounts, interrupt: &mut dyn FnMut() -> Result<()>) -> Result<RenewalModel> {
    let mut summary = RenewalModel { version: version(), ..RenewalModel::new(None) };
    let (mut rows, mut longest) = (Vec::new(), 0);
    let counted = counts.customers.counts()?;
    reserve(&mut rows, counted.len())?;
    for &((renewals, lost), n) in counted {
        // Who has not come to a renewal says nothing.
        let came_to = u64::from(renewals) + u64::from(lost);
        if came_to > 0 {
            rows.push((f64::from(renewals), lost, n as f64));
            longest = longest.max(came_to);
            summary.customers = summary.customers.saturating_add(n);
            summary.lost = summary.lost.saturating_add(if lost { n } else { 0 });
            summary.renewals = summary.renewals.saturating_add(n.saturating_mul(came_to));
        }
    }
    if summary.customers < MIN_CUSTOMERS {
        let status = Status::TooFew(format!("too few customers with a renewal due: n = {}", summary.customers));
        return Ok(RenewalModel { status: Some(status.to_string()), ..summary });
    }
    let likelihood = Likelihood::new(&rows);
    // As many customers leave as did, with some difference between them.
    let churn = (summary.lost as f64 + 0.5) / (summary.renewals as f64 + 1.0);
    let fit = maximize(&likelihood, &[2.0 * churn, 2.0 * (1.0 - churn)], interrupt)?;
    let params = |v: &[f64]| Renewal { alpha: v[0], beta: v[1] };
    let found = params(&fit.params);
    let (mut status, mut errors, mut covariance) = (fit.status, fit.standard_errors, fit.covariance);
    let note = if summary.lost == 0 {
        Some("no customer was lost")
    } else if summary.lost == summary.customers && longest == 1 {
        Some("everyone was lost at the first renewal")
    } else if longest == 1 {
        // The likelihood is flat along alpha/(alpha+beta), and the search stays where it began: at alpha + beta = 2.
        (errors, covariance) = (None, None);
        Some("no customer came to a second renewal: only alpha/(alpha+beta) is known")
    } else if found.alpha + found.beta > ALIKE && !matches!(status, Status::NotConverged(_)) {
        // On that ridge the search ends at whichever bound comes first, or where rounding stops it.
        status = Status::Boundary("alpha → ∞, beta → ∞".into());
        (errors, covariance) = (None, None);
        Some("renewal rates do not rise with age: no difference between customers can be seen")
    } else {
        None
    };
    Ok(RenewalModel {
        params: Some(found),
        log_likelihood: Some(fit.log_likelihood).filter(|v| v.is_finite()),
        standard_errors: errors.as_deref().map(params),
        covariance: matrix(covariance),
        status: Some(status.to_string()),
        note: note.map(String::from),
        iterations: Some(fit.iterations),
        gradient_norm: Some(fit.gradient_norm),
        ..summary
    })
}

/// The log-likelihood of a base of customers, each (renewals made, lost at the next, weight).
#[derive(Debug, Clone, Copy)]
pub struct Likelihood<'a> {
    customers: &'a [(f64, bool, f64)],
    observations: f64,
}

impl<'a> Likelihood<'a> {
    /// Of customers (renewals made, whether lost at the next, number of them).
    pub fn new(customers: &'a [(f64, bool, f64)]) -> Self {
        Likelihood { customers, observations: customers.iter().map(|c| c.2).sum() }
    }
}

impl LogLikelihood for Likelihood<'_> {
    fn parameters(&self) -> &[Parameter] {
        &PARAMETERS
    }

    fn observations(&self) -> f64 {
        self.observations
    }

    fn value_and_gradient(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (alpha, beta) = (at[0], at[1]);
        let (mut value, mut by_alpha, mut by_beta) = (0.0, 0.0, 0.0);
        for &(r, lost, n) in self.customers {
            let all = digamma_difference(alpha + beta, r);
            value += n * ln_survival(alpha, beta, r);
            by_alpha -= n * all;
            by_beta += n * (digamma_difference(beta, r) - all);
            if lost {
                let sum = alpha + beta + r;
                // −ln(1 + (β+r)/α) keeps its digits where α is nearly all.
                value -= n * ((beta + r) / alpha).ln_1p();
                by_alpha += n * (beta + r) / (alpha * sum);
                by_beta -= n / sum;
            }
        }
        (value, vec![by_alpha, by_beta])
    }

    fn hessian(&self, at: &[f64]) -> Vec<Vec<f64>> {
        let (alpha, beta) = (at[0], at[1]);
        let (at_beta, at_both) = (trigamma(beta), trigamma(alpha + beta));
        let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
        for &(r, lost, n) in self.customers {
            let all = at_both - trigamma(alpha + beta + r);
            aa += n * all;
            ab += n * all;
            bb += n * (all - (at_beta - trigamma(beta + r)));
            if lost {
                let sum = alpha + beta + r;
                let square = 1.0 / (sum * sum);
                aa += n * (square - 1.0 / (alpha * alpha));
                ab += n * square;
                bb += n * square;
            }
        }
        vec![vec![aa, ab], vec![ab, bb]]
    }
}
