//! Which bases are tried.

use std::fmt;

use pg_lifecycle::domain::models::purchase_model::counts::{Base, PurchaseCounts};
use pg_lifecycle::domain::models::purchase_model::model::ModelKind;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::story::{Customer, Truth, Window};

/// Whether the parameters can be told from the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// At least 2,000 customers, seen for one to three years, with parameters within a factor of 1.5 of those published for
    /// CDNOW or, for BG/BB, the donations.
    WellPosed,
    /// What users bring.
    Awkward,
}

/// What is awkward about a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Anything,
    MostNeverBuy,
    RatesAlike,
    HardlyAnyRepeat,
    NobodyLeaves,
    AllLeaveAtOnce,
    LeaveAlike,
    StayersAndLeavers,
    ShortTime,
    LongTime,
    HeavyBuyers,
    AllTheSame,
    OneCohort,
    FewCustomers,
    OneDay,
}

const TROUBLES: [Trouble; 15] = [
    Trouble::Anything,
    Trouble::MostNeverBuy,
    Trouble::RatesAlike,
    Trouble::HardlyAnyRepeat,
    Trouble::NobodyLeaves,
    Trouble::AllLeaveAtOnce,
    Trouble::LeaveAlike,
    Trouble::StayersAndLeavers,
    Trouble::ShortTime,
    Trouble::LongTime,
    Trouble::HeavyBuyers,
    Trouble::AllTheSame,
    Trouble::OneCohort,
    Trouble::FewCustomers,
    Trouble::OneDay,
];

/// A base to simulate.
pub struct Specification {
    pub truth: Truth,
    customers: usize,
    /// T is from shortest to longest, uniformly.
    shortest: f64,
    longest: f64,
    /// Whether times are whole days, and the unit a day.
    whole: bool,
    trouble: Option<Trouble>,
}

impl fmt::Display for Specification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Truth { params, k, .. } = &self.truth;
        write!(f, "{:?}, {} customers, T {:.3e} to {:.3e}", self.trouble, self.customers, self.shortest, self.longest)?;
        write!(f, "{}, k = {k}, {params:.4?}", if self.whole { " whole" } else { "" })
    }
}

/// Between two positive numbers, uniformly in the logarithm.
pub fn between(low: f64, high: f64, random: &mut ChaCha8Rng) -> f64 {
    low * (high / low).powf(random.random::<f64>())
}

impl Specification {
    /// The base of this number.
    pub fn draw(kind: ModelKind, sort: Sort, number: u64, largest: f64, random: &mut ChaCha8Rng) -> Self {
        let k = if kind.is_regular() { 2 + (number % 3) as u32 } else { 1 };
        match sort {
            Sort::WellPosed => Self::well_posed(kind, k, largest, random),
            Sort::Awkward => {
                let trouble = TROUBLES[number as usize % TROUBLES.len()];
                Self::awkward(kind, k, trouble, largest, random)
            }
        }
    }

    fn well_posed(kind: ModelKind, k: u32, largest: f64, random: &mut ChaCha8Rng) -> Self {
        // Phases follow each other k times as fast as purchases.
        let phases = f64::from(k);
        let published = match kind {
            ModelKind::BgNbd | ModelKind::BgCnbdK => vec![0.243, 4.414 / phases, 0.793, 2.426],
            ModelKind::MbgNbd | ModelKind::MbgCnbdK => vec![0.525, 6.183 / phases, 0.891, 1.614],
            ModelKind::ParetoNbd => vec![0.553, 10.578, 0.606, 11.669],
            ModelKind::Nbd => vec![0.385, 12.072],
            ModelKind::BgBb => vec![1.204, 0.750, 0.657, 2.783],
        };
        let params = published.iter().map(|v| v * between(1.0 / 1.5, 1.5, random)).collect();
        let longest =
            if kind == ModelKind::BgBb { random.random_range(8..=15).into() } else { between(52.0, 156.0, random) };
        Specification {
            truth: Truth { kind, params, k },
            customers: between(2_000.0, largest, random) as usize,
            shortest: longest * 2.0 / 3.0,
            longest,
            // Purchases on one day count as one, which no model in continuous time knows: the truth would not be one.
            whole: false,
            trouble: None,
        }
    }

    fn awkward(kind: ModelKind, k: u32, trouble: Trouble, largest: f64, random: &mut ChaCha8Rng) -> Self {
        // The shape of the rates, purchases in T by someone who stays, the chance to leave at a purchase and how alike
        // customers are in it, and T.
        let mut shape = between(0.1, 5.0, random);
        let mut expected = between(0.5, 30.0, random);
        let mut leaves = between(0.02, 0.6, random);
        let mut alike = between(0.5, 20.0, random);
        let mut longest = between(20.0, 1_000.0, random);
        let mut shortest = longest * random.random::<f64>();
        let mut customers = between(20.0, largest, random);
        let mut whole = random.random::<bool>();
        match trouble {
            Trouble::Anything => {
                (shape, expected) = (between(0.01, 100.0, random), between(0.1, 300.0, random));
                (leaves, alike) = (between(1e-3, 0.9, random), between(0.1, 1e3, random));
            }
            Trouble::MostNeverBuy => shape = between(2e-3, 0.05, random),
            Trouble::RatesAlike => shape = between(1e3, 5e5, random),
            Trouble::HardlyAnyRepeat => expected = between(1e-3, 2e-2, random),
            Trouble::NobodyLeaves => (leaves, alike) = (between(1e-6, 1e-4, random), between(1e2, 1e4, random)),
            Trouble::AllLeaveAtOnce => leaves = between(0.9, 0.999, random),
            Trouble::LeaveAlike => alike = between(1e3, 5e4, random),
            Trouble::StayersAndLeavers => alike = between(5e-3, 0.1, random),
            Trouble::ShortTime => {
                (longest, whole) = (between(1e-4, 1.0, random), false);
                shortest = longest * 1e-3;
            }
            Trouble::LongTime => (longest, shortest) = (1e5, 1e5 * random.random::<f64>()),
            Trouble::HeavyBuyers => (expected, longest) = (between(1e3, 5e3, random), between(1e3, 1e4, random)),
            Trouble::AllTheSame | Trouble::OneCohort => shortest = longest,
            Trouble::FewCustomers => customers = between(20.0, 60.0, random),
            // All bought first on the last day but one.
            Trouble::OneDay => (shortest, longest, whole) = (1.0, 2.0, true),
        }
        let mean = expected / longest;
        let in_bounds = |values: Vec<f64>| {
            values.iter().zip(kind.parameters()).map(|(v, p)| v.clamp(p.lower, p.upper)).collect::<Vec<f64>>()
        };
        if kind == ModelKind::BgBb {
            // A period is what in another model is a day, and a fit's cost grows with them.
            (longest, shortest) = (longest.clamp(1.0, 2_000.0).floor(), shortest.clamp(1.0, 2_000.0).floor());
            shortest = shortest.min(longest);
            customers = customers.min((2e5 / longest).max(20.0));
        }
        // The whole is simulated one purchase after the other.
        customers = customers.min((2e6 / (expected * f64::from(k))).max(20.0));
        let params = in_bounds(match kind {
            ModelKind::BgBb => {
                let buys = (expected / longest).min(0.95);
                vec![buys * shape, (1.0 - buys) * shape, leaves * alike, (1.0 - leaves) * alike]
            }
            // As likely to leave between two purchases of a mean customer.
            ModelKind::ParetoNbd => vec![shape, shape / mean, alike, alike / (mean * leaves / (1.0 - leaves))],
            _ => vec![shape, shape / (f64::from(k) * mean), leaves * alike, (1.0 - leaves) * alike],
        });
        Specification {
            truth: Truth { kind, params, k },
            customers: customers as usize,
            shortest,
            longest,
            whole,
            trouble: Some(trouble),
        }
    }

    /// Simulates it.
    pub fn base(&self, random: &mut ChaCha8Rng) -> Base {
        let mut counts = PurchaseCounts::default();
        let mut sum_ln_gaps = 0.0;
        let mut add = |customer: &Customer, times: u64| {
            counts.add_summary(&customer.summary, times).expect("there is memory");
            sum_ln_gaps += customer.sum_ln_gaps * times as f64;
        };
        if self.trouble == Some(Trouble::AllTheSame) {
            // One who has bought again, if there is one.
            let any = (0..1_000)
                .map(|_| self.customer(random))
                .reduce(|found, next| if found.summary.frequency > 0.0 { found } else { next });
            any.iter().for_each(|customer| add(customer, self.customers as u64));
        } else {
            (0..self.customers).for_each(|_| add(&self.customer(random), 1));
        }
        let base = counts.base(1.0).expect("there is memory");
        Base { sum_ln_gaps: Some(sum_ln_gaps), ..base }
    }

    fn customer(&self, random: &mut ChaCha8Rng) -> Customer {
        let spread = self.longest - self.shortest;
        let window = if self.truth.kind == ModelKind::BgBb {
            // So that each number of periods is as likely.
            let first = (random.random::<f64>() * (spread + 1.0)).floor();
            Window { first, end: self.longest, whole: true }
        } else {
            Window { first: random.random::<f64>() * spread, end: self.longest, whole: self.whole }
        };
        self.truth.customer(window, random)
    }
}
