//! Looking every day: how often a journey is ever called a success or a failure, and when.

use std::fmt;

use pg_lifecycle::domain::experiment::{Looked, anytime_p_value};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::bases::{Base, Treatment};

/// How often a journey is looked at.
const LOOKS: usize = 200;

/// How often an effect is called of journeys of one base and treatment.
pub struct Calls {
    name: String,
    at_most: Option<f64>,
    journeys: usize,
    looks: Vec<usize>,
}

/// What is done to the treated customers of a journey, and the lift that is supposed when it is looked at.
#[derive(Clone, Copy)]
pub struct Story {
    pub name: &'static str,
    pub treatment: Treatment,
    pub supposed: f64,
    /// In how many journeys of a hundred it may be called wrong, where it is true.
    pub at_most: Option<f64>,
}

impl Calls {
    /// Plays journeys of so many customers, each of whom is in the control group with the same probability.
    pub fn of(base: &Base, seed: u64, customers: usize, control: f64, story: Story, journeys: usize) -> Self {
        let looks = (0..journeys).filter_map(|journey| {
            let mut random = ChaCha8Rng::seed_from_u64(seed << 32 | journey as u64);
            let lot: Vec<bool> = (0..customers).map(|_| random.random::<f64>() >= control).collect();
            let drawn = base.customers(&lot, story.treatment, &mut random);
            let seen = drawn.iter().zip(lot).map(|(customer, treated)| {
                // A lift is excluded where what it leaves of the treated customers' spend is called an effect.
                let less = if treated { 1.0 + story.supposed } else { 1.0 };
                Looked { treated, spend: customer.spend as f64 / less, share: 1.0 - control }
            });
            first_call(&seen.collect::<Vec<Looked>>())
        });
        let looks = looks.collect();
        let name = format!("{}, of {customers}, {:.0} % control, {}", base.name(), 100.0 * control, story.name);
        Calls { name, at_most: story.at_most, journeys, looks }
    }

    /// In percent of the journeys.
    pub fn share(&self) -> f64 {
        100.0 * self.looks.len() as f64 / self.journeys as f64
    }

    /// The look by which half of all journeys have been called.
    fn median(&self) -> Option<usize> {
        let mut looks = self.looks.clone();
        looks.sort_unstable();
        looks.get(self.journeys / 2).copied()
    }

    /// What is true was called wrong too often.
    pub fn problems(&self) -> Vec<String> {
        // Two standard errors of 5 % in 5,000 journeys, four in fewer.
        let slack = if self.journeys >= 5_000 { 0.6 } else { 1.2 * (5_000.0 / self.journeys as f64).sqrt() };
        match self.at_most.is_some_and(|at_most| self.share() > at_most + slack) {
            true => vec![format!("{}: {:.2} % ever called", self.name, self.share())],
            false => Vec::new(),
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let median = self.median().map_or("none".into(), |look| format!("look {look} of {LOOKS}"));
        write!(f, "{:80} | {:6.2} % | {median}", self.name, self.share())
    }
}

/// The first look at which p < 0.05. A call is never taken back, so that halving finds it.
fn first_call(customers: &[Looked]) -> Option<usize> {
    let called = |look: usize| {
        let p = anytime_p_value(&customers[..customers.len() * look / LOOKS]).expect("a p-value");
        p.is_some_and(|p| p < 0.05)
    };
    let (mut before, mut look) = (0, LOOKS);
    if !called(look) {
        return None;
    }
    while look - before > 1 {
        let middle = (before + look) / 2;
        *if called(middle) { &mut look } else { &mut before } = middle;
    }
    Some(look)
}
