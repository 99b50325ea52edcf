//! What must be true of every fit and every prediction.

use pg_lifecycle::domain::models::purchase_model::counts::Base;
use pg_lifecycle::domain::models::purchase_model::model::PurchaseModel;
use pg_lifecycle::domain::models::purchase_model::{NEW, PurchaseProcess, Summary};
use pg_lifecycle::domain::support::json::JsonValue;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Notes a problem, in words, unless something holds.
macro_rules! ensure {
    ($problems:expr, $holds:expr, $($what:tt)+) => {{
        // Named, because the negation of a comparison of numbers that may be NaN looks like a slip.
        let holds: bool = $holds;
        if !holds {
            $problems.push(format!($($what)+));
        }
    }};
}

/// The ways in which a fit may say that it has ended.
pub fn is_documented(status: &str) -> bool {
    let begins = ["boundary: ", "no interior optimum: ", "too few repeat buyers: n = ", "not converged: "];
    status == "converged" || begins.iter().any(|begin| status.starts_with(begin))
}

/// The log-likelihood of a base, with the terms (k−1) Σ ln gap.
fn log_likelihood(base: &Base, model: &PurchaseModel) -> f64 {
    let process = model.process().expect("it has parameters");
    let phases = model.params.as_ref().and_then(|params| params.get("k")).unwrap_or(1.0);
    let customers = base.rows.iter().map(|(customer, n)| n * process.as_dyn().log_likelihood(customer));
    customers.sum::<f64>() + (phases - 1.0) * base.sum_ln_gaps.unwrap_or_default()
}

/// What is wrong with a fitted model.
pub fn of_the_fit(base: &Base, truth: &PurchaseModel, model: &PurchaseModel) -> Vec<String> {
    let mut problems = Vec::new();
    let status = model.status.as_deref().unwrap_or_default();
    ensure!(problems, is_documented(status), "the status is {status:?}");
    ensure!(problems, !status.starts_with("not converged"), "{status}: {:?}", model.params);
    ensure!(problems, model.customers == base.customers, "{} customers", model.customers);
    match model.to_json().and_then(|json| PurchaseModel::from_json(&json)) {
        Ok(read) => ensure!(problems, read == *model, "reads back as {read:?} instead of {model:?}"),
        Err(error) => problems.push(format!("does not read back: {error} {:?}", error.detail)),
    }
    let Some(params) = &model.params else {
        ensure!(problems, status.starts_with("too few"), "no parameters, but {status}");
        return problems;
    };
    // from_json has checked that they are within their bounds.
    ensure!(problems, params.0.iter().all(|(_, value)| value.is_finite()), "{params:?}");
    let errors: Vec<f64> = model.standard_errors.iter().flat_map(|errors| &errors.0).map(|(_, error)| *error).collect();
    ensure!(problems, errors.iter().all(|error| error.is_finite() && *error > 0.0), "standard errors {errors:?}");
    let covariance = model.covariance.iter().flatten().flatten();
    ensure!(problems, covariance.clone().all(|entry| entry.is_finite()), "covariance {:?}", model.covariance);
    ensure!(problems, covariance.count() == errors.len() * errors.len(), "covariance {:?}", model.covariance);
    let gradient = model.gradient_norm.unwrap_or(f64::NAN);
    ensure!(problems, gradient.is_finite() && gradient >= 0.0, "gradient norm {gradient}");
    let found = model.log_likelihood.unwrap_or(f64::NAN);
    let (here, there) = (log_likelihood(base, model), log_likelihood(base, truth));
    let rounding = 1e-6 + 1e-12 * there.abs();
    ensure!(problems, (found - here).abs() <= rounding, "log-likelihood {found} instead of {here}");
    ensure!(
        problems,
        found >= there - rounding,
        "log-likelihood {found} below the truth's {there} by {:e}: {params:?}, {status}, gradient {gradient:e}",
        there - found
    );
    problems
}

/// What is wrong with a model's predictions for a few of its customers.
pub fn of_predictions(base: &Base, model: &PurchaseModel, random: &mut ChaCha8Rng) -> Vec<String> {
    let Some(process) = model.process() else { return Vec::new() };
    let last = base.rows.len() - 1;
    let chosen = [0, last, random.random_range(0..=last), random.random_range(0..=last)];
    let mut problems = Vec::new();
    for customer in chosen.map(|row| base.rows[row].0).iter().chain([&NEW]) {
        let wrong = of_a_customer(process.as_dyn(), customer, process.is_discrete(), random);
        problems.extend(wrong.iter().map(|problem| format!("{problem}: {customer:?} by {:?}", model.params)));
    }
    let process = process.as_dyn();
    for n in [0, 1, 7, 1_000] {
        for within in [0.0, 1e-6, 3.0, 1e3] {
            let p = process.count_probability(n, within);
            ensure!(problems, (0.0..=1.0).contains(&p), "P({n} within {within}) = {p} by {:?}", model.params);
        }
    }
    problems
}

fn of_a_customer(
    process: &dyn PurchaseProcess,
    customer: &Summary,
    discrete: bool,
    random: &mut ChaCha8Rng,
) -> Vec<String> {
    let mut problems = Vec::new();
    let likelihood = process.log_likelihood(customer);
    ensure!(problems, likelihood.is_finite(), "log-likelihood {likelihood}");
    let alive = process.p_alive(customer);
    ensure!(problems, (0.0..=1.0).contains(&alive), "P(alive) {alive}");
    let mut before = (0.0, 0.0);
    for within in [0.0, 1e-9, 0.5, 1.0, 39.0, 1e4, 1e9] {
        let expected = process.expected_purchases(customer, within);
        ensure!(problems, expected.is_finite() && expected >= 0.0, "{expected} purchases within {within}");
        let buys = process.purchase_probability(customer, within);
        ensure!(problems, (0.0..=1.0).contains(&buys), "P(purchase within {within}) {buys}");
        // Whoever buys at all buys once or more, and alive: to a few roundings.
        let least = expected.min(alive) * (1.0 + 1e-9) + 1e-300;
        ensure!(
            problems,
            buys <= least,
            "P(purchase within {within}) {buys} above {expected} purchases or P(alive) {alive}"
        );
        let grows = expected >= before.0 * (1.0 - 1e-9) && buys >= before.1 * (1.0 - 1e-9);
        ensure!(
            problems,
            grows,
            "{expected} purchases and P(purchase) {buys} within {within}, less than {before:?} before"
        );
        before = (expected, buys);
        for rate in [0.0, 1e-3, 0.5] {
            let discounted = process.discounted_purchases(customer, rate, within);
            let inside = (0.0..=expected * (1.0 + 1e-9) + 1e-300).contains(&discounted);
            ensure!(problems, inside, "{discounted} discounted purchases of {expected} at {rate} within {within}");
        }
    }
    let ever = process.purchase_probability(customer, f64::INFINITY);
    ensure!(problems, (before.1 * (1.0 - 1e-9)..=1.0).contains(&ever), "P(purchase ever) {ever} after {}", before.1);
    let residual = process.discounted_purchases(customer, 1e-3, f64::INFINITY);
    ensure!(problems, residual.is_finite() && residual >= 0.0, "DERT {residual}");
    let waits = [0.05, 0.5, 0.95].map(|p| process.wait_quantile(customer, p));
    let ordered = waits[0] >= 0.0 && waits[0] <= waits[1] && waits[1] <= waits[2];
    ensure!(problems, ordered, "waits {waits:?}");
    // Few purchases are drawn, however heavy a buyer is.
    let mean = process.expected_purchases(customer, 1.0);
    let within = if discrete { 20.0 } else { (20.0 / mean).min(1e3) };
    let mut times = Vec::new();
    process.draw_purchases(customer, within, random, &mut times);
    let in_order = times.windows(2).all(|pair| pair[0] <= pair[1]) && times.iter().all(|t| (0.0..=within).contains(t));
    ensure!(problems, in_order, "draws {times:?} within {within}");
    problems
}
