//! The customers of an experiment, gathered row by row and by several workers.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Group;
use super::covariates::Past;
use super::status::LeftOut;
use super::terms::Pair;
use crate::domain::history::money::SCALE;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::interrupt;

/// The most covariates of a customer.
pub const MOST_COVARIATES: usize = 100;

/// The customers so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SpendState {
    /// How many covariates each customer has.
    covariates: Option<usize>,
    strata: BTreeMap<Box<[u8]>, [Gathered; 2]>,
}

/// The customers of a group in a stratum.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Gathered {
    /// How many customers have no covariates and have spent nothing.
    without: u64,
    /// The spend of each other customer without covariates.
    plain: Vec<i64>,
    /// The spend of each customer with covariates.
    spends: Vec<i64>,
    /// Their covariates, one customer after the other; NaN where one is not known.
    before: Vec<f64>,
}

const CONTROL: usize = 0;
const TREATED: usize = 1;

impl SpendState {
    /// Adds a customer: spend in 1/10000, what was known of the customer before, and the stratum.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for covariates that are not finite or whose number varies; [`Kind::LimitExceeded`] for too many;
    /// [`Kind::OutOfMemory`].
    pub fn add(&mut self, treated: bool, spend: i64, before: Option<&[Option<f64>]>, stratum: &[u8]) -> Result<()> {
        if let Some(before) = before {
            self.check(before)?;
        }
        if !self.strata.contains_key(stratum) {
            self.strata.insert(stratum.into(), Default::default());
        }
        let Some(groups) = self.strata.get_mut(stratum) else { return Ok(()) };
        let group = &mut groups[usize::from(treated)];
        match before {
            Some(before) if !before.is_empty() => {
                reserve(&mut group.before, before.len())?;
                // Of two zeros the one without a sign.
                group.before.extend(before.iter().map(|value| value.map_or(f64::NAN, |value| value + 0.0)));
                push(&mut group.spends, spend)
            }
            _ if spend == 0 => {
                group.without += 1;
                Ok(())
            }
            _ => push(&mut group.plain, spend),
        }
    }

    fn check(&mut self, before: &[Option<f64>]) -> Result<()> {
        let known = *self.covariates.get_or_insert(before.len());
        if known != before.len() {
            return Err(Error::new(
                Kind::InvalidParameter,
                "before must have as many elements in every row of a group",
            )
            .detail(format!("before has {known} elements in one row and {} in another.", before.len()))
            .hint("Write NULL for an element that is not known."));
        }
        if known > MOST_COVARIATES {
            return Err(Error::new(Kind::LimitExceeded, format!("before has {known} elements"))
                .detail(format!("At most {MOST_COVARIATES} are allowed.")));
        }
        match before.iter().flatten().find(|value| !value.is_finite()) {
            Some(value) => Err(Error::new(Kind::InvalidParameter, format!("before out of range: {value}"))
                .detail("Each element must be a finite number.")
                .hint("Write NULL for an element that is not known.")),
            None => Ok(()),
        }
    }

    /// Adds all customers of another part.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn merge(&mut self, other: Self) -> Result<()> {
        if let (Some(known), Some(given)) = (self.covariates, other.covariates)
            && known != given
        {
            self.check(&vec![None; given])?;
        }
        self.covariates = self.covariates.or(other.covariates);
        for (name, groups) in other.strata {
            let here = self.strata.entry(name).or_default();
            for (here, group) in here.iter_mut().zip(groups) {
                here.without += group.without;
                append(&mut here.plain, &group.plain)?;
                append(&mut here.spends, &group.spends)?;
                append(&mut here.before, &group.before)?;
            }
        }
        Ok(())
    }

    /// Makes the content the same however it was gathered.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn normalize(&mut self) -> Result<()> {
        let covariates = self.covariates.unwrap_or(0);
        self.strata.values_mut().flatten().try_for_each(|group| group.sort(covariates))
    }

    /// The strata in which both groups have customers, in an order that depends on the customers alone.
    ///
    /// # Errors
    /// [`Kind::OutOfMemory`].
    pub fn sorted(&mut self) -> Result<Sorted> {
        self.normalize()?;
        let covariates = self.covariates.unwrap_or(0);
        let mut found = Sorted { covariates, ..Sorted::default() };
        let mut hash = Sha256::new();
        for (name, groups) in &self.strata {
            let sizes = groups.each_ref().map(Gathered::customers);
            let mut past = Past::default();
            if sizes.contains(&0) {
                found.left_out.customers += sizes.iter().sum::<u64>();
                found.left_out.strata += 1;
            } else {
                hash.update((name.len() as u64).to_le_bytes());
                hash.update(name);
                let order = if sizes[CONTROL] <= sizes[TREATED] { [CONTROL, TREATED] } else { [TREATED, CONTROL] };
                for (number, at) in order.into_iter().enumerate() {
                    groups[at].digest(&mut hash);
                    groups[at].unfold(at == TREATED, covariates, &mut past)?;
                    if number == 0 {
                        past.smaller = past.spends.len();
                    }
                }
            }
            let [control, treated] = groups.each_ref().map(|group| Group {
                customers: group.customers(),
                buyers: group.buyers(),
                mean: None,
            });
            found.strata.push(Sides { control, treated, past });
        }
        found.seed = hash.finalize().into();
        Ok(found)
    }
}

/// The customers in order.
#[derive(Debug, Default)]
pub struct Sorted {
    /// How many covariates each has.
    pub covariates: usize,
    /// What draws of lots follow from.
    pub seed: [u8; 32],
    /// All strata.
    pub strata: Vec<Sides>,
    /// Those with one group alone.
    pub left_out: LeftOut,
}

/// Both groups in a stratum.
#[derive(Debug)]
pub struct Sides {
    /// The control customers.
    pub control: Group,
    /// The treated customers.
    pub treated: Group,
    /// The customers of the smaller group, the control group of two that are alike, and then those of the other, without the
    /// customers who have spent nothing and have no covariates; empty where one group is.
    pub past: Past,
}

fn push<T>(values: &mut Vec<T>, value: T) -> Result<()> {
    reserve(values, 1)?;
    values.push(value);
    Ok(())
}

fn append<T: Copy>(values: &mut Vec<T>, more: &[T]) -> Result<()> {
    reserve(values, more.len())?;
    values.extend_from_slice(more);
    Ok(())
}

impl Gathered {
    fn customers(&self) -> u64 {
        self.without + self.plain.len() as u64 + self.spends.len() as u64
    }

    fn buyers(&self) -> u64 {
        interrupt::asking(self.plain.iter().chain(&self.spends)).filter(|spend| **spend > 0).count() as u64
    }

    /// By spend, and then by the covariates in turn.
    fn sort(&mut self, covariates: usize) -> Result<()> {
        interrupt::sort(&mut self.plain);
        if covariates == 0 {
            return Ok(());
        }
        let of = |at: usize| &self.before[at * covariates..(at + 1) * covariates];
        let mut order = Vec::new();
        reserve(&mut order, self.spends.len())?;
        order.extend(0..self.spends.len());
        interrupt::sort_by(&mut order, |one, other| {
            let covariates = || of(*one).iter().zip(of(*other)).map(|(one, other)| one.total_cmp(other));
            let by_spend = self.spends[*one].cmp(&self.spends[*other]);
            by_spend.then_with(|| covariates().find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
        });
        let (mut spends, mut before) = (Vec::new(), Vec::new());
        reserve(&mut spends, self.spends.len())?;
        reserve(&mut before, self.before.len())?;
        for at in order {
            spends.push(self.spends[at]);
            before.extend_from_slice(of(at));
        }
        (self.spends, self.before) = (spends, before);
        Ok(())
    }

    fn digest(&self, hash: &mut Sha256) {
        for count in [self.without, self.plain.len() as u64, self.spends.len() as u64] {
            hash.update(count.to_le_bytes());
        }
        for spend in interrupt::asking(self.plain.iter().chain(&self.spends)) {
            hash.update(spend.to_le_bytes());
        }
        for value in interrupt::asking(self.before.iter()) {
            hash.update(value.to_bits().to_le_bytes());
        }
    }

    /// Appends the customers whose figures count in the sums: with covariates all of them.
    fn unfold(&self, is_treated: bool, covariates: usize, past: &mut Past) -> Result<()> {
        let without = if covariates == 0 { 0 } else { self.without as usize };
        let unknown = without + self.plain.len();
        reserve(&mut past.spends, unknown + self.spends.len())?;
        reserve(&mut past.before, (unknown + self.spends.len()) * covariates)?;
        let spends = std::iter::repeat_n(&0, without).chain(&self.plain).chain(&self.spends);
        past.spends.extend(spends.map(|spend| {
            let spend = *spend as f64 / SCALE as f64;
            if is_treated { Pair { a: 0.0, b: spend } } else { Pair { a: spend, b: 0.0 } }
        }));
        past.before.extend(std::iter::repeat_n(f64::NAN, unknown * covariates));
        past.before.extend_from_slice(&self.before);
        Ok(())
    }
}
