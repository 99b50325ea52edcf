//! Looking every day: a p-value and an interval of the lift that hold at whatever moment a reader looks and stops.
//!
//! The test bets on the lot itself. Suppose the treatment multiplies spend by 1 + δ: then the spend y₀ of every customer
//! without it is known (that of control customers as it is, that of treated ones divided by 1 + δ), and what remains to chance is
//! the group Z of the customer, 1 with the known share q. A player who stakes λ h(y₀) on it, in the order in which windows end,
//! has the wealth
//!
//! ∏ (1 + λ hᵢ (Zᵢ − qᵢ)),
//!
//! which is a martingale whatever the spend of customers is like, because hᵢ is made of y₀ᵢ and of earlier customers alone
//! (betting: Shafer and Vovk, "Game-Theoretic Foundations for Probability and Finance", 2019; Waudby-Smith and Ramdas,
//! "Estimating means of bounded random variables by betting", JRSS B 86, 2024, pp. 1–27). With probability 1 − α it never
//! reaches 1/α (Ville, "Étude critique de la notion de collectif", 1939, p. 100). So 1/(largest wealth so far) at δ = 0 is
//! a p-value that holds at all times together, and the δ whose wealth has stayed below 1/α are a confidence sequence.
//!
//! - h = (y₀ − m) m/s², m and s² the mean and the variance of y₀ so far: then λ is the lift for which the bet is
//!   the best of those linear in y₀, to the first order. Linear, because where the treatment makes more customers buy
//!   instead of more spent by each, means alone are comparable: bets on the many small amounts would find a δ that fits neither.
//! - The wealth is shared among a few λ of both signs ([`BETS`]), for the lift is not known beforehand.
//! - λ h is cut where a bet could lose more than its stake. Where more customers buy the cut makes the bet unfair at the mean lift, but
//!   a bet on λ grows only where the groups differ by more than λ/2 of the mean, and small λ are hardly ever cut.

use super::Confidence;
use crate::domain::support::error::{Result, reserve};
use crate::domain::support::interrupt::{Turns, asking};

/// A bet for or against one lift.
struct Bet {
    lift: f64,
    /// Its part of the wealth, on each of both signs.
    part: f64,
    /// What it loses at most of its own wealth on one customer.
    stake: f64,
}

/// Chosen by simulation (`tests/soak_lift`): small lifts for large groups, large ones for early calls. With a smaller stake the
/// last one calls no earlier, and is cut so often that its bets are not fair at the mean lift where more customers buy.
const BETS: [Bet; 4] = [
    Bet { lift: 0.03, part: 0.07, stake: 0.5 },
    Bet { lift: 0.1, part: 0.11, stake: 0.5 },
    Bet { lift: 0.3, part: 0.2, stake: 0.5 },
    Bet { lift: 0.6, part: 0.12, stake: 0.9 },
];

/// For and against.
const SIGNED: usize = 2 * BETS.len();

/// So many customers without spend are supposed before the first one: the first bets are small.
const SUPPOSED: f64 = 10.0;

/// The wealth of a bet stays within: a bet that has nothing left could not win again, one that has all need not.
const WEALTH: (f64, f64) = (1e-300, 1e300);

/// The candidates of 1 + δ lie around the estimate at so much of a distance, in logarithms, each larger by this factor,
/// up to the farthest.
const FIRST_STEP: f64 = 0.002;
const STEP_GROWTH: f64 = 1.35;
const FARTHEST: f64 = 14.0;

/// An end of the interval is halved down so often between two candidates.
const HALVINGS: usize = 20;

/// A customer whose window has ended, in the order in which windows end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looked {
    /// Whether the lot made the customer a treated one.
    pub treated: bool,
    /// What the customer spent in the window; refunds are negative.
    pub spend: f64,
    /// With which probability the customer was to be treated, 0 < share < 1.
    pub share: f64,
}

/// What a reader may act upon at any time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Anytime {
    /// With at most this probability it is ever so small if the treatment does nothing. None where a group is empty, and where no
    /// customer has spent.
    pub p_value: Option<f64>,
    /// Lifts that hold the true one at all times together, as often as the confidence says. None where the p-value is, where
    /// refunds have brought a group to 0 or below, and where no lift is left, which says that the treatment does something else than to
    /// multiply spend.
    pub lift: Option<Ends>,
}

/// The ends of a range of lifts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// −1, a loss of all spend, where nothing bounds it.
    pub low: f64,
    /// None where nothing bounds it.
    pub high: Option<f64>,
}

/// Customers of the same share in a row who spent nothing, then one who did.
#[derive(Debug, Clone, Copy)]
struct Step {
    share: f64,
    treated: u32,
    control: u32,
    last: Option<(bool, f64)>,
}

/// The customers as bets see them.
pub(super) struct Lot {
    steps: Vec<Step>,
    /// Customers and spend of the control and of the treated group.
    groups: [(f64, f64); 2],
}

/// A supposed effect: spend without treatment is that of each group times these, of which the larger is 1. Neither is ever large, and
/// 1 + δ = control/treated may be 0 and infinite.
#[derive(Debug, Clone, Copy)]
pub(super) struct Supposed {
    control: f64,
    treated: f64,
}

/// What is said of the lift at any time. A customer without a share strictly between 0 and 1, or whose spend is not
/// finite, does not count.
///
/// # Errors
/// No memory.
pub fn anytime(customers: &[Looked], confidence: Confidence) -> Result<Anytime> {
    let lot = Lot::of(customers)?;
    if !lot.says_something() {
        return Ok(Anytime::default());
    }
    let lift = if lot.has_lift() { lot.ends((1.0 - confidence.0).recip()) } else { None };
    Ok(Anytime { p_value: Some(lot.p_value()), lift })
}

/// The p-value alone: no more customers make it larger.
///
/// # Errors
/// No memory.
pub fn anytime_p_value(customers: &[Looked]) -> Result<Option<f64>> {
    let lot = Lot::of(customers)?;
    Ok(lot.says_something().then(|| lot.p_value()))
}

impl Looked {
    fn counts(&self) -> bool {
        self.share > 0.0 && self.share < 1.0 && self.spend.is_finite()
    }
}

impl Lot {
    pub(super) fn of(customers: &[Looked]) -> Result<Self> {
        let counted = || asking(customers.iter()).filter(|customer| customer.counts());
        let mut groups = [(0.0, 0.0); 2];
        let (mut largest, mut needed, mut before) = (0.0f64, 1, None);
        for customer in counted() {
            let (number, _) = &mut groups[usize::from(customer.treated)];
            *number += 1.0;
            largest = largest.max(customer.spend.abs());
            needed += usize::from(customer.spend != 0.0) + usize::from(before != Some(customer.share));
            before = Some(customer.share);
        }
        // Bets are the same for spend in any currency. A power of two leaves the digits, and no square leaves the range of floats.
        let unit = 2f64.powi(-(largest.log2().floor().clamp(-1000.0, 1023.0) as i32)) / 2.0;
        let mut steps = Vec::new();
        reserve(&mut steps, needed)?;
        let nobody = |share| Step { share, treated: 0, control: 0, last: None };
        let mut step = nobody(0.5);
        for customer in counted() {
            if customer.share != step.share {
                steps.push(std::mem::replace(&mut step, nobody(customer.share)));
            }
            if customer.spend != 0.0 {
                let spend = customer.spend * unit;
                groups[usize::from(customer.treated)].1 += spend;
                step.last = Some((customer.treated, spend));
            } else if customer.treated {
                step.treated += 1;
            } else {
                step.control += 1;
            }
            if step.last.is_some() || step.treated.max(step.control) == u32::MAX {
                steps.push(std::mem::replace(&mut step, nobody(customer.share)));
            }
        }
        Ok(Lot { steps, groups })
    }

    /// Whether there are customers in both groups, and spend.
    fn says_something(&self) -> bool {
        self.groups.iter().all(|(number, _)| *number > 0.0) && self.steps.iter().any(|step| step.last.is_some())
    }

    /// Whether the lift means something: a mean that refunds have brought to 0 or below cannot be multiplied into another.
    fn has_lift(&self) -> bool {
        let has_refunds = self.steps.iter().any(|step| step.last.is_some_and(|(_, spend)| spend < 0.0));
        !has_refunds || self.groups.iter().all(|(_, spend)| *spend > 0.0)
    }

    fn p_value(&self) -> f64 {
        self.largest_wealth(Supposed::lift(0.0), f64::INFINITY).recip()
    }

    /// The largest wealth of those who bet against a supposed effect, or one that has reached the bar. No more customers make
    /// it smaller.
    fn largest_wealth(&self, supposed: Supposed, bar: f64) -> f64 {
        let mut largest = 1.0f64;
        self.bet(supposed, |wealth| {
            largest = largest.max(wealth);
            largest < bar
        });
        largest
    }

    /// Bets against a supposed effect. The wealth is shown after each customer with spend, for as long as it is to go on.
    pub(super) fn bet(&self, supposed: Supposed, mut go_on: impl FnMut(f64) -> bool) {
        let (mut lifts, mut stakes, mut wealth) = ([0.0; SIGNED], [0.0; SIGNED], [0.0; SIGNED]);
        for (i, bet) in BETS.iter().chain(&BETS).enumerate() {
            lifts[i] = if i < BETS.len() { bet.lift } else { -bet.lift };
            (stakes[i], wealth[i]) = (bet.stake, bet.part);
        }
        let (mut customers, mut sum, mut squares) = (SUPPOSED, 0.0, 0.0);
        let mut turns = Turns::default();
        for step in &self.steps {
            turns.turn();
            let others = 1.0 - step.share;
            // What is staked on treated customers a control customer loses, and the other way round.
            let (most, least) = (step.share.recip(), -others.recip());
            let cut = |bet: f64, stake: f64| bet.clamp(stake * least, stake * most);
            if step.treated + step.control > 0 {
                let (mean, scale) = scale(customers, sum, squares);
                if scale != 0.0 {
                    for ((wealth, lift), stake) in wealth.iter_mut().zip(lifts).zip(stakes) {
                        let bet = cut(lift * (-mean * scale), stake);
                        let change = power(bet * others, step.treated, -bet * step.share, step.control);
                        *wealth = (*wealth * change).clamp(WEALTH.0, WEALTH.1);
                    }
                }
                customers += f64::from(step.treated) + f64::from(step.control);
            }
            let Some((treated, spend)) = step.last else { continue };
            let (spend, turn) = match treated {
                true => (spend * supposed.treated, others),
                false => (spend * supposed.control, -step.share),
            };
            let (mean, scale) = scale(customers, sum, squares);
            let size = (spend - mean) * scale;
            let mut all = 0.0;
            for ((wealth, lift), stake) in wealth.iter_mut().zip(lifts).zip(stakes) {
                let change = 1.0 + cut(lift * size, stake) * turn;
                *wealth = (*wealth * change).clamp(WEALTH.0, WEALTH.1);
                all += *wealth;
            }
            customers += 1.0;
            sum += spend;
            squares += spend * spend;
            if !go_on(all) {
                break;
            }
        }
    }

    /// The hull of the effects against which nobody has won so much.
    fn ends(&self, bar: f64) -> Option<Ends> {
        let stays = |lift: Supposed| self.largest_wealth(lift, bar) < bar;
        let candidates = self.candidates();
        let logarithm = |i: usize| Supposed::logarithm(candidates[i]);
        let first = (0..candidates.len()).find(|i| stays(logarithm(*i)));
        let lowest = Supposed { control: 0.0, treated: 1.0 };
        let highest = Supposed { control: 1.0, treated: 0.0 };
        let Some(first) = first else {
            // What lies beyond all candidates may be left.
            return match (stays(lowest), stays(highest)) {
                (false, false) => None,
                (low, high) => Some(Ends {
                    low: if low { -1.0 } else { candidates[candidates.len() - 1].exp_m1() },
                    high: if high { None } else { Some(candidates[0].exp_m1()) },
                }),
            };
        };
        let last = (first..candidates.len()).rev().find(|i| *i == first || stays(logarithm(*i))).unwrap_or(first);
        let between = |mut within: f64, mut beyond: f64| {
            for _ in 0..HALVINGS {
                let middle = 0.5 * (within + beyond);
                if stays(Supposed::logarithm(middle)) {
                    within = middle;
                } else {
                    beyond = middle;
                }
            }
            within.exp_m1()
        };
        let low = match first {
            0 => -1.0,
            _ if stays(lowest) => -1.0,
            _ => between(candidates[first], candidates[first - 1]),
        };
        let high = match candidates.get(last + 1) {
            Some(beyond) if !stays(highest) => Some(between(candidates[last], *beyond)),
            _ => None,
        };
        Some(Ends { low, high })
    }

    /// ln (1 + δ) of those that are tried, in order: no effect, the estimate, and more and more widely around it.
    fn candidates(&self) -> Vec<f64> {
        let [control, treated] = self.groups.map(|(number, spend)| spend / number);
        let estimate = (treated / control).ln();
        let estimate = if estimate.is_finite() { estimate.clamp(-600.0, 600.0) } else { 0.0 };
        let mut candidates = vec![0.0, estimate];
        let mut step = FIRST_STEP;
        while step < FARTHEST {
            candidates.extend([estimate - step, estimate + step]);
            step *= STEP_GROWTH;
        }
        candidates.sort_unstable_by(f64::total_cmp);
        candidates
    }
}

impl Supposed {
    pub(super) fn lift(lift: f64) -> Self {
        Supposed::logarithm(lift.ln_1p())
    }

    /// By ln (1 + δ).
    fn logarithm(logarithm: f64) -> Self {
        Supposed { control: logarithm.min(0.0).exp(), treated: (-logarithm).min(0.0).exp() }
    }
}

/// The mean so far and the mean over the variance, which the supposed customers keep from 0 unless nothing was spent so far.
fn scale(customers: f64, sum: f64, squares: f64) -> (f64, f64) {
    let mean = sum / customers;
    let variance = squares / customers - mean * mean;
    (mean, if variance > 0.0 { mean / variance } else { 0.0 })
}

/// (1 + a)ⁿ (1 + b)ᵐ, neither infinite nor a product of 0 and infinity. What is beyond is given away.
fn power(a: f64, n: u32, b: f64, m: u32) -> f64 {
    if n.max(m) <= 4 {
        return (1.0 + a).powi(n as i32) * (1.0 + b).powi(m as i32);
    }
    (f64::from(n) * a.ln_1p() + f64::from(m) * b.ln_1p()).min(600.0).exp()
}
