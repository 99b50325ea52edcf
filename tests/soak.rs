//! Random bases, simulated from the story of each model, fitted and predicted: nothing may break, be NaN or negative,
//! a fit may not be less likely than the truth, and the intervals must hold the true parameters as often as they say.
//!
//! `make test` tries a few bases of each sort and model, `make soak` the 1,000 that the product promises (BASES=… for
//! another number). A base is known by its model, sort and number, which are its seed: a failure names them.
//!
//! The interval that is judged is the plain one, estimate ± 1.96 · error. That in the logarithm of a parameter,
//! estimate · exp(±1.96 · error/estimate), from which `ltv_range` draws because it has no values below 0, is reported beside
//! it.

#[path = "soak/bases.rs"]
mod bases;
#[path = "soak/checks.rs"]
mod checks;
#[path = "soak/coverage.rs"]
mod coverage;
#[path = "soak/spend_and_renewals.rs"]
mod spend_and_renewals;
#[path = "soak/story.rs"]
mod story;
#[path = "soak/value_ranges.rs"]
mod value_ranges;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use pg_lifecycle::domain::models::purchase_model::fit::{Options, fit};
use pg_lifecycle::domain::models::purchase_model::model::{ModelKind, Named, PurchaseModel};
use pg_lifecycle::domain::time::unit::TimeUnit;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use bases::{Sort, Specification};
use coverage::Coverage;

/// How many bases of each sort.
fn bases() -> u64 {
    std::env::var("BASES").map_or(15, |bases| bases.parse().expect("BASES is a whole number"))
}

/// The numbers of the bases to try: BASE=… for one alone, as a failure names it.
fn numbers() -> std::ops::Range<u64> {
    match std::env::var("BASE") {
        Ok(base) => base.parse().map(|base: u64| base..base + 1).expect("BASE is a whole number"),
        Err(_) => 0..bases(),
    }
}

/// The largest base: 20,000 customers, but for a short run, whose code may not be optimised.
fn largest() -> f64 {
    if bases() < 100 { 3_000.0 } else { 20_000.0 }
}

/// The generator of one base.
fn generator(model: u64, sort: Sort, base: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(base << 8 | model << 1 | u64::from(sort == Sort::Awkward))
}

/// What a run over all bases of one model has seen.
struct Report {
    model: String,
    problems: Vec<String>,
    coverage: Coverage,
    /// The ends of the fits of the awkward bases by their status, and how many there were of each.
    ends: Vec<(String, u32)>,
    /// Fits in which k was chosen, and how often it was the true one.
    chosen: (u32, u32),
    fitting: [Duration; 2],
    longest: (Duration, String),
    /// What the predictions for one base took that took longest.
    predicting: (Duration, String),
}

impl Report {
    fn new(model: &str, parameters: &[&str]) -> Self {
        Report {
            model: model.into(),
            problems: Vec::new(),
            coverage: Coverage::new(parameters),
            ends: Vec::new(),
            chosen: (0, 0),
            fitting: [Duration::ZERO; 2],
            longest: (Duration::ZERO, String::new()),
            predicting: (Duration::ZERO, String::new()),
        }
    }

    /// Runs one base and notes what is wrong with it, a panic included.
    fn run(&mut self, base: &str, check: impl FnOnce(&mut Self) -> Vec<String>) {
        match catch_unwind(AssertUnwindSafe(|| check(self))) {
            Ok(problems) => self.problems.extend(problems.into_iter().map(|problem| format!("{base}: {problem}"))),
            Err(_) => self.problems.push(format!("{base}: panicked")),
        }
    }

    fn timed<T>(&mut self, sort: Sort, base: &str, fit: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = fit();
        let elapsed = start.elapsed();
        self.fitting[usize::from(sort == Sort::Awkward)] += elapsed;
        if elapsed > self.longest.0 {
            self.longest = (elapsed, base.into());
        }
        result
    }

    /// Counts how a fit ended, without the numbers in the status.
    fn ended(&mut self, status: &str) {
        let status = status.split([':', '='].as_slice()).take(if status.starts_with("not") { 1 } else { 2 });
        let status = status.collect::<Vec<_>>().join(":").trim_end_matches(" n ").to_string();
        match self.ends.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += 1,
            None => self.ends.push((status, 1)),
        }
    }

    /// Prints what was seen, and fails where something is wrong.
    fn conclude(mut self) {
        let seconds = self.fitting.map(|time| time.as_secs_f64());
        println!(
            "{}: {} bases of each sort; fits took {:.1} s (well-posed) and {:.1} s (awkward), the longest {:.2} s ({})",
            self.model,
            bases(),
            seconds[0],
            seconds[1],
            self.longest.0.as_secs_f64(),
            self.longest.1
        );
        if !self.predicting.1.is_empty() {
            let seconds = self.predicting.0.as_secs_f64();
            println!("  the longest predictions for one base took {seconds:.2} s ({})", self.predicting.1);
        }
        print!("{}", self.coverage);
        if self.chosen.0 > 0 {
            println!("  k was the true one in {} of {} fits", self.chosen.1, self.chosen.0);
        }
        self.ends.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let ends: Vec<String> = self.ends.iter().map(|(end, count)| format!("{count} {end}")).collect();
        println!("  awkward bases: {}", ends.join("; "));
        self.problems.extend(self.coverage.problems());
        let shown: Vec<&str> = self.problems.iter().take(30).map(String::as_str).collect();
        assert!(self.problems.is_empty(), "{}: {} problems:\n{}", self.model, self.problems.len(), shown.join("\n"));
    }
}

/// Bases of one model of purchases.
fn soak(kind: ModelKind) {
    let names: Vec<&str> = kind.parameters().iter().map(|parameter| parameter.name).collect();
    let mut report = Report::new(kind.name(), &names);
    let model = ModelKind::ALL.iter().position(|known| *known == kind).unwrap_or_default() as u64;
    for sort in [Sort::WellPosed, Sort::Awkward] {
        for number in numbers() {
            let mut random = generator(model, sort, number);
            let specification = Specification::draw(kind, sort, number, largest(), &mut random);
            let base = format!("{} {sort:?} {number} ({specification})", kind.name());
            report.run(&base, |report| one(report, &base, &specification, sort, &mut random));
        }
    }
    report.conclude();
}

/// Simulates one base, fits it, and says what is wrong with the fit.
fn one(
    report: &mut Report,
    name: &str,
    specification: &Specification,
    sort: Sort,
    random: &mut ChaCha8Rng,
) -> Vec<String> {
    let kind = specification.truth.kind;
    let base = specification.base(random);
    let k = specification.truth.k;
    let params = kind.parameters().iter().map(|p| p.name.to_string()).zip(specification.truth.params.iter().copied());
    let k_named = kind.is_regular().then(|| ("k".to_string(), f64::from(k)));
    let truth = PurchaseModel::new(kind, Some(Named(params.chain(k_named.clone()).collect())), TimeUnit::WEEK);
    let mut problems = Vec::new();
    let mut fitted = |report: &mut Report, problems: &mut Vec<String>, options: &Options| {
        let model = report.timed(sort, name, || fit(kind, TimeUnit::WEEK, &base, options, &mut || Ok(())));
        match model {
            Ok(model) => {
                problems.extend(checks::of_the_fit(&base, &truth, &model));
                let start = Instant::now();
                problems.extend(checks::of_predictions(&base, &model, random));
                if start.elapsed() > report.predicting.0 {
                    report.predicting = (start.elapsed(), name.into());
                }
                Some(model)
            }
            Err(error) => {
                problems.push(format!("fit refused: {error}"));
                None
            }
        }
    };
    let free = Options::default();
    match sort {
        Sort::Awkward => {
            if let Some(model) = fitted(report, &mut problems, &free) {
                report.ended(model.status.as_deref().unwrap_or_default());
            }
        }
        Sort::WellPosed => {
            let fixed = Named(k_named.into_iter().collect());
            if let Some(model) = fitted(report, &mut problems, &Options { fixed, ..Options::default() }) {
                let params = model.params.as_ref();
                let errors = model.standard_errors.as_ref();
                report.coverage.add(kind.parameters().iter().zip(&specification.truth.params).map(|(p, truth)| {
                    (*truth, params.and_then(|v| v.get(p.name)).zip(errors.and_then(|v| v.get(p.name))))
                }));
                if model.status.as_deref() != Some("converged") {
                    problems.push(format!("well-posed, and {:?}", model.status));
                }
            }
            // A quarter of them also with k to be chosen, which takes several fits.
            if kind.is_regular()
                && random_quarter(name)
                && let Some(model) = fitted(report, &mut problems, &free)
            {
                report.chosen.0 += 1;
                let chosen = model.params.as_ref().and_then(|params| params.get("k"));
                report.chosen.1 += u32::from(chosen == Some(f64::from(k)));
            }
        }
    }
    problems
}

/// Whether a base, by its name, is in a quarter of them.
fn random_quarter(name: &str) -> bool {
    name.bytes().map(u32::from).sum::<u32>() % 4 == 0
}

#[test]
fn bg_nbd() {
    soak(ModelKind::BgNbd);
}

#[test]
fn mbg_nbd() {
    soak(ModelKind::MbgNbd);
}

#[test]
fn bg_cnbd_k() {
    soak(ModelKind::BgCnbdK);
}

#[test]
fn mbg_cnbd_k() {
    soak(ModelKind::MbgCnbdK);
}

#[test]
fn pareto_nbd() {
    soak(ModelKind::ParetoNbd);
}

#[test]
fn nbd() {
    soak(ModelKind::Nbd);
}

#[test]
fn bg_bb() {
    soak(ModelKind::BgBb);
}
