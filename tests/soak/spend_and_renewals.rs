//! Bases of spends and of renewals.

use pg_lifecycle::domain::models::renewal;
use pg_lifecycle::domain::models::renewal::{Renewal, RenewalCounts, RenewalModel};
use pg_lifecycle::domain::models::spend;
use pg_lifecycle::domain::models::spend::{GammaGamma, SpendCounts, SpendModel};
use pg_lifecycle::domain::support::json::JsonValue;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::bases::{Sort, between};
use super::story::{beta, exponential, gamma};
use super::{Report, bases, generator, largest};

/// A number of customers.
fn customers(sort: Sort, random: &mut ChaCha8Rng) -> u32 {
    let smallest = if sort == Sort::WellPosed { 2_000.0 } else { 20.0 };
    between(smallest, largest(), random) as u32
}

/// What is wrong with numbers that a fit gives: those that must be positive, and those that must only be finite.
fn of_numbers(positive: &[f64], finite: &[f64]) -> Vec<String> {
    let fine = positive.iter().all(|v| v.is_finite() && *v > 0.0) && finite.iter().all(|v| v.is_finite());
    if fine { Vec::new() } else { vec![format!("{positive:?} {finite:?}")] }
}

/// What is wrong with how a fit ended, given the log-likelihoods at its end and at the truth.
fn of_the_end(sort: Sort, status: &str, found: f64, truth: f64) -> Vec<String> {
    let begins = ["boundary: ", "too few "];
    let fine = status == "converged" || sort == Sort::Awkward && begins.iter().any(|begin| status.starts_with(begin));
    let mut problems = Vec::new();
    if !fine {
        problems.push(format!("the status is {status:?}"));
    }
    if found < truth - 1e-6 - 1e-12 * truth.abs() {
        problems.push(format!("log-likelihood {found} below the truth's {truth}, {status}"));
    }
    problems
}

#[test]
fn spends() {
    let mut report = Report::new(spend::MODEL, &["p", "q", "gamma"]);
    for sort in [Sort::WellPosed, Sort::Awkward] {
        for number in 0..bases() {
            let mut random = generator(20, sort, number);
            // CDNOW's (Fader and Hardie 2013), and anything.
            let truth = match sort {
                Sort::WellPosed => [6.25, 3.74, 15.44].map(|v| v * between(1.0 / 1.5, 1.5, &mut random)),
                Sort::Awkward => [(0.05, 1e3), (0.1, 1e4), (1e-6, 1e6)].map(|(a, b)| between(a, b, &mut random)),
            };
            let truth = GammaGamma { p: truth[0], q: truth[1], gamma: truth[2] };
            let n = customers(sort, &mut random);
            let base = format!("{sort:?} {number} ({n} customers, {truth:?})");
            report.run(&base, |report| spend(report, &base, truth, n, sort, &mut random));
        }
    }
    report.conclude();
}

fn spend(
    report: &mut Report,
    name: &str,
    truth: GammaGamma,
    n: u32,
    sort: Sort,
    random: &mut ChaCha8Rng,
) -> Vec<String> {
    let mut counts = SpendCounts::default();
    let mut customers = Vec::new();
    let often = if sort == Sort::WellPosed { 2.0 } else { between(0.1, 300.0, random) };
    for _ in 0..n {
        let x = (often * exponential(random)).floor();
        let rate = gamma(truth.q, random) / truth.gamma;
        let mean = if x > 0.0 { gamma(truth.p * x, random) / (rate * x) } else { 0.0 };
        // Neither no spend at all nor what no money pays.
        if (1e-9..1e15).contains(&mean) {
            customers.push((x, mean, 1.0));
        }
        if x == 0.0 || customers.last().is_some_and(|last| last.1 == mean) {
            counts.insert(x as u32, mean).expect("a spend");
        }
    }
    let model: SpendModel = match report.timed(sort, name, || spend::fit::fit(&mut counts, &mut || Ok(()))) {
        Ok(model) => model,
        Err(error) => return vec![format!("fit refused: {error}")],
    };
    let status = model.status.clone().unwrap_or_default();
    if sort == Sort::Awkward {
        report.ended(&status);
    }
    let Some(GammaGamma { p, q, gamma }) = model.params else { return of_the_end(sort, &status, 0.0, 0.0) };
    let errors = model.standard_errors.map(|e| [e.p, e.q, e.gamma]);
    if sort == Sort::WellPosed {
        let found = |i: usize, value: f64| errors.map(|e| (value, e[i]));
        report.coverage.add([(truth.p, found(0, p)), (truth.q, found(1, q)), (truth.gamma, found(2, gamma))]);
    }
    let likelihood = spend::fit::Likelihood::new(&customers);
    let at_truth = {
        use pg_lifecycle::domain::math::maximum_likelihood::LogLikelihood;
        likelihood.value_and_gradient(&[truth.p, truth.q, truth.gamma]).0
    };
    let mut problems = of_the_end(sort, &status, model.log_likelihood.unwrap_or(f64::NAN), at_truth);
    problems.extend(of_numbers(&[p, q, gamma], &[model.log_likelihood.unwrap_or(f64::NAN)]));
    problems.extend(of_numbers(&errors.map_or(Vec::new(), |e| e.to_vec()), &[]));
    for (x, mean, _) in customers.iter().take(5).chain([&(0.0, 0.0, 1.0)]) {
        let expected = GammaGamma { p, q, gamma }.expected_spend(*x, *mean);
        problems.extend(of_numbers(expected.as_slice(), &[]));
    }
    match model.to_json().and_then(|json| SpendModel::from_json(&json)) {
        Ok(read) if read == model => {}
        other => problems.push(format!("reads back as {other:?}")),
    }
    problems
}

#[test]
fn renewals() {
    let mut report = Report::new(renewal::MODEL, &["alpha", "beta"]);
    for sort in [Sort::WellPosed, Sort::Awkward] {
        for number in 0..bases() {
            let mut random = generator(21, sort, number);
            // The two segments of Fader and Hardie (2007), and anything.
            let (truth, longest) = match sort {
                Sort::WellPosed => {
                    let published = if number % 2 == 0 { [0.668, 3.806] } else { [0.704, 1.182] };
                    (published.map(|v| v * between(1.0 / 1.5, 1.5, &mut random)), random.random_range(5..=12))
                }
                Sort::Awkward => {
                    let values = [between(1e-4, 1e4, &mut random), between(1e-4, 1e4, &mut random)];
                    (values, between(1.0, 200.0, &mut random) as u32)
                }
            };
            let truth = Renewal { alpha: truth[0], beta: truth[1] };
            let n = customers(sort, &mut random);
            let base = format!("{sort:?} {number} ({n} customers, up to {longest} renewals, {truth:?})");
            report.run(&base, |report| renewal_of(report, &base, truth, longest, n, sort, &mut random));
        }
    }
    report.conclude();
}

fn renewal_of(
    report: &mut Report,
    name: &str,
    truth: Renewal,
    longest: u32,
    n: u32,
    sort: Sort,
    random: &mut ChaCha8Rng,
) -> Vec<String> {
    let mut counts = RenewalCounts::default();
    let mut at_truth = 0.0;
    for _ in 0..n {
        let leaves = beta(truth.alpha, truth.beta, random);
        // Cohorts of different ages.
        let age = random.random_range(longest.div_ceil(2)..=longest);
        let mut renewed = 0;
        while renewed < age && random.random::<f64>() >= leaves {
            renewed += 1;
        }
        counts.insert(renewed, renewed == age).expect("there is memory");
        let gone = if renewed < age { 1.0 - truth.renewal_rate(renewed + 1) } else { 1.0 };
        let there: f64 = (1..=renewed).map(|t| truth.renewal_rate(t).ln()).sum();
        at_truth += there + gone.ln();
    }
    let model: RenewalModel = match report.timed(sort, name, || renewal::fit::fit(&mut counts, &mut || Ok(()))) {
        Ok(model) => model,
        Err(error) => return vec![format!("fit refused: {error}")],
    };
    let status = model.status.clone().unwrap_or_default();
    if sort == Sort::Awkward {
        report.ended(&status);
    }
    let Some(found) = model.params else { return of_the_end(sort, &status, 0.0, 0.0) };
    let errors = model.standard_errors.map(|e| [e.alpha, e.beta]);
    if sort == Sort::WellPosed {
        let alpha = (truth.alpha, errors.map(|e| (found.alpha, e[0])));
        report.coverage.add([alpha, (truth.beta, errors.map(|e| (found.beta, e[1])))]);
    }
    let mut problems = of_the_end(sort, &status, model.log_likelihood.unwrap_or(f64::NAN), at_truth);
    problems.extend(of_numbers(&[found.alpha, found.beta], &[model.log_likelihood.unwrap_or(f64::NAN)]));
    problems.extend(of_numbers(&errors.map_or(Vec::new(), |e| e.to_vec()), &[]));
    for t in [0, 1, 10, 1_000] {
        let shares = [found.survival(t), found.renewal_rate(t)];
        if !shares.iter().all(|share| (0.0..=1.0).contains(share)) {
            problems.push(format!("{shares:?} at {t}"));
        }
        let lives =
            [found.residual_lifetime(t, 0.1), found.expected_lifetime(0.1), found.residual_lifetime_before(t, 0.0)];
        if !lives.iter().flatten().all(|life| life.is_finite() && *life >= 0.0) {
            problems.push(format!("lifetimes {lives:?} at {t}"));
        }
    }
    match model.to_json().and_then(|json| RenewalModel::from_json(&json)) {
        Ok(read) if read == model => {}
        other => problems.push(format!("reads back as {other:?}")),
    }
    problems
}
