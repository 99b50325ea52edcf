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
    journeys: usize,
    looks: Vec<usize>,
}

impl Calls {
    /// Plays journeys of so many customers, each of whom is in the control group with the same probability.
    pub fn of(
        base: &Base,
        seed: u64,
        customers: usize,
        control: f64,
        (what, treatment): (&str, Treatment),
        journeys: usize,
    ) -> Self {
        let looks = (0..journeys).filter_map(|journey| {
            let mut random = ChaCha8Rng::seed_from_u64(seed << 32 | journey as u64);
            let lot: Vec<bool> = (0..customers).map(|_| random.random::<f64>() >= control).collect();
            let drawn = base.customers(&lot, treatment, &mut random);
            let seen = drawn.iter().zip(lot);
            let seen: Vec<Looked> = seen
                .map(|(customer, treated)| Looked { treated, spend: customer.spend as f64, share: 1.0 - control })
                .collect();
            first_call(&seen)
        });
        let looks = looks.collect();
        Calls {
            name: format!("{}, of {customers}, {:.0} % control, {what}", base.name(), 100.0 * control),
            journeys,
            looks,
        }
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

    /// Of a journey that does nothing: called too often, of so many.
    pub fn problems(&self) -> Vec<String> {
        let slack = 0.6 * (5_000.0 / self.journeys as f64).sqrt();
        match self.share() > 5.0 + slack.max(0.6) {
            true => vec![format!("{}: {:.2} % ever called", self.name, self.share())],
            false => Vec::new(),
        }
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let median = self.median().map_or("none".into(), |look| format!("look {look} of {LOOKS}"));
        write!(f, "{:68} | {:6.2} % | {median}", self.name, self.share())
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
