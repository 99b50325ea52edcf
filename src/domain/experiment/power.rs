//! How large an experiment on spend must be, by what customers have spent before: how often it would find an effect.
//!
//! An experiment is drawn again and again from past customers, each draw with replacement, and its first customers are the control group.
//! The studentised difference of means of a draw,
//!
//! T = (mean_t − mean_c) / √(s_t²/n_t + s_c²/n_c),
//!
//! has without an effect the distribution that a randomisation test compares with (Fisher, The Design of Experiments, 1935; Janssen,
//! "Studentized permutation tests for non-i.i.d. hypotheses", Statistics & Probability Letters 36, 1997): its outer quantiles are where
//! the test begins to call an effect. The same draws, with the spend of the treated customers multiplied, say how often it does. The power
//! of an experiment by resampling a pilot: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 25.5.
//!
//! Adjusted, the outcome y of each customer is split into what a regression on covariates from before the experiment expects, ŷ, and the
//! rest, e. Under multiplied spend the treated gain λy, of which the regression takes away the part that covariates explain: with the
//! control share c, residuals are (1 + λ)e + λcŷ of the treated and e − λ(1 − c)ŷ of the control customers, but for one constant, λ times
//! the mean spend, by which the treated differ. Unadjusted, ŷ is the mean of all.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Confidence;
use super::regression::Regression;
use super::tails::normal_critical;
use crate::domain::support::error::{Error, Kind, Result, reserve, show_number};
use crate::domain::support::interrupt::{Turns, asking, sort_by};

/// A draw has at most so many customers: larger experiments are computed from such draws.
pub const MOST_CUSTOMERS: u64 = 20_000;

/// The most plans that are asked about at once.
pub const MOST_PLANS: usize = 100;

/// The most customers that are drawn, and the most draws of a plan and of all: about half a second.
const MOST_DRAWN: usize = 40_000_000;
const MOST_DRAWS: usize = 10_000;
const MOST_DRAWS_OF_ALL: usize = 400_000;

/// A quantile is read off the draws where at least so many of them lie beyond it.
const BEYOND: f64 = 20.0;

/// The power that experiments are usually planned for.
const USUAL_POWER: f64 = 0.8;

/// Larger lifts are not looked for: 1,600 %.
const LARGEST_LIFT: f64 = 16.0;

/// A multiplied spend: 0.2 for a fifth more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift(f64);

impl Lift {
    /// Checks a lift.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless it lies between -1 and 16, and is not 0.
    pub fn new(lift: f64) -> Result<Self> {
        if lift > -1.0 && lift <= LARGEST_LIFT && lift != 0.0 {
            return Ok(Lift(lift));
        }
        Err(Error::new(Kind::InvalidParameter, format!("lift out of range: {}", show_number(lift)))
            .detail(format!("lift must be greater than -1, at most {LARGEST_LIFT}, and not 0."))
            .hint("0.1 means that treated customers spend a tenth more."))
    }

    /// As a number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A share of customers that is held back, 0 < share < 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlShare(f64);

impl ControlShare {
    /// Checks a share.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless it lies between 0 and 1.
    pub fn new(share: f64) -> Result<Self> {
        if share > 0.0 && share < 1.0 {
            return Ok(ControlShare(share));
        }
        Err(Error::new(Kind::InvalidParameter, format!("control share out of range: {}", show_number(share)))
            .detail("A control share must lie strictly between 0 and 1.")
            .hint("0.1 holds back one customer in ten."))
    }

    /// As a number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The control customers among so many.
    fn of(self, customers: u64) -> u64 {
        (self.0 * customers as f64).round() as u64
    }
}

/// An experiment that is thought of.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The share that is held back.
    pub control: ControlShare,
    /// All its customers.
    pub customers: u64,
}

/// How often an effect is found, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Power {
    /// Of the lift that is asked for, in its direction.
    pub power: f64,
    /// The smallest lift of that sign that is found in 80 of 100 such experiments; None if not even 16 is, or -1.
    pub smallest_lift: Option<f64>,
}

/// What is said of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Said {
    /// By spend alone.
    pub unadjusted: Power,
    /// By what spend differs from what the covariates let expect.
    pub adjusted: Power,
}

/// Customers of the past.
#[derive(Debug)]
pub struct Past {
    /// What the covariates do not explain of the spend of each, and what they explain, less the mean spend.
    customers: Vec<[f64; 2]>,
    mean: f64,
    buyers: usize,
    seed: u64,
}

impl Past {
    /// Of customers with what each has spent, and the columns of what was known of each before. In whatever order they are given, the
    /// answers are the same.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] unless all numbers are finite and all columns as long; where memory ends.
    pub fn new(spend: &[f64], before: &[Vec<f64>]) -> Result<Self> {
        let is_finite = |column: &[f64]| asking(column.iter()).all(|value| value.is_finite());
        if !is_finite(spend) || before.iter().any(|column| column.len() != spend.len() || !is_finite(column)) {
            return Err(Error::new(Kind::InvalidParameter, "a figure of a past customer is missing or not finite"));
        }
        let mut order: Vec<usize> = Vec::new();
        reserve(&mut order, spend.len())?;
        order.extend(0..spend.len());
        sort_by(&mut order, |&one, &other| {
            let of = |column: &[f64]| column[one].total_cmp(&column[other]);
            before.iter().fold(of(spend), |so_far, column| so_far.then_with(|| of(column)))
        });
        let sorted = |column: &[f64]| -> Result<Vec<f64>> {
            let mut sorted = Vec::new();
            reserve(&mut sorted, column.len())?;
            sorted.extend(order.iter().map(|&at| column[at]));
            Ok(sorted)
        };
        let spend = sorted(spend)?;
        let before = before.iter().map(|column| sorted(column)).collect::<Result<Vec<_>>>()?;
        let mean = asking(spend.iter()).sum::<f64>() / spend.len().max(1) as f64;
        let fitted = Regression::on(&before, spend.len())?.fitted(&spend)?;
        let mut customers = Vec::new();
        reserve(&mut customers, spend.len())?;
        customers.extend(spend.iter().zip(fitted).map(|(spend, fitted)| [spend - fitted, fitted - mean]));
        // FNV-1a (Fowler, Noll and Vo), of words.
        let seed = asking(spend.iter()).fold(0xcbf2_9ce4_8422_2325_u64, |seed, value| {
            (seed ^ value.to_bits()).wrapping_mul(0x0100_0000_01b3).rotate_left(29)
        });
        Ok(Past { customers, mean, buyers: spend.iter().filter(|&&spend| spend > 0.0).count(), seed })
    }

    /// How many customers there are.
    pub fn customers(&self) -> usize {
        self.customers.len()
    }

    /// How many of them have bought.
    pub fn buyers(&self) -> usize {
        self.buyers
    }

    /// The expected number of buyers among the control customers of a plan.
    pub fn buyers_in_control(&self, plan: Plan) -> f64 {
        plan.control.of(plan.customers) as f64 * self.buyers as f64 / self.customers.len().max(1) as f64
    }

    /// What is said of each plan. None where nothing can be said: for groups of less than two customers, and without past customers who
    /// have spent something on the whole.
    ///
    /// # Errors
    /// Where memory ends.
    pub fn power(&self, plans: &[Plan], lift: Lift, confidence: Confidence) -> Result<Vec<Option<Said>>> {
        let groups: Vec<Option<Groups>> = plans.iter().map(|plan| Groups::of(*plan)).collect();
        let all = groups.iter().flatten().map(|groups| groups.all).max().unwrap_or(0);
        if self.customers.len() < 2 || self.mean <= 0.0 || all == 0 {
            return Ok(vec![None; plans.len()]);
        }
        let mut drawn: Vec<Option<Drawn>> = Vec::new();
        let draws = MOST_DRAWS.min(MOST_DRAWS_OF_ALL / plans.len());
        for groups in groups {
            drawn.push(groups.map(|groups| Drawn::new(groups, self.mean, draws)).transpose()?);
        }
        self.draw(all, &mut drawn)?;
        drawn
            .iter()
            .map(|drawn| {
                let Some(drawn) = drawn else { return Ok(None) };
                Ok(Some(Said {
                    unadjusted: drawn.power(lift, confidence, Weights::unadjusted)?,
                    adjusted: drawn.power(lift, confidence, Weights::adjusted)?,
                }))
            })
            .collect()
    }

    /// Draws rows of so many customers until each plan has its draws: a row holds several experiments of a smaller plan.
    fn draw(&self, length: usize, drawn: &mut [Option<Drawn>]) -> Result<()> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let number = self.customers.len() as u64;
        // The sums over the first customers of the row, of any number of them.
        let mut row = Vec::new();
        reserve(&mut row, length + 1)?;
        let mut turns = Turns::default();
        for _ in 0..MOST_DRAWN / length {
            let mut sums = Sums::default();
            row.clear();
            row.push(sums);
            for _ in 0..length {
                turns.turn();
                sums.add(self.customers[((u64::from(random.next_u32()) * number) >> 32) as usize]);
                row.push(sums);
            }
            let mut wants_more = false;
            for drawn in drawn.iter_mut().flatten() {
                wants_more |= drawn.take(&row);
            }
            if !wants_more {
                break;
            }
        }
        Ok(())
    }
}

/// The groups of a plan, as they are drawn.
#[derive(Debug, Clone, Copy)]
struct Groups {
    control: usize,
    all: usize,
    /// How many times as large the experiment is as what is drawn.
    times: f64,
}

impl Groups {
    fn of(plan: Plan) -> Option<Self> {
        let all = plan.customers.min(MOST_CUSTOMERS);
        let control = plan.control.of(all);
        (control >= 2 && all - control >= 2).then(|| Groups {
            control: control as usize,
            all: all as usize,
            times: plan.customers as f64 / all as f64,
        })
    }
}

/// Sums over customers: of the two parts of their spend, of their squares and of their product.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    rest: f64,
    expected: f64,
    rest_squared: f64,
    product: f64,
    expected_squared: f64,
}

impl Sums {
    #[inline]
    fn add(&mut self, [rest, expected]: [f64; 2]) {
        self.rest += rest;
        self.expected += expected;
        self.rest_squared += rest * rest;
        self.product += rest * expected;
        self.expected_squared += expected * expected;
    }

    fn less(&self, other: &Sums) -> Sums {
        Sums {
            rest: self.rest - other.rest,
            expected: self.expected - other.expected,
            rest_squared: self.rest_squared - other.rest_squared,
            product: self.product - other.product,
            expected_squared: self.expected_squared - other.expected_squared,
        }
    }

    /// The mean of a · rest + b · expected over so many customers, and the variance of that mean.
    fn mean(&self, customers: f64, [a, b]: [f64; 2]) -> (f64, f64) {
        let mean = (a * self.rest + b * self.expected) / customers;
        let squares = a * a * self.rest_squared + 2.0 * a * b * self.product + b * b * self.expected_squared;
        let variance = (squares - customers * mean * mean).max(0.0) / (customers - 1.0);
        (mean, variance / customers)
    }
}

/// How the two parts of spend count for the outcome of a customer.
struct Weights {
    treated: [f64; 2],
    control: [f64; 2],
}

impl Weights {
    fn unadjusted(lift: f64, _control: f64) -> Self {
        Weights { treated: [1.0 + lift; 2], control: [1.0; 2] }
    }

    fn adjusted(lift: f64, control: f64) -> Self {
        Weights { treated: [1.0 + lift, lift * control], control: [1.0, -lift * (1.0 - control)] }
    }
}

/// The draws of a plan.
struct Drawn {
    groups: Groups,
    mean: f64,
    /// How many are wanted.
    wanted: usize,
    /// Of the control customers, and of the treated ones.
    sums: Vec<(Sums, Sums)>,
}

impl Drawn {
    fn new(groups: Groups, mean: f64, wanted: usize) -> Result<Self> {
        let mut sums = Vec::new();
        reserve(&mut sums, wanted)?;
        Ok(Drawn { groups, mean, wanted, sums })
    }

    /// Takes the experiments that lie in a row, one after the other; whether more are wanted.
    fn take(&mut self, row: &[Sums]) -> bool {
        let Groups { control, all, .. } = self.groups;
        for start in (0..row.len() - all).step_by(all) {
            if self.sums.len() < self.wanted {
                let (first, middle, last) = (&row[start], &row[start + control], &row[start + all]);
                self.sums.push((middle.less(first), last.less(middle)));
            }
        }
        self.sums.len() < self.wanted
    }

    /// The statistic of each draw if the spend of treated customers is multiplied.
    fn statistics<'a>(&'a self, lift: f64, weights: &Weights) -> impl Iterator<Item = f64> + use<'a> {
        let (control_size, treated_size) = (self.groups.control as f64, (self.groups.all - self.groups.control) as f64);
        // Where the experiment is larger than a draw, its effect is larger in standard errors.
        let effect = lift * self.mean * self.groups.times.sqrt();
        let (of_treated, of_control) = (weights.treated, weights.control);
        asking(self.sums.iter()).map(move |(control, treated)| {
            let (treated_mean, treated_variance) = treated.mean(treated_size, of_treated);
            let (control_mean, control_variance) = control.mean(control_size, of_control);
            let (difference, error) =
                (treated_mean - control_mean + effect, (treated_variance + control_variance).sqrt());
            match error > 0.0 {
                true => difference / error,
                false if difference == 0.0 => 0.0,
                false => difference.signum() * f64::INFINITY,
            }
        })
    }

    fn power(&self, lift: Lift, confidence: Confidence, weights: fn(f64, f64) -> Weights) -> Result<Power> {
        let control = self.groups.control as f64 / self.groups.all as f64;
        let direction = lift.0.signum();
        let mut without = Vec::new();
        reserve(&mut without, self.sums.len())?;
        without.extend(self.statistics(0.0, &weights(0.0, control)).map(|statistic| direction * statistic));
        sort_by(&mut without, f64::total_cmp);
        let critical = critical(&without, confidence);
        let power = |lift: f64| {
            let found = self.statistics(lift, &weights(lift, control));
            found.filter(|statistic| direction * statistic > critical).count() as f64 / self.sums.len() as f64
        };
        Ok(Power { power: power(lift.0), smallest_lift: smallest_lift(direction, power) })
    }
}

/// What the statistic of an experiment without an effect exceeds in half of the cases that the confidence leaves, by the sorted
/// statistics of draws: the other half is on the other side. Where too few draws lie beyond it, the tail goes on as a normal one does.
fn critical(sorted: &[f64], confidence: Confidence) -> f64 {
    let draws = sorted.len() as f64;
    let beyond = (1.0 - confidence.0) / 2.0 * draws;
    let quantile = |beyond: f64| sorted[((draws - beyond).ceil() as usize).clamp(1, sorted.len()) - 1];
    if beyond >= BEYOND {
        return quantile(beyond);
    }
    let nearer = Confidence(1.0 - 2.0 * BEYOND / draws);
    quantile(BEYOND) * normal_critical(confidence) / normal_critical(nearer)
}

/// The smallest lift of this sign that has the usual power: by doubling, then by bisection, to a hundredth of itself.
fn smallest_lift(direction: f64, power: impl Fn(f64) -> f64) -> Option<f64> {
    let is_found = |size: f64| power(direction * size) >= USUAL_POWER;
    let largest = if direction < 0.0 { 1.0 } else { LARGEST_LIFT };
    let mut high = 0.001;
    while !is_found(high) {
        if high >= largest {
            return None;
        }
        high = (2.0 * high).min(largest);
    }
    let mut low = high / 2.0;
    for _ in 0..7 {
        let middle = 0.5 * (low + high);
        if is_found(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(direction * (high * 1_000.0).ceil() / 1_000.0)
}
