//! Customers as the models' stories tell them, drawn one purchase after the other: gamma distributed rates, coins with beta
//! distributed probabilities, exponential lifetimes, Erlang gaps, Bernoulli periods. The library's own draws are not used.

use pg_lifecycle::domain::models::purchase_model::Summary;
use pg_lifecycle::domain::models::purchase_model::model::ModelKind;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Gamma};

/// Nobody is simulated with more purchases. What then is fitted is a base too.
const MAX_PURCHASES: u32 = 20_000;

/// A model with its true parameters, in the order in which the library holds them.
pub struct Truth {
    pub kind: ModelKind,
    pub params: Vec<f64>,
    pub k: u32,
}

/// When a customer was there to be seen: from the first purchase to the end, and whether times are whole days.
#[derive(Clone, Copy)]
pub struct Window {
    pub first: f64,
    pub end: f64,
    pub whole: bool,
}

/// A customer's summary with Σ ln gap.
pub struct Customer {
    pub summary: Summary,
    pub sum_ln_gaps: f64,
}

impl Truth {
    pub fn customer(&self, window: Window, random: &mut ChaCha8Rng) -> Customer {
        let p = &self.params;
        match self.kind {
            ModelKind::BgBb => {
                let (buys, leaves) = (beta(p[0], p[1], random), beta(p[2], p[3], random));
                periods((window.end - window.first).floor(), buys, leaves, random)
            }
            ModelKind::ParetoNbd => {
                let (rate, leaving) = (gamma(p[0], random) / p[1], gamma(p[2], random) / p[3]);
                let end = window.first + exponential(random) / leaving;
                purchases(window, |at| {
                    let next = at + exponential(random) / rate;
                    (next <= end).then_some(next)
                })
            }
            kind => {
                let rate = gamma(p[0], random) / p[1];
                let leaves = if kind == ModelKind::Nbd { 0.0 } else { beta(p[2], p[3], random) };
                let mut gone = kind.drops_at_first() && random.random::<f64>() < leaves;
                purchases(window, |at| {
                    if gone {
                        return None;
                    }
                    gone = random.random::<f64>() < leaves;
                    Some(at + (0..self.k).map(|_| exponential(random)).sum::<f64>() / rate)
                })
            }
        }
    }
}

/// The summary of purchases in a window; `next` says when the next one is after a time.
fn purchases(window: Window, mut next: impl FnMut(f64) -> Option<f64>) -> Customer {
    let seen = |at: f64| if window.whole { at.floor() } else { at };
    let first = seen(window.first);
    let (mut frequency, mut at, mut last, mut sum_ln_gaps) = (0.0, window.first, first, 0.0);
    for _ in 0..MAX_PURCHASES {
        match next(at) {
            Some(time) if time <= window.end => at = time,
            _ => break,
        }
        // Purchases on one day, or that a number cannot tell apart, are one.
        if seen(at) > last {
            frequency += 1.0;
            sum_ln_gaps += (seen(at) - last).ln();
            last = seen(at);
        }
    }
    let t = seen(window.end) - first;
    Customer { summary: Summary { frequency, recency: last - first, t }, sum_ln_gaps }
}

/// The summary of so many periods, at the start of each of which the customer may leave.
fn periods(t: f64, buys: f64, leaves: f64, random: &mut ChaCha8Rng) -> Customer {
    let (mut frequency, mut recency, mut period) = (0.0, 0.0, 1.0);
    while period <= t && random.random::<f64>() >= leaves {
        if random.random::<f64>() < buys {
            (frequency, recency) = (frequency + 1.0, period);
        }
        period += 1.0;
    }
    Customer { summary: Summary { frequency, recency, t }, sum_ln_gaps: 0.0 }
}

pub fn exponential(random: &mut ChaCha8Rng) -> f64 {
    random.sample(Exp1)
}

/// ln of a gamma distributed number with scale 1: of one with a shape larger by 1, times u^(1/shape), so that small shapes
/// do not underflow.
fn ln_gamma(shape: f64, random: &mut ChaCha8Rng) -> f64 {
    let larger: f64 = Gamma::new(shape + 1.0, 1.0).expect("a positive shape").sample(random);
    larger.ln() - exponential(random) / shape
}

pub fn gamma(shape: f64, random: &mut ChaCha8Rng) -> f64 {
    ln_gamma(shape, random).exp()
}

pub fn beta(a: f64, b: f64, random: &mut ChaCha8Rng) -> f64 {
    1.0 / (1.0 + (ln_gamma(b, random) - ln_gamma(a, random)).exp())
}
