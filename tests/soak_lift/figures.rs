//! What many lots say together, and whether that is within its bars.

use std::fmt;

use pg_lifecycle::domain::experiment::Interval;

/// As many lots as the product promises its figures of.
pub const PROMISED: usize = 4_000;

/// With fewer lots chance has its say: so many points more of a share of 2.5 %, four standard errors.
pub fn slack(lots: usize) -> f64 {
    if lots >= PROMISED { 0.0 } else { 2.1 * (400.0 / lots as f64).sqrt() }
}

/// What one method says of one lot.
#[derive(Clone, Copy, Default)]
pub struct Said {
    pub difference: Option<f64>,
    pub p_value: Option<f64>,
    /// Of the lift. None where nothing bounds it; an end may be infinite.
    pub interval: Option<Interval>,
}

/// What one method says of all lots of one base and treatment.
#[derive(Clone)]
pub struct Figures {
    pub name: String,
    truth: f64,
    lots: usize,
    wins: usize,
    losses: usize,
    p_values: Vec<f64>,
    covered: usize,
    above: usize,
    below: usize,
    widths: Vec<f64>,
}

impl Figures {
    pub fn new(name: String, truth: f64) -> Self {
        let empty = Vec::new();
        Figures {
            name,
            truth,
            lots: 0,
            wins: 0,
            losses: 0,
            p_values: empty.clone(),
            covered: 0,
            above: 0,
            below: 0,
            widths: empty,
        }
    }

    pub fn add(&mut self, said: Said) {
        self.lots += 1;
        let found = said.p_value.is_some_and(|p| p < 0.05);
        self.wins += usize::from(found && said.difference.is_some_and(|difference| difference > 0.0));
        self.losses += usize::from(found && said.difference.is_some_and(|difference| difference < 0.0));
        self.p_values.push(said.p_value.unwrap_or(1.0));
        let (low, high) = said.interval.map_or((f64::NEG_INFINITY, f64::INFINITY), |ends| (ends.low, ends.high));
        self.above += usize::from(low > self.truth);
        self.below += usize::from(high < self.truth);
        self.covered += usize::from(low <= self.truth && self.truth <= high);
        self.widths.push(high - low);
    }

    /// Of all lots, in percent.
    fn percent(&self, lots: usize) -> f64 {
        100.0 * lots as f64 / self.lots as f64
    }

    pub fn wins(&self) -> f64 {
        self.percent(self.wins)
    }

    pub fn losses(&self) -> f64 {
        self.percent(self.losses)
    }

    /// How often a true effect is found.
    pub fn power(&self) -> f64 {
        self.percent(if self.truth < 0.0 { self.losses } else { self.wins })
    }

    pub fn coverage(&self) -> f64 {
        self.percent(self.covered)
    }

    pub fn median_width(&self) -> f64 {
        let mut widths = self.widths.clone();
        widths.sort_by(f64::total_cmp);
        widths[widths.len() / 2]
    }

    pub fn distance(&self) -> f64 {
        distance_from_uniform(&self.p_values)
    }

    /// Where nothing is done: called a success or a failure as often as it is said, and p-values uniform.
    pub fn problems_of_nothing(&self) -> Vec<String> {
        let slack = slack(self.lots);
        let mut problems = Vec::new();
        for (what, share) in [("wins", self.wins()), ("losses", self.losses())] {
            if !(1.6 - slack..=3.4 + slack).contains(&share) {
                problems.push(format!("{}: {share:.2} % {what}", self.name));
            }
        }
        if self.distance() >= 0.035 + slack * 0.025 {
            problems.push(format!("{}: p-values are {:.3} from uniform", self.name, self.distance()));
        }
        problems
    }

    /// Where spend is multiplied: the interval holds the truth as often as it says, and errs to both sides alike.
    pub fn problems_of_the_interval(&self) -> Vec<String> {
        let slack = slack(self.lots);
        let mut problems = Vec::new();
        if !(93.7 - 1.5 * slack..=96.3 + 1.5 * slack).contains(&self.coverage()) {
            problems.push(format!("{}: {:.2} % covered", self.name, self.coverage()));
        }
        for (what, lots) in [("above", self.above), ("below", self.below)] {
            if self.percent(lots) > 3.4 + slack {
                problems.push(format!("{}: {:.2} % {what} the truth", self.name, self.percent(lots)));
            }
        }
        problems
    }

    /// Where more customers buy: the interval, which supposes multiplied spend, holds the true lift nearly as often.
    pub fn problems_of_more_buyers(&self) -> Vec<String> {
        match self.coverage() < 92.0 - 1.5 * slack(self.lots) {
            true => vec![format!("{}: {:.2} % covered", self.name, self.coverage())],
            false => Vec::new(),
        }
    }
}

/// The head of the table whose rows are [`Figures`].
pub const HEAD: &str = "base, effect, method                                | win   loss  | from uniform | covered  above  below | median width";

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:51} | {:5.2} {:5.2} | {:12.4} | {:7.2} {:6.2} {:6.2} | {:.3}",
            self.name,
            self.wins(),
            self.losses(),
            self.distance(),
            self.coverage(),
            self.percent(self.above),
            self.percent(self.below),
            self.median_width(),
        )
    }
}

/// Kolmogorov and Smirnov: the largest distance between the share of values up to x, and x.
pub fn distance_from_uniform(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = |(i, value): (usize, &f64)| (value - i as f64 / n).max((i + 1) as f64 / n - value);
    sorted.iter().enumerate().map(distance).fold(0.0, f64::max)
}

/// scipy: kstest([0.1, 0.2, 0.6], 'uniform').statistic = 0.4666…
#[test]
fn the_distance_is_that_of_kolmogorov_and_smirnov() {
    assert!((distance_from_uniform(&[0.6, 0.1, 0.2]) - 0.466_666_666_666_666_7).abs() < 1e-12);
    assert!((distance_from_uniform(&[1.0; 7]) - 1.0).abs() < 1e-12);
    let even: Vec<f64> = (0..1_000).map(|i| (f64::from(i) + 0.5) / 1_000.0).collect();
    assert!((distance_from_uniform(&even) - 0.000_5).abs() < 1e-12);
}
