//! What a fit of a purchase model depends on: the distinct summaries of a base with how many customers have each, not a
//! copy of the histories.

use serde::{Deserialize, Serialize};

use super::Summary;
use crate::domain::history::History;
use crate::domain::history::summary::purchase_days;
use crate::domain::support::error::{Result, reserve};
use crate::domain::support::multiset::Multiset;
use crate::domain::time::calendar::{Zone, day_of};
use crate::domain::time::instant::{DAY, Instant};
use crate::domain::time::unit::TimeUnit;

/// The summaries of a base. Times from histories are in days, those of given summaries in the unit of the caller.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PurchaseCounts {
    /// Summaries in whole numbers, packed: a large base is sorted in half the time.
    packed: Multiset<u64>,
    /// The other (x, t_x, T): the times by their bits, which order as the numbers do because none is negative.
    summaries: Multiset<(u32, u64, u64)>,
    /// How many gaps between purchase days have each length in days, for regular models.
    gaps: Multiset<u32>,
    /// Whether some customers were given by summaries, which do not know the gaps.
    without_gaps: bool,
}

impl PurchaseCounts {
    /// Adds a customer in whole days. Who has not bought at or before `as_of` is left out.
    ///
    /// # Errors
    /// Where the base grows too large.
    pub fn add_customer(&mut self, history: &History, as_of: Instant, zone: &impl Zone, with_gaps: bool) -> Result<()> {
        let Some(customer) = whole_days(history, as_of, zone) else { return Ok(()) };
        if with_gaps {
            let mut days = purchase_days(history, as_of, zone);
            let mut last = days.next().unwrap_or_default();
            for day in days {
                self.gaps.insert((day - last) as u32)?;
                last = day;
            }
        }
        self.insert(customer.frequency as u32, customer.recency, customer.t, 1)
    }

    /// Adds a customer in whole periods of a unit since the first purchase day, for discrete models: x periods with a
    /// purchase, the last of them t_x, of the T that have ended at the end of `as_of`'s day.
    ///
    /// # Errors
    /// Where the base grows too large.
    pub fn add_periods(&mut self, history: &History, as_of: Instant, unit: TimeUnit, zone: &impl Zone) -> Result<()> {
        match periods(history, as_of, unit, zone) {
            Some(summary) => self.insert(summary.frequency as u32, summary.recency, summary.t, 1),
            None => Ok(()),
        }
    }

    /// Adds so many customers with a summary.
    ///
    /// # Errors
    /// Where the base grows too large.
    pub fn add_summary(&mut self, customer: &Summary, weight: u64) -> Result<()> {
        self.without_gaps = true;
        self.insert(customer.frequency as u32, customer.recency, customer.t, weight)
    }

    fn insert(&mut self, frequency: u32, recency: f64, t: f64, weight: u64) -> Result<()> {
        if let Some(packed) = pack(frequency, recency, t) {
            return self.packed.insert_times(packed, weight);
        }
        // Adding 0 makes a negative zero, which has other bits, a positive one.
        self.summaries.insert_times((frequency, (recency + 0.0).to_bits(), (t + 0.0).to_bits()), weight)
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// Where the base grows too large.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.without_gaps |= other.without_gaps;
        self.packed.merge(other.packed)?;
        self.summaries.merge(other.summaries)?;
        self.gaps.merge(other.gaps)
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    ///
    /// # Errors
    /// Where the base grows too large.
    pub fn normalize(&mut self) -> Result<()> {
        self.packed.normalize()?;
        self.summaries.normalize()?;
        self.gaps.normalize()
    }

    /// The base for a fit: times divided by `unit`, the length of a unit in what the summaries count.
    ///
    /// # Errors
    /// Where the base grows too large.
    pub fn base(&mut self, unit: f64) -> Result<Base> {
        let gaps = self.gaps.counts()?;
        let (packed, others) = (self.packed.counts()?, self.summaries.counts()?);
        let mut rows = Vec::new();
        reserve(&mut rows, packed.len() + others.len())?;
        let mut add = |x: u32, recency: f64, t: f64, n: u64| {
            rows.push((Summary { frequency: f64::from(x), recency: recency / unit, t: t / unit }, n as f64));
        };
        packed.iter().map(|&(packed, n)| (unpack(packed), n)).for_each(|((x, recency, t), n)| add(x, recency, t, n));
        for &((x, recency, t), n) in others {
            add(x, f64::from_bits(recency), f64::from_bits(t), n);
        }
        if !packed.is_empty() && !others.is_empty() {
            // Stable: within one frequency the order is that of the two multisets.
            rows.sort_by(|a, b| a.0.frequency.total_cmp(&b.0.frequency));
        }
        let repeat = total(packed.iter().filter(|&&(packed, _)| unpack(packed).0 > 0).map(|&(_, n)| n))
            .saturating_add(total(others.iter().filter(|((x, ..), _)| *x > 0).map(|&(_, n)| n)));
        Ok(Base {
            customers: total(packed.iter().map(|&(_, n)| n).chain(others.iter().map(|&(_, n)| n))),
            repeat_buyers: repeat,
            sum_ln_gaps: (!self.without_gaps).then(|| sum_ln(gaps, unit)),
            rows,
        })
    }
}

/// The bits of each number of a packed summary: days of the years 1 to 9999 need 22, and what else needs more is not packed.
const BITS: (u32, u32) = (22, 22);

/// (x, t_x, T) as one number that orders as they do, where they are whole and not too large.
fn pack(frequency: u32, recency: f64, t: f64) -> Option<u64> {
    let whole = |v: f64, bits: u32| (v.fract() == 0.0 && v < f64::from(1u32 << bits)).then_some(v as u64);
    let frequency = u64::from(frequency);
    if frequency >= 1 << (64 - BITS.0 - BITS.1) {
        return None;
    }
    Some(frequency << (BITS.0 + BITS.1) | whole(recency, BITS.0)? << BITS.1 | whole(t, BITS.1)?)
}

fn unpack(packed: u64) -> (u32, f64, f64) {
    let part = |shift: u32, bits: u32| (packed >> shift & ((1 << bits) - 1)) as f64;
    ((packed >> (BITS.0 + BITS.1)) as u32, part(BITS.1, BITS.0), part(0, BITS.1))
}

/// (x, t_x, T) of a customer in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DaySummary {
    /// x: purchase days after the first.
    pub frequency: u32,
    /// t_x: from the first purchase day to the last.
    pub recency: u32,
    /// T: from the first purchase day to now.
    pub t: u32,
}

impl DaySummary {
    /// The summary in units of so many days.
    pub fn in_units(self, days_per_unit: f64) -> Summary {
        let units = |days: u32| f64::from(days) / days_per_unit;
        Summary { frequency: f64::from(self.frequency), recency: units(self.recency), t: units(self.t) }
    }
}

/// A customer in days: x purchase days after the first, the last of them t_x days after it, and T days from the first to
/// the day of `as_of`. None without a purchase.
pub fn whole_days(history: &History, as_of: Instant, zone: &impl Zone) -> Option<Summary> {
    let mut days = purchase_days(history, as_of, zone);
    let first = days.next()?;
    let (frequency, last) = days.fold((0u32, first), |(x, _), day| (x + 1, day));
    let t = day_of(as_of, zone).max(last) - first;
    Some(Summary { frequency: frequency.into(), recency: f64::from(last - first), t: f64::from(t) })
}

/// A customer in whole periods of a unit since the first purchase day; None without a purchase.
pub fn periods(history: &History, as_of: Instant, unit: TimeUnit, zone: &impl Zone) -> Option<Summary> {
    let mut days = purchase_days(history, as_of, zone);
    let first = days.next()?;
    let period = |day: i32| i64::from(day - first) * DAY / unit.micros();
    // The day of as_of counts as over, as it does in a summary in days.
    let ended = (period(day_of(as_of, zone) + 1) - 1).max(0);
    let (mut frequency, mut last) = (0u32, 0);
    for day in days {
        let period = period(day);
        // Period 0 is that of the first purchase; one that has not ended is not yet known.
        if period > last && period <= ended {
            frequency += 1;
            last = period;
        }
    }
    Some(Summary { frequency: frequency.into(), recency: last as f64, t: ended as f64 })
}

/// A base as the likelihoods read it.
#[derive(Debug, Clone)]
pub struct Base {
    /// The distinct summaries in the model's unit, by ascending frequency, each with its number of customers.
    pub rows: Vec<(Summary, f64)>,
    /// All customers.
    pub customers: u64,
    /// Customers with at least one repeat purchase.
    pub repeat_buyers: u64,
    /// Σ ln gap over all gaps, in the model's unit; None where only summaries are known.
    pub sum_ln_gaps: Option<f64>,
}

impl Base {
    /// The base of distinct summaries in days, by ascending frequency, and of gaps in days, each with its count.
    pub fn of_days(customers: &[(DaySummary, u64)], gaps: &[(u32, u64)], unit: TimeUnit) -> Self {
        let repeat = customers.iter().filter(|(summary, _)| summary.frequency > 0);
        Base {
            rows: customers.iter().map(|&(summary, n)| (summary.in_units(unit.days()), n as f64)).collect(),
            customers: total(customers.iter().map(|&(_, n)| n)),
            repeat_buyers: total(repeat.map(|&(_, n)| n)),
            sum_ln_gaps: Some(sum_ln(gaps, unit.days())),
        }
    }
}

/// A number of customers: weights may be of any size.
fn total(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

/// Σ ln gap, the gaps given in days with their counts, in units of so many days.
fn sum_ln(gaps: &[(u32, u64)], unit: f64) -> f64 {
    gaps.iter().map(|&(days, n)| (f64::from(days) / unit).ln() * n as f64).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::history::arbitrary::{entries, instant};
    use crate::domain::history::summary::BtydSummary;
    use crate::domain::time::calendar::Utc;

    proptest! {
        #[test]
        fn a_packed_summary_is_the_summary(x in 0u32..1 << 20, recency in 0u32..1 << 22, t in 0u32..1 << 22) {
            let packed = pack(x, recency.into(), t.into()).unwrap();
            prop_assert_eq!(unpack(packed), (x, f64::from(recency), f64::from(t)));
            prop_assert_eq!(pack(1 << 20, 1.0, 2.0), None);
            prop_assert_eq!(pack(x, 0.5, 2.0), None);
            prop_assert_eq!(pack(x, 1.0, f64::from(1u32 << 22)), None);
        }

        #[test]
        fn customers_are_counted_as_btyd_summary_sees_them(given in entries(), as_of in instant()) {
            let h = History::from_entries(&mut given.clone()).unwrap();
            let summary = BtydSummary::of(&h, as_of, DAY, &Utc).unwrap();
            let days = whole_days(&h, as_of, &Utc);
            prop_assert_eq!(days.map(|d| (d.frequency, d.recency, d.t)), summary.map(|s| (s.frequency.into(), s.recency, s.t)));
            let mut counts = PurchaseCounts::default();
            counts.add_customer(&h, as_of, &Utc, true).unwrap();
            let base = counts.base(7.0).unwrap();
            let weeks = summary.map(|s| (Summary { frequency: s.frequency.into(), recency: s.recency / 7.0, t: s.t / 7.0 }, 1.0));
            prop_assert_eq!(base.rows, Vec::from_iter(weeks));
            // A period of a day is a day.
            let unit = TimeUnit::from_micros(DAY).unwrap();
            prop_assert_eq!(periods(&h, as_of, unit, &Utc), days);
        }

        #[test]
        fn any_split_and_any_kind_of_summary_counts_the_same(
            given in prop::collection::vec((0u32..5, 0u32..9, 1u64..4, any::<bool>()), 0..60), at in 0usize..60,
        ) {
            let count = |part: &[(u32, u32, u64, bool)]| {
                let mut counts = PurchaseCounts::default();
                for &(x, days, weight, half) in part {
                    let recency = if x == 0 { 0.0 } else { f64::from(days) + if half { 1.5 } else { 1.0 } };
                    let summary = Summary { frequency: x.into(), recency, t: 12.0 };
                    counts.add_summary(&summary, weight).unwrap();
                }
                counts
            };
            let whole = count(&given).base(1.0).unwrap();
            let (left, right) = given.split_at(at.min(given.len()));
            let mut merged = count(right);
            merged.merge(count(left)).unwrap();
            let merged = merged.base(1.0).unwrap();
            prop_assert_eq!(&merged.rows, &whole.rows);
            prop_assert!(whole.rows.is_sorted_by(|a, b| a.0.frequency <= b.0.frequency));
            prop_assert_eq!(whole.customers, given.iter().map(|(.., n, _)| n).sum::<u64>());
            prop_assert_eq!(whole.repeat_buyers, given.iter().filter(|g| g.0 > 0).map(|g| g.2).sum::<u64>());
            prop_assert_eq!(whole.sum_ln_gaps, if given.is_empty() { Some(0.0) } else { None });
        }
    }

    #[test]
    fn periods_count_once_and_must_have_ended() {
        let h = History::parse("{2024-01-01 1, 2024-01-09 1, 2024-01-10 1, 2024-01-30 1, 2024-02-03 1}").unwrap();
        let at = |text| Instant::parse(text).unwrap();
        let of = |as_of| periods(&h, at(as_of), TimeUnit::WEEK, &Utc).map(|s| (s.frequency, s.recency, s.t));
        assert_eq!(of("2024-01-01"), Some((0.0, 0.0, 0.0)));
        assert_eq!(of("2024-01-13"), Some((0.0, 0.0, 0.0)));
        assert_eq!(of("2024-01-14"), Some((1.0, 1.0, 1.0)));
        assert_eq!(of("2024-02-03"), Some((1.0, 1.0, 3.0)));
        assert_eq!(of("2024-02-05"), Some((2.0, 4.0, 4.0)));
        assert_eq!(of("2023-12-31"), None);
    }
}
