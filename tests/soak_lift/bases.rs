//! The customers of an experiment: of a real shop, and simulated, with what they spend and what was known of them before.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

/// Money in 1/10000.
pub type Money = i64;

/// A customer: spend without treatment, and spend, orders and recency before.
#[derive(Clone, Copy)]
pub struct Customer {
    pub spend: Money,
    pub before: [f64; 3],
}

/// What the treatment does: the spend of each buyer times the one, the share of buyers times the other.
#[derive(Clone, Copy)]
pub struct Treatment {
    pub spend: f64,
    pub buyers: f64,
}

impl Treatment {
    pub fn lift(self) -> f64 {
        self.spend * self.buyers - 1.0
    }
}

/// Nothing, or spend of so much more.
pub fn multiplied(lift: f64) -> Treatment {
    Treatment { spend: 1.0 + lift, buyers: 1.0 }
}

/// So many more buyers.
pub fn more_buyers(lift: f64) -> Treatment {
    Treatment { spend: 1.0, buyers: 1.0 + lift }
}

/// Where customers come from.
pub enum Base {
    /// These, each time so many of them.
    Given { name: String, customers: Vec<Customer>, drawn: usize, control: usize },
    /// A share of them buys, for log-normal amounts.
    Buyers { name: &'static str, share: f64, amounts: LogNormal<f64>, treated: usize, control: usize },
    /// All of them buy. Spend before and after are both rate × noise, log-normal; they correlate with 0.7.
    Faithful { treated: usize, control: usize },
}

impl Base {
    pub fn name(&self) -> &str {
        match self {
            Base::Given { name, .. } => name,
            Base::Buyers { name, .. } => name,
            Base::Faithful { .. } => "past correlates 0.7, 2,200",
        }
    }

    /// All customers and those of the control group.
    pub fn sizes(&self) -> (usize, usize) {
        match *self {
            Base::Given { drawn, control, .. } => (drawn, control),
            Base::Buyers { treated, control, .. } | Base::Faithful { treated, control } => (treated + control, control),
        }
    }

    /// The customers after the lot, treated.
    pub fn customers(&self, lot: &[bool], treatment: Treatment, random: &mut ChaCha8Rng) -> Vec<Customer> {
        let mut customers: Vec<Customer> = match self {
            Base::Given { customers, drawn, .. } => {
                let mut places: Vec<usize> = (0..customers.len()).collect();
                if *drawn < places.len() {
                    shuffle_front(&mut places, *drawn, random);
                }
                places.iter().take(*drawn).map(|place| customers[*place]).collect()
            }
            Base::Buyers { share, amounts, .. } => lot
                .iter()
                .map(|treated| {
                    let share_now = if *treated { share * treatment.buyers } else { *share };
                    let mut spend = |share: f64| match random.random::<f64>() < share {
                        true => amounts.sample(random),
                        false => 0.0,
                    };
                    let (now, before) = (spend(share_now), spend(*share));
                    let orders = if before > 0.0 { 1.0 } else { 0.0 };
                    Customer { spend: cents(now), before: [before, orders, random.random::<f64>()] }
                })
                .collect(),
            Base::Faithful { .. } => {
                // Var G / Var (G e) = (e − 1) / (e v − 1) = 0.7, v = E e².
                let rate = LogNormal::new(3.0, 1.0).expect("a distribution");
                let deviation = ((1.0 + (1f64.exp() - 1.0) / 0.7) / 1f64.exp()).ln().sqrt();
                let noise = LogNormal::new(0.0, deviation).expect("a distribution");
                let customer = |_: &bool| {
                    let rate = rate.sample(random);
                    let (now, before) = (rate * noise.sample(random), rate * noise.sample(random));
                    Customer { spend: cents(now), before: [before, (before / 20.0).ceil(), random.random::<f64>()] }
                };
                lot.iter().map(customer).collect()
            }
        };
        assert!(
            treatment.buyers == 1.0 || matches!(self, Base::Buyers { .. }),
            "buyers are known of simulated bases only"
        );
        for (customer, treated) in customers.iter_mut().zip(lot) {
            if *treated {
                customer.spend = (customer.spend as f64 * treatment.spend).round() as Money;
            }
        }
        customers
    }
}

fn cents(amount: f64) -> Money {
    (amount * 100.0).round() as Money * 100
}

/// Moves so many, drawn at random, to the front.
pub fn shuffle_front(values: &mut [usize], many: usize, random: &mut ChaCha8Rng) {
    for i in 0..many.min(values.len()) {
        let other = random.random_range(i..values.len());
        values.swap(i, other);
    }
}

/// 5 % buy.
pub fn few_buyers() -> Base {
    let amounts = LogNormal::new(4.0, 1.0).expect("a distribution");
    Base::Buyers { name: "5 % buy, 2,200", share: 0.05, amounts, treated: 2_000, control: 200 }
}

/// 2 % buy, and amounts vary more.
pub fn rare_buyers() -> Base {
    let amounts = LogNormal::new(4.0, 1.2).expect("a distribution");
    Base::Buyers { name: "2 % buy, 11,000", share: 0.02, amounts, treated: 10_000, control: 1_000 }
}

/// The sample of CDNOW: spend after 1997-09-30, and what was known by then. A tenth of the customers is the control group.
pub fn cdnow(drawn: usize) -> Base {
    let rows = include_str!("../data/cdnow_sample.csv").lines().skip(1);
    let end = NaiveDate::from_ymd_opt(1997, 9, 30).expect("a day");
    let mut customers: BTreeMap<&str, (Customer, NaiveDate)> = BTreeMap::new();
    for row in rows {
        let [id, day, _, amount] = row.split(',').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let day: NaiveDate = day.parse().expect("a day");
        let amount: f64 = amount.parse().expect("an amount");
        let (customer, last) = customers.entry(id).or_insert((Customer { spend: 0, before: [0.0; 3] }, day));
        if day > end {
            customer.spend += cents(amount);
            continue;
        }
        *last = day.max(*last);
        customer.before[0] += amount;
        customer.before[1] += 1.0;
        customer.before[2] = (end - *last).num_days() as f64;
    }
    let customers: Vec<Customer> = customers.into_values().map(|(customer, _)| customer).collect();
    assert_eq!(customers.len(), 2_357);
    let control = (drawn as f64 / 10.0).round() as usize;
    Base::Given { name: format!("CDNOW, {drawn}"), customers, drawn, control }
}
