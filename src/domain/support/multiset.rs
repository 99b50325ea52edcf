//! A multiset: the distinct values with how often each occurs.
//!
//! It is the state of every aggregate over the customer base. Its content does not depend on the order in which values
//! came or on how they were split over parallel workers, and integers in it are counted, never added up in floating
//! point: so every fit and rank is the same to the last bit however the rows were read.

use serde::{Deserialize, Serialize};

use super::error::{Error, Kind, Result, reserve};
use super::interrupt;
use super::interrupt::Turns;
use super::received;

/// How many distinct values one multiset may hold: 1 GiB of them, and while they are sorted two to three times that.
pub const MAX_DISTINCT: usize = 1 << 26;

/// How many values wait before the first sort. Below this, sorting more often costs more than it saves.
const MIN_PENDING: usize = 4096;

/// The room of the first values.
const MIN_ROOM: usize = 16;

/// Distinct values in order with their counts, and the values that came since they were last put in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Multiset<T> {
    #[serde(deserialize_with = "received::vec")]
    counted: Vec<(T, u64)>,
    #[serde(deserialize_with = "received::vec")]
    pending: Vec<T>,
    /// Values that came with a count.
    #[serde(deserialize_with = "received::vec")]
    weighted: Vec<(T, u64)>,
}

impl<T> Default for Multiset<T> {
    fn default() -> Self {
        Multiset { counted: Vec::new(), pending: Vec::new(), weighted: Vec::new() }
    }
}

impl<T: Ord + Copy> Multiset<T> {
    /// Adds one occurrence. Amortised O(log n): values wait until as many are there as distinct ones are counted.
    pub fn insert(&mut self, value: T) -> Result<()> {
        grow(&mut self.pending)?;
        self.pending.push(value);
        if self.pending.len() >= MIN_PENDING.max(self.counted.len()) { self.normalize() } else { Ok(()) }
    }

    /// Adds so many occurrences.
    pub fn insert_times(&mut self, value: T, count: u64) -> Result<()> {
        if count > 1 {
            grow(&mut self.weighted)?;
            self.weighted.push((value, count));
            if self.weighted.len() >= MIN_PENDING.max(self.counted.len()) { self.normalize() } else { Ok(()) }
        } else if count == 1 {
            self.insert(value)
        } else {
            Ok(())
        }
    }

    /// Adds all occurrences of another multiset.
    pub fn merge(&mut self, mut other: Self) -> Result<()> {
        self.normalize()?;
        other.normalize()?;
        self.absorb(other.counted)
    }

    /// The distinct values in ascending order, each with its count.
    pub fn counts(&mut self) -> Result<&[(T, u64)]> {
        self.normalize()?;
        Ok(&self.counted)
    }

    /// Sorts the waiting values into the counted ones.
    pub fn normalize(&mut self) -> Result<()> {
        let mut pending = std::mem::take(&mut self.pending);
        interrupt::sort(&mut pending);
        let run = counted(pending.drain(..).map(|value| (value, 1)))?;
        self.pending = pending;
        self.absorb(run)?;
        let mut weighted = std::mem::take(&mut self.weighted);
        interrupt::sort(&mut weighted);
        let run = counted(weighted.drain(..))?;
        self.weighted = weighted;
        self.absorb(run)
    }

    /// Merges a run that is in order and without repeats.
    fn absorb(&mut self, run: Vec<(T, u64)>) -> Result<()> {
        if run.is_empty() {
            return Ok(());
        }
        let mut merged = Vec::new();
        reserve(&mut merged, self.counted.len() + run.len())?;
        let old = std::mem::take(&mut self.counted);
        let (mut left, mut right) = (old.into_iter().peekable(), run.into_iter().peekable());
        let mut turns = Turns::default();
        loop {
            turns.turn();
            let next = match (left.peek(), right.peek()) {
                (Some(l), Some(r)) if l.0 == r.0 => {
                    let more = right.next().map_or(0, |(_, count)| count);
                    left.next().map(|(value, count)| (value, count.saturating_add(more)))
                }
                (Some(l), Some(r)) if l.0 < r.0 => left.next(),
                (_, Some(_)) => right.next(),
                (Some(_), None) => left.next(),
                (None, None) => break,
            };
            merged.extend(next);
        }
        if merged.len() > MAX_DISTINCT {
            return Err(Error::new(
                Kind::LimitExceeded,
                format!("more than {MAX_DISTINCT} distinct values in one aggregate"),
            )
            .hint("Aggregate a sample of the customers, or group them into smaller bases."));
        }
        self.counted = merged;
        Ok(())
    }
}

/// Makes room for one more value, and with it for as many as there are: a query may hold many small multisets.
fn grow<T>(values: &mut Vec<T>) -> Result<()> {
    if values.len() < values.capacity() { Ok(()) } else { reserve(values, values.len().max(MIN_ROOM)) }
}

/// Sums up the counts of equal neighbours.
fn counted<T: PartialEq>(sorted: impl ExactSizeIterator<Item = (T, u64)>) -> Result<Vec<(T, u64)>> {
    let mut run: Vec<(T, u64)> = Vec::new();
    reserve(&mut run, sorted.len())?;
    let mut turns = Turns::default();
    for (value, count) in sorted {
        turns.turn();
        match run.last_mut() {
            Some((last, sum)) if *last == value => *sum = sum.saturating_add(count),
            _ => run.push((value, count)),
        }
    }
    Ok(run)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn naive(values: &[i64]) -> Vec<(i64, u64)> {
        let mut counts = BTreeMap::new();
        for &value in values {
            *counts.entry(value).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    fn multiset(values: &[i64]) -> Multiset<i64> {
        let mut set = Multiset::default();
        for &value in values {
            set.insert(value).unwrap();
        }
        set
    }

    proptest! {
        #[test]
        fn counts_like_a_map_in_any_split(
            left in prop::collection::vec(-50i64..50, 0..300),
            right in prop::collection::vec(any::<i64>(), 0..300),
        ) {
            let mut both = multiset(&left);
            both.merge(multiset(&right)).unwrap();
            let mut other_way = multiset(&right);
            other_way.merge(multiset(&left)).unwrap();
            let all: Vec<i64> = left.iter().chain(&right).copied().collect();
            prop_assert_eq!(both.counts().unwrap(), &naive(&all)[..]);
            prop_assert_eq!(other_way.counts().unwrap(), &naive(&all)[..]);
        }
    }

    #[test]
    fn settles_while_it_grows() {
        let values: Vec<i64> = (0..20_000).map(|i| (i * 7919) % 6007).collect();
        let mut set = multiset(&values);
        assert!(set.pending.len() < values.len(), "values must not all wait");
        assert_eq!(set.counts().unwrap(), &naive(&values)[..]);
    }
}
